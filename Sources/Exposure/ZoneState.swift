import Grids

/// What is known of one zone while strips pass by.
final class ZoneState {
  private(set) var zone = 0
  private var sweep = ZoneSweep()
  private var sums: [ZonalAccumulator]
  private var isFirstPass = true
  /// What the cells of a run count, where there are weights.
  private var weights: [Double] = []

  init(variables: [ZonalStreamVariable], valueLimit: Int) {
    sums = variables.map { variable in
      variable.isDouble
        ? ZonalAccumulator(variable.question, of: Double.self, valueLimit: valueLimit)
        : ZonalAccumulator(variable.question, of: Float.self, valueLimit: valueLimit)
    }
  }

  /// Forgets the zone before.
  func reset(zone: Int) {
    self.zone = zone
    isFirstPass = true
    for index in sums.indices { sums[index].reset() }
  }

  /// Prepares a pass over the zone.
  func begin(_ shape: Shape, on geometry: GridGeometry) {
    sweep.begin(shape, on: geometry)
    if !isFirstPass { for index in sums.indices { sums[index].beginPass() } }
  }

  /// Takes what the zone has of a strip.
  func take(_ strip: ZonalStripRows) {
    sweep.advance(to: strip.rows.upperBound) { row, first, shares in
      guard let own = shares.baseAddress else { return }
      let start = strip.start(row: row, column: first)
      guard strip.isWeighted else {
        add(strip, start, shares, own)
        return
      }
      weights.removeAll(keepingCapacity: true)
      strip.withWeight(start) { weight in
        for offset in 0..<shares.count { weights.append(shares[offset] * weight(offset)) }
      }
      weights.withUnsafeBufferPointer { if let base = $0.baseAddress { add(strip, start, shares, base) } }
    }
  }

  private func add(
    _ strip: ZonalStripRows, _ start: Int, _ shares: UnsafeBufferPointer<Double>, _ weights: UnsafePointer<Double>
  ) {
    for index in sums.indices where isFirstPass || sums[index].needsPass {
      switch strip.strips[index] {
      case .single(let grid):
        grid.withUnsafeCells {
          if isFirstPass {
            sums[index].add($0 + start, shares: shares, weights: weights)
          } else {
            sums[index].locate($0 + start, shares: shares, weights: weights)
          }
        }
      case .double(let grid):
        grid.withUnsafeCells {
          if isFirstPass {
            sums[index].add($0 + start, shares: shares, weights: weights)
          } else {
            sums[index].locate($0 + start, shares: shares, weights: weights)
          }
        }
      }
    }
  }

  /// Ends a pass over the zone; returns whether another one is needed.
  func endPass() -> Bool {
    isFirstPass = false
    for index in sums.indices where sums[index].needsPass { sums[index].endPass() }
    guard sums.contains(where: { $0.needsPass }) else { return false }
    // Edges are not kept while other zones are swept.
    sweep = ZoneSweep()
    return true
  }

  func report(isWeighted: Bool) -> ZonalReport {
    let check = sweep.end()
    return ZonalReport(
      size: check.polygonArea, check: check,
      summaries: sums.indices.map {
        sums[$0].summary(check: check, measureOfShare: sweep.measureOfShare, isWeighted: isWeighted)
      })
  }
}

/// The strips of all rasters, and where they lie on the grid.
struct ZonalStripRows {
  let rows: Range<Int>
  let columns: Range<Int>
  let strips: [ZonalStrip]
  let isWeighted: Bool

  /// Number in the strips of a cell of the grid.
  func start(row: Int, column: Int) -> Int {
    (row - rows.lowerBound) * columns.count + column - columns.lowerBound
  }

  /// Lends the weights of the cells from a number on; NaN where there is none.
  func withWeight(_ start: Int, _ body: ((Int) -> Double) -> Void) {
    switch strips[strips.count - 1] {
    case .single(let grid): grid.withUnsafeCells { cells in body { Double(cells[start + $0]) } }
    case .double(let grid): grid.withUnsafeCells { cells in body { cells[start + $0] } }
    }
  }
}
