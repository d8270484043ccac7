public import Grids

/// Finds the D8 directions of a filled surface tile by tile, bit for bit as ``flatRoutedDirections(of:nodata:threads:)``
/// does.
///
/// The distances that direct the water of a flat (defined at the head of `FlatResolution.swift`) name no flats, so a
/// tile can find them by itself but for ways through other tiles. ``map(_:ring:nodata:)`` visits a tile with what is
/// known of the distances in the ring around it; ``reduce(_:rings:layout:)`` carries distances over the seams and
/// names the tiles that have to be visited again. The rounds end when no ring changes: distances only shrink, and
/// what remains are the distances of the whole raster. A lake over *k* tiles in a row takes about *k* rounds, of
/// which each visits the tiles at the front alone.
public enum TiledDirections {
  /// Visits a tile: its directions and the distances on its perimeter, as far as the ring tells.
  /// - Parameters:
  ///   - surface: Filled elevation of the tile and its ring, metres; NaN is no data and what lies beyond the raster.
  ///   - ring: What is known of the distances around the tile; ``FlatRing/init(_:)`` at the first visit.
  ///   - nodata: What cells without elevation are to the water.
  /// - Returns: Codes of ``FlowDirection`` of the tile, final once ``reduce(_:rings:layout:)`` asks for no further
  ///   visit, and what the other tiles need to know.
  /// - Complexity: O(*n*), 18 bytes a cell and the moving fronts.
  public static func map(
    _ surface: Grid<Float>, ring: FlatRing, nodata: NodataPolicy
  ) -> (directions: Grid<UInt8>, seams: FlatSeams) {
    let terrain = TileTerrain(surface, of: ring.tile, nodata: nodata)
    var codes = terrain.steepestDescent()
    let flats = TileFlats(terrain, codes, ring)
    let towardsLower = flats.distances(from: flats.exitSources, around: ring.towardsLower)
    let fromHigher = flats.distances(from: flats.higherSources, around: ring.fromHigher)
    flats.direct(&codes, towardsLower, fromHigher)
    return (codes.withoutHalo(), flats.seams(codes, towardsLower, fromHigher))
  }

  /// Carries distances over the seams.
  /// - Parameters:
  ///   - seams: What the last visit told of each tile, in the order of their numbers.
  ///   - rings: The ring that each tile was last visited with.
  ///   - layout: How the raster is cut.
  /// - Returns: The rings of the tiles that have to be visited again, in the order of their numbers; none when all
  ///   directions are final.
  /// - Throws: ``TerrainError`` where a record is missing or of another layout, or, in the end, where the surface still
  ///   holds a depression.
  /// - Complexity: O(*p*) for *p* perimeter cells.
  public static func reduce(
    _ seams: [FlatSeams], rings: [FlatRing], layout: TileLayout
  ) throws(TerrainError) -> [FlatRing] {
    try layout.check(seams)
    try layout.check(rings)
    let places = TileSeams(layout)
    var changed: [FlatRing] = []
    for (record, old) in zip(seams, rings) {
      var ring = FlatRing(record.tile)
      let around = places.ring(around: record.tile, outside: (tile: -1, cell: -1)) { (tile: $0, cell: $1) }
      for (cell, place) in around.enumerated() where place.tile >= 0 && record.isWatched[cell] != 0 {
        ring.towardsLower[cell] = seams[place.tile].towardsLower[place.cell]
        ring.fromHigher[cell] = seams[place.tile].fromHigher[place.cell]
      }
      if ring != old { changed.append(ring) }
    }
    if changed.isEmpty, let record = seams.first(where: { $0.undrained > 0 }) {
      let first = Int(record.firstUndrained)
      throw TerrainError(
        "the surface is not filled: it holds depressions, one around column "
          + "\(record.tile.columns.lowerBound + first % record.tile.width), row "
          + "\(record.tile.rows.lowerBound + first / record.tile.width); fill it before its lakes are routed as flats")
    }
    return changed
  }
}

/// What other tiles need to know of the flats on the perimeter of a tile.
public struct FlatSeams: TileRecord {
  /// A distance that is not known, or does not exist.
  public static let unknown = Int32.max

  /// The tile that was visited.
  public let tile: Tile
  /// Steps from every perimeter cell to where its flat drains: 0 for cells that drain by themselves, −1 for cells
  /// without elevation.
  public internal(set) var towardsLower: [Int32]
  /// Steps from every perimeter cell to higher ground over its flat, from 1.
  public internal(set) var fromHigher: [Int32]
  /// 1 for the cells of the ring that a flat of the tile may go on to, else 0.
  public internal(set) var isWatched: [UInt8]
  /// Number of flat cells from which no way out is known.
  public internal(set) var undrained: Int64 = 0
  /// The first of them, counted row by row within the tile; −1 where there is none.
  public internal(set) var firstUndrained: Int64 = -1

  init(_ tile: Tile) {
    self.tile = tile
    towardsLower = Array(repeating: 0, count: tile.perimeter.count)
    fromHigher = Array(repeating: Self.unknown, count: towardsLower.count)
    isWatched = Array(repeating: 0, count: tile.ring.count)
  }

  /// Kind and version of the binary form.
  public static let signature = "OVFLATS1"

  /// Writes all but the tile.
  public func writeContent(to writer: inout TileRecordWriter) {
    writer.write(towardsLower)
    writer.write(fromHigher)
    writer.write(isWatched)
    writer.write(undrained)
    writer.write(firstUndrained)
  }

  /// Reads all but the tile.
  public init(_ tile: Tile, from reader: inout TileRecordReader) throws(TerrainError) {
    self.init(tile)
    towardsLower = try reader.read(arrayOf: Int32.self, count: towardsLower.count)
    fromHigher = try reader.read(arrayOf: Int32.self, count: fromHigher.count)
    isWatched = try reader.read(arrayOf: UInt8.self, count: isWatched.count)
    undrained = try reader.read(Int64.self)
    firstUndrained = try reader.read(Int64.self)
    guard towardsLower.allSatisfy({ $0 >= -1 }), fromHigher.allSatisfy({ $0 >= 1 }) else {
      throw reader.damage("it holds negative distances")
    }
    let cells = Int64(tile.width) * Int64(tile.height)
    guard (0...cells).contains(undrained), (-1..<cells).contains(firstUndrained) else {
      throw reader.damage("it counts more cells than the tile has")
    }
  }
}

/// What is known of the flats in the ring around a tile.
public struct FlatRing: TileRecord {
  /// The tile that the ring is around.
  public let tile: Tile
  /// As ``FlatSeams/towardsLower``, for every cell of the ring.
  public internal(set) var towardsLower: [Int32]
  /// As ``FlatSeams/fromHigher``, for every cell of the ring.
  public internal(set) var fromHigher: [Int32]

  /// A ring of which nothing is known.
  public init(_ tile: Tile) {
    self.tile = tile
    towardsLower = Array(repeating: FlatSeams.unknown, count: tile.ring.count)
    fromHigher = towardsLower
  }

  /// Kind and version of the binary form.
  public static let signature = "OVFRING1"

  /// Writes all but the tile.
  public func writeContent(to writer: inout TileRecordWriter) {
    writer.write(towardsLower)
    writer.write(fromHigher)
  }

  /// Reads all but the tile.
  public init(_ tile: Tile, from reader: inout TileRecordReader) throws(TerrainError) {
    self.init(tile)
    towardsLower = try reader.read(arrayOf: Int32.self, count: towardsLower.count)
    fromHigher = try reader.read(arrayOf: Int32.self, count: fromHigher.count)
    guard towardsLower.allSatisfy({ $0 >= -1 }), fromHigher.allSatisfy({ $0 >= 1 }) else {
      throw reader.damage("it holds negative distances")
    }
  }
}
