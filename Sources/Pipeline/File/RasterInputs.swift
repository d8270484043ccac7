/// The unit of an elevation raster.
public enum LengthUnit: String, Sendable, CaseIterable {
  /// Metres.
  case metre = "m"
  /// Decimetres.
  case decimetre = "dm"
  /// Centimetres.
  case centimetre = "cm"
  /// Millimetres.
  case millimetre = "mm"
  /// International feet.
  case foot = "ft"

  /// The length of the unit in metres.
  public var metres: Double {
    switch self {
    case .metre: 1
    case .decimetre: 0.1
    case .centimetre: 0.01
    case .millimetre: 0.001
    case .foot: 0.3048
    }
  }
}

/// How a raster of amounts or heights is brought onto the grid.
public enum ContinuousResampling: String, Sendable, CaseIterable {
  /// Weighted mean of the four nearest cells.
  case bilinear
}

/// How a raster of classes is brought onto the grid.
public enum ClassResampling: String, Sendable, CaseIterable {
  /// The nearest cell.
  case nearest
}

/// A terrain model.
public struct ElevationInput: Sendable, Equatable {
  /// The raster file.
  public internal(set) var path = PathText.blank
  /// The unit of the heights.
  public internal(set) var unit = LengthUnit.metre
  /// The vertical datum, such as `NN2000`.
  public internal(set) var vertical = ""
  /// Which value means no data.
  public internal(set) var nodata = NodataDeclaration.file
  /// The band, from 1.
  public internal(set) var band = 1
  /// The reference system that overrides that of the file; nil for the file's.
  public internal(set) var crs: String?
  /// How it is brought onto the grid.
  public internal(set) var resample = ContinuousResampling.bilinear
}

extension ElevationInput: ConfigurationSection {
  static let specification = ObjectSpecification<ElevationInput>(
    summary: "A terrain model.",
    keys: [
      .required("path", \.path, .path(.input), "Raster file."),
      .required("unit", \.unit, .choice, "Unit of the heights."),
      .required("vertical", \.vertical, .text, "Vertical datum, such as NN2000."),
      .defaulted("nodata", \.nodata, .nodata, "Value that means no data: file, none or a number."),
      .defaulted("band", \.band, .integer(1...65_535), "Band, from 1."),
      .optional("crs", \.crs, .text(.referenceSystem), "Reference system that overrides that of the file."),
      .defaulted("resample", \.resample, .choice, "How it is brought onto the grid."),
    ])
}

/// A raster of classes, such as land cover or superficial deposits.
public struct ClassInput: Sendable, Equatable {
  /// The raster file; nil where the class is the same everywhere.
  public internal(set) var path: PathText?
  /// The class everywhere; nil where there is a raster.
  public internal(set) var value: Int?
  /// Which value means no data; nil where there is no raster.
  public internal(set) var nodata: NodataDeclaration?
  /// The band, from 1; nil where there is no raster.
  public internal(set) var band: Int?
  /// The reference system that overrides that of the file; nil for the file's.
  public internal(set) var crs: String?
  /// How it is brought onto the grid; nil where there is no raster.
  public internal(set) var resample: ClassResampling?

  /// Fills in what the keys that are there imply.
  mutating func complete() {
    guard path != nil else { return }
    nodata = nodata ?? .file
    band = band ?? 1
    resample = resample ?? .nearest
  }
}

extension ClassInput: ConfigurationSection {
  static let specification = ObjectSpecification<ClassInput>(
    summary: "Classes, such as land cover or superficial deposits: a raster, or one class everywhere.",
    keys: [
      .optional("path", \.path, .path(.input), "Raster file."),
      .optional("value", \.value, .integer(0...65_535), "Class everywhere, instead of a raster."),
      .optional(
        "nodata", \.nodata, .nodata, "Value that means no data: file, none or a number; file unless given."),
      .optional("band", \.band, .integer(1...65_535), "Band, from 1; the first unless given."),
      .optional("crs", \.crs, .text(.referenceSystem), "Reference system that overrides that of the file."),
      .optional(
        "resample", \.resample, .choice,
        "How the raster is brought onto the grid; classes cannot be averaged: nearest."),
    ],
    rules: [
      KeyRule(condition: .always, exactlyOne: ["path", "value"], reason: ""),
      KeyRule(
        condition: .both([.present("value"), .absent("path")]), excluded: ["nodata", "band", "crs", "resample"],
        reason: "with value"),
    ])
}

extension PathText {
  /// The path of a section that has not been read.
  static let blank = PathText(text: "", absolute: "")
}
