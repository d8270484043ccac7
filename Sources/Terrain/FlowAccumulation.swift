public import Grids

/// Adds up what every cell passes on, along D8 directions, in 64-bit integers such as units of water.
///
/// Each cell ends with its own weight and the weights of all cells upstream. Sums are integers, so they are exact and
/// do not depend on any order. Cells on a cycle (there are none in routed directions) would keep partial sums.
/// Method: Zhou, Wei and Fu (2019), counting the inflowing neighbours and walking down from the heads; strips of rows
/// are walked in parallel as far as they do not wait for each other.
/// - Parameters:
///   - directions: D8 codes of ``FlowDirection``.
///   - weights: What each cell adds, for example 1, or its runoff in integer units; consumed as the working space.
///   - threads: Number of threads; the result does not depend on it.
/// - Returns: The sum at every cell; the cell's own weight where it has no direction.
/// - Complexity: O(*n*), one byte a cell beside the grids.
public func flowAccumulation(
  _ directions: Grid<UInt8>, weights: consuming Grid<Int64>, threads: Int = 1
) -> Grid<Int64> {
  accumulate(directions, weights: weights, threads: threads)
}

/// Adds up what every cell passes on, along D8 directions, in 32-bit integers such as numbers of cells.
///
/// As the 64-bit form, at half the memory.
public func flowAccumulation(
  _ directions: Grid<UInt8>, weights: consuming Grid<Int32>, threads: Int = 1
) -> Grid<Int32> {
  accumulate(directions, weights: weights, threads: threads)
}

private func accumulate<Weight: FixedWidthInteger & BitwiseCopyable & Sendable>(
  _ directions: Grid<UInt8>, weights: consuming Grid<Weight>, threads: Int
) -> Grid<Weight> {
  precondition(directions.geometry == weights.geometry, "directions and weights do not lie on each other")
  let columns = directions.columns
  let rows = directions.rows
  let strips = Strips(rows: rows, threads: threads)
  let steps = NeighbourSteps(columns: columns)
  var sums = weights
  /// Per strip, the cells whose sums are complete and whose water goes to another strip.
  var leaving = [[CellIndex]](repeating: [], count: strips.count)
  directions.withUnsafeCells { codes in
    sums.withUnsafeMutableCells { cells in
      nonisolated(unsafe) let (direction, sum) = (codes, cells)
      // Inflowing neighbours that have not passed their water on yet.
      let inflows = Grid<UInt8>(directions.geometry) { counts in
        nonisolated(unsafe) let inflow = counts
        parallelBlocks(of: rows, threads: threads) { block in
          for row in block {
            countInflows(direction, row: row, rows: rows, columns: columns, inflow + row &* columns)
          }
        }
      }
      inflows.withUnsafeCells { counts in
        nonisolated(unsafe) let inflow = UnsafeMutablePointer(mutating: counts)
        // Every strip goes as far as its own cells let it; what waits for other strips is left.
        leaving.withUnsafeMutableBufferPointer { leaving in
          nonisolated(unsafe) let leaving = leaving
          strips.forEach(threads: threads) { strip, rows in
            let cells = (rows.lowerBound * columns)..<(rows.upperBound * columns)
            var list: [CellIndex] = []
            for start in cells where inflow[start] == 0 {
              var index = start
              while true {
                inflow[index] = passedOn
                if direction[index] >= 8 { break }
                let next = index &+ steps[Int(direction[index])]
                if !cells.contains(next) {
                  list.append(CellIndex(index))
                  break
                }
                sum[next] &+= sum[index]
                inflow[next] &-= 1
                if inflow[next] != 0 { break }
                index = next
              }
            }
            leaving[strip] = list
          }
        }
        // What goes from strip to strip, and all that waited for it: the larger streams.
        for list in leaving {
          for start in list {
            var index = Int(start)
            while direction[index] < 8 {
              let next = index &+ steps[Int(direction[index])]
              sum[next] &+= sum[index]
              inflow[next] &-= 1
              if inflow[next] != 0 { break }
              inflow[next] = passedOn
              index = next
            }
          }
        }
      }
    }
  }
  return sums
}

/// Marks a cell that has passed its water on; no count of inflows reaches it.
private let passedOn: UInt8 = 255

/// Counts the neighbours that drain to each cell of a row.
private func countInflows(
  _ direction: UnsafePointer<UInt8>, row: Int, rows: Int, columns: Int, _ inflow: UnsafeMutablePointer<UInt8>
) {
  inflow.initialize(repeating: 0, count: columns)
  // Codes of the neighbours that drain south-east, south, south-west, and so on, from the row above, this and below.
  for (above, codes) in [(-1, [1, 2, 3] as [UInt8]), (0, [0, 4]), (1, [7, 6, 5])] {
    guard row + above >= 0, row + above < rows else { continue }
    let line = direction + (row + above) &* columns
    for code in codes {
      // The cell with this code stands at `column − step` for the cell at `column`.
      let step = FlowDirection.columnStep[Int(code)]
      for column in max(0, step)..<max(max(0, step), min(columns, columns + step)) {
        inflow[column] &+= line[column &- step] == code ? 1 : 0
      }
    }
  }
}

/// The number of cells that drain through each cell, itself included.
public func upslopeCells(_ directions: Grid<UInt8>, threads: Int = 1) -> Grid<Int32> {
  let ones = directions.map(threads: threads) { $0 == FlowDirection.nodata ? 0 : 1 as Int32 }
  return flowAccumulation(directions, weights: ones, threads: threads)
}
