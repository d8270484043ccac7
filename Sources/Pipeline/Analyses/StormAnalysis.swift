import Foundation
public import Rainfall
public import Report

/// How a design storm spreads its depth, by name.
public enum StormShapeName: String, Sendable, CaseIterable {
  /// The same intensity throughout.
  case block
  /// The table's depth for every duration around the peak.
  case chicago
  /// Blocks of the table's depths by turns after and before the heaviest.
  case alternatingBlock = "alternating_block"
  /// A mass curve of the user.
  case profile
}

/// What a design storm is made from, without its return period and duration.
public struct DesignStormSource: Sendable, Equatable {
  /// File of the return-period table.
  public var table: String
  /// Unit of its figures, where the file does not name it.
  public var unit: RainUnit?
  /// Source to take where the file holds several.
  public var station: String?
  /// How the depth is spread.
  public var shape = StormShapeName.block
  /// Share of the time before the peak.
  public var peak = 0.5
  /// File of the mass curve, for `profile`.
  public var profile: String?
  /// Length of a step in minutes.
  public var stepMinutes = 5.0
  /// Area in km² that the storm covers; nil for a point.
  public var area: Double?
  /// File of areal reduction factors; nil takes the formula of TP 29.
  public var arealTable: String?
  /// Whether return period and duration may lie beyond the table.
  public var extrapolates = false

  /// A storm from a table; everything else has a default.
  public init(table: String) { self.table = table }

  /// Reads the return-period table.
  func read() throws -> RainFrequencyTable { try RainFrequencyTable(path: table, unit: unit, station: station) }

  /// How the depth is spread, with its profile read.
  func stormShape() throws -> StormShape {
    switch shape {
    case .block: .block
    case .chicago: .chicago(peak: peak)
    case .alternatingBlock: .alternatingBlock(peak: peak)
    case .profile: .profile(try StormProfile(try CSVTable(path: profile ?? "")))
    }
  }

  /// Builds the storm.
  /// - Throws: What the tables' readers throw, or ``IntensityDurationFrequencyError``.
  func storm(returnPeriod: Double, duration: Double, allowance: ClimateAllowance?) throws -> DesignStorm {
    guard case .station(let figures, _) = try read() else {
      throw CSVTableError([
        Diagnostic(
          .unreadableTable, at: SourcePosition(file: table), "the table names rasters, a storm needs figures",
          hint: "take the figures of one cell, or run a pipeline, where every cell has its own storm")
      ])
    }
    return try storm(figures, returnPeriod: returnPeriod, duration: duration, allowance: allowance)
  }

  /// Builds the storm from figures.
  func storm(
    _ figures: IntensityDurationFrequency, returnPeriod: Double, duration: Double, allowance: ClimateAllowance?
  ) throws -> DesignStorm {
    try DesignStorm(
      table: figures, returnPeriod: returnPeriod, duration: duration, shape: try stormShape(), stepMinutes: stepMinutes,
      allowance: allowance, arealFactor: try arealReduction()?.factor(area: area ?? 0, duration: duration) ?? 1,
      extrapolates: extrapolates)
  }

  /// The areal reduction with its source; nil at a point.
  func arealReduction() throws -> ArealReduction? {
    guard area != nil else { return nil }
    return try arealTable.map { try ArealReduction(try CSVTable(path: $0)) } ?? .weatherBureau
  }
}

/// A climate allowance as the command line names it: a factor, or a row of a table.
public struct ClimateChoice: Sendable, Equatable {
  /// The factor itself.
  public var factor: Double?
  /// Who recommends it.
  public var source: String?
  /// File of a table of factors.
  public var table: String?
  /// Year that the climate is meant for, for the table.
  public var horizon: Int?

  /// No allowance.
  public init() {}

  /// The allowance; nil for rain of the present.
  func allowance(duration: Double, returnPeriod: Double) throws -> ClimateAllowance? {
    if let table, let horizon {
      return try ClimateAllowanceTable(try CSVTable(path: table))
        .allowance(duration: duration, returnPeriod: returnPeriod, horizon: horizon)
    }
    return try factor.map { try ClimateAllowance(factor: $0, source: source ?? "not stated") }
  }
}

/// A design storm from a return-period table: `overvann storm`.
public struct StormAnalysis: Sendable {
  /// What the storm is made from.
  public var source: DesignStormSource
  /// Return period in years.
  public var returnPeriod: Double
  /// Duration in minutes.
  public var duration: Double
  /// The climate allowance.
  public var climate = ClimateChoice()
  /// CSV of the steps to write; nil writes none.
  public var csv: String?
  /// Drawing (SVG) to write; nil writes none.
  public var svg: String?
  /// How files are written.
  public var files = OutputFiles()

  /// A storm with every option at its default.
  public init(_ source: DesignStormSource, returnPeriod: Double, duration: Double) {
    self.source = source
    self.returnPeriod = returnPeriod
    self.duration = duration
  }

  /// Builds the storm and writes what is asked for.
  /// - Returns: What the storm is, for people and programs.
  /// - Throws: ``RunFailure``; then no file has been written.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    let inputs = [source.table, source.profile, source.arealTable, climate.table].compactMap { $0 }
    try files.check([csv, svg], inputs: inputs)
    let position = SourcePosition(file: source.table)
    let (storm, areal) = try progress.step("storm") { () throws(RunFailure) in
      try RunFailure.locatingTable(at: position) {
        let allowance = try climate.allowance(duration: duration, returnPeriod: returnPeriod)
        return (
          try source.storm(returnPeriod: returnPeriod, duration: duration, allowance: allowance),
          try source.arealReduction()
        )
      }
    }
    if let notice = storm.allowance?.notice(returnPeriod: returnPeriod, minutes: duration) {
      progress.note(Diagnostic(.climateFactor, at: position, notice))
    }
    let report = Self.report(storm, areal)
    try progress.step("write") { () throws(RunFailure) in
      if let csv { try write(Self.table(storm), to: csv) }
      if let svg { try write(Array(Self.plot(storm, title: "Design storm").svg.utf8), to: svg) }
    }
    return report
  }

  private func write(_ bytes: [UInt8], to path: String) throws(RunFailure) {
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw RunFailure(
        .output, [Diagnostic(.notMade, at: SourcePosition(file: path), "the file cannot be written: \(error)")])
    }
  }

  /// The drawing of a storm.
  static func plot(_ storm: DesignStorm, title: String) -> HyetographPlot {
    func short(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
    var subtitle =
      "T = \(short(storm.returnPeriod)) years, \(short(storm.duration)) min, \(short(storm.hyetograph.total)) mm"
    if let allowance = storm.allowance { subtitle += ", climate factor \(short(allowance.factor))" }
    if storm.arealFactor < 1 { subtitle += ", areal factor \(short(storm.arealFactor))" }
    return HyetographPlot(
      title: title, subtitle: subtitle, minutes: storm.stepLengths, depths: storm.hyetograph.depths)
  }

  /// The steps as CSV.
  private static func table(_ storm: DesignStorm) -> [UInt8] {
    var text = "start_min,end_min,depth_mm,intensity_mm_h,cumulative_mm\n"
    var sum = 0.0
    let step = storm.hyetograph.stepMinutes
    for (index, depth) in storm.hyetograph.depths.enumerated() {
      sum += depth
      let (start, length) = (Double(index) * step, storm.stepLengths[index])
      text += "\(start),\(min(storm.duration, start + step)),\(depth),\(depth * 60 / length),\(sum)\n"
    }
    return Array(text.utf8)
  }

  private static func report(_ storm: DesignStorm, _ areal: ArealReduction?) -> JSONObject {
    let total = storm.hyetograph.total
    var report: JSONObject = [
      "return_period_a": .number(storm.returnPeriod), "duration_min": .number(storm.duration),
      "table_depth_mm": .number(storm.tableDepth),
    ]
    if !storm.reach.isEmpty { report["extrapolated"] = .string(storm.reach.description) }
    if let allowance = storm.allowance {
      report["climate_factor"] = .number(allowance.factor)
      report["climate_source"] = .string(allowance.source)
    }
    if let areal {
      report["areal_factor"] = .number(storm.arealFactor)
      report["areal_source"] = .string(areal.source)
    }
    report["depth_mm"] = .number(total)
    report["mean_intensity_mm_h"] = .number(total * 60 / storm.duration)
    report["mean_intensity_l_s_ha"] = .number(
      RainUnit.litresPerSecondAndHectare.value(ofMillimetres: total, minutes: storm.duration))
    report["peak_intensity_mm_h"] = .number(
      zip(storm.hyetograph.depths, storm.stepLengths).map { $0 * 60 / $1 }.max() ?? 0)
    report["step_min"] = .number(storm.hyetograph.stepMinutes)
    report["steps_mm"] = .array(storm.hyetograph.depths.map { .number($0) })
    return report
  }
}

extension DesignStorm {
  /// Minutes of each step; the last ends with the storm.
  var stepLengths: [Double] {
    let (step, count) = (hyetograph.stepMinutes, hyetograph.depths.count)
    return (0..<count).map { $0 == count - 1 ? duration - Double($0) * step : step }
  }
}

extension RunFailure {
  /// Runs a step whose errors of tables and rules mean a wrong configuration.
  static func locatingTable<R>(
    at position: SourcePosition, keyPath: String? = nil, _ body: () throws -> R
  ) throws(RunFailure) -> R {
    try locating(at: position, keyPath: keyPath) {
      do {
        return try body()
      } catch let error as IntensityDurationFrequencyError {
        throw RunFailure(
          .configuration, [Diagnostic(.implausibleRainTable, at: position, keyPath: keyPath, "\(error)")])
      } catch let error as FrostError {
        throw RunFailure(
          .configuration, [Diagnostic(.unreadableTable, at: position, keyPath: keyPath, "the file \(error)")])
      } catch let error as InvalidClimateFactor {
        throw RunFailure(.configuration, [Diagnostic(.invalidRules, at: position, keyPath: keyPath, "\(error)")])
      } catch let error as ClimateAllowanceTableError {
        throw RunFailure(.configuration, [Diagnostic(.invalidRules, at: position, keyPath: keyPath, "\(error)")])
      } catch let error as ArealReductionError {
        throw RunFailure(.configuration, [Diagnostic(.invalidRules, at: position, keyPath: keyPath, "\(error)")])
      }
    }
  }
}
