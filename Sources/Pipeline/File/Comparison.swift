/// How a value is compared with a threshold.
public enum Comparison: String, Sendable, CaseIterable {
  /// At least the threshold.
  case atLeast = ">="
  /// More than the threshold.
  case above = ">"
  /// At most the threshold.
  case atMost = "<="
  /// Less than the threshold.
  case below = "<"

  /// Whether a value compares so with a threshold; never where it is not a number.
  func holds(_ value: Double, _ threshold: Double) -> Bool {
    switch self {
    case .atLeast: value >= threshold
    case .above: value > threshold
    case .atMost: value <= threshold
    case .below: value < threshold
    }
  }
}

/// A text such as `depth >= 0.1 m`, taken apart.
struct ComparisonText {
  /// What is compared; empty where there is nothing.
  let subject: String
  /// The signs between, which may be none that are known.
  let symbol: String
  /// What it is compared with.
  let threshold: String

  init(_ text: String) {
    let signs = "<>=!"
    let trimmed = text.trimmingSpaces()
    subject = String(trimmed.prefix { $0 != " " && !signs.contains($0) })
    let rest = trimmed.dropFirst(subject.count).trimmingSpaces()
    symbol = String(rest.prefix { signs.contains($0) })
    threshold = String(rest.dropFirst(symbol.count)).trimmingSpaces()
  }
}
