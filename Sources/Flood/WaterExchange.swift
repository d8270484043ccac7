import Terrain

extension Hypsometry {
  /// Volume that each node's own margin takes before it spills: what it stores, what soaks away, what drains take.
  func marginalDemand(with losses: BluespotLosses) -> [Int64] {
    precondition(losses.drainCapacity.count == marginalCapacity.count, "the losses are of other depressions")
    return marginalCapacity.indices.map {
      marginalCapacity[$0] + losses.marginalInfiltration[$0] + losses.drainCapacity[$0]
    }
  }
}

extension DepressionHierarchy {
  /// What every node got over saddles from elsewhere and what it passed on, from what it had and what it kept.
  ///
  /// A top-level node passes on what it did not keep. Of two siblings one may keep more than came to it from outside
  /// their parent: the other gave it the difference. What is left to either goes into the rise of the parent.
  /// Hence all volumes follow from the kept ones alone.
  /// - Parameters:
  ///   - local: Runoff of the watershed of each node.
  ///   - kept: Water that stayed in each node, children included, however it did.
  func exchange(local: [Int64], kept: [Int64]) -> (upstream: [Int64], spilled: [Int64]) {
    var upstream = [Int64](repeating: 0, count: nodeCount)
    var spilled = upstream
    let top = topNodes()
    let (place, range) = leafRanges()
    /// Water that came over a saddle, at the leaf it came to.
    var landed = PrefixSums(count: leafCount)

    // Top-level nodes, from those that no other spills into.
    var waiting = [Int32](repeating: 0, count: nodeCount)
    for node in stride(from: 1, to: nodeCount, by: 1) where parent[node] == 0 {
      waiting[Int(top[Int(spillInto[node])])] += 1
    }
    for start in stride(from: 1, to: nodeCount, by: 1) where parent[start] == 0 && waiting[start] == 0 {
      var node = start
      while node != 0, waiting[node] == 0 {
        waiting[node] = -1
        spilled[node] = local[node] + upstream[node] - kept[node]
        let leaf = Int(spillInto[node])
        let receiver = Int(top[leaf])
        if leaf != 0, spilled[node] > 0 {
          upstream[receiver] += spilled[node]
          landed.add(spilled[node], at: Int(place[leaf]))
        }
        waiting[receiver] -= 1
        node = receiver
      }
    }
    for node in stride(from: nodeCount - 1, to: leafCount, by: -1) {
      let a = Int(left[node])
      let b = Int(right[node])
      let toA = upstream[node] == 0 ? 0 : landed.sum(over: range[a])
      let surplusA = local[a] + toA - kept[a]
      let surplusB = local[b] + upstream[node] - toA - kept[b]
      upstream[a] = toA + max(0, -surplusA)
      upstream[b] = upstream[node] - toA + max(0, -surplusB)
      spilled[a] = max(0, surplusA)
      spilled[b] = max(0, surplusB)
      if surplusA < 0 { landed.add(-surplusA, at: Int(place[Int(spillInto[b])])) }
      if surplusB < 0 { landed.add(-surplusB, at: Int(place[Int(spillInto[a])])) }
    }
    return (upstream, spilled)
  }

  /// The top-level node that each node is part of; 0 for the outside.
  func topNodes() -> [Int32] {
    var top = (0..<Int32(nodeCount)).map { $0 }
    for node in stride(from: nodeCount - 1, to: 0, by: -1) where parent[node] != 0 {
      top[node] = top[Int(parent[node])]
    }
    return top
  }
}

/// Sums over ranges of a list that changes, each in O(log *n*) (Fenwick 1994, Software: Practice and Experience 24).
private struct PrefixSums {
  private var sums: [Int64]

  init(count: Int) { sums = Array(repeating: 0, count: count + 1) }

  mutating func add(_ value: Int64, at position: Int) {
    var index = position + 1
    while index < sums.count {
      sums[index] += value
      index += index & -index
    }
  }

  /// Sum of everything before a position.
  private func sum(before position: Int32) -> Int64 {
    var sum: Int64 = 0
    var index = Int(position)
    while index > 0 {
      sum += sums[index]
      index &= index - 1
    }
    return sum
  }

  func sum(over range: Range<Int32>) -> Int64 { sum(before: range.upperBound) - sum(before: range.lowerBound) }
}
