public import Grids

/// A quantity on the ground: the same everywhere, or its own in every cell.
public enum CellValues: Sendable {
  /// One value for all cells.
  case uniform(Float)
  /// A value for each cell, on the grid of the terrain.
  case grid(Grid<Float>)

  /// The value at a cell, by its index row by row from the north.
  func value(at index: Int) -> Float {
    switch self {
    case .uniform(let value): value
    case .grid(let grid): grid[index]
    }
  }
}
