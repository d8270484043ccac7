/// How well a share is known from a number of trials, by the score interval of Wilson (1927).
///
/// Unlike ± a multiple of the standard error it stays within 0…1 and has a width where no trial or every trial
/// succeeded.
public enum WilsonInterval {
  /// The standard normal variate of 95 % confidence.
  @inlinable public static var confidence95: Double { 1.96 }

  /// The interval of a share.
  ///
  /// Wilson (1927), Journal of the American Statistical Association 22, 209–212.
  /// - Parameters:
  ///   - successes: From 0 to `trials`.
  ///   - trials: At least 1.
  ///   - z: Standard normal variate of the confidence.
  public static func interval(successes: Int, of trials: Int, z: Double = confidence95) -> ClosedRange<Double> {
    precondition(trials > 0 && successes >= 0 && successes <= trials, "as many successes as trials at most")
    let n = Double(trials)
    let share = Double(successes) / n
    let scale = 1 / (1 + z * z / n)
    let centre = (share + z * z / (2 * n)) * scale
    let half = z * scale * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    // At the ends the bound is exact: rounding must not leave 0…1.
    return (successes == 0 ? 0 : max(0, centre - half))...(successes == trials ? 1 : min(1, centre + half))
  }
}
