import Grids
import Rainfall
import TestSupport
import Testing

@Suite struct ClimateAllowanceTests {
  @Test func rainIsRaisedOnce() throws {
    let present = grid([[0, 10, 100], [.nan, 0.1, 33.3]] as [[Float]])
    let allowance = try ClimateAllowance(factor: 1.4, source: "MET and NVE 2018")
    let rain = try RainDepth(present: present, threads: 2)
    #expect(rain.allowance == nil && rain.millimetres[2, 0] == 100)
    let raised = try rain.applying(allowance, threads: 2)
    #expect(raised.millimetres[0, 0] == 0 && raised.millimetres[1, 0] == 14 && raised.millimetres[2, 0] == 140)
    #expect(raised.millimetres[0, 1].isNaN)
    // Rounded once: the nearest Float to the product.
    #expect(raised.millimetres[1, 1] == Float(Double(Float(0.1)) * 1.4))
    #expect(raised.present[2, 0] == 100)
    #expect(raised.allowance == allowance)
    let error = #expect(throws: AllowanceAlreadyApplied.self) { try raised.applying(allowance, threads: 1) }
    #expect(error?.factor == 1.4)
  }

  @Test func impossibleInputIsRefused() {
    for factor in [40, 0, -1, Double.nan, 0.4] {
      #expect(throws: InvalidClimateFactor.self) { try ClimateAllowance(factor: factor, source: "") }
    }
    #expect(throws: ValuesOutOfRange.self) { try RainDepth(present: grid([[1, -0.5]] as [[Float]]), threads: 1) }
  }

  @Test func disagreeingRecommendationsAreTold() throws {
    let general = try ClimateAllowance(factor: 1.4, source: "")
    let detailed = try ClimateAllowance(factor: 1.5, source: "")
    #expect(general.notice(returnPeriod: 50, minutes: 60) != nil)
    #expect(general.notice(returnPeriod: 49, minutes: 60) == nil)
    #expect(general.notice(returnPeriod: 200, minutes: 61) == nil)
    #expect(detailed.notice(returnPeriod: 200, minutes: 30) == nil)
  }
}
