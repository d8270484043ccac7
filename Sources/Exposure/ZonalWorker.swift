import Grids

/// Computes zones one after the other and keeps its buffers between them; one for each block of zones.
final class ZonalWorker {
  private let geometry: GridGeometry
  private let variables: [ZonalVariable]
  private let classVariables: [ZonalClassVariable]
  private let sampleLimit: Int
  private let scanline = CoverageScanline()
  private var sums: [ValueSums]
  private var classSums: [ClassSums]

  /// - Parameter sampleLimit: Number of samples beyond which quantiles are found by histograms.
  init(
    geometry: GridGeometry, variables: [ZonalVariable], classVariables: [ZonalClassVariable],
    sampleLimit: Int = 1 << 20
  ) {
    self.geometry = geometry
    self.variables = variables
    self.classVariables = classVariables
    self.sampleLimit = sampleLimit
    sums = variables.map { ValueSums(thresholds: $0.thresholds.count) }
    classSums = classVariables.map { _ in ClassSums() }
  }

  func result(of polygons: [Polygon]) -> ZonalResult {
    for index in sums.indices { sums[index].reset() }
    for index in classSums.indices { classSums[index] = ClassSums() }
    let check = scanline.sweep(polygons, on: geometry) { row, first, coverage in
      for index in variables.indices {
        sums[index].add(
          variables[index], start: row * geometry.columns + first, coverage: coverage, sampleLimit: sampleLimit)
      }
      for index in classVariables.indices {
        classSums[index].add(classVariables[index], start: row * geometry.columns + first, coverage: coverage)
      }
    }
    let quantiles = findQuantiles(polygons)
    let area = check.polygonArea
    return ZonalResult(
      area: area, check: check,
      statistics: sums.indices.map { index in
        sums[index].statistics(quantiles: quantiles[index], geometry: geometry, zoneArea: area, check: check)
      },
      classes: classSums.indices.map { index in
        ZonalClasses(
          coverage: ZonalCoverage(
            valid: classSums[index].valid, nodata: classSums[index].nodata, cellArea: geometry.cellArea,
            zoneArea: area, check: check),
          areas: classSums[index].weights.mapValues { $0 * geometry.cellArea }, zoneArea: area)
      })
  }

  private func findQuantiles(_ polygons: [Polygon]) -> [[Float?]] {
    let large = sums.indices.filter { sums[$0].histogram != nil }
    if !large.isEmpty {
      for index in large { sums[index].histogram?.choose(variables[index].quantiles) }
      _ = scanline.sweep(polygons, on: geometry) { row, first, coverage in
        for index in large {
          sums[index].locate(variables[index], start: row * geometry.columns + first, coverage: coverage)
        }
      }
    }
    return sums.indices.map { index in
      let shares = variables[index].quantiles
      if shares.isEmpty { return [] }
      return sums[index].histogram?.values() ?? quantiles(shares, of: &sums[index].samples)
    }
  }
}

/// Running sums of one variable in one zone.
private struct ValueSums {
  var valid = 0.0
  var nodata = 0.0
  var counted = 0.0
  var sum = 0.0
  var minimum = Float.infinity
  var maximum = -Float.infinity
  var infiniteCells = 0
  var reached: [Double]
  var samples: [WeightedSample] = []
  var histogram: QuantileHistogram?

  init(thresholds: Int) { reached = Array(repeating: 0, count: thresholds) }

  mutating func reset() {
    valid = 0
    nodata = 0
    counted = 0
    sum = 0
    minimum = .infinity
    maximum = -.infinity
    infiniteCells = 0
    for index in reached.indices { reached[index] = 0 }
    samples.removeAll(keepingCapacity: true)
    histogram = nil
  }

  /// Takes a run of cells that starts at a cell's number.
  mutating func add(
    _ variable: ZonalVariable, start: Int, coverage: UnsafeBufferPointer<Double>, sampleLimit: Int
  ) {
    let countedFrom = variable.countedFrom ?? -.greatestFiniteMagnitude
    variable.grid.withUnsafeCells { base in
      let line = base + start
      var rowValid = 0.0
      var rowNodata = 0.0
      var rowCounted = 0.0
      var rowSum = 0.0
      var low = minimum
      var high = maximum
      for offset in 0..<coverage.count {
        let weight = coverage[offset]
        if weight == 0 { continue }
        let value = line[offset]
        guard value.isFinite else {
          rowNodata += weight
          if !value.isNaN { infiniteCells += 1 }
          continue
        }
        rowValid += weight
        if value < countedFrom { continue }
        rowCounted += weight
        rowSum += weight * Double(value)
        if weight > 1e-9 {
          low = min(low, value)
          high = max(high, value)
        }
      }
      valid += rowValid
      nodata += rowNodata
      counted += rowCounted
      sum += rowSum
      minimum = low
      maximum = high
      for (index, threshold) in variable.thresholds.enumerated() {
        var rowReached = 0.0
        for offset in 0..<coverage.count where line[offset] >= threshold && line[offset] < .infinity {
          rowReached += coverage[offset]
        }
        reached[index] += rowReached
      }
    }
    if variable.quantiles.isEmpty { return }
    if histogram == nil {
      forEachSample(variable, start: start, coverage: coverage) { samples.append($0) }
      if samples.count > sampleLimit {
        var counts = QuantileHistogram()
        for sample in samples { counts.count(sample) }
        histogram = counts
        samples = []
      }
    } else {
      forEachSample(variable, start: start, coverage: coverage) { histogram?.count($0) }
    }
  }

  /// Takes the same run again, for the second pass of a large zone.
  mutating func locate(_ variable: ZonalVariable, start: Int, coverage: UnsafeBufferPointer<Double>) {
    forEachSample(variable, start: start, coverage: coverage) { histogram?.locate($0) }
  }

  func statistics(
    quantiles: [Float?], geometry: GridGeometry, zoneArea: Double, check: CoverageCheck
  ) -> ZonalStatistics {
    ZonalStatistics(
      coverage: ZonalCoverage(
        valid: valid, nodata: nodata, cellArea: geometry.cellArea, zoneArea: zoneArea, check: check),
      infiniteCells: infiniteCells, count: counted, sum: valid > 0 ? sum : nil,
      mean: counted > 0 ? sum / counted : nil,
      minimum: minimum <= maximum ? minimum : nil, maximum: minimum <= maximum ? maximum : nil,
      quantiles: quantiles, areasAtOrAbove: reached.map { valid > 0 ? $0 * geometry.cellArea : nil })
  }
}

/// Calls `body` for each counted cell of a run.
private func forEachSample(
  _ variable: ZonalVariable, start: Int, coverage: UnsafeBufferPointer<Double>, _ body: (WeightedSample) -> Void
) {
  let countedFrom = variable.countedFrom ?? -.greatestFiniteMagnitude
  variable.grid.withUnsafeCells { base in
    let line = base + start
    for offset in 0..<coverage.count where coverage[offset] > 0 {
      let value = line[offset]
      if value >= countedFrom && value < .infinity {
        body(WeightedSample(value: value, weight: coverage[offset]))
      }
    }
  }
}

/// Running sums of one grid of classes in one zone.
private struct ClassSums {
  var valid = 0.0
  var nodata = 0.0
  var weights: [Int32: Double] = [:]

  mutating func add(_ variable: ZonalClassVariable, start: Int, coverage: UnsafeBufferPointer<Double>) {
    switch variable.codes {
    case .int32(let grid):
      grid.withUnsafeCells { add(coverage, noData: variable.noData, line: $0 + start) }
    case .uint8(let grid):
      grid.withUnsafeCells { add(coverage, noData: variable.noData, line: $0 + start) }
    }
  }

  private mutating func add<Code: FixedWidthInteger>(
    _ coverage: UnsafeBufferPointer<Double>, noData: Int32?, line: UnsafePointer<Code>
  ) {
    // Neighbours mostly share a class: one look-up for each stretch of it.
    var stretch = 0.0
    var code: Code?
    func book(_ code: Code?, _ weight: Double, _ sums: inout ClassSums) {
      guard let code, weight > 0 else { return }
      if let noData, Int32(truncatingIfNeeded: code) == noData {
        sums.nodata += weight
      } else {
        sums.valid += weight
        sums.weights[Int32(truncatingIfNeeded: code), default: 0] += weight
      }
    }
    for offset in 0..<coverage.count where coverage[offset] > 0 {
      if line[offset] != code {
        book(code, stretch, &self)
        code = line[offset]
        stretch = 0
      }
      stretch += coverage[offset]
    }
    book(code, stretch, &self)
  }
}
