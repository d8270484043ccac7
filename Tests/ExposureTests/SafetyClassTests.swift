import Exposure
import Grids
import TestSupport
import Testing

@Suite struct SafetyClassTests {
  private func status(_ period: Double, _ events: [Double: Bool?], probability: Bool = true)
    -> SafetyStatus
  {
    safetyStatus(
      returnPeriod: period,
      events: events.map { SafetyEvent(returnPeriod: $0.key, isHit: $0.value) },
      isProbability: probability
    ).status
  }

  @Test func returnPeriods() {
    #expect(SafetyClass.allCases.map(\.returnPeriod) == [20, 200, 1000, 100, 1000, 5000])
    #expect(SafetyClass.allCases.map(\.isFlood) == [true, true, true, false, false, false])
  }

  @Test func theEventOfTheClassDecides() {
    #expect(status(200, [20: false, 200: true, 1000: true]) == .conflict)
    #expect(status(200, [20: false, 200: false, 1000: true]) == .clear)
    #expect(status(200, [20: true, 200: false]) == .conflict)
    #expect(status(200, [20: true, 200: nil]) == .conflict)
    #expect(status(200, [20: false, 200: nil]) == .notTold)
    #expect(status(200, [20: false, 200: nil, 1000: false]) == .clear)
    #expect(status(200, [20: false, 200: nil, 1000: true]) == .toCheck)
    #expect(status(200, [200: true], probability: false) == .toCheck)
  }

  @Test func othersDecideWhereItIsMissing() {
    #expect(status(200, [100: true]) == .conflict)
    #expect(status(200, [100: false]) == .notTold)
    #expect(status(200, [100: false, 1000: false]) == .clear)
    #expect(status(200, [100: false, 500: true, 1000: true]) == .toCheck)
    #expect(status(200, [:]) == .notTold)
    #expect(status(5000, [100: false, 1000: false], probability: false) == .notTold)
    let decided = safetyStatus(
      returnPeriod: 200,
      events: [
        SafetyEvent(returnPeriod: 1000, isHit: true), SafetyEvent(returnPeriod: 500, isHit: true),
      ])
    #expect(decided.decidedBy?.returnPeriod == 500)
  }

  @Test func distancesWrittenOut() {
    let cells = grid([[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]] as [[Float]])
    let g = cells.geometry
    func square(_ x: Double, _ y: Double, _ size: Double) -> [Polygon] {
      [
        Polygon(rings: [
          [(x, y), (x + size, y), (x + size, y + size), (x, y + size)].map {
            Coordinate(x: g.west + $0.0, y: g.south + $0.1)
          }
        ])
      ]
    }
    func away(_ surface: [Polygon], within radius: Double = 100) -> Double? {
      distance(from: surface, toCellsOf: g, within: radius) { cells[$0, $1] == 1 }
    }
    #expect(away(square(2, 0.25, 0.5)) == 1)
    #expect(away(square(0.5, 0.5, 0.2)) == 0)
    #expect(away(square(1, 0, 1)) == 0)
    #expect(away(square(2, 2, 1)) == 2.0.squareRoot())
    #expect(away(square(2, 2, 1), within: 1.4) == nil)
    #expect(away(square(-4, 0, 1)) == 3)
    #expect(away(square(0, 40, 1)) == 39)
    #expect(away([]) == nil)
    #expect(distance(from: square(2, 2, 1), toCellsOf: g, within: 1e3) { _, _ in false } == nil)
  }

  /// Every cell against every edge, with the distance of the two found by fine sampling of the outline.
  @Test func distancesAgreeWithASlowSearch() throws {
    var random = SeededGenerator(seed: 12)
    for _ in 0..<60 {
      let cells = grid(
        (0..<20).map { _ in (0..<24).map { _ -> Float in random.unit() < 0.01 ? 1 : 0 } })
      let g = cells.geometry
      let centre = Coordinate(x: g.west + random.unit() * 24, y: g.south + random.unit() * 20)
      let ring = (0..<5).map { corner -> Coordinate in
        let angle = Double(corner) * 1.2566
        let radius = 0.5 + random.unit() * 2
        return Coordinate(
          x: centre.x + radius * cosine(angle), y: centre.y + radius * cosine(angle - 1.5708))
      }
      var slow = Double.infinity
      for row in 0..<20 {
        for column in 0..<24 where cells[column, row] == 1 {
          let (x, y) = (g.west + Double(column), g.north - Double(row) - 1)
          for index in ring.indices {
            let (a, b) = (ring[index], ring[(index + 1) % ring.count])
            for step in 0...2000 {
              let t = Double(step) / 2000
              let p = (a.x + t * (b.x - a.x), a.y + t * (b.y - a.y))
              let (dx, dy) = (max(x - p.0, 0, p.0 - x - 1), max(y - p.1, 0, p.1 - y - 1))
              slow = min(slow, (dx * dx + dy * dy).squareRoot())
            }
          }
        }
      }
      let found = distance(from: [Polygon(rings: [ring])], toCellsOf: g, within: 50) {
        cells[$0, $1] == 1
      }
      guard let found else {
        #expect(slow == .infinity)
        continue
      }
      // A cell inside the surface touches no edge.
      if found > 0 {
        #expect(abs(found - slow) < 2e-3, "\(found) \(slow)")
      } else {
        #expect(slow < 3)
      }
    }
  }

  private func cosine(_ angle: Double) -> Double {
    // Taylor around the nearest multiple of 2π; the tests of kernels import no Foundation.
    let x = angle - (angle / 6.283185307179586).rounded() * 6.283185307179586
    var (term, sum) = (1.0, 1.0)
    for n in 1...12 {
      term *= -x * x / Double((2 * n - 1) * (2 * n))
      sum += term
    }
    return sum
  }
}
