/// A JSON value whose objects keep the order of their keys, so that printed text is stable.
indirect enum JSONTree: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int)
  /// A finite number.
  case number(Double)
  case string(String)
  case array([JSONTree])
  case object([Member])

  /// A key of an object with its value.
  struct Member: Sendable, Hashable {
    let key: String
    let value: JSONTree
  }

  /// An object of the given members in their order.
  static func object(_ members: [(String, JSONTree)]) -> JSONTree {
    .object(members.map { Member(key: $0.0, value: $0.1) })
  }

  /// The value of a key, where this is an object that has it.
  subscript(key: String) -> JSONTree? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// This object with the other's members after its own; other values are returned as they are.
  func appending(_ extra: [(String, JSONTree)]) -> JSONTree {
    guard case .object(let members) = self else { return self }
    return .object(members + extra.map { Member(key: $0.0, value: $0.1) })
  }

  /// This object with the members of another after its own.
  func merging(_ other: JSONTree) -> JSONTree {
    guard case .object(let members) = self, case .object(let more) = other else { return self }
    return .object(members + more)
  }

  /// The value on one line.
  func compactJSON() -> String {
    var text = ""
    write(to: &text, indentation: nil)
    return text
  }

  /// The value over several lines, indented by two spaces, ending in a line break.
  func prettyJSON() -> String {
    var text = ""
    write(to: &text, indentation: 0)
    return text + "\n"
  }

  /// The shortest text that reads back as the same number; whole numbers without a fraction.
  static func text(of number: Double) -> String {
    if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
    return "\(number)"
  }

  /// A text in double quotes, escaped so that it is valid in JSON and in YAML.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}":
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private func write(to text: inout String, indentation: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += Self.text(of: value)
    case .string(let value): text += Self.quoted(value)
    case .array(let elements):
      let isFlat = elements.allSatisfy(\.isScalar)
      write(elements.map { ("", $0) }, "[", "]", flat: isFlat, to: &text, indentation: indentation)
    case .object(let members):
      let isFlat = members.isEmpty
      let pairs = members.map { (Self.quoted($0.key) + (indentation == nil ? ":" : ": "), $0.value) }
      write(pairs, "{", "}", flat: isFlat, to: &text, indentation: indentation)
    }
  }

  private func write(
    _ parts: [(prefix: String, value: JSONTree)], _ open: String, _ close: String, flat: Bool, to text: inout String,
    indentation: Int?
  ) {
    let inner = indentation.map { $0 + 2 }
    text += open
    for (index, part) in parts.enumerated() {
      if index > 0 { text += flat && inner != nil ? ", " : "," }
      if let inner, !flat { text += "\n" + String(repeating: " ", count: inner) }
      text += part.prefix
      part.value.write(to: &text, indentation: inner)
    }
    if let indentation, !flat { text += "\n" + String(repeating: " ", count: indentation) }
    text += close
  }

  /// Whether the value holds no other values.
  var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }
}
