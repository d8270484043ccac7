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

/// A hash table from pairs of basins to their lowest pass; open addressing, linear probing.
private struct PassTable {
  private var pairs: [UInt64]
  private var keys: [PassKey]
  private var used = 0

  init(capacity: Int = 1024) {
    pairs = Array(repeating: .max, count: capacity)
    keys = Array(repeating: PassKey(height: .max, first: 0, step: 0), count: capacity)
  }

  @inline(__always)
  mutating func offer(_ pair: UInt64, _ key: PassKey) {
    var slot = Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> 20) & (pairs.count - 1)
    while true {
      if pairs[slot] == pair {
        if key < keys[slot] { keys[slot] = key }
        return
      }
      if pairs[slot] == .max { break }
      slot = (slot + 1) & (pairs.count - 1)
    }
    pairs[slot] = pair
    keys[slot] = key
    used += 1
    if used * 2 > pairs.count { grow() }
  }

  private mutating func grow() {
    var larger = PassTable(capacity: pairs.count * 2)
    for slot in pairs.indices where pairs[slot] != .max { larger.offer(pairs[slot], keys[slot]) }
    self = larger
  }

  /// Number of pairs in the table.
  var count: Int { used }

  /// Appends every pair with its lowest pass, in no particular order.
  func collect(into list: inout [(pair: UInt64, key: PassKey)]) {
    for slot in pairs.indices where pairs[slot] != .max { list.append((pairs[slot], keys[slot])) }
  }
}

extension PreparedTerrain {
  /// The lowest pass of every pair of neighbouring basins, sorted from the lowest to the highest.
  func passes(_ basins: DrainageBasins) -> [BasinPass] {
    let columns = ground.columns
    let rows = ground.rows
    var table = PassTable()
    ground.withUnsafeCells { z in
      basins.labels.withUnsafeCells { label in
        for row in 0..<rows {
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
            if here != 0, isSeed(z, column: column, row: row) {
              table.offer(
                UInt64(UInt32(here)), PassKey(height: orderedBits(height), first: CellIndex(index), step: 0))
            }
            if column < columns - 1 { meet(index + 1, 1) }
            if row < rows - 1 {
              if column > 0 { meet(index + columns - 1, 2) }
              meet(index + columns, 3)
              if column < columns - 1 { meet(index + columns + 1, 4) }
            }
          }
        }
      }
    }
    var sorted: [(pair: UInt64, key: PassKey)] = []
    sorted.reserveCapacity(table.count)
    table.collect(into: &sorted)
    sorted.sort { $0.key < $1.key }
    let stepOf = [0, 1, columns - 1, columns, columns + 1]
    return sorted.map { pair, key in
      let low = Int32(truncatingIfNeeded: pair >> 32)
      let high = Int32(truncatingIfNeeded: pair & 0xFFFF_FFFF)
      let second = key.first + CellIndex(stepOf[Int(key.step)])
      let firstIsLow = key.step == 0 || basins.labels[Int(key.first)] == low
      return BasinPass(
        elevation: number(orderedBits: key.height), lowBasin: low, highBasin: high,
        lowCell: firstIsLow ? key.first : second, highCell: firstIsLow ? second : key.first)
    }
  }
}
