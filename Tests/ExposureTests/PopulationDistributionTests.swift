import Exposure
import Grids
import TestSupport
import Testing

@Suite struct PopulationDistributionTests {
  @Test func writtenOut() {
    // The reference's cell: ten people, houses of 100 and 300 m².
    let cell = PopulationDistribution(counts: [10], cellOf: [0, 0], weights: [100, 300])
    #expect(cell.residents == [2.5, 7.5] && cell.unplaced == [0])
    let mixed = PopulationDistribution(counts: [4, 6, 3], cellOf: [0, 1, nil, 0], weights: [1, 0, 7, 1])
    #expect(mixed.residents == [2, 0, 0, 2])
    #expect(mixed.unplaced == [0, 6, 3])
    #expect(PopulationDistribution(counts: [], cellOf: [nil], weights: [1]).residents == [0])
  }

  @Test func everyCellKeepsItsCount() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<100 {
      let cells = 1 + Int(random.unit() * 6)
      let counts = (0..<cells).map { _ in (random.unit() * 50).rounded() }
      let cellOf = (0..<30).map { _ -> Int? in random.unit() < 0.2 ? nil : Int(random.unit() * Double(cells)) }
      let weights = cellOf.map { _ in random.unit() < 0.3 ? 0 : random.unit() * 500 }
      let found = PopulationDistribution(counts: counts, cellOf: cellOf, weights: weights)
      for cell in 0..<cells {
        let placed = cellOf.indices.filter { cellOf[$0] == cell }.reduce(0) { $0 + found.residents[$1] }
        #expect(abs(placed + found.unplaced[cell] - counts[cell]) <= 1e-12 * counts[cell])
        #expect(found.unplaced[cell] == 0 || placed == 0)
      }
    }
  }
}
