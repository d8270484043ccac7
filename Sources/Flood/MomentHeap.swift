/// A queue of nodes by the fraction at which something happens to them, then by their numbers.
///
/// Fractions are compared exactly; the rounded quotient decides where it can. Each node is in the queue once at most.
struct MomentHeap {
  struct Entry {
    /// Quotient rounded a few times, off by less than 4·10⁻¹⁶ of itself.
    let key: Double
    let numerator: Int64
    let denominator: Int64
    let node: Int32

    /// - Parameters:
    ///   - numerator: Negative for what is before all else, whatever its amount.
    ///   - denominator: > 0 for other numerators than 0.
    init(_ numerator: Int64, _ denominator: Int64, node: Int) {
      self.numerator = max(-1, numerator)
      self.denominator = numerator > 0 ? denominator : 1
      self.node = Int32(node)
      key = numerator < 0 ? -.infinity : Double(numerator) / Double(self.denominator)
    }

    @inline(__always)
    static func < (a: Entry, b: Entry) -> Bool {
      if a.key < b.key * (1 - 1e-15) { return true }
      if b.key < a.key * (1 - 1e-15) { return false }
      if isLess(a.numerator, a.denominator, b.numerator, b.denominator) { return true }
      if isLess(b.numerator, b.denominator, a.numerator, a.denominator) { return false }
      return a.node < b.node
    }
  }

  private var entries: [Entry] = []
  /// Place of each node in `entries`, −1 where it is not in the queue.
  private var place: [Int32]

  init(nodeCount: Int) { place = Array(repeating: -1, count: nodeCount) }

  /// The first of the queue.
  var first: Entry? { entries.first }

  /// Empties the queue and fills it with entries of different nodes, in O(*n*).
  mutating func replaceAll(_ new: [Entry]) {
    for entry in entries { place[Int(entry.node)] = -1 }
    entries = new
    for (index, entry) in entries.enumerated() { place[Int(entry.node)] = Int32(index) }
    for index in stride(from: entries.count / 2 - 1, through: 0, by: -1) { sink(index) }
  }

  /// Puts a node into the queue, or moves it to its new place.
  mutating func set(_ entry: Entry) {
    let index = Int(place[Int(entry.node)])
    if index < 0 {
      entries.append(entry)
      place[Int(entry.node)] = Int32(entries.count - 1)
      rise(entries.count - 1)
    } else {
      entries[index] = entry
      rise(index)
      sink(Int(place[Int(entry.node)]))
    }
  }

  /// Takes the first of the queue out.
  mutating func removeFirst() {
    guard let first = entries.first, let last = entries.popLast() else { return }
    place[Int(first.node)] = -1
    if entries.isEmpty { return }
    entries[0] = last
    place[Int(last.node)] = 0
    sink(0)
  }

  private mutating func rise(_ start: Int) {
    var index = start
    let entry = entries[start]
    while index > 0 {
      let above = (index - 1) / 2
      if !(entry < entries[above]) { break }
      entries[index] = entries[above]
      place[Int(entries[index].node)] = Int32(index)
      index = above
    }
    entries[index] = entry
    place[Int(entry.node)] = Int32(index)
  }

  private mutating func sink(_ start: Int) {
    var index = start
    let entry = entries[start]
    while true {
      var below = 2 * index + 1
      if below >= entries.count { break }
      if below + 1 < entries.count, entries[below + 1] < entries[below] { below += 1 }
      if !(entries[below] < entry) { break }
      entries[index] = entries[below]
      place[Int(entries[index].node)] = Int32(index)
      index = below
    }
    entries[index] = entry
    place[Int(entry.node)] = Int32(index)
  }
}
