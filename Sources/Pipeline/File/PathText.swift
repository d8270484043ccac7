/// A path of the pipeline file: as it was written, and absolute.
public struct PathText: Sendable, Equatable, CustomStringConvertible {
  /// The path as it was written, with its variables and substitutions.
  public internal(set) var text: String
  /// The absolute path: variables are replaced, substitutions such as `{T}` are still in it.
  public internal(set) var absolute: String

  /// The absolute path.
  public var description: String { absolute }

  /// The names of the substitutions in the path, in order, each once.
  public var substitutions: [String] {
    var names: [String] = []
    for case .substitution(let name) in (try? Self.pieces(of: absolute)) ?? [] where !names.contains(name) {
      names.append(name)
    }
    return names
  }

  /// The absolute path with the values put in; substitutions without a value stay as they are.
  public func filled(with values: [String: String]) -> String {
    guard let pieces = try? Self.pieces(of: absolute) else { return absolute }
    return pieces.map { piece in
      switch piece {
      case .literal(let text): text
      case .variable(let name): "${\(name)}"
      case .substitution(let name): values[name] ?? "{\(name)}"
      }
    }.joined()
  }

  /// A part of a path's text.
  enum Piece: Hashable {
    case literal(String)
    case variable(String)
    case substitution(String)
  }

  /// What is wrong with the braces of a path.
  struct SyntaxError: Error {
    let message: String
  }

  /// Splits a path at `${NAME}` and `{name}`.
  static func pieces(of text: String) throws(SyntaxError) -> [Piece] {
    var pieces: [Piece] = []
    var literal = ""
    var rest = text[...]
    while let character = rest.first {
      let isVariable = rest.hasPrefix("${")
      if isVariable || character == "{" {
        let body = rest.dropFirst(isVariable ? 2 : 1)
        guard let end = body.firstIndex(of: "}") else { throw SyntaxError(message: "{ without }") }
        let name = String(body[..<end])
        guard TextPattern.variable.matches(name) else {
          throw SyntaxError(message: "\"\(name)\" between braces is no name")
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        literal = ""
        pieces.append(isVariable ? .variable(name) : .substitution(name))
        rest = body[body.index(after: end)...]
      } else if character == "}" {
        throw SyntaxError(message: "} without {")
      } else {
        literal.append(character)
        rest = rest.dropFirst()
      }
    }
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    return pieces
  }

  /// Joins a path to the folder it starts at, resolving only the leading `.` and `..`.
  ///
  /// The folder is free of symbolic links, so that its parents are what its text says; further inside, `..` after a
  /// link leads elsewhere than its text says, and is left to the file system.
  static func absolute(_ path: String, in folder: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    var parents = folder.split(separator: "/")
    var parts = path.split(separator: "/")[...]
    while let part = parts.first, part == "." || part == ".." {
      if part == ".." { _ = parents.popLast() }
      parts = parts.dropFirst()
    }
    return "/" + (parents + parts).joined(separator: "/")
  }
}

/// Which substitutions a path may have.
enum PathRole: Sendable {
  /// An input that is the same in every scenario: `{name}`.
  case input
  /// An input that may differ by scenario: `{name}`, `{id}` and the scenario's own values.
  case scenarioInput
  /// The output folder: `{name}` and `{date}`.
  case outputDirectory

  var allowed: [String] {
    switch self {
    case .input: ["name"]
    case .scenarioInput: ["name", "id"]
    case .outputDirectory: ["name", "date"]
    }
  }
}

extension ValueFormat where Value == PathText {
  /// A path of a local file; relative paths start at the pipeline file's folder.
  static func path(_ role: PathRole) -> ValueFormat {
    ValueFormat(
      read: { node, keyPath, context in read(node, keyPath, context, role) }, write: { .string($0.text) },
      schema: .object([("type", .string("string")), ("minLength", .integer(1))]))
  }

  private static func read(
    _ node: SourceNode, _ keyPath: String, _ context: ReadingContext, _ role: PathRole
  ) -> PathText? {
    guard case .text(let text, let isPlain) = node.content, PlainMeaning(text, isPlain: isPlain) == .text else {
      context.reportType("a path", node, keyPath)
      return nil
    }
    func fail(_ code: DiagnosticCode, _ message: String, hint: String? = nil) -> PathText? {
      context.report(code, at: node.position, keyPath, message, hint: hint)
      return nil
    }
    if text.trimmingSpaces().isEmpty { return fail(.valueNotAllowed, "an empty path") }
    if text.hasPrefix("~") { return fail(.valueNotAllowed, "~ is not expanded", hint: "write the folder, or use env") }
    if text.contains("://") { return fail(.valueNotAllowed, "\"\(text)\" is no local file", hint: "download it first") }
    do {
      var path = ""
      for piece in try PathText.pieces(of: text) {
        switch piece {
        case .literal(let literal): path += literal
        case .variable(let name):
          guard let value = context.variables[name] else {
            let hint = Suggestion.hint(for: name, among: context.variables.keys.sorted()) ?? "declare it under env"
            return fail(.unresolvedSubstitution, "${\(name)} is not declared", hint: hint)
          }
          guard !value.contains(where: { "{}".contains($0) }) else {
            return fail(.unresolvedSubstitution, "the value of ${\(name)} has braces: \(value)")
          }
          path += value
        case .substitution(let name):
          let isValue = role == .scenarioInput && TextPattern.substitution.matches(name)
          guard isValue || role.allowed.contains(name) else {
            let allowed = role.allowed.map { "{\($0)}" } + (role == .scenarioInput ? ["values of scenarios"] : [])
            return fail(
              .unresolvedSubstitution, "{\(name)} is not known here",
              hint: "allowed: \(allowed.joined(separator: ", "))")
          }
          path += "{\(name)}"
        }
      }
      return PathText(text: text, absolute: PathText.absolute(path, in: context.folder))
    } catch {
      return fail(.unresolvedSubstitution, error.message, hint: "write {name} or ${VARIABLE}")
    }
  }
}
