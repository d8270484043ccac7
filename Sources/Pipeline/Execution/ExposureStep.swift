import Exposure
import Geodata
import Grids
import Report

/// Areas with the assets in them, and what they mean for each scenario.
struct ExposureModel {
  let section: ExposureSection
  let areas: LoadedFeatures
  let areaNames: [String?]
  /// Fields of the areas that are kept, under the names they have in the results.
  let keptFields: [Field]
  /// Buildings, with their residents and what they are worth; nil where there are none.
  let buildings: BuildingAssets?
  /// Buildings that are counted apart, such as critical facilities.
  let facilities: [BuildingAssets]
  /// Roads, rail and other lines.
  let lines: [LineAssets]
  /// What water destroys; nil where that is not computed.
  let damage: DamageModel?
  /// People who live in no building that is known; nil where there are none.
  let unplaced: SpreadPeople?
  /// Pipes of the drainage, before any scenario; nil where they are not looked at.
  let drainage: DrainageStep?
  /// Rules of hazard classes; nil where there are none.
  let hazardClasses: HazardClassTable?
  /// Buildings against safety classes, before any scenario; nil where that is not asked for.
  let safety: SafetyStep?

  init(_ section: ExposureSection, _ loader: InputLoader) throws {
    let pipeline = loader.pipeline
    let recorder = loader.recorder
    self.section = section
    guard let input = pipeline.area(section.areas) else { preconditionFailure("checked to be areas") }
    let name = input.name.map { [$0] } ?? []
    let loaded = try recorder.step("areas") {
      try loader.features(
        section.areas, path: input.path, layer: input.layer, crs: input.crs, shapeType: .polygons, idField: input.id,
        fields: name + input.keep)
    }
    areas = loaded
    areaNames = loaded.values.map { row in
      input.name == nil ? nil : row.first?.asText
    }
    let zones = (0..<loaded.count).map { loaded.polygons($0) }
    var buildings: BuildingAssets?
    var facilities: [BuildingAssets] = []
    var lines: [LineAssets] = []
    for (id, asset) in section.assets {
      if let building = pipeline.building(asset.input) {
        let assets = try recorder.step(id) {
          BuildingAssets(
            id: id, asset,
            try loader.cache.value("buildings \(id)") { try BuildingShapes(asset, building, areas: zones, loader) })
        }
        if asset.prefix == AssetSection.buildingPrefix { buildings = assets } else { facilities.append(assets) }
      } else if let line = pipeline.line(asset.input) {
        lines.append(try recorder.step(id) { try LineAssets(id: id, asset, line, loader) })
      }
    }
    let taken = Set(
      Schemas.areas.fields.map(\.name) + lines.flatMap { [$0.fields.total.name, $0.fields.exposed.name] }
        + facilities.flatMap { [$0.counts.total.name, $0.counts.exposed.name, $0.counts.unknown.name] })
    keptFields = loaded.fields.dropFirst(name.count).map { field in
      var field = field
      // A field of the input never hides one of the results.
      if taken.contains(field.name) { field.name = "in_\(field.name)" }
      return field
    }
    var unplaced: SpreadPeople?
    if let people = section.population {
      let placed = try recorder.step("population") { try PlacedPopulation(people, buildings, areas: zones, loader) }
      buildings?.residents = placed.residents
      unplaced = placed.unplaced
    }
    self.unplaced = unplaced
    self.buildings = buildings
    self.facilities = facilities
    self.lines = lines
    damage = try section.damage.map { section in
      let model = try DamageModel(section, loader)
      model.check(buildings?.type ?? [], at: "exposure.damage.building_types", recorder)
      return model
    }
    drainage = try section.drainage.map { id in try recorder.step("drainage") { try DrainageStep(id, loader) } }
    hazardClasses = try section.hazardClassTable.map { reading in
      let table = try loader.read(reading)
      for rule in table.missing(pipeline.hazards) {
        recorder.note(
          .unusedRule, at: "tables.\(reading.id)", "rules of \(rule.rawValue) are not used: it is not computed")
      }
      return table
    }
    safety = try section.safety.flatMap { section in try buildings.map { try SafetyStep(section, $0, loader) } }
  }

  /// Whether anything is exposed besides the areas themselves.
  var hasAssets: Bool { !allBuildings.isEmpty || !lines.isEmpty }

  /// Roads, with which hazards are joined; nil where there are none.
  var roads: LineAssets? { lines.first { $0.fields.prefix == LineFields.roads.prefix } }

  /// Whether people are counted.
  var hasPeople: Bool { buildings != nil || unplaced != nil }

  /// When people who live in no known building are exposed.
  var exposesPeople: ExposureCondition {
    section.population?.exposedIf ?? buildings?.asset.exposedIf ?? ExposureCondition.blank
  }

  /// Buildings and those that are counted apart.
  var allBuildings: [BuildingAssets] { (buildings.map { [$0] } ?? []) + facilities }

  /// Values of the areas' own fields that are kept.
  func kept(_ area: Int) -> ArraySlice<FieldValue> { areas.values[area].suffix(keptFields.count) }
}

extension FieldValue {
  /// The value as a number, where it is one.
  var asNumber: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .real(let number): number
    case .text(let text): Double(text)
    default: nil
    }
  }

  /// The value as text; numbers of codes keep no fraction.
  var asText: String? {
    switch self {
    case .text(let text): text
    case .integer(let number): String(number)
    case .real(let number): Int64(exactly: number).map { String($0) } ?? String(number)
    case .boolean(let value): String(value)
    case .null: nil
    }
  }
}
