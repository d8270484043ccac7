import Grids
import TestSupport
import Testing

@Suite struct ClassLookupTests {
  @Test(arguments: [1, 3]) func missingCodesAreListedWithTheirShare(threads: Int) throws {
    let codes = grid([[11, 11, 12], [.min, 30, 12], [99, 99, 99]] as [[Int32]])
    let lookup = ClassLookup([11: "built", 30: "forest"] as [Int32: String])
    let error = #expect(throws: UnmappedClasses.self) {
      try lookup.require(codesOf: codes, as: "land cover", threads: threads)
    }
    #expect(error?.classes == [.init(code: 99, cells: 3, share: 0.375), .init(code: 12, cells: 2, share: 0.25)])
    #expect(
      error?.description
        == "land cover: the table has no row for code 99 (3 cells, 37.50 %), 12 (2 cells, 25.00 %); "
        + "add the rows to the table")
    try ClassLookup([11: 1, 12: 2, 30: 3, 99: 4] as [Int32: Int]).require(codesOf: codes, as: "x", threads: threads)
  }

  @Test func sparseAndDenseTablesAgree() {
    let dense = ClassLookup([-3: "a", 0: "b", 7: "c"] as [Int32: String])
    let sparse = ClassLookup([-3: "a", 0: "b", 7: "c", 2_000_000_000: "d", -2_000_000_000: "e"] as [Int32: String])
    for code in -10...10 as ClosedRange<Int32> { #expect(dense[code] == sparse[code]) }
    #expect(dense[-3] == "a" && dense[0] == "b" && dense[7] == "c" && dense[1] == nil && dense[.min] == nil)
    #expect(sparse[2_000_000_000] == "d" && sparse[-2_000_000_000] == "e" && sparse[.max] == nil)
    #expect(ClassLookup([:] as [Int32: Int])[1] == nil)
  }
}
