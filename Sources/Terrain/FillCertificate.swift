public import Grids

/// Proof, in one pass over the cells, that a surface is exactly the filled terrain.
///
/// A surface *W* over ground *z* is the minimax surface if and only if (a) *W* ≥ *z*, with equality where water may
/// leave, (b) everywhere else *W* is the larger of *z* and the lowest neighbouring *W*, and (c) from every cell an
/// outlet is reached along a path on which *W* never rises.
public struct FillCertificate: Sendable, Hashable {
  /// Cells that break (a).
  public let belowGround: Int
  /// Cells that break (b).
  public let unbalanced: Int
  /// Cells that break (c).
  public let undrained: Int
  /// Cells with an elevation.
  public let cells: Int

  /// Whether the surface is exactly the filled terrain.
  public var holds: Bool { belowGround == 0 && unbalanced == 0 && undrained == 0 }

  /// Checks a surface against its ground.
  /// - Throws: ``TerrainError`` where a policy forbids no data.
  /// - Complexity: O(*n*), one byte a cell and the list of the flat cells.
  public init(
    _ surface: Grid<Float>, over ground: Grid<Float>, nodata: NodataPolicy = .error, threads: Int = 1
  ) throws(TerrainError) {
    precondition(surface.geometry == ground.geometry, "surface and ground do not lie on each other")
    let terrain = try PreparedTerrain(ground, nodata: nodata, threads: threads)
    let columns = ground.columns
    var findings = [RowFindings](repeating: RowFindings(), count: ground.rows)
    var undrained = 0
    ground.withUnsafeCells { heights in
      surface.withUnsafeCells { levels in
        let states = Grid<UInt8>(ground.geometry) { cells in
          findings.withUnsafeMutableBufferPointer { rows in
            nonisolated(unsafe) let (z, water, cells, rows) = (heights, levels, cells, rows)
            parallelBlocks(of: rows.count, threads: threads) { block in
              for row in block { rows[row] = terrain.check(row, z, water, cells + row &* columns) }
            }
          }
        }
        undrained = Self.undrained(states, levels)
      }
    }
    belowGround = findings.reduce(0) { $0 + $1.belowGround }
    unbalanced = findings.reduce(0) { $0 + $1.unbalanced }
    cells = findings.reduce(0) { $0 + $1.cells }
    self.undrained = undrained
  }

  /// Counts the cells that break (c).
  ///
  /// A cell with a lower neighbour hands the question on to that one, and heights end; so only the cells without one
  /// are in doubt, and they must be joined, at their own height, to a cell that has one or from which water leaves.
  private static func undrained(_ states: consuming Grid<UInt8>, _ water: UnsafePointer<Float>) -> Int {
    let (columns, rows) = (states.columns, states.rows)
    var reached = 0
    var flats: [CellIndex] = []
    states.withUnsafeMutableCells { state in
      for index in 0..<(columns * rows) where state[index] == CellState.flat { flats.append(CellIndex(index)) }
      var queue: [CellIndex] = []
      func forEachNeighbour(_ index: Int, _ body: (Int) -> Void) {
        let row = index / columns
        let column = index - row * columns
        for code in 0..<8 {
          let x = column + FlowDirection.columnStep[code]
          let y = row + FlowDirection.rowStep[code]
          if x >= 0, y >= 0, x < columns, y < rows { body(y * columns + x) }
        }
      }
      for flat in flats {
        var drains = false
        forEachNeighbour(Int(flat)) {
          if state[$0] == CellState.drains, water[$0] == water[Int(flat)] { drains = true }
        }
        if drains { queue.append(flat) }
      }
      for flat in queue { state[Int(flat)] = CellState.reached }
      while let cell = queue.popLast() {
        reached += 1
        forEachNeighbour(Int(cell)) {
          if state[$0] == CellState.flat, water[$0] == water[Int(cell)] {
            state[$0] = CellState.reached
            queue.append(CellIndex($0))
          }
        }
      }
    }
    return flats.count - reached
  }
}

/// What is known of a cell's way outside.
private enum CellState {
  static let outside: UInt8 = 0
  /// Water leaves here, or a neighbour lies lower.
  static let drains: UInt8 = 1
  static let flat: UInt8 = 2
  static let reached: UInt8 = 3
}

private struct RowFindings {
  var belowGround = 0
  var unbalanced = 0
  var cells = 0
}

extension PreparedTerrain {
  /// Checks (a) and (b) in one row and notes which cells have a lower neighbour.
  fileprivate func check(
    _ row: Int, _ z: UnsafePointer<Float>, _ water: UnsafePointer<Float>, _ state: UnsafeMutablePointer<UInt8>
  ) -> RowFindings {
    let columns = ground.columns
    var findings = RowFindings()
    for column in 0..<columns {
      let index = row &* columns &+ column
      let height = z[index]
      let level = water[index]
      state[column] = CellState.drains
      if height.isNaN {
        if !level.isNaN { findings.unbalanced += 1 }
        state[column] = CellState.outside
        continue
      }
      findings.cells += 1
      if !(level >= height) {
        findings.belowGround += 1
        continue
      }
      if isSeed(z, column: column, row: row) {
        if level != height { findings.belowGround += 1 }
        continue
      }
      // Not on the border: all eight neighbours exist; a comparison with NaN is false.
      let c = water + index
      var lowest = Float.infinity
      lowest = c[1] < lowest ? c[1] : lowest
      lowest = c[columns &+ 1] < lowest ? c[columns &+ 1] : lowest
      lowest = c[columns] < lowest ? c[columns] : lowest
      lowest = c[columns &- 1] < lowest ? c[columns &- 1] : lowest
      lowest = c[-1] < lowest ? c[-1] : lowest
      lowest = c[-columns &- 1] < lowest ? c[-columns &- 1] : lowest
      lowest = c[-columns] < lowest ? c[-columns] : lowest
      lowest = c[1 &- columns] < lowest ? c[1 &- columns] : lowest
      if level != max(height, lowest) { findings.unbalanced += 1 }
      if lowest >= level { state[column] = CellState.flat }
    }
    return findings
  }
}
