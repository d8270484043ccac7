public import Runoff

/// How the part of the rain that runs off is found.
public enum RunoffMethod: String, Sendable, CaseIterable {
  /// The curve-number method.
  case curveNumber = "curve_number"
  /// A runoff coefficient.
  case coefficient
  /// A first depth, then a constant rate.
  case initialConstant = "initial_constant"
  /// Horton's infiltration capacity.
  case horton
  /// Infiltration by Green and Ampt.
  case greenAmpt = "green_ampt"

  /// Whether the ground is described by the soil alone, not by land cover.
  public var isInfiltration: Bool {
    switch self {
    case .curveNumber, .coefficient: false
    case .initialConstant, .horton, .greenAmpt: true
    }
  }
}

/// Blue-green measures on the ground.
public struct MeasuresSection: Sendable, Equatable {
  /// The class input with the measure of each cell.
  public internal(set) var input = ""
  /// The table of what each measure changes.
  public internal(set) var table = ""
}

extension MeasuresSection: ConfigurationSection {
  static let specification = ObjectSpecification<MeasuresSection>(
    summary: "Blue-green measures, such as green roofs, which change storage and losses where they lie.",
    keys: [
      .required(
        "input", \.input, .reference(.input([.class])), "Class input with the measure of each cell; 0 for none."),
      .required("table", \.table, .reference(.table), "Table of what each measure changes."),
    ])
}

/// How much of the rain runs off.
public struct RunoffSection: Sendable, Equatable {
  /// Where the numbers of the method come from.
  public enum Source: Sendable, Equatable {
    /// The same value everywhere.
    case uniform(Double)
    /// A table by land cover, and by soil where there is one; all are ids.
    case table(String, landCover: String, soil: String?)
    /// A table by soil; both are ids.
    case soilTable(String, soil: String)
  }

  /// How the part that runs off is found.
  public internal(set) var method = RunoffMethod.curveNumber
  /// The class input with land cover; nil where one value holds everywhere.
  public internal(set) var landCover: String?
  /// The class input with soil; nil where one value holds everywhere, and for coefficients.
  public internal(set) var soil: String?
  /// The table of the method's numbers; nil where one value holds everywhere.
  public internal(set) var table: String?
  /// Table that tells the soil group, A to D, of each class of `soil`; where absent, classes 1 to 4 are A to D.
  public internal(set) var soilGroups: String?
  /// The curve number or coefficient everywhere; nil where there is a table.
  public internal(set) var value: Double?
  /// The initial abstraction as a share of the storage; nil for other methods.
  public internal(set) var lambda: Double?
  /// Whether curve numbers made for λ = 0.2 are converted to λ = 0.05.
  public internal(set) var convertsLambda: Bool?
  /// How wet the ground is before; nil for the average, II.
  public internal(set) var condition: AntecedentCondition?
  /// How curve numbers change with the slope of the terrain; nil where they do not.
  public internal(set) var slopeAdjustment: SlopeAdjustment?
  /// The table of sealed shares by land cover; nil where the numbers hold for the ground as it is.
  public internal(set) var impervious: String?
  /// The table by which coefficients rise with the return period; nil for none.
  public internal(set) var increase: String?
  /// The depth that leaves and roofs hold; nil for none.
  public internal(set) var interception: Quantity?
  /// What the drains carry, as a rate; nil for none.
  public internal(set) var drainageRate: Quantity?
  /// The table of what the drains carry by land cover; nil for none.
  public internal(set) var drainageTable: String?
  /// The raster of what the drains carry; nil for none.
  public internal(set) var drainageInput: String?
  /// Blue-green measures; nil for none.
  public internal(set) var measures: MeasuresSection?
  /// Snow that melts; nil for none.
  public internal(set) var snowmelt: SnowmeltSection?

  /// Where the numbers of the method come from.
  public var source: Source {
    if let table, method.isInfiltration, let soil { return .soilTable(table, soil: soil) }
    if let table, let landCover { return .table(table, landCover: landCover, soil: soil) }
    return .uniform(value ?? 0)
  }

  /// The initial abstraction as a share of the storage where none is given.
  static let defaultLambda = 0.2
}

extension RunoffSection: ConfigurationSection {
  static let specification = ObjectSpecification<RunoffSection>(
    summary: "How much of the rain runs off.",
    keys: [
      .required(
        "use", \.method, .choice, "Method: curve_number, coefficient, initial_constant, horton or green_ampt."),
      .optional("land_cover", \.landCover, .reference(.input([.class])), "Class input with land cover."),
      .optional("soil", \.soil, .reference(.input([.class])), "Class input with soil; not for coefficients."),
      .optional(
        "table", \.table, .reference(.table), "Table of curve numbers, coefficients or numbers of infiltration."),
      .optional(
        "soil_groups", \.soilGroups, .reference(.table),
        "Table of the soil group (A to D) by class of soil; classes 1 to 4 are A to D unless given."),
      .optional(
        "value", \.value, .number(atLeast: 0, atMost: 100),
        "Curve number (over 0 to 100) or coefficient (0 to 1) everywhere, instead of a table."),
      .optional(
        "lambda", \.lambda, .number(atLeast: 0, atMost: 1),
        "Initial abstraction as a share of the storage, for curve numbers; 0.2 unless given."),
      .optional(
        "convert_lambda", \.convertsLambda, .boolean,
        "Whether curve numbers made for lambda 0.2 are converted to 0.05 (with lambda: 0.05); false unless given."),
      .optional(
        "condition", \.condition, .choice, "Antecedent condition I, II or III, for curve numbers; II unless given."),
      .optional(
        "slope_adjustment", \.slopeAdjustment, .choice,
        "How curve numbers change with the slope of the terrain: sharpley_williams or huang; not at all unless given."),
      .optional(
        "impervious", \.impervious, .reference(.table),
        "Table of sealed shares by land cover, where the other numbers are those of open ground."),
      .optional(
        "increase", \.increase, .reference(.table),
        "Table by which coefficients rise with the return period (return_period_a, factor)."),
      .optional(
        "interception", \.interception, .quantity(.length), "Depth that leaves and roofs hold before anything else."),
      .optional("drainage_rate", \.drainageRate, .quantity(.rate), "Rate that the drains carry, such as 12 mm/h."),
      .optional(
        "drainage_table", \.drainageTable, .reference(.table),
        "Table of the rate that the drains carry by land cover (land_cover_code, drainage_mm_h), instead of one rate."),
      .optional(
        "drainage_input", \.drainageInput, .reference(.input([.rate])),
        "Raster of the rate that the drains carry, instead of one rate; cells without data have no drains."),
      .optional("measures", \.measures, MeasuresSection.specification.format, "Blue-green measures on the ground."),
      .optional("snowmelt", \.snowmelt, SnowmeltSection.specification.format, "Snow that melts during the event."),
    ],
    rules: [
      KeyRule(condition: .always, exactlyOne: ["table", "value"], reason: ""),
      KeyRule(
        condition: .both([.present("table"), .equals("use", "curve_number")]), required: ["land_cover"],
        reason: "with table"),
      KeyRule(
        condition: .both([.present("table"), .equals("use", "curve_number")]), required: ["soil"],
        reason: "with a table of curve numbers"),
      KeyRule(
        condition: .both([.present("table"), .equals("use", "coefficient")]), required: ["land_cover"],
        reason: "with table"),
      KeyRule(
        condition: .both([.present("value"), .absent("table")]),
        excluded: ["soil", "soil_groups"], reason: "with value"),
      KeyRule(
        condition: .both([.present("value"), .absent("table"), .absent("impervious"), .absent("drainage_table")]),
        excluded: ["land_cover"],
        reason: "with value"),
      KeyRule(
        condition: .both([.equals("use", "coefficient"), .present("table")]), excluded: ["soil", "soil_groups"],
        reason: "with use: coefficient"),
      KeyRule(
        condition: .equals("use", "coefficient"),
        excluded: ["lambda", "convert_lambda", "condition", "slope_adjustment", "impervious"],
        reason: "with use: coefficient"),
      KeyRule(condition: .equals("use", "curve_number"), excluded: ["increase"], reason: "with use: curve_number"),
      KeyRule(condition: .present("impervious"), required: ["land_cover"], reason: "with impervious"),
      KeyRule(
        condition: .present("drainage_table"), required: ["land_cover"], excluded: ["drainage_rate"],
        reason: "with drainage_table"),
      KeyRule(
        condition: .present("drainage_input"), excluded: ["drainage_rate", "drainage_table"],
        reason: "with drainage_input"),
    ]
      + ["initial_constant", "horton", "green_ampt"].map { method in
        KeyRule(
          condition: .equals("use", method), required: ["table", "soil"],
          excluded: [
            "value", "lambda", "convert_lambda", "condition", "slope_adjustment", "increase", "soil_groups",
          ],
          reason: "with use: \(method)")
      })
}
