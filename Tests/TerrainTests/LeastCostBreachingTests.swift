import Grids
import Terrain
import TestSupport
import Testing

/// A trench by its cost and length.
private struct Way {
  var cost: Double
  var length: Double

  func isNoWorse(than other: Way) -> Bool { cost <= other.cost * (1 + 1e-12) && length <= other.length + 1e-12 }
}

/// The cheapest trench out of a flat, by relaxing sets of ways that do not beat one another: obvious and slow.
private func slowTrench(
  from pit: Int, on z: Grid<Float>, stagnant: Set<Int>, nodata: NodataPolicy, limits: BreachLimits
) -> Way? {
  let level = Double(z[pit])
  let width = z.geometry.cellWidth
  let height = z.geometry.cellHeight
  let diagonal = (width * width + height * height).squareRoot()
  let distance = [width, diagonal, height, diagonal, width, diagonal, height, diagonal]
  func neighbours(_ index: Int) -> [(code: Int, index: Int?)] {
    SlowFlats.neighbours(index, columns: z.columns, rows: z.rows)
  }
  func depth(_ index: Int) -> Double { max(0, Double(z[index]) - level) }
  func isEnd(_ index: Int) -> Bool {
    if z[index] < z[pit] || (z[index] == z[pit] && !stagnant.contains(index)) { return true }
    let around = neighbours(index).map { $0.index.map { z[$0].isNaN } }
    return around.contains { $0 == nil || (nodata == .outlet && $0 == true) }
  }
  // The pit's flat: everything of its height that hangs together with it.
  var flat: Set<Int> = [pit]
  var grows = true
  while grows {
    grows = false
    for index in flat {
      for (_, n) in neighbours(index) {
        if let n, z[n] == z[pit], flat.insert(n).inserted { grows = true }
      }
    }
  }
  var ways = [[Way]](repeating: [], count: z.count)
  for index in flat { ways[index] = [Way(cost: 0, length: 0)] }
  var changed = true
  while changed {
    changed = false
    for index in 0..<z.count where !ways[index].isEmpty && (flat.contains(index) || !isEnd(index)) {
      for (code, n) in neighbours(index) {
        guard let n, !flat.contains(n), !z[n].isNaN, depth(n) <= limits.depth else { continue }
        for way in ways[index] {
          let further = Way(
            cost: way.cost + (depth(index) + depth(n)) / 2 * distance[code], length: way.length + distance[code])
          if further.length > limits.length + 1e-9 || ways[n].contains(where: { $0.isNoWorse(than: further) }) {
            continue
          }
          ways[n].removeAll { further.isNoWorse(than: $0) }
          ways[n].append(further)
          changed = true
        }
      }
    }
  }
  return (0..<z.count).filter { !flat.contains($0) && isEnd($0) }.flatMap { ways[$0] }
    .min { ($0.cost, $0.length) < ($1.cost, $1.length) }
}

/// All cells of flats without exit.
private func stagnantCells(_ z: Grid<Float>, _ flats: SlowFlats) -> Set<Int> {
  var cells = flats.pits
  var added = flats.pits
  while !added.isEmpty {
    added = Set(
      added.flatMap { cell in
        SlowFlats.neighbours(cell, columns: z.columns, rows: z.rows).compactMap(\.index).filter { z[$0] == z[cell] }
      }
    ).subtracting(cells)
    cells.formUnion(added)
  }
  return cells
}

@Suite struct LeastCostBreachingTests {
  /// Follows the account pit by pit and looks for the cheapest trench each time by the slow way.
  private func follow(
    _ z: Grid<Float>, nodata: NodataPolicy, limits: BreachLimits, isExact: Bool, _ comment: Comment
  ) throws {
    let result = try breachPits(z, nodata: nodata, limits: limits)
    let pits = SlowFlats(z, nodata: nodata).pits.sorted { (z[$0], $0) < (z[$1], $1) }
    #expect(result.pitCount == pits.count, comment)
    var surface = z
    var next = 0
    var change = 0
    for pit in pits {
      let stagnant = stagnantCells(surface, SlowFlats(surface, nodata: nodata))
      if !stagnant.contains(pit) { continue }
      let expected = slowTrench(from: pit, on: surface, stagnant: stagnant, nodata: nodata, limits: limits)
      guard let expected else { continue }
      let breach = try #require(next < result.breaches.count ? result.breaches[next] : nil, comment)
      #expect(Int(breach.pit) == pit && breach.elevation == z[pit], comment)
      if isExact {
        #expect(breach.section == expected.cost && breach.length == expected.length, comment)
      } else {
        #expect(abs(breach.section - expected.cost) <= 1e-9 * expected.cost, comment)
        #expect(breach.length <= limits.length, comment)
      }
      var deepest: Float = 0
      for cell in result.changes[change..<(change + breach.loweredCells)] {
        #expect(cell.breach == next && surface[cell.column, cell.row] == cell.before, comment)
        #expect(cell.after == breach.elevation && cell.after < cell.before, comment)
        surface[cell.column, cell.row] = cell.after
        deepest = max(deepest, cell.before - cell.after)
      }
      #expect(breach.deepestCut == deepest && Double(deepest) <= limits.depth * (1 + 1e-6), comment)
      #expect(deepest > 0, comment)
      change += breach.loweredCells
      next += 1
    }
    #expect(next == result.breaches.count && change == result.changes.count, comment)
    #expect(sameBits(surface, result.ground), comment)
    let left = SlowFlats(surface, nodata: nodata).pits
    #expect(result.remainingPits.map(Int.init) == left.sorted { (surface[$0], $0) < (surface[$1], $1) }, comment)
  }

  @Test(arguments: TerrainKind.allCases) func everyTrenchIsTheCheapestOne(kind: TerrainKind) throws {
    for seed in 0..<12 as Range<UInt64> {
      let z = randomTerrain(
        kind, columns: 5 + Int(seed % 5), rows: 5 + Int(seed % 4), seed: seed, cell: 3, cellHeight: 4)
      let limits = [
        BreachLimits(), BreachLimits(length: 9), BreachLimits(depth: 2), BreachLimits(length: 12, depth: 2.5),
      ][Int(seed) % 4]
      for policy in [NodataPolicy.outlet, .wall] {
        try follow(z, nodata: policy, limits: limits, isExact: kind == .terraced, "\(kind) \(seed) \(policy) \(limits)")
      }
    }
  }

  /// Whole heights on cells of 3 × 4 with diagonals of 5: costs and lengths are exact, ties abound.
  @Test func tiesGoToTheShorterTrench() throws {
    for seed in 0..<40 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let geometry = testGeometry(columns: 8, rows: 7, cell: 3, cellHeight: 4)
      let z = Grid(geometry, cells: (0..<56).map { _ in Float(Int(random.unit() * 9)) })
      let limits = BreachLimits(length: [.infinity, 8, 10, 14][Int(seed) % 4], depth: seed % 3 == 0 ? 3 : .infinity)
      try follow(z, nodata: .error, limits: limits, isExact: true, "\(seed)")
    }
  }

  /// Deep pits in rough ground under tight limits: the cheapest way to a cell is often too long to go on from there.
  @Test func tightLengthsFindTheCheapestWayWithin() throws {
    for seed in 0..<60 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let geometry = testGeometry(columns: 11, rows: 11, cell: 3, cellHeight: 4)
      var z = Grid(geometry, cells: (0..<121).map { _ in Float(1 + Int(60 * random.unit() * random.unit())) })
      z[5, 5] = 0
      try follow(z, nodata: .error, limits: BreachLimits(length: 16 + Double(seed % 10)), isExact: true, "\(seed)")
    }
  }

  @Test(arguments: TerrainKind.allCases) func unlimitedBreachingDrainsEverything(kind: TerrainKind) throws {
    for seed in 0..<6 as Range<UInt64> {
      let z = randomTerrain(kind, columns: 40, rows: 33, seed: seed)
      let result = try breachPits(z, nodata: .outlet)
      #expect(result.remainingPits.isEmpty)
      #expect(zip(result.ground.cells, z.cells).allSatisfy { $0 <= $1 || $1.isNaN })
      let filled = try DepressionHierarchy(of: result.ground, nodata: .outlet).filled(result.ground)
      #expect(sameBits(filled, result.ground))
      // The certificate of the fill holds for the breached terrain itself.
      #expect(try FillCertificate(result.ground, over: result.ground, nodata: .outlet).holds)
      let directions = try flatRoutedDirections(of: result.ground, nodata: .outlet)
      let leaving = upslopeCells(directions)
      let outlets = (0..<z.count).filter { directions[$0] == FlowDirection.outlet }
      #expect(outlets.reduce(0) { $0 + Int(leaving[$1]) } == z.cells.count { !$0.isNaN })
      for threads in [2, 3, 7] {
        let again = try breachPits(z, nodata: .outlet, threads: threads)
        #expect(sameBits(again.ground, result.ground) && again.changes == result.changes)
      }
    }
  }

  /// Through a dam: the low gap far away costs less than the near crest, until the length is limited.
  @Test func limitsChooseTheTrench() throws {
    // A channel at 1 behind a dam of 9 in column 6, with a gap of 2 in row 1; lower ground beyond.
    var z = Grid<Float>(testGeometry(columns: 9, rows: 9), repeating: 20)
    for row in 1...7 {
      for column in 1...5 { z[column, row] = row == 7 && column == 5 ? 1 : 1.5 }
      z[6, row] = row == 1 ? 2 : 9
      z[7, row] = 0
    }
    z[8, 4] = 0
    let free = try breachPits(z)
    #expect(free.breaches.count == 1 && free.remainingPits.isEmpty)
    // Five cells cut by 0.5 northwards, slanting into the gap that is cut by 1, and straight out of it.
    let root = 2.0.squareRoot()
    #expect(abs(free.breaches[0].section - (0.25 + 4 * 0.5 + 0.75 * root + 0.5)) < 1e-12)
    #expect(abs(free.breaches[0].length - (6 + root)) < 1e-8 && free.breaches[0].end == 1 * 9 + 7)
    #expect(free.changes.map(\.row) == [6, 5, 4, 3, 2, 1] && free.changes.map(\.column) == [5, 5, 5, 5, 5, 6])
    let short = try breachPits(z, limits: BreachLimits(length: 2))
    #expect(short.changes.count == 1 && short.changes[0].column == 6 && short.changes[0].row == 7)
    #expect(short.changes[0].before == 9 && short.changes[0].after == 1)
    #expect(short.breaches[0].section == 8 && short.breaches[0].length == 2 && short.breaches[0].deepestCut == 8)
    let neither = try breachPits(z, limits: BreachLimits(length: 2, depth: 7))
    #expect(neither.breaches.isEmpty && neither.remainingPits == [7 * 9 + 5] && sameBits(neither.ground, z))
  }
}
