/// How sure a figure is: the probability distribution of a quantity.
public enum Distribution: Sendable, Hashable {
  /// One value, taken for certain.
  case constant(Double)
  /// Every value between two bounds is equally likely.
  case uniform(lower: Double, upper: Double)
  /// Most likely at the mode, falling evenly to both bounds.
  case triangular(lower: Double, mode: Double, upper: Double)
  /// Normal; what lies outside the range of the quantity, such as a depth below 0, is cut off.
  ///
  /// Mean and standard deviation are those before the cut.
  case normal(mean: Double, standardDeviation: Double)
  /// Lognormal; mean and standard deviation are those of the quantity, not of its logarithm.
  case lognormal(mean: Double, standardDeviation: Double)

  /// The mean; of a normal distribution the one before the cut.
  public var mean: Double {
    switch self {
    case .constant(let value): value
    case .uniform(let lower, let upper): (lower + upper) / 2
    case .triangular(let lower, let mode, let upper): (lower + mode + upper) / 3
    case .normal(let mean, _), .lognormal(let mean, _): mean
    }
  }

  /// What is wrong with the distribution of a quantity that lies in a range; nil where nothing is.
  func problem(within range: ClosedRange<Double>) -> String? {
    let between =
      range.upperBound == .greatestFiniteMagnitude
      ? "\(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
    switch self {
    case .constant(let value):
      return range.contains(value) ? nil : "is \(value); give a number \(between)"
    case .uniform(let lower, let upper):
      if !(lower < upper) { return "has the bounds \(lower) and \(upper); the lower must be below the upper" }
      return range.contains(lower) && range.contains(upper) ? nil : "reaches from \(lower) to \(upper); stay \(between)"
    case .triangular(let lower, let mode, let upper):
      if !(lower <= mode && mode <= upper && lower < upper) {
        return "has the corners \(lower), \(mode) and \(upper); they must rise"
      }
      return range.contains(lower) && range.contains(upper) ? nil : "reaches from \(lower) to \(upper); stay \(between)"
    case .normal(let mean, let deviation), .lognormal(let mean, let deviation):
      if !range.contains(mean) || mean == 0 && range.lowerBound == 0 && isLognormal {
        return "has the mean \(mean); give a number \(isLognormal ? "above 0 and " : "")\(between)"
      }
      return deviation > 0 && deviation.isFinite
        ? nil : "has the standard deviation \(deviation); give a number above 0, or a constant"
    }
  }

  private var isLognormal: Bool {
    if case .lognormal = self { true } else { false }
  }

  /// Whether the quantity has one value only.
  var isConstant: Bool {
    if case .constant = self { true } else { false }
  }
}

/// A distribution that cannot be.
public struct InvalidDistribution: Error, Sendable, Hashable, CustomStringConvertible {
  /// Code of the soil; nil where the quantity belongs to no soil.
  public let code: Int32?
  /// Which quantity, with its unit.
  public let quantity: String
  /// What is wrong, and what would be possible.
  public let problem: String

  /// The code, the quantity and what is wrong.
  public var description: String { "\(code.map { "soil class \($0): " } ?? "")\(quantity) \(problem)" }
}
