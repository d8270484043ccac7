import Geodata
import Grids
import Landslide
public import Report

/// Stability index of slopes: `overvann landslide index`.
public struct StabilityIndexAnalysis: Sendable {
  /// Terrain and soils; a depth has no part in it.
  public var inputs: SlopeInputs
  /// Recharge of the ground water as a rate, or a raster in mm/d.
  public var recharge: String
  /// Folder of the results.
  public var output: String
  /// How files are written.
  public var files = OutputFiles()

  /// An analysis with every option at its default.
  public init(_ inputs: SlopeInputs, recharge: String, output: String) {
    self.inputs = inputs
    self.recharge = recharge
    self.output = output
  }

  /// Reads, computes, and writes.
  /// - Returns: What was found, for people and programs.
  /// - Throws: ``RunFailure``; then no file that was not finished has been written or replaced.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    let threads = inputs.threads
    let folder = ResultFolder(path: output, files: files, threads: threads)
    try folder.check(["stability_index.tif", "saturation.tif", "index_classes.tif"], inputs: inputs.paths)
    let ground = try inputs.read(progress)
    let area = try inputs.upslopeArea(ground.ground, progress)
    let table = try RunFailure.locating(at: SourcePosition(file: inputs.table)) { try ground.parameters.indexTable() }
    let water = try MapOrValue(recharge, .rate).grid(on: ground.ground.geometry, threads: threads)
    let found = try progress.step("index") { () throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: inputs.soil)) {
        try stabilityIndex(
          upslopeArea: area, slopeTangent: ground.slope, recharge: water, soil: ground.soil, table: table,
          threads: threads)
      }
    }
    try folder.raster(
      found.index, "stability_index.tif", unit: "1",
      "Stability index: factor of safety from 1 up, below it the probability of standing")
    try folder.raster(
      found.saturation, "saturation.tif", unit: "1",
      "Wetness at the wet end; 2 full at the wet end only, 3 full throughout")
    try folder.classes(
      found.classes, "index_classes.tif",
      "1 defended, 2 upper threshold, 3 lower threshold, 4 quasi-stable, 5 moderately stable, 6 stable")
    var report: JSONObject = [
      "cells": JSONValue(ground.ground.count), "recharge": .string(recharge),
      "cap_stability_index": .number(StabilityIndex.cap),
      "below_1_m2": .number(Double(found.index.count { $0 < 1 }) * ground.ground.geometry.cellArea),
      "soils": ground.parameters.record,
    ]
    try folder.report(report)
    report["soils"] = .string("\(inputs.table)\(ground.parameters.isUnverified ? " (unverified)" : "")")
    return report
  }
}
