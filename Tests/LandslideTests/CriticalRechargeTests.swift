import Foundation
import Grids
import Landslide
import TestSupport
import Testing

private func tangent(_ degrees: Double) -> Double { tan(degrees * .pi / 180) }

/// C 0, K 2.7 m/h, z 1 m, density 1.6, φ 33°.
private let sand = SoilStrength(
  cohesion: 0, frictionAngle: 33, unitWeight: 1.6 * 9.81, depth: 1, conductivity: 64.8, source: "test")

/// C 0, z 2 m, density 1.6, tanφ 0.7, transmissivity such that T = K z.
private func gentle(transmissivity: Double) -> SoilStrength {
  SoilStrength(
    cohesion: 0, frictionAngle: atan(0.7) * 180 / .pi, unitWeight: 1.6 * 9.81, depth: 2,
    conductivity: transmissivity / 2, source: "test")
}

private func recharge(
  _ soil: SoilStrength, _ slope: Double, _ area: Double, _ convention: TransmissivityConvention = .verticalThickness
) -> Double {
  CriticalRecharge.recharge(soil, slopeTangent: slope, specificCatchmentArea: area, convention: convention)
}

@Suite struct CriticalRechargeTests {
  @Test(arguments: [(15.0, 315.24705), (20, 311.72391), (25, 247.08369), (30, 115.04182)])
  func figuresWithVerticalThickness(degrees: Double, expected: Double) {
    #expect(abs(recharge(sand, tangent(degrees), 50) / expected - 1) < 3e-8)
  }

  @Test func figuresWithNormalThickness() {
    let q = recharge(sand, tangent(25), 50, .normalThickness)
    #expect(abs(q - 223.93387) < 5e-6)
    #expect(
      abs(
        CriticalRecharge.logarithmOfRatio(sand, slopeTangent: tangent(25), specificCatchmentArea: 50) + 2.41873) < 5e-6)
  }

  @Test func unconditionalSlopes() {
    #expect(recharge(sand, tangent(5), 50) == CriticalRecharge.cap)
    for degrees in [35.0, 45, 80] { #expect(recharge(sand, tangent(degrees), 50) == 0) }
    #expect(recharge(sand, 0, 50) == CriticalRecharge.cap)
    func logarithm(_ slope: Double, _ area: Double) -> Double {
      CriticalRecharge.logarithmOfRatio(sand, slopeTangent: slope, specificCatchmentArea: area)
    }
    #expect(logarithm(0, 50) == .infinity && logarithm(0, 0) == .infinity && logarithm(tangent(5), 50) == .infinity)
    #expect(logarithm(tangent(45), 50) == -.infinity && logarithm(tangent(45), 0) == -.infinity)
    #expect(logarithm(.nan, 50).isNaN && logarithm(tangent(25), .nan).isNaN)
    // A cell that nothing drains through.
    #expect(recharge(sand, tangent(25), 0) == CriticalRecharge.cap)
  }

  @Test(arguments: [(50.0, 44.7237), (30, 74.5395), (15, 149.0790), (10, 223.6184)])
  func figuresByArea(area: Double, expected: Double) {
    #expect(abs(recharge(gentle(transmissivity: 10), 0.47, area) / expected - 1) < 1e-6)
  }

  /// Classes of another program: by q_cr (0 stable, 1 below 50, 2 to 100, 3 to 200, 4 from 200 mm/d, 5 unstable), and by
  /// stability under 0.05 mm/d (1 unconditionally unstable, 2 unconditionally stable, 3 stable, 4 unstable).
  @Test(arguments: [
    (0.33, 13800.0, 1, 4), (0.47, 11100, 1, 4), (0, 150, 0, 2), (3.33, 6000, 5, 1),
    // Limit of stability at 0.47: 4.472369 m; at 0.33: 5.300556 m.
    (0.47, 4.472368, 1, 3), (0.47, 4.472370, 1, 4), (0.33, 5.300555, 1, 3), (0.33, 5.300557, 1, 4),
  ])
  func classesOfAnotherProgram(slope: Double, area: Double, rechargeClass: Int, stability: Int) {
    let q = recharge(gentle(transmissivity: 0.001), slope, area)
    let byRecharge = q == CriticalRecharge.cap ? 0 : q == 0 ? 5 : q < 50 ? 1 : q < 100 ? 2 : q < 200 ? 3 : 4
    #expect(byRecharge == rechargeClass)
    #expect((q == 0 ? 1 : q == CriticalRecharge.cap ? 2 : q > 0.05 ? 3 : 4) == stability)
  }

  @Test func invariants() {
    var random = SeededGenerator(seed: 511)
    var counts = [0, 0, 0]
    for _ in 0..<20_000 {
      let soil = SoilStrength(
        cohesion: random.next() % 3 == 0 ? 0 : random.unit() * 5, frictionAngle: 10 + random.unit() * 30,
        unitWeight: 14 + random.unit() * 8, surcharge: random.next() % 2 == 0 ? 0 : random.unit() * 5,
        depth: 0.2 + random.unit() * 3, conductivity: 0.1 + random.unit() * 50, source: "test")
      let t = tangent(1 + random.unit() * 70)
      let area = 1 + random.unit() * 1000
      let convention = TransmissivityConvention.allCases[Int(random.next() % 2)]
      func safety(_ wetness: Double) -> Double {
        InfiniteSlope.factorOfSafety(soil, slopeTangent: t, wetness: wetness)
      }
      let q = recharge(soil, t, area, convention)
      // Exhaustive and disjoint: fails dry, stands full, or neither.
      if safety(0) <= 1 {
        #expect(q == 0)
        counts[0] += 1
      } else if safety(1) > 1 {
        #expect(q == CriticalRecharge.cap)
        counts[1] += 1
      } else {
        counts[2] += 1
        #expect(q > 0 && q < CriticalRecharge.cap)
        // The factor of safety at the critical recharge is 1.
        let wetness = SteadyStateWetness.wetness(
          recharge: q, specificCatchmentArea: area, slopeTangent: t, conductivity: soil.conductivity,
          depth: soil.depth, convention: convention)
        #expect(abs(safety(wetness) - 1) < 1e-12)
        // In inverse proportion to the area, in proportion to the transmissivity.
        #expect(recharge(soil, t, 2 * area, convention) == q / 2)
        let wider = SoilStrength(
          cohesion: soil.cohesion, frictionAngle: soil.frictionAngle, unitWeight: soil.unitWeight,
          surcharge: soil.surcharge, depth: soil.depth, conductivity: 2 * soil.conductivity, source: "test")
        #expect(recharge(wider, t, area, convention) == 2 * q)
        // q/T does not depend on the transmissivity.
        let thickness = convention == .normalThickness ? soil.depth / (1 + t * t).squareRoot() : soil.depth
        let ratio = log10(q / 1000 / (soil.conductivity * thickness))
        let found = CriticalRecharge.logarithmOfRatio(soil, slopeTangent: t, specificCatchmentArea: area)
        #expect(abs(ratio - found) < 1e-12)
      }
    }
    #expect(counts.allSatisfy { $0 > 1000 })
  }

  /// SAGA's tool documents cohesion in MPa but adds it in units of kPa: a thousandth of what is meant.
  @Test func cohesionIsInTheUnitOfTheWeight() {
    // c 2 kPa, z 1 m, θ 35°: in kPa the slope is not unconditionally unstable.
    let sticky = SoilStrength(
      cohesion: 2, frictionAngle: 33, unitWeight: 1.6 * 9.81, depth: 1, conductivity: 64.8, source: "test")
    let t = tangent(35)
    // FS dry = tanφ/tanθ + c (1 + t²)/(γ z t).
    let dry = tangent(33) / t + 2 * (1 + t * t) / (1.6 * 9.81 * t)
    #expect(dry > 1)
    let q = recharge(sticky, t, 50)
    let wetness = 1.6 * (1 - t / tangent(33)) + 2 * (1 + t * t) / (9.81 * tangent(33))
    #expect(abs(q - wetness * 64.8 * t / ((1 + t * t).squareRoot() * 50) * 1000) < 1e-9)
    #expect(q > 0)
  }

  /// A routine in use has γw/γ in the stability where γ/γw is right, and a natural logarithm where classes want decimal.
  @Test func densityRatioAndLogarithm() {
    let t = tangent(25)
    let q = recharge(sand, t, 50)
    // With 1/1.6 for 1.6 it would be 2.56 times smaller.
    #expect(abs(q / 247.08369 - 1) < 1e-7)
    let ratio = q / 1000 / 64.8
    let logarithm = CriticalRecharge.logarithmOfRatio(sand, slopeTangent: t, specificCatchmentArea: 50)
    #expect(abs(logarithm - log10(ratio)) < 1e-12)
    #expect(RechargeRatioBounds.usual.ratioClass(of: logarithm) == .fourth)
    #expect(RechargeRatioBounds.usual.ratioClass(of: log(ratio)) == .first)
  }

  @Test func classesAreHalfOpen() {
    let expected: [(Double, RechargeRatioClass)] = [
      (-.infinity, .unconditionallyUnstable), (-9, .first), ((-3.1).nextDown, .first), (-3.1, .second), (-2.8, .third),
      (-2.5, .fourth), (-2.2, .fifth), (3, .fifth), (.infinity, .unconditionallyStable), (.nan, .noData),
    ]
    for (value, ratioClass) in expected { #expect(RechargeRatioBounds.usual.ratioClass(of: value) == ratioClass) }
  }

  @Test func gridsFollowTheFormula() throws {
    var random = SeededGenerator(seed: 512)
    let geometry = testGeometry(columns: 37, rows: 29, cell: 4, cellHeight: 1)
    let table = try SoilTable([1: .soil(sand), 2: .soil(gentle(transmissivity: 10)), 3: .notSusceptible])
    func values(_ scale: Double) -> Grid<Float> {
      Grid(
        geometry,
        cells: (0..<geometry.count).map { _ in
          random.next() % 13 == 0 ? .nan : Float(random.unit() * scale)
        })
    }
    let (slope, area, depth) = (values(1.2), values(3000), values(2))
    let soil = Grid<Int32>(geometry, cells: (0..<geometry.count).map { _ in [1, 2, 3, .min][Int(random.next() % 4)] })
    for depths in [nil, depth] {
      func run(_ threads: Int) throws -> CriticalRechargeGrids {
        try criticalRecharge(
          upslopeArea: area, slopeTangent: slope, soil: soil, table: table, depth: depths, threads: threads)
      }
      let (one, many) = (try run(1), try run(3))
      for cell in 0..<geometry.count {
        #expect(one.recharge[cell].bitPattern == many.recharge[cell].bitPattern)
        #expect(one.classes[cell] == many.classes[cell])
        let isKnown = !slope[cell].isNaN && !area[cell].isNaN && soil[cell] != .min
        if !isKnown || (soil[cell] != 3 && depths?[cell].isNaN ?? false) {
          #expect(one.recharge[cell].isNaN && one.classes[cell] == 0)
        } else if soil[cell] == 3 {
          #expect(one.recharge[cell] == Float(CriticalRecharge.cap))
          #expect(one.classes[cell] == RechargeRatioClass.notSusceptible.rawValue)
        } else {
          let base = soil[cell] == 1 ? sand : gentle(transmissivity: 10)
          let ground = SoilStrength(
            cohesion: base.cohesion, frictionAngle: base.frictionAngle, unitWeight: base.unitWeight,
            depth: depths.map { Double($0[cell]) } ?? base.depth, conductivity: base.conductivity, source: "test")
          let expected = recharge(ground, Double(slope[cell]), Double(area[cell]) / 2, .normalThickness)
          #expect(one.recharge[cell] == Float(expected))
          let isUnconditional = expected == 0 || expected == CriticalRecharge.cap
          #expect(isUnconditional == [1, 7].contains(one.classes[cell]))
        }
      }
    }
    #expect(throws: GeometryMismatch.self) {
      try criticalRecharge(upslopeArea: grid([[1]]), slopeTangent: slope, soil: soil, table: table, threads: 1)
    }
  }
}
