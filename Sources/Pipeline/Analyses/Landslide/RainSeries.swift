import Geodata
import Grids

/// Rain step after step: from steps of a length and a rate each, or from the bands of rasters.
public struct RainSeries: Sendable {
  /// One step.
  struct Step {
    /// Seconds.
    let duration: Double
    /// A rate, or a raster in mm/h.
    let rain: MapOrValue
    /// What a raster's values are multiplied with to be mm/h.
    let scale: Float
  }

  let steps: [Step]

  /// Steps such as `48h=1.5mm/h` or `1h=rain.tif`; rasters are in mm/h.
  /// - Throws: ``RunFailure`` for a text that is neither.
  public init(steps texts: [String]) throws(RunFailure) {
    var steps: [Step] = []
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let time = try? Quantity(parts[0], .time), time.seconds > 0 else {
        throw RunFailure(
          .configuration,
          [
            Diagnostic(
              .valueNotAllowed, at: SourcePosition(file: "--rain"), "\"\(text)\" is no step of rain",
              hint: "write a time and a rate or a raster in mm/h, as in 48h=1.5mm/h or 1h=rain.tif")
          ])
      }
      steps.append(Step(duration: time.seconds, rain: MapOrValue(parts[1], .rate), scale: 1))
    }
    self.steps = steps
  }

  /// Every band of every raster is a step of the same length.
  /// - Parameter areDepths: Whether values are depths a step (mm), else rates (mm/h).
  /// - Throws: ``RunFailure`` for a file that cannot be read.
  public init(rasters: [String], stepLength: String, areDepths: Bool) throws(RunFailure) {
    guard let step = try? Quantity(stepLength, .time), step.seconds > 0 else {
      throw RunFailure(
        .configuration,
        [
          Diagnostic(
            .invalidQuantity, at: SourcePosition(file: "--step"), "\"\(stepLength)\" is no time above 0",
            hint: "write 1h, 10min or 1d")
        ])
    }
    var steps: [Step] = []
    for path in rasters {
      let bands = try RunFailure.locating(at: SourcePosition(file: path)) { try inspectRaster(path).bandCount }
      for band in 1...max(1, bands) {
        steps.append(
          Step(
            duration: step.seconds, rain: MapOrValue(path, .rate, band: band),
            scale: areDepths ? Float(1 / step.hours) : 1))
      }
    }
    self.steps = steps
  }

  /// Intensity of a step on a grid, mm/h.
  func intensity(_ step: Step, on geometry: GridGeometry, threads: Int) throws(RunFailure) -> Grid<Float> {
    let grid = try step.rain.grid(on: geometry, scale: step.scale, threads: threads)
    // Rates are kept in mm/d.
    return step.rain.value == nil ? grid : grid.map(threads: threads) { $0 / 24 }
  }
}
