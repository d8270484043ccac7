import Flood
import Grids
import TestSupport
import Testing

/// Edges of the terrain and water that is led in, by every scheme.
@Suite struct SurfaceFlowBoundaryTests {
  static let methods = FlowMethod.allCases

  private func channel(slope: Float, columns: Int = 40, cell: Double = 5) -> SurfaceFlowCase {
    let terrain = Grid<Float>(
      testGeometry(columns: columns, rows: 2, cell: cell),
      cells: (0..<2 * columns).map { 10 - Float($0 % columns) * Float(cell) * slope })
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 1800)
    flow.recording.interval = 600
    return flow
  }

  private func run(_ flow: SurfaceFlowCase) throws -> SurfaceFlowSimulation {
    let simulation = try SurfaceFlowSimulation(flow)
    try simulation.run()
    #expect(simulation.ledger.allSatisfy { $0.error == 0 })
    return simulation
  }

  /// Discharge through a boundary over the last minutes, m²/s per metre of a channel of 10 m.
  private func outflow(_ simulation: SurfaceFlowSimulation) -> Double {
    let rows = simulation.ledger
    let (first, last) = (rows[rows.count - 4], rows[rows.count - 1])
    return (first.boundaries[0] - last.boundaries[0]) / (last.time - first.time) / 10
  }

  @Test(arguments: methods, [0.2, 1.0]) func waterLeavesAtNormalDepth(_ method: FlowMethod, _ q: Double) throws {
    var flow = channel(slope: 0.002)
    flow.settings.method = method
    flow.inflows = [FlowInflow("top", cells: [(0, 0), (0, 1)], discharge: FlowSeries(constant: 10 * q))]
    flow.boundaries = [FlowBoundary("out", CellFace.edge(.east, of: flow.terrain.geometry), .normal(slope: 0.002))]
    let simulation = try run(flow)
    #expect(abs(outflow(simulation) - q) < 0.005 * q)
    // (q n / √S)^(3/5) by the fifth power: h⁵ = (q n / √S)³.
    let r = q * 0.03 / 0.002.squareRoot()
    for column in [20, 30, 37] {
      let h = Double(simulation.depth[column, 0])
      #expect(abs(h * h * h * h * h - r * r * r) < 0.05 * r * r * r, "\(column): \(h)")
    }
  }

  @Test(arguments: methods, [0.2, 1.0]) func waterLeavesAtCriticalDepth(_ method: FlowMethod, _ q: Double) throws {
    var flow = channel(slope: 0.0005)
    flow.settings.method = method
    flow.inflows = [FlowInflow("top", cells: [(0, 0), (0, 1)], discharge: FlowSeries(constant: 10 * q))]
    flow.boundaries = [FlowBoundary("fall", CellFace.edge(.east, of: flow.terrain.geometry), .critical)]
    let simulation = try run(flow)
    #expect(abs(outflow(simulation) - q) < 0.005 * q)
    // h_c³ = q² / g in the last cell; above it the water backs up.
    let h = Double(simulation.depth[39, 0])
    #expect(abs(h * h * h - q * q / 9.81) < 0.1 * q * q / 9.81)
    #expect(simulation.depth[30, 0] > simulation.depth[39, 0])
  }

  @Test(arguments: methods) func levelsComeInAndGoOut(_ method: FlowMethod) throws {
    var flow = channel(slope: 0, columns: 12)
    flow.settings.method = method
    flow.duration = 2400
    let tide = FlowSeries(times: [0, 900, 1500, 2400], values: [10, 11, 11, 10.3])
    flow.boundaries = [FlowBoundary("sea", CellFace.edge(.west, of: flow.terrain.geometry), .level(tide))]
    flow.gauges = [FlowGauge("end", column: 11, row: 1)]
    let simulation = try run(flow)
    for row in simulation.gaugeRows where row.time >= 600 {
      // Waves that the tide sends in go to and fro, and fade.
      let bound = row.time < 1500 ? 0.09 : row.time < 2250 ? 0.06 : 0.02
      #expect(abs(Double(row.depth[0]) - (tide.value(at: row.time) - 10)) < bound, "\(row.time) s")
    }
    // What came in at the top of the tide is what stands there then.
    let top = try #require(simulation.ledger.first { $0.time >= 1400 })
    #expect(abs(top.boundaries[0] - 12 * 2 * 25) < 30)
    #expect(try #require(simulation.ledger.last).boundaries[0] < 0.4 * top.boundaries[0])
  }

  @Test(arguments: methods) func closedEdgesLetNothingPass(_ method: FlowMethod) throws {
    var flow = channel(slope: 0.01, columns: 20)
    flow.settings.method = method
    flow.duration = 1200
    flow.initialDepth = flow.terrain.map(threads: 1) { $0 > 9.5 ? 0.5 : 0 }
    let simulation = try run(flow)
    let last = try #require(simulation.ledger.last)
    #expect(last.stored == last.initial && last.initial > 0)
    // All of it ends against the eastern wall, level.
    #expect(abs(simulation.depth[19, 0] - simulation.depth[17, 0] - 0.1) < 0.01 && simulation.depth[2, 0] < 0.01)
  }

  @Test(arguments: methods) func inflowsGiveTheirIntegral(_ method: FlowMethod) throws {
    var flow = channel(slope: 0, columns: 20)
    flow.settings.method = method
    flow.duration = 100
    let series = FlowSeries(times: [10, 20, 70], values: [0, 3, 0])
    let line = [Coordinate(x: 12, y: 7), Coordinate(x: 48, y: 2)]
    flow.inflows = [
      FlowInflow("point", cells: [(15, 0)], discharge: series),
      FlowInflow("line", along: line, on: flow.terrain.geometry, discharge: FlowSeries(constant: 0.25)),
    ]
    let simulation = try run(flow)
    let last = try #require(simulation.ledger.last)
    #expect(abs(last.inflows[0] - 90) < 1e-8 && abs(last.inflows[1] - 25) < 1e-8)
    #expect(abs(last.stored - 115) < 1e-8)
  }

  /// A discharge that no cell can hold stops the run with its place and time.
  @Test(arguments: methods) func absurdInflowsStopTheRun(_ method: FlowMethod) throws {
    for discharge in [1e5, 1e9] {
      var flow = channel(slope: 0, columns: 6)
      flow.settings.method = method
      flow.inflows = [FlowInflow("flood", cells: [(2, 1)], discharge: FlowSeries(constant: discharge))]
      let error = #expect(throws: SurfaceFlowError.self) { try run(flow) }
      let text = try #require(error).description
      #expect(text.contains("column") && text.contains("row") && text.contains(" s"), "\(text)")
    }
  }
}
