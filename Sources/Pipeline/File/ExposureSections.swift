import Report

/// Where the depth at a building is sampled.
public enum SampleLocation: String, Sendable, CaseIterable {
  /// A ring around the footprint, because models have holes where buildings stand.
  case ring
  /// The footprint itself.
  case footprint
  /// Both as one surface.
  case both = "footprint+ring"
}

/// Which statistic of the sampled depths counts.
public enum SampleStatistic: String, Sendable, CaseIterable {
  /// The 95th percentile.
  case percentile95 = "p95"
  /// The greatest value.
  case maximum = "max"
  /// The mean.
  case mean
}

/// How the depth at a building is sampled.
public struct SampleSection: Sendable, Equatable {
  /// Where it is sampled.
  public internal(set) var location = SampleLocation.ring
  /// The width of the ring in metres; nil where the footprint is sampled.
  public internal(set) var width: Quantity?
  /// Which statistic counts.
  public internal(set) var statistic = SampleStatistic.percentile95

  /// The width of the ring where none is given.
  static let defaultWidth: Quantity = "1 m"
}

extension SampleSection: ConfigurationSection {
  static let specification = ObjectSpecification<SampleSection>(
    summary: "How the depth at a building is sampled.",
    keys: [
      .defaulted("where", \.location, .choice, "A ring around the building, its footprint, or both."),
      .optional("width", \.width, .quantity(.length, positive: true), "Width of the ring; 1 m unless given."),
      .defaulted("stat", \.statistic, .choice, "Statistic of the sampled depths that counts."),
    ],
    rules: [
      KeyRule(condition: .equals("where", "footprint"), excluded: ["width"], reason: "with where: footprint")
    ])
}

/// Which area a building counts for.
public enum Attribution: String, Sendable, CaseIterable {
  /// The area that holds a point inside the building.
  case representativePoint = "representative_point"
  /// Every area that holds some of its footprint, by the share of it.
  case areaShare = "area_share"
}

/// What of a line is measured.
public enum LineMeasure: String, Sendable, CaseIterable {
  /// Its length.
  case length
}

/// Something that can be exposed: buildings or lines.
public struct AssetSection: Sendable, Equatable {
  /// The building or line input.
  public internal(set) var input = ""
  /// The first part of the names of its fields; nil until it has been filled in.
  public internal(set) var prefix: String?
  /// From which depth on it counts as exposed.
  public internal(set) var exposedIf = ExposureCondition.blank
  /// How the depth at a building is sampled; nil for lines.
  public internal(set) var sample: SampleSection?
  /// The depths from which buildings are counted apart, ascending; nil for lines.
  public internal(set) var depthThresholds: [Quantity]?
  /// Which area a building counts for; nil for lines.
  public internal(set) var attributeTo: Attribution?
  /// What of a line is measured; nil for buildings.
  public internal(set) var measure: LineMeasure?

  /// The depths from which buildings are counted apart where none are given.
  static let defaultDepthThresholds: [Quantity] = ["0.1 m", "0.3 m", "0.5 m"]
  /// The prefix of the buildings that residents, damage and safety classes are those of.
  static let buildingPrefix = "bld"
  /// The prefix of roads.
  static let linePrefix = LineFields.roads.prefix
  /// Keys that only buildings have.
  static let buildingKeys = ["sample", "depth_thresholds", "attribute_to"]
  /// Keys that only lines have.
  static let lineKeys = ["measure"]

  /// Fills in the defaults of the kind of input.
  mutating func complete(for kind: InputKind) {
    prefix = prefix ?? (kind == .building ? Self.buildingPrefix : Self.linePrefix)
    if kind == .building {
      var filled = sample ?? SampleSection()
      if filled.location != .footprint { filled.width = filled.width ?? SampleSection.defaultWidth }
      sample = filled
      depthThresholds = depthThresholds ?? Self.defaultDepthThresholds
      attributeTo = attributeTo ?? .representativePoint
    } else {
      measure = measure ?? .length
    }
  }
}

extension AssetSection: ConfigurationSection {
  static let specification = ObjectSpecification<AssetSection>(
    summary: "Something that can be exposed: buildings or lines.",
    keys: [
      .required("input", \.input, .reference(.input([.building, .line])), "Building or line input."),
      .optional(
        "prefix", \.prefix, .text(.fieldPrefix),
        "First part of the names of its fields, such as rail or crit; road for lines and bld for buildings unless "
          + "given. Residents, damage and safety classes are those of bld."),
      .required("exposed_if", \.exposedIf, .condition, "When it counts as exposed, such as depth >= 0.1 m."),
      .optional(
        "sample", \.sample, SampleSection.specification.format, "How the depth at a building is sampled."),
      .optional(
        "depth_thresholds", \.depthThresholds,
        .list(of: .quantity(.length, positive: true), atLeast: 1).ascending(),
        "Depths from which buildings are counted apart, ascending; 0.1 m, 0.3 m and 0.5 m unless given."),
      .optional(
        "attribute_to", \.attributeTo, .choice,
        "Area that a building counts for: the one with a point inside the building, or every one by the share of the "
          + "footprint in it."),
      .optional("measure", \.measure, .choice, "What of a line is measured."),
    ])
}

extension ExposureCondition {
  /// The condition of a section that has not been read.
  static let blank = ExposureCondition(subject: .depth, comparison: .atLeast, threshold: "0 m")

  init(subject: Subject, comparison: Comparison, threshold: Quantity) {
    self.subject = subject
    self.comparison = comparison
    self.threshold = threshold
  }
}

extension Quantity: Comparable {
  /// Orders quantities of one dimension by value.
  public static func < (left: Quantity, right: Quantity) -> Bool {
    precondition(left.dimension == right.dimension, "\(left) and \(right) cannot be compared")
    return left.value < right.value
  }
}

/// How expected annual values are integrated over probability.
public enum ExpectedAnnualMethod: String, Sendable, CaseIterable {
  /// Linear in the logarithm of the return period.
  case logLinear = "log_linear"
  /// Linear in the probability.
  case trapezoid
}

/// What is assumed beyond the rarest scenario.
public enum ExpectedAnnualTail: String, Sendable, CaseIterable {
  /// The consequence of the rarest scenario.
  case constant
  /// Nothing.
  case none
}

/// How expected annual values are computed.
public struct ExpectedAnnualSection: Sendable, Equatable {
  /// How they are integrated over probability.
  public internal(set) var method = ExpectedAnnualMethod.logLinear
  /// What is assumed beyond the rarest scenario.
  public internal(set) var tail = ExpectedAnnualTail.constant
}

extension ExpectedAnnualSection: ConfigurationSection {
  static let specification = ObjectSpecification<ExpectedAnnualSection>(
    summary: "How expected annual values are computed.",
    keys: [
      .defaulted(
        "method", \.method, .choice,
        "Consequences between scenarios: linear in the logarithm of the return period, or in the probability."),
      .defaulted("tail", \.tail, .choice, "Beyond the rarest scenario: constant, or none."),
    ])
}

/// How the coverage of an area by cells is found.
public enum CoverageMethod: String, Sendable, CaseIterable {
  /// The exact share of every cell.
  case exact
}

/// What is exposed in each area.
public struct ExposureSection: Sendable, Equatable {
  /// The area input.
  public internal(set) var areas = ""
  /// How the coverage of an area by cells is found.
  public internal(set) var coverage = CoverageMethod.exact
  /// What can be exposed, by id.
  public internal(set) var assets = Keyed<AssetSection>()
  /// How expected annual values are computed; nil where they are not.
  public internal(set) var expectedAnnual: ExpectedAnnualSection?
  /// What water destroys at buildings; nil where that is not computed.
  public internal(set) var damage: DamageSection?
  /// How areas are ranked; nil where they are not.
  public internal(set) var ranking: RankingSection?
  /// Buildings set against the safety classes of TEK17; nil where they are not.
  public internal(set) var safety: SafetySection?
  /// People who are placed in buildings; nil where the buildings' own residents count.
  public internal(set) var population: PopulationSection?
  /// The line input with the pipes of the drainage; nil where they are not looked at.
  public internal(set) var drainage: String?
  /// The table of rules of hazard classes; nil where there are none.
  public internal(set) var hazardClasses: String?
  /// Indicators of the whole; nil where they are not computed.
  public internal(set) var indicators: IndicatorSection?
}

extension ExposureSection: ConfigurationSection {
  static let specification = ObjectSpecification<ExposureSection>(
    summary: "What is exposed in each area.",
    keys: [
      .required("areas", \.areas, .reference(.input([.area])), "Area input."),
      .defaulted("coverage", \.coverage, .choice, "Coverage of an area by cells: the exact share of every cell."),
      .defaulted(
        "assets", \.assets, .keyed(by: .id, of: AssetSection.specification.format), "What can be exposed, by id."),
      .optional(
        "expected_annual", \.expectedAnnual, ExpectedAnnualSection.specification.format,
        "How expected annual values are computed; they are not where this is absent."),
      .optional(
        "damage", \.damage, DamageSection.specification.format,
        "What water destroys at buildings, in money; not computed where this is absent."),
      .optional(
        "ranking", \.ranking, RankingSection.specification.format,
        "Order of priority of the areas by expected annual values; they are not ranked where this is absent."),
      .optional(
        "tek17", \.safety, SafetySection.specification.format,
        "Buildings set against the safety classes of TEK17; they are not where this is absent."),
      .optional(
        "population", \.population, PopulationSection.specification.format,
        "People who are placed in buildings; the buildings' own residents count where this is absent."),
      .optional(
        "drainage", \.drainage, .reference(.input([.line])),
        "Line input with the pipes of the drainage and whether they are monitored."),
      .optional(
        "hazard_classes", \.hazardClasses, .reference(.table),
        "Table of rules that give ground a class over all hazards: hazard, from, below, class."),
      .optional(
        "indicators", \.indicators, IndicatorSection.specification.format,
        "Indicators of the whole, after U4SSC; not computed where this is absent."),
    ])
}
