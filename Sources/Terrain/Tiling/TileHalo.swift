public import Grids

extension Grid {
  /// A tile of the grid with the ring of cells around it; `outside` fills what lies beyond the grid.
  public func withHalo(_ tile: Tile, outside: Element) -> Grid {
    precondition(tile.rasterColumns == columns && tile.rasterRows == rows, "the tile is of another raster")
    var result = Grid(tile.haloGeometry(in: geometry), repeating: outside)
    let stride = tile.width + 2
    let (haloColumns, haloRows) = (tile.haloColumns, tile.haloRows)
    withUnsafeCells { source in
      result.withUnsafeMutableCells { target in
        for row in haloRows {
          let line = target + (row - tile.rows.lowerBound + 1) * stride
          (line + (haloColumns.lowerBound - tile.columns.lowerBound + 1)).update(
            from: source + row * columns + haloColumns.lowerBound, count: haloColumns.count)
        }
      }
    }
    return result
  }

  /// The grid, which is the whole of a tile, in a ring of cells of one value.
  func withHalo(inWhole tile: Tile, outside: Element) -> Grid {
    precondition(columns == tile.width && rows == tile.height, "the grid is a tile")
    let stride = columns + 2
    var result = Grid(tile.haloGeometry(of: geometry), repeating: outside)
    result.withUnsafeMutableCells { target in
      withUnsafeCells { source in
        for row in 0..<rows {
          (target + (row + 1) * stride + 1).update(from: source + row * columns, count: columns)
        }
      }
    }
    return result
  }

  /// The grid without its outermost cells: a tile whose ring is no longer needed.
  public func withoutHalo() -> Grid {
    precondition(columns > 2 && rows > 2, "a tile and its ring")
    let (width, height) = (columns - 2, rows - 2)
    return Grid(geometry.window(columns: 1..<(columns - 1), rows: 1..<(rows - 1))) { target in
      withUnsafeCells { source in
        for row in 0..<height {
          (target + row * width).initialize(from: source + (row + 1) * columns + 1, count: width)
        }
      }
    }
  }

  /// Puts a tile in its place.
  public mutating func paste(_ part: Grid, at tile: Tile) {
    precondition(tile.rasterColumns == columns && tile.rasterRows == rows, "the tile is of another raster")
    precondition(part.columns == tile.width && part.rows == tile.height, "the part has the size of the tile")
    let columns = columns
    withUnsafeMutableCells { target in
      part.withUnsafeCells { source in
        for row in 0..<tile.height {
          (target + (tile.rows.lowerBound + row) * columns + tile.columns.lowerBound)
            .update(from: source + row * tile.width, count: tile.width)
        }
      }
    }
  }
}

/// Finds the perimeter cell of another tile that lies at a position of the raster.
struct TileSeams: Sendable {
  let layout: TileLayout
  /// The column of tiles of each column of the raster.
  private let tileColumn: [Int32]
  /// The row of tiles of each row of the raster.
  private let tileRow: [Int32]

  init(_ layout: TileLayout) {
    self.layout = layout
    func parts(_ edges: [Int]) -> [Int32] {
      (0..<(edges.count - 1)).flatMap { [Int32](repeating: Int32($0), count: edges[$0 + 1] - edges[$0]) }
    }
    tileColumn = parts(layout.columnEdges)
    tileRow = parts(layout.rowEdges)
  }

  /// The tile at a position of the raster and the number of the cell on its perimeter.
  func perimeterCell(column: Int, row: Int) -> (tile: Int, cell: Int) {
    let (x, y) = (Int(tileColumn[column]), Int(tileRow[row]))
    let (west, north) = (layout.columnEdges[x], layout.rowEdges[y])
    let perimeter = RectanglePerimeter(
      columns: layout.columnEdges[x + 1] - west, rows: layout.rowEdges[y + 1] - north)
    return (y * layout.tileColumns + x, perimeter.index(column: column - west, row: row - north))
  }

  /// Calls `body` with every neighbour of a perimeter cell that lies in another tile.
  @inline(__always)
  func forEachNeighbour(
    of cell: Int, in tile: Tile, _ body: (_ tile: Int, _ cell: Int) -> Void
  ) {
    let (column, row) = tile.perimeter.position(cell)
    for code in 0..<8 {
      let x = column + FlowDirection.columnStep[code]
      let y = row + FlowDirection.rowStep[code]
      if x >= 0, y >= 0, x < tile.width, y < tile.height { continue }
      let (rasterColumn, rasterRow) = (tile.columns.lowerBound + x, tile.rows.lowerBound + y)
      guard rasterColumn >= 0, rasterRow >= 0, rasterColumn < layout.columns, rasterRow < layout.rows else { continue }
      let neighbour = perimeterCell(column: rasterColumn, row: rasterRow)
      body(neighbour.tile, neighbour.cell)
    }
  }

  /// What other tiles hold in the ring around a tile, in the order of its ``Tile/ring``.
  func ring<Value>(around tile: Tile, outside: Value, _ value: (_ tile: Int, _ cell: Int) -> Value) -> [Value] {
    let ring = tile.ring
    return (0..<ring.count).map { index in
      let (column, row) = ring.position(index)
      let (x, y) = (tile.columns.lowerBound + column - 1, tile.rows.lowerBound + row - 1)
      guard x >= 0, y >= 0, x < layout.columns, y < layout.rows else { return outside }
      let neighbour = perimeterCell(column: x, row: y)
      return value(neighbour.tile, neighbour.cell)
    }
  }
}
