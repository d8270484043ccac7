import Foundation
import Grids
import TestSupport
import Testing

@testable import Landslide

/// All pairs, written out: the least run and the greatest rise from each cell down to a foot.
private func allPairs(
  _ terrain: Grid<Float>, _ feet: Grid<Float>, _ criterion: SlopeCriterion
) -> (run: [Float], rise: [Float], slope: [Float]) {
  let geometry = terrain.geometry
  let limit = Double(Float(criterion.run).nextUp) * Double(Float(criterion.run).nextUp)
  var run = [Float](repeating: .infinity, count: geometry.count)
  var rise = [Float](repeating: 0, count: geometry.count)
  var slope = feet.cells.map { $0.isNaN ? $0 : 0 }
  for cell in 0..<geometry.count {
    if terrain[cell].isNaN { (run[cell], rise[cell]) = (.nan, .nan) }
    var (least, greatest) = (Double.infinity, 0.0)
    for foot in 0..<geometry.count where !terrain[cell].isNaN && !feet[foot].isNaN {
      let x = Double(foot % geometry.columns - cell % geometry.columns) * geometry.cellWidth
      let y = Double(foot / geometry.columns - cell / geometry.columns) * geometry.cellHeight
      let squared = x * x + y * y
      let height = Double(terrain[cell]) - Double(feet[foot])
      guard height >= criterion.smallestHeight,
        squared <= criterion.greatestDistance * criterion.greatestDistance, squared / (height * height) <= limit
      else { continue }
      least = min(least, squared / (height * height))
      greatest = max(greatest, height)
      slope[foot] = max(slope[foot], Float(height))
    }
    if !terrain[cell].isNaN { (run[cell], rise[cell]) = (Float(least.squareRoot()), Float(greatest)) }
  }
  return (run, rise, slope)
}

private func bits(_ values: [Float]) -> [UInt32] { values.map { $0.isNaN ? UInt32.max : $0.bitPattern } }

/// Base at 100 m, a slope of 1:5 up to 150 m, then a terrace, and a foot 0.5 m deep where the slope begins.
///
/// Columns of 0.5 m: the foot in column 20, the edge of the terrace 250 m on.
private func terrace() -> (terrain: Grid<Float>, feet: Grid<Float>) {
  let geometry = testGeometry(columns: 2200, rows: 3, cell: 0.5)
  var terrain = Grid<Float>(geometry, repeating: 100)
  var feet = Grid<Float>(geometry, repeating: .nan)
  for row in 0..<3 {
    for column in 20..<2200 { terrain[column, row] = min(150, 100 + Float(column - 20) / 10) }
  }
  feet[20, 1] = 99.5
  return (terrain, feet)
}

@Suite struct SlopeReachTests {
  @Test(arguments: TerrainKind.allCases)
  func theSearchGivesTheBitsOfAllPairs(kind: TerrainKind) throws {
    var found = (0, 0)
    for (seed, size) in [
      (1 as UInt64, kind == .fractal ? (64, 64) : (34, 30)), (2, (37, 21)), (3, (9, 31)), (4, (8, 8)), (6, (1, 50)),
    ] {
      let scale: Float = [1, 3, 0.3][Int(seed % 3)]
      let terrain = randomTerrain(
        kind, columns: size.0, rows: size.1, seed: seed, cell: 1, cellHeight: seed % 2 == 0 ? 1.7 : 1
      ).map(threads: 1) { $0 * scale }
      // All cells, few cells and deep ones as feet; lines of all slopes.
      var random = SeededGenerator(seed: seed)
      var few = Grid<Float>(terrain.geometry, repeating: .nan)
      for _ in 0..<12 {
        let cell = Int(random.next() % UInt64(terrain.count))
        few[cell] = terrain[cell] - Float(random.unit() * 3)
      }
      for criterion in [
        try SlopeCriterion(run: 4, smallestHeight: 1),
        try SlopeCriterion(run: 15, smallestHeight: 2, greatestDistance: 20),
        try SlopeCriterion(run: 1, smallestHeight: 0.01), try SlopeCriterion(run: 1000, smallestHeight: 4),
      ] {
        for feet in [terrain, few] {
          let slow = allPairs(terrain, feet, criterion)
          for threads in [1, 3] {
            let run = try steepestRun(terrain: terrain, feet: feet, criterion: criterion, threads: threads)
            let rise = try heightAboveFoot(terrain: terrain, feet: feet, criterion: criterion, threads: threads)
            let slope = try slopeHeight(terrain: terrain, feet: feet, criterion: criterion, threads: threads)
            #expect(bits(run.cells) == bits(slow.run))
            #expect(bits(rise.cells) == bits(slow.rise))
            #expect(bits(slope.cells) == bits(slow.slope))
            found.0 += slow.run.filter { $0.isFinite }.count
            found.1 += slow.run.filter { $0 == .infinity }.count
          }
        }
      }
    }
    #expect(kind == .flat || kind == .tiny || (found.0 > 1000 && found.1 > 1000))
  }

  @Test func reachOnATerrace() throws {
    let (terrain, feet) = terrace()
    func reach(_ run: Double) throws -> Double {
      let criterion = try SlopeCriterion(run: run)
      let grid = try steepestRun(terrain: terrain, feet: feet, criterion: criterion, threads: 2)
      let last = (0..<2200).last { grid[$0, 1] <= Float(run) } ?? 0
      // No gap: all cells from 5 m above the foot to the end.
      let first = (20..<2200).first { grid[$0, 1] <= Float(run) } ?? 0
      #expect(terrain[first, 1] >= 104.5 && terrain[first - 1, 1] < 104.5)
      #expect((first...last).allSatisfy { grid[$0, 1] <= Float(run) })
      return Double(last - 20) * 0.5
    }
    #expect(try reach(15) == 757.5)
    #expect(try reach(20) == 1010)
    // The peer's 0.067 is not 1/15.
    #expect(try reach(1 / 0.067) == 753.5)
    let run = try steepestRun(terrain: terrain, feet: feet, criterion: SlopeCriterion(run: 20), threads: 1)
    // On the even slope the ratio at distance x is (x/5 + 0.5) / x.
    for column in stride(from: 80, through: 520, by: 40) {
      let x = Double(column - 20) / 2
      #expect(abs(Double(run[column, 1]) - x / (x / 5 + 0.5)) < 1e-5)
    }
    #expect(run[1535, 1] == 15)
    let height = try slopeHeight(terrain: terrain, feet: feet, criterion: SlopeCriterion(run: 20), threads: 1)
    #expect(height[20, 1] == 50.5 && height[21, 1].isNaN)
  }

  /// Taking the least level of all cones and asking for the height apart puts these cells in the set.
  @Test func heightAndSlopeAreOfTheSameFoot() throws {
    // A step of 3 m close by, and a foot 8 m lower 300 m off: neither is a slope of 5 m at 1:15.
    var terrain = Grid<Float>(testGeometry(columns: 200, rows: 1, cell: 2), repeating: 10)
    for column in 0..<10 { terrain[column, 0] = 2 }
    for column in 140..<150 { terrain[column, 0] = 7 }
    let criterion = try SlopeCriterion(run: 15)
    let run = try steepestRun(terrain: terrain, criterion: criterion, threads: 1)
    #expect(run[155, 0] == .infinity)
    let lowered = (0..<200).map { terrain[$0, 0] + Float(abs($0 - 155)) * 2 / 15 }.min() ?? 0
    let lowest = (0..<200).map { terrain[$0, 0] }.min() ?? 0
    #expect(terrain[155, 0] > lowered && terrain[155, 0] - lowest >= 5)
    // Where the low foot is near enough, it counts.
    #expect(run[60, 0] == Float(102.0 / 8))
  }

  @Test func invariants() throws {
    var inside = (0, 0)
    for seed in 0..<4 as Range<UInt64> {
      let terrain = randomTerrain(.centimetres, columns: 90, rows: 70, seed: 50 + seed, cell: 5).map(threads: 1) {
        ($0 * 640).rounded() / 64
      }
      func run(_ terrain: Grid<Float>, _ n: Double, _ feet: Grid<Float>? = nil) throws -> Grid<Float> {
        try steepestRun(terrain: terrain, feet: feet, criterion: SlopeCriterion(run: n), threads: 2)
      }
      let gentle = try run(terrain, 20)
      let steep = try run(terrain, 15)
      for cell in 0..<terrain.count {
        // 1:15 is part of 1:20, with the same run; and every cell has as steep a line where the height asked for is less.
        #expect(steep[cell] == (gentle[cell] <= 15 ? gentle[cell] : .infinity))
        if gentle[cell] <= 20 { inside.0 += 1 } else { inside.1 += 1 }
      }
      // Another datum.
      let lifted = try run(terrain.map(threads: 1) { $0 + 512 }, 20)
      #expect(bits(lifted.cells) == bits(gentle.cells))
      // No foot, no slope.
      #expect(try run(terrain, 20, terrain.map(threads: 1) { _ in .nan }).cells.allSatisfy { $0 == .infinity })
      // Mirror and quarter turn.
      var mirrored = terrain
      var turned = Grid<Float>(testGeometry(columns: 70, rows: 90, cell: 5), repeating: 0)
      for row in 0..<70 {
        for column in 0..<90 {
          mirrored[89 - column, row] = terrain[column, row]
          turned[row, column] = terrain[column, row]
        }
      }
      let (other, third) = (try run(mirrored, 20), try run(turned, 20))
      for row in 0..<70 {
        for column in 0..<90 {
          #expect(gentle[column, row].bitPattern == other[89 - column, row].bitPattern)
          #expect(gentle[column, row].bitPattern == third[row, column].bitPattern)
        }
      }
      // 20 H reaches at least as far as the line 1:20 from the same feet.
      let criterion = try SlopeCriterion(run: 20)
      let heights = try slopeHeight(terrain: terrain, criterion: criterion, threads: 2)
      let within = try withinSlopeHeights(
        terrain: terrain, slopeHeight: heights, factor: 20, smallestHeight: 5, threads: 2)
      #expect((0..<terrain.count).allSatisfy { gentle[$0] == .infinity || within[$0] == 1 })
    }
    #expect(inside.0 > 1000 && inside.1 > 1000)
  }

  @Test func theRuleOfTwentyHeights() throws {
    for seed in 0..<5 as Range<UInt64> {
      let terrain = randomTerrain(seed == 4 ? .holes : .fractal, columns: 45, rows: 31, seed: seed, cell: 3)
      let geometry = terrain.geometry
      let criterion = try SlopeCriterion(run: 6, smallestHeight: 2)
      let heights = try slopeHeight(terrain: terrain, criterion: criterion, threads: 1)
      let within = try withinSlopeHeights(
        terrain: terrain, slopeHeight: heights, factor: 6, smallestHeight: 2, threads: 2)
      for cell in 0..<geometry.count {
        let expected = (0..<geometry.count).contains { foot in
          let x = Double(foot % geometry.columns - cell % geometry.columns) * geometry.cellWidth
          let y = Double(foot / geometry.columns - cell / geometry.columns) * geometry.cellHeight
          let reach = Double(Float(6 * Double(heights[foot])))
          return heights[foot] > 0 && x * x + y * y <= reach * reach
            && Double(terrain[cell]) - Double(terrain[foot]) >= 2
        }
        #expect((within[cell] == 1) == expected)
      }
    }
    // A dip behind the crest: no line 1:20 reaches it, 20 H does.
    var (terrain, feet) = terrace()
    for row in 0..<3 { for column in 1600..<1700 { terrain[column, row] = 130 } }
    let criterion = try SlopeCriterion(run: 20)
    let run = try steepestRun(terrain: terrain, feet: feet, criterion: criterion, threads: 1)
    let heights = try slopeHeight(terrain: terrain, feet: feet, criterion: criterion, threads: 1)
    let within = try withinSlopeHeights(
      terrain: terrain, feet: feet, slopeHeight: heights, factor: 20, smallestHeight: 5, threads: 1)
    #expect(run[1650, 1] == .infinity && within[1650, 1] == 1)
    #expect(within[2040, 1] == 1 && within[2041, 1] == 0 && within[10, 1] == 0)
  }

  @Test(arguments: [TerrainKind.fractal, .terraced, .holes])
  func theFootIsTheLowestOnNearlyTheSteepestLine(kind: TerrainKind) throws {
    var found = 0
    for seed in 0..<3 as Range<UInt64> {
      let terrain = randomTerrain(kind, columns: 37, rows: 26, seed: 20 + seed, cell: 2, cellHeight: 3)
      let geometry = terrain.geometry
      let criterion = try SlopeCriterion(run: 9, smallestHeight: 1.5, greatestDistance: 40)
      let run = try steepestRun(terrain: terrain, criterion: criterion, threads: 1)
      let (foot, height) = try slopeFeet(terrain: terrain, run: run, criterion: criterion, threads: 2)
      for cell in 0..<geometry.count {
        var lowest = 0.0
        let limit = Double(Float(Double(run[cell]) * 1.02))
        for other in 0..<geometry.count where run[cell].isFinite && !terrain[other].isNaN {
          let x = Double(other % geometry.columns - cell % geometry.columns) * geometry.cellWidth
          let y = Double(other / geometry.columns - cell / geometry.columns) * geometry.cellHeight
          let rise = Double(terrain[cell]) - Double(terrain[other])
          if rise >= 1.5, x * x + y * y <= 1600, (x * x + y * y) / (rise * rise) <= limit * limit {
            lowest = max(lowest, rise)
          }
        }
        #expect(height[cell] == Float(lowest))
        #expect((foot[cell] >= 0) == run[cell].isFinite)
        if foot[cell] >= 0 {
          #expect(Float(Double(terrain[cell]) - Double(terrain[Int(foot[cell])])) == height[cell])
          found += 1
        }
      }
    }
    #expect(found > 200)
  }

  @Test func impossibleInputIsRefused() throws {
    #expect(throws: InvalidClayFigure.self) { try SlopeCriterion(run: 0) }
    #expect(throws: InvalidClayFigure.self) { try SlopeCriterion(run: .nan) }
    #expect(throws: InvalidClayFigure.self) { try SlopeCriterion(run: 15, smallestHeight: 0) }
    #expect(throws: InvalidClayFigure.self) { try SlopeCriterion(run: 15, greatestDistance: -1) }
    let (terrain, _) = terrace()
    let criterion = try SlopeCriterion(run: 15)
    #expect(throws: GeometryMismatch.self) {
      try steepestRun(terrain: terrain, feet: grid([[1]]), criterion: criterion, threads: 1)
    }
    #expect(throws: ValuesOutOfRange.self) {
      try steepestRun(terrain: terrain.map(threads: 1) { $0 * .infinity }, criterion: criterion, threads: 1)
    }
  }
}
