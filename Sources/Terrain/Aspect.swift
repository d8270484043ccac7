import Foundation
public import Grids

/// The way that slopes face.
public enum Aspect {
  /// The aspect of level ground, which faces nowhere: not a direction, and not no data either.
  public static let level: Float = -1
}

/// The direction of steepest descent of every cell, in degrees clockwise from north.
///
/// Grid north, the way the rows are counted from. Missing neighbours are made up as in ``slopeTangent(_:threads:)``.
/// Reckoned in `Double` and rounded once.
/// Method: Horn (1981), Proceedings of the IEEE 69, 14–47: weighted central differences.
/// - Returns: 0 ≤ aspect < 360; ``Aspect/level`` where the gradient is zero; NaN where the ground is. 4 bytes a cell.
public func aspect(_ ground: Grid<Float>, threads: Int = 1) -> Grid<Float> {
  let perWidth = 1 / ground.geometry.cellWidth
  let perHeight = 1 / ground.geometry.cellHeight
  return mapWindows(of: ground, threads: threads) { z in
    let (northWest, northEast) = (Double(z.northWest), Double(z.northEast))
    let (southWest, southEast) = (Double(z.southWest), Double(z.southEast))
    let eastward =
      ((northEast - northWest) + (Double(z.east) - Double(z.west)) * 2 + (southEast - southWest)) * perWidth
    let southward =
      ((southWest - northWest) + (Double(z.south) - Double(z.north)) * 2 + (southEast - northEast)) * perHeight
    if eastward == 0, southward == 0 { return Aspect.level }
    // Downhill is westward where the ground rises eastward, and northward where it rises southward.
    return azimuth(east: -eastward, north: southward)
  }
}

/// Degrees clockwise from north of a direction in the plane, 0 ≤ azimuth < 360.
@inline(__always)
func azimuth(east: Double, north: Double) -> Float {
  let degrees = atan2(east, north) * (180 / Double.pi)
  let rounded = Float(degrees < 0 ? degrees + 360 : degrees)
  // A direction just west of north rounds to the full circle; −0 is north too.
  return rounded >= 360 ? 0 : rounded + 0
}
