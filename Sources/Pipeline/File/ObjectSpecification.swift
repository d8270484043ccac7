/// A section of the pipeline file: a struct whose blank value holds every default.
protocol ConfigurationSection: Sendable {
  /// Makes the section with its defaults; required values are blank.
  init()
  /// The keys of the section.
  static var specification: ObjectSpecification<Self> { get }
}

/// The keys of a section of the pipeline file: the one list that reading, writing and the schema follow.
///
/// Defaults stand in one place too, the blank value of the section's struct.
struct ObjectSpecification<Owner: ConfigurationSection>: Sendable {
  /// What the section is for, in one sentence.
  let summary: String
  /// The keys in the order of writing.
  let keys: [KeySpecification<Owner>]
  /// Keys that are not fixed but follow a pattern.
  var further: FurtherKeys<Owner>?
  /// Which keys need or exclude each other.
  var rules: [KeyRule] = []

  /// Reads a section; the errors go to the context, and nil is returned only where the value is no map.
  ///
  /// - Parameter discriminator: a key that was read already and is known besides those of the section.
  func read(
    _ node: SourceNode, _ keyPath: String, _ context: ReadingContext, discriminator: String? = nil
  ) -> Owner? {
    guard let entries = node.entries else {
      context.reportType("a map", node, keyPath, hint: "its keys: \(Suggestion.list(keys.map(\.name)))")
      return nil
    }
    var owner = Owner()
    for entry in entries where entry.key != discriminator {
      let entryPath = ReadingContext.join(keyPath, entry.key)
      if let key = keys.first(where: { $0.name == entry.key }) {
        key.read(entry.value, entryPath, context, &owner)
      } else if let further, further.pattern.matches(entry.key) {
        further.read(entry.key, entry.value, entryPath, context, &owner)
      } else {
        let hint = Suggestion.hint(for: entry.key, among: keys.map(\.name), listing: "known keys")
        context.report(.unknownKey, at: entry.keyPosition, entryPath, "unknown key", hint: hint)
      }
    }
    let present = Set(entries.map(\.key))
    for key in keys where key.isRequired && !present.contains(key.name) {
      context.report(
        .missingKey, at: node.headPosition, ReadingContext.join(keyPath, key.name), "missing", hint: key.hint)
    }
    for rule in rules {
      rule.check(node, present, keyPath, context) { name in keys.first { $0.name == name }?.hint ?? "" }
    }
    return owner
  }

  /// Writes a section with every default filled in; values that are absent are left out.
  func write(_ owner: Owner) -> JSONTree {
    var members: [(String, JSONTree)] = keys.compactMap { key in key.write(owner).map { (key.name, $0) } }
    if let further { members += further.write(owner) }
    return .object(members)
  }

  /// The JSON Schema of the section.
  ///
  /// - Parameter constant: a further key that must have this value.
  func schema(constant: (key: String, value: String)? = nil) -> JSONTree {
    var properties: [(String, JSONTree)] = keys.map { ($0.name, $0.schema) }
    var required = keys.filter(\.isRequired).map { JSONTree.string($0.name) }
    if let constant {
      properties.insert((constant.key, .object([("const", .string(constant.value))])), at: 0)
      required.insert(.string(constant.key), at: 0)
    }
    var members: [(String, JSONTree)] = [
      ("description", .string(summary)), ("type", .string("object")), ("properties", .object(properties)),
    ]
    if let further {
      members.append(("patternProperties", .object([(further.pattern.regularExpression, further.schema)])))
    }
    if !required.isEmpty { members.append(("required", .array(required))) }
    members.append(("additionalProperties", .bool(false)))
    if !rules.isEmpty { members.append(("allOf", .array(rules.map(\.schema)))) }
    return .object(members)
  }

  /// The section as a format, to stand as a value of another section.
  var format: ValueFormat<Owner> {
    ValueFormat(read: { read($0, $1, $2) }, write: { write($0) }, schema: schema())
  }
}

/// One key of a section.
struct KeySpecification<Owner: ConfigurationSection>: Sendable {
  let name: String
  let summary: String
  let isRequired: Bool
  let schema: JSONTree
  let read: @Sendable (SourceNode, String, ReadingContext, inout Owner) -> Void
  let write: @Sendable (Owner) -> JSONTree?

  /// What to write where the key is missing: the allowed words, or else what the key is for.
  var hint: String {
    if case .array(let words)? = schema["enum"] {
      let texts = words.compactMap { if case .string(let word) = $0 { word } else { nil } }
      return "one of \(Suggestion.list(texts))"
    }
    let text = summary.hasSuffix(".") ? summary.dropLast() : summary[...]
    // An abbreviation keeps its capitals.
    guard text.dropFirst().first?.isLowercase == true else { return String(text) }
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  /// A key that must be given.
  static func required<Value: Sendable>(
    _ name: String, _ property: any WritableKeyPath<Owner, Value> & Sendable, _ format: ValueFormat<Value>,
    _ summary: String
  ) -> KeySpecification {
    make(name, property, format, summary, isRequired: true, fallback: nil)
  }

  /// A key whose default is the value of the property in the blank section.
  static func defaulted<Value: Sendable>(
    _ name: String, _ property: any WritableKeyPath<Owner, Value> & Sendable, _ format: ValueFormat<Value>,
    _ summary: String
  ) -> KeySpecification {
    make(name, property, format, summary, isRequired: false, fallback: format.write(Owner()[keyPath: property]))
  }

  /// A key whose default follows from other keys and is filled in once everything is read.
  static func derived<Value: Sendable>(
    _ name: String, _ property: any WritableKeyPath<Owner, Value> & Sendable, _ format: ValueFormat<Value>,
    _ summary: String
  ) -> KeySpecification {
    make(name, property, format, summary, isRequired: false, fallback: nil)
  }

  /// A key that may be absent without a default.
  static func optional<Value: Sendable>(
    _ name: String, _ property: any WritableKeyPath<Owner, Value?> & Sendable, _ format: ValueFormat<Value>,
    _ summary: String
  ) -> KeySpecification {
    KeySpecification(
      name: name, summary: summary, isRequired: false, schema: described(format.schema, summary, nil),
      read: { node, keyPath, context, owner in
        if let value = format.read(node, keyPath, context) { owner[keyPath: property] = value }
      },
      write: { owner in owner[keyPath: property].map(format.write) })
  }

  private static func make<Value: Sendable>(
    _ name: String, _ property: any WritableKeyPath<Owner, Value> & Sendable, _ format: ValueFormat<Value>,
    _ summary: String, isRequired: Bool, fallback: JSONTree?
  ) -> KeySpecification {
    KeySpecification(
      name: name, summary: summary, isRequired: isRequired, schema: described(format.schema, summary, fallback),
      read: { node, keyPath, context, owner in
        if let value = format.read(node, keyPath, context) { owner[keyPath: property] = value }
      },
      write: { owner in format.write(owner[keyPath: property]) })
  }

  private static func described(_ schema: JSONTree, _ summary: String, _ fallback: JSONTree?) -> JSONTree {
    var members: [(String, JSONTree)] = [("description", .string(summary))]
    if case .object(let own) = schema {
      members += own.filter { $0.key != "description" }.map { ($0.key, $0.value) }
    }
    if let fallback { members.append(("default", fallback)) }
    return .object(members)
  }
}

/// Keys of a section that follow a pattern instead of having fixed names.
struct FurtherKeys<Owner: Sendable>: Sendable {
  let pattern: TextPattern
  let schema: JSONTree
  let read: @Sendable (String, SourceNode, String, ReadingContext, inout Owner) -> Void
  let write: @Sendable (Owner) -> [(String, JSONTree)]
}

/// A rule that keys need or exclude each other, checked in the reader and printed in the schema.
struct KeyRule: Sendable {
  /// What must hold for the rule to apply.
  enum Condition: Sendable {
    case always
    case present(String)
    case absent(String)
    case equals(String, String)
    case both([Condition])
  }

  var condition: Condition
  /// Keys that must then be there.
  var required: [String] = []
  /// Keys that must then not be there.
  var excluded: [String] = []
  /// Keys of which exactly one must then be there.
  var exactlyOne: [String] = []
  /// When the rule applies, in words that follow "with".
  var reason: String

  func check(
    _ node: SourceNode, _ present: Set<String>, _ keyPath: String, _ context: ReadingContext,
    hint: (String) -> String
  ) {
    guard condition.holds(node) else { return }
    for key in required where !present.contains(key) {
      context.report(
        .missingKey, at: node.headPosition, ReadingContext.join(keyPath, key), "missing",
        hint: "needed \(reason): \(hint(key))")
    }
    for entry in node.entries ?? [] where excluded.contains(entry.key) {
      context.report(
        .contradiction, at: entry.keyPosition, ReadingContext.join(keyPath, entry.key), "not used \(reason)",
        hint: "remove it")
    }
    guard !exactlyOne.isEmpty else { return }
    let given = (node.entries ?? []).filter { exactlyOne.contains($0.key) }
    let choice = exactlyOne.joined(separator: " or ")
    if given.isEmpty {
      context.report(
        .missingKey, at: node.headPosition, ReadingContext.join(keyPath, exactlyOne[0]), "missing",
        hint: "give \(choice)")
    } else if given.count > 1 {
      context.report(
        .contradiction, at: given[1].keyPosition, ReadingContext.join(keyPath, given[1].key),
        "stands beside \(given[0].key)", hint: "give \(choice), not both")
    }
  }

  var schema: JSONTree {
    var demands: [(String, JSONTree)] = []
    if !required.isEmpty { demands.append(("required", .array(required.map(JSONTree.string)))) }
    if !excluded.isEmpty {
      let any = excluded.map { JSONTree.object([("required", .array([.string($0)]))]) }
      demands.append(("not", .object([("anyOf", .array(any))])))
    }
    if !exactlyOne.isEmpty {
      let each = exactlyOne.map { JSONTree.object([("required", .array([.string($0)]))]) }
      demands.append(("oneOf", .array(each)))
    }
    if case .always = condition { return .object(demands) }
    return .object([("if", condition.schema), ("then", .object(demands))])
  }
}

extension KeyRule.Condition {
  fileprivate func holds(_ node: SourceNode) -> Bool {
    switch self {
    case .always: true
    case .present(let key): node[key] != nil
    case .absent(let key): node[key] == nil
    case .equals(let key, let value): node[key]?.text == value
    case .both(let conditions): conditions.allSatisfy { $0.holds(node) }
    }
  }

  fileprivate var schema: JSONTree {
    switch self {
    case .always: .object([(String, JSONTree)]())
    case .present(let key): .object([("required", .array([.string(key)]))])
    case .absent(let key): .object([("not", .object([("required", .array([.string(key)]))]))])
    case .equals(let key, let value):
      .object([
        ("properties", .object([(key, .object([("const", .string(value))]))])),
        ("required", .array([.string(key)])),
      ])
    case .both(let conditions): .object([("allOf", .array(conditions.map(\.schema)))])
    }
  }
}

extension ReadingContext {
  /// The key path of a key in a section; the root has the empty path.
  static func join(_ keyPath: String, _ key: String) -> String { keyPath.isEmpty ? key : "\(keyPath).\(key)" }
}
