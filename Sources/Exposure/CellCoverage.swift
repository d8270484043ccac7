public import Grids

/// Calls `body` for every row of cells that polygons touch, with the exact fraction of each cell that they cover.
///
/// Rows come from north to south. Each part is turned so that its shell counts positive and its holes negative,
/// whatever their directions; parts are added up. Coverage is limited to 0…1; what lay outside is in the result.
/// Within a run of cells there may be cells with coverage 0. Memory: the edges, and one row of the box around them.
///
/// Method: signed area accumulation, as in the anti-aliased scan conversion of outlines.
/// - Parameters:
///   - polygons: Parts of one surface, in the reference system of the grid; unclosed rings are closed.
///   - geometry: The grid; what lies outside it is cut off.
///   - body: Gets the row, the column of the first cell and the coverage of cells from there on; the buffer is valid
///     during the call.
/// - Returns: What the coverage tells about the soundness of the polygons.
@discardableResult
public func forEachCoveredRow(
  of polygons: [Polygon], on geometry: GridGeometry,
  _ body: (_ row: Int, _ firstColumn: Int, _ coverage: UnsafeBufferPointer<Double>) -> Void
) -> CoverageCheck {
  CoverageScanline().sweep(polygons, on: geometry, body)
}

/// The exact fraction of each cell that a surface covers, for the cells around the surface.
public struct CellCoverage: Sendable, Hashable {
  /// Columns of the grid around the covered cells; empty where none is covered.
  public let columns: Range<Int>
  /// Rows of the grid around the covered cells; empty where none is covered.
  public let rows: Range<Int>
  /// Coverage in 0…1 of the cells in these columns and rows, row by row from the north.
  public let fractions: [Double]
  /// What the coverage tells about the soundness of the polygons.
  public let check: CoverageCheck

  /// Coverage of a cell of the whole grid; 0 outside the columns and rows kept.
  public subscript(column: Int, row: Int) -> Double {
    guard columns.contains(column), rows.contains(row) else { return 0 }
    return fractions[(row - rows.lowerBound) * columns.count + column - columns.lowerBound]
  }

  /// Sum of the coverage, in cells.
  public var total: Double { fractions.reduce(0, +) }
}

/// The exact fraction of each cell that polygons cover, held in memory for the box around them.
///
/// For surfaces that span many cells, ``forEachCoveredRow(of:on:_:)`` needs only one row.
/// - Parameters:
///   - polygons: Parts of one surface, in the reference system of the grid.
///   - geometry: The grid; what lies outside it is cut off.
public func cellCoverage(of polygons: [Polygon], on geometry: GridGeometry) -> CellCoverage {
  var runs: [(row: Int, first: Int, coverage: [Double])] = []
  let check = forEachCoveredRow(of: polygons, on: geometry) { row, first, coverage in
    runs.append((row, first, Array(coverage)))
  }
  guard let top = runs.first?.row, let bottom = runs.last?.row,
    let left = runs.map(\.first).min(), let right = runs.map({ $0.first + $0.coverage.count }).max()
  else { return CellCoverage(columns: 0..<0, rows: 0..<0, fractions: [], check: check) }
  let width = right - left
  var fractions = Array(repeating: 0.0, count: width * (bottom - top + 1))
  for run in runs {
    let start = (run.row - top) * width + run.first - left
    fractions.replaceSubrange(start..<start + run.coverage.count, with: run.coverage)
  }
  return CellCoverage(columns: left..<right, rows: top..<bottom + 1, fractions: fractions, check: check)
}
