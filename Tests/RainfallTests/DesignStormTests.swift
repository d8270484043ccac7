import Foundation
import Grids
import Rainfall
import TestSupport
import Testing

@Suite struct DesignStormTests {
  private func table(_ depth: (Double) -> Double, _ durations: [Double]) throws -> IntensityDurationFrequency {
    try IntensityDurationFrequency(
      durations.map { .init(returnPeriod: 100, duration: $0, value: depth($0), unit: .millimetres) })
  }

  /// i = a/(t + b)^c, mm/h and minutes, as Keifer and Chu have it.
  private func sherman(_ minutes: Double) -> Double { 1200 / pow(minutes + 10, 0.85) * minutes / 60 }

  private func storm(
    _ table: IntensityDurationFrequency, _ shape: StormShape, minutes: Double = 60, step: Double = 1
  ) throws -> DesignStorm {
    try DesignStorm(table: table, returnPeriod: 100, duration: minutes, shape: shape, stepMinutes: step)
  }

  @Test(arguments: [0.0, 0.2, 0.4, 0.5, 1.0]) func chicagoHasTheTablesDepthAtEveryDuration(peak: Double) throws {
    let table = try table(sherman, [1, 2, 5, 10, 15, 20, 30, 45, 60])
    // Steps so that r·d and (1 − r)·d are whole steps.
    let storm = try storm(table, .chicago(peak: peak), step: 0.1)
    let steps = storm.hyetograph.depths
    #expect(steps.count == 600)
    for duration in [1.0, 2, 3, 7, 10, 22, 30, 59, 60] {
      let first = Int((peak * (60 - duration) / 0.1).rounded())
      let depth = steps[first..<(first + Int((duration / 0.1).rounded()))].reduce(0, +)
      let wanted = try table.depth(returnPeriod: 100, duration: duration)
      #expect(abs(depth - wanted) < 1e-10 * wanted)
      // No other window of that length holds more, as the table's intensity falls.
      #expect(storm.hyetograph.maximum(minutes: duration) <= wanted * (1 + 1e-10))
    }
    // The published figures of the method: 32.4226 mm in 60 minutes.
    #expect(abs(storm.hyetograph.total - 32.4226) < 5e-5)
    #expect(storm.reach.isEmpty && abs(storm.tableDepth - storm.hyetograph.total) < 1e-12)
  }

  @Test func chicagoFollowsKeiferAndChu() throws {
    // A dense table, so that interpolation hardly matters; then the analytic intensities before and after the peak.
    let table = try table(sherman, (1...600).map { Double($0) / 10 })
    let storm = try storm(table, .chicago(peak: 0.4), step: 0.5)
    func intensity(_ minutes: Double, _ share: Double) -> Double {
      let t = minutes / share
      return 1200 * (0.15 * t + 10) / pow(t + 10, 1.85)
    }
    for (index, value) in storm.hyetograph.intensities.enumerated() {
      let centre = 24 - (Double(index) + 0.5) * 0.5
      guard abs(centre) > 1 else { continue }
      let wanted = centre > 0 ? intensity(centre, 0.4) : intensity(-centre, 0.6)
      #expect(abs(value - wanted) < 0.01 * wanted)
    }
    // The peak of 169.5 mm/h, averaged over the half minute after it.
    let peak = storm.hyetograph.intensities.max() ?? 0
    #expect(peak < 169.5 && abs(peak - intensity(0.25, 0.6)) < 0.5)
  }

  @Test func alternatingBlocksNestToo() throws {
    let table = try table(sherman, [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60])
    let storm = try storm(table, .alternatingBlock(peak: 0.5), step: 5)
    for blocks in 1...12 {
      let minutes = Double(blocks * 5)
      #expect(
        abs(storm.hyetograph.maximum(minutes: minutes) - (try table.depth(returnPeriod: 100, duration: minutes)))
          < 1e-10)
    }
    // Heaviest in the seventh of twelve; the next after it, then before it.
    let order = storm.hyetograph.depths.enumerated().sorted { $0.element > $1.element }.map(\.offset)
    #expect(order == [6, 7, 5, 8, 4, 9, 3, 10, 2, 11, 1, 0])
    let early = try self.storm(table, .alternatingBlock(peak: 0), step: 5).hyetograph.depths
    #expect(early == early.sorted(by: >))
    #expect(abs(early.reduce(0, +) - storm.hyetograph.total) < 1e-12)
  }

  @Test func blockProfileAndFactors() throws {
    let table = try table(sherman, [1, 60])
    let block = try storm(table, .block, step: 10)
    #expect(block.hyetograph.depths.allSatisfy { abs($0 - sherman(60) / 6) < 1e-12 })
    // A last step that is only partly filled.
    let odd = try storm(table, .block, step: 25)
    #expect(odd.hyetograph.depths.count == 3 && abs(odd.hyetograph.depths[2] - sherman(60) / 6) < 1e-12)
    let profile = try StormProfile(times: [0, 0.25, 1], shares: [0, 0.75, 1])
    let shaped = try storm(table, .profile(profile), step: 15)
    let wanted = [0.75, 1.0 / 12, 1.0 / 12, 1.0 / 12]
    for (depth, share) in zip(shaped.hyetograph.depths, wanted) { #expect(abs(depth - share * sherman(60)) < 1e-12) }
    let allowance = try ClimateAllowance(factor: 1.5, source: "x")
    let raised = try DesignStorm(
      table: table, returnPeriod: 100, duration: 60, shape: .block, stepMinutes: 10, allowance: allowance,
      arealFactor: 0.9)
    #expect(abs(raised.hyetograph.total - sherman(60) * 1.35) < 1e-12 && raised.tableDepth == sherman(60))
    for (times, shares) in [
      ([0.0, 1], [0.0]), ([0, 1], [0, 0.9]), ([0, 0.5, 0.5, 1], [0, 0.2, 0.3, 1]), ([0, 0.5, 1], [0, 1.1, 1]),
    ] {
      #expect(throws: InvalidStormProfile.self) { try StormProfile(times: times, shares: shares) }
    }
  }

  @Test func beyondTheTableOnlyWhenAsked() throws {
    let table = try table(sherman, [5, 60])
    #expect(throws: IntensityDurationFrequencyError.self) { try self.storm(table, .block, minutes: 90) }
    let storm = try DesignStorm(
      table: table, returnPeriod: 100, duration: 90, shape: .block, stepMinutes: 10, extrapolates: true)
    #expect(storm.reach == .beyondDurations && storm.tableDepth > sherman(60))
  }

  @Test func arealReductionOfTechnicalPaper29() throws {
    let rule = ArealReduction.weatherBureau
    #expect(try rule.factor(area: 0, duration: 60) == 1)
    // 100 square miles, 24 h and 1 h, worked by hand.
    #expect(abs(try rule.factor(area: 258.9988, duration: 1440) - 0.94463) < 1e-4)
    #expect(abs(try rule.factor(area: 258.9988, duration: 60) - 0.78958) < 1e-4)
  }

  @Test func arealReductionByTable() throws {
    let rows = [(1.0, 10.0, 0.98), (100, 10, 0.8), (1, 1000, 1), (100, 1000, 0.9)]
    let rule = try ArealReduction(rows: rows.map { (area: $0.0, duration: $0.1, factor: $0.2) }, source: "x")
    #expect(try rule.factor(area: 100, duration: 1000) == 0.9)
    // Half-way in both logarithms.
    #expect(abs(try rule.factor(area: 10, duration: 100) - 0.92) < 1e-12)
    #expect(abs(try rule.factor(area: 0.5, duration: 10) - 0.99) < 1e-12)
    for (area, duration) in [(101.0, 10.0), (1, 9), (-1, 10), (1, 1001)] {
      #expect(throws: ArealReductionError.self) { try rule.factor(area: area, duration: duration) }
    }
    for bad in [rows + [rows[0]], Array(rows.dropLast()), [(1, 10, 0.9), (2, 10, 0.95)], [(1, 10, 1.2)], []] {
      #expect(throws: ArealReductionError.self) {
        try ArealReduction(rows: bad.map { (area: $0.0, duration: $0.1, factor: $0.2) }, source: "x")
      }
    }
  }
}

@Suite struct RunningRainMaximaTests {
  /// Sums every window anew.
  private func slow(_ series: [[Float]], window: Int, cell: Int) -> (Float, Int32) {
    var best = (Float.nan, Int32(-1))
    for end in series.indices where end + 1 >= window {
      var sum = 0.0
      for step in stride(from: end, through: end - window + 1, by: -1) { sum += Double(series[step][cell]) }
      if !sum.isNaN, best.0.isNaN || Float(sum) > best.0 { best = (Float(sum), Int32(end)) }
    }
    return best
  }

  @Test func agreesWithSummingEveryWindow() {
    var random = SeededGenerator(seed: 81)
    let geometry = testGeometry(columns: 7, rows: 5)
    let series = (0..<60).map { _ in
      (0..<geometry.count).map { _ in random.next() % 40 == 0 ? Float.nan : Float(random.unit() * 9) }
    }
    var one = RunningRainMaxima(geometry, windows: [24, 1, 3, 6, 12, 3])
    var many = RunningRainMaxima(geometry, windows: [1, 3, 6, 12, 24])
    for step in series {
      one.add(Grid(geometry, cells: step), threads: 1)
      many.add(Grid(geometry, cells: step), threads: 3)
    }
    #expect(one.windows == [1, 3, 6, 12, 24] && one.stepCount == 60)
    for (index, window) in one.windows.enumerated() {
      for cell in 0..<geometry.count {
        let (depth, end) = slow(series, window: window, cell: cell)
        #expect(
          one.maxima[index][cell].bitPattern == depth.bitPattern || (depth.isNaN && one.maxima[index][cell].isNaN))
        #expect(one.ends[index][cell] == end && many.ends[index][cell] == end)
        #expect(many.maxima[index][cell] == one.maxima[index][cell] || depth.isNaN)
      }
    }
    let total = one.total
    for cell in 0..<geometry.count {
      let sum = series.reduce(0.0) { $0 + Double($1[cell]) }
      #expect(sum.isNaN ? total[cell].isNaN : total[cell] == Float(sum))
    }
  }

  @Test func aSeriesShorterThanAWindowHasNoMaximum() {
    var maxima = RunningRainMaxima(testGeometry(columns: 1, rows: 1), windows: [2, 4])
    for depth in [Float(1), 2, 0] { maxima.add(grid([[depth]]), threads: 1) }
    #expect(maxima.maxima[0][0] == 3 && maxima.maxima[1][0].isNaN && maxima.ends[1][0] == -1)
    #expect(RunningRainMaxima.stateBytes(cells: 10, windows: [2, 4]) == 10 * (16 + 16 + 8))
  }

  /// Every cell of a set of rasters has the storm that a table of its own depths gives.
  @Test(arguments: [
    StormShape.block, .chicago(peak: 0.4), .chicago(peak: 0), .chicago(peak: 1), .alternatingBlock(peak: 0.5),
  ]) func setsOfRastersGiveEveryCellItsStorm(shape: StormShape) throws {
    let durations = [10.0, 20, 60, 120]
    let factors: [Float] = [1, 1.5, .nan, 0]
    let geometry = testGeometry(columns: 4, rows: 1)
    func depth(_ years: Double, _ minutes: Double) -> Double { (8 + 5 * log(years)) * pow(minutes / 60, 0.4) }
    let set = try GriddedRainFrequency(
      [20.0, 100].flatMap { years in
        durations.map { minutes in
          .init(
            returnPeriod: years, duration: minutes,
            depth: Grid(
              geometry, cells: factors.enumerated().map { Float(depth(years, minutes)) * ($1 == 0 ? 1 : $1) }))
        }
      }, threads: 1)
    let table = try IntensityDurationFrequency(
      [20.0, 100].flatMap { years in
        durations.map { .init(returnPeriod: years, duration: $0, value: depth(years, $0), unit: .millimetres) }
      })
    // A step that does not divide the duration: the last one is shorter.
    for (minutes, step) in [(60.0, 5.0), (60, 7), (90, 5)] {
      let one = try DesignStorm(
        table: table, returnPeriod: 50, duration: minutes, shape: shape, stepMinutes: step, arealFactor: 0.9)
      let storm = GriddedDesignStorm(
        table: set, returnPeriod: 50, duration: minutes, shape: shape, stepMinutes: step, arealFactor: 0.9)
      #expect(storm.stepCount == one.hyetograph.depths.count)
      var (number, time) = (0, 0.0)
      try storm.forEachStep(threads: 2) { rain, length in
        let expected = one.hyetograph.depths[number]
        for (cell, factor) in factors.enumerated() {
          let wanted = expected * Double(factor == 0 ? 1 : factor)
          #expect(factor.isNaN ? rain[cell].isNaN : abs(Double(rain[cell]) - wanted) < 3e-6 * one.tableDepth)
        }
        number += 1
        time += length
      }
      #expect(number == storm.stepCount && abs(time - minutes) < 1e-9)
    }
    let beyond = GriddedDesignStorm(
      table: set, returnPeriod: 500, duration: 60, shape: shape, stepMinutes: 5)
    #expect(throws: IntensityDurationFrequencyError.self) { try beyond.forEachStep(threads: 1) { _, _ in } }
  }
}
