import Flood

/// The course of a simulation of surface flow as CSV tables and drawings.
struct SurfaceFlowTables {
  private let simulation: SurfaceFlowSimulation

  init(_ simulation: SurfaceFlowSimulation) { self.simulation = simulation }

  /// Names and texts: the ledger, and what gauges, sections and culverts saw where there are any.
  var files: [(name: String, text: String)] {
    var files = [("ledger.csv", ledger)]
    if !simulation.boundaries.isEmpty { files.append(("outflow.svg", outflow)) }
    let minutes = simulation.gaugeRows.map { $0.time / 60 }
    if !simulation.gauges.isEmpty {
      let ids = simulation.gauges.map(\.name)
      var text = Self.line(["time_s"] + ids.map { "\($0)_depth_m" } + ids.map { "\($0)_speed_m_s" })
      for row in simulation.gaugeRows {
        text += Self.line(["\(row.time)"] + row.depth.map { "\($0)" } + row.speed.map { "\($0)" })
      }
      let plot = HydrographPlot(
        title: "Depth at gauges", unit: "m", minutes: minutes,
        curves: ids.indices.map { id in (ids[id], simulation.gaugeRows.map { Double($0.depth[id]) }) })
      files += [("gauges.csv", text), ("gauges.svg", plot.svg)]
    }
    files += discharges(
      "sections", "Discharge through sections", simulation.crossSections.map(\.name), simulation.sectionRows)
    files += discharges(
      "culverts", "Discharge through culverts", simulation.culverts.map(\.name), simulation.culvertRows)
    return files
  }

  /// The names of the files of a case.
  static func names(gauges: Bool, sections: Bool, culverts: Bool) -> [String] {
    [("gauges", gauges), ("sections", sections), ("culverts", culverts)].flatMap { name, isThere in
      isThere ? ["\(name).csv", "\(name).svg"] : []
    } + ["ledger.csv", "outflow.svg"]
  }

  private var ledger: String {
    var text = Self.line(
      ["time_s", "initial_m3", "rain_m3", "infiltration_m3", "drainage_m3"]
        + simulation.inflows.map { "inflow_\($0.name)_m3" } + simulation.boundaries.map { "boundary_\($0.name)_m3" }
        + ["stored_m3", "error_m3"])
    for row in simulation.ledger {
      text += Self.line(
        ([row.time, row.initial, row.rain, row.infiltration, row.drainage] + row.inflows + row.boundaries
          + [row.stored, row.error]).map { "\($0)" })
    }
    return text
  }

  /// What leaves through each boundary, as means between the rows of the ledger.
  private var outflow: String {
    let rows = simulation.ledger
    let spans = Array(zip(rows, rows.dropFirst()))
    return HydrographPlot(
      title: "Discharge out of the terrain", unit: "m³/s", minutes: spans.map { ($0.time + $1.time) / 120 },
      curves: simulation.boundaries.enumerated().map { number, boundary in
        (boundary.name, spans.map { ($0.boundaries[number] - $1.boundaries[number]) / max($1.time - $0.time, 1e-9) })
      }
    ).svg
  }

  private func discharges(
    _ name: String, _ title: String, _ ids: [String], _ rows: [SurfaceFlowSimulation.SectionRow]
  ) -> [(String, String)] {
    if ids.isEmpty { return [] }
    var text = Self.line(["time_s"] + ids.map { "\($0)_discharge_m3_s" } + ids.map { "\($0)_volume_m3" })
    for row in rows {
      text += Self.line(["\(row.time)"] + row.discharge.map { "\($0)" } + row.volume.map { "\($0)" })
    }
    let plot = HydrographPlot(
      title: title, unit: "m³/s", minutes: rows.map { $0.time / 60 },
      curves: ids.indices.map { id in (ids[id], rows.map { $0.discharge[id] }) })
    return [("\(name).csv", text), ("\(name).svg", plot.svg)]
  }

  /// A row of a table; names of the user are quoted where they must be.
  private static func line(_ cells: [String]) -> String {
    cells.map { cell in
      cell.contains { ",\"\n\r".contains($0) } ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
    }.joined(separator: ",") + "\n"
  }
}

extension SurfaceFlowSimulation {
  /// Time reached, step and share of tiles with water.
  var progressText: String {
    func rounded(_ value: Double, _ digits: Double) -> Double { (value * digits).rounded() / digits }
    return "\(rounded(time, 1)) s, step \(rounded(lastStep, 1000)) s, \(Int((activeShare * 100).rounded())) % wet"
  }

  /// The time that is left at this pace of a simulation that ran from its start, as text; nil where it is not known.
  func timeLeft(elapsed: Double) -> String? {
    if time <= 0 || elapsed <= 1 { return nil }
    let left = elapsed * (duration - time) / time
    return left < 90 ? "\(Int(left)) s left" : "\(Int(left / 60)) min left"
  }
}
