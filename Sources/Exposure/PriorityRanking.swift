/// A criterion by which areas are ranked: a value for each, greater meaning more urgent.
public struct RankingCriterion: Sendable, Hashable {
  /// Value of each area; nil where it is not known.
  public let values: [Double?]
  /// How much the criterion counts beside the others, above 0.
  public let weight: Double

  /// Takes the values of all areas.
  public init(values: [Double?], weight: Double = 1) {
    precondition(weight > 0 && weight.isFinite, "a weight is above 0")
    self.values = values
    self.weight = weight
  }
}

/// The place of an area in an order of priority.
public struct Priority: Sendable, Hashable {
  /// Mean over the criteria, by weight, of the share of the other areas that have less; 0 to 1.
  public let score: Double
  /// One more than the number of areas with a greater score; areas with the same score share a rank.
  public let rank: Int
}

/// Ranks areas by several criteria that have different units.
///
/// In each criterion an area's score is the share of the other areas whose value is smaller: 0 for the least (so an area
/// where nothing is expected scores nothing), 1 for the one that exceeds all others. The score is the weighted mean.
/// Only the order of values counts, not their size, and areas with equal values get the same score whatever their
/// order. An area with an unknown criterion has no rank, and the others are ranked without it.
/// - Parameter criteria: One or more, each with a value for every area.
/// - Returns: A place for each area; nil where a criterion is not known.
public func priorities(by criteria: [RankingCriterion]) -> [Priority?] {
  guard let count = criteria.first?.values.count else { return [] }
  precondition(
    criteria.allSatisfy { $0.values.count == count }, "every criterion has a value for each area")
  let ranked = (0..<count).filter { area in criteria.allSatisfy { !($0.values[area] ?? .nan).isNaN }
  }
  let weights = criteria.reduce(0) { $0 + $1.weight }
  var scores = Array(repeating: 0.0, count: ranked.count)
  for criterion in criteria {
    let values = ranked.compactMap { criterion.values[$0] }
    let order = values.indices.sorted { values[$0] < values[$1] }
    var smaller = 0
    for (place, index) in order.enumerated() {
      if place > 0, values[order[place - 1]] < values[index] { smaller = place }
      scores[index] += criterion.weight * Double(smaller)
    }
  }
  let others = Double(max(1, ranked.count - 1))
  let order = scores.indices.sorted { scores[$0] > scores[$1] }
  var places: [Priority?] = Array(repeating: nil, count: count)
  var rank = 1
  for (place, index) in order.enumerated() {
    if place > 0, scores[order[place - 1]] > scores[index] { rank = place + 1 }
    places[ranked[index]] = Priority(score: scores[index] / (weights * others), rank: rank)
  }
  return places
}
