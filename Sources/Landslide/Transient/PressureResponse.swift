import Foundation

/// Rise of the pressure head at a depth after rain has infiltrated at the conductivity Ks since time 0, m.
///
/// Multiply by I/Ks for another rate, and subtract the same from later times for rain that ends: the equation is linear.
public enum PressureResponse {
  /// R(t*) = √(t*/π) exp(−1/t*) − erfc(1/√t*), 0 for t* ≤ 0.
  ///
  /// Iverson (2000), Water Resources Research 36, 1897–1910, equation 27e.
  public static func dimensionless(_ time: Double) -> Double {
    if time <= 0 { return 0 }
    return (time / .pi).squareRoot() * exp(-1 / time) - erfc(1 / time.squareRoot())
  }

  /// The rise where the soil is infinitely deep: Z R(t*) with t* = 4 D₁ t / Z².
  ///
  /// It is 2 √(D₁ t) ierfc(Z / (2 √(D₁ t))). D₁ = D₀ / cos²δ, with δ the slope angle: the program TRIGRS divides by cos²δ where
  /// the paper multiplies, and so do we; the equation of motion in vertical coordinates asks for it.
  /// - Parameters:
  ///   - depth: Z ≥ 0, vertical, m.
  ///   - time: t, s.
  ///   - diffusivity: D₁, m²/s.
  public static func infiniteDepth(depth: Double, time: Double, diffusivity: Double) -> Double {
    if time <= 0 { return 0 }
    let length = 2 * (diffusivity * time).squareRoot()
    return length * ierfc(depth / length)
  }

  /// The rise over a base without flow at some depth, by the series that converges faster.
  ///
  /// Baum, Savage & Godt (2008), TRIGRS 2.0, U.S. Geological Survey Open-File Report 2008–1159, equation 2 (early
  /// times), and the cosine series of the same problem (late times; Carslaw & Jaeger 1959, § 3.8).
  /// - Parameters:
  ///   - depth: Z, from 0 to `base`, m.
  ///   - base: Depth of the base, above 0, m.
  ///   - time: t, s.
  ///   - diffusivity: D₁, m²/s.
  public static func finiteDepth(depth: Double, base: Double, time: Double, diffusivity: Double) -> Double {
    if time <= 0 { return 0 }
    // Either series needs at most five terms on its side.
    return diffusivity * time < 0.3 * base * base
      ? early(depth: depth, base: base, time: time, diffusivity: diffusivity)
      : late(depth: depth, base: base, time: time, diffusivity: diffusivity)
  }

  /// The image series, for times up to about the square of the depth over the diffusivity.
  static func early(depth: Double, base: Double, time: Double, diffusivity: Double) -> Double {
    let length = 2 * (diffusivity * time).squareRoot()
    let fromBase = base - depth
    var sum = 0.0
    var odd = 1.0
    while true {
      let term = ierfc((odd * base - fromBase) / length) + ierfc((odd * base + fromBase) / length)
      sum += term
      // The first term may be 0 close to the start; images are farther away.
      if term <= sum * 1e-17 { return length * sum }
      odd += 2
    }
  }

  /// The cosine series, for late times.
  static func late(depth: Double, base: Double, time: Double, diffusivity: Double) -> Double {
    let scaled = diffusivity * time / (base * base)
    let fromBase = (base - depth) / base
    var sum = 0.0
    var m = 1.0
    var sign = -1.0
    while true {
      let decay = exp(-m * m * .pi * .pi * scaled)
      // (−1)^m: a program of note writes float(-1**n), which is −1 for every n.
      sum += sign / (m * m) * decay * cos(m * .pi * fromBase)
      if decay < 1e-17 { break }
      m += 1
      sign = -sign
    }
    return base * (scaled + (3 * fromBase * fromBase - 1) / 6 - 2 / (.pi * .pi) * sum)
  }

  /// First repeated integral of the complementary error function: exp(−x²)/√π − x erfc(x), x ≥ 0.
  static func ierfc(_ x: Double) -> Double {
    // Below 1e-294 from here on; the difference loses three digits until then.
    if x > 26 { return 0 }
    return exp(-x * x) / Double.pi.squareRoot() - x * erfc(x)
  }
}
