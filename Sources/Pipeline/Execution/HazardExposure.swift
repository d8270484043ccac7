import Exposure
import Geodata
import Grids
import Landslide
import Report

/// A hazard of a scenario: where it is, on which lines, and which buildings it touches.
struct ScenarioHazard {
  let name: String
  /// As `HazardUnion` has it.
  let ground: Grid<UInt8>
  /// The same for people who live in no known building, whose threshold may differ.
  let people: Grid<UInt8>
  /// The same for each kind of line, whose thresholds may differ.
  let lines: [Grid<UInt8>]
  /// Whether each building is touched; nil where it is not known.
  let buildings: [Bool?]
  /// The same for the buildings that are counted apart, kind by kind.
  let facilities: [[Bool?]]
}

extension ExposureModel {
  /// The hazards of a scenario: water, failing slopes, runout and quick clay.
  ///
  /// Water counts for buildings, lines and people by the conditions of the configuration, as in the other tables.
  func scenarioHazards(
    _ grids: ScenarioGrids, _ results: [BuildingResult], facilityResults: [[BuildingResult]], clay: QuickClayStep?,
    _ pipeline: PipelineFile, threads: Int
  ) throws -> [ScenarioHazard] {
    var hazards: [ScenarioHazard] = []
    if let flood = pipeline.hazards.flood {
      let least = max(.leastNonzeroMagnitude, Float(flood.minDepth.metres))
      let ground = grids.depth.mask(threads: threads) { $0 >= least }
      let condition = exposesPeople
      hazards.append(
        ScenarioHazard(
          name: "flood", ground: ground,
          people: unplaced == nil
            ? ground : grids.depth.mask(threads: threads) { condition.isMet(by: Double($0)) },
          lines: lines.map { lines in
            grids.depth.mask(threads: threads) { lines.asset.exposedIf.isMet(by: Double($0)) }
          }, buildings: results.map(\.isExposed), facilities: facilityResults.map { $0.map(\.isExposed) }))
    }
    if let safety = grids.safety {
      let failing = safety.mask(threads: threads) { $0 < 1 }
      func fails(_ results: [BuildingResult]) -> [Bool?] { results.map { $0.slideArea.map { $0 > 0 } } }
      hazards.append(
        ScenarioHazard(
          name: "slide", ground: failing, people: failing, lines: lines.map { _ in failing }, buildings: fails(results),
          facilities: facilityResults.map(fails)))
    }
    func add(_ name: String, _ mask: Grid<UInt8>) throws {
      hazards.append(
        ScenarioHazard(
          name: name, ground: mask, people: mask, lines: lines.map { _ in mask },
          buildings: try buildings.map { try touched($0, by: mask, threads: threads) } ?? [],
          facilities: try facilities.map { try touched($0, by: mask, threads: threads) }))
    }
    if let runout = grids.runout { try add("runout", runout.mask) }
    if let clay {
      try add("quick_clay_release", clay.mask(of: .release, threads: threads))
      try add("quick_clay_runout", clay.mask(of: .runout, threads: threads))
    }
    return hazards
  }

  /// All hazards of a scenario together: what any of them touches.
  func union(of hazards: [ScenarioHazard], threads: Int) throws -> ScenarioHazard {
    func union(_ mask: (ScenarioHazard) -> Grid<UInt8>) throws -> Grid<UInt8> {
      try HazardUnion(hazards.map { ($0.name, mask($0)) }, threads: threads).any(threads: threads)
    }
    let ground = try union(\.ground)
    return ScenarioHazard(
      name: "any", ground: ground, people: unplaced == nil ? ground : try union(\.people),
      lines: try lines.indices.map { kind in try union { $0.lines[kind] } },
      buildings: Self.any(of: hazards.map(\.buildings)),
      facilities: facilities.indices.map { kind in Self.any(of: hazards.map { $0.facilities[kind] }) })
  }

  /// Whether any of several hazards touches each building; nil where none is known to and not all are known.
  static func any(of hazards: [[Bool?]]) -> [Bool?] {
    hazards[0].indices.map { building in
      let states = hazards.map { $0[building] }
      return states.contains(true) ? true : states.contains(nil) ? nil : false
    }
  }

  /// Fields of the table of what hazards touch.
  var hazardSchema: Schema {
    let schema = Schemas.hazardExposure.adding(
      lines.filter { $0.id != roads?.id }.map(\.fields.hazard.field) + facilities.map(\.counts.hazard.field))
    let isShared = { (buildings: BuildingAssets) in buildings.asset.attributeTo == .areaShare }
    return schema.apportioning(
      Set(
        (buildings.map(isShared) ?? false
          ? [Fields.hazardBuildings.name, Fields.hazardUnknownBuildings.name] : [])
          + facilities.filter(isShared).map(\.counts.hazard.name)))
  }

  /// What each hazard of a scenario touches in each area, and what all of them together touch without counting twice.
  func hazardRows(
    _ hazards: [ScenarioHazard], scenario: Scenario, policy: PolicySection, threads: Int
  ) throws -> [[FieldValue]] {
    guard !hazards.isEmpty else { return [] }
    let all = hazards + [try union(of: hazards, threads: threads)]
    let schema = hazardSchema
    let surfaces = (0..<areas.count).map { areas.polygons($0) }
    // One hazard after the other: the grids of the next lie where those of the last lay.
    let zones = try all.map { hazard in
      let ground = ZonalVariable(Self.values(hazard.ground, threads: threads), thresholds: [1])
      let lines = zip(lines, hazard.lines).map { lines, mask in
        ZonalVariable(Self.amounts(lines.lengths, on: mask, threads: threads))
      }
      return try zonalStatistics(of: surfaces, variables: [ground] + lines, threads: threads)
    }
    let elsewhere = try unplaced.map { unplaced in
      try all.map { try unplaced.touched(by: $0.people, threads: threads).touched }
    }
    return try surfaces.indices.flatMap { area in
      try all.enumerated().map { number, hazard in
        let zone = zones[number][area]
        let found = zone.statistics[0]
        let coverage = found.coverage.coveredFraction
        var flags = Flags()
        if areas.shapes[area] == nil { flags.insert(geometryFlag) }
        if areas.shapes[area] != nil, coverage < policy.minCoveredFraction || coverage == 0 {
          flags.insert("coverage")
        }
        var row = RowBuilder(schema)
        row.set(Fields.areaID, areas.ids[area])
        row.set(Fields.scenario, scenario.id)
        row.set(Fields.hazard, hazard.name)
        row.set(Fields.coveredShare, areas.shapes[area] == nil ? nil : coverage)
        if flags.words.isEmpty {
          row.set(Fields.hazardArea, found.areasAtOrAbove[0] ?? 0)
          row.set(Fields.hazardShare, min(1, (found.areasAtOrAbove[0] ?? 0) / zone.area))
          for (place, lines) in lines.enumerated() {
            row.set(lines.fields.hazard, zone.statistics[1 + place].sum ?? 0)
          }
          let elsewhere = elsewhere?[number][area] ?? 0
          if buildings == nil, unplaced != nil { row.set(Fields.hazardPopulation, elsewhere) }
          if let buildings {
            let members = buildings.inside[area]
            let hit = members.filter { hazard.buildings[$0.index] == true }
            let unknown = members.filter { hazard.buildings[$0.index] == nil }
            if !unknown.isEmpty { flags.insert("buildings") }
            let residents = buildings.residents(of: hit).map { $0 + elsewhere }
            if residents == nil { flags.insert("residents") }
            row.set(Fields.hazardBuildings, count: hit.sum)
            row.set(Fields.hazardUnknownBuildings, count: unknown.sum)
            row.set(Fields.hazardPopulation, residents)
          }
          for (facility, states) in zip(facilities, hazard.facilities) {
            let members = facility.inside[area]
            if members.contains(where: { states[$0.index] == nil }) { flags.insert("buildings") }
            row.set(facility.counts.hazard, count: members.filter { states[$0.index] == true }.sum)
          }
        }
        row.set(Fields.flags, flags.text)
        row.setRestToNull()
        return try row.row()
      }
    }
  }

  /// Whether a mask touches the footprint of each building; nil where none of it is known to be and not all is known.
  func touched(_ buildings: BuildingAssets, by mask: Grid<UInt8>, threads: Int) throws -> [Bool?] {
    let zones = try zonalStatistics(
      of: buildings.surfaces, variables: [ZonalVariable(Self.values(mask, threads: threads), thresholds: [1])],
      threads: threads)
    return zones.map { zone in
      if zone.statistics[0].maximum == 1 { return true }
      return zone.statistics[0].coverage.coveredFraction > 1 - 1e-9 ? false : nil
    }
  }

  /// 1 where a hazard is, 0 where it is not, NaN where it is not known.
  private static func values(_ mask: Grid<UInt8>, threads: Int) -> Grid<Float> {
    mask.map(threads: threads) { $0 == HazardUnion.noData ? .nan : $0 == HazardUnion.present ? 1 : 0 }
  }

  /// Metres of line on cells of a hazard, 0 elsewhere, NaN where it is not known.
  static func amounts(_ amounts: Grid<Float>, on mask: Grid<UInt8>, threads: Int) -> Grid<Float> {
    var result = amounts
    result.forEachRow(threads: threads) { row, cells in
      let states = mask.row(row)
      for column in 0..<cells.count {
        if states[column] == HazardUnion.noData {
          cells[column] = .nan
        } else if states[column] == HazardUnion.absent {
          cells[column] = 0
        }
      }
    }
    return result
  }
}

extension Grid<Float> {
  /// Mask of the cells whose value meets a condition, as `HazardUnion` has it.
  func mask(threads: Int, where isMet: @Sendable (Float) -> Bool) -> Grid<UInt8> {
    map(threads: threads) {
      $0.isNaN ? HazardUnion.noData : isMet($0) ? HazardUnion.present : HazardUnion.absent
    }
  }
}
