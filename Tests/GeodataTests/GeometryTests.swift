import Foundation
import Geodata
import Grids
import TestSupport
import Testing

@Suite struct GeometryTests {
  @Test func bufferOfASquareHasTheAreaOfItsParts() throws {
    let sides = try buffer([square(0, 0, 10)], by: 2, quadrantSegments: 8)
    // Square, four strips, and a polygon of 32 corners inscribed in the circle of the corners.
    let corner = 0.5 * 32 * sin(2 * Double.pi / 32) * 4
    #expect(sides.count == 1 && abs(sides[0].area - (100 + 4 * 20 + corner)) < 1e-9)
    #expect(try abs(buffer([square(0, 0, 10)], by: -2)[0].area - 36) < 1e-9)
    #expect(try buffer([square(0, 0, 10)], by: -6).isEmpty)
    let line = try buffer(lines: [[Coordinate(x: 0, y: 0), Coordinate(x: 10, y: 0)]], by: 2)
    #expect(abs(line[0].area - (40 + corner)) < 1e-9)
  }

  @Test func setOperationsFollowTheirAreas() throws {
    let (a, b) = ([square(0, 0, 10)], [square(5, 5, 10)])
    #expect(try difference(a, b).reduce(0) { $0 + $1.area } == 75)
    #expect(try intersection(a, b).reduce(0) { $0 + $1.area } == 25)
    #expect(try Geodata.union(a + b).reduce(0) { $0 + $1.area } == 175)
    #expect(try difference(a, [square(2, 2, 3)])[0].rings.count == 2)
    #expect(try difference(a, a).isEmpty)
  }

  @Test func validityIsJudgedAndMade() throws {
    let bowTie = Polygon(rings: [ring((2, 2), (8, 8), (8, 2), (2, 8))])
    #expect(isValid([square(0, 0, 1)]) && !isValid([bowTie]))
    let made = try makeValid([bowTie])
    #expect(isValid(made) && abs(made.reduce(0) { $0 + $1.area } - 18) < 1e-9)
  }

  @Test func representativePointLiesInside() throws {
    // A horseshoe, whose centre of gravity lies in the gap.
    let horseshoe = Polygon(rings: [ring((0, 0), (10, 0), (10, 10), (8, 10), (8, 2), (2, 2), (2, 10), (0, 10))])
    let point = try representativePoint(of: [horseshoe])
    #expect(!(point.x >= 2 && point.x <= 8 && point.y >= 2))
    #expect(point.x > 0 && point.x < 10 && point.y > 0 && point.y < 10)
    #expect(error { try representativePoint(of: []) }?.code == "E-VEC-010")
  }

  // MARK: Polygonize

  private func labels(_ rows: [[Int32]]) -> Grid<Int32> {
    Grid(sandvika(columns: rows[0].count, rows: rows.count), cells: rows.flatMap { $0 })
  }

  @Test func aHoleThatTouchesItsShellIsARingOfItsOwn() throws {
    let polygons = try #require(polygonize(labels([[1, 1, 0], [1, 0, 1], [1, 1, 1]]), ignoring: 0)[1])
    #expect(polygons.count == 1 && polygons[0].rings.count == 2)
    #expect(polygons[0].area == 700 && isValid(polygons))
    let diagonal = try #require(polygonize(labels([[1, 0], [0, 1]]), ignoring: 0)[1])
    #expect(diagonal.count == 2 && isValid(diagonal))
    #expect(diagonal[0].rings[0].first == diagonal[0].rings[0].last)
  }

  @Test func ringsRunTheirWayOnExactCorners() throws {
    let polygons = polygonize(labels([[5, 5, 5, 7], [5, -1, 5, 7], [5, 5, 5, 7]]), ignoring: -1)
    let rings = try #require(polygons[5]?.first?.rings)
    #expect(signedArea(of: rings[0]) == 900 && signedArea(of: rings[1]) == -100)
    #expect(
      Set(rings[0]) == Set(ring((583_000, 6_640_000), (583_030, 6_640_000), (583_030, 6_639_970), (583_000, 6_639_970)))
    )
    #expect(rings[0].count == 5 && polygons[7]?.count == 1 && polygons[-1] == nil)
  }

  /// Random labels: every polygon is valid, areas are those of the cells, and every cell's centre lies in the polygons of
  /// its label alone (counted by crossings).
  @Test(arguments: 0..<12) func randomLabelsGiveValidPolygonsOfTheSameCells(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let (columns, rows) = (3 + seed * 3, 2 + seed * 2)
    let share = [0.3, 0.5, 0.6, 0.7][seed % 4]
    let grid = labels(
      (0..<rows).map { _ in
        (0..<columns).map { _ in generator.unit() < share ? 1 : generator.unit() < 0.5 ? 2 : 0 }
      })
    let result = polygonize(grid, ignoring: 0)
    for label in [Int32(1), 2] {
      let polygons = result[label] ?? []
      #expect(polygons.isEmpty || isValid(polygons))
      #expect(polygons.reduce(0) { $0 + $1.area } == Double(grid.cells.count { $0 == label }) * 100)
      for row in 0..<rows {
        for column in 0..<columns {
          let centre = grid.geometry.centre(column: column, row: row)
          let crossings = polygons.flatMap(\.rings).reduce(0) { sum, ring in
            sum
              + zip(ring, ring.dropFirst()).count { a, b in
                (a.y > centre.y) != (b.y > centre.y) && a.x > centre.x
              }
          }
          #expect((crossings % 2 == 1) == (grid[column, row] == label))
        }
      }
    }
  }

  @Test func coverageIsWholeForEveryLabel() throws {
    let polygons = polygonize(labels([[3, 3], [4, 3]]), ignoring: 0)
    #expect(polygons.keys.sorted() == [3, 4])
    #expect(try Geodata.union(polygons.values.flatMap { $0 }).first?.area == 400)
  }
}
