import Grids
import TestSupport
import Testing

@testable import Flood

/// Tiles with steps of their own.
@Suite struct SurfaceFlowStepRatioTests {
  /// Rain on a slope that drains to a deep ditch along its foot, with a pond and a weir in it: most tiles are a sheet of
  /// millimetres, some are metres deep.
  private func slope(cells: (columns: Int, rows: Int) = (170, 130), cell: Double = 2) -> SurfaceFlowCase {
    let geometry = testGeometry(columns: cells.columns, rows: cells.rows, cell: cell)
    var terrain = Grid<Float>(geometry, repeating: 0)
    for row in 0..<cells.rows {
      for column in 0..<cells.columns {
        let up = Double(cells.rows - 1 - row)
        var height = 0.03 * up * cell + 0.004 * Double(cells.columns - column) * cell
        // Furrows, so that the sheet gathers.
        height += 0.05 * Double((column % 9 - 4) * (column % 9 - 4)) / 16
        if up < 6 { height = 0.004 * Double(cells.columns - column) * cell - 1.5 + (column % 60 < 4 ? 0.8 : 0) }
        terrain[column, row] = Float(height)
      }
    }
    if cells.columns > 90 { terrain[90, 40] = .nan }
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.04), duration: 900)
    flow.rain = [RainInterval(from: 0, to: 400, .uniform(90))]
    flow.drainage = .uniform(8)
    flow.infiltration = .uniform(5)
    flow.inflows = [
      FlowInflow(
        "pipe", cells: [(3, cells.rows - 3)], discharge: FlowSeries(times: [0, 100, 500], values: [0, 1.5, 0.5]))
    ]
    flow.boundaries = [FlowBoundary("east", CellFace.edge(.east, of: geometry), .normal(slope: 0.004))]
    flow.recording.seriesInterval = 60
    flow.settings.stepRatio = 8
    return flow
  }

  private func run(_ flow: SurfaceFlowCase, threads: Int = 1, stepRatio: Int = 8) throws -> SurfaceFlowSimulation {
    var flow = flow
    flow.settings.stepRatio = stepRatio
    let simulation = try SurfaceFlowSimulation(flow, threads: threads)
    try simulation.run()
    return simulation
  }

  private func greatestDifference(_ a: Grid<Float>, _ b: Grid<Float>) -> Float {
    var greatest: Float = 0
    for index in 0..<a.count where !a[index].isNaN { greatest = max(greatest, abs(a[index] - b[index])) }
    return greatest
  }

  @Test func longerStepsCostLessAndChangeLittle() throws {
    let flow = slope()
    let even = try run(flow, stepRatio: 1)
    let local = try run(flow)
    // Most of the work is saved, not a few tiles' worth.
    #expect(2 * local.sweptCells < even.sweptCells)
    #expect(local.ledger.allSatisfy { $0.error == 0 })
    let (before, after) = try (#require(even.ledger.last), #require(local.ledger.last))
    #expect(abs(after.boundaries[0] - before.boundaries[0]) < 0.002 * abs(before.boundaries[0]))
    #expect(abs(after.stored - before.stored) < 0.002 * before.stored)
    let greatest = greatestDifference(even.result.maximumDepth, local.result.maximumDepth)
    let final = greatestDifference(even.depth, local.depth)
    #expect(greatest < 0.01, "\(greatest) m")
    #expect(final < 0.005, "\(final) m")
    // Rain and inflow are what they are, whatever the steps.
    #expect(abs(after.rain - before.rain) < 1e-9 * before.rain)
    #expect(abs(after.inflows[0] - before.inflows[0]) < 1e-9 * before.inflows[0])
  }

  @Test func neitherThreadsNorSleepingTilesChangeABit() throws {
    var flow = slope(cells: (150, 90))
    flow.duration = 300
    flow.rain = [RainInterval(from: 120, to: 240, .uniform(120))]
    let reference = try run(flow)
    func bits(_ simulation: SurfaceFlowSimulation) -> [UInt32] {
      let result = simulation.result
      return [result.finalDepth, result.maximumSpeed, result.arrivalTime].flatMap { $0.cells.map(\.bitPattern) }
    }
    #expect(try bits(run(flow, threads: 2)) == bits(reference))
    #expect(try bits(run(flow, threads: 5)) == bits(reference))
    flow.settings.sweepsAllTiles = true
    let all = try run(flow, threads: 2)
    #expect(bits(all) == bits(reference))
    #expect(all.ledger == reference.ledger)
    #expect(reference.sweptCells < all.sweptCells)
  }

  @Test func restartsGoOnToTheBit() throws {
    var flow = slope(cells: (150, 90))
    flow.duration = 240
    let straight = try run(flow)
    for stop in [33.0, 121] {
      let first = try SurfaceFlowSimulation(flow)
      try first.run { $0.time < stop }
      let resumed = try SurfaceFlowSimulation(flow, resuming: first.restart, threads: 2)
      #expect(resumed.restart == first.restart)
      try resumed.run()
      #expect(resumed.depth.cells.map(\.bitPattern) == straight.depth.cells.map(\.bitPattern))
      #expect(resumed.ledger == straight.ledger)
      #expect(resumed.sweptCells == straight.sweptCells && resumed.stepCount == straight.stepCount)
    }
  }

  /// Thin water that runs dry behind a step: cells give all they hold, on both sides of where levels of tiles meet.
  @Test(arguments: [1 as UInt64, 2, 3]) func waterIsConservedAndNowhereNegative(seed: UInt64) throws {
    for kind in [TerrainKind.noise, .fractal, .holes] {
      let terrain = randomTerrain(kind, columns: 140, rows: 70, seed: seed, cell: 3).map(threads: 1) {
        $0.isNaN ? $0 : $0 * 0.3
      }
      var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.02), duration: 200)
      flow.rain = [RainInterval(from: 5, to: 60, .uniform(300))]
      flow.drainage = .uniform(30)
      flow.recording.seriesInterval = 20
      let simulation = try run(flow)
      #expect(simulation.ledger.allSatisfy { $0.error == 0 })
      #expect(simulation.depth.cells.allSatisfy { $0.isNaN || ($0 >= 0 && $0.isFinite) })
      let even = try run(flow, stepRatio: 1)
      let (a, b) = try (#require(simulation.ledger.last), #require(even.ledger.last))
      #expect(abs(a.stored - b.stored) < 0.01 * b.stored)
    }
  }

  /// A lake at rest stays at rest to the bit, with tiles of many levels in it.
  @Test func lakeAtRestStaysAtRest() throws {
    let geometry = testGeometry(columns: 200, rows: 60, cell: 5)
    var terrain = Grid<Float>(geometry, repeating: 0)
    for row in 0..<60 { for column in 20..<200 { terrain[column, row] = 31 + Float(column) / 256 } }
    let depth = terrain.map(threads: 1) { max(0, 32 - $0) }
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 300)
    flow.initialDepth = depth
    let simulation = try run(flow)
    #expect(simulation.depth.cells == depth.cells)
    #expect(try 3 * simulation.sweptCells < 2 * run(flow, stepRatio: 1).sweptCells)
  }

  /// Whoever finds discharges anew sees depths that have come to the same time, in its own tile and in those beside it;
  /// over a round all water and all sides of tiles go the whole way, each side alike for both its tiles.
  @Test(arguments: 1...20 as ClosedRange<UInt64>) func depthsAreOfTheTimeOfTheirReaders(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let layout = FlowLayout(columns: 9 * FlowLayout.tileWidth - 5, rows: 7 * FlowLayout.tileHeight - 3)
    let tiles = ActiveTiles(layout, sweepsAll: false)
    for tile in 0..<tiles.count {
      tiles.fastest[tile] = generator.unit() < 0.15 ? 1 : Float(0.02 + 0.3 * generator.unit())
    }
    let highest = tiles.setLevels(upTo: 3, base: 1, film: 1e-5, longest: 100, perCell: 1, courant: 1)
    #expect(highest > 0)
    let across = layout.tilesAcross
    func beside(_ tile: Int) -> [Int] {
      let (strip, column) = tile.quotientAndRemainder(dividingBy: across)
      return (column > 0 ? [tile - 1] : []) + (column + 1 < across ? [tile + 1] : [])
        + (strip > 0 ? [tile - across] : []) + (strip + 1 < layout.strips ? [tile + across] : [])
    }
    var water = [Float](repeating: 0, count: tiles.count)
    var sides: [[Int]: Float] = [:]
    var readers = 0
    for step in 0..<1 << highest {
      tiles.begin(step: step, highest: highest)
      for strip in 0..<layout.strips {
        for run in tiles.flowRuns(ofStrip: strip) {
          for tile in run.tiles.map({ strip * across + $0 }) {
            readers += 1
            for place in [tile] + beside(tile) {
              #expect(tiles.isDue(place) && water[place] == Float(step), "tile \(tile) reads \(place) at \(step)")
            }
          }
        }
      }
      for tile in 0..<tiles.count {
        water[tile] += tiles.weight(of: tile)
        for other in beside(tile) {
          #expect(tiles.weight(between: tile, and: other) == tiles.weight(between: other, and: tile))
          sides[[tile, other], default: 0] += tiles.weight(between: tile, and: other)
        }
      }
    }
    // Some tiles were spared some of the steps.
    #expect(readers > tiles.count && readers < tiles.count << highest)
    #expect(water.allSatisfy { $0 == Float(1 << highest) } && sides.values.allSatisfy { $0 == Float(1 << highest) })
  }

  /// A tile's steps are as long as what is in it and in the blocks of eight cells around it allows, found here from a
  /// map of all blocks.
  @Test(arguments: [1 as UInt64, 2, 3, 4]) func whatIsFarAwayShortensNoSteps(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    // The last strip has five rows or thirteen: one row of blocks or two.
    let layout = FlowLayout(columns: 7 * FlowLayout.tileWidth, rows: 5 * FlowLayout.tileHeight + (seed < 3 ? 5 : 13))
    let tiles = ActiveTiles(layout, sweepsAll: false)
    let (across, down) = (4 * layout.tilesAcross, 2 * layout.strips)
    var blocks = [Float](repeating: 0, count: across * down)
    for row in 0..<down where row < 11 || seed >= 3 {
      var speeds = [Float](repeating: 0, count: layout.tilesAcross * FlowLayout.tileWidth)
      for block in 0..<across {
        let speed: Float = generator.unit() < 0.03 ? 1 : 0.1
        blocks[row * across + block] = speed
        // Anywhere in the block.
        speeds[8 * block + Int(generator.next() % 8)] = speed
      }
      let first = row / 2 * layout.tilesAcross
      tiles.keep(speeds, ofTiles: first..<first + layout.tilesAcross, isLower: row % 2 == 1)
    }
    _ = tiles.setLevels(upTo: 3, base: 1, film: 1e-5, longest: 100, perCell: 1, courant: 1)
    tiles.begin(step: 0, highest: 3)
    var isShort = 0
    for strip in 0..<layout.strips {
      for run in tiles.flowRuns(ofStrip: strip) {
        for tile in run.tiles {
          var worst: Float = 0
          for row in max(0, 2 * strip - 1)...min(down - 1, 2 * strip + 2) {
            for block in max(0, 4 * tile - 1)...min(across - 1, 4 * tile + 4) {
              worst = max(worst, blocks[row * across + block])
            }
          }
          #expect(run.level == (worst == 1 ? 0 : 3), "tile \(tile) of strip \(strip)")
          isShort += worst == 1 ? 1 : 0
        }
      }
    }
    #expect(isShort > 0 && isShort < tiles.count)
    #expect(
      (0..<tiles.count).allSatisfy { tile in
        let own = [0, 1].flatMap { half in
          (0..<4).map {
            blocks[(2 * (tile / layout.tilesAcross) + half) * across + 4 * (tile % layout.tilesAcross) + $0]
          }
        }
        return tiles.fastest[tile] == own.max()
      })
  }

  /// A narrow stream, faster than waves, crosses from tiles with long steps to tiles with short ones beside a deep pond,
  /// and back: it must not come in gushes.
  @Test(arguments: [false, true]) func streamsCrossFromTileToTileSmoothly(isDownhill: Bool) throws {
    let geometry = testGeometry(columns: 288, rows: 48, cell: 1)
    var (terrain, depth) = (Grid<Float>(geometry, repeating: 0), Grid<Float>(geometry, repeating: 0))
    for row in 0..<48 {
      for column in 0..<288 {
        let along = isDownhill ? 287 - column : column
        terrain[column, row] = 0.05 * Float(along) + min(0.5, 0.25 * Float(abs(row - 20)))
        // A pond behind a wall.
        if (130..<158).contains(column), (34..<48).contains(row) { terrain[column, row] = 30 }
        if (132..<156).contains(column), (36..<46).contains(row) {
          (terrain[column, row], depth[column, row]) = (-4, 6)
        }
      }
    }
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 600)
    flow.initialDepth = depth
    flow.inflows = [
      FlowInflow(
        "stream", cells: [(isDownhill ? 1 : 286, 20)], discharge: FlowSeries(times: [0, 400], values: [0.01, 0.15]))
    ]
    flow.boundaries = [
      FlowBoundary("out", CellFace.edge(isDownhill ? .east : .west, of: geometry), .normal(slope: 0.05))
    ]
    flow.recording.interval = 0
    let (even, local) = try (run(flow, stepRatio: 1), run(flow))
    #expect(local.sweptCells < even.sweptCells)
    let (before, after) = (even.result, local.result)
    let fastest = before.maximumSpeed[isDownhill ? 200 : 87, 20]
    let deepest = before.maximumDepth[isDownhill ? 200 : 87, 20]
    #expect(fastest * fastest > 9.81 * deepest, "faster than waves")
    for column in 10..<278 {
      let (a, b) = (before.maximumDepth[column, 20], after.maximumDepth[column, 20])
      #expect(abs(a - b) < 0.1 * a, "column \(column): \(a) m, \(b) m")
      let (u, v) = (before.maximumSpeed[column, 20], after.maximumSpeed[column, 20])
      #expect(abs(u - v) < 0.1 * u, "column \(column): \(u) m/s, \(v) m/s")
    }
  }

  /// Water that gathers in a furrow moves along and across at once; how much stays on the slope must not depend on how
  /// long the steps are (friction acts on the whole flow, whatever the step).
  @Test(arguments: [0.03, 0.005]) func shorterStepsTellTheSame(fall: Double) throws {
    let geometry = testGeometry(columns: 9, rows: 50, cell: 2)
    var terrain = Grid<Float>(geometry, repeating: 0)
    for row in 0..<50 {
      for column in 0..<9 {
        terrain[column, row] = Float(fall * Double(50 - row) * 2 + 0.05 * Double((column - 4) * (column - 4)) / 16)
      }
    }
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.04), duration: 700)
    flow.rain = [RainInterval(from: 0, to: 400, .uniform(90))]
    flow.boundaries = [FlowBoundary("south", CellFace.edge(.south, of: geometry), .normal(slope: fall))]
    // Nothing is mixed among neighbours, which would act once a step, however long.
    flow.settings.theta = 1
    var stored: [Double] = []
    for courant in [0.7, 0.35, 0.0875] {
      flow.settings.courant = courant
      stored.append(try #require(run(flow).ledger.last).stored)
    }
    #expect(abs(stored[0] - stored[2]) < 0.01 * stored[2], "\(stored)")
    #expect(abs(stored[1] - stored[2]) < 0.005 * stored[2], "\(stored)")
  }

  /// The sea breaks in: the steps are as short as its waves need from the first on, also where it rises at once later.
  @Test(arguments: [0 as Double, 20]) func suddenLevelsAreMetWithShortSteps(from start: Double) throws {
    let geometry = testGeometry(columns: 160, rows: 3, cell: 2)
    var flow = SurfaceFlowCase(terrain: Grid(geometry, repeating: 0), roughness: .uniform(0.03), duration: 60)
    let (low, high) = start == 0 ? (10.0, 10.0) : (0.5, 3.0)
    let level = FlowSeries(times: [0, max(start - 0.01, 0.01), start + 0.02], values: [low, low, high])
    flow.boundaries = [FlowBoundary("sea", CellFace.edge(.west, of: geometry), .level(level))]
    flow.initialDepth = Grid(geometry, repeating: start == 0 ? 0 : 0.5)
    flow.recording.interval = 0
    let (even, local) = try (run(flow, stepRatio: 1), run(flow))
    let (before, after) = (even.result.maximumDepth.cells.max() ?? 0, local.result.maximumDepth.cells.max() ?? 0)
    // Water that breaks onto dry ground is not what this scheme is for; longer steps make it no worse.
    #expect(after < 1.05 * before, "\(before) \(after)")
    if start > 0 { #expect(Double(after) < 1.3 * high) }
    flow.settings.sweepsAllTiles = true
    #expect(try run(flow, threads: 2).depth.cells == local.depth.cells)
  }

  @Test func ratiosLieFromOneToEight() throws {
    let flow = slope(cells: (40, 20))
    #expect(try run(flow, stepRatio: 3).depth.cells == run(flow, stepRatio: 2).depth.cells)
    for ratio in [0, 9, -1] {
      #expect(throws: SurfaceFlowError.self) { try run(slope(cells: (40, 20)), stepRatio: ratio) }
    }
  }
}
