public import Grids

/// One value of a feature's attributes or of a table's row.
public enum FieldValue: Sendable, Hashable {
  /// Not known, not covered or not computed: never the same as zero.
  case null
  /// Text, kept as it was read.
  case text(String)
  /// A whole number.
  case integer(Int64)
  /// A number with a fraction; never NaN or infinite.
  case real(Double)
  /// Yes or no.
  case boolean(Bool)

  /// A number, or null where it is not finite.
  public static func number(_ value: Double?) -> FieldValue {
    guard let value, value.isFinite else { return .null }
    return .real(value)
  }
}

/// The type of a field's values.
public enum FieldType: String, Sendable, Hashable {
  /// Text.
  case text
  /// Whole numbers.
  case integer
  /// Numbers with a fraction.
  case real
  /// Yes or no.
  case boolean
}

/// Name, type, unit and meaning of one attribute.
public struct Field: Sendable, Hashable {
  /// Lower snake case with a unit suffix, at most 31 characters.
  public var name: String
  /// Type of the values.
  public var type: FieldType
  /// Unit of the values, such as `m` or `mm`; nil where there is none.
  public var unit: String?
  /// What the values mean, in one sentence.
  public var summary: String

  /// Describes a field.
  public init(_ name: String, _ type: FieldType, unit: String? = nil, _ summary: String) {
    self.name = name
    self.type = type
    self.unit = unit
    self.summary = summary
  }
}

/// A shape with its attributes.
public struct Feature: Sendable, Hashable {
  /// The shape, or nil where the source has none or an unusable one.
  public var shape: Shape?
  /// One value per field of the layer.
  public var values: [FieldValue]

  /// Makes a feature.
  public init(shape: Shape?, values: [FieldValue]) {
    self.shape = shape
    self.values = values
  }
}

/// The one geometry type of a layer; lines and polygons are always written as their Multi type.
public enum ShapeType: String, Sendable, Hashable {
  /// Points.
  case point
  /// Lines.
  case lines
  /// Surfaces.
  case polygons
}

/// Features of one geometry type with the same fields in one reference system.
public struct FeatureLayer: Sendable {
  /// Layer name, lower snake case.
  public var name: String
  /// What the layer shows, in one sentence.
  public var summary: String
  /// Reference system of the shapes.
  public var crs: CoordinateReferenceSystem
  /// Geometry type of every feature.
  public var shapeType: ShapeType
  /// The attributes, in order.
  public var fields: [Field]
  /// The features, in order.
  public var features: [Feature]

  /// Makes a layer.
  public init(
    name: String, summary: String, crs: CoordinateReferenceSystem, shapeType: ShapeType, fields: [Field],
    features: [Feature]
  ) {
    self.name = name
    self.summary = summary
    self.crs = crs
    self.shapeType = shapeType
    self.fields = fields
    self.features = features
  }
}

/// Rows without shapes.
public struct FeatureTable: Sendable {
  /// Table name, lower snake case.
  public var name: String
  /// What the table holds, in one sentence.
  public var summary: String
  /// The columns, in order.
  public var fields: [Field]
  /// The rows, one value per column.
  public var rows: [[FieldValue]]

  /// Makes a table.
  public init(name: String, summary: String, fields: [Field], rows: [[FieldValue]]) {
    self.name = name
    self.summary = summary
    self.fields = fields
    self.rows = rows
  }
}
