import Grids
import TestSupport
import Testing

@testable import Terrain

@Suite struct TiledDirectionsTests {
  /// Directions over tiles, every intermediate result through bytes, and the number of visits.
  private func tiled(
    _ surface: Grid<Float>, _ layout: TileLayout, nodata: NodataPolicy
  ) throws -> (directions: Grid<UInt8>, visits: Int) {
    var parts: [Grid<UInt8>] = []
    var seams: [FlatSeams] = []
    for number in 0..<layout.count {
      let visit = TiledDirections.map(
        surface.withHalo(layout[number], outside: .nan), of: layout[number], nodata: nodata)
      parts.append(visit.directions)
      seams.append(try throughBytes(visit.seams))
    }
    var rings = (0..<layout.count).map { FlatRing(layout[$0]) }
    var visits = layout.count
    while true {
      let waiting = try TiledDirections.reduce(seams, rings: rings, layout: layout)
      if waiting.isEmpty { break }
      for ring in waiting.reversed() {
        let number = ring.tile.number
        let visit = TiledDirections.revisit(
          surface.withHalo(ring.tile, outside: .nan), directions: parts[number], ring: try throughBytes(ring),
          seams: seams[number], nodata: nodata)
        parts[number] = visit.directions
        seams[number] = try throughBytes(visit.seams)
        rings[number] = ring
        visits += 1
      }
    }
    var directions = Grid<UInt8>(surface.geometry, repeating: 99)
    for number in 0..<layout.count {
      TiledDirections.finish(&parts[number])
      directions.paste(parts[number], at: layout[number])
    }
    return (directions, visits)
  }

  @Test(arguments: TerrainKind.allCases) func anyTilingGivesTheDirectionsOfTheWholeRaster(kind: TerrainKind) throws {
    for seed in 0..<60 as Range<UInt64> {
      let columns = 1 + Int(seed * 7 % 31)
      let rows = 1 + Int(seed * 5 % 23)
      let z = randomTerrain(
        kind, columns: columns, rows: rows, seed: seed, cell: 2, cellHeight: seed % 2 == 0 ? 2 : 3)
      for nodata in [NodataPolicy.outlet, .wall] {
        guard let surface = try? priorityFlood(z, nodata: nodata) else { continue }
        let expected = try flatRoutedDirections(of: surface, nodata: nodata)
        for layout in layouts(columns: columns, rows: rows, seed: seed) {
          let (directions, _) = try tiled(surface, layout, nodata: nodata)
          #expect(directions.cells == expected.cells, "\(kind) \(seed) \(nodata) \(layout)")
        }
      }
    }
  }

  /// A lake over many tiles with an island, one outlet and high shores in part: the widest flats there are.
  @Test func aLakeOverManyTilesIsRoutedAsOne() throws {
    for seed in 0..<12 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      var z = Grid<Float>(testGeometry(columns: 41, rows: 33), repeating: 9)
      for row in 1..<32 {
        for column in 1..<40 { z[column, row] = 2 }
      }
      for _ in 0..<6 {
        let (x, y) = (3 + Int(random.next() % 30), 3 + Int(random.next() % 22))
        for row in y..<(y + 4) {
          for column in x..<(x + 4) { z[column, row] = random.unit() < 0.3 ? 5 : 2 }
        }
      }
      z[0, Int(random.next() % 33)] = 2
      if seed % 3 == 0 { z[40, Int(random.next() % 33)] = 2 }
      let surface = try priorityFlood(z)
      let expected = try flatRoutedDirections(of: surface)
      for side in [1, 4, 7, 16, 50] {
        let layout = TileLayout(columns: 41, rows: 33, side: side)
        let (directions, visits) = try tiled(surface, layout, nodata: .error)
        #expect(directions.cells == expected.cells, "\(seed) side \(side)")
        if side == 50 { #expect(visits == 1) }
        // Each round visits the tiles at the front alone.
        #expect(visits < layout.count * (layout.tileColumns + layout.tileRows + 3))
      }
    }
  }

  /// Only what a flat may go on to is watched: slopes over seams need no second visit.
  @Test func slopesAreVisitedOnce() throws {
    var z = Grid<Float>(testGeometry(columns: 12, rows: 12), repeating: 0)
    for row in 0..<12 {
      for column in 0..<12 { z[column, row] = Float(column * 2 + row) }
    }
    #expect(try tiled(z, TileLayout(columns: 12, rows: 12, side: 3), nodata: .error).visits == 16)
  }

  @Test func anUnfilledSurfaceIsRefusedWithItsPlace() throws {
    let z = grid([[5, 5, 5, 5, 5], [5, 5, 1, 1, 5], [5, 5, 5, 5, 5]] as [[Float]])
    for side in [1, 2, 3, 5] {
      do {
        _ = try tiled(z, TileLayout(columns: 5, rows: 3, side: side), nodata: .error)
        Issue.record("an unfilled surface was accepted")
      } catch { #expect("\(error)".contains("around column 2, row 1;"), "\(error)") }
    }
  }
}
