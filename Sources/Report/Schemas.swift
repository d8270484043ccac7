import Geodata

/// The layers and tables of a run.
public enum Schemas {
  /// Areas, one row for each area and scenario: layer and table.
  public static let areas = Schema(
    name: "areas", summary: "Water, landslides and what is exposed, for each area and scenario", shapeType: .polygons,
    key: [Fields.areaID.name, Fields.scenario.name],
    fields: [
      Fields.areaID.field, Fields.areaName.field, Fields.scenario.field, Fields.returnPeriod.field,
      Fields.climateFactor.field, Fields.flags.field, Fields.area.field, Fields.coveredShare.field,
      Fields.noDataShare.field, Fields.edgeShare.field, Fields.rain.field, Fields.runoff.field,
      Fields.runoffVolume.field,
      Fields.runoffCoefficient.field, Fields.floodArea.field, Fields.floodShare.field, Fields.meanDepth.field,
      Fields.highDepth.field, Fields.greatestDepth.field, Fields.volume.field, Fields.buildings.field,
      Fields.exposedBuildings.field, Fields.unknownBuildings.field, Fields.exposedBuildingArea.field,
      Fields.slideBuildings.field, Fields.population.field,
      Fields.unplacedPopulation.field, Fields.exposedPopulation.field, Fields.damage.field, Fields.landDamage.field,
      Fields.depthVelocity.field, Fields.roadLength.field,
      Fields.exposedRoadLength.field,
      Fields.slideArea.field,
      Fields.slideShare.field, Fields.leastSafety.field,
    ])

  /// Expected annual values, one row for each area: layer and table.
  public static let areasExpectedAnnual = Schema(
    name: "areas_ead", summary: "Expected annual values over all return periods, for each area", shapeType: .polygons,
    key: [Fields.areaID.name],
    fields: [
      Fields.areaID.field, Fields.areaName.field, Fields.flags.field, Fields.area.field, Fields.population.field,
      Fields.rank.field, Fields.priorityScore.field,
    ] + ExpectedAnnualFields.population.all + ExpectedAnnualFields.damage.all + ExpectedAnnualFields.landDamage.all
      + ExpectedAnnualFields.buildings.all
      + ExpectedAnnualFields.roads.all + ExpectedAnnualFields.floodedShare.all)

  /// Expected annual damage, one row for each building.
  public static let buildingsExpectedAnnual = Schema(
    name: "buildings_ead", summary: "Expected annual damage over all return periods, for each building",
    key: [Fields.buildingID.name],
    fields: [Fields.buildingID.field, Fields.areaID.field, Fields.buildingType.field, Fields.flags.field]
      + ExpectedAnnualFields.damage.all)

  /// Buildings, one row for each building and scenario: layer and table.
  public static let buildings = Schema(
    name: "buildings", summary: "Water around each building, for each scenario", shapeType: .polygons,
    key: [Fields.buildingID.name, Fields.scenario.name],
    fields: [
      Fields.buildingID.field, Fields.areaID.field, Fields.buildingType.field, Fields.floorArea.field,
      Fields.residents.field, Fields.footprint.field, Fields.scenario.field, Fields.greatestDepth.field,
      Fields.highDepth.field, Fields.meanDepth.field, Fields.ringCoveredShare.field, Fields.isExposed.field,
      Fields.damage.field, Fields.depthVelocity.field,
      Fields.leastSafety.field, Fields.slideArea.field, Fields.wetRain.field, Fields.wetReturnPeriod.field,
      Fields.wetReturnBound.field, Fields.flags.field,
    ])

  /// Roads, one row for each road and scenario.
  public static let roads = LineFields.roads.schema

  /// Flow paths.
  public static let flowPaths = Schema(
    name: "flow_paths",
    summary: "Paths of the surface water, cut where they enter and leave standing water, for each scenario",
    shapeType: .lines,
    key: [Fields.id.name, Fields.scenario.name],
    fields: [
      Fields.id.field, Fields.downstreamID.field, Fields.reachID.field, Fields.scenario.field,
      Fields.isUnderWater.field,
      Fields.upstreamArea.field, Fields.coveredShare.field, Fields.passingRunoff.field, Fields.eventFlow.field,
      Fields.strahler.field,
      Fields.length.field,
    ])

  /// Surfaces of equal stability.
  public static let landslide = Schema(
    name: "landslide", summary: "Slopes by class of stability, for each scenario", shapeType: .polygons,
    key: [Fields.id.name, Fields.scenario.name],
    fields: [
      Fields.id.field, Fields.slideClass.field, Fields.leastSafety.field, Fields.meanSafety.field, Fields.area.field,
      Fields.scenario.field,
    ])

  /// Ledger of the water.
  public static let waterBalance = Schema(
    name: "water_balance",
    summary: "Where the water came from and went, for each scenario: rain + rounding_to_basins = losses + drained + "
      + "runoff; runoff = stored_in_bluespots + stored_in_small_depressions + infiltrated_in_depressions + "
      + "drained_from_depressions + left_the_grid",
    key: [Fields.scenario.name, Fields.item.name],
    fields: [Fields.scenario.field, Fields.item.field, Fields.itemVolume.field])

  /// Cells whose elevation was changed before water ran.
  public static let terrainChanges = Schema(
    name: "terrain_changes", summary: "Cells that were lowered for culverts or by breaching",
    key: [Fields.changeOrigin.name, Fields.changeID.name, Fields.column.name, Fields.row.name],
    fields: [
      Fields.changeOrigin.field, Fields.changeID.field, Fields.column.field, Fields.row.field, Fields.x.field,
      Fields.y.field, Fields.elevationBefore.field, Fields.elevationAfter.field,
    ])

  /// Stream lines of a terrain.
  public static let streams = Schema(
    name: "streams", summary: "Streams between their heads, confluences and ends", shapeType: .lines,
    key: [Fields.id.name],
    fields: [
      Fields.id.field, Fields.downstreamID.field, Fields.node.field, Fields.downstreamNode.field,
      Fields.strahler.field, Fields.upstreamArea.field, Fields.length.field, Fields.upperElevation.field,
      Fields.lowerElevation.field,
    ])

  /// Heads, confluences and ends of streams.
  public static let streamNodes = Schema(
    name: "nodes", summary: "Heads, confluences and ends of streams", shapeType: .point, key: [Fields.node.name],
    fields: [Fields.node.field, Fields.nodeType.field, Fields.downstreamNode.field, Fields.upstreamArea.field])

  /// What drains to given points.
  public static let watersheds = Schema(
    name: "watersheds", summary: "What drains to each point before it passes another one", shapeType: .polygons,
    key: [Fields.pointID.name],
    fields: [
      Fields.pointID.field, Fields.downstreamPointID.field, Fields.area.field, Fields.upstreamArea.field,
    ])

  /// The ways of water from given points.
  public static let traces = Schema(
    name: "traces", summary: "The way of the water from each point until it leaves the terrain", shapeType: .lines,
    key: [Fields.pointID.name],
    fields: [Fields.pointID.field, Fields.length.field, Fields.drop.field, Fields.traceEnd.field])

  /// All of them that a run writes.
  public static let all = [
    areas, areasExpectedAnnual, buildings, buildingsExpectedAnnual, safety, indicators, drainage, hazardClasses, roads,
    bluespots, bluespotWater, bluespotWatersheds, pourPoints,
    bluespotNodes, flowPaths,
    landslide, runout, quickClay, hazardExposure, bluespotHypsometry, bluespotBalance, outlets, waterBalance,
    terrainChanges, peakRunoff,
  ]
}
