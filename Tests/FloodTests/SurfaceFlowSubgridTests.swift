import Flood
import Foundation
import Grids
import Runoff
import TestSupport
import Testing

/// Flow between coarse cells by the fine terrain in them.
@Suite struct SurfaceFlowSubgridTests {
  private func run(_ flow: SurfaceFlowCase, subgrid: Int, threads: Int = 1) throws -> SurfaceFlowSimulation {
    var flow = flow
    flow.settings.subgrid = subgrid
    let simulation = try SurfaceFlowSimulation(flow, threads: threads)
    try simulation.run()
    #expect(simulation.ledger.allSatisfy { $0.error == 0 })
    return simulation
  }

  private func volume(_ depth: Grid<Float>) -> Double {
    var sum = 0.0
    for value in depth.cells where !value.isNaN { sum += Double(value) }
    return sum * depth.geometry.cellArea
  }

  /// Water on a flat bed flows between coarse cells as it does in plain cells of their size.
  @Test(arguments: [2, 3, 16]) func flatGroundIsThePlainSchemeOnTheCoarseCells(_ factor: Int) throws {
    func flow(_ columns: Int, _ rows: Int, _ cell: Double) -> SurfaceFlowCase {
      let geometry = testGeometry(columns: columns, rows: rows, cell: cell)
      var flow = SurfaceFlowCase(terrain: Grid(geometry, repeating: 3), roughness: .uniform(0.03), duration: 60)
      let side = columns / 10
      var water = Grid<Float>(geometry, repeating: 0.25)
      for row in 0..<2 * side { for column in 0..<3 * side { water[column, row] = 1 } }
      flow.initialDepth = water
      // Steps of one length, however the speed of waves is found.
      flow.settings.longestStep = 0.2
      flow.boundaries = [
        FlowBoundary("foot", CellFace.edge(.east, of: geometry), .normal(slope: 0.01)),
        FlowBoundary("fall", CellFace.edge(.south, of: geometry), .critical),
        FlowBoundary("sea", CellFace.edge(.north, of: geometry), .level(FlowSeries(constant: 3.5))),
      ]
      return flow
    }
    let cell = 2.0
    let plain = try run(flow(10, 7, cell * Double(factor)), subgrid: 1)
    let coarse = try run(flow(10 * factor, 7 * factor, cell), subgrid: factor)
    #expect(plain.stepCount > 20)
    // Roots are good to 5·10⁻⁶.
    let tolerance: Float = 2e-5
    for row in 0..<7 {
      for column in 0..<10 {
        let depth = plain.depth[column, row]
        #expect(abs(coarse.depth[column * factor, row * factor] - depth) < tolerance * depth)
        #expect(coarse.depth[column * factor + 1, row * factor + 1] == coarse.depth[column * factor, row * factor])
      }
    }
    let (a, b) = try (#require(plain.ledger.last), #require(coarse.ledger.last))
    for (first, second) in zip(a.boundaries, b.boundaries) {
      #expect(abs(first - second) < Double(tolerance) * abs(first))
    }
  }

  /// A basin with a rim ends as one lake, whose level is that of the fine hypsometry.
  @Test(arguments: [2, 5, 8]) func closedBasinEndsAtTheLevelOfItsHypsometry(_ factor: Int) throws {
    let geometry = testGeometry(columns: 45, rows: 38, cell: 2)
    var generator = SeededGenerator(seed: 4)
    var terrain = Grid<Float>(geometry, repeating: 0)
    for row in 0..<38 {
      for column in 0..<45 {
        let (x, y): (Double, Double) = (Double(column) - 20, Double(row) - 17)
        let bowl: Double = 0.002 * (x * x + y * y)
        terrain[column, row] = Float(bowl + 0.05 * generator.unit())
        // What is no terrain takes and holds no water.
        if column > 40 && row > 33 { terrain[column, row] = .nan }
      }
    }
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 6000)
    flow.rain = [RainInterval(from: 0, to: 600, .uniform(1500))]
    let simulation = try run(flow, subgrid: factor, threads: 2)
    let depth = simulation.depth
    let covered: Int = terrain.cells.count { !$0.isNaN }
    let rain = Double(covered)
    #expect(abs(volume(depth) - rain) < 1e-5 * rain)
    #expect(abs((simulation.ledger.last?.rain ?? 0) - rain) < 1e-6 * rain)
    // The level that holds the rain, by bisection on the fine terrain.
    var (low, high) = (0.0, 10.0)
    for _ in 0..<60 {
      let level = (low + high) / 2
      var held = 0.0
      for height in terrain.cells where !height.isNaN { held += 4 * max(0, level - Double(height)) }
      if held < rain { low = level } else { high = level }
    }
    for index in 0..<depth.count where !terrain[index].isNaN {
      let exact: Double = max(0, low - Double(terrain[index]))
      #expect(abs(Double(depth[index]) - exact) < 0.001)
    }
  }

  /// What only further steps need can go before results are taken, also where cells are coarse.
  @Test(arguments: [1, 4]) func resultsOutliveTheFlow(_ factor: Int) throws {
    let terrain = randomTerrain(.fractal, columns: 60, rows: 40, seed: 8, cell: 2)
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 60)
    flow.rain = [RainInterval(from: 0, to: 60, .uniform(200))]
    flow.settings.subgrid = factor
    let simulation = try SurfaceFlowSimulation(flow)
    try simulation.run()
    func bits(_ grid: Grid<Float>) -> [UInt32] { grid.cells.map(\.bitPattern) }
    let (depth, speed) = (simulation.depth, simulation.result.maximumSpeed)
    simulation.discardFlow()
    #expect(bits(simulation.depth) == bits(depth) && bits(simulation.result.finalDepth) == bits(depth))
    #expect(bits(simulation.result.maximumSpeed) == bits(speed))
    #expect(simulation.depth.cells.contains { $0 > 0 } && simulation.depth.geometry == terrain.geometry)
  }

  /// Levels that differ between basins stay: sills of the fine terrain between coarse cells hold water back.
  @Test func lakesBehindAWallStayAtRest() throws {
    let geometry = testGeometry(columns: 32, rows: 16, cell: 1)
    var terrain = Grid<Float>(geometry, repeating: 0)
    for row in 0..<16 {
      for column in 0..<32 {
        terrain[column, row] = column == 16 ? 4 : Float((column * 7 + row * 3) % 5) / 8
      }
    }
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 300)
    var water = Grid<Float>(geometry, repeating: 0)
    for index in 0..<512 {
      let level: Float = index % 32 < 16 ? 2 : 0.25
      water[index] = max(0, level - terrain[index])
    }
    flow.initialDepth = water
    let depth = try run(flow, subgrid: 4).depth
    for index in 0..<512 { #expect(abs(depth[index] - water[index]) < 1e-6) }
  }

  /// A channel narrower than the coarse cells carries Manning's flow.
  @Test(arguments: [4, 8]) func channelWithinACoarseCellCarriesManningsFlow(_ factor: Int) throws {
    let (slope, n, columns) = (0.002, 0.03, 40 * factor)
    let geometry = testGeometry(columns: columns, rows: factor, cell: 5)
    var terrain = Grid<Float>(geometry, repeating: 0)
    for row in 0..<factor {
      for column in 0..<columns {
        // Level within a coarse cell, so that water stands evenly in the channel.
        let cellsBelow: Int = columns / factor - column / factor
        let down: Double = Double(cellsBelow * factor) * 5 * slope
        terrain[column, row] = Float(down + (row == 1 ? 0 : 3))
      }
    }
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(Float(n)), duration: 7200)
    let depth = 1.2
    let discharge = pow(depth, 5 / 3.0) * slope.squareRoot() / n * 5
    flow.inflows = [FlowInflow("head", cells: [(0, 1)], discharge: FlowSeries(constant: discharge))]
    flow.boundaries = [FlowBoundary("foot", CellFace.edge(.east, of: geometry), .normal(slope: slope))]
    let (x, top) = (100 * Double(factor), 5 * Double(factor))
    flow.crossSections = [FlowCrossSection("middle", line: [Coordinate(x: x, y: top), Coordinate(x: x, y: 0)])]
    let simulation = try run(flow, subgrid: factor)
    for column in 10 * factor..<35 * factor {
      // The depth of flow over the sill between two cells is that of the higher one.
      #expect(abs(Double(simulation.depth[column, 1]) / depth - 1) < 0.01)
      #expect(simulation.depth[column, 0] == 0)
    }
    let section = try #require(simulation.sectionRows.last)
    #expect(abs(abs(section.discharge[0]) / discharge - 1) < 1e-3)
    // The speed is that of the water in the channel, not of water spread over the coarse cells.
    let speed = discharge / 5 / depth
    let result = simulation.result
    for column in 10 * factor..<35 * factor {
      #expect(abs(Double(simulation.discharge.east[column, 1]) / (discharge / 5) - 1) < 0.02)
      let (greatest, product) = (result.maximumSpeed[column, 1], result.maximumDepthSpeed[column, 1])
      // The front, where the water stands steeper, was faster.
      #expect(Double(greatest) > 0.99 * speed && Double(greatest) < 1.25 * speed, "\(greatest) m/s against \(speed)")
      #expect(Double(product) > 0.98 * discharge / 5)
    }
  }

  /// The ground and drains take from the wet part of coarse cells at their rates, and from what falls beside.
  @Test func lossesAreThoseOfTheWetPart() throws {
    let geometry = testGeometry(columns: 32, rows: 8, cell: 2)
    // A channel in every fourth row: a quarter of the ground.
    let terrain = Grid<Float>(geometry, cells: (0..<256).map { $0 / 32 % 4 == 1 ? 0 : 3 })
    func taken(rain: Double) throws -> FlowLedger {
      var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 600)
      flow.initialDepth = Grid(geometry, cells: (0..<256).map { $0 / 32 % 4 == 1 ? 0.5 : 0 })
      flow.infiltration = .uniform(36)
      flow.drainage = .grid(Grid(geometry, repeating: 12))
      if rain > 0 { flow.rain = [RainInterval(from: 0, to: 600, .uniform(rain))] }
      return try #require(try run(flow, subgrid: 4).ledger.last)
    }
    // 6 and 2 mm of the wet quarter of 1024 m².
    let dry = try taken(rain: 0)
    #expect(abs(dry.infiltration - 0.006 * 256) < 1e-6 && abs(dry.drainage - 0.002 * 256) < 1e-6)
    // Rain of 5 mm all goes into the ground that is dry; of 7 mm the drains get the seventh.
    let light = try taken(rain: 30)
    #expect(abs(light.infiltration - (0.006 * 256 + 0.005 * 768)) < 1e-4 && abs(light.drainage - 0.002 * 256) < 1e-4)
    let heavy = try taken(rain: 42)
    #expect(abs(heavy.infiltration - 0.006 * 1024) < 1e-4)
    #expect(abs(heavy.drainage - (0.002 * 256 + 0.001 * 768)) < 1e-4)
  }

  @Test func neitherThreadsNorTilesNorRestartsNorDatumChangeABit() throws {
    let terrain = randomTerrain(.fractal, columns: 150, rows: 90, seed: 3, cell: 2).map(threads: 1) {
      ($0 * 1024).rounded() / 1024
    }
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 120)
    flow.settings.subgrid = 2
    flow.inflows = [FlowInflow("spring", cells: [(20, 30)], discharge: FlowSeries(times: [0, 30], values: [0, 9]))]
    flow.rain = [RainInterval(from: 60, to: 90, .uniform(100))]
    flow.boundaries = [FlowBoundary("all", CellFace.outline(of: terrain), .normal(slope: 0.01))]
    let reference = try run(flow, subgrid: 2)
    let bits = reference.restart
    #expect(try run(flow, subgrid: 2, threads: 3).restart == bits)
    let first = try SurfaceFlowSimulation(flow)
    try first.run { $0.time < 40 }
    let resumed = try SurfaceFlowSimulation(flow, resuming: first.restart, threads: 2)
    try resumed.run()
    #expect(resumed.restart == bits)
    var other = flow
    other.settings.sweepsAllTiles = true
    #expect(try run(other, subgrid: 2, threads: 2).depth.cells == reference.depth.cells)
    other = flow
    other.terrain = terrain.map(threads: 1) { $0 + 512 }
    #expect(try run(other, subgrid: 2).depth.cells == reference.depth.cells)
  }

  @Test func onlyWhatCanBeIsTaken() throws {
    func message(_ change: (inout SurfaceFlowCase) -> Void) -> String {
      var flow = SurfaceFlowCase(
        terrain: Grid(testGeometry(columns: 8, rows: 8, cell: 1), repeating: 0), roughness: .uniform(0.03), duration: 1)
      flow.settings.subgrid = 4
      change(&flow)
      do {
        _ = try SurfaceFlowSimulation(flow)
        return "taken"
      } catch { return error.description }
    }
    #expect(message { _ in } == "taken")
    #expect(message { $0.settings.subgrid = 17 }.contains("1 to 16"))
    #expect(message { $0.settings.method = .shallowWater }.contains("shallow_water"))
    let short = FlowCrossSection("ditch", line: [Coordinate(x: 2, y: 3), Coordinate(x: 3, y: 3)])
    #expect(message { $0.crossSections = [short] }.contains("ditch is shorter than the coarse cells"))
    // What looks at the depth of single cells.
    #expect(message { $0.sheetRoughness = .uniform(0.1) }.contains("depends on the depth"))
    #expect(
      message { $0.groundLoss = .greenAmpt(conductivity: $0.terrain, suction: $0.terrain) }.contains(
        "ground that fills"))
    let pipe = CulvertBarrel(.circle(diameter: 0.5), length: 5, inletInvert: 0, outletInvert: 0)
    #expect(
      message {
        $0.culverts = [
          FlowCulvert("k", from: [.init(column: 1, row: 1)], to: [.init(column: 6, row: 1)], .barrel(pipe))
        ]
      }.contains("culverts"))
  }
}
