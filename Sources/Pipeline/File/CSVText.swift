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

  /// Everything that splits a table is ASCII, so that bytes are looked at.
  private let bytes: [UInt8]
  private var index = 0
  private var line = 1
  /// Where the line begins, moved on by each byte that continues a scalar: columns count bytes.
  private var lineStart = 0

  private init(_ text: String) {
    bytes = Array(text.utf8)
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
      records.append(try reader.record(separatedBy: UInt8(ascii: separator ?? ",")))
    }
    return (separator ?? ",", records)
  }

  private var column: Int { index - lineStart + 1 }

  private static func isLineBreak(_ byte: UInt8) -> Bool { byte == lineFeed || byte == carriageReturn }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let quote = UInt8(ascii: "\"")

  /// Passes a byte of a cell.
  private mutating func pass() {
    if bytes[index] & 0xC0 == 0x80 { lineStart += 1 }
    index += 1
  }

  /// Passes the line break at the index: a carriage return, a line feed, or both.
  private mutating func passLineBreak() {
    if bytes[index] == Self.carriageReturn, index + 1 < bytes.count, bytes[index + 1] == Self.lineFeed { index += 1 }
    index += 1
    line += 1
    lineStart = index
  }

  /// Passes empty lines and comments; false at the end of the text.
  private mutating func skipToRecord() -> Bool {
    while index < bytes.count {
      var look = index
      while look < bytes.count, Self.isSpace(bytes[look]) { look += 1 }
      guard look < bytes.count else { return false }
      if bytes[look] == UInt8(ascii: "#") {
        while look < bytes.count, !Self.isLineBreak(bytes[look]) { look += 1 }
        guard look < bytes.count else { return false }
      } else if !Self.isLineBreak(bytes[look]) {
        return true
      }
      index = look
      passLineBreak()
    }
    return false
  }

  /// The separator of a first line `sep=;`, as spreadsheets write it; the line is passed.
  private mutating func declaredSeparator() -> Unicode.Scalar? {
    let end = bytes[index...].firstIndex(where: Self.isLineBreak) ?? bytes.count
    let content = bytes[index..<end]
    guard content.count == 5, content.starts(with: "sep=".utf8), let last = content.last,
      last == UInt8(ascii: ";") || last == UInt8(ascii: ",")
    else { return nil }
    index = end
    if index < bytes.count { passLineBreak() }
    return Unicode.Scalar(last)
  }

  /// A semicolon where the header has one outside quotes, else a comma.
  private func sniffSeparator() -> Unicode.Scalar {
    var isQuoted = false
    for byte in bytes[index...] {
      if byte == Self.quote { isQuoted.toggle() }
      if !isQuoted, Self.isLineBreak(byte) { break }
      if !isQuoted, byte == UInt8(ascii: ";") { return ";" }
    }
    return ","
  }

  private mutating func record(separatedBy separator: UInt8) throws(Failure) -> [Cell] {
    var cells: [Cell] = []
    while true {
      cells.append(try cell(separatedBy: separator))
      guard index < bytes.count else { return cells }
      if Self.isLineBreak(bytes[index]) {
        passLineBreak()
        return cells
      }
      index += 1
    }
  }

  /// Reads a cell and stops at the separator, the line break or the end after it.
  private mutating func cell(separatedBy separator: UInt8) throws(Failure) -> Cell {
    while index < bytes.count, Self.isSpace(bytes[index]) { index += 1 }
    var cell = Cell(text: "", isQuoted: false, line: line, column: column)
    if index < bytes.count, bytes[index] == Self.quote {
      cell.isQuoted = true
      cell.text = try quotedText()
      while index < bytes.count, Self.isSpace(bytes[index]) { index += 1 }
      if index < bytes.count, bytes[index] != separator, !Self.isLineBreak(bytes[index]) {
        throw Failure(
          line: line, column: column, message: "text after the closing quote", hint: "a quote inside quotes is doubled")
      }
      return cell
    }
    let start = index
    while index < bytes.count, bytes[index] != separator, !Self.isLineBreak(bytes[index]) {
      if bytes[index] == Self.quote {
        throw Failure(
          line: line, column: column, message: "a quote within a cell",
          hint: "put the whole cell in quotes and double the quote")
      }
      pass()
    }
    var end = index
    while end > start, Self.isSpace(bytes[end - 1]) { end -= 1 }
    cell.text = String(decoding: bytes[start..<end], as: UTF8.self)
    return cell
  }

  private mutating func quotedText() throws(Failure) -> String {
    let opening = (line, column)
    var text: [UInt8] = []
    index += 1
    while index < bytes.count {
      if bytes[index] == Self.quote {
        index += 1
        guard index < bytes.count, bytes[index] == Self.quote else { return String(decoding: text, as: UTF8.self) }
      } else if Self.isLineBreak(bytes[index]) {
        text.append(Self.lineFeed)
        passLineBreak()
        continue
      }
      text.append(bytes[index])
      pass()
    }
    throw Failure(line: opening.0, column: opening.1, message: "a quote that is not closed", hint: nil)
  }
}
