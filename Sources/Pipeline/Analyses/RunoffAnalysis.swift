import Foundation
import Geodata
import Grids
import Rainfall
public import Report
public import Runoff

/// Runoff of rain on a grid: `overvann runoff`.
public struct RunoffAnalysis: Sendable {
  /// The rain.
  public enum Rain: Sendable {
    /// The same depth everywhere, in mm.
    case depth(Double)
    /// The steps of a storm as `overvann storm --csv` writes them, the same everywhere.
    case hyetograph(String)
    /// Rasters.
    case field(RainFieldSource)
  }

  /// Snow on the ground, and how warm it is.
  public struct Snow: Sendable, Equatable {
    /// Melt in mm for each degree and day.
    public var factor: Double
    /// Temperature in °C above which snow melts.
    public var base = 0.0
    /// Water in the snow at the beginning, mm.
    public var waterEquivalent: Double
    /// Temperature of the air in °C; nil where a table tells it.
    public var temperature: Double?
    /// Table of the temperatures of a station.
    public var table: String?
    /// Station to take where the table holds several.
    public var station: String?

    /// Snow with the usual threshold.
    public init(factor: Double, waterEquivalent: Double) {
      self.factor = factor
      self.waterEquivalent = waterEquivalent
    }
  }

  /// The rain.
  public var rain: Rain
  /// Hours in which a depth or a single raster falls.
  public var hours = 1.0
  /// How the part that runs off is found.
  public var method = RunoffMethod.curveNumber
  /// Curve number or coefficient everywhere.
  public var value: Double?
  /// Raster of land cover.
  public var landCover: String?
  /// Raster of soil classes.
  public var soil: String?
  /// Table of the method's numbers.
  public var table: String?
  /// Table of soil groups by class of soil.
  public var soilGroups: String?
  /// Table of sealed shares by land cover.
  public var impervious: String?
  /// Raster of slopes, rise over run, that curve numbers are adjusted to.
  public var slope: String?
  /// How curve numbers change with it.
  public var slopeAdjustment = SlopeAdjustment.sharpleyWilliams
  /// Initial abstraction as a share of the storage.
  public var lambda = 0.2
  /// Whether curve numbers for λ = 0.2 are converted to λ = 0.05.
  public var convertsLambda = false
  /// How wet the ground is before.
  public var condition = AntecedentCondition.average
  /// Depth in mm that leaves and roofs hold.
  public var interception = 0.0
  /// Rate in mm/h that the drains carry.
  public var drainage = 0.0
  /// Raster of measures.
  public var measures: String?
  /// Table of what measures change.
  public var measureTable: String?
  /// Snow that melts and adds to the rain; nil for none.
  public var snow: Snow?
  /// Raster whose grid the results have; else that of land cover, soil or rain.
  public var like: String?
  /// GeoTIFF of the runoff.
  public var output: String
  /// GeoTIFF of what the ground takes; nil writes none.
  public var infiltrated: String?
  /// GeoTIFF of what the drains take; nil writes none.
  public var drained: String?
  /// How files are written.
  public var files = OutputFiles()
  /// Number of threads; the results do not depend on it.
  public var threads = 1

  /// An analysis with every option at its default.
  public init(_ rain: Rain, output: String) {
    self.rain = rain
    self.output = output
  }

  /// Reads, reckons and writes.
  /// - Returns: Where the water went, for people and programs.
  /// - Throws: ``RunFailure``; then no file has been written or replaced.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    var rasters = [landCover, soil, slope, measures, like].compactMap { $0 }
    if case .field(let source) = rain { rasters += source.paths }
    try files.check(
      [output, infiltrated, drained],
      inputs: rasters + [table, soilGroups, impervious, measureTable, snow?.table].compactMap { $0 })
    let position = SourcePosition(file: output)
    let geometry = try progress.step("grid") { () throws(RunFailure) in try self.geometry() }
    var simulation = try progress.step("ground") { () throws(RunFailure) -> RunoffSimulation in
      try RunFailure.locatingTable(at: SourcePosition(file: table ?? landCover ?? soil ?? output)) {
        try self.simulation(on: geometry)
      }
    }
    try addRain(to: &simulation, geometry, progress)
    let balance = simulation.balance(threads: threads)
    guard balance.closes else {
      throw RunFailure(
        .processing,
        [
          Diagnostic(
            .failedProof, at: position, "the water balance does not close",
            hint: "this is a defect of the program; report it with the inputs")
        ])
    }
    try progress.step("write") { () throws(RunFailure) in
      let results: [(String?, RunoffSimulation.Part, String)] = [
        (output, .runoff, "Rain that runs off"), (infiltrated, .infiltrated, "Rain that the ground takes"),
        (drained, .drained, "Runoff that the drains take"),
      ]
      for case (let path?, let part, let description) in results {
        try RunFailure.locating(at: SourcePosition(file: path)) {
          try writeGeoTIFF(
            simulation.millimetres(part, threads: threads), to: path, compressed: files.compresses, unit: "mm",
            description: description, threads: threads)
        }
      }
    }
    var report: JSONObject = [
      "cells": JSONValue(balance.cells), "cells_without_data": JSONValue(balance.unknownCells),
    ]
    let area = geometry.cellArea
    for (name, units) in [
      ("rain", balance.rain), ("interception", balance.intercepted), ("infiltration", balance.infiltrated),
      ("drained", balance.drained), ("runoff", balance.runoff),
    ] {
      report["\(name)_m3"] = .number(balance.cubicMetres(units, cellArea: area))
    }
    report["runoff_share"] = JSONValue(balance.rain == 0 ? nil : Double(balance.runoff) / Double(balance.rain))
    report["balance"] = "rain = interception + infiltration + drained + runoff, to 2^-27 mm in every cell"
    report["state_bytes"] = JSONValue(RunoffSimulation.stateBytes(cells: geometry.count))
    return report
  }

  private func geometry() throws(RunFailure) -> GridGeometry {
    if let path = like ?? landCover ?? soil {
      return try RunFailure.locating(at: SourcePosition(file: path)) {
        let information = try inspectRaster(path)
        let geometry = try information.geometry ?? readRaster(path).grid.geometry
        try geometry.crs.requireMetricPlane(path: path)
        return geometry
      }
    }
    if case .field(let source) = rain {
      let position = SourcePosition(file: source.paths.first ?? "")
      let field = try RainField(prepared(source), onto: nil, threads: threads, at: position)
      try RunFailure.locating(at: position) { try field.target.crs.requireMetricPlane(path: position.file) }
      return field.target
    }
    throw RunFailure(
      .configuration,
      [
        Diagnostic(
          .missingKey, at: SourcePosition(file: "overvann runoff"), "nothing says where the runoff is wanted",
          hint: "name --like, --land-cover or --soil")
      ])
  }

  private func prepared(_ source: RainFieldSource) -> RainFieldSource {
    var source = source
    source.stepHours = source.stepHours ?? hours
    return source
  }

  private func classes(_ path: String, _ geometry: GridGeometry) throws -> Grid<Int32> {
    try readClasses(path, alignedTo: geometry, RasterReading(threads: threads)).grid
  }

  private func simulation(on geometry: GridGeometry) throws -> RunoffSimulation {
    var losses = GroundLosses(geometry, threads: threads)
    losses.method = method
    losses.value = value
    losses.table = try table.map { try CSVTable(path: $0) }
    losses.soilGroups = try soilGroups.map { try CSVTable(path: $0) }
    losses.impervious = try impervious.map { try CSVTable(path: $0) }
    losses.landCover = try landCover.map { try classes($0, geometry) }
    losses.soil = try soil.map { try classes($0, geometry) }
    losses.lambda = lambda
    losses.convertsLambda = convertsLambda
    losses.condition = condition
    losses.slopeAdjustment = slopeAdjustment
    losses.slope = try slope.map {
      let grid = try readRaster($0, alignedTo: geometry, resampling: .bilinear, RasterReading(threads: threads)).grid
      try grid.require(0...10, of: "slope as rise over run", threads: threads)
      return grid
    }
    var loss = try losses.loss()
    var capacity = interception > 0 ? Grid(geometry, repeating: Float(interception)) : nil
    if let measures, let measureTable {
      let changed = try loss.applying(
        measures: try classes(measures, geometry), table: try Measure.table(try CSVTable(path: measureTable)),
        interception: capacity, threads: threads)
      loss = changed.loss
      capacity = changed.interception
    }
    return try RunoffSimulation(
      loss: loss, interception: capacity, drainage: drainage > 0 ? Grid(geometry, repeating: Float(drainage)) : nil,
      threads: threads)
  }

  private func addRain(
    to simulation: inout RunoffSimulation, _ geometry: GridGeometry, _ progress: AnalysisProgress
  ) throws(RunFailure) {
    let threads = threads
    var melting = try snow.map { snow throws(RunFailure) in try MeltingSnow(snow, geometry, threads: threads) }
    var start = 0.0
    func add(_ rain: Grid<Float>, hours: Double, end: RasterTime? = nil) throws {
      let water = try melting?.supply(rain, start: start, hours: hours, end: end) ?? rain
      try simulation.add(rain: water, hours: hours, threads: threads)
      start += hours
    }
    switch rain {
    case .depth(let depth):
      try RunFailure.locating(at: SourcePosition(file: "--rain")) {
        try add(Grid(geometry, repeating: Float(depth)), hours: hours)
      }
    case .hyetograph(let path):
      try RunFailure.locatingTable(at: SourcePosition(file: path)) {
        let table = try CSVTable(path: path)
        let starts = try table.numbers("start_min")
        let ends = try table.numbers("end_min")
        let depths = try table.numbers("depth_mm", in: 0...10_000)
        for step in depths.indices {
          guard ends[step] > starts[step], step == 0 || starts[step] == ends[step - 1] else {
            throw CSVTableError([
              Diagnostic(
                .invalidTableNumber, at: try table.position(row: step, column: "start_min"), keyPath: "start_min",
                "the step from \(starts[step]) to \(ends[step]) min does not follow the one before",
                hint: "steps follow each other without gaps")
            ])
          }
          try add(Grid(geometry, repeating: Float(depths[step])), hours: (ends[step] - starts[step]) / 60)
        }
      }
    case .field(let source):
      let field = try RainField(
        prepared(source), onto: geometry, threads: threads, at: SourcePosition(file: source.paths.first ?? ""))
      let count = field.series.steps.count
      try field.forEachStep { step, rain in
        try progress.tell(field.series.steps[step].time?.description ?? "step \(step + 1)", number: step, of: count)
        try add(rain, hours: field.hours[step] ?? hours, end: field.series.steps[step].time)
      }
    }
  }
}

/// Snow on a grid that melts by the temperature of one station.
private struct MeltingSnow {
  private var snow: DegreeDaySnow
  private let readings: StationTemperatures?
  private let section: RunoffAnalysis.Snow
  private let threads: Int

  init(_ section: RunoffAnalysis.Snow, _ geometry: GridGeometry, threads: Int) throws(RunFailure) {
    let position = SourcePosition(file: section.table ?? "--snow")
    (snow, readings) = try RunFailure.locatingTable(at: position) {
      (
        try DegreeDaySnow(
          .init(factor: section.factor, base: section.base),
          waterEquivalent: Grid(geometry, repeating: Float(section.waterEquivalent)), threads: threads),
        try section.table.map { try StationTemperatures(try CSVTable(path: $0), station: section.station) }
      )
    }
    self.section = section
    self.threads = threads
  }

  /// Rain and melt of a step.
  mutating func supply(_ rain: Grid<Float>, start: Double, hours: Double, end: RasterTime?) throws -> Grid<Float> {
    let celsius: Double
    do throws(StationTemperatureError) {
      celsius = try readings?.celsius(start: start, hours: hours, end: end) ?? section.temperature ?? 0
    } catch {
      throw RunFailure(
        .input,
        [Diagnostic(.badTemperature, at: SourcePosition(file: section.table ?? ""), error.message, hint: error.hint)])
    }
    return try snow.add(
      precipitation: rain, temperature: Grid(rain.geometry, repeating: Float(celsius)), hours: hours, threads: threads)
  }
}
