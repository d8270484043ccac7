public import Grids

/// Classes of slope stability by the factor of safety (FS); intervals are half-open, a bound belongs to the class above.
public enum StabilityClass: UInt8, Sendable, Hashable, CaseIterable {
  /// No data.
  case noData = 0
  /// FS below the first bound, 1.0: the slope fails in the model.
  case unstable = 1
  /// FS from the first bound to below the second, 1.0…1.25.
  case quasiStable = 2
  /// FS from the second bound to below the third, 1.25…1.5.
  case moderatelyStable = 3
  /// FS from the third bound, 1.5 or more.
  case stable = 4
  /// Ground on which shallow slides do not start, such as bare rock or water.
  case notSusceptible = 5
}

/// Bounds between the classes of stability.
public struct StabilityBounds: Sendable, Hashable {
  /// Factor of safety from which a slope is no longer unstable.
  public let quasiStable: Float
  /// Factor of safety from which a slope is moderately stable.
  public let moderatelyStable: Float
  /// Factor of safety from which a slope is stable.
  public let stable: Float

  /// The bounds of Ray & De Smedt 2009: 1, 1.25 and 1.5.
  public static let usual = StabilityBounds(quasiStable: 1, moderatelyStable: 1.25, stable: 1.5)

  /// Makes rising bounds.
  public init(quasiStable: Float, moderatelyStable: Float, stable: Float) {
    precondition(0 < quasiStable && quasiStable < moderatelyStable && moderatelyStable < stable, "bounds rise")
    self.quasiStable = quasiStable
    self.moderatelyStable = moderatelyStable
    self.stable = stable
  }

  /// The class of a factor of safety; no data for NaN.
  @inlinable
  public func stabilityClass(of factorOfSafety: Float) -> StabilityClass {
    if factorOfSafety.isNaN { return .noData }
    if factorOfSafety < quasiStable { return .unstable }
    if factorOfSafety < moderatelyStable { return .quasiStable }
    return factorOfSafety < stable ? .moderatelyStable : .stable
  }
}

/// The stability class of every cell, as the raw values of ``StabilityClass``.
/// - Parameters:
///   - factorOfSafety: As from ``infiniteSlopeFactorOfSafety(slopeTangent:wetness:soil:table:depth:threads:)``; NaN is
///     no data.
///   - soil: Codes of the soil table, which tell where ground is not susceptible.
///   - table: Ground by code; codes that it lacks count as soil.
///   - bounds: Bounds between the classes.
///   - threads: Number of threads.
/// - Throws: ``GeometryMismatch``.
public func stabilityClasses(
  factorOfSafety: Grid<Float>, soil: Grid<Int32>, table: SoilTable, bounds: StabilityBounds = .usual, threads: Int
) throws(GeometryMismatch) -> Grid<UInt8> {
  try factorOfSafety.geometry.require(soil.geometry, for: "stability classes")
  let isSusceptible = table.classes.entries.map { $0 != .notSusceptible }
  var result = Grid<UInt8>(factorOfSafety.geometry, repeating: StabilityClass.noData.rawValue)
  result.forEachRow(threads: threads) { row, cells in
    let values = factorOfSafety.row(row)
    let codes = soil.row(row)
    for column in 0..<cells.count {
      var ground = bounds.stabilityClass(of: values[column])
      if ground != .noData, let position = table.classes.position(of: codes[column]), !isSusceptible[position] {
        ground = .notSusceptible
      }
      cells[column] = ground.rawValue
    }
  }
  return result
}
