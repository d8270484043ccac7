import Foundation
import Grids
import Runoff
import TestSupport
import Testing

@Suite struct CurveNumberConditionsTests {
  @Test func antecedentConditions() {
    for (average, dry, wet) in [(60.0, 38.65, 77.53), (75, 55.75, 87.34), (85, 70.41, 92.87), (100, 100, 100)] {
      #expect(abs(CurveNumber.adjusted(average, to: .dry) - dry) < 6e-3)
      #expect(abs(CurveNumber.adjusted(average, to: .wet) - wet) < 6e-3)
      #expect(CurveNumber.adjusted(average, to: .average) == average)
    }
  }

  @Test func smallAbstraction() {
    for number in [30.0, 55, 75, 90, 99, 100] {
      let converted = CurveNumber.convertedToSmallAbstraction(number)
      let retention = 0.819 * pow(CurveNumber.retention(number), 1.15)
      #expect(abs(CurveNumber.retention(converted) - retention) <= 2e-3 * retention + 1e-9)
    }
    // 60 mm on CN 75 and 80 mm on CN 85, λ = 0.05.
    for (rain, number, runoff) in [(60.0, 75.0, 15.07), (80, 85, 41.58)] {
      let converted = Float(CurveNumber.convertedToSmallAbstraction(number))
      let found = CurveNumber.runoff(rain: Float(rain), curveNumber: converted, initialAbstractionRatio: 0.05)
      #expect(abs(Double(found) - runoff) < 0.02)
    }
    #expect(CurveNumber.convertedToSmallAbstraction(0) == 0)
  }

  @Test func runoffOfTechnicalRelease55() {
    // Table 2-1, inches: P, CN, Q.
    for (rain, number, runoff) in [(3.0, 80.0, 1.25), (4, 90, 2.92), (5, 80, 2.89), (5, 70, 2.04)] {
      let found = CurveNumber.runoff(rain: Float(rain * 25.4), curveNumber: Float(number), initialAbstractionRatio: 0.2)
      #expect(abs(Double(found) / 25.4 - runoff) < 5e-3)
    }
  }

  @Test func slope() {
    // At 5 % nothing changes; steeper ground sheds more, flat ground less; never above 100.
    #expect(abs(CurveNumber.adjusted(75, toSlope: 0.05) - 75) < 0.01)
    #expect(CurveNumber.adjusted(75, toSlope: 0) < 75 && CurveNumber.adjusted(75, toSlope: 0.3) > 75)
    let wet = 75 * exp(0.00673 * 25)
    #expect(abs(CurveNumber.adjusted(75, toSlope: 10) - (75 + (wet - 75) / 3)) < 1e-9)
    #expect(CurveNumber.adjusted(100, toSlope: 1) == 100)
    // The published factor of Huang et al. is 1 at 5 % and 1.042 at their steepest slope, 1.4.
    #expect(abs(CurveNumber.adjusted(70, toSlope: 0.05, by: .huang) / 70 - 1) < 1e-5)
    #expect(abs(CurveNumber.adjusted(70, toSlope: 1.4, by: .huang) / 70 - 344.672 / 324.92) < 1e-12)
    #expect(CurveNumber.adjusted(99, toSlope: 1.4, by: .huang) == 100)
  }

  @Test func sealedGroundOfTechnicalRelease55() {
    // Figure 2-3 by table 2-2a: half-acre lots, 25 % sealed, open space in good condition.
    for (pervious, composite) in [(39.0, 54.0), (61, 70), (74, 80), (80, 85)] {
      #expect(abs(CurveNumber.composite(pervious: pervious, impervious: 0.25) - composite) < 0.6)
    }
    // Figure 2-4: 20 % sealed, three quarters of it unconnected, CN 61 gives 66.
    #expect(abs(CurveNumber.composite(pervious: 61, impervious: 0.2, unconnected: 0.75) - 66) < 0.5)
    // Above 30 % the pervious ground takes none of it.
    #expect(
      CurveNumber.composite(pervious: 61, impervious: 0.4, unconnected: 1)
        == CurveNumber.composite(pervious: 61, impervious: 0.4))
    #expect(CurveNumber.composite(pervious: 61, impervious: 1) == 98)
    #expect(CurveNumber.composite(pervious: 100, impervious: 0.5) == 100)
  }
}

@Suite struct RationalMethodTests {
  @Test func peaksOfPractice() {
    // 0.8 · 200 l/(s·ha) · 1 ha · 1.5 = 240 l/s; 200 l/(s·ha) are 72 mm/h.
    #expect(abs(RationalMethod.peak(coefficient: 0.8, intensity: 72 * 1.5, hectares: 1) - 240) < 1e-9)
    #expect(abs(RationalMethod.peak(coefficient: 1, intensity: 1, hectares: 1) - 2.7778) < 5e-5)
  }

  @Test func timesOfConcentration() {
    // Kirpich in feet: 0.0078 L^0.77 S^−0.385.
    for (length, slope) in [(300.0, 0.02), (1200, 0.005), (150, 0.1)] {
      let feet = 0.0078 * pow(length / 0.3048, 0.77) * pow(slope, -0.385)
      #expect(abs(TimeOfConcentration.kirpich(length: length, slope: slope) - feet) < 0.005 * feet)
    }
    // CN 80 (S = 2.5 in), 3000 ft at 4 %: lag = 3000^0.8 · 3.5^0.7/3800 h.
    let lag = pow(3000, 0.8) * pow(3.5, 0.7) / 3800
    #expect(abs(TimeOfConcentration.lag(length: 914.4, slope: 0.04, curveNumber: 80) - lag / 0.6 * 60) < 1e-9)
  }

  @Test func coefficientsRiseWithRarity() throws {
    let table = try CoefficientIncrease([(200, 1.3), (25, 1.1), (50, 1.2)])
    #expect([10.0, 25, 49, 50, 500].map { table.factor(returnPeriod: $0) } == [1, 1.1, 1.1, 1.2, 1.3])
    #expect(table.raised(0.9, returnPeriod: 200) == 1)
    for bad in [[(10.0, 0.9)], [(10, 1.2), (20, 1.1)], [(10, 1.2), (10, 1.3)]] {
      #expect(throws: InvalidCoefficientIncrease.self) {
        try CoefficientIncrease(bad.map { (returnPeriod: $0.0, factor: $0.1) })
      }
    }
  }
}

@Suite struct MeasureTests {
  @Test func measuresChangeStorageAndLosses() throws {
    let roofs = Measure(storage: 20, coefficient: 0.4)
    let paving = Measure(coefficient: 0.3)
    let codes = Grid<Int32>(testGeometry(columns: 5, rows: 1), cells: [1, 2, 0, ClassLookup<Int32>.noClass, 2])
    let loss = GroundLoss.coefficient(grid([[0.9, 0.9, 0.9, 0.9, .nan]]))
    let ground = try loss.applying(measures: codes, table: [1: roofs, 2: paving], threads: 1)
    var with = try RunoffSimulation(loss: ground.loss, interception: ground.interception, threads: 1)
    var without = try RunoffSimulation(loss: loss, threads: 1)
    for _ in 0..<2 {
      try with.add(rain: Grid(codes.geometry, repeating: 15), hours: 1, threads: 1)
      try without.add(rain: Grid(codes.geometry, repeating: 15), hours: 1, threads: 1)
    }
    let (less, more) = (with.millimetres(.runoff, threads: 1), without.millimetres(.runoff, threads: 1))
    // 30 mm, 20 of them held on the roof, 40 % of the rest.
    for (found, wanted) in zip(less.cells, [4, 9, 27, 27] as [Float]) { #expect(abs(found - wanted) < 1e-5) }
    #expect(less[4].isNaN && abs(more[0] - 27) < 1e-5 && ground.cells == 3)
    #expect(throws: UnmappedClasses.self) { try loss.applying(measures: codes, table: [1: roofs], threads: 1) }
    let error = #expect(throws: InvalidMeasure.self) {
      try loss.applying(measures: codes, table: [1: roofs, 2: Measure(coefficient: 1.2)], threads: 1)
    }
    #expect(error?.code == 2)
  }
}
