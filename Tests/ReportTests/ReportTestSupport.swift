import Foundation
import Geodata
import Grids
import TestSupport

@testable import Report

/// A folder that vanishes with the value.
final class ScratchFolder {
  let url: URL

  init() {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("report-\(UUID().uuidString)")
    try! FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func file(_ name: String) -> URL { url.appendingPathComponent(name) }

  var names: [String] { try! FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
}

func text(_ url: URL) -> String { String(decoding: try! Data(contentsOf: url), as: UTF8.self) }

func coordinates(_ pairs: [(Double, Double)]) -> [Coordinate] { pairs.map { Coordinate(x: $0.0, y: $0.1) } }

/// A closed square ring that runs clockwise.
func clockwiseSquare(x: Double, y: Double, side: Double) -> [Coordinate] {
  coordinates([(x, y), (x, y + side), (x + side, y + side), (x + side, y), (x, y)])
}

func layer(
  _ type: ShapeType, fields: [Field], _ features: [Feature], name: String = "test"
) -> FeatureLayer {
  FeatureLayer(name: name, summary: "A test.", crs: testCRS, shapeType: type, fields: fields, features: features)
}

/// The file parsed by Foundation, an implementation that shares nothing with the writer.
func parsed(_ url: URL) throws -> [String: Any] {
  try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as! [String: Any]
}
