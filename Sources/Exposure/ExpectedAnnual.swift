import Foundation

/// The expected yearly value of what floods of several return periods do: damage, people reached, area.
///
/// It is the integral of the value over the yearly probability of exceedance p = 1/T. Between the return periods the
/// value is taken as linear in ln p: each step of the value counts with the logarithmic mean of the probabilities at
/// its ends. Below the smallest return period the value is 0; beyond the largest it stays constant, or is left out.
/// Bounds come from any course that lies between neighbouring values. The method is linear in the values, so the sum
/// over assets is the expected annual value of the sum.
///
/// Piecewise log-linear integration as in Danish practice (Olsen et al. 2015, Water 7:255; Rosbjerg 2024, PIAHS 385:25).
public struct ExpectedAnnual: Sendable, Hashable {
  /// Log-linear between the return periods: the value to publish.
  public let value: Double
  /// Linear in the probability between the return periods (trapezoids); never below `value` for rising values.
  public let trapezoid: Double
  /// The smaller of the neighbouring values everywhere between return periods.
  public let lowerBound: Double
  /// The larger of the neighbouring values everywhere between return periods.
  public let upperBound: Double
  /// Share of `value` from events rarer than the largest return period; nil where the value is 0.
  public let tailShare: Double?
  /// Number of return periods.
  public let count: Int
  /// What makes the figure doubtful.
  public let warnings: [Warning]

  /// A reason for doubt.
  public enum Warning: Sendable, Hashable, CustomStringConvertible {
    /// Fewer than four return periods.
    case fewReturnPeriods(count: Int)
    /// The value falls from one return period to the next.
    case decreasing(from: Double, to: Double)
    /// There is a value at the smallest return period already, so more frequent events are missing: a lower bound.
    case valueAtSmallestReturnPeriod(Double)

    /// The reason in words.
    public var description: String {
      switch self {
      case .fewReturnPeriods(let count):
        "only \(count) return periods; four or more make the expected annual value reliable"
      case .decreasing(let from, let to):
        "the value falls from return period \(from) to \(to) years"
      case .valueAtSmallestReturnPeriod(let period):
        "the value at the smallest return period (\(period) years) is not 0: the expected annual value is a lower bound"
      }
    }
  }
}

/// Return periods and values from which no expected annual value can be had.
public enum ExpectedAnnualError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The lists differ in length.
  case unequalCounts(returnPeriods: Int, values: Int)
  /// Fewer than two return periods.
  case tooFew(count: Int)
  /// A return period that is not a positive number of years.
  case invalidReturnPeriod(Double)
  /// A return period that occurs twice.
  case duplicateReturnPeriod(Double)
  /// A value that is negative or not finite.
  case invalidValue(Double, returnPeriod: Double)

  /// What is wrong and what would be right.
  public var description: String {
    switch self {
    case .unequalCounts(let returnPeriods, let values):
      "\(returnPeriods) return periods but \(values) values; give one value for each"
    case .tooFew(let count):
      "\(count) return period(s); an expected annual value needs two or more"
    case .invalidReturnPeriod(let period):
      "return period \(period); give years above 0"
    case .duplicateReturnPeriod(let period):
      "return period \(period) years occurs twice; give each once"
    case .invalidValue(let value, let period):
      "value \(value) at return period \(period) years; give a finite number, 0 or more"
    }
  }
}

/// The expected annual value from values at return periods, in any order.
/// - Parameters:
///   - returnPeriods: Years, above 0, each once, two or more.
///   - values: One for each return period, ≥ 0, in any unit.
///   - constantTail: Whether rarer events than the largest return period count with its value; else they are left out.
/// - Throws: ``ExpectedAnnualError`` where the lists do not define one.
public func expectedAnnual(
  returnPeriods: [Double], values: [Double], constantTail: Bool = true
) throws(ExpectedAnnualError) -> ExpectedAnnual {
  guard returnPeriods.count == values.count else {
    throw .unequalCounts(returnPeriods: returnPeriods.count, values: values.count)
  }
  guard returnPeriods.count >= 2 else { throw .tooFew(count: returnPeriods.count) }
  for (period, value) in zip(returnPeriods, values) {
    guard period > 0, period.isFinite else { throw .invalidReturnPeriod(period) }
    guard value >= 0, value.isFinite else { throw .invalidValue(value, returnPeriod: period) }
  }
  let points = zip(returnPeriods, values).sorted { $0.0 < $1.0 }
  for (a, b) in zip(points, points.dropFirst()) where a.0 == b.0 { throw .duplicateReturnPeriod(a.0) }

  var warnings: [ExpectedAnnual.Warning] = []
  if points.count < 4 { warnings.append(.fewReturnPeriods(count: points.count)) }
  if points[0].1 > 0 { warnings.append(.valueAtSmallestReturnPeriod(points[0].0)) }

  let start = points[0].1 / points[0].0
  var logLinear = start
  var trapezoid = start
  var lower = start
  var upper = start
  for (a, b) in zip(points, points.dropFirst()) {
    let step = b.1 - a.1
    let (frequent, rare) = (1 / a.0, 1 / b.0)
    // Logarithmic mean of both, written with the difference of the return periods, which does not cancel.
    let mean = rare * ((b.0 - a.0) / a.0) / log1p((b.0 - a.0) / a.0)
    logLinear += step * mean
    trapezoid += step * (frequent + rare) / 2
    lower += step * (step < 0 ? frequent : rare)
    upper += step * (step < 0 ? rare : frequent)
    if step < 0 { warnings.append(.decreasing(from: a.0, to: b.0)) }
  }
  let last = points[points.count - 1]
  let tail = last.1 / last.0
  let leftOut = constantTail ? 0 : tail
  let value = max(0, logLinear - leftOut)
  return ExpectedAnnual(
    value: value, trapezoid: max(0, trapezoid - leftOut), lowerBound: max(0, lower - leftOut),
    upperBound: max(0, upper - leftOut), tailShare: value > 0 ? (constantTail ? tail / value : 0) : nil,
    count: points.count, warnings: warnings)
}
