import CGDAL
import Grids

/// How QGIS and others are to draw a layer.
public struct LayerStyle: Sendable, Hashable {
  /// Name of the style.
  public var name: String
  /// QGIS style document.
  public var qml: String
  /// OGC styled layer descriptor; nil where there is none.
  public var sld: String?

  /// Makes a style.
  public init(name: String, qml: String, sld: String? = nil) {
    self.name = name
    self.qml = qml
    self.sld = sld
  }
}

/// Writes layers, tables and styles into one GeoPackage.
///
/// Layers keep their reference systems and have a spatial index; meanings and units of the fields stand in
/// `gpkg_data_columns`; the style of a layer is its default in `layer_styles`. The file appears under its name only
/// when it is complete, and the same content gives the same bytes: its timestamps come from `SOURCE_DATE_EPOCH`, else
/// they are 1970-01-01.
/// - Parameters:
///   - styles: Style by layer name; styles of layers that are not written are left out.
///   - metadata: JSON about the whole, such as the run that made it, for `gpkg_metadata`; nil for none.
///   - scratch: Folder to write in before the file is moved to its place. Unless given it is the folder of the file, or
///     that for temporary files where the file is to be on a network's file system, whose locks SQLite cannot rely on.
/// - Throws: ``GeodataError`` where the file cannot be written.
public func writeGeoPackage(
  to path: String, layers: [FeatureLayer], tables: [FeatureTable] = [], styles: [String: LayerStyle] = [:],
  metadata: String? = nil, scratch: String? = nil
) throws(GeodataError) {
  let scratch = scratch ?? scratchFolder(forSQLiteAt: path)
  try writeAtomically(to: path, operation: "write layer", scratch: scratch) { (temporary) throws(GeodataError) in
    let dataset = try createVectorFile("GPKG", temporary, for: path)
    let writer = LayerWriter(handle: dataset.handle, path: path)
    for layer in layers {
      try writer.write(layer, options: geoPackageOptions(of: layer), packsIndex: true)
    }
    for table in tables {
      try writer.write(table, options: ["IDENTIFIER=\(table.name)", "DESCRIPTION=\(table.summary)"])
    }
    let styled = layers.compactMap { layer in styles[layer.name].map { (layer.name, $0) } }
    if !styled.isEmpty { try writer.write(styleTable(styled), options: styleOptions) }
    try dataset.close(operation: "write layer", path: path)
    try describeGeoPackage(temporary, for: path, layers, tables, metadata: metadata)
  }
}

/// How a layer of a GeoPackage is created.
func geoPackageOptions(of layer: FeatureLayer) -> [String] {
  ["GEOMETRY_NAME=geom", "SPATIAL_INDEX=YES", "IDENTIFIER=\(layer.name)", "DESCRIPTION=\(layer.summary)"]
}

private let styleOptions = ["FID=id", "IDENTIFIER=layer_styles", "DESCRIPTION=Styles for QGIS"]

/// QGIS's table of styles; catalogue and schema must be empty texts, not null.
private func styleTable(_ styles: [(layer: String, style: LayerStyle)]) -> FeatureTable {
  let names = [
    "f_table_catalog", "f_table_schema", "f_table_name", "f_geometry_column", "styleName", "styleQML", "styleSLD",
  ]
  var fields = names.map { Field($0, .text, "") }
  fields.append(Field("useAsDefault", .boolean, ""))
  fields += ["description", "owner", "ui", "update_time"].map { Field($0, .text, "") }
  return FeatureTable(
    name: "layer_styles", summary: "Styles for QGIS", fields: fields,
    rows: styles.map { layer, style in
      [
        .text(""), .text(""), .text(layer), .text("geom"), .text(style.name), .text(style.qml),
        .text(style.sld ?? ""), .boolean(true), .text(""), .text(""), .null, .text(GDALLibrary.timestamp),
      ]
    })
}

/// Adds what the driver cannot write: names, units and meanings of the fields.
func describeGeoPackage(
  _ temporary: String, for path: String, _ layers: [FeatureLayer], _ tables: [FeatureTable],
  metadata: String? = nil
) throws(GeodataError) {
  let described = layers.map { ($0.name, $0.fields) } + tables.map { ($0.name, $0.fields) }
  let site = CallSite(code: .notWritten, operation: "write layer", path: path)
  var statements = [
    """
    CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, \
    definition TEXT NOT NULL, scope TEXT NOT NULL, \
    CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))
    """,
    """
    CREATE TABLE IF NOT EXISTS gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, \
    title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT, \
    CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name))
    """,
    """
    CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (constraint_name TEXT NOT NULL, \
    constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, \
    max_is_inclusive BOOLEAN, description TEXT, \
    CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))
    """,
  ]
  for table in ["gpkg_data_columns", "gpkg_data_column_constraints"] {
    statements.append(
      "INSERT INTO gpkg_extensions VALUES (\(sqlText(table)), NULL, 'gpkg_schema', "
        + "'http://www.geopackage.org/spec121/#extension_schema', 'read-write')")
  }
  for (table, fields) in described {
    for field in fields {
      let title = field.unit.map { "\(field.name) [\($0)]" } ?? field.name
      statements.append(
        "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description) VALUES "
          + "(\(sqlText(table)), \(sqlText(field.name)), \(sqlText(field.name)), \(sqlText(title)), \(sqlText(field.summary)))"
      )
    }
  }
  if let metadata { statements += metadataStatements(metadata) }
  try SQLiteStatements.run(in: temporary, site) { (database) throws(GeodataError) in
    try site.checkOGR("the description of the fields cannot be begun") {
      GDALDatasetStartTransaction(database.handle, 0)
    }
    for statement in statements { try database.execute(statement) }
    try site.checkOGR("the description of the fields cannot be committed") {
      GDALDatasetCommitTransaction(database.handle)
    }
  }
}

/// Statements that store a text about the whole file (GeoPackage 1.2, extension for metadata).
private func metadataStatements(_ metadata: String) -> [String] {
  let standard = "https://www.rfc-editor.org/rfc/rfc8259"
  let extensions = ["gpkg_metadata", "gpkg_metadata_reference"].map { table in
    "INSERT INTO gpkg_extensions VALUES (\(sqlText(table)), NULL, 'gpkg_metadata', "
      + "'http://www.geopackage.org/spec121/#extension_metadata', 'read-write')"
  }
  return [
    """
    CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, \
    md_scope TEXT NOT NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL, \
    mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '')
    """,
    """
    CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, \
    row_id_value INTEGER, timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), \
    md_file_id INTEGER NOT NULL, md_parent_id INTEGER, \
    CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id), \
    CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id))
    """,
    "INSERT INTO gpkg_metadata VALUES (1, 'dataset', \(sqlText(standard)), 'application/json', \(sqlText(metadata)))",
    "INSERT INTO gpkg_metadata_reference VALUES ('geopackage', NULL, NULL, NULL, \(sqlText(GDALLibrary.timestamp)), 1, NULL)",
  ] + extensions
}
