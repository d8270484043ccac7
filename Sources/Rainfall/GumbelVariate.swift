import Foundation

/// The reduced variate of Gumbel's distribution of annual maxima, in which its quantiles are a straight line.
///
/// y = −ln(−ln(1 − 1/T)); a quantile of a Gumbel distribution is location + scale · y (Gumbel 1958, Statistics of
/// Extremes, section 5.2). For long return periods y approaches ln T.
public enum GumbelVariate {
  /// The variate of a return period in years, > 1.
  public static func ofReturnPeriod(_ years: Double) -> Double {
    precondition(years > 1, "a return period of annual maxima is longer than a year")
    // log1p keeps the digits of 1/T for long return periods.
    return -log(-log1p(-1 / years))
  }

  /// The return period in years of a variate.
  public static func returnPeriod(_ variate: Double) -> Double { -1 / expm1(-exp(-variate)) }
}
