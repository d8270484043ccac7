public import Foundation
public import Geodata
public import Grids

/// What was written to a GeoJSON file, and what had to be changed on the way.
public struct GeoJSONSummary: Sendable, Hashable {
  /// The file.
  public var file: WrittenFile
  /// Number of features.
  public var features = 0
  /// `[west, south, east, north]` in degrees, or nil where no feature has a shape.
  public var bounds: Extent?
  /// Features without a shape.
  public var nullShapes = 0
  /// Features whose shape came to nothing when rounded, written with a null geometry and the flag `geometry`.
  public var collapsedShapes = 0
  /// Features written with two more decimals, because they collapse otherwise.
  public var finerFeatures = 0
  /// Polygons and lines of a multi-part shape that vanished when rounded.
  public var droppedParts = 0
  /// Holes that vanished when rounded.
  public var droppedHoles = 0
  /// Values that were not finite, written as null.
  public var nonFiniteValues = 0
  /// Features whose identifier an earlier feature has too.
  public var repeatedIdentifiers = 0
  /// Index in the layer of the feature that was written first.
  public var firstFeature: Int?
  /// Fields without a value in the feature written first, whose type ArcGIS cannot tell; empty is good.
  public var nullFieldsOfFirstFeature: [String] = []
}

/// The flag of a row whose shape could not be used.
public let geometryFlag = "geometry"

/// Writes a layer as GeoJSON by RFC 7946: longitude and latitude, fixed decimals, shells counter-clockwise.
///
/// Members stand in this order: type, metadata (where there is any), bbox (where there is a point), features; one
/// feature a line, every feature with every field in the order of the layer. Lines and polygons are always of their
/// Multi type. The first feature is one without nulls where there is one, because ArcGIS reads the fields from it; the
/// others keep their order. Numbers with a fraction have the shortest text that reads back the same.
/// Equal layers give equal bytes.
/// - Parameters:
///   - layer: Shapes in the layer's own reference system; values must fit the fields.
///   - url: File to write, named `.geojson`; an older file is replaced when the new one is complete.
///   - metadata: Foreign member of the collection: run, generator and the like.
///   - idField: Field that is written as the features' `id` member too; it must have a value everywhere.
///   - precision: Number of decimals, 0 to 9; seven are about a centimetre.
///   - transform: From the layer's reference system to longitude and latitude in degrees, point by point.
/// - Returns: What was written.
/// - Throws: `ReportError`, or what `transform` throws.
@discardableResult
public func writeGeoJSON(
  _ layer: FeatureLayer, to url: URL, metadata: JSONObject = [:], idField: String? = nil, precision: Int = 7,
  transform: ([Coordinate]) throws -> [Coordinate]
) throws -> GeoJSONSummary {
  precondition((0...9).contains(precision), "0 to 9 decimals")
  let encoder = try GeoJSONEncoder(layer, path: url.path, idField: idField)
  var shapes = RoundedShapes(decimals: precision)
  for index in layer.features.indices { try encoder.round(index, into: &shapes, transform) }

  let file = try OutputFile(url)
  var summary = GeoJSONSummary(file: WrittenFile(path: url.path, bytes: 0, sha256: ""))
  file.buffer.append("{\"type\":\"FeatureCollection\"")
  if !metadata.members.isEmpty {
    file.buffer.append(",\n\"metadata\":")
    JSONValue.object(metadata).append(to: &file.buffer)
  }
  if let box = shapes.bounds {
    file.buffer.append(",\n\"bbox\":[")
    for (number, edge) in [box.west, box.south, box.east, box.north].enumerated() {
      if number > 0 { file.buffer.append(UInt8(ascii: ",")) }
      let isCoarse = edge % 100 == 0
      file.buffer.append(fixed: isCoarse ? edge / 100 : edge, decimals: isCoarse ? precision : shapes.fineDecimals)
    }
    file.buffer.append("]")
    let unit = 1 / (0..<shapes.fineDecimals).reduce(1.0) { scale, _ in scale * 10 }
    summary.bounds = Extent(
      west: Double(box.west) * unit, south: Double(box.south) * unit, east: Double(box.east) * unit,
      north: Double(box.north) * unit)
  }
  file.buffer.append(",\n\"features\":[")
  let first = encoder.mostCompleteFeature(shapes)
  summary.firstFeature = first
  if let first { summary.nullFieldsOfFirstFeature = encoder.nullFields(first) }
  var isFirst = true
  for index in (first.map { [$0] } ?? []) + layer.features.indices.filter({ $0 != first }) {
    file.buffer.append(text: isFirst ? "\n" : ",\n")
    isFirst = false
    encoder.append(index, shapes, to: &file.buffer, &summary)
    try file.flushIfLarge()
  }
  file.buffer.append("\n]}\n")
  summary.features = layer.features.count
  summary.finerFeatures = shapes.finerFeatures
  summary.droppedParts = shapes.droppedParts
  summary.droppedHoles = shapes.droppedHoles
  summary.repeatedIdentifiers = encoder.repeatedIdentifiers()
  summary.file = try file.finish()
  return summary
}
