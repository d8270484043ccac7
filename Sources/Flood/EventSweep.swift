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
    var state = State(hypsometry, losses ?? .none(in: hypsometry), marks)
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
  /// The sweep at work: for every rising node the sums over all watersheds that drain to it.
  private struct State {
    let hierarchy: DepressionHierarchy
    let demand: [Int64]
    var links: SpillLinks
    var queue: MomentHeap
    /// Demands of the full nodes whose water comes to the node.
    var kept: [Int64]
    /// Runoff that comes to the node, with what has been kept, at the start of the interval.
    var runoff: [Int64]
    /// Growth of `runoff` over the interval.
    var growth: [Int64]
    var fills: [SweepMoment]
    var reaches: [SweepMoment]
    /// Marks in order of their nodes, then of their demands; where each node's begin, and its next one.
    let marks: [WaterMarks.Mark]
    let markStart: [Int32]
    var nextMark: [Int32]

    init(_ hypsometry: Hypsometry, _ losses: BluespotLosses, _ marks: WaterMarks) {
      hierarchy = hypsometry.hierarchy
      let nodes = hierarchy.nodeCount
      demand = hypsometry.marginalDemand(with: losses)
      links = SpillLinks(hierarchy)
      queue = MomentHeap(nodeCount: nodes)
      kept = [Int64](repeating: 0, count: nodes)
      runoff = kept
      growth = kept
      fills = [SweepMoment](repeating: .never, count: nodes)
      reaches = [SweepMoment](repeating: .never, count: marks.setCount)
      self.marks = marks.marks.sorted { ($0.node, $0.demand, $0.set) < ($1.node, $1.demand, $1.set) }
      var start = [Int32](repeating: 0, count: nodes + 1)
      for mark in self.marks { start[Int(mark.node) + 1] += 1 }
      for node in 0..<nodes { start[node + 1] += start[node] }
      markStart = start
      nextMark = start
    }

    /// Takes up the inflows of an interval.
    mutating func start(from first: [Int64], to second: [Int64]) {
      for node in runoff.indices {
        runoff[node] = 0
        growth[node] = 0
      }
      for leaf in stride(from: 1, through: hierarchy.leafCount, by: 1) {
        let node = links.taker(of: leaf)
        runoff[node] += first[leaf]
        growth[node] += second[leaf] - first[leaf]
      }
      var entries: [MomentHeap.Entry] = []
      for node in stride(from: 1, to: hierarchy.nodeCount, by: 1) where links.isRising(node) {
        if let entry = entry(node) { entries.append(entry) }
      }
      queue.replaceAll(entries)
    }

    /// Follows an interval to its end.
    mutating func run(interval: Int32, isOpen: Bool) {
      while let entry = queue.first {
        if !isOpen, entry.numerator > entry.denominator { break }
        queue.removeFirst()
        let node = Int(entry.node)
        let moment =
          entry.numerator < 0
          ? .beforeFirst
          : SweepMoment(interval: interval, numerator: entry.numerator, denominator: entry.denominator)
        if nextMark[node] < markStart[node + 1] {
          let set = Int(marks[Int(nextMark[node])].set)
          reaches[set] = min(reaches[set], moment)
          nextMark[node] += 1
          requeue(node)
        } else {
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
      kept[receiver] += kept[node] + demand[node]
      runoff[receiver] += runoff[node]
      growth[receiver] += growth[node]
      requeue(receiver)
    }

    private func nextDemand(_ node: Int) -> Int64 {
      nextMark[node] < markStart[node + 1] ? marks[Int(nextMark[node])].demand : demand[node]
    }

    private mutating func requeue(_ node: Int) {
      if let entry = entry(node) { queue.set(entry) }
    }

    /// When the next thing happens to a rising node; nil where its runoff does not grow.
    private func entry(_ node: Int) -> MomentHeap.Entry? {
      let missing = kept[node] + nextDemand(node) - runoff[node]
      // Less than nothing is missing only at the first inflow: it happened before.
      return missing <= 0 || growth[node] > 0 ? MomentHeap.Entry(missing, growth[node], node: node) : nil
    }
  }
}
