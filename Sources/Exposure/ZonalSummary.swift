/// What to ask of one raster in each zone, beyond what is always found: coverage, count, sum, mean, minimum, maximum.
public struct ZonalQuestion: Sendable, Hashable {
  /// Values below this are covered but do not enter count, sum, mean, variance, minimum, maximum and quantiles.
  ///
  /// With the depth from which a cell is wet, the mean is that of the wet cells.
  public var countedFrom: Double?
  /// Whether the variance is wanted.
  public var wantsVariance = false
  /// Shares from 0 to 1 of which quantiles are wanted.
  public var quantiles: [Double] = []
  /// Values whose exceedance is measured: the share of the zone with a value at or above each.
  public var thresholds: [Double] = []
  /// Values whose share of the zone is measured.
  public var classes: [Double] = []
  /// Whether mode, minority and variety are wanted.
  public var wantsModes = false

  /// The plain statistics only.
  public init() {}

  /// Whether the weight of every single value is needed.
  var needsTable: Bool { wantsModes || !classes.isEmpty }
}

/// Statistics of one raster in one zone; a cell counts with what the zone has of it.
///
/// The weight of a cell is the fraction of it that a surface covers, the length of a line within it, or 1 for the cell
/// that holds a point; where there is a raster of weights, times its value. Where no cell with data is touched, every
/// statistic is nil: no data is not zero.
public struct ZonalSummary: Sendable, Hashable {
  /// How much of the zone the raster tells about.
  public internal(set) var coverage: ZonalCoverage
  /// Number of touched cells with an infinite value among those without data.
  public internal(set) var infiniteCells = 0
  /// Sum of the weights of counted cells.
  public internal(set) var count = 0.0
  /// Sum of weight times value over counted cells; nil where no cell has data.
  public internal(set) var sum: Double?
  /// Weighted mean over counted cells; nil where none is counted.
  public internal(set) var mean: Double?
  /// Weighted variance over counted cells, Σw(v − mean)²/Σw; nil where none is counted or it is not asked for.
  public internal(set) var variance: Double?
  /// Smallest value among counted cells of which more than 10⁻⁹ is covered.
  public internal(set) var minimum: Double?
  /// Largest value among counted cells of which more than 10⁻⁹ is covered.
  public internal(set) var maximum: Double?
  /// The quantiles asked for: for each the smallest value at which the summed weight reaches the share.
  public internal(set) var quantiles: [Double?] = []
  /// Share of the zone with a value at or above each threshold; nil where no cell has data.
  public internal(set) var sharesAtOrAbove: [Double?] = []
  /// Share of the zone that each class asked for takes; nil where no cell has data.
  public internal(set) var classShares: [Double?] = []
  /// The counted value of largest weight; the smallest of several.
  public internal(set) var mode: Double?
  /// The counted value of smallest weight; the smallest of several.
  public internal(set) var minority: Double?
  /// Number of different counted values; nil where it is not asked for.
  public internal(set) var variety: Int?
  /// Whether the zone has too many different values to weigh each of them; shares of classes and modes are nil then.
  public internal(set) var isTooVaried = false
}

/// What a zone has of the rasters of one grid.
public struct ZonalReport: Sendable, Hashable {
  /// Area of the zone by the shoelace formula, in square units of the reference system; length of a line; 1 for a point.
  public let size: Double
  /// What the coverage tells about the soundness of the zone.
  public let check: CoverageCheck
  /// One summary for each question.
  public let summaries: [ZonalSummary]
}
