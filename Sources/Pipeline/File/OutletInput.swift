/// Inlets of pipes and other points that water is to pass.
public struct OutletInput: Sendable, Equatable {
  /// The vector file.
  public internal(set) var path = PathText.blank
  /// The layer; nil where the file has one only.
  public internal(set) var layer: String?
  /// The field that identifies an outlet.
  public internal(set) var id = ""
  /// The field with what the pipe can take; nil where it is not known.
  public internal(set) var capacity: String?
  /// The unit of that field.
  public internal(set) var unit: DrainUnit?
  /// The reference system that overrides that of the file; nil for the file's.
  public internal(set) var crs: String?
}

extension OutletInput: ConfigurationSection {
  static let specification = ObjectSpecification<OutletInput>(
    summary: "Inlets of pipes and other points that water is to pass.",
    keys: [
      .required("path", \.path, .path(.input), "Vector file of points."),
      .optional("layer", \.layer, .text, "Layer; needed where the file has several."),
      .required("id", \.id, .text, "Field that identifies an outlet."),
      .optional("capacity", \.capacity, .text, "Field with what the pipe can take."),
      .optional("unit", \.unit, .choice, "Unit of that field."),
      .optional("crs", \.crs, .text(.referenceSystem), "Reference system that overrides that of the file."),
    ],
    rules: [
      KeyRule(condition: .present("capacity"), required: ["unit"], reason: "with capacity"),
      KeyRule(condition: .absent("capacity"), excluded: ["unit"], reason: "without capacity"),
    ])
}
