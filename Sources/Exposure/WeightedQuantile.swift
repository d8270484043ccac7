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
  var samples = zip(values, weights).filter { $0.1 > 0 }.map { WeightedSample(value: $0.0, weight: $0.1) }
  return quantiles([share], of: &samples)[0]
}

/// A value as a whole number of the same order, with its weight.
struct WeightedSample {
  var key: UInt32
  var weight: Double

  init(value: Float, weight: Double) {
    key = orderedKey(value)
    self.weight = weight
  }
}

/// A whole number that is in the same order as the value; −0 counts as 0.
@inline(__always)
func orderedKey(_ value: Float) -> UInt32 {
  let bits = (value + 0).bitPattern
  return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
}

/// The value of a key.
func value(ofKey key: UInt32) -> Float {
  Float(bitPattern: key & 0x8000_0000 == 0 ? ~key : key & 0x7fff_ffff)
}

/// The weight from which on a share of the whole counts as reached.
private func target(_ share: Double, of total: Double) -> Double {
  precondition(share >= 0 && share <= 1, "a quantile lies between 0 and 1")
  return share * total - 1e-12 * total
}

/// Quantiles by sorting, for as many samples as memory allows; sorts the samples.
func quantiles(_ shares: [Double], of samples: inout [WeightedSample]) -> [Float?] {
  // Equal values in the order of their weights: the sums do not depend on where the samples came from.
  samples.sort { $0.key != $1.key ? $0.key < $1.key : $0.weight < $1.weight }
  var total = 0.0
  for sample in samples { total += sample.weight }
  return shares.map { share in
    let goal = target(share, of: total)
    var sum = 0.0
    for sample in samples {
      sum += sample.weight
      if sum >= goal { return value(ofKey: sample.key) }
    }
    return samples.last.map { value(ofKey: $0.key) }
  }
}

/// Weights by the upper 16 bits of the values' keys, and then, for each quantile, by the lower 16 bits within one
/// such class: quantiles of any number of samples in two passes and 0.5 MB each.
struct QuantileHistogram {
  private var upper = Array(repeating: 0.0, count: 1 << 16)
  private var lower: [Lower] = []

  private struct Lower {
    var upperBits: UInt32
    /// Weight still to be reached inside the class.
    var goal: Double
    var weights = Array(repeating: 0.0, count: 1 << 16)
  }

  /// First pass: takes a sample.
  mutating func count(_ sample: WeightedSample) { upper[Int(sample.key >> 16)] += sample.weight }

  /// Ends the first pass: finds the class that holds each quantile.
  mutating func choose(_ shares: [Double]) {
    var total = 0.0
    for weight in upper { total += weight }
    lower = shares.map { share in
      let goal = target(share, of: total)
      var before = 0.0
      var chosen = 0
      for bits in 0..<upper.count where upper[bits] > 0 {
        chosen = bits
        if before + upper[bits] >= goal { break }
        before += upper[bits]
      }
      return Lower(upperBits: UInt32(chosen), goal: goal - before)
    }
  }

  /// Second pass: takes the same sample again.
  mutating func locate(_ sample: WeightedSample) {
    for index in lower.indices where lower[index].upperBits == sample.key >> 16 {
      lower[index].weights[Int(sample.key & 0xffff)] += sample.weight
    }
  }

  /// Ends the second pass.
  func values() -> [Float?] {
    lower.map { part in
      var sum = 0.0
      var last: UInt32?
      for bits in 0..<part.weights.count where part.weights[bits] > 0 {
        sum += part.weights[bits]
        last = part.upperBits << 16 | UInt32(bits)
        if sum >= part.goal { break }
      }
      return last.map(value(ofKey:))
    }
  }
}
