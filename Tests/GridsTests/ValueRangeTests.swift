import Grids
import TestSupport
import Testing

@Suite struct ValueRangeTests {
  @Test(arguments: [1, 3]) func valuesOutOfRangeAreNamed(threads: Int) throws {
    let values = grid([[0, 1, .nan], [5, -1, 3], [.infinity, 100, 101]] as [[Float]])
    let error = #expect(throws: ValuesOutOfRange.self) {
      try values.require(0...100, of: "curve number", threads: threads)
    }
    #expect(error?.cells == 3 && error?.column == 1 && error?.row == 1 && error?.value == -1)
    try grid([[0, 100, .nan]] as [[Float]]).require(0...100, of: "curve number", threads: threads)
  }
}
