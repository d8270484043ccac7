import Foundation
import Geodata
import Grids
import TestSupport
import Testing

/// A small run that works, and whose files can be spoilt one at a time.
final class Workbench {
  let folder = TemporaryFolder()
  /// The pipeline file.
  var text = baseText
  /// Further arguments, and the environment.
  var arguments: [String] = []
  var environment: [String: String] = [:]

  static let west = 590_000.0
  static let north = 6_640_000.0
  static let crs = try! coordinateReferenceSystem("EPSG:25832")
  /// 20 × 20 cells of 1 m.
  static let geometry = GridGeometry(
    columns: 20, rows: 20, west: west, north: north, cellWidth: 1, cellHeight: 1, crs: crs)

  /// Ground that falls to the east, with a hollow 0.6 m deep.
  static let heights: [Float] = (0..<400).map { index in
    let (column, row) = (Float(index % 20), Float(index / 20))
    let hollow = max(0, 1 - ((column - 10) * (column - 10) + (row - 10) * (row - 10)) / 16)
    return 20 - 0.05 * column - hollow
  }

  static let baseText = """
    version: 1
    name: bench
    grid: {like: dtm}
    inputs:
      dtm: {kind: elevation, path: dtm.tif, unit: m, vertical: NN2000}
      cover: {kind: class, path: cover.tif}
      rain: {kind: rain, path: rain.tif, unit: mm, duration: 60 min}
      areas: {kind: area, path: areas.geojson, id: area_id, name: name}
      buildings: {kind: building, path: buildings.geojson, id: building_id}
    tables: {numbers: numbers.csv}
    scenarios:
      - {id: t20, return_period: 20 a, climate_factor: 1}
    hazards:
      runoff: {use: coefficient, land_cover: cover, table: numbers}
      flood: {use: fill_spill, dtm: dtm, water: runoff, nodata: outlet, min_depth: 0.05 m}
    exposure:
      areas: areas
      assets:
        buildings: {input: buildings, sample: {where: ring, width: 1 m}, exposed_if: "depth >= 0.1 m"}
    policy: {invalid_geometry: repair, min_covered_frac: 0.98, max_failed_areas: 0}
    outputs:
      dir: out
      geojson: {layers: [areas]}
      tables: {csv: true}

    """

  init() throws {
    try raster("dtm.tif", Self.heights)
    try classes("cover.tif", (0..<400).map { $0 % 20 < 10 ? 1 : 2 })
    try raster("rain.tif", [Float](repeating: 60, count: 400))
    write("land_cover_code,coefficient\n1,0.5\n2,0.9\n", "numbers.csv")
    layer("areas.geojson", [square(2.5, 2.5, 15)], "area_id", names: true)
    layer("buildings.geojson", [square(9, 4, 3)], "building_id")
  }

  func path(_ name: String) -> String { folder.path(name) }
  @discardableResult
  func write(_ text: String, _ name: String) -> String { folder.write(text, to: name) }
  @discardableResult
  func write(_ data: Data, _ name: String) -> String { folder.write(data, to: name) }
  func data(_ name: String) -> Data { FileManager.default.contents(atPath: path(name)) ?? Data() }
  func replace(_ part: String, _ other: String) throws { text = try text.replacing(required: part, with: other) }
  func remove(_ name: String) { try? FileManager.default.removeItem(atPath: path(name)) }

  func raster(_ name: String, _ cells: [Float], _ geometry: GridGeometry = geometry, nodata: Float? = nil) throws {
    remove(name)
    try writeGeoTIFF(Grid(geometry, cells: cells), to: path(name), nodata: nodata)
  }

  func classes(_ name: String, _ cells: [Int32], _ geometry: GridGeometry = geometry) throws {
    remove(name)
    try writeClassGeoTIFF(Grid(geometry, cells: cells), to: path(name))
  }

  /// Puts a raster of any type and dress in the place of an input.
  func raw(_ raster: RawRaster, as name: String) throws {
    _ = raster.write(folder, "raw.vrt")
    try replace(name, "raw.vrt")
  }

  /// The terrain as raw cells.
  func rawTerrain() -> RawRaster {
    var raster = RawRaster("Float32", columns: 20, Self.heights)
    raster.geotransform = "590000, 1, 0, 6640000, 0, -1"
    return raster
  }

  /// A square by its upper left corner in metres from that of the terrain.
  func square(_ x: Double, _ y: Double, _ side: Double) -> String {
    ring([(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
  }

  /// A polygon of one ring.
  func ring(_ points: [(Double, Double)]) -> String { "[\(closed(points))]" }

  /// A closed ring in coordinates of the terrain's reference system.
  func closed(_ points: [(Double, Double)]) -> String {
    let all = (points + [points[0]]).map { "[\(Self.west + $0.0), \(Self.north - $0.1)]" }
    return "[\(all.joined(separator: ", "))]"
  }

  /// Writes polygons as GeoJSON.
  func layer(
    _ name: String, _ polygons: [String], _ id: String, names: Bool = false,
    crs: String? = "urn:ogc:def:crs:EPSG::25832"
  ) {
    geometries(name, polygons.map { #"{"type": "Polygon", "coordinates": \#($0)}"# }, id, names: names, crs: crs)
  }

  /// Writes any geometries as GeoJSON.
  func geometries(
    _ name: String, _ geometries: [String], _ id: String, ids: [String]? = nil, names: Bool = false,
    crs: String? = "urn:ogc:def:crs:EPSG::25832"
  ) {
    let member = crs.map { #""crs": {"type": "name", "properties": {"name": "\#($0)"}}, "# } ?? ""
    let features = geometries.enumerated().map { index, geometry in
      let value = ids?[index] ?? #""a\#(index + 1)""#
      let name = names ? #", "name": "Area \#(index + 1)""# : ""
      return #"{"type": "Feature", "properties": {"\#(id)": \#(value)\#(name)}, "geometry": \#(geometry)}"#
    }
    write(
      #"{"type": "FeatureCollection", \#(member)"features": [\#(features.joined(separator: ", "))]}"#, name)
  }

  /// A row of the table of areas, by column.
  func area(_ number: Int = 0) throws -> [String: String] {
    let lines = String(decoding: data("out/tables/areas.csv"), as: UTF8.self).split(separator: "\n").map(String.init)
    try #require(lines.count > number + 1, "no row of areas")
    // No text of these tests has a comma.
    func cells(_ line: String) -> [String] {
      line.split(separator: ",", omittingEmptySubsequences: false).map { String($0).replacing("\"", with: "") }
    }
    let (head, row) = (cells(lines[0]), cells(lines[number + 1]))
    return Dictionary(uniqueKeysWithValues: zip(head.map { $0.trimmingPrefix("\u{FEFF}").description }, row))
  }

  /// The warnings of the summary.
  func warnings() throws -> String {
    let summary = try jsonObject(data("out/summary.json"))
    return "\(try #require(summary["warnings"]))"
  }

  /// Expects something of the results.
  func check(_ isTrue: Bool, at line: SourceLocation = #_sourceLocation) {
    #expect(isTrue, "\((try? area()) ?? [:])", sourceLocation: line)
  }

  func number(_ field: String, _ row: Int = 0) throws -> Double {
    try #require(Double(try area(row)[field] ?? ""), "\(field) has no number")
  }
}
