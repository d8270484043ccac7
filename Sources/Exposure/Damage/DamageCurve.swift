/// The share of a value that water of a depth destroys: knots, linear between them, constant beyond.
public struct DamageCurve: Sendable, Hashable {
  /// Depths of the knots in metres, rising.
  public let depths: [Double]
  /// Share of the value lost at each knot, 0 to 1.
  public let shares: [Double]

  /// What is odd about a curve that can be used.
  public enum Oddity: Sendable, Hashable, CustomStringConvertible {
    /// The first knot is not (0, 0): depths before it have its share.
    case start(depth: Double, share: Double)
    /// Deeper water destroys less.
    case falls(from: Double, to: Double)

    /// The oddity in words.
    public var description: String {
      switch self {
      case .start(let depth, let share):
        "begins at \(depth) m with a share of \(share), not at 0 m with 0"
      case .falls(let from, let to): "falls from \(from) to \(to) m of depth"
      }
    }
  }

  /// Makes a curve from its knots in any order.
  /// - Throws: ``DamageCurveError`` where they make none.
  public init(depths: [Double], shares: [Double]) throws(DamageCurveError) {
    guard depths.count == shares.count else {
      throw .unequalCounts(depths: depths.count, shares: shares.count)
    }
    guard !depths.isEmpty else { throw .empty }
    for (depth, share) in zip(depths, shares) {
      guard depth.isFinite else { throw .invalidDepth(depth) }
      guard share >= 0, share <= 1 else { throw .invalidShare(share, depth: depth) }
    }
    let knots = zip(depths, shares).sorted { $0.0 < $1.0 }
    for (a, b) in zip(knots, knots.dropFirst()) where a.0 == b.0 { throw .duplicateDepth(a.0) }
    self.depths = knots.map(\.0)
    self.shares = knots.map(\.1)
  }

  /// What is odd about the curve; empty for one that begins at (0, 0) and never falls.
  public var oddities: [Oddity] {
    var found: [Oddity] = []
    if depths[0] > 0 || (depths[0] == 0 && shares[0] != 0) {
      found.append(.start(depth: depths[0], share: shares[0]))
    }
    for index in depths.indices.dropFirst() where shares[index] < shares[index - 1] {
      found.append(.falls(from: depths[index - 1], to: depths[index]))
    }
    return found
  }

  /// Share lost at a depth; the first or last knot's beyond them.
  /// - Parameter depth: Metres above what the curve counts from, such as the floor; may be negative.
  /// - Returns: nil where the depth is not known: no data is never undamaged.
  public func share(at depth: Double) -> Double? {
    guard !depth.isNaN else { return nil }
    // The first knot at or beyond the depth.
    var low = 0
    var high = depths.count
    while low < high {
      let middle = (low + high) / 2
      if depths[middle] < depth { low = middle + 1 } else { high = middle }
    }
    if low == 0 { return shares[0] }
    if low == depths.count { return shares[low - 1] }
    let t = (depth - depths[low - 1]) / (depths[low] - depths[low - 1])
    return shares[low - 1] + t * (shares[low] - shares[low - 1])
  }
}

/// Knots that make no damage curve.
public enum DamageCurveError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The lists differ in length.
  case unequalCounts(depths: Int, shares: Int)
  /// No knot.
  case empty
  /// A depth that is not a finite number.
  case invalidDepth(Double)
  /// A depth that occurs twice.
  case duplicateDepth(Double)
  /// A share outside 0 to 1.
  case invalidShare(Double, depth: Double)

  /// What is wrong and what would be right.
  public var description: String {
    switch self {
    case .unequalCounts(let depths, let shares):
      "\(depths) depths but \(shares) shares; give one share for each depth"
    case .empty: "a damage curve needs a knot: a depth with its share"
    case .invalidDepth(let depth): "depth \(depth); give metres"
    case .duplicateDepth(let depth): "depth \(depth) m occurs twice; give each once"
    case .invalidShare(let share, let depth):
      "share \(share) at \(depth) m; give a share from 0 to 1"
    }
  }
}
