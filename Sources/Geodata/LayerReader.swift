import CGDAL
import Grids

/// Reads the features of one layer.
struct LayerReader {
  let path: String
  let layer: OGRLayerH
  let driver: String
  let reading: VectorReading
  let source: CoordinateReferenceSystem
  let target: CoordinateReferenceSystem
  let reprojection: Reprojection?
  let fields: [SourceField]
  let isGeographic: Bool
  private(set) var warnings: [String] = []

  init(
    _ path: String, _ layer: OGRLayerH, driver: String, _ reading: VectorReading, target: CoordinateReferenceSystem?
  ) throws(GeodataError) {
    self.path = path
    self.layer = layer
    self.driver = driver
    self.reading = reading
    let own = reporting { SpatialReference(copying: OGR_L_GetSpatialRef(layer))?.horizontal()?.described() }
    guard let crs = try reading.crs?.horizontal() ?? own else {
      throw GeodataError(
        .missingReferenceSystem, operation: "read layer", path: path,
        message: "the layer “\(layerName(layer))” names no coordinate reference system",
        hint: "declare crs, for instance EPSG:25832")
    }
    source = crs
    isGeographic = try crs.properties().kind == .geographic
    self.target = target ?? crs
    if let target, !target.isSame(as: crs) {
      let transformation = try Transformation(from: crs, to: target)
      if let note = transformation.note { warnings.append(note) }
      reprojection = try Reprojection(transformation)
    } else {
      reprojection = nil
    }
    fields = try Self.chosenFields(layer, reading, path, &warnings)
    if reading.checksCoordinates { try checkExtent() }
  }

  private static func chosenFields(
    _ layer: OGRLayerH, _ reading: VectorReading, _ path: String, _ warnings: inout [String]
  ) throws(GeodataError) -> [SourceField] {
    let all = reporting { VectorFile.fields(of: layer) }
    guard let names = reading.fields else {
      for field in all where field.valueType == nil {
        warnings.append("the field “\(field.name)” is of type \(field.typeName) and is left out")
      }
      return all.filter { $0.valueType != nil }
    }
    var result: [SourceField] = []
    for name in names {
      guard let field = all.first(where: { $0.name == name }) else {
        throw GeodataError(
          .missingField, operation: "read layer", path: path,
          message: "the layer “\(layerName(layer))” has no field “\(name)”",
          hint: "it has \(all.map(\.name).joined(separator: ", "))")
      }
      if field.valueType == nil {
        throw GeodataError(
          .unsupportedField, operation: "read layer", path: path,
          message: "the field “\(name)” is of type \(field.typeName), which cannot be read")
      }
      result.append(field)
    }
    return result
  }

  /// All features, in the file's order.
  func read() throws(GeodataError) -> (layer: FeatureLayer, report: VectorReport) {
    var report = emptyReport
    var result = header
    OGR_L_ResetReading(layer)
    while let feature = try next(&report) { result.features.append(feature) }
    return (result, report)
  }

  /// The layer without features.
  var header: FeatureLayer {
    FeatureLayer(
      name: layerName(layer), summary: "", crs: target, shapeType: reading.shapeType,
      fields: fields.map { Field($0.name, $0.valueType ?? .text, "") }, features: [])
  }

  /// What is known of the layer before a feature is read.
  var emptyReport: VectorReport {
    var report = VectorReport()
    report.path = path
    report.layer = layerName(layer)
    report.crs = source
    report.warnings = warnings
    return report
  }

  /// The next feature; nil after the last.
  func next(_ report: inout VectorReport) throws(GeodataError) -> Feature? {
    let outcome = listening { OGR_L_GetNextFeature(layer) }
    guard let feature = outcome.result else {
      // The end and a failure both give nothing; only the messages tell them apart.
      if outcome.messages.contains(where: { $0.severity == .failure }) {
        let site = CallSite(code: .unreadableFeatures, operation: "read layer", path: path)
        throw site.error(
          "the features cannot be read beyond the first \(report.features)", hint: "fetch the file again",
          outcome.messages)
      }
      return nil
    }
    defer { OGR_F_Destroy(feature) }
    GDALLibrary.report(outcome.messages)
    let shape = try shape(of: feature, &report)
    report.features += 1
    return Feature(shape: shape, values: try values(of: feature))
  }

  // MARK: Attributes

  private func values(of feature: OGRFeatureH) throws(GeodataError) -> [FieldValue] {
    var result: [FieldValue] = []
    result.reserveCapacity(fields.count)
    for field in fields { result.append(try value(of: field, in: feature)) }
    return result
  }

  private func value(of field: SourceField, in feature: OGRFeatureH) throws(GeodataError) -> FieldValue {
    guard OGR_F_IsFieldSetAndNotNull(feature, field.index) != 0 else { return .null }
    switch field.type {
    case OFTInteger, OFTInteger64:
      let number = OGR_F_GetFieldAsInteger64(feature, field.index)
      return field.isBoolean ? .boolean(number != 0) : .integer(number)
    case OFTReal: return .number(OGR_F_GetFieldAsDouble(feature, field.index))
    case OFTDate, OFTTime, OFTDateTime: return .text(isoDate(of: field, in: feature))
    default:
      guard let pointer = OGR_F_GetFieldAsString(feature, field.index) else { return .null }
      guard let text = String(validatingCString: pointer) else {
        throw GeodataError(
          .invalidText, operation: "read layer", path: path,
          message: "feature \(OGR_F_GetFID(feature)): the text in “\(field.name)” is not valid UTF-8 "
            + "(“\(String(cString: pointer))”)", hint: "declare the encoding, for instance CP1252, or save it as UTF-8")
      }
      return .text(text)
    }
  }

  private func isoDate(of field: SourceField, in feature: OGRFeatureH) -> String {
    var (year, month, day, hour, minute, zone) = (Int32(0), Int32(0), Int32(0), Int32(0), Int32(0), Int32(0))
    var second = Float(0)
    OGR_F_GetFieldAsDateTimeEx(feature, field.index, &year, &month, &day, &hour, &minute, &second, &zone)
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    let milliseconds = Int((second * 1000).rounded())
    var time = "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(milliseconds / 1000, 2))"
    if milliseconds % 1000 != 0 { time += ".\(padded(milliseconds % 1000, 3))" }
    // 0 unknown, 1 local, 100 UTC, else quarters of an hour from there.
    if zone == 100 {
      time += "Z"
    } else if zone > 1 {
      let minutes = abs(Int(zone) - 100) * 15
      time += "\(zone < 100 ? "-" : "+")\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
    }
    switch field.type {
    case OFTDate: return date
    case OFTTime: return time
    default: return "\(date)T\(time)"
    }
  }

  // MARK: Shapes

  private func shape(of feature: OGRFeatureH, _ report: inout VectorReport) throws(GeodataError) -> Shape? {
    let fid = OGR_F_GetFID(feature)
    guard let borrowed = OGR_F_GetGeometryRef(feature), OGR_G_IsEmpty(borrowed) == 0 else {
      report.empty.add(fid)
      return nil
    }
    // Arcs in steps of a degree: within 4 mm on a radius of 100 m.
    guard let linear = reporting({ OGR_G_GetLinearGeometry(borrowed, 1, nil) }) else {
      report.invalid.add(fid, "its curves cannot be made straight")
      return nil
    }
    let geometry = OGRGeometry(owning: linear)
    guard var shape = try converted(geometry, fid) else {
      report.empty.add(fid)
      return nil
    }
    guard shape.isFinite else {
      report.notFinite.add(fid)
      return nil
    }
    if reading.checksCoordinates { try checkCoordinates(of: shape, fid) }
    if let reprojection {
      guard let moved = reprojection.apply(to: shape) else {
        report.notFinite.add(fid, "no place in \(target)")
        return nil
      }
      shape = moved
    }
    guard let result = try validated(shape, fid, &report) else { return nil }
    report.vertices += result.vertexCount
    return result
  }

  /// The shape of a linear geometry; nil where it has no part of the kind wanted.
  private func converted(_ geometry: OGRGeometry, _ fid: Int64) throws(GeodataError) -> Shape? {
    let type = geometry.flatType
    switch reading.shapeType {
    case .polygons where [wkbPolygon, wkbMultiPolygon, wkbTriangle, wkbTIN, wkbPolyhedralSurface].contains(type):
      let polygons = geometry.polygons
      return polygons.isEmpty ? nil : .polygons(polygons)
    case .lines where [wkbLineString, wkbMultiLineString].contains(type):
      let lines = geometry.lines
      return lines.isEmpty ? nil : .lines(lines)
    case .point where type == wkbPoint || type == wkbMultiPoint:
      let points = geometry.chains.flatMap { $0 }
      if points.count > 1 {
        throw wrongType("a MultiPoint of \(points.count) points", fid, "split it into single points")
      }
      return points.first.map { .point($0) }
    default:
      throw wrongType(
        "a \(geometry.typeName)", fid,
        type == wkbGeometryCollection
          ? "split collections by type first" : "choose a layer of \(reading.shapeType.rawValue)")
    }
  }

  private func wrongType(_ found: String, _ fid: Int64, _ hint: String) -> GeodataError {
    GeodataError(
      .wrongGeometryType, operation: "read layer", path: path,
      message: "feature \(fid) of “\(layerName(layer))” is \(found), but \(reading.shapeType.rawValue) are needed",
      hint: hint)
  }

  private func validated(
    _ shape: Shape, _ fid: Int64, _ report: inout VectorReport
  ) throws(GeodataError) -> Shape? {
    if case .point = shape { return shape }
    if case .polygons(let polygons) = shape, polygons.count == 1, isPlainlyValid(polygons[0]) { return shape }
    guard let geometry = OGRGeometry.make(shape) else {
      report.invalid.add(fid)
      return nil
    }
    let (isValid, reason) = geometry.validity()
    if isValid { return shape }
    switch reading.invalid {
    case .fail:
      throw GeodataError(
        .invalidGeometry, operation: "read layer", path: path,
        message: "the geometry of feature \(fid) of “\(layerName(layer))” is invalid: \(reason)",
        hint: "repair it, or let it be repaired with invalid: repair")
    case .skip:
      report.invalid.add(fid, reason)
      return nil
    case .repair:
      var repaired: Shape?
      if let valid = geometry.madeValid() {
        switch shape {
        case .polygons where !valid.polygons.isEmpty: repaired = .polygons(valid.polygons)
        case .lines where !valid.lines.isEmpty: repaired = .lines(valid.lines)
        default: break
        }
      }
      if repaired == nil { report.invalid.add(fid, reason) } else { report.repaired.add(fid, reason) }
      return repaired
    }
  }
}

extension Shape {
  /// All points, one array a chain.
  var chains: [[Coordinate]] {
    switch self {
    case .point(let point): [[point]]
    case .lines(let lines): lines
    case .polygons(let polygons): polygons.flatMap(\.rings)
    }
  }

  /// Whether every coordinate is a number.
  var isFinite: Bool { chains.allSatisfy { $0.allSatisfy { $0.x.isFinite && $0.y.isFinite } } }

  /// Number of points.
  var vertexCount: Int { chains.reduce(0) { $0 + $1.count } }
}
