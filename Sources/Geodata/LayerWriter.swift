import CGDAL
import Grids

/// Writes features and rows into an open dataset.
struct LayerWriter {
  let handle: GDALDatasetH
  let path: String

  private var site: CallSite { CallSite(code: .notWritten, operation: "write layer", path: path) }

  /// Creates a layer and writes its features in one transaction.
  /// - Parameter packsIndex: Whether it is a layer of a GeoPackage, whose spatial index is packed.
  func write(_ layer: FeatureLayer, options: [String], packsIndex: Bool = false) throws(GeodataError) {
    let target = try create(layer, options: options)
    let index = packsIndex ? try GeoPackageIndex(target, named: layer.name, in: handle, path: path) : nil
    try transaction(layer.name) { () throws(GeodataError) in
      try append(layer, from: 0, to: target, index)
      try index?.finish()
    }
  }

  /// Creates a layer without features.
  func create(_ layer: FeatureLayer, options: [String]) throws(GeodataError) -> OGRLayerH {
    let crs = try SpatialReference.of(layer.crs, operation: "write layer", path: path)
    let type =
      switch layer.shapeType {
      case .point: wkbPoint
      case .lines: wkbMultiLineString
      case .polygons: wkbMultiPolygon
      }
    return try create(layer.name, type, crs, layer.fields, options)
  }

  /// Adds the features of `layer` to a layer that was created like it.
  /// - Parameters:
  ///   - first: Number of the first of them, for messages.
  ///   - spatialIndex: Is told the features; nil where the driver keeps the index itself, if any.
  func append(
    _ layer: FeatureLayer, from first: Int, to target: OGRLayerH, _ spatialIndex: GeoPackageIndex? = nil
  ) throws(GeodataError) {
    let definition = try site.call("the layer “\(layer.name)” has no definition") { OGR_L_GetLayerDefn(target) }
    for (index, feature) in layer.features.enumerated() {
      try write(feature, number: first + index, of: layer, into: target, definition, spatialIndex)
    }
  }

  /// Creates a table without shapes and writes its rows in one transaction.
  func write(_ table: FeatureTable, options: [String]) throws(GeodataError) {
    let target = try create(table.name, wkbNone, nil, table.fields, options)
    let definition = try site.call("the table “\(table.name)” has no definition") { OGR_L_GetLayerDefn(target) }
    try transaction(table.name) { () throws(GeodataError) in
      for (index, row) in table.rows.enumerated() {
        precondition(row.count == table.fields.count, "one value per column")
        try write(row, table.fields, nil, "row \(index) of “\(table.name)”", into: target, definition)
      }
    }
  }

  /// Creates a layer or, without a geometry type, a table.
  func create(
    _ name: String, _ type: OGRwkbGeometryType, _ crs: SpatialReference?, _ fields: [Field], _ options: [String]
  ) throws(GeodataError) -> OGRLayerH {
    let site = CallSite(code: .notCreated, operation: "write layer", path: path)
    let layer = try site.call("the layer “\(name)” cannot be created") {
      withStringList(options) { GDALDatasetCreateLayer(handle, name, crs?.handle, type, $0) }
    }
    for field in fields {
      let type =
        switch field.type {
        case .text: OFTString
        case .integer: OFTInteger64
        case .real: OFTReal
        case .boolean: OFTInteger
        }
      let definition = try site.call("the field “\(field.name)” cannot be made") { OGR_Fld_Create(field.name, type) }
      defer { OGR_Fld_Destroy(definition) }
      if field.type == .boolean { OGR_Fld_SetSubType(definition, OFSTBoolean) }
      // Not approximate: a driver that would rename or retype the field must say so.
      try site.checkOGR("the field “\(field.name)” of “\(name)” cannot be created") {
        OGR_L_CreateField(layer, definition, 0)
      }
    }
    return layer
  }

  func transaction(_ name: String, _ body: () throws(GeodataError) -> Void) throws(GeodataError) {
    // Drivers without transactions write all the same.
    let begun = quietly { GDALDatasetStartTransaction(handle, 0) == OGRERR_NONE }
    try body()
    if begun {
      try site.checkOGR("the features of “\(name)” cannot be committed", hint: "check the free space") {
        GDALDatasetCommitTransaction(handle)
      }
    }
  }

  private func write(
    _ feature: Feature, number: Int, of layer: FeatureLayer, into target: OGRLayerH, _ definition: OGRFeatureDefnH,
    _ spatialIndex: GeoPackageIndex?
  ) throws(GeodataError) {
    precondition(feature.values.count == layer.fields.count, "one value per field")
    if let shape = feature.shape {
      precondition(shape.type == layer.shapeType, "shapes of the layer's type")
      if !shape.isFinite {
        throw GeodataError(
          .valueNotRepresentable, operation: "write layer", path: path,
          message: "feature \(number) of “\(layer.name)” has a coordinate that is not a number",
          hint: "write it without a shape")
      }
    }
    try write(
      feature.values, layer.fields, feature.shape, "feature \(number) of “\(layer.name)”", into: target, definition,
      spatialIndex)
  }

  private func write(
    _ values: [FieldValue], _ fields: [Field], _ shape: Shape?, _ what: String, into layer: OGRLayerH,
    _ definition: OGRFeatureDefnH, _ spatialIndex: GeoPackageIndex? = nil
  ) throws(GeodataError) {
    let feature = try site.call("\(what) cannot be made") { OGR_F_Create(definition) }
    defer { OGR_F_Destroy(feature) }
    for (index, value) in values.enumerated() {
      let field = Int32(index)
      switch value {
      case .null: OGR_F_SetFieldNull(feature, field)
      case .text(let text): OGR_F_SetFieldString(feature, field, text)
      case .integer(let number): OGR_F_SetFieldInteger64(feature, field, number)
      case .real(let number):
        if number.isFinite { OGR_F_SetFieldDouble(feature, field, number) } else { OGR_F_SetFieldNull(feature, field) }
      case .boolean(let isTrue): OGR_F_SetFieldInteger(feature, field, isTrue ? 1 : 0)
      }
    }
    if let shape {
      let geometry = try site.call("the shape of \(what) cannot be made") { OGRGeometry.make(shape) }
      try site.checkOGR("the shape of \(what) cannot be set") { OGR_F_SetGeometry(feature, geometry.handle) }
    }
    try site.checkOGR("\(what) cannot be written", hint: "check the free space") { OGR_L_CreateFeature(layer, feature) }
    if let spatialIndex, let geometry = OGR_F_GetGeometryRef(feature) {
      try spatialIndex.add(OGR_F_GetFID(feature), geometry)
    }
  }
}

extension Shape {
  /// The geometry type.
  var type: ShapeType {
    switch self {
    case .point: .point
    case .lines: .lines
    case .polygons: .polygons
    }
  }
}

/// Creates a vector file.
func createVectorFile(_ driverName: String, _ temporary: String, for path: String) throws(GeodataError) -> Dataset {
  let driver = try driver(driverName, operation: "write layer", path: path)
  let site = CallSite(code: .notCreated, operation: "write layer", path: path)
  let handle = try site.call("the file cannot be created", hint: "check folder and free space") {
    GDALCreate(driver, temporary, 0, 0, 0, GDT_Unknown, nil)
  }
  return Dataset(owning: handle)
}

/// Writes one layer by any of GDAL's drivers that keeps it in one file, such as `GPKG` or `FlatGeobuf`.
///
/// The file appears under its name only when it is complete. Without the index that FlatGeobuf has by default, features
/// without a shape can be kept, but GDAL does not say when a disk is full: then the file is to be read back.
/// - Throws: ``GeodataError`` where the file cannot be written.
public func writeLayer(
  _ layer: FeatureLayer, to path: String, driver: String = "GPKG", hasIndex: Bool = true
) throws(GeodataError) {
  let scratch = driver == "GPKG" ? scratchFolder(forSQLiteAt: path) : nil
  try writeAtomically(to: path, operation: "write layer", scratch: scratch) { (temporary) throws(GeodataError) in
    let dataset = try createVectorFile(driver, temporary, for: path)
    try LayerWriter(handle: dataset.handle, path: path).write(layer, options: hasIndex ? [] : ["SPATIAL_INDEX=NO"])
    try dataset.close(operation: "write layer", path: path)
  }
}
