public import Grids

/// How a raster is cut into tiles: full rows and columns of rectangles of any size, down to one cell.
///
/// Tiles are numbered row by row from the north-west. Positions count cells of the whole raster in 64 bits; only a
/// single tile has to fit the 32 bits of ``CellIndex``.
public struct TileLayout: Sendable, Hashable {
  /// First column of each column of tiles, then the number of columns of the raster.
  public let columnEdges: [Int]
  /// First row of each row of tiles, then the number of rows of the raster.
  public let rowEdges: [Int]

  /// Cuts a raster at the given edges, which ascend from 0 to the size of the raster.
  public init(columnEdges: [Int], rowEdges: [Int]) {
    for edges in [columnEdges, rowEdges] {
      precondition(edges.count >= 2 && edges[0] == 0, "edges run from 0 to the size of the raster")
      precondition(zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 }, "edges ascend")
    }
    self.columnEdges = columnEdges
    self.rowEdges = rowEdges
  }

  /// Cuts a raster into squares; what is left over in the east and south becomes smaller tiles.
  public init(columns: Int, rows: Int, side: Int) {
    precondition(columns > 0 && rows > 0 && side > 0, "sizes are positive")
    self.init(
      columnEdges: Array(stride(from: 0, to: columns, by: side)) + [columns],
      rowEdges: Array(stride(from: 0, to: rows, by: side)) + [rows])
  }

  /// Number of columns of the raster.
  public var columns: Int { columnEdges[columnEdges.count - 1] }
  /// Number of rows of the raster.
  public var rows: Int { rowEdges[rowEdges.count - 1] }
  /// Number of tiles in a row of tiles.
  public var tileColumns: Int { columnEdges.count - 1 }
  /// Number of rows of tiles.
  public var tileRows: Int { rowEdges.count - 1 }
  /// Number of tiles.
  public var count: Int { tileColumns * tileRows }
  /// Number of perimeter cells of all tiles: what the steps between the tiles grow with.
  public var perimeterCount: Int { (0..<count).reduce(0) { $0 + self[$1].perimeter.count } }

  /// One tile by its number.
  public subscript(number: Int) -> Tile {
    precondition(number >= 0 && number < count)
    let column = number % tileColumns
    let row = number / tileColumns
    return Tile(
      number: number, columns: columnEdges[column]..<columnEdges[column + 1],
      rows: rowEdges[row]..<rowEdges[row + 1], rasterColumns: columns, rasterRows: rows)
  }
}

/// One rectangle of a ``TileLayout``.
public struct Tile: Sendable, Hashable {
  /// Position in the layout, row by row from the north-west.
  public let number: Int
  /// Columns of the raster that the tile covers.
  public let columns: Range<Int>
  /// Rows of the raster that the tile covers.
  public let rows: Range<Int>
  /// Number of columns of the raster.
  public let rasterColumns: Int
  /// Number of rows of the raster.
  public let rasterRows: Int

  /// Width in cells.
  public var width: Int { columns.count }
  /// Height in cells.
  public var height: Int { rows.count }
  /// The outermost cells of the tile.
  public var perimeter: RectanglePerimeter { RectanglePerimeter(columns: width, rows: height) }
  /// The cells just outside the tile, as the perimeter of the tile grown by one cell on every side.
  public var ring: RectanglePerimeter { RectanglePerimeter(columns: width + 2, rows: height + 2) }
  /// Columns of the raster within the tile and its ring.
  public var haloColumns: Range<Int> { max(0, columns.lowerBound - 1)..<min(rasterColumns, columns.upperBound + 1) }
  /// Rows of the raster within the tile and its ring.
  public var haloRows: Range<Int> { max(0, rows.lowerBound - 1)..<min(rasterRows, rows.upperBound + 1) }

  /// Geometry of the tile in that of the raster.
  public func geometry(in raster: GridGeometry) -> GridGeometry { raster.window(columns: columns, rows: rows) }

  /// Geometry of the tile grown by one cell on every side, beyond the raster too.
  public func haloGeometry(in raster: GridGeometry) -> GridGeometry { haloGeometry(of: geometry(in: raster)) }

  /// The geometry of the tile grown by one cell on every side.
  func haloGeometry(of own: GridGeometry) -> GridGeometry {
    GridGeometry(
      columns: width + 2, rows: height + 2, west: own.west - own.cellWidth, north: own.north + own.cellHeight,
      cellWidth: own.cellWidth, cellHeight: own.cellHeight, crs: own.crs)
  }

  /// Whether a cell of the tile, counted within it, lies on the border of the raster.
  @inline(__always)
  func isOnBorder(column: Int, row: Int) -> Bool {
    (column == 0 && columns.lowerBound == 0) || (row == 0 && rows.lowerBound == 0)
      || (column == width &- 1 && columns.upperBound == rasterColumns)
      || (row == height &- 1 && rows.upperBound == rasterRows)
  }
}

/// The outermost cells of a rectangle, numbered row by row from the north-west; each cell once, however thin it is.
public struct RectanglePerimeter: Sendable, Hashable {
  /// Width in cells.
  public let columns: Int
  /// Height in cells.
  public let rows: Int

  /// The perimeter of a rectangle of cells.
  public init(columns: Int, rows: Int) {
    precondition(columns > 0 && rows > 0, "a rectangle has at least one cell")
    self.columns = columns
    self.rows = rows
  }

  /// Perimeter cells in a row between the first and the last.
  private var perRow: Int { min(columns, 2) }

  /// Number of cells.
  public var count: Int { rows == 1 ? columns : 2 * columns + perRow * (rows - 2) }

  /// Number of the cell at a column and row of the rectangle, which must lie on its perimeter.
  @inline(__always)
  public func index(column: Int, row: Int) -> Int {
    if row == 0 { return column }
    let start = columns + perRow * (row - 1)
    if row == rows - 1 { return start + column }
    return start + (column == 0 ? 0 : 1)
  }

  /// Column and row of a perimeter cell by its number.
  @inline(__always)
  public func position(_ index: Int) -> (column: Int, row: Int) {
    if index < columns { return (index, 0) }
    let beyond = index - columns
    let row = 1 + beyond / perRow
    if row >= rows - 1 { return (beyond - perRow * (rows - 2), rows - 1) }
    return (beyond % perRow == 0 ? 0 : columns - 1, row)
  }

  /// Whether a cell of the rectangle lies on its perimeter.
  @inline(__always)
  public func contains(column: Int, row: Int) -> Bool {
    column == 0 || row == 0 || column == columns - 1 || row == rows - 1
  }
}
