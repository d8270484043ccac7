import Grids

/// Computes zones one after the other and keeps its buffers between them; one for each block of zones.
final class ZonalWorker {
  private let geometry: GridGeometry
  private let variables: [ZonalVariable]
  private let classVariables: [ZonalClassVariable]
  private let scanline = CoverageScanline()
  private var sums: [ZonalAccumulator]
  private var classSums: [ClassSums]

  /// - Parameter valueLimit: Number of different values of a zone beyond which quantiles are searched in two passes.
  init(
    geometry: GridGeometry, variables: [ZonalVariable], classVariables: [ZonalClassVariable],
    valueLimit: Int = 1 << 20
  ) {
    self.geometry = geometry
    self.variables = variables
    self.classVariables = classVariables
    sums = variables.map { ZonalAccumulator($0.question, of: Float.self, valueLimit: valueLimit) }
    classSums = classVariables.map { _ in ClassSums() }
  }

  func result(of polygons: [Polygon]) -> ZonalResult {
    for index in sums.indices { sums[index].reset() }
    for index in classSums.indices { classSums[index] = ClassSums() }
    let check = scanline.sweep(polygons, on: geometry) { row, first, coverage in
      guard let weights = coverage.baseAddress else { return }
      let start = row * geometry.columns + first
      for index in variables.indices {
        variables[index].grid.withUnsafeCells { sums[index].add($0 + start, shares: coverage, weights: weights) }
      }
      for index in classVariables.indices {
        classSums[index].add(classVariables[index], start: start, coverage: coverage)
      }
    }
    searchQuantiles(polygons)
    let area = check.polygonArea
    return ZonalResult(
      area: area, check: check,
      statistics: sums.indices.map { index in
        ZonalStatistics(
          sums[index].summary(check: check, measureOfShare: geometry.cellArea, isWeighted: false),
          areasAtOrAbove: sums[index].areasAtOrAbove(cellArea: geometry.cellArea))
      },
      classes: classSums.indices.map { index in
        ZonalClasses(
          coverage: ZonalCoverage(
            valid: classSums[index].valid, nodata: classSums[index].nodata, cellArea: geometry.cellArea,
            zoneArea: area, check: check),
          areas: classSums[index].weights.mapValues { $0 * geometry.cellArea }, zoneArea: area)
      })
  }

  private func searchQuantiles(_ polygons: [Polygon]) {
    for index in sums.indices { sums[index].endPass() }
    while true {
      let open = sums.indices.filter { sums[$0].needsPass }
      if open.isEmpty { return }
      for index in open { sums[index].beginPass() }
      _ = scanline.sweep(polygons, on: geometry) { row, first, coverage in
        guard let weights = coverage.baseAddress else { return }
        for index in open {
          variables[index].grid.withUnsafeCells {
            sums[index].locate($0 + (row * geometry.columns + first), shares: coverage, weights: weights)
          }
        }
      }
      for index in open { sums[index].endPass() }
    }
  }
}

extension ZonalVariable {
  fileprivate var question: ZonalQuestion {
    var question = ZonalQuestion()
    question.countedFrom = countedFrom.map(Double.init)
    question.quantiles = quantiles
    question.thresholds = thresholds.map(Double.init)
    return question
  }
}

extension ZonalStatistics {
  fileprivate init(_ summary: ZonalSummary, areasAtOrAbove: [Double?]) {
    self.init(
      coverage: summary.coverage, infiniteCells: summary.infiniteCells, count: summary.count, sum: summary.sum,
      mean: summary.mean, minimum: summary.minimum.map { Float($0) }, maximum: summary.maximum.map { Float($0) },
      quantiles: summary.quantiles.map { $0.map { Float($0) } }, areasAtOrAbove: areasAtOrAbove)
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
