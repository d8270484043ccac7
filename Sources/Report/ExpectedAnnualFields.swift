public import Geodata

/// The fields of one expected annual value: the value, its bounds, and how it was found.
public struct ExpectedAnnualFields: Sendable {
  /// The value.
  public let value: FieldKey<Double>
  /// Lower bound of it.
  public let low: FieldKey<Double>
  /// Upper bound of it.
  public let high: FieldKey<Double>
  /// How it was integrated.
  public let method: FieldKey<String>
  /// Share of the tail.
  public let tailShare: FieldKey<Double>
  /// Number of return periods.
  public let periods: FieldKey<Int>

  init(_ name: String, unit suffix: String, _ unit: String, of what: String) {
    value = FieldKey("\(name)_\(suffix)", unit: unit, "Expected annual \(what), over all return periods")
    low = FieldKey("\(name)_low_\(suffix)", unit: unit, "Lower bound of the expected annual \(what)")
    high = FieldKey("\(name)_high_\(suffix)", unit: unit, "Upper bound of the expected annual \(what)")
    method = FieldKey("\(name)_method", "How the expected annual value was integrated over the return periods")
    tailShare = FieldKey(
      "\(name)_tail_share", "Share of the expected annual value beyond the longest return period, 0 to 1")
    periods = FieldKey("\(name)_n_rp", "Number of return periods behind the expected annual value")
  }

  /// All of them, in order.
  public var all: [Field] { [value.field, low.field, high.field, method.field, tailShare.field, periods.field] }

  /// Exposed residents.
  public static let population = ExpectedAnnualFields(
    "eapop", unit: "n_a", "1/a", of: "number of exposed residents")
  /// Damage.
  public static let damage = ExpectedAnnualFields("ead", unit: "nok_a", "NOK/a", of: "damage to buildings, screening")
  /// Damage to ground.
  public static let landDamage = ExpectedAnnualFields(
    "eadland", unit: "nok_a", "NOK/a", of: "damage to ground besides buildings, screening")
  /// Exposed buildings.
  public static let buildings = ExpectedAnnualFields(
    "eabld", unit: "n_a", "1/a", of: "number of exposed buildings")
  /// Length of exposed roads.
  public static let roads = LineFields.roads.expected
  /// Flooded share of an area.
  public static let floodedShare = ExpectedAnnualFields(
    "eaflood", unit: "frac_a", "1/a", of: "flooded share of the area")
}

extension Fields {
  /// Damage.
  public static let damage = FieldKey<Double>(
    "damage_nok", unit: "NOK", "Modelled damage to buildings, screening; prices of the year in the table of values")
  /// Damage to ground.
  public static let landDamage = FieldKey<Double>(
    "land_damage_nok", unit: "NOK",
    "Modelled damage to ground by its land cover, besides buildings, screening; prices of the year in the table of values"
  )
  /// Largest depth times speed.
  public static let depthVelocity = FieldKey<Double>(
    "dv_max_m2_s", unit: "m2/s", "Largest product of the depth of the water and its speed")
  /// Score of the priority.
  public static let priorityScore = FieldKey<Double>(
    "priority_score", "Weighted mean over the criteria of the share of other areas that have less, 0 to 1")
  /// Rank by priority.
  public static let rank = FieldKey<Int>(
    "rank", "Place in the order of priority, 1 the most urgent; areas with the same score share it")
}
