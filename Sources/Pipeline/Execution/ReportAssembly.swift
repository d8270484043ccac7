import Geodata
import Grids
import Report

extension RunReport {
  /// The report of a run, from what was computed and recorded.
  init(
    _ pipeline: PipelineFile, _ section: ReportSection, _ results: RunResults, _ summary: RunSummary,
    _ model: TerrainModel, _ recorder: RunRecorder
  ) throws(GeodataError) {
    self.init(
      title: pipeline.title ?? pipeline.name, runID: summary.runID, status: summary.status,
      generator: "overvann \(toolVersion)", geometry: model.ground.geometry,
      scenarios: pipeline.scenarios.map { scenario in
        Scenario(
          id: scenario.id, returnPeriod: scenario.returnPeriod?.years,
          climateFactor: Self.climateFactor(of: scenario.id, in: results) ?? scenario.climateFactor,
          climateSource: scenario.climateSource)
      }, layers: results.layers, tables: results.tables.map(\.table))
    language = section.language == .bokmal ? .bokmal : .english
    top = section.top
    let runoff = pipeline.hazards.runoff
    representsDrains =
      runoff.drainageRate != nil || runoff.drainageTable != nil || runoff.drainageInput != nil
      || pipeline.hazards.flood?.drains != nil || (pipeline.hazards.flood?.drainage.value ?? 0) > 0
    representsCulverts = pipeline.hazards.flood?.culverts != nil
    for asset in pipeline.exposure?.assets ?? Keyed() {
      exposureRules.append("\(asset.id): \(asset.value.exposedIf.text)")
      if pipeline.building(asset.value.input) == nil {
        roadLayers.append(asset.id)
      } else {
        buildingLayers.append(asset.id)
      }
    }
    backdrop = try shadedRelief(of: model.original)
    waterBalance = summary.waterBalance
    warnings = summary.warnings
    rules = recorder.rules
    certificates = recorder.certificates
    citations = recorder.citations
    inputs = recorder.inputs
    counters = summary.counts
  }

  /// The factor that a scenario's areas carry, which a table may have given.
  private static func climateFactor(of scenario: String, in results: RunResults) -> Double? {
    guard let areas = results.layers.first(where: { $0.name == Schemas.areas.name }) else { return nil }
    guard let place = areas.fields.firstIndex(where: { $0.name == Fields.scenario.name }),
      let factor = areas.fields.firstIndex(where: { $0.name == Fields.climateFactor.name })
    else { return nil }
    let feature = areas.features.first { $0.values[place] == .text(scenario) && $0.values[factor] != .null }
    guard case .real(let value)? = feature?.values[factor] else { return nil }
    return value
  }
}
