import Grids
import Terrain
import TestSupport
import Testing

@Suite struct TileLayoutTests {
  @Test func perimetersNumberEachOutermostCellOnce() {
    for columns in 1...6 {
      for rows in 1...6 {
        let perimeter = RectanglePerimeter(columns: columns, rows: rows)
        var expected: [[Int]] = []
        for row in 0..<rows {
          for column in 0..<columns where column == 0 || row == 0 || column == columns - 1 || row == rows - 1 {
            expected.append([column, row])
          }
        }
        #expect(perimeter.count == expected.count)
        #expect((0..<perimeter.count).map { [perimeter.position($0).column, perimeter.position($0).row] } == expected)
        for (index, place) in expected.enumerated() {
          #expect(perimeter.index(column: place[0], row: place[1]) == index)
        }
      }
    }
  }

  @Test func tilesCoverEveryCellOnce() {
    for side in 1...9 {
      let layout = TileLayout(columns: 13, rows: 7, side: side)
      var hits = Grid<Int32>(testGeometry(columns: 13, rows: 7), repeating: 0)
      for number in 0..<layout.count {
        let tile = layout[number]
        #expect(tile.number == number && tile.width <= side && tile.height <= side)
        for row in tile.rows { for column in tile.columns { hits[column, row] += 1 } }
      }
      #expect(hits.cells.allSatisfy { $0 == 1 })
    }
  }

  @Test func tilesAreCutOutAndPutBack() {
    let whole = randomTerrain(.noise, columns: 11, rows: 8, seed: 1)
    let layout = TileLayout(columnEdges: [0, 1, 5, 6, 11], rowEdges: [0, 3, 4, 8])
    var copy = Grid<Float>(whole.geometry, repeating: 0)
    for number in 0..<layout.count {
      let tile = layout[number]
      let halo = whole.withHalo(tile, outside: -7)
      for row in 0..<halo.rows {
        for column in 0..<halo.columns {
          let (x, y) = (tile.columns.lowerBound + column - 1, tile.rows.lowerBound + row - 1)
          let isInside = x >= 0 && y >= 0 && x < 11 && y < 8
          #expect(halo[column, row] == (isInside ? whole[x, y] : -7))
        }
      }
      #expect(halo.withoutHalo().geometry == tile.geometry(in: whole.geometry))
      copy.paste(halo.withoutHalo(), at: tile)
    }
    #expect(copy.cells == whole.cells)
  }
}
