import Pipeline
import Testing

/// A complete pipeline file; its lines are counted by the tests, so that new ones go to the end of a section only.
let samplePipeline = """
  # yaml-language-server: $schema=./pipeline.schema.json
  version: 1
  name: sandvika
  title: "Sandvika: skybrudd og skred"
  grid: {like: dtm, crs: EPSG:25832, resolution: 1 m, extent: dtm}
  inputs:
    dtm:        {kind: elevation, path: "${DATA_DIR}/dtm.tif", unit: m, vertical: NN2000, nodata: file}
    land_cover: {kind: class, path: "${DATA_DIR}/land_cover.tif", resample: nearest}
    deposits:   {kind: class, path: "${DATA_DIR}/deposits.tif"}
    rain:       {kind: rain, path: "${DATA_DIR}/rain_60min_t{T}.tif", unit: mm, duration: 60 min}
    areas:
      kind: area
      path: ../data/areas.gpkg
      layer: areas
      id: area_id
      name: name
      keep: [municipality]
    buildings:
      kind: building
      path: ../data/buildings.gpkg
      layer: buildings
      id: building_id
      type: bygningstype
      floor_area: floor_area_m2
      residents: residents
    roads:      {kind: line, path: ../data/roads.gpkg, layer: roads, id: road_id}
    culverts:   {kind: line, path: ../data/culverts.gpkg, layer: culverts, id: culvert_id, monitored: sensor}
  tables:
    curve_numbers: tables/curve_numbers.csv
    soil_strength: tables/soil_strength.csv
    curves: tables/curves.csv
    values: tables/values.csv
    types: tables/types.csv
    classes: tables/classes.csv
  scenarios:
    - {id: t20,  return_period: 20 a,  T: 20,  climate_factor: 1.4, climate_source: "NVE 2018", rain: rain}
    - {id: t200, return_period: 200 a, T: 200, climate_factor: 1.5}
  hazards:
    runoff: {use: curve_number, land_cover: land_cover, soil: deposits, table: curve_numbers, lambda: 0.2}
    flood:  {use: fill_spill, dtm: dtm, water: runoff, min_depth: 0.05 m, nodata: outlet, culverts: culverts}
    slide:
      use: infinite_slope
      dtm: dtm
      soil: deposits
      table: soil_strength
      classes: [1.0, 1.25, 1.5]
      recharge: {from: infiltration, spread_over: 24 h, antecedent: 0 mm/d}
  exposure:
    areas: areas
    coverage: exact
    assets:
      buildings:
        input: buildings
        sample: {where: ring, width: 1 m, stat: p95}
        exposed_if: "depth >= 0.1 m"
        depth_thresholds: [0.1 m, 30 cm, 0.5 m]
        attribute_to: representative_point
      roads: {input: roads, exposed_if: "depth > 0.3 m", measure: length}
    expected_annual: {method: log_linear, tail: constant}
    damage: {curves: curves, values: values, building_types: types, floor_height: 0.2 m, basement_from: 10 cm}
    ranking: {residents: 2, flooded_share: 0}
    tek17: {building_types: types}
    drainage: culverts
    hazard_classes: classes
    indicators: {gross_product_nok: 30000000000}
  policy: {invalid_geometry: repair, min_covered_frac: 0.98, max_failed_areas: 0}
  outputs:
    dir: "../out/{name}"
    geojson: {layers: [areas, buildings, bluespots, flow_paths, landslide], precision: 7}
    gpkg: {styles: true}
    cog: [depth, runoff, stability, flow_accumulation]
    tables: {csv: true}
  env: {DATA_DIR: {default: ../data}}
  """ + "\n"

/// Reads a pipeline text as `pipeline.yaml` in `/project/pipelines`.
func parse(
  _ text: String, overrides: [String] = [], environment: [String: String] = [:]
) throws(PipelineFileError) -> PipelineFile {
  try PipelineFile.parse(
    Array(text.utf8), file: "pipeline.yaml", folder: "/project/pipelines", overrides: overrides,
    environment: environment)
}

/// The findings of a pipeline text that is wrong; none where it is right.
func findings(_ text: String, overrides: [String] = []) -> [Diagnostic] {
  do {
    _ = try parse(text, overrides: overrides)
    return []
  } catch {
    return error.diagnostics
  }
}

/// The errors of a pipeline text in their text form without hints: `line:column: code keyPath: message`.
func errors(_ text: String, overrides: [String] = []) -> [String] {
  findings(text, overrides: overrides).filter { $0.severity == .error }.map { diagnostic in
    let place = diagnostic.line.map { "\($0):\(diagnostic.column ?? 0)" } ?? diagnostic.file
    let key = diagnostic.keyPath.map { "\($0): " } ?? ""
    return "\(place): \(diagnostic.code.rawValue) \(key)\(diagnostic.message)"
  }
}

/// One change to the sample that makes it wrong, with the one error expected.
struct Mutation: Sendable, CustomTestStringConvertible {
  /// The text of the sample that is replaced; it occurs once.
  let original: String
  /// What it is replaced by.
  let replacement: String
  /// The text of the mutated sample at whose beginning the error is reported.
  let place: String
  /// The code, key path and message expected.
  let error: String
  /// Whether the schema alone can tell.
  let isSeenBySchema: Bool

  init(_ original: String, _ replacement: String, at place: String, _ error: String, schema: Bool = true) {
    self.original = original
    self.replacement = replacement
    self.place = place
    self.error = error
    isSeenBySchema = schema
  }

  var testDescription: String { "\(original) → \(replacement)" }

  /// The mutated sample.
  var text: String {
    precondition(samplePipeline.ranges(of: original).count == 1, "\(original) must occur once")
    return samplePipeline.replacing(original, with: replacement)
  }

  /// The error expected with its place, found by counting lines and characters.
  var expected: String {
    guard let range = text.firstRange(of: place) else { return "\(place) is not in the text" }
    let before = text[..<range.lowerBound]
    let line = before.filter { $0 == "\n" }.count + 1
    let column = (before.split(separator: "\n", omittingEmptySubsequences: false).last ?? "").unicodeScalars.count + 1
    return "\(line):\(column): \(error)"
  }
}

/// A pipeline file that leaves out whatever can be left out.
let minimalPipeline = """
  version: 1
  name: minimal
  grid: {like: dtm}
  inputs:
    dtm: {kind: elevation, path: dtm.tif, unit: cm, vertical: NN2000, nodata: -9999}
    cloudburst: {kind: rain, value: 60 mm, duration: 1 h}
    districts: {kind: area, path: areas.gpkg, id: code}
    buildings: {kind: building, path: /data/buildings.gpkg, id: code}
  scenarios:
    - {id: now, climate_factor: 1.4}
  hazards:
    runoff: {use: curve_number, value: 85}
    flood: {use: fill_spill, dtm: dtm}
  exposure:
    areas: districts
    assets: {houses: {input: buildings, exposed_if: depth >= 10 cm}}
  outputs: {dir: out, geojson: {}}
  """
