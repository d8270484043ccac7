/// Depths of water on the ground as a raster, such as what stands there when the rain begins.
public struct DepthInput: Sendable, Equatable {
  /// The raster file.
  public internal(set) var path = PathText.blank
  /// The unit of the depths.
  public internal(set) var unit = LengthUnit.metre
  /// Which value means no data, which is dry ground.
  public internal(set) var nodata = NodataDeclaration.file
  /// The band, from 1.
  public internal(set) var band = 1
  /// The reference system that overrides that of the file; nil for the file's.
  public internal(set) var crs: String?
}

extension DepthInput: ConfigurationSection {
  static let specification = ObjectSpecification<DepthInput>(
    summary: "Depths of water on the ground as a raster, such as what stands there when the rain begins.",
    keys: [
      .required("path", \.path, .path(.input), "Raster file."),
      .required("unit", \.unit, .choice, "Unit of the depths."),
      .defaulted(
        "nodata", \.nodata, .nodata, "Value that means no data, which is dry ground: file, none or a number."),
      .defaulted("band", \.band, .integer(1...65_535), "Band, from 1."),
      .optional("crs", \.crs, .text(.referenceSystem), "Reference system that overrides that of the file."),
    ])
}
