/// Smoothing of a discharge by those through the next faces in the direction of flow, which keeps the local inertial
/// scheme free of ripples.
///
/// De Almeida et al. (2012) mix θ of a face's discharge with 1 − θ of its neighbours' mean. Done once a step, however
/// long, that is a friction: the more steps, the more of it, and nothing that converges. A stream one cell wide that
/// runs askew to the cells turns at each of them; its neighbours in either direction are dry, and it lost a tenth of its
/// discharge in every step. Here
/// - the neighbours' weight is in proportion to the way of water and waves in the step, so that the smoothing does not
///   depend on the step's length and vanishes with the cells' size,
/// - and no neighbour changes a discharge by more than twice the smaller of the two: a trickle beside a stream, or a
///   wall, takes nothing from it.
enum InertialSmoothing {
  /// Weight of each neighbour, by the speed of water and waves, s/m: (1 − θ) / 2 where they cross a cell in the step.
  static func weight(theta: Float, step: Float, length: Float) -> Float { (1 - theta) / 2 * step / length }

  /// A smoothed discharge.
  /// - Parameters:
  ///   - after: ``change(from:to:)`` from it to the next one in the direction of flow.
  ///   - before: That from the one before to it.
  @inline(__always)
  static func discharge(_ q: Float, before: Float, after: Float, weight: Float) -> Float {
    q + weight * (after - before)
  }

  /// How far the next discharge may pull one towards it; the other way round it is the same, negated.
  @inline(__always)
  static func change(from q: Float, to other: Float) -> Float {
    let most = 2 * smaller(magnitude(q), magnitude(other))
    return larger(-most, smaller(most, other - q))
  }
}
