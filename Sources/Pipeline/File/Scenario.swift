/// One weather that hazards and exposure are computed for.
public struct Scenario: Sendable, Equatable {
  /// The id, which names folders and columns of the results.
  public internal(set) var id = ""
  /// The return period; nil where the event has none.
  public internal(set) var returnPeriod: Quantity?
  /// The factor that rain is multiplied by before losses; nil where it comes from a table.
  public internal(set) var climateFactor: Double?
  /// The id of the table of climate factors; nil where the factor is given.
  public internal(set) var climateTable: String?
  /// The year that the climate is meant for, for the table.
  public internal(set) var climateHorizon: Int?
  /// Where the climate factor comes from.
  public internal(set) var climateSource: String?
  /// The id of the rain input.
  public internal(set) var rain = ""
  /// The scenario's own values, which replace `{T}` and the like in paths, as they were written.
  public internal(set) var values: [String: String] = [:]
}

extension Scenario: ConfigurationSection {
  static let specification = ObjectSpecification<Scenario>(
    summary: "One weather that hazards and exposure are computed for.",
    keys: [
      .required("id", \.id, .text(.id), "Id, which names folders and columns of the results."),
      .optional(
        "return_period", \.returnPeriod, .quantity(.period, positive: true),
        "Return period, such as 200 a; expected annual values need it."),
      .optional(
        "climate_factor", \.climateFactor, .number(above: 0),
        "Factor that rain is multiplied by before losses; 1 for the present climate."),
      .optional(
        "climate_table", \.climateTable, .reference(.table),
        "Table of climate factors by duration, return period and horizon, instead of climate_factor."),
      .optional(
        "climate_horizon", \.climateHorizon, .integer(2000...2300), "Year that the climate is meant for, for the table."
      ),
      .optional("climate_source", \.climateSource, .text, "Where the climate factor comes from."),
      .derived(
        "rain", \.rain, .reference(.input([.rain])), "Rain input; the only one unless given."),
    ],
    further: FurtherKeys(
      pattern: .substitution,
      schema: .object([
        ("description", .string("Value that replaces the key in braces, such as {T}, in paths of rain inputs.")),
        ("type", .array([.string("string"), .string("number")])),
      ]),
      read: { key, node, keyPath, context, scenario in
        guard case .text(let text, let isPlain) = node.content else {
          context.reportType("text or a number", node, keyPath)
          return
        }
        switch PlainMeaning(text, isPlain: isPlain) {
        case .null, .boolean: context.reportType("text or a number", node, keyPath)
        case .number, .text:
          guard !text.contains(where: { "{}/$".contains($0) }), !text.isEmpty else {
            context.report(
              .valueNotAllowed, at: node.position, keyPath, "\"\(text)\" cannot be part of a file name",
              hint: "without braces, slashes and $")
            return
          }
          scenario.values[key] = text
        }
      },
      write: { scenario in
        scenario.values.sorted { $0.key < $1.key }.map { key, text in
          (key, StrictNumber.integer(text).flatMap { String($0) == text ? .integer($0) : nil } ?? .string(text))
        }
      }),
    rules: [
      KeyRule(condition: .always, exactlyOne: ["climate_factor", "climate_table"], reason: ""),
      KeyRule(
        condition: .present("climate_table"), required: ["climate_horizon", "return_period"],
        excluded: ["climate_source"], reason: "with climate_table"),
      KeyRule(
        condition: .both([.present("climate_factor"), .absent("climate_table")]), excluded: ["climate_horizon"],
        reason: "with climate_factor"),
    ])
}
