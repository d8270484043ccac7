public import Grids

/// How the transmissivity of a soil layer is reckoned from its conductivity K and vertical depth z.
public enum TransmissivityConvention: String, Sendable, Hashable, CaseIterable {
  /// T = K z cosθ, the thickness being normal to the slope.
  case normalThickness = "normal"
  /// T = K z, as some other programs have it.
  case verticalThickness = "vertical"
}

/// Height of the ground water in steady state, as a share of the soil depth.
///
/// What the slope above takes in, q·a for each metre of contour, flows off through the soil: m = min(1, q a / (T sinθ)),
/// with q the recharge, a the specific catchment area (upslope area over the width of a cell) and T the transmissivity
/// (Montgomery & Dietrich 1994). With t = tanθ and T = K z cosθ it is q a (1 + t²) / (K z t).
public enum SteadyStateWetness {
  /// Wetness of one place, from 0 to 1; NaN where an argument is.
  ///
  /// Flat ground cannot drain: it is full as soon as any water comes, and dry without. So is ground without soil.
  /// - Parameters:
  ///   - recharge: q ≥ 0, mm/d.
  ///   - specificCatchmentArea: a ≥ 0, m.
  ///   - slopeTangent: Tangent of the slope angle, ≥ 0.
  ///   - conductivity: K > 0, m/d.
  ///   - depth: z ≥ 0, vertical, m.
  ///   - convention: How T follows from K and z.
  public static func wetness(
    recharge: Double, specificCatchmentArea: Double, slopeTangent: Double, conductivity: Double, depth: Double,
    convention: TransmissivityConvention = .normalThickness
  ) -> Double {
    let inflow = recharge / 1000 * specificCatchmentArea
    let t = slopeTangent
    let secantSquared = 1 + t * t
    // 1 / (sinθ cosθ) = (1 + t²) / t and 1 / sinθ = √(1 + t²) / t.
    let factor = convention == .normalThickness ? secantSquared : secantSquared.squareRoot()
    let outflow = conductivity * depth * t
    if inflow.isNaN || outflow.isNaN { return .nan }
    if inflow <= 0 { return 0 }
    // Also where the outflow is 0.
    return inflow * factor >= outflow ? 1 : inflow * factor / outflow
  }
}

/// Wetness of every cell in steady state.
///
/// Reckoned in `Double` and rounded once to `Float`. Width of a cell: the square root of its area.
/// - Parameters:
///   - upslopeArea: Area that drains through each cell, its own included, m², ≥ 0; NaN is no data.
///   - slopeTangent: Tangent of the slope angle, ≥ 0; NaN is no data.
///   - recharge: What reaches the ground water, mm/d, ≥ 0; NaN is no data.
///   - soil: Codes of the soil table; `ClassLookup.noClass` is no data.
///   - table: Conductivity and depth by code.
///   - depth: Soil depth in m instead of the table's; NaN is no data.
///   - convention: How the transmissivity follows from conductivity and depth.
///   - threads: Number of threads.
/// - Returns: Wetness from 0 to 1; NaN where an input is no data, 0 on ground that is not susceptible.
/// - Throws: ``GeometryMismatch``, ``ValuesOutOfRange``, or ``UnmappedClasses`` with all codes that the table lacks.
public func steadyStateWetness(
  upslopeArea: Grid<Float>, slopeTangent: Grid<Float>, recharge: Grid<Float>, soil: Grid<Int32>, table: SoilTable,
  depth: Grid<Float>? = nil, convention: TransmissivityConvention = .normalThickness, threads: Int
) throws -> Grid<Float> {
  try requireSlope(slopeTangent, soil: soil, table: table, depth: depth, threads: threads)
  try slopeTangent.geometry.require(upslopeArea.geometry, for: "wetness from slope and upslope area")
  try slopeTangent.geometry.require(recharge.geometry, for: "wetness from slope and recharge")
  try upslopeArea.require(0...Float.greatestFiniteMagnitude, of: "upslope area in m²", threads: threads)
  try recharge.require(0...100_000, of: "recharge in mm/d", threads: threads)
  let width = slopeTangent.geometry.cellArea.squareRoot()
  let soils = table.classes.entries.map(\.strength)
  let depths = soils.map { $0?.depth ?? 0 }
  let conductivities = soils.map { $0?.conductivity ?? 0 }
  let isSoil = soils.map { $0 != nil }
  var result = Grid<Float>(slopeTangent.geometry, repeating: .nan)
  result.forEachRow(threads: threads) { row, cells in
    let areas = upslopeArea.row(row)
    let slopes = slopeTangent.row(row)
    let recharges = recharge.row(row)
    let codes = soil.row(row)
    for column in 0..<cells.count {
      guard let position = table.classes.position(of: codes[column]) else { continue }
      let known = !areas[column].isNaN && !slopes[column].isNaN && !recharges[column].isNaN
      guard isSoil[position] else {
        if known { cells[column] = 0 }
        continue
      }
      cells[column] = Float(
        SteadyStateWetness.wetness(
          recharge: Double(recharges[column]), specificCatchmentArea: Double(areas[column]) / width,
          slopeTangent: Double(slopes[column]), conductivity: conductivities[position],
          depth: depth.map { Double($0.row(row)[column]) } ?? depths[position], convention: convention))
    }
  }
  return result
}
