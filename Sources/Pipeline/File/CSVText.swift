/// Splits the text of a CSV table into records of cells with their positions.
struct CSVText {
  /// A cell with the place where it begins.
  struct Cell: Sendable, Hashable {
    var text: String
    /// Whether it stood in quotes, so that spaces and emptiness were meant.
    var isQuoted: Bool
    var line: Int
    var column: Int
  }

  /// What keeps a text from being split.
  struct Failure: Error {
    let line: Int
    let column: Int
    let message: String
    let hint: String?
  }

  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var line = 1
  private var lineStart = 0

  private init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  /// Splits a text; empty lines and lines that begin with `#` are left out.
  ///
  /// - Returns: the separator, and the records, the header first.
  static func split(_ text: String) throws(Failure) -> (separator: Unicode.Scalar, records: [[Cell]]) {
    var reader = CSVText(text)
    var separator: Unicode.Scalar?
    var records: [[Cell]] = []
    while reader.skipToRecord() {
      if separator == nil {
        if let declared = reader.declaredSeparator() {
          separator = declared
          continue
        }
        separator = reader.sniffSeparator()
      }
      records.append(try reader.record(separatedBy: separator ?? ","))
    }
    return (separator ?? ",", records)
  }

  private var column: Int { index - lineStart + 1 }

  private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

  /// Passes the line break at the index: a carriage return, a line feed, or both.
  private mutating func passLineBreak() {
    if scalars[index] == "\r", index + 1 < scalars.count, scalars[index + 1] == "\n" { index += 1 }
    index += 1
    line += 1
    lineStart = index
  }

  /// Passes empty lines and comments; false at the end of the text.
  private mutating func skipToRecord() -> Bool {
    while index < scalars.count {
      var look = index
      while look < scalars.count, Self.isSpace(scalars[look]) { look += 1 }
      guard look < scalars.count else { return false }
      if scalars[look] == "#" {
        while look < scalars.count, !Self.isLineBreak(scalars[look]) { look += 1 }
        guard look < scalars.count else { return false }
      } else if !Self.isLineBreak(scalars[look]) {
        return true
      }
      index = look
      passLineBreak()
    }
    return false
  }

  /// The separator of a first line `sep=;`, as spreadsheets write it; the line is passed.
  private mutating func declaredSeparator() -> Unicode.Scalar? {
    let end = scalars[index...].firstIndex(where: Self.isLineBreak) ?? scalars.count
    let content = scalars[index..<end]
    guard content.count == 5, content.starts(with: "sep=".unicodeScalars), let last = content.last,
      last == ";" || last == ","
    else { return nil }
    index = end
    if index < scalars.count { passLineBreak() }
    return last
  }

  /// A semicolon where the header has one outside quotes, else a comma.
  private func sniffSeparator() -> Unicode.Scalar {
    var isQuoted = false
    for scalar in scalars[index...] {
      if scalar == "\"" { isQuoted.toggle() }
      if !isQuoted, Self.isLineBreak(scalar) { break }
      if !isQuoted, scalar == ";" { return ";" }
    }
    return ","
  }

  private mutating func record(separatedBy separator: Unicode.Scalar) throws(Failure) -> [Cell] {
    var cells: [Cell] = []
    while true {
      cells.append(try cell(separatedBy: separator))
      guard index < scalars.count else { return cells }
      if Self.isLineBreak(scalars[index]) {
        passLineBreak()
        return cells
      }
      index += 1
    }
  }

  /// Reads a cell and stops at the separator, the line break or the end after it.
  private mutating func cell(separatedBy separator: Unicode.Scalar) throws(Failure) -> Cell {
    while index < scalars.count, Self.isSpace(scalars[index]) { index += 1 }
    var cell = Cell(text: "", isQuoted: false, line: line, column: column)
    if index < scalars.count, scalars[index] == "\"" {
      cell.isQuoted = true
      cell.text = try quotedText()
      while index < scalars.count, Self.isSpace(scalars[index]) { index += 1 }
      if index < scalars.count, scalars[index] != separator, !Self.isLineBreak(scalars[index]) {
        throw Failure(
          line: line, column: column, message: "text after the closing quote", hint: "a quote inside quotes is doubled")
      }
      return cell
    }
    let start = index
    while index < scalars.count, scalars[index] != separator, !Self.isLineBreak(scalars[index]) {
      if scalars[index] == "\"" {
        throw Failure(
          line: line, column: column, message: "a quote within a cell",
          hint: "put the whole cell in quotes and double the quote")
      }
      index += 1
    }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[start..<index])
    cell.text = String(text).trimmingSpaces()
    return cell
  }

  private mutating func quotedText() throws(Failure) -> String {
    let opening = (line, column)
    var text = String.UnicodeScalarView()
    index += 1
    while index < scalars.count {
      if scalars[index] == "\"" {
        index += 1
        guard index < scalars.count, scalars[index] == "\"" else { return String(text) }
      } else if Self.isLineBreak(scalars[index]) {
        text.append("\n")
        passLineBreak()
        continue
      }
      text.append(scalars[index])
      index += 1
    }
    throw Failure(line: opening.0, column: opening.1, message: "a quote that is not closed", hint: nil)
  }
}
