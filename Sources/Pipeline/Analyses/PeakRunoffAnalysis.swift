import Foundation
import Rainfall
public import Report
import Runoff

/// Peak discharge by the rational method: `overvann runoff peak`.
public struct PeakRunoffAnalysis: Sendable {
  /// How the time of concentration is found.
  public enum Time: Sendable, Equatable {
    /// Minutes.
    case given(Double)
    /// By Kirpich, from length in m and slope.
    case kirpich(length: Double, slope: Double)
    /// By the lag of the US Soil Conservation Service, from length in m, slope and curve number.
    case lag(length: Double, slope: Double, curveNumber: Double)
  }

  /// Area in hectares.
  public var hectares: Double
  /// Runoff coefficient.
  public var coefficient: Double
  /// File of the table by which coefficients rise with the return period; nil for none.
  public var increase: String?
  /// How the time of concentration is found.
  public var time: Time
  /// File of the return-period table.
  public var table: String
  /// Unit of its figures, where the file does not name it.
  public var unit: String?
  /// Source to take where the file holds several.
  public var station: String?
  /// Return periods in years.
  public var returnPeriods: [Double]
  /// The climate allowance.
  public var climate = ClimateChoice()

  /// A peak from a table.
  public init(hectares: Double, coefficient: Double, time: Time, table: String, returnPeriods: [Double]) {
    self.hectares = hectares
    self.coefficient = coefficient
    self.time = time
    self.table = table
    self.returnPeriods = returnPeriods
  }

  /// Reckons the peaks.
  /// - Throws: ``RunFailure``.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    try RunFailure.locatingTable(at: SourcePosition(file: table)) {
      let read = try RainFrequencyTable(path: table, unit: unit.flatMap { RainUnit(text: $0) }, station: station)
      guard case .station(let figures, _) = read else {
        throw CSVTableError([
          Diagnostic(.unreadableTable, at: SourcePosition(file: table), "the table names rasters, figures are needed")
        ])
      }
      let rising = try increase.map { try CoefficientIncrease(try CSVTable(path: $0)) }
      let reckoned = minutes
      // A table does not reach to no time at all; its shortest duration is the shortest that is used.
      let used = max(reckoned, figures.durations[0])
      var report: JSONObject = [
        "time_of_concentration_min": .number(reckoned), "rain_duration_min": .number(used),
        "area_ha": .number(hectares),
      ]
      var peaks: [JSONValue] = []
      for period in returnPeriods {
        let depth = try figures.depth(returnPeriod: period, duration: used)
        let allowance = try climate.allowance(duration: used, returnPeriod: period)
        let intensity = depth * 60 / used * (allowance?.factor ?? 1)
        let raised = rising?.raised(coefficient, returnPeriod: period) ?? coefficient
        var peak: JSONObject = [
          "return_period_a": .number(period), "coefficient": .number(raised),
          "climate_factor": .number(allowance?.factor ?? 1), "intensity_mm_h": .number(intensity),
          "intensity_l_s_ha": .number(intensity * 10_000 / 3600),
        ]
        peak["peak_l_s"] = .number(
          RationalMethod.peak(coefficient: raised, intensity: intensity, hectares: hectares))
        peaks.append(.object(peak))
      }
      if returnPeriods.count == 1, case .object(let only) = peaks[0] {
        for member in only.members { report[member.name] = member.value }
      } else {
        report["peaks"] = .array(peaks)
      }
      if hectares > 200 {
        progress.note(
          Diagnostic(
            .largeCatchment, at: SourcePosition(file: table),
            "the rational method is meant for small areas (about 2 km² at most); this one has \(hectares) ha"))
      }
      return report
    }
  }

  private var minutes: Double {
    switch time {
    case .given(let minutes): minutes
    case .kirpich(let length, let slope): TimeOfConcentration.kirpich(length: length, slope: slope)
    case .lag(let length, let slope, let number):
      TimeOfConcentration.lag(length: length, slope: slope, curveNumber: number)
    }
  }
}

extension DiagnosticCode {
  static let largeCatchment: Self = "W-RUN-101"
}
