import Grids
import TestSupport
import Testing

@testable import Terrain

@Suite struct TiledFillTests {
  @Test(arguments: TerrainKind.allCases) func anyTilingGivesTheBitsOfTheWholeRaster(kind: TerrainKind) throws {
    for seed in 0..<60 as Range<UInt64> {
      let columns = 1 + Int(seed * 7 % 23)
      let rows = 1 + Int(seed * 5 % 19)
      let z = randomTerrain(kind, columns: columns, rows: rows, seed: seed)
      for nodata in [NodataPolicy.outlet, .wall] {
        let expected = try? DepressionHierarchy(of: z, nodata: nodata).filled(z)
        for layout in layouts(columns: columns, rows: rows, seed: seed) {
          guard let expected else {
            #expect(throws: TerrainError.self) { try tiledFill(z, layout, nodata: nodata) }
            continue
          }
          let (surface, certificate) = try tiledFill(z, layout, nodata: nodata)
          #expect(identicalBits(surface, expected), "\(kind) \(seed) \(nodata) \(layout)")
          #expect(certificate == (try FillCertificate(expected, over: z, nodata: nodata)))
          #expect(certificate.holds)
        }
      }
    }
  }

  /// A pit, a flat, a saddle, and a lake around whole tiles, cut in every possible place.
  @Test(
    arguments: [
      [[5, 5, 5, 5, 5, 5], [5, 1, 1, 2, 1, 5], [5, 2, 0, 3, 0, 4], [5, 1, 1, 2, 1, 5], [5, 5, 5, 5, 5, 5]],
      [[9, 9, 9, 9, 9, 9], [9, 4, 4, 4, 4, 9], [9, 4, 4, 4, 4, 9], [9, 4, 4, 4, 4, 3], [9, 9, 9, 9, 9, 9]],
      [[9, 9, 9, 9, 9, 9], [9, 2, 7, 9, 9, 9], [9, 9, 6, 5, 9, 9], [9, 9, 9, 4, 1, 9], [9, 9, 9, 9, 8, 9]],
      [[8, 8, 8, 8, 8, 8], [8, 1, 1, 1, 1, 8], [8, 1, 7, 7, 1, 8], [8, 1, 1, 1, 1, 8], [8, 8, 8, 6, 8, 8]],
    ] as [[[Float]]])
  func seamsMayLieAnywhere(rows: [[Float]]) throws {
    let z = grid(rows)
    let expected = try priorityFlood(z)
    for mask in 0..<(1 << 9) {
      let layout = TileLayout(
        columnEdges: [0] + (1...5).filter { mask >> ($0 - 1) & 1 == 1 } + [6],
        rowEdges: [0] + (1...4).filter { mask >> ($0 + 4) & 1 == 1 } + [5])
      let (surface, certificate) = try tiledFill(z, layout, nodata: .error)
      #expect(identicalBits(surface, expected), "\(layout)")
      #expect(certificate.holds && certificate.cells == 30)
    }
  }

  @Test func certificateRejectsWhatTheWholeOneRejects() throws {
    var rejected = 0
    for seed in 0..<200 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let kind = TerrainKind.allCases[Int(seed) % TerrainKind.allCases.count]
      let z = randomTerrain(kind, columns: 12, rows: 9, seed: seed)
      var surface = try priorityFlood(z, nodata: .outlet)
      if seed % 2 == 0 {
        let cell = Int(random.next() % UInt64(z.count))
        surface[cell] = [surface[cell] + 1, z[cell], .nan, 5, surface[cell].nextUp][Int(random.next() % 5)]
      } else if seed % 4 == 1 {
        surface = z
      }
      let expected = try FillCertificate(surface, over: z, nodata: .outlet)
      for layout in layouts(columns: 12, rows: 9, seed: seed) {
        let seams = (0..<layout.count).map {
          TiledFillCertificate.map(
            surface.withHalo(layout[$0], outside: .nan), over: z.withHalo(layout[$0], outside: .nan), of: layout[$0],
            nodata: .outlet)
        }
        let found = try TiledFillCertificate.reduce(seams, layout: layout)
        #expect(found.holds == expected.holds, "\(kind) \(seed) \(layout): \(found), \(expected)")
        #expect(found.belowGround == expected.belowGround && found.cells == expected.cells)
      }
      if !expected.holds { rejected += 1 }
    }
    #expect(rejected > 80)
  }

  /// Two pit cells in different tiles satisfy every condition on neighbours; only the join over the seam sees them.
  @Test func certificateSeesAnUndrainedPlateauOverASeam() throws {
    let z = grid([[5, 5, 5, 5], [5, 1, 1, 5], [5, 5, 5, 5]] as [[Float]])
    let layout = TileLayout(columnEdges: [0, 2, 4], rowEdges: [0, 3])
    let seams = (0..<2).map {
      let ground = z.withHalo(layout[$0], outside: .nan)
      return TiledFillCertificate.map(ground, over: ground, of: layout[$0], nodata: .error)
    }
    let found = try TiledFillCertificate.reduce(seams, layout: layout)
    #expect(found.undrained == 2 && found.unbalanced == 0 && found.belowGround == 0)
  }

  @Test func certificateSeesLevelsThatDisagreeOverASeam() throws {
    let z = grid([[1, 1], [1, 1]] as [[Float]])
    let layout = TileLayout(columns: 2, rows: 2, side: 1)
    let seams = (0..<4).map { number in
      var ground = z.withHalo(layout[number], outside: .nan)
      if number == 0 { ground[2, 1] = 2 }
      return TiledFillCertificate.map(ground, over: ground, of: layout[number], nodata: .error)
    }
    #expect(try TiledFillCertificate.reduce(seams, layout: layout).unbalanced == 1)
  }

  @Test func badTerrainIsRefusedWithItsPlace() throws {
    var ring = Grid<Float>(testGeometry(columns: 9, rows: 8), repeating: 1)
    for column in 3...6 {
      for row in 2...5 where column == 3 || column == 6 || row == 2 || row == 5 { ring[column, row] = .nan }
    }
    func text(_ layout: TileLayout, _ nodata: NodataPolicy) -> String? {
      do {
        _ = try tiledFill(ring, layout, nodata: nodata)
        return nil
      } catch { return "\(error)" }
    }
    // The enclosed cells within one tile, and cut by seams.
    for side in [1, 2, 3, 4, 9] {
      let layout = TileLayout(columns: 9, rows: 8, side: side)
      #expect(text(layout, .wall)?.contains("around column 4, row 3 is enclosed") == true)
      #expect(
        text(layout, .error)?.hasPrefix("12 of 72 cells have no elevation, the first at column 3, row 2") == true)
      #expect(text(layout, .outlet) == nil)
    }
    let empty = Grid<Float>(testGeometry(columns: 3, rows: 3), repeating: .nan)
    #expect(throws: TerrainError.self) { try tiledFill(empty, TileLayout(columns: 3, rows: 3, side: 2), nodata: .wall) }
  }

  @Test func damagedRecordsAreRefused() throws {
    let z = randomTerrain(.fractal, columns: 9, rows: 7, seed: 3)
    let layout = TileLayout(columns: 9, rows: 7, side: 5)
    let tile = layout[1]
    let graph = TiledFill.map(z.withHalo(tile, outside: .nan), of: tile, nodata: .error)
    let bytes = graph.bytes()
    #expect(try SpillGraph(bytes: bytes) == graph)
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= 0x40
      #expect(throws: TerrainError.self) { try SpillGraph(bytes: damaged) }
    }
    for length in 0..<bytes.count {
      #expect(throws: TerrainError.self) { try SpillGraph(bytes: Array(bytes.prefix(length))) }
    }
    #expect(throws: TerrainError.self) { try TileLevels(bytes: bytes) }
    let graphs = (0..<layout.count).map {
      TiledFill.map(z.withHalo(layout[$0], outside: .nan), of: layout[$0], nodata: .error)
    }
    #expect(throws: TerrainError.self) { try TiledFill.reduce(graphs.dropLast(), layout: layout, nodata: .error) }
    #expect(throws: TerrainError.self) { try TiledFill.reduce(graphs.reversed(), layout: layout, nodata: .error) }
    // Levels of another terrain are noticed.
    let levels = try TiledFill.reduce(graphs, layout: layout, nodata: .error)
    let higher = z.map(threads: 1) { $0 + 100 }
    #expect(throws: TerrainError.self) {
      try TiledFill.finish(higher.withHalo(layout[0], outside: .nan), levels: levels[0], nodata: .error)
    }
  }
}
