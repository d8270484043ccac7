import Exposure
import Grids
import TestSupport
import Testing

/// Curves for Europe of JRC105688, as far as the tests need them.
private let residential = [0, 0.25, 0.40, 0.50, 0.60, 0.75, 0.85, 0.95, 1]
private let depths = [0, 0.5, 1, 1.5, 2, 3, 4, 5, 6]

@Suite struct DamageTests {
  @Test func interpolatesBetweenKnots() throws {
    let curve = try DamageCurve(depths: depths, shares: residential)
    for (depth, share) in [
      (0.3, 0.15), (0.75, 0.325), (2.5, 0.675), (7, 1), (0, 0), (-1, 0), (0.5, 0.25), (6, 1),
    ] {
      #expect(abs(try #require(curve.share(at: depth)) - share) < 1e-15, "\(depth)")
    }
    #expect(curve.share(at: .nan) == nil)
    #expect(curve.share(at: .infinity) == 1)
    #expect(curve.oddities.isEmpty)
    #expect(try DamageCurve(depths: depths.reversed(), shares: residential.reversed()) == curve)
  }

  @Test func agreesWithAScan() throws {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<200 {
      let count = 1 + Int(random.unit() * 8)
      let knots = (0..<count).map { Double($0) + random.unit() * 0.9 }
      let shares = knots.map { _ in random.unit() }
      let curve = try DamageCurve(depths: knots, shares: shares)
      for _ in 0..<20 {
        let depth = random.unit() * 10 - 1
        var expected = shares[0]
        for index in knots.indices where depth >= knots[index] {
          expected = shares[index]
          if index + 1 < count, depth < knots[index + 1] {
            let t = (depth - knots[index]) / (knots[index + 1] - knots[index])
            expected = (1 - t) * shares[index] + t * shares[index + 1]
          }
        }
        #expect(abs(try #require(curve.share(at: depth)) - expected) < 1e-14)
      }
    }
  }

  @Test func oddCurvesAreTold() throws {
    #expect(
      try DamageCurve(depths: [0.5, 1, 2], shares: [0.2, 0.5, 0.4]).oddities == [
        .start(depth: 0.5, share: 0.2), .falls(from: 1, to: 2),
      ])
    #expect(
      try DamageCurve(depths: [0, 1], shares: [0.1, 0.5]).oddities == [.start(depth: 0, share: 0.1)]
    )
    // A basement counts from below the ground.
    #expect(try DamageCurve(depths: [-2, 1], shares: [0, 0.5]).oddities.isEmpty)
    #expect(throws: DamageCurveError.empty) { try DamageCurve(depths: [], shares: []) }
    #expect(throws: DamageCurveError.unequalCounts(depths: 2, shares: 1)) {
      try DamageCurve(depths: [0, 1], shares: [0])
    }
    #expect(throws: DamageCurveError.duplicateDepth(1)) {
      try DamageCurve(depths: [1, 0, 1], shares: [0, 0, 1])
    }
    #expect(throws: DamageCurveError.invalidShare(1.5, depth: 1)) {
      try DamageCurve(depths: [0, 1], shares: [0, 1.5])
    }
    #expect(throws: DamageCurveError.self) { try DamageCurve(depths: [0, 1], shares: [0, .nan]) }
    #expect(throws: DamageCurveError.self) {
      try DamageCurve(depths: [0, .infinity], shares: [0, 1])
    }
  }

  @Test func buildingsHaveFloorsAndBasements() throws {
    let curve = try DamageCurve(depths: depths, shares: residential)
    let house = BuildingDamage(curve: curve, valuePerSquareMetre: 10_000, floorHeight: 0.2)
    #expect(house.damage(depth: 0.15, area: 100) == 0)
    #expect(abs(try #require(house.damage(depth: 0.7, area: 100)) - 250_000) < 1e-6)
    #expect(house.damage(depth: nil, area: 100) == nil)
    #expect(house.damage(depth: .nan, area: 100) == nil)
    #expect(house.damage(depth: 0.7, area: nil) == nil)
    let cellar = BuildingDamage(
      curve: curve, valuePerSquareMetre: 10_000, floorHeight: 0.2,
      basement: .init(depth: 0.1, valuePerSquareMetre: 2000))
    #expect(cellar.damage(depth: 0.09, area: 100) == 0)
    #expect(cellar.damage(depth: 0.1, area: 100) == 200_000)
    #expect(abs(try #require(cellar.damage(depth: 0.7, area: 100)) - 450_000) < 1e-6)
    // Where there is no water there is no damage, however the curve begins.
    let odd = BuildingDamage(
      curve: try DamageCurve(depths: [0, 1], shares: [0.1, 1]), valuePerSquareMetre: 1,
      basement: .init(depth: 0, valuePerSquareMetre: 5))
    #expect(odd.damage(depth: 0, area: 1) == 0)
    #expect(odd.damage(depth: 0.5, area: 1) == 5.55)
  }

  /// The raster example of DamageScanner.
  @Test(arguments: [1, 3]) func damageScannerRaster(threads: Int) throws {
    let depth = grid(
      [
        [0, 0, 0, 0, 0, 0], [0, 0, 0, 0.5, 1, 1], [0, 0, 0, 1, 2, 1], [1, 0.25, 0, 0.25, 2, 0.5],
        [0, 0.5, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
      ] as [[Float]], cell: 10)
    let classes = grid(
      [
        [1, 1, 1, 1, 1, 1], [1, 1, 1, 4, 4, 4], [2, 2, 2, 2, 2, 2], [1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 4, 4],
        [3, 3, 3, 1, 1, 1],
      ] as [[Int32]], cell: 10)
    let curve = try DamageCurve(
      depths: [0, 0.5, 1.5, 2, 2.5, 3], shares: [0, 0.2, 0.4, 0.6, 0.8, 1])
    let values: [Int32: Double] = [1: 50, 2: 300, 3: 600, 4: 200]
    let damage = try classDamage(
      depth: depth, classes: classes, curves: values.mapValues { (curve, $0) }, threads: threads)
    #expect(abs((0..<damage.count).reduce(0) { $0 + Double(damage[$1]) } - 59_500) < 1e-2)
  }

  /// The vector example of DamageScanner: 10 × 10 cells, y up from 0.
  @Test func damageScannerVector() throws {
    let rows = (0..<10).map { row in
      (0..<10).map { column -> Float in
        let y = 9 - row
        return y < 5 ? (column < 5 ? 0.5 : 3) : (column < 5 ? 0 : .nan)
      }
    }
    let depth = grid(rows)
    let (west, south) = (depth.geometry.west, depth.geometry.south)
    let homes = try DamageCurve(depths: [0, 1, 2], shares: [0, 0.2, 0.3])
    let shops = try DamageCurve(depths: [0, 1, 2], shares: [0, 0.4, 0.6])
    let items: [(x: (Double, Double), y: (Double, Double), curve: DamageCurve, value: Double)] = [
      ((1, 2), (1, 2), homes, 100), ((1, 3), (1, 3), homes, 200), ((1, 3), (1, 3), shops, 300),
      ((8, 9), (1, 2), homes, 100), ((4.5, 5.5), (1, 2), homes, 100), ((1, 2), (8, 9), homes, 100),
      ((8, 9), (8, 9), homes, 100), ((4.5, 5.5), (4.5, 5.5), homes, 100),
    ]
    func damages(_ unknown: UnknownDepth) -> [Double?] {
      items.map { item in
        let ring = [
          (item.x.0, item.y.0), (item.x.1, item.y.0), (item.x.1, item.y.1), (item.x.0, item.y.1),
        ].map { Coordinate(x: west + $0.0, y: south + $0.1) }
        return surfaceDamage(
          of: [Polygon(rings: [ring])], depth: depth, curve: item.curve,
          valuePerSquareMetre: item.value,
          unknown: unknown)
      }
    }
    for (found, expected) in zip(damages(.dry), [10.0, 80, 240, 30, 20, 0, 0, 10]) {
      #expect(abs(try #require(found) - expected) < 1e-12)
    }
    let honest = damages(.unknown(minimumCoveredFraction: 0.98))
    #expect(honest[6] == nil && honest[7] == nil)
    #expect(honest[..<6].allSatisfy { $0 != nil })
    #expect(abs(try #require(damages(.unknown(minimumCoveredFraction: 0.7))[7]) - 10) < 1e-12)
  }
}
