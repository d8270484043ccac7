import Exposure
import TestSupport
import Testing

@Suite struct PriorityRankingTests {
  @Test func writtenOut() {
    let places = priorities(by: [
      RankingCriterion(values: [0, 10, 5, 0, nil]),
      RankingCriterion(values: [1, 3, 4, 1, 9], weight: 3),
    ])
    // Others with less, of three: first criterion 0 3 2 0, second 0 2 3 0; weights 1 and 3.
    #expect(places.map { $0?.rank } == [3, 2, 1, 3, nil])
    #expect(places.map { $0?.score } == [0, 0.75, 11.0 / 12, 0, nil])
    let alone = priorities(by: [RankingCriterion(values: [4])])
    #expect(alone[0]?.score == 0 && alone[0]?.rank == 1)
    #expect(priorities(by: []).isEmpty)
  }

  @Test func invariants() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<100 {
      let count = 2 + Int(random.unit() * 20)
      // Few distinct values, so that many are equal.
      func column() -> [Double] { (0..<count).map { _ in (random.unit() * 4).rounded(.down) } }
      let (a, b) = (column(), column())
      let places = priorities(by: [RankingCriterion(values: a), RankingCriterion(values: b)])
        .compactMap { $0 }
      #expect(places.count == count)
      for i in 0..<count {
        // The slow definition.
        let less = (0..<count).count { a[$0] < a[i] } + (0..<count).count { b[$0] < b[i] }
        #expect(abs(places[i].score - Double(less) / Double(2 * (count - 1))) < 1e-15)
        #expect(places[i].rank == 1 + places.count { $0.score > places[i].score })
        for j in 0..<count where a[i] == a[j] && b[i] == b[j] { #expect(places[i] == places[j]) }
        for j in 0..<count where a[i] > a[j] && b[i] > b[j] {
          #expect(places[i].rank < places[j].rank)
        }
      }
      // Only the order of values counts, and the order of areas does not.
      let scaled = priorities(by: [
        RankingCriterion(values: a.map { $0 * 1e6 - 3 }), RankingCriterion(values: b),
      ])
      #expect(scaled.compactMap { $0 } == places)
      let turned = priorities(by: [
        RankingCriterion(values: a.reversed()), RankingCriterion(values: b.reversed()),
      ])
      #expect(turned.reversed().compactMap { $0 } == places)
    }
  }
}
