/// The areas that results are counted for.
public struct AreaInput: Sendable, Equatable {
  /// The vector file.
  public internal(set) var path = PathText.blank
  /// The layer; nil where the file has one only.
  public internal(set) var layer: String?
  /// The field that identifies an area.
  public internal(set) var id = ""
  /// The field with its name.
  public internal(set) var name: String?
  /// Fields that are copied to the results.
  public internal(set) var keep: [String] = []
  /// The reference system that overrides that of the file; nil for the file's.
  public internal(set) var crs: String?
}

extension AreaInput: ConfigurationSection {
  static let specification = ObjectSpecification<AreaInput>(
    summary: "The areas that results are counted for.",
    keys: [
      .required("path", \.path, .path(.input), "Vector file."),
      .optional("layer", \.layer, .text, "Layer; needed where the file has several."),
      .required("id", \.id, .text, "Field that identifies an area."),
      .optional("name", \.name, .text, "Field with the name of an area."),
      .defaulted("keep", \.keep, .list(of: .text), "Fields that are copied to the results."),
      .optional("crs", \.crs, .text(.referenceSystem), "Reference system that overrides that of the file."),
    ])
}

/// What buildings are given as.
public enum BuildingShape: String, Sendable, CaseIterable {
  /// Surfaces.
  case footprints
  /// Points, such as addresses.
  case points
}

/// Buildings.
public struct BuildingInput: Sendable, Equatable {
  /// The vector file.
  public internal(set) var path = PathText.blank
  /// The layer; nil where the file has one only.
  public internal(set) var layer: String?
  /// The field that identifies a building.
  public internal(set) var id = ""
  /// The field with the type of building.
  public internal(set) var type: String?
  /// The field with the floor area in square metres.
  public internal(set) var floorArea: String?
  /// The field with the number of residents.
  public internal(set) var residents: String?
  /// What the buildings are given as.
  public internal(set) var shape = BuildingShape.footprints
  /// The reference system that overrides that of the file; nil for the file's.
  public internal(set) var crs: String?
}

extension BuildingInput: ConfigurationSection {
  static let specification = ObjectSpecification<BuildingInput>(
    summary: "Buildings.",
    keys: [
      .required("path", \.path, .path(.input), "Vector file."),
      .optional("layer", \.layer, .text, "Layer; needed where the file has several."),
      .required("id", \.id, .text, "Field that identifies a building."),
      .optional("type", \.type, .text, "Field with the type of building."),
      .optional("floor_area", \.floorArea, .text, "Field with the floor area in square metres."),
      .optional("residents", \.residents, .text, "Field with the number of residents."),
      .defaulted(
        "shape", \.shape, .choice,
        "What the buildings are given as: footprints (surfaces), or points, around which a disc is sampled."),
      .optional("crs", \.crs, .text(.referenceSystem), "Reference system that overrides that of the file."),
    ])
}

/// Lines, such as roads, culverts or pipes.
public struct LineInput: Sendable, Equatable {
  /// The vector file.
  public internal(set) var path = PathText.blank
  /// The layer; nil where the file has one only.
  public internal(set) var layer: String?
  /// The field that identifies a line.
  public internal(set) var id = ""
  /// The field that tells whether a pipe is monitored.
  public internal(set) var monitored: String?
  /// The reference system that overrides that of the file; nil for the file's.
  public internal(set) var crs: String?
}

extension LineInput: ConfigurationSection {
  static let specification = ObjectSpecification<LineInput>(
    summary: "Lines, such as roads, culverts or pipes.",
    keys: [
      .required("path", \.path, .path(.input), "Vector file."),
      .optional("layer", \.layer, .text, "Layer; needed where the file has several."),
      .required("id", \.id, .text, "Field that identifies a line."),
      .optional(
        "monitored", \.monitored, .text,
        "Field that tells whether a pipe is monitored: true, 1 or yes; false, 0, no or empty."),
      .optional("crs", \.crs, .text(.referenceSystem), "Reference system that overrides that of the file."),
    ])
}
