import Geodata
import Grids
public import Landslide
public import Report

/// Stability of slopes while it rains: `overvann landslide transient`.
public struct TransientStabilityAnalysis: Sendable {
  /// Terrain and soils.
  public var inputs: SlopeInputs
  /// Rain.
  public var rain: RainSeries
  /// Times of the rasters, such as `48h`; the ends of the steps where none is named.
  public var times: [String] = []
  /// Depth of the water table before the rain as a length, or a raster in metres.
  public var waterTable: String
  /// Steady flux into the ground before the rain as a rate, or a raster in mm/h.
  public var initialFlux = "0 mm/h"
  /// Where rain goes that does not infiltrate.
  public var runOn = RunOn.d8
  /// Whether the soil above the water table is unsaturated.
  public var isUnsaturated = false
  /// Choices of the model.
  public var options = TransientOptions()
  /// Folder of the results.
  public var output: String
  /// How files are written.
  public var files = OutputFiles()

  /// An analysis with every option at its default.
  public init(_ inputs: SlopeInputs, rain: RainSeries, waterTable: String, output: String) {
    self.inputs = inputs
    self.rain = rain
    self.waterTable = waterTable
    self.output = output
  }

  /// Reads, routes, computes, and writes.
  /// - Returns: What was found, for people and programs.
  /// - Throws: ``RunFailure``; then no file that was not finished has been written or replaced.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    let threads = inputs.threads
    let folder = ResultFolder(path: output, files: files, threads: threads)
    let ground = try inputs.read(progress)
    let geometry = ground.ground.geometry
    let falling = try rain.read(onto: geometry, threads: threads, progress)
    let times = try seconds(falling.steps)
    let names = times.map { "\(JSONTree.text(of: $0 / 3600))h" }
    try folder.check(
      ["safety.tif", "depth.tif", "failure_time.tif"]
        + names.flatMap { ["safety_\($0).tif", "depth_\($0).tif", "pressure_head_\($0).tif"] },
      inputs: inputs.paths + rain.paths)
    let table = try RunFailure.locating(at: SourcePosition(file: inputs.table)) {
      try ground.parameters.transientTable(isUnsaturated: isUnsaturated)
    }
    let water = try MapOrValue(waterTable, .length).grid(on: geometry, threads: threads)
    let flux = MapOrValue(initialFlux, .rate)
    // Rates are kept in mm/d, rasters are in mm/h.
    let steady = try flux.grid(on: geometry, threads: threads).map(threads: threads) {
      flux.value == nil ? $0 : $0 / 24
    }
    let steps = try infiltration(of: falling.steps, ground, table, water, steady, progress)
    let found = try progress.step("stability") { () throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: inputs.soil)) {
        try transientStability(
          slopeTangent: ground.slope, soil: ground.soil, table: table, depth: ground.depth, waterTable: water,
          initialFlux: steady, infiltration: steps, times: times, options: options, threads: threads)
      }
    }
    try folder.raster(found.factorOfSafety, "safety.tif", unit: "1", "Least factor of safety over depth and times")
    try folder.raster(found.depth, "depth.tif", unit: "m", "Depth of the least factor of safety")
    try folder.raster(
      found.failureHours(threads: threads), "failure_time.tif", unit: "h",
      "Time at which the factor of safety falls below 1; 1000000 where it does not")
    for (snapshot, name) in zip(found.snapshots, names) {
      try folder.raster(
        snapshot.factorOfSafety, "safety_\(name).tif", unit: "1", "Least factor of safety over depth after \(name)")
      try folder.raster(snapshot.depth, "depth_\(name).tif", unit: "m", "Depth of the least factor after \(name)")
      try folder.raster(
        snapshot.pressureHead, "pressure_head_\(name).tif", unit: "m",
        "Pressure head at the depth of the least factor after \(name)")
    }
    var report: JSONObject = [
      "cells": JSONValue(ground.ground.count), "steps": JSONValue(steps.count),
      "first_step": falling.start.map { .string($0) } ?? .null, "times": JSONValue(names),
      "water_table": .string(waterTable), "initial_flux": .string(initialFlux), "run_on": .string(runOn.rawValue),
      "flow": .string(options.flow.rawValue), "base": .string(options.base.rawValue),
      "start": .string(isUnsaturated ? "unsaturated" : "saturated"), "counts_suction": .bool(options.countsSuction),
      "cap_factor_of_safety": .number(InfiniteSlope.cap),
      "failed_m2": .number(Double(found.factorOfSafety.count { $0 < 1 }) * geometry.cellArea),
      "water_balance_m": .array(steps.map(Self.balance(of:))), "soils": ground.parameters.record,
    ]
    try folder.report(report)
    report["soils"] = .string("\(inputs.table)\(ground.parameters.isUnverified ? " (unverified)" : "")")
    return report
  }

  /// Infiltration and runoff of every step.
  private func infiltration(
    of rain: [RainStep], _ ground: SlopeGround, _ table: TransientSoilTable, _ water: Grid<Float>,
    _ steady: Grid<Float>,
    _ progress: AnalysisProgress
  ) throws(RunFailure) -> [InfiltrationStep] {
    let threads = inputs.threads
    var routing: RunoffRouting?
    if runOn == .d8 {
      let directions = try inputs.directions(ground.ground, progress)
      routing = try RunFailure.locating(at: SourcePosition(file: inputs.elevation.path)) {
        try RunoffRouting(directions: directions)
      }
    }
    let classes = table.classes
    try RunFailure.locating(at: SourcePosition(file: inputs.soil)) {
      try classes.require(codesOf: ground.soil, as: "soil", threads: threads)
    }
    let conductivity = table.conductivity(of: ground.soil, threads: threads)
    let shares = routing
    return try progress.step("infiltration") { () throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: "--rain")) {
        try Landslide.infiltration(
          of: rain, conductivity: conductivity, waterTable: water, initialFlux: steady, routing: shares,
          threads: threads)
      }
    }
  }

  /// Depths of water over all cells with data, in metres times cells.
  private static func balance(of step: InfiltrationStep) -> JSONValue {
    let scale = step.duration / 3_600_000
    return [
      "rain": .number(step.balance.rain * scale), "exfiltration": .number(step.balance.exfiltration * scale),
      "infiltration": .number(step.balance.infiltration * scale), "runoff": .number(step.balance.runoff * scale),
      "error": .number(step.balance.error * scale),
    ]
  }

  /// Times in seconds, rising.
  private func seconds(_ steps: [RainStep]) throws(RunFailure) -> [Double] {
    func refused(_ message: String) -> RunFailure {
      RunFailure(
        .configuration,
        [Diagnostic(.valueNotAllowed, at: SourcePosition(file: "--times"), message, hint: "write 48h or 30min")])
    }
    if times.isEmpty {
      var (ends, end) = ([Double](), 0.0)
      for step in steps {
        end += step.duration
        ends.append(end)
      }
      return ends
    }
    var seconds: Set<Double> = []
    for text in times {
      guard let time = try? Quantity(text, .time), time.seconds > 0 else {
        throw refused("\"\(text)\" is no time above 0")
      }
      seconds.insert(time.seconds)
    }
    return seconds.sorted()
  }
}
