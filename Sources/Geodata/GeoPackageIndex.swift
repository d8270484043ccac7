import CGDAL
import Grids

/// The spatial index of a GeoPackage layer, packed instead of grown.
///
/// GDAL makes the index and its triggers on the empty layer; the triggers are set aside while features are written, the
/// nodes are written into the tables of SQLite's R*Tree module (sqlite.org/rtree.html, “shadow tables”), and the
/// triggers are put back. A million features take a quarter of the time that the triggers take.
final class GeoPackageIndex {
  private let database: SQLiteStatements
  /// Name of the index, without quotes.
  private let name: String
  private let triggers: [(name: String, statement: String)]
  private let nodeSize: Int
  private var tree: PackedRTree
  private var entries: [IndexEntry] = []

  /// Bytes of an entry in a node, and of what stands before the first.
  private static let (entrySize, headSize) = (24, 4)
  /// Entries that are packed at a time.
  private static let pieceSize = 1 << 18
  /// Length from which a statement is sent.
  private static let statementSize = 1 << 19

  /// Takes over the index of a layer without features.
  /// - Returns: nil where the layer has none that is known; then SQLite keeps it itself.
  init?(_ layer: OGRLayerH, named table: String, in handle: GDALDatasetH, path: String) throws(GeodataError) {
    let site = CallSite(code: .notWritten, operation: "write layer", path: path)
    // Index and triggers are made when the driver must.
    try site.checkOGR("the layer “\(table)” cannot be made") { OGR_L_SyncToDisk(layer) }
    let database = SQLiteStatements(handle: handle, site: site)
    let name = "rtree_\(table)_geom"
    let found = try database.rows(
      "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = \(sqlText(table)) "
        + "ORDER BY name"
    ).filter { $0[0].hasPrefix("\(name)_") }
    let tables = try database.rows(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN "
        + "(\(["_node", "_parent", "_rowid"].map { sqlText(name + $0) }.joined(separator: ", ")))")
    guard !found.isEmpty, tables.count == 3 else { return nil }
    let sizes = try database.rows("SELECT length(data) FROM \(sqlName(name + "_node")) WHERE nodeno = 1")
    guard let size = sizes.first.flatMap({ Int($0[0]) }), size >= Self.headSize + 2 * Self.entrySize else { return nil }
    self.database = database
    self.name = name
    triggers = found.map { ($0[0], $0[1]) }
    nodeSize = size
    tree = PackedRTree(capacity: (size - Self.headSize) / Self.entrySize)
    for trigger in triggers { try database.execute("DROP TRIGGER \(sqlName(trigger.name))") }
  }

  /// Adds a feature; without a shape it is not in the index.
  func add(_ id: Int64, _ geometry: OGRGeometryH) throws(GeodataError) {
    guard OGR_G_IsEmpty(geometry) == 0 else { return }
    var bounds = OGREnvelope()
    OGR_G_GetEnvelope(geometry, &bounds)
    entries.append(
      IndexEntry(
        id: id, box: IndexBox(west: bounds.MinX, east: bounds.MaxX, south: bounds.MinY, north: bounds.MaxY)))
    if entries.count == Self.pieceSize { try pack() }
  }

  /// Completes the index and puts the triggers back.
  func finish() throws(GeodataError) {
    try pack()
    var (nodes, parents) = (Insertion(into: name + "_node"), Insertion(into: name + "_parent"))
    // The empty root gives way to the full one.
    var isRootGone = false
    try tree.finish { (number, entries, depth) throws(GeodataError) in
      if number == PackedRTree.root, !isRootGone {
        try database.execute("DELETE FROM \(sqlName(name + "_node")) WHERE nodeno = 1")
        isRootGone = true
      }
      nodes.add("(\(number), x'\(text(of: entries, depth: depth))')")
      for entry in entries { parents.add("(\(entry.id), \(number))") }
      try nodes.send(to: database, atLeast: Self.statementSize)
      try parents.send(to: database, atLeast: Self.statementSize)
    }
    try nodes.send(to: database)
    try parents.send(to: database)
    for trigger in triggers { try database.execute(trigger.statement) }
  }

  private func pack() throws(GeodataError) {
    var (nodes, rows) = (Insertion(into: name + "_node"), Insertion(into: name + "_rowid"))
    try tree.pack(entries) { (number, entries) throws(GeodataError) in
      nodes.add("(\(number), x'\(text(of: entries, depth: 0))')")
      for entry in entries { rows.add("(\(entry.id), \(number))") }
      try nodes.send(to: database, atLeast: Self.statementSize)
      try rows.send(to: database, atLeast: Self.statementSize)
    }
    try nodes.send(to: database)
    try rows.send(to: database)
    entries.removeAll(keepingCapacity: true)
  }

  /// A node as it is stored, in hexadecimal: depth, number of entries, then number and bounds of each, all big-endian.
  private func text(of entries: ArraySlice<IndexEntry>, depth: Int) -> String {
    var digits: [UInt8] = []
    digits.reserveCapacity(2 * nodeSize)
    func append<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value) {
      for shift in stride(from: Value.bitWidth - 4, through: 0, by: -4) {
        let digit = UInt8(truncatingIfNeeded: value >> shift) & 15
        digits.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    }
    append(UInt16(depth))
    append(UInt16(entries.count))
    for entry in entries {
      append(UInt64(bitPattern: entry.id))
      for side in [entry.box.west, entry.box.east, entry.box.south, entry.box.north] { append(side.bitPattern) }
    }
    digits += repeatElement(UInt8(ascii: "0"), count: 2 * nodeSize - digits.count)
    return String(decoding: digits, as: UTF8.self)
  }
}

/// Rows for a table, many with each statement.
private struct Insertion {
  private let start: String
  private var statement = ""

  init(into table: String) { start = "INSERT INTO \(sqlName(table)) VALUES " }

  mutating func add(_ row: String) { statement += (statement.isEmpty ? start : ",") + row }

  mutating func send(to database: SQLiteStatements, atLeast size: Int = 1) throws(GeodataError) {
    guard statement.utf8.count >= size else { return }
    try database.execute(statement)
    statement = ""
  }
}
