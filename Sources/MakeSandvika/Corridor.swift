import Grids

/// The cells near a path, each with its distance from the path and where along the path it lies.
struct Corridor {
  private let columns: Range<Int>
  private let rows: Range<Int>
  private var distances: [Double]
  private var chainages: [Double]

  /// Finds the cells within `reach` metres of a path.
  init(_ path: Path, reach: Double) {
    func columns(_ xs: [Double]) -> Range<Int> { Corridor.cells(xs, reach, count: Frame.columns) }
    func rows(_ ys: [Double]) -> Range<Int> { Corridor.cells(ys.map { Frame.height - $0 }, reach, count: Frame.rows) }
    self.columns = columns(path.points.map(\.x))
    self.rows = rows(path.points.map(\.y))
    distances = Array(repeating: .infinity, count: self.columns.count * self.rows.count)
    chainages = Array(repeating: 0, count: distances.count)
    for index in path.points.indices.dropLast() {
      let (a, b) = (path.points[index], path.points[index + 1])
      for row in rows([a.y, b.y]) {
        for column in columns([a.x, b.x]) {
          let found = Path.nearest(to: Frame.centre(column, row), on: a, b)
          let cell = (row - self.rows.lowerBound) * self.columns.count + column - self.columns.lowerBound
          if found.distance < min(reach, distances[cell]) {
            distances[cell] = found.distance
            chainages[cell] = path.chainage[index] + found.share * (path.chainage[index + 1] - path.chainage[index])
          }
        }
      }
    }
  }

  /// Calls `body` for every cell of the corridor, row by row.
  func forEachCell(_ body: (_ column: Int, _ row: Int, _ distance: Double, _ chainage: Double) -> Void) {
    var cell = 0
    for row in rows {
      for column in columns {
        if distances[cell] < .infinity { body(column, row, distances[cell], chainages[cell]) }
        cell += 1
      }
    }
  }

  /// The cells from the least to the greatest position, `reach` farther on both sides, inside the frame.
  private static func cells(_ positions: [Double], _ reach: Double, count: Int) -> Range<Int> {
    let low = max(0, Int(((positions.min() ?? 0) - reach).rounded(.down)))
    let high = min(count, Int(((positions.max() ?? 0) + reach).rounded(.up)))
    return low < high ? low..<high : 0..<0
  }
}
