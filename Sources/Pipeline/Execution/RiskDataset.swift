import Geodata
import Grids
import Report

/// The description of a run for catalogues of risk data, for `rdls.json`.
///
/// Risk Data Library Standard 0.3 (GFDRR, docs.riskdatalibrary.org): one dataset with the hazards of the run, what it
/// counts as exposed and what that loses. A code of the standard stands only where it means what the run computes:
/// slopes and runout are indices without a probability of their own, whatever the return period of the rain.
struct RiskDataset {
  let pipeline: PipelineFile
  let publication: PublicationSection
  let results: RunResults
  let manifest: Manifest
  let geometry: GridGeometry
  /// West, south, east and north of the grid in degrees.
  let bounds: [Double]

  private static let schema = "https://docs.riskdatalibrary.org/en/0__3__0/rdls_schema.json"

  private static let summary =
    "Screening of stormwater and landslides: depth of standing water, stability of slopes, and what is exposed to "
    + "them. Modelled, without calibration; see manifest.json for methods, versions and warnings."

  /// The package with its one dataset.
  var json: JSONObject {
    var kinds: [JSONValue] = ["hazard"]
    if !exposure.isEmpty { kinds.append("exposure") }
    if !losses.isEmpty { kinds.append("loss") }
    var dataset: JSONObject = [
      "id": .string(publication.url), "title": .string(pipeline.title ?? pipeline.name),
      "description": .string(Self.summary),
      "risk_data_type": .array(kinds), "version": .string(manifest.runID),
      "purpose": "Screening for planning; no substitute for studies of single sites.",
      "spatial": .object(location), "license": .string(publication.license),
    ]
    dataset["license_url"] = publication.licenseURL.map { .string($0) }
    dataset["attributions"] = .array([
      attribution("publisher", publication.publisher),
      attribution("creator", publication.creator ?? publication.publisher),
      attribution("contact_point", publication.contact ?? publication.publisher),
    ])
    if !manifest.inputs.isEmpty { dataset["sources"] = .array(sources) }
    dataset["resources"] = .array(manifest.outputs.compactMap(resource))
    dataset["hazard"] = ["event_sets": .array(eventSets)]
    if !exposure.isEmpty { dataset["exposure"] = .array(exposure) }
    if !losses.isEmpty { dataset["loss"] = ["losses": .array(losses)] }
    dataset["links"] = [["href": .string(Self.schema), "rel": "describedby"]]
    return ["datasets": [.object(dataset)]]
  }

  // MARK: - Who and where

  private func attribution(_ role: String, _ entity: EntitySection) -> JSONValue {
    var json: JSONObject = ["name": .string(entity.name)]
    json["email"] = entity.email.map { .string($0) }
    json["url"] = entity.url.map { .string($0) }
    return ["id": .string(role), "entity": .object(json), "role": .string(role)]
  }

  private var location: JSONObject {
    var json: JSONObject = ["scale": .string(publication.scale.rawValue)]
    if !publication.countries.isEmpty { json["countries"] = JSONValue(publication.countries) }
    json["bbox"] = .array(bounds.map { .number($0) })
    return json
  }

  private var sources: [JSONValue] {
    manifest.inputs.enumerated().map { number, input in
      let file = input.path.split(separator: "/").last.map(String.init) ?? input.path
      let words = input.name.split(separator: " ")
      let isTable = words.count == 2 && words[0] == "table"
      return [
        "id": .string("input_\(number + 1)"), "name": .string(file),
        "description": .string("\(input.name), SHA-256 \(input.sha256)"), "type": "dataset",
        "component": .string(component(String(words.last ?? ""), isTable: isTable)),
      ]
    }
  }

  /// The part of risk that an input tells of.
  private func component(_ id: String, isTable: Bool) -> String {
    if isTable {
      let damage = pipeline.exposure?.damage
      return [damage?.curves, damage?.values, damage?.landCover?.values].contains(id) ? "vulnerability" : "hazard"
    }
    switch pipeline.inputs[id] {
    case .area, .building, .population: return "exposure"
    case .line: return pipeline.exposure?.assets.contains { $0.value.input == id } == true ? "exposure" : "hazard"
    default: return "hazard"
    }
  }

  // MARK: - Files

  /// A file whose format the standard has a code for; nil for others.
  private func resource(_ file: WrittenFile) -> JSONValue? {
    let parts = file.path.split(separator: "/")
    let name = parts.last?.prefix { $0 != "." } ?? ""
    let format: String
    var crs: String?
    var details: JSONObject = [:]
    switch file.path.split(separator: ".").last {
    case "tif":
      (format, crs) = ("Cloud Optimized GeoTIFF (cog)", geometry.crs.code)
      details["spatial_resolution"] = .number(max(geometry.cellWidth, geometry.cellHeight))
    case "gpkg": (format, crs) = ("GeoPackage (gpkg)", geometry.crs.code)
    case "fgb": (format, crs) = ("FlatGeobuf (fgb)", geometry.crs.code)
    case "geojson": (format, crs) = ("GeoJSON (geojson)", "EPSG:4326")
    case "csv": format = "CSV (csv)"
    case "xlsx": format = "Excel (xlsx)"
    default: return nil
    }
    let summary =
      results.layers.first { $0.name == name }?.summary
      ?? results.tables.first { $0.table.name == name }?.table.summary
    let scenario = parts.count == 3 ? " of scenario \(parts[1])" : ""
    let words = name.replacing("_", with: " ")
    var json: JSONObject = [
      "id": .string(file.path), "title": .string(file.path),
      "description": .string(
        summary ?? (parts.first == "rasters" ? "Raster of \(words)\(scenario)" : "All layers and tables in one file")),
      "data_format": .string(format), "access_modality": "file_download",
    ]
    for member in details.members { json[member.name] = member.value }
    if let crs, crs.hasPrefix("EPSG:") { json["coordinate_system"] = .string(crs) }
    let base = publication.url.hasSuffix("/") ? String(publication.url.dropLast()) : publication.url
    json["download_url"] = .string("\(base)/\(file.path)")
    return .object(json)
  }

  // MARK: - Hazards

  private func hazard(_ id: String, _ type: String, _ process: String, _ measure: String) -> JSONValue {
    [
      "id": .string(id), "type": .string(type), "hazard_process": .string(process),
      "intensity_measure": .string(measure),
    ]
  }

  private var eventSets: [JSONValue] {
    var sets: [JSONValue] = []
    if pipeline.hazards.flood != nil {
      let water = hazard("water", "flood", "pluvial_flood", "wd:m")
      let dated = pipeline.scenarios.filter { $0.returnPeriod != nil }
      if !dated.isEmpty { sets.append(floods("flood_by_return_period", water, dated, isProbabilistic: true)) }
      let others = pipeline.scenarios.filter { $0.returnPeriod == nil }
      if !others.isEmpty { sets.append(floods("flood_by_event", water, others, isProbabilistic: false)) }
    }
    if let slide = pipeline.hazards.slide {
      let bounds = slide.classes.map { "\($0)" }
      let thresholds =
        ["below \(bounds[0])"] + zip(bounds, bounds.dropFirst()).map { "\($0) to \($1)" }
        + ["\(bounds[bounds.count - 1]) and above"]
      sets.append(
        index(
          "slope_stability", hazard("slope_stability", "landslide", "landslide_general", "LSI:-"),
          "Factor of safety of an infinite slope with the ground water of each scenario", thresholds))
    }
    if pipeline.hazards.massFlow != nil {
      sets.append(
        index(
          "runout", hazard("runout", "landslide", "landslide_mudflow", "Rdist:m"),
          "Reach of mass flows from where slopes may start to slide; no probability", []))
    }
    if pipeline.hazards.quickClay != nil {
      sets.append(
        index(
          "quick_clay", hazard("quick_clay", "landslide", "landslide_general", "AA:m2"),
          "Terrain where a slide in quick clay may be released, and where it may run; no probability", []))
    }
    return sets
  }

  private func floods(
    _ id: String, _ water: JSONValue, _ scenarios: [Scenario], isProbabilistic: Bool
  ) -> JSONValue {
    var set: JSONObject = [
      "id": .string(id), "hazards": [water],
      "analysis_type": .string(isProbabilistic ? "probabilistic" : "deterministic"),
      "calculation_method": "simulated",
    ]
    let years = scenarios.compactMap { $0.returnPeriod?.years }
    if let least = years.min(), let most = years.max() {
      set["occurrence_range"] = .string(
        least == most
          ? "Return period of \(text(least)) years" : "Return periods from \(text(least)) to \(text(most)) years")
    }
    set["events"] = .array(
      scenarios.map { scenario in
        let occurrence: JSONValue =
          scenario.returnPeriod.map { ["probabilistic": ["return_period": .number($0.years)]] }
          ?? ["deterministic": ["index_criteria": "Depth of standing water after the rain of the scenario"]]
        return [
          "id": .string(scenario.id), "calculation_method": "simulated", "hazard": water, "occurrence": occurrence,
          "description": .string(
            "Scenario \(scenario.id), climate factor \(text(scenario.climateFactor ?? 1))"
              + (scenario.returnPeriod == nil ? "" : "; the return period is that of the rain")),
        ]
      })
    return .object(set)
  }

  private func index(_ id: String, _ hazard: JSONValue, _ criteria: String, _ thresholds: [String]) -> JSONValue {
    var deterministic: JSONObject = ["index_criteria": .string(criteria)]
    if !thresholds.isEmpty { deterministic["thresholds"] = JSONValue(thresholds) }
    return [
      "id": .string(id), "hazards": [hazard], "analysis_type": "deterministic", "calculation_method": "simulated",
      "events": [
        [
          "id": .string(id), "calculation_method": "simulated", "hazard": hazard,
          "occurrence": ["deterministic": .object(deterministic)],
        ]
      ],
    ]
  }

  private func text(_ number: Double) -> String {
    Int(exactly: number).map { String($0) } ?? String(number)
  }

  // MARK: - What is exposed, and what it loses

  private var buildings: Bool {
    pipeline.exposure?.assets.contains { pipeline.building($0.value.input) != nil } ?? false
  }

  /// Whether the table of areas has a field.
  private func counts(_ field: String) -> Bool {
    results.layers.first { $0.name == Schemas.areas.name }?.fields.contains { $0.name == field } ?? false
  }

  private var exposure: [JSONValue] {
    func metric(_ id: String, _ dimension: String, _ kind: String) -> JSONValue {
      ["id": .string(id), "dimension": .string(dimension), "quantity_kind": .string(kind)]
    }
    var items: [JSONValue] = []
    if buildings {
      var metrics = [metric("building_count", "structure", "count")]
      if counts(Fields.exposedBuildingArea.name) { metrics.append(metric("footprint_area", "structure", "area")) }
      items.append(["category": "buildings", "metrics": .array(metrics)])
    }
    if pipeline.exposure?.assets.contains(where: { pipeline.line($0.value.input) != nil }) == true {
      items.append(["category": "infrastructure", "metrics": [metric("line_length", "structure", "length")]])
    }
    if counts(Fields.population.name) {
      items.append(["category": "population", "metrics": [metric("residents", "population", "count")]])
    }
    return items
  }

  private var losses: [JSONValue] {
    let isProbabilistic = pipeline.scenarios.contains { $0.returnPeriod != nil }
    func loss(
      _ id: String, _ category: String, _ dimension: String, metric: String, kind: String, type: String,
      approach: String, _ description: String
    ) -> JSONValue {
      var impact: JSONObject = [
        "impact_type": "direct", "impact_modelling": "simulated", "impact_metric": .string(metric),
        "quantity_kind": .string(kind),
      ]
      if kind == "monetary" { impact["currency"] = "NOK" }
      impact["loss_type"] = .string(type)
      impact["loss_approach"] = .string(approach)
      impact["loss_frequency_type"] = .string(isProbabilistic ? "probabilistic" : "deterministic")
      return [
        "id": .string(id), "hazard_type": "flood", "hazard_process": "pluvial_flood",
        "asset_category": .string(category), "asset_dimension": .string(dimension),
        "impact_and_losses": .object(impact),
        "description": .string(description),
      ]
    }
    var losses: [JSONValue] = []
    if pipeline.exposure?.damage != nil {
      losses.append(
        loss(
          "damage", "buildings", "structure", metric: "economic_loss_value", kind: "monetary", type: "ground_up",
          approach: "hybrid", "Damage to buildings by curves of depth, for each scenario: damage_nok of areas"))
      if results.tables.contains(where: { $0.table.name == Schemas.areasExpectedAnnual.name }) {
        losses.append(
          loss(
            "expected_annual_damage", "buildings", "structure", metric: "loss_annual_average_value", kind: "monetary",
            type: "ground_up", approach: "hybrid",
            "Expected annual damage to buildings with its bounds: fields ead_ of areas_ead"))
      }
    }
    if counts(Fields.exposedPopulation.name) {
      losses.append(
        loss(
          "exposed_residents", "population", "population", metric: "exposure_to_hazard", kind: "count", type: "count",
          approach: "analytical", "Residents of buildings that water reaches, for each scenario: pop_exposed of areas"))
    }
    return losses
  }
}
