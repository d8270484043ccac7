/// A quantity given at points in time and straight between them, constant before the first and after the last.
public struct FlowSeries: Sendable, Hashable {
  /// Times, seconds from the start, strictly rising.
  public let times: [Double]
  /// Values at the times.
  public let values: [Double]

  /// A series from its points; times rise strictly and everything is finite.
  public init(times: [Double], values: [Double]) {
    precondition(!times.isEmpty && times.count == values.count, "as many values as times, at least one")
    precondition(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "times rise")
    precondition(times.allSatisfy(\.isFinite) && values.allSatisfy(\.isFinite), "times and values are finite")
    self.times = times
    self.values = values
  }

  /// The same value at all times.
  public init(constant value: Double) { self.init(times: [0], values: [value]) }

  /// The value at a time.
  public func value(at time: Double) -> Double {
    guard let after = times.firstIndex(where: { $0 > time }) else { return values[values.count - 1] }
    if after == 0 { return values[0] }
    let share = (time - times[after - 1]) / (times[after] - times[after - 1])
    return values[after - 1] + share * (values[after] - values[after - 1])
  }

  /// The integral over a span of time, exact but for rounding.
  public func integral(from start: Double, to end: Double) -> Double {
    var sum = 0.0
    var (time, value) = (start, value(at: start))
    for (next, there) in zip(times, values) where next > start && next < end {
      sum += (next - time) * (value + there) / 2
      (time, value) = (next, there)
    }
    return sum + (end - time) * (value + self.value(at: end)) / 2
  }
}
