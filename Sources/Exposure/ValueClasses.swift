/// Classes of a measured value by their lower bounds, half-open: a value on a bound belongs to the class above.
public struct ValueClasses: Sendable, Hashable {
  /// Lower bounds, rising.
  public let bounds: [Float]

  /// Depth classes for stormwater in metres: from 0.05, 0.1, 0.3, 0.5, 1 and 2 m.
  public static let stormwaterDepth = ValueClasses(bounds: [0.05, 0.1, 0.3, 0.5, 1, 2])

  /// Makes classes from rising, finite lower bounds.
  public init(bounds: [Float]) {
    precondition(bounds.allSatisfy(\.isFinite), "bounds are finite")
    precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds rise")
    self.bounds = bounds
  }

  /// Number of the class of a value: 0 below the first bound, `bounds.count` at or above the last; nil for no data.
  public func classNumber(of value: Float) -> Int? {
    guard value.isFinite else { return nil }
    return bounds.reduce(0) { $0 + (value >= $1 ? 1 : 0) }
  }
}
