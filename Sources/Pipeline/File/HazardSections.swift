import Landslide
import Terrain

/// How water is spread over the terrain.
public enum FloodMethod: String, Sendable, CaseIterable {
  /// Depressions fill, spill into the next and merge.
  case fillSpill = "fill_spill"
}

/// Where the water of the flood comes from.
public enum WaterSource: String, Sendable, CaseIterable {
  /// The runoff step.
  case runoff
}

/// What cells without elevation are to the water.
public enum NodataTerrain: String, Sendable, CaseIterable {
  /// Water leaves there, as into the sea.
  case outlet
  /// Water does not pass.
  case wall
  /// The run stops.
  case error
}

/// Where water stands.
public struct FloodSection: Sendable, Equatable {
  /// How water is spread.
  public internal(set) var method = FloodMethod.fillSpill
  /// The elevation input.
  public internal(set) var dtm = ""
  /// Where the water comes from.
  public internal(set) var water = WaterSource.runoff
  /// The depth in metres from which a cell counts as flooded.
  public internal(set) var minDepth: Quantity = "0.05 m"
  /// What cells without elevation are to the water.
  public internal(set) var nodata = NodataTerrain.error
  /// The line input with culverts, which are burnt into the terrain; nil for none.
  public internal(set) var culverts: String?
  /// The longest trench by which pits are drained; nil for any length.
  public internal(set) var breachLength: Quantity?
  /// The deepest trench by which pits are drained; nil for any depth.
  public internal(set) var breachDepth: Quantity?
  /// The volume in cubic metres from which a bluespot is listed.
  public internal(set) var minVolume: Quantity = "1 m3"
  /// The catchment area in square metres from which a flow path is drawn.
  public internal(set) var flowPathArea: Quantity = "5000 m2"
  /// Whether the watersheds of the outermost bluespots are written.
  public internal(set) var watersheds = false
  /// The area in square metres from which a bluespot is listed.
  public internal(set) var minArea: Quantity = "0 m2"
  /// The greatest depth in metres from which a bluespot is listed.
  public internal(set) var minBluespotDepth: Quantity = "0 m"
  /// The depth in metres that the drains take from the runoff.
  public internal(set) var drainage: Quantity = "0 mm"
  /// The depth in metres that ground under standing water takes up over the event.
  public internal(set) var infiltration: Quantity = "0 mm"
  /// The input with drains and pumps in bluespots; nil for none.
  public internal(set) var drains: String?
  /// The time that drains and pumps run; nil without any.
  public internal(set) var drainTime: Quantity?
  /// The input with the largest speed of the water; nil where it is not known.
  public internal(set) var velocity: String?
}

extension FloodSection {
  /// Whether pits are drained by trenches.
  var breaches: Bool { breachLength != nil || breachDepth != nil }

  /// How long and deep trenches may be.
  var breachLimits: BreachLimits {
    BreachLimits(length: breachLength?.metres ?? .infinity, depth: breachDepth?.metres ?? .infinity)
  }
}

extension FloodSection: ConfigurationSection {
  static let specification = ObjectSpecification<FloodSection>(
    summary: "Where water stands.",
    keys: [
      .required("use", \.method, .choice, "Method: fill_spill fills depressions, which spill and merge."),
      .required("dtm", \.dtm, .reference(.input([.elevation])), "Elevation input."),
      .defaulted("water", \.water, .choice, "Where the water comes from."),
      .defaulted("min_depth", \.minDepth, .quantity(.length), "Depth from which a cell counts as flooded."),
      .defaulted(
        "nodata", \.nodata, .choice,
        "Cells without elevation: outlet (water leaves, as into the sea), wall, or error (the run stops)."),
      .optional(
        "culverts", \.culverts, .reference(.input([.line])), "Line input with culverts, burnt into the terrain."),
      .optional(
        "breach_length", \.breachLength, .quantity(.length, positive: true),
        "Longest trench by which pits are drained; none are dug where neither this nor breach_depth is given."),
      .optional(
        "breach_depth", \.breachDepth, .quantity(.length, positive: true),
        "Deepest trench by which pits are drained."),
      .defaulted("min_volume", \.minVolume, .quantity(.volume), "Volume from which a bluespot is listed."),
      .defaulted(
        "flow_path_area", \.flowPathArea, .quantity(.area, positive: true),
        "Catchment area from which a flow path is drawn."),
      .defaulted(
        "watersheds", \.watersheds, .boolean, "Whether the watersheds of the outermost bluespots are a layer."),
      .defaulted("drainage", \.drainage, .quantity(.length), "Depth of runoff that the drains take."),
      .defaulted("min_area", \.minArea, .quantity(.area), "Area from which a bluespot is listed."),
      .defaulted(
        "min_bluespot_depth", \.minBluespotDepth, .quantity(.length), "Greatest depth from which a bluespot is listed."),
      .defaulted(
        "infiltration", \.infiltration, .quantity(.length),
        "Depth that ground takes up over the event once water stands on it, besides the losses of the rain."),
      .optional(
        "drains", \.drains, .reference(.input([.drain])),
        "Drain input: what bluespots lose to drains and pumps before they fill."),
      .optional(
        "drain_time", \.drainTime, .quantity(.time, positive: true), "Time that drains and pumps run in the event."),
      .optional(
        "velocity", \.velocity, .reference(.input([.velocity])),
        "Input with the largest speed of the water of each scenario, for classes by depth and speed."),
    ],
    rules: [
      KeyRule(condition: .present("drains"), required: ["drain_time"], reason: "with drains"),
      KeyRule(condition: .absent("drains"), excluded: ["drain_time"], reason: "without drains"),
    ])
}

/// How slope stability is judged.
public enum SlideMethod: String, Sendable, CaseIterable {
  /// The infinite-slope factor of safety.
  case infiniteSlope = "infinite_slope"
}

/// Where the water in the slope comes from.
public enum RechargeSource: String, Sendable, CaseIterable {
  /// The rain that does not run off.
  case infiltration
}

/// How the water that infiltrates becomes a rate of recharge.
public struct RechargeSection: Sendable, Equatable {
  /// Where the water comes from.
  public internal(set) var from = RechargeSource.infiltration
  /// The time that the event's depth is spread over.
  public internal(set) var spreadOver: Quantity = "24 h"
  /// The recharge before the event, in millimetres a day.
  public internal(set) var antecedent: Quantity = "0 mm/d"
}

extension RechargeSection: ConfigurationSection {
  static let specification = ObjectSpecification<RechargeSection>(
    summary: "How the water that infiltrates becomes a rate of recharge.",
    keys: [
      .defaulted("from", \.from, .choice, "Where the water comes from: infiltration is rain that does not run off."),
      .defaulted(
        "spread_over", \.spreadOver, .quantity(.time, positive: true), "Time that the event's depth is spread over."),
      .defaulted("antecedent", \.antecedent, .quantity(.rate), "Recharge before the event."),
    ])
}

/// How the transmissivity of the soil follows from its conductivity K and depth z.
public enum SoilTransmissivity: String, Sendable, CaseIterable {
  /// T = K z cosθ, with θ the slope angle.
  case normal
  /// T = K z.
  case vertical
}

/// The stability index of slopes.
public struct StabilityIndexSection: Sendable, Equatable {
  /// The table of ranges.
  public internal(set) var table = ""
}

extension StabilityIndexSection: ConfigurationSection {
  static let specification = ObjectSpecification<StabilityIndexSection>(
    summary: "The stability index of slopes (SINMAP) with the recharge of each scenario.",
    keys: [
      .required(
        "table", \.table, .reference(.table),
        "Table with ranges of dimensionless_cohesion, friction_angle and transmissivity.")
    ])
}

/// The probability that slopes fail.
public struct FailureProbabilitySection: Sendable, Equatable {
  /// The table of distributions.
  public internal(set) var table = ""
  /// Draws a cell.
  public internal(set) var draws = 1000
  /// Number of the random sequence.
  public internal(set) var seed = 1
  /// Distribution of the factor on the recharge of the scenario.
  public internal(set) var rechargeFactor = "1"
}

extension FailureProbabilitySection: ConfigurationSection {
  static let specification = ObjectSpecification<FailureProbabilitySection>(
    summary: "The probability that slopes fail, by random draws.",
    keys: [
      .required(
        "table", \.table, .reference(.table),
        "Table with numbers or distributions of the soils' figures."),
      .defaulted("draws", \.draws, .integer(1...1_000_000), "Draws a cell."),
      .defaulted("seed", \.seed, .integer(0...Int.max), "Number of the random sequence."),
      .defaulted(
        "recharge_factor", \.rechargeFactor,
        .text.checked {
          Distribution(text: $0) == nil ? "\"\($0)\" is no distribution such as uniform 0.5 1.5" : nil
        },
        "Distribution of the factor on the scenario's recharge, such as uniform 0.5 1.5 or lognormal 1 0.3."),
    ])
}

/// Which slopes may fail.
public struct SlideSection: Sendable, Equatable {
  /// How stability is judged.
  public internal(set) var method = SlideMethod.infiniteSlope
  /// The elevation input.
  public internal(set) var dtm = ""
  /// The class input with soil.
  public internal(set) var soil = ""
  /// The table of soil strength.
  public internal(set) var table = ""
  /// The factors of safety between the classes, ascending.
  public internal(set) var classes = [1.0, 1.25, 1.5]
  /// How infiltrated water becomes recharge.
  public internal(set) var recharge = RechargeSection()
  /// How the transmissivity follows from conductivity and depth.
  public internal(set) var transmissivity = SoilTransmissivity.normal
  /// The stability index; nil where that is not computed.
  public internal(set) var index: StabilityIndexSection?
  /// The probability of failure; nil where that is not computed.
  public internal(set) var probability: FailureProbabilitySection?
  /// Where slides may start by the shape of the ground; nil where that is not computed.
  public internal(set) var release: ReleaseAreaSection?
  /// Stability while it rains; nil where that is not computed.
  public internal(set) var transient: TransientSection?
  /// Least area of a surface in the layer of slopes.
  public internal(set) var minArea: Quantity = "25 m2"
}

extension SlideSection: ConfigurationSection {
  static let specification = ObjectSpecification<SlideSection>(
    summary: "Which slopes may fail.",
    keys: [
      .required("use", \.method, .choice, "Method: infinite_slope."),
      .required("dtm", \.dtm, .reference(.input([.elevation])), "Elevation input."),
      .required("soil", \.soil, .reference(.input([.class])), "Class input with soil."),
      .required("table", \.table, .reference(.table), "Table of soil strength."),
      .defaulted(
        "classes", \.classes,
        .list(of: .number(above: 0), atLeast: 3, unique: false).ascending()
          .checked { $0.count == 3 ? nil : "\($0.count) factors of safety; the four classes need three" },
        "The three factors of safety between the four classes, ascending."),
      .defaulted(
        "recharge", \.recharge, RechargeSection.specification.format,
        "How the water that infiltrates becomes a rate of recharge."),
      .defaulted(
        "transmissivity", \.transmissivity, .choice,
        "Transmissivity: normal (conductivity times depth times cosine of the slope) or vertical (without the cosine)."),
      .optional("index", \.index, StabilityIndexSection.specification.format, "The stability index."),
      .optional(
        "probability", \.probability, FailureProbabilitySection.specification.format, "The probability of failure."),
      .optional("release", \.release, ReleaseAreaSection.specification.format, "Where slides may start by terrain."),
      .optional("transient", \.transient, TransientSection.specification.format, "Stability while it rains."),
      .defaulted("min_area", \.minArea, .quantity(.area), "Area from which a slope is drawn in the layer."),
    ])
}

/// The hazards that are computed.
public struct HazardsSection: Sendable, Equatable {
  /// How much of the rain runs off.
  public internal(set) var runoff = RunoffSection()
  /// Where water stands; nil where that is not computed.
  public internal(set) var flood: FloodSection?
  /// Which slopes may fail; nil where that is not computed.
  public internal(set) var slide: SlideSection?
  /// Levels of warning; nil where they are not computed.
  public internal(set) var warning: WarningSection?
  /// Where mass flows run out to; nil where that is not computed.
  public internal(set) var massFlow: RunoutSection?
  /// Terrain in which quick clay may slide; nil where that is not computed.
  public internal(set) var quickClay: QuickClaySection?
  /// Peak discharge at outlets; nil where that is not computed.
  public internal(set) var peakRunoff: PeakRunoffSection?
  /// Flow of the water in time; nil where that is not simulated.
  public internal(set) var surfaceFlow: SurfaceFlowSection?

  /// Whether any slide hazard beyond the stability of slopes is computed.
  var hasZones: Bool { massFlow != nil || quickClay != nil }
}

extension HazardsSection: ConfigurationSection {
  static let specification = ObjectSpecification<HazardsSection>(
    summary: "The hazards that are computed.",
    keys: [
      .required("runoff", \.runoff, RunoffSection.specification.format, "How much of the rain runs off."),
      .optional("flood", \.flood, FloodSection.specification.format, "Where water stands."),
      .optional("slide", \.slide, SlideSection.specification.format, "Which slopes may fail."),
      .optional("warning", \.warning, WarningSection.specification.format, "Levels of warning from rain."),
      .optional("runout", \.massFlow, RunoutSection.specification.format, "Where mass flows run out to."),
      .optional(
        "quick_clay", \.quickClay, QuickClaySection.specification.format, "Terrain in which quick clay may slide."),
      .optional(
        "peak_runoff", \.peakRunoff, PeakRunoffSection.specification.format,
        "Peak discharge at pipes, culverts and other outlets."),
      .optional(
        "surface_flow", \.surfaceFlow, SurfaceFlowSection.specification.format,
        "Two-dimensional flow of the water in time."),
    ])
}

extension ValueFormat {
  /// A list whose values ascend strictly.
  func ascending<Number: Comparable & Sendable>() -> ValueFormat where Value == [Number] {
    checked { zip($0, $0.dropFirst()).allSatisfy { $0 < $1 } ? nil : "the values do not ascend" }
  }
}
