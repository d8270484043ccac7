import Grids

/// Where the cells of a grid lie in the padded arrays of a flow simulation.
///
/// A frame of walls surrounds the grid, and rows are filled up with walls to whole tiles, so that kernels need no
/// test for edges and no remainder loop. Rows of tiles are strips: a strip is what one thread works on at a time.
/// Every row begins at a multiple of 64 bytes, see ``Swift/UnsafeMutablePointer/filled(_:with:)``.
struct FlowLayout: Sendable, Equatable {
  /// Columns of a tile: a multiple of the lanes of any processor.
  static let tileWidth = 32
  /// Rows of a tile.
  static let tileHeight = 16
  /// Cells before the first column of a row; the first of them is also the wall after the last column of the row above.
  static let lead = 16

  /// Columns of the grid.
  let columns: Int
  /// Rows of the grid.
  let rows: Int
  /// Distance between vertical neighbours.
  let stride: Int
  /// Tiles side by side.
  let tilesAcross: Int
  /// Strips below each other.
  let strips: Int

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    tilesAcross = (columns + Self.tileWidth - 1) / Self.tileWidth
    strips = (rows + Self.tileHeight - 1) / Self.tileHeight
    stride = Self.lead + tilesAcross * Self.tileWidth
  }

  /// Length of a padded array, with the wall after its last row.
  var count: Int { (rows + 2) * stride + Self.lead }

  /// Position of the first cell of a row; −1 and `rows` are the walls above and below.
  @inline(__always)
  func start(ofRow row: Int) -> Int { (row &+ 1) &* stride &+ Self.lead }

  /// Position of a cell.
  @inline(__always)
  func position(column: Int, row: Int) -> Int { start(ofRow: row) &+ column }

  /// The cell at a position.
  func cell(at position: Int) -> (column: Int, row: Int) {
    (position % stride - Self.lead, position / stride - 1)
  }

  /// Rows of a strip.
  func rows(ofStrip strip: Int) -> Range<Int> {
    strip * Self.tileHeight..<min(rows, (strip + 1) * Self.tileHeight)
  }

  /// Tile of a cell, strip by strip.
  func tile(column: Int, row: Int) -> Int {
    row / Self.tileHeight * tilesAcross + column / Self.tileWidth
  }
}
