import TestSupport
import Testing

@testable import Flood

@Suite struct InertialFrictionTests {
  /// A q √(q² + t²) + q = B by bisection.
  private func slow(_ a: Double, _ t: Double, _ b: Double) -> Double {
    var (low, high) = (0.0, b)
    for _ in 0..<200 {
      let q = (low + high) / 2
      if a * q * (q * q + t * t).squareRoot() + q < b { low = q } else { high = q }
    }
    return low
  }

  @Test func solvesForTheWholeFlow() {
    var random = SeededGenerator(seed: 7)
    var worst: (Double, Double) = (0, 0)
    for _ in 0..<50_000 {
      let b = Float.random(in: -8...3, using: &random)
      let a = Float.random(in: -6...9, using: &random)
      let t = Float.random(in: -9...3, using: &random)
      func power(_ x: Float) -> Float {
        var value: Float = 1
        for _ in 0..<abs(Int(x)) { value *= x < 0 ? 0.1 : 10 }
        return value * (1 + abs(x - x.rounded(.towardZero)) * 9)
      }
      let (drive, resistance, across) = (power(b), power(a), power(t))
      let q = InertialFriction.discharge(drive: drive, across: across, resistance: resistance)
      let exact = slow(Double(resistance), Double(across), Double(drive))
      let error = Double(q) / exact - 1
      worst = (min(worst.0, error), max(worst.1, error))
    }
    #expect(worst.0 > -0.004 && worst.1 < 0.004, "\(worst)")
  }

  @Test func isExactAlongAStraightFlow() {
    for drive: Float in [0, 1e-6, 0.3, 40] {
      for resistance: Float in [1e-3, 1, 1e5] {
        let q = InertialFriction.discharge(drive: drive, across: 0, resistance: resistance)
        let exact = 2 * drive / (1 + (1 + 4 * resistance * drive).squareRoot())
        #expect(abs(q - exact) <= 3e-7 * exact)
      }
    }
    for resistance: Float in [1e12, 1e18, 1e25] {
      #expect(InertialFriction.discharge(drive: 2, across: 1e3, resistance: resistance) < 1e-9)
      #expect(InertialFriction.discharge(drive: 0, across: 1e3, resistance: resistance) == 0)
    }
    // Nothing flows where nothing drives, whatever passes by.
    #expect(InertialFriction.discharge(drive: 0, across: 3, resistance: 1e6) == 0)
  }
}
