import Grids
import Terrain
import TestSupport
import Testing

@Suite struct EdgeContaminationTests {
  /// Every cell upstream of every cell, looked at one by one.
  @Test(arguments: TerrainKind.allCases) func marksAreThoseOfTheSources(kind: TerrainKind) throws {
    for seed in 0..<4 as Range<UInt64> {
      let z = randomTerrain(kind, columns: 17, rows: 13, seed: seed, cell: 2)
      let directions = try DepressionHierarchy(of: z, nodata: seed % 2 == 0 ? .outlet : .wall).routedDirections()
      var expected = z.map(threads: 1) { $0.isNaN ? 255 : 0 as UInt8 }
      for start in 0..<z.count where !z[start].isNaN {
        let (column, row) = (start % z.columns, start / z.columns)
        var isSource = false
        for (x, y) in (-1...1).flatMap({ x in (-1...1).map { (column + x, row + $0) } }) {
          isSource = isSource || x < 0 || y < 0 || x >= z.columns || y >= z.rows || z[x, y].isNaN
        }
        var index = start
        while isSource {
          expected[index] = 1
          let code = Int(directions[index])
          if code >= 8 { break }
          index += FlowDirection.rowStep[code] * z.columns + FlowDirection.columnStep[code]
        }
      }
      let found = edgeContamination(directions)
      #expect((0..<z.count).allSatisfy { found[$0] == expected[$0] }, "\(kind) \(seed)")
    }
  }

  @Test("Of a cone only the cells at its foot are marked; of a valley that water comes through, its bottom too")
  func coneAndValley() throws {
    let cone = grid(
      (-5...5).map { y in (-5...5).map { x in 100 - Float(x * x + y * y).squareRoot() } })
    let marks = edgeContamination(try DepressionHierarchy(of: cone, nodata: .outlet).routedDirections())
    for row in 0..<11 {
      for column in 0..<11 { #expect(marks[column, row] == (min(column, row, 10 - column, 10 - row) == 0 ? 1 : 0)) }
    }
    // Water enters in the north and leaves in the south; the sides fall to the middle.
    let valley = grid((0...10).map { row in (-5...5).map { x in 100 - Float(row) + 10 * Float(abs(x)) } })
    let cut = edgeContamination(try DepressionHierarchy(of: valley, nodata: .outlet).routedDirections())
    for row in 0..<11 { #expect(cut[5, row] == 1) }
  }
}
