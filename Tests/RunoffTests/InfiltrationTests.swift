import Foundation
import TestSupport
import Testing

@testable import Runoff

@Suite struct InfiltrationTests {
  /// Silt loam of Chow, Maidment and Mays (1988): K = 6.5 mm/h, ψ = 166.8 mm, Δθ = 0.34.
  private let conductivity = 6.5
  private let suction = 166.8 * 0.34

  private func greenAmpt(_ infiltrated: Double, _ rain: Double, _ hours: Double) -> Double {
    Infiltration.greenAmpt(
      infiltrated: infiltrated, rain: rain, hours: hours, conductivity: conductivity, suction: suction)
  }

  @Test func greenAmptOfTheTextbook() {
    // Example 4.3.1: ponded from the start, 3.165 cm in the first hour, then 1.81 cm/h.
    let hour = Infiltration.greenAmptDepth(from: 0, hours: 1, conductivity: conductivity, suction: suction)
    #expect(abs(hour - 31.65) < 0.02)
    #expect(abs(conductivity * (1 + suction / hour) - 18.15) < 0.05)
    // Example 4.4.1 and 5.4: ponding after 10.5 h of 10 mm/h and 0.17 h of 50 mm/h.
    let time = Infiltration.greenAmptPondingTime(intensity: 50, conductivity: conductivity, suction: suction)
    #expect(
      abs(Infiltration.greenAmptPondingTime(intensity: 10, conductivity: conductivity, suction: suction) - 10.53) < 5e-3
    )
    #expect(abs(time - 0.1695) < 5e-5)
    #expect(abs(greenAmpt(0, 50, 1) - 30.16) < 0.01)
    #expect(greenAmpt(0, 6.4, 1) == 6.4)
    #expect(
      Infiltration.greenAmptPondingTime(intensity: 6.5, conductivity: conductivity, suction: suction) == .infinity)
  }

  @Test func greenAmptMeetsItsImplicitEquation() {
    var random = SeededGenerator(seed: 91)
    for _ in 0..<20_000 {
      let k = pow(10, random.unit() * 5 - 2)
      let s = pow(10, random.unit() * 4 - 1)
      let start = random.next() % 4 == 0 ? 0 : pow(10, random.unit() * 6 - 3)
      let hours = pow(10, random.unit() * 4 - 2.5)
      let end = Infiltration.greenAmptDepth(from: start, hours: hours, conductivity: k, suction: s)
      let residual = (end - start) - s * log1p((end - start) / (s + start)) - k * hours
      #expect(end > start && abs(residual) <= 1e-9 * max(end - start, k * hours))
    }
  }

  @Test func pondingBeginsExactlyWhereItShould() {
    // Steady rain: all of it until ponding, then the closed form from there.
    let time = Infiltration.greenAmptPondingTime(intensity: 50, conductivity: conductivity, suction: suction)
    #expect(greenAmpt(0, 50 * time, time) == 50 * time)
    let after = 0.25
    let wanted = Infiltration.greenAmptDepth(
      from: 50 * time, hours: after, conductivity: conductivity, suction: suction)
    #expect(abs(greenAmpt(0, 50 * (time + after), time + after) - wanted) < 1e-10)
  }

  @Test(arguments: [1, 2, 7, 60]) func stepsMakeNoDifferenceUnderSteadyRain(steps: Int) {
    var (ga, horton, constant) = (0.0, 0.0, 0.0)
    let (rain, hours) = (45.0 / Double(steps), 1.5 / Double(steps))
    for step in 0..<steps {
      ga += greenAmpt(ga, rain, hours)
      horton += Infiltration.horton(
        infiltrated: horton, rain: rain, hours: hours, initialRate: 76, finalRate: 13, decay: 4.14)
      constant += Infiltration.initialConstant(
        fallen: rain * Double(step), rain: rain, hours: hours, initial: 11, rate: 8)
    }
    #expect(abs(ga - greenAmpt(0, 45, 1.5)) < 1e-9)
    let whole = Infiltration.horton(
      infiltrated: 0, rain: 45, hours: 1.5, initialRate: 76, finalRate: 13, decay: 4.14)
    #expect(abs(horton - whole) < 1e-9)
    // 11 mm take 11/30 h, then 8 mm/h.
    #expect(abs(constant - (11 + 8 * (1.5 - 11.0 / 30))) < 1e-12)
  }

  @Test func hortonMeetsItsIntegral() {
    // Under ponding from the start: 13 + 63/4.14 (1 − e^−4.14) = 27.975 mm in one hour.
    func horton(_ infiltrated: Double, _ rain: Double, _ hours: Double, _ decay: Double = 4.14) -> Double {
      Infiltration.horton(
        infiltrated: infiltrated, rain: rain, hours: hours, initialRate: 76, finalRate: 13, decay: decay)
    }
    let hour = 13 + 63 / 4.14 * (1 - exp(-4.14))
    #expect(abs(hour - 27.975) < 5e-4)
    #expect(abs(horton(0, 500, 1) - hour) < 1e-12)
    // Broken anywhere, the curve is the same.
    for split in [0.01, 0.3, 0.77] {
      let first = horton(0, 500 * split, split)
      #expect(abs(first + horton(first, 500, 1 - split) - hour) < 1e-10)
    }
    #expect(horton(0, 12.9, 1) == 12.9 && horton(1000, 12.9, 1) == 12.9)
    #expect(abs(horton(1e4, 500, 2) - 26) < 1e-6)
    #expect(horton(0, 0, 1) == 0)
    // No final rate: the soil fills up, 76/4.14 mm in all.
    let total = Infiltration.horton(
      infiltrated: 0, rain: 5000, hours: 50, initialRate: 76, finalRate: 0, decay: 4.14)
    #expect(abs(total - 76 / 4.14) < 1e-9)
    #expect(
      Infiltration.horton(
        infiltrated: 76 / 4.14, rain: 5, hours: 1, initialRate: 76, finalRate: 0, decay: 4.14) == 0)
  }

  /// The depth at a time on the curve is given; what infiltrates after it is known in closed form.
  @Test func hortonCapacityFromAnyPlaceOnTheCurve() {
    var random = SeededGenerator(seed: 93)
    for _ in 0..<50_000 {
      let final = random.next() % 5 == 0 ? 0 : pow(10, 4 * random.unit() - 2)
      let (first, decay) = (final + pow(10, 4 * random.unit() - 2), pow(10, 3 * random.unit() - 1.5))
      let (time, hours) = (random.next() % 9 == 0 ? 0 : 10 * random.unit() / decay, pow(10, 4 * random.unit() - 3))
      let excess = (first - final) / decay
      let wanted = final * hours - excess * exp(-decay * time) * expm1(-decay * hours)
      let capacity = Infiltration.hortonCapacity(
        infiltrated: final * time - excess * expm1(-decay * time), hours: hours, initialRate: first, finalRate: final,
        decay: decay)
      #expect(abs(capacity - wanted) < 1e-10 * wanted, "\(first) \(final) \(decay) at \(time) h")
    }
  }

  /// Cells together and one by one, with every kind of ground among them and rows of any length.
  @Test(arguments: [1, 31, 32, 33, 100]) func hortonCapacitiesOfManyCells(count: Int) {
    var random = SeededGenerator(seed: UInt64(count))
    for _ in 0..<200 {
      let hours = pow(10, 4 * random.unit() - 3)
      var (first, final, decay) = ([Float](), [Float](), [Float]())
      var infiltrated: [Double] = []
      for _ in 0..<count {
        let kind = random.next() % 10
        final.append(kind == 0 ? 0 : kind == 1 ? .nan : Float(pow(10, 4 * random.unit() - 2)))
        first.append(final.last! + (kind == 2 ? -0.001 : Float(pow(10, 4 * random.unit() - 2))))
        decay.append(kind == 3 ? 0 : Float(pow(10, 3 * random.unit() - 1.5)))
        infiltrated.append(kind == 4 ? 0 : pow(10, 6 * random.unit() - 3))
      }
      var capacities = infiltrated
      capacities.withUnsafeMutableBufferPointer {
        Infiltration.hortonCapacities(
          infiltrated: $0.baseAddress!, hours: hours, initialRate: first, finalRate: final, decay: decay, count: count,
          into: $0.baseAddress!)
      }
      for cell in 0..<count {
        let wanted = Infiltration.hortonCapacity(
          infiltrated: infiltrated[cell], hours: hours, initialRate: Double(first[cell]),
          finalRate: Double(final[cell]), decay: Double(decay[cell]))
        #expect(
          capacities[cell] == wanted || capacities[cell].isNaN && wanted.isNaN,
          "\(first[cell]) \(final[cell]) \(decay[cell]) after \(infiltrated[cell]) mm: \(capacities[cell]), not \(wanted)"
        )
      }
    }
  }

  /// Against the system's, at random and where it is cut into powers of two.
  @Test func exponentialIsExact() {
    var random = SeededGenerator(seed: 5)
    var places = (0..<200_000).map { _ in -pow(10, 21 * random.unit() - 18) }
    places += (0..<2000).flatMap { k in
      let cut = -(Double(k) / 2) * 0.693_147_180_559_945_3
      return [cut.nextDown, cut, cut.nextUp]
    }
    for x in places + [0, -0.0, -1e4, -.infinity, -.leastNonzeroMagnitude] {
      let (found, wanted) = (exponentialMinusOne(x), expm1(x))
      #expect(abs(found - wanted) <= 2 * wanted.ulp, "\(x): \(found), not \(wanted)")
    }
    #expect(exponentialMinusOne(.nan).isNaN)
  }

  /// Rain weaker than the capacity until they meet; then along the curve, by many small explicit steps.
  @Test func hortonUnderWeakRainAgainstSmallSteps() {
    let whole = Infiltration.horton(
      infiltrated: 0, rain: 60, hours: 2, initialRate: 76, finalRate: 13, decay: 4.14)
    var (infiltrated, onCurve) = (0.0, 0.0)
    let step = 2.0 / 400_000
    for _ in 0..<400_000 {
      let capacity = 13 + 63 * exp(-4.14 * onCurve)
      let taken = min(30, capacity) * step
      infiltrated += taken
      onCurve += taken / capacity
    }
    #expect(abs(whole - infiltrated) < 2e-3)
  }

  @Test func boundsHoldForEverything() {
    var random = SeededGenerator(seed: 92)
    for _ in 0..<50_000 {
      let (rain, hours, held) = (random.unit() * 60, 0.01 + random.unit() * 3, random.unit() * 80)
      let (k, s) = (random.next() % 5 == 0 ? 0 : random.unit() * 40, random.next() % 5 == 0 ? 0 : random.unit() * 90)
      let all = [
        Infiltration.greenAmpt(infiltrated: held, rain: rain, hours: hours, conductivity: k, suction: s),
        Infiltration.horton(
          infiltrated: held, rain: rain, hours: hours, initialRate: k + s, finalRate: k, decay: random.unit() * 6),
        Infiltration.initialConstant(fallen: held, rain: rain, hours: hours, initial: s, rate: k),
      ]
      for part in all { #expect(part >= 0 && part <= rain, "\(rain) \(hours) \(held) \(k) \(s)") }
    }
  }
}
