public import Grids

/// The way that water takes from a cell until it leaves the terrain.
public struct DownstreamTrace: Sendable {
  /// Where the water of a cell ends up.
  public enum End: Sendable, Hashable {
    /// It leaves over the border of the grid.
    case border
    /// It leaves into an outside within the grid, such as the sea.
    case outside
    /// It stays in a pit; routed directions have none.
    case pit
  }

  /// Cells from the first to the last, both included.
  public let cells: [CellIndex]
  /// Length from centre to centre, in units of the reference system.
  public let length: Double
  /// Height of the first cell above the last.
  public let drop: Float
  /// What becomes of the water at the last cell.
  public let end: End

  /// Follows the directions from a cell.
  /// - Parameters:
  ///   - start: A cell with an elevation.
  ///   - directions: D8 codes, as from ``DepressionHierarchy/routedDirections()``.
  ///   - surface: Ground or filled surface, metres, that the drop is taken from.
  public init(from start: CellIndex, directions: Grid<UInt8>, surface: Grid<Float>) {
    precondition(directions.geometry == surface.geometry, "directions and surface do not lie on each other")
    precondition(directions[Int(start)] != FlowDirection.nodata, "the trace starts where there is no elevation")
    let columns = directions.columns
    let steps = NeighbourSteps(columns: columns)
    let distances = FlowDirection.distances(directions.geometry)
    var cells = [start]
    // Steps are counted and multiplied once, so that rounding does not add up.
    var taken = [Int](repeating: 0, count: 8)
    var index = Int(start)
    while directions[index] < 8 {
      let code = Int(directions[index])
      taken[code] += 1
      index += steps[code]
      cells.append(CellIndex(index))
      precondition(cells.count <= directions.count, "the directions run in a circle")
    }
    let column = index % columns
    let row = index / columns
    let onBorder = column == 0 || row == 0 || column == columns - 1 || row == directions.rows - 1
    self.cells = cells
    length = zip(taken, distances).reduce(0) { $0 + Double($1.0) * $1.1 }
    drop = surface[Int(start)] - surface[index]
    end = directions[index] == FlowDirection.pit ? .pit : (onBorder ? .border : .outside)
  }
}
