/// A pattern of text, checked in the reader and printed in the schema as the same regular expression.
///
/// The expressions are of a small kind (classes of characters with `+` or `*`), so that a matcher of some lines does
/// and no regular-expression engine is needed.
struct TextPattern: Sendable {
  /// The first characters allowed.
  private let first: String
  /// The characters allowed after the first; nil where the text has one character only.
  private let rest: String
  private let prefix: String
  /// The least number of characters after the prefix.
  private let minimum: Int
  /// The greatest number of characters after the prefix; nil for no limit.
  private let maximum: Int?
  /// What is allowed, in words.
  let meaning: String

  /// Ids of inputs, tables, scenarios and assets: they become names of files, layers and columns.
  static let id = TextPattern(
    first: "a-z", rest: "a-z0-9_-", meaning: "an id: lower-case letters, digits, _ and -, beginning with a letter")
  /// First parts of field names.
  static let fieldPrefix = TextPattern(
    first: "a-z", rest: "a-z0-9", meaning: "a prefix: lower-case letters and digits, beginning with a letter")
  /// The name of the pipeline.
  static let name = TextPattern(
    first: "a-z0-9_-", rest: "a-z0-9_-", meaning: "a name: lower-case letters, digits, _ and -")
  /// Values of a scenario that are put into paths.
  static let substitution = TextPattern(
    first: "A-Z", rest: "A-Z0-9_", meaning: "a substitution: capitals, digits and _, beginning with a letter")
  /// Environment variables.
  static let variable = TextPattern(
    first: "A-Za-z_", rest: "A-Za-z0-9_", meaning: "a variable: letters, digits and _, beginning with a letter")
  /// Schemas of a database, short enough for the identity of a run behind them.
  static let schemaName = TextPattern(
    first: "a-z", rest: "a-z0-9_", meaning: "a schema: lower-case letters, digits and _, beginning with a letter")
  /// Codes of reference systems.
  static let referenceSystem = TextPattern(
    first: "1-9", rest: "0-9", prefix: "EPSG:", minimum: 4, meaning: "a code such as EPSG:25832")

  /// Countries.
  static let country = TextPattern(
    first: "A-Z", rest: "A-Z", minimum: 3, maximum: 3, meaning: "a country of three capitals, such as NOR")

  private init(
    first: String, rest: String, prefix: String = "", minimum: Int = 1, maximum: Int? = nil, meaning: String
  ) {
    self.first = first
    self.rest = rest
    self.prefix = prefix
    self.minimum = minimum
    self.maximum = maximum
    self.meaning = meaning
  }

  /// The pattern as a regular expression for the whole text.
  var regularExpression: String {
    let least = minimum - 1
    let repetition = maximum.map { "{\(least),\($0 - 1)}" } ?? (least > 0 ? "{\(least),}" : "*")
    return "^\(prefix)[\(first)][\(rest)]\(repetition)$"
  }

  /// Whether the whole text is of the pattern.
  func matches(_ text: String) -> Bool {
    guard text.hasPrefix(prefix) else { return false }
    let body = Array(text.utf8.dropFirst(prefix.utf8.count))
    guard body.count >= minimum, body.count <= maximum ?? .max, let head = body.first, Self.contains(head, in: first)
    else { return false }
    return body.dropFirst().allSatisfy { Self.contains($0, in: rest) }
  }

  private static func contains(_ byte: UInt8, in characterClass: String) -> Bool {
    let bytes = Array(characterClass.utf8)
    var index = 0
    while index < bytes.count {
      if index + 2 < bytes.count, bytes[index + 1] == UInt8(ascii: "-") {
        if byte >= bytes[index], byte <= bytes[index + 2] { return true }
        index += 3
      } else {
        if byte == bytes[index] { return true }
        index += 1
      }
    }
    return false
  }
}
