import Foundation
import Geodata
import Grids
import Rainfall
public import Report

/// What rain rasters hold: `overvann rain`.
public struct RainAnalysis: Sendable {
  /// What is made of the rain.
  public enum Product: Sendable, Equatable {
    /// What the files are, without writing anything; with their values where these are wanted.
    case inspection(values: Bool)
    /// The sum of all steps.
    case total
    /// The sum, and the largest sums over windows in hours.
    case maxima(windows: [Double])
    /// The same, and the return period that each of them reaches by a table.
    case returnPeriods(windows: [Double], table: String, unit: String?, station: String?)
  }

  /// The rain.
  public var source: RainFieldSource
  /// What is made of it.
  public var product: Product
  /// Raster whose grid the results have; nil for that of the files.
  public var like: String?
  /// GeoTIFF of the sum, or folder of several results; nil writes nothing.
  public var output: String?
  /// How files are written.
  public var files = OutputFiles()
  /// Number of threads; the results do not depend on it.
  public var threads = 1

  /// An analysis with every option at its default.
  public init(_ source: RainFieldSource, _ product: Product) {
    self.source = source
    self.product = product
  }

  /// Reads, computes and writes.
  /// - Returns: What was found, for people and programs.
  /// - Throws: ``RunFailure``; then no file has been written or replaced.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    let position = SourcePosition(file: source.paths.first ?? "")
    let target = try like.map { path throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: path)) { try Self.geometry(of: path) }
    }
    let field = try progress.step("open") { () throws(RunFailure) in
      try RainField(source, onto: target, threads: threads, at: position)
    }
    switch product {
    case .inspection(let values): return try inspection(field, values: values, progress)
    case .total: return try windows(field, [], nil, progress)
    case .maxima(let windows): return try self.windows(field, windows, nil, progress)
    case .returnPeriods(let windows, let path, let unit, let station):
      let table = try RunFailure.locatingTable(at: SourcePosition(file: path)) {
        try RainFrequencyTable(path: path, unit: unit.flatMap { RainUnit(text: $0) }, station: station)
      }
      return try self.windows(field, windows, table, progress)
    }
  }

  private static func geometry(of path: String) throws -> GridGeometry {
    if let geometry = try inspectRaster(path).geometry { return geometry }
    // Reading says why there is none.
    return try readRaster(path).grid.geometry
  }

  // MARK: - Inspection

  private func inspection(
    _ field: RainField, values: Bool, _ progress: AnalysisProgress
  ) throws(RunFailure) -> JSONObject {
    let information = field.series.information
    var report: JSONObject = [
      "files": JSONValue(source.paths.count), "driver": .string(information.driver),
      "steps": JSONValue(field.series.steps.count),
      "first": JSONValue(field.series.steps.first?.time?.description),
      "last": JSONValue(field.series.steps.last?.time?.description),
      "step_hours": JSONValue(Set(field.hours).count == 1 ? field.hours[0] : nil),
      "unit_of_file": JSONValue(information.unit ?? information.bandMetadata["GRIB_UNIT"]),
      "unit": .string(field.unit.rawValue), "meaning": .string(field.unit.isRate ? "rate" : "amount"),
      "scale": .number(source.scale ?? information.scale), "nodata": JSONValue(information.nodata),
      "grid": .string("\(field.target)"),
    ]
    guard values else { return report }
    var steps: [JSONValue] = []
    try field.forEachStep { step, rain in
      try progress.tell("read", number: step, of: field.series.steps.count)
      var (least, greatest, valid) = (Float.infinity, -Float.infinity, 0)
      for row in 0..<rain.rows {
        let cells = rain.row(row)
        for column in 0..<cells.count where !cells[column].isNaN {
          least = min(least, cells[column])
          greatest = max(greatest, cells[column])
          valid += 1
        }
      }
      steps.append([
        "step": .string(field.series.steps[step].description), "cells": JSONValue(valid),
        "least_mm": .number(Double(shortest: least)), "greatest_mm": .number(Double(shortest: greatest)),
      ])
    }
    report["leading_steps_without_values"] = JSONValue(field.leadingGaps)
    report["values"] = .array(steps)
    return report
  }

  // MARK: - Sums

  private func windows(
    _ field: RainField, _ windows: [Double], _ table: RainFrequencyTable?, _ progress: AnalysisProgress
  ) throws(RunFailure) -> JSONObject {
    guard let output else { preconditionFailure("sums are written somewhere") }
    let position = SourcePosition(file: source.paths.first ?? "")
    let steps = try lengths(windows, field, position)
    let isFolder = !windows.isEmpty
    func path(_ name: String) -> String { isFolder ? "\(output)/\(name).tif" : output }
    let names = steps.map { Self.name($0.hours) }
    var outputs = [path("total")] + names.map { path("maximum_\($0)") }
    if table != nil { outputs += names.map { path("return_period_\($0)") } + names.map { path("standing_\($0)") } }
    if isFolder { try makeFolder(output) }
    try files.check(outputs, inputs: source.paths + [like].compactMap { $0 })
    var sums = RunningRainMaxima(field.target, windows: steps.isEmpty ? [1] : steps.map(\.steps))
    let count = field.series.steps.count
    try field.forEachStep { step, rain in
      try progress.tell(field.series.steps[step].time?.description ?? "step \(step + 1)", number: step, of: count)
      sums.add(rain, threads: threads)
    }
    var report: JSONObject = [
      "steps": JSONValue(sums.stepCount), "leading_steps_without_values": JSONValue(field.leadingGaps),
      "state_bytes": JSONValue(
        RunningRainMaxima.stateBytes(cells: field.target.count, windows: steps.isEmpty ? [1] : steps.map(\.steps))),
    ]
    if let note = field.alignment?.note { report["grid"] = .string(note) }
    let total = sums.total
    report["total_mean_mm"] = JSONValue(Self.mean(total))
    var results: [(grid: Grid<Float>, path: String, unit: String, description: String)] = [
      (total, path("total"), "mm", "Rain of \(sums.stepCount) steps")
    ]
    var codes: [(Grid<UInt8>, String)] = []
    for (index, window) in steps.enumerated() {
      guard let place = sums.windows.firstIndex(of: window.steps) else { continue }
      let maximum = sums.maxima[place]
      let name = names[index]
      results.append((maximum, path("maximum_\(name)"), "mm", "Largest rain in \(name)"))
      report["maximum_\(name)_mm"] = JSONValue(Self.greatest(maximum))
      guard let table else { continue }
      let reached = try progress.step("return period \(name)") { () throws(RunFailure) in
        try RunFailure.locatingTable(at: position) {
          try returnPeriod(of: maximum, minutes: window.hours * 60, table, field.target)
        }
      }
      results.append(
        (reached.years, path("return_period_\(name)"), "a", "Return period of the largest rain in \(name)"))
      codes.append((reached.standing, path("standing_\(name)")))
      report["return_period_\(name)_a"] = JSONValue(Self.greatest(reached.years))
      let beyond = reached.standing.cells.count { $0 == ReturnPeriodOfRain.Standing.beyond.rawValue }
      let below = reached.standing.cells.count { $0 == ReturnPeriodOfRain.Standing.below.rawValue }
      report["cells_beyond_table_\(name)"] = JSONValue(beyond)
      report["cells_below_table_\(name)"] = JSONValue(below)
    }
    try progress.step("write") { () throws(RunFailure) in
      for result in results {
        try RunFailure.locating(at: SourcePosition(file: result.path)) {
          try writeGeoTIFF(
            result.grid, to: result.path, compressed: files.compresses, unit: result.unit,
            description: result.description, threads: threads)
        }
      }
      for (grid, path) in codes {
        try RunFailure.locating(at: SourcePosition(file: path)) {
          try writeClassGeoTIFF(
            grid, to: path, compressed: files.compresses,
            description: "Against the table: 1 below, 2 within, 3 beyond, 0 no data", threads: threads)
        }
      }
    }
    return report
  }

  private func returnPeriod(
    of rain: Grid<Float>, minutes: Double, _ table: RainFrequencyTable, _ target: GridGeometry
  ) throws -> ReturnPeriodOfRain {
    switch table {
    case .station(let figures, _): return try figures.returnPeriod(ofDepth: rain, duration: minutes, threads: threads)
    case .rasters(let rasters, let unit):
      // Only the durations on either side of the window are needed.
      return try GriddedRainFrequency(
        rasters, unit: unit, onto: target, returnPeriods: 0...(.infinity), durations: minutes...minutes,
        threads: threads
      )
      .returnPeriod(ofDepth: rain, duration: minutes, threads: threads)
    }
  }

  private func lengths(
    _ windows: [Double], _ field: RainField, _ position: SourcePosition
  ) throws(RunFailure) -> [(hours: Double, steps: Int)] {
    if windows.isEmpty { return [] }
    let step = try field.commonHours()
    var lengths: [(hours: Double, steps: Int)] = []
    for hours in windows {
      let count = (hours / step).rounded()
      guard count >= 1, abs(count * step - hours) * 3600 < 0.5 else {
        throw RunFailure(
          .configuration,
          [
            Diagnostic(
              .valueNotAllowed, at: position, "a window of \(hours) h is no whole number of steps of \(step) h",
              hint: "choose multiples of the step")
          ])
      }
      guard Int(count) <= field.series.steps.count else {
        throw RunFailure(
          .configuration,
          [
            Diagnostic(
              .valueNotAllowed, at: position,
              "a window of \(hours) h is longer than the series of \(field.series.steps.count) steps",
              hint: "leave it out")
          ])
      }
      lengths.append((hours, Int(count)))
    }
    return lengths
  }

  private func makeFolder(_ path: String) throws(RunFailure) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw RunFailure(
        .output, [Diagnostic(.notMade, at: SourcePosition(file: path), "the folder cannot be made: \(error)")])
    }
  }

  /// `90min`, `24h`.
  private static func name(_ hours: Double) -> String {
    hours == hours.rounded() ? "\(Int(hours))h" : "\(Int((hours * 60).rounded()))min"
  }

  private static func mean(_ grid: Grid<Float>) -> Double? {
    var (sum, count) = (0.0, 0)
    for row in 0..<grid.rows {
      let cells = grid.row(row)
      for column in 0..<cells.count where !cells[column].isNaN {
        sum += Double(cells[column])
        count += 1
      }
    }
    return count == 0 ? nil : sum / Double(count)
  }

  private static func greatest(_ grid: Grid<Float>) -> Double? {
    var greatest = -Float.infinity
    for row in 0..<grid.rows {
      let cells = grid.row(row)
      for column in 0..<cells.count where cells[column] > greatest { greatest = cells[column] }
    }
    return greatest.isFinite ? Double(shortest: greatest) : nil
  }
}
