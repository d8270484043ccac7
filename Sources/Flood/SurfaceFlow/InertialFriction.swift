/// Friction on a discharge through a face, with a discharge across the face that is known.
///
/// With B the size of what drives, t that of the discharge across and A = g Δt n² h^(−7/3), the new size q solves
/// A q √(q² + t²) + q = B: friction acts against the whole flow, of which q is a part. (To put the discharge across
/// beside B instead of q, as is sometimes done, loses it in long steps: B grows with the step, q does not. Sheets that
/// gather in furrows then run off too fast, the more so the longer the step.)
///
/// √(q² + t²) lies close to q + (√2 − 1) t where q is larger than t, and to t + (√2 − 1) q where it is smaller: a
/// quadratic equation in q, whose root is 7 % too low at most. One step of Newton's method with its slope, a little
/// lengthened, brings it to within 0.4 %; without a discharge across, and for long steps with much of it, it is exact.
///
/// In parts, for loops over faces.
enum InertialFriction {
  /// √2 − 1.
  private static let corner: Float = 0.414_213_56

  /// The linear term and the discriminant of the quadratic equation.
  /// - Parameter resistance: A.
  @inline(__always)
  static func quadratic(drive: Float, across: Float, resistance: Float) -> (linear: Float, discriminant: Float) {
    // As good as a standstill, and its square is still a number.
    let drag = smaller(resistance * across, 1e18)
    let isAlong = drive >= across * (1 + 1.414_213_56 * drag)
    let weight: Float = isAlong ? 4 : 4 * corner
    let linear = 1 + (1 + corner - 0.25 * weight) * drag
    return (linear, linear * linear + weight * (resistance * drive))
  }

  /// The root of the quadratic equation, and how far a remainder moves it.
  @inline(__always)
  static func root(drive: Float, linear: Float, discriminant: Float) -> (guess: Float, slope: Float) {
    let root = squareRoot(discriminant)
    let sum = linear + root
    let inverse = 1 / (root * sum)
    return (2 * drive * root * inverse, 1.05 * sum * inverse)
  }

  /// The size of the new discharge.
  @inline(__always)
  static func discharge(guess: Float, slope: Float, drive: Float, across: Float, resistance: Float) -> Float {
    let size = squareRoot(guess * guess + across * across)
    return guess - ((resistance * guess) * size + (guess - drive)) * slope
  }

  /// The size of the new discharge, all at once.
  @inline(__always)
  static func discharge(drive: Float, across: Float, resistance: Float) -> Float {
    let (linear, discriminant) = quadratic(drive: drive, across: across, resistance: resistance)
    let (guess, slope) = root(drive: drive, linear: linear, discriminant: discriminant)
    return discharge(guess: guess, slope: slope, drive: drive, across: across, resistance: resistance)
  }
}
