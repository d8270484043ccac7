import Geodata

extension Fields {
  /// Code of an indicator.
  public static let indicatorCode = FieldKey<String>("code", "Code of the indicator in U4SSC")
  /// Name of an indicator.
  public static let indicator = FieldKey<String>("indicator", "Name of the indicator")
  /// Value of an indicator.
  public static let indicatorValue = FieldKey<Double>("value", "Value; missing where it cannot be told")
  /// Unit of an indicator.
  public static let indicatorUnit = FieldKey<String>("unit", "Unit of the value")
  /// Least value.
  public static let indicatorLow = FieldKey<Double>(
    "value_low", "Lower bound: the least over the scenarios, or of the expected annual value")
  /// Greatest value.
  public static let indicatorHigh = FieldKey<Double>(
    "value_high", "Upper bound: the greatest over the scenarios, or of the expected annual value")
  /// Numerator.
  public static let numerator = FieldKey<Double>("numerator", "What is counted")
  /// Denominator.
  public static let denominator = FieldKey<Double>("denominator", "What it is set against")
  /// How an indicator came about.
  public static let indicatorStatus = FieldKey<String>(
    "status", "computed, modelled (a companion, not what the indicator asks for), or not_covered")
  /// Identifier of a pipe.
  public static let pipeID = FieldKey<String>("pipe_id", "Identifier of the pipe, as in the input")
  /// Whether a pipe is monitored.
  public static let isMonitored = FieldKey<Bool>("monitored", "Whether sensors monitor the pipe")
  /// Length in water.
  public static let pipeFlooded = FieldKey<Double>(
    "flooded_m", unit: "m", "Length under standing water in the scenario that floods most of it")
  /// Expected annual length in water.
  public static let expectedPipeLength = FieldKey<Double>(
    "eaflooded_m_a", unit: "m/a", "Expected annual length under standing water; missing with fewer than two scenarios")
}

extension Schemas {
  /// Indicators of the whole.
  public static let indicators = Schema(
    name: "indicators", summary: "Indicators after U4SSC for all areas together, by hazard and scenario; screening",
    key: [Fields.indicatorCode.name, Fields.hazard.name, Fields.scenario.name],
    fields: [
      Fields.indicatorCode.field, Fields.indicator.field, Fields.hazard.field, Fields.scenario.field,
      Fields.indicatorValue.field, Fields.indicatorUnit.field, Fields.indicatorLow.field, Fields.indicatorHigh.field,
      Fields.numerator.field, Fields.denominator.field, Fields.coveredShare.field, Fields.indicatorStatus.field,
    ])

  /// Pipes of the drainage with how they are flooded.
  public static let drainage = Schema(
    name: "drainage", summary: "Pipes, those without sensors ranked by the water that stands over them",
    key: [Fields.pipeID.name],
    fields: [
      Fields.pipeID.field, Fields.length.field, Fields.isMonitored.field, Fields.pipeFlooded.field,
      Fields.expectedPipeLength.field, Fields.rank.field, Fields.flags.field,
    ])
}

extension Fields {
  /// Hazard class.
  public static let hazardClass = FieldKey<Int>("hazard_class", "Worst class by the table of rules; 0 is none")
  /// Name of the hazard class.
  public static let hazardClassName = FieldKey<String>("class_name", "Name of the class, as in the table of rules")
  /// Area of the class.
  public static let classArea = FieldKey<Double>("class_area_m2", unit: "m2", "Area of the class")
  /// Share of the class.
  public static let classShare = FieldKey<Double>("class_frac", "Area of the class, divided by the polygon's area")
  /// Buildings of the class.
  public static let classBuildings = FieldKey<Int>(
    "bld_class_n",
    "Number of buildings whose class it is: the worst of which, or worse, a twentieth of the sampled surface is")
  /// Residents of the class.
  public static let classPopulation = FieldKey<Double>("pop_class", "Residents of these buildings")
}

extension Schemas {
  /// Ground, buildings and residents by hazard class.
  public static let hazardClasses = Schema(
    name: "hazard_classes", summary: "Ground, buildings and residents by hazard class, for each area and scenario",
    key: [Fields.areaID.name, Fields.scenario.name, Fields.hazardClass.name],
    fields: [
      Fields.areaID.field, Fields.scenario.field, Fields.hazardClass.field, Fields.hazardClassName.field,
      Fields.coveredShare.field, Fields.classArea.field, Fields.classShare.field, Fields.classBuildings.field,
      Fields.classPopulation.field, Fields.flags.field,
    ])
}
