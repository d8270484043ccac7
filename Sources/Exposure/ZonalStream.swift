public import Grids

/// Some rows of a raster, in single or double precision.
public enum ZonalStrip: Sendable {
  /// Single precision: bytes, 16-bit numbers and single-precision numbers lose nothing by it.
  case single(Grid<Float>)
  /// Double precision.
  case double(Grid<Double>)

  fileprivate var geometry: GridGeometry {
    switch self {
    case .single(let grid): grid.geometry
    case .double(let grid): grid.geometry
    }
  }
}

/// What is asked of one raster of a ``ZonalStream``.
public struct ZonalStreamVariable: Sendable {
  /// What to find.
  public var question: ZonalQuestion
  /// Whether the raster comes in double precision.
  public var isDouble: Bool

  /// Describes a raster and what is asked of it.
  public init(_ question: ZonalQuestion, isDouble: Bool = false) {
    self.question = question
    self.isDouble = isDouble
  }
}

/// Statistics of zones in rasters of one grid that come strip by strip from the north.
///
/// Memory: the zones, what is found of them, and the edges and tables of those zones that a border between strips cuts
/// (16 bytes for each different value where quantiles or modes are asked, up to 4 MB). The result depends neither on the
/// height of the strips nor on the number of threads.
///
/// ```
/// while stream.beginPass() {
///   for rows in strips { if let columns = stream.columns(in: rows) { stream.take(rows, …) } }
/// }
/// ```
public final class ZonalStream {
  /// The grid of the rasters.
  public let geometry: GridGeometry
  private let zones: [Shape]
  private let variables: [ZonalStreamVariable]
  private let isWeighted: Bool
  private let threads: Int
  private let valueLimit: Int
  private let windows: [CoverageScanline.Window?]
  /// Zones of this pass by their first row, and how many of them have begun.
  private var order: [Int] = []
  private var begun = 0
  private var isFirstPass = true
  /// Zones that reach into the rows to come.
  private var open: [ZoneState] = []
  /// Zones that need another pass.
  private var waiting: [ZoneState] = []
  private var results: [ZonalReport?]

  /// - Parameters:
  ///   - zones: Shapes in the reference system of the grid.
  ///   - geometry: The grid of all rasters.
  ///   - variables: What is asked of each raster.
  ///   - isWeighted: Whether the last raster of every strip holds weights.
  ///   - threads: Number of threads; zones are dealt out among them.
  public convenience init(
    _ zones: [Shape], on geometry: GridGeometry, variables: [ZonalStreamVariable], isWeighted: Bool = false,
    threads: Int
  ) {
    self.init(
      zones, on: geometry, variables: variables, isWeighted: isWeighted, threads: threads, valueLimit: 1 << 16)
  }

  /// - Parameter valueLimit: Number of different values of a zone beyond which quantiles take several passes.
  init(
    _ zones: [Shape], on geometry: GridGeometry, variables: [ZonalStreamVariable], isWeighted: Bool, threads: Int,
    valueLimit: Int
  ) {
    self.zones = zones
    self.geometry = geometry
    self.variables = variables
    self.isWeighted = isWeighted
    self.threads = threads
    self.valueLimit = valueLimit
    windows = zones.map { ZoneSweep.window(around: $0, on: geometry) }
    results = Array(repeating: nil, count: zones.count)
  }

  /// Number of zones that may touch the grid.
  public var zonesOnGrid: Int { windows.count { $0 != nil } }

  /// Prepares the first pass over the rasters, or another one where quantiles of large zones need it.
  /// - Returns: Whether there is anything to read.
  public func beginPass() -> Bool {
    precondition(open.isEmpty && begun == order.count, "the pass before took every strip")
    if isFirstPass {
      isFirstPass = false
      order = zones.indices.filter { windows[$0] != nil }
    } else {
      order = waiting.map(\.zone)
    }
    // By first row, then by number, so that a run over the same zones is the same run.
    let firsts = windows.map { $0?.rows.lowerBound ?? 0 }
    order.sort { firsts[$0] != firsts[$1] ? firsts[$0] < firsts[$1] : $0 < $1 }
    begun = 0
    return !order.isEmpty
  }

  /// The columns that the zones of this pass need in some rows; nil where none needs them.
  public func columns(in rows: Range<Int>) -> Range<Int>? {
    var (first, end) = (Int.max, 0)
    func include(_ zone: Int) {
      guard let window = windows[zone] else { return }
      first = min(first, window.columns.lowerBound)
      end = max(end, window.columns.upperBound)
    }
    for state in open { include(state.zone) }
    for zone in order[begun..<beginning(before: rows.upperBound)] { include(zone) }
    return first < end ? first..<end : nil
  }

  /// The columns of each zone that needs some rows, for readers that leave out what none needs.
  public func columnRanges(in rows: Range<Int>) -> [Range<Int>] {
    (open.map(\.zone) + order[begun..<beginning(before: rows.upperBound)]).compactMap { windows[$0]?.columns }
  }

  /// The end of the zones that begin north of a row.
  private func beginning(before row: Int) -> Int {
    var (low, high) = (begun, order.count)
    while low < high {
      let middle = (low + high) / 2
      if let first = windows[order[middle]]?.rows.lowerBound, first < row { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Takes the next rows.
  /// - Parameters:
  ///   - rows: Rows of the grid; strips follow each other without gaps, except where ``columns(in:)`` is nil.
  ///   - columns: At least the columns that ``columns(in:)`` names.
  ///   - strips: One for each variable, then the weights where there are any, of these rows and columns.
  public func take(rows: Range<Int>, columns: Range<Int>, _ strips: [ZonalStrip]) {
    precondition(strips.count == variables.count + (isWeighted ? 1 : 0), "one strip for each raster")
    for strip in strips {
      precondition(strip.geometry.columns == columns.count && strip.geometry.rows == rows.count, "strips of this size")
    }
    let strip = ZonalStripRows(rows: rows, columns: columns, strips: strips, isWeighted: isWeighted)
    let end = beginning(before: rows.upperBound)
    let fresh = Array(order[begun..<end])
    begun = end
    let states = Dictionary(uniqueKeysWithValues: waiting.map { ($0.zone, $0) })
    var kept: [ZoneState?] = Array(repeating: nil, count: open.count + fresh.count)
    let work = open
    kept.withUnsafeMutableBufferPointer { keptBuffer in
      results.withUnsafeMutableBufferPointer { resultBuffer in
        nonisolated(unsafe) let (kept, results) = (keptBuffer, resultBuffer)
        nonisolated(unsafe) let (work, states) = (work, states)
        nonisolated(unsafe) let stream = self
        let block = max(1, min(64, kept.count / (threads * 8)))
        parallelBlocks(of: kept.count, threads: threads, block: block) { block in
          // Zones within the strip share one state, so that its buffers serve them all.
          var shared: ZoneState?
          for index in block {
            let state: ZoneState
            if index < work.count {
              state = work[index]
            } else {
              let zone = fresh[index - work.count]
              let isWhole = (stream.windows[zone]?.rows.upperBound ?? 0) <= rows.upperBound
              if let waiting = states[zone] {
                state = waiting
              } else if isWhole, let free = shared {
                state = free
              } else {
                state = ZoneState(variables: stream.variables, valueLimit: stream.valueLimit)
                if isWhole { shared = state }
              }
              if states[zone] == nil { state.reset(zone: zone) }
              state.begin(stream.zones[zone], on: stream.geometry)
            }
            state.take(strip)
            if (stream.windows[state.zone]?.rows.upperBound ?? 0) > rows.upperBound {
              kept[index] = state
            } else if state.endPass() {
              // The zone needs another pass: its state must not serve others.
              kept[index] = state
              if shared === state { shared = nil }
            } else {
              results[state.zone] = state.report(isWeighted: stream.isWeighted)
            }
          }
        }
      }
    }
    settle(kept.compactMap { $0 }, end: rows.upperBound, states)
  }

  /// Sorts the zones that are not done into those that go on and those that wait for another pass.
  private func settle(_ kept: [ZoneState], end: Int, _ states: [Int: ZoneState]) {
    open = []
    for state in kept {
      if (windows[state.zone]?.rows.upperBound ?? 0) > end {
        open.append(state)
      } else if states[state.zone] == nil {
        waiting.append(state)
      }
    }
    // Those that are done wait no longer.
    waiting.removeAll { results[$0.zone] != nil }
  }

  /// What was found of each zone, in their order, once no pass is left.
  public func reports() -> [ZonalReport] {
    let state = ZoneState(variables: variables, valueLimit: valueLimit)
    return results.indices.map { zone in
      if let result = results[zone] { return result }
      state.reset(zone: zone)
      state.begin(zones[zone], on: geometry)
      _ = state.endPass()
      return state.report(isWeighted: isWeighted)
    }
  }
}
