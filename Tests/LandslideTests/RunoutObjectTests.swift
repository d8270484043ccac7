import Grids
import TestSupport
import Testing

@testable import Landslide

@Suite struct RunoutObjectTests {
  /// Graphs of com4FlowPy's own tests: places, ways between them, ranks and the largest rank downstream.
  struct Graph: Sendable {
    let ways: [Int: [Int]]
    let ranks: [Int: Int32]
    let expected: [Int32]
    /// The places in an order in which ways lead forward.
    let order: [Int]
  }

  @Test(arguments: [
    Graph(
      ways: [0: [1, 2, 3], 1: [2, 4], 2: [4, 5], 3: [2], 5: [6]], ranks: [4: 3, 6: 2],
      expected: [3, 3, 3, 3, 3, 2, 2], order: [0, 1, 3, 2, 4, 5, 6]),
    Graph(
      ways: [
        0: [1, 2, 3], 1: [4], 2: [5, 6], 3: [7, 8], 4: [9], 5: [9, 10], 6: [10], 7: [11], 10: [12],
      ], ranks: [9: 1, 11: 3, 12: 2], expected: [3, 1, 2, 3, 1, 2, 2, 3, 0, 1, 2, 3, 2], order: Array(0...12)),
  ])
  func theLargestRankDownstream(graph: Graph) {
    var place = [Int](repeating: 0, count: graph.order.count)
    for (position, node) in graph.order.enumerated() { place[node] = position }
    var ranks = graph.order.map { graph.ranks[$0] ?? 0 }
    var ways: [Int32] = []
    var ends: [Int32] = []
    for node in graph.order {
      ways += (graph.ways[node] ?? []).map { Int32(place[$0]) }
      ends.append(Int32(ways.count))
    }
    raiseToLargestDownstream(&ranks, ways: ways, ends: ends)
    #expect(graph.order.indices.map { ranks[place[$0]] } == graph.expected)
  }

  @Test(arguments: [1, 3])
  func whichReleaseReachesWhichObject(threads: Int) throws {
    var met = 0
    for seed in 0..<4 as Range<UInt64> {
      var random = SeededGenerator(seed: 300 + seed)
      let terrain = randomTerrain(.fractal, columns: 45, rows: 37, seed: seed, cell: 2)
      var release = Grid<Int32>(terrain.geometry, repeating: 0)
      for _ in 0..<40 { release[Int(random.next() % UInt64(terrain.count))] = Int32(random.next() % 5) + 1 }
      let objects = RunoutObjects(
        (0..<12).map { _ in
          // Up to three cells, perhaps the same twice, shared with other objects.
          let first = Int(random.next() % UInt64(terrain.count - 46))
          return .init(
            cells: [CellIndex(first), CellIndex(first + 1), CellIndex(first + Int(random.next() % 3))],
            rank: Int32(random.next() % 4) + 1)
        }, on: terrain.geometry)
      let parameters = try RunoutParameters(angle: 5)
      let result = try runout(
        terrain: terrain, release: release, parameters: parameters, objects: objects, threads: threads)
      var expected: Set<RunoutThreat> = []
      var ranks = [Int32](repeating: -1, count: terrain.count)
      for number in 1...5 as ClosedRange<Int32> {
        let alone = try runout(
          terrain: terrain, release: release.map(threads: 1) { $0 == number ? number : 0 }, parameters: parameters,
          threads: 1)
        for (index, object) in objects.objects.enumerated() {
          let heights = object.cells.filter { alone.releases[Int($0)] > 0 }.map { alone.energyHeight[Int($0)] }
          if let height = heights.max() {
            expected.insert(RunoutThreat(release: number, object: index, energyHeight: height))
          }
        }
      }
      #expect(Set(result.threats) == expected && result.threats.count == expected.count)
      #expect(result.threats == result.threats.sorted { ($0.release, $0.object) < ($1.release, $1.object) })
      #expect(result.objectsByRelease.values.map(\.count).reduce(0, +) == result.threats.count)
      #expect(result.releasesByObject.allSatisfy { number, list in list.allSatisfy { $0.object == number } })
      met += expected.count
      // From a release cell on its own every object that its path meets lies downstream.
      for start in 0..<terrain.count where release[start] > 0 {
        var one = Grid<Int32>(terrain.geometry, repeating: 0)
        one[start] = 1
        let alone = try runout(
          terrain: terrain, release: one, parameters: parameters, objects: objects, threads: 1)
        let downstream = try #require(alone.rankDownstream)
        #expect(
          downstream[start]
            == (alone.followedReleases == 0 ? -1 : alone.threats.map { objects.objects[$0.object].rank }.max() ?? 0))
        for cell in 0..<terrain.count {
          #expect((downstream[cell] == -1) == (alone.releases[cell] <= 0))
          ranks[cell] = max(ranks[cell], downstream[cell])
        }
      }
      #expect(result.rankDownstream?.cells == ranks)
    }
    #expect(met > 20)
  }

  @Test func classesAreObjectsOfTheirRank() {
    let classes: Grid<Int32> = grid([[0, 2, 2], [5, 0, 2]])
    let objects = RunoutObjects(classes: classes)
    #expect(objects.objects.map(\.rank) == [2, 5])
    #expect(objects.objects.map(\.cells) == [[1, 2, 5], [3]])
  }
}
