/// A value of the pipeline file as it was written: text, list or map, each with its position.
///
/// Nothing is converted here; what a text means is decided by the key it belongs to.
struct SourceNode: Sendable {
  /// What the value holds.
  enum Content: Sendable {
    /// Text; `isPlain` where it was written without quotes.
    case text(String, isPlain: Bool)
    case list([SourceNode])
    case map([Entry])
  }

  /// A key of a map with its value.
  struct Entry: Sendable {
    var key: String
    var keyPosition: SourcePosition
    var value: SourceNode
  }

  /// What the value holds.
  var content: Content
  /// Where the value begins.
  var position: SourcePosition
  /// Where the key stands whose value this is; nil in a list and at the root.
  var keyPosition: SourcePosition?

  /// Where something missing in this value is reported.
  var headPosition: SourcePosition { keyPosition ?? position }

  /// The entries, where this is a map.
  var entries: [Entry]? {
    if case .map(let entries) = content { return entries }
    return nil
  }

  /// The elements, where this is a list.
  var elements: [SourceNode]? {
    if case .list(let elements) = content { return elements }
    return nil
  }

  /// The text, where this is one.
  var text: String? {
    if case .text(let text, _) = content { return text }
    return nil
  }

  /// The value of a key, where this is a map that has it.
  subscript(key: String) -> SourceNode? { entries?.first { $0.key == key }?.value }

  /// What the value is, for messages.
  var kind: String {
    switch content {
    case .list: "a list"
    case .map: "a map"
    case .text(let text, let isPlain):
      switch PlainMeaning(text, isPlain: isPlain) {
      case .null: "nothing"
      case .boolean: "\(text), a truth value"
      case .number: "the number \(text)"
      case .text: "the text \"\(text)\""
      }
    }
  }
}

/// What a scalar means in the YAML 1.2 core schema, restricted to decimal numbers without leading zeros.
enum PlainMeaning: Hashable {
  case null
  case boolean(Bool)
  case number(Double)
  case text

  /// Decides by the text and by whether it stood in quotes.
  init(_ text: String, isPlain: Bool) {
    guard isPlain else {
      self = .text
      return
    }
    switch text {
    case "", "~", "null", "Null", "NULL": self = .null
    case "true", "True", "TRUE": self = .boolean(true)
    case "false", "False", "FALSE": self = .boolean(false)
    default: self = StrictNumber.double(text).map(PlainMeaning.number) ?? .text
    }
  }
}
