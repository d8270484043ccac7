import Geodata
import Report

extension PipelineFile {
  /// Fields of areas, one row for each area and scenario: those of what this pipeline computes and counts.
  /// - Parameters:
  ///   - kept: Fields of the areas' own that are copied.
  ///   - hasUnplaced: Whether there are people whom no building could take.
  func areaSchema(kept: [Field] = [], hasUnplaced: Bool) -> Schema {
    let assets = exposure?.assets.map { $0 } ?? []
    let lines = assets.filter { line($0.value.input) != nil }.map { LineFields(of: $0.value, id: $0.id) }
    let buildings = assets.first { $0.value.prefix == AssetSection.buildingPrefix && building($0.value.input) != nil }
    let facilities = assets.filter { building($0.value.input) != nil && $0.id != buildings?.id }
    var absent: Set<String> = []
    if hazards.slide == nil {
      absent.formUnion([
        Fields.slideArea.name, Fields.slideShare.name, Fields.leastSafety.name, Fields.slideBuildings.name,
      ])
    }
    let hasRoads = lines.contains { $0.prefix == LineFields.roads.prefix }
    if !hasRoads { absent.formUnion([Fields.roadLength.name, Fields.exposedRoadLength.name]) }
    var schema = Schemas.areas.adding(
      lines.filter { $0.prefix != LineFields.roads.prefix }.flatMap { [$0.total.field, $0.exposed.field] })
    for (id, facility) in facilities {
      let counts = FacilityFields(facility.prefix ?? AssetSection.buildingPrefix, id)
      let fields = [counts.total, counts.exposed, counts.unknown].map(\.field)
      schema = schema.adding(fields)
      if facility.attributeTo == .areaShare { schema = schema.apportioning(Set(fields.map(\.name))) }
    }
    if let buildings = buildings?.value {
      let thresholds = buildings.depthThresholds ?? []
      schema = schema.adding(
        thresholds.flatMap {
          [Fields.buildingsDeeperThan($0.metres).field, Fields.residentsDeeperThan($0.metres).field]
        })
      if buildings.attributeTo == .areaShare {
        schema = schema.apportioning(
          Set(
            [Fields.buildings, Fields.exposedBuildings, Fields.unknownBuildings, Fields.slideBuildings].map(\.name)
              + thresholds.map { Fields.buildingsDeeperThan($0.metres).name }))
      }
    } else {
      absent.formUnion([
        Fields.buildings.name, Fields.exposedBuildings.name, Fields.exposedBuildingArea.name,
        Fields.unknownBuildings.name, Fields.slideBuildings.name,
      ])
    }
    if buildings == nil, !hasUnplaced {
      absent.formUnion([Fields.population.name, Fields.exposedPopulation.name])
    }
    if !hasUnplaced { absent.insert(Fields.unplacedPopulation.name) }
    if exposure?.damage == nil { absent.insert(Fields.damage.name) }
    if exposure?.damage?.landCover == nil { absent.insert(Fields.landDamage.name) }
    if !hazards.hasVelocity { absent.insert(Fields.depthVelocity.name) }
    return schema.adding(kept).removing(absent)
  }

  /// Names of the fields of areas that an alert may look at: those that hold numbers, and the areas' own.
  var alertFields: [String] {
    let fields = areaSchema(hasUnplaced: exposure?.population != nil).fields
    let own = exposure.flatMap { area($0.areas) }?.keep ?? []
    return fields.filter { $0.type == .real || $0.type == .integer }.map(\.name) + own
  }
}

extension LineFields {
  /// The fields of an asset that is a line.
  init(of asset: AssetSection, id: String) {
    let prefix = asset.prefix ?? AssetSection.linePrefix
    self = prefix == LineFields.roads.prefix ? .roads : LineFields(prefix, id)
  }
}
