public import Grids

/// Tangent of the steepest slope of every cell from its eight neighbours.
///
/// Beside the border and beside cells without elevation a missing neighbour is mirrored through the cell
/// (*z* = 2 *c* − opposite); where the opposite is missing too, a corner is the sum of its two sides, and a side is
/// level with the cell.
/// Method: Horn (1981), Proceedings of the IEEE 69, 14–47: weighted central differences.
/// - Returns: Rise over run, ≥ 0; NaN where the ground is.
public func slopeTangent(_ ground: Grid<Float>, threads: Int = 1) -> Grid<Float> {
  let geometry = ground.geometry
  let columns = geometry.columns
  let rows = geometry.rows
  let perWidth = Float(1 / (8 * geometry.cellWidth))
  let perHeight = Float(1 / (8 * geometry.cellHeight))
  var slope = Grid<Float>(geometry, repeating: .nan)
  ground.withUnsafeCells { cells in
    nonisolated(unsafe) let z = cells
    slope.forEachRow(threads: threads) { row, out in
      for column in 0..<columns {
        let c = z[row &* columns &+ column]
        if c.isNaN { continue }
        func height(_ dx: Int, _ dy: Int) -> Float {
          let x = column &+ dx
          let y = row &+ dy
          guard x >= 0, y >= 0, x < columns, y < rows else { return .nan }
          return z[y &* columns &+ x]
        }
        func neighbour(_ dx: Int, _ dy: Int) -> Float {
          let value = height(dx, dy)
          if !value.isNaN { return value }
          let opposite = height(-dx, -dy)
          if !opposite.isNaN { return c + c - opposite }
          // A corner of the terrain: the two sides that meet there.
          return dx != 0 && dy != 0 ? neighbour(dx, 0) + neighbour(0, dy) - c : c
        }
        let nw = neighbour(-1, -1)
        let n = neighbour(0, -1)
        let ne = neighbour(1, -1)
        let w = neighbour(-1, 0)
        let e = neighbour(1, 0)
        let sw = neighbour(-1, 1)
        let s = neighbour(0, 1)
        let se = neighbour(1, 1)
        let eastward = ((ne - nw) + (e - w) * 2 + (se - sw)) * perWidth
        let southward = ((sw - nw) + (s - n) * 2 + (se - ne)) * perHeight
        out[column] = (eastward * eastward + southward * southward).squareRoot()
      }
    }
  }
  return slope
}
