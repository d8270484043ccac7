import Grids

/// A way out of a pit.
struct Trench {
  /// The cells of the way, from the one beside the pit to the one that takes the water.
  let cells: [CellIndex]
  /// The last of the cells.
  let end: CellIndex
  /// Length in metres.
  let length: Double
  /// Area of the long section in m².
  let cost: Double
}

/// Finds the cheapest trench out of a pit: Dijkstra's algorithm with the length of the way as a second criterion.
///
/// Ways come off the queue by cost, then length, then cell. A way is kept only if it is shorter than every cheaper one
/// that has been settled at its cell, so the ways settled at a cell are exactly those that no other beats in both cost
/// and length, and the first one to reach an end is the cheapest of all within the limits.
struct BreachSearch {
  private struct Way {
    var cost: Double
    var length: Int64
    var cell: CellIndex
    /// Position among the settled ways of the one that this one goes on from; −1 at the pit.
    var previous: CellIndex

    @inline(__always)
    static func < (a: Way, b: Way) -> Bool {
      if a.cost != b.cost { return a.cost < b.cost }
      if a.length != b.length { return a.length < b.length }
      if a.cell != b.cell { return a.cell < b.cell }
      return a.previous < b.previous
    }
  }

  private struct ReachedCell {
    let cell: CellIndex
    /// The cheapest way that has been put into the queue.
    var offeredCost: Double
    var offeredLength: Int64
    /// Length of the shortest settled way.
    var settledLength = Int64.max
  }

  private let terrain: PreparedTerrain
  private let depthLimit: Double
  private let lengthLimit: Int64
  private let distance: InlineArray<8, Double>
  /// Distances in units of 2⁻³² m rounded down: their sums are exact, so equal ways have equal lengths.
  private let length: InlineArray<8, Int64>
  /// For each cell its position in `reached`, valid if that position holds the cell: nothing is cleared between
  /// searches (Briggs and Torczon 1993).
  private var positions: Grid<Int32>
  private var reached: [ReachedCell] = []
  private var settled: [(cell: CellIndex, previous: CellIndex)] = []
  private var queue: [Way] = []

  init(_ terrain: PreparedTerrain, limits: BreachLimits) {
    self.terrain = terrain
    depthLimit = limits.depth
    let unit = 0x1p32
    lengthLimit = limits.length < 0x1p30 ? Int64(limits.length * unit) : .max
    let distances = FlowDirection.distances(terrain.ground.geometry)
    distance = InlineArray { distances[$0] }
    length = InlineArray { Int64(distances[$0] * unit) }
    positions = Grid(terrain.ground.geometry, repeating: 0)
  }

  /// The cheapest trench from a flat to an end, nil where the limits allow none.
  /// - Parameters:
  ///   - flat: All cells of the pit.
  ///   - surface: The terrain with the trenches so far.
  ///   - states: 0 for draining cells, 1 for stagnant ones, 2 for the cells of `flat`.
  mutating func cheapestTrench(
    from flat: [CellIndex], on surface: Grid<Float>, states: Grid<UInt8>
  ) -> Trench? {
    guard let first = flat.first else { return nil }
    reached.removeAll(keepingCapacity: true)
    settled.removeAll(keepingCapacity: true)
    queue.removeAll(keepingCapacity: true)
    let columns = surface.columns
    let steps = NeighbourSteps(columns: columns)
    let level = surface[Int(first)]
    return surface.withUnsafeCells { z in
      states.withUnsafeCells { state in
        for cell in flat {
          let start = Way(cost: 0, length: 0, cell: cell, previous: -1)
          // A flat without exit never touches the border.
          for code in 0..<8 {
            offer(Int(cell) &+ steps[code], code, from: start, depth: 0, previous: -1, level: level, z, state)
          }
        }
        while let way = pop() {
          let index = Int(way.cell)
          let position = Int(positions[index])
          if reached[position].settledLength <= way.length { continue }
          // Without a limit on length only the cheapest way to a cell counts.
          reached[position].settledLength = lengthLimit == .max ? 0 : way.length
          let number = CellIndex(settled.count)
          settled.append((way.cell, way.previous))
          let row = index / columns
          let column = index &- row &* columns
          let height = z[index]
          if height < level || (height == level && state[index] == 0)
            || terrain.isSeed(z, column: column, row: row)
          {
            return Trench(
              cells: cells(of: number), end: way.cell, length: Double(way.length) * 0x1p-32, cost: way.cost)
          }
          // Cells on the border are outlets, where the search ends: all neighbours exist.
          let depth = Double(height) - Double(level)
          for code in 0..<8 {
            offer(index &+ steps[code], code, from: way, depth: depth, previous: number, level: level, z, state)
          }
        }
        return nil
      }
    }
  }

  /// Puts the way on to a neighbour into the queue unless the limits forbid it or a better way is known.
  @inline(__always)
  private mutating func offer(
    _ neighbour: Int, _ code: Int, from way: Way, depth: Double, previous: CellIndex, level: Float,
    _ z: UnsafePointer<Float>, _ state: UnsafePointer<UInt8>
  ) {
    if state[neighbour] == 2 { return }
    let depthThere = max(0, Double(z[neighbour]) - Double(level))
    // Also false for no data.
    guard z[neighbour] <= .infinity, depthThere <= depthLimit else { return }
    let newLength = way.length &+ length[code]
    if newLength > lengthLimit { return }
    let newCost = way.cost + 0.5 * (depth + depthThere) * distance[code]
    let position = Int(positions[neighbour])
    if position < reached.count, Int(reached[position].cell) == neighbour {
      let known = reached[position]
      if known.settledLength <= newLength { return }
      if known.offeredCost <= newCost, known.offeredLength <= newLength { return }
      if newCost < known.offeredCost || (newCost == known.offeredCost && newLength < known.offeredLength) {
        reached[position].offeredCost = newCost
        reached[position].offeredLength = newLength
      }
    } else {
      positions[neighbour] = Int32(reached.count)
      reached.append(
        ReachedCell(cell: CellIndex(neighbour), offeredCost: newCost, offeredLength: newLength))
    }
    push(Way(cost: newCost, length: newLength, cell: CellIndex(neighbour), previous: previous))
  }

  private func cells(of way: CellIndex) -> [CellIndex] {
    var cells: [CellIndex] = []
    var number = way
    while number >= 0 {
      cells.append(settled[Int(number)].cell)
      number = settled[Int(number)].previous
    }
    return cells.reversed()
  }

  private mutating func push(_ way: Way) {
    queue.append(way)
    var child = queue.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      if !(way < queue[parent]) { break }
      queue[child] = queue[parent]
      child = parent
    }
    queue[child] = way
  }

  private mutating func pop() -> Way? {
    guard let first = queue.first, let last = queue.popLast() else { return nil }
    if queue.isEmpty { return first }
    var parent = 0
    while true {
      var child = 2 * parent + 1
      if child >= queue.count { break }
      if child + 1 < queue.count, queue[child + 1] < queue[child] { child += 1 }
      if !(queue[child] < last) { break }
      queue[parent] = queue[child]
      parent = child
    }
    queue[parent] = last
    return first
  }
}
