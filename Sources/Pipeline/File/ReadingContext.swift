/// What is gathered while a pipeline file is read: findings, references to check, and variables.
final class ReadingContext {
  /// A use of an id that must name something.
  struct Reference {
    let id: String
    let target: ReferenceTarget
    let keyPath: String
    let position: SourcePosition
  }

  /// The folder that relative paths start at, absolute.
  let folder: String
  /// The values of the variables declared under `env`.
  var variables: [String: String] = [:]
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var references: [Reference] = []
  private var failedKeyPaths: Set<String> = []

  init(folder: String) {
    self.folder = folder
  }

  /// Notes a finding.
  func report(
    _ code: DiagnosticCode, at position: SourcePosition, _ keyPath: String, _ message: String, hint: String? = nil
  ) {
    append(Diagnostic(code, at: position, keyPath: keyPath, message, hint: hint))
  }

  /// Notes a finding.
  func append(_ diagnostic: Diagnostic) {
    diagnostics.append(diagnostic)
    if diagnostic.severity == .error, let keyPath = diagnostic.keyPath { failedKeyPaths.insert(keyPath) }
  }

  /// Notes that an id is used, to be checked once everything is read.
  func refer(to id: String, _ target: ReferenceTarget, _ keyPath: String, _ position: SourcePosition) {
    references.append(Reference(id: id, target: target, keyPath: keyPath, position: position))
  }

  /// Whether an error was found at a key or below it, so that checks that build on its value would mislead.
  func hasErrors(under keyPath: String) -> Bool {
    failedKeyPaths.contains { failed in
      failed == keyPath || failed.hasPrefix(keyPath + ".") || failed.hasPrefix(keyPath + "[")
    }
  }
}

/// What an id refers to.
enum ReferenceTarget: Sendable, Hashable {
  /// An input of one of the kinds.
  case input([InputKind])
  /// A table.
  case table

  /// The section that holds the ids.
  var section: String {
    switch self {
    case .input: "inputs"
    case .table: "tables"
    }
  }

  /// What is wanted, for messages.
  var noun: String {
    switch self {
    case .table: "table"
    case .input(let kinds): "input of kind \(Suggestion.alternatives(kinds.map(\.rawValue)))"
    }
  }
}
