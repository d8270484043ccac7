import Flood
import Foundation
import Geodata
import Grids
import TestSupport
import Testing

@Suite struct SurfaceFlowCaseTests {
  private func plane(_ columns: Int = 6, _ rows: Int = 5) -> SurfaceFlowCase {
    let terrain = Grid<Float>(
      testGeometry(columns: columns, rows: rows), cells: (0..<columns * rows).map { Float($0 % columns) })
    return SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 10)
  }

  @Test func badCasesSayWhatIsWrongAndWhere() throws {
    func message(_ change: (inout SurfaceFlowCase) -> Void) -> String {
      var flow = plane()
      change(&flow)
      do {
        _ = try SurfaceFlowSimulation(flow)
        return "no error"
      } catch { return error.description }
    }
    #expect(message { _ in } == "no error")
    #expect(message { $0.duration = -1 }.contains("-1.0 s"))
    #expect(message { $0.roughness = .uniform(0) }.contains("0.01 to 0.2"))
    #expect(
      message {
        var n = $0.terrain.map(threads: 1) { _ in Float(0.03) }
        n[2, 1] = .nan
        $0.roughness = .grid(n)
      }.contains("no data in column 2, row 1"))
    #expect(message { $0.terrain[3, 2] = 99_999 }.contains("column 3, row 2"))
    #expect(message { $0.terrain[3, 2] = -.infinity }.contains("column 3, row 2"))
    #expect(message { $0.rain = [RainInterval(from: 0, to: 5, .uniform(-1))] }.contains("unit"))
    #expect(message { $0.rain = [RainInterval(from: 0, to: 5, .uniform(20_000))] }.contains("unit"))
    #expect(message { $0.rain = [RainInterval(from: 5, to: 5, .uniform(1))] }.contains("ends after it starts"))
    let small = Grid<Float>(testGeometry(columns: 2, rows: 5), repeating: 10)
    #expect(message { $0.rain = [RainInterval(from: 0, to: 5, .grid(small))] }.contains("does not cover"))
    #expect(message { $0.initialDepth = small }.contains("does not lie on the terrain"))
    #expect(message { $0.drainage = .uniform(-2) }.contains("drainage"))
    let one = FlowSeries(constant: 1)
    #expect(message { $0.inflows = [FlowInflow("pipe", cells: [(9, 1)], discharge: one)] }.contains("inflow pipe"))
    #expect(
      message { $0.inflows = [FlowInflow("pipe", cells: [(1, 1)], discharge: FlowSeries(constant: -1))] }
        .contains("not negative"))
    #expect(
      message { $0.boundaries = [FlowBoundary("sea", [CellFace(column: 2, row: 2, side: .east)], .critical)] }
        .contains("inside the terrain"))
    let corner = FlowBoundary("a", [CellFace(column: 0, row: 0, side: .north)], .critical)
    #expect(message { $0.boundaries = [corner, corner] }.contains("both have"))
    func edge(_ condition: FlowBoundary.Condition) -> String {
      message { $0.boundaries = [FlowBoundary("a", [CellFace(column: 0, row: 0, side: .north)], condition)] }
    }
    #expect(edge(.normal(slope: 12)).contains("12.0 m/m; it lies above 0 and below 10"))
    #expect(edge(.level(FlowSeries(times: [0, 9], values: [1, 2500]))).contains("level is 2500.0 m"))
    #expect(edge(.level(FlowSeries(constant: 1e7))).contains("another unit"))
    #expect(message { $0.recording.durationDepths = [0.1, 0] }.contains("depth of duration is 0.0 m"))
    #expect(message { $0.rainShare = small }.contains("share of the rain does not lie on the terrain"))
    #expect(message { $0.rainShare = $0.terrain }.contains("share of the rain is 2.0 in column 2, row 0"))
    #expect(message { $0.gauges = [FlowGauge("G", column: -1, row: 0)] }.contains("gauge G"))
  }

  @Test func coarseRainFallsWhereItsCellsLie() throws {
    var flow = plane(8, 4)
    flow.terrain = Grid(flow.terrain.geometry, repeating: 0)
    let coarse = GridGeometry(
      columns: 3, rows: 2, west: -4, north: 5, cellWidth: 5, cellHeight: 3, crs: testCRS)
    let rates: [Float] = [0, 10, 20, 30, 40, 50]
    flow.rain = [RainInterval(from: 2, to: 9, .grid(Grid(coarse, cells: rates)))]
    flow.settings.film = 0.01
    let simulation = try SurfaceFlowSimulation(flow)
    try simulation.run()
    for row in 0..<4 {
      for column in 0..<8 {
        let rate = rates[(column >= 6 ? 2 : column >= 1 ? 1 : 0) + (row >= 2 ? 3 : 0)]
        #expect(abs(simulation.depth[column, row] - rate * 7 / 3.6e6) < 1e-10)
      }
    }
  }

  /// Roofs that are taken out lose no rain, spread it along their walls, and know no direction.
  @Test func rainOfRoofsReachesTheGroundBesideThem() throws {
    let geometry = testGeometry(columns: 13, rows: 13)
    var terrain = Grid<Float>(geometry, repeating: 1)
    var roofs: [Int] = []
    for row in 3..<10 {
      for column in 3..<10 where !(row == 6 && column == 6) {
        // With a court in the middle.
        terrain[column, row] = .nan
        roofs.append(row * 13 + column)
      }
    }
    // A cell with nothing but roofs and the sea around it.
    for (column, row) in [(0, 0), (1, 0), (0, 1)] { terrain[column, row] = .nan }
    roofs.append(0)
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 36)
    flow.settings.film = 0.01
    flow.roofs = RoofRain(roofs, on: terrain)
    flow.rain = [RainInterval(from: 0, to: 36, .uniform(100))]
    let simulation = try SurfaceFlowSimulation(flow)
    try simulation.run()
    // 1 mm on each cell of ground and of the 48 of roofs with ground beside.
    #expect(abs((simulation.ledger.last?.rain ?? 0) - 0.001 * Double(169 - 3)) < 1e-8)
    let depth = simulation.depth
    #expect(abs(depth[0, 5] - 0.001) < 1e-9)
    for row in 0..<13 {
      for column in 0..<13 where !terrain[column, row].isNaN && !terrain[12 - column, row].isNaN {
        #expect(abs(depth[column, row] - depth[12 - column, row]) < 1e-9)
        #expect(abs(depth[column, row] - depth[row, column]) < 1e-9)
      }
    }
    // By hand: the court gets ten cells' rain, no other cell more than two.
    #expect(abs(depth[6, 6] - 0.011) < 1e-8)
    let others = depth.cells.indices.filter { $0 != 6 * 13 + 6 && !terrain[$0].isNaN }.map { depth[$0] }
    #expect(abs((others.max() ?? 0) - 0.003) < 1e-8)
    // A share of the rain holds on roofs as well.
    flow.rainShare = Grid(geometry, repeating: 0.25)
    let quarter = try SurfaceFlowSimulation(flow)
    try quarter.run()
    #expect(abs((quarter.ledger.last?.rain ?? 0) - 0.00025 * Double(169 - 3)) < 1e-8)
  }

  @Test func restartsOfOtherCasesAndDamagedOnesAreRefused() throws {
    var flow = plane(40, 20)
    flow.initialDepth = Grid(flow.terrain.geometry, repeating: 0.1)
    let simulation = try SurfaceFlowSimulation(flow)
    try simulation.run { $0.time < 5 }
    let bytes = simulation.restart
    func isTaken(_ flow: SurfaceFlowCase, _ bytes: [UInt8]) -> Bool {
      (try? SurfaceFlowSimulation(flow, resuming: bytes)) != nil
    }
    #expect(isTaken(flow, bytes))
    var deeper = flow
    deeper.initialDepth = Grid(flow.terrain.geometry, repeating: 0.9)
    #expect(!isTaken(deeper, bytes))
    var gaining = flow
    gaining.infiltration = .uniform(4)
    #expect(!isTaken(gaining, bytes))
    #expect(!isTaken(flow, bytes.dropLast()))
    for place in [9, bytes.count / 3, bytes.count - 20] {
      var damaged = bytes
      damaged[place] ^= 4
      #expect(!isTaken(flow, damaged), "a bit of byte \(place)")
    }
  }

  @Test func lossesTakeNoMoreThanThereIs() throws {
    var flow = plane()
    flow.terrain = Grid(flow.terrain.geometry, repeating: 0)
    flow.duration = 3600
    flow.settings.film = 0.01
    flow.rain = [RainInterval(from: 0, to: 1800, .uniform(20))]
    flow.infiltration = .uniform(4)
    flow.drainage = .uniform(6)
    let half = try SurfaceFlowSimulation(flow)
    try half.run()
    let last = try #require(half.ledger.last)
    // 10 mm fall in the first half; 2 + 3 mm go then, and the 5 mm left in the second half.
    #expect(abs(last.rain - 0.3) < 1e-9)
    #expect(abs(last.infiltration - 0.12) < 1e-6 && abs(last.drainage - 0.18) < 1e-6)
    #expect(last.stored < 1e-9 && last.error == 0)
    flow.drainage = .uniform(30)
    let dry = try SurfaceFlowSimulation(flow)
    try dry.run()
    #expect(dry.result.maximumDepth.cells.allSatisfy { $0 == 0 })
  }

  @Test func sectionsAroundAnAreaBalanceItsWater() throws {
    let terrain = randomTerrain(.fractal, columns: 50, rows: 40, seed: 3, cell: 2)
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 120)
    flow.initialDepth = Grid(terrain.geometry, repeating: 0.2)
    let corners = [(20.0, 60.0), (20, 16), (70, 16), (70, 60), (20, 60)].map { Coordinate(x: $0.0, y: $0.1) }
    flow.crossSections = [FlowCrossSection("ring", line: corners)]
    let simulation = try SurfaceFlowSimulation(flow)
    try simulation.run()
    var inside = 0.0
    for row in 10..<32 { for column in 10..<35 { inside += Double(simulation.depth[column, row]) * 4 } }
    let volume = try #require(simulation.sectionRows.last).volume[0]
    // Down the west side first: the right of the line is outside.
    #expect(abs(inside - 25 * 22 * 4 * 0.2 + volume) < 0.01)
    #expect(abs(volume) > 1)
  }

  @Test func lineInflowSharesByLength() {
    let geometry = testGeometry(columns: 10, rows: 10, cell: 10)
    let flow = FlowInflow(
      "river", along: [Coordinate(x: 5, y: 95), Coordinate(x: 35, y: 95), Coordinate(x: 35, y: 85)],
      on: geometry, discharge: FlowSeries(constant: 1))
    #expect(flow.cells.map(\.column) == [0, 1, 2, 3, 3])
    #expect(flow.cells.map(\.row) == [0, 0, 0, 0, 1])
    for (cell, share) in zip(flow.cells, [0.125, 0.25, 0.25, 0.25, 0.125]) { #expect(abs(cell.share - share) < 1e-12) }
  }

  @Test func hazardsFollowTheirTables() {
    #expect(FloodHazard.ukRating(depth: 0, speed: 3) == 0)
    #expect(FloodHazard.ukRating(depth: 0.125, speed: 1) == 0.1875)
    #expect(FloodHazard.ukRating(depth: 0.5, speed: 1) == 1.75)
    #expect(FloodHazard.ukRating(depth: 0.125, speed: 2.5) == 1.375)
    let cases: [(Float, Float, UInt8)] = [
      (0, 1, 0), (0.3, 1, 1), (0.3, 1.5, 2), (0.5, 1.2, 2), (1.2, 0.5, 3), (0.5, 2, 4), (2, 0.5, 4), (0.2, 3, 5),
      (4, 1, 5), (4.1, 0, 6), (0.1, 4.1, 6),
    ]
    for (depth, speed, hazard) in cases {
      #expect(FloodHazard.aidrClass(depth: depth, speed: speed) == hazard, "\(depth) m, \(speed) m/s")
    }
  }

  /// A quarter of an hour of the centre of Newcastle upon Tyne: 70 mm/h on closed terrain, drains that take 12 mm/h.
  @Test(.enabled(if: runsWithSharedData("newcastle/NewcastleCentreDEM_2m.img")))
  func newcastleBalancesItsRain() throws {
    let path = try #require(sharedData("newcastle/NewcastleCentreDEM_2m.img")).path
    let all = try readRaster(path, RasterReading(crs: testCRS)).grid
    let terrain = Grid<Float>(
      all.geometry.window(columns: 100..<228, rows: 40..<136),
      cells: (40..<136).flatMap { row in (100..<228).map { all[$0, row] } })
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 900)
    flow.rain = [RainInterval(from: 0, to: 600, .uniform(70))]
    flow.drainage = .uniform(12)
    let simulation = try SurfaceFlowSimulation(flow, threads: 2)
    try simulation.run()
    let last = try #require(simulation.ledger.last)
    let cells = terrain.cells.reduce(0.0) { $0 + ($1.isNaN ? 0 : 1) }
    #expect(abs(last.rain - cells * 4 * 0.07 / 6) < 1e-6)
    #expect(last.error == 0)
    #expect(last.drainage > 0.15 * last.rain && last.drainage < 0.26 * last.rain)
    #expect(simulation.result.maximumDepth.cells.allSatisfy { $0.isNaN || $0 < 5 })
  }
}
