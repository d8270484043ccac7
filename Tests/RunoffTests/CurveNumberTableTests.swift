import Grids
import Runoff
import TestSupport
import Testing

@Suite struct CurveNumberTableTests {
  private func table() throws -> CurveNumberTable {
    try CurveNumberTable(
      landCovers: [
        11: .uniform(98), 30: .bySoilGroup(a: 30, b: 55, c: 70, d: 77), 81: .uniform(100), 82: .noRunoff,
      ],
      soilGroups: [130: .d, 20: .a, 41: .b, 50: .c])
  }

  @Test func everyCellGetsItsNumber() throws {
    let cover = grid([[30, 30, 30, 30, 30], [11, 81, 82, .min, 82]] as [[Int32]])
    let deposit = grid([[20, 41, 50, 130, .min], [130, .min, 20, 20, .min]] as [[Int32]])
    for threads in [1, 3] {
      let numbers = try table().curveNumbers(landCover: cover, deposit: deposit, threads: threads).cells
      #expect(Array(numbers[0..<4]) == [30, 55, 70, 77])
      #expect(numbers[4].isNaN)
      #expect(Array(numbers[5..<8]) == [98, 100, 0])
      #expect(numbers[8].isNaN)
      #expect(numbers[9] == 0)
    }
    let uniform = try table().curveNumbers(landCover: cover, soilGroup: .c, threads: 2).cells
    #expect(Array(uniform[0..<8]) == [70, 70, 70, 70, 70, 98, 100, 0])
    #expect(uniform[8].isNaN && uniform[9] == 0)
  }

  @Test func allMissingCodesAreListed() {
    let cover = grid([[30, 12, 12], [7, 30, 12], [.min, 30, 30]] as [[Int32]])
    let deposit = grid([[20, 20, 20], [20, 20, 999], [20, 20, 20]] as [[Int32]])
    let error = #expect(throws: UnmappedClasses.self) {
      try table().curveNumbers(landCover: cover, deposit: deposit, threads: 2)
    }
    #expect(error?.name == "land cover")
    #expect(error?.classes == [.init(code: 12, cells: 3, share: 0.375), .init(code: 7, cells: 1, share: 0.125)])
    let known = grid([[30, 30, 30], [30, 30, 30], [30, 30, 30]] as [[Int32]])
    let other = #expect(throws: UnmappedClasses.self) {
      try table().curveNumbers(landCover: known, deposit: deposit, threads: 1)
    }
    #expect(other?.name == "deposit" && other?.classes.map(\.code) == [999])
  }

  @Test func impossibleNumbersAreRefused() {
    for number in [Float(-1), 101, .nan] {
      let error = #expect(throws: InvalidCurveNumber.self) {
        try CurveNumberTable(landCovers: [5: .bySoilGroup(a: 1, b: 2, c: 3, d: number)], soilGroups: [:])
      }
      #expect(error?.landCover == 5)
    }
  }
}
