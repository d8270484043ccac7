/// What went wrong while geodata was read, transformed or written.
///
/// The text names the file, what was found in it and the way out.
public struct GeodataError: Error, Sendable, CustomStringConvertible {
  /// Stable code such as `E-RAS-004`, one of ``GeodataErrorCode``.
  public let code: String
  /// What was being done, such as `read raster`.
  public let operation: String
  /// File, or empty where none is concerned.
  public let path: String
  /// What is wrong, with the value found.
  public let message: String
  /// The way out, or empty where none is known.
  public let hint: String
  /// Everything GDAL said meanwhile, in order: the first is usually the cause, the last the symptom.
  public let gdalMessages: [String]

  /// Makes an error.
  public init(
    _ code: GeodataErrorCode, operation: String, path: String = "", message: String, hint: String = "",
    gdalMessages: [String] = []
  ) {
    self.code = code.rawValue
    self.operation = operation
    self.path = path
    self.message = message
    self.hint = hint
    self.gdalMessages = gdalMessages
  }

  /// `E-RAS-004: path: message; hint (GDAL: …)` on one line.
  public var description: String {
    var text = "\(code): "
    if !path.isEmpty { text += "\(path): " }
    text += message
    if !hint.isEmpty { text += "; \(hint)" }
    if !gdalMessages.isEmpty { text += " (GDAL: \(gdalMessages.joined(separator: " | ")))" }
    return text
  }
}

/// The codes of ``GeodataError``.
public enum GeodataErrorCode: String, CaseIterable, Sendable {
  /// A file has no reference system and none was declared.
  case missingReferenceSystem = "E-CRS-001"
  /// A text does not name a reference system.
  case unknownReferenceSystem = "E-CRS-002"
  /// There is no accurate transformation between two reference systems.
  case noTransformation = "E-CRS-003"
  /// A point lies where the transformation is not defined.
  case transformationFailed = "E-CRS-004"
  /// The coordinates do not fit the reference system that the file names.
  case implausibleCoordinates = "E-CRS-005"
  /// The reference system is not a plane in metres, which is needed here.
  case unsuitableReferenceSystem = "E-CRS-006"
  /// A raster cannot be opened.
  case rasterNotOpened = "E-RAS-001"
  /// The file is a container of several rasters and none was named.
  case rasterContainer = "E-RAS-002"
  /// The raster has several bands and none was named, or the named one does not exist.
  case bandNeeded = "E-RAS-003"
  /// Cells hold a value that usually marks no data, but the file declares none, or another.
  case undeclaredNodata = "E-RAS-004"
  /// The raster's axes are rotated or mirrored.
  case rotatedRaster = "E-RAS-005"
  /// The raster does not say where it lies.
  case missingGeoreference = "E-RAS-006"
  /// The band holds colours, not values.
  case colourRaster = "E-RAS-007"
  /// A block cannot be read.
  case unreadableBlock = "E-RAS-008"
  /// The raster does not cover any of the grid.
  case noOverlap = "E-RAS-009"
  /// The values are not whole numbers, but classes are needed.
  case notClasses = "E-RAS-010"
  /// A file beside the raster contradicts it.
  case contradictorySidecar = "E-RAS-011"
  /// Not a single cell holds a value.
  case allNodata = "E-RAS-012"
  /// The raster is larger than can be held.
  case rasterTooLarge = "E-RAS-013"
  /// The band's pixel type is not supported.
  case unsupportedPixelType = "E-RAS-014"
  /// The rasters of a series do not belong together.
  case inconsistentSeries = "E-RAS-015"
  /// A vector file cannot be opened.
  case layerNotOpened = "E-VEC-001"
  /// The file has several layers and none was named, or the named one does not exist.
  case layerNeeded = "E-VEC-002"
  /// A feature has another geometry type than is needed.
  case wrongGeometryType = "E-VEC-003"
  /// A feature's geometry is invalid and the policy is to fail.
  case invalidGeometry = "E-VEC-004"
  /// A field does not exist.
  case missingField = "E-VEC-005"
  /// A text is not valid UTF-8.
  case invalidText = "E-VEC-006"
  /// A field has a type that cannot be read.
  case unsupportedField = "E-VEC-007"
  /// Features cannot be read to the end.
  case unreadableFeatures = "E-VEC-008"
  /// A part of a shapefile is missing.
  case incompleteShapefile = "E-VEC-009"
  /// An operation on geometries failed.
  case geometryOperation = "E-VEC-010"
  /// An output cannot be created.
  case notCreated = "E-OUT-101"
  /// An output cannot be written to the end.
  case notWritten = "E-OUT-102"
  /// An output cannot be put in its place.
  case notPublished = "E-OUT-103"
  /// A value does not fit the output's type or equals its mark for no data.
  case valueNotRepresentable = "E-OUT-104"
  /// A database cannot be reached or written; nothing in it has changed.
  case databaseNotWritten = "E-OUT-105"

  /// One sentence that says what the code means.
  public var summary: String {
    switch self {
    case .missingReferenceSystem: "The file has no coordinate reference system and none was declared."
    case .unknownReferenceSystem: "The text does not name a coordinate reference system."
    case .noTransformation: "There is no accurate transformation between the two reference systems."
    case .transformationFailed: "A point lies where the transformation is not defined."
    case .implausibleCoordinates: "The coordinates do not fit the reference system that the file names."
    case .unsuitableReferenceSystem: "A plane reference system in metres is needed."
    case .rasterNotOpened: "The raster cannot be opened."
    case .rasterContainer: "The file holds several rasters; one must be named."
    case .bandNeeded: "The raster has several bands; one must be named."
    case .undeclaredNodata: "Cells hold a value that usually marks no data, but the file declares none, or another."
    case .rotatedRaster: "The raster's axes are rotated or mirrored."
    case .missingGeoreference: "The raster does not say where it lies."
    case .colourRaster: "The band holds colours, not values."
    case .unreadableBlock: "A block of the raster cannot be read: the file is truncated or damaged."
    case .noOverlap: "The raster does not cover any of the grid."
    case .notClasses: "The values are not whole numbers, but classes are needed."
    case .contradictorySidecar: "A file beside the raster contradicts it."
    case .allNodata: "Not a single cell of the raster holds a value."
    case .rasterTooLarge: "The raster has more cells than can be held."
    case .unsupportedPixelType: "The band's pixel type is not supported."
    case .inconsistentSeries: "The rasters of a series do not belong together."
    case .layerNotOpened: "The vector file cannot be opened."
    case .layerNeeded: "The file has several layers; one must be named."
    case .wrongGeometryType: "A feature has another geometry type than is needed."
    case .invalidGeometry: "A feature's geometry is invalid."
    case .missingField: "The layer has no field of that name."
    case .invalidText: "A text is not valid UTF-8."
    case .unsupportedField: "The field's type cannot be read."
    case .unreadableFeatures: "The features cannot be read to the end."
    case .incompleteShapefile: "A part of the shapefile is missing."
    case .geometryOperation: "An operation on geometries failed."
    case .notCreated: "The output cannot be created."
    case .notWritten: "The output cannot be written to the end."
    case .notPublished: "The output cannot be put in its place."
    case .valueNotRepresentable: "A value does not fit the output's type or equals its mark for no data."
    case .databaseNotWritten: "The database cannot be reached or written; nothing in it has changed."
    }
  }
}
