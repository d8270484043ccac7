public import Grids

/// One cell that a declared culvert or bridge has lowered.
public struct BurnedCell: Sendable, Hashable {
  /// Position of the line in the list that was burned.
  public let line: Int
  /// Column of the cell.
  public let column: Int
  /// Row of the cell.
  public let row: Int
  /// Elevation before, metres.
  public let before: Float
  /// Elevation after, metres.
  public let after: Float
}

/// Lowers the terrain along declared culverts and bridges so that water passes under roads and railways.
///
/// Each line falls evenly from the ground at its higher end to the ground at its lower end, measured along the line;
/// cells above that grade are lowered to it, no cell is raised. Where lines share a cell the lowest grade stands.
/// Neighbouring cells of the path touch at least at a corner, so that water with eight directions follows it.
/// - Parameters:
///   - ground: Elevation in metres; NaN is no data and is passed over.
///   - lines: Lines in the reference system of the grid; what lies outside is passed over.
/// - Returns: The changed terrain and every change, in the order of the lines and along them.
public func burnCulverts(_ ground: Grid<Float>, lines: [[Coordinate]]) -> (ground: Grid<Float>, changes: [BurnedCell]) {
  var burned = ground
  var changes: [BurnedCell] = []
  for (number, line) in lines.enumerated() {
    let path = cellPath(along: line, on: ground.geometry).filter { !ground[$0.column, $0.row].isNaN }
    guard let first = path.first, let last = path.last, last.distance > first.distance else { continue }
    let start = ground[first.column, first.row]
    let end = ground[last.column, last.row]
    for cell in path {
      let share = (cell.distance - first.distance) / (last.distance - first.distance)
      let grade = Float(Double(start) + share * (Double(end) - Double(start)))
      let before = burned[cell.column, cell.row]
      if grade < before {
        burned[cell.column, cell.row] = grade
        changes.append(BurnedCell(line: number, column: cell.column, row: cell.row, before: before, after: grade))
      }
    }
  }
  return (burned, changes)
}

/// The cells that a line visits, in order and each once in a row, with the distance travelled.
func cellPath(
  along line: [Coordinate], on geometry: GridGeometry
) -> [(column: Int, row: Int, distance: Double)] {
  var path: [(column: Int, row: Int, distance: Double)] = []
  var travelled = 0.0
  for (a, b) in zip(line, line.dropFirst()) {
    let length = ((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)).squareRoot()
    // Steps of at most one cell along either axis leave no gap between cells that touch.
    let steps = max(
      1, Int(max(abs(b.x - a.x) / geometry.cellWidth, abs(b.y - a.y) / geometry.cellHeight).rounded(.up)))
    for step in 0...steps {
      let share = Double(step) / Double(steps)
      let point = Coordinate(x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y))
      guard let (column, row) = geometry.cell(at: point) else { continue }
      if let last = path.last, last.column == column, last.row == row { continue }
      path.append((column, row, travelled + share * length))
    }
    travelled += length
  }
  return path
}
