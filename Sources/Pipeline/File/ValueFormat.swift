/// How a value is read from the file, written back, and described in the schema.
struct ValueFormat<Value: Sendable>: Sendable {
  /// Reads a value; what is wrong goes to the context, and nil is returned.
  let read: @Sendable (_ node: SourceNode, _ keyPath: String, _ context: ReadingContext) -> Value?
  /// Writes a value as it may stand in the file.
  let write: @Sendable (Value) -> JSONTree
  /// The JSON Schema of the value.
  let schema: JSONTree
}

extension ValueFormat {
  /// This format with a further rule: the function returns what is wrong with a value, or nil.
  func checked(_ rule: @escaping @Sendable (Value) -> String?) -> ValueFormat {
    let inner = read
    return ValueFormat(
      read: { node, keyPath, context in
        guard let value = inner(node, keyPath, context) else { return nil }
        if let problem = rule(value) {
          context.report(.valueNotAllowed, at: node.position, keyPath, problem)
          return nil
        }
        return value
      }, write: write, schema: schema)
  }

  /// This format with further members in its schema.
  func describing(_ members: [(String, JSONTree)]) -> ValueFormat {
    ValueFormat(read: read, write: write, schema: schema.appending(members))
  }

  /// This format for a value of another type.
  func map<Other: Sendable>(
    _ wrap: @escaping @Sendable (Value) -> Other, _ unwrap: @escaping @Sendable (Other) -> Value
  ) -> ValueFormat<Other> {
    let inner = self
    return ValueFormat<Other>(
      read: { node, keyPath, context in inner.read(node, keyPath, context).map(wrap) },
      write: { inner.write(unwrap($0)) }, schema: schema)
  }
}

// MARK: - Text

extension ValueFormat where Value == String {
  /// Text; numbers and truth values must stand in quotes to be text.
  static let text = ValueFormat(
    read: { node, keyPath, context in
      guard case .text(let text, let isPlain) = node.content, PlainMeaning(text, isPlain: isPlain) == .text else {
        context.reportType("text", node, keyPath, hint: node.text?.isEmpty == false ? "put it in quotes" : nil)
        return nil
      }
      if let start = text.firstRange(of: "${") {
        context.report(
          .unresolvedSubstitution, at: node.position, keyPath, "\(text[start.lowerBound...]) is not replaced here",
          hint: "variables are replaced in paths only")
        return nil
      }
      guard !text.trimmingSpaces().isEmpty else {
        context.report(.valueNotAllowed, at: node.position, keyPath, "empty text")
        return nil
      }
      return text
    }, write: { .string($0) }, schema: .object([("type", .string("string")), ("minLength", .integer(1))]))

  /// Text of a pattern that JSON Schema and the check share; `meaning` says in words what is allowed.
  static func text(_ pattern: TextPattern) -> ValueFormat {
    text.checked { pattern.matches($0) ? nil : "\"\($0)\" is not \(pattern.meaning)" }
      .describing([("pattern", .string(pattern.regularExpression))])
  }

  /// The id of an input or table.
  static func reference(_ target: ReferenceTarget) -> ValueFormat {
    ValueFormat(
      read: { node, keyPath, context in
        guard let id = text.read(node, keyPath, context) else { return nil }
        context.refer(to: id, target, keyPath, node.position)
        return id
      }, write: text.write, schema: text.schema)
  }
}

extension ValueFormat where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
  /// One of a fixed list of words.
  static var choice: ValueFormat {
    let words = Value.allCases.map(\.rawValue)
    return ValueFormat(
      read: { node, keyPath, context in
        guard let text = node.text else {
          context.reportType("one of \(words.joined(separator: ", "))", node, keyPath)
          return nil
        }
        guard let value = Value(rawValue: text) else {
          let hint = Suggestion.hint(for: text, among: words, listing: "allowed")
          context.report(.valueNotAllowed, at: node.position, keyPath, "\"\(text)\" is not allowed", hint: hint)
          return nil
        }
        return value
      }, write: { .string($0.rawValue) }, schema: .object([("enum", .array(words.map(JSONTree.string)))]))
  }
}

// MARK: - Numbers and quantities

extension ValueFormat where Value == Bool {
  /// `true` or `false`.
  static let boolean = ValueFormat(
    read: { node, keyPath, context in
      if case .text(let text, let isPlain) = node.content,
        case .boolean(let value) = PlainMeaning(text, isPlain: isPlain)
      {
        return value
      }
      context.reportType("true or false", node, keyPath)
      return nil
    }, write: { .bool($0) }, schema: .object([("type", .string("boolean"))]))
}

extension ValueFormat where Value == Double {
  /// A number without a dimension within the bounds.
  static func number(atLeast lower: Double? = nil, above: Double? = nil, atMost upper: Double? = nil) -> ValueFormat {
    var schema: [(String, JSONTree)] = [("type", .string("number"))]
    if let lower { schema.append(("minimum", .number(lower))) }
    if let above { schema.append(("exclusiveMinimum", .number(above))) }
    if let upper { schema.append(("maximum", .number(upper))) }
    return ValueFormat(
      read: { node, keyPath, context in
        guard case .text(let text, let isPlain) = node.content,
          case .number(let value) = PlainMeaning(text, isPlain: isPlain)
        else {
          context.reportType("a number", node, keyPath, hint: numberHint(node))
          return nil
        }
        var problem: String?
        if let lower, value < lower { problem = "is less than \(JSONTree.text(of: lower))" }
        if let above, value <= above { problem = "is not greater than \(JSONTree.text(of: above))" }
        if let upper, value > upper { problem = "is greater than \(JSONTree.text(of: upper))" }
        if let problem {
          context.report(.valueNotAllowed, at: node.position, keyPath, "\(text) \(problem)")
          return nil
        }
        return value
      }, write: { .number($0) }, schema: .object(schema))
  }

  private static func numberHint(_ node: SourceNode) -> String? {
    guard case .text(let text, let isPlain) = node.content else { return nil }
    if !isPlain, StrictNumber.double(text) != nil { return "remove the quotes" }
    if text.utf8.first == UInt8(ascii: "0"), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      return "numbers have no leading zeros"
    }
    return nil
  }
}

extension ValueFormat where Value == Int {
  /// A whole number within the bounds.
  static func integer(_ range: ClosedRange<Int>) -> ValueFormat {
    var schema: [(String, JSONTree)] = [("type", .string("integer")), ("minimum", .integer(range.lowerBound))]
    if range.upperBound < Int.max { schema.append(("maximum", .integer(range.upperBound))) }
    return ValueFormat(
      read: { node, keyPath, context in
        guard case .text(let text, true) = node.content, let value = StrictNumber.integer(text) else {
          context.reportType("a whole number", node, keyPath)
          return nil
        }
        guard range.contains(value) else {
          let allowed =
            range.upperBound == Int.max
            ? "allowed: at least \(range.lowerBound)" : "allowed: \(range.lowerBound) to \(range.upperBound)"
          context.report(.valueNotAllowed, at: node.position, keyPath, "\(text) is not allowed", hint: allowed)
          return nil
        }
        return value
      }, write: { .integer($0) }, schema: .object(schema))
  }
}

extension ValueFormat where Value == Quantity {
  /// A quantity of a dimension, zero or more, or more than zero.
  static func quantity(_ dimension: Dimension, positive: Bool = false) -> ValueFormat {
    ValueFormat(
      read: { node, keyPath, context in
        guard let text = node.text, !text.isEmpty else {
          context.reportType(dimension.phrase, node, keyPath, hint: "write it as in 1 \(dimension.baseUnit)")
          return nil
        }
        do throws(QuantityError) {
          let quantity = try Quantity(text, dimension)
          if quantity.value < 0 || (positive && quantity.value == 0) {
            let rule = positive ? "is not greater than 0" : "is negative"
            context.report(.valueNotAllowed, at: node.position, keyPath, "\(quantity) \(rule)")
            return nil
          }
          return quantity
        } catch {
          context.report(.invalidQuantity, at: node.position, keyPath, "\(error)", hint: error.hint)
          return nil
        }
      }, write: { .string($0.text) },
      schema: .object([("type", .string("string")), ("pattern", .string(dimension.pattern))]))
  }
}

// MARK: - Lists and maps

extension ValueFormat {
  /// A list of values.
  static func list<Element: Sendable & Equatable>(
    of element: ValueFormat<Element>, atLeast minimum: Int = 0, unique: Bool = true
  ) -> ValueFormat where Value == [Element] {
    var schema: [(String, JSONTree)] = [("type", .string("array")), ("items", element.schema)]
    if minimum > 0 { schema.append(("minItems", .integer(minimum))) }
    if unique { schema.append(("uniqueItems", .bool(true))) }
    return ValueFormat(
      read: { node, keyPath, context in
        guard let nodes = node.elements else {
          context.reportType("a list", node, keyPath, hint: "write it as [a, b]")
          return nil
        }
        var values: [Element] = []
        var isComplete = true
        for (index, item) in nodes.enumerated() {
          let itemPath = "\(keyPath)[\(index)]"
          guard let value = element.read(item, itemPath, context) else {
            isComplete = false
            continue
          }
          if unique, values.contains(value) {
            context.report(.duplicateKey, at: item.position, itemPath, "\(item.kind) stands twice")
            isComplete = false
          }
          values.append(value)
        }
        if nodes.count < minimum {
          let problem = nodes.isEmpty ? "an empty list" : "\(nodes.count) values"
          context.report(.valueNotAllowed, at: node.position, keyPath, problem, hint: "at least \(minimum)")
          return nil
        }
        return isComplete ? values : nil
      }, write: { .array($0.map(element.write)) }, schema: .object(schema))
  }

  /// A map from ids to values.
  static func keyed<Element: Sendable>(
    by key: TextPattern, of element: ValueFormat<Element>, atLeast minimum: Int = 0
  ) -> ValueFormat where Value == Keyed<Element> {
    var schema: [(String, JSONTree)] = [
      ("type", .string("object")),
      ("patternProperties", .object([(key.regularExpression, element.schema)])),
      ("additionalProperties", .bool(false)),
    ]
    if minimum > 0 { schema.append(("minProperties", .integer(minimum))) }
    return ValueFormat(
      read: { node, keyPath, context in
        guard let entries = node.entries else {
          context.reportType("a map", node, keyPath)
          return nil
        }
        var values = Keyed<Element>()
        for entry in entries {
          let entryPath = "\(keyPath).\(entry.key)"
          if !key.matches(entry.key) {
            context.report(
              .valueNotAllowed, at: entry.keyPosition, entryPath, "\"\(entry.key)\" is not \(key.meaning)")
          }
          if let value = element.read(entry.value, entryPath, context) {
            values.append(entry.key, value)
          }
        }
        if entries.count < minimum {
          context.report(.valueNotAllowed, at: node.position, keyPath, "empty", hint: "at least \(minimum)")
        }
        return values
      }, write: { values in .object(values.map { ($0.id, element.write($0.value)) }) }, schema: .object(schema))
  }
}

extension ReadingContext {
  /// Notes a value of the wrong type.
  func reportType(_ expected: String, _ node: SourceNode, _ keyPath: String, hint: String? = nil) {
    report(.wrongType, at: node.position, keyPath, "expected \(expected), found \(node.kind)", hint: hint)
  }
}
