public import Grids

/// Totals and largest sums over windows of a series of rain grids, one step at a time.
///
/// Kept are the steps of the longest window (4 bytes a cell and step), and for each window the largest sum and the step
/// where it ended (8 bytes a cell); the length of the series does not matter. Sums run in double precision from the
/// newest step backwards, so they do not depend on what came before the window.
public struct RunningRainMaxima: Sendable {
  /// Lengths of the windows in steps, rising.
  public let windows: [Int]
  /// Number of steps taken.
  public private(set) var stepCount = 0
  /// Rain of all steps, mm; no data where any step has none.
  public var total: Grid<Float> {
    var result = Grid<Float>(sums.geometry, repeating: .nan)
    let sums = sums
    result.forEachRow(threads: 1) { row, cells in
      let line = sums.row(row)
      for column in 0..<cells.count { cells[column] = Float(line[column]) }
    }
    return result
  }
  /// For each window the largest sum in mm; no data where no window is complete and free of gaps.
  public private(set) var maxima: [Grid<Float>]
  /// For each window the step, from 0, with which the largest sum ended first; −1 where there is none.
  public private(set) var ends: [Grid<Int32>]

  private var sums: Grid<Double>
  private var ring: [Grid<Float>] = []
  private var newest = -1

  /// Prepares for a series.
  /// - Parameter windows: Lengths in steps, ≥ 1; doubles are dropped.
  public init(_ geometry: GridGeometry, windows: [Int]) {
    precondition(!windows.isEmpty && windows.allSatisfy { $0 > 0 }, "a window has at least one step")
    self.windows = Set(windows).sorted()
    maxima = self.windows.map { _ in Grid(geometry, repeating: .nan) }
    ends = self.windows.map { _ in Grid(geometry, repeating: -1) }
    sums = Grid(geometry, repeating: 0)
  }

  /// Bytes of state for a number of cells, which does not grow with the series.
  public static func stateBytes(cells: Int, windows: [Int]) -> Int {
    cells * (4 * (windows.max() ?? 0) + 8 * Set(windows).count + 8)
  }

  /// Takes the rain of one step.
  /// - Parameters:
  ///   - rain: mm; NaN is no data.
  ///   - threads: Number of threads; the result does not depend on it.
  public mutating func add(_ rain: Grid<Float>, threads: Int) {
    precondition(rain.geometry == sums.geometry, "all steps lie on one grid")
    let longest = windows[windows.count - 1]
    if ring.count < longest {
      ring.append(rain)
      newest = ring.count - 1
    } else {
      newest = (newest + 1) % longest
      ring[newest] = rain
    }
    let step = Int32(stepCount)
    stepCount += 1
    sums.forEachRow(threads: threads) { row, cells in
      let line = rain.row(row)
      for column in 0..<cells.count { cells[column] += Double(line[column]) }
    }
    // Newest first; each window ends a run of steps whose sums all windows share.
    let order = (0..<ring.count).map { (newest - $0 + ring.count) % ring.count }
    let lengths = windows
    let complete = lengths.indices.filter { lengths[$0] <= ring.count }
    guard !complete.isEmpty else { return }
    let columns = rain.columns
    let held = ring
    var (maximaBases, endBases): ([UnsafeMutablePointer<Float>], [UnsafeMutablePointer<Int32>]) = ([], [])
    for index in complete {
      maxima[index].withUnsafeMutableCells { maximaBases.append($0) }
      ends[index].withUnsafeMutableCells { endBases.append($0) }
    }
    nonisolated(unsafe) let (best, bestEnd) = (maximaBases, endBases)
    parallelBlocks(of: rain.rows, threads: threads) { block in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: columns) { buffer in
        guard let sum = buffer.baseAddress else { return }
        for row in block {
          sum.initialize(repeating: 0, count: columns)
          var taken = 0
          for (place, index) in complete.enumerated() {
            while taken < lengths[index] {
              let grid = held[order[taken]]
              let line = grid.row(row)
              for column in 0..<columns { sum[column] += Double(line[column]) }
              taken += 1
            }
            let (maximum, end) = (best[place] + row * columns, bestEnd[place] + row * columns)
            for column in 0..<columns {
              let value = Float(sum[column])
              // A window with a gap is NaN and larger than nothing; where there was none yet, any sum is the largest.
              let isLarger = value > maximum[column] || (maximum[column].isNaN && !value.isNaN)
              maximum[column] = isLarger ? value : maximum[column]
              end[column] = isLarger ? step : end[column]
            }
          }
        }
      }
    }
    withExtendedLifetime((maxima, ends)) {}
  }
}
