import Geodata

/// Fields of buildings set against safety classes, named after Geonorge's analysis of public maps (DOK-analyse).
extension Fields {
  /// Rule.
  public static let rule = FieldKey<String>(
    "rule", "flood (TEK17 § 7-2), landslide (§ 7-3) or stormwater (§ 15-8, climate-adjusted 100-year rain)")
  /// Safety class.
  public static let safetyClass = FieldKey<String>(
    "safety_class", "Safety class by the table of building types, a screening default; missing where none applies")
  /// Event of the class.
  public static let classReturnPeriod = FieldKey<Double>(
    "class_return_period_a", unit: "a", "Return period of the event that the building is to stand clear of")
  /// Event that decided.
  public static let decidedByReturnPeriod = FieldKey<Double>(
    "decided_return_period_a", unit: "a", "Return period of the scenario that decided; missing where none did")
  /// Result.
  public static let resultStatus = FieldKey<String>(
    "result_status",
    "HIT-RED: the class's event touches the building; HIT-YELLOW: a rarer one or a susceptibility does; NO-HIT-YELLOW: "
      + "not told; NO-HIT-GREEN: not touched; NOT-RELEVANT: no class. Screening")
  /// Area that is hit.
  public static let hitArea = FieldKey<Double>(
    "hit_area_m2", unit: "m2", "Area of the sampled surface that the hazard reaches in the scenario that decided")
  /// Area that was sampled.
  public static let inputArea = FieldKey<Double>(
    "input_area_m2", unit: "m2", "Area of the sampled surface: the ring around the building, or its footprint")
  /// Distance of the hazard.
  public static let hazardDistance = FieldKey<Double>(
    "distance_to_object_m", unit: "m",
    "Distance from the footprint to the nearest hazard in the scenario that decided; missing beyond the search distance"
  )
}

extension Schemas {
  /// Buildings set against safety classes, one row for each building and rule.
  public static let safety = Schema(
    name: "buildings_tek17", summary: "Each building against the safety classes of TEK17: a screening comparison",
    shapeType: .polygons, key: [Fields.buildingID.name, Fields.rule.name],
    fields: [
      Fields.buildingID.field, Fields.rule.field, Fields.areaID.field, Fields.buildingType.field,
      Fields.safetyClass.field, Fields.classReturnPeriod.field, Fields.resultStatus.field,
      Fields.decidedByReturnPeriod.field, Fields.hitArea.field, Fields.inputArea.field, Fields.hazardDistance.field,
      Fields.flags.field,
    ])
}
