import Grids
import Terrain
import TestSupport
import Testing

@testable import Pipeline

/// Catchments of the rational method.
@Suite struct CatchmentTests {
  @Test("A catchment is cut by the edge of the terrain or by a hole in it, and by nothing else")
  func cut() throws {
    // A ridge along row 6 with a fall to the north and the south: each column drains by itself, away from the border.
    let (columns, rows) = (9, 16)
    let ground = Grid<Float>(testGeometry(columns: columns, rows: rows)) { cells in
      for row in 0..<rows {
        for column in 0..<columns { cells[row * columns + column] = 100 - abs(Float(row) - 6) }
      }
      cells[6 * columns + 3] = .nan
    }
    let directions = try DepressionHierarchy(of: ground, nodata: .wall).routedDirections()
    let terrain = CatchmentTerrain(
      ground: ground, directions: directions, cut: edgeContamination(directions), lengths: upslopeLength(directions),
      slope: Grid<Float>(ground.geometry, repeating: 1), coefficient: .uniform(0.5), curveNumber: nil)
    let outlets = (0..<columns).map { CellIndex(12 * columns + $0) }
    // Beside the border, and below the hole and its neighbours.
    #expect(
      terrain.catchments(of: outlets, threads: 1).map(\.isCut)
        == [true, false, true, true, true, false, false, false, true])
  }
}
