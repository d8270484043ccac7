/// From which value of a field on an area is worth an alert, such as `flood_area_m2 >= 5000`.
public struct AlertCondition: Sendable, Hashable {
  /// Field of the table of areas, whose name holds its unit.
  public let field: String
  /// How the value is compared.
  public let comparison: Comparison
  /// What it is compared with, in the unit of the field.
  public let threshold: Double

  /// Whether a value meets the condition.
  public func isMet(by value: Double) -> Bool { comparison.holds(value, threshold) }

  /// The condition as it stands in the file.
  public var text: String { "\(field) \(comparison.rawValue) \(JSONTree.text(of: threshold))" }

  /// Why a text is no condition.
  struct ParseError: Error {
    let message: String
    let hint: String
  }

  /// Reads `FIELD >= NUMBER`, with >=, >, <= or <; which fields there are is known once the whole file is read.
  init(_ text: String) throws(ParseError) {
    let form = "write it as flood_area_m2 >= 5000"
    let parts = ComparisonText(text)
    guard !parts.subject.isEmpty else { throw ParseError(message: "\"\(text)\" is no condition", hint: form) }
    guard let comparison = Comparison(rawValue: parts.symbol) else {
      throw ParseError(message: "\"\(text)\" compares with none of >=, >, <= and <", hint: form)
    }
    guard let threshold = StrictNumber.double(parts.threshold) else {
      throw ParseError(
        message: "\"\(parts.threshold)\" is no number", hint: "the unit is the one in the name of the field")
    }
    (field, self.comparison, self.threshold) = (parts.subject, comparison, threshold)
  }
}

extension ValueFormat where Value == AlertCondition {
  /// A comparison of one field of areas with a number.
  static let alert = ValueFormat(
    read: { node, keyPath, context in
      guard let text = ValueFormat<String>.text.read(node, keyPath, context) else { return nil }
      do throws(AlertCondition.ParseError) {
        return try AlertCondition(text)
      } catch {
        context.report(.valueNotAllowed, at: node.position, keyPath, error.message, hint: error.hint)
        return nil
      }
    }, write: { .string($0.text) },
    schema: .object([
      ("type", .string("string")),
      ("pattern", .string("^ *[^ <>=!]+ *(>=|>|<=|<) *-?[0-9.]+([eE][-+]?[0-9]+)? *$")),
    ]))
}

/// What is worth telling somebody at once.
public struct AlertSection: Sendable, Equatable {
  /// Conditions on areas: one that is met in a scenario is an alert.
  public internal(set) var areas: [AlertCondition] = []
  /// Program with its arguments that is started after publishing where there is an alert; nil for none.
  public internal(set) var command: [String]?
  /// What the run ends with where there is an alert, unless the command fails.
  public internal(set) var exitCode = 4
}

extension AlertSection: ConfigurationSection {
  static let specification = ObjectSpecification<AlertSection>(
    summary: "Thresholds of areas that are worth an alert.",
    keys: [
      .required(
        "areas", \.areas, .list(of: .alert, atLeast: 1),
        "Conditions on fields of the table of areas, such as flood_area_m2 >= 5000, bld_ge_30cm_n > 0 or one that the "
          + "areas keep; one that is met in a scenario is an alert."),
      .optional(
        "command", \.command, .list(of: .text, atLeast: 1, unique: false),
        "Program and arguments, started without a shell after publishing where there is an alert; OVERVANN_RUN names "
          + "the folder of the run, its alerts.json holds the alerts."),
      .defaulted(
        "exit_code", \.exitCode,
        ValueFormat.integer(0...4).checked { $0 == 0 || $0 == 4 ? nil : "\($0) is neither 0 nor 4" }
          .describing([("enum", .array([.integer(0), .integer(4)]))]),
        "What the run ends with where there is an alert: 4, or 0 where the command tells everybody. Where the command "
          + "fails it ends with 4 all the same; summary.json and manifest.json, published before, cannot tell that."),
    ])
}
