import Foundation
public import Grids

/// Factor of safety of a soil layer on a long, even slope with ground water flowing along it.
///
/// FS = [c + (p + (γ − m γw) z) cos²θ tanφ] / [(p + γ z) sinθ cosθ], with c the cohesion of soil and roots (kPa), γ and γw
/// the unit weights of soil and water (kN/m³), z the vertical depth (m), p a surcharge (kPa of the map's area), φ the
/// friction angle, θ the slope angle and m the share of the depth below the water table. With t = tanθ it is
/// [c (1 + t²) + (p + (γ − m γw) z) tanφ] / [(p + γ z) t], which needs no angle. (Skempton & DeLory 1957; in this form
/// Montgomery & Dietrich 1994 and Pack et al. 1998; the surcharge as in Hammond et al. 1992.)
public enum InfiniteSlope {
  /// Largest factor of safety given out; flat ground and ground without soil have it.
  @inlinable public static var cap: Double { 10 }
  /// Depth in m up to which there is no soil to slide.
  @inlinable public static var smallestDepth: Double { 0.01 }

  /// Factor of safety of one place.
  /// - Parameters:
  ///   - soil: Strength, weight and depth.
  ///   - slopeTangent: Tangent of the slope angle, ≥ 0.
  ///   - wetness: Share m of the soil depth below the water table; limited to 0…1.
  /// - Returns: From 0 to the cap; NaN where an argument is.
  public static func factorOfSafety(_ soil: SoilStrength, slopeTangent: Double, wetness: Double) -> Double {
    Constants(soil).factorOfSafety(depth: soil.depth, slopeTangent: slopeTangent, wetness: wetness)
  }

  /// What does not change from cell to cell.
  struct Constants {
    let cohesion: Double
    let unitWeight: Double
    let frictionTangent: Double
    let surcharge: Double
    let depth: Double

    init(_ soil: SoilStrength) {
      cohesion = soil.cohesion + soil.rootCohesion
      unitWeight = soil.unitWeight
      frictionTangent = tan(soil.frictionAngle * .pi / 180)
      surcharge = soil.surcharge
      depth = soil.depth
    }

    @inline(__always)
    func factorOfSafety(depth z: Double, slopeTangent t: Double, wetness: Double) -> Double {
      if t.isNaN || wetness.isNaN || z.isNaN { return .nan }
      if z <= InfiniteSlope.smallestDepth || t <= 0 { return InfiniteSlope.cap }
      let m = min(max(wetness, 0), 1)
      let normal = surcharge + (unitWeight - m * waterUnitWeight) * z
      let resisting = cohesion * (1 + t * t) + normal * frictionTangent
      return min(InfiniteSlope.cap, resisting / ((surcharge + unitWeight * z) * t))
    }

    /// The wetness at which the factor of safety is 1: up to 0 where the dry slope fails, above 1 where none does.
    @inline(__always)
    func criticalWetness(depth z: Double, slopeTangent t: Double) -> Double {
      let weight = surcharge + unitWeight * z
      let surplus = cohesion * (1 + t * t) + weight * (frictionTangent - t)
      // Without friction water does not matter.
      if surplus <= 0 { return 0 }
      return surplus / (waterUnitWeight * z * frictionTangent)
    }
  }
}

/// Factor of safety of every cell by the infinite slope model.
///
/// Reckoned in `Double` and rounded once to `Float`. Flat cells, cells with at most 1 cm of soil and ground that is not
/// susceptible have ``InfiniteSlope/cap``, 10; no cell has more.
/// - Parameters:
///   - slopeTangent: Tangent of the slope angle, ≥ 0; NaN is no data.
///   - wetness: Share of the soil depth below the water table, 0…1; NaN is no data.
///   - soil: Codes of the soil table; `ClassLookup.noClass` is no data.
///   - table: Strength by code.
///   - depth: Soil depth in m instead of the table's; NaN is no data.
///   - threads: Number of threads.
/// - Returns: Factor of safety; NaN where an input is no data. On ground that is not susceptible wetness and depth do
///   not matter, slope does.
/// - Throws: ``GeometryMismatch``, ``ValuesOutOfRange``, or ``UnmappedClasses`` with all codes that the table lacks.
public func infiniteSlopeFactorOfSafety(
  slopeTangent: Grid<Float>, wetness: Grid<Float>, soil: Grid<Int32>, table: SoilTable, depth: Grid<Float>? = nil,
  threads: Int
) throws -> Grid<Float> {
  try requireSlope(slopeTangent, soil: soil, table: table, depth: depth, threads: threads)
  try slopeTangent.geometry.require(wetness.geometry, for: "factor of safety from slope and wetness")
  try wetness.require(0...1, of: "wetness (share of the soil depth)", threads: threads)
  let constants = table.classes.entries.map { $0.strength.map(InfiniteSlope.Constants.init) }
  var result = Grid<Float>(slopeTangent.geometry, repeating: .nan)
  result.forEachRow(threads: threads) { row, cells in
    let slopes = slopeTangent.row(row)
    let waters = wetness.row(row)
    let codes = soil.row(row)
    for column in 0..<cells.count {
      let slope = slopes[column]
      guard !slope.isNaN, let position = table.classes.position(of: codes[column]) else { continue }
      guard let ground = constants[position] else {
        cells[column] = Float(InfiniteSlope.cap)
        continue
      }
      cells[column] = Float(
        ground.factorOfSafety(
          depth: depth.map { Double($0.row(row)[column]) } ?? ground.depth, slopeTangent: Double(slope),
          wetness: Double(waters[column])))
    }
  }
  return result
}

/// Factor of safety of every cell with the same wetness everywhere, such as dry (0), half full (½) and full (1).
///
/// As ``infiniteSlopeFactorOfSafety(slopeTangent:wetness:soil:table:depth:threads:)`` with a grid of one value.
/// - Parameters:
///   - slopeTangent: Tangent of the slope angle, ≥ 0; NaN is no data.
///   - saturation: Share of the soil depth below the water table, 0…1.
///   - soil: Codes of the soil table; `ClassLookup.noClass` is no data.
///   - table: Strength by code.
///   - depth: Soil depth in m instead of the table's; NaN is no data.
///   - threads: Number of threads.
/// - Returns: Factor of safety; NaN where an input is no data.
/// - Throws: ``GeometryMismatch``, ``ValuesOutOfRange``, or ``UnmappedClasses`` with all codes that the table lacks.
public func infiniteSlopeFactorOfSafety(
  slopeTangent: Grid<Float>, saturation: Double, soil: Grid<Int32>, table: SoilTable, depth: Grid<Float>? = nil,
  threads: Int
) throws -> Grid<Float> {
  try infiniteSlopeFactorOfSafety(
    slopeTangent: slopeTangent, wetness: Grid(slopeTangent.geometry, repeating: Float(saturation)), soil: soil,
    table: table, depth: depth, threads: threads)
}

/// Throws unless the inputs that all slope models share fit together.
func requireSlope(
  _ slopeTangent: Grid<Float>, soil: Grid<Int32>, table: SoilTable, depth: Grid<Float>?, threads: Int
) throws {
  try slopeTangent.geometry.require(soil.geometry, for: "slope stability from slope and soil")
  // 89.99°: a wall between two cells of the finest terrain model is less steep.
  try slopeTangent.require(0...5_000, of: "tangent of the slope angle", threads: threads)
  if let depth {
    try slopeTangent.geometry.require(depth.geometry, for: "slope stability from slope and soil depth")
    try depth.require(0...1_000, of: "soil depth in m", threads: threads)
  }
  try table.classes.require(codesOf: soil, as: "soil", threads: threads)
}
