import Grids
import TestSupport
import Testing

@testable import Terrain

@Suite struct TiledAccumulationTests {
  private func tiled64(_ directions: Grid<UInt8>, _ weights: Grid<Int64>, _ layout: TileLayout) throws -> Grid<Int64> {
    func cut<Cell>(_ grid: Grid<Cell>, _ number: Int, _ outside: Cell) -> Grid<Cell> {
      grid.withHalo(layout[number], outside: outside).withoutHalo()
    }
    let links = try (0..<layout.count).map {
      try throughBytes(TiledAccumulation.map(cut(directions, $0, 255), weights: cut(weights, $0, 0), of: layout[$0]))
    }
    let inflows = try TiledAccumulation.reduce(links, layout: layout)
    var result = Grid<Int64>(weights.geometry, repeating: -1)
    for number in (0..<layout.count).reversed() {
      result.paste(
        TiledAccumulation.finish(
          cut(directions, number, 255), weights: cut(weights, number, 0), inflow: try throughBytes(inflows[number])),
        at: layout[number])
    }
    return result
  }

  @Test(arguments: TerrainKind.allCases) func anyTilingGivesTheSumsOfTheWholeRaster(kind: TerrainKind) throws {
    for seed in 0..<40 as Range<UInt64> {
      let columns = 1 + Int(seed * 11 % 29)
      let rows = 1 + Int(seed * 5 % 19)
      let z = randomTerrain(kind, columns: columns, rows: rows, seed: seed)
      let directions = try DepressionHierarchy(of: z, nodata: .outlet).routedDirections()
      var random = SeededGenerator(seed: seed)
      let weights = Grid<Int64>(z.geometry, cells: z.cells.map { $0.isNaN ? 0 : Int64(random.next() >> 20) })
      let expected = flowAccumulation(directions, weights: weights)
      let counts = upslopeCells(directions)
      for layout in layouts(columns: columns, rows: rows, seed: seed) {
        #expect(try tiled64(directions, weights, layout).cells == expected.cells, "\(kind) \(seed) \(layout)")
        let ones = Grid<Int64>(z.geometry, cells: z.cells.map { $0.isNaN ? 0 : 1 })
        #expect(try tiled64(directions, ones, layout).cells == counts.cells.map { Int64($0) })
      }
    }
  }

  @Test func narrowWeightsGiveTheSameSums() throws {
    let z = randomTerrain(.fractal, columns: 40, rows: 30, seed: 2)
    let directions = try DepressionHierarchy(of: z).routedDirections()
    let expected = upslopeCells(directions)
    let layout = TileLayout(columns: 40, rows: 30, side: 7)
    func part(_ number: Int) -> Grid<UInt8> { directions.withHalo(layout[number], outside: 255).withoutHalo() }
    func ones(_ number: Int) -> Grid<Int32> { Grid(part(number).geometry, repeating: 1) }
    let links = try (0..<layout.count).map {
      try TiledAccumulation.map(part($0), weights: ones($0), of: layout[$0])
    }
    let inflows = try TiledAccumulation.reduce(links, layout: layout)
    var sums = Grid<Int32>(z.geometry, repeating: 0)
    for number in 0..<layout.count {
      sums.paste(
        TiledAccumulation.finish(part(number), weights: ones(number), inflow: inflows[number]), at: layout[number])
    }
    #expect(sums.cells == expected.cells)
  }

  /// A river that winds through every cell crosses the seams as often as can be.
  @Test func aWindingRiverIsFollowedToItsEnd() throws {
    let geometry = testGeometry(columns: 9, rows: 8)
    var directions = Grid<UInt8>(geometry, repeating: 0)
    for row in 0..<8 {
      for column in 0..<9 {
        let isEast = row % 2 == 0
        let isTurn = column == (isEast ? 8 : 0)
        directions[column, row] = isTurn ? 2 : (isEast ? 0 : 4)
      }
    }
    directions[0, 7] = FlowDirection.outlet
    let ones = Grid<Int64>(geometry, repeating: 1)
    for side in 1...9 {
      let sums = try tiled64(directions, ones, TileLayout(columns: 9, rows: 8, side: side))
      for row in 0..<8 {
        for column in 0..<9 {
          #expect(sums[column, row] == Int64(row * 9 + (row % 2 == 0 ? column : 8 - column) + 1))
        }
      }
    }
  }

  @Test func circlesAndWaysOutOfTheRasterAreRefused() throws {
    let geometry = testGeometry(columns: 4, rows: 2)
    var directions = Grid<UInt8>(geometry, cells: [0, 0, 0, 2, 6, 4, 4, 4])
    let ones = Grid<Int64>(geometry, repeating: 1)
    for side in [1, 2, 4] {
      #expect(throws: TerrainError.self) { try tiled64(directions, ones, TileLayout(columns: 4, rows: 2, side: side)) }
    }
    directions[0, 1] = 4
    #expect(throws: TerrainError.self) { try tiled64(directions, ones, TileLayout(columns: 4, rows: 2, side: 2)) }
  }

  @Test func damagedRecordsAreRefused() throws {
    let tile = TileLayout(columns: 6, rows: 3, side: 3)[0]
    let directions = Grid<UInt8>(testGeometry(columns: 3, rows: 3), repeating: 0)
    let links = try TiledAccumulation.map(directions, weights: Grid<Int64>(directions.geometry, repeating: 1), of: tile)
    let bytes = links.bytes()
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= 1
      #expect(throws: TerrainError.self) { try FlowLinks(bytes: damaged) }
    }
  }
}
