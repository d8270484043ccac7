/// The unit of temperatures.
public enum TemperatureUnit: String, Sendable, CaseIterable {
  /// Degrees Celsius.
  case celsius = "degC"
  /// Kelvin.
  case kelvin = "K"

  /// The unit that a file names; nil where it names another.
  init?(spelling: String) {
    switch spelling.lowercased().filter({ !" []°".contains($0) }) {
    case "k", "kelvin", "degk": self = .kelvin
    case "c", "celsius", "degc", "deg_c", "degree_celsius", "degrees_celsius", "degreecelsius": self = .celsius
    default: return nil
    }
  }

  /// What is added to a value in this unit to be in °C.
  var summand: Float { self == .celsius ? 0 : -273.15 }
}

/// Temperatures of the air as rasters over time.
public struct TemperatureInput: Sendable, Equatable {
  /// The raster file; nil where there are several.
  public internal(set) var path: PathText?
  /// The raster files of a series.
  public internal(set) var paths: [PathText]?
  /// The raster in a container such as NetCDF; nil where the file holds one.
  public internal(set) var variable: String?
  /// The unit of the raster.
  public internal(set) var unit = TemperatureUnit.celsius
  /// Which value means no data.
  public internal(set) var nodata = NodataDeclaration.file
  /// The reference system that overrides that of the file; nil for the file's.
  public internal(set) var crs: String?

  /// The files.
  var files: [PathText] { paths ?? path.map { [$0] } ?? [] }
}

extension TemperatureInput: ConfigurationSection {
  static let specification = ObjectSpecification<TemperatureInput>(
    summary: "Temperatures of the air as rasters over time.",
    keys: [
      .optional("path", \.path, .path(.input), "Raster file."),
      .optional(
        "paths", \.paths, .list(of: .path(.input), atLeast: 1), "Raster files of a series, instead of path."),
      .optional("variable", \.variable, .text, "Raster in a container such as NetCDF."),
      .required("unit", \.unit, .choice, "Unit of the raster, degC or K; the file's own must agree with it."),
      .defaulted("nodata", \.nodata, .nodata, "Value that means no data: file, none or a number."),
      .optional("crs", \.crs, .text(.referenceSystem), "Reference system that overrides that of the file."),
    ], rules: [KeyRule(condition: .always, exactlyOne: ["path", "paths"], reason: "")])
}
