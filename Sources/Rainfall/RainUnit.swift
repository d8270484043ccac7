/// The unit in which a table or a service states rain of a duration.
public enum RainUnit: String, Sendable, Hashable, CaseIterable {
  /// Depth in millimetres.
  case millimetres = "mm"
  /// Mean intensity in millimetres per hour.
  case millimetresPerHour = "mm/h"
  /// Mean intensity in litres per second and hectare; 1 mm/h is 10 000/3600 = 2.7778 of them.
  case litresPerSecondAndHectare = "l/(s*ha)"

  /// Reads the usual spellings, such as `l/s*Ha`, `l/(s·ha)`, `lsha`, `mm/t` and `mm h-1`.
  public init?(text: String) {
    let letters = text.lowercased().filter { !" ()·*.^".contains($0) }
    switch letters {
    case "mm": self = .millimetres
    case "mm/h", "mm/t", "mmh-1", "mm/hr", "mm/time": self = .millimetresPerHour
    case "l/sha", "l/s/ha", "lsha", "ls-1ha-1", "l/s-ha": self = .litresPerSecondAndHectare
    default: return nil
    }
  }

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
