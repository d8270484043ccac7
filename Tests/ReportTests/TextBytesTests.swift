import Foundation
import TestSupport
import Testing

@testable import Report

@Suite struct TextBytesTests {
  func fixed(_ value: Int64, _ decimals: Int) -> String {
    var bytes: [UInt8] = []
    bytes.append(fixed: value, decimals: decimals)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func fixedDecimals() {
    #expect(fixed(105_000_000, 7) == "10.5000000")
    #expect(fixed(-5, 7) == "-0.0000005")
    #expect(fixed(0, 7) == "0.0000000")
    #expect(fixed(-1_800_000_000, 7) == "-180.0000000")
    #expect(fixed(42, 0) == "42")
    #expect(fixed(Int64.min, 9) == "-9223372036.854775808")
  }

  @Test func fixedDecimalsReadBack() {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<2000 {
      let value = Int64((random.unit() - 0.5) * 3.6e9)
      #expect(Double(fixed(value, 7)) == Double(value) / 1e7)
    }
  }

  @Test(arguments: [
    (3.0, "3.0"), (-0.0, "0.0"), (0.1, "0.1"), (1e-5, "1e-05"), (1e16, "1e+16"),
    (Double.leastNonzeroMagnitude, "5e-324"), (-2.5, "-2.5"),
  ])
  func reals(value: Double, expected: String) {
    var bytes: [UInt8] = []
    bytes.append(real: value)
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }

  @Test func realsReadBack() {
    var random = SeededGenerator(seed: 3)
    var tried = 0
    while tried < 2000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      tried += 1
      var bytes: [UInt8] = []
      bytes.append(real: value)
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(Double(text) == value)
      #expect(text.contains { ".e".contains($0) })
    }
  }

  @Test func jsonStringsReadBack() throws {
    let all = String(String.UnicodeScalarView((0..<0x180).compactMap(Unicode.Scalar.init))) + "\u{2028}😀\"\\/å"
    var bytes: [UInt8] = []
    JSONValue.array([.string(all)]).append(to: &bytes)
    let back = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String]
    #expect(back == [all])
    #expect(!bytes.contains { $0 < 0x20 })
  }
}
