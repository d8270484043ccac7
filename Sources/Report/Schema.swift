public import Geodata
public import Grids

/// Name, meaning, geometry type, fields and key of a layer or table.
public struct Schema: Sendable {
  /// Name, lower snake case.
  public let name: String
  /// What it holds, in one sentence.
  public let summary: String
  /// Geometry type, or nil for a table without shapes.
  public let shapeType: ShapeType?
  /// Names of the fields that together tell rows apart; they always have a value.
  public let key: [String]
  /// The fields, in order.
  public let fields: [Field]
  let places: [String: Int]

  /// Describes a layer or table; field names must be unique and the key's fields among them.
  public init(name: String, summary: String, shapeType: ShapeType? = nil, key: [String], fields: [Field]) {
    self.name = name
    self.summary = summary
    self.shapeType = shapeType
    self.key = key
    self.fields = fields
    places = Dictionary(uniqueKeysWithValues: fields.enumerated().map { ($1.name, $0) })
    precondition(key.allSatisfy { places[$0] != nil }, "the key consists of fields")
  }

  /// Place of a field among the fields.
  public func place<Value>(of key: FieldKey<Value>) -> Int {
    guard let place = places[key.name] else { preconditionFailure("\(name) has no field \(key.name)") }
    return place
  }

  /// The same with more fields at the end, such as those kept from the user's own layer.
  public func adding(_ more: [Field]) -> Schema {
    Schema(name: name, summary: summary, shapeType: shapeType, key: key, fields: fields + more)
  }

  /// The same without some fields, such as those that a run without roads cannot have; a key field among them leaves
  /// the key as well.
  public func removing(_ names: Set<String>) -> Schema {
    Schema(
      name: name, summary: summary, shapeType: shapeType, key: key.filter { !names.contains($0) },
      fields: fields.filter { !names.contains($0.name) })
  }

  /// The same with counts that may have a fraction, because each thing counts by the share of it that lies in an area.
  public func apportioning(_ counts: Set<String>) -> Schema {
    Schema(
      name: name, summary: summary, shapeType: shapeType, key: key,
      fields: fields.map { field in
        guard counts.contains(field.name), field.type == .integer else { return field }
        return Field(field.name, .real, unit: field.unit, field.summary + ", each by its share in the area")
      })
  }

  /// The same with shapes of another type.
  public func shaped(_ type: ShapeType) -> Schema {
    Schema(name: name, summary: summary, shapeType: type, key: key, fields: fields)
  }

  /// The same under another name.
  public func named(_ name: String) -> Schema {
    Schema(name: name, summary: summary, shapeType: shapeType, key: key, fields: fields)
  }

  /// A table of rows made by `RowBuilder`.
  public func table(_ rows: [[FieldValue]]) -> FeatureTable {
    FeatureTable(name: name, summary: summary, fields: fields, rows: rows)
  }

  /// A layer of features made with rows of `RowBuilder`; the schema must have a geometry type.
  public func layer(crs: CoordinateReferenceSystem, features: [Feature]) -> FeatureLayer {
    guard let shapeType else { preconditionFailure("\(name) has no shapes") }
    return FeatureLayer(
      name: name, summary: summary, crs: crs, shapeType: shapeType, fields: fields, features: features)
  }
}

/// A row that does not fit its schema.
public struct RowError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Layer or table.
  public let schema: String
  /// What is wrong, field by field.
  public let problems: [String]

  /// Names the layer or table and the fields.
  public var description: String { "\(schema): \(problems.joined(separator: "; "))" }
}

/// Builds one row of a schema, field by field.
///
/// Every field must be set, if only to nil: a field that was forgotten is an error, never a silent null.
public struct RowBuilder: Sendable {
  private let schema: Schema
  private var values: [FieldValue?]
  /// Where the next field is expected: rows are mostly built in the order of their fields, which saves the search.
  private var next = 0
  private var problems: [String] = []

  /// Starts a row.
  public init(_ schema: Schema) {
    self.schema = schema
    values = Array(repeating: nil, count: schema.fields.count)
  }

  /// Sets a field; nil, NaN and infinite numbers are null.
  public mutating func set<Value>(_ key: FieldKey<Value>, _ value: Value?) {
    set(key.name, value?.fieldValue ?? .null)
  }

  /// Sets a field to a single-precision number as its decimal text reads; nil and NaN are null.
  public mutating func set(_ key: FieldKey<Double>, single value: Float?) {
    set(key, value.map { Double(shortest: $0) })
  }

  /// Sets a count; it has a fraction only where the schema apportions it.
  public mutating func set(_ key: FieldKey<Int>, count: Double?) {
    let isApportioned = schema.places[key.name].map { schema.fields[$0].type == .real } ?? false
    set(key.name, count.map { isApportioned ? .number($0) : .integer(Int64($0.rounded())) } ?? .null)
  }

  /// Sets a field by its name, such as one kept from the user's own layer.
  public mutating func set(_ name: String, _ value: FieldValue) {
    let expected = next < schema.fields.count && schema.fields[next].name == name ? next : schema.places[name]
    guard let place = expected else {
      problems.append("no field '\(name)'")
      return
    }
    next = place + 1
    switch (value, schema.fields[place].type) {
    case (.null, _):
      if schema.key.contains(name) { problems.append("key field '\(name)' without a value") }
      values[place] = .null
    case (.text, .text), (.integer, .integer), (.boolean, .boolean): values[place] = value
    case (.real(let number), .real): values[place] = .number(number)
    case (.integer(let number), .real): values[place] = .real(Double(number))
    default: problems.append("field '\(name)' is \(schema.fields[place].type), not \(value)")
    }
  }

  /// Sets every field not set so far to null: for rows that were not computed, with the reason in `flags`.
  public mutating func setRestToNull() {
    for place in values.indices where values[place] == nil { set(schema.fields[place].name, .null) }
  }

  /// The finished row.
  /// - Throws: `RowError` with every field that is missing, unknown or of another type.
  public func row() throws(RowError) -> [FieldValue] {
    var problems = problems
    for (field, value) in zip(schema.fields, values) where value == nil {
      problems.append("field '\(field.name)' was not set")
    }
    guard problems.isEmpty else { throw RowError(schema: schema.name, problems: problems) }
    return values.compactMap { $0 }
  }

  /// The finished row with a shape.
  /// - Throws: `RowError` as `row` does.
  public func feature(_ shape: Shape?) throws(RowError) -> Feature { Feature(shape: shape, values: try row()) }
}
