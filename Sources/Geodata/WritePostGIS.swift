import CGDAL
import Foundation
import Grids

/// Publishes layers and tables to a PostgreSQL database with PostGIS, all in one transaction.
///
/// Either everything is there afterwards or nothing has changed. Layers keep their reference systems and have a
/// spatial index; summaries, meanings and units stand in the comments of tables and columns. A schema that is there
/// already keeps its grants; its tables are replaced only where its comment says that this program made them, and not
/// where something outside the schema depends on them.
/// - Parameters:
///   - connection: As GDAL writes it, such as `PG:service=gis`. It holds no password: libpq takes that from its own
///     places.
///   - schema: Schema of the tables, made where it is missing.
///   - run: Identity of the run, which the comment of the schema tells.
/// - Throws: ``GeodataError``, whose texts do not repeat the connection.
public func writePostGIS(
  connection: String, schema: String, run: String, layers: [FeatureLayer], tables: [FeatureTable]
) throws(GeodataError) {
  let place = "PostGIS, schema \(schema)"
  let site = CallSite(code: .databaseNotWritten, operation: "write database", path: place)
  try registerPostgreSQL(site)
  let opened = listening {
    withStringList(["PostgreSQL"]) { drivers in
      withStringList(["LIST_ALL_TABLES=NO"]) { options in
        GDALOpenEx(
          connection, UInt32(GDAL_OF_VECTOR | GDAL_OF_UPDATE), readOnly(drivers), readOnly(options), nil)
      }
    }
  }
  // What libpq says of a failed connection may repeat parts of it; it is left out.
  guard let handle = opened.result else {
    throw site.error(
      "the database cannot be reached",
      hint: "check outputs.postgis.connection, PGPASSFILE or PGSERVICE, and that psql reaches it from here")
  }
  let database = Database(handle: handle, site: site)
  let dataset = Dataset(owning: handle)
  try site.checkOGR("the transaction cannot be begun") { GDALDatasetStartTransaction(handle, 0) }
  do throws(GeodataError) {
    try database.clear(schema, run: run)
    let writer = LayerWriter(handle: handle, path: place)
    let options = ["SCHEMA=\(schema)", "LAUNDER=NO", "FID=fid"]
    for layer in layers {
      let target = try writer.create(layer, options: options + ["GEOMETRY_NAME=geom", "SPATIAL_INDEX=GIST"])
      try database.fill(
        schema, layer.name, target, layer.fields, layer.features.lazy.map { (shape: $0.shape, values: $0.values) },
        hasShapes: true)
    }
    for table in tables {
      let target = try writer.create(table.name, wkbNone, nil, table.fields, options)
      try database.fill(
        schema, table.name, target, table.fields, table.rows.lazy.map { (shape: nil, values: $0) }, hasShapes: false)
    }
    for layer in layers { try database.describe(schema, layer.name, layer.summary, layer.fields) }
    for table in tables { try database.describe(schema, table.name, table.summary, table.fields) }
    try site.checkOGR("the transaction cannot be committed") { GDALDatasetCommitTransaction(handle) }
  } catch {
    _ = quietly { GDALDatasetRollbackTransaction(handle) }
    throw error
  }
  try dataset.close(operation: "write database", path: place)
}

/// Statements to an open database.
private struct Database {
  let handle: GDALDatasetH
  let site: CallSite

  func execute(_ statement: String, _ failure: String, hint: String = "") throws(GeodataError) {
    let outcome = listening { GDALDatasetExecuteSQL(handle, statement, nil, nil) }
    if let result = outcome.result { GDALDatasetReleaseResultSet(handle, result) }
    let failures = outcome.messages.filter { $0.severity == .failure }
    if !failures.isEmpty { throw site.error(failure, hint: hint, failures) }
  }

  /// The first value of a query; nil where there is no row or the value is null.
  func value(_ query: String, _ failure: String) throws(GeodataError) -> String? {
    let outcome = listening { GDALDatasetExecuteSQL(handle, query, nil, nil) }
    guard let result = outcome.result else { throw site.error(failure, outcome.messages) }
    defer { GDALDatasetReleaseResultSet(handle, result) }
    guard let feature = OGR_L_GetNextFeature(result) else { return nil }
    defer { OGR_F_Destroy(feature) }
    guard OGR_F_IsFieldSetAndNotNull(feature, 0) != 0, let text = OGR_F_GetFieldAsString(feature, 0) else { return nil }
    return String(cString: text)
  }

  /// Makes the schema, or removes the tables of the run that it holds.
  func clear(_ schema: String, run: String) throws(GeodataError) {
    let mark = "overvann run "
    let name = literal(schema)
    let count = try value(
      "SELECT count(*)::text FROM pg_catalog.pg_namespace WHERE nspname = \(name)", "the schemas cannot be listed")
    if count == "0" {
      try execute("CREATE SCHEMA \(identifier(schema))", "the schema cannot be made")
    } else {
      let tables = try value(
        "SELECT count(*)::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
          + "WHERE n.nspname = \(name) AND c.relkind IN ('r', 'v', 'm', 'p', 'f')",
        "the tables cannot be listed")
      let comment = try value(
        "SELECT pg_catalog.obj_description(oid, 'pg_namespace') FROM pg_catalog.pg_namespace WHERE nspname = \(name)",
        "the comment of the schema cannot be read")
      if tables != "0", comment?.hasPrefix(mark) != true {
        throw site.error(
          "the schema holds tables that are not those of an earlier run", hint: "name another outputs.postgis.schema")
      }
      try execute(
        """
        DO $$ DECLARE t record; BEGIN
        FOR t IN SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = \(name) LOOP
        EXECUTE format('DROP TABLE %I.%I', \(name), t.tablename);
        END LOOP; END $$
        """, "the tables of the earlier run cannot be removed",
        hint: "views on them keep them; use outputs.postgis.mode: version, or drop the views")
    }
    try execute(
      "COMMENT ON SCHEMA \(identifier(schema)) IS \(literal(mark + run))", "the schema cannot be described")
  }

  /// Writes the rows of a table that has just been created, many with each statement.
  ///
  /// The driver itself prints numbers with 15 digits, which loses the last bits of one in two; here they have the
  /// shortest text that reads back the same.
  func fill(
    _ schema: String, _ table: String, _ layer: OGRLayerH, _ fields: [Field],
    _ rows: some Collection<(shape: Shape?, values: [FieldValue])>, hasShapes: Bool
  ) throws(GeodataError) {
    // The driver makes the table only when it must.
    try site.checkOGR("“\(table)” cannot be made") { OGR_L_SyncToDisk(layer) }
    var reference = "0"
    if hasShapes {
      reference =
        try value("SELECT Find_SRID(\(literal(schema)), \(literal(table)), 'geom')::text", "no reference system") ?? "0"
    }
    let target = "\(identifier(schema)).\(identifier(table))"
    let columns = ["fid"] + (hasShapes ? ["geom"] : []) + fields.map(\.name)
    let start = "INSERT INTO \(target) (\(columns.map(identifier).joined(separator: ", "))) VALUES "
    var statement = ""
    for (number, row) in rows.enumerated() {
      var cells = ["\(number + 1)"]
      if hasShapes {
        cells.append(try row.shape.map { (shape) throws(GeodataError) in try well(shape, reference) } ?? "NULL")
      }
      cells += row.values.map(text)
      statement += (statement.isEmpty ? start : ",\n") + "(" + cells.joined(separator: ",") + ")"
      if statement.utf8.count > 1 << 20 {
        try execute(statement, "rows of “\(table)” cannot be written")
        statement = ""
      }
    }
    if !statement.isEmpty { try execute(statement, "rows of “\(table)” cannot be written") }
    // What others add later goes on from here.
    try execute(
      "SELECT setval(pg_get_serial_sequence(\(literal(target)), 'fid'), \(max(1, rows.count)), \(!rows.isEmpty))",
      "the numbering of “\(table)” cannot be set")
  }

  /// A shape as SQL, in well-known binary.
  private func well(_ shape: Shape, _ reference: String) throws(GeodataError) -> String {
    let geometry = try site.call("a shape cannot be made") { OGRGeometry.make(shape) }
    var bytes = [UInt8](repeating: 0, count: Int(OGR_G_WkbSize(geometry.handle)))
    try site.checkOGR("a shape cannot be written") { OGR_G_ExportToIsoWkb(geometry.handle, wkbNDR, &bytes) }
    let digits = Array("0123456789abcdef".utf8)
    var hex: [UInt8] = []
    hex.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      hex.append(digits[Int(byte >> 4)])
      hex.append(digits[Int(byte & 15)])
    }
    return "ST_GeomFromWKB('\\x\(String(decoding: hex, as: UTF8.self))'::bytea, \(reference))"
  }

  /// A value as SQL.
  private func text(_ value: FieldValue) -> String {
    switch value {
    case .null: "NULL"
    case .text(let text): literal(text.replacing("\u{0}", with: ""))
    case .integer(let number): "\(number)"
    case .real(let number): number.isFinite ? "\(number)" : "NULL"
    case .boolean(let flag): flag ? "true" : "false"
    }
  }

  /// Says what a table and its columns mean.
  func describe(_ schema: String, _ table: String, _ summary: String, _ fields: [Field]) throws(GeodataError) {
    let target = "\(identifier(schema)).\(identifier(table))"
    var statement = "COMMENT ON TABLE \(target) IS \(literal(summary))"
    for field in fields {
      let meaning = field.summary + (field.unit.map { " [\($0)]" } ?? "")
      statement += "; COMMENT ON COLUMN \(target).\(identifier(field.name)) IS \(literal(meaning))"
    }
    try execute(statement, "“\(table)” cannot be described")
  }

  private func identifier(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

  private func literal(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}

/// Makes GDAL's PostgreSQL driver known, which ``GDALLibrary`` leaves out: no path of an input may open a connection.
///
/// Inputs have all been read when a run is published.
private func registerPostgreSQL(_ site: CallSite) throws(GeodataError) {
  GDALLibrary.start()
  if GDALGetDriverByName("PostgreSQL") != nil { return }
  if let symbol = dlsym(nil, "RegisterOGRPG") {
    typealias Register = @convention(c) () -> Void
    unsafeBitCast(symbol, to: Register.self)()
  }
  if GDALGetDriverByName("PostgreSQL") == nil {
    throw site.error("this GDAL (\(GDALLibrary.version)) has no driver PostgreSQL")
  }
}
