public import Rainfall

/// How a raster of rain is brought onto the grid.
public enum RainResampling: String, Sendable, CaseIterable {
  /// Weighted mean of the four nearest cells.
  case bilinear
  /// By the area that cells share: the volume over an area stays the same.
  case conservative
  /// The nearest cell.
  case nearest
}

/// Where a raster lies whose file does not say it.
public struct GeoreferenceSection: Sendable, Equatable {
  /// Western edge of the first column, in units of the reference system.
  public internal(set) var west = 0.0
  /// Northern edge of the northernmost row.
  public internal(set) var north = 0.0
  /// Width and height of a cell.
  public internal(set) var cell = 1.0
  /// Whether the file's first row is the southernmost.
  public internal(set) var southUp = false
}

extension GeoreferenceSection: ConfigurationSection {
  static let specification = ObjectSpecification<GeoreferenceSection>(
    summary: "Where a raster lies whose file does not say it.",
    keys: [
      .required("west", \.west, .number(), "Western edge of the first column, in units of the reference system."),
      .required("north", \.north, .number(), "Northern edge of the northernmost row."),
      .required("cell", \.cell, .number(above: 0), "Width and height of a cell."),
      .defaulted("south_up", \.southUp, .boolean, "Whether the file's first row is the southernmost."),
    ])
}

/// A storm made from a return-period table.
public struct StormSection: Sendable, Equatable {
  /// The id of the return-period table.
  public internal(set) var table = ""
  /// Unit of its figures; nil where the table names it.
  public internal(set) var unit: RainUnit?
  /// The source to take where the table holds several.
  public internal(set) var station: String?
  /// How the depth is spread over the duration.
  public internal(set) var shape = StormShapeName.block
  /// Share of the time before the peak.
  public internal(set) var peak: Double?
  /// The id of the table of the mass curve, for the shape profile.
  public internal(set) var profile: String?
  /// Length of a step.
  public internal(set) var step: Quantity = "5 min"
  /// Area that the storm covers; nil for a point.
  public internal(set) var area: Quantity?
  /// The id of the table of areal reduction factors; nil for the formula of TP 29.
  public internal(set) var arealTable: String?
  /// Whether return period and duration may lie beyond the table.
  public internal(set) var extrapolates: Bool?
}

extension StormSection: ConfigurationSection {
  static let specification = ObjectSpecification<StormSection>(
    summary: "A storm of the scenario's return period, from a return-period table.",
    keys: [
      .required("table", \.table, .reference(.table), "Return-period table: CSV, or JSON of the Frost API."),
      .optional("unit", \.unit, .choice, "Unit of the figures, where the table does not name it."),
      .optional("station", \.station, .text, "Source to take where the table holds several."),
      .defaulted("shape", \.shape, .choice, "How the depth is spread over the duration."),
      .optional(
        "peak", \.peak, .number(atLeast: 0, atMost: 1), "Share of the time before the peak; 0.5 unless given."),
      .optional("profile", \.profile, .reference(.table), "Table of the mass curve (time, share), for profile."),
      .defaulted("step", \.step, .quantity(.time, positive: true), "Length of a step."),
      .optional("area", \.area, .quantity(.area, positive: true), "Area that the storm covers, for areal reduction."),
      .optional(
        "areal_table", \.arealTable, .reference(.table),
        "Table of areal reduction factors; the formula of TP 29 unless given."),
      .optional(
        "extrapolate", \.extrapolates, .boolean,
        "Whether return period and duration may lie beyond the table, which is then told; false unless given."),
    ],
    rules: [
      KeyRule(
        condition: .equals("shape", "profile"), required: ["profile"], excluded: ["peak"], reason: "with shape: profile"
      ),
      KeyRule(condition: .present("areal_table"), required: ["area"], reason: "with areal_table"),
    ])
}

/// Rain of an event: rasters of depths or rates, one depth everywhere, or a storm from a return-period table.
public struct RainInput: Sendable, Equatable {
  /// Where the depths come from.
  public enum Source: Sendable, Equatable {
    /// A raster file of one step, whose path may vary by scenario, in the given unit.
    case raster(PathText, unit: RainFieldUnit)
    /// Rasters over time: the bands of files, or files of one band each.
    case series([PathText], unit: RainFieldUnit)
    /// The same depth everywhere.
    case uniform(Quantity)
    /// A storm from a return-period table.
    case storm(StormSection)
  }

  /// The raster file; nil where there is none.
  public internal(set) var path: PathText?
  /// The files of a series; nil where there is none.
  public internal(set) var paths: [PathText]?
  /// The depth everywhere, a length; nil where there is a raster.
  public internal(set) var value: Quantity?
  /// The storm; nil where there is none.
  public internal(set) var storm: StormSection?
  /// The unit of the raster; nil where there is none.
  public internal(set) var unit: RainFieldUnit?
  /// The time in which the rain falls.
  public internal(set) var duration: Quantity = "0 s"
  /// Which value means no data; nil where there is no raster.
  public internal(set) var nodata: NodataDeclaration?
  /// The band, from 1; nil where there is no raster, or a series.
  public internal(set) var band: Int?
  /// First and last band of a series; nil for all.
  public internal(set) var bands: [Int]?
  /// The raster in a container such as NetCDF; nil where the file holds one.
  public internal(set) var variable: String?
  /// Whether the steps of a series hold the rain since the beginning; nil where there are none, or rates.
  public internal(set) var accumulated: Bool?
  /// The length of a step of a series whose files do not tell it.
  public internal(set) var step: Quantity?
  /// The reference system that overrides that of the file; nil for the file's.
  public internal(set) var crs: String?
  /// The position that overrides that of the file; nil for the file's.
  public internal(set) var georeference: GeoreferenceSection?
  /// The factor that overrides that of the file; nil for the file's.
  public internal(set) var scale: Double?
  /// The summand that overrides that of the file; nil for the file's.
  public internal(set) var offset: Double?
  /// How the raster is brought onto the grid; nil where there is none.
  public internal(set) var resample: RainResampling?

  /// Whether the raster has several steps, or is named in ways that only series have.
  var isSeries: Bool { paths != nil || bands != nil || variable != nil || accumulated != nil }

  /// Where the depths come from.
  public var source: Source {
    if let storm { return .storm(storm) }
    if let unit, let files = paths ?? path.map({ [$0] }) {
      if isSeries { return .series(files, unit: unit) }
      return .raster(files[0], unit: unit)
    }
    return .uniform(value ?? "0 mm")
  }

  /// Fills in the defaults that a raster has and other rain has not.
  mutating func complete() {
    guard path != nil || paths != nil else { return }
    nodata = nodata ?? .file
    if !isSeries { band = band ?? 1 }
    resample = resample ?? .bilinear
  }

  fileprivate static let rasterKeys = [
    "unit", "nodata", "band", "bands", "variable", "accumulated", "step", "crs", "georeference", "scale", "offset",
    "resample",
  ]
}

extension RainInput: ConfigurationSection {
  static let specification = ObjectSpecification<RainInput>(
    summary: "Rain of an event: rasters of depths or rates, one depth everywhere, or a storm from a table.",
    keys: [
      .optional(
        "path", \.path, .path(.scenarioInput),
        "Raster file; {T} and other substitutions are replaced by values of the scenario."),
      .optional(
        "paths", \.paths, .list(of: .path(.scenarioInput), atLeast: 1), "Raster files of a series, instead of path."),
      .optional("value", \.value, .quantity(.length), "Depth everywhere, such as 60 mm, instead of a raster."),
      .optional(
        "storm", \.storm, StormSection.specification.format,
        "Storm of the scenario's return period from a table, instead of a raster."),
      .optional("unit", \.unit, .choice, "Unit of the raster; the file's own must agree with it."),
      .required("duration", \.duration, .quantity(.time, positive: true), "Time in which the rain falls."),
      .optional(
        "nodata", \.nodata, .nodata, "Value that means no data: file, none or a number; file unless given."),
      .optional("band", \.band, .integer(1...65_535), "Band, from 1; the first unless given."),
      .optional(
        "bands", \.bands,
        .list(of: .integer(1...65_535), atLeast: 2, unique: false)
          .checked { $0.count == 2 && $0[0] <= $0[1] ? nil : "first and last band, as in [2, 25]" },
        "First and last band of a series; all unless given."),
      .optional("variable", \.variable, .text, "Raster in a container such as NetCDF."),
      .optional(
        "accumulated", \.accumulated, .boolean,
        "Whether each step of a series holds the rain since the beginning; needed for amounts."),
      .optional(
        "step", \.step, .quantity(.time, positive: true), "Length of a step, where the files do not tell it."),
      .optional("crs", \.crs, .text(.referenceSystem), "Reference system that overrides that of the file."),
      .optional(
        "georeference", \.georeference, GeoreferenceSection.specification.format,
        "Position that overrides that of the file."),
      .optional("scale", \.scale, .number(), "Factor that overrides that of the file."),
      .optional("offset", \.offset, .number(), "Summand that overrides that of the file."),
      .optional("resample", \.resample, .choice, "How the raster is brought onto the grid; bilinear unless given."),
    ],
    rules: [
      KeyRule(condition: .always, exactlyOne: ["path", "value", "paths", "storm"], reason: ""),
      KeyRule(condition: .present("path"), required: ["unit"], reason: "with path"),
      KeyRule(condition: .present("paths"), required: ["unit"], excluded: ["band"], reason: "with paths"),
      KeyRule(condition: .present("bands"), excluded: ["band"], reason: "with bands"),
      KeyRule(
        condition: .both([.present("value"), .absent("path"), .absent("paths")]), excluded: rasterKeys,
        reason: "with value"),
      KeyRule(
        condition: .both([.present("storm"), .absent("path"), .absent("paths")]), excluded: rasterKeys,
        reason: "with storm"),
    ])
}
