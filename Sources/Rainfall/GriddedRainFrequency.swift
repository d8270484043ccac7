import Foundation
public import Grids

/// Rain depths by return period and duration in every cell of a grid.
///
/// The rules of ``IntensityDurationFrequency`` hold cell by cell: between durations ln(depth) is linear in
/// ln(duration), between return periods depth is linear in Gumbel's reduced variate.
public struct GriddedRainFrequency: Sendable {
  /// One raster of the set.
  public struct Layer: Sendable {
    /// Years.
    public let returnPeriod: Double
    /// Minutes.
    public let duration: Double
    /// Millimetres; NaN is no data.
    public let depth: Grid<Float>

    /// Takes one raster.
    public init(returnPeriod: Double, duration: Double, depth: Grid<Float>) {
      self.returnPeriod = returnPeriod
      self.duration = duration
      self.depth = depth
    }
  }

  /// Return periods in years, rising.
  public let returnPeriods: [Double]
  /// Durations in minutes, rising.
  public let durations: [Double]
  /// Size, position and reference system of all rasters.
  public let geometry: GridGeometry
  private let depths: [[Grid<Float>]]

  /// Puts the rasters together, in any order.
  /// - Throws: ``IntensityDurationFrequencyError`` where a raster is missing or double, or where depths do not rise with
  ///   the return period or fall with duration (the first cell is named), or ``GeometryMismatch``.
  public init(_ layers: [Layer], threads: Int) throws {
    guard let first = layers.first else { throw IntensityDurationFrequencyError.noRows }
    returnPeriods = Set(layers.map(\.returnPeriod)).sorted()
    durations = Set(layers.map(\.duration)).sorted()
    geometry = first.depth.geometry
    var depths: [[Grid<Float>]] = []
    for returnPeriod in returnPeriods {
      var line: [Grid<Float>] = []
      for duration in durations {
        let found = layers.filter { $0.returnPeriod == returnPeriod && $0.duration == duration }
        guard let layer = found.first else {
          throw IntensityDurationFrequencyError.missing(returnPeriod: returnPeriod, duration: duration)
        }
        let row = IntensityDurationFrequency.Row(
          returnPeriod: returnPeriod, duration: duration, value: 0, unit: .millimetres)
        guard returnPeriod > 1, duration > 0 else { throw IntensityDurationFrequencyError.impossible(row, number: 1) }
        guard found.count == 1 else { throw IntensityDurationFrequencyError.double(row, number: 2) }
        try geometry.require(layer.depth.geometry, for: "rain by return period and duration")
        try layer.depth.require(
          0...100_000, of: "rain of \(returnPeriod) years in \(duration) min, mm", threads: threads)
        line.append(layer.depth)
      }
      depths.append(line)
    }
    self.depths = depths
    for i in returnPeriods.indices {
      for j in durations.indices {
        if i > 0 { try check(i, j, against: (i - 1, j), "does not rise with the return period") { $0 > $1 } }
        if j > 0 { try check(i, j, against: (i, j - 1), "falls with duration") { $0 >= $1 } }
      }
    }
  }

  private func check(
    _ i: Int, _ j: Int, against other: (Int, Int), _ what: String, _ holds: (Float, Float) -> Bool
  ) throws(IntensityDurationFrequencyError) {
    let (one, two) = (depths[i][j], depths[other.0][other.1])
    for row in 0..<geometry.rows {
      let (a, b) = (one.row(row), two.row(row))
      for column in 0..<a.count where !a[column].isNaN && !b[column].isNaN && !holds(a[column], b[column]) {
        throw .implausible([
          "column \(column), row \(row): depth \(what), from \(b[column]) mm (\(returnPeriods[other.0]) years, "
            + "\(durations[other.1]) min) to \(a[column]) mm (\(returnPeriods[i]) years, \(durations[j]) min)"
        ])
      }
    }
  }

  /// Depth in mm of a return period and duration within the set; NaN where a raster that it needs has no data.
  /// - Throws: ``IntensityDurationFrequencyError/outside(_:_:range:)`` beyond the set.
  public func depth(
    returnPeriod: Double, duration: Double, threads: Int
  ) throws(IntensityDurationFrequencyError) -> Grid<Float> {
    guard let (i, period) = Self.position(of: returnPeriod, in: returnPeriods, GumbelVariate.ofReturnPeriod) else {
      throw .outside("return period in years", returnPeriod, range: Self.range(returnPeriods))
    }
    let lower = try depth(line: i, duration: duration, threads: threads)
    if period == 0 { return lower }
    let upper = try depth(line: i + 1, duration: duration, threads: threads)
    return Self.combine(lower, upper, threads: threads) { Float(Double($0) * (1 - period) + Double($1) * period) }
  }

  /// The same, with the intensity of the shortest duration where a shorter one is asked for.
  func depth(
    returnPeriod: Double, within minutes: Double, threads: Int
  ) throws(IntensityDurationFrequencyError) -> Grid<Float> {
    let shortest = durations[0]
    let depth = try depth(returnPeriod: returnPeriod, duration: max(minutes, shortest), threads: threads)
    let share = minutes / shortest
    return share >= 1 ? depth : depth.map(threads: threads) { Float(Double($0) * share) }
  }

  /// The return period in years that rain within a duration reaches in every cell.
  ///
  /// Beyond the set the shortest or longest return period stands, and ``ReturnPeriodOfRain/standing`` tells.
  /// - Throws: ``GeometryMismatch``, or ``IntensityDurationFrequencyError/outside(_:_:range:)`` for other durations.
  public func returnPeriod(ofDepth rain: Grid<Float>, duration: Double, threads: Int) throws -> ReturnPeriodOfRain {
    try geometry.require(rain.geometry, for: "return period of rain")
    let lines = try returnPeriods.indices.map { try depth(line: $0, duration: duration, threads: threads) }
    return ReturnPeriodOfRain(rain: rain, returnPeriods: returnPeriods, threads: threads) { cell in
      lines.map { Double($0[cell]) }
    }
  }

  private func depth(
    line: Int, duration: Double, threads: Int
  ) throws(IntensityDurationFrequencyError) -> Grid<Float> {
    guard let (j, time) = Self.position(of: duration, in: durations, { log($0) }) else {
      throw .outside("duration in minutes", duration, range: Self.range(durations))
    }
    if time == 0 { return depths[line][j] }
    return Self.combine(depths[line][j], depths[line][j + 1], threads: threads) { shorter, longer in
      // No rain in the shorter duration leaves no logarithm to interpolate.
      shorter > 0 ? Float(Double(shorter) * exp(time * log(Double(longer) / Double(shorter)))) : longer * Float(time)
    }
  }

  private static func range(_ values: [Double]) -> ClosedRange<Double> { values[0]...values[values.count - 1] }

  /// The last knot at or below a value and how far it lies towards the next.
  private static func position(of value: Double, in knots: [Double], _ scale: (Double) -> Double) -> (Int, Double)? {
    guard let below = knots.lastIndex(where: { $0 <= value }) else { return nil }
    if knots[below] == value { return (below, 0) }
    guard below + 1 < knots.count else { return nil }
    return (below, (scale(value) - scale(knots[below])) / (scale(knots[below + 1]) - scale(knots[below])))
  }

  private static func combine(
    _ a: Grid<Float>, _ b: Grid<Float>, threads: Int, _ body: @Sendable (Float, Float) -> Float
  ) -> Grid<Float> {
    var result = Grid<Float>(a.geometry, repeating: .nan)
    result.forEachRow(threads: threads) { row, cells in
      let (left, right) = (a.row(row), b.row(row))
      for column in 0..<cells.count { cells[column] = body(left[column], right[column]) }
    }
    return result
  }
}
