/// Checks of a YAML text before the parser sees it: encoding, tabs, control characters, depth and complex keys.
///
/// The parser would report some of these late, in other words, or only after a very long time.
struct YAMLText {
  /// The largest text that is read, in bytes.
  static let maximumSize = 1 << 20
  /// The deepest nesting of brackets.
  static let maximumDepth = 60

  /// The text without a byte order mark.
  let text: String
  /// What is wrong with it; the text must not be parsed where this is not empty.
  private(set) var diagnostics: [Diagnostic] = []

  private let file: String

  /// Decodes and checks the bytes of a file.
  init(_ bytes: [UInt8], file: String) {
    self.file = file
    var bytes = bytes[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    guard bytes.count <= Self.maximumSize else {
      text = ""
      let problem = "the file has \(bytes.count) bytes; at most \(Self.maximumSize) are read"
      diagnostics = [Diagnostic(.unreadableFile, at: SourcePosition(file: file), problem)]
      return
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else {
      text = ""
      diagnostics = [Self.invalidEncoding(in: bytes, file: file)]
      return
    }
    text = decoded
    check()
  }

  private mutating func check() {
    var line = 1
    var column = 0
    var isIndentation = true
    var isComment = false
    var previous: Unicode.Scalar = "\n"
    var depth = 0
    for scalar in text.unicodeScalars {
      defer { previous = scalar }
      if scalar == "\n" || scalar == "\r" {
        // A carriage return with its line feed is one line break.
        if previous != "\r" || scalar == "\r" { line += 1 }
        column = 0
        isIndentation = true
        isComment = false
        continue
      }
      column += 1
      let position = SourcePosition(file: file, line: line, column: column)
      switch scalar {
      case "\t" where !isComment:
        let place = isIndentation ? "tab in the indentation" : "tab between values"
        report(position, place, hint: "use spaces")
      case "#" where isIndentation || previous == " " || previous == "\t": isComment = true
      case "[" where !isComment, "{" where !isComment:
        depth += 1
        if depth == Self.maximumDepth + 1 {
          report(position, "brackets nested more than \(Self.maximumDepth) deep", hint: nil)
        }
      case "]" where !isComment, "}" where !isComment: depth = max(0, depth - 1)
      default:
        if !Self.isPrintable(scalar) {
          let number = String(scalar.value, radix: 16, uppercase: true)
          let digits = String(repeating: "0", count: max(0, 4 - number.count)) + number
          report(position, "character U+\(digits) is not allowed", hint: "remove it")
        }
      }
      if scalar != " ", scalar != "\t" { isIndentation = false }
    }
    if diagnostics.isEmpty { checkComplexKeys() }
  }

  /// Keys that are lists, maps or aliases of them are never wanted, and hashing an alias bomb takes for ever.
  private mutating func checkComplexKeys() {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard lines.contains(where: Self.mayHaveAlias) else { return }
    for (index, line) in lines.enumerated() where Self.mayHaveComplexKey(line) {
      let position = SourcePosition(file: file, line: index + 1, column: 1)
      report(position, "a list, a map or an alias as a key, in a file with aliases", hint: "keys are plain text")
      return
    }
  }

  private static func mayHaveAlias(_ line: Substring) -> Bool {
    var previous: Character = " "
    var isStar = false
    for character in line {
      if isStar, character.isLetter || character.isNumber || character == "_" || character == "-" { return true }
      isStar = character == "*" && " [{,-:?".contains(previous)
      previous = character
    }
    return false
  }

  private static func mayHaveComplexKey(_ line: Substring) -> Bool {
    var token: Character = " "
    var isAlias = false
    var previous: Character = " "
    for character in line {
      if character == "?", " -?,[{".contains(token) { return true }
      if character == ":", isAlias || token == "]" || token == "}" { return true }
      if character == "*", " [{,-:?".contains(previous) { isAlias = true }
      if ",[]{}".contains(character) { isAlias = false }
      if character != " " { token = character }
      previous = character
    }
    return false
  }

  private mutating func report(_ position: SourcePosition, _ message: String, hint: String?) {
    guard diagnostics.count < 20 else { return }
    diagnostics.append(Diagnostic(.invalidYAML, at: position, message, hint: hint))
  }

  /// Line breaks of YAML 1.1 that editors do not count (U+0085, U+2028, U+2029) would shift every position.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
    default: scalar.value >= 0x10000
    }
  }

  private static func invalidEncoding(in bytes: ArraySlice<UInt8>, file: String) -> Diagnostic {
    let (line, column, byte) = firstInvalidByte(in: bytes)
    let value = String(byte, radix: 16, uppercase: true)
    let encoding =
      bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) ? "; it looks like UTF-16" : ""
    return Diagnostic(
      .invalidYAML, at: SourcePosition(file: file, line: line, column: column),
      "byte 0x\(value.count == 1 ? "0" : "")\(value) is not UTF-8\(encoding)", hint: "save the file as UTF-8")
  }

  /// The line and column of the first byte that is not UTF-8, and the byte.
  static func firstInvalidByte(in bytes: ArraySlice<UInt8>) -> (line: Int, column: Int, byte: UInt8) {
    var line = 1
    var column = 1
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      let end = min(index + length, bytes.endIndex)
      guard String(validating: bytes[index..<end], as: UTF8.self) != nil else { break }
      if byte == 0x0A {
        line += 1
        column = 1
      } else {
        column += 1
      }
      index = end
    }
    return (line, column, index < bytes.endIndex ? bytes[index] : 0)
  }
}
