import Foundation
import Grids
import Landslide
import TestSupport
import Testing

/// tan of an angle in degrees.
private func tangent(_ degrees: Double) -> Double { tan(degrees * .pi / 180) }

/// A slope of 30° along the rows or along the columns with a flat foot from place 20 on; release at place 2.
private func ground(alongColumns: Bool = true) -> (terrain: Grid<Float>, release: Grid<Int32>) {
  let geometry = testGeometry(columns: alongColumns ? 31 : 61, rows: alongColumns ? 61 : 31, cell: 10)
  var terrain = Grid<Float>(geometry, repeating: 0)
  var release = Grid<Int32>(geometry, repeating: 0)
  for along in 0..<61 {
    for across in 0..<31 {
      let height = Float(Double(max(0, 20 - along)) * 10 * tangent(30))
      if alongColumns { terrain[across, along] = height } else { terrain[along, across] = height }
    }
  }
  if alongColumns { release[15, 2] = 1 } else { release[2, 15] = 1 }
  return (terrain, release)
}

private func highest(
  _ friction: ForestFriction?, structure: Float = 1, alongColumns: Bool = true, threshold: Double = 3e-4
) throws -> (energy: Double, result: Runout) {
  let (terrain, release) = ground(alongColumns: alongColumns)
  let forest = Grid<Float>(terrain.geometry, repeating: structure)
  let result = try runout(
    terrain: terrain, release: release, parameters: RunoutParameters(angle: 20, fluxThreshold: threshold),
    forest: friction.map { (forest, $0) }, threads: 1)
  let energy = result.energyHeight.cells.filter { !$0.isNaN }.max() ?? 0
  return (Double(energy), result)
}

@Suite struct RunoutForestTests {
  @Test func theAddedAngleFallsToTheSpeedAtWhichTreesNoLongerBrake() throws {
    let friction = try ForestFriction()
    #expect(friction.addedAngle(forest: 1, energyHeight: 0) == 10)
    #expect(friction.addedAngle(forest: 0.5, energyHeight: 0) == 5)
    // 30 m/s is an energy height of 45.87 m.
    #expect(abs(friction.addedAngle(forest: 1, energyHeight: 22.935780) - 6) < 1e-6)
    #expect(abs(friction.addedAngle(forest: 1, energyHeight: 45.871559) - 2) < 1e-6)
    #expect(friction.addedAngle(forest: 1, energyHeight: 200) == 2)
    #expect(friction.addedAngle(forest: 0.1, energyHeight: 1) == 2)
  }

  /// com4FlowPy takes v² / (√2 g) for the energy height of a speed: 64.87 m for 30 m/s, and 3.83° here.
  @Test func theEnergyHeightOfASpeedIsNotDividedByTheRootOfTwo() throws {
    #expect(try ForestFriction().addedAngle(forest: 1, energyHeight: 50) == 2)
    #expect(abs(runoutVelocity(energyHeight: 45.871559) - 30) < 1e-6)
  }

  @Test func evenFrictionIsALargerAngleFromTheSecondStepOn() throws {
    let even = try highest(ForestFriction(greatestAngle: 4, smallestAngle: 4)).energy
    // The release cell itself has no forest friction.
    #expect(abs(even - (10 * (tangent(30) - tangent(20)) + 170 * (tangent(30) - tangent(24)))) < 1e-5)
    // No forest, no friction.
    let none = try highest(ForestFriction(greatestAngle: 4, smallestAngle: 4), structure: 0).energy
    #expect(none == (try highest(nil).energy))
    #expect(abs(none - 180 * (tangent(30) - tangent(20))) < 1e-5)
    #expect(try highest(ForestFriction(greatestAngle: 4, smallestAngle: 4), structure: .nan).energy == none)
  }

  /// com4FlowPy counts the step along the rows twice and the step along the columns not at all.
  @Test(arguments: [true, false])
  func theLengthAlongTheGroundHasBothSteps(alongColumns: Bool) throws {
    // Each step is 11.547 m along the ground: the third is the first beyond 30 m.
    let friction = try ForestFriction(greatestAngle: 4, smallestAngle: 4, skippedLength: 30)
    let energy = try highest(friction, alongColumns: alongColumns).energy
    #expect(abs(energy - (30 * (tangent(30) - tangent(20)) + 150 * (tangent(30) - tangent(24)))) < 1e-5)
  }

  /// com4FlowPy has the default threshold 0.0003 written into its forest.
  @Test func theThresholdIsTheOneGivenInForestToo() throws {
    var last = Int.max
    for threshold in [1e-6, 3e-4, 0.01, 0.1] {
      let result = try highest(ForestFriction(greatestAngle: 1, smallestAngle: 0.5), threshold: threshold).result
      let fluxes = result.greatestFlux.cells.filter { !$0.isNaN }
      #expect(fluxes.allSatisfy { Double($0) >= threshold * 0.999999 })
      #expect(fluxes.count < last)
      #expect(fluxes.contains { $0 < 3e-4 } == (threshold < 3e-4))
      #expect(result.depositedQuanta + result.lostQuanta == Runout.quantaPerRelease)
      last = fluxes.count
    }
  }

  @Test func moreForestReachesLess() throws {
    var last = Double.infinity
    for structure in [0 as Float, 0.3, 0.6, 1] {
      let energy = try highest(ForestFriction(), structure: structure).energy
      #expect(energy < last)
      last = energy
    }
  }
}
