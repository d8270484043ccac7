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
    let perWidth = Float(1 / distance[0])
    let perHeight = Float(1 / distance[2])
    let perDiagonal = Float(1 / distance[1])
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

extension PreparedTerrain {
  /// Gives every unresolved flat cell a direction: towards the nearest place where its flat drains, or, on a flat
  /// without one, towards the flat's first cell, which becomes a pit.
  ///
  /// Breadth first over cells of equal height from the cells that drain, in the order of their indices, so that
  /// the result does not depend on chance.
  func resolveFlats(_ directions: inout Grid<UInt8>) {
    let columns = ground.columns
    let rows = ground.rows
    let steps = NeighbourSteps(columns: columns)
    ground.withUnsafeCells { z in
      directions.withUnsafeMutableCells { direction in
        /// Calls `body` with each neighbour inside the grid, its index, and the code that leads from it back.
        func forEachNeighbour(_ index: Int, _ body: (_ neighbour: Int, _ back: UInt8) -> Void) {
          let row = index / columns
          let column = index - row * columns
          let inside = row > 0 && row < rows - 1 && column > 0 && column < columns - 1
          for code in 0..<8 {
            if !inside {
              let x = column + FlowDirection.columnStep[code]
              let y = row + FlowDirection.rowStep[code]
              guard x >= 0, y >= 0, x < columns, y < rows else { continue }
            }
            body(index + steps[code], UInt8((code + 4) & 7))
          }
        }

        var flats: [CellIndex] = []
        for index in 0..<(columns * rows) where direction[index] == unresolvedFlat {
          flats.append(CellIndex(index))
        }
        var queue: [CellIndex] = []
        var isExit = false
        // Exits first: draining cells that touch an unresolved cell of their own height.
        var exits: [CellIndex] = []
        for flat in flats {
          let height = z[Int(flat)]
          forEachNeighbour(Int(flat)) { neighbour, _ in
            if z[neighbour] == height, direction[neighbour] <= FlowDirection.outlet {
              exits.append(CellIndex(neighbour))
              isExit = true
            }
          }
        }
        exits.sort()
        func spread() {
          var head = 0
          while head < queue.count {
            let index = Int(queue[head])
            head += 1
            let height = z[index]
            forEachNeighbour(index) { neighbour, back in
              if direction[neighbour] == unresolvedFlat, z[neighbour] == height {
                direction[neighbour] = back
                queue.append(CellIndex(neighbour))
              }
            }
          }
          queue.removeAll(keepingCapacity: true)
        }
        if isExit {
          queue = exits
          spread()
        }
        for flat in flats where direction[Int(flat)] == unresolvedFlat {
          direction[Int(flat)] = FlowDirection.pit
          queue.append(flat)
          spread()
        }
      }
    }
  }
}
