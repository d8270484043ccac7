import Foundation
import Pipeline
import Testing

@Suite struct DiagnosticTests {
  @Test func textForm() {
    let position = SourcePosition(file: "pipeline.yaml", line: 23, column: 7)
    let diagnostic = Diagnostic(.missingKey, at: position, keyPath: "inputs.dtm.unit", "missing", hint: "the way out")
    #expect(diagnostic.description == "pipeline.yaml:23:7: error[E-CFG-003] inputs.dtm.unit: missing; the way out")
    let plain = Diagnostic("W-XYZ-001", at: SourcePosition(file: "a.tif"), "odd")
    #expect(plain.description == "a.tif: warning[W-XYZ-001] odd")
    #expect(Diagnostic("I-XYZ-001", at: SourcePosition(file: "a"), "x").severity == .information)
  }

  @Test func jsonFormIsOneObjectOnOneLine() throws {
    let position = SourcePosition(file: "a \"b\"\n.yaml", line: 2, column: 3)
    let diagnostic = Diagnostic(.wrongType, at: position, keyPath: "x.y", "found \\ \u{1} æ\u{2028}", hint: "z")
    let line = diagnostic.json()
    #expect(!line.contains("\n"))
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object["code"] as? String == "E-CFG-006")
    #expect(object["severity"] as? String == "error")
    #expect(object["file"] as? String == "a \"b\"\n.yaml")
    #expect(object["line"] as? Int == 2)
    #expect(object["column"] as? Int == 3)
    #expect(object["path"] as? String == "x.y")
    #expect(object["message"] as? String == "found \\ \u{1} æ\u{2028}")
    #expect(object["hint"] as? String == "z")
    let bare = Diagnostic(.unreadableFile, at: SourcePosition(file: "f"), "m").json()
    #expect(bare == #"{"code":"E-CFG-001","severity":"error","file":"f","message":"m"}"#)
  }

  /// Every code that the module uses is explained, and each once.
  @Test func codesAreExplained() {
    let codes = DiagnosticCode.configurationCodes.map(\.code)
    #expect(Set(codes).count == codes.count)
    for mutation in mutations {
      for finding in findings(mutation.text) { #expect(codes.contains(finding.code)) }
    }
  }

  @Test func ordersByPosition() {
    func at(_ line: Int?, _ column: Int?) -> Diagnostic {
      Diagnostic(.wrongType, at: SourcePosition(file: "f", line: line, column: column), "m")
    }
    let sorted = [at(nil, nil), at(2, 1), at(1, 9), at(1, 2)].sortedByPosition()
    #expect(sorted.map(\.line) == [1, 1, 2, nil])
    #expect(sorted.map(\.column) == [2, 9, 1, nil])
  }
}
