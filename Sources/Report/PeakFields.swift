import Geodata

extension Fields {
  /// Identifier of an outlet or area.
  public static let outletID = FieldKey<String>("outlet_id", "Identifier of the outlet or area, as in the input")
  /// Distance by which an outlet was moved.
  public static let movedDistance = FieldKey<Double>(
    "moved_m", unit: "m", "Distance from the outlet to the centre of the cell that stands for it")
  /// Area that drains to an outlet.
  public static let drainedArea = FieldKey<Double>(
    "catchment_m2", unit: "m2", "Area that drains to the outlet, or the area itself")
  /// Length of the longest flow path.
  public static let flowLength = FieldKey<Double>(
    "flow_length_m", unit: "m", "Length of the longest flow path to the outlet")
  /// Fall of the longest flow path.
  public static let flowDrop = FieldKey<Double>(
    "flow_drop_m", unit: "m", "Height of the head of the longest flow path above the outlet")
  /// Mean slope of the land.
  public static let landSlope = FieldKey<Double>("land_slope", "Mean slope of the catchment, rise over run")
  /// Mean runoff coefficient.
  public static let peakCoefficient = FieldKey<Double>(
    "peak_coef", "Mean runoff coefficient of the catchment, raised for the return period where a table says so, 0 to 1")
  /// Mean curve number.
  public static let meanCurveNumber = FieldKey<Double>(
    "curve_number", "Mean curve number of the catchment; missing where the time of concentration does not need it")
  /// Time of concentration.
  public static let concentrationTime = FieldKey<Double>(
    "conc_time_min", unit: "min", "Time of concentration of the catchment")
  /// Duration of the rain.
  public static let peakDuration = FieldKey<Double>(
    "rain_min", unit: "min", "Duration of the rain: the time of concentration, or the shortest of the table")
  /// Intensity of the rain.
  public static let peakIntensity = FieldKey<Double>(
    "rain_l_s_ha", unit: "l/(s*ha)", "Intensity of the rain with the climate factor")
  /// Peak discharge.
  public static let peak = FieldKey<Double>("peak_l_s", unit: "l/s", "Peak discharge by the rational method")
  /// What a pipe can take.
  public static let capacity = FieldKey<Double>(
    "capacity_l_s", unit: "l/s", "What the pipe can take; missing where the input does not tell")
  /// Peak against capacity.
  public static let capacityShare = FieldKey<Double>(
    "capacity_pct", unit: "%", "Peak in percent of the capacity; above 100 the pipe is too small")
}

extension Schemas {
  /// Peak discharge at outlets, one row for each outlet and scenario: layer and table.
  public static let peakRunoff = Schema(
    name: "peak_runoff",
    summary: "Peak discharge by the rational method at pipes, culverts and other outlets, for each scenario",
    shapeType: .point, key: [Fields.outletID.name, Fields.scenario.name],
    fields: [
      Fields.outletID.field, Fields.scenario.field, Fields.returnPeriod.field, Fields.climateFactor.field,
      Fields.flags.field, Fields.movedDistance.field, Fields.drainedArea.field, Fields.flowLength.field,
      Fields.flowDrop.field, Fields.landSlope.field, Fields.peakCoefficient.field, Fields.meanCurveNumber.field,
      Fields.concentrationTime.field, Fields.peakDuration.field, Fields.peakIntensity.field, Fields.peak.field,
      Fields.capacity.field, Fields.capacityShare.field,
    ])
}
