public import Geodata

/// The description of a run's tables, `datapackage.json`, by the Frictionless Data Package and Table Schema.
public struct DataPackage: Sendable {
  /// A table and the file it was written to.
  public struct Resource: Sendable {
    /// Name, summary and fields are described; rows are not looked at.
    public var table: FeatureTable
    /// Path relative to the description.
    public var path: String
    /// Length and hash.
    public var file: WrittenFile
    /// Layout of the file.
    public var dialect: CSVDialect
    /// Names of the fields that tell rows apart.
    public var key: [String]

    /// Describes a table.
    public init(
      _ table: FeatureTable, path: String, file: WrittenFile, dialect: CSVDialect = .standard, key: [String] = []
    ) {
      self.table = table
      self.path = path
      self.file = file
      self.dialect = dialect
      self.key = key
    }
  }

  /// Name of the package: lower case, digits, `-`, `_` and `.`.
  public var name: String
  /// What it is.
  public var title: String
  /// The tables.
  public var resources: [Resource]

  /// Makes a description.
  public init(name: String, title: String, resources: [Resource]) {
    self.name = name
    self.title = title
    self.resources = resources
  }

  /// The description as JSON.
  public var json: JSONObject {
    [
      "profile": "tabular-data-package",
      "name": .string(name),
      "title": .string(title),
      "resources": .array(resources.map { .object(Self.json($0)) }),
    ]
  }

  private static func json(_ resource: Resource) -> JSONObject {
    var schema: JSONObject = [
      "fields": .array(
        resource.table.fields.map { .object(json($0, isKey: resource.key.contains($0.name), resource.dialect)) }),
      "missingValues": [""],
    ]
    if !resource.key.isEmpty { schema["primaryKey"] = JSONValue(resource.key) }
    return [
      "profile": "tabular-data-resource",
      "name": .string(resource.table.name),
      "path": .string(resource.path),
      "description": .string(resource.table.summary),
      "format": "csv",
      "mediatype": "text/csv",
      "encoding": "utf-8",
      "bytes": JSONValue(resource.file.bytes),
      "hash": .string("sha256:" + resource.file.sha256),
      "dialect": [
        "delimiter": .string(String(resource.dialect.separator)),
        "lineTerminator": .string(resource.dialect.endsLinesWithCarriageReturn ? "\r\n" : "\n"),
        "quoteChar": "\"", "doubleQuote": true, "header": true,
      ],
      "schema": .object(schema),
    ]
  }

  private static func json(_ field: Field, isKey: Bool, _ dialect: CSVDialect) -> JSONObject {
    let type =
      switch field.type {
      case .text: "string"
      case .integer: "integer"
      case .real: "number"
      case .boolean: "boolean"
      }
    var json: JSONObject = ["name": .string(field.name), "type": .string(type)]
    if dialect.hasDecimalComma, field.type == .real { json["decimalChar"] = "," }
    if let unit = field.unit { json["unit"] = .string(unit) }
    json["description"] = .string(field.summary)
    if isKey { json["constraints"] = ["required": true] }
    return json
  }
}
