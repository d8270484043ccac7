public import Rainfall

/// Peak discharge by the rational method at outlets.
public struct PeakRunoffSection: Sendable, Equatable {
  /// The outlet input, or the line input with culverts.
  public internal(set) var outlets = ""
  /// Greatest distance by which an outlet is moved to where most water passes.
  public internal(set) var snap: Quantity = "0 m"
  /// The return-period table.
  public internal(set) var table = ""
  /// Unit of its figures; nil where the table names it.
  public internal(set) var unit: RainUnit?
  /// The source to take where the table holds several.
  public internal(set) var station: String?
  /// How the time of concentration is found.
  public internal(set) var time = ConcentrationTime.kirpich
  /// The curve number everywhere; nil takes that of the runoff.
  public internal(set) var curveNumber: Double?
  /// The runoff coefficient everywhere; nil where there is a table.
  public internal(set) var coefficient: Double?
  /// The table of runoff coefficients by land cover.
  public internal(set) var coefficients: String?
  /// The class input with land cover, for that table.
  public internal(set) var landCover: String?
  /// The table by which coefficients rise with the return period; nil for none.
  public internal(set) var increase: String?
}

extension PeakRunoffSection: ConfigurationSection {
  static let specification = ObjectSpecification<PeakRunoffSection>(
    summary: "Peak discharge by the rational method at outlets, for scenarios with a return period.",
    keys: [
      .required(
        "outlets", \.outlets, .reference(.input([.outlet, .line])),
        "Outlet input, or a line input with culverts, whose upper ends count."),
      .required(
        "snap", \.snap, .quantity(.length), "Greatest distance by which an outlet is moved to where most water passes."
      ),
      .required("table", \.table, .reference(.table), "Return-period table: CSV, or JSON of the Frost API."),
      .optional("unit", \.unit, .choice, "Unit of the figures, where the table does not name it."),
      .optional("station", \.station, .text, "Source to take where the table holds several."),
      .defaulted("time", \.time, .choice, "Time of concentration: kirpich, or scs_lag, which needs curve numbers."),
      .optional(
        "curve_number", \.curveNumber, .number(above: 0, atMost: 100),
        "Curve number everywhere for scs_lag; those of the runoff unless given."),
      .optional("coefficient", \.coefficient, .number(atLeast: 0, atMost: 1), "Runoff coefficient everywhere."),
      .optional(
        "coefficients", \.coefficients, .reference(.table), "Table of runoff coefficients by land cover."),
      .optional(
        "land_cover", \.landCover, .reference(.input([.class])), "Class input with land cover, for that table."),
      .optional(
        "increase", \.increase, .reference(.table),
        "Table by which coefficients rise with the return period (return_period_a, factor)."),
    ],
    rules: [
      KeyRule(condition: .always, exactlyOne: ["coefficient", "coefficients"], reason: ""),
      KeyRule(condition: .present("coefficients"), required: ["land_cover"], reason: "with coefficients"),
      KeyRule(condition: .absent("coefficients"), excluded: ["land_cover"], reason: "without coefficients"),
    ])
}
