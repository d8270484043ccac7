/// When something happens in an event sweep: a position in its series of inflows, as an exact fraction.
///
/// Moments are in order of time. Fractions are kept as they arise, so equal moments may be written differently;
/// comparing and hashing are of the numbers.
public struct SweepMoment: Sendable, Hashable, Comparable {
  /// Number of the inflow before the moment; −1: it has passed already at the first inflow, `Int32.max`: never.
  public let interval: Int32
  /// Way from that inflow to the next one, as a fraction that may exceed 1 after the last one.
  public let numerator: Int64
  /// Divisor of ``numerator``, > 0.
  public let denominator: Int64

  /// A moment between two inflows of a series.
  public init(interval: Int32, numerator: Int64, denominator: Int64) {
    precondition(denominator > 0, "a divisor is positive")
    self.interval = interval
    self.numerator = numerator
    self.denominator = denominator
  }

  /// Before the first inflow of the series.
  public static let beforeFirst = SweepMoment(interval: -1, numerator: 0, denominator: 1)
  /// Not with any inflow of the series.
  public static let never = SweepMoment(interval: .max, numerator: 0, denominator: 1)

  /// Way from the inflow ``interval`` to the next, rounded to the nearest `Double` numbers.
  public var fraction: Double { Double(numerator) / Double(denominator) }

  /// Whether the two moments are the same.
  public static func == (a: SweepMoment, b: SweepMoment) -> Bool {
    a.interval == b.interval
      && a.numerator.multipliedFullWidth(by: b.denominator) == b.numerator.multipliedFullWidth(by: a.denominator)
  }

  /// Whether one moment is earlier than the other.
  public static func < (a: SweepMoment, b: SweepMoment) -> Bool {
    if a.interval != b.interval { return a.interval < b.interval }
    return isLess(a.numerator, a.denominator, b.numerator, b.denominator)
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(interval)
    hasher.combine(fraction)
  }
}

/// Whether *a*/*b* < *c*/*d*, exactly; *b*, *d* > 0.
@inline(__always)
func isLess(_ a: Int64, _ b: Int64, _ c: Int64, _ d: Int64) -> Bool {
  let left = a.multipliedFullWidth(by: d)
  let right = c.multipliedFullWidth(by: b)
  return left.high != right.high ? left.high < right.high : left.low < right.low
}
