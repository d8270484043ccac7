import Foundation
import Grids
import Landslide
import TestSupport
import Testing

private func soil(
  cohesion: Double = 0, roots: Double = 0, friction: Double, weight: Double, depth: Double, conductivity: Double = 1
) throws -> SoilStrength {
  try SoilStrength(
    cohesion: cohesion, rootCohesion: roots, frictionAngle: friction, unitWeight: weight, depth: depth,
    conductivity: conductivity)
}

private func tangent(_ degrees: Double) -> Double { tan(degrees * .pi / 180) }

@Suite struct InfiniteSlopeTests {
  /// Values of the tool SAFETYFACTOR of SAGA 8.5 for z 1 m, m 0.5, φ 33°, 1.6 g/cm³, c 2 kPa, g 9.81 m/s².
  @Test(arguments: [(5.0, 6.57073), (15, 2.17592), (25, 1.29013), (35, 0.90882), (45, 0.70131)])
  func agreesWithSAGA(angle: Double, expected: Double) throws {
    let soil = try soil(cohesion: 2, friction: 33, weight: 1.6 * 9.81, depth: 1)
    let factor = InfiniteSlope.factorOfSafety(slope: tangent(angle), wetness: 0.5, soil: soil)
    #expect(abs(factor - expected) < 1e-5)
  }

  @Test(arguments: [(0.0, 1.3749), (0.5, 1.0618), (1, 0.7487)]) func drySoilIsStronger(wetness: Double, expected: Double)
    throws
  {
    let soil = try soil(cohesion: 1, roots: 1, friction: 35, weight: 19, depth: 1.5)
    #expect(
      abs(InfiniteSlope.factorOfSafety(slope: tangent(30), wetness: wetness, soil: soil) - expected) < 5e-5)
  }

  @Test func dryAndCohesionlessIsTheRatioOfTangents() throws {
    for depth in [0.5, 1, 3, 20] {
      let soil = try soil(friction: 33, weight: 18, depth: depth)
      #expect(abs(InfiniteSlope.factorOfSafety(slope: tangent(25), wetness: 0, soil: soil) - 1.392659) < 1e-6)
    }
  }

  /// The form with sines and cosines, written out.
  @Test func agreesWithTheTextbookForm() throws {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<2000 {
      let angle = 1 + 60 * random.unit()
      let wet = random.unit()
      let soil = try soil(
        cohesion: 10 * random.unit(), roots: 5 * random.unit(), friction: 15 + 30 * random.unit(),
        weight: 15 + 7 * random.unit(), depth: 0.2 + 4 * random.unit(), conductivity: 0.01 + random.unit())
      let theta = angle * .pi / 180
      let c = soil.cohesion + soil.rootCohesion
      let phi = soil.frictionAngle * .pi / 180
      let expected =
        (c + (soil.unitWeight - wet * 9.81) * soil.depth * cos(theta) * cos(theta) * tan(phi))
        / (soil.unitWeight * soil.depth * sin(theta) * cos(theta))
      let found = InfiniteSlope.factorOfSafety(slope: tan(theta), wetness: wet, soil: soil)
      #expect(abs(found - min(10, expected)) < 1e-12 * max(1, expected))
      let recharge = 100 * random.unit()
      let area = 1000 * random.unit()
      let transmissivity = soil.conductivity * soil.depth * cos(theta)
      let share = min(1, recharge / 1000 * area / (transmissivity * sin(theta)))
      let steady = InfiniteSlope.steadyWetness(
        recharge: recharge, contributingArea: area, slope: tan(theta), soil: soil)
      #expect(abs(steady - share) < 1e-12)
      // More water and more slope never help; more cohesion and friction do.
      #expect(InfiniteSlope.factorOfSafety(slope: tan(theta), wetness: min(1, wet + 0.1), soil: soil) <= found)
      if angle < 44 {
        #expect(InfiniteSlope.factorOfSafety(slope: tan(theta) * 1.01, wetness: wet, soil: soil) <= found)
      }
    }
  }

  @Test func levelAndThinGroundIsStable() throws {
    let thick = try soil(friction: 30, weight: 18, depth: 1)
    let thin = try soil(friction: 30, weight: 18, depth: 0.01)
    #expect(InfiniteSlope.factorOfSafety(slope: 0, wetness: 1, soil: thick) == 10)
    #expect(InfiniteSlope.factorOfSafety(slope: 2, wetness: 1, soil: thin) == 10)
    #expect(InfiniteSlope.steadyWetness(recharge: 1, contributingArea: 1, slope: 0, soil: thick) == 1)
    #expect(InfiniteSlope.steadyWetness(recharge: 0, contributingArea: 1, slope: 0, soil: thick) == 0)
  }

  @Test func impossibleSoilsAreRefused() {
    #expect(throws: SoilStrengthError.self) { try soil(friction: 0.6, weight: 18, depth: 1) }
    #expect(throws: SoilStrengthError.self) { try soil(friction: 30, weight: 9, depth: 1) }
    #expect(throws: SoilStrengthError.self) { try soil(friction: 30, weight: 18, depth: 0) }
    #expect(throws: SoilStrengthError.self) { try soil(cohesion: -1, friction: 30, weight: 18, depth: 1) }
    #expect(throws: SoilStrengthError.self) { try soil(friction: 30, weight: 18, depth: 1, conductivity: .nan) }
  }

  @Test(arguments: [1, 2, 3, 7]) func gridAgreesCellByCell(threads: Int) throws {
    let geometry = testGeometry(columns: 19, rows: 23, cell: 2)
    var random = SeededGenerator(seed: 3)
    let slope = Grid<Float>(geometry, cells: (0..<geometry.count).map { $0 == 5 ? .nan : Float(random.unit() * 1.5) })
    let upslope = Grid<Int32>(geometry, cells: (0..<geometry.count).map { _ in Int32(1 + random.next() % 500) })
    let recharge = Grid<Float>(geometry, cells: (0..<geometry.count).map { $0 == 7 ? .nan : Float(random.unit() * 80) })
    let deposits = Grid<Int32>(
      geometry, cells: (0..<geometry.count).map { $0 == 9 ? .min : [11, 41, 130][Int(random.next() % 3)] })
    let till = try soil(cohesion: 2, friction: 36, weight: 20, depth: 1, conductivity: 0.5)
    let clay = try soil(cohesion: 5, friction: 27, weight: 19, depth: 2, conductivity: 0.05)
    let table = ClassLookup<SoilStrength?>([11: till, 41: clay, 130: nil])
    let stability = try SlopeStability(
      slope: slope, upslopeCells: upslope, recharge: recharge, deposits: deposits, soils: table, threads: threads)
    let classes = stability.classes([1, 1.25, 1.5], threads: threads)
    for index in 0..<geometry.count {
      guard let soil = [11: till, 41: clay][deposits[index]], index != 5, index != 7 else {
        #expect(stability.safety[index].isNaN && stability.wetness[index].isNaN && classes[index] == 0)
        continue
      }
      let wet = InfiniteSlope.steadyWetness(
        recharge: Double(recharge[index]), contributingArea: Double(upslope[index]) * 4 / 2,
        slope: Double(slope[index]), soil: soil)
      let factor = Float(InfiniteSlope.factorOfSafety(slope: Double(slope[index]), wetness: wet, soil: soil))
      #expect(abs(stability.safety[index] - factor) <= 1e-6 * factor)
      #expect(stability.wetness[index] == Float(wet))
      #expect(classes[index] == (factor < 1 ? 1 : factor < 1.25 ? 2 : factor < 1.5 ? 3 : 4))
    }
    let unmapped = #expect(throws: UnmappedClasses.self) {
      try SlopeStability(
        slope: slope, upslopeCells: upslope, recharge: recharge, deposits: deposits,
        soils: ClassLookup<SoilStrength?>([11: till]))
    }
    #expect(unmapped?.classes.map(\.code).sorted() == [41, 130])
  }
}
