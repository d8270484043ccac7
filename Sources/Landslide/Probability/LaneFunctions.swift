/// Functions of eight numbers at a time, by polynomials.
///
/// They use only + − × ÷ √ and bit patterns, so that results do not depend on the processor or on a mathematics
/// library. The coefficients are minimax fits of this project; the bounds of error are held by tests.
enum LaneFunctions {
  /// Natural logarithm of positive normal numbers; error ≤ 1.5e-7 beside the last digit of the result.
  @inline(__always)
  static func log(_ x: Lanes) -> Lanes {
    // x = m 2^e with m from √½ to √2: 0x3F35_04F3 is the bit pattern of √½.
    let offset = bits(x) &- WordLanes(repeating: 0x3F35_04F3)
    let exponent = offset & WordLanes(repeating: 0xFF80_0000)
    let f = floats(bits(x) &- exponent) - 1
    let e = floatOfExponent(exponent)
    var p: Lanes = f * 0.0867218788 - 0.143790084
    p = p * f + 0.149779929
    p = p * f - 0.165644256
    p = p * f + 0.199548757
    p = p * f - 0.250016987
    p = p * f + 0.333341659
    let square = f * f
    return e * Float(0.693147181) + (f - square * Float(0.5) + square * f * p)
  }

  /// e to the power x, which is held within ±87; relative error ≤ 2e-7.
  @inline(__always)
  static func exp(_ x: Lanes) -> Lanes {
    let x = clamped(x, -87, 87)
    // Adding 1.5·2²³ rounds to a whole number, which then stands in the last bits.
    let shifted = x * Float(1.44269504) + Float(12_582_912)
    let n = shifted - Float(12_582_912)
    // ln 2 in two parts, the first with few digits, so that n times it is exact.
    let r = (x - n * Float(0.693359375)) + n * Float(2.12194440e-4)
    var p: Lanes = r * 0.00138146131 + 0.00836870983
    p = p * r + 0.0416683874
    p = p * r + 0.166665207
    p = p * r + 0.499999935
    let fraction = (p * r * r + r) + 1
    return floats(bits(fraction) &+ (bits(shifted) &<< 23))
  }

  /// Sine and cosine of angles in radians from 0 to π/2; error ≤ 1.5e-7.
  @inline(__always)
  static func sineAndCosine(_ x: Lanes) -> (sine: Lanes, cosine: Lanes) {
    let square = x * x
    var s: Lanes = square * 2.60578065e-6 - 0.000198096029
    s = s * square + 0.00833306625
    s = s * square - 0.166666596
    var c: Lanes = square * -2.61938152e-7 + 2.47693042e-5
    c = c * square - 0.00138885692
    c = c * square + 0.0416666558
    return (x + x * square * s, 1 - square * Float(0.5) + square * square * c)
  }

  /// Square root of numbers that are 0 or normal and not negative; relative error ≤ 3e-7.
  ///
  /// The standard library takes the eight roots one after the other.
  @inline(__always)
  static func squareRoot(_ x: Lanes) -> Lanes {
    // The bit pattern halved is nearly the logarithm halved; three steps of Newton's iteration for 1/√x.
    var y = floats(WordLanes(repeating: 0x5F37_5A86) &- (bits(x) &>> 1))
    let half = x * Float(0.5)
    y *= Float(1.5) - half * y * y
    y *= Float(1.5) - half * y * y
    y *= Float(1.5) - half * y * y
    return x * y
  }

  /// The standard normal variate whose probability of not being exceeded is (1 + x) / 2; x within ±(1 − 2⁻²⁴).
  ///
  /// Relative error ≤ 1e-6. With w = −ln(1 − x²), as Giles (2012) has it, the ratio to x is smooth and only one draw
  /// in 300 needs the second branch.
  @inline(__always)
  static func normalScore(_ x: Lanes) -> Lanes {
    let w = log((1 - x) * (1 + x)) * Float(-1)
    let v = w - Float(2.5)
    var p: Lanes = v * 4.46372849e-7 - 4.50552031e-6
    p = p * v - 5.7900716e-6
    p = p * v + 0.000307359567
    p = p * v - 0.00177431686
    p = p * v - 0.00590612185
    p = p * v + 0.348803642
    p = p * v + 2.12331322
    let isTail = w .> 5
    if isAny(isTail) { p.replace(with: tailRatio(w), where: isTail) }
    return p * x
  }

  /// The ratio of variate and number where w is above 5.
  @inline(never)
  private static func tailRatio(_ w: Lanes) -> Lanes {
    let s = squareRoot(clamped(w, 5, 17)) - Float(3)
    var q: Lanes = s * 0.00137656454 - 0.00499349922
    q = q * s + 0.00843132756
    q = q * s - 0.0108533201
    q = q * s + 0.0132876967
    q = q * s + 1.41658677
    return q * s + 4.00643626
  }

  /// 2 Φ(z) − 1, with Φ the standard normal distribution function; error ≤ 6e-7.
  ///
  /// Abramowitz & Stegun (1964), equation 7.1.26.
  @inline(__always)
  static func centredProbability(ofScore z: Lanes) -> Lanes {
    let magnitude = floats(bits(z) & WordLanes(repeating: 0x7FFF_FFFF)) * Float(0.707106781)
    let t = 1 / (1 + magnitude * Float(0.3275911))
    var p: Lanes = t * 1.061405429 - 1.453152027
    p = p * t + 1.421413741
    p = p * t - 0.284496736
    p = p * t + 0.254829592
    let erf = 1 - p * t * exp(magnitude * magnitude * Float(-1))
    return floats((bits(erf) & WordLanes(repeating: 0x7FFF_FFFF)) | (bits(z) & WordLanes(repeating: 0x8000_0000)))
  }

  /// Numbers from −1 to 1 from random words: the 2²³ odd multiples of 2⁻²³, equally likely.
  @inline(__always)
  static func centred(_ words: WordLanes) -> Lanes {
    let fromOneToTwo = floats((words &>> 9) | WordLanes(repeating: 0x3F80_0000))
    return (fromOneToTwo - Float(1.5)) * Float(2) + Float(0x1p-23)
  }

  /// Numbers held between two bounds.
  @inline(__always)
  static func clamped(_ x: Lanes, _ lower: Float, _ upper: Float) -> Lanes {
    let low = Lanes(repeating: lower)
    let high = Lanes(repeating: upper)
    let above = x.replacing(with: low, where: x .< low)
    return above.replacing(with: high, where: above .> high)
  }

  /// Whether any lane of a mask is true.
  @inline(__always)
  private static func isAny(_ mask: SIMDMask<SIMD8<Int32>>) -> Bool {
    let pairs = unsafeBitCast(mask, to: SIMD4<UInt64>.self)
    return pairs[0] | pairs[1] | pairs[2] | pairs[3] != 0
  }

  @inline(__always)
  static func bits(_ x: Lanes) -> WordLanes { unsafeBitCast(x, to: WordLanes.self) }

  @inline(__always)
  static func floats(_ x: WordLanes) -> Lanes { unsafeBitCast(x, to: Lanes.self) }

  /// The whole number in the exponent field, sign included, as a float.
  @inline(__always)
  private static func floatOfExponent(_ field: WordLanes) -> Lanes {
    // 2²³ + 2²² + e, whose last bits are e; the shift keeps the sign.
    let whole = unsafeBitCast(unsafeBitCast(field, to: SIMD8<Int32>.self) &>> 23, to: WordLanes.self)
    return floats(whole &+ WordLanes(repeating: 0x4B40_0000)) - Float(12_582_912)
  }
}
