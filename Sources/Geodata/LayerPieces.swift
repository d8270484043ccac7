import CGDAL
public import Grids

/// A layer that is read piece by piece, with memory for a piece at a time.
///
/// Features become what ``readLayer(_:reprojectedTo:_:)`` makes of them.
public final class LayerPieces {
  private let file: VectorFile
  private let reader: LayerReader
  /// Name, reference system, kind of shapes and fields of the layer; no features.
  public let header: FeatureLayer
  /// What was counted so far.
  public private(set) var report: VectorReport
  private var isAtEnd = false

  /// Opens a layer.
  /// - Throws: ``GeodataError`` as ``readLayer(_:reprojectedTo:_:)`` does.
  public init(
    _ path: String, reprojectedTo crs: CoordinateReferenceSystem? = nil, _ reading: VectorReading
  ) throws(GeodataError) {
    let operation = "read layer"
    let (file, messages) = try VectorFile.open(path, operation: operation, encoding: reading.encoding)
    let layer = try VectorFile.layer(reading.layer, in: file, path: path, operation: operation)
    self.file = file
    reader = try LayerReader(path, layer, driver: file.driver, reading, target: crs)
    header = reader.header
    report = reader.emptyReport
    report.warnings = messages.filter { $0.severity == .warning }.map(\.text) + report.warnings
    OGR_L_ResetReading(layer)
  }

  /// Number of features, where the file knows it without reading them all.
  public var featureCount: Int? {
    let count = quietly { OGR_L_GetFeatureCount(reader.layer, 0) }
    return count < 0 ? nil : Int(count)
  }

  /// The next features, until there are `features` of them or they have `vertices` points; none at the end.
  /// - Throws: ``GeodataError`` as ``readLayer(_:reprojectedTo:_:)`` does.
  public func next(features: Int, vertices: Int) throws(GeodataError) -> [Feature] {
    var result: [Feature] = []
    let before = report.vertices
    while !isAtEnd, result.count < features, report.vertices - before < vertices {
      if let feature = try reader.next(&report) { result.append(feature) } else { isAtEnd = true }
    }
    return result
  }
}

/// The kind of shapes that a layer holds: as it declares, or as its first shape is.
/// - Parameter name: The layer; needed where there are several.
/// - Throws: ``GeodataError`` where the file cannot be opened, or the layer holds no points, lines or surfaces.
public func shapeType(ofLayer name: String?, in path: String) throws(GeodataError) -> ShapeType {
  let operation = "read layer"
  let (file, _) = try VectorFile.open(path, operation: operation, encoding: nil)
  let layer = try VectorFile.layer(name, in: file, path: path, operation: operation)
  var type = reporting { OGR_GT_Flatten(OGR_GT_GetLinear(OGR_L_GetGeomType(layer))) }
  if type == wkbUnknown || type == wkbGeometryCollection {
    OGR_L_ResetReading(layer)
    while type == wkbUnknown || type == wkbGeometryCollection,
      let feature = quietly({ OGR_L_GetNextFeature(layer) })
    {
      if let geometry = OGR_F_GetGeometryRef(feature) {
        type = OGR_GT_Flatten(OGR_GT_GetLinear(OGR_G_GetGeometryType(geometry)))
      }
      OGR_F_Destroy(feature)
    }
  }
  withExtendedLifetime(file) {}
  switch type {
  case wkbPoint, wkbMultiPoint: return .point
  case wkbLineString, wkbMultiLineString: return .lines
  case wkbPolygon, wkbMultiPolygon, wkbTriangle, wkbTIN, wkbPolyhedralSurface: return .polygons
  default:
    throw GeodataError(
      .wrongGeometryType, operation: operation, path: path,
      message: "the layer “\(layerName(layer))” holds no points, lines or surfaces", hint: "choose another layer")
  }
}

/// Carries shapes to another reference system as ``readLayer(_:reprojectedTo:_:)`` does: edges get points until they
/// deviate less than a centimetre.
public final class ShapeReprojection {
  private let reprojection: Reprojection

  /// Prepares the way from one system to another.
  public init(
    from source: CoordinateReferenceSystem, to target: CoordinateReferenceSystem
  ) throws(GeodataError) {
    reprojection = try Reprojection(try Transformation(from: source, to: target))
  }

  /// What should be told of the transformation; nil where there is nothing.
  public var note: String? { reprojection.transformation.note }

  /// The shape in the other system; nil where a point has no place there.
  public func apply(to shape: Shape) -> Shape? { reprojection.apply(to: shape) }
}
