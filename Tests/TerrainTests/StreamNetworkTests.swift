import Grids
import Terrain
import TestSupport
import Testing

@Suite struct StreamNetworkTests {
  @Test func aForkOfTwoHeadsHasOrderTwoBelow() {
    // Two lines meet at column 2, row 2 and leave eastwards.
    let outlet = FlowDirection.outlet
    let none = FlowDirection.nodata
    let directions = grid(
      [
        [1, none, none, none, none],
        [none, 1, none, none, none],
        [none, none, 0, 0, outlet],
        [none, 7, none, none, none],
        [7, none, none, none, none],
      ] as [[UInt8]])
    let network = StreamNetwork(directions, upslope: upslopeCells(directions), threshold: 1)
    #expect(network.reaches.count == 3)
    #expect(network.reaches.map(\.strahlerOrder).sorted() == [1, 1, 2])
    #expect(network.reaches[2].cells == [12, 13, 14] && network.reaches[2].downstream == nil)
    #expect(network.reaches[0].downstream == 2 && network.reaches[0].cells == [0, 6, 12])
    #expect(network.reaches[0].lowestCell == 6)
  }

  @Test func reachesCoverEveryStreamCellOnce() throws {
    let z = randomTerrain(.fractal, columns: 80, rows: 70, seed: 3)
    let directions = try DepressionHierarchy(of: z).routedDirections()
    let upslope = upslopeCells(directions)
    let network = StreamNetwork(directions, upslope: upslope, threshold: 30)
    var seen = [Int](repeating: 0, count: z.count)
    for (number, reach) in network.reaches.enumerated() {
      let own = reach.downstream == nil ? reach.cells[...] : reach.cells.dropLast()
      for cell in own { seen[Int(cell)] += 1 }
      if let downstream = reach.downstream {
        #expect(downstream > number)
        #expect(network.reaches[downstream].cells.first == reach.cells.last)
        #expect(network.reaches[downstream].strahlerOrder >= reach.strahlerOrder)
      }
    }
    for index in 0..<z.count { #expect(seen[index] == (upslope[index] >= 30 ? 1 : 0)) }
  }
}
