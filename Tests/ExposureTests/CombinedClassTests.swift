import Exposure
import Grids
import TestSupport
import Testing

@Suite struct CombinedClassTests {
  private let rules = [
    HazardClassRule(quantity: 0, from: 0.1, below: 0.5, classNumber: 1),
    HazardClassRule(quantity: 0, from: 0.5, below: .infinity, classNumber: 3),
    HazardClassRule(quantity: 1, from: -.infinity, below: 1, classNumber: 2),
  ]

  @Test func writtenOut() throws {
    let depth = grid([[0, 0.1, 0.49, 0.5, .nan, .nan, 0.2, 9]] as [[Float]])
    let safety = grid([[2, 2, 0.5, 0.5, 0.5, 2, .nan, .nan]] as [[Float]])
    let found = try combinedClass(of: [depth, safety], rules: rules, threads: 1)
    #expect((0..<8).map { found[$0] } == [0, 1, 2, 3, 2, combinedClassNoData, 1, 3])
    let dry = try combinedClass(of: [depth], rules: [rules[2]], threads: 1)
    #expect((0..<8).allSatisfy { dry[$0] == 0 })
  }

  @Test func agreesWithASlowSearchForAnyThreads() throws {
    var random = SeededGenerator(seed: 8)
    func noise(_ scale: Float) -> Grid<Float> {
      grid((0..<30).map { _ in (0..<40).map { _ in random.unit() < 0.2 ? .nan : Float(random.unit()) * scale } })
    }
    let (depth, safety) = (noise(1), noise(3))
    let found = try combinedClass(of: [depth, safety], rules: rules, threads: 3)
    let alone = try combinedClass(of: [depth, safety], rules: rules, threads: 1)
    #expect((0..<found.count).allSatisfy { found[$0] == alone[$0] })
    for cell in 0..<found.count {
      let values = [depth[cell], safety[cell]]
      let classes = rules.filter { values[$0.quantity] >= $0.from && values[$0.quantity] < $0.below }.map(\.classNumber)
      let isUnknown = values.contains { $0.isNaN }
      #expect(found[cell] == classes.max() ?? (isUnknown ? combinedClassNoData : 0))
    }
    #expect(throws: GeometryMismatch.self) {
      try combinedClass(of: [depth, grid([[1]] as [[Float]])], rules: rules, threads: 1)
    }
  }

  @Test func distancesOfManySurfaces() {
    let mask = grid([[0, 0, 0, 2]] as [[UInt8]])
    func square(_ x: Double) -> [Polygon] {
      [Polygon(rings: [[(x, 0), (x + 0.5, 0), (x + 0.5, 1), (x, 1)].map { Coordinate(x: $0.0, y: $0.1) }])]
    }
    for threads in [1, 4] {
      #expect(
        distances(from: [square(0), [], square(3.2), square(1)], to: mask, equalTo: 2, within: 2, threads: threads) == [
          nil, nil, 0, 1.5,
        ])
    }
  }
}
