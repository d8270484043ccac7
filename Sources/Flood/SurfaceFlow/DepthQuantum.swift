/// The unit in which depths of water are kept: 2⁻⁴⁰ m, a trillionth of a metre.
///
/// Depths are doubles that are whole multiples of the quantum and stay below 4096 m, so that adding and subtracting
/// them is exact: what one cell gives the other gets, to the quantum, in whatever order.
enum DepthQuantum {
  /// Quanta in a metre.
  static let perMetre = 0x1p40
  /// 1.5 · 2¹²: doubles near it lie one quantum apart, so that adding it rounds to whole quanta.
  static let rounding = 6144.0
  /// Depths must stay below it.
  static let limit = 2048.0

  /// The nearest whole number of quanta, for magnitudes below ``limit``.
  @inline(__always)
  static func round(_ metres: Double) -> Double { (metres + rounding) - rounding }

  /// How many quanta a depth of whole quanta below ``limit`` has.
  ///
  /// Sums of it are exact in any order, so that the compiler may turn loops of them into vector instructions.
  @inline(__always)
  static func number(_ metres: Double) -> Int64 {
    // Doubles near `rounding` are one quantum apart, and so are their bit patterns.
    Int64(bitPattern: (metres + rounding).bitPattern &- rounding.bitPattern)
  }

  /// A sum of depths, at most some thousand metres, as a number of quanta.
  @inline(__always)
  static func count(_ metres: Double) -> Int64 { Int64(metres * perMetre) }
}
