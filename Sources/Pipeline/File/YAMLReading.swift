import Yams

extension SourceNode {
  /// The most values that a file may hold once its aliases are expanded.
  static let maximumNodes = 50_000

  /// Reads one YAML document from the bytes of a file.
  ///
  /// Everything found wrong is appended to `diagnostics`; nil is returned where nothing usable is left.
  static func read(_ bytes: [UInt8], file: String, diagnostics: inout [Diagnostic]) -> SourceNode? {
    let checked = YAMLText(bytes, file: file)
    diagnostics += checked.diagnostics
    guard checked.diagnostics.isEmpty else { return nil }
    var composer = Composer(text: checked.text, file: file)
    let root = composer.compose()
    diagnostics += composer.diagnostics
    return root
  }

  /// Reads the value of an override; all its positions are that of the override.
  static func read(override text: String, position: SourcePosition, diagnostics: inout [Diagnostic]) -> SourceNode? {
    let checked = YAMLText(Array(text.utf8), file: position.file)
    var found = checked.diagnostics
    var node: SourceNode?
    if found.isEmpty {
      var composer = Composer(text: checked.text, file: position.file, isOverride: true)
      node = composer.compose()
      found = composer.diagnostics
    }
    diagnostics += found.map { diagnostic in
      var moved = diagnostic
      moved.code = .invalidOverride
      moved.position = position
      return moved
    }
    return found.isEmpty ? node?.moved(to: position) : nil
  }

  private func moved(to position: SourcePosition) -> SourceNode {
    var result = self
    result.position = position
    result.keyPosition = nil
    switch content {
    case .text: break
    case .list(let elements): result.content = .list(elements.map { $0.moved(to: position) })
    case .map(let entries):
      result.content = .map(
        entries.map { Entry(key: $0.key, keyPosition: position, value: $0.value.moved(to: position)) })
    }
    return result
  }
}

/// Turns a text into nodes by way of Yams, keeping positions and refusing what the YAML subset leaves out.
private struct Composer {
  private let file: String
  private var text: String
  /// Whether the text is the value of an override, which may be empty and has no lines to name.
  private let isOverride: Bool
  private(set) var diagnostics: [Diagnostic] = []
  /// The positions of first keys that were masked, so that the parser gets past a duplicate, with their names.
  private var masked: [Place: String] = [:]
  private var nodes = 0

  private struct Place: Hashable {
    let line: Int
    let column: Int
  }

  init(text: String, file: String, isOverride: Bool = false) {
    self.text = text
    self.file = file
    self.isOverride = isOverride
  }

  mutating func compose() -> SourceNode? {
    // The parser stops at the first map with a duplicate key. The first of the two keys is then masked by characters
    // of the private use area, as many as it had, so that all later positions stay and everything else is reported.
    for _ in 0...100 {
      do {
        guard let node = try Yams.compose(yaml: text, .basic, .default, .utf8) else {
          if isOverride { return SourceNode(content: .text("", isPlain: true), position: position(1, 1)) }
          report(.invalidYAML, position(1, 1), "the file is empty", hint: "see `overvann schema` for its keys")
          return nil
        }
        return convert(node, depth: 0)
      } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
        guard let name = duplicates.first, mask(name, at: context.mark) else {
          let names = duplicates.map { "\"\($0)\"" }.joined(separator: ", ")
          report(.duplicateKey, position(context.mark.line, context.mark.column), "duplicate key \(names)", hint: nil)
          return nil
        }
      } catch {
        report(error)
        return nil
      }
    }
    return nil
  }

  private mutating func convert(_ node: Node, depth: Int) -> SourceNode? {
    nodes += 1
    let mark = node.mark
    let position = position(mark?.line ?? 1, mark?.column ?? 1)
    guard nodes <= SourceNode.maximumNodes else {
      if nodes == SourceNode.maximumNodes + 1 {
        report(
          .invalidYAML, position, "the file holds more than \(SourceNode.maximumNodes) values",
          hint: "do not nest aliases of aliases")
      }
      return nil
    }
    guard depth <= YAMLText.maximumDepth else {
      report(.invalidYAML, position, "values nested more than \(YAMLText.maximumDepth) deep", hint: nil)
      return nil
    }
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain || scalar.style == .any
      // A plain scalar has no tag unless one was written; a quoted one has that of text.
      if isPlain || scalar.tag != Tag(.str) { checkTag(scalar.tag, position) }
      return SourceNode(content: .text(scalar.string, isPlain: isPlain), position: position)
    case .sequence(let sequence):
      checkTag(sequence.tag, position)
      var elements: [SourceNode] = []
      for element in sequence {
        if let converted = convert(element, depth: depth + 1) { elements.append(converted) }
      }
      return SourceNode(content: .list(elements), position: position)
    case .mapping(let mapping):
      checkTag(mapping.tag, position)
      return SourceNode(content: .map(convert(mapping, depth: depth)), position: position)
    case .alias:
      report(.invalidYAML, position, "an alias without its anchor", hint: nil)
      return nil
    }
  }

  private mutating func convert(_ mapping: Node.Mapping, depth: Int) -> [SourceNode.Entry] {
    var entries: [SourceNode.Entry] = []
    var first: [String: SourcePosition] = [:]
    for (key, value) in mapping {
      let place = Place(line: key.mark?.line ?? 1, column: key.mark?.column ?? 1)
      let keyPosition = position(place.line, place.column)
      guard case .scalar(let scalar) = key else {
        report(.invalidYAML, keyPosition, "a list or map as a key", hint: "keys are plain text")
        continue
      }
      let name = masked[place] ?? scalar.string
      if let earlier = first[name], let line = earlier.line {
        report(.duplicateKey, keyPosition, "duplicate key \"\(name)\"", hint: "it stands on line \(line) already")
        continue
      }
      first[name] = keyPosition
      if var converted = convert(value, depth: depth + 1) {
        converted.keyPosition = keyPosition
        entries.append(SourceNode.Entry(key: name, keyPosition: keyPosition, value: converted))
      }
    }
    return entries
  }

  private mutating func checkTag(_ tag: Tag, _ position: SourcePosition) {
    guard tag != .implicit else { return }
    report(.invalidYAML, position, "explicit tag \(tag)", hint: "leave the tag out")
  }

  /// Replaces the key at a mark by as many private characters; false where it is not written there literally.
  private mutating func mask(_ name: String, at mark: Mark) -> Bool {
    let place = Place(line: mark.line, column: mark.column)
    guard masked[place] == nil, masked.count < 100, let start = index(of: place) else { return false }
    let scalars = text.unicodeScalars
    var keyStart = start
    if scalars[start] == "\"" || scalars[start] == "'" { keyStart = scalars.index(after: start) }
    let rest = scalars[keyStart...]
    guard !name.isEmpty, rest.starts(with: name.unicodeScalars) else { return false }
    let keyEnd = scalars.index(keyStart, offsetBy: name.unicodeScalars.count)
    var replacement = String.UnicodeScalarView()
    for offset in 0..<name.unicodeScalars.count {
      // The first character tells the masked keys apart; 0xE000 begins the private use area.
      let value = 0xE000 + (offset == 0 ? masked.count : 0)
      replacement.append(Unicode.Scalar(UInt32(value)) ?? "?")
    }
    masked[place] = name
    text.unicodeScalars.replaceSubrange(keyStart..<keyEnd, with: replacement)
    return true
  }

  private func index(of place: Place) -> String.Index? {
    let scalars = text.unicodeScalars
    var line = 1
    var index = scalars.startIndex
    while line < place.line {
      guard let lineBreak = scalars[index...].firstIndex(where: { $0 == "\n" || $0 == "\r" }) else { return nil }
      index = scalars.index(after: lineBreak)
      if scalars[lineBreak] == "\r", index < scalars.endIndex, scalars[index] == "\n" {
        index = scalars.index(after: index)
      }
      line += 1
    }
    return scalars.index(index, offsetBy: place.column - 1, limitedBy: scalars.endIndex).flatMap {
      $0 < scalars.endIndex ? $0 : nil
    }
  }

  private mutating func report(_ error: any Error) {
    switch error {
    case YamlError.scanner(let context, let problem, let mark, _),
      YamlError.parser(let context, let problem, let mark, _),
      YamlError.composer(let context, let problem, let mark, _):
      if problem.contains("another document") {
        report(.invalidYAML, position(mark.line, mark.column), "a second document", hint: "write one file a pipeline")
        return
      }
      if problem.contains("nesting level") {
        report(
          .invalidYAML, position(mark.line, mark.column), "values nested more than \(YAMLText.maximumDepth) deep",
          hint: nil)
        return
      }
      let about = context.map {
        isOverride || $0.mark.line == mark.line ? $0.text : "\($0.text) (line \($0.mark.line))"
      }
      let message = about.map { "\($0): \(problem)" } ?? problem
      report(.invalidYAML, position(mark.line, mark.column), "not valid YAML: \(message)", hint: nil)
    case YamlError.memory:
      report(.invalidYAML, position(1, 1), "nested too deeply", hint: nil)
    default:
      report(.invalidYAML, position(1, 1), "not valid YAML: \(error)", hint: nil)
    }
  }

  private mutating func report(
    _ code: DiagnosticCode, _ position: SourcePosition, _ message: String, hint: String?
  ) {
    diagnostics.append(Diagnostic(code, at: position, message, hint: hint))
  }

  private func position(_ line: Int, _ column: Int) -> SourcePosition {
    SourcePosition(file: file, line: line, column: column)
  }
}
