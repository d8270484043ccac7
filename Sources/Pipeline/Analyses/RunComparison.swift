import Exposure
import Foundation
import Geodata
import Grids
public import Report

/// What differs between two runs, per area and building: `overvann diff`.
public struct RunComparison: Sendable {
  /// Folder of the first run.
  public var before: String
  /// Folder of the second run.
  public var after: String
  /// Fields to compare, with the largest difference that is no change; those of ``defaultThresholds`` unless given.
  public var thresholds: [String: Double] = RunComparison.defaultThresholds
  /// File to write the changes to (CSV, GeoJSON, GeoPackage or FlatGeobuf by its ending); nil writes none.
  public var output: String?
  /// How files are written.
  public var files = OutputFiles()

  /// Fields that are compared, with the largest difference that is no change, in the unit of the field.
  ///
  /// `exposed` counts as 0 and 1, `result_status` as 0 (NO-HIT-GREEN or NOT-RELEVANT) to 3 (HIT-RED).
  public static let defaultThresholds: [String: Double] = [
    "bld_exposed_n": 0, "pop_exposed": 0, "flood_area_m2": 10, "road_exposed_m": 1, "slide_area_m2": 10,
    "damage_nok": 1000, "exposed": 0, "depth_p95_m": 0.05, "ead_nok_a": 100, "eapop_n_a": 0.01, "result_status": 0,
  ]

  /// Whether the second run is complete; else it is one that is about to be published.
  var isAfterComplete = true

  /// Compares two runs.
  public init(_ before: String, _ after: String) {
    self.before = before
    self.after = after
  }

  /// Compares the tables that both runs have, and writes the changes where a file is named.
  /// - Throws: ``RunFailure`` where a folder holds no run, or no field to compare.
  public func run() throws(RunFailure) -> RunChanges {
    try files.check([output], inputs: [])
    let names = try Set(tables(of: before)).intersection(try tables(of: after)).sorted()
    var changes: [RunChange] = []
    var compared: Set<String> = []
    for name in names {
      let (first, second) = (try ComparedTable(before, name, thresholds), try ComparedTable(after, name, thresholds))
      guard let first, let second else { continue }
      compared.formUnion(first.fields.filter { second.fields.contains($0) })
      changes += first.changes(to: second, thresholds)
    }
    let missing = thresholds.keys.filter { !compared.contains($0) }.sorted()
    if compared.isEmpty || (thresholds != Self.defaultThresholds && !missing.isEmpty) {
      throw RunFailure(
        .configuration,
        [
          Diagnostic(
            .missingColumn, at: SourcePosition(file: after),
            "no table that both runs have holds \(missing.joined(separator: ", "))",
            hint: "fields of areas, buildings and their expected annual values can be compared")
        ])
    }
    if let output { try write(changes, to: output) }
    return RunChanges(changes: changes, comparedFields: compared.sorted())
  }

  private func tables(of run: String) throws(RunFailure) -> [String] {
    let folder = URL(fileURLWithPath: run).appendingPathComponent("tables")
    let isRun = FileManager.default.fileExists(atPath: run + "/manifest.json") || (run == after && !isAfterComplete)
    guard isRun, let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
      throw RunFailure(
        .input,
        [
          Diagnostic(
            .unreadableFile, at: SourcePosition(file: run), "this is no folder of a run with tables",
            hint: "name the folder that holds manifest.json and tables/")
        ])
    }
    return files.filter { $0.hasSuffix(".csv") }.map { String($0.dropLast(4)) }
  }

  // MARK: - Writing

  private func write(_ changes: [RunChange], to path: String) throws(RunFailure) {
    try RunFailure.locating(at: SourcePosition(file: path)) {
      let rows = try changes.map { try $0.row() }
      if path.lowercased().hasSuffix(".csv") {
        try writeCSV(Schemas.changes.table(rows), to: URL(fileURLWithPath: path))
        return
      }
      _ = try VectorFormat(of: path)
      var shapes: [String: [String: Shape]] = [:]
      var crs: CoordinateReferenceSystem?
      for name in Set(changes.map(\.table)).sorted() {
        // Shapes of the second run; those of the first for what is there no more.
        for run in [before, after] {
          guard let layer = try layer(name, of: run, in: crs) else { continue }
          crs = crs ?? layer.crs
          guard let place = layer.fields.firstIndex(where: { ["area_id", "building_id"].contains($0.name) }) else {
            continue
          }
          for feature in layer.features {
            if case .text(let id) = feature.values[place], let shape = feature.shape {
              shapes[name, default: [:]][id] = shape
            }
          }
        }
      }
      let system = try crs ?? coordinateReferenceSystem("EPSG:4326")
      let features = zip(changes, rows).map { Feature(shape: shapes[$0.table]?[$0.objectID], values: $1) }
      if files.replaces, FileManager.default.fileExists(atPath: path) {
        try FileManager.default.removeItem(atPath: path)
      }
      try Schemas.changes.layer(crs: system, features: features).write(to: path)
    }
  }

  /// The layer with the shapes of a table's rows, from the run's GeoPackage or GeoJSON; nil where there is none.
  private func layer(_ table: String, of run: String, in crs: CoordinateReferenceSystem?) throws -> FeatureLayer? {
    var name = table
    for ending in PipelineCheck.derivedNames where name.hasSuffix(ending) { name = String(name.dropLast(ending.count)) }
    for path in ["\(run)/layers/overvann.gpkg", "\(run)/layers/\(name).geojson"]
    where FileManager.default.fileExists(atPath: path) {
      guard let found = try inspectLayers(path).first(where: { $0.name == name }) else { continue }
      let arePoints = found.geometryType.contains("Point")
      var layer = try readLayer(
        path, reprojectedTo: crs, VectorReading(shapeType: arePoints ? .point : .polygons, layer: name)
      ).layer
      if arePoints {
        for index in layer.features.indices {
          guard case .point(let point)? = layer.features[index].shape else { continue }
          layer.features[index].shape = .polygons(try buffer(point: point, by: Self.pointRadius))
        }
      }
      return layer
    }
    return nil
  }

  /// Radius of the disc that stands for a point on the map of changes, in units of its reference system.
  private static let pointRadius = 1.0
}

/// The changes between two runs.
public struct RunChanges: Sendable {
  /// The changes beyond their thresholds, by table, object, case and field.
  public let changes: [RunChange]
  /// The fields that were compared.
  public let comparedFields: [String]

  /// Number of changes of each kind.
  public var counts: JSONObject {
    JSONObject(
      ValueChange.allCases.map { kind in (kind.rawValue, JSONValue(changes.count { $0.change == kind.rawValue })) })
  }
}

/// One value that differs between two runs.
public struct RunChange: Sendable, Hashable {
  /// Table that the value stands in.
  public let table: String
  /// Identifier of the area or building.
  public let objectID: String
  /// Scenario, rule, or `year`.
  public let caseName: String
  /// Field.
  public let field: String
  /// Value in the first run; nil where it is not known or not there.
  public let before: Double?
  /// Value in the second run; nil where it is not known or not there.
  public let after: Double?
  /// How it changed.
  public let change: String

  /// Difference; nil where one of the values is not known.
  public var difference: Double? { before.flatMap { before in after.map { $0 - before } } }

  /// The change as a row of ``Schemas/changes``.
  func row() throws(RowError) -> [FieldValue] {
    var row = RowBuilder(Schemas.changes)
    row.set(Fields.table, table)
    row.set(Fields.objectIdentifier, objectID)
    row.set(Fields.changeCase, caseName)
    row.set(Fields.changedField, field)
    row.set(Fields.before, before)
    row.set(Fields.after, after)
    row.set(Fields.difference, difference)
    row.set(Fields.change, change)
    return try row.row()
  }

  /// Names of the columns of ``csv``.
  public static let header = Schemas.changes.fields.map(\.name).joined(separator: ",")

  /// The change as a line of CSV.
  public var csv: String {
    func quoted(_ text: String) -> String { "\"\(text.replacingOccurrences(of: "\"", with: "\"\""))\"" }
    func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    return [
      quoted(table), quoted(objectID), quoted(caseName), quoted(field), number(before), number(after),
      number(difference), quoted(change),
    ].joined(separator: ",")
  }

  /// The change as JSON.
  public var json: JSONObject {
    [
      "table": .string(table), "object_id": .string(objectID), "case": .string(caseName), "field": .string(field),
      "before": JSONValue(before), "after": JSONValue(after), "difference": JSONValue(difference),
      "change": .string(change),
    ]
  }
}

/// A table of a run with the fields that are compared.
private struct ComparedTable {
  let name: String
  /// Object and case of each row, in order.
  let keys: [[String]]
  let fields: [String]
  /// Row of each object and case.
  let rows: [[String]: Int]
  let values: [String: [Double?]]

  /// Reads a table; nil where its rows are no areas or buildings, or it holds none of the fields.
  init?(_ run: String, _ name: String, _ thresholds: [String: Double]) throws(RunFailure) {
    let path = "\(run)/tables/\(name).csv"
    let table = try RunFailure.locating(at: SourcePosition(file: path)) { try CSVTable(path: path) }
    let columns = Set(table.columnNames)
    // A building's row names its area too.
    guard let id = ["building_id", "area_id"].first(where: columns.contains),
      !columns.contains(Fields.hazard.name)
    else { return nil }
    fields = thresholds.keys.filter(columns.contains).sorted()
    guard !fields.isEmpty else { return nil }
    let kind = [Fields.scenario.name, Fields.rule.name].first(where: columns.contains)
    self.name = name
    let fields = fields
    (keys, values) = try RunFailure.locating(at: SourcePosition(file: path)) {
      let ids = try table.texts(id)
      let cases = try kind.map { try table.texts($0) } ?? ids.map { _ in "year" }
      var values: [String: [Double?]] = [:]
      for field in fields { values[field] = try Self.numbers(table, field) }
      return (zip(ids, cases).map { [$0, $1] }, values)
    }
    rows = Dictionary(keys.enumerated().map { ($1, $0) }) { first, _ in first }
  }

  /// Values as numbers: yes and no as 1 and 0, states of safety by how grave they are.
  private static func numbers(_ table: CSVTable, _ field: String) throws -> [Double?] {
    switch field {
    case Fields.isExposed.name:
      try table.texts(field).map { $0.isEmpty ? nil : $0 == "true" ? 1 : 0 }
    case Fields.resultStatus.name:
      try table.texts(field).map { text in
        switch SafetyStatus(rawValue: text) {
        case .conflict: 3
        case .toCheck: 2
        case .notTold: 1
        case .clear: 0
        case nil: text.isEmpty ? nil : 0
        }
      }
    default: try table.optionalNumbers(field)
    }
  }

  func changes(to other: ComparedTable, _ thresholds: [String: Double]) -> [RunChange] {
    let all = keys + other.keys.filter { rows[$0] == nil }
    return all.flatMap { key in
      let (here, there) = (rows[key], other.rows[key])
      return fields.filter { other.fields.contains($0) }.compactMap { field -> RunChange? in
        let before: Double?? = here.map { values[field]?[$0] ?? nil }
        let after: Double?? = there.map { other.values[field]?[$0] ?? nil }
        guard let change = ValueChange(from: before, to: after, threshold: thresholds[field] ?? 0) else { return nil }
        return RunChange(
          table: name, objectID: key[0], caseName: key[1], field: field, before: before ?? nil, after: after ?? nil,
          change: change.rawValue)
      }
    }
  }
}
