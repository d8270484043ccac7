public import Grids

/// Finds the D8 directions of a filled surface tile by tile, bit for bit as ``flatRoutedDirections(of:nodata:threads:)``
/// does.
///
/// The distances that direct the water of a flat (defined at the head of `FlatResolution.swift`) name no flats, so a
/// tile can find them by itself but for ways through other tiles. ``map(_:of:nodata:)`` visits every tile once;
/// ``reduce(_:rings:layout:)`` carries distances over the seams and names the tiles of which it has changed the ring;
/// ``revisit(_:directions:ring:seams:nodata:)`` directs the flats in them that the change touches. These two steps are
/// repeated until no ring changes: distances only shrink, and what remains are those of the whole raster. A lake over
/// *k* tiles in a row takes about *k* rounds. ``finish(_:)`` then takes the marks off the directions.
public enum TiledDirections {
  /// Visits a tile for the first time.
  /// - Parameters:
  ///   - surface: Filled elevation of the tile and its ring, metres; NaN is no data and what lies beyond the raster.
  ///   - tile: Where the tile lies.
  ///   - nodata: What cells without elevation are to the water.
  /// - Returns: Directions of the tile, those of flat cells marked, and what the other tiles need to know.
  /// - Complexity: O(*n*), 14 bytes a cell and the flat cells.
  public static func map(
    _ surface: Grid<Float>, of tile: Tile, nodata: NodataPolicy
  ) -> (directions: Grid<UInt8>, seams: FlatSeams) {
    let terrain = TileTerrain(surface, of: tile, nodata: nodata)
    let flats = TileFlats(terrain, terrain.steepestDescent(), FlatRing(tile))
    return (flats.codes.withoutHalo(), flats.seams(nil))
  }

  /// Visits a tile again, since more is known of its ring.
  /// - Parameters:
  ///   - surface: The surface that was given to the first visit.
  ///   - directions: The directions that the last visit gave.
  ///   - ring: What ``reduce(_:rings:layout:)`` found.
  ///   - seams: What the last visit told.
  ///   - nodata: What cells without elevation are to the water.
  /// - Returns: As the first visit.
  /// - Complexity: O(*n*) to copy and look through the tile, the work itself O(*f*) for *f* cells of flats that touch
  ///   what has changed.
  public static func revisit(
    _ surface: Grid<Float>, directions: Grid<UInt8>, ring: FlatRing, seams: FlatSeams, nodata: NodataPolicy
  ) -> (directions: Grid<UInt8>, seams: FlatSeams) {
    precondition(ring.tile == seams.tile, "ring and seams of one tile")
    let terrain = TileTerrain(surface, of: ring.tile, nodata: nodata)
    let codes = directions.withHalo(inWhole: ring.tile, outside: FlowDirection.nodata)
    let flats = TileFlats(terrain, directed: codes, ring)
    return (flats.codes.withoutHalo(), flats.seams(seams))
  }

  /// Takes the marks off the directions of a tile when no ring changes any longer.
  /// - Parameter directions: The directions that the last visit gave; codes of ``FlowDirection`` afterwards.
  public static func finish(_ directions: inout Grid<UInt8>) {
    let count = directions.count
    directions.withUnsafeMutableCells { code in
      for index in 0..<count { code[index] = code[index] & 0xF8 == FlatMark.directed ? code[index] & 7 : code[index] }
    }
  }

  /// Carries distances over the seams.
  /// - Parameters:
  ///   - seams: What the last visit told of each tile, in the order of their numbers.
  ///   - rings: The ring that each tile was last visited with, ``FlatRing/init(_:)`` after the first visit.
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
        if ring.towardsLower[cell] != old.towardsLower[cell] || ring.fromHigher[cell] != old.fromHigher[cell] {
          ring.changed.append(Int32(cell))
        }
      }
      if !ring.changed.isEmpty { changed.append(ring) }
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
  /// The cells of the ring of which more is known than at the last visit.
  public internal(set) var changed: [Int32] = []

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
    writer.write(changed)
  }

  /// Reads all but the tile.
  public init(_ tile: Tile, from reader: inout TileRecordReader) throws(TerrainError) {
    self.init(tile)
    towardsLower = try reader.read(arrayOf: Int32.self, count: towardsLower.count)
    fromHigher = try reader.read(arrayOf: Int32.self, count: fromHigher.count)
    changed = try reader.read(arrayOf: Int32.self)
    guard towardsLower.allSatisfy({ $0 >= -1 }), fromHigher.allSatisfy({ $0 >= 1 }) else {
      throw reader.damage("it holds negative distances")
    }
    guard changed.allSatisfy({ $0 >= 0 && Int($0) < towardsLower.count }) else {
      throw reader.damage("it names cells that the ring does not have")
    }
  }
}
