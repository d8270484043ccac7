import Grids
import Terrain

/// The depressions worth showing, as a tree of their own.
///
/// A binary merge tree holds a node for every pair of hollows, however small. Shown are nodes of at least a given
/// volume that are either the largest of their nest or one of two such depressions that merge; a depression that
/// merely grows by swallowing hollows below the volume is one bluespot, at its largest.
public struct Bluespots: Sendable {
  /// One depression that is shown.
  public struct Bluespot: Sendable, Hashable {
    /// Node of the hierarchy.
    public let node: Int
    /// Position in ``Bluespots/items`` of the bluespot around this one, nil for the largest.
    public let parent: Int?
    /// Number of bluespots around this one.
    public let depthLevel: Int
  }

  /// Bluespots, parents before children, largest of their nest first by node number.
  public let items: [Bluespot]
  /// Depressions (largest of their nest) below the volume.
  public let droppedCount: Int
  /// Capacity of the dropped depressions, in quanta.
  public let droppedCapacity: Int64

  /// Selects the bluespots of a hierarchy.
  /// - Parameter minimumVolume: Least capacity in m³ of a bluespot.
  public init(_ hypsometry: Hypsometry, minimumVolume: Double) {
    let hierarchy = hypsometry.hierarchy
    let least = WaterVolume.quanta(fromCubicMetres: minimumVolume)
    func isLarge(_ node: Int) -> Bool { hypsometry.capacity[node] >= max(1, least) }
    var items: [Bluespot] = []
    var dropped = 0
    var droppedCapacity: Int64 = 0
    var stack: [(node: Int, parent: Int?, level: Int)] = []
    for root in stride(from: hierarchy.nodeCount - 1, to: 0, by: -1) where hierarchy.parent[root] == 0 {
      if isLarge(root) {
        stack.append((root, nil, 0))
      } else {
        dropped += 1
        droppedCapacity += hypsometry.capacity[root]
      }
    }
    while let (node, parent, level) = stack.popLast() {
      items.append(Bluespot(node: node, parent: parent, depthLevel: level))
      // Follow the one large child down until two large depressions meet.
      var inner = node
      while hierarchy.left[inner] != 0 {
        let left = Int(hierarchy.left[inner])
        let right = Int(hierarchy.right[inner])
        if isLarge(left), isLarge(right) {
          stack.append((right, items.count - 1, level + 1))
          stack.append((left, items.count - 1, level + 1))
          break
        }
        if isLarge(left) { inner = left } else if isLarge(right) { inner = right } else { break }
      }
    }
    self.items = items
    droppedCount = dropped
    self.droppedCapacity = droppedCapacity
  }
}
