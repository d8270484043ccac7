public import Grids
import Terrain

/// Water that leaves the terrain at one cell.
public struct OutletFlow: Sendable, Hashable {
  /// The cell from which it leaves, over the border or into an outside that was declared.
  public let cell: CellIndex
  /// Volume in quanta of ``WaterVolume``, > 0.
  public let volume: Int64
}

/// The water that passes every cell in an event, lakes having kept theirs.
///
/// Water runs along the routed directions, where it really goes over: through a basin out of which water flows, along
/// the path from its pit to its saddle; in a basin that keeps all it gets, down to its pit. At every cell what leaves
/// is what runs off there, what its donors pass on, and what came over a saddle against the routed directions, less
/// what the lake keeps. All volumes are whole quanta, and what reaches the outlets is the outflow of the event.
///
/// A basin keeps its water along its path, from the pit on, until all of it is taken. The rise of merged basins is
/// kept in the one by whose saddle their water leaves; under the common level that is a matter of bookkeeping.
public struct EventFlow: Sendable {
  /// Water that leaves each cell, quanta of ``WaterVolume``; 0 where there is no terrain.
  public let passing: Grid<Int64>
  /// Where it goes, by ``FlowDirection``; ``FlowDirection/pit`` in basins that keep everything.
  public let directions: Grid<UInt8>
  /// Volumes that came to a basin over its exit, against the routed directions, and the cell where they came in.
  public let backflows: [OutletFlow]

  /// Adds up the water of an event.
  /// - Parameters:
  ///   - water: Where the water of the event stands.
  ///   - runoff: Millimetres per cell, the grid of the ``BasinRunoff`` that was the inflow.
  ///   - routed: The directions of ``DepressionHierarchy/routedDirections()``.
  /// - Complexity: O(*n*); 18 bytes a cell beside the inputs, 9 of them kept.
  public init(_ water: StandingWater, runoff: Grid<Float>, routed: Grid<UInt8>, threads: Int = 1) {
    let hierarchy = water.hypsometry.hierarchy
    let labels = hierarchy.basins.labels
    precondition(
      runoff.geometry == labels.geometry && routed.geometry == labels.geometry, "the flow is on another terrain")
    let basins = BasinFlow(water, exits: BasinExits(hierarchy, routed: routed))
    var own = runoff.quantaByCell(in: hierarchy.basins, totals: Array(water.local.prefix(hierarchy.leafCount + 1)))
    for backflow in basins.backflows { own[Int(backflow.cell)] += backflow.volume }
    let isOpen = basins.isOpen
    var directions = routed
    hierarchy.basins.directions.withUnsafeCells { raw in
      labels.withUnsafeCells { label in
        nonisolated(unsafe) let raw = raw
        nonisolated(unsafe) let label = label
        directions.forEachRow(threads: threads) { row, out in
          for column in 0..<out.count {
            let index = row &* out.count &+ column
            if label[index] > 0, !isOpen[Int(label[index])] { out[column] = raw[index] }
          }
        }
      }
    }
    passing = Self.accumulate(own, along: directions, keeping: basins.kept, in: hierarchy.basins)
    self.directions = directions
    backflows = basins.backflows
  }

  /// Adds up along the directions; every basin takes what it keeps along its path.
  private static func accumulate(
    _ own: consuming Grid<Int64>, along directions: Grid<UInt8>, keeping kept: [Int64], in basins: DrainageBasins
  ) -> Grid<Int64> {
    let columns = directions.columns
    let count = directions.count
    let steps = (0..<8).map { FlowDirection.rowStep[$0] * columns + FlowDirection.columnStep[$0] }
    var owed = kept
    var inflows = Grid<UInt8>(directions.geometry, repeating: 0)
    var sums = own
    directions.withUnsafeCells { direction in
      basins.directions.withUnsafeCells { raw in
        basins.labels.withUnsafeCells { label in
          inflows.withUnsafeMutableCells { inflow in
            sums.withUnsafeMutableCells { sum in
              for index in 0..<count where direction[index] < 8 {
                inflow[index &+ steps[Int(direction[index])]] &+= 1
              }
              let done: UInt8 = 255
              for start in 0..<count where inflow[start] == 0 {
                var index = start
                while true {
                  inflow[index] = done
                  let code = direction[index]
                  // The pit, and where the path leads on from it against the steepest descent.
                  if code == FlowDirection.pit || code != raw[index], sum[index] > 0 {
                    let basin = Int(label[index])
                    let taken = min(owed[basin], sum[index])
                    owed[basin] -= taken
                    sum[index] -= taken
                  }
                  if code >= 8 { break }
                  let next = index &+ steps[Int(code)]
                  sum[next] += sum[index]
                  inflow[next] &-= 1
                  if inflow[next] != 0 { break }
                  index = next
                }
              }
            }
          }
        }
      }
    }
    precondition(owed.allSatisfy { $0 == 0 }, "the lakes keep what comes to them")
    return sums
  }

  /// Where water leaves the terrain, the largest volume first, then by cell.
  public func outlets() -> [OutletFlow] {
    var outlets: [OutletFlow] = []
    directions.withUnsafeCells { direction in
      passing.withUnsafeCells { volume in
        for index in 0..<directions.count where direction[index] == FlowDirection.outlet && volume[index] > 0 {
          outlets.append(OutletFlow(cell: CellIndex(index), volume: volume[index]))
        }
      }
    }
    return outlets.sorted { ($1.volume, $0.cell) < ($0.volume, $1.cell) }
  }
}

/// The cell by which water leaves each basin along the routed directions, and the basin that it comes to.
struct BasinExits {
  /// Last cell inside each basin.
  private(set) var cell: [CellIndex]
  /// Basin beyond, 0 outside.
  private(set) var downstream: [Int32]

  init(_ hierarchy: DepressionHierarchy, routed: Grid<UInt8>) {
    var cell = [CellIndex](repeating: -1, count: hierarchy.leafCount + 1)
    var downstream = [Int32](repeating: 0, count: hierarchy.leafCount + 1)
    let columns = routed.columns
    let steps = (0..<8).map { FlowDirection.rowStep[$0] * columns + FlowDirection.columnStep[$0] }
    hierarchy.basins.labels.withUnsafeCells { label in
      routed.withUnsafeCells { direction in
        for index in 0..<routed.count where label[index] > 0 {
          let code = direction[index]
          precondition(code <= FlowDirection.outlet, "routed directions lead outside from everywhere")
          let beyond = code == FlowDirection.outlet ? 0 : label[index &+ steps[Int(code)]]
          if beyond != label[index] {
            cell[Int(label[index])] = CellIndex(index)
            downstream[Int(label[index])] = beyond
          }
        }
      }
    }
    self.cell = cell
    self.downstream = downstream
  }

  /// Basins from upstream to downstream, 0 (the outside) last.
  func downstreamOrder() -> [Int] {
    var waiting = [Int32](repeating: 0, count: downstream.count)
    for basin in downstream.indices.dropFirst() { waiting[Int(downstream[basin])] += 1 }
    var order: [Int] = []
    order.reserveCapacity(downstream.count)
    for start in downstream.indices.dropFirst() where waiting[start] == 0 {
      var basin = start
      while basin != 0, waiting[basin] == 0 {
        waiting[basin] = -1
        order.append(basin)
        basin = Int(downstream[basin])
        waiting[basin] -= 1
      }
    }
    order.append(0)
    return order
  }
}

/// The net flow out of every basin in an event.
private struct BasinFlow {
  /// Whether water leaves each basin by its exit.
  private(set) var isOpen: [Bool]
  /// Water that each basin takes out of its own flow: what it keeps, and what it gives to basins above its exit.
  private(set) var kept: [Int64]
  /// Water that comes into a basin by its exit.
  private(set) var backflows: [OutletFlow] = []

  init(_ water: StandingWater, exits: BasinExits) {
    let hierarchy = water.hypsometry.hierarchy
    let leaves = hierarchy.leafCount
    let top = hierarchy.topNodes()
    // The basin of each top-level node by which its water leaves.
    var last = [Int32](repeating: 0, count: hierarchy.nodeCount)
    for basin in stride(from: 1, through: leaves, by: 1) where top[Int(exits.downstream[basin])] != top[basin] {
      last[Int(top[basin])] = Int32(basin)
    }
    kept = [Int64](repeating: 0, count: leaves + 1)
    for node in stride(from: 1, to: hierarchy.nodeCount, by: 1) where water.marginalTaken[node] > 0 {
      let above = Int(hierarchy.parent[node])
      let basin: Int32
      if node <= leaves {
        basin = Int32(node)
      } else if above == 0 {
        basin = last[node]
      } else {
        // The sibling spills into the basin on this side of their saddle.
        let sibling = Int(hierarchy.left[above]) == node ? hierarchy.right[above] : hierarchy.left[above]
        basin = hierarchy.spillInto[Int(sibling)]
      }
      kept[Int(basin)] += water.marginalTaken[node]
    }
    isOpen = [Bool](repeating: false, count: leaves + 1)
    var flow = water.local.prefix(leaves + 1).map { $0 }
    for basin in exits.downstreamOrder() where basin != 0 {
      let leaving = flow[basin] - kept[basin]
      let beyond = Int(exits.downstream[basin])
      if leaving >= 0 {
        isOpen[basin] = leaving > 0
        flow[beyond] += leaving
      } else {
        kept[beyond] -= leaving
        backflows.append(OutletFlow(cell: exits.cell[basin], volume: -leaving))
      }
    }
  }
}

extension Grid<Float> {
  /// Runoff in millimetres as whole quanta per cell whose sum over each basin is the given total.
  ///
  /// Every cell gets the growth of its basin's running sum, rounded, so that it is off by one quantum at most; the
  /// last rounding of the sum itself falls to the basin's first cell.
  fileprivate func quantaByCell(in basins: DrainageBasins, totals: [Int64]) -> Grid<Int64> {
    var result = Grid<Int64>(geometry, repeating: 0)
    var sums = [Int128](repeating: 0, count: totals.count)
    var given = [Int64](repeating: 0, count: totals.count)
    var first = [CellIndex](repeating: -1, count: totals.count)
    let quanta = geometry.cellArea / Double(125 << 10)
    withUnsafeCells { depth in
      basins.labels.withUnsafeCells { label in
        result.withUnsafeMutableCells { out in
          for index in 0..<count where label[index] >= 0 && depth[index] > 0 {
            let basin = Int(label[index])
            if first[basin] < 0 { first[basin] = CellIndex(index) }
            sums[basin] += Int128(WaterDepth.units(depth[index]))
            // Both halves keep their order, so the running volume never falls.
            let sum =
              Double(Int64(truncatingIfNeeded: sums[basin] >> 64)) * 0x1p64
              + Double(UInt64(truncatingIfNeeded: sums[basin]))
            let upTo = min(totals[basin], Int64((sum * quanta).rounded()))
            out[index] = upTo - given[basin]
            given[basin] = upTo
          }
          for basin in totals.indices where given[basin] < totals[basin] {
            precondition(first[basin] >= 0, "the runoff is not that of the event")
            out[Int(first[basin])] += totals[basin] - given[basin]
          }
        }
      }
    }
    return result
  }
}
