import Terrain

/// Where the surplus of full depressions goes, so that the one that takes the water next is found at once.
///
/// A full depression hands its water to the leaf beyond its saddle; once that side is full too, to the parent, which
/// then rises over both. Chains of full depressions are shortened as they are followed (path halving).
struct SpillLinks {
  private struct Node {
    /// A node that leads on towards where the water goes; the node itself while it is not full.
    var next: Int32
    let parent: Int32
    /// The other child of the parent, 0 at the top.
    var sibling: Int32 = 0
    let spillInto: Int32
  }

  private var nodes: [Node]

  init(_ hierarchy: DepressionHierarchy) {
    nodes = (0..<hierarchy.nodeCount).map {
      Node(next: Int32($0), parent: hierarchy.parent[$0], spillInto: hierarchy.spillInto[$0])
    }
    for node in stride(from: hierarchy.leafCount + 1, to: nodes.count, by: 1) {
      nodes[Int(hierarchy.left[node])].sibling = hierarchy.right[node]
      nodes[Int(hierarchy.right[node])].sibling = hierarchy.left[node]
    }
  }

  /// Whether a node has been filled; never the outside.
  func isFull(_ node: Int) -> Bool { Int(nodes[node].next) != node }

  /// Marks a rising node as full, so that its surplus goes on.
  mutating func fill(_ node: Int) {
    let links = nodes[node]
    nodes[node].next = links.sibling != 0 && isFull(Int(links.sibling)) ? links.parent : links.spillInto
  }

  /// The node that takes water which has come to `start`; 0 is the outside.
  mutating func taker(of start: Int) -> Int {
    var node = start
    while true {
      let next = Int(nodes[node].next)
      if next == node { return node }
      let far = nodes[next].next
      nodes[node].next = far
      node = Int(far)
    }
  }
}
