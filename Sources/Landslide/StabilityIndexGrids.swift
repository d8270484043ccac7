public import Grids

/// What the stability index takes for one soil, with where the figures come from.
public struct StabilityIndexSoil: Sendable, Hashable {
  /// Dimensionless cohesion of roots and soil.
  public let cohesion: ClosedRange<Double>
  /// Friction angle in degrees; its tangent is what is evenly likely.
  public let frictionAngle: ClosedRange<Double>
  /// Transmissivity, m²/d.
  public let transmissivity: ClosedRange<Double>
  /// Density of the wet soil over that of water.
  public let relativeDensity: Double
  /// Where the figures come from, with a date.
  public let source: String

  /// Takes the figures of one soil.
  public init(
    cohesion: ClosedRange<Double>, frictionAngle: ClosedRange<Double>, transmissivity: ClosedRange<Double>,
    relativeDensity: Double, source: String
  ) {
    self.cohesion = cohesion
    self.frictionAngle = frictionAngle
    self.transmissivity = transmissivity
    self.relativeDensity = relativeDensity
    self.source = source
  }

  /// The ranges of a place with a recharge in mm/d.
  func ranges(recharge: Double) -> StabilityIndexRanges {
    let perDay = recharge / 1000
    return StabilityIndexRanges(
      cohesion: cohesion,
      frictionTangent: tangent(degrees: frictionAngle.lowerBound)...tangent(degrees: frictionAngle.upperBound),
      rechargeRatio: perDay / transmissivity.upperBound...perDay / transmissivity.lowerBound,
      densityRatio: 1 / relativeDensity)
  }

  fileprivate func problem(code: Int32) -> InvalidSoil? {
    func invalid(_ quantity: String, _ range: ClosedRange<Double>, _ possible: ClosedRange<Double>, _ text: String)
      -> InvalidSoil?
    {
      let value = possible.contains(range.lowerBound) ? range.upperBound : range.lowerBound
      return possible.contains(value) && value.isFinite
        ? nil : InvalidSoil(code: code, quantity: quantity, value: value, range: text)
    }
    let most = Double.greatestFiniteMagnitude
    return invalid("dimensionless cohesion", cohesion, 0...most, "0 or more")
      ?? invalid("friction angle in degrees", frictionAngle, 0...89, "from 0 to 89")
      ?? invalid("transmissivity in m²/d", transmissivity, 1e-9...most, "above 0")
      ?? invalid("relative density", relativeDensity...relativeDensity, 1.0.nextUp...4, "above 1, up to 4")
  }
}

/// What the stability index takes by soil code, checked; nil stands for ground that is not susceptible.
public struct StabilityIndexTable: Sendable {
  /// Rows by code.
  public let classes: ClassLookup<StabilityIndexSoil?>

  /// Makes a table from its rows.
  /// - Throws: ``InvalidSoil`` for figures that cannot be.
  public init(_ rows: [Int32: StabilityIndexSoil?]) throws(InvalidSoil) {
    for (code, soil) in rows.sorted(by: { $0.key < $1.key }) {
      if let problem = soil?.problem(code: code) { throw problem }
    }
    classes = ClassLookup(rows)
  }
}

/// Classes of the stability index; intervals are half-open, a bound belongs to the class above.
public enum StabilityIndexClass: UInt8, Sendable, Hashable, CaseIterable {
  /// No data.
  case noData = 0
  /// SI = 0: the slope fails over the whole ranges ("defended": what stands there has another reason to).
  case defended = 1
  /// Above 0, below 0.5.
  case upperThreshold = 2
  /// From 0.5 to below 1.
  case lowerThreshold = 3
  /// From 1 to below 1.25.
  case quasiStable = 4
  /// From 1.25 to below 1.5.
  case moderatelyStable = 5
  /// From 1.5.
  case stable = 6

  /// The class of an index.
  public init(of index: Float) {
    self =
      if index.isNaN { .noData } else if index <= 0 { .defended } else if index < 0.5 {
        .upperThreshold
      } else if index < 1 { .lowerThreshold } else if index < 1.25 { .quasiStable } else if index < 1.5 {
        .moderatelyStable
      } else { .stable }
  }
}

/// Stability index of a grid and what follows from it.
public struct StabilityIndexGrids: Sendable {
  /// The index, 0…10; NaN is no data.
  public let index: Grid<Float>
  /// Wetness at the upper end of the recharge, 2 where only that fills the soil, 3 where it is full throughout; NaN is
  /// no data.
  public let saturation: Grid<Float>
  /// Raw values of ``StabilityIndexClass``.
  public let classes: Grid<UInt8>
}

/// Stability index of every cell.
///
/// Reckoned in `Double` and rounded once to `Float`. Width of a cell: the square root of its area.
/// - Parameters:
///   - upslopeArea: Area that drains through each cell, its own included, m², ≥ 0; NaN is no data.
///   - slopeTangent: Tangent of the slope angle, ≥ 0; NaN is no data.
///   - recharge: What reaches the ground water, mm/d, ≥ 0; NaN is no data.
///   - soil: Codes of the soil table; `ClassLookup.noClass` is no data.
///   - table: Ranges by code.
///   - threads: Number of threads.
/// - Returns: NaN where an input is no data; on ground that is not susceptible the index is the cap, 10, and the
///   saturation 0.
/// - Throws: ``GeometryMismatch``, ``ValuesOutOfRange``, or ``UnmappedClasses`` with all codes that the table lacks.
public func stabilityIndex(
  upslopeArea: Grid<Float>, slopeTangent: Grid<Float>, recharge: Grid<Float>, soil: Grid<Int32>,
  table: StabilityIndexTable, threads: Int
) throws -> StabilityIndexGrids {
  try slopeTangent.geometry.require(upslopeArea.geometry, for: "stability index from slope and upslope area")
  try slopeTangent.geometry.require(recharge.geometry, for: "stability index from slope and recharge")
  try slopeTangent.geometry.require(soil.geometry, for: "stability index from slope and soil")
  try slopeTangent.require(0...5_000, of: "tangent of the slope angle", threads: threads)
  try upslopeArea.require(0...Float.greatestFiniteMagnitude, of: "upslope area in m²", threads: threads)
  try recharge.require(0...100_000, of: "recharge in mm/d", threads: threads)
  try table.classes.require(codesOf: soil, as: "soil", threads: threads)
  let width = slopeTangent.geometry.cellArea.squareRoot()
  // With a recharge of 1 mm/d, so that tangents are taken once.
  let unitRanges = table.classes.entries.map { $0?.ranges(recharge: 1) }
  var pairs = Grid<SIMD2<Float>>(slopeTangent.geometry, repeating: SIMD2(.nan, .nan))
  pairs.forEachRow(threads: threads) { row, cells in
    let areas = upslopeArea.row(row)
    let slopes = slopeTangent.row(row)
    let recharges = recharge.row(row)
    let codes = soil.row(row)
    for column in 0..<cells.count {
      guard let position = table.classes.position(of: codes[column]), !areas[column].isNaN,
        !slopes[column].isNaN, !recharges[column].isNaN
      else { continue }
      guard let unit = unitRanges[position] else {
        cells[column] = SIMD2(Float(StabilityIndex.cap), 0)
        continue
      }
      let water = Double(recharges[column])
      let ranges = StabilityIndexRanges(
        cohesion: unit.cohesion, frictionTangent: unit.frictionTangent,
        rechargeRatio: unit.rechargeRatio.lowerBound * water...unit.rechargeRatio.upperBound * water,
        densityRatio: unit.densityRatio)
      let slope = Double(slopes[column])
      let area = Double(areas[column]) / width
      cells[column] = SIMD2(
        Float(StabilityIndex.index(ranges, slopeTangent: slope, specificCatchmentArea: area)),
        Float(StabilityIndex.saturation(ranges, slopeTangent: slope, specificCatchmentArea: area)))
    }
  }
  let index = pairs.map(threads: threads) { $0[0] }
  return StabilityIndexGrids(
    index: index, saturation: pairs.map(threads: threads) { $0[1] },
    classes: index.map(threads: threads) { StabilityIndexClass(of: $0).rawValue })
}
