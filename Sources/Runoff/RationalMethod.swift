import Foundation

/// Peak discharge of a small catchment by the rational method.
public enum RationalMethod {
  /// Peak discharge Q = C i A in litres per second.
  /// - Parameters:
  ///   - coefficient: C, from 0 to 1.
  ///   - intensity: Mean intensity over the time of concentration, mm/h.
  ///   - hectares: Area.
  public static func peak(coefficient: Double, intensity: Double, hectares: Double) -> Double {
    // 1 mm/h on 1 ha is 10 m³/h.
    coefficient * intensity * hectares * 10_000 / 3600
  }
}

/// The time that water takes from the farthest point of a catchment to its outlet.
public enum TimeOfConcentration {
  /// Minutes by Kirpich: 0.0195 L^0.77 S^−0.385.
  ///
  /// From Z. P. Kirpich 1940, Civil Engineering 10(6), put in metres.
  ///
  /// Made for small farmed catchments in Tennessee with channels; slow on sealed ground.
  /// - Parameters:
  ///   - length: Longest flow path in m, > 0.
  ///   - slope: Its mean slope, rise over run, > 0.
  public static func kirpich(length: Double, slope: Double) -> Double {
    precondition(length > 0 && slope > 0, "a flow path has a length and falls")
    return 0.0195 * pow(length, 0.77) * pow(slope, -0.385)
  }

  /// Minutes by the lag of the US Soil Conservation Service: lag/0.6, lag = l^0.8 (S + 1)^0.7/(1900 Y^0.5) hours.
  ///
  /// l in feet, S = 1000/CN − 10 inches, Y in percent (USDA NRCS 2010, National Engineering Handbook part 630, chapter
  /// 15, equation 15-4a).
  /// - Parameters:
  ///   - length: Longest flow path in m, > 0.
  ///   - slope: Mean slope of the land, rise over run, > 0.
  ///   - curveNumber: From over 0 to 100.
  public static func lag(length: Double, slope: Double, curveNumber: Double) -> Double {
    precondition(length > 0 && slope > 0, "a flow path has a length and falls")
    precondition(curveNumber > 0 && curveNumber <= 100, "a curve number is above 0")
    let lag =
      pow(length / 0.3048, 0.8) * pow(1000 / curveNumber - 9, 0.7) / (1900 * (slope * 100).squareRoot())
    return lag / 0.6 * 60
  }
}

/// How much the runoff coefficient is raised for rare rain.
public struct CoefficientIncrease: Sendable, Hashable {
  /// Return periods in years, rising.
  public let returnPeriods: [Double]
  /// Factor from each return period on.
  public let factors: [Double]

  /// Takes the steps of a table; below the first return period the factor is 1.
  /// - Throws: ``InvalidCoefficientIncrease`` unless both rise and the factors are at least 1.
  public init(_ steps: [(returnPeriod: Double, factor: Double)]) throws(InvalidCoefficientIncrease) {
    let sorted = steps.sorted { $0.returnPeriod < $1.returnPeriod }
    for (index, step) in sorted.enumerated() {
      guard step.returnPeriod > 0, step.factor >= 1, step.factor <= 3 else {
        throw InvalidCoefficientIncrease("\(step.returnPeriod) years: factor \(step.factor); give a factor from 1 to 3")
      }
      if index > 0, step.returnPeriod == sorted[index - 1].returnPeriod {
        throw InvalidCoefficientIncrease("\(step.returnPeriod) years occur twice; keep one of the rows")
      }
      if index > 0, step.factor < sorted[index - 1].factor {
        throw InvalidCoefficientIncrease("the factor falls at \(step.returnPeriod) years; rarer rain runs off more")
      }
    }
    returnPeriods = sorted.map(\.returnPeriod)
    factors = sorted.map(\.factor)
  }

  /// The factor for a return period in years.
  public func factor(returnPeriod: Double) -> Double {
    returnPeriods.lastIndex { $0 <= returnPeriod }.map { factors[$0] } ?? 1
  }

  /// A coefficient raised for a return period, 1 at most.
  public func raised(_ coefficient: Double, returnPeriod: Double) -> Double {
    min(1, coefficient * factor(returnPeriod: returnPeriod))
  }
}

/// A table of increases that is none.
public struct InvalidCoefficientIncrease: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and the way out.
  public let description: String

  init(_ what: String) { description = "increase of the runoff coefficient: \(what)" }
}
