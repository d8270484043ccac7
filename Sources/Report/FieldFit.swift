import Geodata

/// Throws unless there is one value per field, each null or of the field's type; whole numbers fit real fields.
func requireFit(
  _ values: [FieldValue], _ fields: [Field], of owner: @autoclosure () -> String, path: String
) throws(ReportError) {
  if values.count != fields.count {
    throw ReportError(
      .doesNotFit, path: path, message: "\(owner()): \(values.count) values for \(fields.count) fields")
  }
  for (value, field) in zip(values, fields) {
    let fits =
      switch (value, field.type) {
      case (.null, _), (.text, .text), (.integer, .integer), (.integer, .real), (.real, .real), (.boolean, .boolean):
        true
      default: false
      }
    if !fits {
      throw ReportError(
        .doesNotFit, path: path, message: "\(owner()): field '\(field.name)' is \(field.type), its value is \(value)")
    }
  }
}
