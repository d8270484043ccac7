import Flood
import Foundation
import TestSupport
import Testing

/// Surface flow against closed solutions, benchmarks, a laboratory and floods of streets.
///
/// The cases run, and their sections of the page are written, where the environment variable `OVERVANN_VALIDATION` names
/// the folder of the page; `OVERVANN_CASES` may name some of them (`make validation CASES="basin valley"`).
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["OVERVANN_VALIDATION"] != nil))
struct SurfaceFlowValidation {
  /// A section of the page.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let title: String
    let run: @Sendable (SurfaceFlowValidation) -> (ValidationSection) throws -> Void
    var testDescription: String { name }

    init(
      _ name: String, _ title: String,
      _ run: @escaping @Sendable (SurfaceFlowValidation) -> (ValidationSection) throws -> Void
    ) {
      (self.name, self.title, self.run) = (name, title, run)
    }
  }

  /// All cases, in the order of the page.
  static let cases = [
    Case("planes", "Rain on planes") { $0.planes },
    Case("catchment", "V-shaped catchment") { $0.catchment },
    Case("channel", "MacDonald's channel") { $0.channel },
    Case("dam-breaks", "Dam breaks") { $0.damBreaks },
    Case("bowls", "Thacker's bowls") { $0.bowls },
    Case("waves", "Smooth waves") { $0.waves },
    Case("lakes", "Lakes at rest") { $0.lakes },
    Case("momentum", "Momentum over an obstruction (after Environment Agency, test 3)") { $0.momentum },
    Case("valley", "Dam break in a valley (Environment Agency, test 5)") { $0.valley },
    Case("basin", "Rain on a laboratory basin (Cea and others 2008, case C1)") { $0.basin },
    Case("newcastle", "Rain on a city (Newcastle upon Tyne)") { $0.newcastle },
    Case("merewether", "Street flood among houses (Merewether, Newcastle NSW, 2007)") { $0.merewether },
  ]

  static var wanted: [Case] {
    guard let names = ProcessInfo.processInfo.environment["OVERVANN_CASES"], !names.isEmpty else { return cases }
    let list = names.split(separator: " ").map(String.init)
    return cases.filter { list.contains($0.name) }
  }

  let threads = 2
  let full: [FlowMethod] = [.shallowWaterFirstOrder, .shallowWater]

  @Test(arguments: wanted) func validation(_ wanted: Case) throws {
    let name = try #require(ProcessInfo.processInfo.environment["OVERVANN_VALIDATION"])
    let section = try ValidationSection(wanted.name, wanted.title, in: URL(fileURLWithPath: name))
    let start = ContinuousClock.now
    // A case that fails leaves its section as it was.
    try wanted.run(self)(section)
    print(wanted.name, "took", digits((ContinuousClock.now - start) / .seconds(1)), "s")
    try section.write(order: Self.cases.map(\.title))
  }

  func run(_ flow: SurfaceFlowCase) throws -> (simulation: SurfaceFlowSimulation, seconds: Double) {
    let simulation = try SurfaceFlowSimulation(flow, threads: threads)
    let start = ContinuousClock.now
    try simulation.run()
    #expect(simulation.ledger.allSatisfy { $0.error == 0 })
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    print(flow.settings.method.rawValue, simulation.stepCount, "steps,", digits(seconds), "s")
    return (simulation, seconds)
  }

  func order(_ errors: [Double]) -> String {
    zip(errors, errors.dropFirst()).map { digits(log2($0 / $1), 2) }.joined(separator: ", ")
  }

  func convergence(_ title: String, _ cells: [Double], _ curves: [(String, [Double])]) -> ValidationPlot {
    ValidationPlot(
      title: title, x: "cell, m", y: "error", isLogarithmic: true,
      series: curves.map { name, errors in .init(name: name, points: zip(cells, errors).map { (x: $0, y: $1) }) })
  }
}
