/// The unit of a raster of speeds.
public enum SpeedUnit: String, Sendable, CaseIterable {
  /// Metres a second.
  case metresPerSecond = "m/s"
}

/// The largest speed of the water of each scenario, as a hydraulic model gives it.
public struct VelocityInput: Sendable, Equatable {
  /// The raster file; substitutions such as `{T}` name one for each scenario.
  public internal(set) var path = PathText.blank
  /// The unit of the speeds.
  public internal(set) var unit = SpeedUnit.metresPerSecond
  /// Which value means no data.
  public internal(set) var nodata = NodataDeclaration.file
  /// The band, from 1.
  public internal(set) var band = 1
  /// The reference system that overrides that of the file; nil for the file's.
  public internal(set) var crs: String?
}

extension VelocityInput: ConfigurationSection {
  static let specification = ObjectSpecification<VelocityInput>(
    summary: "The largest speed of the water of each scenario, as a hydraulic model gives it.",
    keys: [
      .required(
        "path", \.path, .path(.scenarioInput), "Raster file; {T} and the like are replaced by the scenario's values."),
      .required("unit", \.unit, .choice, "Unit of the speeds."),
      .defaulted("nodata", \.nodata, .nodata, "Value that means no data: file, none or a number."),
      .defaulted("band", \.band, .integer(1...65_535), "Band, from 1."),
      .optional("crs", \.crs, .text(.referenceSystem), "Reference system that overrides that of the file."),
    ])
}
