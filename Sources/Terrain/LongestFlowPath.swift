public import Grids

/// The longest way that water takes to a cell: its length and fall give the time of concentration.
public struct LongestFlowPath: Sendable {
  /// Cells from the head to the outlet, both included.
  public let cells: [CellIndex]
  /// Length from centre to centre, in units of the reference system.
  public let length: Double
  /// Height of the head above the outlet; negative where the way leads through a depression to a higher outlet.
  public let drop: Float

  /// Follows the longest way upstream.
  /// - Parameters:
  ///   - outlet: A cell with an elevation.
  ///   - directions: D8 codes, as from ``DepressionHierarchy/routedDirections()``.
  ///   - upslopeLength: Length of the longest way to each cell (``upslopeLength(_:threads:)``) on these directions. Of
  ///     equally long ways the first in the order of directions is taken, from east clockwise.
  ///   - surface: Heights that the drop is taken from.
  public init(
    to outlet: CellIndex, directions: Grid<UInt8>, upslopeLength: Grid<Float>, surface: Grid<Float>
  ) {
    precondition(directions.geometry == surface.geometry, "directions and surface do not lie on each other")
    precondition(directions.geometry == upslopeLength.geometry, "directions and lengths do not lie on each other")
    precondition(directions[Int(outlet)] != FlowDirection.nodata, "the way ends where there is no elevation")
    let (columns, rows) = (directions.columns, directions.rows)
    let distances = FlowDirection.distances(directions.geometry)
    // Steps are counted and multiplied once, so that rounding does not add up.
    var taken = [Int](repeating: 0, count: 8)
    var cells = [outlet]
    var (column, row) = (Int(outlet) % columns, Int(outlet) / columns)
    while true {
      var farthest: (code: Int, length: Double)?
      for code in 0..<8 {
        let (dx, dy) = (FlowDirection.columnStep[code], FlowDirection.rowStep[code])
        guard (0..<columns).contains(column + dx), (0..<rows).contains(row + dy) else { continue }
        let donor = (row + dy) * columns + column + dx
        // A neighbour gives its water where it points back here.
        guard Int(directions[donor]) == (code + 4) % 8 else { continue }
        let length = Double(upslopeLength[donor]) + distances[code]
        if farthest.map({ length > $0.length }) ?? true { farthest = (code, length) }
      }
      guard let farthest else { break }
      taken[farthest.code] += 1
      column += FlowDirection.columnStep[farthest.code]
      row += FlowDirection.rowStep[farthest.code]
      cells.append(CellIndex(row * columns + column))
      precondition(cells.count <= directions.count, "the directions run in a circle")
    }
    drop = surface[row * columns + column] - surface[Int(outlet)]
    self.cells = cells.reversed()
    length = zip(taken, distances).reduce(0) { $0 + Double($1.0) * $1.1 }
  }
}
