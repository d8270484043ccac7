import Grids
public import Terrain

extension DepressionHierarchy {
  /// For every node an ancestor some way up (0 where there is none), so that a search along the ancestors takes
  /// O(log *d*) steps for a depth of *d*: take the jump unless it overshoots, else the parent.
  ///
  /// Method: Myers (1983), Information Processing Letters 17, 241–248.
  func ancestorJumps() -> [Int32] {
    var jump = [Int32](repeating: 0, count: nodeCount)
    var depth = [Int32](repeating: 0, count: nodeCount)
    for node in stride(from: nodeCount - 1, to: 0, by: -1) {
      let above = Int(parent[node])
      let far = Int(jump[above])
      depth[node] = depth[above] + 1
      jump[node] =
        depth[above] - depth[far] == depth[far] - depth[Int(jump[far])] ? jump[far] : Int32(above)
    }
    return jump
  }

  /// Calls `body` with every cell below the level at which it drains and the node to whose margin it belongs.
  ///
  /// That is the lowest node in whose depression it lies. Cells come in the order of their indices.
  func forEachMarginCell(over ground: Grid<Float>, _ body: (_ node: Int, _ height: Float, _ index: Int) -> Void) {
    precondition(ground.geometry == basins.labels.geometry, "the hierarchy is of another terrain")
    let draining = drainingElevation
    let jump = ancestorJumps()
    basins.labels.withUnsafeCells { label in
      ground.withUnsafeCells { z in
        for index in 0..<ground.count where label[index] > 0 {
          let leaf = Int(label[index])
          if z[index] < draining[leaf] { body(margin(of: leaf, at: Double(z[index]), jump), z[index], index) }
        }
      }
    }
  }

  /// The lowest node around a leaf whose spill is above a height that is below the leaf's draining elevation.
  func margin(of leaf: Int, at height: Double, _ jump: [Int32]) -> Int {
    var node = leaf
    while Double(spillElevation[node]) <= height {
      let far = Int(jump[node])
      node = far != 0 && Double(spillElevation[far]) <= height ? far : Int(parent[node])
    }
    return node
  }

  /// For every node the range of its leaves in a fixed order, and each leaf's place in that order.
  ///
  /// A basin belongs to a node when its place lies in the node's range.
  public func leafRanges() -> (place: [Int32], range: [Range<Int32>]) {
    var size = [Int32](repeating: 0, count: nodeCount)
    for node in stride(from: 1, to: nodeCount, by: 1) {
      if left[node] == 0 { size[node] = 1 }
      if parent[node] != 0 { size[Int(parent[node])] += size[node] }
    }
    var start = [Int32](repeating: 0, count: nodeCount)
    var next: Int32 = 0
    var place = [Int32](repeating: -1, count: leafCount + 1)
    for node in stride(from: nodeCount - 1, to: 0, by: -1) {
      if parent[node] == 0 {
        start[node] = next
        next += size[node]
      }
      if left[node] != 0 {
        start[Int(left[node])] = start[node]
        start[Int(right[node])] = start[node] + size[Int(left[node])]
      } else {
        place[node] = start[node]
      }
    }
    return (place, zip(start, size).map { $0..<($0 + $1) })
  }
}
