public import Grids

/// The return period that rain reaches in every cell of a grid.
public struct ReturnPeriodOfRain: Sendable {
  /// Where a cell's rain lies against the table.
  public enum Standing: UInt8, Sendable, CaseIterable {
    /// Less than the table's shortest return period.
    case below = 1
    /// Within the table.
    case within = 2
    /// More than the table's longest return period.
    case beyond = 3
  }

  /// Years; the table's first or last return period where the rain lies beyond it; NaN is no data.
  public let years: Grid<Float>
  /// ``Standing`` by cell; 0 is no data.
  public let standing: Grid<UInt8>

  /// Judges each cell against rising depths, one for each return period; no data where one of them is NaN.
  init(
    rain: Grid<Float>, returnPeriods: [Double], threads: Int, _ depths: @Sendable (_ cell: Int) -> [Double]
  ) {
    let (columns, geometry) = (rain.columns, rain.geometry)
    var years = Grid<Float>(geometry, repeating: .nan)
    var standing = Grid<UInt8>(geometry, repeating: 0)
    years.withUnsafeMutableCells { years in
      standing.withUnsafeMutableCells { standing in
        nonisolated(unsafe) let (years, standing) = (years, standing)
        parallelBlocks(of: geometry.rows, threads: threads) { block in
          for row in block {
            let line = rain.row(row)
            for column in 0..<columns where !line[column].isNaN {
              let cell = row * columns + column
              let levels = depths(cell)
              guard !levels.contains(where: \.isNaN) else { continue }
              let answer = IntensityDurationFrequency.returnPeriod(
                of: Double(line[column]), among: returnPeriods, depths: levels)
              years[cell] = Float(answer.years)
              let place: Standing =
                answer.reach.isEmpty ? .within : answer.reach == .belowReturnPeriods ? .below : .beyond
              standing[cell] = place.rawValue
            }
          }
        }
      }
    }
    self.years = years
    self.standing = standing
  }
}

extension IntensityDurationFrequency {
  /// The return period in years that rain within a duration reaches in every cell, by one table for all.
  /// - Parameters:
  ///   - rain: Millimetres; NaN is no data.
  ///   - duration: Minutes, within the table.
  ///   - threads: Number of threads.
  /// - Throws: ``IntensityDurationFrequencyError/outside(_:_:range:)`` for durations beyond the table.
  public func returnPeriod(
    ofDepth rain: Grid<Float>, duration: Double, threads: Int
  ) throws(IntensityDurationFrequencyError) -> ReturnPeriodOfRain {
    _ = try returnPeriod(ofDepth: 0, duration: duration)
    let levels = returnPeriods.indices.map { depth(ofLine: $0, duration) }
    return ReturnPeriodOfRain(rain: rain, returnPeriods: returnPeriods, threads: threads) { _ in levels }
  }
}
