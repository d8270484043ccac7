import Foundation
import Grids
import TestSupport
import Testing

@testable import Landslide

private func tangent(_ degrees: Double) -> Double { tan(degrees * .pi / 180) }

/// Probabilities on a grid of one slope and area: every cell is a sample of its own.
private func probabilities(
  _ soil: UncertainSoil, recharge: Distribution, slope: Double, area: Double, cells: Int = 16, draws: Int = 4096,
  seed: UInt64 = 1, threads: Int = 2
) throws -> FailureProbability {
  let geometry = testGeometry(columns: cells, rows: cells, cell: 1)
  return try failureProbability(
    upslopeArea: Grid(geometry, repeating: Float(area)), slopeTangent: Grid(geometry, repeating: Float(slope)),
    recharge: recharge, soil: Grid(geometry, repeating: 1), table: UncertainSoilTable([1: .soil(soil)]), draws: draws,
    seed: seed, threads: threads)
}

private func mean(_ grid: Grid<Float>) -> Double { grid.cells.reduce(0) { $0 + Double($1) } / Double(grid.count) }

private let till = UncertainSoil(
  cohesion: .triangular(lower: 0, mode: 2, upper: 5), friction: .angle(.normal(mean: 33, standardDeviation: 2)),
  unitWeight: 18, depth: .uniform(lower: 0.6, upper: 1.6),
  transmissivity: .conductivity(.lognormal(mean: 20, standardDeviation: 12), .normalThickness),
  correlations: [Correlation(.cohesion, .friction, coefficient: -0.4)], source: "test")
private let rain = Distribution.uniform(lower: 5, upper: 60)

/// A draw as it is written in the model, in `Double` with library functions.
private func slowCounts(
  _ soil: UncertainSoil, _ recharge: Distribution, slope: Double, area: Double, column: Int, row: Int, draws: Int,
  seed: UInt64
) -> (failed: Int, saturated: Int, unsure: Int) {
  func number(_ quantity: UncertainQuantity, _ draw: Int) -> Double {
    let words = Philox.words(
      counter: SIMD4(UInt32(draw / 4), quantity.rawValue, UInt32(column), UInt32(row)),
      key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    return (2 * Double(words[draw % 4] >> 9) + 1) / 16_777_216
  }
  /// Inverse of the normal distribution function by bisection.
  func score(_ p: Double) -> Double {
    var (low, high) = (-9.0, 9.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if 0.5 * erfc(-middle / 2.0.squareRoot()) < p { low = middle } else { high = middle }
    }
    return low
  }
  func quantile(_ distribution: Distribution, _ p: Double, top: Double) -> Double {
    func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
    switch distribution {
    case .constant(let value): return value
    case .uniform(let lower, let upper): return lower + p * (upper - lower)
    case .triangular(let lower, let mode, let upper):
      return p < (mode - lower) / (upper - lower)
        ? lower + (p * (upper - lower) * (mode - lower)).squareRoot()
        : upper - ((1 - p) * (upper - lower) * (upper - mode)).squareRoot()
    case .normal(let mean, let deviation):
      let (from, to) = (cumulative(-mean / deviation), cumulative((top - mean) / deviation))
      return mean + deviation * score(from + p * (to - from))
    case .lognormal(let mean, let deviation):
      let variance = log(1 + deviation * deviation / mean / mean)
      return exp(log(mean) - variance / 2 + variance.squareRoot() * score(p))
    }
  }
  var result = (failed: 0, saturated: 0, unsure: 0)
  for draw in 0..<draws {
    func value(_ quantity: UncertainQuantity, _ distribution: Distribution, top: Double = .infinity) -> Double {
      var p = number(quantity, draw)
      if let pair = soil.correlations.first(where: { $0.second == quantity }) {
        let r = pair.coefficient
        let z = r * score(number(pair.first, draw)) + (1 - r * r).squareRoot() * score(p)
        p = 0.5 * erfc(-z / 2.0.squareRoot())
      }
      return quantile(distribution, p, top: top)
    }
    let depth = value(.depth, soil.depth)
    let friction: Double
    switch soil.friction {
    case .angle(let distribution): friction = value(.friction, distribution, top: 89)
    case .tangent(let distribution): friction = atan(value(.friction, distribution)) * 180 / .pi
    }
    let q = value(.recharge, recharge)
    let wetness: Double
    switch soil.transmissivity {
    case .value(let distribution):
      wetness = q / 1000 * area / (value(.transmissivity, distribution) * slope / (1 + slope * slope).squareRoot())
    case .conductivity(let distribution, let convention):
      let thickness = convention == .normalThickness ? depth / (1 + slope * slope).squareRoot() : depth
      wetness =
        q / 1000 * area
        / (value(.transmissivity, distribution) * thickness * slope / (1 + slope * slope).squareRoot())
    }
    let ground = SoilStrength(
      cohesion: value(.cohesion, soil.cohesion), frictionAngle: friction, unitWeight: soil.unitWeight,
      surcharge: soil.surcharge, depth: depth, conductivity: 1, source: "test")
    let safety = InfiniteSlope.factorOfSafety(ground, slopeTangent: slope, wetness: wetness)
    if safety <= 1 { result.failed += 1 }
    if wetness >= 1 { result.saturated += 1 }
    if abs(safety - 1) < 3e-6 || abs(wetness - 1) < 3e-6 { result.unsure += 1 }
  }
  return result
}

@Suite struct FailureProbabilityTests {
  /// The same draws, one by one in `Double`: counts differ only where a draw lies on the edge.
  @Test func everyDrawIsTheOneThatIsDocumented() throws {
    let soils = [
      till,
      UncertainSoil(
        cohesion: .lognormal(mean: 2, standardDeviation: 1),
        friction: .tangent(.uniform(lower: 0.5, upper: 0.8)), unitWeight: 17, surcharge: 1,
        depth: .normal(mean: 0.8, standardDeviation: 0.5),
        transmissivity: .value(.triangular(lower: 5, mode: 5, upper: 30)),
        correlations: [Correlation(.depth, .cohesion, coefficient: 0.7)], source: "test"),
      UncertainSoil(
        cohesion: .constant(1), friction: .angle(.triangular(lower: 28, mode: 36, upper: 36)), unitWeight: 20,
        depth: .constant(1),
        transmissivity: .conductivity(.normal(mean: 10, standardDeviation: 6), .verticalThickness),
        correlations: [Correlation(.recharge, .friction, coefficient: -1)], source: "test"),
    ]
    let weather: [Distribution] = [
      rain, .lognormal(mean: 20, standardDeviation: 15), .normal(mean: 10, standardDeviation: 8),
    ]
    for (soil, recharge) in zip(soils, weather) {
      for (slope, area, draws) in [(0.55, 400.0, 1000), (0.7, 60, 1023), (0.6, 3000, 33)] {
        let found = try probabilities(
          soil, recharge: recharge, slope: slope, area: area, cells: 3, draws: draws, seed: 0x1234_5678_9ABC_DEF0)
        for row in 0..<3 {
          let column = 2 - row
          let slow = slowCounts(
            soil, recharge, slope: Double(Float(slope)), area: area, column: column, row: row, draws: draws,
            seed: 0x1234_5678_9ABC_DEF0)
          let failed = Double(found.probability[column, row]) * Double(draws)
          let saturated = Double(found.saturation[column, row]) * Double(draws)
          #expect(abs(failed - Double(slow.failed)) < Double(slow.unsure) + 0.01)
          #expect(abs(saturated - Double(slow.saturated)) < Double(slow.unsure) + 0.01)
          #expect(slow.unsure <= 2)
        }
      }
    }
  }

  /// The closed form of the stability index is the probability that the slope stands.
  @Test(arguments: [(50.0, 35.0), (50, 40), (100, 45), (5, 50), (5000, 25), (5000, 30)])
  func convergesToTheClosedForm(area: Double, degrees: Double) throws {
    let ranges = StabilityIndexRanges(
      cohesion: 0...0.25, frictionTangent: tangent(30)...tangent(45), rechargeRatio: 1 / 3000...1 / 2000)
    let exact = 1 - StabilityIndex.index(ranges, slopeTangent: tangent(degrees), specificCatchmentArea: area)
    // C = c / (γ h), with h normal to the slope: a depth of 1/cosθ. R/T evenly likely: so is R with T = 1 m²/d.
    let soil = UncertainSoil(
      cohesion: .uniform(lower: 0, upper: 0.25 * 2 * 9.81), friction: .tangent(.uniform(lower: tangent(30), upper: 1)),
      unitWeight: 2 * 9.81, depth: .constant(1 / cos(degrees * .pi / 180)), transmissivity: .value(.constant(1)),
      source: "test")
    let recharge = Distribution.uniform(lower: 1000.0 / 3000, upper: 1000.0 / 2000)
    // The error falls with the root of the number of draws: 256 cells × n.
    for draws in [64, 1024, 16_384] {
      let found = try probabilities(soil, recharge: recharge, slope: tangent(degrees), area: area, draws: draws)
      let n = Double(256 * draws)
      let deviation = (exact * (1 - exact) / n).squareRoot()
      #expect(abs(mean(found.probability) - exact) < 4 * deviation + 1e-6)
      // Cells scatter as independent trials do: the mean square is the variance of one, within 5 of its deviations.
      let scatter = found.probability.cells.reduce(0) { $0 + (Double($1) - exact) * (Double($1) - exact) } / 256
      #expect(abs(scatter / (exact * (1 - exact) / Double(draws)) - 1) < 5 * (2.0 / 256).squareRoot())
    }
  }

  /// Shares that follow from one quantity alone have a closed form for every distribution.
  @Test func oneUncertainQuantity() throws {
    // Dry, cohesionless: fails where tan φ ≤ tan θ.
    func failing(_ friction: FrictionDistribution, _ slope: Double) throws -> Double {
      let soil = UncertainSoil(
        cohesion: .constant(0), friction: friction, unitWeight: 18, depth: .constant(1),
        transmissivity: .value(.constant(1)), source: "test")
      return mean(try probabilities(soil, recharge: .constant(0), slope: slope, area: 1, draws: 8192).probability)
    }
    func normal(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
    // Four deviations of 2 million draws.
    let tolerance = 4 * (0.25 / (256.0 * 8192)).squareRoot()
    for degrees in [28.0, 31, 34] {
      let t = tangent(degrees)
      let angle = atan(t) * 180 / .pi
      #expect(abs(try failing(.angle(.uniform(lower: 25, upper: 40)), t) - (angle - 25) / 15) < tolerance)
      let left = (angle - 25) * (angle - 25) / (15 * 7)
      let right = 1 - (40 - angle) * (40 - angle) / (15 * 8)
      #expect(
        abs(try failing(.angle(.triangular(lower: 25, mode: 32, upper: 40)), t) - (angle < 32 ? left : right))
          < tolerance)
      #expect(
        abs(try failing(.angle(.normal(mean: 32, standardDeviation: 3)), t) - normal((angle - 32) / 3)) < tolerance)
      let variance = log(1 + 9.0 / 1024)
      #expect(
        abs(
          try failing(.angle(.lognormal(mean: 32, standardDeviation: 3)), t)
            - normal((log(angle) - log(32) + variance / 2) / variance.squareRoot())) < tolerance)
      // Cut off at 89°: the mass above is spread over what is left.
      #expect(
        abs(
          try failing(.angle(.normal(mean: 60, standardDeviation: 40)), t)
            - (normal((angle - 60) / 40) - normal(-1.5)) / (normal(29.0 / 40) - normal(-1.5))) < tolerance)
    }
  }

  /// Cohesion and tan φ normal and correlated, dry: the margin is normal too.
  @Test(arguments: [-0.95, -0.5, 0, 0.5, 0.95])
  func correlatedPairsHaveAClosedForm(coefficient: Double) throws {
    let soil = UncertainSoil(
      cohesion: .normal(mean: 4, standardDeviation: 0.8),
      friction: .tangent(.normal(mean: 0.65, standardDeviation: 0.06)), unitWeight: 18, depth: .constant(1),
      transmissivity: .value(.constant(1)),
      correlations: coefficient == 0 ? [] : [Correlation(.cohesion, .friction, coefficient: coefficient)],
      source: "test")
    let t = tangent(40)
    let found = mean(
      try probabilities(soil, recharge: .constant(0), slope: t, area: 1, cells: 32, draws: 2048).probability)
    // g = c (1 + t²) + γ z (tan φ − t).
    let margin = 4 * (1 + t * t) + 18 * (0.65 - t)
    let (a, b) = (0.8 * (1 + t * t), 18 * 0.06)
    let deviation = (a * a + b * b + 2 * coefficient * a * b).squareRoot()
    let exact = 0.5 * erfc(margin / deviation / 2.0.squareRoot())
    #expect(abs(found - exact) < 4 * (exact * (1 - exact) / (1024 * 2048)).squareRoot() + 1e-6)
  }

  @Test func sameBitsForAnyTilingAndThreads() throws {
    var random = SeededGenerator(seed: 531)
    let geometry = testGeometry(columns: 23, rows: 19, cell: 2)
    func values(_ from: Double, _ to: Double) -> Grid<Float> {
      Grid(
        geometry,
        cells: (0..<geometry.count).map { _ in
          random.next() % 11 == 0 ? .nan : Float(from + random.unit() * (to - from))
        })
    }
    let (area, slope, scale, depth) = (values(4, 2000), values(0, 1), values(0.5, 2), values(0.5, 1.5))
    let soil = Grid<Int32>(geometry, cells: (0..<geometry.count).map { _ in [1, 1, 2, .min][Int(random.next() % 4)] })
    let table = try UncertainSoilTable([1: .soil(till), 2: .notSusceptible])
    func run(_ columns: Range<Int>, _ rows: Range<Int>, threads: Int, seed: UInt64 = 7) throws -> FailureProbability {
      func cut<T>(_ grid: Grid<T>) -> Grid<T> {
        Grid(
          geometry.window(columns: columns, rows: rows), cells: rows.flatMap { row in columns.map { grid[$0, row] } })
      }
      return try failureProbability(
        upslopeArea: cut(area), slopeTangent: cut(slope), recharge: rain, rechargeScale: cut(scale), soil: cut(soil),
        table: table, depthScale: cut(depth), draws: 200, seed: seed, origin: (columns.lowerBound, rows.lowerBound),
        threads: threads)
    }
    let whole = try run(0..<23, 0..<19, threads: 1)
    let other = try run(0..<23, 0..<19, threads: 1, seed: 8)
    var uncertain = 0
    var different = 0
    for (columns, rows, threads) in [(0..<23, 0..<19, 3), (0..<9, 0..<19, 2), (9..<23, 5..<19, 1)] {
      let part = try run(columns, rows, threads: threads)
      for (row, wholeRow) in rows.enumerated() {
        for (column, wholeColumn) in columns.enumerated() {
          for (a, b) in [
            (part.probability, whole.probability), (part.lower, whole.lower), (part.upper, whole.upper),
            (part.saturation, whole.saturation),
          ] { #expect(a[column, row].bitPattern == b[wholeColumn, wholeRow].bitPattern) }
        }
      }
    }
    for cell in 0..<geometry.count {
      let p = whole.probability[cell]
      let isKnown = !slope[cell].isNaN && !area[cell].isNaN && soil[cell] != .min
      if isKnown && soil[cell] == 2 {
        #expect(p == 0 && whole.lower[cell] == 0 && whole.upper[cell] == 0 && whole.saturation[cell] == 0)
        continue
      }
      guard isKnown, !scale[cell].isNaN, !depth[cell].isNaN else {
        #expect(p.isNaN && whole.lower[cell].isNaN && whole.upper[cell].isNaN && whole.saturation[cell].isNaN)
        continue
      }
      #expect(whole.lower[cell] <= p && p <= whole.upper[cell])
      if p > 0 && p < 1 { uncertain += 1 }
      if p != other.probability[cell] { different += 1 }
    }
    #expect(uncertain > 40 && different > 30)
  }

  /// Cells whose outcome is certain are not drawn; the counts must be those of drawing.
  @Test func certainCellsAreWhatDrawingGives() throws {
    let bounded = UncertainSoil(
      cohesion: .uniform(lower: 1, upper: 2), friction: .angle(.triangular(lower: 30, mode: 32, upper: 36)),
      unitWeight: 18, depth: .uniform(lower: 0.8, upper: 1.2), transmissivity: .value(.uniform(lower: 10, upper: 20)),
      source: "test")
    var seen = Set<Float>()
    for slope in stride(from: 0.05, to: 2, by: 0.05) {
      for area in [1.0, 1e5] {
        let found = try probabilities(bounded, recharge: rain, slope: slope, area: area, cells: 1, draws: 512)
        let slow = slowCounts(
          bounded, rain, slope: Double(Float(slope)), area: area, column: 0, row: 0, draws: 512, seed: 1)
        #expect(abs(Double(found.probability[0]) * 512 - Double(slow.failed)) < Double(slow.unsure) + 0.01)
        #expect(abs(Double(found.saturation[0]) * 512 - Double(slow.saturated)) < Double(slow.unsure) + 0.01)
        seen.insert(found.probability[0])
      }
    }
    #expect(seen.contains(0) && seen.contains(1) && seen.count > 5)
  }

  @Test func moreWaterAndLessStrengthFailMore() throws {
    func failing(cohesion: Double = 2, friction: Double = 33, water: Double = 30) throws -> Grid<Float> {
      let soil = UncertainSoil(
        cohesion: .uniform(lower: cohesion, upper: cohesion + 3),
        friction: .angle(.normal(mean: friction, standardDeviation: 2)), unitWeight: 18, depth: .constant(1),
        transmissivity: .value(.constant(15)), source: "test")
      return try probabilities(
        soil, recharge: .uniform(lower: 0, upper: water), slope: 0.75, area: 200, cells: 8, draws: 512
      ).probability
    }
    let base = try failing()
    #expect(mean(base) > 0.02 && mean(base) < 0.98)
    // The same numbers are drawn, so that it holds cell by cell.
    for cell in 0..<base.count {
      #expect(try failing(water: 45)[cell] >= base[cell])
      #expect(try failing(cohesion: 3)[cell] <= base[cell])
      #expect(try failing(friction: 35)[cell] <= base[cell])
    }
  }

  @Test func flatGround() throws {
    let flat = try probabilities(till, recharge: rain, slope: 0, area: 100, cells: 2)
    #expect(flat.probability.cells.allSatisfy { $0 == 0 } && flat.upper.cells.allSatisfy { $0 == 0 })
    #expect(flat.saturation.cells.allSatisfy { $0 == 1 })
    let dry = try probabilities(till, recharge: .constant(0), slope: 0, area: 100, cells: 2)
    #expect(dry.saturation.cells.allSatisfy { $0 == 0 })
  }

  /// Landlab's component writes the ratio of densities, 0.5, into the program.
  @Test func theUnitWeightMatters() throws {
    func failing(_ unitWeight: Double) throws -> Double {
      let soil = UncertainSoil(
        cohesion: .constant(0), friction: .angle(.uniform(lower: 30, upper: 45)), unitWeight: unitWeight,
        depth: .constant(1), transmissivity: .value(.constant(1)), source: "test")
      return mean(try probabilities(soil, recharge: .constant(1e5), slope: 0.5, area: 100, cells: 4).probability)
    }
    // Full of water: fails where tan φ ≤ 0.5 / (1 − γw/γ).
    for unitWeight in [16.0, 19.62, 22] {
      let angle = atan(0.5 / (1 - 9.81 / unitWeight)) * 180 / .pi
      #expect(abs(try failing(unitWeight) - min(max((angle - 30) / 15, 0), 1)) < 0.01)
    }
  }

  @Test func impossibleInputIsRefused() throws {
    func table(
      cohesion: Distribution = .constant(1), friction: FrictionDistribution = .angle(.constant(30)),
      unitWeight: Double = 18, depth: Distribution = .uniform(lower: 1, upper: 2),
      transmissivity: TransmissivityDistribution = .value(.constant(1)), correlations: [Correlation] = []
    ) throws -> UncertainSoilTable {
      try UncertainSoilTable([
        7: .soil(
          UncertainSoil(
            cohesion: cohesion, friction: friction, unitWeight: unitWeight, depth: depth,
            transmissivity: transmissivity, correlations: correlations, source: "test"))
      ])
    }
    _ = try table()
    for make: () throws -> UncertainSoilTable in [
      { try table(cohesion: .uniform(lower: -1, upper: 2)) }, { try table(cohesion: .uniform(lower: 2, upper: 2)) },
      { try table(friction: .angle(.triangular(lower: 30, mode: 20, upper: 40))) },
      { try table(friction: .angle(.constant(90))) }, { try table(unitWeight: 9) },
      { try table(depth: .normal(mean: 1, standardDeviation: 0)) },
      { try table(depth: .lognormal(mean: 0, standardDeviation: 1)) },
      { try table(transmissivity: .value(.constant(0))) }, { try table(cohesion: .constant(.nan)) },
      { try table(correlations: [Correlation(.depth, .recharge, coefficient: 1.1)]) },
      { try table(correlations: [Correlation(.depth, .cohesion, coefficient: 0.5)]) },
      { try table(correlations: [Correlation(.depth, .depth, coefficient: 0.5)]) },
    ] {
      let error = #expect(throws: InvalidDistribution.self) { try make() }
      #expect(error?.code == 7)
      #expect(error?.description.contains("soil class 7") ?? false)
    }
    let error = #expect(throws: InvalidDistribution.self) {
      try probabilities(till, recharge: .uniform(lower: -5, upper: 5), slope: 0.5, area: 1)
    }
    #expect(error?.description.contains("recharge in mm/d") ?? false)
  }
}

@Suite struct WilsonIntervalTests {
  @Test func figures() {
    // By hand: n = 10, none succeeds: upper bound z²/(n + z²).
    let z2 = 1.96 * 1.96
    #expect(WilsonInterval.interval(successes: 0, of: 10).lowerBound == 0)
    #expect(abs(WilsonInterval.interval(successes: 0, of: 10).upperBound - z2 / (10 + z2)) < 1e-14)
    #expect(WilsonInterval.interval(successes: 10, of: 10).upperBound == 1)
    // Half of 100: centre ½, half-width z √(1/400 + z²/40000) / (1 + z²/100).
    let half = 1.96 * (1.0 / 400 + z2 / 40_000).squareRoot() / (1 + z2 / 100)
    let interval = WilsonInterval.interval(successes: 50, of: 100)
    #expect(abs(interval.upperBound - 0.5 - half) < 1e-14 && abs(interval.lowerBound - 0.5 + half) < 1e-14)
    // 2 of 20 gives 0.0279…0.3010, as in published examples.
    let few = WilsonInterval.interval(successes: 2, of: 20)
    #expect(abs(few.lowerBound - 0.0279) < 1e-4 && abs(few.upperBound - 0.3010) < 1e-4)
  }

  /// The bounds are where the share lies z deviations from the truth: the definition of the score interval.
  @Test func definition() {
    for (k, n) in [(1, 7), (3, 250), (249, 250), (500, 1000)] {
      let interval = WilsonInterval.interval(successes: k, of: n)
      for bound in [interval.lowerBound, interval.upperBound] {
        let deviation = (bound * (1 - bound) / Double(n)).squareRoot()
        #expect(abs(abs(Double(k) / Double(n) - bound) / deviation - 1.96) < 1e-9)
      }
    }
  }
}
