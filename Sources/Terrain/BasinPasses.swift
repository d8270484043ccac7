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

/// The lowest pass of every pair of basins that meet in some rows.
///
/// Basins are numbered in the order of their pits, so pairs that meet in neighbouring cells have similar numbers: the
/// lists are found by the number itself, not by a scrambled one, and stay close together in memory.
private struct PassTable: ~Copyable {
  struct Entry {
    /// The smaller basin in the upper, the larger in the lower half.
    var pair: UInt64
    var key: PassKey
    /// The entry before this one in the same list, −1 for none.
    var next: Int32
  }

  private let lists: UnsafeMutablePointer<Int32>
  private let mask: Int
  private var entries: UnsafeMutablePointer<Entry>
  private var capacity: Int
  private(set) var count = 0

  /// A table for some number of cells.
  init(cells: Int) {
    let size = max(64, cells / 16)
    mask = 1 << (Int.bitWidth - size.leadingZeroBitCount) - 1
    lists = .allocate(capacity: mask + 1)
    lists.initialize(repeating: -1, count: mask + 1)
    capacity = max(64, cells / 16)
    entries = .allocate(capacity: capacity)
  }

  deinit {
    lists.deallocate()
    entries.deallocate()
  }

  @inline(__always)
  mutating func offer(_ a: Int32, _ b: Int32, height: Float, cell: Int, step: UInt8) {
    let (low, high) = a < b ? (a, b) : (b, a)
    let pair = UInt64(UInt32(bitPattern: low)) << 32 | UInt64(UInt32(bitPattern: high))
    let key = PassKey(height: orderedBits(height), first: CellIndex(truncatingIfNeeded: cell), step: step)
    let list = lists + (Int(high) & mask)
    var number = list.pointee
    while number >= 0 {
      let entry = entries + Int(number)
      if entry.pointee.pair == pair {
        if key < entry.pointee.key { entry.pointee.key = key }
        return
      }
      number = entry.pointee.next
    }
    if count == capacity { grow() }
    entries[count] = Entry(pair: pair, key: key, next: list.pointee)
    list.pointee = Int32(truncatingIfNeeded: count)
    count &+= 1
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Entry>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: entries, count: count)
    entries.deallocate()
    entries = larger
    capacity *= 2
  }

  /// Every pair with its lowest pass, in the order in which pairs were met.
  func collected() -> [Entry] { Array(UnsafeBufferPointer(start: entries, count: count)) }
}

/// Looks for passes between the cells of some rows, and between the last of them and the next.
private struct PassSearch: ~Copyable {
  let terrain: PreparedTerrain
  let z: UnsafePointer<Float>
  let label: UnsafePointer<Int32>
  var table: PassTable

  init(_ terrain: PreparedTerrain, _ z: UnsafePointer<Float>, _ label: UnsafePointer<Int32>, rows: Int) {
    self.terrain = terrain
    self.z = z
    self.label = label
    table = PassTable(cells: rows * terrain.ground.columns)
  }

  @inline(__always)
  private mutating func meet(_ here: Int32, _ height: Float, _ index: Int, _ neighbour: Int, step: UInt8) {
    let there = label[neighbour]
    if there == here || there < 0 { return }
    table.offer(here, there, height: max(height, z[neighbour]), cell: index, step: step)
  }

  mutating func search(row: Int) {
    let columns = terrain.ground.columns
    let isFirst = row == 0
    let isLast = row == terrain.ground.rows - 1
    for column in 0..<columns {
      let index = row &* columns &+ column
      let here = label[index]
      if here < 0 { continue }
      let height = z[index]
      let isEdge = isFirst || isLast || column == 0 || column == columns &- 1
      if here != 0, isEdge || terrain.hasOutsideWithin, terrain.isSeed(z, column: column, row: row) {
        table.offer(0, here, height: height, cell: index, step: 0)
      }
      if column < columns &- 1 { meet(here, height, index, index &+ 1, step: 1) }
      if isLast { continue }
      if column > 0 { meet(here, height, index, index &+ columns &- 1, step: 2) }
      meet(here, height, index, index &+ columns, step: 3)
      if column < columns &- 1 { meet(here, height, index, index &+ columns &+ 1, step: 4) }
    }
  }
}

/// The lowest passes between basins, to be gone through from the lowest to the highest.
///
/// A pair that meets in several strips of rows may come up several times; its lowest pass comes first.
struct SortedPasses {
  private let entries: [PassTable.Entry]
  private let order: [UInt32]
  private let columns: Int

  init(_ terrain: PreparedTerrain, _ basins: DrainageBasins, threads: Int) {
    columns = terrain.ground.columns
    let strips = Strips(rows: terrain.ground.rows, threads: threads)
    var found = [[PassTable.Entry]](repeating: [], count: strips.count)
    terrain.ground.withUnsafeCells { heights in
      basins.labels.withUnsafeCells { labels in
        found.withUnsafeMutableBufferPointer { lists in
          nonisolated(unsafe) let (z, label, lists) = (heights, labels, lists)
          strips.forEach(threads: threads) { strip, rows in
            var search = PassSearch(terrain, z, label, rows: rows.count)
            for row in rows { search.search(row: row) }
            lists[strip] = search.table.collected()
          }
        }
      }
    }
    entries = found.count == 1 ? found[0] : Array(found.joined())
    order = Self.order(of: entries)
  }

  var count: Int { order.count }

  /// The two basins of the pass in a place of the order.
  @inline(__always)
  func pair(_ place: Int) -> (low: Int32, high: Int32) {
    let pair = entries[Int(order[place])].pair
    return (Int32(truncatingIfNeeded: pair >> 32), Int32(truncatingIfNeeded: pair & 0xFFFF_FFFF))
  }

  /// The height of the pass in a place of the order.
  @inline(__always)
  func elevation(_ place: Int) -> Float { number(orderedBits: entries[Int(order[place])].key.height) }

  /// The pass in a place of the order.
  func pass(_ place: Int, _ labels: Grid<Int32>) -> BasinPass {
    let key = entries[Int(order[place])].key
    let (low, high) = pair(place)
    let second = key.first + CellIndex([0, 1, columns - 1, columns, columns + 1][Int(key.step)])
    let firstIsLow = key.step == 0 || labels[Int(key.first)] == low
    return BasinPass(
      elevation: number(orderedBits: key.height), lowBasin: low, highBasin: high,
      lowCell: firstIsLow ? key.first : second, highCell: firstIsLow ? second : key.first)
  }

  /// The numbers of the entries in the order of their keys.
  private static func order(of entries: [PassTable.Entry]) -> [UInt32] {
    // By height first, three digits of eleven bits; equal heights are then put in order among themselves.
    var items = entries.indices.map { UInt64(entries[$0].key.height) << 32 | UInt64($0) }
    var other = [UInt64](repeating: 0, count: items.count)
    for shift in [32, 43, 54] as [UInt64] {
      var starts = [Int](repeating: 0, count: 2049)
      for item in items { starts[Int(truncatingIfNeeded: item >> shift) & 2047 + 1] += 1 }
      for digit in 0..<2048 { starts[digit + 1] += starts[digit] }
      for item in items {
        let digit = Int(truncatingIfNeeded: item >> shift) & 2047
        other[starts[digit]] = item
        starts[digit] += 1
      }
      swap(&items, &other)
    }
    var start = 0
    var run: [(cell: UInt64, number: UInt64)] = []
    while start < items.count {
      var end = start + 1
      while end < items.count, items[end] >> 32 == items[start] >> 32 { end += 1 }
      if end - start > 1 {
        run.removeAll(keepingCapacity: true)
        for item in items[start..<end] {
          let key = entries[Int(item & 0xFFFF_FFFF)].key
          run.append((UInt64(UInt32(bitPattern: key.first)) << 3 | UInt64(key.step), item & 0xFFFF_FFFF))
        }
        run.sort { $0.cell < $1.cell }
        for (place, item) in run.enumerated() {
          items[start + place] = items[start] & 0xFFFF_FFFF_0000_0000 | item.number
        }
      }
      start = end
    }
    return items.map { UInt32(truncatingIfNeeded: $0) }
  }
}
