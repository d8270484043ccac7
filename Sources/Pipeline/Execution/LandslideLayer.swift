import Geodata
import Grids
import Report

/// Slopes by class of stability, as features; the most stable class and surfaces below a least area are left out.
func landslideFeatures(_ grids: ScenarioGrids, stableClass: Int, leastArea: Double) throws -> [Feature] {
  guard let safety = grids.safety, let slideClasses = grids.slideClasses else { return [] }
  let stable = Int32(stableClass)
  let shown = slideClasses.map(threads: 1) { $0 >= stable ? 0 : $0 }
  let regions = ConnectedRegions(of: shown, ignoring: 0)
  let cellArea = safety.geometry.cellArea
  let count = regions.values.count
  var least = [Float](repeating: .infinity, count: count)
  var sum = [Double](repeating: 0, count: count)
  var kept = regions.labels
  safety.withUnsafeCells { factor in
    kept.withUnsafeMutableCells { label in
      for index in 0..<safety.count where label[index] > 0 {
        let region = Int(label[index]) - 1
        if Double(regions.cells[region]) * cellArea < leastArea {
          label[index] = 0
          continue
        }
        least[region] = min(least[region], factor[index])
        sum[region] += Double(factor[index])
      }
    }
  }
  let shapes = polygonize(kept, ignoring: 0)
  var features: [Feature] = []
  for region in 0..<count {
    guard let polygons = shapes[Int32(region + 1)] else { continue }
    var row = RowBuilder(Schemas.landslide)
    row.set(Fields.id, features.count + 1)
    row.set(Fields.slideClass, Int(regions.values[region]))
    row.set(Fields.leastSafety, single: least[region])
    row.set(Fields.meanSafety, sum[region] / Double(regions.cells[region]))
    row.set(Fields.area, Double(regions.cells[region]) * cellArea)
    row.set(Fields.scenario, grids.scenario.id)
    features.append(try row.feature(.polygons(polygons)))
  }
  return features
}
