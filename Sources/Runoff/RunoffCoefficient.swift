public import Grids

/// Runoff as a fixed share of rain on a grid.
/// - Parameters:
///   - rain: P in mm, ≥ 0; NaN is no data.
///   - coefficient: Share from 0 to 1 that runs off; NaN is no data.
///   - threads: Number of threads.
/// - Returns: Runoff in mm, the product rounded once, 0 ≤ Q ≤ P in every cell; NaN where rain or coefficient is.
/// - Throws: ``GeometryMismatch`` or ``ValuesOutOfRange``.
public func coefficientRunoff(
  rain: Grid<Float>, coefficient: Grid<Float>, threads: Int
) throws -> Grid<Float> {
  try rain.geometry.require(coefficient.geometry, for: "runoff by coefficient")
  try requireRain(rain, threads: threads)
  try coefficient.require(0...1, of: "runoff coefficient", threads: threads)
  return combine(rain, coefficient, threads: threads) { $0 * $1 }
}
