import Geodata
import Grids

/// A surface of one class and what the grids hold in it.
struct ClassifiedPolygon {
  /// Class of its cells.
  let value: Int32
  /// The surface, with its holes.
  let polygons: [Polygon]
  /// Area in square units of the reference system.
  let area: Double
  /// Smallest value of each grid; nil where it holds none.
  let least: [Float?]
  /// Largest value of each grid; nil where it holds none.
  let greatest: [Float?]
  /// Sum of each grid's values.
  let sum: [Double]
}

/// Surfaces of cells of one class that hang together by their sides, with statistics of other grids.
/// - Parameters:
///   - classes: Class of each cell; 0 belongs to no surface.
///   - leastArea: Surfaces below this are left out.
///   - smooth: Whether the surfaces are drawn with their corners cut; areas stay those of the cells.
///   - grids: Values to take statistics of; NaN and infinities count as none.
func classifiedPolygons(_ classes: Grid<Int32>, leastArea: Double, smooth: Bool = false, grids: [Grid<Float>])
  -> [ClassifiedPolygon]
{
  let regions = ConnectedRegions(of: classes, ignoring: 0)
  let cellArea = classes.geometry.cellArea
  let isKept = regions.cells.map { Double($0) * cellArea >= leastArea }
  let labels = regions.labels.map(threads: 1) { $0 > 0 && isKept[Int($0) - 1] ? $0 : 0 }
  let shapes = polygonize(labels, ignoring: 0, smooth: smooth)
  var least = grids.map { _ in [Float](repeating: .infinity, count: regions.cells.count) }
  var greatest = grids.map { _ in [Float](repeating: -.infinity, count: regions.cells.count) }
  var sum = grids.map { _ in [Double](repeating: 0, count: regions.cells.count) }
  for (number, grid) in grids.enumerated() {
    for cell in 0..<grid.count where labels[cell] > 0 && grid[cell].isFinite {
      let region = Int(labels[cell]) - 1
      least[number][region] = min(least[number][region], grid[cell])
      greatest[number][region] = max(greatest[number][region], grid[cell])
      sum[number][region] += Double(grid[cell])
    }
  }
  return regions.cells.indices.compactMap { region in
    guard let polygons = shapes[Int32(region + 1)] else { return nil }
    func found(_ values: [[Float]]) -> [Float?] { values.map { $0[region].isFinite ? $0[region] : nil } }
    return ClassifiedPolygon(
      value: regions.values[region], polygons: polygons, area: Double(regions.cells[region]) * cellArea,
      least: found(least), greatest: found(greatest), sum: sum.map { $0[region] })
  }
}
