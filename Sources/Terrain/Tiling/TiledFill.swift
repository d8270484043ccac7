public import Grids

/// Fills the depressions of a raster tile by tile, bit for bit as ``DepressionHierarchy/filled(_:threads:)`` does.
///
/// Three steps that share nothing but values: ``map(_:of:nodata:)`` finds the basins of each tile as if the tile were
/// walled in, and the lowest passes between those that touch its perimeter; ``reduce(_:layout:nodata:)`` joins the
/// tiles over the seams and finds the level of every perimeter cell; ``finish(_:levels:nodata:)`` fills each tile once
/// more, with the ring around it at those levels. Both steps on tiles run the kernels for whole rasters. Memory is
/// that of a tile, and in the second step some sixty bytes per perimeter cell.
///
/// Method: Barnes (2016), Computers & Geosciences 96, 56–68, with basins of steepest descent (Cordonnier, Bovy and
/// Braun 2019, Earth Surface Dynamics 7, 549–562) in place of a priority-flood with labels.
public enum TiledFill {
  /// Finds the basins that touch the perimeter of a tile and the lowest passes between them.
  /// - Parameters:
  ///   - ground: Elevation of the tile and its ring, metres; NaN is no data and what lies beyond the raster.
  ///   - tile: Where the tile lies.
  ///   - nodata: What cells without elevation are to the water; the same in all steps.
  /// - Complexity: As of ``DepressionHierarchy/init(of:nodata:threads:)``.
  public static func map(_ ground: Grid<Float>, of tile: Tile, nodata: NodataPolicy) -> SpillGraph {
    var graph = SpillGraph(tile)
    let terrain = TileTerrain(ground, of: tile, nodata: nodata)
    terrain.forEachCell { column, row, index in
      if ground[index].isNaN {
        if graph.missing == 0 { graph.firstMissing = Int64(row * tile.width + column) }
        graph.missing += 1
      }
    }
    guard let walled = terrain.walled() else { return graph }
    let basins = DrainageBasins(walled, threads: 1)
    let stride = tile.width + 2

    // Basins that touch the perimeter, in the order of its cells. What drains outside is 0.
    let (outside, unnamed): (Int32, Int32) = (0, -1)
    var name = [Int32](repeating: unnamed, count: basins.count + 1)
    name[0] = outside
    for (number, pit) in basins.pits.enumerated() where walled.ground[Int(pit)] == -.infinity {
      name[number + 1] = outside
    }
    var names: Int32 = 0
    let perimeter = tile.perimeter
    for cell in 0..<perimeter.count {
      let (column, row) = perimeter.position(cell)
      let index = (row + 1) * stride + column + 1
      if ground[index].isNaN { continue }
      let basin = Int(basins.labels[index])
      if name[basin] == unnamed {
        names += 1
        name[basin] = names
      }
      graph.heights[cell] = ground[index]
      graph.basins[cell] = name[basin]
    }

    // Kruskal. Where two groups of basins meet, one named basin of each stands for it: the highest pass on the way
    // between two named basins stays the same when all others are left out.
    var representative = (0...Int32(basins.count)).map { name[Int($0)] == outside ? 0 : $0 }
    func find(_ basin: Int32) -> Int32 {
      var b = basin
      while representative[Int(b)] != b {
        representative[Int(b)] = representative[Int(representative[Int(b)])]
        b = representative[Int(b)]
      }
      return b
    }
    let passes = SortedPasses(walled, basins, threads: 1)
    for place in 0..<passes.count {
      let pair = passes.pair(place)
      let (a, b) = (find(pair.low), find(pair.high))
      if a == b { continue }
      let (first, second) = (name[Int(a)], name[Int(b)])
      if first != unnamed, second != unnamed {
        let elevation = passes.pass(place, basins.labels).elevation
        graph.passes.append(
          SpillGraph.Pass(low: min(first, second), high: max(first, second), elevation: elevation))
      }
      representative[Int(max(a, b))] = min(a, b)
      name[Int(min(a, b))] = first == unnamed ? second : second == unnamed ? first : min(first, second)
    }
    if let basin = (0...Int32(basins.count)).first(where: { name[Int(find($0))] == unnamed }) {
      let pit = Int(basins.pits[Int(basin) - 1])
      graph.firstEnclosed = Int64((pit / stride - 1) * tile.width + pit % stride - 1)
    }
    return graph
  }

  /// Fills a tile, with the ring around it at the levels that the whole raster gives it.
  /// - Parameters:
  ///   - ground: Elevation of the tile and its ring, as given to ``map(_:of:nodata:)``.
  ///   - levels: What ``reduce(_:layout:nodata:)`` found for the tile.
  ///   - nodata: What cells without elevation are to the water.
  /// - Returns: Water surface of the tile and its ring, metres; NaN where there is no elevation and beyond the raster.
  /// - Throws: ``TerrainError`` where the levels are not those of this tile.
  /// - Complexity: As of ``DepressionHierarchy/init(of:nodata:threads:)``.
  public static func finish(
    _ ground: Grid<Float>, levels: TileLevels, nodata: NodataPolicy
  ) throws(TerrainError) -> Grid<Float> {
    let tile = levels.tile
    let terrain = TileTerrain(ground, of: tile, nodata: nodata)
    var surface = ground
    terrain.forEachRingCell { cell, index, isBeyond in
      surface[index] = isBeyond ? -.infinity : levels.ring[cell]
    }
    if terrain.hasElevation {
      let hierarchy = try DepressionHierarchy(of: surface, nodata: nodata == .outlet ? .outlet : .wall)
      _ = hierarchy.fill(&surface)
    }
    terrain.forEachRingCell { _, index, isBeyond in if isBeyond { surface[index] = .nan } }
    let perimeter = tile.perimeter
    for cell in 0..<perimeter.count {
      let (column, row) = perimeter.position(cell)
      let (found, told) = (surface[column + 1, row + 1], levels.perimeter[cell])
      guard found == told || found.isNaN && told.isNaN else {
        throw TerrainError(
          "the levels do not fit the terrain of tile \(tile.number) (columns \(tile.columns), rows \(tile.rows)); "
            + "give all steps the same terrain, the same tiles and the same nodata policy")
      }
    }
    return surface
  }
}

/// What the first step of ``TiledFill`` tells of a tile: the basins on its perimeter and the lowest passes between them.
public struct SpillGraph: TileRecord {
  /// The lowest pass between two basins, or between one and the outside.
  public struct Pass: Sendable, Hashable {
    /// The basin with the smaller number; 0 is the outside.
    public let low: Int32
    /// The basin with the larger number.
    public let high: Int32
    /// Height of the pass, metres.
    public let elevation: Float
  }

  /// The tile that the graph is of.
  public let tile: Tile
  /// Elevation of every perimeter cell, metres; NaN is no data.
  public internal(set) var heights: [Float]
  /// The basin of every perimeter cell, numbered from 1 in their order; 0 is the outside, −1 no data.
  public internal(set) var basins: [Int32]
  /// The passes that remain when basins are joined from the lowest pass up: a forest.
  public internal(set) var passes: [Pass] = []
  /// Number of cells without elevation.
  public internal(set) var missing: Int64 = 0
  /// The first of them, counted row by row within the tile; −1 where there is none.
  public internal(set) var firstMissing: Int64 = -1
  /// A cell that is enclosed by cells without elevation within the tile, counted row by row; −1 where there is none.
  public internal(set) var firstEnclosed: Int64 = -1

  init(_ tile: Tile) {
    self.tile = tile
    heights = Array(repeating: .nan, count: tile.perimeter.count)
    basins = Array(repeating: -1, count: heights.count)
  }

  /// Number of basins on the perimeter.
  public var basinCount: Int { Int(max(0, basins.max() ?? 0)) }

  /// Equal in every bit, so that no data equals no data.
  public static func == (a: Self, b: Self) -> Bool { a.bytes() == b.bytes() }

  /// Kind and version of the binary form.
  public static let signature = "OVSPILL1"

  /// Writes all but the tile.
  public func writeContent(to writer: inout TileRecordWriter) {
    writer.write(heights)
    writer.write(basins)
    writer.write(passes.map(\.low))
    writer.write(passes.map(\.high))
    writer.write(passes.map(\.elevation))
    for number in [missing, firstMissing, firstEnclosed] { writer.write(number) }
  }

  /// Reads all but the tile.
  public init(_ tile: Tile, from reader: inout TileRecordReader) throws(TerrainError) {
    self.init(tile)
    heights = try reader.readFloats(count: heights.count)
    basins = try reader.read(arrayOf: Int32.self, count: heights.count)
    let low = try reader.read(arrayOf: Int32.self)
    let high = try reader.read(arrayOf: Int32.self, count: low.count)
    let elevation = try reader.readFloats(count: low.count)
    for cell in heights.indices where basins[cell] < -1 || (basins[cell] == -1) != heights[cell].isNaN {
      throw reader.damage("perimeter cell \(cell) has basin \(basins[cell]) and elevation \(heights[cell])")
    }
    guard basinCount <= heights.count else { throw reader.damage("it has more basins than perimeter cells") }
    for index in low.indices {
      guard low[index] >= 0, low[index] < high[index], Int(high[index]) <= basinCount, !elevation[index].isNaN else {
        throw reader.damage("there is no pass between \(low[index]) and \(high[index])")
      }
    }
    passes = low.indices.map { Pass(low: low[$0], high: high[$0], elevation: elevation[$0]) }
    missing = try reader.read(Int64.self)
    firstMissing = try reader.read(Int64.self)
    firstEnclosed = try reader.read(Int64.self)
    let cells = Int64(tile.width) * Int64(tile.height)
    guard (0...cells).contains(missing), (-1..<cells).contains(firstMissing), (-1..<cells).contains(firstEnclosed)
    else {
      throw reader.damage("it speaks of more cells than the tile has")
    }
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
