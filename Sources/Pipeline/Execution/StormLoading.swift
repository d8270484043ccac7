import Foundation
import Geodata
import Grids
import Rainfall
import Report

/// The design storm of a scenario, in the present climate.
enum ScenarioStorm {
  /// The same everywhere.
  case uniform(DesignStorm)
  /// Every cell has its own depths.
  case gridded(GriddedDesignStorm)
}

extension InputLoader {
  /// The design storm of a scenario: from one table, or from rasters by return period and duration.
  func storm(of scenario: Scenario, _ section: StormSection, minutes: Double) throws -> ScenarioStorm {
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
    for id in [section.table, section.profile, section.arealTable].compactMap({ $0 }) {
      recorder.record(try recorder.inputRecord("table \(id)", path(id)))
    }
    let storm = try RunFailure.locatingTable(at: pipeline.position(of: "tables.\(section.table)")) {
      switch try source.read() {
      case .station(let figures, _):
        ScenarioStorm.uniform(
          try source.storm(figures, returnPeriod: period.years, duration: minutes, allowance: nil))
      case .rasters(let rasters, let unit):
        ScenarioStorm.gridded(
          try griddedStorm(rasters, unit, source, section.table, returnPeriod: period.years, minutes: minutes))
      }
    }
    if case .uniform(let storm) = storm, !storm.reach.isEmpty {
      recorder.note(
        .extrapolatedRain, at: "scenarios.\(scenario.id)",
        "rain of \(period) in \(minutes) min is extrapolated: \(storm.reach)", hint: "give a table that reaches it")
    }
    if let areal = try source.arealReduction() {
      let factor = try areal.factor(area: source.area ?? 0, duration: minutes)
      recorder.record(RuleRecord(name: "areal reduction", source: areal.source, status: "factor \(factor)"))
    }
    return storm
  }

  private func griddedStorm(
    _ rasters: [RainFrequencyRaster], _ unit: RainFieldUnit, _ source: DesignStormSource, _ id: String,
    returnPeriod: Double, minutes: Double
  ) throws -> GriddedDesignStorm {
    // Block and profile take the whole depth alone; the others take those of shorter durations too.
    let shortest = source.shape == .block || source.shape == .profile ? minutes : 0
    let set = try GriddedRainFrequency(
      rasters, unit: unit, onto: geometry, returnPeriods: returnPeriod...returnPeriod, durations: shortest...minutes,
      threads: threads
    ) { raster, information in
      try record("table \(id): \(raster.returnPeriod) a, \(raster.duration) min", information, unit: unit.rawValue)
    }
    return GriddedDesignStorm(
      table: set, returnPeriod: returnPeriod, duration: minutes, shape: try source.stormShape(),
      stepMinutes: source.stepMinutes,
      arealFactor: try source.arealReduction()?.factor(area: source.area ?? 0, duration: minutes) ?? 1)
  }
}

extension DiagnosticCode {
  static let extrapolatedRain: Self = "W-RAS-104"
}
