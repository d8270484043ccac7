import Grids
import Terrain

/// When every depression fills, and when the water reaches given marks, as the runoff of all watersheds grows.
///
/// The runoff of each watershed grows along a series of inflows, in a straight line from one to the next. Depressions
/// fill, spill and merge on the way, so the moments are those of the whole network and not of a watershed alone.
///
/// A full node keeps exactly its demand, so what has come to the node that rises is the runoff of all watersheds that
/// drain to it, less the demands of the full nodes among them. Its moment is thus one fraction of two whole numbers,
/// whatever happened before: moments are exact, and compared exactly.
/// Line of work: Liu and Snoeyink (2005); Arge, Rav, Raza and Revsbæk (2017), ALENEX; Lowe, Agarwal and Rav (2020),
/// Communications of the ACM 63(9).
public struct EventSweep: Sendable {
  /// When each node is full; ``SweepMoment/never`` for node 0.
  public let fills: [SweepMoment]
  /// When the water first stands above any of the marks of each set.
  public let reaches: [SweepMoment]

  /// Follows the inflows and notes every moment.
  /// - Parameters:
  ///   - hypsometry: Capacities of the depressions.
  ///   - losses: Infiltration and drains; none unless given.
  ///   - inflows: Two or more inflows by basin in quanta, as for ``StandingWater``, none less than the one before.
  ///   - continues: Whether the runoff goes on growing after the last inflow as it did before it.
  ///   - marks: Sets of water marks to watch.
  /// - Throws: ``FloodError`` where a basin has less runoff than in the inflow before.
  /// - Complexity: O(*k B* + (*B* + *m*) log *B*) for *k* inflows, *B* depressions and *m* marks.
  public init(
    _ hypsometry: Hypsometry, losses: BluespotLosses? = nil, inflows: [[Int64]], continues: Bool = false,
    marks: WaterMarks = WaterMarks()
  ) throws(FloodError) {
    let hierarchy = hypsometry.hierarchy
    try Self.check(inflows, hierarchy)
    var state = State(hypsometry, losses ?? .none(in: hypsometry), marks, from: inflows[0])
    for interval in 0..<(inflows.count - 1) {
      state.start(from: inflows[interval], to: inflows[interval + 1])
      state.run(interval: Int32(interval), isOpen: continues && interval == inflows.count - 2)
    }
    fills = state.fills
    reaches = state.reaches
  }

  private static func check(_ inflows: [[Int64]], _ hierarchy: DepressionHierarchy) throws(FloodError) {
    precondition(inflows.count > 1, "a series has two inflows at least")
    precondition(inflows.allSatisfy { $0.count == hierarchy.leafCount + 1 }, "one inflow per basin, and one outside")
    for interval in 0..<(inflows.count - 1) {
      let before = inflows[interval]
      let after = inflows[interval + 1]
      for leaf in stride(from: 1, through: hierarchy.leafCount, by: 1) where after[leaf] < before[leaf] {
        let pit = Int(hierarchy.basins.pits[leaf - 1])
        let columns = hierarchy.basins.labels.columns
        throw FloodError(
          "inflow \(interval + 2) of the series gives the basin of column \(pit % columns), row \(pit / columns) less "
            + "water than inflow \(interval + 1) (\(WaterVolume.cubicMetres(after[leaf])) after "
            + "\(WaterVolume.cubicMetres(before[leaf])) m³); put the series in order of growing runoff")
      }
    }
  }
}

/// What can go wrong with the inputs of a flood.
public struct FloodError: Error, Sendable, CustomStringConvertible {
  /// What is wrong and the way out.
  public let description: String

  init(_ description: String) { self.description = description }
}

extension EventSweep {
  /// A node that takes water, with what comes to it from all watersheds that drain to it now.
  private struct Rising {
    /// Demands of the full nodes whose water comes to the node, less the runoff at the start of the interval.
    var missing: Int64 = 0
    /// Growth of the runoff over the interval.
    var growth: Int64 = 0
    /// Volume that the node itself takes.
    var demand: Int64
    /// Next mark of the node, and where its marks end.
    var nextMark: Int32 = 0
    var endOfMarks: Int32 = 0
  }

  /// The sweep at work.
  private struct State {
    let hierarchy: DepressionHierarchy
    /// Marks in order of their nodes, then of their demands.
    let marks: [WaterMarks.Mark]
    var nodes: [Rising]
    var links: SpillLinks
    var queue: MomentHeap
    var fills: [SweepMoment]
    var reaches: [SweepMoment]

    init(_ hypsometry: Hypsometry, _ losses: BluespotLosses, _ marks: WaterMarks, from inflow: [Int64]) {
      hierarchy = hypsometry.hierarchy
      nodes = hypsometry.marginalDemand(with: losses).map { Rising(demand: $0) }
      for leaf in stride(from: 1, through: hierarchy.leafCount, by: 1) { nodes[leaf].missing = -inflow[leaf] }
      self.marks = marks.marks.sorted { ($0.node, $0.demand, $0.set) < ($1.node, $1.demand, $1.set) }
      for (number, mark) in self.marks.enumerated() {
        let node = Int(mark.node)
        if nodes[node].endOfMarks == 0 { nodes[node].nextMark = Int32(number) }
        nodes[node].endOfMarks = Int32(number + 1)
      }
      links = SpillLinks(hierarchy)
      queue = MomentHeap(nodeCount: nodes.count)
      fills = Array(repeating: .never, count: nodes.count)
      reaches = Array(repeating: .never, count: marks.setCount)
    }

    /// Takes up the inflows of an interval.
    mutating func start(from first: [Int64], to second: [Int64]) {
      for node in nodes.indices {
        nodes[node].missing -= nodes[node].growth
        nodes[node].growth = 0
      }
      for leaf in stride(from: 1, through: hierarchy.leafCount, by: 1) {
        nodes[links.taker(of: leaf)].growth += second[leaf] - first[leaf]
      }
      queue.removeAll()
      for node in stride(from: 1, to: nodes.count, by: 1) where isRising(node) {
        if let (missing, growth) = next(node) { queue.append(node, missing, growth) }
      }
      queue.order()
    }

    /// Whether a node is not full itself, but both its children.
    private func isRising(_ node: Int) -> Bool {
      let left = Int(hierarchy.left[node])
      return !links.isFull(node) && (left == 0 || (links.isFull(left) && links.isFull(Int(hierarchy.right[node]))))
    }

    /// Follows an interval to its end.
    mutating func run(interval: Int32, isOpen: Bool) {
      while let (node, numerator, denominator) = queue.first {
        if !isOpen, numerator > denominator { break }
        let moment =
          numerator < 0
          ? .beforeFirst : SweepMoment(interval: interval, numerator: numerator, denominator: denominator)
        if nodes[node].nextMark < nodes[node].endOfMarks {
          let set = Int(marks[Int(nodes[node].nextMark)].set)
          reaches[set] = min(reaches[set], moment)
          nodes[node].nextMark += 1
          if let (missing, growth) = next(node) {
            queue.delayFirst(missing, growth)
          } else {
            queue.removeFirst()
          }
        } else {
          queue.removeFirst()
          fills[node] = moment
          pass(node)
        }
      }
    }

    /// Marks a node as full and lets its water go on.
    private mutating func pass(_ node: Int) {
      links.fill(node)
      // Where this is the parent: the water of the sibling, full before, has come to this node already.
      let receiver = links.taker(of: node)
      if receiver == 0 { return }
      nodes[receiver].missing += nodes[node].missing + nodes[node].demand
      nodes[receiver].growth += nodes[node].growth
      if let (missing, growth) = next(receiver) { queue.advance(receiver, missing, growth) }
    }

    /// Runoff that is missing until the next thing happens to a rising node, and its growth.
    ///
    /// Nil where that does not come. Less than nothing is missing only at the first inflow: then it happened before.
    private func next(_ node: Int) -> (missing: Int64, growth: Int64)? {
      let rising = nodes[node]
      let demand = rising.nextMark < rising.endOfMarks ? marks[Int(rising.nextMark)].demand : rising.demand
      let missing = rising.missing + demand
      return missing <= 0 || rising.growth > 0 ? (missing, rising.growth) : nil
    }
  }
}
