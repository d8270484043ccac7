import Exposure
import TestSupport
import Testing

/// Reference figures of one damage curve over return periods.
struct ExpectedAnnualCase: Sendable {
  var periods: [Double]
  var damages: [Double]
  var trapezoid: Double
  var trapezoidWithTail: Double
  var logLinearWithTail: Double
  var lower: Double
  var upper: Double
  /// Half a unit in the last digit that the reference gives.
  var tolerance: Double
}

private let cases = [
  ExpectedAnnualCase(
    periods: [1, 2, 5, 25, 50, 100], damages: [5, 10, 50, 300, 1200, 3000], trapezoid: 76.75, trapezoidWithTail: 106.75,
    logLinearWithTail: 98.493436, lower: 61.5, upper: 152, tolerance: 5e-7),
  ExpectedAnnualCase(
    periods: [20, 200, 1000], damages: [0, 1e6, 2e6], trapezoid: 28_500, trapezoidWithTail: 30_500,
    logLinearWithTail: 22_028.591, lower: 6000, upper: 55_000, tolerance: 5e-4),
  ExpectedAnnualCase(
    periods: [20, 200, 1000], damages: [0, 0, 2e6], trapezoid: 4000, trapezoidWithTail: 6000,
    logLinearWithTail: 4970.679, lower: 2000, upper: 10_000, tolerance: 5e-4),
  ExpectedAnnualCase(
    periods: [10, 100, 1000], damages: [0, 0, 1000], trapezoid: 4.5, trapezoidWithTail: 5.5, logLinearWithTail: 3.90865,
    lower: 1, upper: 10, tolerance: 5e-6),
  ExpectedAnnualCase(
    periods: [2, 5, 10, 20, 50, 100, 200], damages: [0, 0.2e6, 0.6e6, 1.1e6, 2e6, 3e6, 4.2e6], trapezoid: 202_000,
    trapezoidWithTail: 223_000, logLinearWithTail: 211_806.328, lower: 139_000, upper: 307_000, tolerance: 5e-4),
  ExpectedAnnualCase(
    periods: [10, 50, 100, 500, 1000], damages: [1, 1, 1, 1, 1], trapezoid: 0.099, trapezoidWithTail: 0.1,
    logLinearWithTail: 0.1, lower: 0.1, upper: 0.1, tolerance: 1e-15),
]

@Suite struct ExpectedAnnualTests {
  @Test(arguments: cases) func referenceFigures(_ reference: ExpectedAnnualCase) throws {
    let with = try expectedAnnual(returnPeriods: reference.periods, values: reference.damages)
    let without = try expectedAnnual(returnPeriods: reference.periods, values: reference.damages, constantTail: false)
    let rounding = reference.upper * 1e-14
    #expect(abs(with.value - reference.logLinearWithTail) <= reference.tolerance + rounding)
    #expect(abs(with.trapezoid - reference.trapezoidWithTail) <= rounding)
    #expect(abs(without.trapezoid - reference.trapezoid) <= rounding)
    #expect(abs(with.lowerBound - reference.lower) <= rounding)
    #expect(abs(with.upperBound - reference.upper) <= rounding)
    let tail = reference.damages.last! / reference.periods.last!
    #expect(abs(with.value - without.value - tail) <= rounding)
    #expect(abs(with.tailShare! - tail / with.value) <= 1e-15)
    #expect(without.tailShare == 0)
    #expect(with.count == reference.periods.count)
    let backwards = try expectedAnnual(
      returnPeriods: reference.periods.reversed(), values: reference.damages.reversed())
    #expect(backwards == with)
  }

  @Test func integratesAStraightLineInLogarithms() throws {
    // D = ln(T / 10) from T = 10 to 1000, p = 1/T: ∫ D dp in closed form, whatever knots lie between.
    // ∫ ln(1/(10 p)) dp from 0.001 to 0.1 = [−p ln(10 p) + p] = 0.1 − (0.001 ln 100 + 0.001).
    let logarithmOf100 = 4.605170185988092
    let exact = 0.1 - 0.001 * logarithmOf100 - 0.001
    let coarse = try expectedAnnual(returnPeriods: [10, 1000], values: [0, logarithmOf100], constantTail: false)
    let fine = try expectedAnnual(
      returnPeriods: [10, 100, 1000], values: [0, logarithmOf100 / 2, logarithmOf100], constantTail: false)
    #expect(abs(coarse.value - exact) < 1e-15)
    #expect(abs(fine.value - exact) < 1e-15)
  }

  @Test func sumsAndBounds() throws {
    var random = SeededGenerator(seed: 41)
    let periods = [2.0, 5, 10, 20, 50, 100, 200]
    var total = Array(repeating: 0.0, count: 7)
    var sum = 0.0
    for _ in 0..<500 {
      let damages = periods.map { _ in random.unit() * 1e6 }
      let result = try expectedAnnual(returnPeriods: periods, values: damages)
      #expect(result.lowerBound <= result.value && result.value <= result.upperBound)
      #expect(result.lowerBound <= result.trapezoid && result.trapezoid <= result.upperBound)
      let rising = try expectedAnnual(returnPeriods: periods, values: damages.sorted())
      #expect(rising.value <= rising.trapezoid)
      for index in total.indices { total[index] += damages[index] }
      sum += result.value
    }
    let ofSum = try expectedAnnual(returnPeriods: periods, values: total).value
    #expect(abs(sum - ofSum) < 1e-12 * ofSum)
  }

  @Test func closeReturnPeriodsDoNotCancel() throws {
    let result = try expectedAnnual(returnPeriods: [100, 100.000_000_001], values: [0, 1], constantTail: false)
    #expect(result.value >= 0 && result.value < 1e-12)
    let two = try expectedAnnual(returnPeriods: [100, 100.000_000_001], values: [0, 1])
    #expect(abs(two.value - 0.01) < 1e-12)
  }

  @Test func doubtfulInputIsNamed() throws {
    let few = try expectedAnnual(returnPeriods: [200, 20, 1000], values: [9, 3, 4])
    #expect(
      few.warnings == [
        .fewReturnPeriods(count: 3), .valueAtSmallestReturnPeriod(20), .decreasing(from: 200, to: 1000),
      ])
    let sound = try expectedAnnual(returnPeriods: [5, 10, 20, 50], values: [0, 0, 1, 2])
    #expect(sound.warnings.isEmpty)
    let nothing = try expectedAnnual(returnPeriods: [5, 10, 20, 50], values: [0, 0, 0, 0])
    #expect(nothing.value == 0 && nothing.tailShare == nil && nothing.warnings.isEmpty)
  }

  @Test func impossibleInputIsRefused() {
    #expect(throws: ExpectedAnnualError.tooFew(count: 1)) { try expectedAnnual(returnPeriods: [10], values: [1]) }
    #expect(throws: ExpectedAnnualError.tooFew(count: 0)) { try expectedAnnual(returnPeriods: [], values: []) }
    #expect(throws: ExpectedAnnualError.unequalCounts(returnPeriods: 2, values: 1)) {
      try expectedAnnual(returnPeriods: [10, 20], values: [1])
    }
    for period in [0, -5, Double.infinity] {
      #expect(throws: ExpectedAnnualError.invalidReturnPeriod(period)) {
        try expectedAnnual(returnPeriods: [10, period], values: [1, 2])
      }
    }
    #expect(throws: ExpectedAnnualError.self) { try expectedAnnual(returnPeriods: [10, .nan], values: [1, 2]) }
    #expect(throws: ExpectedAnnualError.duplicateReturnPeriod(20)) {
      try expectedAnnual(returnPeriods: [20, 10, 20], values: [1, 2, 3])
    }
    #expect(throws: ExpectedAnnualError.invalidValue(-1, returnPeriod: 10)) {
      try expectedAnnual(returnPeriods: [10, 20], values: [-1, 2])
    }
    #expect(throws: ExpectedAnnualError.self) { try expectedAnnual(returnPeriods: [10, 20], values: [.nan, 2]) }
  }
}
