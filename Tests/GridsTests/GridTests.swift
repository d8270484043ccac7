import Grids
import TestSupport
import Testing

@Suite struct GridTests {
  @Test func copiesAreIndependent() {
    var a = grid([[1, 2], [3, 4]] as [[Int32]])
    let b = a
    a[0, 1] = 9
    #expect(a.cells == [1, 2, 9, 4])
    #expect(b.cells == [1, 2, 3, 4])
  }

  @Test(arguments: [1, 2, 3, 7]) func everyRowIsVisitedOnce(threads: Int) {
    var a = Grid<Int32>(testGeometry(columns: 5, rows: 103), repeating: 0)
    a.forEachRow(threads: threads) { row, cells in
      for column in 0..<cells.count { cells[column] += Int32(row * 5 + column) }
    }
    #expect(a.cells == (0..<515).map(Int32.init))
    #expect(a.map(threads: threads) { $0 &* 2 }.cells == (0..<515).map { Int32($0 * 2) })
  }

  @Test func cellsAndCentresAgree() {
    let geometry = GridGeometry(
      columns: 4, rows: 3, west: 100, north: 50, cellWidth: 2, cellHeight: 5, crs: testCRS)
    for row in 0..<3 {
      for column in 0..<4 {
        let cell = geometry.cell(at: geometry.centre(column: column, row: row))
        #expect(cell?.column == column && cell?.row == row)
      }
    }
    #expect(geometry.cell(at: Coordinate(x: 100, y: 50)) ?? (9, 9) == (0, 0))
    #expect(geometry.cell(at: Coordinate(x: 108, y: 50)) == nil)
    #expect(geometry.cell(at: Coordinate(x: 99.9, y: 49)) == nil)
    #expect(geometry.cellArea == 10)
    #expect(geometry.window(columns: 1..<3, rows: 1..<2).extent == Extent(west: 102, south: 40, east: 106, north: 45))
  }

  @Test func shoelaceAreaSubtractsHoles() {
    let shell = [(0.0, 0.0), (4, 0), (4, 4), (0, 4), (0, 0)].map { Coordinate(x: $0.0 + 6e5, y: $0.1 + 6.6e6) }
    let hole = [(1.0, 1.0), (1, 2), (2, 2), (2, 1), (1, 1)].map { Coordinate(x: $0.0 + 6e5, y: $0.1 + 6.6e6) }
    #expect(signedArea(of: shell) == 16)
    #expect(signedArea(of: hole) == -1)
    #expect(Polygon(rings: [shell, hole]).area == 15)
  }
}
