import Foundation
import Rainfall
import TestSupport
import Testing

private func row(
  _ returnPeriod: Double, _ duration: Double, _ value: Double, _ unit: RainUnit = .millimetres
) -> IntensityDurationFrequency.Row {
  .init(returnPeriod: returnPeriod, duration: duration, value: value, unit: unit)
}

@Suite struct IntensityDurationFrequencyTests {
  /// Depth = 2 · √duration · (1 + y), y Gumbel's variate: straight in the very coordinates of the interpolation.
  private func law(_ returnPeriod: Double, _ duration: Double) -> Double {
    2 * duration.squareRoot() * (1 - log(-log(1 - 1 / returnPeriod)))
  }

  @Test func interpolationIsExactForItsOwnLaw() throws {
    var rows: [IntensityDurationFrequency.Row] = []
    for period in [2.0, 5, 20, 200] {
      for duration in [1.0, 10, 60, 1440] { rows.append(row(period, duration, law(period, duration))) }
    }
    let table = try IntensityDurationFrequency(rows.shuffled())
    var random = SeededGenerator(seed: 62)
    for _ in 0..<500 {
      let (period, duration) = (2 + random.unit() * 198, 1 + random.unit() * 1439)
      let depth = try table.depth(returnPeriod: period, duration: duration)
      #expect(abs(depth - law(period, duration)) < 1e-12 * depth)
    }
    for figure in rows {
      #expect(try table.depth(returnPeriod: figure.returnPeriod, duration: figure.duration) == figure.value)
    }
  }

  @Test func writtenOutCase() throws {
    let table = try IntensityDurationFrequency([
      row(10, 10, 10), row(10, 40, 20), row(1000, 10, 30), row(1000, 40, 40),
    ])
    // Half-way in ln(duration): √(10·20) and √(30·40); the variates are 2.25037, 4.60015 and 6.90726.
    let (below, above) = (200.0.squareRoot(), 1200.0.squareRoot())
    let share = (4.60014922677658 - 2.25036732731245) / (6.90725507052371 - 2.25036732731245)
    #expect(abs(try table.depth(returnPeriod: 100, duration: 20) - (below + share * (above - below))) < 1e-10)
    #expect(abs(try table.depth(returnPeriod: 100, duration: 10) - (10 + share * 20)) < 1e-10)
  }

  @Test func depthRisesAndIntensityFallsBetweenKnots() throws {
    let table = try IntensityDurationFrequency([
      row(2, 10, 60, .millimetresPerHour), row(2, 30, 35, .millimetresPerHour), row(2, 60, 22, .millimetresPerHour),
      row(20, 10, 250, .litresPerSecondAndHectare), row(20, 30, 170, .litresPerSecondAndHectare),
      row(20, 60, 110, .litresPerSecondAndHectare),
    ])
    #expect(table.depths[0] == [10, 17.5, 22])
    #expect(table.depths[1] == [15, 30.6, 39.6])
    var last = (depth: 0.0, intensity: Double.infinity)
    for minutes in stride(from: 10.0, through: 60, by: 0.5) {
      let depth = try table.depth(returnPeriod: 7, duration: minutes)
      #expect(depth > last.depth && depth / minutes < last.intensity)
      #expect(try table.depth(returnPeriod: 8, duration: minutes) > depth)
      last = (depth, depth / minutes)
    }
  }

  @Test func nothingIsExtrapolated() throws {
    let table = try IntensityDurationFrequency([row(2, 10, 10), row(2, 60, 20), row(50, 10, 15), row(50, 60, 40)])
    for (period, duration) in [(1.9, 10.0), (51, 10), (2, 9), (2, 61), (.nan, 10), (2, .nan), (1, 10)] {
      #expect(throws: IntensityDurationFrequencyError.self) {
        try table.depth(returnPeriod: period, duration: duration)
      }
    }
    #expect(throws: IntensityDurationFrequencyError.outside("return period in years", 51, range: 2...50)) {
      try table.depth(returnPeriod: 51, duration: 10)
    }
  }

  @Test func wrongTablesAreRefused() {
    #expect(throws: IntensityDurationFrequencyError.noRows) { try IntensityDurationFrequency([]) }
    for bad in [row(0, 10, 1), row(2, -1, 1), row(2, 10, 0), row(2, 10, .nan), row(.infinity, 1, 1), row(1, 10, 1)] {
      #expect(throws: IntensityDurationFrequencyError.self) { try IntensityDurationFrequency([row(2, 5, 1), bad]) }
    }
    #expect(throws: IntensityDurationFrequencyError.double(row(2, 5, 3), number: 2)) {
      try IntensityDurationFrequency([row(2, 5, 1), row(2, 5, 3)])
    }
    #expect(throws: IntensityDurationFrequencyError.missing(returnPeriod: 5, duration: 10)) {
      try IntensityDurationFrequency([row(2, 5, 1), row(2, 10, 1.5), row(5, 5, 2)])
    }
    // Depth falls with duration; intensity rises with duration; depth does not rise with the return period.
    for rows in [[row(2, 5, 2), row(2, 10, 1)], [row(2, 5, 2), row(2, 10, 4.1)], [row(2, 5, 2), row(5, 5, 2)]] {
      let error = #expect(throws: IntensityDurationFrequencyError.self) { try IntensityDurationFrequency(rows) }
      guard case .implausible(let problems) = error else {
        Issue.record("not found implausible: \(rows)")
        continue
      }
      #expect(problems.count == 1)
    }
    #expect(throws: Never.self) { try IntensityDurationFrequency([row(2, 5, 2), row(2, 10, 2), row(2, 20, 4)]) }
  }
}
