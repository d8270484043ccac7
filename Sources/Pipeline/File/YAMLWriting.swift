extension JSONTree {
  /// The value as YAML in block style, lists of scalars on one line; the root must be a map.
  func yaml() -> String {
    var text = ""
    writeYAML(to: &text, indentation: 0)
    return text
  }

  private func writeYAML(to text: inout String, indentation: Int) {
    let margin = String(repeating: " ", count: indentation)
    switch self {
    case .object(let members):
      for member in members {
        text += margin + Self.yamlScalar(member.key) + ":"
        member.value.writeYAMLValue(to: &text, indentation: indentation + 2)
      }
    case .array(let elements):
      for element in elements {
        var inner = ""
        element.writeYAML(to: &inner, indentation: indentation + 2)
        text += margin + "- " + inner.dropFirst(indentation + 2)
      }
    default: text += margin + flowYAML + "\n"
    }
  }

  /// Writes what follows a key and its colon.
  private func writeYAMLValue(to text: inout String, indentation: Int) {
    if isOnOneLine {
      text += " " + flowYAML + "\n"
    } else {
      text += "\n"
      writeYAML(to: &text, indentation: indentation)
    }
  }

  /// Whether this is a scalar, a list of scalars, or empty.
  private var isOnOneLine: Bool {
    switch self {
    case .array(let elements): elements.allSatisfy(\.isScalar)
    case .object(let members): members.isEmpty
    default: true
    }
  }

  /// The value on one line.
  private var flowYAML: String {
    switch self {
    case .string(let value): Self.yamlScalar(value)
    case .array(let elements): "[" + elements.map(\.flowYAML).joined(separator: ", ") + "]"
    default: compactJSON()
    }
  }

  /// Text without quotes where it can only be read as text, in double quotes elsewhere.
  private static func yamlScalar(_ text: String) -> String {
    isSafePlain(text) ? text : quoted(text)
  }

  /// Words, paths and quantities of plain letters; anything that any YAML version might read otherwise is not.
  private static func isSafePlain(_ text: String) -> Bool {
    let words: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last, last != ":", last != " ",
      !words.contains(text.lowercased())
    else { return false }
    let letter: (Unicode.Scalar) -> Bool = { ("a"..."z").contains($0) || ("A"..."Z").contains($0) }
    let digit: (Unicode.Scalar) -> Bool = { ("0"..."9").contains($0) }
    if letter(first) || first == "/" || (first == "." && text.unicodeScalars.contains("/")) {
      return text.unicodeScalars.allSatisfy { letter($0) || digit($0) || "_-./:+".unicodeScalars.contains($0) }
    }
    // A quantity: a number, a space, a unit.
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    return parts.count == 2 && StrictNumber.double(parts[0]) != nil && letter(parts[1].unicodeScalars.first ?? " ")
      && parts[1].unicodeScalars.allSatisfy { letter($0) || digit($0) || $0 == "/" || $0 == "²" || $0 == "³" }
  }
}
