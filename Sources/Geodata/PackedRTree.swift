/// A rectangle as SQLite's R*Tree keeps it: single precision, rounded outwards so that nothing in it is lost.
struct IndexBox: Sendable, Hashable, BitwiseCopyable {
  var west: Float
  var east: Float
  var south: Float
  var north: Float

  /// The rectangle around a shape in double precision.
  init(west: Double, east: Double, south: Double, north: Double) {
    self.west = Self.atMost(west)
    self.east = Self.atLeast(east)
    self.south = Self.atMost(south)
    self.north = Self.atLeast(north)
  }

  private static func atMost(_ value: Double) -> Float {
    let near = Float(value)
    return Double(near) > value ? near.nextDown : near
  }

  private static func atLeast(_ value: Double) -> Float {
    let near = Float(value)
    return Double(near) < value ? near.nextUp : near
  }

  mutating func formUnion(_ other: IndexBox) {
    west = min(west, other.west)
    east = max(east, other.east)
    south = min(south, other.south)
    north = max(north, other.north)
  }
}

/// A rectangle with what it is around: a feature, or a node.
struct IndexEntry: Sendable, Hashable, BitwiseCopyable {
  let id: Int64
  var box: IndexBox
}

/// An R-tree that is packed instead of grown: entries are sorted into tiles, and a tile is a node.
///
/// Sort-tile-recursive packing (Leutenegger, López & Edgington 1997, ICDE, 497–506): full nodes and little overlap in
/// the time of a sort, where growing a tree entry by entry looks for a place for each of them. Leaves are packed piece
/// by piece, so that only one entry for each leaf is kept in memory.
struct PackedRTree {
  /// Number of entries that a node has room for.
  let capacity: Int
  /// Number of the root; the other nodes follow.
  static let root: Int64 = 1
  private var lastNode = Self.root
  private var leaves: [IndexEntry] = []

  init(capacity: Int) {
    precondition(capacity > 1, "a node holds several entries")
    self.capacity = capacity
  }

  /// Packs features into leaves.
  /// - Parameter node: Is given each leaf with its entries.
  mutating func pack<E: Error>(
    _ features: [IndexEntry], node: (Int64, ArraySlice<IndexEntry>) throws(E) -> Void
  ) throws(E) {
    leaves += try level(of: features, node: node)
  }

  /// Packs all that is above the leaves.
  /// - Parameter node: Is given each node with its entries, the root last with the number of levels below it; for
  ///   other nodes that is 0.
  mutating func finish<E: Error>(node: (Int64, ArraySlice<IndexEntry>, _ depth: Int) throws(E) -> Void) throws(E) {
    var depth = 1
    while leaves.count > capacity {
      leaves = try level(of: leaves) { (number, entries) throws(E) in try node(number, entries, 0) }
      depth += 1
    }
    if !leaves.isEmpty { try node(Self.root, leaves[...], depth) }
    leaves = []
  }

  /// Packs one level; the entries of the level above are returned.
  private mutating func level<E: Error>(
    of entries: [IndexEntry], node: (Int64, ArraySlice<IndexEntry>) throws(E) -> Void
  ) throws(E) -> [IndexEntry] {
    var entries = entries
    // Slices from west to east of which each is cut from south to north; the number breaks ties.
    entries.sort { ($0.box.west + $0.box.east, $0.id) < ($1.box.west + $1.box.east, $1.id) }
    let nodes = (entries.count + capacity - 1) / capacity
    let slice = max(1, Int(Double(nodes).squareRoot().rounded(.up))) * capacity
    var above: [IndexEntry] = []
    above.reserveCapacity(nodes)
    for start in stride(from: 0, to: entries.count, by: slice) {
      let end = min(start + slice, entries.count)
      entries[start..<end].sort { ($0.box.south + $0.box.north, $0.id) < ($1.box.south + $1.box.north, $1.id) }
      for first in stride(from: start, to: end, by: capacity) {
        let members = entries[first..<min(first + capacity, end)]
        lastNode += 1
        var box = members[first].box
        for member in members.dropFirst() { box.formUnion(member.box) }
        try node(lastNode, members)
        above.append(IndexEntry(id: lastNode, box: box))
      }
    }
    return above
  }
}
