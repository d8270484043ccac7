import Rainfall
import Report
import Runoff

/// How the time of concentration is found.
public enum ConcentrationTime: String, Sendable, CaseIterable {
  /// By Kirpich, from the longest flow path and its fall.
  case kirpich
  /// By the lag of the US Soil Conservation Service, from the longest flow path, the slope of the land and its curve
  /// number.
  case scsLag = "scs_lag"

  /// The work that describes it.
  var citation: String {
    switch self {
    case .kirpich: "Kirpich, Z. P. (1940), Civil Engineering 10(6), 362: time of concentration"
    case .scsLag: "USDA NRCS (2010), National Engineering Handbook, part 630, chapter 15: time of concentration"
    }
  }
}

/// Peak discharge by the rational method from the rain of the time of concentration.
struct RationalPeaks {
  /// What was found for a catchment; nil is not known, and the flags say why.
  struct Peak {
    /// Time of concentration, minutes.
    var time: Double?
    /// Minutes of rain that the peak follows from.
    var duration: Double?
    /// Intensity with the climate factor, mm/h.
    var intensity: Double?
    /// Runoff coefficient, raised for the return period.
    var coefficient: Double?
    /// Factor on the rain of the present.
    var climateFactor: Double?
    /// Litres a second.
    var litresPerSecond: Double?
    var flags = Flags()
  }

  let figures: IntensityDurationFrequency
  let time: ConcentrationTime
  let increase: CoefficientIncrease?
  /// Least share of a catchment whose coefficient must be known.
  let leastKnown: Double

  /// The peak of a catchment for a return period in years; none outside the terrain.
  /// - Parameter climateFactor: The factor for a duration in minutes.
  func peak(
    of catchment: Catchment?, returnPeriod: Double, climateFactor: (_ minutes: Double) throws -> Double
  ) throws -> Peak {
    var peak = Peak()
    guard let catchment else {
      peak.flags.insert("outside")
      return peak
    }
    if catchment.isCut { peak.flags.insert("edge") }
    if catchment.knownShare >= leastKnown, let coefficient = catchment.coefficient {
      peak.coefficient = increase?.raised(coefficient, returnPeriod: returnPeriod) ?? coefficient
    } else {
      peak.flags.insert("coverage")
    }
    guard let minutes = minutes(catchment) else {
      peak.flags.insert("no_fall")
      return peak
    }
    peak.time = minutes
    // A table does not reach to no time at all; its shortest duration is the shortest that is used.
    let used = max(minutes, figures.durations[0])
    guard used <= figures.durations[figures.durations.count - 1] else {
      peak.flags.insert("beyond_table")
      return peak
    }
    let factor = try climateFactor(used)
    let intensity = try figures.depth(returnPeriod: returnPeriod, duration: used) * 60 / used * factor
    peak.duration = used
    peak.climateFactor = factor
    peak.intensity = intensity
    peak.litresPerSecond = peak.coefficient.map {
      RationalMethod.peak(coefficient: $0, intensity: intensity, hectares: catchment.area / 10_000)
    }
    return peak
  }

  /// Time of concentration in minutes; 0 where water has no way to go, nil where the way does not fall.
  private func minutes(_ catchment: Catchment) -> Double? {
    if catchment.length == 0 { return 0 }
    switch time {
    case .kirpich:
      guard catchment.drop > 0 else { return nil }
      return TimeOfConcentration.kirpich(length: catchment.length, slope: catchment.drop / catchment.length)
    case .scsLag:
      guard let slope = catchment.landSlope, slope > 0, let number = catchment.curveNumber, number > 0 else {
        return nil
      }
      return TimeOfConcentration.lag(length: catchment.length, slope: slope, curveNumber: min(100, number))
    }
  }
}
