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
    analysis.recording.durationDepths.map { "duration_ge_\(Self.name(ofDepth: Double($0))).tif" }
  }

  /// A depth in the name of a file: whole centimetres, else millimetres.
  static func name(ofDepth metres: Double) -> String {
    let millimetres = Int((metres * 1000).rounded())
    return millimetres % 10 == 0 ? "\(millimetres / 10)cm" : "\(millimetres)mm"
  }

  private var names: [String] {
    var names = [
      "depth_max.tif", "speed_max.tif", "depth_speed_max.tif", "time_of_max.tif", "arrival_time.tif",
      "hazard_rating_uk.tif", "hazard_class_aidr.tif", "depth_final.tif", "report.json",
    ]
    names += durationNames
    if analysis.soilLoss != nil { names.append("infiltrated.tif") }
    return names
      + SurfaceFlowTables.names(
        gauges: analysis.gauges != nil, sections: analysis.sections != nil, culverts: analysis.culverts != nil)
  }

  /// Makes the folder, and throws where a file is in the way or cannot be told from an input.
  /// - Returns: Whether the folder is new.
  func prepare() throws(RunFailure) -> Bool {
    let isNew = !FileManager.default.fileExists(atPath: analysis.output)
    var inputs = [analysis.elevation.path]
    inputs += [
      analysis.landCover, analysis.roughnessTable, analysis.initialDepth, analysis.inflows?.layer,
      analysis.inflows?.table, analysis.levels?.layer, analysis.levels?.table, analysis.gauges, analysis.sections,
      analysis.buildings, analysis.culverts?.layer, analysis.culverts?.table, analysis.soilLoss?.soil,
      analysis.soilLoss?.table,
    ].compactMap { $0 }
    for field in [analysis.runoffCoefficient, analysis.infiltration, analysis.drainage, analysis.manning] {
      if case .raster(let path)? = field { inputs.append(path) }
    }
    switch analysis.rain {
    case .hyetograph(let path): inputs.append(path)
    case .field(let source): inputs += source.paths
    case .depth, nil: break
    }
    do {
      let folder = analysis.frameInterval == nil ? analysis.output : path("frames")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw RunFailure(
        .output,
        [Diagnostic(.notMade, at: SourcePosition(file: analysis.output), "the folder cannot be made: \(error)")])
    }
    try analysis.files.check(names.map(path), inputs: inputs)
    return isNew
  }

  /// Removes the folders of a simulation that failed; what holds files, as a restart, stays.
  func removeEmptyFolders() {
    _ = rmdir(path("frames"))
    _ = rmdir(analysis.output)
  }

  // MARK: - Restarts

  /// Where the state of an unfinished simulation is kept.
  var restartPath: String { path("restart.bin") }

  /// The restart to go on from.
  func readRestart() throws(RunFailure) -> [UInt8]? {
    guard let path = analysis.resumes else { return nil }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw RunFailure(
        .input, [Diagnostic(.unusableRestart, at: SourcePosition(file: path), "the restart cannot be read")])
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
        [Diagnostic(.notMade, at: SourcePosition(file: restartPath), "the restart cannot be written: \(error)")])
    }
  }

  // MARK: - Rasters

  /// Writes a grid, which is made here so that nobody else holds it: it is then not copied.
  private func write(
    _ grid: @autoclosure () -> Grid<Float>, _ name: String, _ unit: String?, _ description: String,
    _ overviews: OverviewResampling = .maximum
  ) throws(RunFailure) {
    try RunFailure.locating(at: SourcePosition(file: path(name))) {
      try writeCloudOptimisedGeoTIFF(
        grid(), to: path(name),
        CloudOptimisedOptions(unit: unit, description: description, overviews: overviews, threads: analysis.threads))
    }
  }

  /// Writes the depth at the present time.
  func writeFrame(_ simulation: SurfaceFlowSimulation) throws(RunFailure) {
    // Frames in fractions of a second have names with milliseconds.
    let isWhole = analysis.frameInterval.map { $0 == $0.rounded() } ?? true
    try write(
      simulation.depth, "frames/depth_\(Self.name(ofTime: simulation.time, isWhole: isWhole)).tif", "m",
      "Depth of water after \(simulation.time) s")
  }

  /// Seconds as they stand in the names of frames, in an order that is that of their names.
  ///
  /// A frame is taken by the first step that ends at its time or later; whole seconds are those begun, so that each of
  /// two frames a second apart has its own.
  static func name(ofTime time: Double, isWhole: Bool) -> String {
    let text = isWhole ? "\(Int(time))" : String(format: "%.3f", time)
    return String(repeating: "0", count: max(0, (isWhole ? 7 : 11) - text.count)) + text
  }

  /// Writes everything.
  /// - Returns: What happened, for people and programs.
  func write(_ simulation: SurfaceFlowSimulation, seconds: Double) throws(RunFailure) -> JSONObject {
    // One grid at a time: all together they would take as much memory as the simulation.
    func write(
      _ quantity: FlowQuantity, _ name: String, _ unit: String?, _ text: String,
      _ overviews: OverviewResampling = .maximum
    ) throws(RunFailure) {
      try self.write(simulation.grid(of: quantity), name, unit, text, overviews)
    }
    try write(.maximumDepth, "depth_max.tif", "m", "Greatest depth of water")
    try write(.maximumSpeed, "speed_max.tif", "m/s", "Greatest speed of water")
    try write(.maximumDepthSpeed, "depth_speed_max.tif", "m2/s", "Greatest depth times speed")
    try write(.timeOfMaximum, "time_of_max.tif", "s", "When the water was deepest", .average)
    try write(
      .arrivalTime, "arrival_time.tif", "s",
      "When the water was first deeper than \(analysis.recording.arrivalDepth) m",
      .average)
    for (number, depth) in analysis.recording.durationDepths.enumerated() {
      try write(.duration(number), durationNames[number], "s", "How long the water was deeper than \(depth) m")
    }
    try write(.hazardRating, "hazard_rating_uk.tif", nil, "Greatest hazard rating d (v + 0.5) + DF (FD2321)")
    try self.write(simulation.depth, "depth_final.tif", "m", "Depth of water at the end")
    try RunFailure.locating(at: SourcePosition(file: path("hazard_class_aidr.tif"))) {
      try writeCloudOptimisedGeoTIFF(
        simulation.grid(of: .hazardClass).map(threads: analysis.threads) { $0.isNaN ? 255 : UInt8($0) },
        to: path("hazard_class_aidr.tif"),
        CloudOptimisedOptions(
          description: "Greatest hazard class 1 to 6 (AIDR Guideline 7-3), 0 dry", threads: analysis.threads))
    }
    if let infiltrated = simulation.infiltrated {
      try self.write(
        infiltrated.map(threads: analysis.threads) { $0 * 1000 }, "infiltrated.tif", "mm", "Water that the ground took",
        .average)
    }
    for file in SurfaceFlowTables(simulation).files { try writeText(file.text, file.name) }
    let report = report(simulation, seconds: seconds)
    try writeText(JSONValue.object(report).description + "\n", "report.json")
    // The simulation is done; there is nothing to go on with. A restart of another one is left alone.
    if analysis.restartInterval != nil || analysis.resumes == restartPath {
      try? FileManager.default.removeItem(atPath: restartPath)
    }
    return report
  }

  // MARK: - Tables and drawings

  private func writeText(_ text: String, _ name: String) throws(RunFailure) {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)), options: .atomic)
    } catch {
      throw RunFailure(
        .output, [Diagnostic(.notMade, at: SourcePosition(file: path(name)), "the file cannot be written: \(error)")]
      )
    }
  }

  private func report(
    _ simulation: SurfaceFlowSimulation, seconds: Double
  ) -> JSONObject {
    let (geometry, settings) = (simulation.terrainGeometry, simulation.settings)
    var greatest: (depth: Float, speed: Float) = (0, 0)
    var wet = 0
    simulation.grid(of: .maximumDepth).withUnsafeCells { depth in
      for index in 0..<geometry.count {
        greatest.depth = max(greatest.depth, depth[index])
        if depth[index] > analysis.recording.arrivalDepth { wet += 1 }
      }
    }
    simulation.grid(of: .maximumSpeed).withUnsafeCells { speed in
      for index in 0..<geometry.count { greatest.speed = max(greatest.speed, speed[index]) }
    }
    var report: JSONObject = [
      "method": .string(settings.method.rawValue), "cells": JSONValue(geometry.count),
      "cell_m": .number(geometry.cellWidth), "simulated_s": .number(simulation.time),
      "steps": JSONValue(simulation.stepCount), "swept_cells": JSONValue(simulation.sweptCells),
      "seconds": .number(seconds), "subgrid": JSONValue(settings.subgrid),
      "courant": .number(settings.courant), "step_ratio": JSONValue(settings.stepRatio),
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
    if let peak = peakMemory() { report["peak_memory_bytes"] = JSONValue(peak) }
    report["balance"] =
      "initial + rain + inflow + boundary = infiltration + drainage + stored, to 2^-40 m in every cell"
    return report
  }
}
