public import Grids

/// A rule that gives cells a class: a quantity from a value on and below another.
public struct HazardClassRule: Sendable, Hashable {
  /// Number of the quantity among those that are classified.
  public let quantity: Int
  /// Least value; minus infinity where there is none.
  public let from: Float
  /// Value that is not reached; infinity where there is none.
  public let below: Float
  /// Class, 1 or more, greater meaning worse.
  public let classNumber: UInt8

  /// Makes a rule; half-open, so that a value on a bound belongs to the class above.
  public init(quantity: Int, from: Float, below: Float, classNumber: UInt8) {
    precondition(classNumber >= 1 && classNumber < combinedClassNoData, "a class is from 1 to 254")
    precondition(from < below, "a rule holds values")
    self.quantity = quantity
    self.from = from
    self.below = below
    self.classNumber = classNumber
  }
}

/// Class of cells where some quantity is not known and the others give no class.
public let combinedClassNoData: UInt8 = 255

/// The worst class that rules give each cell, over several hazards.
///
/// 0 where no rule holds. Where a quantity is not known the others decide, and without a class from them the cell has
/// none: ``combinedClassNoData``.
/// - Parameters:
///   - quantities: Depth, factor of safety and the like; NaN is no data.
///   - rules: Rules by the place of the quantity in `quantities`; quantities without rules are not looked at.
///   - threads: Number of threads; the result does not depend on it.
/// - Throws: ``GeometryMismatch``.
public func combinedClass(
  of quantities: [Grid<Float>], rules: [HazardClassRule], threads: Int
) throws(GeometryMismatch) -> Grid<UInt8> {
  guard let geometry = quantities.first?.geometry else { preconditionFailure("at least one quantity") }
  for quantity in quantities { try geometry.require(quantity.geometry, for: "combined class") }
  let grouped = quantities.indices.map { place in rules.filter { $0.quantity == place } }
  var classes = Grid<UInt8>(geometry, repeating: 0)
  classes.forEachRow(threads: threads) { row, cells in
    for (quantity, rules) in zip(quantities, grouped) where !rules.isEmpty {
      let values = quantity.row(row)
      for column in 0..<cells.count {
        let value = values[column]
        if value.isNaN {
          if cells[column] == 0 { cells[column] = combinedClassNoData }
          continue
        }
        for rule in rules where value >= rule.from && value < rule.below {
          let old = cells[column]
          if old == combinedClassNoData || rule.classNumber > old { cells[column] = rule.classNumber }
        }
      }
    }
  }
  return classes
}
