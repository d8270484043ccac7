public import Grids

/// The lowest way from one basin to a neighbouring one, or outside.
public struct BasinPass: Sendable, Hashable {
  /// Height of the higher of the two cells.
  public let elevation: Float
  /// The basin with the smaller number; 0 is the outside.
  public let lowBasin: Int32
  /// The basin with the larger number.
  public let highBasin: Int32
  /// The cell on the side of `lowBasin`, or, on the border of the terrain, the same cell as `highCell`.
  public let lowCell: CellIndex
  /// The cell on the side of `highBasin`.
  public let highCell: CellIndex
}

/// Orders passes by height, then by their cells: a total order, so that equal heights leave nothing to chance.
struct PassKey: Comparable {
  /// Order-preserving bits of the height.
  var height: UInt32
  var first: CellIndex
  /// 0: border of the terrain; 1…4: neighbour to the east, south-west, south, south-east.
  var step: UInt8

  @inline(__always)
  static func < (a: PassKey, b: PassKey) -> Bool {
    if a.height != b.height { return a.height < b.height }
    if a.first != b.first { return a.first < b.first }
    return a.step < b.step
  }
}

/// Bits of a float whose unsigned order is the order of the numbers; −0.0 has the bits of +0.0.
@inline(__always)
func orderedBits(_ value: Float) -> UInt32 {
  let bits = (value + 0).bitPattern
  return bits ^ (bits >> 31 == 1 ? 0xFFFF_FFFF : 0x8000_0000)
}

/// The number whose ordered bits are given.
@inline(__always)
func number(orderedBits bits: UInt32) -> Float {
  Float(bitPattern: bits ^ (bits >> 31 == 1 ? 0x8000_0000 : 0xFFFF_FFFF))
}

/// The lowest pass of every pair of basins met so far: open addressing, linear probing.
private struct PassTable: ~Copyable {
  struct Entry {
    /// The smaller basin in the upper, the larger in the lower half; all ones where the slot is free.
    var pair: UInt64
    var key: PassKey
    static let free = Entry(pair: .max, key: PassKey(height: .max, first: 0, step: 0))
  }

  private var entries: UnsafeMutablePointer<Entry>
  private var capacity: Int
  /// Number of pairs in the table.
  private(set) var count = 0
  /// Neighbours along a divide meet again and again: the slot met last is looked at first.
  private var last = 0

  init(capacity: Int = 1024) {
    self.capacity = capacity
    entries = .allocate(capacity: capacity)
    entries.initialize(repeating: .free, count: capacity)
  }

  deinit { entries.deallocate() }

  @inline(__always)
  mutating func offer(_ pair: UInt64, _ key: PassKey) {
    if entries[last].pair == pair {
      if key < entries[last].key { entries[last].key = key }
      return
    }
    insert(pair, key)
  }

  private mutating func insert(_ pair: UInt64, _ key: PassKey) {
    var slot = Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> 20) & (capacity - 1)
    while entries[slot].pair != .max {
      if entries[slot].pair == pair {
        if key < entries[slot].key { entries[slot].key = key }
        last = slot
        return
      }
      slot = (slot + 1) & (capacity - 1)
    }
    entries[slot] = Entry(pair: pair, key: key)
    last = slot
    count += 1
    if count * 2 > capacity { grow() }
  }

  private mutating func grow() {
    let old = entries
    let oldCapacity = capacity
    capacity *= 2
    entries = .allocate(capacity: capacity)
    entries.initialize(repeating: .free, count: capacity)
    for slot in 0..<oldCapacity where old[slot].pair != .max {
      var target = Int(truncatingIfNeeded: (old[slot].pair &* 0x9E37_79B9_7F4A_7C15) >> 20) & (capacity - 1)
      while entries[target].pair != .max { target = (target + 1) & (capacity - 1) }
      entries[target] = old[slot]
    }
    last = 0
    old.deallocate()
  }

  /// Every pair with its lowest pass, in no particular order.
  func collected() -> [Entry] {
    var list: [Entry] = []
    list.reserveCapacity(count)
    for slot in 0..<capacity where entries[slot].pair != .max { list.append(entries[slot]) }
    return list
  }
}

extension PreparedTerrain {
  /// The lowest pass of every pair of neighbouring basins, sorted from the lowest to the highest.
  ///
  /// A pair that meets in several strips of rows may come up several times; its lowest pass comes first.
  func passes(_ basins: DrainageBasins, threads: Int) -> [BasinPass] {
    let columns = ground.columns
    let strips = Strips(rows: ground.rows, threads: threads)
    var found = [[PassTable.Entry]](repeating: [], count: strips.count)
    ground.withUnsafeCells { heights in
      basins.labels.withUnsafeCells { labels in
        found.withUnsafeMutableBufferPointer { lists in
          nonisolated(unsafe) let (z, label, lists) = (heights, labels, lists)
          strips.forEach(threads: threads) { strip, rows in
            lists[strip] = passes(in: rows, z, label)
          }
        }
      }
    }
    let entries = found.count == 1 ? found[0] : Array(found.joined())
    found = []
    let stepOf = [0, 1, columns - 1, columns, columns + 1]
    return sortedOrder(entries).map { number in
      let (pair, key) = (entries[Int(number)].pair, entries[Int(number)].key)
      let low = Int32(truncatingIfNeeded: pair >> 32)
      let high = Int32(truncatingIfNeeded: pair & 0xFFFF_FFFF)
      let second = key.first + CellIndex(stepOf[Int(key.step)])
      let firstIsLow = key.step == 0 || basins.labels[Int(key.first)] == low
      return BasinPass(
        elevation: Terrain.number(orderedBits: key.height), lowBasin: low, highBasin: high,
        lowCell: firstIsLow ? key.first : second, highCell: firstIsLow ? second : key.first)
    }
  }

  /// The lowest pass of every pair that meets between these rows, or between the last of them and the next.
  private func passes(
    in strip: Range<Int>, _ z: UnsafePointer<Float>, _ label: UnsafePointer<Int32>
  ) -> [PassTable.Entry] {
    let columns = ground.columns
    let rows = ground.rows
    var table = PassTable()
    for row in strip {
      let isLast = row == rows - 1
      let isFirst = row == 0
      for column in 0..<columns {
        let index = row &* columns &+ column
        let here = label[index]
        if here < 0 { continue }
        let height = z[index]
        @inline(__always) func meet(_ neighbour: Int, _ step: UInt8) {
          let there = label[neighbour]
          if there == here || there < 0 { return }
          let pass = max(height, z[neighbour])
          let pair = UInt64(UInt32(min(here, there))) << 32 | UInt64(UInt32(max(here, there)))
          table.offer(pair, PassKey(height: orderedBits(pass), first: CellIndex(index), step: step))
        }
        if here != 0, isFirst || isLast || column == 0 || column == columns &- 1 || hasOutsideWithin,
          isSeed(z, column: column, row: row)
        {
          table.offer(
            UInt64(UInt32(here)), PassKey(height: orderedBits(height), first: CellIndex(index), step: 0))
        }
        if column < columns &- 1 { meet(index &+ 1, 1) }
        if !isLast {
          if column > 0 { meet(index &+ columns &- 1, 2) }
          meet(index &+ columns, 3)
          if column < columns &- 1 { meet(index &+ columns &+ 1, 4) }
        }
      }
    }
    return table.collected()
  }

  /// The numbers of the entries in the order of their keys.
  private func sortedOrder(_ entries: [PassTable.Entry]) -> [UInt32] {
    // By height first, three digits of eleven bits; equal heights are then put in order among themselves.
    var items = entries.indices.map { UInt64(entries[$0].key.height) << 32 | UInt64($0) }
    var other = [UInt64](repeating: 0, count: items.count)
    for shift in [32, 43, 54] {
      var starts = [Int](repeating: 0, count: 2049)
      for item in items { starts[Int(truncatingIfNeeded: item >> UInt64(shift)) & 2047 + 1] += 1 }
      for digit in 0..<2048 { starts[digit + 1] += starts[digit] }
      for item in items {
        let digit = Int(truncatingIfNeeded: item >> UInt64(shift)) & 2047
        other[starts[digit]] = item
        starts[digit] += 1
      }
      swap(&items, &other)
    }
    var order = items.map { UInt32(truncatingIfNeeded: $0) }
    var start = 0
    while start < items.count {
      var end = start + 1
      while end < items.count, items[end] >> 32 == items[start] >> 32 { end += 1 }
      if end - start > 1 { order[start..<end].sort { entries[Int($0)].key < entries[Int($1)].key } }
      start = end
    }
    return order
  }
}
