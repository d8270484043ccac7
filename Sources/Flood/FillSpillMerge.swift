public import Grids
import Terrain

/// Where the water of an event stands after it has run off, filled depressions, spilled and merged.
///
/// All volumes are whole quanta of ``WaterVolume``: what came in is what is stored and what has left, to the last one.
public struct StandingWater: Sendable {
  /// What the volumes refer to.
  public let hypsometry: Hypsometry
  /// Runoff of each leaf's own watershed and, for higher nodes, of all their leaves; node 0: runoff straight outside.
  public let local: [Int64]
  /// Water that came to each node over a saddle from elsewhere.
  public let upstream: [Int64]
  /// Water stored in each node, children included.
  public let stored: [Int64]
  /// Water that each node passed on, over its saddle or into the rise of its parent.
  public let spilled: [Int64]
  /// Water that left the terrain.
  public let outflow: Int64
  /// Level of each node's water, metres; NaN where it is dry.
  ///
  /// Merged depressions share their level.
  public let level: [Double]

  /// Runs the runoff of an event through the depressions.
  ///
  /// Each depression first takes the runoff of its own watershed; what exceeds its capacity then spills across its
  /// saddle, lowest nodes first. Two full neighbours rise together as their parent. Stored volumes and levels do not
  /// depend on the order; spilled volumes are those of this order.
  /// Method: after Barnes, Callaghan and Wickert (2021), Earth Surface Dynamics 9, 105–121; iterative, in integers.
  /// - Parameters:
  ///   - inflow: Runoff by basin in quanta; position 0 is what drains straight outside.
  ///   - hypsometry: Capacities of the depressions.
  /// - Complexity: O(*N* α(*N*)) for *N* nodes.
  public init(inflow: [Int64], in hypsometry: Hypsometry) {
    let hierarchy = hypsometry.hierarchy
    let nodes = hierarchy.nodeCount
    let leaves = hierarchy.leafCount
    precondition(inflow.count == leaves + 1, "one inflow per basin, and one for the outside")
    precondition(inflow.allSatisfy { $0 >= 0 }, "runoff is never negative")
    let capacity = hypsometry.marginalCapacity
    let parent = hierarchy.parent
    let left = hierarchy.left
    let right = hierarchy.right
    var marginal = [Int64](repeating: 0, count: nodes)
    var isFull = [Bool](repeating: false, count: nodes)
    isFull[0] = false
    /// Where the surplus of a full node goes: a leaf beyond its saddle, its parent, or 0; −1 while it is not full.
    var link = [Int32](repeating: -1, count: nodes)
    /// Shortcuts along `link`, for finding the node that takes water in nearly constant time.
    var shortcut = (0..<Int32(nodes)).map { $0 }
    /// Water put in at a node minus water that stayed there: summed along the links this is what each link carried.
    var balance = [Int64](repeating: 0, count: nodes)

    func sibling(_ node: Int) -> Int {
      let above = Int(parent[node])
      return Int(left[above]) == node ? Int(right[above]) : Int(left[above])
    }
    func connect(_ node: Int) {
      let target: Int32
      if parent[node] == 0 {
        target = hierarchy.spillInto[node]
      } else {
        target = isFull[sibling(node)] ? parent[node] : hierarchy.spillInto[node]
      }
      link[node] = target
      shortcut[node] = target
    }
    func taker(_ start: Int) -> Int {
      var node = start
      while node != 0, Int(shortcut[node]) != node {
        shortcut[node] = shortcut[Int(shortcut[node])]
        node = Int(shortcut[node])
      }
      return node
    }
    func pour(_ volume: Int64, at start: Int) {
      balance[start] += volume
      var remaining = volume
      while remaining > 0 {
        let node = taker(start)
        if node == 0 {
          marginal[0] += remaining
          balance[0] -= remaining
          return
        }
        let taken = min(remaining, capacity[node] - marginal[node])
        marginal[node] += taken
        balance[node] -= taken
        remaining -= taken
        if remaining > 0 {
          isFull[node] = true
          connect(node)
        }
      }
    }

    var surplus = [Int64](repeating: 0, count: leaves + 1)
    for leaf in stride(from: 1, through: leaves, by: 1) {
      let kept = min(inflow[leaf], capacity[leaf])
      marginal[leaf] = kept
      surplus[leaf] = inflow[leaf] - kept
      isFull[leaf] = surplus[leaf] > 0
    }
    for leaf in stride(from: 1, through: leaves, by: 1) where isFull[leaf] { connect(leaf) }
    for leaf in stride(from: 1, through: leaves, by: 1) where surplus[leaf] > 0 { pour(surplus[leaf], at: leaf) }
    pour(inflow[0], at: 0)

    // What each link carried: add up along the links, from nodes that no link leads to.
    var carried = balance
    var waiting = [Int32](repeating: 0, count: nodes)
    for node in 1..<max(1, nodes) where link[node] > 0 { waiting[Int(link[node])] += 1 }
    for start in stride(from: 1, to: nodes, by: 1) where waiting[start] == 0 {
      var node = start
      while true {
        waiting[node] = -1
        let next = link[node]
        if next <= 0 { break }
        carried[Int(next)] += carried[node]
        waiting[Int(next)] -= 1
        if waiting[Int(next)] != 0 { break }
        node = Int(next)
      }
    }
    var upstream = [Int64](repeating: 0, count: nodes)
    for node in stride(from: 1, to: nodes, by: 1) where link[node] > 0 && link[node] != parent[node] {
      // Into every node around the receiving leaf, up to the depression that both sides belong to.
      upstream[Int(link[node])] += carried[node]
      upstream[Int(parent[node])] -= parent[node] == 0 ? 0 : carried[node]
    }
    var local = inflow + [Int64](repeating: 0, count: nodes - leaves - 1)
    var stored = marginal
    for node in stride(from: 1, to: nodes, by: 1) where parent[node] != 0 {
      local[Int(parent[node])] += local[node]
      stored[Int(parent[node])] += stored[node]
      upstream[Int(parent[node])] += upstream[node]
    }
    var level = [Double](repeating: .nan, count: nodes)
    for node in stride(from: nodes - 1, to: 0, by: -1) {
      let above = parent[node] == 0 ? .nan : level[Int(parent[node])]
      if !above.isNaN {
        level[node] = above
      } else if marginal[node] >= capacity[node], marginal[node] > 0 || isFull[node] {
        level[node] = Double(hierarchy.spillElevation[node])
      } else if marginal[node] > 0 {
        level[node] = hypsometry.level(of: node, marginalVolume: WaterVolume.cubicMetres(marginal[node]))
      }
    }
    self.hypsometry = hypsometry
    self.local = local
    self.upstream = upstream
    outflow = marginal[0]
    stored[0] = 0
    self.stored = stored
    spilled = (0..<nodes).map { $0 > 0 && link[$0] >= 0 ? carried[$0] : 0 }
    self.level = level
  }

  /// Water stored in all depressions.
  public var totalStored: Int64 {
    let parent = hypsometry.hierarchy.parent
    return stored.indices.reduce(0) { $1 > 0 && parent[$1] == 0 ? $0 + stored[$1] : $0 }
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
