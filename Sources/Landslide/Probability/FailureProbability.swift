public import Grids

/// How likely slopes are to fail, and how well that is known.
public struct FailureProbability: Sendable {
  /// Share of the draws with a factor of safety of at most 1; NaN is no data.
  public let probability: Grid<Float>
  /// Lower bound of the Wilson interval of 95 % confidence.
  public let lower: Grid<Float>
  /// Upper bound of the Wilson interval of 95 % confidence.
  public let upper: Grid<Float>
  /// Share of the draws in which the soil is full of water.
  public let saturation: Grid<Float>
  /// Draws a cell.
  public let draws: Int
}

/// Probability of failure of every cell by the infinite slope model in steady state, drawn from distributions.
///
/// The model is that of ``InfiniteSlope`` and ``SteadyStateWetness``, as in Strauch et al. (2018), Earth Surface Dynamics
/// 6, 49–75, with every quantity free. A draw depends on the seed, the place in the whole raster and its number alone, so
/// that any tiling and any number of threads give the same bits. Draws are reckoned in `Float`.
/// - Parameters:
///   - upslopeArea: Area that drains through each cell, its own included, m², ≥ 0; NaN is no data.
///   - slopeTangent: Tangent of the slope angle, ≥ 0; NaN is no data.
///   - recharge: Recharge of the ground water, mm/d; with a scale, the factor on it.
///   - rechargeScale: What each cell's recharge is multiplied with, such as the recharge of a scenario in mm/d; NaN is
///     no data.
///   - soil: Codes of the soil table; `ClassLookup.noClass` is no data.
///   - table: Distributions by code.
///   - depthScale: What each cell's depth is multiplied with, such as a map of depths in m; NaN is no data.
///   - draws: Draws a cell, 1…2³⁰.
///   - seed: Number of the random sequence.
///   - origin: Column and row of the first cell in the whole raster, where the grids are a tile of it.
///   - threads: Number of threads.
/// - Returns: Shares from 0 to 1; NaN where an input is no data. Ground that is not susceptible and flat ground have the
///   probability 0 for certain; flat ground is full as soon as any water comes.
/// - Throws: ``GeometryMismatch``, ``ValuesOutOfRange``, ``InvalidDistribution``, or ``UnmappedClasses``.
/// - Complexity: O(cells × draws); cells whose outcome no draw can change are free.
public func failureProbability(
  upslopeArea: Grid<Float>, slopeTangent: Grid<Float>, recharge: Distribution, rechargeScale: Grid<Float>? = nil,
  soil: Grid<Int32>, table: UncertainSoilTable, depthScale: Grid<Float>? = nil, draws: Int, seed: UInt64,
  origin: (column: Int, row: Int) = (0, 0), threads: Int
) throws -> FailureProbability {
  precondition(draws > 0 && draws <= 1 << 30, "from 1 to 2³⁰ draws")
  try slopeTangent.geometry.require(upslopeArea.geometry, for: "probability of failure from slope and upslope area")
  try slopeTangent.geometry.require(soil.geometry, for: "probability of failure from slope and soil")
  try slopeTangent.require(0...5_000, of: "tangent of the slope angle", threads: threads)
  try upslopeArea.require(0...Float.greatestFiniteMagnitude, of: "upslope area in m²", threads: threads)
  if let rechargeScale {
    try slopeTangent.geometry.require(rechargeScale.geometry, for: "probability of failure from slope and recharge")
    try rechargeScale.require(0...100_000, of: "recharge in mm/d", threads: threads)
  }
  if let depthScale {
    try slopeTangent.geometry.require(depthScale.geometry, for: "probability of failure from slope and soil depth")
    try depthScale.require(0...1_000, of: "soil depth in m", threads: threads)
  }
  try table.classes.require(codesOf: soil, as: "soil", threads: threads)
  if let problem = recharge.problem(within: 0...Double.greatestFiniteMagnitude) {
    throw InvalidDistribution(code: nil, quantity: "recharge in mm/d", problem: problem)
  }

  let kernels = table.classes.entries.map { $0.soil.map { FailureKernel($0, recharge: recharge) } }
  let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
  let width = slopeTangent.geometry.cellArea.squareRoot()
  // Failed and saturated draws; −1 in both is no data, −1 in the first alone stands for ground that cannot fail.
  var counts = Grid<SIMD2<Int32>>(slopeTangent.geometry, repeating: SIMD2(-1, -1))
  counts.forEachRow(threads: threads) { row, cells in
    let areas = upslopeArea.row(row)
    let slopes = slopeTangent.row(row)
    let codes = soil.row(row)
    for column in 0..<cells.count {
      let slope = slopes[column]
      guard !slope.isNaN, !areas[column].isNaN, let position = table.classes.position(of: codes[column]) else {
        continue
      }
      guard let kernel = kernels[position] else {
        cells[column] = SIMD2(-1, 0)
        continue
      }
      let depth = depthScale?[column, row] ?? 1
      let water = rechargeScale?[column, row] ?? 1
      if depth.isNaN || water.isNaN { continue }
      guard slope > 0 else {
        // Flat ground cannot drain, see SteadyStateWetness.
        cells[column] = SIMD2(-1, water > 0 && areas[column] > 0 && recharge != .constant(0) ? Int32(draws) : 0)
        continue
      }
      let (failed, saturated) = kernel.counts(
        FailureCell(
          column: UInt32(truncatingIfNeeded: origin.column + column), row: UInt32(truncatingIfNeeded: origin.row + row),
          slopeTangent: Double(slope), specificCatchmentArea: Double(areas[column]) / width, depthScale: Double(depth),
          rechargeScale: Double(water)), draws: draws, key: key)
      cells[column] = SIMD2(Int32(failed), Int32(saturated))
    }
  }
  func shares(_ element: Int, _ share: @Sendable (Int) -> Double) -> Grid<Float> {
    counts.map(threads: threads) { count in
      if count[1] < 0 { return .nan }
      return count[element] < 0 ? 0 : Float(share(Int(count[element])))
    }
  }
  return FailureProbability(
    probability: shares(0) { Double($0) / Double(draws) },
    lower: shares(0) { WilsonInterval.interval(successes: $0, of: draws).lowerBound },
    upper: shares(0) { WilsonInterval.interval(successes: $0, of: draws).upperBound },
    saturation: shares(1) { Double($0) / Double(draws) }, draws: draws)
}
