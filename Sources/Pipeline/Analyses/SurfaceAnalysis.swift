import Foundation
import Geodata
import Grids
public import Report
import Terrain

/// Slope, aspect and curvature of an elevation raster: `overvann surface`.
public struct SurfaceAnalysis: Sendable {
  /// A raster that can be asked for.
  public enum Product: String, Sendable, CaseIterable {
    /// Slope.
    case slope
    /// Direction that a slope faces.
    case aspect
    /// Curvature across the slope.
    case planCurvature = "plan-curvature"
    /// Curvature along the slope.
    case profileCurvature = "profile-curvature"
  }

  /// Unit of the slope.
  public enum SlopeUnit: String, Sendable, CaseIterable {
    /// Tangent of the angle.
    case tangent
    /// Degrees.
    case degrees
    /// Per cent.
    case percent
  }

  /// The terrain.
  public var elevation: ElevationRaster
  /// Unit of the slope.
  public var slopeUnit = SlopeUnit.degrees
  /// Rasters to write: path by product.
  public var rasters: [Product: String] = [:]
  /// How files are written.
  public var files = OutputFiles()
  /// Number of threads; the result does not depend on it.
  public var threads = 1

  /// An analysis with every option at its default.
  public init(_ elevation: ElevationRaster) { self.elevation = elevation }

  /// Reads, computes and writes what was asked for.
  /// - Throws: ``RunFailure``; then no file that was not finished has been written or replaced.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    try files.check(Product.allCases.map { rasters[$0] }, inputs: [elevation.path])
    let ground = try progress.step("read") { () throws(RunFailure) in try elevation.read(threads: threads) }
    let unit = ["tangent": "1", "degrees": "degree", "percent": "%"][slopeUnit.rawValue] ?? "1"
    try write(.slope, progress, unit: unit) {
      let slope = slopeTangent(ground, threads: threads)
      switch slopeUnit {
      case .tangent: return slope
      case .percent: return slope.map(threads: threads) { $0 * 100 }
      case .degrees: return slope.map(threads: threads) { Float(atan(Double($0)) * 180 / .pi) }
      }
    }
    try write(.aspect, progress, unit: "degree") { aspect(ground, threads: threads) }
    try write(.planCurvature, progress, unit: "1/m") { planCurvature(ground, threads: threads) }
    try write(.profileCurvature, progress, unit: "1/m") { profileCurvature(ground, threads: threads) }
    return ["cells": JSONValue(ground.count)]
  }

  private static let descriptions: [Product: String] = [
    .slope: "Slope (Horn 1981)", .aspect: "Direction that the slope faces, clockwise from north; -1 is level",
    .planCurvature: "Plan curvature (Zevenbergen and Thorne 1987)",
    .profileCurvature: "Profile curvature (Zevenbergen and Thorne 1987)",
  ]

  private func write(
    _ product: Product, _ progress: AnalysisProgress, unit: String, _ grid: () -> Grid<Float>
  ) throws(RunFailure) {
    guard let path = rasters[product] else { return }
    try progress.step("write \(path)") { () throws(RunFailure) in
      try RunFailure.locating(at: SourcePosition(file: path)) {
        try writeGeoTIFF(
          grid(), to: path, compressed: files.compresses, unit: unit, description: Self.descriptions[product],
          threads: threads)
      }
    }
  }
}
