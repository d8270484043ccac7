/// Every field of the results, in one place: name, type, unit and meaning.
///
/// A field has the same name in GeoJSON, GeoPackage and CSV. Names are lower snake case with a unit suffix, at most 31
/// characters; the fields of bluespots have malstroem's names where they mean the same.
public enum Fields {
  // MARK: Identity

  /// Identifier of an area.
  public static let areaID = FieldKey<String>("area_id", "Identifier of the area, as in the input")
  /// Name of an area.
  public static let areaName = FieldKey<String>("area_name", "Name of the area, as in the input")
  /// Scenario.
  public static let scenario = FieldKey<String>("scenario", "Scenario: one weather that was computed")
  /// Return period of the scenario's rain.
  public static let returnPeriod = FieldKey<Double>(
    "return_period_a", unit: "a", "Return period of the scenario's rain; missing where it has none")
  /// Climate factor of the scenario.
  public static let climateFactor = FieldKey<Double>(
    "climate_factor", "Factor on the rain of today's climate; 1 is no change")
  /// Why values are missing.
  public static let flags = FieldKey<String>(
    "flags", "Why values are missing, separated by semicolons; empty where all is well")

  // MARK: Coverage

  /// Area of the surface itself.
  public static let area = FieldKey<Double>("area_m2", unit: "m2", "Area of the polygon")
  /// Share of the area that the grid covers.
  public static let coveredShare = FieldKey<Double>(
    "covered_frac", "Share of the polygon that the grid covers with data, 0 to 1")
  /// Share of the area without data.
  public static let noDataShare = FieldKey<Double>(
    "nodata_frac", "Share of the polygon that lies on cells without data, 0 to 1")
  /// Share of the area whose catchment is cut.
  public static let edgeShare = FieldKey<Double>(
    "edge_frac",
    "Share of the ground there whose catchment is cut by the edge of the terrain or by no data, so that more water may "
      + "come than is computed, 0 to 1")

  // MARK: Water

  /// Rain depth.
  public static let rain = FieldKey<Double>("rain_mm", unit: "mm", "Mean rain of the event")
  /// Runoff depth.
  public static let runoff = FieldKey<Double>("runoff_mm", unit: "mm", "Mean depth of the rain that runs off")
  /// Runoff volume.
  public static let runoffVolume = FieldKey<Double>("runoff_m3", unit: "m3", "Volume of the rain that runs off")
  /// Runoff upstream of a path.
  public static let passingRunoff = FieldKey<Double>(
    "upslope_runoff_m3", unit: "m3", "Runoff of all that drains through the path; what bluespots keep is not subtracted"
  )
  /// Runoff coefficient.
  public static let runoffCoefficient = FieldKey<Double>("runoff_coef", "Runoff divided by rain, 0 to 1")
  /// Flooded area.
  public static let floodArea = FieldKey<Double>(
    "flood_area_m2", unit: "m2", "Area under water of at least the least depth")
  /// Flooded share.
  public static let floodShare = FieldKey<Double>(
    "flood_frac", "Area under water of at least the least depth, divided by the polygon's area, 0 to 1")
  /// Mean depth where it is wet.
  public static let meanDepth = FieldKey<Double>(
    "depth_mean_m", unit: "m", "Mean water depth over the cells from min_depth on; 0 where there are none")
  /// 95th percentile of the depth.
  public static let highDepth = FieldKey<Double>(
    "depth_p95_m", unit: "m",
    "95th percentile of the water depth: of an area over the cells from min_depth on, around a building over all")
  /// Greatest depth.
  public static let greatestDepth = FieldKey<Double>("depth_max_m", unit: "m", "Greatest water depth")
  /// Water volume.
  public static let volume = FieldKey<Double>("volume_m3", unit: "m3", "Volume of the standing water")

  // MARK: What is exposed

  /// Number of buildings.
  public static let buildings = FieldKey<Int>("bld_total_n", "Number of buildings")
  /// Number of exposed buildings.
  public static let exposedBuildings = FieldKey<Int>("bld_exposed_n", "Number of buildings exposed to the water")
  /// Buildings whose exposure is not known.
  public static let unknownBuildings = FieldKey<Int>(
    "bld_unknown_n", "Number of buildings whose surroundings are not covered well enough to tell")
  /// Buildings on ground that may slide.
  public static let slideBuildings = FieldKey<Int>(
    "bld_slide_n", "Number of buildings with ground below a factor of safety of 1 where they are sampled")
  /// Buildings in water of at least a depth.
  public static func buildingsDeeperThan(_ metres: Double) -> FieldKey<Int> {
    FieldKey("bld_ge_\(centimetres(metres))_n", "Number of buildings in water of at least \(centimetres(metres))")
  }
  /// Residents of buildings in water of at least a depth.
  public static func residentsDeeperThan(_ metres: Double) -> FieldKey<Double> {
    FieldKey("pop_ge_\(centimetres(metres))", "Residents of buildings in water of at least \(centimetres(metres))")
  }
  /// A depth as part of a field name: `30cm`, or `12_5cm`.
  private static func centimetres(_ metres: Double) -> String {
    let tenths = Int((metres * 1000).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)cm" : "\(tenths / 10)_\(tenths % 10)cm"
  }
  /// Footprint of exposed buildings.
  public static let exposedBuildingArea = FieldKey<Double>(
    "bld_exposed_m2", unit: "m2", "Footprint area of the buildings exposed to the water")
  /// Residents.
  public static let population = FieldKey<Double>("pop_total", "Number of residents")
  /// Residents of no known building.
  public static let unplacedPopulation = FieldKey<Double>(
    "pop_unplaced", "Number of residents whom no building could take, spread evenly over their cells; within pop_total")
  /// Exposed residents.
  public static let exposedPopulation = FieldKey<Double>(
    "pop_exposed", "Number of residents of the buildings exposed to the water")
  /// Length of roads.
  public static let roadLength = LineFields.roads.total
  /// Length of exposed roads.
  public static let exposedRoadLength = LineFields.roads.exposed
  /// Area that may slide.
  public static let slideArea = FieldKey<Double>(
    "slide_area_m2", unit: "m2", "Area whose factor of safety is below 1")
  /// Share that may slide.
  public static let slideShare = FieldKey<Double>(
    "slide_frac", "Area whose factor of safety is below 1, divided by the polygon's area, 0 to 1")
  /// Least factor of safety.
  public static let leastSafety = FieldKey<Double>("fs_min", "Least factor of safety against landslides")
  /// Mean factor of safety.
  public static let meanSafety = FieldKey<Double>("fs_mean", "Mean factor of safety against landslides")

  // MARK: Buildings

  /// Identifier of a building.
  public static let buildingID = FieldKey<String>("building_id", "Identifier of the building, as in the input")
  /// Building type.
  public static let buildingType = FieldKey<String>("bygningstype", "Code of the building type, as in the input")
  /// Floor area.
  public static let floorArea = FieldKey<Double>("floor_area_m2", unit: "m2", "Floor area of all storeys")
  /// Residents of a building.
  public static let residents = FieldKey<Double>("residents", "Number of residents of the building")
  /// Footprint.
  public static let footprint = FieldKey<Double>("footprint_m2", unit: "m2", "Area of the building's outline")
  /// Covered share of the sampled ring.
  public static let ringCoveredShare = FieldKey<Double>(
    "ring_covered_frac", "Share of the sampled ring around the building that the grid covers with data, 0 to 1")
  /// Whether an asset is exposed.
  public static let isExposed = FieldKey<Bool>("exposed", "Whether the water reaches the threshold of exposure")

  // MARK: Lines

  /// Whether vehicles pass.
  public static let passability = FieldKey<String>(
    "passability", "blocked where water is 30 cm or more, limited from 10 cm on, else passable; missing where not known"
  )

  // MARK: Bluespots and flow paths

  /// Identifier within the layer.
  public static let id = FieldKey<Int>("id", "Identifier within the layer")
  /// Enclosing bluespot.
  public static let parentID = FieldKey<Int>("parent_id", "Bluespot that encloses this one; missing at the top")
  /// Depth in the hierarchy.
  public static let depthLevel = FieldKey<Int>("depth_level", "Number of bluespots that enclose this one")
  /// Area of a full bluespot.
  public static let bluespotArea = FieldKey<Double>("bspot_area", unit: "m2", "Water surface of the full bluespot")
  /// Volume of a full bluespot.
  public static let bluespotVolume = FieldKey<Double>("bspot_vol", unit: "m3", "Volume of the full bluespot")
  /// Depth of a full bluespot.
  public static let bluespotDepth = FieldKey<Double>("bspot_dmax", unit: "m", "Greatest depth of the full bluespot")
  /// Level at which it spills.
  public static let spillLevel = FieldKey<Double>("spill_z", unit: "m", "Level at which the bluespot spills")
  /// Where it spills to.
  public static let spillsInto = FieldKey<Int>(
    "spill_into", "Bluespot that receives the spill; missing where it leaves the grid")
  /// Catchment.
  public static let catchmentArea = FieldKey<Double>("wshed_area", unit: "m2", "Area of the bluespot's own watershed")
  /// Rain that fills it.
  public static let localFillRain = FieldKey<Double>(
    "fill_mm_local", unit: "mm", "Runoff from the bluespot's own watershed that fills it")
  /// Own inflow.
  public static let inflow = FieldKey<Double>("inputv", unit: "m3", "Runoff from the bluespot's own watershed")
  /// Inflow from above.
  public static let upstreamInflow = FieldKey<Double>(
    "upstream_inputv", unit: "m3", "Inflow that other bluespots spill into this one")
  /// Water in the bluespot.
  public static let bluespotWater = FieldKey<Double>("v", unit: "m3", "Volume of water in the bluespot")
  /// Degree of filling.
  public static let filling = FieldKey<Double>("pctv", unit: "%", "Volume of water in per cent of the full volume")
  /// Spill.
  public static let spill = FieldKey<Double>("spillv", unit: "m3", "Volume that the bluespot spills")
  /// Water level.
  public static let waterLevel = FieldKey<Double>("level_z", unit: "m", "Level of the water; missing where dry")
  /// Depth of the water.
  public static let waterDepth = FieldKey<Double>("dmax", unit: "m", "Greatest depth of the water")
  /// Wet area.
  public static let wetArea = FieldKey<Double>("wet_area", unit: "m2", "Surface of the water")
  /// Next path downstream.
  public static let downstreamID = FieldKey<Int>(
    "downstream_id", "Path that this one flows into; missing where it leaves the terrain")
  /// Reach that a path is a part of.
  public static let reachID = FieldKey<Int>(
    "reach_id", "Reach between confluences that the path is a part of; the same in every scenario")
  /// Whether a path leads through standing water.
  public static let isUnderWater = FieldKey<Bool>("under_water", "The path leads through standing water")
  /// Upstream area.
  public static let upstreamArea = FieldKey<Double>("upslope_area_m2", unit: "m2", "Area that drains through the path")
  /// Stream order.
  public static let strahler = FieldKey<Int>("strahler", "Stream order by Strahler")
  /// Length.
  public static let length = FieldKey<Double>("length_m", unit: "m", "Length of the line")

  // MARK: Landslide

  /// Node at the upper end of a stream.
  public static let node = FieldKey<Int>("nodeid", "Identifier of the node; a stream has that of its upper end")
  /// Node downstream.
  public static let downstreamNode = FieldKey<Int>(
    "dstrnodeid", "Identifier of the next node downstream; missing at the end of the network")
  /// Kind of a node.
  public static let nodeType = FieldKey<String>("nodetype", "head, confluence, outlet or end")
  /// Height of the upper end of a stream.
  public static let upperElevation = FieldKey<Double>("z_upper_m", unit: "m", "Elevation at the upper end")
  /// Height of the lower end of a stream.
  public static let lowerElevation = FieldKey<Double>("z_lower_m", unit: "m", "Elevation at the lower end")
  /// Identifier of a point.
  public static let pointID = FieldKey<String>("point_id", "Identifier of the point, as in the input")
  /// Identifier of the next point downstream.
  public static let downstreamPointID = FieldKey<String>(
    "downstream_point_id", "Identifier of the next point that the water passes; missing where there is none")
  /// Fall along a way.
  public static let drop = FieldKey<Double>("drop_m", unit: "m", "Height of the beginning above the end")
  /// Where a way ends.
  public static let traceEnd = FieldKey<String>("ends_at", "border of the raster, outside within it, or pit")
  /// What changed a cell.
  public static let changeOrigin = FieldKey<String>("origin", "culvert or breach")

  /// Stability class.
  public static let slideClass = FieldKey<Int>(
    "slide_class", "Class by factor of safety, 1 the least stable; the thresholds are in the configuration")

  // MARK: Water balance and culverts

  /// Item of the water balance.
  public static let item = FieldKey<String>("item", "Where the water came from or went")
  /// Volume of the item.
  public static let itemVolume = FieldKey<Double>("m3", unit: "m3", "Volume")
  /// Identifier of what changed a cell.
  public static let changeID = FieldKey<String>("change_id", "Identifier of the culvert, or number of the trench")
  /// Column of a changed cell.
  public static let column = FieldKey<Int>("column", "Column of the cell, from 0 in the west")
  /// Row of a changed cell.
  public static let row = FieldKey<Int>("row", "Row of the cell, from 0 in the north")
  /// Easting of a changed cell.
  public static let x = FieldKey<Double>("x", unit: "m", "Easting of the cell's centre")
  /// Northing of a changed cell.
  public static let y = FieldKey<Double>("y", unit: "m", "Northing of the cell's centre")
  /// Elevation before.
  public static let elevationBefore = FieldKey<Double>("z_before_m", unit: "m", "Elevation before the culvert was cut")
  /// Elevation after.
  public static let elevationAfter = FieldKey<Double>("z_after_m", unit: "m", "Elevation after the culvert was cut")
}
