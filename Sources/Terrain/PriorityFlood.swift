public import Grids

/// A priority queue for keys that never fall below the last key taken: 33 buckets by the highest differing bit.
///
/// Method: Ahuja, Mehlhorn, Orlin and Tarjan (1990).
struct RadixHeap {
  private var buckets: [[UInt64]] = Array(repeating: [], count: 33)
  private var last: UInt32 = 0
  private(set) var count = 0

  @inline(__always)
  mutating func push(key: UInt32, cell: CellIndex) {
    buckets[32 - (key ^ last).leadingZeroBitCount].append(UInt64(key) << 32 | UInt64(UInt32(bitPattern: cell)))
    count += 1
  }

  @inline(__always)
  mutating func pop() -> (key: UInt32, cell: CellIndex)? {
    if count == 0 { return nil }
    if buckets[0].isEmpty { redistribute() }
    guard let entry = buckets[0].popLast() else { return nil }
    count -= 1
    return (UInt32(entry >> 32), CellIndex(truncatingIfNeeded: entry))
  }

  private mutating func redistribute() {
    guard let first = buckets.firstIndex(where: { !$0.isEmpty }) else { return }
    var items: [UInt64] = []
    swap(&items, &buckets[first])
    last = UInt32(items.reduce(UInt64.max, min) >> 32)
    for item in items { buckets[32 - (UInt32(item >> 32) ^ last).leadingZeroBitCount].append(item) }
    items.removeAll(keepingCapacity: true)
    swap(&items, &buckets[first])
  }
}

/// Fills every depression to its lowest outlet by flooding inwards from the outlets: the second, independent engine.
///
/// Gives the same bits as ``DepressionHierarchy/filled(_:threads:)``. Method: Barnes, Lehman and Mulla (2014),
/// Computers & Geosciences 62, 117–127, algorithm 1, on a radix heap.
/// - Parameters:
///   - ground: Elevation in metres; NaN is no data.
///   - nodata: What cells without elevation are to the water.
/// - Returns: Water surface in metres, never below the ground; NaN where the ground is.
/// - Throws: ``TerrainError`` where a policy forbids no data, or where walls enclose a region without any outlet.
/// - Complexity: O(*n*) for keys of fixed width; 9 bytes a cell and the frontier.
public func priorityFlood(_ ground: Grid<Float>, nodata: NodataPolicy = .error) throws(TerrainError) -> Grid<Float> {
  let terrain = try PreparedTerrain(ground, nodata: nodata)
  let columns = ground.columns
  let rows = ground.rows
  let steps = NeighbourSteps(columns: columns)
  var surface = ground
  var heap = RadixHeap()
  var closed = Grid<UInt8>(ground.geometry, repeating: 0)
  var remaining = 0
  ground.withUnsafeCells { z in
    closed.withUnsafeMutableCells { closed in
      surface.withUnsafeMutableCells { water in
        for row in 0..<rows {
          for column in 0..<columns {
            let index = row &* columns &+ column
            if z[index].isNaN {
              closed[index] = 1
            } else if terrain.isSeed(z, column: column, row: row) {
              closed[index] = 1
              heap.push(key: orderedBits(z[index]), cell: CellIndex(index))
            }
          }
        }
        while let (key, cell) = heap.pop() {
          let index = Int(cell)
          let row = index / columns
          let column = index &- row &* columns
          let inside = row > 0 && row < rows - 1 && column > 0 && column < columns - 1
          let level = water[index]
          for code in 0..<8 {
            if !inside {
              let x = column + FlowDirection.columnStep[code]
              let y = row + FlowDirection.rowStep[code]
              guard x >= 0, y >= 0, x < columns, y < rows else { continue }
            }
            let neighbour = index &+ steps[code]
            if closed[neighbour] != 0 { continue }
            closed[neighbour] = 1
            if z[neighbour] > level {
              heap.push(key: orderedBits(z[neighbour]), cell: CellIndex(neighbour))
            } else {
              water[neighbour] = level
              heap.push(key: key, cell: CellIndex(neighbour))
            }
          }
        }
        for index in 0..<(columns * rows) where closed[index] == 0 { remaining += 1 }
      }
    }
  }
  if remaining > 0 {
    throw TerrainError(
      "\(remaining) cells are enclosed by cells without elevation and have no outlet", isMendedByPolicy: true)
  }
  return surface
}
