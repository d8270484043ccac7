public import Grids

/// Adds up what every cell passes on, along D8 directions, in 64-bit integers such as units of water.
///
/// Each cell ends with its own weight and the weights of all cells upstream. Sums are integers, so they are exact and
/// do not depend on any order. Cells on a cycle (there are none in routed directions) would keep partial sums.
/// Method: Zhou, Wei and Fu (2019), counting the inflowing neighbours and walking down from the heads.
/// - Parameters:
///   - directions: D8 codes of ``FlowDirection``.
///   - weights: What each cell adds, for example 1, or its runoff in integer units; consumed as the working space.
/// - Returns: The sum at every cell; the cell's own weight where it has no direction.
/// - Complexity: O(*n*), one byte a cell beside the grids.
public func flowAccumulation(_ directions: Grid<UInt8>, weights: consuming Grid<Int64>) -> Grid<Int64> {
  accumulate(directions, weights: weights)
}

/// Adds up what every cell passes on, along D8 directions, in 32-bit integers such as numbers of cells.
///
/// As the 64-bit form, at half the memory.
public func flowAccumulation(_ directions: Grid<UInt8>, weights: consuming Grid<Int32>) -> Grid<Int32> {
  accumulate(directions, weights: weights)
}

private func accumulate<Weight: FixedWidthInteger & BitwiseCopyable & Sendable>(
  _ directions: Grid<UInt8>, weights: consuming Grid<Weight>
) -> Grid<Weight> {
  precondition(directions.geometry == weights.geometry, "directions and weights do not lie on each other")
  let columns = directions.columns
  let count = directions.count
  let steps = NeighbourSteps(columns: columns)
  var inflows = Grid<UInt8>(directions.geometry, repeating: 0)
  var sums = weights
  directions.withUnsafeCells { direction in
    inflows.withUnsafeMutableCells { inflow in
      sums.withUnsafeMutableCells { sum in
        for index in 0..<count where direction[index] < 8 {
          inflow[index &+ steps[Int(direction[index])]] &+= 1
        }
        // A marker that no count reaches, so that a cell is not started twice.
        let done: UInt8 = 255
        for start in 0..<count where inflow[start] == 0 {
          var index = start
          while true {
            inflow[index] = done
            if direction[index] >= 8 { break }
            let next = index &+ steps[Int(direction[index])]
            sum[next] += sum[index]
            inflow[next] &-= 1
            if inflow[next] != 0 { break }
            index = next
          }
        }
      }
    }
  }
  return sums
}

/// The number of cells that drain through each cell, itself included.
public func upslopeCells(_ directions: Grid<UInt8>) -> Grid<Int32> {
  var ones = Grid<Int32>(directions.geometry, repeating: 1)
  directions.withUnsafeCells { direction in
    ones.withUnsafeMutableCells { weight in
      for index in 0..<directions.count where direction[index] == FlowDirection.nodata { weight[index] = 0 }
    }
  }
  return flowAccumulation(directions, weights: ones)
}
