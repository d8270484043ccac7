/// The smallest value at which the summed weight of the values up to it reaches a share of the whole weight.
///
/// Nothing is interpolated: the result is one of the values. It does not depend on their order. A share that is met
/// but for rounding (10⁻¹² of the whole) counts as met.
/// - Parameters:
///   - share: From 0 (smallest value) to 1 (largest value); 0.95 for the 95th percentile.
///   - values: Finite values.
///   - weights: One for each value, ≥ 0; values of weight 0 do not count.
/// - Returns: nil where no value has a weight.
public func weightedQuantile(_ share: Double, values: [Float], weights: [Double]) -> Float? {
  precondition(values.count == weights.count, "one weight for each value")
  var table = WeightTable(limit: values.count)
  for (value, weight) in zip(values, weights) where weight > 0 { table.add(value.orderedKey, weight: weight) }
  table.merge()
  return table.quantiles([share])[0].map { Float(Float.value(ofKey: $0)) }
}

/// Quantiles of any number of samples, found 16 bits of the values' keys at a time: one pass over the samples for each
/// group of bits, and 0.5 MB for each quantile.
struct QuantileSearch {
  private var parts: [Part]
  private let groups: Int
  /// Number of groups of bits that are known.
  private var known = 0

  /// What is known of one quantile.
  private struct Part {
    let share: Double
    /// The bits known, at the low end.
    var prefix: UInt64 = 0
    /// Weight still to be reached among the samples with these bits.
    var goal = 0.0
    var weights: [Double] = []
  }

  /// - Parameter groups: Groups of bits in which values differ.
  init(_ shares: [Double], groups: Int) {
    self.groups = groups
    parts = shares.map { Part(share: $0) }
    // All quantiles share the first pass.
    if !parts.isEmpty { parts[0].weights = Array(repeating: 0, count: 1 << 16) }
  }

  /// Whether the samples have to be counted once more.
  var needsPass: Bool { known < groups && !parts.isEmpty }

  /// Takes a sample.
  mutating func count(_ key: UInt64, weight: Double) {
    if known == 0 {
      parts[0].weights[Int(key >> 48)] += weight
      return
    }
    let shift = UInt64(64 - 16 * known)
    let bits = Int(key >> (shift - 16) & 0xffff)
    for index in parts.indices where parts[index].prefix == key >> shift { parts[index].weights[bits] += weight }
  }

  /// Ends a pass: one more group of bits of every quantile is known.
  mutating func endPass() {
    if known == 0 {
      let weights = parts[0].weights
      let total = weights.reduce(0, +)
      for index in parts.indices {
        parts[index].goal = quantileGoal(parts[index].share, of: total)
        parts[index].weights = weights
      }
    }
    known += 1
    for index in parts.indices {
      var (before, sum) = (0.0, 0.0)
      var chosen = 0
      for bits in 0..<(1 << 16) where parts[index].weights[bits] > 0 {
        chosen = bits
        before = sum
        sum += parts[index].weights[bits]
        if sum >= parts[index].goal { break }
      }
      parts[index].goal -= before
      parts[index].prefix = parts[index].prefix << 16 | UInt64(chosen)
      parts[index].weights = []
    }
  }

  /// Makes room for the next pass.
  mutating func beginPass() {
    for index in parts.indices { parts[index].weights = Array(repeating: 0, count: 1 << 16) }
  }

  /// The keys found, once no pass is needed.
  var keys: [UInt64] { parts.map { $0.prefix << UInt64(64 - 16 * groups) } }
}
