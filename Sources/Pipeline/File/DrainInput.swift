/// The unit of what drains and pipes can take.
public enum DrainUnit: String, Sendable, CaseIterable {
  /// Litres a second.
  case litresPerSecond = "l/s"
  /// Cubic metres a second.
  case cubicMetresPerSecond = "m3/s"
  /// Cubic metres an hour.
  case cubicMetresPerHour = "m3/h"

  /// A capacity in this unit in cubic metres a second.
  func cubicMetresPerSecond(_ capacity: Double) -> Double {
    switch self {
    case .litresPerSecond: capacity / 1000
    case .cubicMetresPerSecond: capacity
    case .cubicMetresPerHour: capacity / 3600
    }
  }
}

/// Drains and pumps: points with what they can take.
public struct DrainInput: Sendable, Equatable {
  /// The vector file.
  public internal(set) var path = PathText.blank
  /// The layer; nil where the file has one only.
  public internal(set) var layer: String?
  /// The field that identifies a drain.
  public internal(set) var id = ""
  /// The field with what a drain can take.
  public internal(set) var capacity = ""
  /// The unit of that field.
  public internal(set) var unit = DrainUnit.litresPerSecond
  /// The reference system that overrides that of the file; nil for the file's.
  public internal(set) var crs: String?
}

extension DrainInput: ConfigurationSection {
  static let specification = ObjectSpecification<DrainInput>(
    summary: "Drains and pumps: points with what they can take.",
    keys: [
      .required("path", \.path, .path(.input), "Vector file of points."),
      .optional("layer", \.layer, .text, "Layer; needed where the file has several."),
      .required("id", \.id, .text, "Field that identifies a drain."),
      .required("capacity", \.capacity, .text, "Field with what a drain can take."),
      .required("unit", \.unit, .choice, "Unit of that field."),
      .optional("crs", \.crs, .text(.referenceSystem), "Reference system that overrides that of the file."),
    ])
}
