import Foundation
import Geodata
import Grids
import Report
public import Terrain

/// Changes of a terrain before water runs over it: declared culverts, and trenches through small obstacles.
public struct TerrainChanges: Sendable {
  /// Layer of culverts' and bridges' lines; nil for none.
  public var culverts: String?
  /// Field of the lines' identifiers.
  public var culvertID = "id"
  /// Longest and deepest trench by which pits are drained; nil digs none.
  public var breaching: BreachLimits?
  /// CSV of every changed cell; nil writes none.
  public var table: String?

  /// No changes.
  public init() {}

  /// Whether nothing is changed.
  var isEmpty: Bool { culverts == nil && breaching == nil }

  /// The files that are read.
  var inputs: [String] { [culverts].compactMap { $0 } }

  /// Burns and breaches, and writes the table of what was changed.
  func apply(
    to ground: consuming Grid<Float>, nodata: NodataPolicy, dem: String, threads: Int, report: inout JSONObject
  ) throws(RunFailure) -> Grid<Float> {
    var surface = ground
    var changed: [ChangedCell] = []
    let geometry = surface.geometry
    if let culverts {
      try RunFailure.locating(at: SourcePosition(file: culverts)) {
        let layer = try readLayer(
          culverts, reprojectedTo: geometry.crs, VectorReading(shapeType: .lines, fields: [culvertID])
        ).layer
        var lines: [(id: String, line: [Coordinate])] = []
        for (number, feature) in layer.features.enumerated() {
          guard case .lines(let parts)? = feature.shape else { continue }
          let id = feature.values[0].identifier ?? "feature \(number + 1)"
          lines += parts.map { (id, $0) }
        }
        let burned = burnCulverts(surface, lines: lines.map(\.line))
        changed += burned.changes.map { ChangedCell(culvert: lines[$0.line].id, $0) }
        report["culverts"] = JSONValue(lines.count)
        report["culvert_cells"] = JSONValue(burned.changes.count)
        surface = burned.ground
      }
    }
    if let breaching {
      try RunFailure.locating(at: SourcePosition(file: dem)) {
        let breached = try breachPits(surface, nodata: nodata, limits: breaching, threads: threads)
        changed += breached.changes.map { ChangedCell($0) }
        report["pits"] = JSONValue(breached.pitCount)
        report["breaches"] = JSONValue(breached.breaches.count)
        report["breached_cells"] = JSONValue(breached.changes.count)
        report["pits_left"] = JSONValue(breached.remainingPits.count)
        surface = breached.ground
      }
    }
    if let table {
      try RunFailure.locating(at: SourcePosition(file: table)) {
        let rows = try changed.map { try $0.row(in: geometry) }
        try writeCSV(Schemas.terrainChanges.table(rows), to: URL(fileURLWithPath: table))
      }
    }
    return surface
  }
}

/// A cell whose elevation was changed before water ran over it.
struct ChangedCell {
  /// What changed it: `culvert` or `breach`.
  let origin: String
  /// The culvert's identifier, or the number of the trench.
  let id: String
  let column: Int
  let row: Int
  let before: Float
  let after: Float

  init(culvert id: String, _ cell: BurnedCell) {
    (origin, self.id, column, row, before, after) = ("culvert", id, cell.column, cell.row, cell.before, cell.after)
  }

  init(_ cell: BreachedCell) {
    (origin, id, column, row, before, after) = (
      "breach", "\(cell.breach + 1)", cell.column, cell.row, cell.before, cell.after
    )
  }

  /// The cell as a row of the table of changes.
  func row(in geometry: GridGeometry) throws(RowError) -> [FieldValue] {
    let centre = geometry.centre(column: column, row: row)
    var builder = RowBuilder(Schemas.terrainChanges)
    builder.set(Fields.changeOrigin, origin)
    builder.set(Fields.changeID, id)
    builder.set(Fields.column, column)
    builder.set(Fields.row, row)
    builder.set(Fields.x, centre.x)
    builder.set(Fields.y, centre.y)
    builder.set(Fields.elevationBefore, single: before)
    builder.set(Fields.elevationAfter, single: after)
    return try builder.row()
  }
}
