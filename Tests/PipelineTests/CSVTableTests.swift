import Foundation
import Pipeline
import TestSupport
import Testing

@Suite struct CSVTableTests {
  private func table(_ text: String) throws(CSVTableError) -> CSVTable {
    try CSVTable(Array(text.utf8), file: "t.csv")
  }

  /// The first finding of what a closure throws.
  private func message<Value>(_ body: () throws(CSVTableError) -> Value) -> String? {
    do throws(CSVTableError) {
      _ = try body()
      return nil
    } catch {
      return error.description
    }
  }

  @Test func readsCommas() throws {
    let table = try table("code,name,a\n11,Forest,36\n 12 , \"Field, \"\"big\"\"\" ,\"60.5\"\n")
    #expect(table.separator == ",")
    #expect(table.decimalMark == ".")
    #expect(table.columnNames == ["code", "name", "a"])
    #expect(table.rowCount == 2)
    #expect(try table.keys("code") == [11, 12])
    #expect(try table.texts("name") == ["Forest", "Field, \"big\""])
    #expect(try table.numbers("a") == [36, 60.5])
    #expect(try table.position(row: 1, column: "name").description == "t.csv:3:7")
    #expect(table.columns(besides: ["code", "a"]) == ["name"])
  }

  @Test func columnsCountLettersNotBytes() throws {
    let table = try table("code,name,a\n1,Myr – våt ,2\n\"é\"\"ø\",\" å\n\u{1F333}\",3\n")
    #expect(try table.texts("name") == ["Myr – våt", " å\n\u{1F333}"])
    #expect(try table.position(row: 0, column: "a").description == "t.csv:2:14")
    #expect(try table.position(row: 1, column: "name").description == "t.csv:3:8")
    #expect(try table.position(row: 1, column: "a").description == "t.csv:4:4")
  }

  /// The same table in every accepted dress has the same values.
  @Test(arguments: [
    "code,a\n1,0.5\n2,7\n", "code;a\n1;0,5\n2;7\n", "code;a\n1;0.5\n2;7", "\u{FEFF}code,a\r\n1,0.5\r\n2,7\r\n",
    "code,a\r1,0.5\r2,7\r", "# from a spreadsheet\n\n  # another\ncode,a\n\n1,0.5\n#2,8\n   \n2,7\n\n",
    "code,a,\n1,0.5,\n2,7,,,\n", "\"code\",\"a\"\n\"1\",\"0.5\"\n\"2\",\"7\"\n", "sep=;\ncode;a\n1;0,5\n2;7\n",
    "sep=,\r\ncode,a\r\n1,.5\r\n2,+7\r\n", "code;a;\n1;\"0,5\";\n2;7;\n",
  ])
  func acceptsManyDresses(_ text: String) throws {
    let table = try table(text)
    #expect(table.columnNames == ["code", "a"])
    #expect(try table.keys("code") == [1, 2])
    #expect(try table.numbers("a") == [0.5, 7])
  }

  @Test func keepsLinesAcrossQuotedBreaks() throws {
    let table = try table("code,note\n1,\"two\r\nlines\"\n2,x\n")
    #expect(try table.texts("note") == ["two\nlines", "x"])
    #expect(try table.position(row: 1, column: "code").description == "t.csv:4:1")
  }

  @Test(arguments: [
    ("", "t.csv:1:1: error[E-TAB-002] the table is empty; the first line names the columns"),
    ("# nothing\n", "t.csv:1:1: error[E-TAB-002] the table is empty; the first line names the columns"),
    ("1,2\n3,4\n", "t.csv:1:1: error[E-TAB-002] the first line holds numbers; the first line names the columns"),
    ("a,,b\n1,2,3\n", "t.csv:1:3: error[E-TAB-002] column 2 has no name"),
    ("a,b,a\n1,2,3\n", "t.csv:1:5: error[E-TAB-005] the column \"a\" stands twice"),
    ("a,b\n1,2\n3\n", "t.csv:3:1: error[E-TAB-002] 1 cells, where the header names 2 columns"),
    (
      "a,b\n1,2,5\n",
      "t.csv:2:1: error[E-TAB-002] 3 cells, where the header names 2 columns; "
        + "decimals are written with a point, or separate the cells by semicolons"
    ),
    ("a,b\n1,\"2\n3,4\n", "t.csv:2:3: error[E-TAB-002] a quote that is not closed"),
    (
      "a,b\n1,\"2\"x\n",
      "t.csv:2:6: error[E-TAB-002] text after the closing quote; a quote inside quotes is doubled"
    ),
    (
      "a,b\n1,2\"x\n",
      "t.csv:2:4: error[E-TAB-002] a quote within a cell; put the whole cell in quotes and double the quote"
    ),
  ])
  func rejectsLayouts(_ text: String, _ expected: String) {
    #expect(message { () throws(CSVTableError) in try table(text) } == expected)
  }

  @Test func rejectsOtherEncodings() {
    let bytes = Array("code,name\n1,b".utf8) + [0xE6] + Array("k\n".utf8)
    #expect(
      message { () throws(CSVTableError) in try CSVTable(bytes, file: "t.csv") }
        == "t.csv:2:4: error[E-TAB-001] byte 0xE6 is not UTF-8; save the table as UTF-8")
    #expect(
      message { () throws(CSVTableError) in try CSVTable(path: "/nowhere/t.csv") }
        == "/nowhere/t.csv: error[E-TAB-001] there is no such file")
  }

  @Test(arguments: [
    ("", "t.csv:3:3: error[E-TAB-004] a: empty; every row needs a number here"),
    ("x", "t.csv:3:3: error[E-TAB-004] a: \"x\" is no number"),
    ("1e", "t.csv:3:3: error[E-TAB-004] a: \"1e\" is no number"),
    ("NaN", "t.csv:3:3: error[E-TAB-004] a: \"NaN\" is no number"),
    ("012", "t.csv:3:3: error[E-TAB-004] a: \"012\" is no number"),
    ("1 000", "t.csv:3:3: error[E-TAB-004] a: \"1 000\" is no number"),
    ("\"1,5\"", "t.csv:3:3: error[E-TAB-004] a: \"1,5\" is no number; decimals are written with a point"),
    ("101", "t.csv:3:3: error[E-TAB-004] a: 101 is not allowed; allowed: 0 to 100"),
  ])
  func rejectsNumbers(_ cell: String, _ expected: String) throws {
    let table = try table("code,a\n1,5\n2,\(cell)\n")
    #expect(message { () throws(CSVTableError) in try table.numbers("a", in: 0...100) } == expected)
  }

  @Test func rejectsMixedDecimalMarks() throws {
    let table = try table("code;a\n1;0,5\n2;0.5\n")
    #expect(table.decimalMark == ",")
    #expect(
      message { () throws(CSVTableError) in try table.numbers("a") }
        == "t.csv:3:3: error[E-TAB-004] a: \"0.5\" has a decimal point; other cells of this table have a decimal comma")
    #expect(
      message { () throws(CSVTableError) in try table.numbers("a") }.map { $0.contains("1.234,5") } == false)
  }

  @Test func emptyCellsAreNoNumbers() throws {
    let table = try table("code,a\n1,\n2,3\n")
    #expect(try table.optionalNumbers("a") == [nil, 3])
  }

  @Test func rejectsWholeNumbersAndKeys() throws {
    let table = try table("code,n\n1,x\n2.5,x\n1,y\n")
    #expect(
      message { () throws(CSVTableError) in try table.keys("code") }
        == "t.csv:3:1: error[E-TAB-004] code: \"2.5\" is no whole number")
    #expect(
      message { () throws(CSVTableError) in try table.textKeys("n") }
        == "t.csv:3:5: error[E-TAB-005] n: \"x\" stands twice; it stands on line 2 already")
  }

  @Test func missingColumnsAreAllTold() throws {
    let table = try table("# cn\nCode,a,b\n1,2,3\n")
    #expect(
      message { () throws(CSVTableError) in try table.require(["code", "a", "friction_angle"]) } == """
        t.csv:2:1: error[E-TAB-003] no column "code"; did you mean "Code"?
        t.csv:2:1: error[E-TAB-003] no column "friction_angle"; columns: Code, a, b
        """)
  }

  @Test func listsFiveFindingsAndCountsTheOthers() throws {
    let table = try table("a\n" + String(repeating: "x\n", count: 12))
    let error = #expect(throws: CSVTableError.self) { try table.numbers("a") }
    #expect(error?.diagnostics.count == 5)
    #expect(error?.diagnostics.last?.message == "\"x\" is no number (and 7 more such cells or rows)")
  }

  /// Random tables written with random quoting, separators and line ends come back cell by cell.
  @Test func randomTablesSurviveWriting() throws {
    var generator = SeededGenerator(seed: 3)
    let characters = Array("ab1 .,;\"'#\næ")
    for _ in 0..<300 {
      let columns = Int.random(in: 1...4, using: &generator)
      let separator = Bool.random(using: &generator) ? ";" : ","
      let lineEnd = ["\n", "\r\n", "\r"].randomElement(using: &generator)!
      var expected: [[String]] = []
      // The header tells the separator; with one column there is none to tell.
      var text = (0..<columns).map { "c\($0)" }.joined(separator: separator) + lineEnd
      for _ in 0..<Int.random(in: 0...5, using: &generator) {
        let row = (0..<columns).map { _ in
          String(
            (0..<Int.random(in: 0...5, using: &generator)).map { _ in characters.randomElement(using: &generator)! })
        }
        expected.append(row)
        text += row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: separator) + lineEnd
      }
      let table = try table(text)
      #expect(table.rowCount == expected.count)
      for column in 0..<columns { #expect(try table.texts("c\(column)") == expected.map { $0[column] }) }
    }
  }

  @Test func mutatedTablesNeverCrash() {
    var generator = SeededGenerator(seed: 11)
    let sample = Array("# soil\ncode;friction_angle;cohesion\n1;32,5;4\n2;\"30\";0,5\n".utf8)
    for _ in 0..<4000 {
      let bytes = generator.mutated(sample, snippets: ["\"", "\n", "\r", ";", ",", "#", "sep=,", "\u{FEFF}", "1e999"])
      do {
        let table = try CSVTable(bytes, file: "t.csv")
        #expect(table.columnNames.count >= 1)
        for column in table.columnNames {
          do { _ = try table.numbers(column) } catch { #expect(!error.diagnostics.isEmpty) }
        }
      } catch {
        #expect(!error.diagnostics.isEmpty && error.diagnostics.allSatisfy { $0.severity == .error })
      }
    }
  }
}
