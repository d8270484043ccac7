#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
public import Grids

/// Stability of a soil layer of even depth on a long, even slope.
///
/// FS = [ *c* + (γ − *m* γw) *z* cos²θ tan φ ] / [ γ *z* sin θ cos θ ] with the cohesion *c* of soil and roots, the
/// unit weights γ and γw of soil and water, the vertical depth *z*, the slope angle θ, the friction angle φ and the
/// share *m* of the depth that is saturated. With *t* = tan θ this is
/// [ *c* (1 + *t*²) + (γ − *m* γw) *z* tan φ ] / (γ *z* *t*), which needs no trigonometry per cell.
/// Source: Skempton and DeLory (1957); Montgomery and Dietrich (1994), Water Resources Research 30, 1153–1171.
public enum InfiniteSlope {
  /// Largest factor of safety that is reported; flat ground has it.
  public static let cap = 10.0

  /// Factor of safety, from 0 to ``cap``.
  /// - Parameters:
  ///   - slope: Tangent of the slope angle, ≥ 0.
  ///   - wetness: Saturated share of the soil depth, taken as 0…1.
  public static func factorOfSafety(slope: Double, wetness: Double, soil: SoilStrength) -> Double {
    Terms(soil).factorOfSafety(slope, wetness)
  }

  /// Saturated share of the soil depth under steady recharge, 0…1.
  ///
  /// *m* = min(1, *q* *a* / (*T* sin θ)) with *T* = *K* *z* cos θ: the water from upslope that must pass through the
  /// layer, against what the saturated layer can carry. Level ground that receives any water is saturated.
  /// Source: Montgomery and Dietrich (1994), equations 4–6, with the thickness normal to the slope.
  /// - Parameters:
  ///   - recharge: Effective recharge *q*, mm/d.
  ///   - contributingArea: Upslope area per unit of contour length *a*, m.
  ///   - slope: Tangent of the slope angle, ≥ 0.
  public static func steadyWetness(
    recharge: Double, contributingArea: Double, slope: Double, soil: SoilStrength
  ) -> Double {
    Terms(soil).wetness(recharge * 1e-3, contributingArea, slope)
  }

  /// What does not change from cell to cell of a soil.
  struct Terms {
    let cohesion: Double
    let unitWeight: Double
    let depth: Double
    let frictionTangent: Double
    let conductivity: Double

    init(_ soil: SoilStrength) {
      cohesion = soil.cohesion + soil.rootCohesion
      unitWeight = soil.unitWeight
      depth = soil.depth
      frictionTangent = tan(soil.frictionAngle * .pi / 180)
      conductivity = soil.conductivity
    }

    @inline(__always)
    func factorOfSafety(_ slope: Double, _ wetness: Double) -> Double {
      if slope <= 0 || depth <= 0.01 { return InfiniteSlope.cap }
      let share = min(1, max(0, wetness))
      let resisting = cohesion * (1 + slope * slope) + (unitWeight - share * waterUnitWeight) * depth * frictionTangent
      return min(InfiniteSlope.cap, resisting / (unitWeight * depth * slope))
    }

    /// `recharge` in m/d.
    @inline(__always)
    func wetness(_ recharge: Double, _ contributingArea: Double, _ slope: Double) -> Double {
      let water = recharge * contributingArea * (1 + slope * slope)
      if water <= 0 { return 0 }
      let carried = conductivity * depth * slope
      return water >= carried ? 1 : water / carried
    }
  }
}

/// Stability of every cell under steady recharge.
public struct SlopeStability: Sendable {
  /// Factor of safety, 0…10; NaN where an input is missing or the deposit is not assessed.
  public let safety: Grid<Float>
  /// Saturated share of the soil depth; NaN as `safety`.
  public let wetness: Grid<Float>

  /// Computes wetness and factor of safety cell by cell.
  /// - Parameters:
  ///   - slope: Tangent of the slope angle.
  ///   - upslopeCells: Cells that drain through each cell, itself included.
  ///   - recharge: Effective recharge, mm/d; NaN where it is not known.
  ///   - deposits: Codes of the deposits; `Int32.min` is no data.
  ///   - soils: Strength by code; nil for deposits that are not assessed, such as rock, peat and water.
  ///   - threads: Number of threads; the result does not depend on it.
  /// - Throws: ``GeometryMismatch`` where the grids do not lie on each other, `UnmappedClasses` where a deposit is not
  ///   among the soils.
  public init(
    slope: Grid<Float>, upslopeCells: Grid<Int32>, recharge: Grid<Float>, deposits: Grid<Int32>,
    soils: ClassLookup<SoilStrength?>, threads: Int = 1
  ) throws {
    let geometry = slope.geometry
    try geometry.require(upslopeCells.geometry, for: "slope stability")
    try geometry.require(recharge.geometry, for: "slope stability")
    try geometry.require(deposits.geometry, for: "slope stability")
    try soils.require(codesOf: deposits, as: "deposit", threads: threads)
    let terms = soils.entries.map { $0.map(InfiniteSlope.Terms.init) }
    // Upslope area per contour length; a cell's contour is as long as the square root of its area.
    let areaPerCell = geometry.cellArea.squareRoot()
    var wetness = Grid<Float>(geometry, repeating: .nan)
    var safety = Grid<Float>(geometry, repeating: .nan)
    slope.withUnsafeCells { slopes in
      upslopeCells.withUnsafeCells { upslopes in
        recharge.withUnsafeCells { recharges in
          deposits.withUnsafeCells { codes in
            wetness.withUnsafeMutableCells { wetnesses in
              safety.withUnsafeMutableCells { safeties in
                nonisolated(unsafe) let (slopes, upslopes, recharges, codes, wetnesses, safeties) = (
                  slopes, upslopes, recharges, codes, wetnesses, safeties
                )
                parallelBlocks(of: geometry.rows, threads: threads) { rows in
                  var code = Int32.min
                  var soil: InfiniteSlope.Terms?
                  for index in (rows.lowerBound * geometry.columns)..<(rows.upperBound * geometry.columns) {
                    if codes[index] != code {
                      code = codes[index]
                      soil = soils.position(of: code).flatMap { terms[$0] }
                    }
                    guard let soil, !slopes[index].isNaN, !recharges[index].isNaN else { continue }
                    let tangent = Double(slopes[index])
                    let share = soil.wetness(
                      Double(recharges[index]) * 1e-3, Double(upslopes[index]) * areaPerCell, tangent)
                    wetnesses[index] = Float(share)
                    safeties[index] = Float(soil.factorOfSafety(tangent, share))
                  }
                }
              }
            }
          }
        }
      }
    }
    self.wetness = wetness
    self.safety = safety
  }

  /// Classes by factor of safety: 1 below the first threshold, 2 from it up to the second, and so on.
  /// - Parameter thresholds: Ascending.
  /// - Returns: 1…(thresholds + 1), and 0 where the factor of safety is not known or not assessed.
  public func classes(_ thresholds: [Double], threads: Int = 1) -> Grid<Int32> {
    let thresholds = thresholds.map(Float.init)
    return safety.map(threads: threads) { factor in
      factor.isNaN ? 0 : Int32(1 + thresholds.count { factor >= $0 })
    }
  }
}
