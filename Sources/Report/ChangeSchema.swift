import Geodata

extension Fields {
  /// Table of a change.
  public static let table = FieldKey<String>("table", "Table of the runs that the value stands in")
  /// Identifier of what changed.
  public static let objectIdentifier = FieldKey<String>("object_id", "Identifier of the area or building")
  /// Case within the object.
  public static let changeCase = FieldKey<String>(
    "case", "Scenario, rule, or 'year' for an expected annual value")
  /// Field that changed.
  public static let changedField = FieldKey<String>("field", "Field that changed")
  /// Value in the first run.
  public static let before = FieldKey<Double>("before", "Value in the first run; missing where it is not known")
  /// Value in the second run.
  public static let after = FieldKey<Double>("after", "Value in the second run; missing where it is not known")
  /// Difference.
  public static let difference = FieldKey<Double>("difference", "Second value less the first")
  /// Kind of the change.
  public static let change = FieldKey<String>(
    "change", "rose, fell, appeared, disappeared, became_known or became_unknown")
}

extension Schemas {
  /// What differs between two runs, one row for each object, case and field: layer and table.
  public static let changes = Schema(
    name: "changes", summary: "What differs between two runs by more than a threshold", shapeType: .polygons,
    key: [Fields.table.name, Fields.objectIdentifier.name, Fields.changeCase.name, Fields.changedField.name],
    fields: [
      Fields.table.field, Fields.objectIdentifier.field, Fields.changeCase.field, Fields.changedField.field,
      Fields.before.field, Fields.after.field, Fields.difference.field, Fields.change.field,
    ])
}
