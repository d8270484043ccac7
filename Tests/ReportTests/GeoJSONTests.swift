import Foundation
import Geodata
import Grids
import TestSupport
import Testing

@testable import Report

@Suite struct GeoJSONTests {
  let fields = [
    Field("area_id", .text, "Id."), Field("n", .integer, "Count."), Field("share", .real, "Share."),
    Field("wet", .boolean, "Wet."), Field("flags", .text, "Flags."),
  ]

  /// Metres around a point to degrees, so that the source is not in degrees itself.
  func toDegrees(_ points: [Coordinate]) -> [Coordinate] {
    points.map { Coordinate(x: 10.5 + $0.x / 55_800, y: 59.9 + $0.y / 111_300) }
  }

  func row(_ id: String, _ n: Int64? = 1, _ share: Double? = 0.5) -> [FieldValue] {
    [.text(id), n.map { .integer($0) } ?? .null, share.map { .real($0) } ?? .null, .boolean(true), .text("")]
  }

  /// Random squares with a hole, in both directions.
  func polygons(_ count: Int) -> FeatureLayer {
    var random = SeededGenerator(seed: 4)
    let features = (0..<count).map { index in
      let parts = (0..<(1 + index % 3)).map { _ in
        let x = random.unit() * 5000
        let y = random.unit() * 5000
        let shell = clockwiseSquare(x: x, y: y, side: 10 + random.unit() * 100)
        let hole = clockwiseSquare(x: x + 2, y: y + 2, side: 3)
        let rings = [shell, hole].map { random.next() % 2 == 0 ? $0 : Array($0.reversed()) }
        return Polygon(rings: rings)
      }
      return Feature(shape: .polygons(parts), values: row("0\(index)", Int64(index), random.unit()))
    }
    return layer(.polygons, fields: fields, features)
  }

  @Test func polygonsByRFC7946() throws {
    let folder = ScratchFolder()
    let layer = polygons(60)
    let url = folder.file("areas.geojson")
    let summary = try writeGeoJSON(
      layer, to: url, metadata: ["run_id": "abc", "generator": "overvann"], idField: "area_id", transform: toDegrees)
    let json = try parsed(url)
    #expect(json["type"] as? String == "FeatureCollection" && json["crs"] == nil)
    #expect(json["metadata"] as? [String: String] == ["run_id": "abc", "generator": "overvann"])
    let features = json["features"] as! [[String: Any]]
    #expect(features.count == 60 && summary.features == 60 && summary.firstFeature == 0)

    var west = 999.0
    var south = 999.0
    var east = -999.0
    var north = -999.0
    for (feature, source) in zip(features, layer.features) {
      let geometry = feature["geometry"] as! [String: Any]
      #expect(geometry["type"] as? String == "MultiPolygon")
      let parts = geometry["coordinates"] as! [[[[Double]]]]
      guard case .polygons(let sourceParts) = source.shape else { continue }
      #expect(parts.count == sourceParts.count)
      for (rings, sourcePart) in zip(parts, sourceParts) {
        #expect(rings.count == 2)
        for (number, ring) in rings.enumerated() {
          #expect(ring.count == 5 && ring.first == ring.last)
          // Shoelace sum: positive for the shell, negative for the hole.
          var sum = 0.0
          for (a, b) in zip(ring, ring.dropFirst()) {
            sum += (a[0] - ring[0][0]) * (b[1] - ring[0][1]) - (b[0] - ring[0][0]) * (a[1] - ring[0][1])
          }
          #expect((sum > 0) == (number == 0))
          for point in ring {
            west = min(west, point[0])
            south = min(south, point[1])
            east = max(east, point[0])
            north = max(north, point[1])
          }
        }
        let back = Polygon(
          rings: rings.map { $0.map { Coordinate(x: ($0[0] - 10.5) * 55_800, y: ($0[1] - 59.9) * 111_300) } })
        // Seven decimals are 0.0111 m; an edge may move by half of that.
        #expect(abs(back.area - sourcePart.area) < 4 * sourcePart.area.squareRoot() * 0.0056 + 0.2)
      }
      let properties = feature["properties"] as! [String: Any]
      #expect(properties["area_id"] as? String == feature["id"] as? String)
      #expect(properties.count == fields.count)
      guard case .real(let share) = source.values[2] else { continue }
      // Foundation's reader is off by a unit in the last place now and then; `rawText` checks the digits.
      #expect(abs((properties["share"] as? Double ?? .nan) - share) < 1e-14)
    }
    #expect(json["bbox"] as? [Double] == [west, south, east, north])
    #expect(summary.bounds.map { [$0.west, $0.south, $0.east, $0.north] }.map { abs($0[0] - west) < 1e-12 } == true)
    #expect(summary.file.bytes == (try Data(contentsOf: url)).count)
    #expect(summary.file.sha256 == (try SHA256.hexDigest(ofFile: url)).sha256)
  }

  /// Every feature has the same keys in the same order and every coordinate seven decimals, by scanning the raw text.
  @Test func rawText() throws {
    let folder = ScratchFolder()
    let url = folder.file("areas.geojson")
    let layer = polygons(20)
    try writeGeoJSON(layer, to: url, metadata: ["a": 1], idField: "area_id", transform: toDegrees)
    let raw = text(url)
    let lines = raw.split(separator: "\n")
    #expect(lines[0] == "{\"type\":\"FeatureCollection\",")
    #expect(lines[1] == "\"metadata\":{\"a\":1},")
    #expect(lines[2].hasPrefix("\"bbox\":[") && lines[3] == "\"features\":[")
    let features = lines.filter { $0.hasPrefix("{\"type\":\"Feature\",") }
    #expect(features.count == 20)
    let key = /"([a-z_]+)":/
    let expected = ["type", "id", "properties"] + fields.map(\.name) + ["geometry", "type", "coordinates"]
    for (line, source) in zip(features, layer.features) {
      #expect(line.matches(of: key).map { String($0.1) } == expected)
      let share = line.firstMatch(of: /"share":([^,]*),/).flatMap { Double($0.1) }
      #expect(share.map { .real($0) } == source.values[2])
    }
    for line in features {
      let coordinates = line[line.range(of: "\"coordinates\":")!.upperBound...]
      let numbers = coordinates.matches(of: /-?[0-9][0-9.]*/)
      #expect(numbers.allSatisfy { $0.0.split(separator: ".").last?.count == 7 })
    }
    #expect(!raw.contains("nan") && !raw.contains("inf"))
  }

  @Test func sameBytesEachTime() throws {
    let folder = ScratchFolder()
    let first = try writeGeoJSON(polygons(10), to: folder.file("a.geojson"), transform: toDegrees)
    let second = try writeGeoJSON(polygons(10), to: folder.file("b.geojson"), transform: toDegrees)
    #expect(first.file.sha256 == second.file.sha256)
    #expect(folder.names == ["a.geojson", "b.geojson"])
  }

  @Test func completeFeatureComesFirst() throws {
    let folder = ScratchFolder()
    let url = folder.file("a.geojson")
    let square = Shape.polygons([Polygon(rings: [clockwiseSquare(x: 0, y: 0, side: 10)])])
    let source = layer(
      .polygons, fields: fields,
      [
        Feature(shape: square, values: row("a", nil)), Feature(shape: nil, values: row("b")),
        Feature(shape: square, values: row("c", 1, .nan)), Feature(shape: square, values: row("d")),
        Feature(shape: square, values: row("e")),
      ])
    let summary = try writeGeoJSON(source, to: url, transform: toDegrees)
    let features = try parsed(url)["features"] as! [[String: Any]]
    #expect(features.map { ($0["properties"] as! [String: Any])["area_id"] as! String } == ["d", "a", "b", "c", "e"])
    #expect(summary.firstFeature == 3 && summary.nullFieldsOfFirstFeature.isEmpty)
    #expect(summary.nullShapes == 1 && summary.nonFiniteValues == 1 && summary.collapsedShapes == 0)
    #expect(features[2]["geometry"] is NSNull)
    #expect((features[3]["properties"] as! [String: Any])["share"] is NSNull)
    #expect(features.allSatisfy { $0["id"] == nil })
  }

  @Test func incompleteLayerSaysSo() throws {
    let folder = ScratchFolder()
    let source = layer(
      .polygons, fields: fields,
      [Feature(shape: nil, values: row("a", nil, nil)), Feature(shape: nil, values: row("b", nil, 2))])
    let summary = try writeGeoJSON(source, to: folder.file("a.geojson"), transform: toDegrees)
    #expect(summary.firstFeature == 1 && summary.nullFieldsOfFirstFeature == ["n"])
    #expect(summary.bounds == nil)
    #expect(!text(folder.file("a.geojson")).contains("bbox"))
  }

  @Test func emptyLayer() throws {
    let folder = ScratchFolder()
    let url = folder.file("a.geojson")
    try writeGeoJSON(layer(.lines, fields: fields, []), to: url, metadata: ["run_id": "x"], transform: toDegrees)
    let json = try parsed(url)
    #expect((json["features"] as! [Any]).isEmpty && json["bbox"] == nil)
    #expect((json["metadata"] as? [String: String]) == ["run_id": "x"])
  }

  @Test func linesAndPoints() throws {
    let folder = ScratchFolder()
    let field = [Field("id", .integer, "Id."), Field("length_m", .real, "Length.")]
    let line = Shape.lines([coordinates([(0, 0), (10, 0), (10, 0), (0, 0)]), coordinates([(5, 5), (6, 6)])])
    let lines = layer(.lines, fields: field, [Feature(shape: line, values: [.integer(7), .integer(3)])])
    try writeGeoJSON(lines, to: folder.file("l.geojson"), idField: "id", transform: { $0 })
    let feature = (try parsed(folder.file("l.geojson"))["features"] as! [[String: Any]])[0]
    let geometry = feature["geometry"] as! [String: Any]
    #expect(feature["id"] as? Int == 7 && geometry["type"] as? String == "MultiLineString")
    // A line may return to a point; only repeated neighbours go.
    #expect(geometry["coordinates"] as? [[[Double]]] == [[[0, 0], [10, 0], [0, 0]], [[5, 5], [6, 6]]])
    #expect(text(folder.file("l.geojson")).contains("\"length_m\":3.0}"))

    let point = Feature(shape: .point(Coordinate(x: -10.12345678, y: 1)), values: [.integer(1), .real(1)])
    try writeGeoJSON(layer(.point, fields: field, [point]), to: folder.file("p.geojson"), transform: { $0 })
    #expect(text(folder.file("p.geojson")).contains(#"{"type":"Point","coordinates":[-10.1234568,1.0000000]}"#))
    #expect(
      text(folder.file("p.geojson")).contains("\"bbox\":[-10.1234568,1.0000000,-10.1234568,1.0000000]"))
  }
}
