import Foundation
import Grids
import Landslide
import TestSupport
import Testing

private func tangent(_ degrees: Double) -> Double { tan(degrees * .pi / 180) }

private func soil(
  cohesion: Double = 0, roots: Double = 0, friction: Double, weight: Double, depth: Double
) -> SoilStrength {
  SoilStrength(
    cohesion: cohesion, rootCohesion: roots, frictionAngle: friction, unitWeight: weight, depth: depth,
    conductivity: 1, source: "test")
}

/// The model as it is written in angles.
private func withAngles(_ soil: SoilStrength, degrees: Double, wetness: Double) -> Double {
  let angle = degrees * .pi / 180
  let normal = (soil.unitWeight - wetness * 9.81) * soil.depth * cos(angle) * cos(angle)
  let resisting = soil.cohesion + soil.rootCohesion + normal * tan(soil.frictionAngle * .pi / 180)
  return resisting / (soil.unitWeight * soil.depth * sin(angle) * cos(angle))
}

@Suite struct InfiniteSlopeTests {
  @Test(arguments: [(5.0, 6.57073), (15, 2.17592), (25, 1.29013), (35, 0.90882), (45, 0.70131)])
  func figuresOfAnotherProgram(degrees: Double, expected: Double) {
    let ground = soil(cohesion: 2, friction: 33, weight: 1.6 * 9.81, depth: 1)
    let safety = InfiniteSlope.factorOfSafety(ground, slopeTangent: tangent(degrees), wetness: 0.5)
    #expect(abs(safety - expected) < 1e-5)
  }

  @Test(arguments: [(0.0, 1.3749), (0.5, 1.0618), (1, 0.7487)])
  func figuresByHand(wetness: Double, expected: Double) {
    let ground = soil(cohesion: 2, friction: 35, weight: 19, depth: 1.5)
    let safety = InfiniteSlope.factorOfSafety(ground, slopeTangent: tangent(30), wetness: wetness)
    #expect(abs(safety - expected) < 5e-5)
    // Roots count as soil cohesion does.
    let rooted = soil(cohesion: 0.5, roots: 1.5, friction: 35, weight: 19, depth: 1.5)
    #expect(InfiniteSlope.factorOfSafety(rooted, slopeTangent: tangent(30), wetness: wetness) == safety)
  }

  @Test func dryWithoutCohesionDepthDoesNotMatter() {
    for depth in [0.02, 0.5, 1, 3, 50] {
      let safety = InfiniteSlope.factorOfSafety(
        soil(friction: 33, weight: 16, depth: depth), slopeTangent: tangent(25), wetness: 0)
      #expect(abs(safety - 1.392659) < 5e-7)
      #expect(abs(safety - tangent(33) / tangent(25)) < 1e-14)
    }
  }

  @Test func agreesWithTheFormInAnglesAndItsInvariants() {
    var random = SeededGenerator(seed: 81)
    for _ in 0..<20_000 {
      let cohesion = random.next() % 3 == 0 ? 0 : random.unit() * 10
      let friction = 1 + random.unit() * 44
      let weight = 14 + random.unit() * 8
      let depth = 0.05 + random.unit() * 4
      let degrees = 1 + random.unit() * 80
      let wetness = random.unit() * 0.99
      let ground = soil(cohesion: cohesion, friction: friction, weight: weight, depth: depth)
      func safety(_ ground: SoilStrength, _ degrees: Double, _ wetness: Double) -> Double {
        InfiniteSlope.factorOfSafety(ground, slopeTangent: tangent(degrees), wetness: wetness)
      }
      let value = safety(ground, degrees, wetness)
      let slow = min(10, withAngles(ground, degrees: degrees, wetness: wetness))
      #expect(abs(value - slow) < 1e-12 * slow)
      #expect(value >= 0 && value <= 10)
      guard value < 9.9 else { continue }
      #expect(safety(ground, degrees, wetness + 0.01) < value)
      #expect(
        safety(soil(cohesion: cohesion + 0.1, friction: friction, weight: weight, depth: depth), degrees, wetness)
          > value)
      #expect(
        safety(soil(cohesion: cohesion, friction: friction + 1, weight: weight, depth: depth), degrees, wetness) > value
      )
      if cohesion == 0 || degrees <= 44 { #expect(safety(ground, degrees + 0.5, wetness) < value) }
    }
    // Beyond 45° cohesion gains: steeper is not always weaker.
    let sticky = soil(cohesion: 10, friction: 20, weight: 18, depth: 1)
    #expect(
      InfiniteSlope.factorOfSafety(sticky, slopeTangent: tangent(80), wetness: 0)
        > InfiniteSlope.factorOfSafety(sticky, slopeTangent: tangent(60), wetness: 0))
  }

  @Test func surchargeWeighsAndPresses() throws {
    // By hand: c 2, φ 35°, γ 19, z 1.5 m, θ 30°, half full, a surcharge of 5 kPa.
    let loaded = SoilStrength(
      cohesion: 2, frictionAngle: 35, unitWeight: 19, surcharge: 5, depth: 1.5, conductivity: 1, source: "test")
    let angle = 30 * Double.pi / 180
    let normal = (5 + (19 - 0.5 * 9.81) * 1.5) * cos(angle) * cos(angle)
    let expected = (2 + normal * tangent(35)) / ((5 + 19 * 1.5) * sin(angle) * cos(angle))
    #expect(abs(InfiniteSlope.factorOfSafety(loaded, slopeTangent: tangent(30), wetness: 0.5) - expected) < 1e-12)
    // It holds a full slope without cohesion and burdens a dry one with it.
    func safety(_ cohesion: Double, _ surcharge: Double, _ wetness: Double) -> Double {
      InfiniteSlope.factorOfSafety(
        SoilStrength(
          cohesion: cohesion, frictionAngle: 33, unitWeight: 18, surcharge: surcharge, depth: 1, conductivity: 1,
          source: "test"), slopeTangent: tangent(30), wetness: wetness)
    }
    #expect(safety(0, 10, 1) > safety(0, 0, 1) && safety(5, 10, 0) < safety(5, 0, 0))
    let error = #expect(throws: InvalidSoil.self) {
      try SoilTable([
        2: .soil(
          SoilStrength(
            cohesion: 0, frictionAngle: 33, unitWeight: 18, surcharge: -1, depth: 1, conductivity: 1, source: "test"))
      ])
    }
    #expect(error?.quantity == "surcharge in kPa")
  }

  @Test func oneSaturationForAllCells() throws {
    let slope = grid([[0.3, 0.6, .nan]] as [[Float]])
    let codes = grid([[1, 2, 1]] as [[Int32]])
    let table = try SoilTable([
      1: .soil(soil(cohesion: 3, friction: 28, weight: 17, depth: 1.5)),
      2: .soil(soil(friction: 35, weight: 20, depth: 2)),
    ])
    for (saturation, wetness) in [(0.0, 0 as Float), (0.5, 0.5), (1, 1)] {
      let found = try infiniteSlopeFactorOfSafety(
        slopeTangent: slope, saturation: saturation, soil: codes, table: table, threads: 1)
      let expected = try infiniteSlopeFactorOfSafety(
        slopeTangent: slope, wetness: grid([[wetness, wetness, wetness]]), soil: codes, table: table, threads: 1)
      #expect(found.cells[0..<2] == expected.cells[0..<2] && found[2].isNaN)
    }
  }

  @Test func capsAndNoData() {
    let ground = soil(cohesion: 2, friction: 33, weight: 16, depth: 1)
    let bare = soil(cohesion: 0, friction: 33, weight: 16, depth: 0.01)
    #expect(InfiniteSlope.factorOfSafety(ground, slopeTangent: 0, wetness: 1) == 10)
    #expect(InfiniteSlope.factorOfSafety(ground, slopeTangent: 1e-9, wetness: 1) == 10)
    #expect(InfiniteSlope.factorOfSafety(bare, slopeTangent: 5, wetness: 1) == 10)
    #expect(InfiniteSlope.factorOfSafety(ground, slopeTangent: .nan, wetness: 1).isNaN)
    #expect(InfiniteSlope.factorOfSafety(ground, slopeTangent: 1, wetness: .nan).isNaN)
    #expect(
      InfiniteSlope.factorOfSafety(ground, slopeTangent: 1, wetness: 7)
        == InfiniteSlope.factorOfSafety(ground, slopeTangent: 1, wetness: 1))
  }
}

@Suite struct InfiniteSlopeGridTests {
  private let clay = soil(cohesion: 3, friction: 28, weight: 18, depth: 2)
  private let till = soil(cohesion: 1, roots: 2, friction: 36, weight: 20, depth: 0.8)

  @Test func everyCellFollowsTheFormula() throws {
    var random = SeededGenerator(seed: 82)
    let geometry = testGeometry(columns: 41, rows: 29)
    var slope = Grid<Float>(geometry, repeating: 0)
    var wetness = slope
    var depth = slope
    var codes = Grid<Int32>(geometry, repeating: 1)
    for cell in 0..<geometry.count {
      slope[cell] = random.next() % 15 == 0 ? .nan : Float(random.unit() * 2)
      wetness[cell] = random.next() % 15 == 0 ? .nan : Float(random.unit())
      depth[cell] = random.next() % 15 == 0 ? .nan : Float(random.unit() * 3)
      codes[cell] = [1, 2, 3, .min][Int(random.next() % 4)]
    }
    let table = try SoilTable([1: .soil(clay), 2: .soil(till), 3: .notSusceptible])
    for depthGrid in [nil, depth] {
      let one = try infiniteSlopeFactorOfSafety(
        slopeTangent: slope, wetness: wetness, soil: codes, table: table, depth: depthGrid, threads: 1)
      let many = try infiniteSlopeFactorOfSafety(
        slopeTangent: slope, wetness: wetness, soil: codes, table: table, depth: depthGrid, threads: 3)
      for cell in 0..<geometry.count {
        #expect(one[cell].bitPattern == many[cell].bitPattern)
        guard !slope[cell].isNaN, codes[cell] != .min else {
          #expect(one[cell].isNaN)
          continue
        }
        if codes[cell] == 3 {
          #expect(one[cell] == 10)
          continue
        }
        let z = depthGrid.map { Double($0[cell]) } ?? (codes[cell] == 1 ? clay : till).depth
        guard !wetness[cell].isNaN, !z.isNaN else {
          #expect(one[cell].isNaN)
          continue
        }
        let base = codes[cell] == 1 ? clay : till
        let ground = soil(
          cohesion: base.cohesion, roots: base.rootCohesion, friction: base.frictionAngle, weight: base.unitWeight,
          depth: z)
        let expected = InfiniteSlope.factorOfSafety(
          ground, slopeTangent: Double(slope[cell]), wetness: Double(wetness[cell]))
        #expect(one[cell] == Float(expected))
      }
      let classes = try stabilityClasses(factorOfSafety: one, soil: codes, table: table, threads: 2)
      for cell in 0..<geometry.count {
        let expected: UInt8 =
          one[cell].isNaN
          ? 0 : codes[cell] == 3 ? 5 : one[cell] < 1 ? 1 : one[cell] < 1.25 ? 2 : one[cell] < 1.5 ? 3 : 4
        #expect(classes[cell] == expected)
      }
    }
  }

  @Test func turningAndMirroringTheGroundTurnsTheResult() throws {
    var random = SeededGenerator(seed: 83)
    let n = 12
    let geometry = testGeometry(columns: n, rows: n)
    let slope = Grid<Float>(geometry, cells: (0..<n * n).map { _ in Float(random.unit()) })
    let wetness = Grid<Float>(geometry, cells: (0..<n * n).map { _ in Float(random.unit()) })
    let codes = Grid<Int32>(geometry, cells: (0..<n * n).map { _ in Int32(random.next() % 2) + 1 })
    func turned<T>(_ grid: Grid<T>) -> Grid<T> {
      Grid(geometry, cells: (0..<n * n).map { grid[$0 / n, n - 1 - $0 % n] })
    }
    func mirrored<T>(_ grid: Grid<T>) -> Grid<T> {
      Grid(geometry, cells: (0..<n * n).map { grid[n - 1 - $0 % n, $0 / n] })
    }
    let table = try SoilTable([1: .soil(clay), 2: .soil(till)])
    func safety(_ slope: Grid<Float>, _ wetness: Grid<Float>, _ codes: Grid<Int32>) throws -> Grid<Float> {
      try infiniteSlopeFactorOfSafety(slopeTangent: slope, wetness: wetness, soil: codes, table: table, threads: 2)
    }
    let plain = try safety(slope, wetness, codes)
    #expect(try safety(turned(slope), turned(wetness), turned(codes)).cells == turned(plain).cells)
    #expect(try safety(mirrored(slope), mirrored(wetness), mirrored(codes)).cells == mirrored(plain).cells)
  }

  @Test func boundsOfClassesAreHalfOpen() {
    let expected: [(Float, StabilityClass)] = [
      (0, .unstable), (Float(1).nextDown, .unstable), (1, .quasiStable), (Float(1.25).nextDown, .quasiStable),
      (1.25, .moderatelyStable), (1.5, .stable), (10, .stable), (.nan, .noData),
    ]
    for (safety, ground) in expected { #expect(StabilityBounds.usual.stabilityClass(of: safety) == ground) }
  }

  @Test func impossibleInputIsRefused() throws {
    let slope = grid([[0.1, 0.2]] as [[Float]])
    let codes = grid([[1, 7]] as [[Int32]])
    let table = try SoilTable([1: .soil(clay)])
    func run(_ slope: Grid<Float>, _ wetness: Grid<Float>, _ codes: Grid<Int32>) throws -> Grid<Float> {
      try infiniteSlopeFactorOfSafety(slopeTangent: slope, wetness: wetness, soil: codes, table: table, threads: 1)
    }
    let error = #expect(throws: UnmappedClasses.self) { try run(slope, slope, codes) }
    #expect(error?.name == "soil" && error?.classes == [.init(code: 7, cells: 1, share: 0.5)])
    let known = grid([[1, 1]] as [[Int32]])
    #expect(throws: ValuesOutOfRange.self) { try run(grid([[-0.1, 0.2]]), slope, known) }
    #expect(throws: ValuesOutOfRange.self) { try run(slope, grid([[1.1, 0.2]]), known) }
    #expect(throws: GeometryMismatch.self) { try run(slope, grid([[1]]), known) }
    for bad in [
      soil(cohesion: -1, friction: 30, weight: 18, depth: 1), soil(friction: 90, weight: 18, depth: 1),
      soil(friction: 30, weight: 9, depth: 1), soil(friction: 30, weight: 18, depth: -1),
      soil(friction: .nan, weight: 18, depth: 1), soil(roots: .infinity, friction: 30, weight: 18, depth: 1),
    ] {
      let error = #expect(throws: InvalidSoil.self) { try SoilTable([4: .soil(bad)]) }
      #expect(error?.code == 4)
    }
  }
}
