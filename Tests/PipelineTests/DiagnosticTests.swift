import Foundation
import Pipeline
import TestSupport
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
    #expect(object["col"] as? Int == 3)
    #expect(object["path"] as? String == "x.y")
    #expect(object["message"] as? String == "found \\ \u{1} æ\u{2028}")
    #expect(object["hint"] as? String == "z")
    let bare = Diagnostic(.unreadableFile, at: SourcePosition(file: "f"), "m").json()
    #expect(
      bare == #"{"code":"E-CFG-001","severity":"error","file":"f","message":"m","doc":"overvann explain E-CFG-001"}"#)
  }

  /// Every code in the sources is explained, each once, and no other is.
  @Test func codesOfTheSourcesAreExplained() throws {
    let folder = packageRoot.appendingPathComponent("Sources")
    var raised: Set<String> = []
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    where name.hasSuffix(".swift") && !name.contains("Diagnostics/Codes/") {
      let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      // Comments show codes as well.
      for line in text.split(separator: "\n") where !line.contains("//") {
        for match in line.matches(of: /"([EWI]-[A-Z]+-[0-9A-Z]+)"/) { raised.insert(String(match.1)) }
      }
    }
    let explained = DiagnosticCode.table.map(\.code.rawValue)
    #expect(raised.subtracting(explained).sorted() == [], "raised, but not explained")
    #expect(Set(explained).subtracting(raised).sorted() == [], "explained, but never raised")
    #expect(Set(explained).count == explained.count)
    #expect(explained.allSatisfy { $0.wholeMatch(of: /[EWI]-[A-Z]+-[0-9]{3}/) != nil })
  }

  @Test func explanationsAgreeWithTheSeverity() {
    for item in DiagnosticCode.table {
      #expect((item.code.severity == .error) == !item.exitCodes.contains(.success) || item.code == "W-ALERT-002")
      for text in [item.meaning, item.consequence, item.remedy] {
        #expect(text.hasSuffix("."), "\(item.code.rawValue)")
      }
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
