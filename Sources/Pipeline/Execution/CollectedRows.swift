import Exposure
import Flood
import Geodata
import Grids
import Report
import Terrain

/// Rows and features of all scenarios as they come in.
struct CollectedRows {
  private var bluespots: [Feature] = []
  private var bluespotWater: [Feature] = []
  private var bluespotNodes: [Feature] = []
  private var pourPoints: [Feature] = []
  private var watersheds: [Feature]?
  private var bluespotHypsometry: [[FieldValue]] = []
  private var bluespotBalance: [[FieldValue]] = []
  private var outlets: [[FieldValue]] = []
  var flowPaths: [Feature] = []
  var landslide: [Feature] = []
  var runout: [Feature] = []
  var quickClay: [Feature] = []
  var threats: [[FieldValue]] = []
  var warningLevels: [[FieldValue]] = []
  var peakRunoff: [Feature] = []
  private var hazardRows: [[FieldValue]] = []
  private var classRows: [[FieldValue]] = []
  private(set) var figures: [RunSummary.Scenario] = []
  /// Identifiers of areas without values in some scenario, in the order of the areas.
  private(set) var failedAreas: [String] = []
  private var areas: [Feature] = []
  private var buildings: [Feature] = []
  /// By the place of the asset.
  private var facilities: [[Feature]]
  private var lines: [[Feature]]
  private let areaSchema: Schema
  private let buildingSchema: Schema
  private let facilitySchema: Schema
  /// What scenarios with a return period do to each area and each building.
  private var expected = ExpectedAnnualCollection()
  /// Buildings against safety classes; nil where that is not asked for.
  private var safety: SafetyStep?
  private var drainage: DrainageStep?
  private var indicators: IndicatorCollection?

  init(_ pipeline: PipelineFile, _ exposure: ExposureModel?) {
    areaSchema = pipeline.areaSchema(kept: exposure?.keptFields ?? [], hasUnplaced: exposure?.unplaced != nil)
    safety = exposure?.safety
    drainage = exposure?.drainage
    indicators = exposure?.section.indicators.map { _ in IndicatorCollection(least: pipeline.policy.minCoveredFraction)
    }
    let hasVelocity = pipeline.hazards.hasVelocity
    let slideFields = pipeline.hazards.slide == nil ? [Fields.leastSafety.name, Fields.slideArea.name] : []
    let schemaOfAll = Schemas.buildings.removing(
      Set(
        slideFields + (exposure?.damage == nil ? [Fields.damage.name] : [])
          + (hasVelocity ? [] : [Fields.depthVelocity.name])))
    buildingSchema = exposure?.buildings?.arePoints == true ? schemaOfAll.shaped(.point) : schemaOfAll
    facilitySchema = Schemas.buildings.removing(
      Set(
        slideFields + [Fields.damage, Fields.wetRain, Fields.wetReturnPeriod].map(\.name)
          + [Fields.wetReturnBound.name] + (hasVelocity ? [] : [Fields.depthVelocity.name])))
    facilities = (exposure?.facilities ?? []).map { _ in [] }
    lines = (exposure?.lines ?? []).map { _ in [] }
  }

  /// Adds what a scenario means for the bluespots.
  mutating func add(_ features: ScenarioBluespots, _ layers: BluespotLayers, _ grids: ScenarioGrids) throws {
    bluespots += features.bluespots
    bluespotNodes += features.nodes
    bluespotWater += features.water
    bluespotBalance += try layers.balance(grids)
    outlets += try layers.outlets(grids)
  }

  /// Adds what is known once all scenarios are: when bluespots fill, and when water comes to buildings.
  mutating func add(_ moments: FillMoments, _ layers: BluespotLayers, _ recorder: RunRecorder) throws {
    let periods = moments.returnPeriods(recorder)
    pourPoints = try layers.pourPoints(periods.bluespots)
    if recorder.pipeline.hazards.flood?.watersheds == true { watersheds = try layers.watersheds() }
    bluespotHypsometry = try layers.hypsometry()
    // One row for each bluespot or building, scenario after scenario.
    for row in bluespots.indices {
      let period = periods.bluespots[row % periods.bluespots.count]
      let isKnown = bluespots[row].values[Schemas.bluespots.place(of: Fields.flags)] == .text("")
      bluespots[row].values[Schemas.bluespots.place(of: Fields.fillReturnPeriod)] =
        isKnown ? .number(period?.years) : .null
      bluespots[row].values[Schemas.bluespots.place(of: Fields.fillReturnBound)] =
        isKnown ? period?.bound.map { .text($0) } ?? .null : .null
    }
    for row in buildings.indices {
      let building = row % periods.buildings.count
      let isKnown = buildings[row].values[buildingSchema.place(of: Fields.isExposed)] != .null
      buildings[row].values[buildingSchema.place(of: Fields.wetRain)] = .number(moments.wetRain[building])
      buildings[row].values[buildingSchema.place(of: Fields.wetReturnPeriod)] =
        isKnown ? .number(periods.buildings[building]?.years) : .null
      buildings[row].values[buildingSchema.place(of: Fields.wetReturnBound)] =
        isKnown ? periods.buildings[building]?.bound.map { .text($0) } ?? .null : .null
    }
  }

  /// Adds what a scenario means for areas, buildings and roads.
  mutating func add(
    _ grids: ScenarioGrids, _ exposure: ExposureModel, edgeShares: [Double?], _ pipeline: PipelineFile,
    _ recorder: RunRecorder, clay: QuickClayStep?, threads: Int
  ) throws {
    let scenario = grids.scenario
    func results(of buildings: BuildingAssets, damage: DamageModel?) throws -> [BuildingResult] {
      try exposure.results(of: buildings, grids, damage: damage, policy: pipeline.policy, threads: threads)
    }
    let buildingResults = try exposure.buildings.map { try results(of: $0, damage: exposure.damage) } ?? []
    let facilityResults = try exposure.facilities.map { try results(of: $0, damage: nil) }
    let areaResults = try exposure.areaResults(
      grids, edgeShares: edgeShares, buildingResults: buildingResults, facilityResults: facilityResults,
      flood: pipeline.hazards.flood, policy: pipeline.policy, schema: areaSchema, threads: threads)
    for (index, result) in areaResults.enumerated() {
      areas.append(Feature(shape: exposure.areas.shapes[index], values: result.row))
      let id = exposure.areas.ids[index]
      if !result.isKnown, !failedAreas.contains(id) { failedAreas.append(id) }
    }
    expected.add(scenario, areaResults, buildingResults)
    drainage?.add(grids)
    for (assets, results) in zip(exposure.facilities, facilityResults)
      + (exposure.buildings.map { [($0, buildingResults)] } ?? [])
    {
      let unknown = results.count { $0.isExposed == nil }
      if unknown > 0 {
        recorder.note(
          .buildingsWithoutData, at: "exposure.assets.\(assets.id)",
          "scenario \(scenario.id): \(unknown) of \(results.count) \(assets.id) are not covered well enough",
          count: unknown)
      }
    }
    if let assets = exposure.buildings {
      for (index, result) in buildingResults.enumerated() {
        buildings.append(try buildingFeature(index, result, assets, buildingSchema, exposure, scenario))
      }
    }
    for (kind, assets) in exposure.facilities.enumerated() {
      for (index, result) in facilityResults[kind].enumerated() {
        facilities[kind].append(try buildingFeature(index, result, assets, facilitySchema, exposure, scenario))
      }
    }
    if let classes = exposure.hazardClasses, let grid = grids.hazardClasses {
      let states = try exposure.buildingClasses(grid, buildingResults, policy: pipeline.policy, threads: threads)
      classRows += try exposure.classRows(grid, states, classes, scenario: scenario, pipeline.policy, threads: threads)
    }
    for (kind, assets) in exposure.lines.enumerated() { lines[kind] += try assets.lineFeatures(grids) }
    if pipeline.hazards.hasZones || exposure.safety != nil || indicators != nil {
      let hazards = try exposure.scenarioHazards(
        grids, buildingResults, facilityResults: facilityResults, clay: clay, pipeline, threads: threads)
      try safety?.add(grids, buildingResults, hazards)
      try indicators?.add(hazards, of: scenario, exposure, threads: threads)
      if pipeline.hazards.hasZones {
        hazardRows += try exposure.hazardRows(hazards, scenario: scenario, policy: pipeline.policy, threads: threads)
      }
    }
    figures.append(scenarioFigures(grids, areaResults, buildingResults, exposure))
  }

  private func buildingFeature(
    _ index: Int, _ result: BuildingResult, _ assets: BuildingAssets, _ schema: Schema, _ exposure: ExposureModel,
    _ scenario: Scenario
  ) throws -> Feature {
    var row = RowBuilder(schema)
    func has<Value>(_ field: FieldKey<Value>) -> Bool { schema.fields.contains { $0.name == field.name } }
    row.set(Fields.buildingID, assets.features.ids[index])
    row.set(Fields.areaID, assets.areaOf[index].map { exposure.areas.ids[$0] })
    row.set(Fields.buildingType, assets.type[index])
    row.set(Fields.floorArea, assets.floorArea[index])
    row.set(Fields.residents, assets.residents[index])
    row.set(Fields.footprint, assets.footprints[index])
    row.set(Fields.scenario, scenario.id)
    row.set(Fields.greatestDepth, result.greatestDepth)
    row.set(Fields.highDepth, result.highDepth)
    row.set(Fields.meanDepth, result.meanDepth)
    row.set(Fields.ringCoveredShare, result.coveredShare)
    row.set(Fields.isExposed, result.isExposed)
    if has(Fields.damage) { row.set(Fields.damage, result.damage) }
    if has(Fields.depthVelocity) { row.set(Fields.depthVelocity, result.depthVelocity) }
    if has(Fields.leastSafety) {
      row.set(Fields.leastSafety, result.leastSafety)
      row.set(Fields.slideArea, result.slideArea)
    }
    row.set(Fields.flags, result.flags.text)
    // When water comes is known once all scenarios are.
    if has(Fields.wetRain) {
      for field in [Fields.wetRain.name, Fields.wetReturnPeriod.name, Fields.wetReturnBound.name] {
        row.set(field, .null)
      }
    }
    return try row.feature(assets.features.shapes[index])
  }

  private func scenarioFigures(
    _ grids: ScenarioGrids, _ areas: [AreaResult], _ buildings: [BuildingResult], _ exposure: ExposureModel
  ) -> RunSummary.Scenario {
    var figures: JSONObject = [:]
    figures["areas_known"] = JSONValue(areas.count { $0.isKnown })
    if let assets = exposure.buildings {
      figures["bld_total_n"] = JSONValue(buildings.count)
      figures["bld_exposed_n"] = JSONValue(buildings.count { $0.isExposed == true })
      figures["bld_unknown_n"] = JSONValue(buildings.count { $0.isExposed == nil })
      let exposed = buildings.indices.filter { buildings[$0].isExposed == true }
      let residents = exposed.compactMap { assets.residents[$0] }
      figures["pop_exposed"] = residents.count == exposed.count ? .number(residents.reduce(0, +)) : .null
    }
    return RunSummary.Scenario(id: grids.scenario.id, figures: figures)
  }

  /// Areas that pass thresholds, in the order of scenarios and areas.
  func alerts(_ section: AlertSection) -> [Alert] { section.alerts(areas.map(\.values), areaSchema) }

  /// Everything that is to be written.
  func results(
    _ exposure: ExposureModel?, _ model: TerrainModel, crs: CoordinateReferenceSystem,
    balance: [WaterBalanceRecord], recorder: RunRecorder
  ) throws -> RunResults {
    var results = RunResults()
    func add(_ schema: Schema, _ features: [Feature], asTable: Bool) {
      results.layers.append(schema.layer(crs: crs, features: features))
      if asTable { results.tables.append((schema.table(features.map(\.values)), schema.key)) }
    }
    if let exposure {
      add(areaSchema, areas, asTable: true)
      if let section = exposure.section.expectedAnnual {
        results.tables += try expected.tables(exposure, section, recorder)
      }
      if let assets = exposure.buildings { add(buildingSchema.named(assets.id), buildings, asTable: true) }
      if exposure.hazardClasses != nil {
        let schema = exposure.hazardClassSchema
        results.tables.append((schema.table(classRows), schema.key))
      }
      let pipes = try drainage?.table(exposure.section.expectedAnnual ?? ExpectedAnnualSection())
      if let pipes { results.tables.append((pipes.table, pipes.key)) }
      if let indicators, let section = exposure.section.indicators {
        let rows = try indicators.rows(section, exposure, damage: expected.damage(exposure), drainage: drainage)
        results.tables.append((Schemas.indicators.table(rows), Schemas.indicators.key))
      }
      if let safety, let assets = exposure.buildings {
        let (schema, features) = try safety.layer(exposure, "\(assets.id)_tek17")
        add(schema, features, asTable: true)
      }
      for (assets, features) in zip(exposure.facilities, facilities) {
        add(facilitySchema.named(assets.id).shaped(assets.arePoints ? .point : .polygons), features, asTable: true)
      }
      for (assets, features) in zip(exposure.lines, lines) {
        add(assets.fields.schema.named(assets.id), features, asTable: true)
      }
    }
    add(Schemas.bluespots, bluespots, asTable: true)
    add(Schemas.bluespotWater, bluespotWater, asTable: false)
    if let watersheds { add(Schemas.bluespotWatersheds, watersheds, asTable: false) }
    add(Schemas.pourPoints, pourPoints, asTable: false)
    add(Schemas.bluespotNodes, bluespotNodes, asTable: false)
    for (schema, rows) in [
      (Schemas.bluespotHypsometry, bluespotHypsometry), (Schemas.bluespotBalance, bluespotBalance),
      (Schemas.outlets, outlets),
    ] {
      results.tables.append((schema.table(rows), schema.key))
    }
    add(Schemas.flowPaths, flowPaths, asTable: false)
    if recorder.pipeline.hazards.slide != nil { add(Schemas.landslide, landslide, asTable: false) }
    if recorder.pipeline.hazards.massFlow != nil { add(Schemas.runout, runout, asTable: false) }
    if recorder.pipeline.hazards.quickClay != nil { add(Schemas.quickClay, quickClay, asTable: false) }
    if recorder.pipeline.hazards.peakRunoff != nil { add(Schemas.peakRunoff, peakRunoff, asTable: true) }
    if let exposure, recorder.pipeline.hazards.hasZones {
      results.tables.append((exposure.hazardSchema.table(hazardRows), Schemas.hazardExposure.key))
    }
    if let exposure, exposure.hasAssets, recorder.pipeline.hazards.massFlow != nil {
      results.tables.append((Schemas.scenarioThreats.table(threats), Schemas.scenarioThreats.key))
    }
    if recorder.pipeline.hazards.warning != nil {
      results.tables.append((Schemas.warningLevels.table(warningLevels), Schemas.warningLevels.key))
    }
    results.tables.append(
      (
        Schemas.waterBalance.table(
          try balance.map { record in
            var row = RowBuilder(Schemas.waterBalance)
            row.set(Fields.scenario, record.scenario)
            row.set(Fields.item, record.item)
            row.set(Fields.itemVolume, record.volume)
            return try row.row()
          }), Schemas.waterBalance.key
      ))
    if let flood = recorder.pipeline.hazards.flood, flood.culverts != nil || flood.breaches {
      let geometry = model.ground.geometry
      results.tables.append(
        (
          Schemas.terrainChanges.table(try model.changedCells.map { try $0.row(in: geometry) }),
          Schemas.terrainChanges.key
        ))
    }
    if recorder.pipeline.outputs.smooth {
      for index in results.layers.indices where RunResults.smoothable.contains(results.layers[index].name) {
        results.layers[index].summary += "; outlines with their corners cut, areas are those of the cells"
      }
    }
    return results
  }
}

// MARK: - What one scenario adds

/// What one scenario adds to the rows of a run: all that is kept of it between runs.
struct ScenarioRows {
  fileprivate var features: [[Feature]] = []
  fileprivate var rows: [[[FieldValue]]] = []
  fileprivate var figures: [RunSummary.Scenario] = []
  fileprivate var failedAreas: [String] = []
  fileprivate var expected = ExpectedAnnualCollection()
  fileprivate var safety: [[SafetyStep.Event]] = []
  fileprivate var drainage: [DrainageStep.Event] = []
  fileprivate var indicators: [IndicatorCollection.Share] = []
  /// Runoff by basin, in quanta.
  var inflow: [Int64] = []
  /// Whether the runoff of each bluespot's watershed is known well enough.
  var isKnown: [Bool] = []
}

extension ScenarioRows: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    features = try archive.read()
    rows = try archive.read()
    let ids: [String] = try archive.read()
    let figures: [JSONValue] = try archive.read()
    for (id, value) in zip(ids, figures) {
      guard case .object(let members) = value else { throw ArchiveError("figures that are no object") }
      self.figures.append(RunSummary.Scenario(id: id, figures: members))
    }
    failedAreas = try archive.read()
    expected = try archive.read()
    safety = try archive.read()
    drainage = try archive.read()
    indicators = try archive.read()
    inflow = try archive.read()
    isKnown = try archive.read()
    guard features.count >= CollectedRows.featureLists.count, rows.count == CollectedRows.rowLists.count else {
      throw ArchiveError("\(features.count) layers and \(rows.count) tables")
    }
  }

  func write(to archive: inout ArchiveWriter) {
    archive.write(
      features, rows, figures.map(\.id), figures.map { JSONValue.object($0.figures) }, failedAreas, expected, safety,
      drainage, indicators, inflow, isKnown)
  }
}

extension CollectedRows {
  /// Layers that scenarios add to.
  fileprivate static var featureLists: [WritableKeyPath<CollectedRows, [Feature]>] {
    [
      \.bluespots, \.bluespotWater, \.bluespotNodes, \.flowPaths, \.landslide, \.runout, \.peakRunoff, \.areas,
      \.buildings,
    ]
  }

  /// Tables that scenarios add to.
  fileprivate static var rowLists: [WritableKeyPath<CollectedRows, [[FieldValue]]>] {
    [\.bluespotBalance, \.outlets, \.threats, \.warningLevels, \.hazardRows, \.classRows]
  }

  /// What was collected so far, as rows to be added to others.
  var contribution: ScenarioRows {
    ScenarioRows(
      features: Self.featureLists.map { self[keyPath: $0] } + facilities + lines,
      rows: Self.rowLists.map { self[keyPath: $0] },
      figures: figures, failedAreas: failedAreas, expected: expected, safety: safety?.events ?? [],
      drainage: drainage?.flooded ?? [], indicators: indicators?.shares ?? [])
  }

  /// Adds what one scenario adds.
  mutating func append(_ scenario: ScenarioRows) {
    for (list, features) in zip(Self.featureLists, scenario.features) { self[keyPath: list] += features }
    let assets = scenario.features.dropFirst(Self.featureLists.count)
    for (kind, features) in assets.prefix(facilities.count).enumerated() { facilities[kind] += features }
    for (kind, features) in assets.dropFirst(facilities.count).enumerated() { lines[kind] += features }
    for (list, rows) in zip(Self.rowLists, scenario.rows) { self[keyPath: list] += rows }
    figures += scenario.figures
    for id in scenario.failedAreas where !failedAreas.contains(id) { failedAreas.append(id) }
    expected.append(scenario.expected)
    safety?.append(scenario.safety)
    drainage?.append(scenario.drainage)
    indicators?.append(scenario.indicators)
  }
}
