public import Grids

/// The cells of points on a terrain, each moved to where most water passes near it.
///
/// Points drawn by hand or read from a register seldom lie on the very cells of a stream.
/// - Parameters:
///   - points: Places in the reference system of the grid.
///   - upslope: Cells that drain through each cell (``upslopeCells(_:)``); 0 where there is no elevation.
///   - snapDistance: Greatest distance from a point to the centre of the cell that takes it; the cell that holds the
///     point is always a choice. Of equal cells the nearest takes it, then the first of the grid.
/// - Throws: ``TerrainError`` that names the first point outside the grid or without an elevation near it.
public func pourCells(
  of points: [Coordinate], upslope: Grid<Int32>, snapDistance: Double = 0
) throws(TerrainError) -> [CellIndex] {
  precondition(snapDistance >= 0, "a distance is not negative")
  let geometry = upslope.geometry
  var cells: [CellIndex] = []
  for (number, point) in points.enumerated() {
    let name = "point \(number + 1) of \(points.count) at (\(point.x), \(point.y))"
    guard let own = geometry.cell(at: point) else {
      throw TerrainError("\(name) lies outside the terrain \(geometry.extent); remove it, or take a larger terrain")
    }
    let width = Int(min(snapDistance / geometry.cellWidth, Double(geometry.columns)).rounded(.up))
    let height = Int(min(snapDistance / geometry.cellHeight, Double(geometry.rows)).rounded(.up))
    var best = own.row * geometry.columns + own.column
    var nearest = geometry.centre(column: own.column, row: own.row).squaredDistance(to: point)
    for row in max(0, own.row - height)...min(geometry.rows - 1, own.row + height) {
      for column in max(0, own.column - width)...min(geometry.columns - 1, own.column + width) {
        let distance = geometry.centre(column: column, row: row).squaredDistance(to: point)
        if distance > snapDistance * snapDistance { continue }
        let index = row * geometry.columns + column
        if (upslope[index], -distance) > (upslope[best], -nearest) {
          best = index
          nearest = distance
        }
      }
    }
    if upslope[best] == 0 {
      throw TerrainError(
        "\(name) lies where there is no elevation; move it, or let it snap over more than \(snapDistance)")
    }
    cells.append(CellIndex(best))
  }
  return cells
}

extension Coordinate {
  fileprivate func squaredDistance(to other: Coordinate) -> Double {
    (x - other.x) * (x - other.x) + (y - other.y) * (y - other.y)
  }
}
