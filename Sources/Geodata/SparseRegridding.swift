import Grids

/// Weights by which the cells of one grid make up the cells of another, made once and applied to any number of grids.
///
/// Conservative weights are the areas that the cells share in the target's plane, so that the volume of rain over any
/// area is that of the source cells in it. A target cell whose values cover less than half of it has no data; for the
/// others the covered part counts.
struct SparseRegridding: Sendable {
  let target: GridGeometry
  /// First entry of each target cell, and the number of entries at the end.
  private let starts: [Int32]
  private let sources: [Int32]
  private let weights: [Float]

  /// Takes entries in any order; those of a target cell keep theirs.
  init(target: GridGeometry, entries: Entries) {
    self.target = target
    var starts = [Int32](repeating: 0, count: target.count + 1)
    for cell in entries.targets { starts[Int(cell) + 1] += 1 }
    for cell in 0..<target.count { starts[cell + 1] += starts[cell] }
    var next = starts
    var sources = [Int32](repeating: 0, count: entries.targets.count)
    var weights = [Float](repeating: 0, count: entries.targets.count)
    for index in entries.targets.indices {
      let cell = Int(entries.targets[index])
      let place = Int(next[cell])
      sources[place] = entries.sources[index]
      weights[place] = entries.weights[index]
      next[cell] += 1
    }
    self.starts = starts
    self.sources = sources
    self.weights = weights
  }

  /// Which source cell has which weight in which target cell.
  struct Entries {
    var targets: [Int32] = []
    var sources: [Int32] = []
    var weights: [Float] = []

    mutating func add(_ target: Int, _ source: Int, _ weight: Double) {
      targets.append(Int32(target))
      sources.append(Int32(source))
      weights.append(Float(weight))
    }
  }

  /// Target cells that any source cell touches.
  var cellsTouched: Int { (0..<target.count).count { starts[$0 + 1] > starts[$0] } }

  /// The values on the target grid.
  func apply(_ source: Grid<Float>, threads: Int) -> Grid<Float> {
    var result = Grid<Float>(target, repeating: .nan)
    let columns = target.columns
    source.withUnsafeCells { cells in
      nonisolated(unsafe) let cells = cells
      starts.withUnsafeBufferPointer { starts in
        sources.withUnsafeBufferPointer { sources in
          weights.withUnsafeBufferPointer { weights in
            nonisolated(unsafe) let (starts, sources, weights) = (starts, sources, weights)
            result.forEachRow(threads: threads) { row, out in
              for column in 0..<columns {
                let cell = row * columns + column
                var (sum, covered) = (0.0, 0.0)
                for entry in Int(starts[cell])..<Int(starts[cell + 1]) {
                  let value = cells[Int(sources[entry])]
                  let weight = Double(weights[entry])
                  if !value.isNaN {
                    sum += weight * Double(value)
                    covered += weight
                  }
                }
                // A hair less than half: two cells that share one evenly both count.
                if covered >= 0.4999 { out[column] = Float(sum / covered) + 0 }
              }
            }
          }
        }
      }
    }
    return result
  }
}

/// Corners of the cells of a source grid in the cells of a target, counted from its upper left corner.
struct CellCorners {
  let columns: Int
  let rows: Int
  /// (columns + 1) · (rows + 1) points, row by row; NaN where a corner has no place.
  var xs: [Double]
  var ys: [Double]

  /// Of a part of a grid.
  /// - Parameter transformation: From the source's reference system to the target's; nil where they are the same.
  init(
    of source: GridGeometry, columns columnRange: Range<Int>, rows rowRange: Range<Int>, in target: GridGeometry,
    _ transformation: Transformation?
  ) {
    columns = columnRange.count
    rows = rowRange.count
    xs = []
    ys = []
    for row in rowRange.lowerBound...rowRange.upperBound {
      let points = (columnRange.lowerBound...columnRange.upperBound).map {
        Coordinate(
          x: source.west + Double($0) * source.cellWidth, y: source.north - Double(row) * source.cellHeight)
      }
      add(transformation?.transformWhereDefined(points) ?? points, target)
    }
  }

  /// Of a curvilinear grid, half-way between the centres; at the rim they are continued outwards.
  init(centres: [Coordinate], columns: Int, rows: Int, in target: GridGeometry) {
    self.columns = columns
    self.rows = rows
    xs = []
    ys = []
    func along(_ index: Int, _ count: Int, _ value: (Int) -> Coordinate) -> Coordinate {
      if index >= 0, index < count { return value(index) }
      let edge = index < 0 ? 0 : count - 1
      let inner = count == 1 ? edge : index < 0 ? 1 : count - 2
      let (a, b) = (value(edge), value(inner))
      return Coordinate(x: 2 * a.x - b.x, y: 2 * a.y - b.y)
    }
    func centre(_ column: Int, _ row: Int) -> Coordinate {
      along(row, rows) { row in along(column, columns) { centres[row * columns + $0] } }
    }
    for row in 0...rows {
      add(
        (0...columns).map { column in
          let four = [
            centre(column - 1, row - 1), centre(column, row - 1), centre(column - 1, row), centre(column, row),
          ]
          return Coordinate(x: four.reduce(0) { $0 + $1.x } / 4, y: four.reduce(0) { $0 + $1.y } / 4)
        }, target)
    }
  }

  private mutating func add(_ points: [Coordinate], _ target: GridGeometry) {
    for point in points {
      xs.append((point.x - target.west) / target.cellWidth)
      ys.append((target.north - point.y) / target.cellHeight)
    }
  }

  /// The four corners of a cell, in their order around it.
  func quadrilateral(column: Int, row: Int) -> Quadrilateral {
    let first = row * (columns + 1) + column
    let second = first + columns + 1
    return Quadrilateral(
      xs: [xs[first], xs[first + 1], xs[second + 1], xs[second]],
      ys: [ys[first], ys[first + 1], ys[second + 1], ys[second]])
  }

  /// Conservative weights: the share of each target cell that each source cell covers.
  func conservative(to target: GridGeometry) -> SparseRegridding {
    var entries = SparseRegridding.Entries()
    var clipper = Clipper()
    for row in 0..<rows {
      for column in 0..<columns {
        let shape = quadrilateral(column: column, row: row)
        guard let (columnRange, rowRange) = shape.cells(in: target) else { continue }
        for targetRow in rowRange {
          for targetColumn in columnRange {
            let (x, y) = (Double(targetColumn), Double(targetRow))
            let share = shape.holdsSquare(x, y) ? 1 : clipper.area(shape, squareAt: x, y)
            if share > 1e-9 {
              entries.add(targetRow * target.columns + targetColumn, row * columns + column, share)
            }
          }
        }
      }
    }
    return SparseRegridding(target: target, entries: entries)
  }
}

/// A cell of a source grid, four corners in order.
struct Quadrilateral {
  let xs: SIMD4<Double>
  let ys: SIMD4<Double>

  /// The target cells that its bounding box touches; nil for none.
  func cells(in target: GridGeometry) -> (columns: Range<Int>, rows: Range<Int>)? {
    let (left, right, top, bottom) = (xs.min(), xs.max(), ys.min(), ys.max())
    // Comparisons with NaN fail, and a NaN may hide from min and max.
    guard xs == xs, ys == ys, right > 0, bottom > 0, left < Double(target.columns), top < Double(target.rows),
      right - left < 1e9, bottom - top < 1e9
    else { return nil }
    let columns = max(0, Int(left.rounded(.down)))..<min(target.columns, Int(right.rounded(.up)))
    let rows = max(0, Int(top.rounded(.down)))..<min(target.rows, Int(bottom.rounded(.up)))
    return columns.isEmpty || rows.isEmpty ? nil : (columns, rows)
  }

  /// Whether the unit square at a corner lies within; false where the shape is not convex.
  @inline(__always)
  func holdsSquare(_ x: Double, _ y: Double) -> Bool {
    let nextX = SIMD4(xs[1], xs[2], xs[3], xs[0])
    let nextY = SIMD4(ys[1], ys[2], ys[3], ys[0])
    let (dx, dy) = (nextX - xs, nextY - ys)
    // All four edges must have each corner of the square on their same side.
    var (least, greatest) = (Double.infinity, -Double.infinity)
    for (cornerX, cornerY) in [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)] {
      let side = dx * (cornerY - ys) - dy * (cornerX - xs)
      least = Swift.min(least, side.min())
      greatest = Swift.max(greatest, side.max())
    }
    return least >= 0 || greatest <= 0
  }
}

/// Cuts quadrilaterals by unit squares.
///
/// After I. E. Sutherland and G. W. Hodgman 1974, Reentrant polygon clipping.
struct Clipper {
  private var points: [SIMD2<Double>] = []
  private var cut: [SIMD2<Double>] = []

  /// The area that a quadrilateral shares with the unit square at a corner.
  mutating func area(_ shape: Quadrilateral, squareAt x: Double, _ y: Double) -> Double {
    points.removeAll(keepingCapacity: true)
    for corner in 0..<4 { points.append([shape.xs[corner] - x, shape.ys[corner] - y]) }
    for (axis, limit, sign) in [(0, 0.0, 1.0), (0, 1, -1), (1, 0, 1), (1, 1, -1)] {
      clip(axis, limit, sign)
      if points.count < 3 { return 0 }
    }
    var doubled = 0.0
    for index in points.indices {
      let (a, b) = (points[index], points[index + 1 == points.count ? 0 : index + 1])
      doubled += a.x * b.y - a.y * b.x
    }
    return abs(doubled) / 2
  }

  /// Keeps what lies on the inner side of a line parallel to an axis.
  private mutating func clip(_ axis: Int, _ limit: Double, _ sign: Double) {
    cut.removeAll(keepingCapacity: true)
    for index in points.indices {
      let (a, b) = (points[index], points[index + 1 == points.count ? 0 : index + 1])
      let (sideA, sideB) = ((a[axis] - limit) * sign, (b[axis] - limit) * sign)
      if sideA >= 0 { cut.append(a) }
      if (sideA >= 0) != (sideB >= 0) {
        var crossing = a + (b - a) * (sideA / (sideA - sideB))
        crossing[axis] = limit
        cut.append(crossing)
      }
    }
    swap(&points, &cut)
  }
}
