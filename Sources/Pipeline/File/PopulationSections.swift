/// What people are counted by.
public enum PopulationShape: String, Sendable, CaseIterable {
  /// Surfaces, such as the cells of a statistical grid.
  case cells
  /// Points, such as addresses.
  case points
}

/// People by cells of a grid or by points.
public struct PopulationInput: Sendable, Equatable {
  /// The vector file.
  public internal(set) var path = PathText.blank
  /// The layer; nil where the file has one only.
  public internal(set) var layer: String?
  /// The field that identifies a cell or point.
  public internal(set) var id = ""
  /// The field with the number of people.
  public internal(set) var value = ""
  /// What people are counted by.
  public internal(set) var shape = PopulationShape.cells
  /// The reference system that overrides that of the file; nil for the file's.
  public internal(set) var crs: String?
}

extension PopulationInput: ConfigurationSection {
  static let specification = ObjectSpecification<PopulationInput>(
    summary: "People by cells of a grid or by points.",
    keys: [
      .required("path", \.path, .path(.input), "Vector file."),
      .optional("layer", \.layer, .text, "Layer; needed where the file has several."),
      .required("id", \.id, .text, "Field that identifies a cell or point."),
      .required("value", \.value, .text, "Field with the number of people."),
      .defaulted("shape", \.shape, .choice, "What people are counted by: cells (surfaces) or points."),
      .optional("crs", \.crs, .text(.referenceSystem), "Reference system that overrides that of the file."),
    ])
}

/// By what people are shared out among the buildings of a cell.
public enum PopulationWeight: String, Sendable, CaseIterable {
  /// By floor area.
  case floorArea = "floor_area"
  /// By footprint.
  case footprint
  /// Equally.
  case equal
}

/// People who are placed in buildings.
public struct PopulationSection: Sendable, Equatable {
  /// The population input.
  public internal(set) var input = ""
  /// By what people are shared out.
  public internal(set) var by = PopulationWeight.footprint
  /// Types of buildings that people live in; empty for all.
  public internal(set) var types: [String] = []
  /// When people who live in no known building are exposed; nil for the condition of the buildings.
  public internal(set) var exposedIf: ExposureCondition?
}

extension PopulationSection: ConfigurationSection {
  static let specification = ObjectSpecification<PopulationSection>(
    summary: "People who are placed in buildings, or spread where there are none; every cell keeps its count.",
    keys: [
      .required("input", \.input, .reference(.input([.population])), "Population input."),
      .defaulted(
        "by", \.by, .choice,
        "How the people of a cell are shared out among its buildings; points go to the building that they lie in."),
      .defaulted(
        "types", \.types, .list(of: .text),
        "Types of buildings that people live in, with * for any rest, such as 11*; all unless given."),
      .optional(
        "exposed_if", \.exposedIf, .condition,
        "When people who live in no known building are exposed, spread over their cells; the condition of the buildings "
          + "unless given, needed where no buildings are counted."),
    ])
}
