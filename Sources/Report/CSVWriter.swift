public import Foundation
public import Geodata

/// How a table is laid out as comma-separated text.
public struct CSVDialect: Sendable, Hashable {
  /// Character between the fields.
  public var separator: Character
  /// Whether lines end in CR LF instead of LF.
  public var endsLinesWithCarriageReturn: Bool
  /// Whether a byte order mark stands first.
  public var hasByteOrderMark: Bool
  /// Whether numbers with a fraction have a comma instead of a point.
  public var hasDecimalComma: Bool

  /// Comma, LF, no byte order mark.
  public static let standard = CSVDialect(
    separator: ",", endsLinesWithCarriageReturn: false, hasByteOrderMark: false, hasDecimalComma: false)
  /// Semicolon, decimal comma, CR LF and a byte order mark, as a Norwegian spreadsheet opens it.
  public static let excel = CSVDialect(
    separator: ";", endsLinesWithCarriageReturn: true, hasByteOrderMark: true, hasDecimalComma: true)
}

/// What was written to a table's file.
public struct CSVSummary: Sendable, Hashable {
  /// The file.
  public var file: WrittenFile
  /// Number of rows, without the header.
  public var rows = 0
  /// Values that were not finite, written as missing.
  public var nonFiniteValues = 0
  /// Number of texts that a spreadsheet may take for a formula, by field; written as they are.
  public var formulaLikeTexts: [String: Int] = [:]
}

/// Writes a table as comma-separated text by RFC 4180, in UTF-8 with one line of field names.
///
/// All text is quoted, so that identifiers keep their leading zeros; what is missing is empty; numbers with a fraction
/// have the shortest text that reads back the same, with a decimal point. Equal tables give equal bytes.
/// - Parameters:
///   - table: Rows must fit the fields.
///   - url: File to write; an older file is replaced when the new one is complete.
///   - dialect: Layout.
/// - Throws: `ReportError`.
@discardableResult
public func writeCSV(
  _ table: FeatureTable, to url: URL, dialect: CSVDialect = .standard
) throws(ReportError) -> CSVSummary {
  for (index, row) in table.rows.enumerated() {
    try requireFit(row, table.fields, of: "table \(table.name), row \(index)", path: url.path)
  }
  let file = try CSVFile(name: table.name, fields: table.fields, to: url, dialect: dialect)
  try file.append(table.rows)
  return try file.close()
}

/// A table of comma-separated text that is written piece by piece, as ``writeCSV(_:to:dialect:)`` writes it.
///
/// The file appears under its name when it is closed, and never otherwise.
public final class CSVFile {
  private let name: String
  private let fields: [Field]
  private let path: String
  private let file: OutputFile
  private let separator: [UInt8]
  private let lineEnd: StaticString
  private let hasDecimalComma: Bool
  private var summary: CSVSummary

  /// Creates the file and writes the names of the fields.
  public init(name: String, fields: [Field], to url: URL, dialect: CSVDialect = .standard) throws(ReportError) {
    self.name = name
    self.fields = fields
    path = url.path
    separator = Array(String(dialect.separator).utf8)
    lineEnd = dialect.endsLinesWithCarriageReturn ? "\r\n" : "\n"
    hasDecimalComma = dialect.hasDecimalComma
    file = try OutputFile(url)
    summary = CSVSummary(file: WrittenFile(path: url.path, bytes: 0, sha256: ""), rows: 0)
    if dialect.hasByteOrderMark { file.buffer.append("\u{FEFF}") }
    for (index, field) in fields.enumerated() {
      if index > 0 { file.buffer.append(contentsOf: separator) }
      let isPlain = field.name.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
      }
      if isPlain { file.buffer.append(text: field.name) } else { file.buffer.append(csvText: field.name) }
    }
    file.buffer.append(lineEnd)
  }

  /// Writes more rows.
  public func append(_ rows: [[FieldValue]]) throws(ReportError) {
    for row in rows {
      try requireFit(row, fields, of: "table \(name), row \(summary.rows)", path: path)
      for (index, value) in row.enumerated() {
        if index > 0 { file.buffer.append(contentsOf: separator) }
        append(value, fields[index])
      }
      file.buffer.append(lineEnd)
      summary.rows += 1
      try file.flushIfLarge()
    }
  }

  private func append(_ value: FieldValue, _ field: Field) {
    switch value {
    case .null: break
    case .text(let text):
      file.buffer.append(csvText: text)
      if let first = text.utf8.first, "=+-@".utf8.contains(first) {
        summary.formulaLikeTexts[field.name, default: 0] += 1
      }
    case .boolean(let flag): file.buffer.append(text: flag ? "true" : "false")
    case .integer(let number):
      if field.type == .real {
        append(real: Double(number))
      } else {
        file.buffer.append(integer: number)
      }
    case .real(let number):
      if number.isFinite { append(real: number) } else { summary.nonFiniteValues += 1 }
    }
  }

  private func append(real number: Double) {
    let start = file.buffer.count
    file.buffer.append(real: number)
    guard hasDecimalComma, let point = file.buffer[start...].firstIndex(of: UInt8(ascii: ".")) else { return }
    file.buffer[point] = UInt8(ascii: ",")
  }

  /// Completes the file and puts it in its place.
  public func close() throws(ReportError) -> CSVSummary {
    summary.file = try file.finish()
    return summary
  }
}

extension [UInt8] {
  /// Appends text between quotes, quotes doubled (RFC 4180, section 2).
  fileprivate mutating func append(csvText text: String) {
    append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { append(byte) }
      append(byte)
    }
    append(UInt8(ascii: "\""))
  }
}
