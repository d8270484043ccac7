import Grids

/// Sweeps one zone of any kind over a grid row by row; one instance serves many zones one after the other.
///
/// A cell's share is what the zone has of it: the covered fraction for surfaces, the length within it for lines, 1 for
/// the cell that holds a point.
final class ZoneSweep {
  private let scanline = CoverageScanline()
  private var isSurface = false
  /// Cells of a line or point, by number, with their shares.
  private var cells: [Int] = []
  private var shares: [Double] = []
  private var next = 0
  private var columns = 1
  private var lineCheck = CoverageCheck()
  /// What a share of 1 measures: the area of a cell for surfaces, 1 for lines and points.
  private(set) var measureOfShare = 1.0

  /// The cells that a zone may touch; nil where it lies off the grid or has no finite point.
  static func window(around shape: Shape, on geometry: GridGeometry) -> CoverageScanline.Window? {
    if case .polygons(let polygons) = shape {
      var check = CoverageCheck()
      return CoverageScanline.window(around: polygons, on: geometry, check: &check)
    }
    guard let box = shape.extent,
      box.west - box.west + box.east - box.east + box.south - box.south + box.north == box.north
    else { return nil }
    // A point on an edge belongs to the cell south or east of it.
    let left = ((box.west - geometry.west) / geometry.cellWidth).rounded(.down)
    let right = ((box.east - geometry.west) / geometry.cellWidth).rounded(.down)
    let top = ((geometry.north - box.north) / geometry.cellHeight).rounded(.down)
    let bottom = ((geometry.north - box.south) / geometry.cellHeight).rounded(.down)
    guard right >= 0, bottom >= 0, left < Double(geometry.columns), top < Double(geometry.rows) else { return nil }
    return CoverageScanline.Window(
      columns: Int(max(0, left))..<Int(min(right, Double(geometry.columns - 1))) + 1,
      rows: Int(max(0, top))..<Int(min(bottom, Double(geometry.rows - 1))) + 1)
  }

  /// Prepares the sweep of a zone.
  func begin(_ shape: Shape, on geometry: GridGeometry) {
    cells.removeAll(keepingCapacity: true)
    shares.removeAll(keepingCapacity: true)
    next = 0
    columns = geometry.columns
    isSurface = false
    measureOfShare = 1
    lineCheck = CoverageCheck()
    switch shape {
    case .polygons(let polygons):
      isSurface = true
      measureOfShare = geometry.cellArea
      scanline.begin(polygons, on: geometry)
    case .lines(let lines):
      var pieces: [(cell: Int, length: Double)] = []
      let check = forEachCrossedCell(of: lines, on: geometry) { pieces.append(($0, $1)) }
      // Pieces of one cell in the order of their lengths, so that a line gives the same bits from both ends.
      pieces.sort { $0.cell != $1.cell ? $0.cell < $1.cell : $0.length < $1.length }
      for piece in pieces {
        if cells.last == piece.cell {
          shares[shares.count - 1] += piece.length
        } else {
          cells.append(piece.cell)
          shares.append(piece.length)
        }
      }
      lineCheck.polygonArea = check.length
      lineCheck.coveredArea = check.lengthOnGrid
      lineCheck.hasFiniteCoordinates = check.hasFiniteCoordinates
      lineCheck.liesWithinGrid = abs(check.length - check.lengthOnGrid) <= CoverageCheck.tolerance * check.length
    case .point(let point):
      lineCheck.polygonArea = 1
      lineCheck.hasFiniteCoordinates = point.x.isFinite && point.y.isFinite
      let cell = geometry.cell(at: point)
      lineCheck.liesWithinGrid = cell != nil
      guard let cell else { return }
      lineCheck.coveredArea = 1
      cells.append(cell.row * geometry.columns + cell.column)
      shares.append(1)
    }
  }

  /// Calls `body` for each run of cells north of `endRow` that has not been swept.
  func advance(
    to endRow: Int, _ body: (_ row: Int, _ firstColumn: Int, _ shares: UnsafeBufferPointer<Double>) -> Void
  ) {
    if isSurface { return scanline.advance(to: endRow, body) }
    shares.withUnsafeBufferPointer { shares in
      while next < cells.count, cells[next] < endRow * columns {
        let start = next
        let (row, first) = cells[start].quotientAndRemainder(dividingBy: columns)
        next += 1
        while next < cells.count, cells[next] == cells[next - 1] + 1, cells[next] < (row + 1) * columns { next += 1 }
        body(row, first, UnsafeBufferPointer(rebasing: shares[start..<next]))
      }
    }
  }

  /// What the shares of all rows swept tell about the zone; its area is its length, or 1 for a point.
  func end() -> CoverageCheck { isSurface ? scanline.end() : lineCheck }
}
