import Foundation
import Geodata
import Grids
import Report

/// Where the rows of zones go: a table, or a layer with the zones' shapes.
final class ZonalOutput {
  private enum Target {
    case table(CSVFile)
    case layer(LayerFile)
    /// GeoJSON states its extent first, so that the features are kept until the end.
    case collected(FeatureLayer, path: String)
  }

  private var target: Target

  /// Throws where a file of this name cannot be written.
  static func check(_ path: String) throws(RunFailure) {
    if !isTable(path) { _ = try VectorFormat(of: path) }
  }

  private static func isTable(_ path: String) -> Bool { path.lowercased().hasSuffix(".csv") }

  init(_ header: FeatureLayer, to path: String) throws {
    if Self.isTable(path) {
      target = .table(try CSVFile(name: header.name, fields: header.fields, to: URL(fileURLWithPath: path)))
      return
    }
    switch try VectorFormat(of: path) {
    case .geopackage: target = .layer(try LayerFile(header, to: path, driver: "GPKG"))
    case .flatgeobuf: target = .layer(try LayerFile(header, to: path, driver: "FlatGeobuf"))
    case .geojson: target = .collected(header, path: path)
    }
  }

  func append(_ features: [Feature]) throws {
    switch target {
    case .table(let file): try file.append(features.map(\.values))
    case .layer(let file): try file.append(features)
    case .collected(var layer, let path):
      layer.features += features
      target = .collected(layer, path: path)
    }
  }

  func close() throws {
    switch target {
    case .table(let file): _ = try file.close()
    case .layer(let file): try file.close()
    case .collected(let layer, let path): try layer.write(to: path)
    }
  }
}
