import Foundation
import Geodata
import Grids
import Rainfall
import Report

/// Reads inputs onto the analysis grid and notes for the manifest what was read.
struct InputLoader {
  let pipeline: PipelineFile
  let geometry: GridGeometry
  let recorder: RunRecorder
  let threads: Int

  private func reading(
    nodata: NodataDeclaration, band: Int, crs: String?, acceptsAllNodata: Bool = false
  ) throws -> RasterReading {
    RasterReading(
      band: band, nodata: nodata.rule, crs: try crs.map { try coordinateReferenceSystem($0) },
      acceptsAllNodata: acceptsAllNodata, threads: threads)
  }

  private func record(_ id: String, _ information: RasterInformation, unit: String?) throws {
    var input = try InputRecord(name: id, file: URL(fileURLWithPath: information.path))
    input.driver = information.driver
    input.crs = information.crs?.description
    input.geotransform = information.geotransform
    input.noData = information.nodata
    input.unit = information.unit ?? unit
    input.minimum = information.counts?.minimum.map { Double(shortest: $0) }
    input.maximum = information.counts?.maximum.map { Double(shortest: $0) }
    recorder.record(input)
    for warning in information.warnings { recorder.note("W-RAS-001", at: "inputs.\(id)", warning) }
  }

  private func tell(_ alignment: RasterAlignment, _ id: String) {
    if alignment.kind == .resampled { recorder.note(.resampled, at: "inputs.\(id)", alignment.note) }
    for warning in alignment.warnings { recorder.note("W-RAS-002", at: "inputs.\(id)", warning) }
  }

  /// Elevation in metres on the analysis grid.
  func elevation(_ id: String) throws(RunFailure) -> Grid<Float> {
    let keyPath = "inputs.\(id)"
    return try pipeline.reading(keyPath) {
      guard let input = pipeline.elevation(id) else { preconditionFailure("\(id) was checked to be an elevation") }
      let (grid, information, alignment) = try readRaster(
        pipeline.resolve(input.path), alignedTo: geometry, resampling: .bilinear,
        reading(nodata: input.nodata, band: input.band, crs: input.crs))
      try record(id, information, unit: input.unit.rawValue)
      tell(alignment, id)
      guard alignment.cellsCovered > 0 else { throw noOverlap(id, information) }
      tellVoids(grid, id)
      let factor = Float(input.unit.metres)
      return factor == 1 ? grid : grid.map(threads: threads) { $0 * factor }
    }
  }

  /// Cells of exactly zero far below everything else are usually voids that were filled with zero.
  private func tellVoids(_ grid: Grid<Float>, _ id: String) {
    var zeros = 0
    var lowest = Float.infinity
    grid.withUnsafeCells { cells in
      for index in 0..<grid.count {
        if cells[index] == 0 { zeros += 1 } else if cells[index] < lowest { lowest = cells[index] }
      }
    }
    if zeros > 0, lowest > 20, lowest.isFinite {
      recorder.note(
        .voidCells, at: "inputs.\(id)",
        "\(zeros) cells are exactly 0 although the lowest other cell is at \(lowest) m: voids stored as zero?",
        hint: "set nodata: 0", count: zeros)
    }
  }

  private func noOverlap(_ id: String, _ information: RasterInformation) -> RunFailure {
    let box = information.extent.map { "\($0) in \(information.crs?.description ?? "an unknown system")" } ?? "nowhere"
    return pipeline.failure(
      .input, .noOverlap, at: "inputs.\(id)",
      "no cell lies on the analysis grid: the raster covers \(box), the grid \(geometry.extent) in \(geometry.crs)",
      hint: "check the reference systems and grid.extent")
  }

  /// Classes on the analysis grid; ``noClass`` where there are none.
  func classes(_ id: String) throws(RunFailure) -> Grid<Int32> {
    try pipeline.reading("inputs.\(id)") {
      guard let input = pipeline.classes(id) else { preconditionFailure("\(id) was checked to be classes") }
      guard let path = input.path else { return Grid(geometry, repeating: Int32(input.value ?? 0)) }
      let (grid, information, alignment) = try readClasses(
        pipeline.resolve(path), alignedTo: geometry,
        reading(nodata: input.nodata ?? .file, band: input.band ?? 1, crs: input.crs))
      try record(id, information, unit: nil)
      guard alignment.cellsCovered > 0 else { throw noOverlap(id, information) }
      return grid
    }
  }

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

  /// A table, whose rows' sources are noted as rules of the run.
  func table(_ id: String) throws -> CSVTable {
    guard let path = pipeline.tables[id] else { preconditionFailure("\(id) was checked to be a table") }
    let file = pipeline.resolve(path)
    let table = try CSVTable(path: file)
    recorder.record(try InputRecord(name: "table \(id)", file: URL(fileURLWithPath: file)))
    if table.columnNames.contains("source"), table.columnNames.contains("status") {
      let sources = Set(try table.texts("source")).sorted()
      let states = Set(try table.texts("status")).sorted()
      recorder.record(
        RuleRecord(name: id, source: sources.joined(separator: "; "), status: states.joined(separator: "; ")))
      if states.contains(where: { $0.contains("unverified") }) {
        recorder.note(
          .unverifiedTable, at: "tables.\(id)", "holds values that are marked unverified; they are screening defaults")
      }
    } else {
      recorder.record(RuleRecord(name: id, source: path.text, status: "not stated"))
    }
    return table
  }

  /// Features of a vector input in the reference system of the grid, with the values of named fields.
  func features(
    _ id: String, path: PathText, layer: String?, crs: String?, shapeType: ShapeType, idField: String,
    fields: [String]
  ) throws(RunFailure) -> LoadedFeatures {
    let keyPath = "inputs.\(id)"
    return try pipeline.reading(keyPath) {
      let file = pipeline.resolve(path)
      let policy = Geodata.InvalidGeometryPolicy(rawValue: pipeline.policy.invalidGeometry.rawValue) ?? .repair
      let (layer, report) = try readLayer(
        file, reprojectedTo: geometry.crs,
        VectorReading(
          shapeType: shapeType, layer: layer, crs: try crs.map { try coordinateReferenceSystem($0) }, invalid: policy))
      var input = try InputRecord(name: id, file: URL(fileURLWithPath: file))
      input.layer = report.layer
      input.crs = report.crs?.description
      recorder.record(input)
      for warning in report.warnings { recorder.note("W-VEC-001", at: keyPath, warning) }
      let troubled = report.repaired.count + report.invalid.count + report.empty.count + report.notFinite.count
      if troubled > 0 {
        recorder.note(
          .repairedShapes, at: keyPath,
          "of \(report.features) shapes \(report.repaired.count) were repaired, \(report.invalid.count) left out as "
            + "invalid, \(report.empty.count) are empty, \(report.notFinite.count) have coordinates that are no numbers",
          count: troubled)
      }
      func column(_ name: String) throws -> Int {
        if let index = layer.fields.firstIndex(where: { $0.name == name }) { return index }
        let names = layer.fields.map(\.name)
        throw pipeline.failure(
          .input, .missingField, at: keyPath, "\(file) has no field \"\(name)\"",
          hint: Suggestion.hint(for: name, among: names) ?? "it has \(Suggestion.list(names))")
      }
      guard !layer.features.isEmpty else {
        throw pipeline.failure(
          .input, .missingField, at: keyPath, "\(file): the layer holds no features", hint: "check path: and layer:")
      }
      let idColumn = try column(idField)
      let columns = try fields.map { try column($0) }
      let ids = try identifiers(layer.features.map { $0.values[idColumn] }, field: idField, file, keyPath)
      return LoadedFeatures(
        ids: ids, shapes: layer.features.map(\.shape), fields: columns.map { layer.fields[$0] },
        values: layer.features.map { feature in columns.map { feature.values[$0] } })
    }
  }

  /// Identifiers as text, each once and none missing.
  private func identifiers(
    _ values: [FieldValue], field: String, _ file: String, _ keyPath: String
  ) throws(RunFailure) -> [String] {
    var ids: [String] = []
    var seen: Set<String> = []
    var problems: [String] = []
    for (number, value) in values.enumerated() {
      let text: String? =
        switch value {
        case .text(let text): text
        case .integer(let number): String(number)
        case .real(let number) where number == number.rounded() && abs(number) < 0x1p53: String(Int64(number))
        default: nil
        }
      if let text, !text.isEmpty {
        if !seen.insert(text).inserted { problems.append("\"\(text)\" twice") }
        ids.append(text)
      } else {
        problems.append("none in feature \(number + 1)")
        ids.append("")
      }
    }
    if problems.isEmpty { return ids }
    let shown = problems.prefix(5).joined(separator: ", ")
    throw pipeline.failure(
      .input, .badIdentifier, at: keyPath,
      "\(file): field \"\(field)\" does not identify the features: \(shown)"
        + (problems.count > 5 ? " and \(problems.count - 5) more" : ""), hint: "name a field with unique values as id:")
  }
}

/// Features of an input with their identifiers and the values that were asked for.
struct LoadedFeatures {
  let ids: [String]
  let shapes: [Shape?]
  let fields: [Field]
  let values: [[FieldValue]]

  var count: Int { ids.count }

  /// Surfaces of a feature; none where its shape is missing.
  func polygons(_ index: Int) -> [Polygon] {
    if case .polygons(let polygons) = shapes[index] { polygons } else { [] }
  }

  /// Lines of a feature; none where its shape is missing.
  func lines(_ index: Int) -> [[Coordinate]] {
    if case .lines(let lines) = shapes[index] { lines } else { [] }
  }
}

extension NodataDeclaration {
  /// The same as rasters are read by.
  var rule: NodataRule {
    switch self {
    case .file: .file
    case .none: .none
    case .value(let value): .value(value)
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
