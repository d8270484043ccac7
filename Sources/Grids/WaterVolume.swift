/// Volumes of water as whole numbers, so that routing loses nothing and does not depend on its order.
///
/// The quantum is 2⁻²⁰ m³ (0.95 ml); `Int64` holds 8.8·10¹² m³. Depths are summed over a basin in units of
/// ``WaterDepth`` first and turned into a volume once, since rounding each cell would bias uniform rain.
public enum WaterVolume {
  /// Quanta in one cubic metre: 2²⁰.
  @inlinable public static var quantaPerCubicMetre: Int64 { 1 << 20 }

  /// The volume of a sum of depth units over cells of one area.
  ///
  /// The product is formed exactly and rounded once, to the nearest quantum, ties to even (error ≤ 0.48 ml).
  /// - Parameters:
  ///   - depthUnits: Sum over cells, in units of 2⁻²⁷ mm; magnitude below 2⁷³.
  ///   - cellArea: Area of one cell in m², from 2⁻⁴⁰ to 2⁴⁰.
  /// - Precondition: The volume fits in `Int64` quanta.
  public static func quanta(fromDepthUnits depthUnits: Int128, cellArea: Double) -> Int64 {
    precondition(cellArea >= 0x1p-40 && cellArea <= 0x1p40, "the area of a cell is from 2⁻⁴⁰ to 2⁴⁰ m²")
    // cellArea = significand · 2^exponent with a whole significand below 2⁵³.
    let trailingZeros = cellArea.significandBitPattern == 0 ? 52 : cellArea.significandBitPattern.trailingZeroBitCount
    let significand = Int128((cellArea.significandBitPattern | 1 << 52) >> UInt64(trailingZeros))
    let exponent = Int(cellArea.exponent) - 52 + trailingZeros
    // units · 2⁻²⁷ mm · 10⁻³ m/mm · area · 2²⁰ quanta/m³ = units · area / (125 · 2¹⁰).
    let product = depthUnits.multipliedReportingOverflow(by: significand)
    precondition(!product.overflow, "the sum of depths is below 2⁷³ units")
    let shift = exponent - 10
    let numerator = shift > 0 ? product.partialValue << Int128(shift) : product.partialValue
    precondition(shift <= 0 || numerator >> Int128(shift) == product.partialValue, "the volume fits in 63 bits")
    let denominator = shift > 0 ? 125 as Int128 : 125 << Int128(-shift)
    guard let quanta = Int64(exactly: dividedToNearestOrEven(numerator, by: denominator)) else {
      preconditionFailure("the volume fits in 63 bits")
    }
    return quanta
  }

  /// A volume in cubic metres as a number of quanta, rounded to the nearest, ties to even.
  /// - Precondition: `cubicMetres` is finite and below 2⁴³ m³ in magnitude.
  @inlinable
  public static func quanta(fromCubicMetres cubicMetres: Double) -> Int64 {
    let scaled = (cubicMetres * 0x1p20).rounded(.toNearestOrEven)
    precondition(abs(scaled) < 0x1p63, "a volume is finite and below 2⁴³ m³")
    return Int64(scaled)
  }

  /// A number of quanta in cubic metres, rounded to the nearest `Double`.
  @inlinable
  public static func cubicMetres(_ quanta: Int64) -> Double { Double(quanta) * 0x1p-20 }

  /// A sum of quanta in cubic metres, rounded to the nearest `Double`.
  @inlinable
  public static func cubicMetres(_ quanta: Int128) -> Double { Double(quanta) * 0x1p-20 }
}

/// The quotient rounded to the nearest whole number, ties to even; the divisor is positive.
private func dividedToNearestOrEven(_ dividend: Int128, by divisor: Int128) -> Int128 {
  let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
  // Twice the remainder against the divisor, without doubling: the divisor may have 120 bits.
  let toHalf = remainder.magnitude
  let rest = divisor.magnitude - toHalf
  let away: Int128 = dividend < 0 ? -1 : 1
  if toHalf > rest || (toHalf == rest && quotient & 1 != 0) { return quotient + away }
  return quotient
}
