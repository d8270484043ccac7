import Foundation

/// The return period at which something first happens, among return periods whose runoff is known.
public enum FillReturnPeriod: Sendable, Hashable {
  /// It happens at the shortest return period already, years.
  case below(Double)
  /// Return period in years, between the shortest and the longest known one.
  case years(Double)
  /// It does not happen at the longest return period, years.
  case above(Double)

  /// Places a moment of a sweep among the return periods of its inflows.
  ///
  /// Runoff is taken to grow in a straight line with the logarithm of the return period between two of them, which is
  /// what a sweep whose inflows are the runoffs of these return periods assumes.
  /// - Parameters:
  ///   - moment: A moment of an ``EventSweep`` that does not continue after its last inflow.
  ///   - periods: Return period of each of its inflows, years, ascending.
  public init(_ moment: SweepMoment, among periods: [Double]) {
    precondition(periods.count > 1, "the return periods of two inflows at least")
    precondition(zip(periods, periods.dropFirst()).allSatisfy { 0 < $0 && $0 < $1 }, "return periods ascend")
    if moment == .beforeFirst {
      self = .below(periods[0])
    } else if moment == .never {
      self = .above(periods[periods.count - 1])
    } else {
      let from = periods[Int(moment.interval)]
      let to = periods[Int(moment.interval) + 1]
      let way = moment.fraction
      self = .years(way == 0 ? from : way == 1 ? to : from * exp(way * log(to / from)))
    }
  }

  /// Return period in years; nil where it is outside the known ones.
  public var years: Double? {
    if case .years(let years) = self { return years }
    return nil
  }

  /// `< 2` or `> 200` where the return period is outside the known ones; nil where it is a number.
  public var bound: String? {
    func text(_ years: Double) -> String { years == years.rounded() ? "\(Int(years))" : "\(years)" }
    switch self {
    case .below(let years): return "< \(text(years))"
    case .years: return nil
    case .above(let years): return "> \(text(years))"
    }
  }
}
