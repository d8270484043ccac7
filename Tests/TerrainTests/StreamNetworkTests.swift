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

  /// Orders, areas and ends by the definitions, cell by cell.
  @Test(arguments: [TerrainKind.fractal, .noise, .holes, .terraced]) func reachesFollowTheDefinitions(
    kind: TerrainKind
  ) throws {
    for seed in 0..<6 as Range<UInt64> {
      let z = randomTerrain(kind, columns: 60, rows: 50, seed: seed, cell: 3, cellHeight: 4)
      let hierarchy = try DepressionHierarchy(of: z, nodata: .outlet)
      let directions = hierarchy.routedDirections()
      let upslope = upslopeCells(directions)
      var random = SeededGenerator(seed: seed)
      // By upslope area, and with gaps in the streams.
      let streams = Grid(z.geometry, cells: upslope.cells.map { $0 >= 12 && (seed % 2 == 0 || random.unit() < 0.9) })
      let network = StreamNetwork(directions, upslope: upslope, streams: streams)
      func receiver(_ cell: Int) -> Int? {
        guard directions[cell] < 8 else { return nil }
        let code = Int(directions[cell])
        return cell + FlowDirection.rowStep[code] * z.columns + FlowDirection.columnStep[code]
      }
      var feeders: [Int: [Int]] = [:]
      for cell in 0..<z.count where streams[cell] {
        if let next = receiver(cell), streams[next] { feeders[next, default: []].append(cell) }
      }
      // Strahler's order of every stream cell, upstream cells first.
      var order: [Int: Int] = [:]
      for cell in (0..<z.count).filter({ streams[$0] }).sorted(by: { upslope[$0] < upslope[$1] }) {
        let arriving = (feeders[cell] ?? []).compactMap { order[$0] }
        let highest = arriving.max() ?? 1
        order[cell] = highest + (arriving.filter { $0 == highest }.count > 1 ? 1 : 0)
      }
      var seen: Set<CellIndex> = []
      for (number, reach) in network.reaches.enumerated() {
        let own = reach.downstream == nil ? reach.cells[...] : reach.cells.dropLast()
        #expect(reach.lowestCell == own.last && reach.upslopeCells == Int(upslope[Int(reach.lowestCell)]))
        for cell in own {
          #expect(seen.insert(cell).inserted && order[Int(cell)] == reach.strahlerOrder)
        }
        var length = 0.0
        for (from, to) in zip(reach.cells, reach.cells.dropFirst()) {
          #expect(receiver(Int(from)) == Int(to))
          let dx = Double(Int(to) % z.columns - Int(from) % z.columns) * 3
          let dy = Double(Int(to) / z.columns - Int(from) / z.columns) * 4
          length += (dx * dx + dy * dy).squareRoot()
        }
        #expect(abs(reach.length - length) < 1e-9 * max(1, length))
        let (from, to) = (network.nodes[reach.node], network.nodes[reach.downstreamNode])
        #expect(reach.node == number && from.downstream == reach.downstreamNode)
        #expect(from.cell == reach.cells.first && to.cell == reach.cells.last)
        #expect(from.kind == (feeders[Int(from.cell)] == nil ? .head : .confluence))
        if let downstream = reach.downstream {
          #expect(downstream > number && reach.downstreamNode == downstream && to.kind == .confluence)
        } else {
          #expect(to.downstream == nil)
          #expect(to.kind == (receiver(Int(to.cell)) == nil ? .outlet : .end))
          #expect(seed % 2 == 1 || to.kind == .outlet)
        }
        let heights = network.elevations(of: reach, on: z)
        #expect(heights.upper == z[Int(from.cell)] && heights.lower == z[Int(to.cell)])
      }
      #expect(seen.count == streams.cells.count { $0 })
    }
  }

  @Test func linesKeepOnlyTheirBends() {
    let directions = grid([[0, 0, 1, 8], [8, 8, 8, 2], [8, 8, 8, 8]] as [[UInt8]], cell: 2)
    let network = StreamNetwork(directions, upslope: upslopeCells(directions), threshold: 1)
    let line = network.reaches.first { $0.cells.first == 0 }.map { network.line(of: $0, in: directions.geometry) }
    #expect(
      line == [
        Coordinate(x: 1, y: 5), Coordinate(x: 5, y: 5), Coordinate(x: 7, y: 3), Coordinate(x: 7, y: 1),
      ])
    let single = network.reaches.first { $0.cells == [3] }
    #expect(single?.length == 0 && single.map { network.nodes[$0.downstreamNode].kind } == .outlet)
  }
}
