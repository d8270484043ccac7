public import Grids

/// Runoff of a storm by the curve number method of the US Soil Conservation Service.
///
/// S = 25400/CN − 254 mm; Q = (P − λS)²/(P + (1 − λ)S) where P > λS, else 0 (USDA NRCS, National Engineering
/// Handbook part 630, chapter 10; λ = 0.2 there, 0.05 in later work). A curve number of 100 lets all rain run off, one
/// of 0 none.
public enum CurveNumber {
  /// The usual initial abstraction as a share of the retention.
  @inlinable public static var usualInitialAbstractionRatio: Double { 0.2 }

  /// Largest depth S in mm that the ground can retain once runoff has begun; infinite for a curve number of 0.
  @inlinable
  public static func retention(_ curveNumber: Double) -> Double { 25_400 / curveNumber - 254 }

  /// Runoff in mm of rain in mm, from 0 to the rain; NaN where an argument is.
  ///
  /// Reckoned in `Double`, rounded once to `Float`.
  /// - Parameters:
  ///   - rain: P ≥ 0 mm.
  ///   - curveNumber: From 0 to 100.
  ///   - initialAbstractionRatio: λ ≥ 0.
  @inlinable
  public static func runoff(rain: Float, curveNumber: Float, initialAbstractionRatio: Double) -> Float {
    let p = Double(rain)
    let s = retention(Double(curveNumber))
    let excess = p - initialAbstractionRatio * s
    // p + (1 − λ) s, without the difference of two infinities for a curve number of 0.
    let q = Float(excess * excess / (excess + s))
    // Comparisons with NaN fail, and NaN stays.
    return excess <= 0 || curveNumber == 0 ? rain * 0 + curveNumber * 0 : (q > rain ? rain : q)
  }
}

/// Runoff of a storm on a grid by the curve number method.
/// - Parameters:
///   - rain: P in mm, ≥ 0; NaN is no data.
///   - curveNumber: From 0 (no runoff) to 100 (all of it); NaN is no data.
///   - initialAbstractionRatio: λ ≥ 0, usually 0.2.
///   - threads: Number of threads.
/// - Returns: Runoff in mm, 0 ≤ Q ≤ P in every cell; NaN where rain or curve number is.
/// - Throws: ``GeometryMismatch`` or ``ValuesOutOfRange``.
public func curveNumberRunoff(
  rain: Grid<Float>, curveNumber: Grid<Float>,
  initialAbstractionRatio: Double = CurveNumber.usualInitialAbstractionRatio, threads: Int
) throws -> Grid<Float> {
  precondition(initialAbstractionRatio >= 0 && initialAbstractionRatio.isFinite, "an abstraction is not negative")
  try rain.geometry.require(curveNumber.geometry, for: "runoff by curve number")
  try requireRain(rain, threads: threads)
  try curveNumber.require(0...100, of: "curve number", threads: threads)
  return combine(rain, curveNumber, threads: threads) {
    CurveNumber.runoff(rain: $0, curveNumber: $1, initialAbstractionRatio: initialAbstractionRatio)
  }
}

/// Throws where rain is negative, infinite or beyond all reason.
func requireRain(_ rain: Grid<Float>, threads: Int) throws(ValuesOutOfRange) {
  try rain.require(0...1_000_000, of: "rain in mm", threads: threads)
}

/// A grid made from two others cell by cell, rows in parallel.
@inline(__always)
func combine(
  _ a: Grid<Float>, _ b: Grid<Float>, threads: Int, _ body: @Sendable (Float, Float) -> Float
) -> Grid<Float> {
  var result = Grid<Float>(a.geometry, repeating: .nan)
  result.forEachRow(threads: threads) { row, cells in
    let left = a.row(row)
    let right = b.row(row)
    for column in 0..<cells.count { cells[column] = body(left[column], right[column]) }
  }
  return result
}
