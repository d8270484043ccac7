/// How serious a diagnostic is.
public enum Severity: String, Sendable, Hashable, Comparable {
  /// Worth knowing; nothing need be done.
  case information = "info"
  /// Probably not meant; the run goes on.
  case warning
  /// The run cannot go on.
  case error

  private var rank: Int {
    switch self {
    case .information: 0
    case .warning: 1
    case .error: 2
    }
  }

  /// Orders from information to error.
  public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}

/// A place in a text that somebody wrote: a file's line and column, or an override of the command line.
public struct SourcePosition: Sendable, Hashable, CustomStringConvertible {
  /// The file as the user named it, or `--set a.b=c` for an override.
  public var file: String
  /// Line number from 1; nil where the whole file or an override is meant.
  public var line: Int?
  /// Column number from 1, counted in Unicode scalars; nil where the whole line is meant.
  public var column: Int?

  /// Makes a position.
  public init(file: String, line: Int? = nil, column: Int? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `pipeline.yaml:23:7`, as editors and terminals make it a link.
  public var description: String {
    guard let line else { return file }
    guard let column else { return "\(file):\(line)" }
    return "\(file):\(line):\(column)"
  }
}

/// One finding about the pipeline file, a table or the data, with its place and the way out.
public struct Diagnostic: Sendable, Hashable, CustomStringConvertible {
  /// The stable code under which the rule is documented.
  public var code: DiagnosticCode
  /// How serious it is.
  public var severity: Severity
  /// Where the cause was written.
  public var position: SourcePosition
  /// The key concerned, such as `inputs.dtm.unit`; nil where no single key is.
  public var keyPath: String?
  /// What is wrong, with the value found.
  public var message: String
  /// The way out; nil where the message says it.
  public var hint: String?

  /// Makes a diagnostic; the severity is that of the code unless given.
  public init(
    _ code: DiagnosticCode, severity: Severity? = nil, at position: SourcePosition, keyPath: String? = nil,
    _ message: String, hint: String? = nil
  ) {
    self.code = code
    self.severity = severity ?? code.severity
    self.position = position
    self.keyPath = keyPath
    self.message = message
    self.hint = hint
  }

  /// The file in which the cause was written.
  public var file: String { position.file }
  /// Line number from 1, where there is one.
  public var line: Int? { position.line }
  /// Column number from 1, where there is one.
  public var column: Int? { position.column }

  /// The text form: `pipeline.yaml:23:7: error[E-CFG-003] inputs.dtm.unit: missing; the way out`.
  public var description: String {
    var text = "\(position): \(severity.rawValue)[\(code.rawValue)] "
    if let keyPath, !keyPath.isEmpty { text += "\(keyPath): " }
    text += message
    if let hint { text += "; \(hint)" }
    return text
  }

  /// The JSON form: one object on one line with the keys code, severity, file, line, col, path, message, hint and doc, the
  /// command that explains the code.
  ///
  /// Keys without a value are left out.
  public func json() -> String {
    var members: [(String, JSONTree)] = [
      ("code", .string(code.rawValue)), ("severity", .string(severity.rawValue)), ("file", .string(position.file)),
    ]
    if let line { members.append(("line", .integer(line))) }
    if let column { members.append(("col", .integer(column))) }
    if let keyPath, !keyPath.isEmpty { members.append(("path", .string(keyPath))) }
    members.append(("message", .string(message)))
    if let hint { members.append(("hint", .string(hint))) }
    members.append(("doc", .string("overvann explain \(code.rawValue)")))
    return JSONTree.object(members).compactJSON()
  }
}

extension [Diagnostic] {
  /// The diagnostics by file, line and column, as a reader goes through the file; overrides come last.
  public func sortedByPosition() -> [Diagnostic] {
    enumerated().sorted { left, right in
      let leftLine = left.element.line ?? Int.max
      let rightLine = right.element.line ?? Int.max
      if leftLine != rightLine { return leftLine < rightLine }
      let leftColumn = left.element.column ?? 0
      let rightColumn = right.element.column ?? 0
      if leftColumn != rightColumn { return leftColumn < rightColumn }
      return left.offset < right.offset
    }.map(\.element)
  }
}
