public import Grids

/// The nested depressions of a terrain as a binary merge tree.
///
/// Node *i* with 1 ≤ *i* ≤ `leafCount` is the basin *i* of ``DrainageBasins``; a higher node is a pair of
/// depressions that have met at their common saddle. Children have smaller numbers than their parent; node 0 is the
/// outside. A node without parent (``parent`` = 0) spills outside or into a depression that drains there.
///
/// Method: Barnes, Callaghan and Wickert (2020), Earth Surface Dynamics 8, 431–445, built here from the passes
/// between basins (Kruskal), which also yields the filled surface (Cordonnier, Bovy and Braun 2019, Earth Surface
/// Dynamics 7, 549–562).
public struct DepressionHierarchy: Sendable {
  /// Basins, steepest-descent directions and labels that the tree stands on.
  public let basins: DrainageBasins
  /// The node that a depression is part of, 0 at the top.
  public let parent: [Int32]
  /// First child, 0 for leaves.
  public let left: [Int32]
  /// Second child, 0 for leaves.
  public let right: [Int32]
  /// Height at which the depression spills, metres; −∞ for node 0.
  public let spillElevation: [Float]
  /// The higher cell of the saddle: where the water goes over.
  public let spillCell: [CellIndex]
  /// The leaf on the far side of the saddle that takes the spill; 0 is the outside.
  public let spillInto: [Int32]
  /// The passes that join all basins and the outside: a tree.
  let lowestPasses: [BasinPass]

  /// Number of leaves, which are the basins.
  public var leafCount: Int { basins.count }
  /// Number of nodes, node 0 included.
  public var nodeCount: Int { parent.count }

  /// Finds the basins of a terrain, their passes, and how they merge.
  /// - Parameters:
  ///   - ground: Elevation in metres; NaN is no data.
  ///   - nodata: What cells without elevation are to the water.
  ///   - threads: Number of threads; the result does not depend on it.
  /// - Throws: ``TerrainError`` where a policy forbids no data, or where walls enclose a region without any outlet.
  /// - Complexity: O(*n* + *E* log *E*) for *n* cells and *E* passes, about three per basin.
  public init(of ground: Grid<Float>, nodata: NodataPolicy = .error, threads: Int = 1) throws(TerrainError) {
    let terrain = try PreparedTerrain(ground, nodata: nodata, threads: threads)
    let basins = DrainageBasins(terrain, threads: threads)
    let passes = SortedPasses(terrain, basins, threads: threads)
    let leaves = basins.count
    var parent = [Int32](repeating: 0, count: leaves + 1)
    var left = parent
    var right = parent
    var spillElevation = [Float](repeating: -.infinity, count: leaves + 1)
    var spillCell = [CellIndex](repeating: -1, count: leaves + 1)
    var spillInto = parent

    // Union-find over basins; `top` is the tree node that a set of basins has grown to, 0 once it reaches outside.
    var representative = (0...Int32(leaves)).map { $0 }
    var top = representative
    func find(_ basin: Int32) -> Int32 {
      var b = basin
      while representative[Int(b)] != b {
        representative[Int(b)] = representative[Int(representative[Int(b)])]
        b = representative[Int(b)]
      }
      return b
    }
    var tree: [BasinPass] = []
    tree.reserveCapacity(leaves)
    for place in 0..<passes.count {
      let pair = passes.pair(place)
      let low = find(pair.low)
      let high = find(pair.high)
      if low == high { continue }
      let pass = passes.pass(place, basins.labels)
      tree.append(pass)
      let lowTop = top[Int(low)]
      let highTop = top[Int(high)]
      let higherCell = ground[Int(pass.lowCell)] > ground[Int(pass.highCell)] ? pass.lowCell : pass.highCell
      func spill(_ node: Int32, into leaf: Int32) {
        spillElevation[Int(node)] = pass.elevation
        spillCell[Int(node)] = higherCell
        spillInto[Int(node)] = leaf
      }
      if lowTop != 0 { spill(lowTop, into: pass.highBasin) }
      if highTop != 0 { spill(highTop, into: pass.lowBasin) }
      // The smaller number stays the representative, so that the outside (0) is always found as itself.
      let (winner, loser) = low < high ? (low, high) : (high, low)
      representative[Int(loser)] = winner
      if lowTop == 0 || highTop == 0 {
        top[Int(winner)] = 0
      } else {
        let node = Int32(parent.count)
        parent.append(0)
        left.append(min(lowTop, highTop))
        right.append(max(lowTop, highTop))
        spillElevation.append(-.infinity)
        spillCell.append(-1)
        spillInto.append(0)
        parent[Int(lowTop)] = node
        parent[Int(highTop)] = node
        top[Int(winner)] = node
      }
    }
    for basin in stride(from: 1, through: leaves, by: 1) where find(Int32(basin)) != 0 {
      let pit = Int(basins.pits[basin - 1])
      throw TerrainError(
        "the depression around column \(pit % ground.columns), row \(pit / ground.columns) is enclosed by cells "
          + "without elevation and has no outlet", isMendedByPolicy: true)
    }
    lowestPasses = tree
    self.basins = basins
    self.parent = parent
    self.left = left
    self.right = right
    self.spillElevation = spillElevation
    self.spillCell = spillCell
    self.spillInto = spillInto
  }

  /// Per basin, the cell where its water leaves it on the way outside, and the cell that takes it (the same: outlet).
  private func exits() -> [(from: CellIndex, to: CellIndex)] {
    let tree = lowestPasses
    let basinCount = leafCount
    var degree = [Int](repeating: 0, count: basinCount + 2)
    for pass in tree {
      degree[Int(pass.lowBasin) + 1] += 1
      degree[Int(pass.highBasin) + 1] += 1
    }
    for basin in 0...basinCount { degree[basin + 1] += degree[basin] }
    var slot = degree
    var edges = [Int32](repeating: 0, count: 2 * tree.count)
    for (number, pass) in tree.enumerated() {
      for basin in [pass.lowBasin, pass.highBasin] {
        edges[slot[Int(basin)]] = Int32(number)
        slot[Int(basin)] += 1
      }
    }
    var exits = [(from: CellIndex, to: CellIndex)](repeating: (-1, -1), count: basinCount + 1)
    var reached = [Bool](repeating: false, count: basinCount + 1)
    reached[0] = true
    var queue: [Int32] = [0]
    var head = 0
    while head < queue.count {
      let basin = queue[head]
      head += 1
      for edge in edges[degree[Int(basin)]..<degree[Int(basin) + 1]] {
        let pass = tree[Int(edge)]
        let other = pass.lowBasin == basin ? pass.highBasin : pass.lowBasin
        if reached[Int(other)] { continue }
        reached[Int(other)] = true
        exits[Int(other)] =
          other == pass.highBasin ? (pass.highCell, pass.lowCell) : (pass.lowCell, pass.highCell)
        queue.append(other)
      }
    }
    return exits
  }

  /// Per node, the height at which its water finally leaves for the outside: the spill of its top-level ancestor.
  public var drainingElevation: [Float] {
    var level = spillElevation
    for node in stride(from: nodeCount - 1, to: 0, by: -1) where parent[node] != 0 {
      level[node] = level[Int(parent[node])]
    }
    return level
  }
}

extension DepressionHierarchy {
  /// The terrain with every depression filled to its lowest outlet: exactly the minimax surface, 8-connected.
  ///
  /// Every cell has a path to its pit that never rises, so the surface is max(*z*, draining height of the basin).
  /// - Returns: Water surface in metres, never below the ground; NaN where the ground is.
  public func filled(_ ground: consuming Grid<Float>, threads: Int = 1) -> Grid<Float> {
    var surface = ground
    _ = fill(&surface, threads: threads)
    return surface
  }

  /// Fills the terrain in its place, as ``filled(_:threads:)`` does.
  /// - Returns: What the fill added.
  public func fill(_ surface: inout Grid<Float>, threads: Int = 1) -> FillSummary {
    precondition(surface.geometry == basins.labels.geometry, "the hierarchy is of another terrain")
    let level = drainingElevation
    let columns = surface.columns
    var sums = [FillSummary](repeating: FillSummary(), count: surface.rows)
    basins.labels.withUnsafeCells { labels in
      level.withUnsafeBufferPointer { level in
        sums.withUnsafeMutableBufferPointer { sums in
          surface.withUnsafeMutableCells { cells in
            nonisolated(unsafe) let (labels, cells, sums, level) = (labels, cells, sums, level)
            parallelBlocks(of: sums.count, threads: threads) { rows in
              for row in rows {
                let label = labels + row &* columns
                let out = cells + row &* columns
                var sum = FillSummary()
                for column in 0..<columns where label[column] > 0 {
                  let height = level[Int(label[column])]
                  if height > out[column] {
                    sum.add(height - out[column])
                    out[column] = height
                  }
                }
                sums[row] = sum
              }
            }
          }
        }
      }
    }
    // In the order of the rows, so that the sum does not depend on the threads.
    return sums.reduce(into: FillSummary()) { $0.add($1) }
  }

  /// D8 directions that drain every cell to an outlet.
  ///
  /// Outside lakes and on their slopes water takes the steepest descent; within a lake it runs to the pit and from
  /// there along the reversed path to the saddle, so that flow lines follow the thalweg (carving, Cordonnier, Bovy
  /// and Braun 2019). The filled surface never rises along a path.
  public func routedDirections() -> Grid<UInt8> {
    var directions = basins.directions
    let columns = directions.columns
    directions.withUnsafeMutableCells { direction in
      func code(from: Int, to: Int) -> UInt8 {
        let rowStep = to / columns - from / columns
        let columnStep = to % columns - from % columns
        for code in 0..<8 where FlowDirection.rowStep[code] == rowStep && FlowDirection.columnStep[code] == columnStep {
          return UInt8(code)
        }
        preconditionFailure("cells \(from) and \(to) are no neighbours")
      }
      let exits = exits()
      for basin in stride(from: 1, through: leafCount, by: 1) {
        let exit = exits[basin]
        var here = Int(exit.from)
        var next = exit.from == exit.to ? FlowDirection.outlet : code(from: here, to: Int(exit.to))
        while true {
          let old = direction[here]
          direction[here] = next
          if old == FlowDirection.pit { break }
          here += FlowDirection.rowStep[Int(old)] * columns + FlowDirection.columnStep[Int(old)]
          next = (old + 4) & 7
        }
      }
    }
    return directions
  }
}

/// What a fill added to a terrain.
public struct FillSummary: Sendable, Hashable {
  /// Cells that were raised.
  public private(set) var cells = 0
  /// Sum of the depths, metres; times the area of a cell it is the volume.
  public private(set) var depthSum = 0.0
  /// The largest depth, metres.
  public private(set) var deepest: Float = 0

  /// Nothing so far.
  public init() {}

  /// Adds a cell that was raised.
  @inline(__always)
  public mutating func add(_ depth: Float) {
    cells += 1
    depthSum += Double(depth)
    if depth > deepest { deepest = depth }
  }

  /// Adds another part of the terrain.
  public mutating func add(_ other: FillSummary) {
    cells += other.cells
    depthSum += other.depthSum
    deepest = max(deepest, other.deepest)
  }
}
