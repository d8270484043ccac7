import Foundation
import Geodata
import Grids
import TestSupport
import Testing

@Suite struct ReadLayerTests {
  let folder = TemporaryFolder()

  /// A GeoJSON file of features given as geometry and properties.
  private func geoJSON(
    _ features: [(geometry: String, properties: String)], crs: String? = nil, _ name: String = "a.geojson"
  )
    -> String
  {
    let crsMember = crs.map { "\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"\($0)\"}}," } ?? ""
    let list = features.map { "{\"type\":\"Feature\",\"properties\":\($0.properties),\"geometry\":\($0.geometry)}" }
    return folder.write(
      "{\"type\":\"FeatureCollection\",\(crsMember)\"features\":[\(list.joined(separator: ",\n"))]}", to: name)
  }

  private let utm = "urn:ogc:def:crs:EPSG::25832"

  private func polygon(_ rings: String...) -> String {
    "{\"type\":\"Polygon\",\"coordinates\":[\(rings.joined(separator: ","))]}"
  }

  private func shapes(_ layer: FeatureLayer) -> [[Polygon]] {
    layer.features.map { if case .polygons(let polygons)? = $0.shape { polygons } else { [] } }
  }

  private let whole = "[[583000,6640000],[583010,6640000],[583010,6640010],[583000,6640010],[583000,6640000]]"
  private let bowTie = "[[583002,6640002],[583008,6640008],[583008,6640002],[583002,6640008],[583002,6640002]]"

  @Test func bowTieIsRepairedAndCounted() throws {
    let file = geoJSON([(polygon(whole), "{\"n\":1}"), (polygon(bowTie), "{\"n\":2}")], crs: utm)
    let (layer, report) = try readLayer(file, reprojectedTo: nil)
    #expect(report.repaired.count == 1 && report.repaired.firstFeatures == [1])
    #expect(report.repaired.example.contains("Self-intersection"))
    #expect(report.features == 2 && report.invalid.count == 0)
    // Two triangles of 9 m² each.
    #expect(abs(shapes(layer)[1].reduce(0) { $0 + $1.area } - 18) < 1e-9)
    #expect(shapes(layer)[1].count == 2 && isValid(shapes(layer)[1]))

    let skipped = try readLayer(file, reprojectedTo: nil, VectorReading(invalid: .skip))
    #expect(skipped.layer.features[1].shape == nil && skipped.layer.features[1].values == [.integer(2)])
    #expect(skipped.report.invalid.count == 1 && skipped.report.repaired.count == 0)
    let thrown = try #require(error { try readLayer(file, reprojectedTo: nil, VectorReading(invalid: .fail)) })
    #expect(thrown.code == "E-VEC-004" && thrown.message.contains("feature 1"))
  }

  /// Invalid polygons from the list of bad inputs, and the area that a surveyor would read from them.
  @Test func repairsKeepTheSurface() throws {
    let square =
      "[[583002.5,6640002.5],[583007.5,6640002.5],[583007.5,6640007.5],[583002.5,6640007.5],[583002.5,6640002.5]]"
    let outside = "[[583020,6640000],[583023,6640000],[583023,6640003],[583020,6640003],[583020,6640000]]"
    let half = square.dropLast().dropFirst()
    let twice = "[\(half),\(half)]"
    let overlapping = "{\"type\":\"MultiPolygon\",\"coordinates\":[[\(square)],[\(square)]]}"
    let file = geoJSON(
      [(polygon(square, outside), "{}"), (polygon(twice), "{}"), (overlapping, "{}")], crs: utm)
    let (layer, report) = try readLayer(file, reprojectedTo: nil)
    #expect(report.repaired.count == 3)
    // A hole that lies outside its shell is taken for a surface of its own (3 m × 3 m).
    for (polygons, area) in zip(shapes(layer), [34.0, 25, 25]) {
      #expect(abs(polygons.reduce(0) { $0 + $1.area } - area) < 1e-9)
      #expect(isValid(polygons))
    }
  }

  @Test func featuresWithoutAShapeAreKeptAndCounted() throws {
    let file = geoJSON(
      [("null", "{\"id\":\"01\"}"), (polygon(whole), "{\"id\":\"02\"}"), (polygon(), "{\"id\":\"03\"}")], crs: utm)
    let (layer, report) = try readLayer(file, reprojectedTo: nil)
    #expect(layer.features.map { $0.shape == nil } == [true, false, true])
    #expect(layer.features.map(\.values) == [[.text("01")], [.text("02")], [.text("03")]])
    #expect(report.empty.count == 2 && report.empty.firstFeatures == [0, 2] && report.features == 3)
  }

  @Test func coordinatesThatAreNoNumbersCostTheShapeOnly() throws {
    let rows = ["583010", "1e999", "-1e999"].enumerated().map { index, x in
      "\(index),\"POLYGON((583000 6640000,\(x) 6640000,583010 6640010,583000 6640000))\"\n"
    }
    let path = folder.write("id,WKT\n" + rows.joined(), to: "nan.csv")
    let (back, report) = try readLayer(path, reprojectedTo: utm33, VectorReading(crs: utm32))
    #expect(back.features.map { $0.shape == nil } == [false, true, true])
    #expect(report.notFinite.count == 2 && report.notFinite.firstFeatures == [2, 3] && report.empty.count == 0)
    #expect(error { try writeLayer(layerWithNaN(), to: folder.path("n.gpkg")) }?.code == "E-OUT-104")
  }

  private func layerWithNaN() -> FeatureLayer {
    var layer = squares(1, in: utm32)
    layer.features[0].shape = .polygons([square(.nan, 6_640_000, 10)])
    return layer
  }

  @Test func otherKindsOfGeometryAreRefused() throws {
    let point = "{\"type\":\"Point\",\"coordinates\":[583000,6640000]}"
    let collection = "{\"type\":\"GeometryCollection\",\"geometries\":[\(point)]}"
    for (geometry, word) in [(point, "Point"), (collection, "Collection")] {
      let file = geoJSON([(polygon(whole), "{}"), (geometry, "{}")], crs: utm, "\(word).geojson")
      let thrown = try #require(error { try readLayer(file, reprojectedTo: nil) })
      #expect(thrown.code == "E-VEC-003" && thrown.message.contains("feature 1") && thrown.message.contains(word))
    }
    #expect(
      error {
        try readLayer(geoJSON([(polygon(whole), "{}")], crs: utm), reprojectedTo: nil, VectorReading(shapeType: .lines))
      }?
      .code == "E-VEC-003")
  }

  @Test func pointsAndLinesAreRead() throws {
    let single = "{\"type\":\"MultiPoint\",\"coordinates\":[[583000,6640000,12.5]]}"
    let several = "{\"type\":\"MultiPoint\",\"coordinates\":[[583000,6640000],[583001,6640000]]}"
    let points = try readLayer(
      geoJSON([(single, "{}")], crs: utm, "p.geojson"), reprojectedTo: nil, VectorReading(shapeType: .point))
    #expect(points.layer.features[0].shape == .point(Coordinate(x: 583_000, y: 6_640_000)))
    let thrown = error {
      try readLayer(
        geoJSON([(several, "{}")], crs: utm, "s.geojson"), reprojectedTo: nil, VectorReading(shapeType: .point))
    }
    #expect(thrown?.code == "E-VEC-003")
    let line = "{\"type\":\"LineString\",\"coordinates\":[[583000,6640000,1],[583010,6640000,2]]}"
    let lines = try readLayer(
      geoJSON([(line, "{}")], crs: utm, "l.geojson"), reprojectedTo: nil, VectorReading(shapeType: .lines))
    #expect(
      lines.layer.features[0].shape
        == .lines([[Coordinate(x: 583_000, y: 6_640_000), Coordinate(x: 583_010, y: 6_640_000)]]))
  }

  @Test func curvesBecomeLines() throws {
    // A circle of 100 m as two arcs, in a file format that holds curves.
    let file = folder.write(
      "id,WKT\n1,\"CURVEPOLYGON(CIRCULARSTRING(583000 6640000,583100 6640100,583200 6640000,583100 6639900,583000 6640000))\"\n",
      to: "curve.csv")
    let (layer, report) = try readLayer(file, reprojectedTo: nil, VectorReading(crs: utm32))
    let area = shapes(layer)[0].reduce(0) { $0 + $1.area }
    #expect(abs(area - Double.pi * 10_000) < 5 && report.repaired.count == 0, "\(area)")
  }

  @Test func metresInAFileOfDegreesAreRefused() throws {
    let thrown = try #require(error { try readLayer(geoJSON([(polygon(whole), "{}")]), reprojectedTo: utm32) })
    #expect(thrown.code == "E-CRS-005" && thrown.hint.contains("crs"))
    let declared = try readLayer(
      geoJSON([(polygon(whole), "{}")]), reprojectedTo: utm32, VectorReading(crs: utm32))
    #expect(declared.report.crs == utm32 && shapes(declared.layer)[0][0].area == 100)
    let degrees = polygon("[[10.4,59.8],[10.5,59.8],[10.5,59.9],[10.4,59.8]]")
    #expect(error { try readLayer(geoJSON([(degrees, "{}")], crs: utm), reprojectedTo: nil) }?.code == "E-CRS-005")
    #expect(error { try readLayer(geoJSON([(degrees, "{}")]), reprojectedTo: utm32) } == nil)
    let swapped = polygon("[[59.8,10.4],[59.8,10.5],[59.9,10.5],[59.8,10.4]]")
    // Degrees have no area of use that would exclude it; a national system has.
    let exchanged = polygon("[[6640000,583000],[6640010,583000],[6640010,583010],[6640000,583000]]")
    let axes = try #require(error { try readLayer(geoJSON([(exchanged, "{}")], crs: utm), reprojectedTo: nil) })
    #expect(axes.code == "E-CRS-005" && axes.hint.contains("axes"))
    let national = geoJSON([(swapped, "{}")], crs: "urn:ogc:def:crs:OGC:1.3:CRS84", "s.geojson")
    let euref = try coordinateReferenceSystem("EPSG:4258")
    #expect(
      error { try readLayer(national, reprojectedTo: nil, VectorReading(crs: euref)) }?.hint.contains("axes") == true)
  }

  @Test func severalLayersNeedAName() throws {
    let path = folder.path("two.gpkg")
    var second = squares(2, in: utm32)
    second.name = "buildings"
    try writeGeoPackage(to: path, layers: [squares(5, in: utm32), second])
    let thrown = try #require(error { try readLayer(path, reprojectedTo: nil) })
    #expect(thrown.code == "E-VEC-002" && thrown.hint.contains("areas, buildings"))
    #expect(error { try readLayer(path, reprojectedTo: nil, VectorReading(layer: "houses")) }?.code == "E-VEC-002")
    #expect(try readLayer(path, reprojectedTo: nil, VectorReading(layer: "buildings")).layer.features.count == 2)
    let all = try inspectLayers(path)
    #expect(all.map(\.name) == ["areas", "buildings"] && all[0].otherLayers == ["buildings"])
    #expect(all[0].featureCount == 5 && all[0].crs == utm32 && all[0].driver == "GPKG")
    #expect(all[0].geometryType == "Multi Polygon")
    #expect(all[0].extent == Extent(west: 583_000, south: 6_640_000, east: 583_090, north: 6_640_010))
    #expect(all[0].fields.map(\.name) == ["area_id", "people", "depth_max_m", "is_exposed"])
  }

  @Test func missingReferenceSystemNeedsADeclaration() throws {
    let file = folder.write("id,WKT\n1,\"POLYGON((0 0,1 0,1 1,0 0))\"\n", to: "a.csv")
    #expect(error { try readLayer(file, reprojectedTo: nil) }?.code == "E-CRS-001")
  }

  @Test func valuesKeepTheirTypeAndText() throws {
    let properties = """
      {"kode":"0301","navn":"Bærum – Ås, Ølen","antall":9007199254740993,"areal":1.5,"er_by":true,"dato":"2024-05-17",\
      "tid":"2024-05-17T12:30:15.250Z","liste":["a","b"],"tom":null}
      """
    let file = geoJSON([(polygon(whole), properties)], crs: utm)
    let (layer, _) = try readLayer(file, reprojectedTo: nil)
    let values = Dictionary(uniqueKeysWithValues: zip(layer.fields.map(\.name), layer.features[0].values))
    #expect(values["kode"] == .text("0301") && values["navn"] == .text("Bærum – Ås, Ølen"))
    #expect(values["antall"] == .integer(9_007_199_254_740_993) && values["areal"] == .real(1.5))
    #expect(values["er_by"] == .boolean(true) && values["dato"] == .text("2024-05-17"))
    #expect(values["tid"] == .text("2024-05-17T12:30:15.250Z") && values["tom"] == .null)
    #expect(values["liste"] == .text("[ \"a\", \"b\" ]") || values["liste"] == .text("(2:a,b)"))
    let some = try readLayer(file, reprojectedTo: nil, VectorReading(fields: ["areal", "kode"])).layer
    #expect(some.fields.map(\.name) == ["areal", "kode"] && some.features[0].values == [.real(1.5), .text("0301")])
    let thrown = error { try readLayer(file, reprojectedTo: nil, VectorReading(fields: ["postnummer"])) }
    #expect(thrown?.code == "E-VEC-005" && thrown?.hint.contains("kode") == true)
  }

  @Test func shapefilesNeedTheirPartsAndTheirEncoding() throws {
    let path = folder.path("areas.shp")
    guard
      let made = runProgram(
        "ogr2ogr",
        [
          "-lco", "ENCODING=ISO-8859-1", "-a_srs", "EPSG:25832", path,
          geoJSON([(polygon(whole), "{\"navn\":\"Bærum\"}")], crs: utm),
        ]), made.status == 0
    else { return }
    #expect(try readLayer(path, reprojectedTo: nil).layer.features[0].values == [.text("Bærum")])
    #expect(try readLayer(path, reprojectedTo: nil).layer.crs == utm32)
    // Neither .cpg nor a mark in the .dbf says that the text is Latin-1.
    try FileManager.default.removeItem(atPath: folder.path("areas.cpg"))
    var table = try Data(contentsOf: URL(fileURLWithPath: folder.path("areas.dbf")))
    table[29] = 0
    _ = folder.write(table, to: "areas.dbf")
    #expect(error { try readLayer(path, reprojectedTo: nil) }?.code == "E-VEC-006")
    let declared = try readLayer(path, reprojectedTo: nil, VectorReading(encoding: "ISO-8859-1"))
    #expect(declared.layer.features[0].values == [.text("Bærum")])
    try FileManager.default.removeItem(atPath: folder.path("areas.shx"))
    let thrown = error { try readLayer(path, reprojectedTo: nil) }
    #expect(thrown?.code == "E-VEC-009" && thrown?.message.contains(".shx") == true)
  }

  @Test func longEdgesBendWithTheProjection() throws {
    // A square of 20 km in zone 33, read in zone 32, where its edges are curves.
    var layer = squares(1, in: utm33)
    let side = 20_000.0
    let corner = (x: 240_000.0, y: 6_640_000.0)
    layer.features[0].shape = .polygons([square(corner.x, corner.y, side)])
    let path = folder.path("z33.gpkg")
    try writeLayer(layer, to: path)
    let (back, report) = try readLayer(path, reprojectedTo: utm32)
    let found = shapes(back)[0][0].rings[0]
    #expect(report.vertices == found.count && found.count > 5 && found.count < 300, "\(found.count)")
    // Points far between the inserted ones lie within a centimetre of the true edge.
    let transformation = try Transformation(from: utm33, to: utm32)
    var worst = 0.0
    for step in 0..<997 {
      // The western edge: lines from south to north bend most.
      let point = Coordinate(x: corner.x, y: corner.y + side * Double(step) / 997)
      let exact = try transformation.transform([point])[0]
      let distance = zip(found, found.dropFirst()).map { a, b in
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        let t = min(max(((exact.x - a.x) * dx + (exact.y - a.y) * dy) / (dx * dx + dy * dy), 0), 1)
        return hypot(exact.x - a.x - t * dx, exact.y - a.y - t * dy)
      }.min()!
      worst = max(worst, distance)
    }
    #expect(worst < 0.01, "\(worst)")
    let corners = try transformation.transform([Coordinate(x: corner.x, y: corner.y)])
    #expect(found.contains(corners[0]))
  }

  @Test func neighboursStayNeighboursWhenReprojected() throws {
    // Two rectangles with a common edge of 15 km that one runs up and the other down.
    var layer = squares(2, in: utm33)
    let left = ring((230_000, 6_640_000), (240_000, 6_640_000), (240_000, 6_675_000), (230_000, 6_675_000))
    let right = ring((240_000, 6_640_000), (250_000, 6_640_000), (250_000, 6_675_000), (240_000, 6_675_000))
    layer.features[0].shape = .polygons([Polygon(rings: [left])])
    layer.features[1].shape = .polygons([Polygon(rings: [right])])
    let path = folder.path("pair.gpkg")
    try writeLayer(layer, to: path)
    let found = shapes(try readLayer(path, reprojectedTo: utm32).layer).map { Set($0[0].rings[0]) }
    let common = found[0].intersection(found[1])
    #expect(common.count > 4)
    // The union has no sliver or overlap.
    let both = shapes(try readLayer(path, reprojectedTo: utm32).layer).flatMap { $0 }
    #expect(isValid(both) == false)
    let merged = try Geodata.union(both)
    #expect(merged.count == 1 && merged[0].rings.count == 1)
    #expect(abs(merged[0].area - both.reduce(0) { $0 + $1.area }) < 1e-3)
  }

  @Test func filesThatAreNoLayersAreNamedForWhatTheyAre() throws {
    for (path, words) in [
      (folder.path("missing.gpkg"), "no such file"), (folder.write("", to: "empty.geojson"), "empty"),
      (folder.write("<html></html>", to: "login.geojson"), "HTML"),
    ] {
      let thrown = try #require(error { try readLayer(path, reprojectedTo: nil) })
      #expect(thrown.code == "E-VEC-001" && thrown.message.contains(words), "\(thrown)")
    }
  }

  @Test func aDamagedFileIsAnErrorNotAShorterLayer() throws {
    let path = folder.path("whole.fgb")
    try writeLayer(squares(500, in: utm32), to: path, driver: "FlatGeobuf")
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let cut = folder.write(data.prefix(data.count * 6 / 10), to: "cut.fgb")
    let thrown = error { try readLayer(cut, reprojectedTo: nil) }
    #expect(thrown?.code.hasPrefix("E-VEC") == true, "\(String(describing: thrown))")
  }
}
