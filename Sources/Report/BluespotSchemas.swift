import Geodata

/// Layers and tables of the bluespots and the water in them.
extension Schemas {
  /// Bluespots, one row for each bluespot and scenario: layer and table.
  public static let bluespots = Schema(
    name: "bluespots", summary: "Depressions of the terrain, nested, with the water in them", shapeType: .polygons,
    key: [Fields.id.name, Fields.scenario.name],
    fields: [
      Fields.id.field, Fields.parentID.field, Fields.depthLevel.field, Fields.bluespotArea.field,
      Fields.bluespotVolume.field, Fields.bluespotDepth.field, Fields.spillLevel.field, Fields.spillsInto.field,
      Fields.catchmentArea.field, Fields.localFillRain.field, Fields.networkFillRain.field,
      Fields.fillReturnPeriod.field, Fields.fillReturnBound.field, Fields.inflow.field, Fields.upstreamInflow.field,
      Fields.infiltratedWater.field, Fields.drainedWater.field, Fields.bluespotWater.field, Fields.filling.field,
      Fields.spill.field, Fields.waterLevel.field, Fields.waterDepth.field, Fields.wetArea.field,
      Fields.scenario.field, Fields.coveredShare.field, Fields.flags.field,
    ])

  /// The water that stands in the outermost bluespots.
  public static let bluespotWater = Schema(
    name: "bluespot_water", summary: "Water that stands in the outermost bluespots, for each scenario",
    shapeType: .polygons, key: [Fields.id.name, Fields.scenario.name],
    fields: [
      Fields.id.field, Fields.scenario.field, Fields.bluespotWater.field, Fields.filling.field,
      Fields.waterLevel.field, Fields.waterDepth.field, Fields.wetArea.field,
    ])

  /// What drains to the outermost bluespots.
  public static let bluespotWatersheds = Schema(
    name: "bluespot_watersheds",
    summary: "What drains to each of the outermost bluespots without passing another depression",
    shapeType: .polygons, key: [Fields.id.name],
    fields: [
      Fields.id.field, Fields.catchmentArea.field, Fields.edgeShare.field, Fields.bluespotVolume.field,
      Fields.localFillRain.field, Fields.networkFillRain.field,
    ])

  /// Where bluespots spill.
  public static let pourPoints = Schema(
    name: "pour_points", summary: "The saddle by which each bluespot spills", shapeType: .point,
    key: [Fields.id.name],
    fields: [
      Fields.id.field, Fields.parentID.field, Fields.depthLevel.field, Fields.bluespotArea.field,
      Fields.bluespotVolume.field, Fields.bluespotDepth.field, Fields.spillLevel.field, Fields.spillsInto.field,
      Fields.catchmentArea.field, Fields.localFillRain.field, Fields.networkFillRain.field,
      Fields.fillReturnPeriod.field, Fields.fillReturnBound.field, Fields.column.field, Fields.row.field,
    ])

  /// The network of bluespots with the water of each scenario.
  public static let bluespotNodes = Schema(
    name: "bluespot_nodes",
    summary:
      "Network of the bluespots, each at its saddle, with the water of each scenario: inputv + upstream_inputv = "
      + "v + infilv + drainv + spillv",
    shapeType: .point, key: [Fields.nodeID.name, Fields.scenario.name],
    fields: [
      Fields.nodeID.field, Fields.downstreamNodeID.field, Fields.parentID.field, Fields.scenario.field,
      Fields.bluespotVolume.field, Fields.inflow.field, Fields.upstreamInflow.field, Fields.infiltratedWater.field,
      Fields.drainedWater.field, Fields.bluespotWater.field, Fields.filling.field, Fields.spill.field,
      Fields.flags.field,
    ])

  /// Level, area and volume of bluespots.
  public static let bluespotHypsometry = Schema(
    name: "bluespot_hypsometry",
    summary: "Area and volume of each bluespot at 21 equally spaced levels from its deepest ground to its brim",
    key: [Fields.id.name, Fields.hypsometryStep.name],
    fields: [
      Fields.id.field, Fields.hypsometryStep.field, Fields.hypsometryLevel.field, Fields.hypsometryArea.field,
      Fields.hypsometryVolume.field,
    ])

  /// Ledger of the outermost bluespots.
  public static let bluespotBalance = Schema(
    name: "bluespot_balance",
    summary: "Ledger of the outermost bluespots, and of all smaller depressions together as id 0, for each scenario: "
      + "inputv + upstream_inputv = v + infilv + drainv + spillv, exactly in units of 2^-20 m3",
    key: [Fields.id.name, Fields.scenario.name],
    fields: [
      Fields.id.field, Fields.scenario.field, Fields.inflow.field, Fields.upstreamInflow.field,
      Fields.bluespotWater.field, Fields.infiltratedWater.field, Fields.drainedWater.field, Fields.spill.field,
    ])

  /// Where the water leaves.
  public static let outlets = Schema(
    name: "outlets",
    summary: "Cells by which water leaves the terrain, over the border or into cells without elevation, for each "
      + "scenario the thousand with the largest volume, which comes first",
    key: [Fields.scenario.name, Fields.column.name, Fields.row.name],
    fields: [
      Fields.scenario.field, Fields.column.field, Fields.row.field, Fields.x.field, Fields.y.field,
      Fields.eventFlow.field,
    ])
}
