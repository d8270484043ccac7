/// A depth of a return-period table with the weight that it has in a step of a storm.
struct WeightedDepth: Sendable, Hashable {
  let weight: Double
  /// Duration in minutes, > 0.
  let minutes: Double
}

extension StormShape {
  /// The rain of each step as a sum of a table's depths, so that one definition serves a table and a set of rasters.
  ///
  /// A step that would come out below nothing is 0.
  func steps(minutes duration: Double, stepMinutes: Double) -> [[WeightedDepth]] {
    let count = Hyetograph.steps(minutes: duration, stepMinutes: stepMinutes)
    let marks = (0...count).map { min(duration, Double($0) * stepMinutes) }
    if case .alternatingBlock(let peak) = self { return Self.alternatingBlocks(marks, peak: peak) }
    let masses = marks.map { mass(at: $0, of: duration) }
    return (0..<count).map { step in
      Self.joined(masses[step + 1] + masses[step].map { WeightedDepth(weight: -$0.weight, minutes: $0.minutes) })
    }
  }

  /// The rain that has fallen by a time.
  private func mass(at time: Double, of duration: Double) -> [WeightedDepth] {
    func total(_ share: Double) -> WeightedDepth { WeightedDepth(weight: share, minutes: duration) }
    if time >= duration { return [total(1)] }
    switch self {
    case .block: return [total(time / duration)]
    case .profile(let profile): return [total(profile.share(at: time / duration))]
    case .chicago(let peak):
      precondition((0...1).contains(peak), "the peak lies within the storm")
      let before = peak * duration
      if time < before {
        return [total(peak), WeightedDepth(weight: -peak, minutes: min(duration, (before - time) / peak))]
      }
      if peak == 1 { return [total(1)] }
      return [
        total(peak), WeightedDepth(weight: 1 - peak, minutes: min(duration, (time - before) / (1 - peak))),
      ]
    case .alternatingBlock: preconditionFailure("blocks are laid out, not added up")
    }
  }

  /// The depths that the table adds from block to block, laid around the peak.
  ///
  /// From V. T. Chow, D. R. Maidment and L. W. Mays 1988, Applied Hydrology, section 14.4.
  private static func alternatingBlocks(_ marks: [Double], peak: Double) -> [[WeightedDepth]] {
    precondition((0...1).contains(peak), "the peak lies within the storm")
    let count = marks.count - 1
    let blocks = (0..<count).map { block in
      joined([
        WeightedDepth(weight: 1, minutes: marks[block + 1]), WeightedDepth(weight: -1, minutes: marks[block]),
      ])
    }
    let centre = min(count - 1, Int((peak * Double(count)).rounded(.down)))
    var (before, after) = (centre - 1, centre + 1)
    var steps = blocks
    steps[centre] = blocks[0]
    for block in 1..<max(1, count) {
      if after < count, block % 2 == 1 || before < 0 {
        steps[after] = blocks[block]
        after += 1
      } else {
        steps[before] = blocks[block]
        before -= 1
      }
    }
    return steps
  }

  /// One entry for each duration, without those that cancel or last no time.
  private static func joined(_ depths: [WeightedDepth]) -> [WeightedDepth] {
    var result: [WeightedDepth] = []
    for depth in depths where depth.minutes > 0 {
      if let index = result.firstIndex(where: { $0.minutes == depth.minutes }) {
        result[index] = WeightedDepth(weight: result[index].weight + depth.weight, minutes: depth.minutes)
      } else {
        result.append(depth)
      }
    }
    return result.filter { $0.weight != 0 }
  }
}
