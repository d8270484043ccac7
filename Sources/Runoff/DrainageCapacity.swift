public import Grids

/// What pipes take off the surface runoff, and what is left.
public struct DrainedRunoff: Sendable {
  /// Runoff left on the surface, mm; NaN is no data.
  public let remaining: Grid<Float>
  /// Runoff taken by pipes, mm; NaN is no data.
  public let drained: Grid<Float>
}

/// Takes off runoff what pipes can carry during the event.
///
/// In every cell remaining + drained = runoff without any rounding, and drained ≤ capacity.
/// - Parameters:
///   - runoff: In mm, ≥ 0; NaN is no data.
///   - capacity: What pipes carry during the event, in mm, ≥ 0; infinite where they carry everything, NaN is no data.
///   - threads: Number of threads.
/// - Throws: ``GeometryMismatch`` or ``ValuesOutOfRange``.
public func drain(runoff: Grid<Float>, capacity: Grid<Float>, threads: Int) throws -> DrainedRunoff {
  try runoff.geometry.require(capacity.geometry, for: "drainage")
  try requireRain(runoff, threads: threads)
  try capacity.require(0...Float.infinity, of: "drainage capacity in mm", threads: threads)
  let remaining = combine(runoff, capacity, threads: threads) { runoff, capacity in
    remainingRunoff(runoff, capacity: capacity)
  }
  return DrainedRunoff(remaining: remaining, drained: combine(runoff, remaining, threads: threads) { $0 - $1 })
}

/// Takes off runoff what pipes can carry where that is the same everywhere.
public func drain(runoff: Grid<Float>, capacity: Float, threads: Int) throws -> DrainedRunoff {
  try drain(runoff: runoff, capacity: Grid(runoff.geometry, repeating: capacity), threads: threads)
}

/// What pipes leave, such that runoff minus it is a `Float` no larger than the capacity.
///
/// If at least half is left, the difference to the runoff is exact (Sterbenz), and one step up makes good for a
/// rounding downwards; if less is left, what is left is exact itself.
@inline(__always)
private func remainingRunoff(_ runoff: Float, capacity: Float) -> Float {
  if capacity >= runoff { return 0 }
  let left = runoff - capacity
  return runoff - left > capacity ? left.nextUp : left
}
