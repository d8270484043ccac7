/// The unit of rain in a raster: an amount that falls within a step, or a rate.
public enum RainFieldUnit: String, Sendable, Hashable, CaseIterable {
  /// Millimetres.
  case millimetre = "mm"
  /// Metres.
  case metre = "m"
  /// Centimetres.
  case centimetre = "cm"
  /// Kilograms per square metre, the same as millimetres of water.
  case kilogramPerSquareMetre = "kg/m2"
  /// Tenths of a millimetre.
  case tenthOfMillimetre = "0.1 mm"
  /// Millimetres an hour.
  case millimetrePerHour = "mm/h"
  /// Kilograms per square metre and second, the same as millimetres a second.
  case kilogramPerSquareMetreAndSecond = "kg/m2/s"

  /// Whether it is a rate, which needs the length of the step to become an amount.
  public var isRate: Bool { self == .millimetrePerHour || self == .kilogramPerSquareMetreAndSecond }

  /// Millimetres of one unit within some hours; for amounts the hours do not matter.
  public func millimetres(hours: Double) -> Double {
    switch self {
    case .millimetre, .kilogramPerSquareMetre: 1
    case .metre: 1000
    case .centimetre: 10
    case .tenthOfMillimetre: 0.1
    case .millimetrePerHour: hours
    case .kilogramPerSquareMetreAndSecond: 3600 * hours
    }
  }

  /// Whether a number means the same in both.
  public func agrees(with other: RainFieldUnit) -> Bool {
    isRate == other.isRate && millimetres(hours: 1) == other.millimetres(hours: 1)
  }

  /// The unit that a file's own statement means, such as `kg m-2`, `[kg/(m^2 s)]`, `mm/hr` or `mm`; nil where it is none
  /// of rain.
  public init?(spelling: String) {
    let letters = spelling.lowercased().filter { !" ()[]^*·".contains($0) }
    switch letters {
    case "mm", "millimeter", "millimeters", "millimetre", "millimetres", "lm-2", "l/m2": self = .millimetre
    case "m", "meter", "metre", "mofwaterequivalent": self = .metre
    case "cm": self = .centimetre
    case "kg/m2", "kgm-2": self = .kilogramPerSquareMetre
    case "0.1mm", "1/10mm": self = .tenthOfMillimetre
    case "mm/h", "mm/hr", "mmh-1", "mmhr-1", "mm/hour": self = .millimetrePerHour
    case "kg/m2/s", "kg/m2s", "kgm-2s-1", "kgm-2/s", "mm/s", "mms-1": self = .kilogramPerSquareMetreAndSecond
    default: return nil
    }
  }
}
