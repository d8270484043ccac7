/// How well a figure of a rule is known.
public enum RuleEvidence: String, Sendable, Hashable, CaseIterable {
  /// Read in full at the named source.
  case confirmed
  /// Seen in an excerpt of it.
  case excerpt
  /// Domain knowledge that nobody has checked against the source: to be confirmed before use.
  case unverified
}

/// A figure of a rule and where it comes from.
public struct RuleFigure: Sendable, Hashable {
  /// The figure.
  public var value: Double
  /// Its unit; `1` for ratios.
  public var unit: String
  /// Where it comes from.
  public var source: String
  /// How well it is known.
  public var evidence: RuleEvidence

  /// Describes a figure.
  public init(_ value: Double, unit: String, source: String, evidence: RuleEvidence) {
    self.value = value
    self.unit = unit
    self.source = source
    self.evidence = evidence
  }
}

/// A type of quick-clay slide: how far it eats back and how far it runs out.
public struct ClaySlideType: Sendable, Hashable {
  /// Name of the type.
  public var name: String
  /// Length L of the release area over the height H of the slope.
  public var length: RuleFigure
  /// Runout length L_u over L along a channel.
  public var channelledRunout: RuleFigure
  /// Runout length L_u over L on open ground.
  public var openRunout: RuleFigure

  /// Describes a type.
  public init(name: String, length: RuleFigure, channelledRunout: RuleFigure, openRunout: RuleFigure) {
    self.name = name
    self.length = length
    self.channelledRunout = channelledRunout
    self.openRunout = openRunout
  }

  /// Retrogressive slides, the usual assumption of a screening.
  public static let retrogressive = ClaySlideType(
    name: "retrogressive", length: factor(15, guide), channelledRunout: factor(3, nifs),
    openRunout: factor(1.5, nifs))
  /// Flake slides; their length is not given, and taken as that of retrogressive ones.
  public static let flake = ClaySlideType(
    name: "flake", length: factor(15, guide), channelledRunout: factor(0.5, nifs), openRunout: factor(0.5, nifs))
  /// Rotational slides.
  public static let rotational = ClaySlideType(
    name: "rotational", length: factor(5, guide), channelledRunout: factor(0.5, nifs), openRunout: factor(0.5, nifs))
}

/// The rules by which terrain is screened for quick-clay slides; every figure can be set.
///
/// The standard figures follow the first steps of the guide NVE 1/2019, as far as the project knows them: none has been
/// read in its text, so all are marked unverified, and the outputs say so.
public struct QuickClayRules: Sendable, Hashable {
  /// Run n of the gentlest line 1:n of terrain that may be drawn into a slide.
  public var reach = factor(20, guide)
  /// Smallest difference of height that counts, m.
  public var smallestHeight = RuleFigure(5, unit: "m", source: guide, evidence: .unverified)
  /// Width of the area above the foot of a slope over its height: 20 H.
  public var heightFactor = factor(20, guide)
  /// Greatest distance from the foot, m.
  public var greatestLength = RuleFigure(2000, unit: "m", source: program, evidence: .confirmed)
  /// Distance from a foot within which retrogression asks for no slope, m.
  public var freeDistance = RuleFigure(75, unit: "m", source: program, evidence: .confirmed)
  /// Run n of the line 1:n of a first slide that erosion may set off.
  public var initialRun = RuleFigure(4, unit: "1", source: program, evidence: .confirmed)
  /// The slide that is assumed.
  public var slide = ClaySlideType.retrogressive

  /// The standard figures.
  public init() {}

  /// All figures with their names, for the record of a run.
  public var figures: [(name: String, figure: RuleFigure)] {
    [
      ("reach", reach), ("smallest_height", smallestHeight), ("height_factor", heightFactor),
      ("greatest_length", greatestLength), ("free_distance", freeDistance), ("initial_run", initialRun),
      ("slide_length", slide.length), ("channelled_runout", slide.channelledRunout), ("open_runout", slide.openRunout),
    ]
  }

  /// The criterion of a line 1:n under these rules.
  /// - Throws: ``InvalidClayFigure``.
  public func criterion(run: Double) throws(InvalidClayFigure) -> SlopeCriterion {
    try SlopeCriterion(run: run, smallestHeight: smallestHeight.value, greatestDistance: greatestLength.value)
  }
}

private let guide = "NVE veileder 1/2019, as known to the project"
private let nifs = "NIFS 14/2016, as known to the project"
private let program = "default of the screening program losneomrade"

private func factor(_ value: Double, _ source: String) -> RuleFigure {
  RuleFigure(value, unit: "1", source: source, evidence: .unverified)
}
