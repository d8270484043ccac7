/// What a code means, why it matters, what to do, and what a run ends with that meets it.
public struct CodeExplanation: Sendable {
  /// The code.
  public let code: DiagnosticCode
  /// What was found.
  public let meaning: String
  /// What would go wrong if it were passed over.
  public let consequence: String
  /// The way out.
  public let remedy: String
  /// What the program may end with; success where the run goes on.
  public let exitCodes: [ExitCode]

  /// Explains a code.
  init(
    _ code: DiagnosticCode, _ meaning: String, because consequence: String, do remedy: String, ends: ExitCode...
  ) {
    self.code = code
    self.meaning = meaning
    self.consequence = consequence
    self.remedy = remedy
    exitCodes = ends.isEmpty ? [.success] : ends
  }

  /// What the exit codes are called, such as `3 (input rejected)`.
  public var exitText: String {
    exitCodes.map { "\($0.rawValue) (\($0.summary))" }.joined(separator: " or ")
  }
}

extension ExitCode {
  /// What the code tells a scheduler, in few words.
  public var summary: String {
    switch self {
    case .success: "done"
    case .processing: "computation failed"
    case .configuration: "command line or configuration invalid"
    case .input: "input rejected"
    case .partial: "done, but something asks for attention"
    case .output: "output cannot be written"
    case .locked: "another run holds the lock"
    case .interrupted: "stopped by SIGINT"
    case .terminated: "stopped by SIGTERM"
    }
  }
}

extension DiagnosticCode {
  /// Every code that the program can tell of, by subject; the one list that `overvann explain` reads.
  ///
  /// A test compares it with the codes in the sources: none is missing, none is there for nothing.
  public static let table: [CodeExplanation] =
    commandExplanations + configurationExplanations + tableExplanations + referenceSystemExplanations
    + rasterExplanations + vectorExplanations + runExplanations + simulationExplanations + resultExplanations
    + outputExplanations

  /// What the code means; nil where there is no such code.
  public var explanation: CodeExplanation? { Self.table.first { $0.code == self } }

  /// The code that was probably meant where there is none of this name.
  public var nearest: DiagnosticCode? {
    Suggestion.nearest(to: rawValue, among: Self.table.map(\.code.rawValue)).map { DiagnosticCode(rawValue: $0) }
  }
}
