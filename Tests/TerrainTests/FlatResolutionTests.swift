import Grids
import Terrain
import TestSupport
import Testing

/// The definition of the resolution of flats, relaxed over all cells until nothing changes: obvious and slow.
struct SlowFlats {
  enum Kind { case noData, outlet, sloping, flat }

  let columns: Int
  let rows: Int
  let kinds: [Kind]
  /// Steps to the nearest exit.
  private(set) var toExit: [Int]
  /// Steps from higher ground; 0 where there is none.
  private(set) var fromHigher: [Int]
  /// Cells that became pits.
  private(set) var pits: Set<Int> = []

  init(_ s: Grid<Float>, nodata: NodataPolicy) {
    let columns = s.columns
    let rows = s.rows
    self.columns = columns
    self.rows = rows
    func neighbours(_ index: Int) -> [Int] {
      Self.neighbours(index, columns: columns, rows: rows).compactMap { $0.index }
    }
    let kinds: [Kind] = (0..<s.count).map { index in
      if s[index].isNaN { return .noData }
      if neighbours(index).contains(where: { s[$0] < s[index] }) { return .sloping }
      let isSeed =
        neighbours(index).count < 8 || (nodata == .outlet && neighbours(index).contains { s[$0].isNaN })
      return isSeed ? .outlet : .flat
    }
    self.kinds = kinds
    let far = Int.max / 4
    toExit = [Int](repeating: far, count: s.count)
    fromHigher = toExit
    // The cell of lowest index of every flat, and whether the flat has an exit.
    var lowest = Array(0..<s.count)
    for index in 0..<s.count where kinds[index] == .flat {
      if neighbours(index).contains(where: { kinds[$0] != .flat && s[$0] == s[index] }) { toExit[index] = 1 }
      if neighbours(index).contains(where: { s[$0] > s[index] }) { fromHigher[index] = 1 }
    }
    func relax() {
      var changed = true
      while changed {
        changed = false
        for index in 0..<s.count where kinds[index] == .flat {
          for n in neighbours(index) where kinds[n] == .flat {
            if toExit[n] + 1 < toExit[index] { (toExit[index], changed) = (toExit[n] + 1, true) }
            if fromHigher[n] + 1 < fromHigher[index] { (fromHigher[index], changed) = (fromHigher[n] + 1, true) }
            if lowest[n] < lowest[index] { (lowest[index], changed) = (lowest[n], true) }
          }
        }
      }
    }
    relax()
    for index in 0..<s.count where kinds[index] == .flat && toExit[index] >= far && lowest[index] == index {
      toExit[index] = 0
      pits.insert(index)
    }
    relax()
    for index in 0..<s.count where fromHigher[index] >= far { fromHigher[index] = 0 }
  }

  /// Neighbours of a cell by code; outside the grid there are none.
  static func neighbours(_ index: Int, columns: Int, rows: Int) -> [(code: Int, index: Int?)] {
    (0..<8).map { code in
      let x = index % columns + FlowDirection.columnStep[code]
      let y = index / columns + FlowDirection.rowStep[code]
      return (code, x >= 0 && y >= 0 && x < columns && y < rows ? y * columns + x : nil)
    }
  }

  func mask(_ index: Int) -> Int { 2 * toExit[index] - fromHigher[index] }

  /// The direction of a flat cell.
  func direction(_ index: Int, on s: Grid<Float>) -> UInt8 {
    if pits.contains(index) { return FlowDirection.pit }
    var best = Int.max
    var found = FlowDirection.nodata
    let neighbours = Self.neighbours(index, columns: columns, rows: rows)
    for code in [0, 2, 4, 6, 1, 3, 5, 7] {
      guard let n = neighbours[code].index, s[n] == s[index] else { continue }
      let value = kinds[n] != .flat || pits.contains(n) ? -.max : mask(n)
      if value < best { (best, found) = (value, UInt8(code)) }
    }
    return found
  }

  /// Checks that every flat cell has the direction of the definition, and every other flows to lower ground or out.
  func expectDirections(_ directions: Grid<UInt8>, on s: Grid<Float>, _ comment: @autoclosure () -> String) {
    for index in 0..<s.count {
      let found = directions[index]
      switch kinds[index] {
      case .noData: #expect(found == FlowDirection.nodata, "\(comment()) cell \(index)")
      case .outlet: #expect(found == FlowDirection.outlet, "\(comment()) cell \(index)")
      case .flat: #expect(found == direction(index, on: s), "\(comment()) cell \(index)")
      case .sloping:
        let next = found < 8 ? Self.neighbours(index, columns: columns, rows: rows)[Int(found)].index : nil
        #expect(next.map { s[$0] < s[index] } == true, "\(comment()) cell \(index)")
      }
    }
  }
}

@Suite struct FlatResolutionTests {
  private static let sizes = [(1, 1), (9, 1), (1, 8), (2, 2), (3, 3), (5, 4), (17, 13), (23, 19)]

  @Test(arguments: TerrainKind.allCases) func rawTerrainFollowsTheDefinition(kind: TerrainKind) throws {
    for seed in 0..<24 as Range<UInt64> {
      let (columns, rows) = Self.sizes[Int(seed) % Self.sizes.count]
      let z = randomTerrain(kind, columns: columns, rows: rows, seed: seed, cell: 2, cellHeight: seed % 3 == 0 ? 3 : 2)
      for policy in [NodataPolicy.outlet, .wall] {
        // Walls may enclose a region without outlet, which has no hierarchy.
        guard let basins = try? DepressionHierarchy(of: z, nodata: policy, threads: [1, 2, 3, 7][Int(seed) % 4]).basins
        else { continue }
        let slow = SlowFlats(z, nodata: policy)
        slow.expectDirections(basins.directions, on: z, "\(kind) \(seed) \(policy)")
        #expect(basins.pits.map(Int.init) == slow.pits.sorted())
      }
    }
  }

  /// Wide flats of every shape, with and without higher ground and exits.
  @Test func wideFlatsFollowTheDefinition() throws {
    var widest = 0
    for seed in 0..<16 as Range<UInt64> {
      let hills = randomTerrain(.fractal, columns: 41, rows: 37, seed: seed)
      let steps = hills.map(threads: 1) { ($0 * Float(1 + seed % 3) / 3).rounded() }
      let basins = try DepressionHierarchy(of: steps, threads: 2).basins
      SlowFlats(steps, nodata: .error).expectDirections(basins.directions, on: steps, "raw \(seed)")
      let filled = try priorityFlood(steps)
      let slow = SlowFlats(filled, nodata: .error)
      slow.expectDirections(try flatRoutedDirections(of: filled, threads: 3), on: filled, "filled \(seed)")
      widest = max(widest, slow.fromHigher.max() ?? 0)
    }
    #expect(widest >= 7)
  }

  @Test(arguments: TerrainKind.allCases) func filledTerrainFollowsTheDefinitionAndDrains(kind: TerrainKind) throws {
    for seed in 0..<24 as Range<UInt64> {
      let (columns, rows) = Self.sizes[Int(seed) % Self.sizes.count]
      let z = randomTerrain(kind, columns: columns, rows: rows, seed: seed + 100)
      for policy in [NodataPolicy.outlet, .wall] {
        guard let filled = try? priorityFlood(z, nodata: policy) else { continue }
        let directions = try flatRoutedDirections(of: filled, nodata: policy)
        SlowFlats(filled, nodata: policy).expectDirections(directions, on: filled, "\(kind) \(seed) \(policy)")
        for threads in [2, 3, 7] {
          #expect(try flatRoutedDirections(of: filled, nodata: policy, threads: threads).cells == directions.cells)
        }
        for start in 0..<z.count where !z[start].isNaN {
          var index = start
          var length = 0
          while directions[index] < 8, length <= z.count {
            let code = Int(directions[index])
            let next = index + FlowDirection.rowStep[code] * columns + FlowDirection.columnStep[code]
            #expect(filled[next] <= filled[index], "\(kind) \(seed): water runs uphill at \(index)")
            index = next
            length += 1
          }
          #expect(directions[index] == FlowDirection.outlet, "\(kind) \(seed): cell \(start) ends at \(index)")
        }
      }
    }
  }

  /// A square flat between walls with one way out in the middle of its southern side, worked out by hand: water
  /// leaves the walls and gathers in the middle instead of running along them.
  @Test func flowGathersAwayFromTheWalls() throws {
    let s = grid(
      [
        [9, 9, 9, 9, 9, 9, 9],
        [9, 6, 6, 6, 6, 6, 9],
        [9, 6, 6, 6, 6, 6, 9],
        [9, 6, 6, 6, 6, 6, 9],
        [9, 6, 6, 6, 6, 6, 9],
        [9, 6, 6, 6, 6, 6, 9],
        [9, 9, 9, 6, 9, 9, 9],
      ] as [[Float]])
    let masks = [
      [9, 9, 9, 9, 9],
      [7, 6, 6, 6, 7],
      [5, 4, 3, 4, 5],
      [3, 2, 2, 2, 3],
      [3, 1, 1, 1, 3],
    ]
    let expected: [[UInt8]] = [
      [1, 2, 2, 2, 3],
      [1, 1, 2, 3, 3],
      [1, 2, 2, 2, 3],
      [1, 2, 2, 2, 3],
      [0, 1, 2, 3, 4],
    ]
    let slow = SlowFlats(s, nodata: .error)
    let directions = try flatRoutedDirections(of: s)
    for row in 0..<5 {
      for column in 0..<5 {
        #expect(slow.mask((row + 1) * 7 + column + 1) == masks[row][column])
        #expect(directions[column + 1, row + 1] == expected[row][column], "column \(column) row \(row)")
      }
    }
  }

  /// The eight symmetries of the grid keep the mask: whatever the orientation, every receiver has the same mask.
  @Test func symmetriesKeepTheMask() throws {
    for seed in 0..<12 as Range<UInt64> {
      let z = randomTerrain(seed % 2 == 0 ? .terraced : .centimetres, columns: 16, rows: 16, seed: seed)
      let filled = try priorityFlood(z)
      let size = filled.columns
      let slow = SlowFlats(filled, nodata: .error)
      func receivers(_ place: @escaping (Int, Int) -> (Int, Int)) throws -> [Int] {
        // The cell (x, y) of the turned terrain is the cell place(x, y) of the terrain.
        func original(_ index: Int) -> Int {
          let (x, y) = place(index % size, index / size)
          return y * size + x
        }
        let turned = Grid(filled.geometry, cells: (0..<filled.count).map { filled[original($0)] })
        let directions = try flatRoutedDirections(of: turned)
        var masks = [Int](repeating: 0, count: filled.count)
        for index in 0..<filled.count where slow.kinds[original(index)] == .flat {
          let code = Int(directions[index])
          let next = original(index + FlowDirection.rowStep[code] * size + FlowDirection.columnStep[code])
          masks[original(index)] = slow.kinds[next] == .flat ? slow.mask(next) : -.max
        }
        return masks
      }
      let expected = try receivers { ($0, $1) }
      let last = size - 1
      let symmetries: [(Int, Int) -> (Int, Int)] = [
        { (last - $0, $1) }, { ($0, last - $1) }, { (last - $0, last - $1) }, { ($1, $0) }, { (last - $1, $0) },
        { ($1, last - $0) }, { (last - $1, last - $0) },
      ]
      for symmetry in symmetries { #expect(try receivers(symmetry) == expected) }
    }
  }

  @Test func aSurfaceThatIsNotFilledIsRefused() throws {
    let z = grid([[5, 5, 5], [5, 1, 5], [5, 5, 5]] as [[Float]])
    let error = #expect(throws: TerrainError.self) { try flatRoutedDirections(of: z) }
    #expect(error?.description.contains("column 1, row 1") == true)
  }

  /// A flat from border to border drains straight out on the nearest side.
  @Test func aFlatOverEverythingDrainsToTheNearestBorder() throws {
    let directions = try flatRoutedDirections(of: Grid<Float>(testGeometry(columns: 11, rows: 7), repeating: -0.0))
    for row in 0..<7 {
      for column in 0..<11 {
        var (x, y, length) = (column, row, 0)
        while directions[x, y] < 8 {
          let code = Int(directions[x, y])
          (x, y, length) = (x + FlowDirection.columnStep[code], y + FlowDirection.rowStep[code], length + 1)
        }
        #expect(length == min(row, 6 - row, column, 10 - column))
      }
    }
  }
}
