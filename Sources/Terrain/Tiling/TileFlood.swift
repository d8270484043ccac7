import Grids

/// A tile and its ring prepared for the kernels: where water may leave is decided once.
struct TileTerrain {
  let tile: Tile
  /// Elevation of the tile and its ring; NaN beyond the raster.
  let ground: Grid<Float>
  let policy: NodataPolicy

  init(_ ground: Grid<Float>, of tile: Tile, nodata policy: NodataPolicy) {
    precondition(
      ground.columns == tile.width + 2 && ground.rows == tile.height + 2, "elevation of the tile and its ring")
    precondition(ground.count <= Int(CellIndex.max), "a tile has at most 2³¹ cells")
    self.tile = tile
    self.ground = ground
    self.policy = policy
  }

  /// Whether water may leave from a cell, as ``PreparedTerrain/isSeed(_:column:row:)`` has it for a whole raster.
  /// - Parameter c: The cell in the tile with its ring.
  @inline(__always)
  func isSeed(_ c: UnsafePointer<Float>, column: Int, row: Int) -> Bool {
    if tile.isOnBorder(column: column, row: row) { return true }
    guard policy == .outlet else { return false }
    let stride = tile.width &+ 2
    return c[1].isNaN || c[stride + 1].isNaN || c[stride].isNaN || c[stride - 1].isNaN || c[-1].isNaN
      || c[-stride - 1].isNaN || c[-stride].isNaN || c[-stride + 1].isNaN
  }

  /// Calls `body` with the place of every cell of the tile, row by row, within it and within tile and ring.
  @inline(__always)
  func forEachCell(_ body: (_ column: Int, _ row: Int, _ index: Int) -> Void) {
    let stride = tile.width &+ 2
    for row in 0..<tile.height {
      let line = (row &+ 1) &* stride &+ 1
      for column in 0..<tile.width { body(column, row, line &+ column) }
    }
  }
}

/// A priority-flood within a tile that remembers from which seed each cell was reached.
///
/// The engine of ``priorityFlood(_:nodata:)``, with labels in place of the flag that a cell is closed. The ring is
/// closed from the start, so no cell needs to know whether its neighbours exist.
struct TileFlood {
  /// Label of a cell that the flood has not reached.
  static let unreached: Int32 = -2
  /// Label of the ring and of cells without elevation.
  static let none: Int32 = -1

  let terrain: TileTerrain
  /// Water level in the tile and its ring; the ground until the flood has run.
  var surface: Grid<Float>
  var labels: Grid<Int32>
  private var heap = RadixHeap()

  init(_ terrain: TileTerrain) {
    self.terrain = terrain
    surface = terrain.ground
    labels = Grid(terrain.ground.geometry, repeating: Self.none)
    terrain.ground.withUnsafeCells { z in
      labels.withUnsafeMutableCells { label in
        terrain.forEachCell { _, _, index in if !z[index].isNaN { label[index] = Self.unreached } }
      }
    }
  }

  /// Lets water enter at a cell, no lower than its ground.
  @inline(__always)
  mutating func seed(_ index: Int, label: Int32, level: UInt32) {
    labels[index] = label
    heap.push(key: level, cell: CellIndex(index))
  }

  /// Floods from the seeds; `meet` learns of each place where water of two labels comes together, and how high.
  @inline(__always)
  mutating func run(_ meet: (_ a: Int32, _ b: Int32, _ level: UInt32) -> Void) {
    let steps = NeighbourSteps(columns: surface.columns)
    terrain.ground.withUnsafeCells { z in
      labels.withUnsafeMutableCells { label in
        surface.withUnsafeMutableCells { water in
          while let (key, cell) = heap.pop() {
            let index = Int(cell)
            let own = label[index]
            for code in 0..<8 {
              let neighbour = index &+ steps[code]
              let there = label[neighbour]
              if there == own { continue }
              if there == Self.unreached {
                label[neighbour] = own
                let height = orderedBits(z[neighbour])
                if height >= key {
                  heap.push(key: height, cell: CellIndex(neighbour))
                } else {
                  water[neighbour] = number(orderedBits: key)
                  heap.push(key: key, cell: CellIndex(neighbour))
                }
              } else if there >= 0 {
                meet(own, there, max(key, orderedBits(water[neighbour])))
              }
            }
          }
        }
      }
    }
  }

  /// Cells with an elevation that no water reached, and the first of them within the tile.
  func enclosed() -> (count: Int, first: (column: Int, row: Int)?) {
    var count = 0
    var first: (column: Int, row: Int)?
    labels.withUnsafeCells { label in
      terrain.forEachCell { column, row, index in
        if label[index] == Self.unreached {
          if count == 0 { first = (column, row) }
          count += 1
        }
      }
    }
    return (count, first)
  }
}

/// The lowest level at which each pair of labels meets: a hash table with open addressing and linear probing.
struct LowestMeetings {
  private var pairs: [UInt64]
  private var levels: [UInt32]
  private var used = 0

  init(capacity: Int = 1024) {
    pairs = Array(repeating: .max, count: capacity)
    levels = Array(repeating: .max, count: capacity)
  }

  @inline(__always)
  mutating func offer(_ a: Int32, _ b: Int32, _ level: UInt32) {
    insert(UInt64(UInt32(bitPattern: min(a, b))) << 32 | UInt64(UInt32(bitPattern: max(a, b))), level)
  }

  @inline(__always)
  private mutating func insert(_ pair: UInt64, _ level: UInt32) {
    var slot = Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> 20) & (pairs.count - 1)
    while true {
      if pairs[slot] == pair {
        if level < levels[slot] { levels[slot] = level }
        return
      }
      if pairs[slot] == .max { break }
      slot = (slot + 1) & (pairs.count - 1)
    }
    pairs[slot] = pair
    levels[slot] = level
    used += 1
    if used * 2 > pairs.count { grow() }
  }

  private mutating func grow() {
    var larger = LowestMeetings(capacity: pairs.count * 2)
    for slot in pairs.indices where pairs[slot] != .max { larger.insert(pairs[slot], levels[slot]) }
    self = larger
  }

  /// Every pair with its lowest level, ordered by the labels.
  func sorted() -> [(low: Int32, high: Int32, level: UInt32)] {
    pairs.indices.filter { pairs[$0] != .max }.sorted { pairs[$0] < pairs[$1] }.map {
      (Int32(truncatingIfNeeded: pairs[$0] >> 32), Int32(truncatingIfNeeded: pairs[$0]), levels[$0])
    }
  }
}
