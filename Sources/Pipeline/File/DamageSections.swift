/// The surface that values per square metre count for.
public enum DamageArea: String, Sendable, CaseIterable {
  /// The footprint: water reaches the lowest storey alone.
  case footprint
  /// The floor area of all storeys, from the field of the building input.
  case floorArea = "floor_area"
}

/// What water destroys at buildings.
public struct DamageSection: Sendable, Equatable {
  /// The table of damage curves.
  public internal(set) var curves = ""
  /// The table of values.
  public internal(set) var values = ""
  /// The table of building types.
  public internal(set) var buildingTypes = ""
  /// Height of floors above the ground.
  public internal(set) var floorHeight: Quantity = "0 m"
  /// The surface that values count for.
  public internal(set) var area = DamageArea.footprint
  /// Depth from which basements are lost; nil where basements are left out.
  public internal(set) var basementFrom: Quantity?
  /// What water destroys of the ground besides buildings; nil where that is not computed.
  public internal(set) var landCover: LandDamageSection?
}

/// What water destroys of ground by its land cover, such as fields and roads.
public struct LandDamageSection: Sendable, Equatable {
  /// The class input.
  public internal(set) var input = ""
  /// The table of values.
  public internal(set) var values = ""
}

extension LandDamageSection: ConfigurationSection {
  static let specification = ObjectSpecification<LandDamageSection>(
    summary: "What water destroys of ground by its land cover, besides buildings.",
    keys: [
      .required("input", \.input, .reference(.input([.class])), "Class input with the land cover."),
      .required(
        "values", \.values, .reference(.table),
        "Table of values: code, curve, nok_per_m2, price_year; codes that it lacks lose nothing."),
    ])
}

extension DamageSection: ConfigurationSection {
  static let specification = ObjectSpecification<DamageSection>(
    summary: "What water destroys at buildings, in money.",
    keys: [
      .required(
        "curves", \.curves, .reference(.table), "Table of damage curves: depth_m and a column of shares for each curve."
      ),
      .required(
        "values", \.values, .reference(.table),
        "Table of values: damage_class, curve, nok_per_m2, basement_nok_per_m2, price_year."),
      .required(
        "building_types", \.buildingTypes, .reference(.table),
        "Table of building types: building_type, damage_class."),
      .defaulted("floor_height", \.floorHeight, .quantity(.length), "Height of floors above the ground."),
      .defaulted("area", \.area, .choice, "Surface that values per square metre count for: footprint or floor_area."),
      .optional(
        "basement_from", \.basementFrom, .quantity(.length, positive: true),
        "Depth from which basements are lost as a whole; without it basements are left out."),
      .optional(
        "land_cover", \.landCover, LandDamageSection.specification.format,
        "What water destroys of the ground besides buildings, cell by cell; not computed where this is absent."),
    ])
}

/// How much each criterion counts when areas are ranked; 0 leaves it out.
public struct RankingSection: Sendable, Equatable {
  /// Weight of the expected annual exposed residents.
  public internal(set) var residents = 1.0
  /// Weight of the expected annual damage.
  public internal(set) var damage = 1.0
  /// Weight of the expected annual flooded share of the area.
  public internal(set) var floodedShare = 1.0
}

extension RankingSection: ConfigurationSection {
  static let specification = ObjectSpecification<RankingSection>(
    summary: "The order of priority of areas: the weighted mean of the share of other areas that have less.",
    keys: [
      .defaulted("residents", \.residents, .number(atLeast: 0), "Weight of the expected annual exposed residents."),
      .defaulted(
        "damage", \.damage, .number(atLeast: 0), "Weight of the expected annual damage, where it is computed."),
      .defaulted(
        "flooded_share", \.floodedShare, .number(atLeast: 0), "Weight of the expected annual flooded share of the area."
      ),
    ])
}

/// Buildings set against the safety classes of TEK17.
public struct SafetySection: Sendable, Equatable {
  /// The table of building types.
  public internal(set) var buildingTypes = ""
  /// How far the nearest hazard is looked for.
  public internal(set) var searchDistance: Quantity = "50 m"
}

extension SafetySection: ConfigurationSection {
  static let specification = ObjectSpecification<SafetySection>(
    summary: "Buildings set against the safety classes of TEK17 § 7-2 and § 7-3 and the stormwater of § 15-8.",
    keys: [
      .required(
        "building_types", \.buildingTypes, .reference(.table),
        "Table of building types: building_type, flood_class, slide_class."),
      .defaulted(
        "search_distance", \.searchDistance, .quantity(.length),
        "How far from a building the nearest hazard is looked for."
      ),
    ])
}

/// Indicators of the whole, after U4SSC.
public struct IndicatorSection: Sendable, Equatable {
  /// Gross product of the municipality in NOK a year; nil where losses are not set against it.
  public internal(set) var grossProduct: Double?
}

extension IndicatorSection: ConfigurationSection {
  static let specification = ObjectSpecification<IndicatorSection>(
    summary: "Indicators of the whole, after U4SSC.",
    keys: [
      .optional(
        "gross_product_nok", \.grossProduct, .number(above: 0),
        "Gross product of the municipality in NOK a year, which modelled losses are set against.")
    ])
}
