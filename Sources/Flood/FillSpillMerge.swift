public import Grids
import Terrain

/// Where the water of an event stands after it has run off, filled depressions, spilled and merged.
///
/// All volumes are whole quanta of ``WaterVolume``, and the books of every node close to the last one:
/// local + upstream = stored + infiltrated + drained + spilled.
///
/// Nothing depends on the order in which water comes. Volumes that pass between two neighbours are net ones: of two
/// full neighbours under one water level, one gives the other only what that one lacks.
public struct StandingWater: Sendable {
  /// What the volumes refer to.
  public let hypsometry: Hypsometry
  /// What the bluespots lost to the ground and to drains.
  public let losses: BluespotLosses
  /// Runoff of each leaf's own watershed and, for higher nodes, of all their leaves; node 0: runoff straight outside.
  public let local: [Int64]
  /// Water that came to each node over a saddle from elsewhere.
  public let upstream: [Int64]
  /// Water stored in each node, children included.
  public let stored: [Int64]
  /// Water of each node that soaked into its ground, children included.
  public let infiltrated: [Int64]
  /// Water of each node that its drains took, children included.
  public let drained: [Int64]
  /// Water that each node passed on, over its saddle or into the rise of its parent.
  public let spilled: [Int64]
  /// Water that left the terrain.
  public let outflow: Int64
  /// Level of each node's water, metres; NaN where it is dry.
  ///
  /// Merged depressions share their level.
  public let level: [Double]
  /// Water that each node's own margin has taken.
  let marginalTaken: [Int64]

  /// Runs the runoff of an event through the depressions.
  ///
  /// A depression takes the runoff of its watershed up to its capacity, its infiltration and its drains together;
  /// more spills across its saddle into the neighbour, and two full neighbours rise together as their parent.
  /// Method: after Barnes, Callaghan and Wickert (2021), Earth Surface Dynamics 9, 105–121; iterative, in integers,
  /// with an exact hypsometry.
  /// - Parameters:
  ///   - inflow: Runoff by basin in quanta; position 0 is what drains straight outside.
  ///   - hypsometry: Capacities of the depressions.
  ///   - losses: Infiltration and drains; none unless given.
  /// - Complexity: O(*N* log *N*) for *N* nodes, of which only the volumes between neighbours need the logarithm.
  public init(inflow: [Int64], in hypsometry: Hypsometry, losses: BluespotLosses? = nil) {
    let hierarchy = hypsometry.hierarchy
    let nodes = hierarchy.nodeCount
    let leaves = hierarchy.leafCount
    let losses = losses ?? .none(in: hypsometry)
    precondition(inflow.count == leaves + 1, "one inflow per basin, and one for the outside")
    precondition(inflow.allSatisfy { $0 >= 0 }, "runoff is never negative")
    let demand = hypsometry.marginalDemand(with: losses)
    var taken = [Int64](repeating: 0, count: nodes)
    var links = SpillLinks(hierarchy)
    taken[0] = inflow[0]
    for leaf in stride(from: 1, through: leaves, by: 1) {
      var remaining = inflow[leaf]
      while remaining > 0 {
        let node = links.taker(of: leaf)
        let part = node == 0 ? remaining : min(remaining, demand[node] - taken[node])
        taken[node] += part
        remaining -= part
        if remaining > 0 { links.fill(node) }
      }
    }

    let parent = hierarchy.parent
    var kept = taken
    /// Whether nothing of the demand of a node and of all nodes inside it is missing.
    var isMet = (0..<nodes).map { taken[$0] == demand[$0] }
    for node in stride(from: 1, to: nodes, by: 1) where parent[node] != 0 {
      kept[Int(parent[node])] += kept[node]
      if !isMet[node] { isMet[Int(parent[node])] = false }
    }
    var level = [Double](repeating: .nan, count: nodes)
    var stored = [Int64](repeating: 0, count: nodes)
    var infiltrated = stored
    var drained = stored
    for node in stride(from: nodes - 1, to: 0, by: -1) {
      drained[node] = min(taken[node], losses.drainCapacity[node])
      let rest = taken[node] - drained[node]
      let above = level[Int(parent[node])]
      if links.isFull(node) || (isMet[node] && kept[node] > 0) {
        stored[node] = hypsometry.marginalCapacity[node]
        level[node] = Double(hierarchy.spillElevation[node])
      } else if rest > 0 {
        let height = hypsometry.level(of: node, marginalVolume: WaterVolume.cubicMetres(rest), losses: losses)
        if losses.hasInfiltration {
          let held = WaterVolume.quanta(fromCubicMetres: hypsometry.marginalVolume(of: node, level: height))
          stored[node] = min(
            max(held, rest - losses.marginalInfiltration[node]), rest, hypsometry.marginalCapacity[node])
        } else {
          stored[node] = rest
        }
        if stored[node] > 0 { level[node] = height }
      }
      infiltrated[node] = rest - stored[node]
      if !above.isNaN { level[node] = above }
    }

    var local = inflow + [Int64](repeating: 0, count: nodes - leaves - 1)
    for node in stride(from: 1, to: nodes, by: 1) where parent[node] != 0 {
      let above = Int(parent[node])
      local[above] += local[node]
      stored[above] += stored[node]
      infiltrated[above] += infiltrated[node]
      drained[above] += drained[node]
    }
    (upstream, spilled) = hierarchy.exchange(local: local, kept: kept)
    self.hypsometry = hypsometry
    self.losses = losses
    self.local = local
    outflow = taken[0]
    self.stored = stored
    self.infiltrated = infiltrated
    self.drained = drained
    self.level = level
    marginalTaken = taken
  }

  /// Water stored in all depressions.
  public var totalStored: Int64 { totalOverTops(stored) }
  /// Water that soaked into the ground of all depressions.
  public var totalInfiltrated: Int64 { totalOverTops(infiltrated) }
  /// Water that all drains took.
  public var totalDrained: Int64 { totalOverTops(drained) }

  private func totalOverTops(_ volumes: [Int64]) -> Int64 {
    let parent = hypsometry.hierarchy.parent
    return volumes.indices.reduce(0) { $1 > 0 && parent[$1] == 0 ? $0 + volumes[$1] : $0 }
  }

  /// Cells under water and greatest depth (m) of every node within its depression, children included.
  public func extents() -> (cells: [Int], depth: [Double]) {
    let hierarchy = hypsometry.hierarchy
    var cells = [Int](repeating: 0, count: hierarchy.nodeCount)
    var depth = [Double](repeating: 0, count: hierarchy.nodeCount)
    for node in stride(from: 1, to: hierarchy.nodeCount, by: 1) {
      let children = [Int(hierarchy.left[node]), Int(hierarchy.right[node])]
      if level[node].isNaN {
        if children[0] != 0 {
          cells[node] = cells[children[0]] + cells[children[1]]
          depth[node] = max(depth[children[0]], depth[children[1]])
        }
      } else {
        cells[node] =
          level[node] >= Double(hierarchy.spillElevation[node])
          ? hypsometry.cells[node]
          : (children[0] != 0 ? hypsometry.cells[children[0]] + hypsometry.cells[children[1]] : 0)
            + hypsometry.marginCells(of: node, below: level[node])
        depth[node] = level[node] - Double(hypsometry.lowest[node])
      }
    }
    return (cells, depth)
  }

  /// Depth of standing water on the ground, metres: 0 where it is dry, NaN where the ground is not known.
  public func depth(over ground: Grid<Float>, threads: Int = 1) -> Grid<Float> {
    let labels = hypsometry.hierarchy.basins.labels
    precondition(ground.geometry == labels.geometry, "the water stands on another terrain")
    var depth = ground
    labels.withUnsafeCells { cells in
      nonisolated(unsafe) let label = cells
      depth.forEachRow(threads: threads) { row, out in
        let line = label + row &* out.count
        for column in 0..<out.count where !out[column].isNaN {
          let height = Double(out[column])
          let water = line[column] > 0 ? level[Int(line[column])] : .nan
          // False for NaN: a dry depression.
          out[column] = water > height ? Float(water - height) : 0
        }
      }
    }
    return depth
  }
}
