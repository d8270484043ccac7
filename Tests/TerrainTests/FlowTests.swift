import Grids
import Terrain
import TestSupport
import Testing

@Suite struct FlowTests {
  @Test(arguments: TerrainKind.allCases) func everyCellReachesAnOutletWithoutRising(kind: TerrainKind) throws {
    for seed in 0..<25 as Range<UInt64> {
      let z = randomTerrain(kind, columns: 17, rows: 13, seed: seed, cell: 2, cellHeight: seed % 2 == 0 ? 2 : 3)
      let hierarchy = try DepressionHierarchy(of: z, nodata: .outlet)
      let surface = hierarchy.filled(z)
      let directions = hierarchy.routedDirections()
      for start in 0..<z.count where !z[start].isNaN {
        var index = start
        var length = 0
        while directions[index] < 8 {
          let code = Int(directions[index])
          let next = index + FlowDirection.rowStep[code] * z.columns + FlowDirection.columnStep[code]
          #expect(surface[next] <= surface[index], "\(kind) \(seed): water runs uphill at \(index)")
          index = next
          length += 1
          if length > z.count { break }
        }
        #expect(directions[index] == FlowDirection.outlet, "\(kind) \(seed): cell \(start) ends at \(index)")
      }
    }
  }

  /// The steepest lower neighbour, written out again with doubles.
  @Test(arguments: [1, 2, 3, 7]) func steepestLowerNeighbourTakesTheWater(threads: Int) throws {
    for seed in 0..<20 as Range<UInt64> {
      let z = randomTerrain(.noise, columns: 15, rows: 12, seed: seed, cell: 3, cellHeight: 4)
      let basins = try DepressionHierarchy(of: z, threads: threads).basins
      for row in 0..<z.rows {
        for column in 0..<z.columns {
          var best = 0.0
          var code = -1
          for k in 0..<8 {
            let x = column + FlowDirection.columnStep[k]
            let y = row + FlowDirection.rowStep[k]
            guard x >= 0, y >= 0, x < z.columns, y < z.rows else { continue }
            let distance = [3.0, 5, 4, 5, 3, 5, 4, 5][k]
            let slope = (Double(z[column, row]) - Double(z[x, y])) / distance
            if slope > best { (best, code) = (slope, k) }
          }
          let found = basins.directions[column, row]
          let onBorder = row == 0 || column == 0 || row == z.rows - 1 || column == z.columns - 1
          let expected = code >= 0 ? UInt8(code) : (onBorder ? FlowDirection.outlet : FlowDirection.pit)
          #expect(found == expected, "seed \(seed) column \(column) row \(row)")
        }
      }
    }
  }

  @Test func accumulationIsTheSumOverDonorsAndConservesWeights() throws {
    for (seed, kind) in TerrainKind.allCases.enumerated() {
      let z = randomTerrain(kind, columns: 31, rows: 22, seed: UInt64(seed))
      let directions = try DepressionHierarchy(of: z, nodata: .outlet).routedDirections()
      var random = SeededGenerator(seed: UInt64(seed))
      let weights = Grid<Int64>(
        z.geometry, cells: z.cells.map { $0.isNaN ? 0 : Int64(random.next() >> 20) })
      let sums = flowAccumulation(directions, weights: weights)
      var expected = weights.cells
      var leaving: Int64 = 0
      for index in 0..<z.count where directions[index] < 8 {
        let code = Int(directions[index])
        expected[index + FlowDirection.rowStep[code] * z.columns + FlowDirection.columnStep[code]] += sums[index]
      }
      for index in 0..<z.count where directions[index] == FlowDirection.outlet { leaving += sums[index] }
      #expect(sums.cells == expected)
      #expect(leaving == weights.cells.reduce(0, +))
      #expect(upslopeCells(directions).cells.max().map(Int.init) ?? 0 <= z.count)
    }
  }

  @Test func slopeOfAPlaneIsExact() {
    for (gx, gy) in [(0.0, 0.0), (0.5, 0), (0, -0.25), (0.375, 0.5)] {
      let geometry = testGeometry(columns: 9, rows: 8, cell: 2, cellHeight: 4)
      var z = Grid<Float>(geometry, repeating: 0)
      for row in 0..<8 {
        for column in 0..<9 { z[column, row] = Float(gx * 2 * Double(column) + gy * 4 * Double(row)) }
      }
      z[4, 4] = .nan
      let slope = slopeTangent(z)
      let expected = (gx * gx + gy * gy).squareRoot()
      for index in 0..<z.count where !z[index].isNaN {
        #expect(abs(Double(slope[index]) - expected) < 1e-6)
      }
      #expect(slope[4, 4].isNaN)
    }
  }

  @Test func flatsDrainTheNearestWay() throws {
    // A plateau with one way down in its south-east corner; everything on it drains there.
    var z = Grid<Float>(testGeometry(columns: 9, rows: 7), repeating: 9)
    for row in 1...5 {
      for column in 1...7 { z[column, row] = 5 }
    }
    z[8, 6] = 4
    let directions = try DepressionHierarchy(of: z).routedDirections()
    #expect(upslopeCells(directions)[8, 6] >= 35)
  }
}

@Suite struct SteepestTieTests {
  /// The middle of three equally steep neighbours takes the water, straight or slanting.
  @Test(arguments: [0, 2, 4, 6, 1, 3, 5, 7]) func theMiddleOfThreeTakesTheWater(middle: Int) throws {
    var z = Grid<Float>(testGeometry(columns: 3, rows: 3), repeating: 9)
    z[1, 1] = 5
    for code in [middle, (middle + 2) % 8, (middle + 6) % 8] {
      z[1 + FlowDirection.columnStep[code], 1 + FlowDirection.rowStep[code]] = 3
    }
    #expect(try DepressionHierarchy(of: z).basins.directions[1, 1] == UInt8(middle))
  }
}
