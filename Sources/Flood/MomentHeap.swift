/// A queue of nodes by the fraction at which something happens to them, then by their numbers.
///
/// Each node is in the queue once at most. Fractions are compared exactly; the rounded quotient decides where it can.
/// Four children a place keep the heap flat and a comparison within one cache line.
struct MomentHeap {
  private struct Entry {
    /// Quotient rounded a few times, off by less than 4·10⁻¹⁶ of itself; −∞ for what is before all else.
    let key: Double
    let node: Int32
  }

  private var entries: [Entry] = []
  /// Place of each node in `entries`, −1 where it is not in the queue.
  private var place: [Int32]
  /// Exact fraction of each node in the queue.
  private var fraction: [(numerator: Int64, denominator: Int64)]

  init(nodeCount: Int) {
    place = Array(repeating: -1, count: nodeCount)
    fraction = Array(repeating: (0, 1), count: nodeCount)
  }

  /// The first of the queue; a negative numerator stands for what is before all else.
  var first: (node: Int, numerator: Int64, denominator: Int64)? {
    guard let entry = entries.first else { return nil }
    let (numerator, denominator) = fraction[Int(entry.node)]
    return (Int(entry.node), numerator, denominator)
  }

  /// Empties the queue.
  mutating func removeAll() {
    for entry in entries { place[Int(entry.node)] = -1 }
    entries.removeAll(keepingCapacity: true)
  }

  /// Adds a node without regard to the order, which ``order()`` makes.
  mutating func append(_ node: Int, _ numerator: Int64, _ denominator: Int64) {
    place[node] = Int32(entries.count)
    entries.append(entry(node, numerator, denominator))
  }

  /// Orders everything that has been appended, in O(*n*).
  mutating func order() {
    for index in stride(from: (entries.count - 2) / 4, through: 0, by: -1) where index < entries.count {
      sink(entries[index], from: index)
    }
  }

  /// Puts a node into the queue, or moves it towards the front.
  /// - Precondition: The fraction is not greater than the node's old one.
  mutating func advance(_ node: Int, _ numerator: Int64, _ denominator: Int64) {
    let entry = entry(node, numerator, denominator)
    if place[node] < 0 {
      place[node] = Int32(entries.count)
      entries.append(entry)
    }
    rise(entry, from: Int(place[node]))
  }

  /// Moves the first of the queue to its new place, later than before.
  mutating func delayFirst(_ numerator: Int64, _ denominator: Int64) {
    sink(entry(Int(entries[0].node), numerator, denominator), from: 0)
  }

  /// Takes the first of the queue out.
  mutating func removeFirst() {
    guard let first = entries.first, let last = entries.popLast() else { return }
    place[Int(first.node)] = -1
    if !entries.isEmpty { sink(last, from: 0) }
  }

  private mutating func entry(_ node: Int, _ numerator: Int64, _ denominator: Int64) -> Entry {
    if numerator < 0 {
      fraction[node] = (-1, 1)
      return Entry(key: -.infinity, node: Int32(node))
    }
    fraction[node] = (numerator, numerator == 0 ? 1 : denominator)
    return Entry(key: numerator == 0 ? 0 : Double(numerator) / Double(denominator), node: Int32(node))
  }

  @inline(__always)
  private func isBefore(_ a: Entry, _ b: Entry) -> Bool {
    if a.key < b.key * (1 - 1e-15) { return true }
    if b.key < a.key * (1 - 1e-15) { return false }
    return isExactlyBefore(a, b)
  }

  @inline(never)
  private func isExactlyBefore(_ a: Entry, _ b: Entry) -> Bool {
    let first = fraction[Int(a.node)]
    let second = fraction[Int(b.node)]
    if isLess(first.numerator, first.denominator, second.numerator, second.denominator) { return true }
    if isLess(second.numerator, second.denominator, first.numerator, first.denominator) { return false }
    return a.node < b.node
  }

  private mutating func rise(_ entry: Entry, from start: Int) {
    var index = start
    while index > 0 {
      let above = (index - 1) / 4
      if !isBefore(entry, entries[above]) { break }
      entries[index] = entries[above]
      place[Int(entries[index].node)] = Int32(index)
      index = above
    }
    entries[index] = entry
    place[Int(entry.node)] = Int32(index)
  }

  private mutating func sink(_ entry: Entry, from start: Int) {
    var index = start
    let count = entries.count
    while true {
      let below = 4 * index + 1
      if below >= count { break }
      var least = below
      for other in (below + 1)..<max(below + 1, min(below + 4, count)) where isBefore(entries[other], entries[least]) {
        least = other
      }
      if !isBefore(entries[least], entry) { break }
      entries[index] = entries[least]
      place[Int(entries[index].node)] = Int32(index)
      index = least
    }
    entries[index] = entry
    place[Int(entry.node)] = Int32(index)
  }
}
