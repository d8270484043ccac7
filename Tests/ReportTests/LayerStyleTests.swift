import Foundation
import FoundationXML
import Geodata
import Report
import Testing

/// Collects the elements of a document with their attributes.
private final class Elements: NSObject, XMLParserDelegate {
  var found: [(name: String, attributes: [String: String])] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    found.append((name, attributes))
  }

  static func of(_ text: String) throws -> [(name: String, attributes: [String: String])] {
    let elements = Elements()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = elements
    try #require(parser.parse(), "\(String(describing: parser.parserError)) in \(text)")
    return elements.found
  }
}

@Suite struct LayerStyleTests {
  static let layers = [
    "areas", "areas_ead", "buildings", "bluespots", "bluespot_water", "bluespot_watersheds", "pour_points",
    "bluespot_nodes", "flow_paths", "landslide", "roads", "peak_runoff", "buildings_tek17",
  ]

  @Test(arguments: layers)
  func everyLayerHasAStyleByAFieldOfIts(layer: String) throws {
    let schema = try #require(Schemas.all.first { $0.name == layer })
    let styles = LayerStyles.styles(for: layer)
    #expect(!styles.isEmpty)
    #expect(Set(styles.map(\.name)).count == styles.count)
    for style in styles {
      #expect(style.layer == layer && style.shapeType == schema.shapeType)
      let kind = [ShapeType.point: "marker", .lines: "line", .polygons: "fill"][style.shapeType]
      #expect(style.qml().contains("type=\"\(kind ?? "")\" alpha"))
      let field = try #require(schema.fields.first { $0.name == style.field })
      let ofText = style.classes.contains { if case .text = $0.condition { true } else { false } }
      #expect(field.type == (ofText ? .text : style.renderer == .categorised ? .integer : .real))
      for scenarios in [[], ["t20", "it's <\"wet\"> & more"]] {
        let elements = try Elements.of(style.qml(scenarios: scenarios))
        let symbols = Set(elements.filter { $0.name == "symbol" }.compactMap { $0.attributes["name"] })
        let hasGroups = !scenarios.isEmpty && schema.fields.contains { $0.name == "scenario" }
        #expect(symbols.count == style.classes.count * (hasGroups ? 2 : 1))
        let used = elements.filter { ["rule", "range", "category"].contains($0.name) }.compactMap {
          $0.attributes["symbol"]
        }
        #expect(Set(used) == symbols && used.count == symbols.count, "every symbol exists and is used once")
        let keys = elements.filter { $0.name == "rule" }.compactMap { $0.attributes["key"] }
        #expect(Set(keys).count == keys.count)
        if hasGroups {
          let groups = elements.filter { $0.attributes["checkstate"] != nil }
          #expect(groups.map { $0.attributes["checkstate"] } == ["0", "1"])
          #expect(groups.last?.attributes["filter"] == "\"scenario\" = 'it''s <\"wet\"> & more'")
        }
      }
    }
    #expect(LayerStyles.styleQML(for: layer) == styles[0].qml())
  }

  /// Each value falls into exactly one class: no gap, no overlap, and null into its own.
  @Test(arguments: layers)
  func classesCoverEveryValueOnce(layer: String) {
    for style in LayerStyles.styles(for: layer) where style.renderer != .categorised {
      for value in [-1.0, 0, 0.001, 0.01, 0.05, 0.1, 0.2999, 0.3, 0.5, 1, 10, 49.9, 50, 200, 1e4, 1e7, 1e9] {
        let matching = style.classes.filter {
          if case .range(let lower, let upper) = $0.condition { value >= lower && value < upper } else { false }
        }
        #expect(matching.count == 1, "\(style.name): \(value)")
      }
      let nulls = style.classes.filter { $0.condition == .null }
      #expect(nulls.count == (style.renderer == .rules ? 1 : 0))
      #expect(nulls.allSatisfy { [.hatch, .dashedLine, .ring].contains($0.symbol) })
    }
  }

  /// QGIS takes both bounds into a range, so the upper one must be the last number below the next class.
  @Test func rangesAreHalfOpen() throws {
    let ranges = try Elements.of(LayerStyles.styles(for: "bluespots")[0].qml()).filter { $0.name == "range" }
    let bounds = ranges.map { (Double($0.attributes["lower"]!)!, Double($0.attributes["upper"]!)!) }
    #expect(bounds.count == 6 && bounds[1].0 == 0.05)
    for (range, next) in zip(bounds, bounds.dropFirst()) { #expect(range.1.nextUp == next.0) }
  }

  @Test func landslideClassesFollowTheThresholds() {
    let style = LayerStyles.landslide(thresholds: [1, 1.3])
    #expect(style.classes.map(\.condition) == [.value(1), .value(2), .value(3), .null])
    #expect(style.classes[0].label == "1: factor of safety below 1")
    #expect(style.classes[1].label == "2: factor of safety 1–1.3")
    #expect(style.classes[0].symbol == .fill(StyleColour(0xBD0026)))
    #expect(style.classes[2].symbol == .fill(StyleColour(0xFFFFB2)))
  }

  @Test func unknownLayerHasNone() { #expect(LayerStyles.styleQML(for: "unknown") == nil) }
}
