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

  @Test func spreadsEvenlyAndKeepsTheSum() {
    func box(_ west: Double, _ south: Double, _ east: Double, _ north: Double) -> [Polygon] {
      [
        Polygon(rings: [
          [(west, south), (east, south), (east, north), (west, north)].map { Coordinate(x: $0.0, y: $0.1) }
        ])
      ]
    }
    let geometry = testGeometry(columns: 4, rows: 4, cell: 10)
    let density = spreadPopulation(
      [(box(5, 5, 25, 25), 8), (box(30, 30, 50, 40), 10), (box(0, 0, 1, 1), 0)], over: geometry)
    #expect(
      (0..<4).map { row in (0..<4).map { density[$0, row] } } == [
        [0, 0, 0, 5], [0.5, 1, 0.5, 0], [1, 2, 1, 0], [0.5, 1, 0.5, 0],
      ])
    let sum = (0..<density.count).reduce(0) { $0 + Double(density[$1]) }
    // Half of the second surface lies outside.
    #expect(sum == 13)
    #expect(spreadPopulation([([], 5)], over: geometry)[0, 0] == 0)
  }
}
