import Geodata
import Grids
public import Landslide
public import Report

/// Probability of failure of slopes: `overvann landslide probability`.
public struct FailureProbabilityAnalysis: Sendable {
  /// Terrain and soils.
  public var inputs: SlopeInputs
  /// Recharge of the ground water, mm/d, as a number or a distribution such as `uniform 5 60`; with a raster, the factor
  /// on it.
  public var recharge: String
  /// Raster of the recharge, mm/d; nil for the same everywhere.
  public var rechargeRaster: String?
  /// How the transmissivity follows from conductivity and depth.
  public var transmissivity = TransmissivityConvention.normalThickness
  /// Draws a cell.
  public var draws = 1000
  /// Number of the random sequence.
  public var seed: UInt64 = 1
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

  /// Reads, draws, and writes.
  /// - Returns: What was found, for people and programs.
  /// - Throws: ``RunFailure``; then no file that was not finished has been written or replaced.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    let threads = inputs.threads
    let folder = ResultFolder(path: output, files: files, threads: threads)
    try folder.check(
      ["probability.tif", "probability_lower.tif", "probability_upper.tif", "saturation_probability.tif"],
      inputs: inputs.paths)
    guard let distribution = Distribution(text: recharge) else {
      throw RunFailure(
        .configuration,
        [
          Diagnostic(
            .valueNotAllowed, at: SourcePosition(file: "--recharge"), "\"\(recharge)\" is no number or distribution",
            hint: "write 30, uniform 5 60, triangular 5 20 60, normal 30 10 or lognormal 30 20, in mm/d")
        ])
    }
    let ground = try inputs.read(progress)
    let area = try inputs.upslopeArea(ground.ground, progress)
    let table = try RunFailure.locating(at: SourcePosition(file: inputs.table)) {
      try ground.parameters.uncertainTable(transmissivity)
    }
    var scale: Grid<Float>?
    if let rechargeRaster {
      scale = try MapOrValue(rechargeRaster, .rate).grid(on: ground.ground.geometry, threads: threads)
    }
    let found = try progress.step("draw") { () throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: inputs.soil)) {
        try failureProbability(
          upslopeArea: area, slopeTangent: ground.slope, recharge: distribution, rechargeScale: scale,
          soil: ground.soil, table: table, depthScale: ground.depth, draws: draws, seed: seed, threads: threads)
      }
    }
    try folder.raster(found.probability, "probability.tif", unit: "1", "Probability of failure")
    try folder.raster(found.lower, "probability_lower.tif", unit: "1", "Lower bound of its 95 % Wilson interval")
    try folder.raster(found.upper, "probability_upper.tif", unit: "1", "Upper bound of its 95 % Wilson interval")
    try folder.raster(
      found.saturation, "saturation_probability.tif", unit: "1", "Probability that the soil is full of water")
    var report: JSONObject = [
      "cells": JSONValue(ground.ground.count), "draws": JSONValue(draws), "seed": .string(String(seed)),
      "generator": "Philox 4x32-10 keyed on seed, row, column, quantity and draw",
      "recharge_mm_d": .string(distribution.text + (rechargeRaster.map { " times \($0)" } ?? "")),
      "transmissivity": .string(transmissivity.rawValue), "interval": "Wilson, 95 %",
      "expected_failed_m2": .number(found.probability.sum * ground.ground.geometry.cellArea),
      "soils": ground.parameters.record,
    ]
    try folder.report(report)
    report["soils"] = .string("\(inputs.table)\(ground.parameters.isUnverified ? " (unverified)" : "")")
    return report
  }
}

extension Grid<Float> {
  /// Sum over cells with data, in row order.
  var sum: Double {
    withUnsafeCells { cells in
      var sum = 0.0
      for index in 0..<count where !cells[index].isNaN { sum += Double(cells[index]) }
      return sum
    }
  }
}
