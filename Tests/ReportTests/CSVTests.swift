import Foundation
import Geodata
import TestSupport
import Testing

@testable import Report

@Suite struct CSVTests {
  let fields = [
    Field("area_id", .text, "Id."), Field("n", .integer, "Count."), Field("share", .real, unit: "m", "Share."),
    Field("wet", .boolean, "Wet."), Field("Navn på \"felt\"", .text, "Name."),
  ]

  /// A slow reader of RFC 4180; nil for an unquoted empty field.
  func read(_ text: String, separator: Character = ",") -> [[String?]] {
    var rows: [[String?]] = []
    var row: [String?] = []
    var field = ""
    var wasQuoted = false
    var inQuotes = false
    var characters = Array(text.unicodeScalars)[...]
    while let scalar = characters.popFirst() {
      let character = Character(scalar)
      if inQuotes {
        if character != "\"" {
          field.unicodeScalars.append(scalar)
        } else if characters.first == "\"" {
          characters.removeFirst()
          field.append("\"")
        } else {
          inQuotes = false
        }
      } else if character == "\"" {
        inQuotes = true
        wasQuoted = true
      } else if character == separator || character == "\n" {
        row.append(field.isEmpty && !wasQuoted ? nil : field)
        field = ""
        wasQuoted = false
        if character == "\n" {
          rows.append(row)
          row = []
        }
      } else if character != "\r" {
        field.unicodeScalars.append(scalar)
      }
    }
    #expect(row.isEmpty && field.isEmpty && !inQuotes, "the last line ends too")
    return rows
  }

  @Test func readsBack() throws {
    let folder = ScratchFolder()
    var random = SeededGenerator(seed: 5)
    let alphabet = Array("a,;\"\nå😀 =\r")
    let rows: [[FieldValue]] = (0..<300).map { index in
      let text = String((0..<Int(random.next() % 9)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] })
      return [
        .text("00\(index)"), random.next() % 3 == 0 ? .null : .integer(Int64(bitPattern: random.next())),
        random.next() % 3 == 0 ? .null : .real((random.unit() - 0.5) * 1e9), .boolean(index % 2 == 0), .text(text),
      ]
    }
    let table = FeatureTable(name: "t", summary: "A test.", fields: fields, rows: rows)
    for dialect in [CSVDialect.standard, .excel] {
      let url = folder.file("t.csv")
      let summary = try writeCSV(table, to: url, dialect: dialect)
      var content = text(url)
      if dialect == .excel {
        #expect(content.unicodeScalars.first == "\u{FEFF}")
        content.unicodeScalars.removeFirst()
      }
      let back = read(content, separator: dialect.separator)
      #expect(back[0] == fields.map(\.name))
      #expect(back.count == 301 && summary.rows == 300)
      for (line, row) in zip(back.dropFirst(), rows) {
        for (found, value) in zip(line, row) {
          switch value {
          case .null: #expect(found == nil)
          case .text(let text): #expect(found == text)
          case .integer(let number): #expect(found.flatMap { Int64($0) } == number)
          case .real(let number):
            #expect(found?.contains(".") != dialect.hasDecimalComma)
            #expect(found.flatMap { Double($0.replacing(",", with: ".")) } == number)
          case .boolean(let flag): #expect(found == (flag ? "true" : "false"))
          }
        }
      }
    }
  }

  @Test func exactText() throws {
    let folder = ScratchFolder()
    let table = FeatureTable(
      name: "t", summary: "A test.", fields: fields,
      rows: [
        [.text("0301"), .integer(7), .integer(3), .boolean(false), .text("=1+1")],
        [.text("x"), .null, .real(.infinity), .null, .text("say \"hi\"")],
      ])
    let summary = try writeCSV(table, to: folder.file("t.csv"))
    #expect(
      text(folder.file("t.csv"))
        == "area_id,n,share,wet,\"Navn på \"\"felt\"\"\"\n\"0301\",7,3.0,false,\"=1+1\"\n\"x\",,,,\"say \"\"hi\"\"\"\n")
    #expect(summary.nonFiniteValues == 1)
    #expect(summary.formulaLikeTexts == [fields[4].name: 1])
    #expect(summary.file.sha256 == (try SHA256.hexDigest(ofFile: folder.file("t.csv"))).sha256)
  }

  @Test func misfitsAreNamed() {
    let folder = ScratchFolder()
    let table = FeatureTable(name: "t", summary: "", fields: [fields[1]], rows: [[.integer(1)], [.real(1)]])
    let error = #expect(throws: ReportError.self) { try writeCSV(table, to: folder.file("t.csv")) }
    #expect(error?.message == "table t, row 1: field 'n' is integer, its value is real(1.0)")
    #expect(folder.names.isEmpty)
  }

  @Test func fullDiskIsExitFive() {
    let table = FeatureTable(name: "t", summary: "", fields: [fields[1]], rows: [[.integer(1)]])
    let error = #expect(throws: ReportError.self) { try writeCSV(table, to: URL(fileURLWithPath: "/dev/full")) }
    #expect(error?.code == .diskFull && error?.exitCode == 5)
    let nowhere = #expect(throws: ReportError.self) {
      try writeCSV(table, to: URL(fileURLWithPath: "/nonexistent/t.csv"))
    }
    #expect(nowhere?.code == .notWritable)
  }

  @Test func dataPackageDescribesTheFile() throws {
    let folder = ScratchFolder()
    let table = FeatureTable(name: "areas", summary: "Areas.", fields: fields, rows: [])
    let summary = try writeCSV(table, to: folder.file("areas.csv"), dialect: .excel)
    let package = DataPackage(
      name: "run", title: "A run",
      resources: [
        .init(table, path: "tables/areas.csv", file: summary.file, dialect: .excel, key: ["area_id", "n"])
      ])
    try writeJSON(.object(package.json), to: folder.file("datapackage.json"))
    let resource = (try parsed(folder.file("datapackage.json"))["resources"] as! [[String: Any]])[0]
    #expect(resource["path"] as? String == "tables/areas.csv")
    #expect(resource["bytes"] as? Int == summary.file.bytes)
    #expect(resource["hash"] as? String == "sha256:" + summary.file.sha256)
    #expect((resource["dialect"] as! [String: Any])["delimiter"] as? String == ";")
    let schema = resource["schema"] as! [String: Any]
    #expect(schema["missingValues"] as? [String] == [""])
    #expect(schema["primaryKey"] as? [String] == ["area_id", "n"])
    let described = schema["fields"] as! [[String: Any]]
    #expect(described.map { $0["type"] as! String } == ["string", "integer", "number", "boolean", "string"])
    #expect(described[2]["unit"] as? String == "m" && described[0]["unit"] == nil)
    #expect(described.map { $0["decimalChar"] as? String } == [nil, nil, ",", nil, nil])
    #expect(described.map { $0["constraints"] != nil } == [true, true, false, false, false])
  }
}
