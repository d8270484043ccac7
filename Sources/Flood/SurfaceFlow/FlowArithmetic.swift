// Arithmetic of the flow kernels: loops over rows of cells that the compiler turns into vector instructions.
//
// Only + − × ÷ √, comparisons and whole numbers, which every processor rounds alike; no libm.

/// The larger of two; `a` where either is NaN.
@inline(__always)
func larger(_ a: Float, _ b: Float) -> Float { a < b ? b : a }

/// The smaller of two; `a` where either is NaN.
@inline(__always)
func smaller(_ a: Float, _ b: Float) -> Float { b < a ? b : a }

/// A number where it is negative, else 0.
@inline(__always)
func negativePart(_ a: Float) -> Float {
  let mask = UInt32(bitPattern: Int32(bitPattern: a.bitPattern) &>> 31)
  return Float(bitPattern: a.bitPattern & mask)
}

/// A number where it is positive, else 0.
@inline(__always)
func positivePart(_ a: Float) -> Float {
  let mask = UInt32(bitPattern: Int32(bitPattern: a.bitPattern) &>> 31)
  return Float(bitPattern: a.bitPattern & ~mask)
}

/// The magnitude of a number.
@inline(__always)
func magnitude(_ a: Float) -> Float { Float(bitPattern: a.bitPattern & 0x7fff_ffff) }

/// A positive number with the sign of another.
@inline(__always)
func withSign(_ a: Float, of b: Float) -> Float { Float(bitPattern: a.bitPattern | (b.bitPattern & 0x8000_0000)) }

/// √x, correctly rounded, of a number that is not negative.
///
/// With the sign bit cleared the compiler knows that libm's answer for negative numbers is not needed, and turns loops
/// of this into vector instructions.
@inline(__always)
func squareRoot(_ x: Float) -> Float { magnitude(x).squareRoot() }

/// 2 / (1 + √(1 + x)), what friction leaves of a discharge; exactly 1 for 0.
@inline(__always)
func shareAfterFriction(_ x: Float) -> Float { 2 / (1 + squareRoot(1 + x)) }

/// x^(−1/3) to 2·10⁻⁶ for positive normal x.
@inline(__always)
func reciprocalCubeRoot(_ x: Float) -> Float {
  // The guess has a third of the exponent, negated. The whole number (0x54a21d00 − bits / 3) / 256 is formed as a float
  // above 2²³, whose last bits it then is; the shift drops the rest.
  let whole = Float(Int32(bitPattern: x.bitPattern)) * (-1 / 768) + (8_388_608 + 0x54a2_1d00 / 256)
  let y = Float(bitPattern: whole.bitPattern &<< 8)
  // One step of fifth order: the series of (1 − r)^(−1/3) in the remainder r = 1 − x y³.
  let r = 1 - (x * y) * (y * y)
  let r2 = r * r
  let series = (0.333_333_34 + r * 0.222_222_22) + r2 * (0.172_839_5 + r * 0.144_032_92)
  return y + (y * r) * series
}

/// ∛x for positive x, to the last bits.
func cubeRoot(_ x: Double) -> Double {
  // A third of the exponent, then four steps of third order.
  var y = Double(bitPattern: x.bitPattern / 3 &+ 0x2a9f_7893_0000_0000)
  for _ in 0..<4 {
    let y3 = y * y * y
    y *= (y3 + x + x) / (y3 + y3 + x)
  }
  return y
}
