import Grids

/// The heights of a cell and its eight neighbours, row by row from the north-west.
///
/// One rule for all derivatives says what stands for a missing neighbour, beside the border and beside cells without
/// elevation: it is mirrored through the cell (*z* = 2 *c* − opposite); where the opposite is missing too, a corner
/// is the sum of its two sides, and a side is level with the cell. A plane stays a plane.
struct TerrainWindow {
  let northWest: Float
  let north: Float
  let northEast: Float
  let west: Float
  let centre: Float
  let east: Float
  let southWest: Float
  let south: Float
  let southEast: Float

  /// Reads the window around a cell that has an elevation.
  @inline(__always)
  init(_ z: UnsafePointer<Float>, columns: Int, rows: Int, column: Int, row: Int) {
    let c = z + (row &* columns &+ column)
    if column > 0, row > 0, column < columns &- 1, row < rows &- 1 {
      let upper = c - columns
      let lower = c + columns
      self.init(
        northWest: upper[-1], north: upper[0], northEast: upper[1], west: c[-1], centre: c[0], east: c[1],
        southWest: lower[-1], south: lower[0], southEast: lower[1])
      // A sum with a NaN is one; so is that of opposite infinities, which the long way reads as they are.
      let corners = northWest + northEast + southWest + southEast
      if !(corners + (north + west + east + south)).isNaN { return }
    }
    self.init(completing: z, columns: columns, rows: rows, column: column, row: row)
  }

  /// Reads the window where neighbours may be missing.
  @inline(never)
  private init(completing z: UnsafePointer<Float>, columns: Int, rows: Int, column: Int, row: Int) {
    let c = z[row &* columns &+ column]
    func height(_ dx: Int, _ dy: Int) -> Float {
      let x = column &+ dx
      let y = row &+ dy
      guard x >= 0, y >= 0, x < columns, y < rows else { return .nan }
      return z[y &* columns &+ x]
    }
    func neighbour(_ dx: Int, _ dy: Int) -> Float {
      let value = height(dx, dy)
      if !value.isNaN { return value }
      let opposite = height(-dx, -dy)
      if !opposite.isNaN { return c + c - opposite }
      // A corner of the terrain: the two sides that meet there.
      return dx != 0 && dy != 0 ? neighbour(dx, 0) + neighbour(0, dy) - c : c
    }
    self.init(
      northWest: neighbour(-1, -1), north: neighbour(0, -1), northEast: neighbour(1, -1), west: neighbour(-1, 0),
      centre: c, east: neighbour(1, 0), southWest: neighbour(-1, 1), south: neighbour(0, 1),
      southEast: neighbour(1, 1))
  }

  private init(
    northWest: Float, north: Float, northEast: Float, west: Float, centre: Float, east: Float, southWest: Float,
    south: Float, southEast: Float
  ) {
    self.northWest = northWest
    self.north = north
    self.northEast = northEast
    self.west = west
    self.centre = centre
    self.east = east
    self.southWest = southWest
    self.south = south
    self.southEast = southEast
  }
}

/// A derivative of the window of every cell, rows in parallel; NaN where the ground is.
@inline(__always)
func mapWindows(
  of ground: Grid<Float>, threads: Int, _ derivative: @Sendable (TerrainWindow) -> Float
) -> Grid<Float> {
  let columns = ground.columns
  let rows = ground.rows
  // Every cell is written below.
  var result = Grid<Float>(ground.geometry) { _ in }
  ground.withUnsafeCells { cells in
    nonisolated(unsafe) let z = cells
    result.forEachRow(threads: threads) { row, out in
      for column in 0..<columns {
        out[column] =
          z[row &* columns &+ column].isNaN
          ? .nan : derivative(TerrainWindow(z, columns: columns, rows: rows, column: column, row: row))
      }
    }
  }
  return result
}
