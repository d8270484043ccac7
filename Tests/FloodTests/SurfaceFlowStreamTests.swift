import Grids
import TestSupport
import Testing

@testable import Flood

/// Streams one cell wide, where the local inertial scheme has its difficulties.
@Suite struct SurfaceFlowStreamTests {
  private static let length = 240

  /// A stream between banks that trickle into it, straight or turning at each cell.
  private func stream(isStaircase: Bool, slope: Float, n: Float) -> (flow: SurfaceFlowCase, path: [(Int, Int)]) {
    let size = isStaircase ? (Self.length / 2 + 1, Self.length / 2 + 1) : (Self.length, 3)
    let geometry = testGeometry(columns: size.0, rows: size.1, cell: 1)
    let path = (0..<Self.length).map { isStaircase ? (($0 + 1) / 2, $0 / 2) : ($0, 1) }
    var terrain = Grid<Float>(geometry, repeating: .nan)
    for (number, place) in path.enumerated() {
      let height = slope * Float(path.count - number)
      terrain[place.0, place.1] = height
      for (x, y) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
        let (column, row) = (place.0 + x, place.1 + y)
        guard column >= 0, row >= 0, column < size.0, row < size.1, terrain[column, row].isNaN else { continue }
        terrain[column, row] = height + 0.8
      }
    }
    // The path itself, where a bank was laid over it.
    for (number, place) in path.enumerated() { terrain[place.0, place.1] = slope * Float(path.count - number) }
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(n), duration: 1200)
    flow.rain = [RainInterval(from: 0, to: 1200, .uniform(10))]
    flow.inflows = [
      FlowInflow("spring", cells: [path[1]], discharge: FlowSeries(times: [0, 900], values: [0.01, 0.15]))
    ]
    flow.recording.interval = 0
    return (flow, path)
  }

  /// The greatest depth and the last along a stream from its twentieth cell to the fortieth from its end.
  private func depths(
    isStaircase: Bool, slope: Float, n: Float, courant: Double, subgrid: Int = 1
  ) throws -> [(greatest: Double, last: Double)] {
    var (flow, path) = stream(isStaircase: isStaircase, slope: slope, n: n)
    flow.settings.courant = courant
    let (column, row) = path[path.count - 1]
    flow.boundaries = [FlowBoundary("mouth", [CellFace(column: column, row: row, side: .east)], .critical)]
    let simulation = try SurfaceFlowSimulation(flow)
    try simulation.run()
    #expect(simulation.ledger.allSatisfy { $0.error == 0 })
    let (greatest, last) = (simulation.result.maximumDepth, simulation.depth)
    return path[20..<path.count - 40].map { (Double(greatest[$0.0, $0.1]), Double(last[$0.0, $0.1])) }
  }

  /// Manning's normal depth of 0.15 m²/s.
  private func normalDepth(slope: Float, n: Float) -> Double {
    let product = 0.15 * Double(n) / Double(slope).squareRoot()
    // h^(5/3) = q n / √S, by bisection.
    var (low, high) = (0.0, 10.0)
    for _ in 0..<60 {
      let h = (low + high) / 2
      if h * h * h * h * h < product * product * product { low = h } else { high = h }
    }
    return low
  }

  /// Smoothing along the cells takes nothing from a stream that turns at each of them: it is as deep as a straight one,
  /// and as normal flow, whatever the step. (With a tenth of the neighbours' discharge mixed in at each step it was half
  /// as deep again, and twice as deep with steps a quarter as long.)
  @Test(arguments: [0.7, 0.2]) func streamsThatTurnAtEachCellAreAsDeepAsStraightOnes(courant: Double) throws {
    let normal = normalDepth(slope: 0.01, n: 0.05)
    for isStaircase in [false, true] {
      for depth in try depths(isStaircase: isStaircase, slope: 0.01, n: 0.05, courant: courant) {
        #expect(abs(depth.last - normal) < 0.06 * normal, "\(isStaircase): \(depth.last) m, \(normal) m")
      }
    }
  }

  /// Streams half as fast again as waves swell as their springs do.
  ///
  /// What surges still grow, from rounding, along two hundred cells stays below half of the depth, and a quarter with
  /// short steps. They were ten times as deep before inertia was reduced.
  @Test(arguments: [false, true]) func fastStreamsDoNotSurge(isStaircase: Bool) throws {
    let normal = normalDepth(slope: 0.05, n: 0.03)
    #expect(0.15 / normal > 1.5 * (9.81 * normal).squareRoot(), "faster than waves")
    for (courant, most) in [(0.7, 1.5), (0.2, 1.25)] {
      for depth in try depths(isStaircase: isStaircase, slope: 0.05, n: 0.03, courant: courant) {
        #expect(abs(depth.last - normal) < 0.06 * normal, "courant \(courant): \(depth.last) m, \(normal) m")
        #expect(depth.greatest < most * normal, "courant \(courant): up to \(depth.greatest) m, \(normal) m")
      }
    }
  }

  @Test func smoothingTakesNothingFromLinesAndLittleFromSteps() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<1000 {
      let (q, rise) = (Float(generator.unit() * 4 - 2), Float(generator.unit() * 2 - 1))
      let weight = Float(generator.unit() * 0.1)
      func smooth(_ before: Float, _ q: Float, _ after: Float) -> Float {
        InertialSmoothing.discharge(
          q, before: InertialSmoothing.change(from: before, to: q), after: InertialSmoothing.change(from: q, to: after),
          weight: weight)
      }
      // A line with no great steps stays; mirrored and reversed flows are the same.
      let small = 0.4 * rise * q
      #expect(abs(smooth(q - small, q, q + small) - q) < 1e-6)
      let (a, b) = (Float(generator.unit() * 4 - 2), Float(generator.unit() * 4 - 2))
      #expect(smooth(a, q, b) == smooth(b, q, a))
      #expect(smooth(-a, -q, -b) == -smooth(a, q, b))
      // Beside walls or trickles.
      #expect(smooth(0, q, 0) == q)
      #expect(abs(smooth(0.001, q, -0.001) - q) <= weight * 0.004 + 1e-6)
      // Between its neighbours' extremes.
      let (low, high) = (min(a, q, b), max(a, q, b))
      #expect(smooth(a, q, b) >= low - 1e-6 && smooth(a, q, b) <= high + 1e-6)
    }
    // A step half as long has half the weight: two of them smooth as one does.
    let whole = InertialSmoothing.weight(theta: 0.8, step: 0.2, length: 5)
    #expect(InertialSmoothing.weight(theta: 0.8, step: 0.1, length: 5) == whole / 2)
    #expect(abs(InertialSmoothing.weight(theta: 0.8, step: 5, length: 5) - 0.1) < 1e-7)
  }

  @Test func wavesKeepUpWithFloods() {
    for froude in [0, 0.3, 0.599, 0.61, 1, 2.5] as [Float] {
      for depth in [0.001, 0.1, 4] as [Float] {
        let wave2 = 9.81 * depth
        let speed = froude * wave2.squareRoot()
        let reciprocal = PartialInertia.reciprocal(speed: speed, inverseDepth: 1 / depth)
        if froude < 0.6 {
          #expect(reciprocal == 1)
        } else {
          #expect(abs((wave2 * reciprocal).squareRoot() - speed * 5 / 3) < 1e-5 * speed)
        }
      }
    }
  }
}
