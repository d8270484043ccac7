import Foundation
import Grids
import Landslide
import TestSupport
import Testing

@Suite struct ReleaseAreasTests {
  @Test func everyThresholdMustPass() throws {
    let thresholds = ClassLookup<ReleaseThresholds>([
      1: ReleaseThresholds(slope: 20...45, planCurvature: -0.02, upslopeArea: 500, source: "test"),
      2: ReleaseThresholds(slope: 25...90, planCurvature: 0, upslopeArea: 0, source: "test"),
    ])
    func tangent(_ degrees: Double) -> Float { Float(tan(degrees * .pi / 180)) }
    let slope = grid([[tangent(30), tangent(30), tangent(30), tangent(46)], [tangent(24), tangent(26), 4000, .nan]])
    let curvature = grid([[-0.03, -0.01, -0.03, -0.03], [-1, 0, -1, -1]] as [[Float]])
    let area = grid([[600, 600, 400, 600], [0, 0, 0, 0]] as [[Float]])
    let regions = grid([[1, 1, 1, 1], [2, 2, 2, 2]] as [[Int32]])
    func run(_ regions: Grid<Int32>) throws -> [UInt8] {
      try releaseAreas(
        slopeTangent: slope, planCurvature: curvature, upslopeArea: area, regions: regions, thresholds: thresholds,
        threads: 2
      ).cells
    }
    #expect(try run(regions) == [2, 1, 1, 1, 1, 2, 2, 0])
    #expect(try run(grid([[.min, 1, 1, 1], [2, 2, 2, 2]])) == [0, 1, 1, 1, 1, 2, 2, 0])
    let error = #expect(throws: UnmappedClasses.self) { try run(grid([[9, 1, 1, 1], [2, 2, 2, 2]])) }
    #expect(error?.name == "region")
  }

  /// Random grids against the definition in degrees; no data in any input stays no data.
  @Test func followsTheDefinition() throws {
    var random = SeededGenerator(seed: 581)
    let geometry = testGeometry(columns: 25, rows: 18)
    func values(_ from: Double, _ to: Double) -> Grid<Float> {
      Grid(
        geometry,
        cells: (0..<geometry.count).map { _ in
          random.next() % 12 == 0 ? .nan : Float(from + random.unit() * (to - from))
        })
    }
    let (slope, curvature, area) = (values(0, 2), values(-0.1, 0.1), values(0, 1000))
    let regions = Grid<Int32>(geometry, cells: (0..<geometry.count).map { _ in [1, 2, .min][Int(random.next() % 3)] })
    let table = [
      1: ReleaseThresholds(slope: 15...50, planCurvature: 0.02, upslopeArea: 200, source: "test"),
      2: ReleaseThresholds(slope: 25...45, planCurvature: -0.01, upslopeArea: 400, source: "test"),
    ]
    let lookup = ClassLookup<ReleaseThresholds>(table.reduce(into: [:]) { $0[Int32($1.key)] = $1.value })
    func run(_ threads: Int) throws -> [UInt8] {
      try releaseAreas(
        slopeTangent: slope, planCurvature: curvature, upslopeArea: area, regions: regions, thresholds: lookup,
        threads: threads
      ).cells
    }
    let found = try run(3)
    #expect(try found == run(1))
    for cell in 0..<geometry.count {
      guard let entry = table[Int(regions[cell])], !slope[cell].isNaN, !curvature[cell].isNaN, !area[cell].isNaN else {
        #expect(found[cell] == 0)
        continue
      }
      let passes =
        entry.slope.contains(atan(Double(slope[cell])) * 180 / .pi) && Double(curvature[cell]) <= entry.planCurvature
        && Double(area[cell]) >= entry.upslopeArea
      #expect(found[cell] == (passes ? 2 : 1))
    }
    #expect(found.contains(2))
  }
}
