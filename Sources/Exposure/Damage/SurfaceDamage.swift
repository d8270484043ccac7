public import Grids

/// What unknown depths under a surface mean for its damage.
public enum UnknownDepth: Sendable, Hashable {
  /// The damage is not known where more than a share of the surface has no depth.
  case unknown(minimumCoveredFraction: Double)
  /// Cells without data are dry, as some programs have it.
  case dry
}

/// Damage to a surface, cell by cell with exact coverage: the curve is taken of each cell's depth, never of a mean.
/// - Parameters:
///   - polygons: Parts of the surface, in the reference system of the grid, which is in metres.
///   - depth: Depth of the water in metres.
///   - curve: Share lost by depth.
///   - valuePerSquareMetre: What can be lost.
///   - unknown: What cells without data and parts outside the grid mean.
/// - Returns: Money; nil where it is not known.
public func surfaceDamage(
  of polygons: [Polygon], depth: Grid<Float>, curve: DamageCurve, valuePerSquareMetre: Double,
  unknown: UnknownDepth = .unknown(minimumCoveredFraction: 0.98)
) -> Double? {
  let samples = zonalSamples(of: polygons, on: depth)
  if case .unknown(let least) = unknown {
    let covered = samples.coverage.coveredFraction
    guard covered > 0, covered >= least else { return nil }
  }
  var sum = 0.0
  for (value, weight) in zip(samples.values, samples.weights) where value > 0 {
    sum += weight * (curve.share(at: Double(value)) ?? 0)
  }
  return sum * depth.geometry.cellArea * valuePerSquareMetre
}

/// Damage to ground of classes, such as land cover, in every cell.
/// - Parameters:
///   - depth: Depth of the water in metres; NaN where it is not known.
///   - classes: Class of each cell.
///   - curves: Curve and value per square metre of each class; other classes cannot be damaged.
///   - threads: Number of threads; the result does not depend on it.
/// - Returns: Money per cell; NaN where the depth is not known.
/// - Throws: ``GeometryMismatch`` where the grids do not lie on each other.
public func classDamage(
  depth: Grid<Float>, classes: Grid<Int32>,
  curves: [Int32: (curve: DamageCurve, valuePerSquareMetre: Double)],
  threads: Int
) throws(GeometryMismatch) -> Grid<Float> {
  try depth.geometry.require(classes.geometry, for: "damage")
  let cellArea = depth.geometry.cellArea
  var damage = depth
  damage.forEachRow(threads: threads) { row, cells in
    let codes = classes.row(row)
    for column in 0..<cells.count where !cells[column].isNaN {
      let water = cells[column]
      guard water > 0, let known = curves[codes[column]],
        let share = known.curve.share(at: Double(water))
      else {
        cells[column] = 0
        continue
      }
      cells[column] = Float(share * known.valuePerSquareMetre * cellArea)
    }
  }
  return damage
}
