/// Depths of water as whole numbers, so that sums do not depend on their order.
///
/// The unit is 2⁻²⁷ mm. Every `Float` depth of 1/16 mm or more is a whole number of units, because its last binary
/// digit is worth at least 2⁻²⁷; smaller depths are rounded to the nearest unit, ties to even (error ≤ 3.8·10⁻⁹ mm).
public enum WaterDepth {
  /// Units in one millimetre: 2²⁷.
  @inlinable public static var unitsPerMillimetre: Int64 { 1 << 27 }

  /// A depth in millimetres as a number of units.
  ///
  /// The conversion keeps order: a ≤ b gives units(a) ≤ units(b).
  /// - Precondition: `mm` is finite and smaller than 2³⁶ mm in magnitude; no data is not a depth.
  @inlinable
  public static func units(_ mm: Float) -> Int64 {
    let scaled = Double(mm) * 0x1p27
    precondition(abs(scaled) < 0x1p63, "a depth is finite and below 2³⁶ mm")
    // From 1/16 mm up nothing is left to round.
    return Int64(scaled >= 0x1p23 ? scaled : scaled.rounded(.toNearestOrEven))
  }

  /// A number of units in millimetres, rounded to the nearest `Double`.
  @inlinable
  public static func millimetres(_ units: Int64) -> Double { Double(units) * 0x1p-27 }

  /// A sum of units in millimetres, rounded to the nearest `Double`.
  @inlinable
  public static func millimetres(_ units: Int128) -> Double { Double(units) * 0x1p-27 }
}
