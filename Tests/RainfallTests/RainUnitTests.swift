import Rainfall
import TestSupport
import Testing

@Suite struct RainUnitTests {
  @Test func figuresOfPractice() {
    // Bygdøy 2016: 33 mm in one hour are 91.7 l/(s·ha).
    #expect(abs(RainUnit.litresPerSecondAndHectare.value(ofMillimetres: 33, minutes: 60) - 91.7) < 0.05)
    #expect(abs(RainUnit.litresPerSecondAndHectare.value(ofMillimetres: 1, minutes: 60) - 2.7778) < 5e-5)
    #expect(RainUnit.millimetresPerHour.millimetres(12, minutes: 10) == 2)
    #expect(RainUnit.litresPerSecondAndHectare.millimetres(100, minutes: 10) == 6)
    #expect(RainUnit.millimetres.millimetres(7, minutes: 10) == 7)
  }

  @Test(arguments: RainUnit.allCases) func thereAndBack(unit: RainUnit) {
    var random = SeededGenerator(seed: 61)
    for _ in 0..<200 {
      let (depth, minutes) = (random.unit() * 200, 1 + random.unit() * 1440)
      let back = unit.millimetres(unit.value(ofMillimetres: depth, minutes: minutes), minutes: minutes)
      #expect(abs(back - depth) <= 4e-16 * 2 * depth)
    }
  }
}
