import Geodata
import Grids
import Landslide
import Report

/// Slopes by class of stability, as features; surfaces below a least area are left out.
/// - Parameters:
///   - safety: Factor of safety.
///   - classes: Class of each cell, by `StabilityClass` or thresholds of its own.
///   - stableClass: The class of stable slopes, which are left out with everything above.
///   - smooth: Whether the surfaces are drawn with their corners cut.
///   - scenario: The scenario of the features; nil where the layer has none.
func landslideFeatures(
  safety: Grid<Float>, classes: Grid<Int32>, stableClass: Int, leastArea: Double, scenario: String?,
  smooth: Bool = false
) throws -> [Feature] {
  let stable = Int32(stableClass)
  let shown = classes.map(threads: 1) { $0 >= stable ? 0 : $0 }
  let schema = scenario == nil ? Schemas.landslide.removing([Fields.scenario.name]) : Schemas.landslide
  return try classifiedPolygons(shown, leastArea: leastArea, smooth: smooth, grids: [safety]).enumerated().map {
    index, surface in
    var row = RowBuilder(schema)
    row.set(Fields.id, index + 1)
    row.set(Fields.slideClass, Int(surface.value))
    row.set(Fields.leastSafety, single: surface.least[0])
    row.set(Fields.meanSafety, surface.sum[0] * safety.geometry.cellArea / surface.area)
    row.set(Fields.area, surface.area)
    if let scenario { row.set(Fields.scenario, scenario) }
    return try row.feature(.polygons(surface.polygons))
  }
}
