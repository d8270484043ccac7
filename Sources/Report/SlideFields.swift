import Geodata

/// Fields of runout and quick-clay results.
extension Fields {
  /// Zone of a slide hazard.
  public static let zone = FieldKey<String>(
    "zone",
    "release: where the mass starts; runout: where it may come; reach: ground that a slope of the line 1:n may "
      + "draw in; near_slope: ground within the given multiple of the slope height")
  /// Class of a zone, for styles.
  public static let zoneClass = FieldKey<Int>("zone_class", "1 release, 2 reach, 3 near_slope, 4 runout")
  /// Largest number of release cells that reach one cell of a zone.
  public static let reachingReleases = FieldKey<Int>(
    "release_cells_max_n", "Largest number of release cells whose flow reaches one cell")
  /// Energy height.
  public static let energyHeight = FieldKey<Double>(
    "z_delta_max_m", unit: "m", "Largest height of the energy line above the ground")
  /// Speed.
  public static let velocity = FieldKey<Double>(
    "velocity_max_m_s", unit: "m/s", "Largest speed, from the energy height")
  /// Energy of a kilogram.
  public static let impactEnergy = FieldKey<Double>(
    "energy_max_j_kg", unit: "J/kg", "Largest kinetic energy of each kilogram")
  /// Longest way of a flow.
  public static let travelLength = FieldKey<Double>(
    "travel_length_max_m", unit: "m", "Longest of the shortest ways from the release cells")
  /// Deposition.
  public static let deposited = FieldKey<Double>(
    "deposited_cells", "Flux that comes to rest, in release cells")
  /// Release area.
  public static let releaseID = FieldKey<String>(
    "release_id", "Identifier of the release area, as in the input; a number where the terrain tells it")
  /// Layer of an object.
  public static let objectLayer = FieldKey<String>("layer", "Layer or raster of the object")
  /// Object that is reached.
  public static let objectID = FieldKey<String>("object_id", "Identifier of the object, as in the input")
  /// Step of the rain.
  public static let rainStep = FieldKey<Int>("step", "Step of the rain, from 1")
  /// End of a step.
  public static let endHour = FieldKey<Double>("end_h", unit: "h", "End of the step since the start of the rain")
  /// Level of warning.
  public static let warningLevel = FieldKey<Int>("level", "Level of warning, from 1; 0 is no data")
  /// Least run.
  public static let leastRun = FieldKey<Double>(
    "run_min", "Run n of the steepest line 1:n down to the foot of a slope")
  /// Height above the foot of a slope.
  public static let heightAboveFoot = FieldKey<Double>(
    "height_max_m", unit: "m", "Greatest height above the foot of a slope on a line of the slide's length")
  /// Runout length that is left.
  public static let runoutLeft = FieldKey<Double>(
    "runout_left_max_m", unit: "m", "Greatest length that the runout could still go on")

  /// Hazard of a row.
  public static let hazard = FieldKey<String>(
    "hazard", "Hazard that the row counts; any is their union, in which nothing counts twice")
  /// Area that a hazard touches.
  public static let hazardArea = FieldKey<Double>("hazard_area_m2", unit: "m2", "Area that the hazard touches")
  /// Share of an area that a hazard touches.
  public static let hazardShare = FieldKey<Double>("hazard_frac", "Share of the area that the hazard touches, 0 to 1")
  /// Buildings that a hazard touches.
  public static let hazardBuildings = FieldKey<Int>("bld_hazard_n", "Buildings that the hazard touches")
  /// Buildings of which it is not known.
  public static let hazardUnknownBuildings = FieldKey<Int>(
    "bld_hazard_unknown_n", "Buildings on ground of which the hazard is not known")
  /// Residents of buildings that a hazard touches.
  public static let hazardPopulation = FieldKey<Double>(
    "pop_hazard", "Residents of the buildings that the hazard touches")
  /// Length of roads that a hazard touches.
  public static let hazardRoadLength = LineFields.roads.hazard
}

extension Schemas {
  /// Release and runout zones of mass flows.
  public static let runout = Schema(
    name: "runout", summary: "Release areas of mass flows and the ground that they may run out over",
    shapeType: .polygons, key: [Fields.id.name, Fields.scenario.name],
    fields: [
      Fields.id.field, Fields.zone.field, Fields.releaseID.field, Fields.reachingReleases.field,
      Fields.energyHeight.field,
      Fields.velocity.field, Fields.impactEnergy.field, Fields.travelLength.field, Fields.deposited.field,
      Fields.area.field, Fields.scenario.field,
    ])

  /// Zones of the screening for quick-clay slides.
  public static let quickClay = Schema(
    name: "quick_clay", summary: "Susceptibility to quick-clay slides by terrain and maps; zones overlap",
    shapeType: .polygons, key: [Fields.id.name],
    fields: [
      Fields.id.field, Fields.zone.field, Fields.zoneClass.field, Fields.leastRun.field, Fields.heightAboveFoot.field,
      Fields.runoutLeft.field, Fields.area.field,
    ])

  /// Which release area reaches which object.
  public static let threats = Schema(
    name: "threats", summary: "Which release area reaches which object, and how fast",
    key: [Fields.releaseID.name, Fields.objectLayer.name, Fields.objectID.name],
    fields: [
      Fields.releaseID.field, Fields.objectLayer.field, Fields.objectID.field, Fields.energyHeight.field,
      Fields.velocity.field,
    ])

  /// Which release area reaches which object in each scenario.
  public static let scenarioThreats = Schema(
    name: "threats", summary: "Which release area reaches which building or road, and how fast",
    key: [Fields.scenario.name, Fields.releaseID.name, Fields.objectLayer.name, Fields.objectID.name],
    fields: [Fields.scenario.field] + threats.fields)

  /// Levels of warning.
  public static let warningLevels = Schema(
    name: "warning_levels", summary: "Area of each level of warning after each step of the rain",
    key: [Fields.scenario.name, Fields.rainStep.name, Fields.warningLevel.name],
    fields: [
      Fields.scenario.field, Fields.rainStep.field, Fields.endHour.field, Fields.warningLevel.field, Fields.area.field,
    ])

  /// What each slide hazard means for each area and scenario.
  public static let hazardExposure = Schema(
    name: "hazard_exposure", summary: "What each slide hazard touches, for each area and scenario",
    key: [Fields.areaID.name, Fields.scenario.name, Fields.hazard.name],
    fields: [
      Fields.areaID.field, Fields.scenario.field, Fields.hazard.field, Fields.coveredShare.field,
      Fields.hazardArea.field, Fields.hazardShare.field, Fields.hazardBuildings.field,
      Fields.hazardUnknownBuildings.field, Fields.hazardPopulation.field, Fields.hazardRoadLength.field,
      Fields.flags.field,
    ])
}
