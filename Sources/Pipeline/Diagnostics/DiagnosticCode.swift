/// The stable name of a rule, such as `E-CFG-003`.
///
/// The first letter is the severity (E error, W warning, I information), the middle the subject (CFG pipeline file,
/// TAB table). Modules that find other faults name their codes in extensions; what each means stands in ``table``.
public struct DiagnosticCode: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral {
  /// The code as it is printed.
  public let rawValue: String

  /// Makes a code from its text.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Makes a code from its text.
  public init(stringLiteral value: String) { rawValue = value }

  /// The severity that the first letter stands for.
  public var severity: Severity {
    if rawValue.hasPrefix("W-") { return .warning }
    return rawValue.hasPrefix("I-") ? .information : .error
  }
}

extension DiagnosticCode {
  /// The command line is not understood.
  public static let misuse: Self = "E-CLI-001"
  /// Standard output cannot be written.
  public static let closedOutput: Self = "E-OUT-010"
  /// A file that is to be written is in the way.
  static let fileInTheWay: Self = "E-OUT-011"
  /// A file or folder cannot be made.
  static let notMade: Self = "E-OUT-012"
  /// A result cannot be written.
  static let resultNotWritten: Self = "E-OUT-000"
  /// The results are published, but what came after failed.
  static let afterthought: Self = "W-OUT-001"
  /// Something failed that there are no own words for.
  public static let unforeseen: Self = "E-RUN-000"
  /// The pipeline file cannot be read.
  public static let unreadableFile: Self = "E-CFG-001"
  /// The pipeline file is not one plain YAML document in UTF-8.
  public static let invalidYAML: Self = "E-CFG-002"
  /// A required key is missing.
  public static let missingKey: Self = "E-CFG-003"
  /// A key that the program does not know.
  public static let unknownKey: Self = "E-CFG-004"
  /// A key or id that stands twice.
  public static let duplicateKey: Self = "E-CFG-005"
  /// A value of the wrong type.
  public static let wrongType: Self = "E-CFG-006"
  /// A value outside what is allowed.
  public static let valueNotAllowed: Self = "E-CFG-007"
  /// A quantity without a unit, with an unknown unit or of the wrong dimension.
  public static let invalidQuantity: Self = "E-CFG-008"
  /// An id that nothing has, or that something of the wrong kind has.
  public static let unresolvedReference: Self = "E-CFG-009"
  /// A substitution such as `${VAR}` or `{T}` without a value.
  public static let unresolvedSubstitution: Self = "E-CFG-010"
  /// Keys that do not go together.
  public static let contradiction: Self = "E-CFG-011"
  /// An override of the command line that cannot be applied.
  public static let invalidOverride: Self = "E-CFG-012"
  /// An input or table that nothing uses.
  public static let unusedInput: Self = "W-CFG-001"
  /// A result that was asked for but cannot be computed from the scenarios given.
  public static let nothingToCompute: Self = "W-CFG-002"
  /// A climate factor about which published advice differs.
  public static let climateFactor: Self = "I-CFG-001"
  /// A table that cannot be read.
  public static let unreadableTable: Self = "E-TAB-001"
  /// A table that is no rectangle of rows and named columns.
  public static let invalidTableLayout: Self = "E-TAB-002"
  /// A column that the table does not have.
  public static let missingColumn: Self = "E-TAB-003"
  /// A table cell that is not the number it should be.
  public static let invalidTableNumber: Self = "E-TAB-004"
  /// A table key that stands twice.
  public static let duplicateTableKey: Self = "E-TAB-005"
}
