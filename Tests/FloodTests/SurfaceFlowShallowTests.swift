import Flood
import Foundation
import Grids
import TestSupport
import Testing

/// The full shallow water equations against closed solutions.
@Suite struct SurfaceFlowShallowTests {
  static let methods: [FlowMethod] = [.shallowWaterFirstOrder, .shallowWater]

  private func simulate(_ flow: SurfaceFlowCase, threads: Int = 1) throws -> SurfaceFlowSimulation {
    let simulation = try SurfaceFlowSimulation(flow, threads: threads)
    try simulation.run()
    #expect(simulation.ledger.allSatisfy { $0.error == 0 })
    return simulation
  }

  /// Frictionless, for all that a roughness must be positive.
  private let smooth = CellValues.uniform(1e-6)

  // MARK: - Dam breaks

  /// A dam break on a flat bed: ten metres of water against `low` metres.
  private struct DamBreak {
    let low: Double
    let high = 10.0
    let g = 9.81

    /// Depth between the waves, and the speed of the front; by bisection of Stoker's equation.
    var middle: (depth: Double, speed: Double, shock: Double) {
      if low == 0 { return (0, 0, 2 * (g * high).squareRoot()) }
      func gap(_ h: Double) -> Double {
        let rarefaction = 2 * ((g * high).squareRoot() - (g * h).squareRoot())
        return rarefaction - (h - low) * (g * (h + low) / (2 * h * low)).squareRoot()
      }
      var (a, b) = (low, high)
      for _ in 0..<80 {
        let h = (a + b) / 2
        if gap(h) > 0 { a = h } else { b = h }
      }
      let speed = 2 * ((g * high).squareRoot() - (g * a).squareRoot())
      return (a, speed, a * speed / (a - low))
    }

    /// Depth and speed at a distance from the dam.
    func state(_ x: Double, _ time: Double) -> (depth: Double, speed: Double) {
      let c = (g * high).squareRoot()
      let (depth, speed, shock) = middle
      if x < -c * time { return (high, 0) }
      let tail = low == 0 ? 2 * c : speed - (g * depth).squareRoot()
      if x < tail * time {
        let root = (2 * c - x / time) / 3
        return (root * root / g, 2.0 / 3 * (x / time + c))
      }
      return x < shock * time ? (depth, speed) : (low, 0)
    }
  }

  /// Mean absolute error of depth on a kilometre, m, after 25 s.
  private func damBreak(_ dam: DamBreak, cells: Int, _ method: FlowMethod) throws -> (depth: Double, discharge: Double) {
    let cell = 1000.0 / Double(cells)
    let geometry = testGeometry(columns: cells, rows: 1, cell: cell)
    var flow = SurfaceFlowCase(terrain: Grid(geometry, repeating: 0), roughness: smooth, duration: 25)
    flow.initialDepth = Grid(geometry, cells: (0..<cells).map { $0 < cells / 2 ? Float(dam.high) : Float(dam.low) })
    flow.settings.method = method
    let simulation = try simulate(flow)
    let (depth, discharge) = (simulation.depth, simulation.discharge.east)
    var (error, discharged) = (0.0, 0.0)
    for column in 0..<cells {
      let x = (Double(column) + 0.5) * cell - 500
      let exact = dam.state(x, 25)
      error += abs(Double(depth[column, 0]) - exact.depth) / Double(cells)
      discharged += abs(Double(discharge[column, 0]) - exact.depth * exact.speed) / Double(cells)
    }
    return (error, discharged)
  }

  @Test func stokerStatesAreTheKnownOnes() {
    let middle = DamBreak(low: 1).middle
    #expect(abs(middle.depth - 3.96175) < 1e-5 && abs(middle.speed - 7.34077) < 1e-5)
    #expect(abs(middle.shock - 9.81929) < 1e-5)
  }

  @Test(arguments: [1.0, 0], methods) func damBreakConverges(low: Double, _ method: FlowMethod) throws {
    let errors = try [100, 200, 400, 800].map { try damBreak(DamBreak(low: low), cells: $0, method) }
    let order = log2(errors[1].depth / errors[3].depth) / 2
    print("dam break onto", low, "m", method, errors.map(\.depth), errors.map(\.discharge), "order", order)
    #expect(order >= (method == .shallowWater ? 0.85 : 0.7))
    #expect(errors[3].depth < (method == .shallowWater ? 0.012 : 0.045))
  }

  // MARK: - Water that sways in a bowl

  /// Thacker's planar surface in a parabola: error of depth after a period.
  private func planar(cells: Int, _ method: FlowMethod) throws -> Double {
    let (h0, a, length) = (0.5, 1.0, 4.0)
    let g = 9.81
    let b = (2 * g * h0).squareRoot() / (2 * a)
    let cell = length / Double(cells)
    let geometry = testGeometry(columns: cells, rows: 1, cell: cell)
    func bed(_ x: Double) -> Double { h0 * ((x - length / 2) * (x - length / 2) / (a * a) - 1) }
    func level(_ x: Double, _ t: Double) -> Double {
      let omega = (2 * g * h0).squareRoot() / a
      let p = x - length / 2
      return -h0 * (pow((p + 0.5 * cos(omega * t)) / a, 2) - 1)
    }
    let period = 2 * Double.pi / ((2 * g * h0).squareRoot() / a)
    let xs = (0..<cells).map { (Double($0) + 0.5) * cell }
    _ = b
    var flow = SurfaceFlowCase(
      terrain: Grid(geometry, cells: xs.map { Float(bed($0)) }), roughness: smooth, duration: period)
    flow.initialDepth = Grid(geometry, cells: xs.map { Float(max(0, level($0, 0))) })
    flow.settings.method = method
    let depth = try simulate(flow).depth
    return xs.indices.reduce(0) {
      $0 + abs(Double(depth[$1, 0]) - max(0, level(xs[$1], period))) / Double(cells)
    }
  }

  @Test(arguments: methods) func planarSurfaceInAParabola(_ method: FlowMethod) throws {
    let errors = try [50, 100, 200, 400].map { try planar(cells: $0, method) }
    let order = log2(errors[1] / errors[3]) / 2
    print("Thacker planar", method, errors, "order", order)
    #expect(order >= (method == .shallowWater ? 1.2 : 0.6))
  }

  // MARK: - Uniform flow on a slope

  /// Sheets and deep flow on slopes, held by an inflow, must have Manning's depth and speed.
  @Test(arguments: methods) func uniformFlowHasManningsDepth(_ method: FlowMethod) throws {
    for (slope, n, q, cell) in [(0.1, 0.03, 0.2, 1.0), (0.05, 0.015, 0.0024, 2), (0.01, 0.03, 1, 5), (0.1, 0.02, 0.5, 5)] {
      let columns = 100
      let geometry = testGeometry(columns: columns, rows: 1, cell: cell)
      let terrain = Grid<Float>(geometry, cells: (0..<columns).map { Float(slope * Double(columns - $0) * cell) })
      let normal = pow(q * n / slope.squareRoot(), 0.6)
      var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(Float(n)), duration: Double(columns) * cell * normal / q * 5)
      flow.initialDepth = Grid(geometry, repeating: Float(normal))
      flow.inflows = [FlowInflow("head", cells: [(0, 0)], discharge: FlowSeries(constant: q * cell))]
      flow.boundaries = [FlowBoundary("foot", CellFace.edge(.east, of: geometry), .normal(slope: slope))]
      flow.settings.method = method
      let simulation = try simulate(flow)
      let depth = simulation.depth
      let worst = (20..<95).reduce(0.0) { max($0, abs(Double(depth[$1, 0]) / normal - 1)) }
      let end = abs(Double(depth[99, 0]) / normal - 1)
      print("normal flow", method, slope, n, q, "worst", worst, "end", end, "steps", simulation.stepCount)
      #expect(worst < 0.005)
    }
  }
}
