import TestSupport
import Testing

@testable import Pipeline

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("", "", 0), ("abc", "abc", 0), ("abc", "abd", 1), ("abc", "ab", 1), ("ab", "abc", 1), ("abc", "acb", 1),
    ("kitten", "sitting", 3), ("", "abc", 3),
  ])
  func editDistance(_ left: String, _ right: String, _ expected: Int) {
    #expect(Suggestion.editDistance(Array(left), Array(right)) == expected)
  }

  /// On random words the distance is symmetric, zero for equal words only, and obeys the bounds by length.
  @Test func editDistanceIsAMetric() {
    var generator = SeededGenerator(seed: 7)
    func word() -> [Int] {
      (0..<Int.random(in: 0...6, using: &generator)).map { _ in Int.random(in: 0...2, using: &generator) }
    }
    for _ in 0..<500 {
      let left = word()
      let right = word()
      let distance = Suggestion.editDistance(left, right)
      #expect(distance == Suggestion.editDistance(right, left))
      #expect((distance == 0) == (left == right))
      #expect(distance >= abs(left.count - right.count) && distance <= max(left.count, right.count))
    }
  }

  @Test func suggestsWithinTwoEditsOnly() {
    #expect(Suggestion.nearest(to: "resoluton", among: ["resolution", "resample"]) == "resolution")
    #expect(Suggestion.nearest(to: "Unit", among: ["unit"]) == "unit")
    #expect(Suggestion.nearest(to: "reslton", among: ["resolution"]) == nil)
    #expect(Suggestion.nearest(to: "xy", among: ["id"]) == nil)
  }
}
