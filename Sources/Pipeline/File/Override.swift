extension SourceNode {
  /// Applies an override such as `grid.resolution=2 m` to the file's values.
  ///
  /// Lists are entered by index, `scenarios[0].rain`, or by the id of an element, `scenarios.t20.rain`; sections that
  /// are not there are made; a value of `null` removes the key.
  mutating func apply(override: String, diagnostics: inout [Diagnostic]) {
    // Connections may hold a password, which belongs in no message.
    let isSecret = override.lowercased().contains("passw") || override.contains("://")
    let shown = isSecret ? override.prefix { $0 != "=" } + "=…" : override[...]
    let position = SourcePosition(file: "--set \(shown)")
    func fail(_ message: String, _ keyPath: String? = nil, hint: String? = nil) {
      diagnostics.append(Diagnostic(.invalidOverride, at: position, keyPath: keyPath, message, hint: hint))
    }
    guard let equals = override.firstIndex(of: "=") else {
      return fail("no value", hint: "write --set section.key=value")
    }
    let keyPath = override[..<equals].trimmingSpaces()
    guard let steps = OverrideStep.parse(keyPath) else {
      return fail("\"\(keyPath)\" is no key", hint: "write --set section.key=value")
    }
    let text = String(override[override.index(after: equals)...])
    guard let value = SourceNode.read(override: text, position: position, diagnostics: &diagnostics) else { return }
    var isRemoval = false
    if case .text(let text, let isPlain) = value.content { isRemoval = PlainMeaning(text, isPlain: isPlain) == .null }
    do {
      try set(isRemoval ? nil : value, at: steps[...], position)
    } catch {
      fail(error.message, keyPath, hint: error.hint)
    }
  }

  private struct OverrideError: Error {
    let message: String
    var hint: String?
  }

  private mutating func set(
    _ value: SourceNode?, at steps: ArraySlice<OverrideStep>, _ position: SourcePosition
  ) throws(OverrideError) {
    guard let step = steps.first else {
      guard var value else { throw OverrideError(message: "an element of a list cannot be removed") }
      value.keyPosition = keyPosition.map { _ in position }
      self = value
      return
    }
    let rest = steps.dropFirst()
    switch content {
    case .map(var entries):
      guard case .key(let key) = step else { throw OverrideError(message: "a map has no elements by number") }
      try Self.set(value, key, rest, position, in: &entries)
      content = .map(entries)
    case .list(var elements):
      let index = try step.index(in: elements)
      try elements[index].set(value, at: rest, position)
      content = .list(elements)
    case .text:
      throw OverrideError(message: "\(step.text) stands under \(kind), which has no keys")
    }
  }

  private static func set(
    _ value: SourceNode?, _ key: String, _ rest: ArraySlice<OverrideStep>, _ position: SourcePosition,
    in entries: inout [Entry]
  ) throws(OverrideError) {
    let index = entries.firstIndex { $0.key == key }
    if rest.isEmpty {
      guard var value else {
        if let index { entries.remove(at: index) }
        return
      }
      value.keyPosition = position
      let entry = Entry(key: key, keyPosition: position, value: value)
      if let index { entries[index] = entry } else { entries.append(entry) }
      return
    }
    guard let index else {
      guard value != nil else { return }
      var section = SourceNode(content: .map([]), position: position, keyPosition: position)
      try section.set(value, at: rest, position)
      entries.append(Entry(key: key, keyPosition: position, value: section))
      return
    }
    try entries[index].value.set(value, at: rest, position)
  }

  /// A step of an override's key path.
  private enum OverrideStep {
    case key(String)
    case element(Int)

    var text: String {
      switch self {
      case .key(let key): key
      case .element(let index): "[\(index)]"
      }
    }

    /// The index of the element of a list that is meant, by its number or its id.
    func index(in elements: [SourceNode]) throws(OverrideError) -> Int {
      switch self {
      case .element(let index):
        guard elements.indices.contains(index) else {
          throw OverrideError(message: "there is no element [\(index)] of \(elements.count)")
        }
        return index
      case .key(let id):
        let ids = elements.map { $0["id"]?.text ?? "" }
        guard let index = ids.firstIndex(of: id) else {
          let known = ids.filter { !$0.isEmpty }
          throw OverrideError(
            message: "there is no element with the id \"\(id)\"",
            hint: Suggestion.hint(for: id, among: known, listing: "ids"))
        }
        return index
      }
    }

    /// Splits `scenarios[0].rain` into its steps; nil where it is malformed.
    static func parse(_ keyPath: String) -> [OverrideStep]? {
      var steps: [OverrideStep] = []
      for part in keyPath.split(separator: ".", omittingEmptySubsequences: false) {
        let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
        guard let key = pieces.first, !key.isEmpty, key.allSatisfy({ !$0.isWhitespace }) else { return nil }
        steps.append(.key(String(key)))
        for piece in pieces.dropFirst() {
          guard piece.last == "]", let index = Int(piece.dropLast()), index >= 0 else { return nil }
          steps.append(.element(index))
        }
      }
      return steps.isEmpty ? nil : steps
    }
  }
}
