/// Counter-based random numbers: the same key and counter always give the same words, in any order and on any thread.
///
/// Philox 4×32 with ten rounds. Method: Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2,
/// 3, SC '11, doi:10.1145/2063384.2063405. It passes all of BigCrush and has no state to seed.
public enum Philox {
  static let multiplier0: UInt32 = 0xD251_1F53
  static let multiplier1: UInt32 = 0xCD9E_8D57
  /// What the two key words grow by from round to round: the golden ratio and √3 − 1.
  static let bump0: UInt32 = 0x9E37_79B9
  static let bump1: UInt32 = 0xBB67_AE85

  /// Four random words.
  /// - Parameters:
  ///   - counter: Which block.
  ///   - key: Which sequence, such as the halves of a seed, the lower first.
  public static func words(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let first = UInt64(multiplier0) * UInt64(c[0])
      let second = UInt64(multiplier1) * UInt64(c[2])
      c = SIMD4(
        UInt32(truncatingIfNeeded: second >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ c[3] ^ k[1], UInt32(truncatingIfNeeded: first))
      k &+= SIMD2(bump0, bump1)
    }
    return c
  }

  /// Four random words for each of eight counters: what ``words(counter:key:)`` gives, lane by lane.
  @inline(__always)
  static func words(
    counter: (WordLanes, WordLanes, WordLanes, WordLanes), key: SIMD2<UInt32>
  ) -> (WordLanes, WordLanes, WordLanes, WordLanes) {
    var (c0, c1, c2, c3) = counter
    var k0 = key[0]
    var k1 = key[1]
    for _ in 0..<10 {
      let first = product(c0, multiplier0)
      let second = product(c2, multiplier1)
      (c0, c1, c2, c3) = (
        second.high ^ c1 ^ WordLanes(repeating: k0), second.low, first.high ^ c3 ^ WordLanes(repeating: k1), first.low
      )
      k0 &+= bump0
      k1 &+= bump1
    }
    return (c0, c1, c2, c3)
  }

  /// The 64-bit products of eight words with a constant, as halves.
  ///
  /// Even and odd lanes are multiplied apart: that is the widening multiplication that processors have.
  @inline(__always)
  private static func product(_ words: WordLanes, _ constant: UInt32) -> (high: WordLanes, low: WordLanes) {
    let lower = SIMD4<UInt64>(repeating: 0xFFFF_FFFF)
    let factor = SIMD4<UInt64>(repeating: UInt64(constant))
    let pairs = unsafeBitCast(words, to: SIMD4<UInt64>.self)
    let even = (pairs & lower) &* factor
    let odd = (pairs &>> 32) &* factor
    return (
      high: unsafeBitCast((even &>> 32) | (odd & ~lower), to: WordLanes.self),
      low: unsafeBitCast((even & lower) | (odd &<< 32), to: WordLanes.self)
    )
  }
}

/// Eight draws at a time.
typealias Lanes = SIMD8<Float>
/// Eight words at a time.
typealias WordLanes = SIMD8<UInt32>
