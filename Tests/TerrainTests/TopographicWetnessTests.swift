import Foundation
import Grids
import Terrain
import TestSupport
import Testing

@Suite struct TopographicWetnessTests {
  @Test func theIndexIsTheLogarithmOfAreaOverContourAndSlope() {
    let geometry = testGeometry(columns: 4, rows: 2, cell: 9, cellHeight: 4)
    let area = Grid<Double>(geometry, cells: [36, 360, 3600, 36, .nan, 0, 36, 36])
    let slope = Grid<Float>(geometry, cells: [0.5, 0.25, 0, 0.0009, 1, 1, .nan, 0.001])
    for threads in [1, 2] {
      let wetness = TopographicWetness(upslopeArea: area, slopeTangent: slope, leastSlope: 0.001, threads: threads)
      // Contours of 6 m.
      let expected: [Double] = [
        log(12), log(240), log(600_000), log(6000), .nan, .nan, .nan, log(6 / Double(0.001 as Float)),
      ]
      for index in 0..<8 {
        let found = Double(wetness.index[index])
        #expect(expected[index].isNaN ? found.isNaN : abs(found - expected[index]) < 1e-6, "cell \(index)")
      }
      // Single precision holds 0.001 as a little more.
      #expect(wetness.flooredCells == 2)
    }
  }

  /// On a plane that falls to the south the index grows by the logarithm of the row.
  @Test func theIndexOfAPlaneIsKnown() throws {
    var z = Grid<Float>(testGeometry(columns: 8, rows: 30, cell: 2), repeating: 0)
    for index in 0..<z.count { z[index] = Float(index / 8) * -0.25 }
    let directions = try DepressionHierarchy(of: z).routedDirections()
    let slope = slopeTangent(z)
    let cells = TopographicWetness(upslopeCells: upslopeCells(directions), slopeTangent: slope, leastSlope: 1e-3)
    let flow = MultipleFlow(z, directions: directions, sharing: .dInfinity)
    let areas = TopographicWetness(upslopeArea: flow.upslopeArea(), slopeTangent: slope, leastSlope: 1e-3)
    #expect(cells.flooredCells == 0)
    for row in 0..<30 {
      let expected = log(Double(row + 1) * 2 / 0.125)
      #expect(abs(Double(cells.index[4, row]) - expected) < 1e-5)
      #expect(cells.index[4, row] == areas.index[4, row])
    }
  }

  @Test func threadsDoNotChangeABit() throws {
    let z = randomTerrain(.holes, columns: 31, rows: 44, seed: 3)
    let upslope = upslopeCells(try DepressionHierarchy(of: z, nodata: .outlet).routedDirections())
    let slope = slopeTangent(z)
    let one = TopographicWetness(upslopeCells: upslope, slopeTangent: slope, leastSlope: 1)
    for threads in [2, 3, 7] {
      let several = TopographicWetness(upslopeCells: upslope, slopeTangent: slope, leastSlope: 1, threads: threads)
      #expect(several.index.cells.map(\.bitPattern) == one.index.cells.map(\.bitPattern))
      #expect(several.flooredCells == one.flooredCells && one.flooredCells > 0)
    }
    #expect((0..<z.count).allSatisfy { z[$0].isNaN == one.index[$0].isNaN })
  }
}
