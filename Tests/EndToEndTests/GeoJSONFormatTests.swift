import Foundation
import TestSupport
import Testing

/// What RFC 7946 asks of a file, checked from its text alone.
struct GeoJSONCheck {
  private(set) var findings: [String] = []
  private(set) var featureCount = 0
  private(set) var positionCount = 0
  private var west = Double.infinity
  private var south = Double.infinity
  private var east = -Double.infinity
  private var north = -Double.infinity
  private var currentFeature = 0

  /// Checks a file whose features are named apart by the values of `key`.
  init(_ data: Data, key: [String]) throws {
    let collection = try jsonObject(data)
    note(collection["type"] as? String == "FeatureCollection", "is no FeatureCollection")
    note(collection["crs"] == nil, "has a crs member")
    let features = try #require(collection["features"] as? [[String: Any]])
    featureCount = features.count
    var identities: Set<[String]> = []
    var types: Set<String> = []
    let names = Set((features.first?["properties"] as? [String: Any] ?? [:]).keys)
    note(names.isSuperset(of: key), "has no \(key)")
    for (index, feature) in features.enumerated() {
      currentFeature = index
      note(feature["type"] as? String == "Feature", "is no Feature")
      let properties = feature["properties"] as? [String: Any] ?? [:]
      note(Set(properties.keys) == names, "has other keys than the first")
      let identity = key.compactMap { name in properties[name].flatMap { $0 is NSNull ? nil : "\($0)" } }
      note(identity.count == key.count, "has no identity")
      note(identities.insert(identity).inserted, "has the identity of another")
      guard let geometry = feature["geometry"] as? [String: Any], let type = geometry["type"] as? String else {
        note(false, "has no geometry")
        continue
      }
      types.insert(type)
      note(geometry["crs"] == nil, "has a crs")
      let parts = geometry["coordinates"] as? [Any] ?? []
      note(!parts.isEmpty, "is empty")
      switch type {
      case "MultiPolygon": for part in parts { polygon(part) }
      case "Polygon": polygon(parts)
      case "MultiLineString": for part in parts { line(part) }
      case "LineString": line(parts)
      case "Point": _ = positions([parts])
      default: note(false, "is a \(type)")
      }
    }
    note(types.count == 1, "holds \(types)")
    let box = collection["bbox"] as? [Double] ?? []
    note(box == [west, south, east, north], "has the box \(box), its positions \([west, south, east, north])")
    try decimals(String(decoding: data, as: UTF8.self))
  }

  private mutating func note(_ isRight: Bool, _ finding: String) {
    if !isRight { findings.append("feature \(currentFeature) \(finding)") }
  }

  private mutating func positions(_ value: Any) -> [(x: Double, y: Double)] {
    let pairs = value as? [[Double]] ?? []
    note(!pairs.isEmpty, "has something other than positions")
    return pairs.compactMap { pair in
      guard pair.count == 2 else {
        note(false, "has a position of \(pair.count) numbers")
        return nil
      }
      positionCount += 1
      west = min(west, pair[0])
      east = max(east, pair[0])
      south = min(south, pair[1])
      north = max(north, pair[1])
      return (pair[0], pair[1])
    }
  }

  private mutating func line(_ value: Any) {
    let positions = positions(value)
    note(positions.count >= 2, "has a line of \(positions.count) positions")
  }

  private mutating func polygon(_ value: Any) {
    let rings = value as? [Any] ?? []
    note(!rings.isEmpty, "has a polygon without rings")
    for (index, ring) in rings.enumerated() {
      let positions = positions(ring)
      note(positions.count >= 4, "has a ring of \(positions.count) positions")
      guard let first = positions.first, let last = positions.last else { continue }
      note(first == last, "has an open ring")
      // Twice the area, positive where counter-clockwise; taken from the first position for precision.
      var area = 0.0
      for (start, end) in zip(positions, positions.dropFirst()) {
        area += (start.x - first.x) * (end.y - first.y) - (end.x - first.x) * (start.y - first.y)
      }
      note(index == 0 ? area > 0 : area < 0, "has ring \(index) the wrong way round")
    }
  }

  /// Every number of the coordinates, as it is written, has at most seven decimals and no exponent.
  private mutating func decimals(_ text: String) throws {
    var lines = 0
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      guard let start = String(decoding: line, as: UTF8.self).range(of: "\"coordinates\":") else { continue }
      lines += 1
      let line = String(decoding: line, as: UTF8.self)
      var decimals = -1
      for byte in line[start.upperBound...].utf8 {
        switch byte {
        case UInt8(ascii: "."): decimals = 0
        case UInt8(ascii: "0")...UInt8(ascii: "9"): if decimals >= 0 { decimals += 1 }
        case UInt8(ascii: "e"), UInt8(ascii: "E"): note(false, "has an exponent")
        default: decimals = -1
        }
        if decimals > 7 {
          note(false, "has more than seven decimals")
          break
        }
      }
    }
    note(lines == featureCount, "are \(featureCount) on \(lines) lines")
  }

  /// West, south, east and north of all positions.
  var box: [Double] { [west, south, east, north] }
}

/// The fields that tell the features of a layer apart.
let layerKeys = [
  "areas": ["area_id", "scenario"], "buildings": ["building_id", "scenario"], "bluespots": ["id", "scenario"],
  "flow_paths": ["id", "scenario"], "landslide": ["id", "scenario"], "bluespot_water": ["id", "scenario"],
  "buildings_tek17": ["building_id", "rule"], "pour_points": ["id"], "bluespot_watersheds": ["id"],
  "bluespot_nodes": ["nodeid", "scenario"],
]

extension EndToEnd {
  @Suite("GeoJSON as RFC 7946 has it")
  struct GeoJSONFormat {
    let run: SandvikaRun

    init() throws { run = try SandvikaRun.shared.get() }

    @Test("Every layer of the example", arguments: layerKeys.keys.sorted())
    func layer(name: String) throws {
      let data = try #require(run.files["layers/\(name).geojson"])
      let check = try GeoJSONCheck(data, key: try #require(layerKeys[name]))
      #expect(check.findings.isEmpty, "\(check.findings.prefix(5)) and so on, \(check.findings.count) in all")
      let isOfPoints = ["pour_points", "bluespot_nodes"].contains(name)
      #expect(check.featureCount > 0)
      #expect(isOfPoints ? check.positionCount == check.featureCount : check.positionCount > check.featureCount)
      // The made-up place lies near Sandvika.
      let isInside = check.box[0] > 10.4 && check.box[1] > 59.85 && check.box[2] < 10.6 && check.box[3] < 59.95
      #expect(isInside, "\(check.box)")
    }

    @Test("The check finds what is wrong")
    func checkFinds() throws {
      func findings(_ feature: String, box: String = "[10,60,11,61]", more: String = "") throws -> [String] {
        let text = """
          {"type":"FeatureCollection",\(more)"bbox":\(box),"features":[
          {"type":"Feature","properties":{"id":1},"geometry":\(feature)}
          ]}
          """
        return try GeoJSONCheck(Data(text.utf8), key: ["id"]).findings
      }
      func polygon(_ rings: String) -> String { "{\"type\":\"Polygon\",\"coordinates\":[\(rings)]}" }
      let outer = "[[10,60],[11,60],[11,61],[10,61],[10,60]]"
      let hole = "[[10.2,60.2],[10.2,60.8],[10.8,60.8],[10.2,60.2]]"
      #expect(try findings(polygon("\(outer),\(hole)")).isEmpty)
      #expect(try !findings(polygon("[[10,60],[10,61],[11,61],[11,60],[10,60]]")).isEmpty)
      #expect(try !findings(polygon("\(outer),[[10.2,60.2],[10.8,60.8],[10.2,60.8],[10.2,60.2]]")).isEmpty)
      #expect(try !findings(polygon("[[10,60],[11,60],[11,61],[10,61]]")).isEmpty)
      #expect(try !findings(polygon(outer), box: "[10,60,11,61.1]").isEmpty)
      #expect(try !findings(polygon(outer), more: "\"crs\":{},").isEmpty)
      #expect(try !findings(polygon("[[10,60],[11,60],[11,61],[10.00000001,61],[10,60]]")).isEmpty)
      #expect(try findings("{\"type\":\"Point\",\"coordinates\":[10,60]}", box: "[10,60,10,60]").isEmpty)
      #expect(try !findings("{\"type\":\"Point\",\"coordinates\":[10]}", box: "[10,60,10,60]").isEmpty)
      #expect(try !findings("{\"type\":\"MultiPoint\",\"coordinates\":[[10,60]]}", box: "[10,60,10,60]").isEmpty)
      #expect(try !findings("null").isEmpty)
    }
  }
}
