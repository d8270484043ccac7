/// A JSON value whose objects keep the order in which their members were added.
public enum JSONValue: Sendable, Hashable {
  /// Nothing is known.
  case null
  /// True or false.
  case bool(Bool)
  /// A whole number.
  case integer(Int64)
  /// A number with a fraction; written as null where it is not finite.
  case number(Double)
  /// Text.
  case string(String)
  /// Values in order.
  case array([JSONValue])
  /// Named values in order.
  case object(JSONObject)

  /// Text, or null.
  public init(_ value: String?) { self = value.map { .string($0) } ?? .null }
  /// A number, or null.
  public init(_ value: Double?) { self = value.map { .number($0) } ?? .null }
  /// A whole number, or null.
  public init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
  /// A list of texts.
  public init(_ values: [String]) { self = .array(values.map { .string($0) }) }

  /// The text of the value in UTF-8: on one line, or indented by two blanks and ended by a line feed.
  ///
  /// Equal values give equal bytes.
  public func encoded(pretty: Bool = false) -> [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes, indent: pretty ? 0 : nil)
    if pretty { bytes.append(0x0A) }
    return bytes
  }

  /// Appends the compact text to a buffer.
  func append(to bytes: inout [UInt8]) { append(to: &bytes, indent: nil) }

  private func append(to bytes: inout [UInt8], indent: Int?) {
    switch self {
    case .null: bytes.append("null")
    case .bool(let value): bytes.append(text: value ? "true" : "false")
    case .integer(let value): bytes.append(integer: value)
    case .number(let value): value.isFinite ? bytes.append(real: value) : bytes.append("null")
    case .string(let value): bytes.append(jsonString: value)
    case .array(let values):
      Self.appendList(to: &bytes, indent, open: "[", close: "]", count: values.count) { bytes, index, indent in
        values[index].append(to: &bytes, indent: indent)
      }
    case .object(let object):
      let members = object.members
      Self.appendList(to: &bytes, indent, open: "{", close: "}", count: members.count) { bytes, index, indent in
        bytes.append(jsonString: members[index].name)
        bytes.append(text: indent == nil ? ":" : ": ")
        members[index].value.append(to: &bytes, indent: indent)
      }
    }
  }

  private static func appendList(
    to bytes: inout [UInt8], _ indent: Int?, open: StaticString, close: StaticString, count: Int,
    _ element: (inout [UInt8], Int, Int?) -> Void
  ) {
    func newLine(_ bytes: inout [UInt8], _ indent: Int?) {
      guard let indent else { return }
      bytes.append(0x0A)
      bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent))
    }
    bytes.append(open)
    let inner = indent.map { $0 + 2 }
    for index in 0..<count {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      newLine(&bytes, inner)
      element(&bytes, index, inner)
    }
    if count > 0 { newLine(&bytes, indent) }
    bytes.append(close)
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral,
  CustomStringConvertible
{
  /// Makes text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// Makes a whole number.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// Makes a number with a fraction.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// Makes true or false.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// Makes an array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// Makes an object.
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
  /// Makes null.
  public init(nilLiteral: ()) { self = .null }

  /// The compact text.
  public var description: String { String(decoding: encoded(), as: UTF8.self) }
}

/// The members of a JSON object, in the order in which they were added; a name occurs once.
public struct JSONObject: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  /// A named value.
  public struct Member: Sendable, Hashable {
    /// Name, unique in its object.
    public let name: String
    /// Value.
    public var value: JSONValue
  }

  /// The members, in order.
  public private(set) var members: [Member] = []

  /// Makes an object from names and values; a repeated name keeps its first place and its last value.
  public init(_ members: [(String, JSONValue)] = []) {
    for (name, value) in members { self[name] = value }
  }

  /// Makes an object from a literal.
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }

  /// The value of a name; a new name is added at the end, nil removes it.
  public subscript(name: String) -> JSONValue? {
    get { members.first { $0.name == name }?.value }
    set {
      let place = members.firstIndex { $0.name == name }
      switch (place, newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): members.remove(at: place)
      case (nil, let value?): members.append(Member(name: name, value: value))
      case (nil, nil): break
      }
    }
  }
}
