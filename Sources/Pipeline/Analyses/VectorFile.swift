import Foundation
import Geodata
import Grids
import Report

/// Formats of the layers that an analysis writes, by the extension of the file's name.
enum VectorFormat: String, CaseIterable {
  case geojson
  case geopackage = "gpkg"
  case flatgeobuf = "fgb"

  /// The format of a file's name.
  /// - Throws: ``RunFailure`` where no format has such an extension.
  init(of path: String) throws(RunFailure) {
    let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
    guard let format = VectorFormat(rawValue: ending) ?? (ending == "json" ? .geojson : nil) else {
      throw RunFailure(
        .configuration,
        [
          Diagnostic(
            .notMade, at: SourcePosition(file: path), "layers are not written as \".\(ending)\"",
            hint: "name a file that ends with .gpkg, .geojson or .fgb")
        ])
    }
    self = format
  }
}

extension FeatureLayer {
  /// Writes the layer in the format that the file's name ends with; GeoJSON in longitude and latitude.
  func write(to path: String) throws {
    switch try VectorFormat(of: path) {
    case .geopackage: try writeLayer(self, to: path, driver: "GPKG")
    case .flatgeobuf: try writeLayer(self, to: path, driver: "FlatGeobuf")
    case .geojson:
      let transformation = try Transformation(from: crs, to: try coordinateReferenceSystem("EPSG:4326"))
      try writeGeoJSON(self, to: URL(fileURLWithPath: path)) { try transformation.transform($0) }
    }
  }
}

/// The points of a layer with their identifiers.
struct PointInput {
  let points: [Coordinate]
  /// The field `id` where the layer has one, else the number of the feature from 1.
  let ids: [String]

  /// Reads a layer of points in the reference system of a grid.
  init(_ path: String, in crs: CoordinateReferenceSystem) throws(RunFailure) {
    let layer = try RunFailure.locating(at: SourcePosition(file: path)) {
      try readLayer(path, reprojectedTo: crs, VectorReading(shapeType: .point)).layer
    }
    let place = layer.fields.firstIndex { $0.name == "id" }
    var points: [Coordinate] = []
    var ids: [String] = []
    for (number, feature) in layer.features.enumerated() {
      guard case .point(let point)? = feature.shape else { continue }
      points.append(point)
      ids.append(place.flatMap { feature.values[$0].text } ?? "\(number + 1)")
    }
    if points.isEmpty {
      throw RunFailure(
        .input, [Diagnostic(.emptyLayer, at: SourcePosition(file: path), "the layer holds no point")])
    }
    self.points = points
    self.ids = ids
  }
}

extension FieldValue {
  /// The value as text; nil where there is none.
  var text: String? {
    switch self {
    case .null: nil
    case .text(let text): text
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .boolean(let isTrue): isTrue ? "true" : "false"
    }
  }
}
