import Flood
import Grids
import TestSupport
import Testing

@Suite struct SurfaceFlowCulvertTests {
  private let pipe = CulvertBarrel(.circle(diameter: 1.2), length: 30, inletInvert: 10.6, outletInvert: 10)

  /// Worked by hand from the equations of HDS-5.
  @Test func ratingOfAPipe() {
    // Headwater of two diameters, free outfall: X = √((2 + 0.01 − 0.67) / 0.0398) = 5.8025.
    #expect(abs(pipe.discharge(headwater: 13, tailwater: 10) - 3.9695) < 0.001)
    // Outlet drowned: 0.5 m drive 1 + 0.5 + 0.4954 velocity heads through 1.13097 m².
    #expect(abs(pipe.discharge(headwater: 13, tailwater: 12.5) - 2.5077) < 0.001)
    // The same backwards, without the gain of the slope.
    #expect(abs(pipe.discharge(headwater: 12.5, tailwater: 13) + 2.5077) < 0.001)
    #expect(pipe.discharge(headwater: 13, tailwater: 13) == 0)
    #expect(pipe.discharge(headwater: 10.6, tailwater: 9) == 0)
    var three = pipe
    three.count = 3
    #expect(
      three.discharge(headwater: 12, tailwater: 10) == 3 * pipe.discharge(headwater: 12, tailwater: 10))
  }

  @Test func ratingOfABox() {
    var box = CulvertBarrel(.box(width: 2, height: 1.5), length: 10, inletInvert: 5.1, outletInvert: 5)
    // Critical depth 0.6 m: Q = √g · 2 · 0.6^1.5; headwater 0.9 + 1.5 · (0.061 · 1.435^0.75 − 0.005).
    #expect(abs(box.discharge(headwater: 5.1 + 1.01247, tailwater: 5) - 2.9113) < 0.002)
    // A long, rough barrel: outlet control of 0.35 m of fall, V = √(2 g · 0.35 / (1.5 + 2 g n² L / R^(4/3))).
    box.length = 200
    box.roughness = 0.03
    let radius = 3.0 / 7
    let heads = 1.5 + 19.62 * 0.0009 * 200 / 0.32316
    #expect(abs(radius * 0.75405 - 0.32316) < 1e-4)
    #expect(abs(box.discharge(headwater: 7.1, tailwater: 6.75) - 3 * (19.62 * 0.35 / heads).squareRoot()) < 0.003)
  }

  @Test(arguments: CulvertInlet.allCases) func dischargeRisesWithTheHeadwater(_ inlet: CulvertInlet) {
    for length in [5.0, 80] {
      let section: CulvertBarrel.Section = inlet.isCircular ? .circle(diameter: 0.8) : .box(width: 1.4, height: 0.8)
      let barrel = CulvertBarrel(section, length: length, inletInvert: 1, outletInvert: 0.8, inlet: inlet)
      for tailwater in [0.0, 1.3, 2] {
        var last = 0.0
        for step in 0...600 {
          let now = barrel.discharge(headwater: max(tailwater, 1) + Double(step) * 0.005, tailwater: tailwater)
          // Nowhere a fall, and nowhere a jump.
          #expect(now >= last - 1e-9 && now <= max(last + 0.06, last * 1.45) + (step == 1 ? 0.6 : 0), "\(step)")
          last = now
        }
        #expect(last > 1)
      }
    }
  }

  /// Two pools with a dam between them and a culvert under it.
  private func pools(_ method: FlowMethod, left: Float, right: Float) -> SurfaceFlowCase {
    var terrain = Grid<Float>(testGeometry(columns: 60, rows: 16, cell: 4), repeating: 10)
    for row in 0..<16 { for column in 28..<31 { terrain[column, row] = 20 } }
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.02), duration: 240)
    flow.settings.method = method
    flow.initialDepth = terrain.map(threads: 1) { _ in 0 }
    for row in 0..<16 {
      for column in 0..<60 where terrain[column, row] < 15 {
        flow.initialDepth?[column, row] = (column < 28 ? left : right) - 10
      }
    }
    flow.culverts = [
      FlowCulvert(
        "road", from: [(27, 7), (27, 8)].map { .init(column: $0.0, row: $0.1) },
        to: [(31, 7), (31, 8)].map { .init(column: $0.0, row: $0.1) }, .barrel(pipe))
    ]
    flow.recording.seriesInterval = 60
    return flow
  }

  private func run(_ flow: SurfaceFlowCase, threads: Int = 1) throws -> SurfaceFlowSimulation {
    let simulation = try SurfaceFlowSimulation(flow, threads: threads)
    try simulation.run()
    return simulation
  }

  @Test(arguments: FlowMethod.allCases) func poolsExchangeWhatTheRatingSays(_ method: FlowMethod) throws {
    for (left, right): (Float, Float) in [(13, 10), (11, 13)] {
      let simulation = try run(pools(method, left: left, right: right))
      // Level pools in the test, in steps of a second.
      var levels = (Double(left), Double(right))
      let areas = (28 * 16 * 16.0, 29 * 16 * 16.0)
      var volume = 0.0
      for _ in 0..<240 {
        let passed = pipe.discharge(headwater: levels.0, tailwater: levels.1)
        levels.0 -= passed / areas.0
        levels.1 += passed / areas.1
        volume += passed
      }
      let row = try #require(simulation.culvertRows.last)
      // The level at the mouth is drawn down a little.
      #expect(abs(row.volume[0] - volume) < 0.03 * abs(volume), "\(row.volume[0]) m³ against \(volume)")
      #expect(simulation.ledger.allSatisfy { $0.error == 0 })
      let inLeft = (0..<16).reduce(0.0) { sum, row in
        sum + (0..<28).reduce(0.0) { $0 + Double(simulation.depth[$1, row]) * 16 }
      }
      #expect(abs(Double(left - 10) * areas.0 - inLeft - row.volume[0]) < 0.01)
    }
  }

  @Test(arguments: FlowMethod.allCases) func poolsEndLevelAndNeverPassEachOther(_ method: FlowMethod) throws {
    var flow = pools(method, left: 10.8, right: 10.7)
    // Wide and smooth, so that a step could pass more than levels the pools.
    flow.culverts[0].capacity = .barrel(
      CulvertBarrel(.box(width: 8, height: 3), length: 12, inletInvert: 10, outletInvert: 10))
    flow.duration = 1500
    let depth = try run(flow).depth
    #expect(abs(depth[3, 3] - depth[50, 9]) < 0.012)
    #expect(depth.cells.allSatisfy { $0 < 0.9 })
  }

  @Test func flapsAndTablesLetNothingBack() throws {
    var flow = pools(.localInertial, left: 11, right: 13)
    flow.culverts[0].hasFlap = true
    #expect(try run(flow).culvertRows.last?.volume == [0])
    let table = FlowCulvert.Capacity.table(invert: 10.5, heads: [0, 1, 3], discharges: [0, 0.5, 0.5])
    flow.culverts[0].capacity = table
    #expect(try run(flow).culvertRows.last?.volume == [0])
    flow = pools(.localInertial, left: 12, right: 10)
    flow.culverts[0].capacity = table
    let volume = try #require(run(flow).culvertRows.last).volume[0]
    #expect(abs(volume - 120) < 0.5)
  }

  @Test(arguments: FlowMethod.allCases) func threadsTilesAndRestartsChangeNoBit(_ method: FlowMethod) throws {
    var flow = pools(method, left: 10, right: 10)
    flow.culverts[0].capacity = .barrel(
      CulvertBarrel(.box(width: 2, height: 1), length: 12, inletInvert: 10, outletInvert: 10))
    flow.rain = [RainInterval(from: 20, to: 60, .uniform(90))]
    flow.inflows = [FlowInflow("brook", cells: [(26, 7)], discharge: FlowSeries(times: [0, 30], values: [0, 2]))]
    flow.duration = 90
    let one = try run(flow)
    #expect(try #require(one.culvertRows.last).volume[0] > 1)
    let bits = one.depth.cells.map(\.bitPattern)
    #expect(try run(flow, threads: 3).depth.cells.map(\.bitPattern) == bits)
    let first = try SurfaceFlowSimulation(flow)
    try first.run { $0.time < 45 }
    let second = try SurfaceFlowSimulation(flow, resuming: first.restart)
    try second.run()
    #expect(second.depth.cells.map(\.bitPattern) == bits)
    #expect(second.culvertRows == one.culvertRows)
    flow.settings.sweepsAllTiles = true
    #expect(try run(flow).depth.cells.map(\.bitPattern) == bits)
  }

  @Test func badCulvertsAreNamed() {
    func message(_ change: (inout FlowCulvert) -> Void) -> String {
      var flow = pools(.localInertial, left: 11, right: 10)
      change(&flow.culverts[0])
      do {
        _ = try SurfaceFlowSimulation(flow)
        return "no error"
      } catch { return error.description }
    }
    #expect(message { _ in } == "no error")
    #expect(message { $0.inlet = [.init(column: 60, row: 0)] }.contains("culvert road: an end lies in column 60"))
    #expect(message { $0.outlet = $0.inlet }.contains("share a cell"))
    #expect(
      message { $0.capacity = .table(invert: 0, heads: [0, 1], discharges: [1, 0.5]) }.contains("rising headwater"))
    var steep = pipe
    (steep.inletInvert, steep.outletInvert, steep.length) = (13, 10, 2)
    #expect(message { $0.capacity = .barrel(steep) }.contains("farther apart"))
    for invert in [60, 1e9, -.infinity, .nan] {
      var far = pipe
      far.inletInvert = invert
      #expect(
        message { $0.capacity = .barrel(far) }.contains("inlet invert is \(invert) m and the ground there 10.0 m"))
      let rating = FlowCulvert.Capacity.table(invert: invert, heads: [0, 1], discharges: [0, 1])
      #expect(message { $0.capacity = rating }.contains("another unit or datum"))
    }
    var many = pipe
    many.count = 101
    #expect(message { $0.capacity = .barrel(many) }.contains("1 to 100 barrels"))
    var odd = pipe
    odd.inlet = .boxSquareHeadwall
    #expect(message { $0.capacity = .barrel(odd) }.contains("does not go with a pipe"))
  }
}
