import Flood
import Grids
import Terrain
import TestSupport
import Testing

/// Runoff of a case in which cells differ, some have none and some are not known.
private func patchyRunoff(_ flood: inout FloodCase, scale: Double) -> Grid<Float> {
  let cells = (0..<flood.z.count).map { _ in
    let draw = flood.random.unit()
    return draw < 0.05 ? Float.nan : draw < 0.2 ? 0 : Float(scale * flood.random.unit())
  }
  return Grid(flood.z.geometry, cells: cells)
}

@Suite struct EventFlowTests {
  @Test(arguments: TerrainKind.allCases, [false, true])
  func everyCellPassesOnWhatItGetsLessWhatItsLakeKeeps(kind: TerrainKind, hasLosses: Bool) throws {
    for seed in 0..<12 as Range<UInt64> {
      var flood = try FloodCase(kind, seed: seed, hasLosses: hasLosses)
      let hierarchy = flood.hierarchy
      let labels = hierarchy.basins.labels
      let runoff = patchyRunoff(&flood, scale: [2, 40, 400, 3000][Int(seed % 4)])
      let water = flood.water(BasinRunoff(runoff, in: hierarchy.basins).quanta)
      let flow = EventFlow(water, runoff: runoff, routed: hierarchy.routedDirections())
      for threads in [2, 3, 7] where seed < 3 {
        let other = EventFlow(water, runoff: runoff, routed: hierarchy.routedDirections(), threads: threads)
        #expect(other.passing.cells == flow.passing.cells && other.directions.cells == flow.directions.cells)
      }

      var came = [Int64](repeating: 0, count: flood.z.count)
      for backflow in flow.backflows { came[Int(backflow.cell)] += backflow.volume }
      for index in came.indices where flow.directions[index] < 8 {
        let code = Int(flow.directions[index])
        let next = index + FlowDirection.rowStep[code] * flood.z.columns + FlowDirection.columnStep[code]
        came[next] += flow.passing[index]
      }
      var keptInBasin = [Int64](repeating: 0, count: flood.leaves + 1)
      for index in came.indices {
        let own = runoff[index].isNaN || labels[index] < 0 ? 0 : Double(runoff[index]) * 1e-3 * 6 * 0x1p20
        let passing = flow.passing[index]
        let raw = hierarchy.basins.directions[index]
        #expect(passing >= 0)
        if flow.directions[index] == raw, raw != FlowDirection.pit {
          // Off the path of a lake nothing is kept; a cell's own water is rounded.
          #expect(abs(Double(passing - came[index]) - own) <= 2, "\(kind) \(seed) cell \(index)")
        } else {
          let kept = Double(came[index] - passing) + own
          #expect(kept >= -2)
          keptInBasin[Int(labels[index])] += came[index] - passing + Int64(own.rounded())
          if flow.directions[index] < FlowDirection.pit {
            // Water that runs up to the saddle runs under the lake.
            #expect(water.level[Int(labels[index])] >= Double(flood.z[index]), "\(kind) \(seed) cell \(index)")
          }
        }
      }
      let outlets = flow.outlets()
      #expect(outlets.reduce(0) { $0 + $1.volume } == water.outflow)
      #expect(zip(outlets, outlets.dropFirst()).allSatisfy { $0.volume >= $1.volume })
      // Nothing else has left.
      let kept = water.totalStored + water.totalInfiltrated + water.totalDrained
      let given = flow.backflows.reduce(0) { $0 + $1.volume }
      #expect(abs(keptInBasin.reduce(0, +) - kept - given) <= 2 * Int64(flood.z.count))
    }
  }

  /// What crosses the rim of a top-level depression by the exit of its basins is what the ledger says it spilled.
  @Test(arguments: [TerrainKind.noise, .fractal, .holes], [false, true])
  func whatLeavesADepressionIsItsSpill(kind: TerrainKind, hasLosses: Bool) throws {
    for seed in 0..<12 as Range<UInt64> {
      var flood = try FloodCase(kind, seed: seed, hasLosses: hasLosses)
      let hierarchy = flood.hierarchy
      let runoff = patchyRunoff(&flood, scale: [20, 200, 900][Int(seed % 3)])
      let water = flood.water(BasinRunoff(runoff, in: hierarchy.basins).quanta)
      let flow = EventFlow(water, runoff: runoff, routed: hierarchy.routedDirections())
      var top = Array(0..<hierarchy.nodeCount)
      for node in flood.nodes.reversed() where hierarchy.parent[node] != 0 {
        top[node] = top[Int(hierarchy.parent[node])]
      }
      var leaving = [Int64](repeating: 0, count: hierarchy.nodeCount)
      for index in 0..<flood.z.count where hierarchy.basins.labels[index] > 0 {
        let code = Int(flow.directions[index])
        if code == Int(FlowDirection.pit) { continue }
        let here = top[Int(hierarchy.basins.labels[index])]
        var there = 0
        if code < 8 {
          let next = index + FlowDirection.rowStep[code] * flood.z.columns + FlowDirection.columnStep[code]
          there = top[Int(hierarchy.basins.labels[next])]
        }
        if here != there { leaving[here] += flow.passing[index] }
      }
      for node in flood.nodes where hierarchy.parent[node] == 0 {
        #expect(leaving[node] == water.spilled[node], "\(kind) \(seed) node \(node)")
      }
    }
  }

  @Test func waterThatFillsTheNeighbourRunsAgainstTheRoutedDirection() throws {
    // Two hollows, 1 m and 2 m deep, that merge at 5; the way out leads over the eastern rim at 6.
    let z = grid(
      [
        [9, 9, 9, 9, 9, 9, 9],
        [9, 4, 4, 5, 3, 3, 6],
        [9, 9, 9, 9, 9, 9, 9],
      ] as [[Float]])
    let hierarchy = try DepressionHierarchy(of: z)
    let hypsometry = Hypsometry(hierarchy, ground: z)
    func flow(_ mm: [Int: Float]) -> (EventFlow, StandingWater) {
      var runoff = Grid<Float>(z.geometry, repeating: 0)
      for (column, depth) in mm { runoff[column, 1] = depth }
      let water = StandingWater(inflow: BasinRunoff(runoff, in: hierarchy.basins).quanta, in: hypsometry)
      return (EventFlow(water, runoff: runoff, routed: hierarchy.routedDirections()), water)
    }
    func metres(_ flow: EventFlow, _ column: Int) -> Double { WaterVolume.cubicMetres(flow.passing[column, 1]) }
    // 5 m³ in the west, 3 of which spill into the eastern hollow along the routed way.
    let (west, _) = flow([2: 5000])
    #expect(metres(west, 3) == 3 && metres(west, 6) == 0 && west.backflows.isEmpty)
    // 5 m³ in the east, 1 of which spills back over the saddle, although the routed way leads east.
    let (east, water) = flow([5: 5000])
    #expect(east.backflows.map(\.volume) == [1 << 20] && metres(east, 6) == 0)
    #expect([1, 2].map { WaterVolume.cubicMetres(water.stored[$0]) } == [1, 4])
    #expect([1, 2].map { WaterVolume.cubicMetres(water.upstream[$0]) } == [1, 0])
    #expect([1, 2].map { WaterVolume.cubicMetres(water.spilled[$0]) } == [0, 1])
    // 20 m³ in the east: 11 fill both hollows and the rise over them, 9 leave.
    let (flood, _) = flow([5: 20_000])
    #expect(metres(flood, 6) == 9 && flood.outlets().map(\.cell) == [13])
  }
}
