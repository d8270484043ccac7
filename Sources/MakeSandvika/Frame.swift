import Grids

/// The rectangle of cells on which the place is made.
///
/// Plans are drawn in metres east and north of its south-western corner, on cells of one metre.
enum Frame {
  static let columns = 1200
  static let rows = 1000
  /// Width in metres.
  static let width = 1200.0
  /// Height in metres.
  static let height = 1000.0

  /// The map's geometry.
  static func geometry(crs: CoordinateReferenceSystem) -> GridGeometry {
    GridGeometry(
      columns: columns, rows: rows, west: 583_400, north: 6_641_000, cellWidth: 1, cellHeight: 1, crs: crs)
  }

  /// Centre of a cell in the plan.
  static func centre(_ column: Int, _ row: Int) -> Coordinate {
    Coordinate(x: Double(column) + 0.5, y: height - Double(row) - 0.5)
  }

  /// The cell at a point of the plan, or the nearest one at the frame's edge.
  static func cell(at point: Coordinate) -> (column: Int, row: Int) {
    let column = min(width - 1, max(0, point.x.rounded(.down)))
    let row = min(height - 1, max(0, (height - point.y).rounded(.down)))
    return (Int(column), Int(row))
  }
}

extension Grid {
  /// The value at a point of the plan, or at the frame's edge nearest to it.
  func value(at point: Coordinate) -> Element {
    let cell = Frame.cell(at: point)
    return self[cell.column, cell.row]
  }
}
