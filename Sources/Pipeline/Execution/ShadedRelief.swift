import Geodata
import Grids
import Report

/// A pale shaded relief behind the map of the report, thinned to about a thousand cells a side.
///
/// Lit from the north-west at 45°; the gradient is Horn's (1981). Cells without ground are white.
func shadedRelief(of ground: Grid<Float>) throws(GeodataError) -> RunReport.Backdrop {
  let step = max(1, (max(ground.columns, ground.rows) + 999) / 1000)
  let (columns, rows) = (ground.columns / step, ground.rows / step)
  let geometry = ground.geometry
  let coarse = GridGeometry(
    columns: max(1, columns), rows: max(1, rows), west: geometry.west, north: geometry.north,
    cellWidth: geometry.cellWidth * Double(step), cellHeight: geometry.cellHeight * Double(step), crs: geometry.crs)
  var heights = [Float](repeating: .nan, count: coarse.count)
  ground.withUnsafeCells { cells in
    for row in 0..<rows {
      for column in 0..<columns {
        var (sum, count) = (0.0, 0)
        for y in (row * step)..<(row * step + step) {
          for x in (column * step)..<(column * step + step) where !cells[y * ground.columns + x].isNaN {
            sum += Double(cells[y * ground.columns + x])
            count += 1
          }
        }
        if count > 0 { heights[row * columns + column] = Float(sum / Double(count)) }
      }
    }
  }
  var shades = Grid<UInt8>(coarse, repeating: 255)
  let (width, depth) = (Float(coarse.cellWidth * 8), Float(coarse.cellHeight * 8))
  shades.withUnsafeMutableCells { cells in
    for row in 0..<rows {
      for column in 0..<columns {
        let centre = heights[row * columns + column]
        guard !centre.isNaN else { continue }
        // Outside and without ground the surface goes on level.
        func height(_ down: Int, _ right: Int) -> Float {
          let (y, x) = (row + down, column + right)
          guard y >= 0, y < rows, x >= 0, x < columns else { return centre }
          let value = heights[y * columns + x]
          return value.isNaN ? centre : value
        }
        let west = height(-1, -1) + 2 * height(0, -1) + height(1, -1)
        let east = height(-1, 1) + 2 * height(0, 1) + height(1, 1)
        let north = height(-1, -1) + 2 * height(-1, 0) + height(-1, 1)
        let south = height(1, -1) + 2 * height(1, 0) + height(1, 1)
        let (dx, dy) = ((east - west) / width, (north - south) / depth)
        // The light comes from (-1, 1, √2) / 2; twice the height makes gentle ground visible.
        let shade = (2 * dx - 2 * dy + 1.4142135) / (2 * (1 + 4 * (dx * dx + dy * dy)).squareRoot())
        cells[row * columns + column] = UInt8(max(0, min(255, (128 + 150 * max(0, shade)).rounded())))
      }
    }
  }
  return RunReport.Backdrop(mediaType: "image/jpeg", bytes: try encodeJPEG(shades), extent: coarse.extent)
}
