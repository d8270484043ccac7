import Exposure
import Geodata
import Grids
import Landslide
import Report

/// A hazard of a scenario: where it is, on which roads, and which buildings it touches.
struct ScenarioHazard {
  let name: String
  /// As `HazardUnion` has it.
  let ground: Grid<UInt8>
  /// The same for roads, whose threshold may differ.
  let roads: Grid<UInt8>
  /// Whether each building is touched; nil where it is not known.
  let buildings: [Bool?]
}

extension ExposureModel {
  /// The hazards of a scenario: water, failing slopes, runout and quick clay.
  ///
  /// Water counts for buildings and roads by the conditions of the configuration, as in the other tables.
  func scenarioHazards(
    _ grids: ScenarioGrids, _ results: [BuildingResult], clay: QuickClayStep?, _ pipeline: PipelineFile, threads: Int
  ) throws -> [ScenarioHazard] {
    var hazards: [ScenarioHazard] = []
    if let flood = pipeline.hazards.flood {
      let least = max(.leastNonzeroMagnitude, Float(flood.minDepth.metres))
      let wet = grids.depth.mask(threads: threads) { $0 >= least }
      let condition = roads?.asset.exposedIf
      let onRoads = condition.map { condition in
        grids.depth.mask(threads: threads) { condition.isMet(by: Double($0)) }
      }
      hazards.append(
        ScenarioHazard(name: "flood", ground: wet, roads: onRoads ?? wet, buildings: results.map(\.isExposed)))
    }
    if let safety = grids.safety {
      let failing = safety.mask(threads: threads) { $0 < 1 }
      hazards.append(
        ScenarioHazard(
          name: "slide", ground: failing, roads: failing, buildings: results.map { $0.slideArea.map { $0 > 0 } }))
    }
    func add(_ name: String, _ mask: Grid<UInt8>) throws {
      hazards.append(
        ScenarioHazard(name: name, ground: mask, roads: mask, buildings: try touched(by: mask, threads: threads)))
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
    ScenarioHazard(
      name: "any",
      ground: try HazardUnion(hazards.map { ($0.name, $0.ground) }, threads: threads).any(threads: threads),
      roads: try HazardUnion(hazards.map { ($0.name, $0.roads) }, threads: threads).any(threads: threads),
      buildings: Self.any(of: hazards))
  }

  /// Whether any of several hazards touches each building; nil where none is known to and not all are known.
  static func any(of hazards: [ScenarioHazard]) -> [Bool?] {
    hazards[0].buildings.indices.map { building in
      let states = hazards.map { $0.buildings[building] }
      return states.contains(true) ? true : states.contains(nil) ? nil : false
    }
  }

  /// What each hazard of a scenario touches in each area, and what all of them together touch without counting twice.
  func hazardRows(
    _ hazards: [ScenarioHazard], scenario: Scenario, policy: PolicySection, threads: Int
  ) throws -> [[FieldValue]] {
    guard !hazards.isEmpty else { return [] }
    let union = try union(of: hazards, threads: threads)
    let all = hazards + [union]
    var variables: [ZonalVariable] = []
    for hazard in all {
      variables.append(ZonalVariable(Self.values(hazard.ground, threads: threads), thresholds: [1]))
      if let roads { variables.append(ZonalVariable(Self.lengths(roads.lengths, on: hazard.roads, threads: threads))) }
    }
    let zones = try zonalStatistics(
      of: (0..<areas.count).map { areas.polygons($0) }, variables: variables, threads: threads)
    let step = roads == nil ? 1 : 2
    return try zones.enumerated().flatMap { area, zone in
      let inside = buildings.map { buildings in buildings.areaOf.indices.filter { buildings.areaOf[$0] == area } } ?? []
      return try all.enumerated().map { number, hazard in
        let found = zone.statistics[number * step]
        let coverage = found.coverage.coveredFraction
        var flags = Flags()
        if areas.shapes[area] == nil { flags.insert(geometryFlag) }
        if areas.shapes[area] != nil, coverage < policy.minCoveredFraction || coverage == 0 {
          flags.insert("coverage")
        }
        var row = RowBuilder(Schemas.hazardExposure)
        row.set(Fields.areaID, areas.ids[area])
        row.set(Fields.scenario, scenario.id)
        row.set(Fields.hazard, hazard.name)
        row.set(Fields.coveredShare, areas.shapes[area] == nil ? nil : coverage)
        if flags.words.isEmpty {
          row.set(Fields.hazardArea, found.areasAtOrAbove[0] ?? 0)
          row.set(Fields.hazardShare, min(1, (found.areasAtOrAbove[0] ?? 0) / zone.area))
          if roads != nil { row.set(Fields.hazardRoadLength, zone.statistics[number * step + 1].sum ?? 0) }
          if let buildings {
            let hit = inside.filter { hazard.buildings[$0] == true }
            let unknown = inside.count { hazard.buildings[$0] == nil }
            if unknown > 0 { flags.insert("buildings") }
            let residents = hit.compactMap { buildings.residents[$0] }
            if residents.count < hit.count { flags.insert("residents") }
            row.set(Fields.hazardBuildings, hit.count)
            row.set(Fields.hazardUnknownBuildings, unknown)
            row.set(Fields.hazardPopulation, residents.count == hit.count ? residents.reduce(0, +) : nil)
          }
        }
        row.set(Fields.flags, flags.text)
        row.setRestToNull()
        return try row.row()
      }
    }
  }

  /// Whether a mask touches the footprint of each building; nil where none of it is known to be and not all is known.
  func touched(by mask: Grid<UInt8>, threads: Int) throws -> [Bool?] {
    guard let buildings else { return [] }
    let footprints = (0..<buildings.features.count).map { buildings.features.polygons($0) }
    let zones = try zonalStatistics(
      of: footprints, variables: [ZonalVariable(Self.values(mask, threads: threads), thresholds: [1])],
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

  /// Metres of road, or people, on cells of a hazard, 0 elsewhere, NaN where it is not known.
  static func lengths(_ lengths: Grid<Float>, on mask: Grid<UInt8>, threads: Int) -> Grid<Float> {
    var result = lengths
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
