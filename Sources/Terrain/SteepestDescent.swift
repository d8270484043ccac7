import Grids

/// Marks a cell without a lower neighbour until its flat has been resolved.
let unresolvedFlat: UInt8 = 10

extension PreparedTerrain {
  /// The D8 direction of every cell that has a strictly lower neighbour; the others are outlets or unresolved flats.
  ///
  /// The drop per distance decides, also on oblong cells; ties by ``SteepestTie``.
  /// Method: O'Callaghan and Mark (1984), Computer Vision, Graphics, and Image Processing 28, 323–344.
  func steepestDescent(threads: Int) -> Grid<UInt8> {
    let geometry = ground.geometry
    let columns = geometry.columns
    let rows = geometry.rows
    let distance = FlowDirection.distances(geometry)
    // Times a power of two that is not below the diagonal: a drop between subnormal heights is not rounded to nothing.
    let scale = Double(sign: .plus, exponent: distance[1].exponent + 1, significand: 1)
    let perWidth = Float(scale / distance[0])
    let perHeight = Float(scale / distance[2])
    let perDiagonal = Float(scale / distance[1])
    let ties = SteepestTie.codes
    var directions = Grid<UInt8>(geometry, repeating: FlowDirection.nodata)
    ground.withUnsafeCells { cells in
      nonisolated(unsafe) let z = cells
      directions.forEachRow(threads: threads) { row, out in
        for column in 0..<columns {
          let c = z + (row &* columns &+ column)
          let height = c.pointee
          if height.isNaN { continue }
          var best: Float = 0
          // The neighbours that share the steepest drop so far, one bit each.
          var steepest = 0
          @inline(__always) func look(_ neighbour: Int, _ drop: Float) {
            if drop > best {
              best = drop
              steepest = 1 << neighbour
            } else if drop == best, drop > 0 {
              steepest |= 1 << neighbour
            }
          }
          // A comparison with NaN is false: cells without elevation are never chosen.
          if row > 0, row < rows &- 1, column > 0, column < columns &- 1 {
            look(0, (height - c[1]) * perWidth)
            look(1, (height - c[columns &+ 1]) * perDiagonal)
            look(2, (height - c[columns]) * perHeight)
            look(3, (height - c[columns &- 1]) * perDiagonal)
            look(4, (height - c[-1]) * perWidth)
            look(5, (height - c[-columns &- 1]) * perDiagonal)
            look(6, (height - c[-columns]) * perHeight)
            look(7, (height - c[-columns &+ 1]) * perDiagonal)
          } else {
            for neighbour in 0..<8 {
              let x = column + FlowDirection.columnStep[neighbour]
              let y = row + FlowDirection.rowStep[neighbour]
              guard x >= 0, y >= 0, x < columns, y < rows else { continue }
              let perDistance = neighbour % 2 == 1 ? perDiagonal : (neighbour % 4 == 0 ? perWidth : perHeight)
              look(neighbour, (height - z[y &* columns &+ x]) * perDistance)
            }
          }
          var code = ties[steepest]
          if code == unresolvedFlat, isSeed(z, column: column, row: row) { code = FlowDirection.outlet }
          out[column] = code
        }
      }
    }
    return directions
  }
}
