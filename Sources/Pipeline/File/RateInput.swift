/// The unit of a raster of rates.
public enum RateUnit: String, Sendable, CaseIterable {
  /// Millimetres an hour.
  case millimetresPerHour = "mm/h"
  /// Litres a second and hectare.
  case litresPerSecondAndHectare = "l/(s ha)"

  /// Millimetres an hour in the unit.
  var millimetresPerHour: Double { self == .millimetresPerHour ? 1 : 0.36 }
}

/// Rates as a raster, such as what drains carry.
public struct RateInput: Sendable, Equatable {
  /// The raster file.
  public internal(set) var path = PathText.blank
  /// The unit of the rates.
  public internal(set) var unit = RateUnit.millimetresPerHour
  /// Which value means no data.
  public internal(set) var nodata = NodataDeclaration.file
  /// The band, from 1.
  public internal(set) var band = 1
  /// The reference system that overrides that of the file; nil for the file's.
  public internal(set) var crs: String?
}

extension RateInput: ConfigurationSection {
  static let specification = ObjectSpecification<RateInput>(
    summary: "Rates as a raster, such as what drains carry.",
    keys: [
      .required("path", \.path, .path(.input), "Raster file."),
      .required("unit", \.unit, .choice, "Unit of the rates."),
      .defaulted("nodata", \.nodata, .nodata, "Value that means no data: file, none or a number."),
      .defaulted("band", \.band, .integer(1...65_535), "Band, from 1."),
      .optional("crs", \.crs, .text(.referenceSystem), "Reference system that overrides that of the file."),
    ])
}
