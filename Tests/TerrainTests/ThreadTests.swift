import Grids
import Terrain
import TestSupport
import Testing

/// Grids large enough for several strips of rows, so that what leads from one to another is tested.
@Suite struct ThreadTests {
  @Test(arguments: TerrainKind.allCases) func threadsDoNotChangeABit(kind: TerrainKind) throws {
    // A long valley crosses all strips in both ways; the rest is the kind's own.
    var z = randomTerrain(kind, columns: 61, rows: 420, seed: 5, cell: 2, cellHeight: 3)
    for row in 10..<400 {
      z[20, row] = -5 - Float(row) * 0.01
      z[40, row] = -9 + Float(row) * 0.01
    }
    let one = try DepressionHierarchy(of: z, nodata: .outlet)
    let filled = one.filled(z)
    let directions = one.routedDirections()
    let cells = upslopeCells(directions)
    var random = SeededGenerator(seed: 8)
    let weights = Grid<Int64>(z.geometry, cells: (0..<z.count).map { _ in Int64(random.next() >> 24) })
    let water = flowAccumulation(directions, weights: weights)
    #expect(sameBits(filled, try priorityFlood(z, nodata: .outlet)))
    let flat = try flatRoutedDirections(of: filled, nodata: .outlet)
    for threads in [2, 3, 7] {
      let many = try DepressionHierarchy(of: z, nodata: .outlet, threads: threads)
      #expect(many.basins.directions.cells == one.basins.directions.cells)
      #expect(many.basins.labels.cells == one.basins.labels.cells)
      #expect(many.basins.pits == one.basins.pits)
      #expect(many.parent == one.parent && many.left == one.left && many.right == one.right)
      #expect(many.spillElevation == one.spillElevation && many.spillCell == one.spillCell)
      #expect(many.spillInto == one.spillInto)
      var surface = z
      let summary = many.fill(&surface, threads: threads)
      #expect(sameBits(surface, filled))
      #expect(summary.cells == zip(filled.cells, z.cells).count { $0 > $1 })
      #expect(many.routedDirections().cells == directions.cells)
      #expect(try flatRoutedDirections(of: filled, nodata: .outlet, threads: threads).cells == flat.cells)
      #expect(upslopeCells(directions, threads: threads).cells == cells.cells)
      #expect(flowAccumulation(directions, weights: weights, threads: threads).cells == water.cells)
      #expect(try FillCertificate(filled, over: z, nodata: .outlet, threads: threads).holds)
    }
  }

  @Test func theKernelOfEightCellsAgreesWithTheSlowLookAtEveryWidth() throws {
    for columns in 1...40 {
      let z = randomTerrain(.terraced, columns: columns, rows: 6, seed: UInt64(columns), cell: 2, cellHeight: 3)
      let directions = try DepressionHierarchy(of: z).basins.directions
      for row in 0..<z.rows {
        for column in 0..<columns {
          var best = 0.0
          var steepest: [UInt8] = []
          for code in 0..<8 {
            let x = column + FlowDirection.columnStep[code]
            let y = row + FlowDirection.rowStep[code]
            guard x >= 0, y >= 0, x < columns, y < z.rows else { continue }
            let distance = [2, 13.squareRoot(), 3, 13.squareRoot(), 2, 13.squareRoot(), 3, 13.squareRoot()][code]
            let drop = (Double(z[column, row]) - Double(z[x, y])) / distance
            if drop > best {
              (best, steepest) = (drop, [UInt8(code)])
            } else if drop == best {
              steepest.append(UInt8(code))
            }
          }
          if best > 0 { #expect(steepest.contains(directions[column, row]), "\(columns): \(column), \(row)") }
        }
      }
    }
  }
}
