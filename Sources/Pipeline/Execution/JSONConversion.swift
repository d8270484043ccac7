import Report

extension JSONValue {
  /// The same value as the report module writes it.
  init(_ tree: JSONTree) {
    switch tree {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(Int64(value))
    case .number(let value): self = .number(value)
    case .string(let value): self = .string(value)
    case .array(let values): self = .array(values.map { JSONValue($0) })
    case .object(let members): self = .object(JSONObject(members.map { ($0.key, JSONValue($0.value)) }))
    }
  }
}
