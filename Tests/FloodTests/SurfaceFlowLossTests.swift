import Flood
import Grids
import Runoff
import TestSupport
import Testing

@Suite struct SurfaceFlowLossTests {
  private let geometry = testGeometry(columns: 5, rows: 4)

  private func grid(_ value: Float) -> Grid<Float> { Grid(geometry, repeating: value) }

  /// Flat ground under rain, with a film so thick that nothing moves.
  private func flat(_ loss: GroundLoss, rain: Double, hours: Double) -> SurfaceFlowCase {
    var flow = SurfaceFlowCase(terrain: grid(0), roughness: .uniform(0.03), duration: hours * 3600)
    flow.settings.film = 0.01
    flow.rain = [RainInterval(from: 0, to: hours * 3600, .uniform(rate(rain, hours)))]
    flow.groundLoss = loss
    flow.recording.interval = 600
    return flow
  }

  private func rate(_ depth: Double, _ hours: Double) -> Double { depth / hours }

  private func taken(_ flow: SurfaceFlowCase) throws -> Double {
    let simulation = try SurfaceFlowSimulation(flow)
    try simulation.run()
    let last = try #require(simulation.ledger.last)
    #expect(last.error == 0)
    let infiltrated = try #require(simulation.infiltrated)
    #expect(abs(last.infiltration - infiltrated.cells.reduce(0.0) { $0 + Double($1) } * geometry.cellArea) < 1e-6)
    return Double(infiltrated[2, 2]) * 1000
  }

  /// Silt loam under 50 mm/h, and under water from the start: Chow, Maidment and Mays (1988), sections 4.3 and 5.4.
  @Test func greenAmptTakesWhatItsEquationSays() throws {
    let loss = GroundLoss.greenAmpt(conductivity: grid(6.5), suction: grid(166.8 * 0.34))
    #expect(abs(try taken(flat(loss, rain: 50, hours: 1)) - 30.16) < 0.05)
    var ponded = flat(loss, rain: 0, hours: 1)
    ponded.rain = []
    ponded.initialDepth = grid(0.1)
    #expect(abs(try taken(ponded) - 31.65) < 0.05)
    // The interval of updates is of little importance.
    let exact = Infiltration.greenAmpt(infiltrated: 0, rain: 50, hours: 1, conductivity: 6.5, suction: 166.8 * 0.34)
    for (interval, error) in [(10.0, 0.01), (120, 0.1)] {
      var flow = flat(loss, rain: 50, hours: 1)
      flow.settings.infiltrationInterval = interval
      #expect(abs(try taken(flow) - exact) < error)
    }
  }

  /// F(1 h) = 13 + 63/4.14 · (1 − e^−4.14) = 27.975 mm where there is water enough.
  @Test func hortonTakesWhatItsCurveSays() throws {
    let loss = GroundLoss.horton(initialRate: grid(76), finalRate: grid(13), decay: grid(4.14))
    #expect(abs(try taken(flat(loss, rain: 90, hours: 1)) - 27.975) < 0.02)
    // Rain below the final capacity infiltrates whole.
    #expect(abs(try taken(flat(loss, rain: 12, hours: 1)) - 12) < 1e-6)
  }

  @Test func firstLossThenARate() throws {
    let loss = GroundLoss.initialConstant(initial: grid(10), rate: grid(6))
    // 40 mm/h: 10 mm are lost in a quarter of an hour, then 6 mm/h.
    #expect(abs(try taken(flat(loss, rain: 40, hours: 1)) - 14.5) < 0.03)
  }

  /// Water that stands loses the first loss once, and then the rate, however long the steps are.
  @Test(arguments: [0.7, 7, 600]) func firstLossIsTakenOnce(_ longestStep: Double) throws {
    var flow = flat(.initialConstant(initial: grid(10), rate: grid(6)), rain: 0, hours: 0.5)
    flow.rain = []
    flow.initialDepth = grid(0.05)
    flow.settings.longestStep = longestStep
    #expect(abs(try taken(flow) - 13) < 1e-3)
  }

  /// Water that has run together goes on infiltrating after the rain, until the ground holds it all.
  @Test(arguments: FlowMethod.allCases) func pondedWaterInfiltrates(_ method: FlowMethod) throws {
    let terrain = randomTerrain(.fractal, columns: 40, rows: 24, seed: 2, cell: 2)
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 600)
    flow.settings.method = method
    flow.rain = [RainInterval(from: 0, to: 60, .uniform(300))]
    flow.groundLoss = .greenAmpt(
      conductivity: terrain.map(threads: 1) { $0.isNaN ? .nan : 40 },
      suction: terrain.map(threads: 1) { $0.isNaN ? .nan : 1 })
    flow.recording.seriesInterval = 200
    let simulation = try SurfaceFlowSimulation(flow, threads: 2)
    try simulation.run()
    let rows = simulation.ledger
    #expect(rows.allSatisfy { $0.error == 0 })
    #expect(rows[1].infiltration > 0.3 * rows[1].rain && rows[3].infiltration > rows[1].infiltration)
    // Under ponds more than the 5 mm that fall.
    let infiltrated = try #require(simulation.infiltrated)
    #expect(infiltrated.cells.reduce(0, max) > 0.006)
    // Neither threads nor a restart change a bit.
    let first = try SurfaceFlowSimulation(flow)
    try first.run { $0.time < 333 }
    let resumed = try SurfaceFlowSimulation(flow, resuming: first.restart)
    try resumed.run()
    #expect(resumed.depth.cells.map(\.bitPattern) == simulation.depth.cells.map(\.bitPattern))
    #expect(resumed.ledger == rows)
  }

  @Test func badGroundIsNamed() {
    func message(_ loss: GroundLoss) -> String {
      do {
        _ = try SurfaceFlowSimulation(flat(loss, rain: 10, hours: 1))
        return "no error"
      } catch { return error.description }
    }
    var hole = grid(5)
    hole[1, 2] = .nan
    #expect(
      message(.greenAmpt(conductivity: hole, suction: grid(1))).contains("conductivity is no data in column 1, row 2"))
    #expect(message(.coefficient(grid(0.5))).contains("know no time"))
  }

  // MARK: - Roughness by depth

  /// Normal flow on a plane: with n of 0.3 below 1 cm and 0.03 above 10 cm, the depth solves q = h^(5/3) √S / n(h).
  @Test(arguments: FlowMethod.allCases, [0.0002, 0.01, 0.4]) func thinWaterIsRougher(
    _ method: FlowMethod, _ q: Double
  ) throws {
    let terrain = Grid<Float>(
      testGeometry(columns: 60, rows: 3, cell: 2), cells: (0..<180).map { 10 - Float($0 % 60) * 0.01 })
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: q < 0.001 ? 9000 : 1500)
    flow.settings.method = method
    flow.sheetRoughness = .uniform(0.3)
    flow.inflows = [FlowInflow("top", cells: [(0, 0), (0, 1), (0, 2)], discharge: FlowSeries(constant: q * 6))]
    flow.boundaries = [
      FlowBoundary("out", CellFace.edge(.east, of: terrain.geometry), .normal(slope: 0.005))
    ]
    flow.recording.interval = 600
    let simulation = try SurfaceFlowSimulation(flow)
    try simulation.run()
    func roughness(_ h: Double) -> Double { 0.03 + 0.27 * min(1, max(0, (0.1 - h) / 0.09)) }
    var (low, high) = (0.0, 2.0)
    for _ in 0..<60 {
      let h = (low + high) / 2
      let flux = h * h * h * h * h
      // q³ n³ = h⁵ S^1.5.
      let r = q * roughness(h)
      if flux * 0.005 * 0.005.squareRoot() > r * r * r { high = h } else { low = h }
    }
    let depth = Double(simulation.depth[40, 1])
    // Of first order the bed's steps of 1 cm are felt by water of 1 cm.
    let bound = method == .shallowWaterFirstOrder && q < 0.001 ? 0.1 : 0.02
    #expect(abs(depth - low) < bound * low, "\(depth) m against \(low)")
  }
}
