/// Whether a hazard touches a building, in the words of Geonorge's analysis of public maps (DOK-analyse).
public enum SafetyStatus: String, Sendable, Hashable, CaseIterable {
  /// The event of the safety class touches the building.
  case conflict = "HIT-RED"
  /// Only a susceptibility without probability, or an event rarer than the class's, touches it: look closer.
  case toCheck = "HIT-YELLOW"
  /// Nothing is found, but the data or the scenarios do not reach far enough to tell.
  case notTold = "NO-HIT-YELLOW"
  /// The event of the safety class, or a rarer one, does not touch it.
  case clear = "NO-HIT-GREEN"
}

/// What an event of a return period does to a building.
public struct SafetyEvent: Sendable, Hashable {
  /// Return period in years.
  public let returnPeriod: Double
  /// Whether the building is touched; nil where it is not known.
  public let isHit: Bool?

  /// Takes the outcome of an event.
  public init(returnPeriod: Double, isHit: Bool?) {
    self.returnPeriod = returnPeriod
    self.isHit = isHit
  }
}

/// The largest nominal yearly probability that TEK17 allows, by safety class.
///
/// Flood: § 7-2, F1 1/20, F2 1/200, F3 1/1000. Landslide: § 7-3, S1 1/100, S2 1/1000, S3 1/5000. The flood classes are
/// written for rising watercourses; set against stormwater they are a screening comparison.
public enum SafetyClass: String, Sendable, Hashable, CaseIterable {
  /// Flood, small consequence.
  case f1 = "F1"
  /// Flood, medium consequence.
  case f2 = "F2"
  /// Flood, large consequence.
  case f3 = "F3"
  /// Landslide, small consequence.
  case s1 = "S1"
  /// Landslide, medium consequence.
  case s2 = "S2"
  /// Landslide, large consequence.
  case s3 = "S3"

  /// Return period in years of the event that the building must stand clear of.
  public var returnPeriod: Double {
    switch self {
    case .f1: 20
    case .f2: 200
    case .f3: 1000
    case .s1: 100
    case .s2: 1000
    case .s3: 5000
    }
  }

  /// Whether it is a class for floods; else it is one for landslides.
  public var isFlood: Bool { [.f1, .f2, .f3].contains(self) }
}

/// Sets a building against the event of a return period.
///
/// A rarer event touches whatever a more frequent one does. So a hit by the event itself or by a more frequent one is a
/// conflict; no hit by the event itself, or where it was not computed by a rarer one, is clear; a hit by a rarer one
/// alone, where the event itself was not computed, is to be checked; everything else cannot be told.
/// - Parameters:
///   - returnPeriod: Years of the event that counts.
///   - events: What was computed, in any order.
///   - isProbability: Whether the events' return periods are those of the hazard. Those of the rain that makes slopes
///     fail are not: then a hit is to be checked, never a conflict.
/// - Returns: The status, and the event that decided it; nil where none did.
public func safetyStatus(
  returnPeriod: Double, events: [SafetyEvent], isProbability: Bool = true
) -> (status: SafetyStatus, decidedBy: SafetyEvent?) {
  let ordered = events.sorted { $0.returnPeriod < $1.returnPeriod }
  let own = ordered.first { $0.returnPeriod == returnPeriod }
  let hit: SafetyStatus = isProbability ? .conflict : .toCheck
  if let own, own.isHit == true { return (hit, own) }
  if let earlier = ordered.last(where: { $0.returnPeriod < returnPeriod && $0.isHit == true }) {
    return (hit, earlier)
  }
  if let own, own.isHit == false { return (.clear, own) }
  let rarer = ordered.filter { $0.returnPeriod > returnPeriod }
  if let dry = rarer.first(where: { $0.isHit == false }) { return (.clear, dry) }
  if let wet = rarer.first(where: { $0.isHit == true }) { return (.toCheck, wet) }
  return (.notTold, own ?? ordered.last { $0.returnPeriod < returnPeriod })
}
