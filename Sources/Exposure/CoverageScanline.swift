import Grids

/// Sweeps polygons over a grid row by row; one instance serves many polygons one after the other.
///
/// Each directed edge adds its signed height to the cells right of it, in the share in which it leaves them to its
/// right; a running sum along the row then is the covered fraction. Edges wait in the bucket of their first row, so
/// the memory is that of the edges and of one row.
final class CoverageScanline {
  private var edges: [Edge] = []
  private var ordered: [Edge] = []
  private var bucketEnds: [Int] = []
  /// What each column adds to the running sum of the row; 0 between rows.
  private var increments = UnsafeMutablePointer<Double>.allocate(capacity: 0)
  /// Which columns an edge runs through; false between rows.
  private var crossed = UnsafeMutablePointer<Bool>.allocate(capacity: 0)
  private var capacity = 0
  /// Edges that reach into the next row.
  private var active: [Edge] = []
  private var window: Window?
  private var nextRow = 0
  /// Coverage so far, before limiting, in cells.
  private var total = 0.0
  private var cellArea = 1.0
  private var check = CoverageCheck()

  deinit {
    increments.deallocate()
    crossed.deallocate()
  }

  /// An edge that runs downwards or level, in cells from the upper left corner of the window.
  private struct Edge {
    var x0: Double
    var y0: Double
    var x1: Double
    var y1: Double
    /// Columns per row.
    var slope: Double
    /// +1 where the polygon lies right of the edge.
    var sign: Double

    /// Where the edge meets a horizontal line inside its height; always measured from the start, never summed up.
    func x(at y: Double) -> Double {
      min(max(x0 + (y - y0) * slope, min(x0, x1)), max(x0, x1))
    }
  }

  /// The cells around some polygons.
  struct Window {
    var columns: Range<Int>
    var rows: Range<Int>
  }

  /// The columns of a row that may differ from 0.
  private struct Touched {
    var first: Int
    var end = 0

    mutating func include(_ first: Int, _ end: Int) {
      self.first = min(self.first, first)
      self.end = max(self.end, end)
    }
  }

  /// Calls `body` for each row that the polygons touch, from north to south.
  func sweep(
    _ polygons: [Polygon], on geometry: GridGeometry,
    _ body: (_ row: Int, _ firstColumn: Int, _ coverage: UnsafeBufferPointer<Double>) -> Void
  ) -> CoverageCheck {
    begin(polygons, on: geometry)
    advance(to: geometry.rows, body)
    return end()
  }

  /// Prepares the sweep of some polygons, which ``advance(to:_:)`` then carries out in as many steps as wanted.
  func begin(_ polygons: [Polygon], on geometry: GridGeometry) {
    check = CoverageCheck()
    check.polygonArea = polygons.reduce(0) { $0 + $1.area }
    total = 0
    cellArea = geometry.cellArea
    active.removeAll(keepingCapacity: true)
    window = Self.window(around: polygons, on: geometry, check: &check)
    guard let window else { return }
    nextRow = window.rows.lowerBound
    collectEdges(of: polygons, on: geometry, window: window)
    sortByFirstRow(rows: window.rows.count)
    reserve(window.columns.count + 2)
  }

  /// Calls `body` for each row north of `endRow` that the polygons touch and that has not been swept.
  func advance(
    to endRow: Int, _ body: (_ row: Int, _ firstColumn: Int, _ coverage: UnsafeBufferPointer<Double>) -> Void
  ) {
    guard let window else { return }
    let columns = window.columns.count
    while nextRow < min(endRow, window.rows.upperBound) {
      let row = nextRow - window.rows.lowerBound
      nextRow += 1
      active.append(contentsOf: ordered[(row == 0 ? 0 : bucketEnds[row - 1])..<bucketEnds[row]])
      if active.isEmpty { continue }
      let touched = accumulate(&active, row: row, columns: columns)
      let end = min(touched.end, columns)
      if touched.first < end {
        total += finish(touched.first..<end, check: &check)
        body(
          nextRow - 1, window.columns.lowerBound + touched.first,
          UnsafeBufferPointer(start: increments + touched.first, count: end - touched.first))
      }
      if touched.first < touched.end {
        (increments + touched.first).update(repeating: 0, count: touched.end - touched.first)
      }
    }
  }

  /// What the coverage of all rows swept tells about the polygons.
  func end() -> CoverageCheck {
    check.coveredArea = total * cellArea
    return check
  }

  private func reserve(_ count: Int) {
    if count <= capacity { return }
    increments.deallocate()
    crossed.deallocate()
    increments = .allocate(capacity: count)
    crossed = .allocate(capacity: count)
    increments.initialize(repeating: 0, count: count)
    crossed.initialize(repeating: false, count: count)
    capacity = count
  }

  /// The cells around the polygons, or nil where there are none; notes what the coordinates tell.
  static func window(
    around polygons: [Polygon], on geometry: GridGeometry, check: inout CoverageCheck
  ) -> Window? {
    var west = Double.infinity
    var east = -Double.infinity
    var north = -Double.infinity
    var south = Double.infinity
    // x - x is 0 for finite numbers only, and one NaN keeps the sum NaN.
    var finite = 0.0
    for polygon in polygons {
      for ring in polygon.rings {
        for point in ring {
          west = min(west, point.x)
          east = max(east, point.x)
          north = max(north, point.y)
          south = min(south, point.y)
          finite += (point.x - point.x) + (point.y - point.y)
        }
      }
    }
    guard finite == 0 else {
      check.hasFiniteCoordinates = false
      return nil
    }
    guard west <= east else { return nil }
    let left = (west - geometry.west) / geometry.cellWidth
    let right = (east - geometry.west) / geometry.cellWidth
    let top = (geometry.north - north) / geometry.cellHeight
    let bottom = (geometry.north - south) / geometry.cellHeight
    let columns = Double(geometry.columns)
    let rows = Double(geometry.rows)
    check.liesWithinGrid = left >= 0 && top >= 0 && right <= columns && bottom <= rows
    let firstColumn = Int(max(0, min(left.rounded(.down), columns)))
    let endColumn = Int(max(0, min(right.rounded(.up), columns)))
    let firstRow = Int(max(0, min(top.rounded(.down), rows)))
    let endRow = Int(max(0, min(bottom.rounded(.up), rows)))
    guard firstColumn < endColumn, firstRow < endRow else { return nil }
    return Window(columns: firstColumn..<endColumn, rows: firstRow..<endRow)
  }

  /// Takes the edges of all rings in window coordinates, shells turned positive and holes negative.
  private func collectEdges(of polygons: [Polygon], on geometry: GridGeometry, window: Window) {
    edges.removeAll(keepingCapacity: true)
    let firstColumn = Double(window.columns.lowerBound)
    let firstRow = Double(window.rows.lowerBound)
    let rows = Double(window.rows.count)
    for polygon in polygons {
      for (number, ring) in polygon.rings.enumerated() {
        guard let last = ring.last else { continue }
        // Counter-clockwise on the map runs down on the left: positive.
        let turn = signedArea(of: ring) < 0 ? -1.0 : 1.0
        let ringSign = number == 0 ? turn : -turn
        // Starting at the last point closes rings that are not closed, and adds nothing to those that are.
        var x = (last.x - geometry.west) / geometry.cellWidth - firstColumn
        var y = (geometry.north - last.y) / geometry.cellHeight - firstRow
        for point in ring {
          let nextX = (point.x - geometry.west) / geometry.cellWidth - firstColumn
          let nextY = (geometry.north - point.y) / geometry.cellHeight - firstRow
          if y < nextY {
            if nextY > 0 && y < rows {
              edges.append(
                Edge(x0: x, y0: y, x1: nextX, y1: nextY, slope: (nextX - x) / (nextY - y), sign: ringSign))
            }
          } else if nextY < y {
            if y > 0 && nextY < rows {
              edges.append(
                Edge(x0: nextX, y0: nextY, x1: x, y1: y, slope: (x - nextX) / (y - nextY), sign: -ringSign))
            }
          } else if x != nextX && y >= 0 && y < rows {
            // A level edge has no height, but it marks the cells that it runs through.
            edges.append(Edge(x0: x, y0: y, x1: nextX, y1: y, slope: 0, sign: ringSign))
          }
          x = nextX
          y = nextY
        }
      }
    }
  }

  /// Counting sort: edges of one row stay in the order of the rings, which keeps every sum in one order.
  private func sortByFirstRow(rows: Int) {
    bucketEnds.removeAll(keepingCapacity: true)
    bucketEnds.append(contentsOf: repeatElement(0, count: rows + 1))
    for edge in edges { bucketEnds[Int(max(edge.y0, 0)) + 1] += 1 }
    for row in 0..<rows { bucketEnds[row + 1] += bucketEnds[row] }
    ordered.removeAll(keepingCapacity: true)
    if let filler = edges.first { ordered.append(contentsOf: repeatElement(filler, count: edges.count)) }
    // bucketEnds[row] is the start of the bucket now and its end afterwards.
    for edge in edges {
      let row = Int(max(edge.y0, 0))
      ordered[bucketEnds[row]] = edge
      bucketEnds[row] += 1
    }
  }

  /// Adds the share of every active edge in one row, and drops the edges that end there.
  private func accumulate(_ active: inout [Edge], row: Int, columns: Int) -> Touched {
    let top = Double(row)
    let bottom = top + 1
    var touched = Touched(first: columns)
    var kept = 0
    active.withUnsafeMutableBufferPointer { active in
      for index in 0..<active.count {
        let edge = active[index]
        let starts = edge.y0 >= top
        let ends = edge.y1 <= bottom
        let height = edge.sign * ((ends ? edge.y1 : bottom) - (starts ? edge.y0 : top))
        let xa = starts ? edge.x0 : edge.x(at: top)
        let xb = ends ? edge.x1 : edge.x(at: bottom)
        add(from: min(xa, xb), to: max(xa, xb), height: height, columns: columns, &touched)
        if !ends {
          active[kept] = edge
          kept += 1
        }
      }
    }
    active.removeSubrange(kept...)
    return touched
  }

  /// Adds one edge within one row: left of the window it counts in full, right of it not at all.
  private func add(from low: Double, to high: Double, height: Double, columns: Int, _ touched: inout Touched) {
    let width = Double(columns)
    if low >= 0 && high <= width && low < width {
      addInside(from: low, to: high, height: height, &touched)
    } else if low >= width {
      touched.include(columns, columns)
    } else if high <= 0 {
      increments[0] += height
      touched.include(0, 1)
    } else {
      // The ends beyond the window become upright: at its left side, or where they have no effect.
      let perColumn = height / (high - low)
      if low < 0 {
        increments[0] += perColumn * -low
        touched.include(0, 1)
      }
      if high > width { touched.include(columns, columns) }
      let innerLow = max(low, 0)
      let innerHigh = min(high, width)
      addInside(from: innerLow, to: innerHigh, height: perColumn * (innerHigh - innerLow), &touched)
    }
  }

  /// Adds one edge within one row and within the window: `low` < number of columns.
  private func addInside(from low: Double, to high: Double, height: Double, _ touched: inout Touched) {
    // share: mean part of a column that lies right of the edge.
    let first = Int(low)
    let left = Double(first)
    if high <= left + 1 {
      let share = left + 1 - (low + high) / 2
      increments[first] += height * share
      increments[first + 1] += height * (1 - share)
      crossed[first] = true
      touched.include(first, first + 2)
      return
    }
    let span = high - low
    let firstPart = left + 1 - low
    var before = firstPart * firstPart / (2 * span)
    increments[first] += height * before
    crossed[first] = true
    var column = first + 1
    while Double(column) + 1 < high {
      let share = (Double(column) + 0.5 - low) / span
      increments[column] += height * (share - before)
      crossed[column] = true
      before = share
      column += 1
    }
    let lastPart = high - Double(column)
    let share = 1 - lastPart * lastPart / (2 * span)
    increments[column] += height * (share - before)
    increments[column + 1] += height * (1 - share)
    crossed[column] = true
    touched.include(first, column + 2)
  }

  /// Turns the increments of some columns into coverage, limited to 0…1; returns the sum before limiting.
  private func finish(_ columns: Range<Int>, check: inout CoverageCheck) -> Double {
    // Adding and taking off 1.5·2⁵² rounds to a whole number.
    let rounder = 0x1.8p52
    var running = 0.0
    var sum = 0.0
    var lowest = check.lowest
    var highest = check.highest
    var outOfRange = 0
    for column in columns {
      running += increments[column]
      if crossed[column] {
        crossed[column] = false
      } else {
        // No edge runs through the cell: its coverage is a winding number, whatever rounding left behind.
        running = (running + rounder) - rounder
      }
      sum += running
      lowest = min(lowest, running)
      highest = max(highest, running)
      if running < -CoverageCheck.tolerance || running > 1 + CoverageCheck.tolerance { outOfRange += 1 }
      increments[column] = min(max(running, 0), 1)
    }
    check.lowest = lowest
    check.highest = highest
    check.cellsOutOfRange += outOfRange
    return sum
  }
}
