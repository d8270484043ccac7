/// The one analysis grid that everything is aligned to.
public struct GridSection: Sendable, Equatable {
  /// The elevation input that gives origin, and cell size and reference system unless these are given.
  public internal(set) var like = ""
  /// The reference system, such as `EPSG:25832`; nil for that of `like`.
  public internal(set) var crs: String?
  /// The cell size, in metres; nil for that of `like`.
  public internal(set) var resolution: Quantity?
  /// The input raster or area layer whose bounds the grid covers; that of `like` unless given.
  public internal(set) var extent = ""
  /// The length by which the extent is widened on every side, in metres.
  public internal(set) var buffer: Quantity = "0 m"
}

extension GridSection: ConfigurationSection {
  static let specification = ObjectSpecification<GridSection>(
    summary: "The one analysis grid that everything is aligned to.",
    keys: [
      .required(
        "like", \.like, .reference(.input([.elevation])), "Elevation input that gives the origin of the grid."),
      .optional(
        "crs", \.crs, .text(.referenceSystem), "Projected reference system in metres; that of the input unless given."),
      .optional(
        "resolution", \.resolution, .quantity(.length, positive: true),
        "Cell size, such as 1 m; that of the input unless given."),
      .derived(
        "extent", \.extent, .reference(.input([.elevation, .class, .rain, .area])),
        "Input whose bounds the grid covers; that of like unless given."),
      .defaulted(
        "buffer", \.buffer, .quantity(.length),
        "Length by which the extent is widened, so that water from upstream is not cut off."),
    ])
}

/// Reference systems, band and nodata of a raster input.
public enum NodataDeclaration: Sendable, Equatable {
  /// What the file itself says.
  case file
  /// Every value is data, whatever the file says.
  case none
  /// This value means no data, whatever the file says.
  case value(Double)
}

extension ValueFormat where Value == NodataDeclaration {
  /// `file`, `none` or a number.
  static let nodata = ValueFormat(
    read: { node, keyPath, context in
      guard case .text(let text, let isPlain) = node.content else {
        context.reportType("file, none or a number", node, keyPath)
        return nil
      }
      switch (text, PlainMeaning(text, isPlain: isPlain)) {
      case ("file", _): return .file
      case ("none", _): return NodataDeclaration.none
      case (_, .number(let value)): return .value(value)
      default:
        let hint = Suggestion.hint(for: text, among: ["file", "none"])
        context.report(
          .valueNotAllowed, at: node.position, keyPath, "\(node.kind) is not file, none or a number", hint: hint)
        return nil
      }
    },
    write: { declaration in
      switch declaration {
      case .file: .string("file")
      case .none: .string("none")
      case .value(let value): .number(value)
      }
    },
    schema: .object([
      (
        "anyOf",
        .array([
          .object([("enum", .array([.string("file"), .string("none")]))]), .object([("type", .string("number"))]),
        ])
      )
    ]))
}
