import Grids
import TestSupport
import Testing

@Suite struct ConnectedRegionsTests {
  @Test func cornersDoNotConnect() {
    let regions = ConnectedRegions(
      of: grid(
        [
          [1, 1, 0, 2],
          [0, 0, 1, 2],
          [3, 0, 2, 2],
        ] as [[Int32]]), ignoring: 0)
    #expect(regions.labels.cells == [1, 1, 0, 2, 0, 0, 3, 2, 4, 0, 2, 2])
    #expect(regions.values == [1, 2, 1, 3] && regions.cells == [2, 4, 1, 1])
  }

  /// Against a flood fill from every first cell.
  @Test func randomGridsAgreeWithFloodFill() {
    for seed in 0..<20 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let values = Grid<Int32>(
        testGeometry(columns: 17, rows: 14), cells: (0..<238).map { _ in Int32(random.next() % 3) })
      var expected = [Int32](repeating: 0, count: 238)
      var count: Int32 = 0
      for start in 0..<238 where values[start] != 0 && expected[start] == 0 {
        count += 1
        expected[start] = count
        var stack = [start]
        while let cell = stack.popLast() {
          let neighbours = [
            cell % 17 > 0 ? cell - 1 : -1, cell % 17 < 16 ? cell + 1 : -1, cell - 17, cell + 17 < 238 ? cell + 17 : -1,
          ]
          for next in neighbours where next >= 0 && values[next] == values[start] && expected[next] == 0 {
            expected[next] = count
            stack.append(next)
          }
        }
      }
      let regions = ConnectedRegions(of: values, ignoring: 0)
      #expect(regions.labels.cells == expected)
      #expect(regions.values.count == Int(count))
    }
  }
}
