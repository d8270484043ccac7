public import Grids

/// Where shallow slides may start, by the shape of the ground alone.
///
/// A cell is taken where slope, plan curvature and upslope area all pass, as in the national maps of debris-flow
/// susceptibility of Norway (Fischer et al. 2012, NHESS 12, 1–14, after Horton et al. 2008). Thresholds are tuned by
/// region and are configuration: the project knows no confirmed ones.
public struct ReleaseThresholds: Sendable, Hashable {
  /// Slope angles in degrees.
  public let slope: ClosedRange<Double>
  /// Largest plan curvature, 1/m, negative where flow converges (a hollow).
  public let planCurvature: Double
  /// Least upslope area, m².
  public let upslopeArea: Double
  /// Where the figures come from, with a date.
  public let source: String

  /// Takes the thresholds of one region.
  public init(slope: ClosedRange<Double>, planCurvature: Double, upslopeArea: Double, source: String) {
    precondition(slope.lowerBound >= 0 && slope.upperBound <= 90, "slopes from 0 to 90 degrees")
    self.slope = slope
    self.planCurvature = planCurvature
    self.upslopeArea = upslopeArea
    self.source = source
  }
}

/// Codes of a grid of release areas.
public enum ReleaseClass: UInt8, Sendable, Hashable, CaseIterable {
  /// No data.
  case noData = 0
  /// A threshold is not passed.
  case none = 1
  /// Slides may start here.
  case release = 2
}

/// Release areas as the raw values of ``ReleaseClass``.
/// - Parameters:
///   - slopeTangent: Tangent of the slope angle, ≥ 0; NaN is no data.
///   - planCurvature: Curvature across the slope, 1/m, negative where flow converges; NaN is no data.
///   - upslopeArea: Area that drains through each cell, its own included, m²; NaN is no data.
///   - regions: Codes of the regions; `ClassLookup.noClass` is no data.
///   - thresholds: Thresholds by code of the region.
///   - threads: Number of threads.
/// - Throws: ``GeometryMismatch``, ``ValuesOutOfRange``, or ``UnmappedClasses`` with all codes without thresholds.
public func releaseAreas(
  slopeTangent: Grid<Float>, planCurvature: Grid<Float>, upslopeArea: Grid<Float>, regions: Grid<Int32>,
  thresholds: ClassLookup<ReleaseThresholds>, threads: Int
) throws -> Grid<UInt8> {
  for other in [planCurvature.geometry, upslopeArea.geometry, regions.geometry] {
    try slopeTangent.geometry.require(other, for: "release areas from slope, curvature, upslope area and regions")
  }
  try slopeTangent.require(0...5_000, of: "tangent of the slope angle", threads: threads)
  try upslopeArea.require(0...Float.greatestFiniteMagnitude, of: "upslope area in m²", threads: threads)
  try thresholds.require(codesOf: regions, as: "region", threads: threads)
  let tangents = thresholds.entries.map { entry in
    // The tangent of a right angle is a large number, not infinite, and walls shall pass.
    let steepest = entry.slope.upperBound >= 90 ? Double.infinity : tangent(degrees: entry.slope.upperBound)
    return tangent(degrees: entry.slope.lowerBound)...steepest
  }
  var result = Grid<UInt8>(slopeTangent.geometry, repeating: ReleaseClass.noData.rawValue)
  result.forEachRow(threads: threads) { row, cells in
    let slopes = slopeTangent.row(row)
    let curvatures = planCurvature.row(row)
    let areas = upslopeArea.row(row)
    let codes = regions.row(row)
    for column in 0..<cells.count {
      guard let position = thresholds.position(of: codes[column]), !slopes[column].isNaN,
        !curvatures[column].isNaN, !areas[column].isNaN
      else { continue }
      let entry = thresholds.entries[position]
      let passes =
        tangents[position].contains(Double(slopes[column])) && Double(curvatures[column]) <= entry.planCurvature
        && Double(areas[column]) >= entry.upslopeArea
      cells[column] = (passes ? ReleaseClass.release : .none).rawValue
    }
  }
  return result
}
