public import Grids

/// What a layer says of itself, as understood.
public struct LayerInformation: Sendable {
  /// Path as it was given.
  public var path: String
  /// Layer name.
  public var name: String
  /// Short name of GDAL's driver, such as `GPKG`.
  public var driver: String
  /// Geometry type, such as `Multi Polygon`; `None` for tables.
  public var geometryType: String
  /// Reference system; nil where the layer names none.
  public var crs: CoordinateReferenceSystem?
  /// Number of features.
  public var featureCount: Int
  /// Names and types of the attributes, in order.
  public var fields: [LayerField]
  /// The rectangle around all features; nil where there is none.
  public var extent: Extent?
  /// The other layers of the file.
  public var otherLayers: [String]
}

/// Name and type of an attribute as the file declares them.
public struct LayerField: Sendable, Hashable {
  /// Name.
  public var name: String
  /// Type in GDAL's words, such as `String` or `Integer64`.
  public var type: String
}

/// What to do with an invalid geometry, such as a polygon that crosses itself.
public enum InvalidGeometryPolicy: String, Sendable, Hashable, CaseIterable {
  /// Make it valid, and count it.
  case repair
  /// Keep the feature without its shape, and count it.
  case skip
  /// Refuse the layer.
  case fail
}

/// How a layer is to be read.
public struct VectorReading: Sendable {
  /// Geometry type that every feature must have.
  public var shapeType: ShapeType
  /// Layer; needed where there are several.
  public var layer: String?
  /// Reference system that replaces the file's.
  public var crs: CoordinateReferenceSystem?
  /// Attributes to read, in this order; nil for all.
  public var fields: [String]?
  /// What to do with invalid geometries.
  public var invalid: InvalidGeometryPolicy
  /// Whether coordinates are compared with what the reference system can hold.
  public var checksCoordinates: Bool
  /// Encoding of a shapefile's texts, such as `CP1252`, where the file does not say it.
  public var encoding: String?

  /// Describes how to read.
  public init(
    shapeType: ShapeType = .polygons, layer: String? = nil, crs: CoordinateReferenceSystem? = nil,
    fields: [String]? = nil, invalid: InvalidGeometryPolicy = .repair, checksCoordinates: Bool = true,
    encoding: String? = nil
  ) {
    self.shapeType = shapeType
    self.layer = layer
    self.crs = crs
    self.fields = fields
    self.invalid = invalid
    self.checksCoordinates = checksCoordinates
    self.encoding = encoding
  }
}

/// Features with one kind of problem.
public struct FeatureProblem: Sendable, Hashable {
  /// How many.
  public var count = 0
  /// The file's numbers (FID) of the first five.
  public var firstFeatures: [Int64] = []
  /// What GEOS said of the first, where it is the judge.
  public var example: String = ""

  /// No feature.
  public init() {}

  mutating func add(_ feature: Int64, _ reason: String = "") {
    count += 1
    if firstFeatures.count < 5 { firstFeatures.append(feature) }
    if example.isEmpty { example = reason }
  }
}

/// What was counted while a layer was read.
public struct VectorReport: Sendable, Hashable {
  /// Path as it was given.
  public var path = ""
  /// Layer name.
  public var layer = ""
  /// Reference system of the file, or the one that replaced it.
  public var crs: CoordinateReferenceSystem?
  /// Number of features read.
  public var features = 0
  /// Features whose invalid geometry was made valid.
  public var repaired = FeatureProblem()
  /// Features that lost their shape because it was invalid: skipped, or nothing was left of it.
  public var invalid = FeatureProblem()
  /// Features without a geometry, or with an empty one.
  public var empty = FeatureProblem()
  /// Features that lost their shape because a coordinate was not finite or could not be transformed.
  public var notFinite = FeatureProblem()
  /// Number of points in all shapes.
  public var vertices = 0
  /// What should be told to the user.
  public var warnings: [String] = []

  /// Nothing counted yet.
  public init() {}
}
