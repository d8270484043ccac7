import Geodata
import Grids
import Landslide

/// Rain step after step: steps of a length and a rate each, or rasters over time.
public struct RainSeries: Sendable {
  /// One step.
  private struct Step {
    /// Seconds.
    let duration: Double
    /// A rate, or a raster in mm/h.
    let rain: MapOrValue
  }

  private enum Origin {
    case steps([Step])
    case field(RainFieldSource)
  }

  private let origin: Origin

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
      steps.append(Step(duration: time.seconds, rain: MapOrValue(parts[1], .rate)))
    }
    origin = .steps(steps)
  }

  /// Rasters over time.
  public init(_ source: RainFieldSource) { origin = .field(source) }

  /// Files that are read.
  var paths: [String] {
    switch origin {
    case .steps(let steps): steps.filter { $0.rain.value == nil }.map(\.rain.text)
    case .field(let source): source.paths
    }
  }

  /// Reads all steps.
  /// - Parameter geometry: Grid of the results; nil for that of the rasters.
  /// - Returns: Steps with rates in mm/h, and what the files call the first of them.
  func read(
    onto geometry: GridGeometry?, threads: Int, _ progress: AnalysisProgress
  ) throws(RunFailure) -> (steps: [RainStep], start: String?) {
    switch origin {
    case .steps(let steps):
      guard let geometry else { preconditionFailure("rates have no grid of their own") }
      var result: [RainStep] = []
      for (number, step) in steps.enumerated() {
        try progress.tell("rain", number: number, of: steps.count)
        let rate = try step.rain.grid(on: geometry, threads: threads)
        // Rates are kept in mm/d.
        result.append(
          RainStep(
            duration: step.duration,
            intensity: step.rain.value == nil ? rate : rate.map(threads: threads) { $0 / 24 }))
      }
      return (result, nil)
    case .field(let source):
      let place = SourcePosition(file: source.paths.first ?? "--series")
      let field = try RainField(source, onto: geometry, threads: threads, at: place)
      let hours = try field.commonHours()
      var result: [RainStep] = []
      try field.forEachStep { step, rain in
        try progress.tell("rain", number: step, of: field.series.steps.count)
        let perHour = Float(1 / hours)
        result.append(RainStep(duration: hours * 3600, intensity: rain.map(threads: threads) { $0 * perHour }))
      }
      return (result, "\(field.series.steps[field.leadingGaps])")
    }
  }
}
