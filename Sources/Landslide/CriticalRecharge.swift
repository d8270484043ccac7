import Foundation
public import Grids

/// The recharge in steady state at which a slope begins to fail (SHALSTAB).
///
/// Set the factor of safety of ``InfiniteSlope`` to 1 and put in the wetness of ``SteadyStateWetness``:
/// q = (T sinθ / a) m₁ with m₁ = (γ/γw)(1 − tanθ/tanφ) + c (1 + tan²θ)/(γw z tanφ) where there is no surcharge. Where m₁ is
/// at most 0 the slope fails without any water, and where it is above 1 it stands when full. (Montgomery & Dietrich
/// 1994, Water Resources Research 30, 1153–1171; Dietrich & Montgomery 1998.)
public enum CriticalRecharge {
  /// Largest recharge given out, mm/d: ground that no recharge makes fail has it.
  @inlinable public static var cap: Double { 1_000_000 }

  /// Critical recharge of one place, mm/d: 0 where the slope fails dry, the cap where it stands when full.
  /// - Parameters:
  ///   - soil: Strength, weight, depth and conductivity.
  ///   - slopeTangent: Tangent of the slope angle, ≥ 0.
  ///   - specificCatchmentArea: a ≥ 0, m.
  ///   - convention: How the transmissivity follows from conductivity and depth.
  public static func recharge(
    _ soil: SoilStrength, slopeTangent: Double, specificCatchmentArea: Double,
    convention: TransmissivityConvention = .normalThickness
  ) -> Double {
    Constants(soil, convention).recharge(depth: soil.depth, slopeTangent: slopeTangent, area: specificCatchmentArea)
  }

  /// Decimal logarithm of the critical ratio q/T (1/m) of one place, which needs no transmissivity; −∞ where the slope
  /// fails dry, +∞ where it stands when full.
  /// - Parameters:
  ///   - soil: Strength, weight and depth.
  ///   - slopeTangent: Tangent of the slope angle, ≥ 0.
  ///   - specificCatchmentArea: a ≥ 0, m.
  public static func logarithmOfRatio(
    _ soil: SoilStrength, slopeTangent: Double, specificCatchmentArea: Double
  ) -> Double {
    Constants(soil, .normalThickness).logarithmOfRatio(
      depth: soil.depth, slopeTangent: slopeTangent, area: specificCatchmentArea)
  }

  /// What does not change from cell to cell.
  struct Constants {
    let slope: InfiniteSlope.Constants
    let conductivity: Double
    let convention: TransmissivityConvention

    init(_ soil: SoilStrength, _ convention: TransmissivityConvention) {
      slope = InfiniteSlope.Constants(soil)
      conductivity = soil.conductivity
      self.convention = convention
    }

    /// The wetness at which the slope fails: 0 where dry, infinite where not even full.
    func criticalWetness(depth z: Double, slopeTangent t: Double) -> Double {
      if t.isNaN || z.isNaN { return .nan }
      if z <= InfiniteSlope.smallestDepth || t <= 0 { return .infinity }
      let wetness = slope.criticalWetness(depth: z, slopeTangent: t)
      return wetness > 1 ? .infinity : wetness
    }

    func recharge(depth z: Double, slopeTangent t: Double, area: Double) -> Double {
      let wetness = criticalWetness(depth: z, slopeTangent: t)
      if wetness.isNaN || area.isNaN { return .nan }
      if wetness <= 0 { return 0 }
      if wetness == .infinity { return CriticalRecharge.cap }
      let secantSquared = 1 + t * t
      let factor = convention == .normalThickness ? secantSquared : secantSquared.squareRoot()
      return min(CriticalRecharge.cap, wetness * conductivity * z * t / (area * factor) * 1000)
    }

    func logarithmOfRatio(depth z: Double, slopeTangent t: Double, area: Double) -> Double {
      let wetness = criticalWetness(depth: z, slopeTangent: t)
      if wetness.isNaN || area.isNaN { return .nan }
      if wetness <= 0 { return -.infinity }
      // Also on flat ground, where the slope is 0.
      if wetness == .infinity { return .infinity }
      return log10(wetness * t / ((1 + t * t).squareRoot() * area))
    }
  }
}

/// Classes of the critical ratio q/T; intervals are half-open, a bound belongs to the class above.
public enum RechargeRatioClass: UInt8, Sendable, Hashable, CaseIterable {
  /// No data.
  case noData = 0
  /// The slope fails without any water ("chronic").
  case unconditionallyUnstable = 1
  /// Below the first bound.
  case first = 2
  /// From the first bound.
  case second = 3
  /// From the second bound.
  case third = 4
  /// From the third bound.
  case fourth = 5
  /// From the fourth bound.
  case fifth = 6
  /// The slope stands when full of water.
  case unconditionallyStable = 7
  /// Ground on which shallow slides do not start, such as bare rock or water.
  case notSusceptible = 8
}

/// Bounds between the classes of log₁₀(q/T), q/T in 1/m.
public struct RechargeRatioBounds: Sendable, Hashable {
  /// Four rising bounds.
  public let bounds: [Double]

  /// The bounds in use with SHALSTAB: −3.1, −2.8, −2.5, −2.2.
  ///
  /// They are quoted widely, but not confirmed from a paper.
  public static let usual = RechargeRatioBounds([-3.1, -2.8, -2.5, -2.2])

  /// Makes four rising bounds.
  public init(_ bounds: [Double]) {
    precondition(bounds.count == 4 && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "four rising bounds")
    self.bounds = bounds
  }

  /// The class of a logarithm, with its infinities; no data for NaN.
  public func ratioClass(of logarithm: Double) -> RechargeRatioClass {
    if logarithm.isNaN { return .noData }
    if logarithm == -.infinity { return .unconditionallyUnstable }
    if logarithm == .infinity { return .unconditionallyStable }
    if logarithm < bounds[0] { return .first }
    if logarithm < bounds[1] { return .second }
    if logarithm < bounds[2] { return .third }
    return logarithm < bounds[3] ? .fourth : .fifth
  }
}

/// Critical recharge of a grid and what follows from it.
public struct CriticalRechargeGrids: Sendable {
  /// Critical recharge in mm/d, 0…``CriticalRecharge/cap``; NaN is no data.
  public let recharge: Grid<Float>
  /// Raw values of ``RechargeRatioClass``.
  public let classes: Grid<UInt8>
  /// How the transmissivity was reckoned.
  public let convention: TransmissivityConvention
}

/// Critical recharge of every cell.
///
/// Reckoned in `Double` and rounded once to `Float`. Width of a cell: the square root of its area.
/// - Parameters:
///   - upslopeArea: Area that drains through each cell, its own included, m², ≥ 0; NaN is no data.
///   - slopeTangent: Tangent of the slope angle, ≥ 0; NaN is no data.
///   - soil: Codes of the soil table; `ClassLookup.noClass` is no data.
///   - table: Strength, depth and conductivity by code.
///   - depth: Soil depth in m instead of the table's; NaN is no data.
///   - convention: How the transmissivity follows from conductivity and depth.
///   - bounds: Bounds between the classes of log₁₀(q/T).
///   - threads: Number of threads.
/// - Returns: NaN and no data where an input is no data; the cap on ground that is not susceptible.
/// - Throws: ``GeometryMismatch``, ``ValuesOutOfRange``, or ``UnmappedClasses`` with all codes that the table lacks.
public func criticalRecharge(
  upslopeArea: Grid<Float>, slopeTangent: Grid<Float>, soil: Grid<Int32>, table: SoilTable, depth: Grid<Float>? = nil,
  convention: TransmissivityConvention = .normalThickness, bounds: RechargeRatioBounds = .usual, threads: Int
) throws -> CriticalRechargeGrids {
  try requireSlope(slopeTangent, soil: soil, table: table, depth: depth, threads: threads)
  try slopeTangent.geometry.require(upslopeArea.geometry, for: "critical recharge from slope and upslope area")
  try upslopeArea.require(0...Float.greatestFiniteMagnitude, of: "upslope area in m²", threads: threads)
  let width = slopeTangent.geometry.cellArea.squareRoot()
  let constants = table.classes.entries.map { $0.strength.map { CriticalRecharge.Constants($0, convention) } }
  /// Calls back with the ground (nil where not susceptible), area, slope and depth of each cell that has them.
  @Sendable func forEachCell(
    of row: Int, _ body: (Int, CriticalRecharge.Constants?, _ area: Double, _ slope: Double, _ depth: Double) -> Void
  ) {
    let areas = upslopeArea.row(row)
    let slopes = slopeTangent.row(row)
    let codes = soil.row(row)
    for column in 0..<areas.count {
      guard !areas[column].isNaN, !slopes[column].isNaN, let position = table.classes.position(of: codes[column]) else {
        continue
      }
      let ground = constants[position]
      body(
        column, ground, Double(areas[column]) / width, Double(slopes[column]),
        depth.map { Double($0.row(row)[column]) } ?? ground?.slope.depth ?? 0)
    }
  }
  var recharge = Grid<Float>(slopeTangent.geometry, repeating: .nan)
  recharge.forEachRow(threads: threads) { row, cells in
    cells.withUnsafeMutableBufferPointer { cells in
      forEachCell(of: row) { column, ground, area, slope, depth in
        cells[column] = Float(
          ground?.recharge(depth: depth, slopeTangent: slope, area: area) ?? CriticalRecharge.cap)
      }
    }
  }
  var classes = Grid<UInt8>(slopeTangent.geometry, repeating: RechargeRatioClass.noData.rawValue)
  classes.forEachRow(threads: threads) { row, cells in
    cells.withUnsafeMutableBufferPointer { cells in
      forEachCell(of: row) { column, ground, area, slope, depth in
        let logarithm = ground?.logarithmOfRatio(depth: depth, slopeTangent: slope, area: area)
        cells[column] = (logarithm.map(bounds.ratioClass) ?? .notSusceptible).rawValue
      }
    }
  }
  return CriticalRechargeGrids(recharge: recharge, classes: classes, convention: convention)
}
