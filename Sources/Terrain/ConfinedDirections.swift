public import Grids

/// Directions within a part of a terrain: water that leaves the part leaves the terrain.
/// - Parameters:
///   - directions: D8 codes of the whole terrain.
///   - mask: The part, 0 outside; a window of the terrain.
///   - column: Column of the terrain at which the window begins.
///   - row: Row of the terrain at which the window begins.
/// - Returns: D8 codes on the window; ``FlowDirection/nodata`` outside of the part.
public func confinedDirections(
  _ directions: Grid<UInt8>, to mask: Grid<UInt8>, column: Int = 0, row: Int = 0
) -> Grid<UInt8> {
  precondition(
    column >= 0 && row >= 0 && column + mask.columns <= directions.columns && row + mask.rows <= directions.rows,
    "the window lies within the terrain")
  var result = Grid(mask.geometry, repeating: FlowDirection.nodata)
  for line in 0..<mask.rows {
    for place in 0..<mask.columns where mask[place, line] != 0 {
      let code = directions[place + column, line + row]
      guard code < 8 else {
        result[place, line] = code
        continue
      }
      let (x, y) = (place + FlowDirection.columnStep[Int(code)], line + FlowDirection.rowStep[Int(code)])
      let stays = (0..<mask.columns).contains(x) && (0..<mask.rows).contains(y) && mask[x, y] != 0
      result[place, line] = stays ? code : FlowDirection.outlet
    }
  }
  return result
}
