public import Grids
import Synchronization

/// Brings a grid onto another.
///
/// Cells that lie on each other within a millionth of a cell are copied. Otherwise every cell takes the value at its
/// centre: of the nearest cell, or bilinear among the four surrounding cell centres, weights renormalised over those
/// that hold a value; a centre that lies in a cell without data, or outside, has no data (NaN). Within half a cell of
/// the raster's edge the values of the edge hold. The conservative scheme instead takes the mean over the cell, by the
/// area that the raster's cells share with it in the grid's plane; a cell has no data where less than half of it is
/// covered by values. Centres are transformed with PROJ; between every 16th they are
/// interpolated where that errs by less than a hundredth of a source cell. The result is the same for any number of
/// threads.
/// - Throws: ``GeodataError`` where there is no transformation or no overlap.
public func align(
  _ source: Grid<Float>, to target: GridGeometry, resampling: Resampling, threads: Int = 1
) throws(GeodataError) -> (grid: Grid<Float>, alignment: RasterAlignment) {
  let plan = try AlignmentPlan(from: source.geometry, to: target, resampling: resampling, path: "")
  return try plan.apply(source, window: (0, 0), resampling, threads: threads, path: "")
}

/// Brings a grid of classes onto another, always by the nearest cell; cells outside hold ``noClass``.
/// - Throws: ``GeodataError`` where there is no transformation or no overlap.
public func alignClasses(
  _ source: Grid<Int32>, to target: GridGeometry, threads: Int = 1
) throws(GeodataError) -> (grid: Grid<Int32>, alignment: RasterAlignment) {
  let plan = try AlignmentPlan(from: source.geometry, to: target, resampling: .nearest, path: "")
  return try plan.applyClasses(source, window: (0, 0), threads: threads, path: "")
}

/// Reads one band of a raster and brings it onto a grid, as ``align(_:to:resampling:threads:)`` does; only the part
/// that is needed is read.
/// - Throws: ``GeodataError`` as ``readRaster(_:_:)`` does, and where there is no transformation or no overlap.
public func readRaster(
  _ path: String, alignedTo target: GridGeometry, resampling: Resampling, _ reading: RasterReading = RasterReading()
) throws(GeodataError) -> (grid: Grid<Float>, information: RasterInformation, alignment: RasterAlignment) {
  let source = try RasterSource(path, reading)
  let plan = try AlignmentPlan(from: source.geometry, to: target, resampling: resampling, path: path)
  guard let columns = plan.columns, let rows = plan.rows else { throw plan.noOverlap(path: path) }
  let (window, tally) = try source.readFloat(columns: columns, rows: rows)
  let isWhole = columns.count == source.geometry.columns && rows.count == source.geometry.rows
  let information = try source.concluded(tally, isWhole: isWhole)
  let (grid, alignment) = try plan.apply(
    window, window: (columns.lowerBound, rows.lowerBound), resampling, threads: reading.threads, path: path)
  return (grid, information, alignment)
}

/// Reads one band of whole numbers and brings it onto a grid by the nearest cell; cells outside hold ``noClass``.
/// - Throws: ``GeodataError`` as ``readClasses(_:_:)`` does, and where there is no transformation or no overlap.
public func readClasses(
  _ path: String, alignedTo target: GridGeometry, _ reading: RasterReading = RasterReading()
) throws(GeodataError) -> (grid: Grid<Int32>, information: RasterInformation, alignment: RasterAlignment) {
  let source = try RasterSource(path, reading, forClasses: true)
  let plan = try AlignmentPlan(from: source.geometry, to: target, resampling: .nearest, path: path)
  guard let columns = plan.columns, let rows = plan.rows else { throw plan.noOverlap(path: path) }
  let (window, tally) = try source.readClasses(columns: columns, rows: rows)
  let isWhole = columns.count == source.geometry.columns && rows.count == source.geometry.rows
  let information = try source.concluded(tally, isWhole: isWhole)
  let (grid, alignment) = try plan.applyClasses(
    window, window: (columns.lowerBound, rows.lowerBound), threads: reading.threads, path: path)
  return (grid, information, alignment)
}

/// Takes the value of a raster at a position counted in its cells.
private protocol Sampler: Sendable {
  associatedtype Element: BitwiseCopyable & Sendable
  /// Value for positions outside.
  var outside: Element { get }
  func sample(_ x: Double, _ y: Double) -> Element
  func isValue(_ element: Element) -> Bool
}

/// The cell that holds a position in 0...count, the outer edges included.
///
/// A billionth of a cell is added so that rounding does not decide between two cells at their common edge.
@inline(__always)
private func cellIndex(_ position: Double, _ count: Int) -> Int {
  min(max(Int((position + 1e-9).rounded(.down)), 0), count - 1)
}

private struct NearestSampler<Element: BitwiseCopyable & Sendable & Equatable>: Sampler {
  nonisolated(unsafe) let cells: UnsafePointer<Element>
  let columns: Int
  let rows: Int
  let outside: Element

  @inline(__always)
  func sample(_ x: Double, _ y: Double) -> Element { cells[cellIndex(y, rows) * columns + cellIndex(x, columns)] }

  // NaN is not equal to itself.
  @inline(__always)
  func isValue(_ element: Element) -> Bool { element == element && element != outside }
}

private struct BilinearSampler: Sampler {
  nonisolated(unsafe) let cells: UnsafePointer<Float>
  let columns: Int
  let rows: Int
  let outside = Float.nan

  @inline(__always)
  func sample(_ x: Double, _ y: Double) -> Float {
    if cells[cellIndex(y, rows) * columns + cellIndex(x, columns)].isNaN { return .nan }
    let left = (x - 0.5).rounded(.down)
    let top = (y - 0.5).rounded(.down)
    let along = x - 0.5 - left
    let down = y - 0.5 - top
    let c0 = min(max(Int(left), 0), columns - 1)
    let c1 = min(max(Int(left) + 1, 0), columns - 1)
    let r0 = min(max(Int(top), 0), rows - 1) * columns
    let r1 = min(max(Int(top) + 1, 0), rows - 1) * columns
    var sum = 0.0
    var weights = 0.0
    @inline(__always) func add(_ value: Float, _ weight: Double) {
      if weight > 0, !value.isNaN {
        sum += weight * Double(value)
        weights += weight
      }
    }
    add(cells[r0 + c0], (1 - along) * (1 - down))
    add(cells[r0 + c1], along * (1 - down))
    add(cells[r1 + c0], (1 - along) * down)
    add(cells[r1 + c1], along * down)
    // Adding 0 turns −0.0 into +0.0.
    return weights > 0 ? Float(sum / weights) + 0 : .nan
  }

  @inline(__always)
  func isValue(_ element: Float) -> Bool { !element.isNaN }
}

extension AlignmentPlan {
  /// Applies the plan to a part of the raster whose upper left cell is `window`.
  func apply(
    _ grid: Grid<Float>, window: (column: Int, row: Int), _ resampling: Resampling, threads: Int, path: String
  ) throws(GeodataError) -> (grid: Grid<Float>, alignment: RasterAlignment) {
    try grid.withUnsafeCells { cells throws(GeodataError) in
      switch resampling {
      case .nearest:
        let sampler = NearestSampler(cells: cells, columns: grid.columns, rows: grid.rows, outside: Float.nan)
        return try run(sampler, window, resampling, threads, path)
      case .bilinear:
        let sampler = BilinearSampler(cells: cells, columns: grid.columns, rows: grid.rows)
        return try run(sampler, window, resampling, threads, path)
      case .conservative:
        if case .copy = placement {
          let sampler = NearestSampler(cells: cells, columns: grid.columns, rows: grid.rows, outside: Float.nan)
          return try run(sampler, window, resampling, threads, path)
        }
        let weights = try conservativeWeights(
          columns: window.column..<(window.column + grid.columns), rows: window.row..<(window.row + grid.rows))
        return try apply(weights, grid, threads: threads, path: path)
      }
    }
  }

  /// The weights of the conservative scheme for a part of the raster.
  func conservativeWeights(columns: Range<Int>, rows: Range<Int>) throws(GeodataError) -> SparseRegridding {
    let transformation =
      try Self.isSameSystem(source.crs, target.crs) ? nil : Transformation(from: source.crs, to: target.crs)
    return CellCorners(of: source, columns: columns, rows: rows, in: target, transformation).conservative(to: target)
  }

  /// Applies weights that were made before.
  func apply(
    _ weights: SparseRegridding, _ grid: Grid<Float>, threads: Int, path: String
  ) throws(GeodataError) -> (grid: Grid<Float>, alignment: RasterAlignment) {
    let inside = weights.cellsTouched
    if inside == 0 { throw noOverlap(path: path) }
    let result = weights.apply(grid, threads: threads)
    let covered = result.withUnsafeCells { cells in (0..<result.count).count { !cells[$0].isNaN } }
    return (result, alignment(resampling: .conservative, inside: inside, covered: covered))
  }

  /// Applies the plan to a part of a raster of classes.
  func applyClasses(
    _ grid: Grid<Int32>, window: (column: Int, row: Int), threads: Int, path: String
  ) throws(GeodataError) -> (grid: Grid<Int32>, alignment: RasterAlignment) {
    try grid.withUnsafeCells { cells throws(GeodataError) in
      let sampler = NearestSampler(cells: cells, columns: grid.columns, rows: grid.rows, outside: noClass)
      return try run(sampler, window, .nearest, threads, path)
    }
  }

  private func run<S: Sampler>(
    _ sampler: S, _ window: (column: Int, row: Int), _ resampling: Resampling, _ threads: Int, _ path: String
  ) throws(GeodataError) -> (grid: Grid<S.Element>, alignment: RasterAlignment) {
    var result = Grid<S.Element>(target, repeating: sampler.outside)
    let inside = Atomic<Int>(0)
    let covered = Atomic<Int>(0)
    let (sourceColumns, sourceRows) = (Double(source.columns), Double(source.rows))
    let (left, top) = (Double(window.column), Double(window.row))

    /// Writes one row from its positions in the whole raster.
    @Sendable func write(
      _ xs: UnsafePointer<Double>, _ ys: UnsafePointer<Double>, _ cells: inout MutableSpan<S.Element>
    ) {
      var (within, valid) = (0, 0)
      for column in 0..<cells.count {
        let (x, y) = (xs[column], ys[column])
        guard x >= -1e-6, y >= -1e-6, x <= sourceColumns + 1e-6, y <= sourceRows + 1e-6 else { continue }
        within += 1
        let value = sampler.sample(x - left, y - top)
        cells[column] = value
        if sampler.isValue(value) { valid += 1 }
      }
      inside.wrappingAdd(within, ordering: .relaxed)
      covered.wrappingAdd(valid, ordering: .relaxed)
    }

    let width = target.columns
    switch placement {
    case .copy(let columnOffset, let rowOffset):
      result.forEachRow(threads: threads) { row, cells in
        withPositions(width) { xs, ys in
          // Cell centres: the sampler then returns the very cell, also under the bilinear scheme.
          for column in 0..<width {
            xs[column] = Double(column + columnOffset) + 0.5
            ys[column] = Double(row + rowOffset) + 0.5
          }
          write(xs, ys, &cells)
        }
      }
    case .lattice(let lattice):
      result.forEachRow(threads: threads) { row, cells in
        withPositions(width) { xs, ys in
          lattice.fill(row: row, xs, ys)
          write(xs, ys, &cells)
        }
      }
    case .exact(let transformation):
      result.withUnsafeMutableCells { base in
        for row in 0..<target.rows {
          let points = (0..<width).map { target.centre(column: $0, row: row) }
          let found = transformation.transformWhereDefined(points)
          let xs = found.map { ($0.x - source.west) / source.cellWidth }
          let ys = found.map { (source.north - $0.y) / source.cellHeight }
          var cells = MutableSpan(_unsafeStart: base + row * width, count: width)
          write(xs, ys, &cells)
        }
      }
    }
    let count = inside.load(ordering: .relaxed)
    if count == 0 { throw noOverlap(path: path) }
    return (
      result, alignment(resampling: resampling, inside: count, covered: covered.load(ordering: .relaxed))
    )
  }
}

/// Lends room for the positions of one row.
private func withPositions(
  _ count: Int, _ body: (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) -> Void
) {
  withUnsafeTemporaryAllocation(of: Double.self, capacity: count * 2) { buffer in
    guard let base = buffer.baseAddress else { return }
    buffer.initialize(repeating: 0)
    body(base, base + count)
  }
}
