/// The weight of each value in a zone, by the values' keys.
///
/// Samples are gathered and, whenever they are many, sorted and equal values merged: a raster of classes or of whole
/// centimetres stays small however large the zone.
struct WeightTable {
  /// A value by its key, with its weight.
  struct Sample {
    var key: UInt64
    var weight: Double
  }

  private(set) var samples: [Sample] = []
  /// Number of samples at which equal values are merged next.
  private var next: Int
  private let limit: Int
  /// Whether the values differ too much for the table to stay within its limit.
  private(set) var isCrowded = false

  /// - Parameter limit: Number of different values beyond which the table is crowded.
  init(limit: Int) {
    self.limit = limit
    next = max(64, 2 * limit)
  }

  mutating func removeAll() {
    samples.removeAll(keepingCapacity: true)
    next = max(64, 2 * limit)
    isCrowded = false
  }

  @inline(__always)
  mutating func add(_ key: UInt64, weight: Double) {
    samples.append(Sample(key: key, weight: weight))
    if samples.count >= next { merge() }
  }

  /// Sorts the samples and adds up those of equal value.
  mutating func merge() {
    // Equal values in the order of their weights: the sums do not depend on where the samples came from.
    samples.sort { $0.key != $1.key ? $0.key < $1.key : $0.weight < $1.weight }
    var kept = 0
    for index in samples.indices {
      if kept > 0, samples[kept - 1].key == samples[index].key {
        samples[kept - 1].weight += samples[index].weight
      } else {
        samples[kept] = samples[index]
        kept += 1
      }
    }
    samples.removeSubrange(kept...)
    isCrowded = kept > limit
    next = max(64, 2 * limit, 2 * kept)
  }

  /// The smallest key at which the summed weight reaches each share; only after merging.
  func quantiles(_ shares: [Double]) -> [UInt64?] {
    var total = 0.0
    for sample in samples { total += sample.weight }
    return shares.map { share in
      let goal = quantileGoal(share, of: total)
      var sum = 0.0
      for sample in samples {
        sum += sample.weight
        if sum >= goal { return sample.key }
      }
      return samples.last?.key
    }
  }

  /// The keys of the largest and of the smallest weight; only after merging.
  ///
  /// Weights that differ by rounding alone (10⁻¹² of the larger) are equal, and the smallest of their values counts.
  var extremes: (most: UInt64, least: UInt64)? {
    guard let first = samples.first else { return nil }
    var (most, least) = (first, first)
    for sample in samples.dropFirst() {
      if sample.weight > most.weight * (1 + 1e-12) { most = sample }
      if sample.weight < least.weight * (1 - 1e-12) { least = sample }
    }
    return (most.key, least.key)
  }

  /// The weight of one value; only after merging.
  func weight(of key: UInt64) -> Double {
    var (low, high) = (0, samples.count)
    while low < high {
      let middle = (low + high) / 2
      if samples[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low < samples.count && samples[low].key == key ? samples[low].weight : 0
  }
}

/// The weight from which on a share of the whole counts as reached.
func quantileGoal(_ share: Double, of total: Double) -> Double {
  precondition(share >= 0 && share <= 1, "a quantile lies between 0 and 1")
  return share * total - 1e-12 * total
}
