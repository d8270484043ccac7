import Exposure
import Geodata
import Grids
import Landslide
import Report

/// Sets buildings against the safety classes of TEK17, scenario by scenario.
struct SafetyStep {
  /// A rule with the event that each building is to stand clear of.
  fileprivate struct Rule {
    let name: String
    /// Class of each building; nil where none applies or the type is not known.
    let classes: [SafetyClass?]
    /// Return period of each building's event; nil where none applies.
    let periods: [Double?]
    /// Whether the scenarios' return periods are those of the hazard.
    let isProbability: Bool
    var events: [Event] = []
  }

  /// What a scenario does to every building.
  struct Event {
    let returnPeriod: Double
    let isHit: [Bool?]
    let hitArea: [Double?]
    /// Distance of each building; nil where none is within reach, or where the scenario decides nothing for it.
    let distance: [Double?]
  }

  private let section: SafetySection
  private let buildings: BuildingAssets
  private let types: BuildingTypeTable
  private var rules: [Rule] = []
  private let scenarioPeriods: [Double]
  /// Whether all scenarios with a return period hold a climate factor.
  private let hasClimate: Bool
  private let threads: Int

  init(_ section: SafetySection, _ buildings: BuildingAssets, _ loader: InputLoader) throws {
    let pipeline = loader.pipeline
    self.section = section
    self.buildings = buildings
    threads = loader.threads
    types = try loader.read(section.types)
    let rows = buildings.type.map { [types] type in type.flatMap { types[$0] } }
    let unknown = rows.indices.filter { rows[$0] == nil }
    if !unknown.isEmpty {
      let names = Set(unknown.map { buildings.type[$0] ?? "none" }).sorted()
      loader.recorder.note(
        .unknownBuildingType, at: "exposure.tek17.building_types",
        "\(unknown.count) buildings have types that the table lacks: \(Suggestion.list(names, limit: 5)); they have no "
          + "safety class",
        count: unknown.count)
    }
    let ofPeriod = pipeline.scenarios.filter { $0.returnPeriod != nil }
    scenarioPeriods = ofPeriod.compactMap { $0.returnPeriod?.years }
    hasClimate = ofPeriod.allSatisfy { $0.climateTable != nil || ($0.climateFactor ?? 1) > 1 }
    let flood = rows.map { $0?.floodClass }
    rules.append(
      Rule(name: "flood", classes: flood, periods: flood.map { $0?.returnPeriod }, isProbability: true))
    let hazards = pipeline.hazards
    if hazards.slide != nil || hazards.hasZones {
      let slide = rows.map { $0?.slideClass }
      rules.append(
        Rule(name: "landslide", classes: slide, periods: slide.map { $0?.returnPeriod }, isProbability: false))
    }
    rules.append(
      Rule(
        name: "stormwater", classes: rows.map { _ in nil }, periods: rows.map { _ in Self.stormwaterPeriod },
        isProbability: true))
    for (name, source, status) in [
      (
        "TEK17 § 7-2", "F1 1/20, F2 1/200, F3 1/1000 a year; written for watercourses, here against stormwater",
        "confirmed; a screening comparison"
      ),
      (
        "TEK17 § 7-3", "S1 1/100, S2 1/1000, S3 1/5000 a year; here against susceptibility under rain",
        "confirmed; a screening comparison"
      ),
      ("TEK17 § 15-8", "stormwater of the climate-adjusted 100-year rain", "seen in excerpt"),
    ] {
      loader.recorder.record(RuleRecord(name: name, source: source, status: status))
    }
    if !hasClimate {
      loader.recorder.note(
        .presentClimate, at: "exposure.tek17",
        "some scenarios have no climate factor above 1; § 15-8 asks for climate-adjusted rain",
        hint: "set climate_factor of the scenarios")
    }
  }

  /// What scenarios did so far, rule by rule.
  var events: [[Event]] { rules.map(\.events) }

  /// Adds what other scenarios did.
  mutating func append(_ events: [[Event]]) {
    for index in rules.indices where events.indices.contains(index) { rules[index].events += events[index] }
  }

  /// Return period in years of the rain of § 15-8.
  private static let stormwaterPeriod = 100.0

  /// Adds a scenario that has a return period.
  mutating func add(_ grids: ScenarioGrids, _ results: [BuildingResult], _ hazards: [ScenarioHazard]) throws {
    guard let period = grids.scenario.returnPeriod?.years else { return }
    let condition = buildings.asset.exposedIf
    let wet = grids.depth.mask(threads: threads) { condition.isMet(by: Double($0)) }
    let slides = hazards.filter { $0.name != "flood" }
    for index in rules.indices {
      if rules[index].name == "landslide" {
        guard !slides.isEmpty else { continue }
        let mask = try HazardUnion(slides.map { ($0.name, $0.ground) }, threads: threads).any(threads: threads)
        let hits = ExposureModel.any(of: slides.map(\.buildings))
        rules[index].events.append(try event(period, hits, mask, rules[index]))
      } else {
        rules[index].events.append(try event(period, results.map(\.isExposed), wet, rules[index]))
      }
    }
  }

  private func event(_ period: Double, _ hits: [Bool?], _ mask: Grid<UInt8>, _ rule: Rule) throws -> Event {
    let values = mask.map(threads: threads) {
      $0 == HazardUnion.noData ? Float.nan : $0 == HazardUnion.present ? 1 : 0
    }
    let zones = try zonalStatistics(
      of: buildings.samples, variables: [ZonalVariable(values, thresholds: [1])], threads: threads)
    // Only for buildings that the event may decide on.
    let away = distances(
      from: hits.indices.map { building in
        guard let own = rule.periods[building], own == period || !scenarioPeriods.contains(own) else { return [] }
        return buildings.surfaces[building]
      }, to: mask, equalTo: HazardUnion.present, within: section.searchDistance.metres, threads: threads)
    return Event(
      returnPeriod: period, isHit: hits, hitArea: zones.map { $0.statistics[0].areasAtOrAbove[0] }, distance: away)
  }

  /// One feature for each building and rule.
  func layer(_ exposure: ExposureModel, _ name: String) throws -> (schema: Schema, features: [Feature]) {
    let named = Schemas.safety.named(name)
    let schema = buildings.arePoints ? named.shaped(.point) : named
    let features = try rules.flatMap { rule in
      try buildings.features.ids.indices.map { building in
        var row = RowBuilder(schema)
        var flags = Flags()
        row.set(Fields.buildingID, buildings.features.ids[building])
        row.set(Fields.rule, rule.name)
        row.set(Fields.areaID, buildings.areaOf[building].map { exposure.areas.ids[$0] })
        row.set(Fields.buildingType, buildings.type[building])
        row.set(Fields.safetyClass, rule.classes[building]?.rawValue)
        row.set(Fields.classReturnPeriod, rule.periods[building])
        row.set(
          Fields.inputArea,
          buildings.features.shapes[building] == nil ? nil : buildings.samples[building].reduce(0) { $0 + $1.area })
        if let period = rule.periods[building] {
          let (status, decided) = safetyStatus(
            returnPeriod: period,
            events: rule.events.map { SafetyEvent(returnPeriod: $0.returnPeriod, isHit: $0.isHit[building]) },
            isProbability: rule.isProbability)
          let event = decided.flatMap { decided in rule.events.first { $0.returnPeriod == decided.returnPeriod } }
          if status == .notTold { flags.insert(decided?.isHit == nil && decided != nil ? "coverage" : "return_period") }
          if !hasClimate { flags.insert("present_climate") }
          row.set(Fields.resultStatus, status.rawValue)
          row.set(Fields.decidedByReturnPeriod, event?.returnPeriod)
          row.set(Fields.hitArea, event?.hitArea[building])
          row.set(Fields.hazardDistance, event?.distance[building])
        } else if buildings.type[building].flatMap({ types[$0] }) == nil {
          flags.insert("building_type")
        } else {
          row.set(Fields.resultStatus, "NOT-RELEVANT")
        }
        row.set(Fields.flags, flags.text)
        row.setRestToNull()
        return try row.feature(buildings.features.shapes[building])
      }
    }
    return (schema, features)
  }
}

extension DiagnosticCode {
  static let presentClimate: Self = "W-RULE-101"
}

extension SafetyStep.Event: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    returnPeriod = try archive.read()
    isHit = try archive.read()
    hitArea = try archive.read()
    distance = try archive.read()
  }

  func write(to archive: inout ArchiveWriter) { archive.write(returnPeriod, isHit, hitArea, distance) }
}
