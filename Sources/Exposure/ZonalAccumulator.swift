import Grids

/// Running sums of one raster in one zone.
///
/// Cells are added run by run; every run is summed by itself, so that the result depends on the rows of the zone alone.
struct ZonalAccumulator {
  private let question: ZonalQuestion
  /// Turns keys back into values.
  private let valueOfKey: @Sendable (UInt64) -> Double
  private let keyGroups: Int
  private let countedFrom: Double
  private(set) var valid = 0.0
  private var nodata = 0.0
  private var validWeight = 0.0
  private var counted = 0.0
  private var sum = 0.0
  private var mean = 0.0
  private var squares = 0.0
  private var minimum = Double.infinity
  private var maximum = -Double.infinity
  private var infiniteCells = 0
  private var reached: [Double]
  private var table: WeightTable
  private var search: QuantileSearch?
  private var isTooVaried = false

  /// Number of different values of a zone up to which the weight of each is kept.
  static let mostValues = 1 << 20

  /// - Parameter valueLimit: Number of different values beyond which quantiles are searched in several passes.
  init<Value: ZonalValue>(_ question: ZonalQuestion, of: Value.Type, valueLimit: Int) {
    self.question = question
    valueOfKey = { Value.value(ofKey: $0) }
    keyGroups = Value.keyGroups
    countedFrom = question.countedFrom ?? -.greatestFiniteMagnitude
    reached = Array(repeating: 0, count: question.thresholds.count)
    table = WeightTable(limit: question.needsTable ? Self.mostValues : valueLimit)
  }

  /// Forgets all cells.
  mutating func reset() {
    valid = 0
    nodata = 0
    validWeight = 0
    counted = 0
    sum = 0
    mean = 0
    squares = 0
    minimum = .infinity
    maximum = -.infinity
    infiniteCells = 0
    for index in reached.indices { reached[index] = 0 }
    table.removeAll()
    search = nil
    isTooVaried = false
  }

  /// Whether the cells must be taken once more by ``locate(_:shares:weights:)``.
  var needsPass: Bool { search?.needsPass ?? false }

  /// Takes a run of cells.
  /// - Parameters:
  ///   - values: NaN and infinities are no data.
  ///   - shares: What the zone has of each cell.
  ///   - weights: What each cell counts; NaN for none, which is no data too.
  mutating func add<Value: ZonalValue>(
    _ values: UnsafePointer<Value>, shares: UnsafeBufferPointer<Double>, weights: UnsafePointer<Double>
  ) {
    var runValid = 0.0
    var runNodata = 0.0
    var runValidWeight = 0.0
    var runCounted = 0.0
    var runSum = 0.0
    let least: Value = leastCounted()
    var low = minimum
    var high = maximum
    for offset in 0..<shares.count {
      let share = shares[offset]
      if share == 0 { continue }
      let value = values[offset]
      let weight = weights[offset]
      guard value.isFinite, weight.isFinite else {
        runNodata += share
        if !value.isFinite, !value.isNaN { infiniteCells += 1 }
        continue
      }
      runValid += share
      runValidWeight += weight
      if value < least { continue }
      let number = Double(value)
      runCounted += weight
      runSum += weight * number
      if share > 1e-9, weight > 0 {
        low = number < low ? number : low
        high = number > high ? number : high
      }
    }
    valid += runValid
    nodata += runNodata
    validWeight += runValidWeight
    minimum = low
    maximum = high
    if question.wantsVariance, runCounted > 0 {
      addSquares(values, shares, weights, runMean: runSum / runCounted, runCounted: runCounted)
    }
    counted += runCounted
    sum += runSum
    for (index, threshold) in question.thresholds.enumerated() {
      // In the raster's precision: 0.7 of single precision is less than 0.7 of double.
      let bound = Value(threshold)
      var runReached = 0.0
      for offset in 0..<shares.count
      where values[offset] >= bound && values[offset] < .infinity && weights[offset] > 0 {
        runReached += weights[offset]
      }
      reached[index] += runReached
    }
    if !question.quantiles.isEmpty || question.needsTable { tabulate(values, shares, weights) }
  }

  /// Merges the squared deviations of a run with those before it.
  ///
  /// Chan, Golub and LeVeque (1979), equation 2.1, with weights for counts.
  private mutating func addSquares<Value: ZonalValue>(
    _ values: UnsafePointer<Value>, _ shares: UnsafeBufferPointer<Double>, _ weights: UnsafePointer<Double>,
    runMean: Double, runCounted: Double
  ) {
    let least: Value = leastCounted()
    var runSquares = 0.0
    for offset in 0..<shares.count
    where weights[offset] > 0 && values[offset] >= least && values[offset] < .infinity {
      let deviation = Double(values[offset]) - runMean
      runSquares += weights[offset] * deviation * deviation
    }
    let total = counted + runCounted
    let step = runMean - mean
    squares += runSquares + step * step * counted * (runCounted / total)
    mean += step * (runCounted / total)
  }

  private mutating func tabulate<Value: ZonalValue>(
    _ values: UnsafePointer<Value>, _ shares: UnsafeBufferPointer<Double>, _ weights: UnsafePointer<Double>
  ) {
    let least: Value = leastCounted()
    if search == nil, !isTooVaried {
      for offset in 0..<shares.count where weights[offset] > 0 {
        let value = values[offset]
        if value >= least && value < .infinity { table.add(value.orderedKey, weight: weights[offset]) }
      }
      if table.isCrowded { giveUpTable() }
    } else {
      for offset in 0..<shares.count where weights[offset] > 0 {
        let value = values[offset]
        if value >= least && value < .infinity { search?.count(value.orderedKey, weight: weights[offset]) }
      }
    }
  }

  private mutating func giveUpTable() {
    isTooVaried = true
    if !question.quantiles.isEmpty {
      var search = QuantileSearch(question.quantiles, groups: keyGroups)
      for sample in table.samples { search.count(sample.key, weight: sample.weight) }
      self.search = search
    }
    table = WeightTable(limit: 0)
  }

  /// Takes a run of cells in a pass after the first.
  mutating func locate<Value: ZonalValue>(
    _ values: UnsafePointer<Value>, shares: UnsafeBufferPointer<Double>, weights: UnsafePointer<Double>
  ) {
    let least: Value = leastCounted()
    for offset in 0..<shares.count where weights[offset] > 0 {
      let value = values[offset]
      if value >= least && value < .infinity { search?.count(value.orderedKey, weight: weights[offset]) }
    }
  }

  private func leastCounted<Value: ZonalValue>() -> Value { max(Value(countedFrom), -.greatestFiniteMagnitude) }

  /// Makes room for another pass.
  mutating func beginPass() { search?.beginPass() }

  /// Ends a pass over the cells.
  mutating func endPass() { search?.endPass() }

  /// The statistics, once no pass is needed.
  /// - Parameters:
  ///   - check: What the sweep told of the zone.
  ///   - measureOfShare: What a share of 1 measures.
  ///   - isWeighted: Whether there is a raster of weights: shares of classes are shares of the weight then.
  mutating func summary(check: CoverageCheck, measureOfShare: Double, isWeighted: Bool) -> ZonalSummary {
    var summary = ZonalSummary(
      coverage: ZonalCoverage(
        valid: valid, nodata: nodata, cellArea: measureOfShare, zoneArea: check.polygonArea, check: check))
    summary.infiniteCells = infiniteCells
    summary.count = counted
    summary.sum = valid > 0 ? sum : nil
    summary.mean = counted > 0 ? sum / counted : nil
    if question.wantsVariance, counted > 0 { summary.variance = max(0, squares / counted) }
    if minimum <= maximum {
      summary.minimum = minimum
      summary.maximum = maximum
    }
    let whole = isWeighted ? validWeight : check.polygonArea / measureOfShare
    func share(_ weight: Double) -> Double? {
      guard valid > 0, whole > 0 else { return nil }
      return abs(weight / whole - 1) <= CoverageCheck.roundingError ? 1 : weight / whole
    }
    summary.sharesAtOrAbove = reached.map(share)
    if let search {
      summary.quantiles = search.keys.map { valueOfKey($0) }
    } else if !question.quantiles.isEmpty {
      table.merge()
      summary.quantiles = table.quantiles(question.quantiles).map { $0.map(valueOfKey) }
    }
    guard question.needsTable else { return summary }
    table.merge()
    if isTooVaried || table.isCrowded {
      summary.isTooVaried = true
      summary.classShares = question.classes.map { _ in nil }
      return summary
    }
    summary.classShares = question.classes.map { share(table.weight(of: key(of: $0))) }
    guard question.wantsModes else { return summary }
    summary.mode = (table.extremes?.most).map(valueOfKey)
    summary.minority = (table.extremes?.least).map(valueOfKey)
    summary.variety = valid > 0 ? table.samples.count : nil
    return summary
  }

  /// The key of a value as the raster holds it.
  private func key(of value: Double) -> UInt64 {
    keyGroups == Float.keyGroups ? Float(value).orderedKey : value.orderedKey
  }

  /// Area with a value at or above each threshold.
  func areasAtOrAbove(cellArea: Double) -> [Double?] { reached.map { valid > 0 ? $0 * cellArea : nil } }
}
