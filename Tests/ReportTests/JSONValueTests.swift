import Foundation
import Report
import Testing

@Suite struct JSONValueTests {
  let value: JSONValue = [
    "zeta": 1, "alpha": [1.0, nil, true, "x\ny"], "empty": [:], "none": .array([]), "nan": .number(.nan),
    "nested": ["b": -2, "a": 0.5],
  ]

  @Test func compactKeepsOrder() {
    #expect(
      value.description
        == #"{"zeta":1,"alpha":[1.0,null,true,"x\ny"],"empty":{},"none":[],"nan":null,"nested":{"b":-2,"a":0.5}}"#)
  }

  @Test func prettyIsTheSameValue() throws {
    let pretty = value.encoded(pretty: true)
    let compact = try JSONSerialization.jsonObject(with: Data(value.encoded())) as? NSDictionary
    #expect(try JSONSerialization.jsonObject(with: Data(pretty)) as? NSDictionary == compact)
    let lines = String(decoding: pretty, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "{" && lines[1] == "  \"zeta\": 1," && lines.last == "")
    #expect(lines.contains("  \"empty\": {},"))
  }

  @Test func objectsHaveEachNameOnce() {
    var object = JSONObject([("a", 1), ("b", 2), ("a", 3)])
    #expect(object.members.map(\.name) == ["a", "b"] && object["a"] == 3)
    object["b"] = nil
    object["c"] = 4
    #expect(object.members.map(\.name) == ["a", "c"])
    #expect(object["missing"] == nil)
  }
}
