import Foundation
public import Grids

/// Rain intensity above which slides have been seen to start, by the duration of the rain: I = c + a D^−b.
public struct IntensityDurationThreshold: Sendable, Hashable {
  /// What the intensity is measured in.
  public enum Measure: String, Sendable, Hashable, CaseIterable {
    /// mm/h.
    case absolute
    /// Share of the mean annual precipitation an hour, 1/h.
    case shareOfMeanAnnual = "share_of_mean_annual"
  }

  /// Name, such as `Caine 1980`.
  public let name: String
  /// c, 0 or more.
  public let offset: Double
  /// a, above 0, for D in hours.
  public let coefficient: Double
  /// b.
  public let exponent: Double
  /// Durations that the curve was drawn for, hours.
  public let durations: ClosedRange<Double>
  /// What the intensity is measured in.
  public let measure: Measure
  /// Where the figures come from, with a date.
  public let source: String

  /// Takes the figures of a curve.
  public init(
    name: String, offset: Double = 0, coefficient: Double, exponent: Double, durations: ClosedRange<Double>,
    measure: Measure = .absolute, source: String
  ) {
    precondition(offset >= 0 && coefficient > 0 && durations.lowerBound > 0, "a curve above 0")
    self.name = name
    self.offset = offset
    self.coefficient = coefficient
    self.exponent = exponent
    self.durations = durations
    self.measure = measure
    self.source = source
  }

  /// Threshold at a duration in hours: mm/h, or share of the mean annual precipitation an hour; outside the durations of
  /// the curve too.
  public func intensity(duration: Double) -> Double { offset + coefficient * pow(duration, -exponent) }

  /// World, debris flows and shallow slides.
  public static let caine1980 = Self(
    name: "Caine 1980", coefficient: 14.82, exponent: 0.39, durations: 0.167...500,
    source: "Caine (1980), Geografiska Annaler 62A, 23–27; not confirmed from the paper")
  /// World.
  public static let guzzetti2008 = Self(
    name: "Guzzetti 2008", coefficient: 2.20, exponent: 0.44, durations: 0.1...1000,
    source: "Guzzetti et al. (2008), Landslides 5, 3–17; not confirmed from the paper")
  /// Central and southern Europe.
  public static let cadses2007 = Self(
    name: "CADSES 2007", coefficient: 9.40, exponent: 0.56, durations: 0.1...4000,
    source: "Guzzetti et al. (2007), Meteorology and Atmospheric Physics 98, 239–267; not confirmed from the paper")
  /// World, normalised by the mean annual precipitation.
  public static let guzzetti2008Normalised = Self(
    name: "Guzzetti 2008, normalised", coefficient: 0.0016, exponent: 0.40, durations: 0.1...1000,
    measure: .shareOfMeanAnnual,
    source: "Guzzetti et al. (2008), Landslides 5, 3–17; not confirmed from the paper")
  /// Norway: 1.2 D^0.6 percent of the mean annual precipitation in D hours.
  public static let sandersen1996 = Self(
    name: "Sandersen 1996", coefficient: 0.012, exponent: 0.4, durations: 1...240, measure: .shareOfMeanAnnual,
    source: "Sandersen et al. (1996), NGI; durations and figures not confirmed from the paper")

  /// The curves above.
  public static let known = [caine1980, guzzetti2008, cadses2007, guzzetti2008Normalised, sandersen1996]
}

/// How far rain is above a threshold, step by step.
///
/// At the end of each step the mean intensity over every span of whole steps that ends there, and that the curve was
/// drawn for, is compared with the threshold of its length.
/// - Parameters:
///   - rain: Depth of rain of each step, mm, ≥ 0; NaN is no data.
///   - stepHours: Length of a step, hours.
///   - threshold: The curve.
///   - meanAnnual: Mean annual precipitation, mm, above 0; needed where the curve is a share of it; NaN is no data.
///   - threads: Number of threads.
/// - Returns: For each step the largest ratio of intensity to threshold, 1 where the threshold is just reached; 0 where
///   no span fits; NaN where any step so far, or the mean annual precipitation, is no data.
/// - Throws: ``GeometryMismatch``, ``ValuesOutOfRange`` or ``MissingMeanAnnual``.
/// - Complexity: O(cells × steps × spans).
public func rainfallThresholdRatios(
  _ rain: [Grid<Float>], stepHours: Double, threshold: IntensityDurationThreshold, meanAnnual: Grid<Float>? = nil,
  threads: Int
) throws -> [Grid<Float>] {
  precondition(stepHours > 0, "a step lasts")
  guard let first = rain.first else { return [] }
  let geometry = first.geometry
  for step in rain {
    try geometry.require(step.geometry, for: "rainfall threshold")
    try step.require(0...5_000, of: "rain in mm a step", threads: threads)
  }
  let normal = threshold.measure == .shareOfMeanAnnual ? meanAnnual : nil
  if threshold.measure == .shareOfMeanAnnual {
    guard let normal else { throw MissingMeanAnnual(threshold: threshold.name) }
    try geometry.require(normal.geometry, for: "rainfall threshold and mean annual precipitation")
    try normal.require(1...20_000, of: "mean annual precipitation in mm", threads: threads)
  }
  // Depth that reaches the threshold over each number of steps; nil outside the durations of the curve.
  let depths: [Double?] = (1...rain.count).map { count in
    let duration = Double(count) * stepHours
    // A step of 10 minutes is 0.1667 h: rounding must not take it out.
    let isCovered =
      duration >= threshold.durations.lowerBound * (1 - 1e-9)
      && duration <= threshold.durations.upperBound * (1 + 1e-9)
    return isCovered ? threshold.intensity(duration: duration) * duration : nil
  }
  var results = rain.map { _ in Grid<Float>(geometry, repeating: .nan) }
  for step in rain.indices {
    results[step].forEachRow(threads: threads) { row, cells in
      for column in 0..<cells.count {
        let scale = normal.map { Double($0[column, row]) } ?? 1
        if scale.isNaN { continue }
        var sum = 0.0
        var largest = 0.0
        for count in 1...(step + 1) {
          sum += Double(rain[step + 1 - count][column, row])
          if let depth = depths[count - 1] { largest = max(largest, sum / (depth * scale)) }
        }
        cells[column] = sum.isNaN ? .nan : Float(largest)
      }
    }
  }
  return results
}

/// A threshold needs the mean annual precipitation.
public struct MissingMeanAnnual: Error, Sendable, Hashable, CustomStringConvertible {
  /// Name of the threshold.
  public let threshold: String

  /// The threshold and the way out.
  public var description: String {
    "rainfall threshold \(threshold) is a share of the mean annual precipitation; give a raster of it, or take another"
  }
}
