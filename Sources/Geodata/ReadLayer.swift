import CGDAL
import Foundation
public import Grids

/// What the layers of a file say of themselves.
/// - Throws: ``GeodataError`` where the file cannot be opened, with what it seems to be.
public func inspectLayers(_ path: String) throws(GeodataError) -> [LayerInformation] {
  let (dataset, _) = try VectorFile.open(path, operation: "inspect layers", encoding: nil)
  let handle = dataset.handle
  return reporting {
    let layers = (0..<GDALDatasetGetLayerCount(handle)).compactMap { GDALDatasetGetLayer(handle, $0) }
    let names = layers.map { layerName($0) }
    return layers.map { layer in
      let name = layerName(layer)
      let fields = VectorFile.fields(of: layer)
      var envelope = OGREnvelope()
      let hasExtent =
        OGR_L_GetGeomType(layer) != wkbNone && OGR_L_GetExtent(layer, &envelope, 1) == OGRERR_NONE
        && envelope.MinX <= envelope.MaxX
      return LayerInformation(
        path: path, name: name, driver: dataset.driver,
        geometryType: OGRGeometryTypeToName(OGR_L_GetGeomType(layer)).map { String(cString: $0) } ?? "unknown",
        crs: SpatialReference(copying: OGR_L_GetSpatialRef(layer))?.horizontal()?.described(),
        featureCount: Int(OGR_L_GetFeatureCount(layer, 1)),
        fields: fields.map { LayerField(name: $0.name, type: $0.typeName) },
        extent: hasExtent
          ? Extent(west: envelope.MinX, south: envelope.MinY, east: envelope.MaxX, north: envelope.MaxY) : nil,
        otherLayers: names.filter { $0 != name })
    }
  }
}

/// Reads a layer, in another reference system where one is given.
///
/// Curves become lines (in steps of one degree), Z and M are dropped, lines and surfaces are Multi types. Text is kept as it is, dates become
/// ISO 8601 text, numbers that are not finite become null. Features without a usable shape are kept with a shape of
/// nil and counted. When the reference systems differ, points are inserted into edges until an edge deviates less
/// than a centimetre from the line it was (see ``VectorReport/vertices``); neighbours keep common edges in common.
/// Validity is judged, and repaired, in the reference system returned.
/// - Throws: ``GeodataError`` where the layer cannot be read to the end, has no reference system, holds another kind of
///   geometry or a GeometryCollection, coordinates that do not fit its reference system, or text that is not UTF-8.
public func readLayer(
  _ path: String, reprojectedTo crs: CoordinateReferenceSystem?, _ reading: VectorReading = VectorReading()
) throws(GeodataError) -> (layer: FeatureLayer, report: VectorReport) {
  let operation = "read layer"
  let (dataset, messages) = try VectorFile.open(path, operation: operation, encoding: reading.encoding)
  let layer = try VectorFile.layer(reading.layer, in: dataset, path: path, operation: operation)
  let reader = try LayerReader(path, layer, driver: dataset.driver, reading, target: crs)
  var result = try reader.read()
  result.report.warnings = messages.filter { $0.severity == .warning }.map(\.text) + result.report.warnings
  withExtendedLifetime(dataset) {}
  return result
}

/// An open vector file, closed when the last reference goes.
final class VectorFile {
  let handle: GDALDatasetH

  private init(owning handle: GDALDatasetH) { self.handle = handle }

  deinit {
    _ = quietly { cgdal_close(handle) }
  }

  /// Short name of the driver.
  var driver: String {
    guard let driver = GDALGetDatasetDriver(handle), let name = GDALGetDriverShortName(driver) else { return "" }
    return String(cString: name)
  }

  static func open(
    _ path: String, operation: String, encoding: String?
  ) throws(GeodataError) -> (VectorFile, [GDALMessage]) {
    let site = CallSite(code: .layerNotOpened, operation: operation, path: path)
    try InputFile.check(path, site)
    if path.lowercased().hasSuffix(".shp") { try checkShapefile(path, operation) }
    let isShapefile = path.lowercased().hasSuffix(".shp")
    let options = isShapefile ? encoding.map { ["ENCODING=\($0)"] } ?? [] : []
    let outcome = listening {
      withStringList(options) {
        GDALOpenEx(path, UInt32(GDAL_OF_VECTOR | GDAL_OF_READONLY), nil, readOnly($0), nil)
      }
    }
    guard let handle = outcome.result else {
      let (what, hint) = InputFile.guess(path, wanted: .layer)
      throw site.error(what, hint: hint, outcome.messages)
    }
    GDALLibrary.report(outcome.messages)
    return (VectorFile(owning: handle), outcome.messages)
  }

  private static func checkShapefile(_ path: String, _ operation: String) throws(GeodataError) {
    let stem = path.dropLast(4)
    for part in ["shx", "dbf"] {
      let names = ["\(stem).\(part)", "\(stem).\(part.uppercased())"]
      if names.contains(where: { FileManager.default.fileExists(atPath: $0) }) { continue }
      throw GeodataError(
        .incompleteShapefile, operation: operation, path: path,
        message: "the part .\(part) of the shapefile is missing",
        hint: "copy all parts of the shapefile: .shp, .shx, .dbf, .prj, .cpg")
    }
  }

  /// The named layer, or the only one.
  static func layer(
    _ name: String?, in file: VectorFile, path: String, operation: String
  ) throws(GeodataError) -> OGRLayerH {
    let site = CallSite(code: .layerNeeded, operation: operation, path: path)
    let layers = reporting { [handle = file.handle] in
      (0..<GDALDatasetGetLayerCount(handle)).compactMap { GDALDatasetGetLayer(handle, $0) }
    }
    let list = layers.map { layerName($0) }.joined(separator: ", ")
    guard let name else {
      if layers.count == 1 { return layers[0] }
      throw site.error(
        layers.isEmpty ? "the file holds no layer" : "the file holds \(layers.count) layers and none is named",
        hint: layers.isEmpty ? "" : "set layer to one of \(list)")
    }
    guard let found = layers.first(where: { layerName($0) == name }) else {
      throw site.error("there is no layer “\(name)”", hint: layers.isEmpty ? "" : "set layer to one of \(list)")
    }
    return found
  }

  /// Names and types of a layer's attributes.
  static func fields(of layer: OGRLayerH) -> [SourceField] {
    guard let definition = OGR_L_GetLayerDefn(layer) else { return [] }
    return (0..<OGR_FD_GetFieldCount(definition)).compactMap { index in
      guard let field = OGR_FD_GetFieldDefn(definition, index) else { return nil }
      let type = OGR_Fld_GetType(field)
      return SourceField(
        index: index, name: OGR_Fld_GetNameRef(field).flatMap { String(validatingCString: $0) } ?? "field_\(index)",
        type: type, isBoolean: OGR_Fld_GetSubType(field) == OFSTBoolean,
        typeName: OGR_GetFieldTypeName(type).map { String(cString: $0) } ?? "unknown")
    }
  }
}

/// An attribute of a file's layer.
struct SourceField {
  let index: Int32
  let name: String
  let type: OGRFieldType
  let isBoolean: Bool
  let typeName: String

  /// Type of the values as they are handed on; nil where the type cannot be read.
  var valueType: FieldType? {
    switch type {
    case OFTInteger, OFTInteger64: isBoolean ? .boolean : .integer
    case OFTReal: .real
    case OFTBinary: nil
    default: .text
    }
  }
}

/// Name of a layer.
func layerName(_ layer: OGRLayerH) -> String { OGR_L_GetName(layer).map { String(cString: $0) } ?? "" }
