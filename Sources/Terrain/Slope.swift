public import Grids

/// Tangent of the steepest slope of every cell from its eight neighbours.
///
/// Beside the border and beside cells without elevation a missing neighbour is mirrored through the cell
/// (*z* = 2 *c* − opposite); where the opposite is missing too, a corner is the sum of its two sides, and a side is
/// level with the cell.
/// Method: Horn (1981), Proceedings of the IEEE 69, 14–47: weighted central differences.
/// - Returns: Rise over run, ≥ 0; NaN where the ground is.
public func slopeTangent(_ ground: Grid<Float>, threads: Int = 1) -> Grid<Float> {
  let perWidth = Float(1 / (8 * ground.geometry.cellWidth))
  let perHeight = Float(1 / (8 * ground.geometry.cellHeight))
  return mapWindows(of: ground, threads: threads) { z in
    let eastward =
      ((z.northEast - z.northWest) + (z.east - z.west) * 2 + (z.southEast - z.southWest)) * perWidth
    let southward =
      ((z.southWest - z.northWest) + (z.south - z.north) * 2 + (z.southEast - z.northEast)) * perHeight
    return (eastward * eastward + southward * southward).squareRoot()
  }
}
