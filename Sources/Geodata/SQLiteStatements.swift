import CGDAL

/// Statements of SQLite to an open GeoPackage.
struct SQLiteStatements {
  let handle: GDALDatasetH
  let site: CallSite

  /// Opens a file, runs statements and closes it.
  static func run(
    in path: String, _ site: CallSite, _ body: (SQLiteStatements) throws(GeodataError) -> Void
  ) throws(GeodataError) {
    let handle = try site.call("the file cannot be opened again") {
      GDALOpenEx(path, UInt32(GDAL_OF_VECTOR | GDAL_OF_UPDATE), nil, nil, nil)
    }
    let dataset = Dataset(owning: handle)
    try body(SQLiteStatements(handle: handle, site: site))
    try dataset.close(operation: site.operation, path: site.path)
  }

  /// Runs a statement.
  func execute(_ statement: String) throws(GeodataError) {
    let outcome = listening { GDALDatasetExecuteSQL(handle, statement, nil, nil) }
    if let result = outcome.result { GDALDatasetReleaseResultSet(handle, result) }
    let failures = outcome.messages.filter { $0.severity == .failure }
    if !failures.isEmpty {
      throw site.error("a statement of SQLite fails", hint: "check the free space", failures)
    }
  }

  /// The rows of a query, as text.
  func rows(_ query: String) throws(GeodataError) -> [[String]] {
    let outcome = listening { GDALDatasetExecuteSQL(handle, query, nil, nil) }
    guard let result = outcome.result else {
      let failures = outcome.messages.filter { $0.severity == .failure }
      if !failures.isEmpty { throw site.error("a query of SQLite fails", failures) }
      return []
    }
    defer { GDALDatasetReleaseResultSet(handle, result) }
    var rows: [[String]] = []
    while let feature = OGR_L_GetNextFeature(result) {
      defer { OGR_F_Destroy(feature) }
      rows.append(
        (0..<OGR_F_GetFieldCount(feature)).map { field in
          OGR_F_GetFieldAsString(feature, field).map { String(cString: $0) } ?? ""
        })
    }
    return rows
  }
}

/// A name as SQL writes it.
func sqlName(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

/// A text as SQL writes it.
func sqlText(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
