import Foundation
import Grids
import Rainfall
import TestSupport
import Testing

@Suite struct RainFrequencyTests {
  /// A table of Gumbel distributions: location + scale · y, both ∝ √duration.
  private func gumbel(_ returnPeriod: Double, _ duration: Double) -> Double {
    let y = -log(-log(1 - 1 / returnPeriod))
    return duration.squareRoot() * (2 + 0.7 * y)
  }

  private func table() throws -> IntensityDurationFrequency {
    try IntensityDurationFrequency(
      [2.0, 10, 100].flatMap { period in
        [5.0, 60, 720].map {
          .init(returnPeriod: period, duration: $0, value: gumbel(period, $0), unit: .millimetres)
        }
      })
  }

  @Test func variateThereAndBack() {
    for years in [1.0001, 1.5, 2, 10, 200, 5000, 1e9] {
      let back = GumbelVariate.returnPeriod(GumbelVariate.ofReturnPeriod(years))
      #expect(abs(back - years) <= 1e-9 * years)
    }
    // Median of annual maxima: T = 2, y = −ln ln 2.
    #expect(abs(GumbelVariate.ofReturnPeriod(2) + log(log(2.0))) < 1e-15)
    #expect(abs(GumbelVariate.ofReturnPeriod(1e6) - log(1e6)) < 1e-6)
  }

  @Test func returnPeriodIsTheInverseOfDepth() throws {
    let table = try table()
    var random = SeededGenerator(seed: 71)
    for _ in 0..<500 {
      let (period, duration) = (2 + 98 * random.unit(), 5 + 715 * random.unit())
      let depth = try table.depth(returnPeriod: period, duration: duration)
      #expect(abs(depth - gumbel(period, duration)) <= 1e-12 * depth)
      let answer = try table.returnPeriod(ofDepth: depth, duration: duration)
      #expect(answer.reach.isEmpty)
      #expect(abs(answer.years - period) <= 1e-9 * period)
    }
  }

  @Test func whatLiesBeyondIsFlagged() throws {
    let table = try table()
    func ask(_ period: Double, _ duration: Double) -> TableDepth {
      table.extrapolatedDepth(returnPeriod: period, duration: duration)
    }
    #expect(ask(50, 60).reach.isEmpty)
    // The law of the table continues in the coordinates of the interpolation.
    for (period, duration, reach) in [
      (500.0, 60.0, TableReach.beyondReturnPeriods), (1.5, 60, .belowReturnPeriods), (10, 1440, .beyondDurations),
    ] {
      let answer = ask(period, duration)
      #expect(answer.reach == reach)
      #expect(abs(answer.millimetres - gumbel(period, duration)) <= 1e-12 * answer.millimetres)
    }
    // Below the shortest duration its intensity holds.
    #expect(ask(10, 1).reach == .belowDurations)
    #expect(abs(ask(10, 1).millimetres - gumbel(10, 5) / 5) < 1e-12)
    #expect(ask(10, 0).millimetres == 0)
    #expect(ask(500, 1).reach == [.beyondReturnPeriods, .belowDurations])
    let little = try table.returnPeriod(ofDepth: 1, duration: 60)
    #expect(little.years == 2 && little.reach == .belowReturnPeriods)
    #expect(try table.returnPeriod(ofDepth: 1e4, duration: 60).reach == .beyondReturnPeriods)
    #expect(throws: IntensityDurationFrequencyError.self) { try table.returnPeriod(ofDepth: 9, duration: 4) }
  }

  @Test func gridsAgreeWithTheTable() throws {
    let table = try table()
    let factors: [Float] = [1, 1.25, 0.5, .nan, 2, 1]
    let geometry = testGeometry(columns: 3, rows: 2)
    let layers = table.returnPeriods.indices.flatMap { i in
      table.durations.indices.map { j in
        GriddedRainFrequency.Layer(
          returnPeriod: table.returnPeriods[i], duration: table.durations[j],
          depth: Grid(geometry, cells: factors.map { Float(table.depths[i][j]) * $0 }))
      }
    }
    let gridded = try GriddedRainFrequency(layers.shuffled(), threads: 2)
    let depth = try gridded.depth(returnPeriod: 33, duration: 200, threads: 2)
    let one = try table.depth(returnPeriod: 33, duration: 200)
    for (cell, factor) in factors.enumerated() {
      #expect(factor.isNaN ? depth[cell].isNaN : abs(Double(depth[cell]) - one * Double(factor)) < 2e-6 * one)
    }
    let rain = Grid<Float>(geometry, repeating: Float(one))
    let back = try gridded.returnPeriod(ofDepth: rain, duration: 200, threads: 2)
    #expect(abs(back.years[0] - 33) < 1e-2)
    #expect(back.standing.cells == [2, back.standing[1], 3, 0, 1, 2])
    #expect(back.years[3].isNaN && back.years[4] == 2 && back.years[2] == 100)
    let uniform = try table.returnPeriod(ofDepth: rain, duration: 200, threads: 1)
    #expect(uniform.standing.cells.allSatisfy { $0 == ReturnPeriodOfRain.Standing.within.rawValue })
    #expect(throws: IntensityDurationFrequencyError.missing(returnPeriod: 100, duration: 720)) {
      try GriddedRainFrequency(layers.dropLast(), threads: 1)
    }
    var broken = layers
    broken[8] = .init(returnPeriod: 100, duration: 720, depth: Grid(geometry, repeating: 1))
    let error = #expect(throws: IntensityDurationFrequencyError.self) { try GriddedRainFrequency(broken, threads: 1) }
    #expect(error?.description.contains("column 0, row 0") == true)
  }
}

@Suite struct FrostFrequenciesTests {
  private let answer = """
    {"@context": "https://frost.met.no/schema", "@type": "RainfallIDFResponse", "apiVersion": "v0",
     "data": [{"sourceId": "SN18701", "unit": "l/s*Ha", "values": [
       {"frequency": 2, "duration": 10, "intensity": 120.5}, {"frequency": 2, "duration": 60, "intensity": 40},
       {"frequency": 100, "duration": 10, "intensity": 300}, {"frequency": 100, "duration": 60, "intensity": 110}]}]}
    """

  @Test func anAnswerIsRead() throws {
    let sources = try FrostFrequencies.sources(Array(answer.utf8))
    #expect(sources.map(\.name) == ["SN18701"])
    #expect(abs(sources[0].table.depths[1][1] - 110 * 0.36) < 1e-12)
    #expect(try FrostFrequencies.sources(Array(answer.utf8), unit: .litresPerSecondAndHectare) == sources)
  }

  @Test func whatCannotBeMeantIsRefused() {
    func refusal(_ text: String, unit: RainUnit? = nil) -> String {
      var message = "accepted"
      do { _ = try FrostFrequencies.sources(Array(text.utf8), unit: unit) } catch { message = "\(error)" }
      return message
    }
    #expect(refusal(answer, unit: .millimetres).contains("l/(s*ha), but mm is declared"))
    #expect(refusal(answer.replacingOccurrences(of: "\"unit\": \"l/s*Ha\", ", with: "")).contains("names no unit"))
    #expect(refusal(answer.replacingOccurrences(of: "l/s*Ha", with: "inch")).contains("inch"))
    #expect(
      refusal(answer.replacingOccurrences(of: "\"intensity\": 110", with: "\"x\": 1")).contains("intensity is missing"))
    #expect(refusal("{\"data\": []}").contains("no data"))
    #expect(refusal("<html>").contains("JSON"))
    #expect(refusal("{\"error\": {\"code\": 404, \"message\": \"No data\"}}").contains("404"))
    // A table whose depth falls with duration.
    #expect(refusal(answer.replacingOccurrences(of: "110", with: "11")).contains("depth falls"))
  }
}

@Suite struct ClimateAllowanceTableTests {
  private func rule(
    _ above: Double, _ to: Double, _ from: Double, _ below: Double, _ factor: Double, horizon: Int = 2100,
    asOf: String = "2026-11-02"
  ) -> ClimateAllowanceTable.Rule {
    .init(
      durationAbove: above, durationTo: to, returnPeriodFrom: from, returnPeriodBelow: below, horizon: horizon,
      factor: factor, source: "somebody", asOf: asOf, status: "unverified")
  }

  @Test func oneRuleHolds() throws {
    let table = try ClimateAllowanceTable([
      rule(0, 60, 0, 50, 1.4), rule(0, 60, 50, .infinity, 1.5), rule(60, 180, 0, .infinity, 1.4),
      rule(180, 1440, 0, .infinity, 1.3), rule(0, 1440, 0, .infinity, 1.2, horizon: 2050),
    ])
    for (duration, period, factor) in [(60.0, 49.0, 1.4), (60, 50, 1.5), (61, 50, 1.4), (1440, 2, 1.3)] {
      #expect(try table.rule(duration: duration, returnPeriod: period, horizon: 2100).factor == factor)
    }
    let allowance = try table.allowance(duration: 30, returnPeriod: 200, horizon: 2050)
    #expect(allowance.factor == 1.2 && allowance.source == "somebody (horizon 2050, read 2026-11-02, unverified)")
    #expect(throws: ClimateAllowanceTableError.self) { try table.rule(duration: 2000, returnPeriod: 2, horizon: 2100) }
    let error = #expect(throws: ClimateAllowanceTableError.self) {
      try table.rule(duration: 20, returnPeriod: 2, horizon: 2070)
    }
    #expect(error?.description.contains("2050, 2100") == true)
  }

  @Test func contradictionsAndUndatedRulesAreRefused() {
    for (rules, words) in [
      ([rule(0, 60, 0, 50, 1.4), rule(30, 90, 20, 100, 1.5)], "rows 1 and 2"), ([rule(60, 60, 0, 50, 1.4)], "empty"),
      ([rule(0, 60, 0, 50, 40)], "factor"), ([rule(0, 60, 0, 50, 1.4, asOf: "YYYY-MM-DD")], "as_of"),
    ] {
      let error = #expect(throws: ClimateAllowanceTableError.self) { try ClimateAllowanceTable(rules) }
      #expect(error?.description.contains(words) == true)
    }
    // Side by side is no contradiction, nor is another horizon.
    #expect(throws: Never.self) {
      try ClimateAllowanceTable([
        rule(0, 60, 0, 50, 1.4), rule(60, 90, 0, 50, 1.5), rule(0, 60, 0, 50, 1, horizon: 2050),
      ])
    }
  }
}
