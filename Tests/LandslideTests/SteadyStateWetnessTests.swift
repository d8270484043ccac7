import Foundation
import Grids
import Landslide
import TestSupport
import Testing

private func wetness(
  _ recharge: Double, area: Double = 50, degrees: Double = 25, conductivity: Double = 2.7 * 24, depth: Double = 1,
  _ convention: TransmissivityConvention = .normalThickness
) -> Double {
  SteadyStateWetness.wetness(
    recharge: recharge, specificCatchmentArea: area, slopeTangent: tan(degrees * .pi / 180),
    conductivity: conductivity, depth: depth, convention: convention)
}

@Suite struct SteadyStateWetnessTests {
  @Test func figuresAtTheCriticalRecharge() {
    // K 2.7 m/h, z 1 m, a 50 m, θ 25°, φ 33°, density 1.6: recharge at which the slope fails, and its wetness.
    #expect(abs(wetness(223.93387) - 0.45111868) < 1e-8)
    #expect(abs(wetness(247.08369, .verticalThickness) - 0.45111868) < 1e-8)
    // The recharge follows from FS = 1: m = 1.6 (1 − tan 25° / tan 33°).
    let share = 1.6 * (1 - tan(25 * Double.pi / 180) / tan(33 * Double.pi / 180))
    #expect(abs(share - 0.45111868) < 1e-8)
    let ground = SoilStrength(
      cohesion: 0, frictionAngle: 33, unitWeight: 1.6 * 9.81, depth: 1, conductivity: 64.8, source: "test")
    let tangent = tan(25 * Double.pi / 180)
    #expect(abs(InfiniteSlope.factorOfSafety(ground, slopeTangent: tangent, wetness: share) - 1) < 1e-12)
    #expect(abs(InfiniteSlope.factorOfSafety(ground, slopeTangent: tangent, wetness: wetness(223.93387)) - 1) < 1e-8)
  }

  @Test(arguments: [(15.0, 315.24705), (20, 311.72391), (25, 247.08369), (30, 115.04182)])
  func theFactorOfSafetyIsOneAtPublishedCriticalRecharges(degrees: Double, recharge: Double) {
    let ground = SoilStrength(
      cohesion: 0, frictionAngle: 33, unitWeight: 1.6 * 9.81, depth: 1, conductivity: 64.8, source: "test")
    let share = wetness(recharge, degrees: degrees, .verticalThickness)
    let safety = InfiniteSlope.factorOfSafety(ground, slopeTangent: tan(degrees * .pi / 180), wetness: share)
    #expect(abs(safety - 1) < 1e-7)
  }

  @Test func growsWithWaterAndFallsWithSlopeAndConductivity() {
    var random = SeededGenerator(seed: 84)
    for _ in 0..<5000 {
      let (recharge, area, degrees) = (random.unit() * 50, random.unit() * 500, 1 + random.unit() * 43)
      let (conductivity, depth) = (1 + random.unit() * 100, 0.1 + random.unit() * 3)
      let share = wetness(recharge, area: area, degrees: degrees, conductivity: conductivity, depth: depth)
      #expect(share >= 0 && share <= 1)
      // In angles.
      let angle = degrees * Double.pi / 180
      let slow = min(1, recharge / 1000 * area / (conductivity * depth * cos(angle) * sin(angle)))
      #expect(abs(share - slow) < 1e-12)
      guard share < 0.99, share > 0 else { continue }
      // Up to 45° a steeper slope drains better; twice the conductivity drains twice as well.
      #expect(wetness(recharge, area: area, degrees: degrees + 1, conductivity: conductivity, depth: depth) < share)
      #expect(wetness(recharge * 1.01, area: area, degrees: degrees, conductivity: conductivity, depth: depth) > share)
      let drained = wetness(recharge, area: area, degrees: degrees, conductivity: 2 * conductivity, depth: depth)
      #expect(abs(drained - share / 2) < 1e-15)
    }
  }

  @Test func limits() {
    #expect(wetness(0) == 0)
    #expect(wetness(0, degrees: 0) == 0)
    #expect(wetness(0.001, degrees: 0) == 1)
    #expect(wetness(1e6) == 1)
    #expect(wetness(1, area: 0) == 0)
    #expect(wetness(1, depth: 0) == 1)
    #expect(wetness(.nan).isNaN && wetness(1, area: .nan).isNaN && wetness(1, degrees: .nan).isNaN)
    #expect(wetness(1, depth: .nan).isNaN && wetness(0, degrees: .nan).isNaN)
  }

  @Test func gridsFollowTheFormula() throws {
    var random = SeededGenerator(seed: 85)
    let geometry = testGeometry(columns: 31, rows: 23, cell: 4, cellHeight: 1)
    var area = Grid<Float>(geometry, repeating: 0)
    var slope = area
    var recharge = area
    var codes = Grid<Int32>(geometry, repeating: 1)
    for cell in 0..<geometry.count {
      area[cell] = random.next() % 15 == 0 ? .nan : Float(4 + random.unit() * 5000)
      slope[cell] = random.next() % 15 == 0 ? .nan : Float(random.unit())
      recharge[cell] = random.next() % 15 == 0 ? .nan : Float(random.unit() * 6)
      codes[cell] = [1, 2, .min][Int(random.next() % 3)]
    }
    let ground = SoilStrength(
      cohesion: 1, frictionAngle: 33, unitWeight: 18, depth: 1.2, conductivity: 20, source: "test")
    let table = try SoilTable([1: .soil(ground), 2: .notSusceptible])
    let one = try steadyStateWetness(
      upslopeArea: area, slopeTangent: slope, recharge: recharge, soil: codes, table: table, threads: 1)
    let many = try steadyStateWetness(
      upslopeArea: area, slopeTangent: slope, recharge: recharge, soil: codes, table: table, threads: 3)
    var wet = 0
    for cell in 0..<geometry.count {
      #expect(one[cell].bitPattern == many[cell].bitPattern)
      if codes[cell] == .min || area[cell].isNaN || slope[cell].isNaN || recharge[cell].isNaN {
        #expect(one[cell].isNaN)
      } else if codes[cell] == 2 {
        #expect(one[cell] == 0)
      } else {
        let expected = SteadyStateWetness.wetness(
          recharge: Double(recharge[cell]), specificCatchmentArea: Double(area[cell]) / 2,
          slopeTangent: Double(slope[cell]), conductivity: 20, depth: 1.2)
        #expect(one[cell] == Float(expected))
        if one[cell] > 0 && one[cell] < 1 { wet += 1 }
      }
    }
    #expect(wet > 50)
    // The more it rains, the more cells fail, and none is freed.
    let double = recharge.map(threads: 1) { $0 * 2 }
    let more = try steadyStateWetness(
      upslopeArea: area, slopeTangent: slope, recharge: double, soil: codes, table: table, threads: 1)
    func unstable(_ wetness: Grid<Float>) throws -> Set<Int> {
      let safety = try infiniteSlopeFactorOfSafety(
        slopeTangent: slope, wetness: wetness, soil: codes, table: table, threads: 1)
      return Set((0..<geometry.count).filter { safety[$0] < 1 })
    }
    let (before, after) = (try unstable(one), try unstable(more))
    #expect(before.isSubset(of: after) && before.count < after.count)
  }
}
