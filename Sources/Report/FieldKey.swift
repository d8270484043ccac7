public import Geodata

/// A type whose values can stand in a field.
public protocol FieldRepresentable: Sendable {
  /// Type of the field.
  static var fieldType: FieldType { get }
  /// The value as a field holds it.
  var fieldValue: FieldValue { get }
}

extension String: FieldRepresentable {
  /// Text.
  public static var fieldType: FieldType { .text }
  /// The text as it is.
  public var fieldValue: FieldValue { .text(self) }
}

extension Int: FieldRepresentable {
  /// Whole numbers.
  public static var fieldType: FieldType { .integer }
  /// The number.
  public var fieldValue: FieldValue { .integer(Int64(self)) }
}

extension Double: FieldRepresentable {
  /// Numbers with a fraction.
  public static var fieldType: FieldType { .real }
  /// The number, or null where it is not finite.
  public var fieldValue: FieldValue { .number(self) }

  /// The decimal number that a single-precision number is read as: 0.1 stays 0.1, where widening gives 0.100000001.
  public init(shortest value: Float) {
    self = value.isFinite ? Double(value.description) ?? Double(value) : Double(value)
  }
}

extension Bool: FieldRepresentable {
  /// Yes or no.
  public static var fieldType: FieldType { .boolean }
  /// The flag.
  public var fieldValue: FieldValue { .boolean(self) }
}

/// A field together with the Swift type of its values, so that a value of another type does not compile.
public struct FieldKey<Value: FieldRepresentable>: Sendable, Hashable {
  /// The field.
  public let field: Field

  /// Describes a field.
  public init(_ name: String, unit: String? = nil, _ summary: String) {
    field = Field(name, Value.fieldType, unit: unit, summary)
  }

  /// Name of the field.
  public var name: String { field.name }
}
