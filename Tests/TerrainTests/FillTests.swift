import Grids
import Terrain
import TestSupport
import Testing

/// The minimax surface by repeated relaxation: obvious and slow.
func bruteForceFill(_ z: Grid<Float>, nodata: NodataPolicy) -> Grid<Float> {
  let columns = z.columns
  let rows = z.rows
  func neighbours(_ c: Int, _ r: Int) -> [(Int, Int)] {
    (0..<8).map { (c + FlowDirection.columnStep[$0], r + FlowDirection.rowStep[$0]) }
      .filter { $0.0 >= 0 && $0.1 >= 0 && $0.0 < columns && $0.1 < rows }
  }
  func isSeed(_ c: Int, _ r: Int) -> Bool {
    neighbours(c, r).count < 8 || (nodata == .outlet && neighbours(c, r).contains { z[$0.0, $0.1].isNaN })
  }
  var water = z
  for r in 0..<rows {
    for c in 0..<columns where !z[c, r].isNaN && !isSeed(c, r) { water[c, r] = .infinity }
  }
  var changed = true
  while changed {
    changed = false
    for r in 0..<rows {
      for c in 0..<columns where !z[c, r].isNaN {
        for (x, y) in neighbours(c, r) where !z[x, y].isNaN {
          let level = max(z[c, r], water[x, y])
          if level < water[c, r] {
            water[c, r] = level
            changed = true
          }
        }
      }
    }
  }
  return water
}

/// Equal cells, bit for bit; −0.0 and +0.0 are one height.
func sameBits(_ a: Grid<Float>, _ b: Grid<Float>) -> Bool {
  a.geometry == b.geometry
    && zip(a.cells, b.cells).allSatisfy { ($0 + 0).bitPattern == ($1 + 0).bitPattern || ($0.isNaN && $1.isNaN) }
}

@Suite struct FillTests {
  @Test(arguments: TerrainKind.allCases) func bothEnginesAreTheMinimaxSurface(kind: TerrainKind) throws {
    for seed in 0..<40 as Range<UInt64> {
      let columns = 1 + Int(seed * 7 % 23)
      let rows = 1 + Int(seed * 5 % 19)
      let z = randomTerrain(kind, columns: columns, rows: rows, seed: seed)
      let expected = bruteForceFill(z, nodata: .outlet)
      let hierarchy = try DepressionHierarchy(of: z, nodata: .outlet)
      let filled = hierarchy.filled(z)
      #expect(sameBits(filled, expected), "basin graph, \(kind) \(seed)")
      #expect(sameBits(try priorityFlood(z, nodata: .outlet), expected), "priority flood, \(kind) \(seed)")
      let certificate = try FillCertificate(filled, over: z, nodata: .outlet)
      #expect(certificate.holds, "\(certificate)")
      #expect(sameBits(try DepressionHierarchy(of: filled, nodata: .outlet).filled(filled), filled))
    }
  }

  @Test func wallsHoldWaterUntilTheyEncloseIt() throws {
    let gap = grid(
      [
        [9, 9, 9, 9, 9],
        [9, 1, .nan, 3, 9],
        [9, 1, .nan, 2, 9],
        [9, 4, 6, 2, 9],
        [9, 9, 9, 7, 9],
      ] as [[Float]])
    let walled = try DepressionHierarchy(of: gap, nodata: .wall).filled(gap)
    #expect(walled[1, 1] == 7 && walled[3, 2] == 7)
    #expect(sameBits(walled, bruteForceFill(gap, nodata: .wall)))
    let open = try DepressionHierarchy(of: gap, nodata: .outlet).filled(gap)
    #expect(open[1, 1] == 1 && open[3, 2] == 2)
    #expect(throws: TerrainError.self) { try DepressionHierarchy(of: gap, nodata: .error) }

    var ring = Grid<Float>(testGeometry(columns: 5, rows: 5), repeating: 1)
    for c in 1...3 {
      for r in 1...3 where c != 2 || r != 2 { ring[c, r] = .nan }
    }
    #expect(throws: TerrainError.self) { try DepressionHierarchy(of: ring, nodata: .wall) }
    #expect(throws: TerrainError.self) { try priorityFlood(ring, nodata: .wall) }
    #expect(throws: TerrainError.self) {
      try DepressionHierarchy(of: Grid<Float>(testGeometry(columns: 2, rows: 2), repeating: .nan), nodata: .outlet)
    }
  }

  @Test func certificateRejectsWrongSurfaces() throws {
    // Two pit cells inside a rim satisfy the balance of neighbours, yet do not drain.
    let z = grid(
      [
        [5, 5, 5, 5], [5, 1, 1, 5], [5, 5, 5, 5],
      ] as [[Float]])
    let unfilled = try FillCertificate(z, over: z)
    #expect(!unfilled.holds && unfilled.undrained == 2 && unfilled.unbalanced == 0)
    var over = try priorityFlood(z)
    over[1, 1] = 6
    #expect(!(try FillCertificate(over, over: z)).holds)
    var under = try priorityFlood(z)
    under[0, 0] = 4
    #expect(!(try FillCertificate(under, over: z)).holds)
  }

  @Test(arguments: TerrainKind.allCases)
  func fillCommutesWithGrowingFunctionsAndSymmetries(kind: TerrainKind) throws {
    for seed in 0..<30 as Range<UInt64> {
      let z = randomTerrain(kind, columns: 14, rows: 11, seed: seed)
      func fill(_ z: Grid<Float>) throws -> Grid<Float> { try DepressionHierarchy(of: z, nodata: .outlet).filled(z) }
      let filled = try fill(z)
      // Only order counts: any growing function of the heights, here their ranks, may be applied before or after.
      let heights = Set(z.cells.filter { !$0.isNaN }.map { $0 + 0 }).sorted()
      let ranks = Dictionary(uniqueKeysWithValues: zip(heights, (0..<heights.count).map { Float($0 * $0) }))
      func ranked(_ grid: Grid<Float>) -> Grid<Float> {
        Grid(grid.geometry, cells: grid.cells.map { $0.isNaN ? $0 : ranks[$0 + 0] ?? -1 })
      }
      #expect(sameBits(try fill(ranked(z)), ranked(filled)), "\(kind) \(seed)")
      #expect(filled.cells.allSatisfy { $0.isNaN || ranks[$0 + 0] != nil }, "a level that is no height of the terrain")
      for symmetry in SurfaceSymmetry.all {
        #expect(sameBits(try fill(symmetry.image(of: z)), symmetry.image(of: filled)), "\(kind) \(seed) \(symmetry)")
      }
      let higher = Grid(z.geometry, cells: z.cells.enumerated().map { $1 + ($0 % 3 == 0 ? 1 : 0) })
      let higherFilled = try fill(higher)
      #expect(zip(higherFilled.cells, filled.cells).allSatisfy { $0 >= $1 || $1.isNaN }, "\(kind) \(seed)")
    }
  }
}
