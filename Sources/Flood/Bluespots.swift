import Grids
public import Terrain

/// The least size of a depression that is shown; it has to meet all three.
///
/// Each grows from a depression to the one around it, so whatever holds a shown depression is large enough too.
public struct BluespotSize: Sendable, Hashable {
  /// Least volume at the brim, m³.
  public var volume: Double
  /// Least area at the brim, m².
  public var area: Double
  /// Least greatest depth at the brim, metres.
  public var depth: Double

  /// A least size; nothing is too small unless given.
  public init(volume: Double = 0, area: Double = 0, depth: Double = 0) {
    self.volume = volume
    self.area = area
    self.depth = depth
  }
}

/// Depressions, largest of their nest, that are not shown, so that what is shown and what is not make up the whole.
public struct SmallDepressions: Sendable, Hashable {
  /// Their number.
  public var count = 0
  /// Their cells at the brim.
  public var cells = 0
  /// Their capacity in quanta of ``WaterVolume``.
  public var capacity: Int64 = 0
  /// How many of them hold too little; a depression may be too small in more than one way.
  public var belowVolume = 0
  /// How many of them cover too little.
  public var belowArea = 0
  /// How many of them are too shallow.
  public var belowDepth = 0
}

/// The depressions worth showing, as a tree of their own.
///
/// A binary merge tree holds a node for every pair of hollows, however small. Shown are nodes of at least a given
/// size that are either the largest of their nest or one of two such depressions that merge; a depression that
/// merely grows by swallowing hollows below the size is one bluespot, at its largest.
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
  /// Depressions, largest of their nest, that are too small.
  public let dropped: SmallDepressions

  /// Selects the bluespots of a hierarchy.
  ///
  /// Nothing is taken out of the terrain: small depressions go on filling and spilling, they are only not shown.
  /// - Parameter least: Least size of a bluespot. Depressions without any volume are never shown.
  public init(_ hypsometry: Hypsometry, least: BluespotSize) {
    let hierarchy = hypsometry.hierarchy
    let volume = max(1, WaterVolume.quanta(fromCubicMetres: least.volume))
    func isBelow(_ node: Int) -> (volume: Bool, area: Bool, depth: Bool) {
      (
        hypsometry.capacity[node] < volume,
        Double(hypsometry.cells[node]) * hypsometry.cellArea < least.area,
        Double(hypsometry.depth(of: node)) < least.depth
      )
    }
    func isLarge(_ node: Int) -> Bool { isBelow(node) == (false, false, false) }
    var items: [Bluespot] = []
    var dropped = SmallDepressions()
    var stack: [(node: Int, parent: Int?, level: Int)] = []
    for top in stride(from: hierarchy.nodeCount - 1, to: 0, by: -1) where hierarchy.parent[top] == 0 {
      let below = isBelow(top)
      if below == (false, false, false) {
        stack.append((top, nil, 0))
        continue
      }
      dropped.count += 1
      dropped.cells += hypsometry.cells[top]
      dropped.capacity += hypsometry.capacity[top]
      dropped.belowVolume += below.volume ? 1 : 0
      dropped.belowArea += below.area ? 1 : 0
      dropped.belowDepth += below.depth ? 1 : 0
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
    self.dropped = dropped
  }

  /// Selects the bluespots of a volume.
  /// - Parameter minimumVolume: Least capacity in m³ of a bluespot.
  public init(_ hypsometry: Hypsometry, minimumVolume: Double) {
    self.init(hypsometry, least: BluespotSize(volume: minimumVolume))
  }

  /// Sum over the depressions that are not shown of a volume of every node, such as ``StandingWater/stored``.
  public func notShown(_ volumes: [Int64], in hierarchy: DepressionHierarchy) -> Int64 {
    var sum: Int64 = 0
    for node in stride(from: 1, to: hierarchy.nodeCount, by: 1) where hierarchy.parent[node] == 0 {
      sum += volumes[node]
    }
    return items.reduce(sum) { $1.parent == nil ? $0 - volumes[$1.node] : $0 }
  }
}

extension Hypsometry {
  /// Greatest depth of a node at its brim, metres.
  public func depth(of node: Int) -> Float { hierarchy.spillElevation[node] - lowest[node] }
}
