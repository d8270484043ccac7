import Flood
import Grids
import Terrain
import TestSupport
import Testing

@Suite struct SurfaceFlowPropertyTests {
  /// A storm with an inflow over random terrain; heights are multiples of 2⁻¹⁰ m, so that they can be shifted exactly.
  private func storm(
    _ kind: TerrainKind = .fractal, columns: Int = 60, rows: Int = 40, seed: UInt64 = 1, cell: Double = 2
  ) -> SurfaceFlowCase {
    let terrain = randomTerrain(kind, columns: columns, rows: rows, seed: seed, cell: cell).map(threads: 1) {
      ($0 * 1024).rounded() / 1024
    }
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 100)
    flow.rain = [RainInterval(from: 10, to: 70, .uniform(240))]
    flow.recording.interval = 0
    flow.recording.durationDepths = [0.01, 0.1]
    return flow
  }

  private func run(_ flow: SurfaceFlowCase, threads: Int = 1) throws -> SurfaceFlowSimulation {
    let simulation = try SurfaceFlowSimulation(flow, threads: threads)
    try simulation.run()
    return simulation
  }

  private func bits(_ grid: Grid<Float>) -> [UInt32] { grid.cells.map { $0.isNaN ? 0xffff_ffff : ($0 + 0).bitPattern } }

  private func bits(_ simulation: SurfaceFlowSimulation) -> [[UInt32]] {
    let result = simulation.result
    return [
      result.finalDepth, result.maximumDepth, result.maximumSpeed, result.maximumDepthSpeed, result.timeOfMaximum,
      result.arrivalTime, result.hazardRating, result.hazardClass, simulation.discharge.east,
      simulation.discharge.south,
    ].map(bits) + result.durations.map(bits)
  }

  static let methods: [FlowMethod] = FlowMethod.allCases

  private let steep: [TerrainKind] = [.noise, .fractal, .terraced, .holes]

  @Test(arguments: [TerrainKind.noise, .fractal, .terraced, .holes, .tiny, .flat], [1, 50])
  func waterIsConservedAndNowhereNegative(_ kind: TerrainKind, cell: Double) throws {
    for (seed, n, method): (UInt64, Float, FlowMethod) in [
      (1, 0.01, .localInertial), (2, 0.2, .localInertial), (1, 0.01, .shallowWater), (2, 0.2, .shallowWaterFirstOrder),
    ] {
      var flow = storm(kind, columns: 35, rows: 37, seed: seed, cell: cell)
      flow.settings.method = method
      flow.roughness = .uniform(n)
      flow.drainage = .uniform(12)
      flow.infiltration = .uniform(5)
      flow.boundaries = [FlowBoundary("all", CellFace.outline(of: flow.terrain), .critical)]
      flow.recording.interval = 10
      let simulation = try run(flow)
      #expect(simulation.ledger.allSatisfy { $0.error == 0 })
      #expect(simulation.depth.cells.allSatisfy { $0.isNaN || ($0 >= 0 && $0.isFinite) })
      let last = try #require(simulation.ledger.last)
      let cells = flow.terrain.cells.reduce(0.0) { $0 + ($1.isNaN ? 0 : 1) }
      let rain = cells * cell * cell * 0.24 * 60 / 3600
      #expect(abs(last.rain - rain) <= 1e-9 * rain)
      #expect(last.stored <= last.rain && last.boundaries[0] <= 0)
    }
  }

  @Test(arguments: methods) func neitherThreadsNorTilesChangeABit(_ method: FlowMethod) throws {
    for kind in [TerrainKind.fractal, .holes] {
      var flow = storm(kind, columns: 52, rows: 36)
      flow.duration = 36
      flow.settings.method = method
      flow.inflows = [
        FlowInflow("spring", cells: [(20, 30)], discharge: FlowSeries(times: [0, 30], values: [0, 3]))
      ]
      // Without rain at first, so that most tiles sleep.
      flow.rain = [RainInterval(from: 24, to: 33, .uniform(60))]
      flow.initialDepth = flow.terrain.map(threads: 1) { _ in 0 }
      if flow.terrain[20, 30].isNaN { flow.inflows = [] }
      let reference = try run(flow)
      #expect(try bits(run(flow, threads: 2)) == bits(reference))
      #expect(try bits(run(flow, threads: 5)) == bits(reference))
      let swept = reference.sweptCells
      flow.settings.sweepsAllTiles = true
      let all = try run(flow, threads: 2)
      #expect(bits(all) == bits(reference))
      #expect(swept < all.sweptCells)
    }
  }

  @Test(arguments: methods) func restartsGoOnToTheBit(_ method: FlowMethod) throws {
    var flow = storm(.fractal, columns: 40, rows: 20)
    flow.duration = 30
    flow.settings.method = method
    flow.drainage = .uniform(12)
    flow.inflows = [FlowInflow("spring", cells: [(20, 10)], discharge: FlowSeries(times: [0, 30], values: [0, 3]))]
    flow.boundaries = [
      FlowBoundary("sea", CellFace.edge(.west, of: flow.terrain.geometry), .level(FlowSeries(constant: 8))),
      FlowBoundary("falls", CellFace.edge(.east, of: flow.terrain.geometry), .critical),
    ]
    flow.gauges = [FlowGauge("a", column: 20, row: 12)]
    flow.crossSections = [FlowCrossSection("s", line: [Coordinate(x: 20, y: 36), Coordinate(x: 60, y: 8)])]
    flow.recording.seriesInterval = 7
    flow.recording.interval = 1.5
    let straight = try run(flow)
    for stop in [5.0, 20] {
      let first = try SurfaceFlowSimulation(flow)
      try first.run { $0.time < stop }
      let resumed = try SurfaceFlowSimulation(flow, resuming: first.restart, threads: 2)
      #expect(resumed.restart == first.restart)
      try resumed.run()
      #expect(bits(resumed) == bits(straight))
      #expect(resumed.ledger == straight.ledger)
      #expect(resumed.gaugeRows == straight.gaugeRows)
      #expect(resumed.sectionRows == straight.sectionRows)
      #expect(resumed.stepCount == straight.stepCount && resumed.sweptCells == straight.sweptCells)
      // Neither half a restart nor one of another case is taken.
      #expect(throws: SurfaceFlowError.self) {
        try SurfaceFlowSimulation(flow, resuming: first.restart.dropLast())
      }
      var other = flow
      other.terrain[3, 3] += 0.01
      #expect(throws: SurfaceFlowError.self) { try SurfaceFlowSimulation(other, resuming: first.restart) }
    }
  }

  /// Cells of the grid turned over or on its side.
  private func moved(_ grid: Grid<Float>, _ move: Move) -> Grid<Float> {
    let (columns, rows) = (grid.columns, grid.rows)
    switch move {
    case .mirroredEastWest:
      return Grid(grid.geometry, cells: (0..<rows).flatMap { r in (0..<columns).map { grid[columns - 1 - $0, r] } })
    case .mirroredNorthSouth:
      return Grid(grid.geometry, cells: (0..<rows).flatMap { r in (0..<columns).map { grid[$0, rows - 1 - r] } })
    case .transposed:
      let geometry = testGeometry(columns: rows, rows: columns, cell: grid.geometry.cellWidth)
      return Grid(geometry, cells: (0..<columns).flatMap { c in (0..<rows).map { grid[c, $0] } })
    }
  }

  enum Move: CaseIterable { case mirroredEastWest, mirroredNorthSouth, transposed }

  @Test(arguments: Move.allCases, methods) func flowKnowsNoDirection(_ move: Move, _ method: FlowMethod) throws {
    for kind in steep {
      var flow = storm(kind, columns: 36, rows: 22)
      flow.duration = 70
      flow.settings.method = method
      var other = flow
      other.terrain = moved(flow.terrain, move)
      let (first, second) = try (run(flow), run(other))
      #expect(bits(second.depth) == bits(moved(first.depth, move)), "\(kind)")
      #expect(bits(second.result.hazardRating) == bits(moved(first.result.hazardRating, move)), "\(kind)")
    }
  }

  /// Rows are worked on in pieces of 256 columns: where these meet, nothing is to be seen.
  @Test(arguments: methods) func piecesOfLongRowsMeet(_ method: FlowMethod) throws {
    var flow = storm(.fractal, columns: 530, rows: 20)
    flow.duration = 30
    flow.settings.method = method
    flow.recording.interval = 5
    let straight = try run(flow)
    #expect(try bits(run(flow, threads: 2)) == bits(straight))
    for move in Move.allCases {
      var other = flow
      other.terrain = moved(flow.terrain, move)
      #expect(bits(try run(other).depth) == bits(moved(straight.depth, move)))
    }
  }

  @Test(arguments: methods) func heightAboveTheSeaIsOfNoImportance(_ method: FlowMethod) throws {
    var flow = storm()
    flow.settings.method = method
    var other = flow
    other.terrain = flow.terrain.map(threads: 1) { $0 + 512 }
    #expect(try bits(run(other)) == bits(run(flow)))
  }

  @Test(arguments: methods) func cellsOfNoDataAroundAreOfNoImportance(_ method: FlowMethod) throws {
    var flow = storm(.fractal, columns: 40, rows: 30)
    flow.settings.method = method
    var other = flow
    let geometry = testGeometry(columns: 61, rows: 47, cell: 2)
    other.terrain = Grid(geometry, repeating: .nan)
    for row in 0..<30 { for column in 0..<40 { other.terrain[column + 13, row + 11] = flow.terrain[column, row] } }
    let (small, large) = try (run(flow).depth, run(other).depth)
    for row in 0..<30 {
      for column in 0..<40 { #expect(large[column + 13, row + 11] == small[column, row]) }
    }
  }

  @Test(arguments: methods) func moreRainMeansNoLessWater(_ method: FlowMethod) throws {
    var before = 0.0
    var out = 0.0
    for rate in [10.0, 40, 120, 400] {
      var flow = storm(columns: 40, rows: 30)
      flow.settings.method = method
      flow.rain = [RainInterval(from: 0, to: 60, .uniform(rate))]
      flow.boundaries = [FlowBoundary("all", CellFace.outline(of: flow.terrain), .critical)]
      let last = try #require(run(flow).ledger.last)
      #expect(last.stored > before)
      #expect(-last.boundaries[0] >= out)
      (before, out) = (last.stored, -last.boundaries[0])
    }
  }

  @Test(arguments: methods) func nothingMovesBeforeTheRain(_ method: FlowMethod) throws {
    var flow = storm(columns: 40, rows: 30)
    flow.settings.method = method
    let simulation = try SurfaceFlowSimulation(flow)
    while simulation.time < 10 {
      #expect(simulation.depth.cells.allSatisfy { $0 == 0 })
      try simulation.step()
    }
    try simulation.run()
    let result = simulation.result
    #expect(result.timeOfMaximum.cells.allSatisfy { $0.isNaN || $0 >= 9.99 })
    for index in 0..<result.finalDepth.count {
      #expect(result.maximumDepth[index] >= result.finalDepth[index])
      if !result.arrivalTime[index].isNaN { #expect(result.arrivalTime[index] <= result.timeOfMaximum[index]) }
      #expect(result.durations[0][index] >= result.durations[1][index] && result.durations[0][index] <= 100)
      #expect((result.maximumDepth[index] > 0.1) == !result.arrivalTime[index].isNaN)
    }
  }

  /// A closed basin with hollows ends as the level lakes that fill, spill and merge.
  @Test(arguments: methods) func closedBasinEndsAsLevelLakes(_ method: FlowMethod) throws {
    let geometry = testGeometry(columns: 27, rows: 20, cell: 6)
    var terrain = Grid<Float>(geometry, repeating: 0)
    for row in 0..<20 {
      for column in 0..<27 {
        // Two hollows side by side in a basin with a rim.
        let x = 1.5 * (Double(column) - 13)
        let y = 1.5 * (Double(row) - 9.5)
        let bowl = 0.002 * (x * x + y * y)
        let first = (x + 8) * (x + 8) + y * y
        let second = (x - 8) * (x - 8) + y * y
        let hollows = 1.2 / (1 + first / 12) + 0.8 / (1 + second / 12)
        terrain[column, row] = Float(bowl - hollows)
        if column == 0 || row == 0 || column == 26 || row == 19 { terrain[column, row] = 20 }
      }
    }
    for rain: Float in [12, 200] {
      // None on the rim, whose water the lakes would lose to the outside.
      var runoff = Grid<Float>(geometry, repeating: rain)
      for index in 0..<runoff.count where terrain[index] == 20 { runoff[index] = 0 }
      var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.04), duration: 7200)
      flow.settings.method = method
      flow.rain = [RainInterval(from: 0, to: 900, .grid(runoff.map(threads: 1) { $0 * 4 }))]
      flow.recording.interval = 60
      let depth = try run(flow).depth
      let hierarchy = try DepressionHierarchy(of: terrain)
      let water = StandingWater(
        inflow: BasinRunoff(runoff, in: hierarchy.basins).quanta, in: Hypsometry(hierarchy, ground: terrain))
      let lakes = water.depth(over: terrain)
      #expect(water.outflow == 0)
      let stored = depth.cells.reduce(0.0) { $0 + Double($1) } * geometry.cellArea
      #expect(abs(stored - WaterVolume.cubicMetres(water.totalStored)) < 1e-3)
      if rain == 200 {
        // One lake.
        for index in 0..<lakes.count where lakes[index] > 0.01 {
          #expect(abs(depth[index] - lakes[index]) < 0.002, "\(index)")
        }
      } else {
        // Two lakes below the sill between them; how they share the rain depends on the paths of the flow.
        for half in [0..<13, 14..<27] {
          var levels: [Float] = []
          for row in 0..<20 {
            for column in half where depth[column, row] > 0.01 {
              levels.append(terrain[column, row] + depth[column, row])
            }
          }
          let (low, high) = (levels.min() ?? .nan, levels.max() ?? .nan)
          #expect(levels.count > 8 && high - low < 0.002)
        }
      }
    }
  }
}
