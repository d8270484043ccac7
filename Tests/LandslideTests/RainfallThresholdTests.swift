import Foundation
import Grids
import Landslide
import TestSupport
import Testing

@Suite struct RainfallThresholdTests {
  @Test func figuresAt24Hours() {
    #expect(abs(IntensityDurationThreshold.caine1980.intensity(duration: 24) - 4.2911) < 5e-5)
    #expect(abs(IntensityDurationThreshold.guzzetti2008.intensity(duration: 24) - 0.54341) < 5e-6)
    #expect(abs(IntensityDurationThreshold.cadses2007.intensity(duration: 24) - 1.58566) < 5e-6)
    // A share of the mean annual precipitation: 8.0781 % in 24 h.
    #expect(abs(IntensityDurationThreshold.sandersen1996.intensity(duration: 24) * 24 - 0.080781) < 5e-7)
    #expect(
      abs(IntensityDurationThreshold.guzzetti2008Normalised.intensity(duration: 24) - 0.0016 * pow(24, -0.4)) < 1e-15)
    let curve = IntensityDurationThreshold(
      name: "with offset", offset: 0.5, coefficient: 2, exponent: 1, durations: 1...10, source: "test")
    #expect(curve.intensity(duration: 4) == 1)
    #expect(IntensityDurationThreshold.known.allSatisfy { $0.source.contains("not confirmed") })
  }

  @Test func ratiosAgainstEverySpan() throws {
    var random = SeededGenerator(seed: 591)
    let geometry = testGeometry(columns: 7, rows: 5)
    let rain = (0..<20).map { _ in
      Grid<Float>(
        geometry,
        cells: (0..<geometry.count).map { _ in
          random.next() % 100 == 0 ? .nan : Float(random.unit() * random.unit() * 30)
        })
    }
    let normal = Grid<Float>(geometry, cells: (0..<geometry.count).map { $0 == 3 ? .nan : Float(800 + 20 * $0) })
    for (curve, stepHours) in [
      (IntensityDurationThreshold.caine1980, 1.0), (.cadses2007, 0.05), (.sandersen1996, 24), (.sandersen1996, 0.25),
    ] {
      func run(_ threads: Int) throws -> [Grid<Float>] {
        try rainfallThresholdRatios(
          rain, stepHours: stepHours, threshold: curve, meanAnnual: normal, threads: threads)
      }
      let (found, again) = (try run(1), try run(3))
      for step in rain.indices {
        for cell in 0..<geometry.count {
          #expect(found[step][cell].bitPattern == again[step][cell].bitPattern)
          let scale = curve.measure == .absolute ? 1 : Double(normal[cell])
          let depths = (0...step).map { Double(rain[$0][cell]) }
          if depths.contains(where: \.isNaN) || scale.isNaN {
            #expect(found[step][cell].isNaN)
            continue
          }
          var largest = 0.0
          for start in 0...step {
            let duration = Double(step - start + 1) * stepHours
            guard curve.durations.contains(duration) else { continue }
            let intensity = depths[start...].reduce(0, +) / duration
            largest = max(largest, intensity / (curve.intensity(duration: duration) * scale))
          }
          #expect(abs(Double(found[step][cell]) - largest) <= 1e-6 * largest)
        }
      }
    }
    // Twice the rain is twice the ratio.
    let doubled = rain.map { $0.map(threads: 1) { $0 * 2 } }
    let one = try rainfallThresholdRatios(rain, stepHours: 1, threshold: .caine1980, threads: 1)
    let two = try rainfallThresholdRatios(doubled, stepHours: 1, threshold: .caine1980, threads: 1)
    for cell in 0..<geometry.count where !one[19][cell].isNaN { #expect(two[19][cell] == 2 * one[19][cell]) }
  }

  /// Rain at the threshold for 24 hours, by steps of an hour.
  @Test func reachesTheThresholdExactlyWhenItShould() throws {
    let perHour = Float(IntensityDurationThreshold.caine1980.intensity(duration: 24))
    let rain = (0..<30).map { _ in grid([[perHour]]) }
    let ratios = try rainfallThresholdRatios(rain, stepHours: 1, threshold: .caine1980, threads: 1)
    #expect(ratios[22][0] < 1 && abs(ratios[23][0] - 1) < 1e-6 && ratios[24][0] > 1)
    #expect(warningLevels(ratios: ratios[24], bounds: [0.5, 1, 2], threads: 1).cells == [3])
    #expect(warningLevels(ratios: ratios[22], bounds: [0.5, 1, 2], threads: 1).cells == [2])
    #expect(warningLevels(ratios: grid([[.nan, 0, 2]]), bounds: [0.5, 1, 2], threads: 1).cells == [0, 1, 4])
    #expect(throws: MissingMeanAnnual.self) {
      try rainfallThresholdRatios(rain, stepHours: 1, threshold: .sandersen1996, threads: 1)
    }
    #expect(throws: ValuesOutOfRange.self) {
      try rainfallThresholdRatios([grid([[-1]])], stepHours: 1, threshold: .caine1980, threads: 1)
    }
    #expect(try rainfallThresholdRatios([], stepHours: 1, threshold: .caine1980, threads: 1).isEmpty)
  }
}

@Suite struct WarningTableTests {
  @Test func boundsBelongToTheClassAbove() throws {
    let table = try WarningTable(
      rowBounds: [60, 80], columnBounds: [50, 100, 150], levels: [[1, 1, 1, 2], [1, 1, 2, 3], [1, 2, 3, 4]])
    for (saturation, supply, level) in [
      (0.0, 0.0, 1), (59.9, 149.9, 1), (59.9, 150, 2), (60, 100, 2), (80, 49.9, 1), (80, 50, 2), (100, 500, 4),
      (.nan, 1, 0), (1, .nan, 0),
    ] as [(Double, Double, UInt8)] {
      #expect(table.level(saturation, supply) == level)
    }
    // Monotone in both.
    var random = SeededGenerator(seed: 595)
    for _ in 0..<2000 {
      let (a, b) = (random.unit() * 100, random.unit() * 200)
      let level = table.level(a, b)
      #expect(table.level(a + random.unit() * 20, b) >= level && table.level(a, b + random.unit() * 50) >= level)
    }
    let levels = try warningLevels(
      rows: grid([[10, 70, .nan], [90, 90, 90]]), columns: grid([[10, 120, 10], [10, 60, 200]]), table: table,
      threads: 2)
    #expect(levels.cells == [1, 2, 0, 1, 2, 4])
    #expect(levelCounts(levels) == [1, 2, 2, 0, 1])
    #expect(throws: GeometryMismatch.self) {
      try warningLevels(rows: grid([[1]]), columns: grid([[1, 2]]), table: table, threads: 1)
    }
  }

  @Test func impossibleTablesAreRefused() {
    for (rows, columns, levels) in [
      ([2, 1], [1], [[1, 1], [1, 1], [1, 1]]), ([1], [1], [[1, 1]]), ([1], [1], [[1], [1]]),
      ([1], [1], [[0, 1], [1, 1]]), ([1], [1], [[2, 1], [2, 2]]), ([1], [1], [[1, 2], [1, 1]]),
      ([.nan], [1], [[1, 1], [1, 1]]),
    ] as [([Double], [Double], [[UInt8]])] {
      #expect(throws: InvalidWarningTable.self) {
        try WarningTable(rowBounds: rows, columnBounds: columns, levels: levels)
      }
    }
  }
}
