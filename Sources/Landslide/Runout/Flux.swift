/// Flux as whole numbers of a quantum, so that what is released, deposited and lost balances to the last bit.
enum Flux {
  /// Quanta of one release cell, 2⁴⁰.
  static let whole: UInt64 = 1 << 40
  /// Most release cells of one run: sums over all of them stay below 2⁶⁴ even where paths cross themselves.
  static let mostReleases = 1 << 22

  /// The share of a release as a number.
  @inline(__always)
  static func share(_ quanta: UInt64) -> Double { Double(quanta) * 0x1p-40 }

  /// The quanta of a share, rounded up: a part of the flux that is less than the threshold has fewer.
  static func threshold(_ share: Double) -> UInt64 { UInt64((share * 0x1p40).rounded(.up)) }

  /// Splits a flux by weights; no quantum is lost or made.
  ///
  /// What would go to neighbours below the threshold is spread evenly over those above it.
  /// - Returns: Quanta by neighbour; all 0 where every part is below the threshold.
  @inline(__always)
  static func split(_ flux: UInt64, weights: SIMD8<Double>, threshold: UInt64) -> SIMD8<UInt64> {
    var shares = SIMD8<UInt64>.zero
    var total = 0.0
    for k in 0..<Neighbourhood.count { total += weights[k] }
    guard total > 0 else { return shares }
    let scale = Double(flux) / total
    var (given, below, above) = (0 as UInt64, 0 as UInt64, 0 as UInt64)
    var largest = 0
    for k in 0..<Neighbourhood.count where weights[k] > 0 {
      let share = UInt64(weights[k] * scale)
      given &+= share
      shares[k] = share
      if share > shares[largest] { largest = k }
    }
    // The quanta that rounding left over.
    shares[largest] &+= flux &- given
    for k in 0..<Neighbourhood.count {
      if shares[k] >= threshold {
        above &+= 1
      } else {
        below &+= shares[k]
        shares[k] = 0
      }
    }
    guard above > 0 else { return .zero }
    guard below > 0 else { return shares }
    let more = below / above
    for k in 0..<Neighbourhood.count where shares[k] > 0 { shares[k] &+= more }
    shares[largest] &+= below &- more &* above
    return shares
  }
}
