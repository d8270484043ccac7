import Terrain

/// Where the surplus of full depressions goes, so that the one that takes the water next is found at once.
///
/// A full depression hands its water to the leaf beyond its saddle; once that side is full too, to the parent, which
/// then rises over both. Chains of full depressions are shortened as they are followed (path halving).
struct SpillLinks {
  private let parent: [Int32]
  private let left: [Int32]
  private let right: [Int32]
  private let spillInto: [Int32]
  /// A node that leads on towards where the water goes; the node itself while it is not full.
  private var next: [Int32]

  init(_ hierarchy: DepressionHierarchy) {
    parent = hierarchy.parent
    left = hierarchy.left
    right = hierarchy.right
    spillInto = hierarchy.spillInto
    next = (0..<Int32(hierarchy.nodeCount)).map { $0 }
  }

  /// Whether a node has been filled; never the outside.
  func isFull(_ node: Int) -> Bool { Int(next[node]) != node }

  /// Whether a node is the one that rises: not full itself, both children full.
  func isRising(_ node: Int) -> Bool {
    !isFull(node) && (left[node] == 0 || (isFull(Int(left[node])) && isFull(Int(right[node]))))
  }

  /// Marks a rising node as full, so that its surplus goes on.
  mutating func fill(_ node: Int) {
    let above = Int(parent[node])
    if above != 0, isFull(Int(left[above]) == node ? Int(right[above]) : Int(left[above])) {
      next[node] = Int32(above)
    } else {
      next[node] = spillInto[node]
    }
  }

  /// The node that takes water which has come to `start`; 0 is the outside.
  mutating func taker(of start: Int) -> Int {
    var node = start
    while Int(next[node]) != node {
      next[node] = next[Int(next[node])]
      node = Int(next[node])
    }
    return node
  }
}
