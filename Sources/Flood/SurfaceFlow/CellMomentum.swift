/// Momentum in the cells, for schemes that carry it: discharge per metre of width, m²/s, and what a step adds to it.
///
/// 16 bytes a cell. In cells that hold no more than the film it is 0.
final class CellMomentum: @unchecked Sendable {
  /// Discharge to the east, m²/s.
  let east: UnsafeMutablePointer<Float>
  /// Discharge to the south, m²/s.
  let south: UnsafeMutablePointer<Float>
  /// What the step at hand adds to ``east`` in a second, before friction, m²/s².
  let eastGain: UnsafeMutablePointer<Float>
  /// What the step at hand adds to ``south`` in a second, before friction, m²/s².
  let southGain: UnsafeMutablePointer<Float>

  init(_ layout: FlowLayout) {
    east = .filled(layout.count, with: 0)
    south = .filled(layout.count, with: 0)
    eastGain = .filled(layout.count, with: 0)
    southGain = .filled(layout.count, with: 0)
  }

  deinit {
    for array in [east, south, eastGain, southGain] { array.deallocate() }
  }

  /// The flux of momentum into a wall beside a cell, less the pressure of the cell's depth, m³/s².
  ///
  /// The wall is a mirror: the flux of ``ShallowWaterFaces`` between a cell and its reflection; it never pulls.
  /// - Parameter discharge: Discharge in the cell towards the wall, m²/s.
  @inline(__always)
  static func wallPush(depth: Float, discharge: Float, film: Float) -> Float {
    let isWet = depth > film
    let speed = discharge / larger(depth, film)
    let wave = squareRoot(Gravity.float * depth)
    let back = larger(wave - speed, wave + 0.5 * speed)
    let push = larger(discharge * (speed + back), -0.5 * Gravity.float * (depth * depth))
    return isWet ? push : 0
  }
}
