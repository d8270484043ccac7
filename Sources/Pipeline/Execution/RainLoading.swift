import Foundation
import Geodata
import Grids
import Rainfall
import Report

extension InputLoader {
  /// Calls `body` with the rain of a scenario on the analysis grid, in millimetres before the climate factor, step by
  /// step, and with the hours of each step.
  func forEachRainStep(of scenario: Scenario, _ body: (Grid<Float>, Double) throws -> Void) throws(RunFailure) {
    let keyPath = "inputs.\(scenario.rain)"
    try pipeline.reading(keyPath) {
      guard let input = pipeline.rain(scenario.rain) else { preconditionFailure("checked to be rain") }
      let hours = input.duration.seconds / 3600
      switch input.source {
      case .uniform(let depth):
        let rain = Grid(geometry, repeating: Float(depth.millimetres))
        try checkRain(rain, scenario, keyPath)
        try body(rain, hours)
      case .storm(let section):
        let storm = try storm(of: scenario, section, minutes: input.duration.minutes)
        let (step, count) = (storm.hyetograph.stepMinutes, storm.hyetograph.depths.count)
        for (index, depth) in storm.hyetograph.depths.enumerated() {
          // The last step may end with the storm.
          let length = index == count - 1 ? input.duration.minutes - Double(count - 1) * step : step
          try body(Grid(geometry, repeating: Float(depth)), length / 60)
        }
      case .raster(let path, let unit):
        let rain = try singleRain(of: scenario, input, path, unit, hours: hours)
        try checkRain(rain, scenario, keyPath)
        try body(rain, hours)
      case .series(let paths, let unit):
        try series(of: scenario, input, paths, unit, keyPath, body)
      }
    }
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

  /// The design storm of a scenario, in the present climate.
  func storm(of scenario: Scenario, _ section: StormSection, minutes: Double) throws -> DesignStorm {
    guard let period = scenario.returnPeriod else {
      throw pipeline.failure(
        .configuration, .missingKey, at: "scenarios.\(scenario.id)",
        "a storm from a table needs return_period", hint: "add return_period: 100 a")
    }
    func path(_ id: String) -> String { pipeline.tables[id].map { pipeline.resolve($0) } ?? id }
    var source = DesignStormSource(table: path(section.table))
    source.unit = section.unit
    source.station = section.station
    source.shape = section.shape
    source.peak = section.peak ?? 0.5
    source.profile = section.profile.map(path)
    source.stepMinutes = section.step.minutes
    source.area = section.area.map { $0.squareMetres / 1e6 }
    source.arealTable = section.arealTable.map(path)
    source.extrapolates = section.extrapolates ?? false
    let storm = try RunFailure.locatingTable(at: pipeline.position(of: "tables.\(section.table)")) {
      try source.storm(returnPeriod: period.years, duration: minutes, allowance: nil)
    }
    for id in [section.table, section.profile, section.arealTable].compactMap({ $0 }) {
      recorder.record(try InputRecord(name: "table \(id)", file: URL(fileURLWithPath: path(id))))
    }
    if !storm.reach.isEmpty {
      recorder.note(
        .extrapolatedRain, at: "scenarios.\(scenario.id)",
        "rain of \(period) in \(minutes) min is extrapolated: \(storm.reach)", hint: "give a table that reaches it")
    }
    if let areal = try source.arealReduction() {
      recorder.record(RuleRecord(name: "areal reduction", source: areal.source, status: "factor \(storm.arealFactor)"))
    }
    return storm
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
    if let text = information.unit, !text.isEmpty, input.scale == nil {
      guard let stated = RainFieldUnit(spelling: text) else {
        throw pipeline.failure(
          .input, .notRain, at: "inputs.\(scenario.rain)",
          "\(information.path) is in “\(text)”, which is no unit of rain", hint: "name a raster of rain")
      }
      guard stated.agrees(with: unit) else {
        throw pipeline.failure(
          .input, .undeclaredRain, at: "inputs.\(scenario.rain).unit",
          "\(information.path) says that its numbers are in “\(text)”, unit: says \(unit.rawValue)",
          hint: "write unit: \(stated.rawValue), or mend the file")
      }
    }
    let factor = Float(unit.millimetres(hours: hours))
    return factor == 1 ? grid : grid.map(threads: threads) { $0 * factor }
  }

  /// A series of rasters, read one step at a time.
  private func series(
    of scenario: Scenario, _ input: RainInput, _ paths: [PathText], _ unit: RainFieldUnit, _ keyPath: String,
    _ body: (Grid<Float>, Double) throws -> Void
  ) throws {
    let files = paths.map { pipeline.resolve($0, for: scenario) }
    var source = RainFieldSource(files)
    source.variable = input.variable
    source.bands = input.bands.map { $0[0]...$0[1] }
    source.unit = unit
    source.accumulated = input.accumulated
    source.stepHours = input.step.map { $0.seconds / 3600 }
    source.nodata = (input.nodata ?? .file).rule
    source.crs = input.crs
    source.georeference = input.georeference?.georeference
    source.scale = input.scale
    source.offset = input.offset
    source.resampling = Resampling(rawValue: (input.resample ?? .bilinear).rawValue) ?? .bilinear
    let field = try RainField(source, onto: geometry, threads: threads, at: pipeline.position(of: keyPath))
    for (number, file) in files.enumerated() {
      var record = try InputRecord(
        name: "\(scenario.rain) (\(scenario.id))" + (files.count > 1 ? " \(number + 1)" : ""),
        file: URL(fileURLWithPath: file))
      record.driver = field.series.information.driver
      record.crs = field.series.information.crs?.description
      record.noData = field.series.information.nodata
      record.unit = unit.rawValue
      recorder.record(record)
    }
    let shared = try field.hours.contains(nil) ? nil : field.commonHours()
    try field.forEachStep { step, rain in
      if recorder.isStopped() {
        throw RunFailure(.interrupted, [Diagnostic(.stopped, at: SourcePosition(file: pipeline.file), "stopped")])
      }
      let declared = input.duration.seconds / 3600 / Double(field.series.steps.count)
      try body(rain, shared ?? field.hours[step] ?? declared)
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

extension GeoreferenceSection {
  /// The same as rasters are read by.
  var georeference: Georeference {
    Georeference(west: west, north: north, cellWidth: cell, cellHeight: cell, isSouthUp: southUp)
  }
}

extension DiagnosticCode {
  static let extrapolatedRain: Self = "W-RAS-104"
  static let rainSeries: Self = "I-RAS-102"
}
