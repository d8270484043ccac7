public import Landslide

/// Where slides may start by the shape of the ground.
public struct ReleaseAreaSection: Sendable, Equatable {
  /// The table of thresholds.
  public internal(set) var table = ""
  /// The class input with regions; nil where the table has one.
  public internal(set) var regions: String?
}

extension ReleaseAreaSection: ConfigurationSection {
  static let specification = ObjectSpecification<ReleaseAreaSection>(
    summary: "Where slides may start by slope, plan curvature and upslope area.",
    keys: [
      .required(
        "table", \.table, .reference(.table),
        "Table with region_code, slope_from_deg, slope_to_deg, plan_curvature_1_m, upslope_area_m2, source and date."),
      .optional(
        "regions", \.regions, .reference(.input([.class])),
        "Class input with regions; the only one of the table where it is not given."),
    ])
}

/// Where rain goes that does not infiltrate.
public enum RunOn: String, Sendable, CaseIterable {
  /// To the cell below, along D8 directions.
  case d8
  /// Away at once.
  case none
}

/// Stability while it rains.
public struct TransientSection: Sendable, Equatable {
  /// The table of soils.
  public internal(set) var table = ""
  /// Depth of the water table before the rain.
  public internal(set) var waterTable: Quantity = "0 m"
  /// Steady flux into the ground before the rain.
  public internal(set) var initialFlux: Quantity = "0 mm/d"
  /// Where rain goes that does not infiltrate.
  public internal(set) var runOn = RunOn.d8
  /// Ground water before the rain.
  public internal(set) var flow = TransientFlow.steadyInfiltration
  /// What lies below the soil.
  public internal(set) var base = TransientBase.impermeable
  /// Layers at whose bounds the factor of safety is found.
  public internal(set) var layers = 10
  /// Whether the soil above the water table is unsaturated.
  public internal(set) var isUnsaturated = false
  /// Whether negative heads hold the slope.
  public internal(set) var countsSuction = false
  /// Times at which the slope is looked at; empty for four equal parts of the rain.
  public internal(set) var times: [Quantity] = []

  /// The choices of the model.
  var options: TransientOptions {
    var options = TransientOptions()
    options.flow = GroundWaterFlow(rawValue: flow.rawValue) ?? .steadyInfiltration
    options.base = SoilBase(rawValue: base.rawValue) ?? .impermeable
    options.layers = layers
    options.countsSuction = countsSuction
    return options
  }
}

/// Which way ground water moves before the rain.
public enum TransientFlow: String, Sendable, CaseIterable {
  /// Along the slope, less the steady flux into the ground.
  case steadyInfiltration = "steady_infiltration"
  /// Along the slope.
  case slopeParallel = "slope_parallel"
  /// It is at rest.
  case hydrostatic
}

/// What lies below the soil.
public enum TransientBase: String, Sendable, CaseIterable {
  /// Nothing flows out there.
  case impermeable
  /// The soil goes on.
  case infinitelyDeep = "infinitely_deep"
}

extension TransientSection: ConfigurationSection {
  static let specification = ObjectSpecification<TransientSection>(
    summary:
      "Stability while the scenario's rain falls: least factor of safety, its depth, and the time it is below 1.",
    keys: [
      .required(
        "table", \.table, .reference(.table),
        "Table of soils with conductivity and diffusivity; with alpha, saturated_content and residual_content where "
          + "the start is unsaturated."),
      .required("water_table", \.waterTable, .quantity(.length), "Depth of the water table before the rain."),
      .defaulted("initial_flux", \.initialFlux, .quantity(.rate), "Steady flux into the ground before the rain."),
      .defaulted(
        "run_on", \.runOn, .choice, "Where rain goes that does not infiltrate: d8 (to the cell below) or none (away)."),
      .defaulted("flow", \.flow, .choice, "Ground water before the rain."),
      .defaulted("base", \.base, .choice, "What lies below the soil."),
      .defaulted(
        "layers", \.layers, .integer(1...1000), "Layers of equal thickness at whose bounds the slope is looked at."),
      .defaulted(
        "unsaturated", \.isUnsaturated, .boolean,
        "Whether the soil above the water table is unsaturated (Srivastava and Yeh 1991)."),
      .defaulted("suction", \.countsSuction, .boolean, "Whether negative heads hold the slope."),
      .defaulted(
        "times", \.times, .list(of: .quantity(.time, positive: true)),
        "Times since the start of the rain at which the slope is looked at; four equal parts of the rain's time where "
          + "the list is empty."),
    ])
}

/// How levels of warning follow from rain.
public enum WarningMethod: String, Sendable, CaseIterable {
  /// Rain against an intensity–duration curve.
  case intensityDuration = "intensity_duration"
  /// A table by soil saturation and relative water supply.
  case levelTable = "level_table"
}

/// A published curve of rain that starts slides.
public enum ThresholdCurve: String, Sendable, CaseIterable {
  /// World, debris flows and shallow slides.
  case caine1980
  /// World.
  case guzzetti2008
  /// Central and southern Europe.
  case cadses2007
  /// World, as a share of the mean annual precipitation.
  case guzzetti2008Normalised = "guzzetti2008-normalised"
  /// Norway, as a share of the mean annual precipitation.
  case sandersen1996

  /// The curve with its figures.
  public var threshold: IntensityDurationThreshold {
    switch self {
    case .caine1980: .caine1980
    case .guzzetti2008: .guzzetti2008
    case .cadses2007: .cadses2007
    case .guzzetti2008Normalised: .guzzetti2008Normalised
    case .sandersen1996: .sandersen1996
    }
  }
}

/// Levels of warning, step by step of the rain.
public struct WarningSection: Sendable, Equatable {
  /// How levels follow from rain.
  public internal(set) var method = WarningMethod.intensityDuration
  /// The curve; nil with a table.
  public internal(set) var curve: ThresholdCurve?
  /// Ratios of rain to threshold at which levels begin; nil for 1 alone.
  public internal(set) var levels: [Double]?
  /// Mean annual precipitation; nil where it is not needed.
  public internal(set) var meanAnnual: Quantity?
  /// The table of levels; nil with a curve.
  public internal(set) var table: String?
  /// The class input with the saturation of the soil in percent; nil with a curve.
  public internal(set) var saturation: String?
  /// Time over which the water supply is summed; nil for a day.
  public internal(set) var supplyTime: Quantity?
}

extension WarningSection: ConfigurationSection {
  static let specification = ObjectSpecification<WarningSection>(
    summary: "Levels of warning, step by step of the rain. No numbers of a warning service are shipped.",
    keys: [
      .required(
        "use", \.method, .choice,
        "Method: intensity_duration compares rain with a curve; level_table looks up soil saturation and water supply."),
      .optional("curve", \.curve, .choice, "Curve of rain that starts slides; its figures are not confirmed."),
      .optional(
        "levels", \.levels,
        .list(of: .number(above: 0), atLeast: 1, unique: false).ascending()
          .checked { $0.count < 254 ? nil : "\($0.count) levels; there may be 253" },
        "Ratios of rain to threshold at which levels begin, ascending; 1 alone unless given."),
      .optional(
        "mean_annual", \.meanAnnual,
        .quantity(.length, positive: true)
          .checked { (1...20_000).contains($0.millimetres) ? nil : "it is from 1 to 20000 mm" },
        "Mean annual precipitation, for curves and water supplies that are shares of it."),
      .optional(
        "table", \.table, .reference(.table),
        "Table of levels: lower bounds of the water supply in percent of the mean annual precipitation in the header "
          + "after its first cell, in each row the lower bound of the saturation in percent and its levels."),
      .optional(
        "saturation", \.saturation, .reference(.input([.class])),
        "Class input with the saturation of the soil before the rain in whole percent."),
      .optional(
        "supply_time", \.supplyTime, .quantity(.time, positive: true),
        "Time over which the water supply is summed; 24 h unless given."),
    ],
    rules: [
      KeyRule(
        condition: .equals("use", "intensity_duration"), required: ["curve"],
        excluded: ["table", "saturation", "supply_time"], reason: "with use: intensity_duration"),
      KeyRule(
        condition: .equals("use", "level_table"), required: ["table", "saturation", "mean_annual"],
        excluded: ["curve", "levels"], reason: "with use: level_table"),
      KeyRule(
        condition: .equals("curve", "sandersen1996"), required: ["mean_annual"], reason: "with curve: sandersen1996"),
      KeyRule(
        condition: .equals("curve", "guzzetti2008-normalised"), required: ["mean_annual"],
        reason: "with curve: guzzetti2008-normalised"),
    ])
}

/// Friction of forest on mass flows.
public struct ForestSection: Sendable, Equatable {
  /// The class input with forest.
  public internal(set) var classes = ""
  /// The table of what its classes mean.
  public internal(set) var table = ""
  /// What dense forest adds to the angle of a flow at rest.
  public internal(set) var angle: Quantity = "10 deg"
  /// What forest adds to the angle of a fast flow.
  public internal(set) var leastAngle: Quantity = "2 deg"
  /// Speed in m/s from which forest adds only the least.
  public internal(set) var speed = 30.0
  /// Way from the release on which forest does not brake.
  public internal(set) var skip: Quantity = "0 m"

  /// The figures of the model.
  func friction() throws(InvalidRunoutParameter) -> ForestFriction {
    try ForestFriction(
      greatestAngle: angle.degrees, smallestAngle: leastAngle.degrees, velocity: speed, skippedLength: skip.metres)
  }
}

extension ForestSection: ConfigurationSection {
  static let specification = ObjectSpecification<ForestSection>(
    summary: "Friction of forest on mass flows.",
    keys: [
      .required("classes", \.classes, .reference(.input([.class])), "Class input that tells forest from open land."),
      .required(
        "table", \.table, .reference(.table),
        "Table with land_cover_code, forest_index (0 for none to 1 for dense), source and status."),
      .defaulted(
        "angle", \.angle, .quantity(.angle), "Degrees that dense forest adds to the angle of a flow at rest."),
      .defaulted(
        "least_angle", \.leastAngle, .quantity(.angle), "Degrees that forest adds to the angle of a fast flow."),
      .defaulted(
        "speed", \.speed, .number(above: 0), "Speed in metres a second from which forest adds only the least."),
      .defaulted("skip", \.skip, .quantity(.length), "Way from the release on which forest does not brake."),
    ])
}
