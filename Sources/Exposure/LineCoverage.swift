public import Grids

/// How much of some lines lies on a grid.
public struct LineCheck: Sendable, Hashable {
  /// Length of the lines, in units of the reference system.
  public internal(set) var length = 0.0
  /// Length of what lies on the grid.
  public internal(set) var lengthOnGrid = 0.0
  /// Whether all coordinates are finite; segments with others are left out.
  public internal(set) var hasFiniteCoordinates = true
}

/// Calls `body` for each piece into which the grid's cells cut lines, in the direction of the lines.
///
/// Pieces are cut exactly where the line meets the edges of cells; their lengths add up to the length on the grid. A
/// piece that runs along an edge belongs to the cell south or east of it, as a point there does. A cell may come more
/// than once. Lengths are in units of the reference system, also where cells are oblong.
/// - Parameters:
///   - lines: Lines in the reference system of the grid.
///   - geometry: The grid; what lies outside it is left out.
///   - body: Gets the cell, numbered row by row from the north, and the length of the piece.
/// - Returns: Lengths of all lines and of what lies on the grid.
@discardableResult
public func forEachCrossedCell(
  of lines: [[Coordinate]], on geometry: GridGeometry, _ body: (_ cell: Int, _ length: Double) -> Void
) -> LineCheck {
  var check = LineCheck()
  for line in lines {
    for index in line.indices.dropFirst() {
      let (start, end) = (line[index - 1], line[index])
      let dx = end.x - start.x
      let dy = end.y - start.y
      let length = (dx * dx + dy * dy).squareRoot()
      guard length.isFinite else {
        check.hasFiniteCoordinates = false
        continue
      }
      check.length += length
      if length > 0 { check.lengthOnGrid += cut(from: start, to: end, length: length, on: geometry, body) }
    }
  }
  return check
}

/// Cuts one segment; returns its length on the grid.
private func cut(
  from start: Coordinate, to end: Coordinate, length: Double, on geometry: GridGeometry,
  _ body: (_ cell: Int, _ length: Double) -> Void
) -> Double {
  let columns = Axis(
    from: (start.x - geometry.west) / geometry.cellWidth, to: (end.x - geometry.west) / geometry.cellWidth,
    count: geometry.columns)
  let rows = Axis(
    from: (geometry.north - start.y) / geometry.cellHeight, to: (geometry.north - end.y) / geometry.cellHeight,
    count: geometry.rows)
  // Parameters along the segment, 0 at its start and 1 at its end.
  var t = max(0, columns.enters, rows.enters)
  let last = min(1, columns.leaves, rows.leaves)
  guard t < last else { return 0 }
  var nextColumn = columns.firstLine(after: t)
  var nextRow = rows.firstLine(after: t)
  var sum = 0.0
  while t < last {
    let tColumn = columns.parameter(of: nextColumn)
    let tRow = rows.parameter(of: nextRow)
    let next = min(tColumn, tRow, last)
    if next > t {
      // The middle of the piece lies inside its cell, where its ends lie on the edge of two.
      let middle = (t + next) / 2
      let piece = (next - t) * length
      body(rows.cell(at: middle) * geometry.columns + columns.cell(at: middle), piece)
      sum += piece
      t = next
    }
    if tColumn <= next { nextColumn += columns.step }
    if tRow <= next { nextRow += rows.step }
  }
  return sum
}

/// A segment seen along columns or along rows, in cells.
private struct Axis {
  let from: Double
  let length: Double
  let count: Int
  /// Where the segment comes onto the grid and leaves it.
  let enters: Double
  let leaves: Double
  var step: Double { length < 0 ? -1 : 1 }

  init(from: Double, to: Double, count: Int) {
    self.from = from
    self.count = count
    length = to - from
    let size = Double(count)
    if length == 0 {
      // Level: wholly on the grid, whose far edge belongs to the next cell, or wholly off it.
      let inside = from >= 0 && from < size
      enters = inside ? 0 : .infinity
      leaves = inside ? 1 : -.infinity
    } else {
      let a = -from / length
      let b = (size - from) / length
      enters = min(a, b)
      leaves = max(a, b)
    }
  }

  /// The first line between cells that the segment meets after `t`.
  func firstLine(after t: Double) -> Double {
    let position = from + length * t
    return length < 0 ? position.rounded(.up) - 1 : position.rounded(.down) + 1
  }

  func parameter(of line: Double) -> Double { length == 0 ? .infinity : (line - from) / length }

  func cell(at t: Double) -> Int {
    Int(min(max((from + length * t).rounded(.down), 0), Double(count - 1)))
  }
}

/// How much of some lines meets a condition on a grid.
public struct LineExposure: Sendable, Hashable {
  /// Length of the lines, in units of the reference system.
  public let length: Double
  /// Length on cells whose value is at or above the threshold, one per threshold.
  public let lengthsAtOrAbove: [Double]
  /// Length on cells without data.
  public let lengthWithoutData: Double
  /// Length outside the grid.
  public let lengthOutside: Double
}

/// The length of lines on cells whose value reaches thresholds.
/// - Parameters:
///   - lines: Lines in the reference system of the grid.
///   - values: For example water depth in metres; NaN and infinities are no data.
///   - thresholds: For example 0.1 and 0.3 m; a value equal to a threshold reaches it.
public func lineExposure(of lines: [[Coordinate]], on values: Grid<Float>, thresholds: [Float]) -> LineExposure {
  var reached = Array(repeating: 0.0, count: thresholds.count)
  var withoutData = 0.0
  let check = forEachCrossedCell(of: lines, on: values.geometry) { cell, length in
    let value = values[cell]
    guard value.isFinite else {
      withoutData += length
      return
    }
    for index in thresholds.indices where value >= thresholds[index] { reached[index] += length }
  }
  return LineExposure(
    length: check.length, lengthsAtOrAbove: reached, lengthWithoutData: withoutData,
    lengthOutside: max(0, check.length - check.lengthOnGrid))
}
