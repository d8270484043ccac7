import Flood
import Foundation
import Geodata
import Grids
import Report

/// The files that a simulation of surface flow leaves in its folder.
struct SurfaceFlowResults {
  private let analysis: SurfaceFlowAnalysis

  init(_ analysis: SurfaceFlowAnalysis) { self.analysis = analysis }

  private func path(_ name: String) -> String { analysis.output + "/" + name }

  private var durationNames: [String] {
    analysis.recording.durationDepths.map { "duration_ge_\(Int(($0 * 100).rounded()))cm.tif" }
  }

  private var names: [String] {
    var names = [
      "depth_max.tif", "speed_max.tif", "depth_speed_max.tif", "time_of_max.tif", "arrival_time.tif",
      "hazard_rating_uk.tif", "hazard_class_aidr.tif", "depth_final.tif", "ledger.csv", "report.json",
    ]
    names += durationNames
    if analysis.gauges != nil { names += ["gauges.csv", "gauges.svg"] }
    if analysis.sections != nil { names += ["sections.csv", "sections.svg"] }
    return names
  }

  /// Makes the folder, and throws where a file is in the way or cannot be told from an input.
  func prepare() throws(RunFailure) {
    var inputs = [analysis.elevation.path]
    inputs += [
      analysis.landCover, analysis.roughnessTable, analysis.initialDepth, analysis.inflows?.layer,
      analysis.inflows?.table, analysis.levels?.layer, analysis.levels?.table, analysis.gauges, analysis.sections,
      analysis.buildings,
    ].compactMap { $0 }
    for field in [analysis.runoffCoefficient, analysis.infiltration, analysis.drainage, analysis.manning] {
      if case .raster(let path)? = field { inputs.append(path) }
    }
    switch analysis.rain {
    case .hyetograph(let path): inputs.append(path)
    case .field(let source): inputs += source.paths
    case .depth, nil: break
    }
    for path in inputs where !path.hasPrefix("/vsi") && !FileManager.default.fileExists(atPath: path) {
      throw RunFailure(
        .input, [Diagnostic("E-SIM-003", at: SourcePosition(file: path), "there is no such file")])
    }
    do {
      let folder = analysis.frameInterval == nil ? analysis.output : path("frames")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw RunFailure(
        .output,
        [Diagnostic("E-OUT-012", at: SourcePosition(file: analysis.output), "the folder cannot be made: \(error)")])
    }
    try analysis.files.check(names.map(path), inputs: inputs)
  }

  // MARK: - Restarts

  /// Where the state of an unfinished simulation is kept.
  var restartPath: String { path("restart.bin") }

  /// The restart to go on from.
  func readRestart() throws(RunFailure) -> [UInt8]? {
    guard let path = analysis.resumes else { return nil }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw RunFailure(
        .input, [Diagnostic("E-SIM-003", at: SourcePosition(file: path), "the restart cannot be read")])
    }
    return Array(data)
  }

  /// Keeps the state of a simulation; the file is there as a whole or not at all.
  func writeRestart(_ simulation: SurfaceFlowSimulation) throws(RunFailure) {
    do {
      try Data(simulation.restart).write(to: URL(fileURLWithPath: restartPath), options: .atomic)
    } catch {
      throw RunFailure(
        .output,
        [Diagnostic("E-OUT-012", at: SourcePosition(file: restartPath), "the restart cannot be written: \(error)")])
    }
  }

  // MARK: - Rasters

  private func write(
    _ grid: Grid<Float>, _ name: String, _ unit: String?, _ description: String,
    _ overviews: OverviewResampling = .maximum
  ) throws(RunFailure) {
    try RunFailure.locating(at: SourcePosition(file: path(name))) {
      try writeCloudOptimisedGeoTIFF(
        grid, to: path(name),
        CloudOptimisedOptions(unit: unit, description: description, overviews: overviews, threads: analysis.threads))
    }
  }

  /// Writes the depth at the present time.
  func writeFrame(_ simulation: SurfaceFlowSimulation) throws(RunFailure) {
    let time = String(Int(simulation.time.rounded()))
    let digits = String(repeating: "0", count: max(0, 7 - time.count)) + time
    try write(simulation.depth, "frames/depth_\(digits).tif", "m", "Depth of water after \(time) s")
  }

  /// Writes everything.
  /// - Returns: What happened, for people and programs.
  func write(_ simulation: SurfaceFlowSimulation, seconds: Double) throws(RunFailure) -> JSONObject {
    let result = simulation.result
    try write(result.maximumDepth, "depth_max.tif", "m", "Greatest depth of water")
    try write(result.maximumSpeed, "speed_max.tif", "m/s", "Greatest speed of water")
    try write(result.maximumDepthSpeed, "depth_speed_max.tif", "m2/s", "Greatest depth times speed")
    try write(result.timeOfMaximum, "time_of_max.tif", "s", "When the water was deepest", .average)
    try write(
      result.arrivalTime, "arrival_time.tif", "s",
      "When the water was first deeper than \(analysis.recording.arrivalDepth) m",
      .average)
    for ((grid, name), depth) in zip(zip(result.durations, durationNames), analysis.recording.durationDepths) {
      try write(grid, name, "s", "How long the water was deeper than \(depth) m")
    }
    try write(result.hazardRating, "hazard_rating_uk.tif", nil, "Greatest hazard rating d (v + 0.5) + DF (FD2321)")
    try write(result.finalDepth, "depth_final.tif", "m", "Depth of water at the end")
    let classes = result.hazardClass
    try RunFailure.locating(at: SourcePosition(file: path("hazard_class_aidr.tif"))) {
      try writeCloudOptimisedGeoTIFF(
        Grid<UInt8>(classes.geometry, cells: classes.cells.map { $0.isNaN ? 255 : UInt8($0) }),
        to: path("hazard_class_aidr.tif"),
        CloudOptimisedOptions(
          description: "Greatest hazard class 1 to 6 (AIDR Guideline 7-3), 0 dry", threads: analysis.threads))
    }
    try writeTables(simulation)
    let report = report(simulation, result, seconds: seconds)
    try writeText(JSONValue.object(report).description + "\n", "report.json")
    // The simulation is done; there is nothing to go on with.
    try? FileManager.default.removeItem(atPath: restartPath)
    return report
  }

  // MARK: - Tables and drawings

  private func writeText(_ text: String, _ name: String) throws(RunFailure) {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)), options: .atomic)
    } catch {
      throw RunFailure(
        .output, [Diagnostic("E-OUT-012", at: SourcePosition(file: path(name)), "the file cannot be written: \(error)")]
      )
    }
  }

  /// A row of a table; names of the user are quoted where they must be.
  private func line(_ cells: [String]) -> String {
    cells.map { cell in
      cell.contains { ",\"\n\r".contains($0) } ? "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : cell
    }.joined(separator: ",") + "\n"
  }

  private func writeTables(_ simulation: SurfaceFlowSimulation) throws(RunFailure) {
    let flow = simulation.flowCase
    var text = line(
      ["time_s", "initial_m3", "rain_m3", "infiltration_m3", "drainage_m3"]
        + flow.inflows.map { "inflow_\($0.name)_m3" } + flow.boundaries.map { "boundary_\($0.name)_m3" }
        + ["stored_m3", "error_m3"])
    for row in simulation.ledger {
      text += line(
        ([row.time, row.initial, row.rain, row.infiltration, row.drainage] + row.inflows + row.boundaries
          + [row.stored, row.error]).map { "\($0)" })
    }
    try writeText(text, "ledger.csv")
    let minutes = simulation.gaugeRows.map { $0.time / 60 }
    if analysis.gauges != nil {
      let ids = flow.gauges.map(\.name)
      text = line(["time_s"] + ids.map { "\($0)_depth_m" } + ids.map { "\($0)_speed_m_s" })
      for row in simulation.gaugeRows {
        text += line(["\(row.time)"] + row.depth.map { "\($0)" } + row.speed.map { "\($0)" })
      }
      try writeText(text, "gauges.csv")
      let plot = HydrographPlot(
        title: "Depth at gauges", unit: "m", minutes: minutes,
        curves: ids.indices.map { id in (ids[id], simulation.gaugeRows.map { Double($0.depth[id]) }) })
      try writeText(plot.svg, "gauges.svg")
    }
    if analysis.sections != nil {
      let ids = flow.crossSections.map(\.name)
      text = line(["time_s"] + ids.map { "\($0)_discharge_m3_s" } + ids.map { "\($0)_volume_m3" })
      for row in simulation.sectionRows {
        text += line(["\(row.time)"] + row.discharge.map { "\($0)" } + row.volume.map { "\($0)" })
      }
      try writeText(text, "sections.csv")
      let plot = HydrographPlot(
        title: "Discharge through sections", unit: "m³/s", minutes: minutes,
        curves: ids.indices.map { id in (ids[id], simulation.sectionRows.map { $0.discharge[id] }) })
      try writeText(plot.svg, "sections.svg")
    }
  }

  private func report(
    _ simulation: SurfaceFlowSimulation, _ result: FlowResult, seconds: Double
  ) -> JSONObject {
    let flow = simulation.flowCase
    let geometry = flow.terrain.geometry
    var greatest: (depth: Float, speed: Float) = (0, 0)
    var wet = 0
    for index in 0..<result.maximumDepth.count {
      greatest.depth = max(greatest.depth, result.maximumDepth[index])
      greatest.speed = max(greatest.speed, result.maximumSpeed[index])
      if result.maximumDepth[index] > analysis.recording.arrivalDepth { wet += 1 }
    }
    var report: JSONObject = [
      "method": .string(flow.settings.method.rawValue), "cells": JSONValue(geometry.count),
      "cell_m": .number(geometry.cellWidth), "simulated_s": .number(simulation.time),
      "steps": JSONValue(simulation.stepCount), "swept_cells": JSONValue(simulation.sweptCells),
      "seconds": .number(seconds), "subgrid": JSONValue(flow.settings.subgrid),
      "courant": .number(flow.settings.courant),
      "depth_max_m": .number(Double(shortest: greatest.depth)),
      "speed_max_m_s": .number(Double(shortest: greatest.speed)),
      "flooded_m2": .number(Double(wet) * geometry.cellArea),
      "flooded_from_m": .number(Double(shortest: analysis.recording.arrivalDepth)),
    ]
    if let last = simulation.ledger.last {
      report["initial_m3"] = .number(last.initial)
      report["rain_m3"] = .number(last.rain)
      report["infiltration_m3"] = .number(last.infiltration)
      report["drainage_m3"] = .number(last.drainage)
      report["inflow_m3"] = .number(last.inflows.reduce(0, +))
      report["boundary_m3"] = .number(last.boundaries.reduce(0, +))
      report["stored_m3"] = .number(last.stored)
      report["error_m3"] = .number(last.error)
    }
    report["balance"] =
      "initial + rain + inflow + boundary = infiltration + drainage + stored, to 2^-40 m in every cell"
    return report
  }
}
