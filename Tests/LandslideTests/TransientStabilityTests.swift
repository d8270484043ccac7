import Foundation
import Grids
import Landslide
import TestSupport
import Testing

@Suite struct TransientStabilityTests {
  /// Grids against one column after the other, with every time found by looking closely.
  @Test(arguments: [false, true])
  func gridsFollowTheColumns(isUnsaturated: Bool) throws {
    var random = SeededGenerator(seed: 561)
    let geometry = testGeometry(columns: 13, rows: isUnsaturated ? 5 : 11, cell: 5)
    let retention = isUnsaturated ? WaterRetention(alpha: 4, saturatedContent: 0.4, residualContent: 0.05) : nil
    let sand = TransientSoil(
      SoilStrength(
        cohesion: 1, frictionAngle: 34, unitWeight: 19, depth: 1.2, conductivity: 2, source: "test"),
      diffusivity: 2e-5, retention: retention)
    let silt = TransientSoil(
      SoilStrength(
        cohesion: 3, rootCohesion: 1, frictionAngle: 30, unitWeight: 18, surcharge: 1, depth: 2, conductivity: 0.4,
        source: "test"), diffusivity: 1e-5, retention: retention)
    let table = try TransientSoilTable([1: sand, 2: silt, 3: nil])
    func values(_ from: Double, _ to: Double) -> Grid<Float> {
      Grid(
        geometry,
        cells: (0..<geometry.count).map { _ in
          random.next() % 15 == 0 ? .nan : Float(from + random.unit() * (to - from))
        })
    }
    let (slope, depth) = (values(0.2, 1), values(0.8, 2))
    let (waterTable, flux) = (values(0.3, 2.5), values(0, 2))
    let soil = Grid<Int32>(
      geometry, cells: (0..<geometry.count).map { _ in [1, 2, 1, 2, 3, .min][Int(random.next() % 6)] })
    // Three storms with a pause, of different lengths.
    let rain = [values(0, 20), values(0, 5), values(0, 0), values(0, 60)]
    let durations = [7200.0, 10_800, 36_000, 14_400]
    let conductivity: Grid<Float> = soil.map(threads: 1) { $0 == .min ? .nan : $0 == 1 ? 2000 / 24 : 400 / 24 }
    let steps = try infiltration(
      of: zip(durations, rain).map { RainStep(duration: $0, intensity: $1) }, conductivity: conductivity,
      waterTable: waterTable, initialFlux: flux, routing: nil, threads: 2)
    let times = [3600.0, 18_000, 40_000, 68_400, 200_000]
    func run(_ threads: Int) throws -> TransientStability {
      try transientStability(
        slopeTangent: slope, soil: soil, table: table, depth: depth, waterTable: waterTable, initialFlux: flux,
        infiltration: steps, times: times, threads: threads)
    }
    let (one, many) = (try run(1), try run(3))
    var failed = 0
    for cell in 0..<geometry.count {
      #expect(one.factorOfSafety[cell].bitPattern == many.factorOfSafety[cell].bitPattern)
      #expect(one.failureTime[cell].bitPattern == many.failureTime[cell].bitPattern)
      let rates = steps.map { Double($0.infiltration[cell]) / 3_600_000 }
      let isKnown =
        soil[cell] != .min && !slope[cell].isNaN && !depth[cell].isNaN && !waterTable[cell].isNaN
        && !flux[cell].isNaN && !rates.contains { $0.isNaN }
      guard isKnown else {
        #expect(one.factorOfSafety[cell].isNaN && one.depth[cell].isNaN && one.failureTime[cell].isNaN)
        #expect(one.snapshots.allSatisfy { $0.factorOfSafety[cell].isNaN && $0.pressureHead[cell].isNaN })
        continue
      }
      guard soil[cell] != 3 else {
        #expect(one.factorOfSafety[cell] == 10 && one.failureTime[cell] == .infinity && one.depth[cell] == 0)
        continue
      }
      let ground = soil[cell] == 1 ? sand : silt
      let initial = Double(flux[cell]) / 3_600_000
      let place = TransientColumn(
        ground, depth: Double(depth[cell]), slopeTangent: Double(slope[cell]),
        waterTable: min(Double(waterTable[cell]), Double(depth[cell])), initialFlux: initial)
      var changes: [(time: Double, rise: Double)] = []
      var (start, last) = (0.0, isUnsaturated ? initial : 0)
      for (rate, duration) in zip(rates, durations) {
        changes.append((start, rate - last))
        (start, last) = (start + duration, rate)
      }
      changes.append((start, (isUnsaturated ? initial : 0) - last))
      func least(_ time: Double) -> (factor: Double, depth: Double) {
        place.depths.map { z in
          (
            place.factorOfSafety(
              depth: z, pressureHead: place.pressureHead(depth: z, time: time, rain: changes)), z
          )
        }.reduce((Double.infinity, 0)) { $1.0 <= $0.0 ? $1 : $0 }
      }
      for (snapshot, time) in zip(one.snapshots, times) {
        let expected = least(time)
        #expect(abs(Double(snapshot.factorOfSafety[cell]) - expected.factor) < 1e-6)
      }
      let worst = one.snapshots.map { $0.factorOfSafety[cell] }.min()
      #expect(one.factorOfSafety[cell] == worst)
      let time = Double(one.failureTime[cell])
      if time == .infinity {
        #expect(one.factorOfSafety[cell] >= 1)
      } else {
        failed += 1
        #expect(least(time).factor < 1)
        let index = try #require(times.firstIndex { $0 >= time })
        let before = index == 0 ? 0 : times[index - 1]
        let resolution = (times[index] - before) / 1024
        if time > 0 { #expect(least(time - 1.01 * resolution).factor >= 1) }
      }
    }
    #expect(failed > 3)
  }

  @Test func impossibleInputIsRefused() throws {
    let strength = SoilStrength(
      cohesion: 1, frictionAngle: 34, unitWeight: 19, depth: 12, conductivity: 2, source: "test")
    for (diffusivity, retention) in [
      (0, nil), (1e-4, WaterRetention(alpha: 0, saturatedContent: 0.4, residualContent: 0.1)),
      (1e-4, WaterRetention(alpha: 1, saturatedContent: 1, residualContent: 0.1)),
      (1e-4, WaterRetention(alpha: 1, saturatedContent: 0.4, residualContent: 0.4)),
    ] {
      let error = #expect(throws: InvalidSoil.self) {
        try TransientSoilTable([3: TransientSoil(strength, diffusivity: diffusivity, retention: retention)])
      }
      #expect(error?.code == 3)
    }
    // A column longer than the solution holds for.
    let coarse = try TransientSoilTable([
      1: TransientSoil(
        strength, diffusivity: 1e-4,
        retention: WaterRetention(alpha: 8, saturatedContent: 0.4, residualContent: 0.1))
    ])
    let flat = grid([[0.5, 0.5]] as [[Float]])
    let error = #expect(throws: InvalidSoil.self) {
      try transientStability(
        slopeTangent: flat, soil: grid([[1, 1]]), table: coarse, waterTable: grid([[1, 7]]), initialFlux: flat,
        infiltration: [], times: [1], threads: 1)
    }
    #expect(error?.description.contains("column 1, row 0") ?? false)
  }
}

@Suite struct RunoffRoutingTests {
  @Test func balanceOnRandomRouting() throws {
    var random = SeededGenerator(seed: 571)
    for _ in 0..<60 {
      let geometry = testGeometry(columns: 9, rows: 7)
      // Downhill to random later cells in a random order of heights.
      let order = (0..<geometry.count).shuffled(using: &random)
      var shares: [RunoffRouting.Share] = []
      for (place, cell) in order.enumerated() where place < geometry.count - 1 {
        var left = 1.0
        for _ in 0..<Int(random.next() % 4) {
          let to = order[place + 1 + Int(random.next() % UInt64(geometry.count - place - 1))]
          let weight = left * random.unit()
          if weight > 0 { shares.append(.init(from: cell, to: to, weight: weight)) }
          left -= weight
        }
      }
      let routing = try RunoffRouting(geometry, shares: shares.shuffled(using: &random))
      func values(_ from: Double, _ to: Double) -> Grid<Float> {
        Grid(
          geometry,
          cells: (0..<geometry.count).map { _ in
            random.next() % 20 == 0 ? .nan : Float(from + random.unit() * (to - from))
          })
      }
      let (rain, conductivity) = (values(0, 50), values(0, 60))
      let waterTable = values(0, 2).map(threads: 1) { $0 < 0.5 ? 0 : $0 }
      let flux = values(-2, 2)
      let step = try #require(
        try infiltration(
          of: [RainStep(duration: 60, intensity: rain)], conductivity: conductivity, waterTable: waterTable,
          initialFlux: flux, routing: routing, threads: 1
        ).first)
      // Slow: give each cell's run-on from those before it in the order.
      var arriving = [Double](repeating: 0, count: geometry.count)
      for cell in order {
        let isKnown =
          !rain[cell].isNaN && !conductivity[cell].isNaN && !waterTable[cell].isNaN && !flux[cell].isNaN
        guard isKnown else {
          #expect(step.infiltration[cell].isNaN && step.runoff[cell].isNaN)
          continue
        }
        let springs = waterTable[cell] == 0 && flux[cell] < 0
        let taken = springs ? 0 : min(Double(conductivity[cell]), Double(rain[cell]) + arriving[cell])
        let left = Double(rain[cell]) + arriving[cell] - taken + (springs ? -Double(flux[cell]) : 0)
        #expect(abs(Double(step.infiltration[cell]) - taken) < 1e-5 * max(1, taken))
        #expect(abs(Double(step.runoff[cell]) - left) < 1e-5 * max(1, left))
        for share in shares where share.from == cell { arriving[share.to] += share.weight * left }
      }
      let supply = step.balance.rain + step.balance.exfiltration
      #expect(abs(step.balance.error) < 1e-12 * supply)
      #expect(step.balance.runoff > 0)
    }
  }

  @Test func directionsCarryEverything() throws {
    // East, east, south into an outlet; a pit keeps its own.
    let directions = grid([[0, 0, 2], [9, 255, 8]] as [[UInt8]])
    let routing = try RunoffRouting(directions: directions)
    let rain = grid([[10, 10, 10], [10, .nan, 10]] as [[Float]])
    let step = try #require(
      try infiltration(
        of: [RainStep(duration: 1, intensity: rain)], conductivity: grid([[4, 4, 100], [4, 4, 4]]),
        waterTable: grid([[1, 1, 1], [1, 1, 1]]), initialFlux: grid([[0, 0, 0], [0, 0, 0]]), routing: routing,
        threads: 1
      ).first)
    #expect(step.runoff[0, 0] == 6 && step.runoff[1, 0] == 12 && step.runoff[2, 0] == 0)
    #expect(step.infiltration[2, 0] == 22 && step.runoff[2, 1] == 6 && step.runoff[0, 1] == 6)
    #expect(step.infiltration[1, 1].isNaN)
    #expect(step.balance.rain == 50 && step.balance.infiltration == 38 && step.balance.runoff == 12)
  }

  @Test func impossibleSharesAreRefused() {
    let geometry = testGeometry(columns: 3, rows: 1)
    typealias Share = RunoffRouting.Share
    for shares: [Share] in [
      [Share(from: 0, to: 3, weight: 1)], [Share(from: 1, to: 1, weight: 1)], [Share(from: 0, to: 1, weight: 0)],
      [Share(from: 0, to: 1, weight: 0.7), Share(from: 0, to: 2, weight: 0.4)],
      [Share(from: 0, to: 1, weight: 1), Share(from: 1, to: 2, weight: 1), Share(from: 2, to: 0, weight: 1)],
    ] {
      let error = #expect(throws: InvalidRouting.self) { try RunoffRouting(geometry, shares: shares) }
      #expect(error?.share != nil)
    }
  }
}
