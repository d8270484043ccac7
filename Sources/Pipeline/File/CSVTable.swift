import Foundation

/// Everything that is wrong with a table.
public struct CSVTableError: Error, Sendable, CustomStringConvertible {
  /// The findings, all of them errors, in the order of the table.
  public let diagnostics: [Diagnostic]

  /// Makes an error of findings.
  public init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  /// One line a finding.
  public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

/// A table of named columns, read from a CSV file.
///
/// Accepted are a byte order mark, line ends of any system, empty lines, comment lines that begin with `#`, a first
/// line `sep=;`, quoted cells, and trailing separators. The separator is a semicolon where the header has one, else a
/// comma. Decimals are written with a point; with a comma where the separator is a semicolon and any cell of the table
/// is such a number, and then never with a point.
public struct CSVTable: Sendable {
  /// The largest table that is read, in bytes.
  static let maximumSize = 64 << 20
  /// The most findings that are listed; the others are counted.
  static let maximumFindings = 5

  /// The file as it is named in messages.
  public let file: String
  /// The names of the columns in their order.
  public let columnNames: [String]
  /// The number of rows below the header.
  public var rowCount: Int { rows.count }
  /// The separator of cells.
  public let separator: Character
  /// The decimal mark of numbers.
  public let decimalMark: Character

  private let header: [CSVText.Cell]
  private let rows: [[CSVText.Cell]]

  /// Reads a table from a file.
  ///
  /// - Parameter acceptsLatin1: whether bytes that are no UTF-8 are read as Latin-1, as Norwegian services write it.
  /// - Throws: `CSVTableError` where the file cannot be read or is no rectangle of rows and named columns.
  public init(path: String, acceptsLatin1: Bool = false) throws(CSVTableError) {
    let bytes: [UInt8]
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      bytes = Array(try handle.read(upToCount: Self.maximumSize + 1) ?? Data())
    } catch {
      let exists = FileManager.default.fileExists(atPath: path)
      let message = exists ? "the file cannot be read" : "there is no such file"
      throw CSVTableError([Diagnostic(.unreadableTable, at: SourcePosition(file: path), message)])
    }
    if acceptsLatin1, String(validating: bytes, as: UTF8.self) == nil {
      // Every byte of Latin-1 is the scalar of its number.
      var text = String.UnicodeScalarView()
      for byte in bytes { text.append(Unicode.Scalar(byte)) }
      try self.init(Array(String(text).utf8), file: path)
    } else {
      try self.init(bytes, file: path)
    }
  }

  /// Reads a table from the bytes of a file.
  ///
  /// - Throws: `CSVTableError` where they are not UTF-8 or no rectangle of rows and named columns.
  public init(_ bytes: [UInt8], file: String) throws(CSVTableError) {
    let (separator, records) = try Self.records(of: bytes, file: file)
    guard var header = records.first else {
      throw CSVTableError([
        Diagnostic(
          .invalidTableLayout, at: SourcePosition(file: file, line: 1, column: 1), "the table is empty",
          hint: "the first line names the columns")
      ])
    }
    // Spreadsheets write separators after the last column; such columns have no name and no cell.
    while header.count > 1, let last = header.last, last.text.isEmpty { header.removeLast() }
    var rows = Array(records.dropFirst())
    var diagnostics = Self.check(header: header, file: file)
    for index in rows.indices {
      while rows[index].count > header.count, let last = rows[index].last, last.text.isEmpty, !last.isQuoted {
        rows[index].removeLast()
      }
      guard rows[index].count != header.count, let first = rows[index].first else { continue }
      let hint =
        separator == "," && rows[index].count > header.count
        ? "decimals are written with a point, or separate the cells by semicolons" : nil
      diagnostics.append(
        Diagnostic(
          .invalidTableLayout, at: SourcePosition(file: file, line: first.line, column: 1),
          "\(rows[index].count) cells, where the header names \(header.count) columns", hint: hint))
    }
    guard diagnostics.isEmpty else { throw CSVTableError(Self.shortened(diagnostics)) }
    self.file = file
    self.header = header
    self.rows = rows
    self.separator = Character(separator)
    columnNames = header.map(\.text)
    decimalMark = separator == ";" && rows.contains { $0.contains { Self.isCommaDecimal($0.text) } } ? "," : "."
  }

  /// The position of a column, from 0.
  ///
  /// - Throws: `CSVTableError` where there is no column of exactly this name.
  public func index(of column: String) throws(CSVTableError) -> Int {
    if let index = columnNames.firstIndex(of: column) { return index }
    let hint = Suggestion.hint(for: column, among: columnNames, listing: "columns")
    throw CSVTableError([
      Diagnostic(.missingColumn, at: position(header[0]), "no column \"\(column)\"", hint: hint)
    ])
  }

  /// Checks that all columns are there, and reports all that are not.
  ///
  /// - Throws: `CSVTableError` with one finding a missing column.
  public func require(_ columns: [String]) throws(CSVTableError) {
    var diagnostics: [Diagnostic] = []
    for column in columns {
      do throws(CSVTableError) {
        _ = try index(of: column)
      } catch {
        diagnostics += error.diagnostics
      }
    }
    if !diagnostics.isEmpty { throw CSVTableError(diagnostics) }
  }

  /// The columns that are not among those named.
  public func columns(besides known: [String]) -> [String] { columnNames.filter { !known.contains($0) } }

  /// The cells of a column as text.
  ///
  /// - Throws: `CSVTableError` where there is no such column.
  public func texts(_ column: String) throws(CSVTableError) -> [String] {
    let index = try index(of: column)
    return rows.map { $0[index].text }
  }

  /// The numbers of a column; every cell must hold one.
  ///
  /// - Parameter range: what is allowed, both ends included; everything unless given.
  /// - Throws: `CSVTableError` with every cell that is no number or out of range.
  public func numbers(_ column: String, in range: ClosedRange<Double>? = nil) throws(CSVTableError) -> [Double] {
    try convert(column) { (cell) throws(CellError) in try number(in: cell, range) }
  }

  /// The numbers of a column, nil where a cell is empty.
  ///
  /// - Parameter range: what is allowed, both ends included; everything unless given.
  /// - Throws: `CSVTableError` with every cell that is neither empty nor a number in range.
  public func optionalNumbers(
    _ column: String, in range: ClosedRange<Double>? = nil
  ) throws(CSVTableError) -> [Double?] {
    try convert(column) { (cell) throws(CellError) in cell.text.isEmpty ? nil : try number(in: cell, range) }
  }

  /// The whole numbers of a column; every cell must hold one.
  ///
  /// - Parameter range: what is allowed; everything unless given.
  /// - Throws: `CSVTableError` with every cell that is no whole number or out of range.
  public func integers(_ column: String, in range: ClosedRange<Int>? = nil) throws(CSVTableError) -> [Int] {
    try convert(column) { (cell) throws(CellError) in
      guard let value = StrictNumber.integer(cell.text) else {
        throw CellError(message: cell.text.isEmpty ? "empty" : "\"\(cell.text)\" is no whole number", hint: nil)
      }
      if let range, !range.contains(value) {
        throw CellError(
          message: "\(value) is not allowed", hint: "allowed: \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
  }

  /// The whole numbers of a column that identifies the rows: each stands once.
  ///
  /// - Throws: `CSVTableError` with every cell that is no whole number, or else every one that stands twice.
  public func keys(_ column: String, in range: ClosedRange<Int>? = nil) throws(CSVTableError) -> [Int] {
    let values = try integers(column, in: range)
    try checkUnique(values, column)
    return values
  }

  /// The texts of a column that identifies the rows: each stands once and none is empty.
  ///
  /// - Throws: `CSVTableError` with every cell that is empty, or else every one that stands twice.
  public func textKeys(_ column: String) throws(CSVTableError) -> [String] {
    let values = try convert(column) { (cell) throws(CellError) in
      guard !cell.text.isEmpty else { throw CellError(message: "empty", hint: nil) }
      return cell.text
    }
    try checkUnique(values, column)
    return values
  }

  /// Where the name of a column begins, for findings about what it means.
  /// - Throws: `CSVTableError` where there is no such column.
  public func position(ofColumn column: String) throws(CSVTableError) -> SourcePosition {
    position(header[try index(of: column)])
  }

  /// Where a cell begins, for findings about what a row means.
  ///
  /// - Parameter row: the row, from 0.
  /// - Throws: `CSVTableError` where there is no such column.
  public func position(row: Int, column: String) throws(CSVTableError) -> SourcePosition {
    position(rows[row][try index(of: column)])
  }
}

// MARK: - Cells

extension CSVTable {
  private struct CellError: Error {
    let message: String
    let hint: String?
  }

  private func convert<Value>(
    _ column: String, _ convert: (CSVText.Cell) throws(CellError) -> Value
  ) throws(CSVTableError) -> [Value] {
    let index = try index(of: column)
    var values: [Value] = []
    var diagnostics: [Diagnostic] = []
    for row in rows {
      do throws(CellError) {
        values.append(try convert(row[index]))
      } catch {
        diagnostics.append(
          Diagnostic(
            .invalidTableNumber, at: position(row[index]), keyPath: column, error.message, hint: error.hint))
      }
    }
    if !diagnostics.isEmpty { throw CSVTableError(Self.shortened(diagnostics)) }
    return values
  }

  private func number(in cell: CSVText.Cell, _ range: ClosedRange<Double>?) throws(CellError) -> Double {
    let text = cell.text
    if text.isEmpty { throw CellError(message: "empty", hint: "every row needs a number here") }
    var standard = text
    if decimalMark == "," {
      guard !text.contains(".") else {
        throw CellError(
          message: "\"\(text)\" has a decimal point", hint: "other cells of this table have a decimal comma")
      }
      standard = String(text.map { $0 == "," ? "." : $0 })
    }
    guard let value = StrictNumber.double(standard) else {
      let hint = text.contains(",") && decimalMark == "." ? "decimals are written with a point" : nil
      throw CellError(message: "\"\(text)\" is no number", hint: hint)
    }
    if let range, !range.contains(value) {
      let allowed = "\(JSONTree.text(of: range.lowerBound)) to \(JSONTree.text(of: range.upperBound))"
      throw CellError(message: "\(text) is not allowed", hint: "allowed: \(allowed)")
    }
    return value
  }

  private func checkUnique<Value: Hashable>(_ values: [Value], _ column: String) throws(CSVTableError) {
    let index = try index(of: column)
    var firstRow: [Value: Int] = [:]
    var diagnostics: [Diagnostic] = []
    for (row, value) in values.enumerated() {
      guard let first = firstRow[value] else {
        firstRow[value] = row
        continue
      }
      diagnostics.append(
        Diagnostic(
          .duplicateTableKey, at: position(rows[row][index]), keyPath: column, "\"\(value)\" stands twice",
          hint: "it stands on line \(rows[first][index].line) already"))
    }
    if !diagnostics.isEmpty { throw CSVTableError(Self.shortened(diagnostics)) }
  }

  private func position(_ cell: CSVText.Cell) -> SourcePosition {
    SourcePosition(file: file, line: cell.line, column: cell.column)
  }

  private static func isCommaDecimal(_ text: String) -> Bool {
    guard text.utf8.filter({ $0 == UInt8(ascii: ",") }).count == 1, !text.contains(".") else { return false }
    return StrictNumber.double(String(text.map { $0 == "," ? "." : $0 })) != nil
  }

  private static func records(
    of bytes: [UInt8], file: String
  ) throws(CSVTableError) -> (separator: Unicode.Scalar, records: [[CSVText.Cell]]) {
    let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    guard content.count <= maximumSize else {
      let message = "the table has more than \(maximumSize) bytes"
      throw CSVTableError([Diagnostic(.unreadableTable, at: SourcePosition(file: file), message)])
    }
    guard let text = String(validating: content, as: UTF8.self) else {
      let (line, column, byte) = YAMLText.firstInvalidByte(in: content)
      let value = String(byte, radix: 16, uppercase: true)
      throw CSVTableError([
        Diagnostic(
          .unreadableTable, at: SourcePosition(file: file, line: line, column: column),
          "byte 0x\(value.count == 1 ? "0" : "")\(value) is not UTF-8", hint: "save the table as UTF-8")
      ])
    }
    do throws(CSVText.Failure) {
      return try CSVText.split(text)
    } catch {
      throw CSVTableError([
        Diagnostic(
          .invalidTableLayout, at: SourcePosition(file: file, line: error.line, column: error.column), error.message,
          hint: error.hint)
      ])
    }
  }

  private static func check(header: [CSVText.Cell], file: String) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    if header.allSatisfy({ StrictNumber.double($0.text) != nil }) {
      let position = SourcePosition(file: file, line: header[0].line, column: header[0].column)
      diagnostics.append(
        Diagnostic(
          .invalidTableLayout, at: position, "the first line holds numbers", hint: "the first line names the columns"))
    }
    for (index, cell) in header.enumerated() {
      let position = SourcePosition(file: file, line: cell.line, column: cell.column)
      if cell.text.isEmpty {
        diagnostics.append(Diagnostic(.invalidTableLayout, at: position, "column \(index + 1) has no name"))
      } else if header[..<index].contains(where: { $0.text == cell.text }) {
        diagnostics.append(
          Diagnostic(.duplicateTableKey, at: position, "the column \"\(cell.text)\" stands twice"))
      }
    }
    return diagnostics
  }

  /// The first findings, with a count of the others in the last one's message.
  private static func shortened(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    guard diagnostics.count > maximumFindings else { return diagnostics }
    var shown = Array(diagnostics.prefix(maximumFindings))
    shown[maximumFindings - 1].message += " (and \(diagnostics.count - maximumFindings) more such cells or rows)"
    return shown
  }
}
