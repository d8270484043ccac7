public import Grids

/// A storm made from rasters by return period and duration: every cell has the storm of its own depths.
///
/// The rules are those of ``DesignStorm``, cell by cell.
public struct GriddedDesignStorm: Sendable {
  /// Years.
  public let returnPeriod: Double
  /// Minutes.
  public let duration: Double
  /// Length of a step in minutes; the last may be shorter.
  public let stepMinutes: Double
  /// Number of steps.
  public var stepCount: Int { steps.count }
  private let table: GriddedRainFrequency
  private let steps: [[WeightedDepth]]
  private let arealFactor: Double

  /// Prepares a storm; its steps are made one at a time.
  /// - Parameters:
  ///   - table: Depths by return period and duration; its shortest duration holds for shorter ones.
  ///   - returnPeriod: Years, within the set.
  ///   - duration: Minutes, not longer than the set's longest.
  ///   - shape: How the depth is spread.
  ///   - stepMinutes: Length of a step.
  ///   - arealFactor: Factor from point to area, over 0 to 1.
  public init(
    table: GriddedRainFrequency, returnPeriod: Double, duration: Double, shape: StormShape, stepMinutes: Double,
    arealFactor: Double = 1
  ) {
    precondition(arealFactor > 0 && arealFactor <= 1, "rain over an area is not more than at a point")
    precondition(duration > 0 && stepMinutes > 0, "times are positive")
    self.table = table
    self.returnPeriod = returnPeriod
    self.duration = duration
    self.stepMinutes = stepMinutes
    self.arealFactor = arealFactor
    steps = shape.steps(minutes: duration, stepMinutes: stepMinutes)
  }

  /// Calls `body` with the rain of every step in mm and the minutes that it lasts; NaN is no data.
  ///
  /// Held are the depths that make up a step, at most four grids.
  /// - Throws: ``IntensityDurationFrequencyError/outside(_:_:range:)`` beyond the set, and what `body` throws.
  public func forEachStep(threads: Int, _ body: (_ rain: Grid<Float>, _ minutes: Double) throws -> Void) throws {
    var held: [Double: Grid<Float>] = [:]
    for (number, step) in steps.enumerated() {
      var needed: [Double: Grid<Float>] = [:]
      for minutes in Set(step.map(\.minutes)).union([duration]) {
        needed[minutes] =
          try held[minutes] ?? table.depth(returnPeriod: returnPeriod, within: minutes, threads: threads)
      }
      held = needed
      let parts = step.compactMap { term in held[term.minutes].map { (term.weight * arealFactor, $0) } }
      // Cells without data in the whole depth have none in any step.
      var rain = held[duration] ?? Grid(table.geometry, repeating: .nan)
      rain.forEachRow(threads: threads) { row, cells in
        var sums = [Double](repeating: 0, count: cells.count)
        for (weight, depth) in parts {
          let line = depth.row(row)
          for column in 0..<line.count { sums[column] += weight * Double(line[column]) }
        }
        // False for NaN, which stays.
        for column in 0..<cells.count {
          cells[column] = cells[column].isNaN ? .nan : sums[column] < 0 ? 0 : Float(sums[column])
        }
      }
      let length = number == steps.count - 1 ? duration - Double(number) * stepMinutes : stepMinutes
      try body(rain, length)
    }
  }
}
