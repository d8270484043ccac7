public import Grids

/// Marks the cells whose catchment is cut by the edge of the terrain or by cells without elevation.
///
/// What drains to such a cell begins, in part, on a cell at the border or beside no data, to which more water may come
/// from ground that is not known. The values at a marked cell (upslope cells, runoff, depth) hold for the known part of
/// its catchment alone. Whatever no data is to the water: that it may leave there does not tell that none comes.
/// TauDEM gives such cells no value (Tarboton 1997, Water Resour. Res. 33, 309–319); a mask beside the values keeps them.
/// - Parameter directions: D8 codes of ``FlowDirection``, as from ``DepressionHierarchy/routedDirections()``.
/// - Returns: 1 where the catchment is cut, 0 where it is whole, 255 where there is no elevation.
/// - Complexity: O(*n*): every cell is marked once.
public func edgeContamination(_ directions: Grid<UInt8>) -> Grid<UInt8> {
  let (columns, rows) = (directions.columns, directions.rows)
  let steps = NeighbourSteps(columns: columns)
  return directions.withUnsafeCells { direction in
    Grid<UInt8>(directions.geometry) { marks in
      for index in 0..<directions.count { marks[index] = direction[index] == FlowDirection.nodata ? 255 : 0 }
      for row in 0..<rows {
        for column in 0..<columns {
          let start = row &* columns &+ column
          if marks[start] != 0 { continue }
          var isSource = column == 0 || row == 0 || column == columns - 1 || row == rows - 1
          for code in 0..<8 where !isSource { isSource = direction[start &+ steps[code]] == FlowDirection.nodata }
          if !isSource { continue }
          // Downstream as far as nobody has been.
          var index = start
          while marks[index] == 0 {
            marks[index] = 1
            if direction[index] < 8 { index = index &+ steps[Int(direction[index])] }
          }
        }
      }
    }
  }
}
