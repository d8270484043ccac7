public import Grids

/// The surfaces of equal labels as polygons, by label.
///
/// Cells hang together through their sides. Every part that hangs together is one polygon, in the order of its first
/// cell from the north-west; the parts of a label together are a valid MultiPolygon. Corners are exact corners of
/// cells; shells run counter-clockwise, holes clockwise.
///
/// Boundaries are followed with the part on the right. Where two cells of a part meet only at a corner, the way
/// crosses over to the other one: so no ring touches itself, and a hole that touches its shell there is a ring of its
/// own, as valid polygons need it.
/// - Parameters:
///   - ignored: Label of cells that belong to no polygon.
///   - smooth: Whether corners are cut half a cell before and after them, which turns stairs into slopes. A corner is
///     cut where three of its four cells are of one part and the fourth is of another: both neighbours cut it alike, so
///     borders stay shared, and where three parts meet nothing moves. Polygons stay valid; their areas are no longer
///     those of the cells.
public func polygonize(
  _ labels: Grid<Int32>, ignoring ignored: Int32, smooth: Bool = false
) -> [Int32: [Polygon]] {
  var result: [Int32: [Polygon]] = [:]
  let parts = ConnectedParts(labels, ignoring: ignored)
  for (polygon, label) in zip(BoundaryTracer(parts, labels.geometry, smooth: smooth).polygons(), parts.labels) {
    result[label, default: []].append(polygon)
  }
  return result
}

/// Parts of equal label that hang together through the sides of their cells.
struct ConnectedParts {
  let columns: Int
  let rows: Int
  /// Number of the part of every cell, −1 for none; numbered by first cells.
  let part: [Int32]
  /// Label of every part.
  let labels: [Int32]

  init(_ grid: Grid<Int32>, ignoring ignored: Int32) {
    columns = grid.columns
    rows = grid.rows
    let columns = columns
    let rows = rows
    var part = [Int32](repeating: -1, count: columns * rows)
    var labels: [Int32] = []
    var stack: [Int] = []
    grid.withUnsafeCells { cells in
      part.withUnsafeMutableBufferPointer { part in
        for start in 0..<(columns * rows) where part[start] < 0 && cells[start] != ignored {
          let label = cells[start]
          let number = Int32(labels.count)
          labels.append(label)
          part[start] = number
          stack.append(start)
          while let cell = stack.popLast() {
            let (row, column) = cell.quotientAndRemainder(dividingBy: columns)
            @inline(__always) func visit(_ other: Int) {
              if part[other] < 0, cells[other] == label {
                part[other] = number
                stack.append(other)
              }
            }
            if column > 0 { visit(cell - 1) }
            if column + 1 < columns { visit(cell + 1) }
            if row > 0 { visit(cell - columns) }
            if row + 1 < rows { visit(cell + columns) }
          }
        }
      }
    }
    self.part = part
    self.labels = labels
  }
}

/// Follows the boundaries of parts.
private struct BoundaryTracer {
  let parts: ConnectedParts
  let geometry: GridGeometry
  let smooth: Bool

  init(_ parts: ConnectedParts, _ geometry: GridGeometry, smooth: Bool) {
    self.parts = parts
    self.geometry = geometry
    self.smooth = smooth
  }

  /// One polygon per part.
  func polygons() -> [Polygon] {
    var rings = [[[Coordinate]]](repeating: [], count: parts.labels.count)
    let (columns, rows) = (parts.columns, parts.rows)
    // Every ring has an upper side of a cell, shells as well as holes; each is followed once.
    var followed = [Bool](repeating: false, count: columns * rows)
    for row in 0..<rows {
      for column in 0..<columns {
        let cell = row * columns + column
        let number = parts.part[cell]
        guard number >= 0, !followed[cell], row == 0 || parts.part[cell - columns] != number else { continue }
        rings[Int(number)].append(follow(from: column, row, number, &followed))
      }
    }
    // The first ring found of a part has its first cell: it is the shell.
    return rings.map { Polygon(rings: $0) }
  }

  /// Follows one ring from the upper left corner of a cell whose upper side belongs to it.
  private func follow(from startColumn: Int, _ startRow: Int, _ number: Int32, _ followed: inout [Bool]) -> [Coordinate]
  {
    let (columns, rows) = (parts.columns, parts.rows)
    func isInside(_ column: Int, _ row: Int) -> Bool {
      column >= 0 && row >= 0 && column < columns && row < rows && parts.part[row * columns + column] == number
    }
    // Corners are counted in cells from the upper left. Directions: east, south, west, north; the part lies right.
    let steps = [(1, 0), (0, 1), (-1, 0), (0, -1)]
    // The cells ahead of a corner, left and right of the way, by direction.
    let ahead: [(left: (Int, Int), right: (Int, Int))] = [
      ((0, -1), (0, 0)), ((0, 0), (-1, 0)), ((-1, 0), (-1, -1)), ((-1, -1), (0, -1)),
    ]
    var corners: [(Int, Int)] = []
    var (x, y) = (startColumn, startRow)
    var direction = 0
    repeat {
      if direction == 0 { followed[y * columns + x] = true }
      x += steps[direction].0
      y += steps[direction].1
      let (left, right) = ahead[direction]
      if isInside(x + left.0, y + left.1) {
        corners.append((x, y))
        direction = (direction + 3) % 4
      } else if !isInside(x + right.0, y + right.1) {
        corners.append((x, y))
        direction = (direction + 1) % 4
      }
    } while x != startColumn || y != startRow || direction != 0
    // The way turned at the start unless it came from the west along the same side.
    let ring = (smooth ? smoothed(corners) : corners.map { ($0 * 2, $1 * 2) }).map { column, row in
      Coordinate(
        x: geometry.west + Double(column) * 0.5 * geometry.cellWidth,
        y: geometry.north - Double(row) * 0.5 * geometry.cellHeight)
    }
    // The part on the right is clockwise for shells; polygons here run the other way round.
    return (ring + ring.prefix(1)).reversed()
  }

  /// The ring with its corners cut, in half cells, without points on straight lines.
  private func smoothed(_ corners: [(Int, Int)]) -> [(Int, Int)] {
    var points: [(Int, Int)] = []
    for (place, corner) in corners.enumerated() {
      guard isCut(corner) else {
        points.append((corner.0 * 2, corner.1 * 2))
        continue
      }
      for other in [corners[(place + corners.count - 1) % corners.count], corners[(place + 1) % corners.count]] {
        let point = (corner.0 * 2 + (other.0 - corner.0).signum(), corner.1 * 2 + (other.1 - corner.1).signum())
        if points.last.map({ $0 != point }) ?? true { points.append(point) }
      }
    }
    if points.count > 1, points[0] == points[points.count - 1] { points.removeLast() }
    return points.indices.filter { place in
      let (before, here) = (points[(place + points.count - 1) % points.count], points[place])
      let after = points[(place + 1) % points.count]
      return (here.0 - before.0) * (after.1 - here.1) != (here.1 - before.1) * (after.0 - here.0)
    }.map { points[$0] }
  }

  /// Whether three of the four cells around a corner are of one part, or of none, and the fourth is not.
  private func isCut(_ corner: (Int, Int)) -> Bool {
    func part(_ column: Int, _ row: Int) -> Int32 {
      guard column >= 0, row >= 0, column < parts.columns, row < parts.rows else { return -1 }
      return parts.part[row * parts.columns + column]
    }
    let (x, y) = corner
    let around = [part(x - 1, y - 1), part(x, y - 1), part(x - 1, y), part(x, y)]
    return around.contains { value in around.count { $0 == value } == 3 }
  }
}
