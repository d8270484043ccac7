import Foundation
public import Rainfall
import Runoff

/// A return-period table as a file: one for all cells, or rasters by return period and duration.
public enum RainFrequencyTable: Sendable {
  /// One table, and the name of its station.
  case station(IntensityDurationFrequency, name: String?)
  /// Paths of rasters by return period and duration, with their unit.
  case rasters([RainFrequencyRaster], unit: RainFieldUnit)
}

extension RainFrequencyTable {
  /// Reads a table.
  ///
  /// Understood are
  /// - CSV with one row a figure: `return_period_a`, `duration_min`, and `intensity` or `depth`, with a column `unit` or
  ///   a declared unit;
  /// - CSV with one row a return period: `return_period_a`, then a column for each duration, named by its minutes
  ///   (`10`, `10 min`, `1 h`), with a declared unit;
  /// - CSV with one row a raster: `return_period_a`, `duration_min` and `path`, with a declared unit;
  /// - the JSON of the Frost API's `/frequencies/rainfall`, as files `.json` and `.jsonld`.
  ///
  /// CSV may be UTF-8 or Latin-1, with a byte order mark, semicolons and decimal commas.
  /// - Parameters:
  ///   - path: The file.
  ///   - unit: mm, mm/h or l/(s*ha), where the file does not name it.
  ///   - station: Source to take where the JSON holds several.
  /// - Throws: ``CSVTableError`` that names row and column, ``FrostError`` or ``IntensityDurationFrequencyError``.
  public init(path: String, unit: RainUnit? = nil, station: String? = nil) throws {
    if ["json", "jsonld"].contains((path as NSString).pathExtension.lowercased()) {
      self = try Self.frost(path, unit, station)
      return
    }
    let table = try CSVTable(path: path, acceptsLatin1: true)
    if !table.columnNames.contains("return_period_a") { _ = try table.index(of: "return_period_a") }
    let periods = try table.numbers("return_period_a")
    if table.columnNames.contains("path") {
      self = try Self.rasters(table, periods)
    } else if table.columnNames.contains("duration_min") {
      self = .station(try Self.long(table, periods, unit), name: nil)
    } else {
      self = .station(try Self.wide(table, periods, unit), name: nil)
    }
  }

  private static func frost(_ path: String, _ unit: RainUnit?, _ station: String?) throws -> RainFrequencyTable {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CSVTableError([Diagnostic(.unreadableTable, at: SourcePosition(file: path), "the file cannot be read")])
    }
    let sources = try FrostFrequencies.sources(Array(data), unit: unit)
    let names = sources.map(\.name)
    guard let chosen = station.map({ name in sources.first { $0.name == name } }) ?? sources.first,
      station != nil || sources.count == 1
    else {
      throw CSVTableError([
        Diagnostic(
          .unreadableTable, at: SourcePosition(file: path),
          station.map { "there is no source \($0)" } ?? "the file holds \(sources.count) sources and none is named",
          hint: "name one of \(Suggestion.list(names))")
      ])
    }
    return .station(chosen.table, name: chosen.name)
  }

  private static func rasters(_ table: CSVTable, _ periods: [Double]) throws -> RainFrequencyTable {
    let durations = try table.numbers("duration_min")
    let units = Set(try table.texts("unit"))
    guard units.count == 1, let text = units.first, let unit = RainFieldUnit(spelling: text) else {
      throw CSVTableError([
        Diagnostic(
          .invalidTableNumber, at: try table.position(row: 0, column: "unit"), keyPath: "unit",
          "\(Suggestion.list(units.sorted())) is no unit of rain for all rasters", hint: "mm or mm/h in every row")
      ])
    }
    let paths = try table.texts("path").map { PipelineFile.file($0, namedBy: table.file) }
    return .rasters(
      paths.indices.map { RainFrequencyRaster(returnPeriod: periods[$0], duration: durations[$0], path: paths[$0]) },
      unit: unit)
  }

  private static func long(
    _ table: CSVTable, _ periods: [Double], _ declared: RainUnit?
  ) throws -> IntensityDurationFrequency {
    let durations = try table.numbers("duration_min")
    let column = ["intensity", "depth", "value"].first { table.columnNames.contains($0) } ?? "intensity"
    let values = try table.numbers(column)
    var units = [RainUnit?](repeating: declared, count: values.count)
    if table.columnNames.contains("unit") {
      for (row, text) in try table.texts("unit").enumerated() {
        guard let unit = RainUnit(text: text) else {
          throw CSVTableError([
            Diagnostic(
              .invalidTableNumber, at: try table.position(row: row, column: "unit"), keyPath: "unit",
              "\"\(text)\" is no unit of a return-period table", hint: "mm, mm/h or l/(s*ha)")
          ])
        }
        if let declared, declared != unit {
          throw CSVTableError([
            Diagnostic(
              .invalidTableNumber, at: try table.position(row: row, column: "unit"), keyPath: "unit",
              "the row is in \(unit.rawValue), but \(declared.rawValue) is declared", hint: "leave the declaration out")
          ])
        }
        units[row] = unit
      }
    }
    return try build(
      table,
      try values.indices.map { row in
        guard let unit = units[row] else { throw noUnit(table) }
        return .init(returnPeriod: periods[row], duration: durations[row], value: values[row], unit: unit)
      })
  }

  private static func wide(
    _ table: CSVTable, _ periods: [Double], _ declared: RainUnit?
  ) throws -> IntensityDurationFrequency {
    var unit = declared
    var rows: [IntensityDurationFrequency.Row] = []
    let informative = ["return_period_a", "unit", "source", "status", "station", "name"]
    if table.columnNames.contains("unit"), let text = Set(try table.texts("unit")).first {
      unit = RainUnit(text: text)
    }
    for name in table.columnNames where !informative.contains(name) {
      guard let minutes = Self.minutes(name) else {
        throw CSVTableError([
          Diagnostic(
            .missingColumn, at: SourcePosition(file: table.file, line: 1), keyPath: name,
            "the column \"\(name)\" is no duration, and there is no column duration_min",
            hint: "name the columns by their minutes (10, 10 min, 1 h), or give one row a figure")
        ])
      }
      let values = try table.numbers(name)
      guard let unit else { throw noUnit(table) }
      for (row, value) in values.enumerated() {
        rows.append(.init(returnPeriod: periods[row], duration: minutes, value: value, unit: unit))
      }
    }
    return try build(table, rows)
  }

  private static func build(
    _ table: CSVTable, _ rows: [IntensityDurationFrequency.Row]
  ) throws -> IntensityDurationFrequency {
    do throws(IntensityDurationFrequencyError) {
      return try IntensityDurationFrequency(rows)
    } catch {
      throw CSVTableError([Diagnostic(.implausibleRainTable, at: SourcePosition(file: table.file), "\(error)")])
    }
  }

  private static func noUnit(_ table: CSVTable) -> CSVTableError {
    CSVTableError([
      Diagnostic(
        .missingColumn, at: SourcePosition(file: table.file), "no column \"unit\" and no unit declared",
        hint: "add the column, or declare mm, mm/h or l/(s*ha)")
    ])
  }

  /// Minutes of a column's name, such as `10`, `10 min`, `1 h` or `1,5 t`.
  static func minutes(_ name: String) -> Double? {
    let text = name.lowercased().replacing(",", with: ".").filter { $0 != " " }
    for (suffix, factor) in [
      ("minutter", 1.0), ("minutes", 1), ("min", 1), ("timer", 60), ("h", 60), ("t", 60), ("", 1),
    ]
    where text.hasSuffix(suffix) {
      if let value = StrictNumber.double(String(text.dropLast(suffix.count))), value > 0 { return value * factor }
    }
    return nil
  }
}

extension DiagnosticCode {
  /// Figures of a return-period table that do not rise and fall as rain does.
  static let implausibleRainTable: Self = "E-TAB-102"
  /// A rule's table that contradicts itself.
  static let invalidRules: Self = "E-TAB-103"
}

extension CSVTable {
  /// Runs what makes something of the table, and turns its error into one of the table.
  func making<R>(_ body: () throws -> R) throws(CSVTableError) -> R {
    do {
      return try body()
    } catch let error as CSVTableError {
      throw error
    } catch {
      throw CSVTableError([Diagnostic(.invalidRules, at: SourcePosition(file: file), "\(error)")])
    }
  }

  /// Numbers of a column, or a default in every row where the table has no such column or its cell is empty.
  fileprivate func numbers(_ column: String, orElse value: Double) throws(CSVTableError) -> [Double] {
    guard columnNames.contains(column) else { return Array(repeating: value, count: rowCount) }
    return try optionalNumbers(column).map { $0 ?? value }
  }
}

extension ClimateAllowanceTable {
  /// Reads a table with the columns `duration_above_min`, `duration_to_min`, `return_period_from_a`,
  /// `return_period_below_a` (an empty cell is no limit), `horizon`, `factor`, `source`, `as_of` and `status`.
  init(_ table: CSVTable) throws(CSVTableError) {
    try table.require(["horizon", "factor", "source", "as_of", "status"])
    let above = try table.numbers("duration_above_min", orElse: 0)
    let to = try table.numbers("duration_to_min", orElse: .infinity)
    let from = try table.numbers("return_period_from_a", orElse: 0)
    let below = try table.numbers("return_period_below_a", orElse: .infinity)
    let horizons = try table.integers("horizon", in: 1900...3000)
    let factors = try table.numbers("factor")
    let (sources, dates, states) = (
      try table.texts("source"), try table.texts("as_of"), try table.texts("status")
    )
    self = try table.making {
      try ClimateAllowanceTable(
        horizons.indices.map {
          Rule(
            durationAbove: above[$0], durationTo: to[$0], returnPeriodFrom: from[$0], returnPeriodBelow: below[$0],
            horizon: horizons[$0], factor: factors[$0], source: sources[$0], asOf: dates[$0], status: states[$0])
        })
    }
  }
}

extension ArealReduction {
  /// Reads a table with the columns `area_km2`, `duration_min`, `factor` and `source`.
  init(_ table: CSVTable) throws(CSVTableError) {
    let areas = try table.numbers("area_km2")
    let durations = try table.numbers("duration_min")
    let factors = try table.numbers("factor")
    let sources = Set(try table.texts("source")).sorted().joined(separator: "; ")
    self = try table.making {
      try ArealReduction(
        rows: areas.indices.map { (area: areas[$0], duration: durations[$0], factor: factors[$0]) }, source: sources)
    }
  }
}

extension StormProfile {
  /// Reads a table with the columns `time` and `share`, both from 0 to 1.
  init(_ table: CSVTable) throws(CSVTableError) {
    let times = try table.numbers("time", in: 0...1)
    let shares = try table.numbers("share", in: 0...1)
    self = try table.making { try StormProfile(times: times, shares: shares) }
  }
}

extension CoefficientIncrease {
  /// Reads a table with the columns `return_period_a` and `factor`.
  init(_ table: CSVTable) throws(CSVTableError) {
    let periods = try table.numbers("return_period_a")
    let factors = try table.numbers("factor")
    self = try table.making {
      try CoefficientIncrease(periods.indices.map { (returnPeriod: periods[$0], factor: factors[$0]) })
    }
  }
}

extension Measure {
  /// Reads a table with the column `measure_code` and any of `storage_mm`, `curve_number`, `coefficient` and
  /// `infiltration_mm_h`; an empty cell changes nothing.
  static func table(_ table: CSVTable) throws(CSVTableError) -> [Int32: Measure] {
    let codes = try table.keys("measure_code", in: 1...Int(Int32.max))
    func column(_ name: String) throws(CSVTableError) -> [Double?] {
      table.columnNames.contains(name) ? try table.optionalNumbers(name) : Array(repeating: nil, count: codes.count)
    }
    let storage = try column("storage_mm")
    let numbers = try column("curve_number")
    let coefficients = try column("coefficient")
    let infiltration = try column("infiltration_mm_h")
    var result: [Int32: Measure] = [:]
    for (row, code) in codes.enumerated() {
      result[Int32(code)] = Measure(
        storage: storage[row] ?? 0, curveNumber: numbers[row], coefficient: coefficients[row],
        infiltration: infiltration[row])
    }
    return result
  }
}
