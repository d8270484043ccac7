import Foundation
import Grids
import Landslide
import TestSupport
import Testing

private func tangent(_ degrees: Double) -> Double { tan(degrees * .pi / 180) }

/// T/R 2000…3000 m, C 0…0.25, φ 30…45°, density ratio 0.5.
private let usual = StabilityIndexRanges(
  cohesion: 0...0.25, frictionTangent: tangent(30)...tangent(45), rechargeRatio: 1 / 3000...1 / 2000)

private func index(_ ranges: StabilityIndexRanges, degrees: Double, area: Double) -> Double {
  StabilityIndex.index(ranges, slopeTangent: tangent(degrees), specificCatchmentArea: area)
}

/// The factor of safety as it is written in angles.
private func safety(_ c: Double, _ t: Double, _ x: Double, _ r: Double, _ degrees: Double, _ area: Double) -> Double {
  let angle = degrees * .pi / 180
  let w = min(1, x * area / sin(angle))
  return (c + cos(angle) * (1 - w * r) * t) / sin(angle)
}

/// Probability by a sum over a fine lattice: slow, plain, and blind to how the integral is done.
private func latticeProbability(_ ranges: StabilityIndexRanges, _ degrees: Double, _ area: Double, _ n: Int) -> Double {
  func points(_ range: ClosedRange<Double>) -> [Double] {
    (0..<n).map { range.lowerBound + (range.upperBound - range.lowerBound) * (Double($0) + 0.5) / Double(n) }
  }
  var count = 0.0
  let needed = sin(degrees * .pi / 180)
  for x in points(ranges.rechargeRatio) {
    let k = cos(degrees * .pi / 180) * (1 - ranges.densityRatio * min(1, x * area / needed))
    for t in points(ranges.frictionTangent) {
      // Share of the cohesions that are enough.
      let (c1, c2) = (ranges.cohesion.lowerBound, ranges.cohesion.upperBound)
      let least = needed - k * t
      count += c1 == c2 ? (c1 > least ? 1 : 0) : min(max((c2 - least) / (c2 - c1), 0), 1)
    }
  }
  return count / Double(n * n)
}

@Suite struct StabilityIndexTests {
  @Test func publishedProgram() {
    let table: [(area: Double, indices: [Double])] = [
      (5, [3.250746, 1.580459, 1.234470, 0.999994, 0.940381, 0.749459, 0.415392, 0.116792]),
      (10, [3.227176, 1.574662, 1.230807, 0.999976, 0.939257, 0.747261, 0.412532, 0.115332]),
      (50, [3.038616, 1.528283, 1.201511, 0.999386, 0.929795, 0.729174, 0.389877, 0.103928]),
      (100, [2.802915, 1.470309, 1.164890, 0.997489, 0.916754, 0.705274, 0.362140, 0.090364]),
      (5000, [.nan, 0.949580, 0.729355, 0.366025, 0.085449, 0, 0, 0]),
    ]
    for (area, indices) in table {
      for (degrees, value) in zip([10.0, 20, 25, 30, 35, 40, 45, 50], indices) where !value.isNaN {
        #expect(abs(index(usual, degrees: degrees, area: area) - value) < 5.1e-7)
      }
    }
  }

  @Test func agreesWithALatticeOnRandomRanges() {
    var random = SeededGenerator(seed: 521)
    var between = 0
    for _ in 0..<300 {
      func range(_ from: Double, _ to: Double) -> ClosedRange<Double> {
        let (a, b) = (from + random.unit() * (to - from), from + random.unit() * (to - from))
        return min(a, b)...max(a, b)
      }
      let ranges = StabilityIndexRanges(
        cohesion: range(0, 0.4), frictionTangent: range(0.2, 1.2), rechargeRatio: range(0, 0.01),
        densityRatio: 0.4 + random.unit() * 0.3)
      let degrees = 10 + random.unit() * 50
      let area = random.unit() * 300
      let value = index(ranges, degrees: degrees, area: area)
      let worst = safety(
        ranges.cohesion.lowerBound, ranges.frictionTangent.lowerBound, ranges.rechargeRatio.upperBound,
        ranges.densityRatio, degrees, area)
      if worst >= 1 {
        #expect(abs(value - min(10, worst)) < 1e-12)
        continue
      }
      #expect(value >= 0 && value <= 1)
      if value > 0 && value < 1 { between += 1 }
      #expect(abs(value - latticeProbability(ranges, degrees, area, 150)) < 2e-3)
    }
    #expect(between > 80)
  }

  @Test func degenerateRangesCollapse() {
    var random = SeededGenerator(seed: 522)
    for _ in 0..<3000 {
      let (c, t, x) = (random.unit() * 0.3, 0.3 + random.unit() * 0.7, random.unit() * 0.01)
      let (dc, dt, dx) = (random.unit() * 0.2, random.unit() * 0.3, random.unit() * 0.005)
      let (degrees, area) = (12 + random.unit() * 45, random.unit() * 200)
      func value(_ wideC: Bool, _ wideT: Bool, _ wideX: Bool, extra: Double = 0) -> Double {
        index(
          StabilityIndexRanges(
            cohesion: c...(c + (wideC ? dc : extra)), frictionTangent: t...(t + (wideT ? dt : extra)),
            rechargeRatio: x...(x + (wideX ? dx : extra * 0.01))), degrees: degrees, area: area)
      }
      // All known: the factor of safety, or 0 below 1.
      let known = safety(c, t, x, 0.5, degrees, area)
      #expect(value(false, false, false) == 0 || abs(value(false, false, false) - min(10, known)) < 1e-12)
      if abs(known - 1) > 1e-9 { #expect((value(false, false, false) == 0) == (known < 1)) }
      // Each combination is the limit of ever narrower ranges.
      for (wideC, wideT, wideX) in [
        (true, false, false), (false, true, false), (false, false, true), (true, true, false), (true, false, true),
        (false, true, true),
      ] {
        let limit = value(wideC, wideT, wideX)
        let near = value(wideC, wideT, wideX, extra: 2e-6)
        // At the bound where the index changes its meaning it may jump from 1 to the probability.
        let isClose = abs(limit - near) < 2e-3 || (min(limit, near) == 0 && max(limit, near) < 2e-3)
        // One variable spread over so little that its own edge counts.
        let isEdge = [wideC ? dc : 1, wideT ? dt : 1, wideX ? dx * 100 : 1].min() ?? 1 < 0.01
        #expect(isClose || isEdge)
      }
    }
  }

  @Test func continuousAcrossOneAndMonotone() {
    // Where the worst case is just stable the probability is 1.
    var lastValue = Double.infinity
    for step in 0..<40_000 {
      let degrees = 25 + Double(step) * 0.001
      let value = index(usual, degrees: degrees, area: 50)
      #expect(value <= lastValue + 1e-12)
      if lastValue < .infinity { #expect(lastValue - value < 1e-4) }
      lastValue = value
    }
    // More water, a smaller index; more cohesion, a larger one.
    var random = SeededGenerator(seed: 523)
    for _ in 0..<5000 {
      let (degrees, area) = (10 + random.unit() * 50, random.unit() * 500)
      let value = index(usual, degrees: degrees, area: area)
      #expect(index(usual, degrees: degrees, area: area * 1.1 + 1) <= value + 1e-12)
      let stickier = StabilityIndexRanges(
        cohesion: 0.05...0.3, frictionTangent: usual.frictionTangent, rechargeRatio: usual.rechargeRatio)
      #expect(index(stickier, degrees: degrees, area: area) >= value - 1e-12)
    }
  }

  @Test func limitsAndSaturation() {
    #expect(StabilityIndex.index(usual, slopeTangent: 0, specificCatchmentArea: 100) == 10)
    #expect(index(usual, degrees: 0.001, area: 0) == 10)
    #expect(StabilityIndex.index(usual, slopeTangent: .nan, specificCatchmentArea: 1).isNaN)
    #expect(StabilityIndex.index(usual, slopeTangent: 1, specificCatchmentArea: .nan).isNaN)
    func saturation(_ degrees: Double, _ area: Double) -> Double {
      StabilityIndex.saturation(usual, slopeTangent: tangent(degrees), specificCatchmentArea: area)
    }
    // sin 30° is 0.5: full from an area of 1000 m at the wet end, of 1500 m at the dry end.
    #expect(abs(saturation(30, 500) - 0.5) < 1e-12)
    #expect(saturation(30, 999) < 1 && saturation(30, 1001) == 2)
    #expect(saturation(30, 1499) == 2 && saturation(30, 1501) == 3)
    #expect(saturation(0, 0) == 0 && saturation(0, 1) == 3)
  }

  /// Tangents are evenly likely, not angles, although the ranges are given as angles.
  @Test func theTangentIsEvenlyLikely() {
    // C 0, dry: P(tan φ > tan θ).
    let ranges = StabilityIndexRanges(
      cohesion: 0...0, frictionTangent: tangent(20)...tangent(60), rechargeRatio: 0...0)
    let expected = (tangent(60) - tangent(40)) / (tangent(60) - tangent(20))
    #expect(abs(index(ranges, degrees: 40, area: 10) - expected) < 1e-12)
    #expect(abs(expected - 0.5) > 0.1)
  }

  @Test func gridsFollowTheFormula() throws {
    var random = SeededGenerator(seed: 524)
    let geometry = testGeometry(columns: 33, rows: 21, cell: 1, cellHeight: 4)
    let till = StabilityIndexSoil(
      cohesion: 0...0.25, frictionAngle: 30...45, transmissivity: 2...3, relativeDensity: 2, source: "test")
    let table = try StabilityIndexTable([1: till, 2: nil])
    func values(_ scale: Double) -> Grid<Float> {
      Grid(
        geometry,
        cells: (0..<geometry.count).map { _ in
          random.next() % 13 == 0 ? .nan : Float(random.unit() * scale)
        })
    }
    let (slope, area) = (values(1.2), values(400))
    // 1 mm/d on 2…3 m²/d is T/R = 2000…3000 m.
    let recharge: Grid<Float> = values(10).map(threads: 1) { $0.isNaN ? .nan : 1 }
    let soil = Grid<Int32>(geometry, cells: (0..<geometry.count).map { _ in [1, 1, 2, .min][Int(random.next() % 4)] })
    func run(_ threads: Int) throws -> StabilityIndexGrids {
      try stabilityIndex(
        upslopeArea: area, slopeTangent: slope, recharge: recharge, soil: soil, table: table, threads: threads)
    }
    let (one, many) = (try run(1), try run(3))
    for cell in 0..<geometry.count {
      #expect(one.index[cell].bitPattern == many.index[cell].bitPattern)
      #expect(one.saturation[cell].bitPattern == many.saturation[cell].bitPattern)
      if slope[cell].isNaN || area[cell].isNaN || recharge[cell].isNaN || soil[cell] == .min {
        #expect(one.index[cell].isNaN && one.saturation[cell].isNaN && one.classes[cell] == 0)
      } else if soil[cell] == 2 {
        #expect(one.index[cell] == 10 && one.saturation[cell] == 0 && one.classes[cell] == 6)
      } else {
        let expected = StabilityIndex.index(
          usual, slopeTangent: Double(slope[cell]), specificCatchmentArea: Double(area[cell]) / 2)
        #expect(abs(Double(one.index[cell]) - expected) < 1e-6 * max(1, expected))
        #expect(one.classes[cell] == StabilityIndexClass(of: one.index[cell]).rawValue)
      }
    }
    let error = #expect(throws: InvalidSoil.self) {
      try StabilityIndexTable([
        5: StabilityIndexSoil(
          cohesion: 0...1, frictionAngle: 30...95, transmissivity: 2...3, relativeDensity: 2, source: "test")
      ])
    }
    #expect(error?.value == 95)
  }

  @Test func classesAreHalfOpen() {
    let expected: [(Float, StabilityIndexClass)] = [
      (.nan, .noData), (0, .defended), (Float.leastNonzeroMagnitude, .upperThreshold), (0.5, .lowerThreshold),
      (1, .quasiStable), (1.25, .moderatelyStable), (1.5, .stable), (10, .stable),
    ]
    for (value, expectedClass) in expected { #expect(StabilityIndexClass(of: value) == expectedClass) }
  }
}
