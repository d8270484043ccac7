import Foundation
import Grids
import TestSupport
import Testing

@testable import Landslide

/// A slope of `slope` degrees down from row 0 to `foot`, flat below, and a release at (15, 2): cells of 10 m.
private func plane(slope: Double = 30, foot: Int = 20) -> (terrain: Grid<Float>, release: Grid<Int32>) {
  let geometry = testGeometry(columns: 31, rows: 61, cell: 10)
  var terrain = Grid<Float>(geometry, repeating: 0)
  for row in 0..<61 {
    for column in 0..<31 { terrain[column, row] = Float(Double(max(0, foot - row)) * 10 * tan(slope * .pi / 180)) }
  }
  var release = Grid<Int32>(geometry, repeating: 0)
  release[15, 2] = 7
  return (terrain, release)
}

private func run(
  _ ground: (terrain: Grid<Float>, release: Grid<Int32>), angle: Double = 25, exponent: Int = 8,
  threshold: Double = 3e-4, highest: Double = 8848, threads: Int = 1
) throws -> Runout {
  try runout(
    terrain: ground.terrain, release: ground.release,
    parameters: RunoutParameters(
      angle: angle, exponent: exponent, fluxThreshold: threshold, greatestEnergyHeight: highest),
    threads: threads)
}

private func reached(_ result: Runout) -> Set<Int> {
  Set((0..<result.releases.count).filter { result.releases[$0] > 0 })
}

@Suite struct RunoutTests {
  @Test func aStraightSlopeToTheEdgeOfTheGrid() throws {
    // The 5×5 case of com4FlowPy's own tests.
    let terrain = grid([40, 30, 20, 10, 0].map { [Float](repeating: $0, count: 5) }, cell: 10)
    var release = Grid<Int32>(terrain.geometry, repeating: 0)
    release[2, 1] = 1
    let result = try run((terrain, release), angle: 10, exponent: 99, threshold: 0.001)
    for row in 0..<5 {
      for column in 0..<5 {
        let isHit = column == 2 && (1...3).contains(row)
        #expect(result.releases[column, row] == (isHit ? 1 : 0))
        #expect(isHit ? result.greatestFlux[column, row] == 1 : result.greatestFlux[column, row].isNaN)
        #expect(isHit ? result.shortestLength[column, row] == Float(10 * (row - 1)) : true)
        #expect(isHit ? result.deposition[column, row] == 0 : result.deposition[column, row].isNaN)
      }
    }
    // The edge row is never entered: all of the flux is lost there.
    #expect(result.lostQuanta == Runout.quantaPerRelease && result.depositedQuanta == 0)
    #expect(result.wayAngle[2, 1].isNaN && result.wayAngle[2, 3] == 45 && result.lineAngle[2, 3] == 45)
  }

  @Test(arguments: [
    (25.0, 8, 233, 222.4264), (20, 8, 458, 284.8528), (25, 75, 43, nil), (20, 75, 187, nil), (25, 1, 233, nil),
    (20, 1, 561, nil),
  ])
  func aPlaneWithAFlatFoot(angle: Double, exponent: Int, cells: Int, reach: Double?) throws {
    let result = try run(plane(), angle: angle, exponent: exponent)
    // Numbers of cells and reach as com4FlowPy 2.1 has them.
    #expect(reached(result).count == cells)
    let hit = reached(result)
    if exponent == 8 {
      let highest = 180 * (tan(30 * Double.pi / 180) - tan(angle * .pi / 180))
      let found = hit.map { result.energyHeight[$0] }.max() ?? 0
      // Heights are in `Float`: half a unit of 115 m.
      #expect(abs(Double(found) - highest) < 1e-5)
      let straight = 180 + highest / tan(angle * .pi / 180)
      let longest = hit.map { result.shortestLength[$0] }.max() ?? 0
      #expect(Double(longest) <= straight)
      #expect(reach.map { abs(Double(longest) - $0) < 1e-4 } ?? true)
    }
    // What was released lies on the ground or is over the edge, to the last quantum.
    #expect(result.depositedQuanta + result.lostQuanta == Runout.quantaPerRelease)
    #expect((result.lostQuanta == 0) == hit.allSatisfy { (2...28).contains($0 % 31) })
    for cell in hit where !result.wayAngle[cell].isNaN {
      #expect(Double(result.wayAngle[cell]) > angle && result.lineAngle[cell] >= result.wayAngle[cell])
    }
  }

  @Test func theSpeedIsLimited() throws {
    let free = try run(plane())
    let limited = try run(plane(), highest: 12)
    let highest = reached(limited).map { limited.energyHeight[$0] }.max()
    #expect(highest == 12)
    #expect(reached(limited).isSubset(of: reached(free)))
    for cell in reached(limited) { #expect(limited.energyHeight[cell] <= free.energyHeight[cell]) }
    let longest = reached(limited).map { limited.shortestLength[$0] }.max() ?? 0
    #expect(abs(longest - 221.42) < 0.01)
    let velocity = limited.velocity(threads: 1)
    #expect(abs((reached(limited).map { velocity[$0] }.max() ?? 0) - 15.344) < 1e-3)
    #expect(abs((reached(limited).map { limited.energy(threads: 1)[$0] }.max() ?? 0) - 117.72) < 1e-4)
    #expect(RunoutProcess.debrisFlow.greatestEnergyHeight == 12)
  }

  @Test(arguments: [1, 8, 75])
  func aLargerAngleReachesASubset(exponent: Int) throws {
    // Near angles may differ by single cells at the fringe: a wide flow falls below the threshold there sooner than a
    // narrow one.
    var last: Set<Int>?
    for angle in [20.0, 25, 28, 29.9] {
      let hit = reached(try run(plane(), angle: angle, exponent: exponent))
      if let last { #expect(hit.isSubset(of: last) && hit.count < last.count) }
      last = hit
    }
  }

  @Test func aSlopeBelowTheAngleOfReachDoesNotMove() throws {
    for ground in [plane(slope: 24.9), plane(slope: 0), plane(slope: -10)] {
      let still = try run(ground)
      #expect(reached(still) == [2 * 31 + 15])
      #expect(still.deposition[15, 2] == 1 && still.energyHeight[15, 2] == 0)
    }
  }

  @Test(arguments: [
    (TerrainKind.fractal, 8), (.fractal, 1), (.noise, 3), (.holes, 8), (.centimetres, 20), (.fractal, 75),
  ])
  func thePlainModelAgrees(kind: TerrainKind, exponent: Int) throws {
    var crossed = 0
    for seed in 0..<6 as Range<UInt64> {
      let terrain = randomTerrain(
        kind, columns: 24, rows: 19, seed: 90 + seed, cell: 2, cellHeight: seed % 2 == 0 ? 2 : 3)
      var release = Grid<Int32>(terrain.geometry, repeating: 0)
      var random = SeededGenerator(seed: seed)
      for _ in 0..<8 { release[Int(random.next() % UInt64(terrain.count))] = Int32(random.next() % 3) + 1 }
      let angle = [5.0, 12, 20][Int(seed % 3)]
      let result = try run((terrain, release), angle: angle, exponent: exponent, threshold: 1e-3, highest: 4)
      let slow = SlowRunout(
        terrain: terrain, release: release, angle: angle, exponent: exponent, threshold: 1e-3, highest: 4)
      // A share that equals the threshold by chance would fall on either side; none does.
      #expect(slow.closest > 1e-9)
      #expect(reached(result) == Set(slow.releases.keys))
      func agree(_ grid: Grid<Float>, _ values: [Int: Double], _ bound: Double) {
        for (cell, value) in values {
          #expect(abs(Double(grid[cell]) - value) <= bound * max(1, value), "\(cell)")
        }
      }
      for (cell, number) in slow.releases { #expect(result.releases[cell] == Int32(number)) }
      agree(result.energyHeight, slow.energy, 1e-6)
      agree(result.greatestFlux, slow.greatestFlux, 1e-6)
      agree(result.totalFlux, slow.totalFlux, 1e-6)
      agree(result.deposition, slow.deposition, 1e-6)
      agree(result.shortestLength, slow.shortest, 1e-6)
      agree(result.longestLength, slow.longest, 1e-6)
      agree(result.wayAngle, slow.wayAngle, 1e-6)
      agree(result.lineAngle, slow.lineAngle, 1e-6)
      let scale = Double(Runout.quantaPerRelease)
      #expect(abs(Double(result.depositedQuanta) / scale - slow.deposited) < 1e-9)
      #expect(abs(Double(result.lostQuanta) / scale - slow.lost) < 1e-9)
      crossed += slow.totalFlux.values.filter { $0 > 1.001 }.count
      for cell in 0..<terrain.count where terrain[cell].isNaN {
        #expect(result.releases[cell] == Runout.noData && result.energyHeight[cell].isNaN)
      }
    }
    #expect(crossed > 0 || kind != .fractal)
  }

  @Test(arguments: [2, 3, 7])
  func theSameBitsForAnyNumberOfThreads(threads: Int) throws {
    let terrain = randomTerrain(.fractal, columns: 60, rows: 50, seed: 4)
    var release = Grid<Int32>(terrain.geometry, repeating: 0)
    for cell in stride(from: 0, to: terrain.count, by: 3) { release[cell] = Int32(cell % 17) }
    let one = try run((terrain, release), angle: 6)
    let many = try run((terrain, release), angle: 6, threads: threads)
    #expect(one.releases.cells == many.releases.cells)
    let pairs: [(Grid<Float>, Grid<Float>)] = [
      (one.energyHeight, many.energyHeight), (one.greatestFlux, many.greatestFlux), (one.totalFlux, many.totalFlux),
      (one.deposition, many.deposition), (one.shortestLength, many.shortestLength),
      (one.longestLength, many.longestLength), (one.wayAngle, many.wayAngle), (one.lineAngle, many.lineAngle),
    ]
    for (a, b) in pairs { #expect(a.cells.map(\.bitPattern) == b.cells.map(\.bitPattern)) }
    #expect(one.depositedQuanta == many.depositedQuanta && one.lostQuanta == many.lostQuanta)
    #expect(one.followedReleases + one.skippedReleases == release.cells.filter { $0 > 0 }.count)
    // Every release cell is on the ground or over the edge.
    #expect(one.depositedQuanta + one.lostQuanta == UInt64(one.followedReleases) * Runout.quantaPerRelease)
    #expect(one.skippedReleases > 0 && one.lostQuanta > 0)
    // One release at a time adds up to the same.
    var deposition = 0.0
    for cell in 0..<terrain.count where one.releases[cell] > 0 { deposition += Double(one.deposition[cell]) }
    #expect(abs(deposition - Double(one.depositedQuanta) / Double(Runout.quantaPerRelease)) < 1e-4)
  }

  @Test func mirroredGroundMirrorsTheRunout() throws {
    let terrain = randomTerrain(.fractal, columns: 40, rows: 33, seed: 11)
    var mirrored = terrain
    var turned = Grid<Float>(testGeometry(columns: 33, rows: 40), repeating: 0)
    var (release, releaseMirrored) = (
      Grid<Int32>(terrain.geometry, repeating: 0), Grid<Int32>(terrain.geometry, repeating: 0)
    )
    var releaseTurned = Grid<Int32>(turned.geometry, repeating: 0)
    for row in 0..<33 {
      for column in 0..<40 {
        mirrored[39 - column, row] = terrain[column, row]
        turned[row, column] = terrain[column, row]
        let start: Int32 = (column * 7 + row * 3) % 41 == 0 ? 1 : 0
        release[column, row] = start
        releaseMirrored[39 - column, row] = start
        releaseTurned[row, column] = start
      }
    }
    let result = try run((terrain, release), angle: 6)
    let other = try run((mirrored, releaseMirrored), angle: 6)
    let third = try run((turned, releaseTurned), angle: 6)
    #expect(reached(result).count > 300)
    for row in 0..<33 {
      for column in 0..<40 {
        #expect(result.releases[column, row] == other.releases[39 - column, row])
        #expect(result.releases[column, row] == third.releases[row, column])
        guard result.releases[column, row] > 0 else { continue }
        // The same cells in the same order: only sums over neighbours are added in another.
        #expect(result.energyHeight[column, row] == other.energyHeight[39 - column, row])
        #expect(result.energyHeight[column, row] == third.energyHeight[row, column])
        #expect(result.longestLength[column, row] == other.longestLength[39 - column, row])
        #expect(abs(result.totalFlux[column, row] - other.totalFlux[39 - column, row]) < 1e-5)
        #expect(abs(result.totalFlux[column, row] - third.totalFlux[row, column]) < 1e-5)
      }
    }
  }

  @Test func heightsAboveAnotherDatumGiveTheSame() throws {
    let terrain = randomTerrain(.centimetres, columns: 40, rows: 33, seed: 12).map(threads: 1) {
      ($0 * 64).rounded() / 64
    }
    var release = Grid<Int32>(terrain.geometry, repeating: 0)
    for cell in stride(from: 0, to: terrain.count, by: 29) { release[cell] = 1 }
    let low = try run((terrain, release), angle: 6)
    let high = try run((terrain.map(threads: 1) { $0 + 256 }, release), angle: 6)
    #expect(low.energyHeight.cells.map(\.bitPattern) == high.energyHeight.cells.map(\.bitPattern))
    #expect(low.deposition.cells.map(\.bitPattern) == high.deposition.cells.map(\.bitPattern))
  }

  @Test func impossibleInputIsRefused() throws {
    #expect(throws: InvalidRunoutParameter.self) { try RunoutParameters(angle: 0) }
    #expect(throws: InvalidRunoutParameter.self) { try RunoutParameters(angle: 90) }
    #expect(throws: InvalidRunoutParameter.self) { try RunoutParameters(angle: .nan) }
    #expect(throws: InvalidRunoutParameter.self) { try RunoutParameters(exponent: 0) }
    #expect(throws: InvalidRunoutParameter.self) { try RunoutParameters(fluxThreshold: 0) }
    #expect(throws: InvalidRunoutParameter.self) { try RunoutParameters(greatestEnergyHeight: -1) }
    #expect(throws: InvalidRunoutParameter.self) { try ForestFriction(smallestAngle: 11) }
    let ground = plane()
    #expect(throws: GeometryMismatch.self) {
      try run((ground.terrain, Grid<Int32>(testGeometry(columns: 2, rows: 2), repeating: 1)))
    }
    var broken = ground.terrain
    broken[3, 3] = .infinity
    #expect(throws: ValuesOutOfRange.self) { try run((broken, ground.release)) }
    #expect(throws: ValuesOutOfRange.self) {
      try runout(
        terrain: ground.terrain, release: ground.release, parameters: RunoutParameters(),
        forest: (ground.terrain, ForestFriction()), threads: 1)
    }
    let none = try run((ground.terrain, Grid(ground.terrain.geometry, repeating: 0)))
    #expect(none.followedReleases == 0 && reached(none).isEmpty && none.threats.isEmpty)
  }
}
