import Grids
import Runoff
import TestSupport
import Testing

@Suite struct CurveNumberTests {
  @Test func retentionOfTheHandbook() {
    for (number, retention) in [(100.0, 0.0), (65, 136.769), (90, 28.222), (30, 592.667), (80, 63.5)] {
      #expect(abs(CurveNumber.retention(number) - retention) < 5e-4)
    }
    #expect(CurveNumber.retention(0) == .infinity)
  }

  @Test func runoffByHand() {
    func runoff(_ rain: Float, _ number: Float, _ ratio: Double = 0.2) -> Float {
      CurveNumber.runoff(rain: rain, curveNumber: number, initialAbstractionRatio: ratio)
    }
    // S = 63.5, λS = 12.7: 27.3²/(40 + 50.8).
    #expect(abs(runoff(40, 80) - 8.2080) < 5e-5)
    #expect(abs(runoff(40, 80) - Float(27.3 * 27.3 / 90.8)) < 1e-6)
    #expect(runoff(12.7, 80) == 0)
    #expect(runoff(12, 80) == 0 && runoff(12.8, 80) > 0)
    // λ = 0.05: (40 − 3.175)²/(40 + 0.95 · 63.5).
    #expect(abs(runoff(40, 80, 0.05) - 13.517) < 1e-3)
    // λ = 0: P²/(P + S); λ = 1: (P − S)²/P.
    #expect(abs(runoff(40, 80, 0) - Float(1600 / 103.5)) < 1e-5)
    #expect(abs(runoff(100, 80, 1) - Float(36.5 * 36.5 / 100)) < 1e-5)
    for rain in [Float(0), 0.1, 1e-30, 33.3, 5000] {
      #expect(runoff(rain, 100) == rain)
      #expect(runoff(rain, 0) == 0 && runoff(rain, 0, 0) == 0)
    }
    for nan in [runoff(.nan, 80), runoff(40, .nan), runoff(.nan, 0), runoff(.nan, 100), runoff(0, .nan)] {
      #expect(nan.isNaN)
    }
  }

  @Test func runoffStaysBetweenNothingAndRainAndRisesWithBoth() {
    var random = SeededGenerator(seed: 71)
    for _ in 0..<50_000 {
      let rain = Float(random.unit() * (random.next() % 2 == 0 ? 1 : 300))
      let number = random.next() % 4 == 0 ? 100 - Float(random.unit() * 1e-3) : Float(random.unit() * 100)
      let ratio = random.unit() * 0.4
      let runoff = CurveNumber.runoff(rain: rain, curveNumber: number, initialAbstractionRatio: ratio)
      #expect(runoff >= 0 && runoff <= rain)
      let more = CurveNumber.runoff(rain: rain * 1.1, curveNumber: number, initialAbstractionRatio: ratio)
      let sealed = CurveNumber.runoff(
        rain: rain, curveNumber: min(100, number * 1.05), initialAbstractionRatio: ratio)
      #expect(more >= runoff)
      #expect(sealed >= runoff.nextDown)
    }
  }

  @Test func gridsAndThreads() throws {
    var random = SeededGenerator(seed: 72)
    let geometry = testGeometry(columns: 37, rows: 53)
    var rain = Grid<Float>(geometry, repeating: 0)
    var number = rain
    for cell in 0..<geometry.count {
      rain[cell] = random.next() % 10 == 0 ? .nan : Float(random.unit() * 120)
      number[cell] = random.next() % 10 == 0 ? .nan : Float(random.unit() * 100)
    }
    let one = try curveNumberRunoff(rain: rain, curveNumber: number, threads: 1)
    let many = try curveNumberRunoff(rain: rain, curveNumber: number, threads: 3)
    for cell in 0..<geometry.count {
      #expect(one[cell].bitPattern == many[cell].bitPattern)
      #expect(one[cell].isNaN == (rain[cell].isNaN || number[cell].isNaN))
      if !one[cell].isNaN {
        #expect(
          one[cell] == CurveNumber.runoff(rain: rain[cell], curveNumber: number[cell], initialAbstractionRatio: 0.2))
      }
    }
    let half = Grid<Float>(geometry, repeating: 0.5)
    let shared = try coefficientRunoff(rain: rain, coefficient: half, threads: 2)
    for cell in 0..<geometry.count where !rain[cell].isNaN { #expect(shared[cell] == rain[cell] / 2) }
  }

  @Test func impossibleInputIsRefused() {
    let rain = grid([[1, 2]] as [[Float]])
    func number(_ value: Float) -> Grid<Float> { grid([[value, 50]]) }
    for bad in [Float(101), -1, .infinity] {
      #expect(throws: ValuesOutOfRange.self) {
        try curveNumberRunoff(rain: rain, curveNumber: number(bad), threads: 1)
      }
    }
    #expect(throws: ValuesOutOfRange.self) {
      try curveNumberRunoff(rain: grid([[-1, 2]]), curveNumber: number(5), threads: 1)
    }
    #expect(throws: ValuesOutOfRange.self) { try coefficientRunoff(rain: rain, coefficient: number(1), threads: 1) }
    #expect(throws: GeometryMismatch.self) {
      try curveNumberRunoff(rain: rain, curveNumber: grid([[1], [2]]), threads: 1)
    }
  }
}
