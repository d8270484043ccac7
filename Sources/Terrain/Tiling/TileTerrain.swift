import Grids

/// A tile and its ring prepared for the kernels: where water may leave is decided once.
struct TileTerrain {
  let tile: Tile
  /// Elevation of the tile and its ring; NaN beyond the raster.
  let ground: Grid<Float>
  let policy: NodataPolicy

  init(_ ground: Grid<Float>, of tile: Tile, nodata policy: NodataPolicy) {
    precondition(
      ground.columns == tile.width + 2 && ground.rows == tile.height + 2, "elevation of the tile and its ring")
    precondition(ground.count <= Int(CellIndex.max), "a tile has at most 2³¹ cells")
    self.tile = tile
    self.ground = ground
    self.policy = policy
  }

  /// Whether water may leave from a cell, as ``PreparedTerrain/isSeed(_:column:row:)`` has it for a whole raster.
  /// - Parameter c: The cell in the tile with its ring.
  @inline(__always)
  func isSeed(_ c: UnsafePointer<Float>, column: Int, row: Int) -> Bool {
    if tile.isOnBorder(column: column, row: row) { return true }
    guard policy == .outlet else { return false }
    let stride = tile.width &+ 2
    return c[1].isNaN || c[stride + 1].isNaN || c[stride].isNaN || c[stride - 1].isNaN || c[-1].isNaN
      || c[-stride - 1].isNaN || c[-stride].isNaN || c[-stride + 1].isNaN
  }

  /// Calls `body` with the place of every cell of the tile, row by row, within it and within tile and ring.
  @inline(__always)
  func forEachCell(_ body: (_ column: Int, _ row: Int, _ index: Int) -> Void) {
    let stride = tile.width &+ 2
    for row in 0..<tile.height {
      let line = (row &+ 1) &* stride &+ 1
      for column in 0..<tile.width { body(column, row, line &+ column) }
    }
  }

  /// Calls `body` with every cell of the ring: its number there, its index in tile and ring, and whether it lies beyond
  /// the raster.
  func forEachRingCell(_ body: (_ cell: Int, _ index: Int, _ isBeyond: Bool) -> Void) {
    let ring = tile.ring
    let (columns, rows) = (tile.haloColumns, tile.haloRows)
    for cell in 0..<ring.count {
      let (column, row) = ring.position(cell)
      let isWithin =
        columns.contains(tile.columns.lowerBound + column - 1) && rows.contains(tile.rows.lowerBound + row - 1)
      body(cell, row * ring.columns + column, !isWithin)
    }
  }

  /// Whether any cell of the tile has an elevation.
  var hasElevation: Bool {
    ground.withUnsafeCells { z in
      for row in 1...tile.height {
        let line = z + row * (tile.width + 2)
        for column in 1...tile.width where !line[column].isNaN { return true }
      }
      return false
    }
  }

  /// The tile as a terrain of its own, with a wall around it that is open where water leaves the raster; nil where the
  /// tile holds no elevation.
  ///
  /// What is outside lies at −∞, beyond the raster and, where the policy has it so, in cells without elevation.
  func walled() -> PreparedTerrain? {
    guard hasElevation else { return nil }
    var heights = ground
    if policy == .outlet {
      heights.withUnsafeMutableCells { z in
        for index in 0..<ground.count where z[index].isNaN { z[index] = -.infinity }
      }
    }
    forEachRingCell { _, index, isBeyond in
      if isBeyond { heights[index] = -.infinity } else if !ground[index].isNaN { heights[index] = .nan }
    }
    return try? PreparedTerrain(heights, nodata: .wall)
  }
}
