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

  @Test func fillCommutesWithGrowingFunctionsAndSymmetries() throws {
    for seed in 0..<30 as Range<UInt64> {
      let z = randomTerrain(.terraced, columns: 14, rows: 11, seed: seed)
      let filled = try DepressionHierarchy(of: z).filled(z)
      let doubled = z.map(threads: 1) { $0 * 2 - 3 }
      #expect(sameBits(try DepressionHierarchy(of: doubled).filled(doubled), filled.map(threads: 1) { $0 * 2 - 3 }))
      func mirrored(_ g: Grid<Float>) -> Grid<Float> {
        Grid(g.geometry, cells: (0..<g.rows).flatMap { r in (0..<g.columns).map { g[g.columns - 1 - $0, r] } })
      }
      func transposed(_ g: Grid<Float>) -> Grid<Float> {
        Grid(
          testGeometry(columns: g.rows, rows: g.columns),
          cells: (0..<g.columns).flatMap { c in (0..<g.rows).map { g[c, $0] } })
      }
      #expect(sameBits(try DepressionHierarchy(of: mirrored(z)).filled(mirrored(z)), mirrored(filled)))
      #expect(sameBits(try DepressionHierarchy(of: transposed(z)).filled(transposed(z)), transposed(filled)))
      let higher = Grid(z.geometry, cells: z.cells.enumerated().map { $1 + ($0 % 3 == 0 ? 1 : 0) })
      let higherFilled = try DepressionHierarchy(of: higher).filled(higher)
      #expect(zip(higherFilled.cells, filled.cells).allSatisfy { $0 >= $1 })
    }
  }
}
