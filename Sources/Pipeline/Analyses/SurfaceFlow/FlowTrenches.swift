import Grids
import Terrain

/// Terrain whose burned lines and trenches let water through that passes the sides of cells alone.
///
/// A lowered line that steps from cell to cell across a corner is open to directions of steepest descent, but a dam to a
/// simulation. Where water runs across a corner from or to a lowered cell, the lower of the two cells beside the corner
/// is lowered to the higher of the two that the water joins.
/// - Returns: The terrain, and how many cells were lowered.
func openingCorners(
  of ground: Grid<Float>, directions: Grid<UInt8>, lowered: [(column: Int, row: Int)]
) -> (ground: Grid<Float>, count: Int) {
  var result = ground
  var count = 0
  func contains(_ column: Int, _ row: Int) -> Bool {
    column >= 0 && row >= 0 && column < ground.columns && row < ground.rows
  }
  func open(_ column: Int, _ row: Int, _ code: Int) {
    let (toColumn, toRow) = (column + FlowDirection.columnStep[code], row + FlowDirection.rowStep[code])
    guard code % 2 == 1, contains(toColumn, toRow) else { return }
    let level = max(result[column, row], result[toColumn, toRow])
    let (beside, below) = (result[toColumn, row], result[column, toRow])
    if level.isNaN || beside.isNaN || below.isNaN || min(beside, below) <= level { return }
    if beside <= below { result[toColumn, row] = level } else { result[column, toRow] = level }
    count += 1
  }
  for (column, row) in lowered {
    let own = Int(directions[column, row])
    if own < 8 { open(column, row, own) }
    for code in 0..<8 {
      // The neighbour from which this code leads here.
      let (fromColumn, fromRow) = (column - FlowDirection.columnStep[code], row - FlowDirection.rowStep[code])
      if contains(fromColumn, fromRow), Int(directions[fromColumn, fromRow]) == code { open(fromColumn, fromRow, code) }
    }
  }
  return (result, count)
}
