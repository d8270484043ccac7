import Exposure
import Testing

@Suite struct ValueChangeTests {
  @Test func everyPairOfStates() {
    let absent: Double?? = .none
    let unknown: Double?? = .some(nil)
    func known(_ value: Double) -> Double?? { .some(value) }
    let cases: [(Double??, Double??, ValueChange?)] = [
      (absent, absent, nil), (unknown, unknown, nil), (absent, unknown, .appeared), (absent, known(0), .appeared),
      (unknown, absent, .disappeared), (known(3), absent, .disappeared), (unknown, known(0), .becameKnown),
      (known(0), unknown, .becameUnknown), (known(1), known(1), nil), (known(1), known(3), nil),
      (known(1), known(3.5), .rose), (known(3), known(1), nil), (known(3.5), known(1), .fell),
    ]
    for (before, after, change) in cases {
      #expect(ValueChange(from: before, to: after, threshold: 2) == change, "\(before) \(after)")
    }
    #expect(ValueChange(from: known(0), to: known(1e-300), threshold: 0) == .rose)
    #expect(ValueChange(from: known(0), to: known(-0.0), threshold: 0) == nil)
  }

  @Test func turnedAround() {
    let turned: [ValueChange: ValueChange] = [
      .rose: .fell, .fell: .rose, .appeared: .disappeared, .disappeared: .appeared, .becameKnown: .becameUnknown,
      .becameUnknown: .becameKnown,
    ]
    let states: [Double??] = [.none, .some(nil), .some(0), .some(1), .some(2.5)]
    for before in states {
      for after in states {
        let there = ValueChange(from: before, to: after, threshold: 1)
        #expect(ValueChange(from: after, to: before, threshold: 1) == there.flatMap { turned[$0] })
      }
    }
  }
}
