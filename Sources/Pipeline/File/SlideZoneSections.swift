import Landslide

/// How runout is computed.
public enum RunoutMethod: String, Sendable, CaseIterable {
  /// Angle of reach, persistence and spreading after Flow-Py.
  case flowPy = "flow_py"
}

/// A kind of mass flow, whose typical speed limits the runout.
public enum FlowProcess: String, Sendable, CaseIterable {
  /// Debris flows and shallow slides.
  case debrisFlow = "debris_flow"
  /// Rockfall.
  case rockfall
  /// Snow avalanches.
  case snowAvalanche = "snow_avalanche"

  /// The process of the model.
  var process: RunoutProcess {
    switch self {
    case .debrisFlow: .debrisFlow
    case .rockfall: .rockfall
    case .snowAvalanche: .snowAvalanche
    }
  }
}

/// Where mass flows start that no input tells.
public enum RunoutStart: String, Sendable, CaseIterable {
  /// On slopes that fail in the scenario.
  case failing
  /// On the release areas of the terrain.
  case releaseAreas = "release_areas"
}

/// Where mass flows run out to.
public struct RunoutSection: Sendable, Equatable {
  /// How runout is computed.
  public internal(set) var method = RunoutMethod.flowPy
  /// The area input with release areas; nil takes the slopes that fail in the scenario.
  public internal(set) var release: String?
  /// Where flows start that no input tells.
  public internal(set) var start = RunoutStart.failing
  /// The angle of reach in degrees.
  public internal(set) var angle: Quantity = "25 deg"
  /// The exponent of the terrain factor.
  public internal(set) var exponent = 8
  /// The share of a release cell below which no part flows on by itself.
  public internal(set) var fluxThreshold = 3e-4
  /// The process whose typical speed is the limit; nil for no limit.
  public internal(set) var process: FlowProcess?
  /// The greatest height of the energy line in metres, instead of the process's.
  public internal(set) var energyHeight: Quantity?
  /// Friction of forest; nil for none.
  public internal(set) var forest: ForestSection?
  /// Least area of a surface in the layer.
  public internal(set) var minArea: Quantity = "0 m2"

  /// The figures of the model.
  func parameters() throws(InvalidRunoutParameter) -> RunoutParameters {
    try RunoutParameters(
      angle: angle.degrees, exponent: exponent, fluxThreshold: fluxThreshold,
      greatestEnergyHeight: energyHeight?.metres ?? process?.process.greatestEnergyHeight
        ?? RunoutParameters.unlimitedEnergyHeight)
  }
}

extension RunoutSection: ConfigurationSection {
  static let specification = ObjectSpecification<RunoutSection>(
    summary: "Where mass flows run out to.",
    keys: [
      .required("use", \.method, .choice, "Method: flow_py."),
      .optional(
        "release", \.release, .reference(.input([.area])),
        "Area input with release areas; what start says where it is not given."),
      .defaulted(
        "start", \.start, .choice,
        "Where flows start without release: failing (slopes that fail in the scenario) or release_areas (of "
          + "hazards.slide.release)."),
      .defaulted(
        "angle", \.angle,
        .quantity(.angle, positive: true).checked { $0.degrees < 90 ? nil : "the angle of reach is below 90 deg" },
        "Angle of reach."),
      .defaulted(
        "exponent", \.exponent, .integer(1...1000),
        "Exponent of the terrain factor: 1 spreads widely, 75 follows the steepest way."),
      .defaulted(
        "flux_threshold", \.fluxThreshold, .number(atLeast: 1e-7, atMost: 1),
        "Share of a release cell below which no part flows on by itself."),
      .optional("process", \.process, .choice, "Process whose typical speed is the limit; no limit where not given."),
      .optional(
        "energy_height", \.energyHeight, .quantity(.length, positive: true),
        "Greatest height of the energy line, a limit of the speed instead of the process's."),
      .optional("forest", \.forest, ForestSection.specification.format, "Friction of forest."),
      .defaulted("min_area", \.minArea, .quantity(.area), "Area from which a zone is drawn in the layer."),
    ])
}

/// Type of a quick-clay slide.
public enum ClaySlide: String, Sendable, CaseIterable {
  /// Retrogressive slides.
  case retrogressive
  /// Flake slides.
  case flake
  /// Rotational slides.
  case rotational

  /// The type with its figures.
  var type: ClaySlideType {
    switch self {
    case .retrogressive: .retrogressive
    case .flake: .flake
    case .rotational: .rotational
    }
  }
}

/// How clay runs out.
public enum ClayRunoutGround: String, Sendable, CaseIterable {
  /// Along a channel.
  case channel
  /// Over open ground.
  case open
}

/// Terrain in which quick clay may slide.
public struct QuickClaySection: Sendable, Equatable {
  /// The class input with deposits.
  public internal(set) var deposits = ""
  /// The table of what deposits mean.
  public internal(set) var table = ""
  /// The class input that is above 0 below the marine limit; nil where there is none.
  public internal(set) var marineArea: String?
  /// The marine limit in metres; nil for none.
  public internal(set) var marineLimit: Quantity?
  /// The line input with feet of slopes, such as streams; nil takes every cell.
  public internal(set) var feet: String?
  /// The depth of the feet below the terrain.
  public internal(set) var footDepth: Quantity = "0 m"
  /// The type of slide.
  public internal(set) var slide = ClaySlide.retrogressive
  /// How clay runs out.
  public internal(set) var runout = ClayRunoutGround.channel
  /// Run n of the gentlest line 1:n.
  public internal(set) var reach = 20.0
  /// Least height above the foot of a slope.
  public internal(set) var minHeight: Quantity = "5 m"
  /// Width of the area near a slope over its height.
  public internal(set) var heightFactor = 20.0
  /// Greatest distance from the foot of a slope.
  public internal(set) var maxLength: Quantity = "2000 m"
  /// Distance from given feet within which no slope is asked for.
  public internal(set) var freeDistance: Quantity = "75 m"
  /// Run n of the line 1:n of a first slide at given feet.
  public internal(set) var initialRun = 4.0
  /// Length of the release area over the slope's height; nil takes the slide's.
  public internal(set) var slideLength: Double?
  /// Runout length over the release area's; nil takes the slide's.
  public internal(set) var runoutFactor: Double?
  /// Least area of a surface in the layer.
  public internal(set) var minArea: Quantity = "100 m2"

  /// The figures, those that differ from the standard marked as the pipeline's own.
  var rules: QuickClayRules {
    var rules = QuickClayRules()
    rules.slide = slide.type
    func set(_ value: Double?, _ figure: inout RuleFigure) {
      guard let value, value != figure.value else { return }
      figure = RuleFigure(value, unit: figure.unit, source: "pipeline file", evidence: .confirmed)
    }
    set(reach, &rules.reach)
    set(minHeight.metres, &rules.smallestHeight)
    set(heightFactor, &rules.heightFactor)
    set(maxLength.metres, &rules.greatestLength)
    set(freeDistance.metres, &rules.freeDistance)
    set(initialRun, &rules.initialRun)
    set(slideLength, &rules.slide.length)
    set(runoutFactor, &rules.slide.channelledRunout)
    set(runoutFactor, &rules.slide.openRunout)
    return rules
  }
}

extension QuickClaySection: ConfigurationSection {
  static let specification = ObjectSpecification<QuickClaySection>(
    summary: "Terrain in which quick clay may slide: susceptibility, no hazard zone.",
    keys: [
      .required("deposits", \.deposits, .reference(.input([.class])), "Class input with deposits."),
      .required("table", \.table, .reference(.table), "Table with deposit_code, clay and source."),
      .optional(
        "marine_area", \.marineArea, .reference(.input([.class])),
        "Class input that is above 0 below the marine limit."),
      .optional("marine_limit", \.marineLimit, .quantity(.length), "Marine limit above the sea."),
      .optional(
        "feet", \.feet, .reference(.input([.line])),
        "Line input with the feet of slopes, such as streams; every cell may be one where it is not given."),
      .defaulted("foot_depth", \.footDepth, .quantity(.length), "Depth of the feet below the terrain."),
      .defaulted("slide", \.slide, .choice, "Type of slide: retrogressive, flake or rotational."),
      .defaulted("runout", \.runout, .choice, "Clay runs out along a channel or over open ground."),
      .defaulted("reach", \.reach, .number(above: 0, atMost: 1000), "Run n of the gentlest line 1:n."),
      .defaulted(
        "min_height", \.minHeight, .quantity(.length, positive: true), "Least height above the foot of a slope."),
      .defaulted(
        "height_factor", \.heightFactor, .number(above: 0), "Width of the area near a slope over the slope's height."),
      .defaulted(
        "max_length", \.maxLength, .quantity(.length, positive: true), "Greatest distance from the foot of a slope."),
      .defaulted(
        "free_distance", \.freeDistance, .quantity(.length),
        "Distance from given feet within which no slope is asked for."),
      .defaulted(
        "initial_run", \.initialRun, .number(above: 0, atMost: 1000),
        "Run n of the line 1:n of a first slide at given feet."),
      .optional(
        "slide_length", \.slideLength, .number(above: 0, atMost: 1000),
        "Length of the release area over the slope's height; that of the type of slide where it is not given."),
      .optional(
        "runout_factor", \.runoutFactor, .number(above: 0),
        "Runout length over the release area's; that of the type of slide where it is not given."),
      .defaulted("min_area", \.minArea, .quantity(.area), "Area from which a zone is drawn in the layer."),
    ])
}
