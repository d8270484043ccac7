import Exposure
import Geodata

/// A statistic of a raster in a zone, as it is asked for and as its column is named.
public enum ZonalStatistic: Sendable, Hashable {
  /// Sum of the weights: of covered fractions (cells), of lengths for lines.
  case count
  /// Sum of weight times value.
  case sum
  /// Weighted mean.
  case mean
  /// Smallest value.
  case minimum
  /// Largest value.
  case maximum
  /// Weighted variance.
  case variance
  /// Square root of the variance.
  case deviation
  /// Smallest value at which the weight reaches a percentage.
  case percentile(Double)
  /// Value of largest weight.
  case mode
  /// Value of smallest weight.
  case minority
  /// Number of different values.
  case variety
  /// Share of the zone that a value takes.
  case share(of: Double)
  /// Share of the zone that each value takes, a column for each that occurs in the raster.
  case sharesOfAll
  /// Share of the zone with at least a value.
  case shareAtOrAbove(Double)
  /// Share of the zone outside the raster.
  case outside
  /// Area of the zone, or length of the line, in metres.
  case size

  /// What can be asked for, for messages and help.
  public static let names =
    "count, sum, mean, min, max, variance, stdev, median, p5 (any percentile), mode (or majority), minority, variety, "
    + "frac (of every value), frac:3 (of a value), ge:0.3 (share at or above), outside_frac, size"

  /// Reads the name of a statistic; nil where there is none of that name.
  public init?(_ text: String) {
    func number(after prefix: String) -> Double? {
      guard text.hasPrefix(prefix), let value = Double(text.dropFirst(prefix.count)), value.isFinite else { return nil }
      return value
    }
    switch text {
    case "count": self = .count
    case "sum": self = .sum
    case "mean": self = .mean
    case "min": self = .minimum
    case "max": self = .maximum
    case "variance": self = .variance
    case "stdev": self = .deviation
    case "median": self = .percentile(50)
    case "mode", "majority": self = .mode
    case "minority": self = .minority
    case "variety": self = .variety
    case "frac": self = .sharesOfAll
    case "outside_frac": self = .outside
    case "size": self = .size
    default:
      if let value = number(after: "frac:") {
        self = .share(of: value)
      } else if let value = number(after: "ge:") {
        self = .shareAtOrAbove(value)
      } else if let value = number(after: "p"), (0...100).contains(value) {
        self = .percentile(value)
      } else {
        return nil
      }
    }
  }

  /// The column's name without the raster's.
  var columnName: String {
    switch self {
    case .count: "count"
    case .sum: "sum"
    case .mean: "mean"
    case .minimum: "min"
    case .maximum: "max"
    case .variance: "variance"
    case .deviation: "stdev"
    case .percentile(let percent): percent == 50 ? "median" : "p\(Self.inName(percent))"
    case .mode: "mode"
    case .minority: "minority"
    case .variety: "variety"
    case .share(let value): "frac_\(Self.inName(value))"
    case .sharesOfAll: "frac"
    case .shareAtOrAbove(let value): "frac_ge_\(Self.inName(value))"
    case .outside: "outside_frac"
    case .size: "size"
    }
  }

  /// A number with the letters that column names may have: 0.3 is 0_3, −1 is m1.
  private static func inName(_ value: Double) -> String {
    let text = value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : "\(value)"
    return text.replacing(".", with: "_").replacing("-", with: "m").replacing("+", with: "")
  }

  /// What the column holds.
  /// - Parameter unit: Unit of the raster's values.
  func field(prefix: String, unit: String?) -> Field {
    let name = prefix.isEmpty ? columnName : "\(prefix)_\(columnName)"
    switch self {
    case .count: return Field(name, .real, "Sum of the weights of the cells with data")
    case .sum: return Field(name, .real, unit: unit, "Sum of weight times value")
    case .mean: return Field(name, .real, unit: unit, "Weighted mean")
    case .minimum: return Field(name, .real, unit: unit, "Smallest value")
    case .maximum: return Field(name, .real, unit: unit, "Largest value")
    case .variance: return Field(name, .real, "Weighted variance")
    case .deviation: return Field(name, .real, unit: unit, "Weighted standard deviation")
    case .percentile(let percent):
      return Field(name, .real, unit: unit, "Smallest value at which the weight reaches \(percent) %")
    case .mode: return Field(name, .real, unit: unit, "Value of largest weight")
    case .minority: return Field(name, .real, unit: unit, "Value of smallest weight")
    case .variety: return Field(name, .integer, "Number of different values")
    case .share(let value): return Field(name, .real, unit: "1", "Share of the zone with the value \(value)")
    case .sharesOfAll: return Field(name, .real, unit: "1", "Share of the zone with a value")
    case .shareAtOrAbove(let value):
      return Field(name, .real, unit: "1", "Share of the zone with at least \(value)")
    case .outside: return Field(name, .real, unit: "1", "Share of the zone outside the raster")
    case .size: return Field(name, .real, "Area or length of the zone")
    }
  }

  /// Adds what has to be found for the statistic.
  func ask(_ question: inout ZonalQuestion) {
    switch self {
    case .variance, .deviation: question.wantsVariance = true
    case .percentile(let percent): question.quantiles.append(percent / 100)
    case .mode, .minority, .variety: question.wantsModes = true
    case .share(let value): question.classes.append(value)
    case .shareAtOrAbove(let value): question.thresholds.append(value)
    case .count, .sum, .mean, .minimum, .maximum, .sharesOfAll, .outside, .size: break
    }
  }

  /// The value of the column, found as `question` asked.
  func value(in summary: ZonalSummary, _ question: ZonalQuestion) -> FieldValue {
    func found(_ value: Double, _ asked: [Double], _ results: [Double?]) -> FieldValue {
      guard let index = asked.firstIndex(of: value), index < results.count else { return .null }
      return .number(results[index])
    }
    switch self {
    case .count: return .number(summary.count)
    case .sum: return .number(summary.sum)
    case .mean: return .number(summary.mean)
    case .minimum: return .number(summary.minimum)
    case .maximum: return .number(summary.maximum)
    case .variance: return .number(summary.variance)
    case .deviation: return .number(summary.variance?.squareRoot())
    case .percentile(let percent): return found(percent / 100, question.quantiles, summary.quantiles)
    case .mode: return .number(summary.mode)
    case .minority: return .number(summary.minority)
    case .variety: return summary.variety.map { .integer(Int64($0)) } ?? .null
    case .share(let value): return found(value, question.classes, summary.classShares)
    case .shareAtOrAbove(let value): return found(value, question.thresholds, summary.sharesAtOrAbove)
    case .outside: return .number(summary.coverage.outsideFraction)
    case .sharesOfAll, .size: return .null
    }
  }

  /// Whether the value is written even where too little of the zone is covered.
  var isCoverage: Bool { self == .outside }
}
