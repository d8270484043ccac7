public import Grids

/// A grid of measured values and what to ask of it in each zone.
public struct ZonalVariable: Sendable {
  /// The values; NaN and infinities are no data.
  public let grid: Grid<Float>
  /// Values below this are covered but do not enter count, sum, mean, minimum, maximum and quantiles.
  ///
  /// With the depth from which a cell is wet, the mean is that of the wet cells.
  public let countedFrom: Float?
  /// Shares from 0 to 1 of which quantiles are asked.
  public let quantiles: [Double]
  /// Values whose exceedance is measured: the area with a value at or above each.
  public let thresholds: [Float]

  /// Asks for the plain statistics, and quantiles and exceeded areas where some are named.
  public init(
    _ grid: Grid<Float>, countedFrom: Float? = nil, quantiles: [Double] = [], thresholds: [Float] = []
  ) {
    precondition(quantiles.allSatisfy { $0 >= 0 && $0 <= 1 }, "a quantile lies between 0 and 1")
    self.grid = grid
    self.countedFrom = countedFrom
    self.quantiles = quantiles
    self.thresholds = thresholds
  }
}

/// A grid of class codes, of which each zone gets the area per class; codes are never averaged.
public struct ZonalClassVariable: Sendable {
  /// The codes.
  public enum Codes: Sendable {
    /// Codes of 32 bits.
    case int32(Grid<Int32>)
    /// Codes of 8 bits.
    case uint8(Grid<UInt8>)
  }

  /// The codes.
  public let codes: Codes
  /// The code that means no data; nil where every code is a class.
  public let noData: Int32?

  /// Takes a grid of 32 bits; its smallest number means no data.
  public init(_ grid: Grid<Int32>, noData: Int32? = .min) {
    codes = .int32(grid)
    self.noData = noData
  }

  /// Takes a grid of 8 bits.
  public init(_ grid: Grid<UInt8>, noData: UInt8?) {
    codes = .uint8(grid)
    self.noData = noData.map(Int32.init)
  }

  var geometry: GridGeometry {
    switch codes {
    case .int32(let grid): grid.geometry
    case .uint8(let grid): grid.geometry
    }
  }
}

/// How much of a zone a grid tells about; the three shares add up to 1.
public struct ZonalCoverage: Sendable, Hashable {
  /// Share of the zone's area on cells with data.
  public let coveredFraction: Double
  /// Share of the zone's area on cells of the grid that hold no data.
  public let nodataFraction: Double
  /// Share of the zone's area outside the grid; 1 for a zone without area.
  public let outsideFraction: Double

  init(valid: Double, nodata: Double, cellArea: Double, zoneArea: Double, check: CoverageCheck) {
    guard zoneArea > 0, zoneArea.isFinite else {
      coveredFraction = 0
      nodataFraction = 0
      outsideFraction = 1
      return
    }
    let covered = valid * cellArea / zoneArea
    let missing = nodata * cellArea / zoneArea
    let almostOne = 1 - CoverageCheck.roundingError...1 + CoverageCheck.tolerance
    coveredFraction = almostOne.contains(covered) ? 1 : covered
    nodataFraction = almostOne.contains(missing) ? 1 : missing
    let rest = 1 - coveredFraction - nodataFraction
    let wholeOnGrid = check.liesWithinGrid && check.isSound
    outsideFraction = wholeOnGrid || (rest < 0 && rest >= -CoverageCheck.tolerance) ? 0 : rest
  }
}

/// Statistics of one grid in one zone; a cell counts with the fraction of it that the zone covers.
///
/// Where no cell with data is covered, every statistic is nil: no data is not zero.
public struct ZonalStatistics: Sendable, Hashable {
  /// How much of the zone the grid tells about.
  public let coverage: ZonalCoverage
  /// Number of cells with an infinite value among those without data.
  public let infiniteCells: Int
  /// Sum of the coverage of counted cells, in cells.
  public let count: Double
  /// Sum of coverage times value over counted cells; nil where no cell has data.
  public let sum: Double?
  /// Mean over counted cells, weighted by coverage; nil where none is counted.
  public let mean: Double?
  /// Smallest value among counted cells of which more than 10⁻⁹ is covered.
  public let minimum: Float?
  /// Largest value among counted cells of which more than 10⁻⁹ is covered.
  public let maximum: Float?
  /// The quantiles asked for, in their order, by ``weightedQuantile(_:values:weights:)``.
  public let quantiles: [Float?]
  /// Area with a value at or above each threshold, in square units of the reference system; nil where no cell has data.
  public let areasAtOrAbove: [Double?]
}

/// Areas of the classes of one grid in one zone.
public struct ZonalClasses: Sendable, Hashable {
  /// How much of the zone the grid tells about.
  public let coverage: ZonalCoverage
  /// Area of each class that occurs, in square units of the reference system; empty where no cell has data.
  public let areas: [Int32: Double]
  /// Area of the zone.
  public let zoneArea: Double

  /// Share of the zone's area that a class takes; nil where no cell has data.
  public func fraction(of code: Int32) -> Double? {
    guard coverage.coveredFraction > 0, zoneArea > 0 else { return nil }
    return (areas[code] ?? 0) / zoneArea
  }
}

/// All that was asked of one zone.
public struct ZonalResult: Sendable, Hashable {
  /// Area of the zone by the shoelace formula, in square units of the reference system.
  public let area: Double
  /// What the coverage tells about the soundness of the zone's polygons.
  public let check: CoverageCheck
  /// Statistics of each variable, in their order.
  public let statistics: [ZonalStatistics]
  /// Areas of classes of each class variable, in their order.
  public let classes: [ZonalClasses]
}
