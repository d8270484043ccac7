public import Grids

/// How far least-cost breaching may go.
public struct BreachLimits: Sendable, Hashable {
  /// Longest trench, in map units (metres), from the edge of the pit to the cell that takes the water.
  public let length: Double
  /// Deepest cut below the ground at any cell, metres.
  public let depth: Double

  /// Limits of a trench; both are inclusive.
  public init(length: Double = .infinity, depth: Double = .infinity) {
    precondition(length > 0, "a trench has a length")
    precondition(depth > 0, "a trench has a depth")
    self.length = length
    self.depth = depth
  }
}

/// One cell that a breach has lowered.
public struct BreachedCell: Sendable, Hashable {
  /// Position of the breach in ``BreachedTerrain/breaches``.
  public let breach: Int
  /// Column of the cell.
  public let column: Int
  /// Row of the cell.
  public let row: Int
  /// Elevation before, metres.
  public let before: Float
  /// Elevation after, metres: the height of the pit.
  public let after: Float
}

/// A trench dug from a pit to lower ground.
public struct Breach: Sendable, Hashable {
  /// The pit, by the lowest index of its cells.
  public let pit: CellIndex
  /// The cell that takes the water: lower ground, ground of the same height that drains, or an outlet.
  public let end: CellIndex
  /// Height of the pit and of the whole trench, metres.
  public let elevation: Float
  /// Length from the edge of the pit to the end, metres.
  public let length: Double
  /// Area of the trench's long section, m²: what was least among all trenches within the limits.
  public let section: Double
  /// The deepest cut, metres.
  public let deepestCut: Float
  /// Number of changes that it made.
  public let loweredCells: Int
}

/// Terrain whose pits have been breached, and the account of it.
public struct BreachedTerrain: Sendable {
  /// The changed terrain, nowhere above the original one and lower only along trenches.
  public let ground: Grid<Float>
  /// The trenches in the order in which they were dug: by the height of their pits, then by their indices.
  public let breaches: [Breach]
  /// Every change, in the order of the breaches and each from its pit outwards; done one after another they lead from
  /// the original terrain to this one.
  public let changes: [BreachedCell]
  /// The pits that are left, within the limits without a way out; all of them, by height and then by index.
  public let remainingPits: [CellIndex]
  /// Number of pits before.
  public let pitCount: Int
}

/// Digs a trench of least cost from every pit to lower ground, where the limits allow one.
///
/// Pits are the flats of one cell or more without exit, see ``FlowDirection/pit``. They are taken by height, the
/// lowest first, and at equal height by their lowest index, each on the surface that the earlier ones have left; a
/// pit that an earlier trench drains needs none, and one that the limits leave is not tried again. From all cells of
/// the pit Dijkstra's algorithm looks for the way, over eight neighbours, to a strictly lower cell, to a cell of the
/// same height that drains, or to an outlet. The cost of a step is the mean of the depths below the ground of its two
/// cells times its length, so that the cost of a way is the area of the trench's long section; the shorter way wins
/// among equal costs, then the cell of lower index.
///
/// The trench is level, at the height of the pit: no shallower one drains it, and no height is invented. It ends at a
/// cell with a lower neighbour, at ground that drains, or as an outlet, so steepest descent and the resolution of
/// flats drain the pit through it.
/// The way within the length limit is exactly the cheapest one: a cell may be settled several times, each time by a
/// dearer but shorter way.
///
/// Method: after Lindsay and Dhun (2015), International Journal of Geographical Information Science, and Lindsay (2016),
/// Hydrological Processes.
/// - Parameters:
///   - ground: Elevation in metres; NaN is no data, through which no trench goes.
///   - nodata: What cells without elevation are to the water.
///   - limits: Longest and deepest trench.
///   - threads: Number of threads; the result does not depend on it.
/// - Returns: The changed terrain, the trenches, every change, and the pits that remain.
/// - Throws: ``TerrainError`` where a policy forbids no data.
/// - Complexity: nine bytes a cell, four of them the result; O(*k* log *k*) for a pit whose search settles *k* cells.
public func breachPits(
  _ ground: Grid<Float>, nodata: NodataPolicy = .error, limits: BreachLimits = BreachLimits(), threads: Int = 1
) throws(TerrainError) -> BreachedTerrain {
  let terrain = try PreparedTerrain(ground, nodata: nodata)
  let columns = ground.columns
  let pits = terrain.pitsByHeight(threads: threads)
  var surface = ground
  var breaches: [Breach] = []
  var changes: [BreachedCell] = []
  var stagnant = StagnantFlats(pits, on: ground)
  var search = BreachSearch(terrain, limits: limits)
  for pit in pits where stagnant.contains(pit) {
    let flat = stagnant.flat(of: pit)
    guard let trench = search.cheapestTrench(from: flat, on: surface, states: stagnant.states) else {
      stagnant.keep(flat)
      continue
    }
    let level = ground[Int(pit)]
    var deepest: Float = 0
    let firstChange = changes.count
    for cell in trench.cells {
      let before = surface[Int(cell)]
      if before > level {
        surface[Int(cell)] = level
        deepest = max(deepest, before - level)
        changes.append(
          BreachedCell(
            breach: breaches.count, column: Int(cell) % columns, row: Int(cell) / columns, before: before, after: level)
        )
      }
    }
    for cell in trench.cells where surface[Int(cell)] == level { stagnant.release(around: cell, on: surface) }
    breaches.append(
      Breach(
        pit: pit, end: trench.end, elevation: level, length: trench.length, section: trench.cost, deepestCut: deepest,
        loweredCells: changes.count - firstChange))
  }
  return BreachedTerrain(
    ground: surface, breaches: breaches, changes: changes, remainingPits: pits.filter(stagnant.contains),
    pitCount: pits.count)
}

extension PreparedTerrain {
  /// The first cell of every flat without exit, by height and then by index.
  fileprivate func pitsByHeight(threads: Int) -> [CellIndex] {
    var directions = steepestDescent(threads: threads)
    let pits = resolveFlats(&directions, threads: threads)
    return ground.withUnsafeCells { z in
      pits.map { UInt64(orderedBits(z[Int($0)])) << 32 | UInt64(UInt32(bitPattern: $0)) }.sorted()
        .map { CellIndex(truncatingIfNeeded: $0) }
    }
  }
}

/// The cells that lie in flats without exit, kept up to date while trenches are dug.
///
/// Two neighbouring cells of such flats belong to the same one: neither has a lower neighbour, so their heights are
/// equal. Digging only lowers ground, so a flat can only cease to be stagnant, and it does so exactly when a cell in
/// it or beside it is dug to its height or lower, as every trench drains.
private struct StagnantFlats {
  /// 0 draining, 1 stagnant, 2 in the flat that is being breached.
  private(set) var states: Grid<UInt8>
  private let steps: NeighbourSteps
  private var stack: [CellIndex] = []

  init(_ pits: [CellIndex], on ground: Grid<Float>) {
    states = Grid(ground.geometry, repeating: 0)
    steps = NeighbourSteps(columns: ground.columns)
    let steps = steps
    ground.withUnsafeCells { z in
      states.withUnsafeMutableCells { state in
        for pit in pits {
          stack.append(pit)
          state[Int(pit)] = 1
          while let cell = stack.popLast() {
            // A stagnant cell never lies on the border, and whatever touches it at its height is stagnant too.
            for code in 0..<8 {
              let neighbour = Int(cell) &+ steps[code]
              if state[neighbour] == 0, z[neighbour] == z[Int(cell)] {
                state[neighbour] = 1
                stack.append(CellIndex(neighbour))
              }
            }
          }
        }
      }
    }
  }

  func contains(_ cell: CellIndex) -> Bool { states[Int(cell)] != 0 }

  /// The cells of a stagnant flat, marked as the one that is being breached.
  mutating func flat(of pit: CellIndex) -> [CellIndex] {
    let steps = steps
    return states.withUnsafeMutableCells { state in
      var cells = [pit]
      var head = 0
      state[Int(pit)] = 2
      while head < cells.count {
        let cell = Int(cells[head])
        head += 1
        for code in 0..<8 where state[cell &+ steps[code]] == 1 {
          state[cell &+ steps[code]] = 2
          cells.append(CellIndex(cell &+ steps[code]))
        }
      }
      return cells
    }
  }

  /// Unmarks a flat that could not be breached.
  mutating func keep(_ flat: [CellIndex]) {
    for cell in flat { states[Int(cell)] = 1 }
  }

  /// Lets the flats drain that a trench cell lies in or beside, unless they lie lower.
  mutating func release(around trench: CellIndex, on surface: Grid<Float>) {
    let columns = surface.columns
    let level = surface[Int(trench)]
    let column = Int(trench) % columns
    let row = Int(trench) / columns
    for y in max(0, row - 1)...min(surface.rows - 1, row + 1) {
      for x in max(0, column - 1)...min(columns - 1, column + 1) where states[x, y] != 0 && surface[x, y] >= level {
        stack.append(CellIndex(y * columns + x))
        states[x, y] = 0
      }
    }
    while let cell = stack.popLast() {
      for code in 0..<8 where states[Int(cell) &+ steps[code]] != 0 {
        states[Int(cell) &+ steps[code]] = 0
        stack.append(CellIndex(Int(cell) &+ steps[code]))
      }
    }
  }
}
