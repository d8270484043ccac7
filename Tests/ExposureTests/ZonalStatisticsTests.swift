import Grids
import TestSupport
import Testing

@testable import Exposure

/// Random values with holes: NaN, infinities, zeros and repeated values.
private func randomGrid(_ geometry: GridGeometry, _ random: inout SeededGenerator) -> Grid<Float> {
  Grid(
    geometry,
    cells: (0..<geometry.count).map { _ in
      switch random.next() % 12 {
      case 0: .nan
      case 1: random.next() % 4 == 0 ? .infinity : -.infinity
      case 2: 0
      case 3: -0.0
      case 4: 1.5
      default: Float(random.unit() * 8 - 2)
      }
    })
}

private func randomZones(_ count: Int, _ random: inout SeededGenerator, reach: Double) -> [[Polygon]] {
  (0..<count).map { _ in
    let size = 0.2 + random.unit() * 6
    return [
      polygon(
        star(
          around: (random.unit() * reach, random.unit() * reach), corners: 7, radius: size...1.5 * size, using: &random)
      )
    ]
  }
}

@Suite struct ZonalStatisticsTests {
  @Test func aPlaneHasTheMeanOfItsCentroid() throws {
    let geometry = testGeometry(columns: 20, rows: 20)
    var plane = Grid<Float>(geometry, repeating: 0)
    for row in 0..<20 {
      for column in 0..<20 { plane[column, row] = Float(column * 2 - row * 3) }
    }
    // Columns 2…7 and rows 4…12 in whole cells: centroid at column 4.5, row 8.
    let zone = [rectangle(2...8, 7...16)]
    let result = try zonalStatistics(of: [zone], variables: [ZonalVariable(plane)], threads: 1)[0]
    let statistics = result.statistics[0]
    #expect(result.area == 54 && statistics.count == 54)
    #expect(statistics.mean == 4.5 * 2 - 8 * 3)
    #expect(statistics.sum == -810.0)
    #expect(statistics.minimum == 4 - 36 && statistics.maximum == 14 - 12)
    #expect(statistics.coverage.coveredFraction == 1 && statistics.coverage.outsideFraction == 0)
  }

  @Test func nothingCoveredIsNotZero() throws {
    let values = grid([[.nan, .nan, 3], [.nan, .infinity, 0]] as [[Float]])
    let variable = ZonalVariable(values, quantiles: [0.5], thresholds: [0])
    let results = try zonalStatistics(
      of: [
        [rectangle(5...6, 0...1)], [rectangle(0...2, 0...2)], [rectangle(2...4, 0...1)], [rectangle(0...3, 0...1)], [],
      ],
      variables: [variable], threads: 1)
    for index in [0, 1, 4] {
      let statistics = results[index].statistics[0]
      #expect(statistics.count == 0 && statistics.coverage.coveredFraction == 0)
      #expect(statistics.sum == nil && statistics.mean == nil && statistics.minimum == nil)
      #expect(statistics.maximum == nil && statistics.quantiles == [nil] && statistics.areasAtOrAbove == [nil])
    }
    #expect(results[0].statistics[0].coverage.outsideFraction == 1)
    #expect(results[0].statistics[0].coverage.nodataFraction == 0)
    #expect(results[1].statistics[0].coverage.nodataFraction == 1)
    #expect(results[1].statistics[0].coverage.outsideFraction == 0)
    #expect(results[1].statistics[0].infiniteCells == 1)
    #expect(results[4].statistics[0].coverage.outsideFraction == 1)
    // Half outside, with a true zero.
    #expect(results[2].statistics[0].coverage.coveredFraction == 0.5)
    #expect(results[2].statistics[0].coverage.outsideFraction == 0.5)
    #expect(results[2].statistics[0].mean == 0 && results[2].statistics[0].areasAtOrAbove == [1])
    #expect(abs(results[3].statistics[0].coverage.nodataFraction - 2.0 / 3) < 1e-15)
  }

  @Test func sharesOfTheDamageExample() throws {
    // Quarters of a 10 × 10 field: 0.5 and 3 in the south, 0 and no data in the north.
    let geometry = testGeometry(columns: 10, rows: 10)
    var depth = Grid<Float>(geometry, repeating: 0)
    for row in 0..<10 {
      for column in 0..<10 { depth[column, row] = row < 5 ? (column < 5 ? 0 : .nan) : (column < 5 ? 0.5 : 3) }
    }
    let zones = [
      rectangle(1...3, 1...3), rectangle(4.5...5.5, 1...2), rectangle(8...9, 8...9), rectangle(4.5...5.5, 4.5...5.5),
    ]
    let results = try zonalStatistics(
      of: zones.map { [$0] }, variables: [ZonalVariable(depth, thresholds: [0.5, 1])], threads: 1)
    let statistics = results.map { $0.statistics[0] }
    #expect(statistics.map(\.mean) == [0.5, 1.75, nil, (0.5 + 3) / 3])
    #expect(statistics.map(\.coverage.coveredFraction) == [1, 1, 0, 0.75])
    #expect(statistics.map(\.coverage.nodataFraction) == [0, 0, 1, 0.25])
    #expect(statistics.map(\.areasAtOrAbove) == [[4, 0], [1, 0.5], [nil, nil], [0.5, 0.25]])
  }

  @Test func onlyWetCellsAreCounted() throws {
    let depth = grid([[0, 0.25, 1], [.nan, 0.05, 0.75]] as [[Float]], cell: 2)
    let result = try zonalStatistics(
      of: [[rectangle(0...6, 0...4)]],
      variables: [
        ZonalVariable(depth, countedFrom: 0.05, quantiles: [0.5, 1]), ZonalVariable(depth, countedFrom: 9),
      ],
      threads: 1)[0]
    #expect(result.statistics[0].count == 4)
    #expect(abs(result.statistics[0].mean! - 0.5125) < 1e-8)
    #expect(result.statistics[0].quantiles == [0.25, 1])
    #expect(result.statistics[0].minimum == 0.05)
    // Covered but nothing counted: the sum is a true 0, the mean does not exist.
    #expect(result.statistics[1].count == 0 && result.statistics[1].sum == 0 && result.statistics[1].mean == nil)
    #expect(abs(result.statistics[1].coverage.coveredFraction - 5.0 / 6) < 1e-15)
  }

  @Test func agreesWithTheObviousImplementation() throws {
    var random = SeededGenerator(seed: 31)
    let geometry = testGeometry(columns: 15, rows: 15, cell: 1)
    let values = randomGrid(geometry, &random)
    let zones = randomZones(150, &random, reach: 18)
    let shares = [0, 0.25, 0.5, 0.95, 1]
    let results = try zonalStatistics(
      of: zones, variables: [ZonalVariable(values, quantiles: shares, thresholds: [0, 1.5])], threads: 2)
    for (zone, result) in zip(zones, results) {
      let coverage = cellCoverage(of: zone, on: geometry)
      var pairs: [(Float, Double)] = []
      var nodata = 0.0
      for row in 0..<15 {
        for column in 0..<15 where coverage[column, row] > 0 {
          if values[column, row].isFinite {
            pairs.append((values[column, row], coverage[column, row]))
          } else {
            nodata += coverage[column, row]
          }
        }
      }
      let weight = pairs.reduce(0) { $0 + $1.1 }
      let sum = pairs.reduce(0) { $0 + $1.1 * Double($1.0) }
      let statistics = result.statistics[0]
      #expect(abs(statistics.count - weight) < 1e-12)
      #expect(abs(statistics.coverage.nodataFraction - nodata / result.area) < 1e-12)
      let shareSum =
        statistics.coverage.coveredFraction + statistics.coverage.nodataFraction + statistics.coverage.outsideFraction
      #expect(abs(shareSum - 1) < 1e-9)
      #expect(statistics.coverage.outsideFraction >= 0)
      guard weight > 0 else {
        #expect(statistics.mean == nil)
        continue
      }
      #expect(abs(statistics.sum! - sum) < 1e-11 && abs(statistics.mean! - sum / weight) < 1e-10)
      #expect(statistics.minimum == pairs.filter { $0.1 > 1e-9 }.map(\.0).min())
      #expect(statistics.maximum == pairs.filter { $0.1 > 1e-9 }.map(\.0).max())
      for (index, threshold) in [Float(0), 1.5].enumerated() {
        let area = pairs.filter { $0.0 >= threshold }.reduce(0) { $0 + $1.1 }
        #expect(abs(statistics.areasAtOrAbove[index]! - area) < 1e-12)
      }
      for (index, share) in shares.enumerated() {
        // Smallest value v with weight(≤ v) ≥ share of all.
        let slow = pairs.map(\.0).sorted().first { value in
          pairs.filter { $0.0 <= value }.reduce(0) { $0 + $1.1 } >= share * weight - 1e-12 * weight
        }
        #expect(statistics.quantiles[index] == slow)
      }
      let samples = zonalSamples(of: zone, on: values)
      #expect(samples.values.count == pairs.count && samples.coverage == statistics.coverage)
      #expect(weightedQuantile(0.95, values: samples.values, weights: samples.weights) == statistics.quantiles[3])
    }
  }

  @Test func threadsDoNotChangeABit() throws {
    var random = SeededGenerator(seed: 32)
    let geometry = testGeometry(columns: 40, rows: 40)
    let values = randomGrid(geometry, &random)
    let classes = values.map(threads: 1) { $0.isFinite ? Int32($0) : .min }
    let zones = randomZones(300, &random, reach: 44)
    func run(_ threads: Int) throws -> [ZonalResult] {
      try zonalStatistics(
        of: zones, variables: [ZonalVariable(values, quantiles: [0.5], thresholds: [1])],
        classVariables: [ZonalClassVariable(classes)], threads: threads)
    }
    let reference = try run(1)
    #expect(try run(2) == reference)
    #expect(try run(5) == reference)
  }

  @Test func zonesOfATessellationAddUpToTheWhole() throws {
    var random = SeededGenerator(seed: 33)
    let geometry = testGeometry(columns: 24, rows: 24)
    let values = randomGrid(geometry, &random)
    // Strips with slanted borders over the whole field and a bit beyond.
    let borders = (0...5).map { index in (Double(index) * 4 + random.unit(), Double(index) * 4 + random.unit()) }
    var strips = (0..<5).map { index in
      [polygon([(borders[index].0, 0), (borders[index + 1].0, 0), (borders[index + 1].1, 24), (borders[index].1, 24)])]
    }
    strips.append([polygon([(-1, 0), (borders[0].0, 0), (borders[0].1, 24), (-1, 24)])])
    strips.append([polygon([(borders[5].0, 0), (26, 0), (26, 24), (borders[5].1, 24)])])
    let variable = ZonalVariable(values, thresholds: [1])
    let parts = try zonalStatistics(of: strips, variables: [variable], threads: 2).map { $0.statistics[0] }
    let whole = try zonalStatistics(of: [[rectangle(0...24, 0...24)]], variables: [variable], threads: 1)[0].statistics[
      0]
    #expect(abs(parts.reduce(0) { $0 + $1.count } - whole.count) < 1e-10)
    #expect(abs(parts.reduce(0) { $0 + $1.sum! } - whole.sum!) < 1e-10)
    #expect(abs(parts.reduce(0) { $0 + $1.areasAtOrAbove[0]! } - whole.areasAtOrAbove[0]!) < 1e-10)
  }

  @Test func histogramsGiveTheQuantilesOfSorting() {
    var random = SeededGenerator(seed: 34)
    let geometry = testGeometry(columns: 30, rows: 30)
    let values = randomGrid(geometry, &random)
    let variables = [
      ZonalVariable(values, quantiles: [0, 0.1, 0.5, 0.5, 0.95, 1]), ZonalVariable(values),
      ZonalVariable(values, countedFrom: 1, quantiles: [0.3]),
    ]
    let sorting = ZonalWorker(geometry: geometry, variables: variables, classVariables: [])
    for zone in randomZones(60, &random, reach: 30) {
      for limit in [0, 7, 40] {
        let counting = ZonalWorker(geometry: geometry, variables: variables, classVariables: [], valueLimit: limit)
        #expect(counting.result(of: zone) == sorting.result(of: zone))
      }
    }
  }

  @Test func classesAreMeasuredNotAveraged() throws {
    let codes = grid([[11, 11, 30], [.min, 30, 30]] as [[Int32]], cell: 2)
    let bytes = grid([[1, 1, 2], [255, 2, 0]] as [[UInt8]], cell: 2)
    let result = try zonalStatistics(
      of: [[rectangle(0...6, 1...4)], [rectangle(0...1, 0...1)]], variables: [],
      classVariables: [ZonalClassVariable(codes), ZonalClassVariable(bytes, noData: 255)], threads: 1)
    #expect(result[0].classes[0].areas == [11: 8, 30: 8])
    #expect(result[0].classes[0].fraction(of: 11) == 8.0 / 18)
    #expect(result[0].classes[0].fraction(of: 99) == 0)
    #expect(abs(result[0].classes[0].coverage.nodataFraction - 2.0 / 18) < 1e-15)
    #expect(result[0].classes[1].areas == [0: 2, 1: 8, 2: 6])
    #expect(result[1].classes[0].areas == [:] && result[1].classes[0].fraction(of: 11) == nil)
    #expect(result[1].classes[0].coverage.nodataFraction == 1)
  }

  @Test func gridsThatDoNotLieOnEachOtherAreRefused() {
    let a = Grid<Float>(testGeometry(columns: 3, rows: 3), repeating: 1)
    let b = Grid<Float>(testGeometry(columns: 3, rows: 4), repeating: 1)
    #expect(throws: GeometryMismatch.self) {
      try zonalStatistics(of: [], variables: [ZonalVariable(a), ZonalVariable(b)], threads: 1)
    }
  }
}

@Suite struct WeightedQuantileTests {
  @Test func writtenOutCases() {
    let values: [Float] = [3, 1, 2, 4]
    let ones = [1.0, 1, 1, 1]
    #expect(weightedQuantile(0, values: values, weights: ones) == 1)
    #expect(weightedQuantile(0.25, values: values, weights: ones) == 1)
    #expect(weightedQuantile(0.26, values: values, weights: ones) == 2)
    #expect(weightedQuantile(0.5, values: values, weights: ones) == 2)
    #expect(weightedQuantile(0.95, values: values, weights: ones) == 4)
    #expect(weightedQuantile(0.5, values: values, weights: [7, 1, 1, 1]) == 3)
    #expect(weightedQuantile(1, values: values, weights: [1, 1, 1, 0]) == 3)
    #expect(weightedQuantile(0.5, values: [], weights: []) == nil)
    #expect(weightedQuantile(0.5, values: [1], weights: [0]) == nil)
    #expect(weightedQuantile(0.5, values: [-1, -0.0, -3], weights: [1, 1, 1]) == -1)
    // Three tenths of ten tenths, although neither is a binary fraction.
    #expect(weightedQuantile(0.3, values: (1...10).map(Float.init), weights: Array(repeating: 0.1, count: 10)) == 3)
  }

  @Test func wholeWeightsAreRepetitions() {
    var random = SeededGenerator(seed: 35)
    for _ in 0..<200 {
      let values = (0..<9).map { _ in Float(random.next() % 7) - 3 }
      let weights = (0..<9).map { _ in Double(random.next() % 5) }
      let repeated = zip(values, weights).flatMap { Array(repeating: $0.0, count: Int($0.1)) }.sorted()
      guard !repeated.isEmpty else { continue }
      for share in [0.0, 0.1, 0.5, 0.9, 1] {
        let rank = max(1, Int((share * Double(repeated.count) - 1e-9).rounded(.up)))
        #expect(weightedQuantile(share, values: values, weights: weights) == repeated[rank - 1])
        #expect(weightedQuantile(share, values: values.reversed(), weights: weights.reversed()) == repeated[rank - 1])
      }
    }
  }
}
