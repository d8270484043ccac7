/// Fields of the network of bluespots: when they fill, where their water goes.
extension Fields {
  /// Rain that fills a bluespot through the network.
  public static let networkFillRain = FieldKey<Double>(
    "fill_mm_network", unit: "mm", "Runoff everywhere that fills the bluespot, with what others spill into it")
  /// Return period at which a bluespot fills.
  public static let fillReturnPeriod = FieldKey<Double>(
    "fill_return_period", unit: "a",
    "Return period at which the bluespot fills, between those of the scenarios; their runoff is taken to grow with the "
      + "logarithm of the return period")
  /// Bound of that return period where it is outside those of the scenarios.
  public static let fillReturnBound = FieldKey<String>(
    "fill_return_bound", "Bound of the return period where it is outside those of the scenarios, such as < 2 or > 200")
  /// Water that soaks away.
  public static let infiltratedWater = FieldKey<Double>(
    "infilv", unit: "m3", "Volume that soaks into the ground under the bluespot's water")
  /// Water that drains take.
  public static let drainedWater = FieldKey<Double>(
    "drainv", unit: "m3", "Volume that drains and pumps take from the bluespot")
  /// Node of the network.
  public static let nodeID = FieldKey<Int>("nodeid", "Node of the network: the bluespot")
  /// Next node of the network.
  public static let downstreamNodeID = FieldKey<Int>(
    "dstrnodeid", "Node that takes the spill; missing where it leaves the grid")
  /// Water in an event.
  public static let eventFlow = FieldKey<Double>(
    "event_flow_m3", unit: "m3", "Water that passes in the event, bluespots having kept theirs")

  // MARK: Hypsometry

  /// Number of a step.
  public static let hypsometryStep = FieldKey<Int>(
    "step", "Step of the level: 0 at the deepest ground, the last one at the brim")
  /// Level of a step.
  public static let hypsometryLevel = FieldKey<Double>("hyps_z", unit: "m", "Level of the water")
  /// Area at a level.
  public static let hypsometryArea = FieldKey<Double>(
    "hyps_area", unit: "m2", "Area of the bluespot's ground below the level")
  /// Volume at a level.
  public static let hypsometryVolume = FieldKey<Double>(
    "hyps_vol", unit: "m3", "Volume between the bluespot's ground and the level")

  // MARK: Buildings

  /// Rain at which water comes to a building.
  public static let wetRain = FieldKey<Double>(
    "wet_mm_network", unit: "mm",
    "Runoff everywhere with which water of min_depth first stands by the building; missing where none can")
  /// Return period at which water comes to a building.
  public static let wetReturnPeriod = FieldKey<Double>(
    "wet_return_period", unit: "a",
    "Return period at which water of min_depth first stands by the building, between those of the scenarios")
  /// Bound of that return period where it is outside those of the scenarios.
  public static let wetReturnBound = FieldKey<String>(
    "wet_return_bound", "Bound of the return period where it is outside those of the scenarios, such as < 2 or > 200")
}
