import Grids
import Terrain
import TestSupport
import Testing

@Suite struct CulvertBurningTests {
  @Test func aBurnedCulvertDrainsTheDam() throws {
    // A valley falling to the east with a dam across it.
    var z = Grid<Float>(testGeometry(columns: 12, rows: 5), repeating: 0)
    for row in 0..<5 {
      for column in 0..<12 { z[column, row] = Float(12 - column) + 3 * Float(abs(row - 2)) + (column == 6 ? 8 : 0) }
    }
    let line = [Coordinate(x: 4.5, y: 2.5), Coordinate(x: 8.5, y: 2.5)]
    let (burned, changes) = burnCulverts(z, lines: [line])
    #expect(try DepressionHierarchy(of: z).filled(z)[5, 2] > z[5, 2])
    let filled = try DepressionHierarchy(of: burned).filled(burned)
    #expect(filled[5, 2] == burned[5, 2])
    #expect(changes.map(\.column) == [6])
    #expect(changes[0].before == 14 && changes[0].after == 6 && changes[0].line == 0)
    for index in 0..<z.count { #expect(burned[index] <= z[index]) }
  }

  @Test func directionOfTheLineDoesNotMatter() {
    let z = randomTerrain(.fractal, columns: 40, rows: 30, seed: 4)
    let line = [Coordinate(x: 3.2, y: 4.9), Coordinate(x: 20.1, y: 17.3), Coordinate(x: 33.7, y: 12.2)]
    let there = burnCulverts(z, lines: [line])
    let back = burnCulverts(z, lines: [line.reversed()])
    let difference = zip(there.ground.cells, back.ground.cells).map { abs($0 - $1) }.max() ?? 1
    // The grade is sampled where the line enters a cell, so the two ways differ by less than one cell's fall.
    #expect(difference < 0.2)
    #expect(!there.changes.isEmpty)
    let outside = [Coordinate(x: -50, y: -50), Coordinate(x: -40, y: -50)]
    #expect(burnCulverts(z, lines: [outside, []]).changes.isEmpty)
  }
}
