import Flood
import Geodata
import Grids
import Report

extension InputLoader {
  /// Drains and pumps with the volume that each can take over the event; those outside the grid are left out.
  func drains(of flood: FloodSection) throws -> [BluespotDrain] {
    guard let id = flood.drains, let input = pipeline.drain(id), let time = flood.drainTime else { return [] }
    let loaded = try features(
      id, path: input.path, layer: input.layer, crs: input.crs, shapeType: .point, idField: input.id,
      fields: [input.capacity])
    var drains: [BluespotDrain] = []
    for index in 0..<loaded.count {
      let value = loaded.values[index][0].asNumber
      // More than any pump: a unit that was mistaken, or a volume too large to count.
      guard let value, value.isFinite, value >= 0, input.unit.cubicMetresPerSecond(value) <= 1000 else {
        throw pipeline.failure(
          .input, .badValue, at: "inputs.\(id)",
          "drain \"\(loaded.ids[index])\": \(input.capacity) is \(value.map { "\($0)" } ?? "missing")",
          hint: "give a capacity from 0 to 1000 m3/s, in the unit that unit: names")
      }
      guard case .point(let point)? = loaded.shapes[index], let cell = geometry.cell(at: point) else { continue }
      drains.append(
        BluespotDrain(
          column: cell.column, row: cell.row, capacity: input.unit.cubicMetresPerSecond(value), duration: time.seconds))
    }
    noteUnused(loaded.count - drains.count, of: loaded.count, "lie outside the grid or have no point", id)
    return drains
  }

  /// Tells of drains that take nothing.
  func noteUnused(_ unused: Int, of count: Int, _ reason: String, _ id: String) {
    if unused == 0 { return }
    recorder.note(
      .unusedDrains, at: "inputs.\(id)", "\(unused) of \(count) drains \(reason); they take nothing", count: unused)
  }
}
