/// The unit in which a table or a service states rain of a duration.
public enum RainUnit: String, Sendable, Hashable, CaseIterable {
  /// Depth in millimetres.
  case millimetres = "mm"
  /// Mean intensity in millimetres per hour.
  case millimetresPerHour = "mm/h"
  /// Mean intensity in litres per second and hectare; 1 mm/h is 10 000/3600 = 2.7778 of them.
  case litresPerSecondAndHectare = "l/(s*ha)"

  /// Depth in millimetres of a value in this unit that lasts for some minutes.
  public func millimetres(_ value: Double, minutes: Double) -> Double {
    switch self {
    case .millimetres: value
    case .millimetresPerHour: value * minutes / 60
    case .litresPerSecondAndHectare: value * minutes * 60 / 10_000
    }
  }

  /// Value in this unit of a depth in millimetres that falls within some minutes.
  public func value(ofMillimetres depth: Double, minutes: Double) -> Double {
    switch self {
    case .millimetres: depth
    case .millimetresPerHour: depth * 60 / minutes
    case .litresPerSecondAndHectare: depth * 10_000 / (minutes * 60)
    }
  }
}
