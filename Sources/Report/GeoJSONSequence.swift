public import Foundation
public import Geodata
public import Grids

/// Writes a layer as a GeoJSON text sequence (RFC 8142): a feature a line, each behind a record separator.
///
/// Features have the text that ``writeGeoJSON(_:to:metadata:idField:precision:transform:)`` gives them, in the order of
/// the layer, so that tools can work on them one by one.
/// - Parameters:
///   - layer: Shapes in the layer's own reference system; values must fit the fields.
///   - url: File to write, named `.geojsons`; an older file is replaced when the new one is complete.
///   - precision: Number of decimals, 0 to 9.
///   - transform: From the layer's reference system to longitude and latitude in degrees, point by point.
/// - Throws: `ReportError`, or what `transform` throws.
@discardableResult
public func writeGeoJSONSequence(
  _ layer: FeatureLayer, to url: URL, precision: Int = 7, transform: ([Coordinate]) throws -> [Coordinate]
) throws -> GeoJSONSummary {
  precondition((0...9).contains(precision), "0 to 9 decimals")
  let encoder = try GeoJSONEncoder(layer, path: url.path, idField: nil)
  var shapes = RoundedShapes(decimals: precision)
  for index in layer.features.indices { try encoder.round(index, into: &shapes, transform) }
  let file = try OutputFile(url)
  var summary = GeoJSONSummary(file: WrittenFile(path: url.path, bytes: 0, sha256: ""))
  for index in layer.features.indices {
    file.buffer.append(0x1E)
    encoder.append(index, shapes, to: &file.buffer, &summary)
    file.buffer.append(0x0A)
    try file.flushIfLarge()
  }
  summary.features = layer.features.count
  summary.finerFeatures = shapes.finerFeatures
  summary.droppedParts = shapes.droppedParts
  summary.droppedHoles = shapes.droppedHoles
  summary.file = try file.finish()
  return summary
}
