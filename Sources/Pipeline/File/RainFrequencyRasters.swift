import Geodata
import Grids
import Rainfall

/// A raster of a set by return period and duration.
public struct RainFrequencyRaster: Sendable, Hashable {
  /// Years.
  public let returnPeriod: Double
  /// Minutes.
  public let duration: Double
  /// The file.
  public let path: String
}

extension GriddedRainFrequency {
  /// Reads what a question needs of a set: the rasters within ranges, and the nearest on either side of them.
  /// - Parameters:
  ///   - rasters: The set.
  ///   - unit: Unit of its numbers.
  ///   - geometry: Grid that the rasters are brought onto, bilinear.
  ///   - returnPeriods: Years that are asked for, up to infinity for all.
  ///   - durations: Minutes that are asked for.
  ///   - threads: Number of threads.
  ///   - note: Is told of every raster that was read.
  /// - Throws: ``GeodataError`` of a raster, or ``IntensityDurationFrequencyError``.
  init(
    _ rasters: [RainFrequencyRaster], unit: RainFieldUnit, onto geometry: GridGeometry,
    returnPeriods: ClosedRange<Double>, durations: ClosedRange<Double>, threads: Int,
    _ note: (RainFrequencyRaster, RasterInformation) throws -> Void = { _, _ in }
  ) throws {
    func around(_ range: ClosedRange<Double>, _ values: [Double], _ name: String) throws -> ClosedRange<Double> {
      guard let least = values.min(), let greatest = values.max() else { throw IntensityDurationFrequencyError.noRows }
      let asked = range.upperBound
      if asked.isFinite, asked < least || asked > greatest {
        throw IntensityDurationFrequencyError.outside(name, asked, range: least...greatest)
      }
      return
        (values.filter { $0 <= range.lowerBound }.max() ?? least)...(values.filter { $0 >= asked }.min() ?? greatest)
    }
    let years = try around(returnPeriods, rasters.map(\.returnPeriod), "return period in years")
    let minutes = try around(durations, rasters.map(\.duration), "duration in minutes")
    let layers = try rasters.filter { years.contains($0.returnPeriod) && minutes.contains($0.duration) }.map { raster in
      let (grid, information, _) = try readRaster(
        raster.path, alignedTo: geometry, resampling: .bilinear,
        RasterReading(acceptsAllNodata: true, threads: threads))
      try note(raster, information)
      let factor = Float(unit.millimetres(hours: raster.duration / 60))
      return Layer(
        returnPeriod: raster.returnPeriod, duration: raster.duration,
        depth: factor == 1 ? grid : grid.map(threads: threads) { $0 * factor })
    }
    try self.init(layers, threads: threads)
  }
}
