import Geodata

/// The fields of one kind of line, such as roads or rail, named by its prefix.
public struct LineFields: Sendable {
  /// First part of the names.
  public let prefix: String
  /// Identifier of a line.
  public let id: FieldKey<String>
  /// Length in an area.
  public let total: FieldKey<Double>
  /// Exposed length.
  public let exposed: FieldKey<Double>
  /// Length in water from which vehicles begin to stall.
  public let limited: FieldKey<Double>
  /// Length in water that stops vehicles.
  public let blocked: FieldKey<Double>
  /// Length that a hazard touches.
  public let hazard: FieldKey<Double>
  /// Expected annual exposed length.
  public let expected: ExpectedAnnualFields
  private let noun: String

  /// Names the fields.
  /// - Parameters:
  ///   - prefix: First part of the names, such as `rail`.
  ///   - noun: What the lines are, in the plural.
  public init(_ prefix: String, _ noun: String) {
    self.prefix = prefix
    self.noun = noun
    id = FieldKey("\(prefix)_id", "Identifier of the line, as in the input")
    total = FieldKey("\(prefix)_total_m", unit: "m", "Length of \(noun)")
    exposed = FieldKey("\(prefix)_exposed_m", unit: "m", "Length of \(noun) under water of at least their threshold")
    limited = FieldKey("\(prefix)_ge_10cm_m", unit: "m", "Length under water of at least 10 cm")
    blocked = FieldKey("\(prefix)_ge_30cm_m", unit: "m", "Length under water of at least 30 cm")
    hazard = FieldKey("\(prefix)_hazard_m", unit: "m", "Length of \(noun) that the hazard touches")
    expected = ExpectedAnnualFields("ea\(prefix)", unit: "m_a", "m/a", of: "length of exposed \(noun)")
  }

  /// Roads.
  public static let roads = LineFields("road", "roads")

  /// The layer and table of the lines themselves, one row for each line and scenario.
  public var schema: Schema {
    Schema(
      name: noun, summary: "Water on each line of \(noun), for each scenario", shapeType: .lines,
      key: [id.name, Fields.scenario.name],
      fields: [
        id.field, Fields.scenario.field, Fields.length.field, exposed.field, limited.field, blocked.field,
        Fields.passability.field, Fields.greatestDepth.field, Fields.isExposed.field, Fields.flags.field,
      ])
  }
}

/// The counts of one kind of building beside all buildings, such as critical facilities, named by its prefix.
public struct FacilityFields: Sendable {
  /// Number in an area.
  public let total: FieldKey<Int>
  /// Number exposed to the water.
  public let exposed: FieldKey<Int>
  /// Number whose exposure is not known.
  public let unknown: FieldKey<Int>
  /// Number that a hazard touches.
  public let hazard: FieldKey<Int>
  /// Expected annual number of exposed ones.
  public let expected: ExpectedAnnualFields

  /// Names the fields.
  /// - Parameters:
  ///   - prefix: First part of the names, such as `crit`.
  ///   - noun: What the facilities are, in the plural.
  public init(_ prefix: String, _ noun: String) {
    total = FieldKey("\(prefix)_total_n", "Number of \(noun)")
    exposed = FieldKey("\(prefix)_exposed_n", "Number of \(noun) exposed to the water")
    unknown = FieldKey(
      "\(prefix)_unknown_n", "Number of \(noun) whose surroundings are not covered well enough to tell")
    hazard = FieldKey("\(prefix)_hazard_n", "Number of \(noun) that the hazard touches")
    expected = ExpectedAnnualFields("ea\(prefix)", unit: "n_a", "1/a", of: "number of exposed \(noun)")
  }
}
