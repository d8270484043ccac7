/// People of a statistical grid or of parcels, placed in buildings so that every cell keeps its count.
///
/// Inside a cell people are shared out in proportion to the buildings' weights, such as floor areas. A cell whose
/// buildings weigh nothing keeps its people as unplaced, spread evenly over its surface.
public struct PopulationDistribution: Sendable {
  /// People of each building; 0 where none are placed.
  public let residents: [Double]
  /// People that no building could take, by cell.
  public let unplaced: [Double]

  /// Shares the people of cells out among buildings.
  /// - Parameters:
  ///   - counts: People of each cell, 0 or more.
  ///   - cellOf: Cell that each building stands in; nil where it stands in none.
  ///   - weights: Weight of each building, 0 or more; 0 where nobody lives.
  public init(counts: [Double], cellOf: [Int?], weights: [Double]) {
    precondition(cellOf.count == weights.count, "every building has a weight")
    precondition(weights.allSatisfy { $0 >= 0 && $0.isFinite }, "weights are not negative")
    precondition(counts.allSatisfy { $0 >= 0 && $0.isFinite }, "counts are not negative")
    var totals = Array(repeating: 0.0, count: counts.count)
    for (cell, weight) in zip(cellOf, weights) { if let cell { totals[cell] += weight } }
    residents = zip(cellOf, weights).map { cell, weight in
      guard let cell, totals[cell] > 0 else { return 0 }
      return counts[cell] * (weight / totals[cell])
    }
    unplaced = zip(counts, totals).map { $1 > 0 ? 0 : $0 }
  }
}
