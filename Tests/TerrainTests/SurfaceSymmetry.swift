import Grids
import TestSupport

/// One of the eight symmetries of a grid: a mirror image, after rows and columns have changed places or not.
struct SurfaceSymmetry: CustomStringConvertible {
  let transposes: Bool
  let mirrorsColumns: Bool
  let mirrorsRows: Bool

  static let all: [SurfaceSymmetry] = (0..<8).map {
    SurfaceSymmetry(transposes: $0 & 1 != 0, mirrorsColumns: $0 & 2 != 0, mirrorsRows: $0 & 4 != 0)
  }

  var description: String { "transposes \(transposes), mirrors columns \(mirrorsColumns), rows \(mirrorsRows)" }

  /// The image of a grid, cells of which keep their shape on the ground.
  func image<Element>(of grid: Grid<Element>) -> Grid<Element> {
    let source = grid.geometry
    let geometry =
      transposes
      ? testGeometry(columns: source.rows, rows: source.columns, cell: source.cellHeight, cellHeight: source.cellWidth)
      : source
    var image = Grid(geometry, repeating: grid[0])
    for row in 0..<geometry.rows {
      for column in 0..<geometry.columns {
        let x = mirrorsColumns ? geometry.columns - 1 - column : column
        let y = mirrorsRows ? geometry.rows - 1 - row : row
        image[column, row] = transposes ? grid[y, x] : grid[x, y]
      }
    }
    return image
  }

  /// The image of a direction in degrees clockwise from north.
  func image(ofAzimuth azimuth: Float) -> Float {
    // Rows and columns change places: south becomes east, which is the mirror of the line from north-west.
    var image = transposes ? 270 - azimuth : azimuth
    if mirrorsColumns { image = -image }
    if mirrorsRows { image = 180 - image }
    return image - 360 * (image / 360).rounded(.down)
  }
}

/// The smaller angle between two directions, degrees.
func angleBetween(_ a: Float, _ b: Float) -> Float {
  let difference = abs(a - b)
  return min(difference, 360 - difference)
}
