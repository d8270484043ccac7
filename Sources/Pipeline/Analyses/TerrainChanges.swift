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
    var rows: [[FieldValue]] = []
    let geometry = surface.geometry
    func note(_ origin: String, _ id: String, column: Int, row: Int, before: Float, after: Float) throws {
      var builder = RowBuilder(Schemas.terrainChanges)
      let centre = geometry.centre(column: column, row: row)
      builder.set(Fields.changeOrigin, origin)
      builder.set(Fields.culvertID, id)
      builder.set(Fields.column, column)
      builder.set(Fields.row, row)
      builder.set(Fields.x, centre.x)
      builder.set(Fields.y, centre.y)
      builder.set(Fields.elevationBefore, single: before)
      builder.set(Fields.elevationAfter, single: after)
      rows.append(try builder.row())
    }
    if let culverts {
      try RunFailure.locating(at: SourcePosition(file: culverts)) {
        let layer = try readLayer(
          culverts, reprojectedTo: geometry.crs, VectorReading(shapeType: .lines, fields: [culvertID])
        ).layer
        var lines: [(id: String, line: [Coordinate])] = []
        for feature in layer.features {
          guard case .lines(let parts)? = feature.shape else { continue }
          lines += parts.map { ("\(feature.values[0])", $0) }
        }
        let burned = burnCulverts(surface, lines: lines.map(\.line))
        for change in burned.changes {
          try note(
            "culvert", lines[change.line].id, column: change.column, row: change.row, before: change.before,
            after: change.after)
        }
        report["culverts"] = JSONValue(lines.count)
        report["culvert_cells"] = JSONValue(burned.changes.count)
        surface = burned.ground
      }
    }
    if let breaching {
      try RunFailure.locating(at: SourcePosition(file: dem)) {
        let breached = try breachPits(surface, nodata: nodata, limits: breaching, threads: threads)
        for change in breached.changes {
          try note(
            "breach", "\(change.breach + 1)", column: change.column, row: change.row, before: change.before,
            after: change.after)
        }
        report["pits"] = JSONValue(breached.pitCount)
        report["breaches"] = JSONValue(breached.breaches.count)
        report["breached_cells"] = JSONValue(breached.changes.count)
        report["pits_left"] = JSONValue(breached.remainingPits.count)
        surface = breached.ground
      }
    }
    if let table {
      try RunFailure.locating(at: SourcePosition(file: table)) {
        try writeCSV(Schemas.terrainChanges.table(rows), to: URL(fileURLWithPath: table))
      }
    }
    return surface
  }
}
