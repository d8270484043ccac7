public import Grids

/// Adds up what every cell passes on along D8 directions tile by tile, exactly as
/// ``flowAccumulation(_:weights:)-(_,Grid<Int64>)`` does.
///
/// Three steps that share nothing but values: ``map(_:weights:of:)-(_,Grid<Int64>,_)`` adds up within each tile and
/// tells where water that enters at a perimeter cell leaves again; ``reduce(_:layout:)`` follows the water from tile
/// to tile; ``finish(_:weights:inflow:)-(_,Grid<Int64>,_)`` adds up once more with what flows in.
///
/// Method: Barnes (2017), Environmental Modelling & Software 92, 202–212.
public enum TiledAccumulation {
  /// Adds up within a tile and finds where water crosses its perimeter.
  /// - Parameters:
  ///   - directions: D8 codes of ``FlowDirection`` of the tile, without its ring.
  ///   - weights: What each cell adds.
  ///   - tile: Where the tile lies.
  /// - Complexity: O(*n*), 13 bytes a cell with 64-bit weights, 9 with 32-bit ones.
  public static func map(
    _ directions: Grid<UInt8>, weights: consuming Grid<Int64>, of tile: Tile
  ) throws(TerrainError) -> FlowLinks {
    let links = try FlowLinks(directions, of: tile)
    return links.adding(flowAccumulation(tile.cut(directions), weights: weights))
  }

  /// As the 64-bit form, at less memory.
  public static func map(
    _ directions: Grid<UInt8>, weights: consuming Grid<Int32>, of tile: Tile
  ) throws(TerrainError) -> FlowLinks {
    let links = try FlowLinks(directions, of: tile)
    return links.adding(flowAccumulation(tile.cut(directions), weights: weights))
  }

  /// Follows the water from tile to tile.
  /// - Parameters:
  ///   - links: What the first step told of each tile, in the order of their numbers.
  ///   - layout: How the raster is cut.
  /// - Returns: What flows into each tile, in the order of their numbers.
  /// - Throws: ``TerrainError`` where a record is missing or of another layout, where directions lead out of the raster
  ///   or into no data, or where they form a cycle.
  /// - Complexity: O(*p*) for *p* perimeter cells.
  public static func reduce(_ links: [FlowLinks], layout: TileLayout) throws(TerrainError) -> [TileInflow] {
    try layout.check(links)
    let seams = TileSeams(layout)
    var offsets: [Int] = [0]
    for record in links { offsets.append(offsets[offsets.count - 1] + record.link.count) }
    var inflow = [Int64](repeating: 0, count: offsets[layout.count])
    // Where the water of an exit enters the next tile, and how many exits still owe water to an exit.
    var entry = [Int](repeating: -1, count: inflow.count)
    var owing = [Int32](repeating: 0, count: inflow.count)
    var tileOf = [Int32](repeating: 0, count: inflow.count)
    for (number, record) in links.enumerated() {
      let tile = record.tile
      for cell in record.link.indices {
        tileOf[offsets[number] + cell] = Int32(number)
        guard record.exit[cell] < 8 else { continue }
        let (column, row) = tile.perimeter.position(cell)
        let x = tile.columns.lowerBound + column + FlowDirection.columnStep[Int(record.exit[cell])]
        let y = tile.rows.lowerBound + row + FlowDirection.rowStep[Int(record.exit[cell])]
        guard x >= 0, y >= 0, x < layout.columns, y < layout.rows else {
          throw TerrainError(
            "the direction at column \(tile.columns.lowerBound + column), row \(tile.rows.lowerBound + row) leads out "
              + "of the raster; mark outlets with code \(FlowDirection.outlet)")
        }
        let next = seams.perimeterCell(column: x, row: y)
        entry[offsets[number] + cell] = offsets[next.tile] + next.cell
        let exit = links[next.tile].link[next.cell]
        if exit >= 0 { owing[offsets[next.tile] + Int(exit)] += 1 }
      }
    }
    // An exit's total: what its own tile adds up to it, and what enters there on its way to it.
    var total = inflow
    var ready: [Int] = []
    var open = 0
    for (number, record) in links.enumerated() {
      for cell in record.link.indices where record.exit[cell] < 8 {
        total[offsets[number] + cell] = record.sum[cell]
        open += 1
        if owing[offsets[number] + cell] == 0 { ready.append(offsets[number] + cell) }
      }
    }
    while let exit = ready.popLast() {
      open -= 1
      let next = entry[exit]
      inflow[next] += total[exit]
      let number = Int(tileOf[next])
      let link = links[number].link[next - offsets[number]]
      guard link >= 0 else { continue }
      let further = offsets[number] + Int(link)
      total[further] += total[exit]
      owing[further] -= 1
      if owing[further] == 0 { ready.append(further) }
    }
    if open > 0 {
      throw TerrainError("the directions lead \(open) times over the edges of tiles in a circle; compute them again")
    }
    return links.enumerated().map { number, record in
      TileInflow(record.tile, amounts: Array(inflow[offsets[number]..<offsets[number + 1]]))
    }
  }

  /// Adds up within a tile with what flows in from the others.
  /// - Parameters:
  ///   - directions: The directions that were given to the first step.
  ///   - weights: The weights that were given to the first step; consumed as the working space.
  ///   - inflow: What ``reduce(_:layout:)`` found for the tile.
  /// - Returns: The sum at every cell.
  public static func finish(
    _ directions: Grid<UInt8>, weights: consuming Grid<Int64>, inflow: TileInflow
  ) -> Grid<Int64> {
    var injected = weights
    for (cell, amount) in inflow.amounts.enumerated() where amount != 0 {
      let (column, row) = inflow.tile.perimeter.position(cell)
      injected[column, row] += amount
    }
    return flowAccumulation(inflow.tile.cut(directions), weights: injected)
  }

  /// As the 64-bit form; the sums must fit 32 bits.
  public static func finish(
    _ directions: Grid<UInt8>, weights: consuming Grid<Int32>, inflow: TileInflow
  ) -> Grid<Int32> {
    var injected = weights
    for (cell, amount) in inflow.amounts.enumerated() where amount != 0 {
      let (column, row) = inflow.tile.perimeter.position(cell)
      injected[column, row] += Int32(amount)
    }
    return flowAccumulation(inflow.tile.cut(directions), weights: injected)
  }
}

extension Tile {
  /// Whether a direction code leads out of the tile from a cell within it.
  @inline(__always)
  func isLeft(column: Int, row: Int, code: UInt8) -> Bool {
    guard code < 8 else { return false }
    let x = column + FlowDirection.columnStep[Int(code)]
    let y = row + FlowDirection.rowStep[Int(code)]
    return x < 0 || y < 0 || x >= width || y >= height
  }

  /// The directions of the tile with outlets where they lead out of it.
  func cut(_ directions: Grid<UInt8>) -> Grid<UInt8> {
    precondition(directions.columns == width && directions.rows == height, "directions of the tile")
    var result = directions
    for cell in 0..<perimeter.count {
      let (column, row) = perimeter.position(cell)
      if isLeft(column: column, row: row, code: result[column, row]) { result[column, row] = FlowDirection.outlet }
    }
    return result
  }
}

/// How water crosses the perimeter of a tile.
public struct FlowLinks: TileRecord {
  /// The tile that the links are of.
  public let tile: Tile
  /// For each perimeter cell, the perimeter cell where water that enters there leaves the tile; −1 where it stays.
  public private(set) var link: [Int32]
  /// The direction code of the perimeter cells where water leaves the tile, ``FlowDirection/nodata`` for the others.
  public private(set) var exit: [UInt8]
  /// What the tile by itself adds up to at the cells where water leaves it, 0 elsewhere.
  public private(set) var sum: [Int64]

  /// Finds the links: every path is walked once, up to where another one is met.
  init(_ directions: Grid<UInt8>, of tile: Tile) throws(TerrainError) {
    precondition(directions.columns == tile.width && directions.rows == tile.height, "directions of the tile")
    self.tile = tile
    let perimeter = tile.perimeter
    link = Array(repeating: -1, count: perimeter.count)
    exit = Array(repeating: FlowDirection.nodata, count: perimeter.count)
    sum = Array(repeating: 0, count: perimeter.count)
    let steps = NeighbourSteps(columns: tile.width)
    let (unknown, walking): (Int32, Int32) = (-2, -3)
    var ends = Grid<Int32>(directions.geometry, repeating: unknown)
    var circle: Int?
    for cell in 0..<perimeter.count {
      let (column, row) = perimeter.position(cell)
      let code = directions[column, row]
      if tile.isLeft(column: column, row: row, code: code) {
        exit[cell] = code
        ends[column, row] = Int32(cell)
      }
    }
    directions.withUnsafeCells { direction in
      ends.withUnsafeMutableCells { end in
        for cell in 0..<perimeter.count {
          let (column, row) = perimeter.position(cell)
          let start = row * tile.width + column
          var index = start
          while end[index] == unknown, direction[index] < 8 {
            end[index] = walking
            index += steps[Int(direction[index])]
          }
          if end[index] == walking { circle = index }
          let found = max(-1, end[index])
          if end[index] == unknown { end[index] = found }
          index = start
          while end[index] == walking {
            end[index] = found
            index += steps[Int(direction[index])]
          }
          link[cell] = found
        }
      }
    }
    if let circle {
      throw TerrainError(
        "the directions lead in a circle at column \(tile.columns.lowerBound + circle % tile.width), row "
          + "\(tile.rows.lowerBound + circle / tile.width); compute them again")
    }
  }

  /// The links with the sums of the tile by itself.
  func adding<Weight: FixedWidthInteger & BitwiseCopyable & Sendable>(_ sums: Grid<Weight>) -> FlowLinks {
    var result = self
    for cell in exit.indices where exit[cell] < 8 {
      let (column, row) = tile.perimeter.position(cell)
      result.sum[cell] = Int64(sums[column, row])
    }
    return result
  }

  /// Kind and version of the binary form.
  public static let signature = "OVLINKS1"

  /// Writes all but the tile.
  public func writeContent(to writer: inout TileRecordWriter) {
    writer.write(link)
    writer.write(exit)
    writer.write(sum)
  }

  /// Reads all but the tile.
  public init(_ tile: Tile, from reader: inout TileRecordReader) throws(TerrainError) {
    self.tile = tile
    let count = tile.perimeter.count
    link = try reader.read(arrayOf: Int32.self, count: count)
    exit = try reader.read(arrayOf: UInt8.self, count: count)
    sum = try reader.read(arrayOf: Int64.self, count: count)
    for cell in link where cell != -1 {
      guard cell >= 0, cell < count, exit[Int(cell)] < 8 else {
        throw reader.damage("it names perimeter cell \(cell), where no water leaves the tile")
      }
    }
    for cell in exit.indices where exit[cell] != FlowDirection.nodata {
      let (column, row) = tile.perimeter.position(cell)
      guard tile.isLeft(column: column, row: row, code: exit[cell]) else {
        throw reader.damage("direction \(exit[cell]) does not lead out of the tile at perimeter cell \(cell)")
      }
    }
  }
}

/// What flows into a tile over its perimeter.
public struct TileInflow: TileRecord {
  /// The tile that the water flows into.
  public let tile: Tile
  /// What enters at every perimeter cell, in the units of the weights.
  public let amounts: [Int64]

  init(_ tile: Tile, amounts: [Int64]) {
    self.tile = tile
    self.amounts = amounts
  }

  /// Kind and version of the binary form.
  public static let signature = "OVINFLO1"

  /// Writes all but the tile.
  public func writeContent(to writer: inout TileRecordWriter) { writer.write(amounts) }

  /// Reads all but the tile.
  public init(_ tile: Tile, from reader: inout TileRecordReader) throws(TerrainError) {
    self.tile = tile
    amounts = try reader.read(arrayOf: Int64.self, count: tile.perimeter.count)
  }
}
