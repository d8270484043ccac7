import Geodata
import Grids

/// Turns one layer's features into GeoJSON text.
struct GeoJSONEncoder {
  private let layer: FeatureLayer
  private let path: String
  private let idIndex: Int?
  private let flagsIndex: Int?
  /// `"name":` of each field, ready to be copied.
  private let keys: [[UInt8]]
  private let typeName: StaticString

  /// Checks that every value fits its field and every shape the layer.
  init(_ layer: FeatureLayer, path: String, idField: String?) throws(ReportError) {
    self.layer = layer
    self.path = path
    keys = layer.fields.map { field in
      var key: [UInt8] = []
      key.append(jsonString: field.name)
      key.append(UInt8(ascii: ":"))
      return key
    }
    typeName =
      switch layer.shapeType {
      case .point: "Point"
      case .lines: "MultiLineString"
      case .polygons: "MultiPolygon"
      }
    flagsIndex = layer.fields.firstIndex { $0.name == "flags" && $0.type == .text }
    idIndex = idField.flatMap { name in layer.fields.firstIndex { $0.name == name } }
    if let idField, idIndex == nil {
      throw ReportError(.doesNotFit, path: path, message: "layer \(layer.name) has no field '\(idField)' for its id")
    }
    for (index, feature) in layer.features.enumerated() {
      try requireFit(feature.values, layer.fields, of: "layer \(layer.name), feature \(index)", path: path)
      switch (feature.shape, layer.shapeType) {
      case (nil, _), (.point?, .point), (.lines?, .lines), (.polygons?, .polygons): break
      default:
        throw ReportError(
          .doesNotFit, path: path,
          message: "layer \(layer.name), feature \(index): its shape is not of the layer's type \(layer.shapeType)")
      }
      if let idIndex, feature.values[idIndex] == .null {
        throw ReportError(
          .doesNotFit, path: path,
          message: "layer \(layer.name), feature \(index): the id field '\(layer.fields[idIndex].name)' has no value")
      }
    }
  }

  /// Transforms and rounds one feature's shape.
  func round(
    _ index: Int, into shapes: inout RoundedShapes, _ transform: ([Coordinate]) throws -> [Coordinate]
  ) throws {
    guard let shape = layer.features[index].shape else { return shapes.append(nil, points: []) }
    let source: [Coordinate]
    switch shape {
    case .point(let point): source = [point]
    case .lines(let lines): source = lines.count == 1 ? lines[0] : lines.flatMap { $0 }
    case .polygons(let polygons):
      let isOneRing = polygons.count == 1 && polygons[0].rings.count == 1
      source = isOneRing ? polygons[0].rings[0] : polygons.flatMap { $0.rings.flatMap { $0 } }
    }
    let points = source.isEmpty ? [] : try transform(source)
    precondition(points.count == source.count, "a transformation returns as many points as it is given")
    var west = Double.infinity
    var east = -Double.infinity
    for (place, point) in points.enumerated() {
      guard abs(point.x) <= 180, abs(point.y) <= 90 else {
        throw ReportError(
          .notOnEarth, path: path,
          message: "layer \(layer.name), feature \(name(index)): point (\(source[place].x), \(source[place].y)) in "
            + "\(layer.crs) has no longitude and latitude: (\(point.x), \(point.y))",
          hint: "check the reference system of the layer")
      }
      west = min(west, point.x)
      east = max(east, point.x)
    }
    if east - west > 180 {
      throw ReportError(
        .notOnEarth, path: path,
        message: "layer \(layer.name), feature \(name(index)): spans \(east - west) degrees of longitude",
        hint: "shapes that cross the 180th meridian are not supported")
    }
    shapes.append(shape, points: points)
  }

  /// The first feature with a shape and no null, else the one with the fewest nulls.
  func mostCompleteFeature(_ shapes: RoundedShapes) -> Int? {
    var best: Int?
    var fewest = Int.max
    for (index, feature) in layer.features.enumerated() {
      var nulls = feature.values.reduce(0) { $0 + (isNull($1) ? 1 : 0) }
      if shapes.entries[index].parts.isEmpty { nulls += 1 }
      if nulls < fewest {
        fewest = nulls
        best = index
      }
      if nulls == 0 { break }
    }
    return best
  }

  /// Names of the fields without a value in a feature.
  func nullFields(_ index: Int) -> [String] {
    zip(layer.fields, layer.features[index].values).compactMap { isNull($1) ? $0.name : nil }
  }

  /// Number of features whose identifier occurred before.
  func repeatedIdentifiers() -> Int {
    guard let idIndex else { return 0 }
    return layer.features.count - Set(layer.features.map { $0.values[idIndex] }).count
  }

  /// Appends one feature.
  func append(_ index: Int, _ shapes: RoundedShapes, to bytes: inout [UInt8], _ summary: inout GeoJSONSummary) {
    let values = layer.features[index].values
    let entry = shapes.entries[index]
    if entry.parts.isEmpty { summary.nullShapes += 1 }
    if entry.collapsed { summary.collapsedShapes += 1 }
    bytes.append("{\"type\":\"Feature\",")
    if let idIndex {
      bytes.append("\"id\":")
      append(values[idIndex], layer.fields[idIndex].type, to: &bytes, &summary)
      bytes.append(UInt8(ascii: ","))
    }
    bytes.append("\"properties\":{")
    for field in values.indices {
      if field > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(contentsOf: keys[field])
      var value = values[field]
      if entry.collapsed && field == flagsIndex { value = .text(Self.adding(geometryFlag, to: value)) }
      append(value, layer.fields[field].type, to: &bytes, &summary)
    }
    bytes.append("},\"geometry\":")
    appendGeometry(entry, shapes, to: &bytes)
    bytes.append("}")
  }

  private func append(
    _ value: FieldValue, _ type: FieldType, to bytes: inout [UInt8], _ summary: inout GeoJSONSummary
  ) {
    switch value {
    case .null: bytes.append("null")
    case .text(let text): bytes.append(jsonString: text)
    case .boolean(let flag): bytes.append(text: flag ? "true" : "false")
    case .integer(let number): type == .real ? bytes.append(real: Double(number)) : bytes.append(integer: number)
    case .real(let number):
      if number.isFinite {
        bytes.append(real: number)
      } else {
        bytes.append("null")
        summary.nonFiniteValues += 1
      }
    }
  }

  private func appendGeometry(_ entry: RoundedShapes.Entry, _ shapes: RoundedShapes, to bytes: inout [UInt8]) {
    guard !entry.parts.isEmpty else {
      bytes.append("null")
      return
    }
    bytes.append("{\"type\":\"")
    bytes.append(typeName)
    bytes.append("\",\"coordinates\":")
    let isPolygon = layer.shapeType == .polygons
    if layer.shapeType != .point { bytes.append("[") }
    for part in entry.parts {
      if part > entry.parts.lowerBound { bytes.append(",") }
      if isPolygon { bytes.append("[") }
      let firstRing = part == 0 ? 0 : shapes.partEnds[part - 1]
      for ring in firstRing..<shapes.partEnds[part] {
        if ring > firstRing { bytes.append(",") }
        let start = ring == 0 ? 0 : shapes.ringEnds[ring - 1]
        if layer.shapeType != .point { bytes.append("[") }
        for place in stride(from: start, to: shapes.ringEnds[ring], by: 2) {
          bytes.append(place > start ? ",[" : "[")
          bytes.append(fixed: shapes.coordinates[place], decimals: entry.decimals)
          bytes.append(UInt8(ascii: ","))
          bytes.append(fixed: shapes.coordinates[place + 1], decimals: entry.decimals)
          bytes.append(UInt8(ascii: "]"))
        }
        if layer.shapeType != .point { bytes.append("]") }
      }
      if isPolygon { bytes.append("]") }
    }
    if layer.shapeType != .point { bytes.append("]") }
    bytes.append("}")
  }

  private func isNull(_ value: FieldValue) -> Bool {
    switch value {
    case .null: true
    case .real(let number): !number.isFinite
    default: false
    }
  }

  /// Index and, where there is one, identifier of a feature.
  private func name(_ index: Int) -> String {
    guard let idIndex else { return "\(index)" }
    return "\(index) (\(layer.fields[idIndex].name) \(layer.features[index].values[idIndex]))"
  }

  private static func adding(_ flag: String, to value: FieldValue) -> String {
    guard case .text(let text) = value else { return flag }
    var flags = Flags(text: text)
    flags.insert(flag)
    return flags.text
  }
}
