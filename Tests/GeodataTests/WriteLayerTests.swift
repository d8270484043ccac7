import Foundation
import Geodata
import Grids
import TestSupport
import Testing

@Suite struct WriteLayerTests {
  let folder = TemporaryFolder()

  private let table = FeatureTable(
    name: "areas_ead", summary: "Expected annual damage",
    fields: [
      Field("area_id", .text, "Number of the area."),
      Field("ead_nok_a", .real, unit: "NOK/a", "Expected damage a year."),
    ],
    rows: [[.text("0301"), .real(12.5)], [.text("it's"), .null]])

  private let styles = [
    "areas": LayerStyle(name: "Depth 'max'", qml: "<qgis version=\"3.22\"><!-- blå --></qgis>", sld: "<sld/>"),
    "unknown": LayerStyle(name: "x", qml: "<qgis/>"),
  ]

  private func lines() -> FeatureLayer {
    FeatureLayer(
      name: "flow_paths", summary: "Where the water runs", crs: utm33, shapeType: .lines,
      fields: [Field("flow_m3_s", .real, unit: "m³/s", "Flow.")],
      features: [
        Feature(
          shape: .lines([[Coordinate(x: 240_000, y: 6_640_000), Coordinate(x: 240_100, y: 6_640_050)]]),
          values: [.real(2)])
      ])
  }

  private func points() -> FeatureLayer {
    FeatureLayer(
      name: "outlets", summary: "Outlets", crs: utm32, shapeType: .point, fields: [],
      features: [Feature(shape: .point(Coordinate(x: 583_000, y: 6_640_000)), values: [])])
  }

  /// One row per line, columns separated by |.
  private func query(_ path: String, _ sql: String) -> [String]? {
    let program = """
      import sqlite3, sys
      for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print("|".join(str(x) for x in row))
      """
    guard let result = runProgram("python3", ["-c", program, path, sql]) else { return nil }
    #expect(result.status == 0, "\(result.errors)")
    return result.output.split(separator: "\n").map(String.init)
  }

  @Test func everythingComesBackFromAGeoPackage() throws {
    let path = folder.path("overvann.gpkg")
    let areas = squares(6, in: utm32)
    try writeGeoPackage(to: path, layers: [areas, lines(), points()], tables: [table], styles: styles)
    let back = try readLayer(path, reprojectedTo: nil, VectorReading(layer: "areas")).layer
    #expect(back.features == areas.features)
    #expect(back.fields.map(\.type) == areas.fields.map(\.type) && back.fields.map(\.name) == areas.fields.map(\.name))
    #expect(back.crs == utm32)
    let flow = try readLayer(path, reprojectedTo: nil, VectorReading(shapeType: .lines, layer: "flow_paths")).layer
    #expect(flow.features == lines().features && flow.crs == utm33)
    let outlets = try readLayer(path, reprojectedTo: nil, VectorReading(shapeType: .point, layer: "outlets")).layer
    #expect(outlets.features == points().features)
    let names = try inspectLayers(path).map { "\($0.name): \($0.geometryType)" }
    #expect(
      names == [
        "areas: Multi Polygon", "flow_paths: Multi Line String", "outlets: Point", "areas_ead: None",
        "layer_styles: None",
      ])
    #expect(folder.contents == ["overvann.gpkg"])
  }

  @Test func stylesAndDescriptionsAreRegistered() throws {
    let path = folder.path("overvann.gpkg")
    try writeGeoPackage(to: path, layers: [squares(6, in: utm32), lines()], tables: [table], styles: styles)
    guard let contents = query(path, "SELECT table_name, data_type, identifier, last_change FROM gpkg_contents") else {
      return
    }
    #expect(contents.contains("layer_styles|attributes|layer_styles|1970-01-01T00:00:00.000Z"), "\(contents)")
    #expect(contents.contains("areas|features|areas|1970-01-01T00:00:00.000Z"))
    #expect(contents.contains("areas_ead|attributes|areas_ead|1970-01-01T00:00:00.000Z"))
    #expect(
      query(
        path,
        "SELECT quote(f_table_catalog), quote(f_table_schema), f_table_name, f_geometry_column, styleName, styleQML, styleSLD, "
          + "useAsDefault FROM layer_styles")
        == ["''|''|areas|geom|Depth 'max'|<qgis version=\"3.22\"><!-- blå --></qgis>|<sld/>|1"])
    #expect(
      query(path, "SELECT name FROM pragma_table_info('layer_styles')") == [
        "id", "f_table_catalog", "f_table_schema", "f_table_name", "f_geometry_column", "styleName", "styleQML",
        "styleSLD",
        "useAsDefault", "description", "owner", "ui", "update_time",
      ])
    let columns = query(path, "SELECT table_name, column_name, title, description FROM gpkg_data_columns ORDER BY 1, 2")
    #expect(columns?.contains("areas|depth_max_m|depth_max_m [m]|Greatest depth.") == true)
    #expect(columns?.contains("areas_ead|ead_nok_a|ead_nok_a [NOK/a]|Expected damage a year.") == true)
    let extensions = query(
      path, "SELECT table_name FROM gpkg_extensions WHERE extension_name = 'gpkg_schema' ORDER BY 1")
    #expect(extensions == ["gpkg_data_column_constraints", "gpkg_data_columns"])
    #expect(query(path, "SELECT count(*) FROM gpkg_extensions WHERE extension_name = 'gpkg_rtree_index'") == ["2"])
    #expect(
      query(path, "SELECT identifier, description FROM gpkg_contents WHERE table_name = 'areas'") == [
        "areas|Areas with people"
      ])
    #expect(query(path, "PRAGMA integrity_check") == ["ok"])
    #expect(query(path, "PRAGMA journal_mode") == ["delete"])
    #expect(query(path, "SELECT count(*) FROM areas_ead WHERE ead_nok_a IS NULL") == ["1"])
  }

  @Test func theSameContentGivesTheSameBytes() throws {
    var files: [Data] = []
    for name in ["a.gpkg", "b.gpkg"] {
      try writeGeoPackage(
        to: folder.path(name), layers: [squares(200, in: utm32), lines()], tables: [table], styles: styles)
      files.append(try Data(contentsOf: URL(fileURLWithPath: folder.path(name))))
      // A clock that is read shows only when it has moved on.
      usleep(1_100_000)
    }
    #expect(files[0] == files[1])
  }

  @Test(arguments: ["GPKG", "FlatGeobuf", "GeoJSON"]) func otherDriversKeepTheFeatures(driver: String) throws {
    let path = folder.path("areas.\(driver == "GPKG" ? "gpkg" : driver == "GeoJSON" ? "geojson" : "fgb")")
    var layer = squares(20, in: utm32)
    // FlatGeobuf orders by place and leaves out features without a shape.
    layer.features.remove(at: 3)
    try writeLayer(layer, to: path, driver: driver)
    let back = try readLayer(path, reprojectedTo: nil).layer
    #expect(Set(back.features) == Set(layer.features))
    #expect(back.crs == utm32)
  }

  @Test func aFailedWriteLeavesNothing() throws {
    #expect(error { try writeGeoPackage(to: folder.path("no/x.gpkg"), layers: []) }?.code == "E-OUT-101")
    #expect(
      error { try writeLayer(squares(2, in: utm32), to: folder.path("x.abc"), driver: "Nonsense") }?.code == "E-OUT-101"
    )
    // Two layers of one name cannot be; the first is already written then.
    let twice = error {
      try writeGeoPackage(to: folder.path("x.gpkg"), layers: [squares(50, in: utm32), squares(2, in: utm32)])
    }
    #expect(twice?.code == "E-OUT-101", "\(String(describing: twice))")
    #expect(folder.contents.isEmpty)
  }

  /// As it is written for a network's file system: on the machine's own, then copied.
  @Test func aGeoPackageWrittenElsewhereIsTheSame() throws {
    let layers = [squares(6, in: utm32), lines()]
    try writeGeoPackage(to: folder.path("beside.gpkg"), layers: layers)
    let other = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
    let scratch = "\(other)/overvann-\(getpid())"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    try writeGeoPackage(to: folder.path("moved.gpkg"), layers: layers, scratch: scratch)
    #expect(
      FileManager.default.contents(atPath: folder.path("moved.gpkg"))
        == FileManager.default.contents(atPath: folder.path("beside.gpkg")))
    #expect(error { try writeGeoPackage(to: folder.path("no/x.gpkg"), layers: layers, scratch: scratch) } != nil)
    #expect(error { try writeGeoPackage(to: "/proc/x.gpkg", layers: layers, scratch: scratch) }?.code == "E-OUT-103")
    #expect(folder.contents == ["beside.gpkg", "moved.gpkg"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == [])
  }

  @Test func emptyLayersAndTablesAreWritten() throws {
    let path = folder.path("empty.gpkg")
    var layer = squares(0, in: utm32)
    layer.name = "nothing"
    try writeGeoPackage(
      to: path, layers: [layer], tables: [FeatureTable(name: "none", summary: "", fields: table.fields, rows: [])])
    let (back, report) = try readLayer(path, reprojectedTo: nil, VectorReading(layer: "nothing"))
    #expect(back.features.isEmpty && report.features == 0 && back.fields.count == 4)
  }
}
