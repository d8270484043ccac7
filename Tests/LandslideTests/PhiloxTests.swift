import Foundation
import TestSupport
import Testing

@testable import Landslide

@Suite struct PhiloxTests {
  /// Known answers published with the generator (Random123, file kat_vectors, philox4x32 10).
  @Test func publishedVectors() {
    let vectors: [(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, words: SIMD4<UInt32>)] = [
      (SIMD4(), SIMD2(), SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
      (
        SIMD4(repeating: 0xffff_ffff), SIMD2(repeating: 0xffff_ffff),
        SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
      ),
      (
        SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), SIMD2(0xa409_3822, 0x299f_31d0),
        SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
      ),
    ]
    for (counter, key, words) in vectors { #expect(Philox.words(counter: counter, key: key) == words) }
  }

  @Test func eightLanesAreEightBlocks() {
    var random = SeededGenerator(seed: 501)
    for _ in 0..<200 {
      func words() -> WordLanes { WordLanes((0..<8).map { _ in UInt32(truncatingIfNeeded: random.next()) }) }
      let counter = (words(), words(), words(), words())
      let key = SIMD2(UInt32(truncatingIfNeeded: random.next()), UInt32(truncatingIfNeeded: random.next()))
      let many = Philox.words(counter: counter, key: key)
      for lane in 0..<8 {
        let one = Philox.words(
          counter: SIMD4(counter.0[lane], counter.1[lane], counter.2[lane], counter.3[lane]), key: key)
        #expect(one == SIMD4(many.0[lane], many.1[lane], many.2[lane], many.3[lane]))
      }
    }
  }
}

/// Largest of an error over eight lanes.
private func largest(_ values: Lanes, _ error: (Int, Double) -> Double) -> Double {
  (0..<8).map { error($0, Double(values[$0])) }.max() ?? 0
}

@Suite struct LaneFunctionTests {
  private static func sweep(_ from: Double, _ to: Double, steps: Int = 20_000) -> [Lanes] {
    (0..<steps).map { step in
      Lanes((0..<8).map { Float(from + (to - from) * (Double(8 * step + $0) / Double(8 * steps - 1))) })
    }
  }

  @Test func logarithm() {
    for exponent in [-126.0, -60, -23, -3, -1, 0, 1, 5, 100] {
      for x in Self.sweep(pow(2, exponent), pow(2, exponent + 1), steps: 2000) {
        let worst = largest(LaneFunctions.log(x)) { lane, value in
          let exact = log(Double(x[lane]))
          return abs(value - exact) / max(1, abs(exact))
        }
        #expect(worst < 1.5e-7)
      }
    }
  }

  @Test func exponential() {
    for x in Self.sweep(-86.9, 86.9) {
      let worst = largest(LaneFunctions.exp(x)) { abs($1 / exp(Double(x[$0])) - 1) }
      #expect(worst < 2e-7)
    }
    #expect(LaneFunctions.exp(Lanes(repeating: 0))[0] == 1)
    // Held within the range of the numbers.
    #expect(LaneFunctions.exp(Lanes(repeating: 1e9))[0].isFinite && LaneFunctions.exp(Lanes(repeating: -1e9))[0] > 0)
  }

  @Test func sineAndCosine() {
    for x in Self.sweep(0, Double.pi / 2) {
      let (sine, cosine) = LaneFunctions.sineAndCosine(x)
      #expect(largest(sine) { abs($1 - sin(Double(x[$0]))) } < 1.5e-7)
      #expect(largest(cosine) { abs($1 - cos(Double(x[$0]))) } < 1.5e-7)
    }
  }

  @Test func squareRoot() {
    for exponent in [-126.0, -30, -1, 0, 1, 40, 126] {
      for x in Self.sweep(pow(2, exponent), pow(2, exponent + 1), steps: 500) {
        #expect(largest(LaneFunctions.squareRoot(x)) { abs($1 / Double(x[$0]).squareRoot() - 1) } < 3e-7)
      }
    }
    #expect(LaneFunctions.squareRoot(Lanes(repeating: 0))[0] == 0)
  }

  @Test func normalScoreInvertsTheDistribution() {
    var xs = Self.sweep(-0.9999, 0.9999)
    // Out to the last number below 1, and close to 0.
    for exponent in 1...24 {
      let x = Float(1 - pow(2, -Double(exponent)))
      xs.append(Lanes(x, -x, x.nextDown, -x.nextDown, 1e-6, -1e-6, Float(0x1p-23), -Float(0x1p-23)))
    }
    for x in xs {
      let worst = largest(LaneFunctions.normalScore(x)) { lane, score in
        // Tail probability of the score by the library's erfc against that of the number, which is exact.
        let tail = (1 - abs(Double(x[lane]))) / 2
        let found = 0.5 * erfc(abs(score) / 2.0.squareRoot())
        // One part in a million of the score.
        let slope = exp(-score * score / 2) / (2 * Double.pi).squareRoot()
        return abs(found - tail) / (slope * max(abs(score), 1e-3)) + (score * Double(x[lane]) < 0 ? 1 : 0)
      }
      #expect(worst < 1e-6)
    }
  }

  @Test func probabilityOfAScore() {
    for z in Self.sweep(-8, 8) {
      let worst = largest(LaneFunctions.centredProbability(ofScore: z)) {
        abs($1 - erf(Double(z[$0]) / 2.0.squareRoot()))
      }
      #expect(worst < 6e-7)
    }
  }

  @Test func numbersAreOddMultiplesAndSymmetric() {
    let words = WordLanes(0, 0xFFFF_FFFF, 0x7FFF_FFFF, 0x8000_0000, 511, 512, 1 << 31 | 511, 12345 << 9)
    let numbers = LaneFunctions.centred(words)
    for lane in 0..<8 {
      let expected = (2 * Double(words[lane] >> 9) + 1) / 8_388_608 - 1
      #expect(Double(numbers[lane]) == expected)
    }
    #expect(numbers[0] == -numbers[1] && numbers[2] == -numbers[3])
  }
}
