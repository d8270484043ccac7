/// How much inertia a discharge has.
///
/// Without advection the equations of flow let ripples grow without end where water runs so fast that floods, which
/// travel at 5/3 of its speed, outrun the waves √(g h) on it: at Froude numbers above 0.6 (Whitham 1974, *Linear and
/// Nonlinear Waves*, section 3.1: the kinematic wave must not be faster than the dynamic ones). With advection the
/// waves are carried along, and the limit is 1.5. A stream a decimetre deep ran in surges of a metre.
///
/// So the acceleration has the weight σ = min(1, g h / (5 u / 3)²), with which the waves √(g h / σ) are just as fast as
/// the floods: local partial inertia, as Fread, Jin and Lewis (1996) blend the full equations into the diffusive wave,
/// with this condition instead of a power of the Froude number. Slower water has all of its inertia, a flow that does
/// not change in time is not concerned, and fast sheets follow the diffusive wave, which is what they do.
enum PartialInertia {
  /// 1 / σ, by which gravity's part and friction's are multiplied.
  /// - Parameters:
  ///   - speed: Of the water, m/s.
  ///   - inverseDepth: 1 / h, 1/m.
  @inline(__always)
  static func reciprocal(speed: Float, inverseDepth: Float) -> Float {
    // As good as none; numbers stay far from their limits.
    smaller(larger((25 / 9 / Gravity.float * inverseDepth) * (speed * speed), 1), 1e4)
  }
}
