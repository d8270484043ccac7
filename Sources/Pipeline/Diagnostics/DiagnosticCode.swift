/// The stable name of a rule, such as `E-CFG-003`.
///
/// The first letter is the severity (E error, W warning, I information), the middle the subject (CFG pipeline file,
/// TAB table). Modules that find other faults add their codes in extensions.
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

  /// Every code of the pipeline file and the tables with its explanation, for `overvann explain`.
  public static let configurationCodes: [(code: DiagnosticCode, explanation: String)] = [
    (.unreadableFile, "The pipeline file does not exist, may not be read, or is larger than 1 MiB."),
    (
      .invalidYAML,
      "The pipeline file must hold exactly one YAML document in UTF-8. Tabs, explicit tags, control characters, "
        + "non-text keys, very deep nesting and aliases that expand without bound are refused."
    ),
    (.missingKey, "A required key is missing. `overvann schema` lists the keys of every section."),
    (.unknownKey, "The key is not one that the section has. Unknown keys are never ignored: most are spelling errors."),
    (.duplicateKey, "The same key or id stands twice. Which of the two was meant cannot be known."),
    (
      .wrongType,
      "The value has another type than the key needs. Values follow the YAML 1.2 core schema: NO, yes, off and "
        + "12:30 are text; numbers are decimal, without leading zeros or underscores."
    ),
    (.valueNotAllowed, "The value is of the right type but outside the range, pattern or list of allowed values."),
    (
      .invalidQuantity,
      "A value with a dimension carries its unit, as in `0.15 m`, `60 min` or `200 a`. A bare number, an unknown "
        + "unit or a unit of another dimension is refused."
    ),
    (.unresolvedReference, "The id names nothing in the file, or something of the wrong kind."),
    (
      .unresolvedSubstitution,
      "`${NAME}` takes variables declared under env; `{KEY}` takes values of the scenario, `{name}` the pipeline's "
        + "name. Every substitution needs a value."
    ),
    (.contradiction, "The keys are each valid but do not go together."),
    (.invalidOverride, "An override has the form --set section.key=value and must name a place in the file."),
    (.unusedInput, "The input or table is declared but nothing uses it."),
    (.nothingToCompute, "The result was asked for but the scenarios do not allow it."),
    (
      .climateFactor,
      "Published advice differs for short rain with a return period of 50 years or more: 1.4 in one place, 1.5 in "
        + "another. State your source in climate_source."
    ),
    (.unreadableTable, "The table does not exist, may not be read, or is not UTF-8."),
    (
      .invalidTableLayout,
      "A table has one header line of distinct column names and rows of as many cells, separated by commas, or by "
        + "semicolons where decimals are written with a comma."
    ),
    (.missingColumn, "The table has no column of this name. Names are compared exactly, capitals included."),
    (.invalidTableNumber, "The cell is not a number, or not one in the allowed range."),
    (.duplicateTableKey, "The same key stands in two rows. Which of the two was meant cannot be known."),
  ]
}
