import Foundation
import Landslide
import TestSupport
import Testing

private func tangent(_ degrees: Double) -> Double { tan(degrees * .pi / 180) }

/// The debris-flow flume of the USGS.
private let flumeSand = TransientSoil(
  SoilStrength(
    cohesion: 0.5, frictionAngle: 38, unitWeight: 19, depth: 0.7, conductivity: 8.64, source: "test"),
  diffusivity: 1e-3)

private let flumeOptions: TransientOptions = {
  var options = TransientOptions()
  options.base = .infinitelyDeep
  options.waterUnitWeight = 9.8
  return options
}()

private let flume = TransientColumn(
  flumeSand, slopeTangent: tangent(31), waterTable: 0.7, initialFlux: 0, options: flumeOptions)
private let flumeRain: [(time: Double, rise: Double)] = [(0, 1e-4), (1200, -1e-4)]

@Suite struct TransientColumnTests {
  @Test(arguments: [
    (0.0, 0, 1.3854), (300, 0.22714, 1.0892), (600, 0.46893, 0.77394), (1200, 0.51432, 0.71476),
  ])
  func flumeAtTheBase(time: Double, head: Double, safety: Double) {
    let found = flume.pressureHead(depth: 0.7, time: time, rain: flumeRain)
    #expect(abs(found - head) < 6e-6)
    #expect(abs(flume.factorOfSafety(depth: 0.7, pressureHead: found) - safety) < 6e-5)
  }

  @Test(arguments: [(0.014, 5.5581), (0.070, 2.1518), (0.210, 1.5841), (0.350, 1.4706), (0.007, 10), (0.001, 10)])
  func flumeBeforeTheRain(depth: Double, safety: Double) {
    let head = flume.pressureHead(depth: depth, time: 0, rain: flumeRain)
    #expect(head < 0)
    #expect(abs(flume.factorOfSafety(depth: depth, pressureHead: head) - safety) < 6e-5)
  }

  /// Iverson's paper multiplies the diffusivity by cos²δ; the equation asks for the quotient.
  @Test func diffusivityIsDividedByTheSquareOfTheCosine() {
    let cosineSquared = pow(cos(31 * Double.pi / 180), 2)
    func head(_ diffusivity: Double) -> Double {
      0.7 * PressureResponse.dimensionless(4 * diffusivity * 300 / (0.7 * 0.7))
    }
    let found = flume.pressureHead(depth: 0.7, time: 300, rain: flumeRain)
    #expect(abs(found - head(1e-3 / cosineSquared)) < 1e-12)
    #expect(abs(found - head(1e-3 * cosineSquared)) > 0.05)
  }

  @Test func invariantsOfTheSaturatedSoil() {
    var random = SeededGenerator(seed: 551)
    var capped = 0
    for _ in 0..<3000 {
      let soil = TransientSoil(
        SoilStrength(
          cohesion: random.unit() * 5, frictionAngle: 25 + random.unit() * 15, unitWeight: 16 + random.unit() * 6,
          depth: 0.5 + random.unit() * 3, conductivity: 8.64 * pow(10, -random.unit() * 3), source: "test"),
        diffusivity: pow(10, -3 - random.unit() * 3))
      var options = TransientOptions()
      options.base = SoilBase.allCases[Int(random.next() % 2)]
      options.flow = GroundWaterFlow.allCases[Int(random.next() % 3)]
      let depth = soil.strength.depth
      let waterTable = depth * (0.2 + 0.8 * random.unit())
      let slope = tangent(10 + random.unit() * 40)
      let flux = soil.conductivity * 0.2 * random.unit()
      let place = TransientColumn(
        soil, slopeTangent: slope, waterTable: waterTable, initialFlux: flux, options: options)
      let beta =
        switch options.flow {
        case .steadyInfiltration: 1 / (1 + slope * slope) - flux / soil.conductivity
        case .slopeParallel: 1 / (1 + slope * slope)
        case .hydrostatic: 1.0
        }
      let z = depth * random.unit()
      let t = 1e5 * random.unit()
      let (one, two) = (soil.conductivity * 0.01 * random.unit(), soil.conductivity * 0.01 * random.unit())
      let start = 5e4 * random.unit()
      func head(_ rain: [(time: Double, rise: Double)]) -> Double {
        place.pressureHead(depth: z, time: t, rain: rain)
      }
      // No rain: as before.
      let initial = head([])
      #expect(abs(initial - (z - waterTable) * beta) < 1e-12)
      // Never above β Z; rain does not lower the head.
      let heavy = head([(0, soil.conductivity)])
      #expect(heavy <= z * beta + 1e-12 && heavy >= min(initial, z * beta) - 1e-12)
      if heavy == z * beta { capped += 1 }
      // Steps of rain add up, and twice the rain is twice the rise, below the limit.
      let (first, second) = (head([(0, one)]), head([(start, two)]))
      let both = head([(0, one), (start, two)])
      if both < z * beta - 1e-9 {
        #expect(abs(both - first - second + initial) < 1e-10)
        let double = head([(0, 2 * one)])
        if double < z * beta - 1e-9 { #expect(abs(double - initial - 2 * (first - initial)) < 1e-10) }
      }
      // The factor of safety falls with the head, to the cohesion alone.
      let safety = place.factorOfSafety(depth: z, pressureHead: heavy)
      #expect(safety >= place.factorOfSafety(depth: z, pressureHead: heavy + 0.1) && safety >= 0 && safety <= 10)
    }
    #expect(capped > 100)
  }

  /// At rest under a water table the transient model is the infinite slope.
  @Test func agreesWithTheInfiniteSlope() {
    var options = TransientOptions()
    options.flow = .slopeParallel
    let soil = SoilStrength(
      cohesion: 2, rootCohesion: 1, frictionAngle: 33, unitWeight: 18, surcharge: 2, depth: 2, conductivity: 1,
      source: "test")
    for wetness in [0.0, 0.25, 0.5, 1] {
      for degrees in [20.0, 35, 50] {
        let place = TransientColumn(
          TransientSoil(soil, diffusivity: 1e-4), slopeTangent: tangent(degrees), waterTable: 2 * (1 - wetness),
          initialFlux: 0, options: options)
        let found = place.factorOfSafety(
          depth: 2, pressureHead: place.pressureHead(depth: 2, time: 100, rain: []))
        let expected = InfiniteSlope.factorOfSafety(soil, slopeTangent: tangent(degrees), wetness: wetness)
        #expect(abs(found - expected) < 1e-12)
      }
    }
  }

  @Test func unsaturatedStart() {
    // α 3 1/m, water table at 1.5 m of 2 m.
    let retention = WaterRetention(alpha: 3, saturatedContent: 0.45, residualContent: 0.05)
    let soil = TransientSoil(
      SoilStrength(cohesion: 1, frictionAngle: 33, unitWeight: 19, depth: 2, conductivity: 0.864, source: "test"),
      diffusivity: 1e-4, retention: retention)
    let saturated = TransientSoil(soil.strength, diffusivity: 1e-4)
    let ks = soil.conductivity
    let slope = tangent(30)
    let dry = TransientColumn(soil, slopeTangent: slope, waterTable: 1.5, initialFlux: 0.1 * ks)
    let wet = TransientColumn(saturated, slopeTangent: slope, waterTable: 1.5, initialFlux: 0.1 * ks)
    let rain: [(time: Double, rise: Double)] = [(0, 0.6 * ks)]
    for z in [0.1, 0.5, 1, 1.4, 1.5, 1.7, 2] {
      var last = -Double.infinity
      for t in stride(from: 0.0, to: 4e6, by: 1e5) {
        let head = dry.pressureHead(depth: z, time: t, rain: rain)
        #expect(head >= last - 1e-9)
        last = head
      }
      // Steady: all that infiltrates reaches the water table, and the ground fills.
      #expect(last <= z * (0.75 - 0.1) + 1e-12)
      if z >= 1.5 { #expect(dry.pressureHead(depth: z, time: 1e7, rain: rain) > z * 0.6) }
      // Below the water table the head is at first that of the saturated soil before the rain; it rises later.
      if z >= 1.5 {
        #expect(dry.pressureHead(depth: z, time: 0, rain: rain) == wet.pressureHead(depth: z, time: 0, rain: []))
        #expect(dry.pressureHead(depth: z, time: 2e4, rain: rain) < wet.pressureHead(depth: z, time: 2e4, rain: rain))
      }
    }
    // At the start the profile is steady: K = q + (1 − q) exp(−α cos²δ z), ψ = ln K / α.
    let height = 1.0 * 3 / (1 + slope * slope)
    let k = 0.1 + 0.9 * exp(-height)
    #expect(abs(dry.pressureHead(depth: 0.5, time: 0, rain: rain) - log(k) / 3) < 1e-12)
    // Suction holds only where that is asked for, weakened by the drained pores.
    var options = TransientOptions()
    options.countsSuction = true
    let held = TransientColumn(
      soil, slopeTangent: slope, waterTable: 1.5, initialFlux: 0.1 * ks, options: options)
    let suction = held.pressureHead(depth: 0.5, time: 0, rain: rain)
    let gain =
      held.factorOfSafety(depth: 0.5, pressureHead: suction) - dry.factorOfSafety(depth: 0.5, pressureHead: suction)
    let expected =
      -suction * exp(3 * suction) * 9.81 * tangent(33) * (1 + slope * slope) / (19 * 0.5 * slope)
    #expect(abs(gain - expected) < 1e-12 && gain > 0)
  }
}
