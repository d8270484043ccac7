import Foundation
import Geodata
import Grids
import Rainfall
import Report

/// Rain of one step on the analysis grid.
struct ScenarioRainStep {
  /// Millimetres before the climate factor; NaN is no data.
  let rain: Grid<Float>
  /// Hours from the beginning of the rain to that of the step.
  let start: Double
  /// Length in hours.
  let hours: Double
  /// The moment at which the step ends; nil where the rain has no date.
  let end: RasterTime?
}

extension InputLoader {
  /// Calls `body` with the rain of a scenario on the analysis grid, step by step.
  func forEachRainStep(of scenario: Scenario, _ body: (ScenarioRainStep) throws -> Void) throws(RunFailure) {
    let keyPath = "inputs.\(scenario.rain)"
    try pipeline.reading(keyPath) {
      guard let input = pipeline.rain(scenario.rain) else { preconditionFailure("checked to be rain") }
      let hours = input.duration.seconds / 3600
      var start = 0.0
      func add(_ rain: Grid<Float>, hours: Double, end: RasterTime? = nil) throws {
        try body(ScenarioRainStep(rain: rain, start: start, hours: hours, end: end))
        start += hours
      }
      switch input.source {
      case .uniform(let depth):
        let rain = Grid(geometry, repeating: Float(depth.millimetres))
        try checkRain(rain, scenario, keyPath)
        try add(rain, hours: hours)
      case .storm(let section):
        switch try storm(of: scenario, section, minutes: input.duration.minutes) {
        case .uniform(let storm):
          for (depth, minutes) in zip(storm.hyetograph.depths, storm.stepLengths) {
            try add(Grid(geometry, repeating: Float(depth)), hours: minutes / 60)
          }
        case .gridded(let storm):
          try RunFailure.locatingTable(at: pipeline.position(of: "tables.\(section.table)")) {
            try storm.forEachStep(threads: threads) { rain, minutes in
              try requireRunning()
              try add(rain, hours: minutes / 60)
            }
          }
        }
      case .raster(let path, let unit):
        let rain = try singleRain(of: scenario, input, path, unit, hours: hours)
        try checkRain(rain, scenario, keyPath)
        try add(rain, hours: hours)
      case .series(let paths, let unit):
        try series(of: scenario, input, paths, unit, keyPath) { try add($0, hours: $1, end: $2) }
      }
    }
  }

  private func requireRunning() throws(RunFailure) {
    if let signal = recorder.stopSignal() { throw .stopped(by: signal, at: pipeline.file, "stopped") }
  }

  /// The scenario with its climate factor, taken from a table where it names one.
  func withClimate(_ scenario: Scenario) throws(RunFailure) -> Scenario {
    guard let id = scenario.climateTable, let horizon = scenario.climateHorizon, let period = scenario.returnPeriod,
      let input = pipeline.rain(scenario.rain)
    else { return scenario }
    let allowance: ClimateAllowance = try RunFailure.locatingTable(
      at: pipeline.position(of: "tables.\(id)"), keyPath: "tables.\(id)"
    ) {
      let rules = try ClimateAllowanceTable(try table(id))
      let rule = try rules.rule(duration: input.duration.minutes, returnPeriod: period.years, horizon: horizon)
      recorder.record(
        RuleRecord(
          name: "climate factor \(scenario.id)", source: "\(rule.factor): \(rule.source), read \(rule.asOf)",
          status: rule.status))
      return try rules.allowance(duration: input.duration.minutes, returnPeriod: period.years, horizon: horizon)
    }
    var result = scenario
    result.climateFactor = allowance.factor
    result.climateSource = allowance.source
    return result
  }

  /// One raster of depths or mean rates.
  private func singleRain(
    of scenario: Scenario, _ input: RainInput, _ path: PathText, _ unit: RainFieldUnit, hours: Double
  ) throws -> Grid<Float> {
    var reading = try reading(
      nodata: input.nodata ?? .file, band: input.band ?? 1, crs: input.crs, acceptsAllNodata: true)
    reading.georeference = input.georeference?.georeference
    reading.scale = input.scale
    reading.offset = input.offset
    let resampling = Resampling(rawValue: (input.resample ?? .bilinear).rawValue) ?? .bilinear
    let (grid, information, alignment) = try readRaster(
      pipeline.resolve(path, for: scenario), alignedTo: geometry, resampling: resampling, reading)
    try record("\(scenario.rain) (\(scenario.id))", information, unit: unit.rawValue)
    tell(alignment, scenario.rain)
    guard alignment.cellsInside > 0 else { throw noOverlap(scenario.rain, information) }
    guard alignment.cellsCovered > 0 else {
      throw pipeline.failure(
        .input, .noOverlap, at: "inputs.\(scenario.rain)",
        "\(information.path) holds nothing but no data on the analysis grid", hint: "check nodata: and the file")
    }
    if input.scale == nil { try pipeline.requireRain(information, unit, id: scenario.rain) }
    let factor = Float(unit.millimetres(hours: hours))
    return factor == 1 ? grid : grid.map(threads: threads) { $0 * factor }
  }

  /// A series of rasters, read one step at a time.
  private func series(
    of scenario: Scenario, _ input: RainInput, _ paths: [PathText], _ unit: RainFieldUnit, _ keyPath: String,
    _ body: (Grid<Float>, Double, RasterTime?) throws -> Void
  ) throws {
    let files = paths.map { pipeline.resolve($0, for: scenario) }
    let field = try RainField(
      input.fieldSource(files, unit), onto: geometry, threads: threads, at: pipeline.position(of: keyPath))
    for (number, file) in files.enumerated() {
      var record = try recorder.inputRecord(
        "\(scenario.rain) (\(scenario.id))" + (files.count > 1 ? " \(number + 1)" : ""), file)
      record.driver = field.series.information.driver
      record.crs = field.series.information.crs?.description
      record.noData = field.series.information.nodata
      record.unit = unit.rawValue
      recorder.record(record)
    }
    let shared = try field.hours.contains(nil) ? nil : field.commonHours()
    try field.forEachStep { step, rain in
      try requireRunning()
      let declared = input.duration.seconds / 3600 / Double(field.series.steps.count)
      try body(rain, shared ?? field.hours[step] ?? declared, field.series.steps[step].time)
    }
    if let alignment = field.alignment { tell(alignment, scenario.rain) }
    recorder.note(
      .rainSeries, at: keyPath,
      "\(field.series.steps.count - field.leadingGaps) steps from \(field.series.steps[field.leadingGaps]) to "
        + "\(field.series.steps[field.series.steps.count - 1])"
        + (field.leadingGaps > 0 ? "; \(field.leadingGaps) before them hold no values and are passed over" : ""))
  }

  private func checkRain(_ rain: Grid<Float>, _ scenario: Scenario, _ keyPath: String) throws(RunFailure) {
    var lowest = Float.infinity
    var highest = -Float.infinity
    rain.withUnsafeCells { cells in
      for index in 0..<rain.count {
        if cells[index] < lowest { lowest = cells[index] }
        if cells[index] > highest { highest = cells[index] }
      }
    }
    if lowest < 0 {
      throw pipeline.failure(
        .input, .negativeRain, at: keyPath, "rain of scenario \(scenario.id) goes down to \(lowest) mm",
        hint: "declare the value that means no data with nodata:")
    }
    if highest > 1000 || highest < 0.5 {
      recorder.note(
        .implausibleRain, at: keyPath,
        "rain of scenario \(scenario.id) is from \(lowest) to \(highest) mm", hint: "check unit:")
    }
  }
}

extension RainInput {
  /// The files of a series as a field of rain.
  func fieldSource(_ files: [String], _ unit: RainFieldUnit) -> RainFieldSource {
    var source = RainFieldSource(files)
    source.variable = variable
    source.bands = bands.map { $0[0]...$0[1] }
    source.unit = unit
    source.accumulated = accumulated
    source.stepHours = step.map { $0.seconds / 3600 }
    source.nodata = (nodata ?? .file).rule
    source.crs = crs
    source.georeference = georeference?.georeference
    source.scale = scale
    source.offset = offset
    source.resampling = Resampling(rawValue: (resample ?? .bilinear).rawValue) ?? .bilinear
    return source
  }
}

extension PipelineFile {
  /// Throws where a file says that it holds no rain, or rain in another unit than was declared.
  func requireRain(_ information: RasterInformation, _ unit: RainFieldUnit, id: String) throws(RunFailure) {
    guard let text = information.unit, !text.isEmpty else { return }
    guard let stated = RainFieldUnit(spelling: text) else {
      throw failure(
        .input, .notRain, at: "inputs.\(id)", "\(information.path) is in “\(text)”, which is no unit of rain",
        hint: "name a raster of rain")
    }
    guard stated.agrees(with: unit) else {
      throw failure(
        .input, .undeclaredRain, at: "inputs.\(id).unit",
        "\(information.path) says that its numbers are in “\(text)”, unit: says \(unit.rawValue)",
        hint: "write unit: \(stated.rawValue), or mend the file")
    }
  }
}

extension GeoreferenceSection {
  /// The same as rasters are read by.
  var georeference: Georeference {
    Georeference(west: west, north: north, cellWidth: cell, cellHeight: cell, isSouthUp: southUp)
  }
}

extension DiagnosticCode {
  static let rainSeries: Self = "I-RAS-102"
}
