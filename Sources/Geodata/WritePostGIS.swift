import CGDAL
import Foundation

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
    // Rows go through COPY, which is many times faster than INSERT.
    CPLSetThreadLocalConfigOption("PG_USE_COPY", "YES")
    defer { CPLSetThreadLocalConfigOption("PG_USE_COPY", nil) }
    let writer = LayerWriter(handle: handle, path: place)
    let options = ["SCHEMA=\(schema)", "LAUNDER=NO", "FID=fid"]
    for layer in layers { try writer.write(layer, options: options + ["GEOMETRY_NAME=geom", "SPATIAL_INDEX=GIST"]) }
    for table in tables { try writer.write(table, options: options) }
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
