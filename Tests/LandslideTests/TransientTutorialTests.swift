import Foundation
import Grids
import Landslide
import TestSupport
import Testing

/// The tutorial that comes with TRIGRS: 10 × 10 cells, two storms, run-on by a list of weights.
private struct Tutorial {
  let folder: URL

  init() throws { folder = try #require(sharedData("trigrs-tutorial")) }

  private func words(_ path: String) throws -> [Substring] {
    try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8).split(whereSeparator: \.isWhitespace)
  }

  func grid(_ path: String) throws -> Grid<Float> {
    // Six lines of header, two words each.
    let values = try words(path).dropFirst(12).map { try #require(Float($0)) }
    return Grid(testGeometry(columns: 10, rows: 10, cell: 10), cells: values)
  }

  /// A list by cell: −9999, the number of the cell, then its values.
  private func list(_ path: String) throws -> [Int: [Double]] {
    var lists: [Int: [Double]] = [:]
    var cell: Int?
    var isHeader = false
    for word in try words(path) {
      let value = try #require(Double(word))
      if value == -9999 {
        isHeader = true
      } else if isHeader {
        cell = Int(value)
        isHeader = false
      } else if let cell {
        lists[cell, default: []].append(value)
      }
    }
    return lists
  }

  func routing() throws -> RunoffRouting {
    let (receivers, weights) = (
      try list("data/TIdscelList_tutorial.txt"), try list("data/TIwfactorList_tutorial.txt")
    )
    var shares: [RunoffRouting.Share] = []
    for (cell, receivers) in receivers.sorted(by: { $0.key < $1.key }) {
      for (receiver, weight) in zip(receivers, weights[cell] ?? []) where Int(receiver) != cell {
        shares.append(RunoffRouting.Share(from: cell - 1, to: Int(receiver) - 1, weight: weight))
      }
    }
    return try RunoffRouting(testGeometry(columns: 10, rows: 10, cell: 10), shares: shares)
  }

  func zones() throws -> Grid<Int32> { try grid("data/zones.asc").map(threads: 1) { Int32($0) } }

  func table() throws -> TransientSoilTable {
    try TransientSoilTable([
      1: TransientSoil(
        SoilStrength(
          cohesion: 3.5, frictionAngle: 35, unitWeight: 22, depth: 2, conductivity: 1e-7 * 86_400, source: "tutorial"),
        diffusivity: 6e-6),
      2: TransientSoil(
        SoilStrength(
          cohesion: 8, frictionAngle: 31, unitWeight: 22, depth: 2, conductivity: 1e-4 * 86_400, source: "tutorial"),
        diffusivity: 8e-4),
    ])
  }

  func infiltration(threads: Int = 2) throws -> [InfiltrationStep] {
    let geometry = testGeometry(columns: 10, rows: 10, cell: 10)
    return try Landslide.infiltration(
      of: [
        // m/s in mm/h.
        RainStep(duration: 172_800, intensity: Grid(geometry, repeating: 3e-7 * 3_600_000)),
        RainStep(duration: 43_200, intensity: Grid(geometry, repeating: 9e-5 * 3_600_000)),
      ], conductivity: try zones().map(threads: 1) { ($0 == 1 ? 1e-7 : 1e-4) * 3_600_000 },
      waterTable: try grid("data/depthwt.asc"), initialFlux: try initialFlux(), routing: try routing(),
      threads: threads)
  }

  func initialFlux() throws -> Grid<Float> { try grid("data/rizero.asc").map(threads: 1) { $0 * 3_600_000 } }

  func slope() throws -> Grid<Float> {
    let degrees = try grid("data/slope.asc").cells
    return Grid(
      testGeometry(columns: 10, rows: 10, cell: 10), cells: degrees.map { Float(tan(Double($0) * .pi / 180)) })
  }
}

@Suite(.enabled(if: runsWithSharedData("trigrs-tutorial"), "real data are not there"))
struct TransientTutorialTests {
  @Test func infiltrationAndRunoff() throws {
    let tutorial = try Tutorial()
    for (index, step) in try tutorial.infiltration().enumerated() {
      let infiltration = try tutorial.grid("Resultados/TRinfilratPer\(index + 1)tutorial.asc")
      let runoff = try tutorial.grid("Resultados/TRrunoffPer\(index + 1)tutorial.asc")
      for cell in 0..<100 {
        let (taken, left) = (step.infiltration[cell] / 3_600_000, step.runoff[cell] / 3_600_000)
        #expect(abs(taken - infiltration[cell]) <= 1e-3 * infiltration[cell])
        #expect(abs(left - runoff[cell]) <= 1e-3 * runoff[cell])
      }
      #expect(abs(step.balance.error) <= 1e-12 * step.balance.rain)
    }
    let second = try tutorial.infiltration()[1].balance
    let scale = 1 / 3_600_000.0
    #expect(abs((second.rain + second.exfiltration) * scale - 9.00002e-3) < 1e-8)
    #expect(abs(second.infiltration * scale - 7.91644e-3) < 5e-8)
    #expect(abs(second.runoff * scale - 1.08358e-3) < 5e-8)
  }

  @Test func factorsOfSafety() throws {
    let tutorial = try Tutorial()
    var options = TransientOptions()
    options.waterUnitWeight = 9.8
    let slope = try tutorial.slope()
    func run(_ threads: Int) throws -> TransientStability {
      try transientStability(
        slopeTangent: slope, soil: tutorial.zones(), table: tutorial.table(), depth: tutorial.grid("data/zmax.asc"),
        waterTable: tutorial.grid("data/depthwt.asc"), initialFlux: tutorial.initialFlux(),
        infiltration: tutorial.infiltration(threads: threads), times: [172_800, 216_000], options: options,
        threads: threads)
    }
    let (found, again) = (try run(3), try run(1))
    var sloping = 0
    for (index, snapshot) in found.snapshots.enumerated() {
      let safety = try tutorial.grid("Resultados/TRfs_min_tutorial_\(index + 1).asc")
      let depth = try tutorial.grid("Resultados/TRz_at_fs_min_tutorial_\(index + 1).asc")
      let head = try tutorial.grid("Resultados/TRp_at_fs_min_tutorial_\(index + 1).asc")
      for cell in 0..<100 {
        #expect(snapshot.factorOfSafety[cell].bitPattern == again.snapshots[index].factorOfSafety[cell].bitPattern)
        guard slope[cell] > 0 else {
          #expect(snapshot.factorOfSafety[cell] == 10 && safety[cell] == 10)
          continue
        }
        sloping += 1
        #expect(abs(snapshot.factorOfSafety[cell] / safety[cell] - 1) < 1e-3)
        #expect(abs(snapshot.depth[cell] / depth[cell] - 1) < 1e-3)
        #expect(abs(snapshot.pressureHead[cell] / head[cell] - 1) < 1e-3)
      }
    }
    #expect(sloping == 2 * 96)
    // Cells 1 and 9 of the first row, to the digits of the tables.
    #expect(abs(found.snapshots[1].factorOfSafety[0] - 2.2013) < 6e-5)
    #expect(abs(found.snapshots[0].factorOfSafety[8] - 1.6728) < 6e-5)
    #expect(abs(found.snapshots[0].pressureHead[0] - 0.61537) < 6e-6)
    #expect(abs(found.snapshots[1].pressureHead[8] - 1.69426) < 6e-6)
    // The second storm is the worse everywhere, and what falls below 1 does so during it.
    for cell in 0..<100 {
      #expect(found.factorOfSafety[cell] == found.snapshots[1].factorOfSafety[cell])
      let time = found.failureTime[cell]
      #expect(found.factorOfSafety[cell] < 1 ? time > 172_800 && time <= 216_000 : time == .infinity)
    }
    #expect(found.factorOfSafety.cells.contains { $0 < 1 })
  }
}
