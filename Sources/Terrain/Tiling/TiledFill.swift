public import Grids

/// Fills the depressions of a raster tile by tile, bit for bit as ``DepressionHierarchy/filled(_:threads:)`` does.
///
/// Three steps that share nothing but values: ``map(_:of:nodata:)`` floods each tile on its own and tells at what
/// level water from one perimeter cell reaches another; ``reduce(_:layout:nodata:)`` finds the level of every
/// perimeter cell of all tiles; ``finish(_:levels:nodata:)`` floods each tile again from its perimeter at those
/// levels. Memory is that of a tile, and in the second step some sixty bytes per perimeter cell.
///
/// Method: Barnes (2016), Computers & Geosciences 96, 56–68. The second flood starts at the perimeter's final levels,
/// so that no labels have to be kept between the steps.
public enum TiledFill {
  /// Floods a tile from its perimeter, each cell by itself, and from the outlets within.
  /// - Parameters:
  ///   - ground: Elevation of the tile and its ring, metres; NaN is no data and what lies beyond the raster.
  ///   - tile: Where the tile lies.
  ///   - nodata: What cells without elevation are to the water; the same in all steps.
  /// - Complexity: O(*n*), 12 bytes a cell and the frontier, which is at most 8 bytes a cell.
  public static func map(_ ground: Grid<Float>, of tile: Tile, nodata: NodataPolicy) -> SpillGraph {
    let terrain = TileTerrain(ground, of: tile, nodata: nodata)
    let perimeter = tile.perimeter
    var flood = TileFlood(terrain)
    var graph = SpillGraph(tile)
    terrain.ground.withUnsafeCells { z in
      terrain.forEachCell { column, row, index in
        let height = z[index]
        if height.isNaN {
          if graph.missing == 0 { graph.firstMissing = Int64(row * tile.width + column) }
          graph.missing += 1
          return
        }
        let isOutlet = terrain.isSeed(z + index, column: column, row: row)
        let isPerimeter = perimeter.contains(column: column, row: row)
        guard isOutlet || isPerimeter else { return }
        let cell = isPerimeter ? perimeter.index(column: column, row: row) : -1
        if isPerimeter {
          graph.heights[cell] = height
          if isOutlet { graph.isOutlet[cell] = 1 }
        }
        flood.seed(index, label: isOutlet ? SpillGraph.outside : SpillGraph.label(cell), level: orderedBits(height))
      }
    }
    var meetings = LowestMeetings()
    flood.run { meetings.offer($0, $1, $2) }
    graph.passes = meetings.sorted().map {
      SpillGraph.Pass(low: $0.low, high: $0.high, elevation: number(orderedBits: $0.level))
    }
    let enclosed = flood.enclosed()
    graph.enclosed = Int64(enclosed.count)
    if let (column, row) = enclosed.first { graph.firstEnclosed = Int64(row * tile.width + column) }
    return graph
  }

  /// Floods a tile from its perimeter at the levels that the whole raster gives it.
  /// - Parameters:
  ///   - ground: Elevation of the tile and its ring, as given to ``map(_:of:nodata:)``.
  ///   - levels: What ``reduce(_:layout:nodata:)`` found for the tile.
  ///   - nodata: What cells without elevation are to the water.
  /// - Returns: Water surface of the tile and its ring, metres; NaN where there is no elevation and beyond the raster.
  /// - Throws: ``TerrainError`` where the levels are not those of this tile.
  /// - Complexity: As of ``map(_:of:nodata:)``.
  public static func finish(
    _ ground: Grid<Float>, levels: TileLevels, nodata: NodataPolicy
  ) throws(TerrainError) -> Grid<Float> {
    let tile = levels.tile
    let terrain = TileTerrain(ground, of: tile, nodata: nodata)
    let perimeter = tile.perimeter
    var flood = TileFlood(terrain)
    var misfits = 0
    terrain.ground.withUnsafeCells { z in
      terrain.forEachCell { column, row, index in
        let height = z[index]
        if perimeter.contains(column: column, row: row) {
          let level = levels.perimeter[perimeter.index(column: column, row: row)]
          if height.isNaN, level.isNaN { return }
          guard level >= height else {
            misfits += 1
            return
          }
          flood.seed(index, label: SpillGraph.outside, level: orderedBits(level))
          if level > height { flood.surface[index] = level }
        } else if !height.isNaN, terrain.isSeed(z + index, column: column, row: row) {
          flood.seed(index, label: SpillGraph.outside, level: orderedBits(height))
        }
      }
    }
    flood.run { _, _, _ in }
    guard misfits == 0, flood.enclosed().count == 0 else {
      throw TerrainError(
        "the levels do not fit the terrain of tile \(tile.number) (columns \(tile.columns), rows \(tile.rows)); "
          + "give all steps the same terrain, the same tiles and the same nodata policy")
    }
    let ring = tile.ring
    for index in 0..<ring.count {
      let (column, row) = ring.position(index)
      flood.surface[column, row] = levels.ring[index]
    }
    return flood.surface
  }
}

/// What the first step of ``TiledFill`` tells of a tile: its perimeter, and the lowest passes between perimeter cells.
public struct SpillGraph: TileRecord {
  /// The lowest pass between the waters of two perimeter cells, or of one and the outside.
  public struct Pass: Sendable, Hashable {
    /// The smaller label: 0 is the outside, *i* + 1 the perimeter cell *i*.
    public let low: Int32
    /// The larger label.
    public let high: Int32
    /// Level at which the waters meet, metres.
    public let elevation: Float
  }

  /// The tile that the graph is of.
  public let tile: Tile
  /// Elevation of every perimeter cell, metres; NaN is no data.
  public internal(set) var heights: [Float]
  /// 1 for perimeter cells from which water leaves for the outside, else 0.
  public internal(set) var isOutlet: [UInt8]
  /// Lowest passes, ordered by their labels.
  public internal(set) var passes: [Pass] = []
  /// Number of cells without elevation.
  public internal(set) var missing: Int64 = 0
  /// The first of them, counted row by row within the tile; −1 where there is none.
  public internal(set) var firstMissing: Int64 = -1
  /// Number of cells enclosed by cells without elevation within the tile.
  public internal(set) var enclosed: Int64 = 0
  /// The first of them, counted row by row within the tile; −1 where there is none.
  public internal(set) var firstEnclosed: Int64 = -1

  static let outside: Int32 = 0
  static func label(_ cell: Int) -> Int32 { Int32(cell + 1) }

  init(_ tile: Tile) {
    self.tile = tile
    heights = Array(repeating: .nan, count: tile.perimeter.count)
    isOutlet = Array(repeating: 0, count: heights.count)
  }

  /// Equal in every bit, so that no data equals no data.
  public static func == (a: Self, b: Self) -> Bool { a.bytes() == b.bytes() }

  /// Kind and version of the binary form.
  public static let signature = "OVSPILL1"

  /// Writes all but the tile.
  public func writeContent(to writer: inout TileRecordWriter) {
    writer.write(heights)
    writer.write(isOutlet)
    writer.write(passes.map(\.low))
    writer.write(passes.map(\.high))
    writer.write(passes.map(\.elevation))
    for number in [missing, firstMissing, enclosed, firstEnclosed] { writer.write(number) }
  }

  /// Reads all but the tile.
  public init(_ tile: Tile, from reader: inout TileRecordReader) throws(TerrainError) {
    self.init(tile)
    heights = try reader.readFloats(count: heights.count)
    isOutlet = try reader.read(arrayOf: UInt8.self, count: heights.count)
    let low = try reader.read(arrayOf: Int32.self)
    let high = try reader.read(arrayOf: Int32.self, count: low.count)
    let elevation = try reader.readFloats(count: low.count)
    for index in low.indices {
      guard low[index] >= 0, low[index] < high[index], Int(high[index]) <= heights.count, !elevation[index].isNaN else {
        throw reader.damage("the pass between \(low[index]) and \(high[index]) does not exist in this tile")
      }
    }
    passes = low.indices.map { Pass(low: low[$0], high: high[$0], elevation: elevation[$0]) }
    missing = try reader.read(Int64.self)
    firstMissing = try reader.read(Int64.self)
    enclosed = try reader.read(Int64.self)
    firstEnclosed = try reader.read(Int64.self)
    let cells = Int64(tile.width) * Int64(tile.height)
    guard (0...cells).contains(missing), (0...cells).contains(enclosed), (-1..<cells).contains(firstMissing),
      (-1..<cells).contains(firstEnclosed)
    else { throw reader.damage("it counts more cells than the tile has") }
  }
}

/// The water levels that ``TiledFill`` gives to the perimeter of a tile and to the ring around it.
public struct TileLevels: TileRecord {
  /// The tile that the levels are for.
  public let tile: Tile
  /// Water surface at every perimeter cell, metres; NaN is no data.
  public let perimeter: [Float]
  /// Water surface at every cell of the ring, metres; NaN is no data or beyond the raster.
  public let ring: [Float]

  init(_ tile: Tile, perimeter: [Float], ring: [Float]) {
    self.tile = tile
    self.perimeter = perimeter
    self.ring = ring
  }

  /// Equal in every bit, so that no data equals no data.
  public static func == (a: Self, b: Self) -> Bool { a.bytes() == b.bytes() }

  /// Kind and version of the binary form.
  public static let signature = "OVLEVEL1"

  /// Writes all but the tile.
  public func writeContent(to writer: inout TileRecordWriter) {
    writer.write(perimeter)
    writer.write(ring)
  }

  /// Reads all but the tile.
  public init(_ tile: Tile, from reader: inout TileRecordReader) throws(TerrainError) {
    self.tile = tile
    perimeter = try reader.readFloats(count: tile.perimeter.count)
    ring = try reader.readFloats(count: tile.ring.count)
  }
}
