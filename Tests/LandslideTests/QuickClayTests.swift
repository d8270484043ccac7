import Foundation
import Grids
import Landslide
import TestSupport
import Testing

/// A plain at 10 m, a slope of 1:5 up to 30 m, a terrace to the east; 5 m cells, and a stream in a trench at its foot.
private func valley() -> (terrain: Grid<Float>, stream: Grid<Float>) {
  let geometry = testGeometry(columns: 160, rows: 9, cell: 5)
  var terrain = Grid<Float>(geometry, repeating: 0)
  var stream = Grid<Float>(geometry, repeating: .nan)
  for row in 0..<9 {
    for column in 0..<160 { terrain[column, row] = min(30, 10 + Float(max(0, column - 60))) }
    stream[60, row] = 9
  }
  return (terrain, stream)
}

private func clay(_ terrain: Grid<Float>) -> Grid<UInt8> {
  Grid(terrain.geometry, repeating: ClayGround.marine.rawValue)
}

@Suite struct QuickClayTests {
  @Test func clayLiesBelowTheMarineLimitAndNotOnRock() throws {
    let table = ClassLookup<DepositClass>([41: .marine, 110: .thinCover, 50: .other])
    let land = ClassLookup<DepositClass>([42: .thinCover, 44: .other])
    let terrain: Grid<Float> = grid([[10, 200, 201, 10, 10, .nan, 10, 10]])
    let deposits: Grid<Int32> = grid([[41, 41, 41, 110, 50, 41, ClassLookup<DepositClass>.noClass, 41]])
    let conditions: Grid<Int32> = grid([[44, 44, 44, 44, 44, 44, 44, 42]])
    let ground = try clayGround(
      terrain: terrain, marineLimit: .height(200), maps: [(deposits, table), (conditions, land)], threads: 2)
    let expected: [ClayGround] = [.marine, .marine, .other, .cutOut, .other, .noData, .noData, .cutOut]
    #expect(ground.cells == expected.map(\.rawValue))
    let limits: Grid<Float> = grid([[9, 200, 201, 10, 10, 10, 10, .nan]])
    let byCell = try clayGround(terrain: terrain, marineLimit: .heights(limits), maps: [(deposits, table)], threads: 1)
    let other: [ClayGround] = [.other, .marine, .marine, .cutOut, .other, .noData, .noData, .noData]
    #expect(byCell.cells == other.map(\.rawValue))
    let area: Grid<Int32> = grid([[1, 0, 1, 1, 1, 1, 1, ClassLookup<DepositClass>.noClass]])
    let inArea = try clayGround(terrain: terrain, marineLimit: .area(area), maps: [(deposits, table)], threads: 1)
    let third: [ClayGround] = [.marine, .other, .marine, .cutOut, .other, .noData, .noData, .noData]
    #expect(inArea.cells == third.map(\.rawValue))
    #expect(throws: UnmappedClasses.self) {
      try clayGround(terrain: terrain, marineLimit: .height(1), maps: [(conditions, table)], threads: 1)
    }
  }

  @Test func retrogressionReachesTheLineAndStopsAtGaps() throws {
    let (terrain, stream) = valley()
    let criterion = try SlopeCriterion(run: 15, greatestDistance: 2000)
    let area = try retrogression(terrain: terrain, feet: stream, criterion: criterion, freeDistance: 75, threads: 2)
    // 21 m above the bed: 315 m, 63 columns on; 15 columns to the other side without any slope.
    for column in 0..<160 { #expect((area[column, 4] == 1) == (45...123).contains(column)) }
    // A ravine across the terrace ends it; the terrain criterion does not see the ravine.
    var cut = terrain
    for row in 0..<9 { for column in 90..<95 { cut[column, row] = 9.5 } }
    let shorter = try retrogression(terrain: cut, feet: stream, criterion: criterion, freeDistance: 75, threads: 2)
    let run = try steepestRun(terrain: cut, feet: stream, criterion: criterion, threads: 2)
    for column in 0..<160 { #expect((shorter[column, 4] == 1) == (45...89).contains(column)) }
    #expect(run[120, 4] <= 15)
    // Rock ends it too.
    var ground = clay(terrain)
    for row in 0..<9 { ground[80, row] = ClayGround.cutOut.rawValue }
    let onRock = try retrogression(
      terrain: terrain, feet: stream, criterion: criterion, freeDistance: 75, ground: ground, threads: 2)
    for column in 0..<160 { #expect((onRock[column, 4] == 1) == (45...79).contains(column)) }
    // From the bed 5 m are reached at 1:4, and no steeper.
    let none = try retrogression(
      terrain: terrain, feet: stream, criterion: criterion, freeDistance: 75,
      initial: SlopeCriterion(run: 3.9, smallestHeight: 5), threads: 1)
    #expect(none.cells.allSatisfy { $0 == 0 })
    let some = try retrogression(
      terrain: terrain, feet: stream, criterion: criterion, freeDistance: 75,
      initial: SlopeCriterion(run: 4, smallestHeight: 5), threads: 1)
    #expect(some.cells == area.cells)
  }

  @Test func retrogressionIsTheConnectedPartOfTheCriterion() throws {
    var (grown, left) = (0, 0)
    for seed in 0..<6 as Range<UInt64> {
      let terrain = randomTerrain(.fractal, columns: 50, rows: 40, seed: 70 + seed, cell: 2)
      var random = SeededGenerator(seed: seed)
      var feet = Grid<Float>(terrain.geometry, repeating: .nan)
      for _ in 0..<3 {
        let cell = Int(random.next() % UInt64(terrain.count))
        feet[cell] = terrain[cell] - 1
      }
      let criterion = try SlopeCriterion(run: 8, smallestHeight: 1.5)
      let area = try retrogression(terrain: terrain, feet: feet, criterion: criterion, freeDistance: 6, threads: 2)
      let run = try steepestRun(terrain: terrain, feet: feet, criterion: criterion, threads: 2)
      // Dilated again and again, in the peer's way.
      var slow = Set((0..<terrain.count).filter { !feet[$0].isNaN })
      let starts = slow
      func distance(_ a: Int, _ b: Int) -> Double { 2 * hypot(Double(a % 50 - b % 50), Double(a / 50 - b / 50)) }
      while true {
        let rim = Set(
          slow.flatMap { cell in
            [-51, -50, -49, -1, 1, 49, 50, 51].map { cell + $0 }.filter {
              $0 >= 0 && $0 < terrain.count && abs($0 % 50 - cell % 50) <= 1
            }
          })
        let next = slow.union(rim.filter { cell in run[cell] <= 8 || starts.contains { distance($0, cell) <= 6 } })
        if next == slow { break }
        slow = next
      }
      #expect(Set((0..<terrain.count).filter { area[$0] == 1 }) == slow)
      grown += slow.count
      left += (0..<terrain.count).filter { run[$0] <= 8 && area[$0] == 0 }.count
    }
    #expect(grown > 500 && left > 50)
  }

  @Test func clayRunsOutDownhillForItsLength() throws {
    let (terrain, _) = valley()
    var length = Grid<Float>(terrain.geometry, repeating: 0)
    for row in 0..<9 {
      length[70, row] = 120
      length[90, row] = 60
    }
    let left = try clayRunout(surface: terrain, length: length)
    // 24 columns down the slope and over the plain; on the level terrace 12 to each side.
    for column in 0..<160 {
      let found = left[column, 4]
      switch column {
      case 46...70: #expect(found == Float(120 - 5 * (70 - column)))
      case 78...90: #expect(found == Float(60 - 5 * (90 - column)))
      case 91...102: #expect(found == Float(60 - 5 * (column - 90)))
      default: #expect(found.isNaN)
      }
    }
    // A dam of 10 cm holds it.
    var dammed = terrain
    for row in 0..<9 { dammed[55, row] = 10.1 }
    let held = try clayRunout(surface: dammed, length: length)
    #expect(!held[56, 4].isNaN && held[55, 4].isNaN && held[54, 4].isNaN)
    #expect(throws: ValuesOutOfRange.self) {
      try clayRunout(surface: terrain, length: length.map(threads: 1) { -$0 })
    }
  }

  @Test func runoutIsTheBestOfAllWays() throws {
    var reached = 0
    for seed in 0..<4 as Range<UInt64> {
      let terrain = randomTerrain(.terraced, columns: 30, rows: 26, seed: seed, cell: 3, cellHeight: 4)
      var random = SeededGenerator(seed: 40 + seed)
      let length = terrain.map(threads: 1) { _ in Float(0) }
      var start = length
      for _ in 0..<5 { start[Int(random.next() % UInt64(terrain.count))] = Float(5 + random.unit() * 40) }
      let left = try clayRunout(surface: terrain, length: start)
      // Relaxed until nothing changes.
      var slow = (0..<terrain.count).map { Double(start[$0]) }.map { $0 > 0 ? $0 : -1 }
      var isChanging = true
      while isChanging {
        isChanging = false
        for cell in 0..<terrain.count where slow[cell] >= 0 {
          for (dx, dy) in [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)] {
            let (x, y) = (cell % 30 + dx, cell / 30 + dy)
            guard x >= 0, y >= 0, x < 30, y < 26, terrain[x, y] <= terrain[cell] else { continue }
            let step = (Double(dx * dx) * 9 + Double(dy * dy) * 16).squareRoot()
            let rest = slow[cell] - step
            if rest >= 0, rest > slow[y * 30 + x] {
              slow[y * 30 + x] = rest
              isChanging = true
            }
          }
        }
      }
      for cell in 0..<terrain.count {
        #expect(slow[cell] < 0 ? left[cell].isNaN : left[cell] == Float(slow[cell]))
        if slow[cell] >= 0 { reached += 1 }
      }
    }
    #expect(reached > 200)
  }

  @Test func screeningOfAValley() throws {
    let (terrain, _) = valley()
    var ground = clay(terrain)
    for row in 0..<9 {
      ground[100, row] = ClayGround.cutOut.rawValue
      ground[101, row] = ClayGround.noData.rawValue
    }
    let result = try quickClayScreening(terrain: terrain, surface: terrain, ground: ground, threads: 2)
    func zones(_ column: Int) -> ClayZones { ClayZones(rawValue: result.zones[column, 4]) }
    // The foot is column 60 at 10 m; the terrace 20 m above it: 1:15 reaches 300 m, 1:20 and 20 H 400 m.
    #expect(zones(59) == [.known, .runout] && zones(60) == [.known, .runout])
    #expect(zones(64) == [.known])
    #expect(zones(65) == [.known, .nearSlope, .reach, .release])
    #expect(zones(120) == [.known, .nearSlope, .reach, .release])
    #expect(zones(121) == [.known, .nearSlope, .reach])
    #expect(zones(140) == [.known, .nearSlope, .reach] && zones(141) == [.known])
    #expect(zones(100) == [.known] && zones(101) == [])
    // L_u = 3 · 15 · 20 m = 900 m over the plain, to the edge of the grid; on the level plain the foot may lie by a
    // fiftieth of the line's length out.
    #expect(result.runoutLeft[0, 4] >= 600 && result.runoutLeft[0, 4] <= 606)
    #expect(result.run[120, 4] == 15 && result.height[120, 4] == 20)
    // A rotational slide: 5 H, and 0.5 of it in runout: 50 m.
    var rules = QuickClayRules()
    rules.slide = .rotational
    let small = try quickClayScreening(
      terrain: terrain, surface: terrain, ground: ground, rules: rules, isChannelled: false, threads: 1)
    for column in 0..<160 {
      let zone = ClayZones(rawValue: small.zones[column, 4])
      #expect(zone.contains(.release) == (65...80).contains(column))
      #expect(zone.contains(.runout) == (50...60).contains(column))
    }
    // Without figures of its own a rule is marked, and all are listed.
    #expect(rules.figures.count == 9 && rules.figures.allSatisfy { !$0.figure.source.isEmpty })
    #expect(rules.figures.contains { $0.figure.evidence == .unverified })
  }
}

@Suite struct HazardUnionTests {
  @Test func placesOfTwoHazardsCountOnce() throws {
    let (none, no, yes) = (HazardUnion.noData, HazardUnion.absent, HazardUnion.present)
    let union = try HazardUnion(
      [("flood", grid([[none, no, yes, yes, none, no]])), ("slide", grid([[none, no, no, yes, yes, none]]))],
      threads: 2)
    #expect(union.hazards.cells == [0, 0, 1, 3, 2, 0])
    #expect(union.known.cells == [0, 3, 3, 3, 2, 1])
    #expect(union.any(threads: 1).cells == [none, no, yes, yes, yes, no])
    #expect(union.areas == [0: 2, 1: 1, 2: 1, 3: 1])
  }

  @Test func theUnionIsAtMostTheSum() throws {
    var random = SeededGenerator(seed: 5)
    let geometry = testGeometry(columns: 37, rows: 21, cell: 2)
    let masks = (0..<5).map { number in
      (
        name: "\(number)",
        mask: Grid<UInt8>(geometry, cells: (0..<geometry.count).map { _ in UInt8(random.next() % 3) })
      )
    }
    let union = try HazardUnion(masks, threads: 3)
    let single = masks.map { mask in Double(mask.mask.cells.filter { $0 == HazardUnion.present }.count) * 4 }
    let any = Double(union.any(threads: 2).cells.filter { $0 == HazardUnion.present }.count) * 4
    #expect(any <= single.reduce(0, +) && any >= single.max() ?? 0)
    #expect(abs(union.areas.filter { $0.key != 0 }.values.reduce(0, +) - any) < 1e-9)
    for (bit, area) in single.enumerated() {
      #expect(abs(union.areas.filter { $0.key >> UInt32(bit) & 1 == 1 }.values.reduce(0, +) - area) < 1e-9)
    }
    #expect(throws: GeometryMismatch.self) {
      try HazardUnion([masks[0], ("other", grid([[0, 1]]))], threads: 1)
    }
  }
}
