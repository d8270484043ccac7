/// Rain depths by return period and duration: an intensity–duration–frequency table.
///
/// The table is complete (a depth for each return period and each duration), depth rises with the return period and does not
/// fall with duration, and mean intensity does not rise with duration. Between the durations ln(depth) is linear in
/// ln(duration); between the return periods depth is linear in Gumbel's reduced variate, so that a table made from
/// Gumbel distributions is met exactly. Nothing is extrapolated unless it is asked for, and then it is flagged.
public struct IntensityDurationFrequency: Sendable, Hashable {
  /// One figure of a table.
  public struct Row: Sendable, Hashable {
    /// Years.
    public let returnPeriod: Double
    /// Minutes.
    public let duration: Double
    /// The figure in `unit`.
    public let value: Double
    /// Unit of the figure.
    public let unit: RainUnit

    /// Takes one figure.
    public init(returnPeriod: Double, duration: Double, value: Double, unit: RainUnit) {
      self.returnPeriod = returnPeriod
      self.duration = duration
      self.value = value
      self.unit = unit
    }
  }

  /// Return periods in years, rising, all above 1 year.
  public let returnPeriods: [Double]
  /// Durations in minutes, rising.
  public let durations: [Double]
  /// Depths in mm: one array for each return period, in it one depth for each duration.
  public let depths: [[Double]]

  /// Builds the table from its figures, in any order.
  /// - Throws: ``IntensityDurationFrequencyError`` where a figure is impossible, missing or double, or the figures do not
  ///   rise and fall as rain does.
  public init(_ rows: [Row]) throws(IntensityDurationFrequencyError) {
    if rows.isEmpty { throw .noRows }
    for (number, row) in rows.enumerated() {
      let numbers = [row.returnPeriod, row.duration, row.value]
      guard numbers.allSatisfy({ $0 > 0 && $0.isFinite }), row.returnPeriod > 1 else {
        throw .impossible(row, number: number + 1)
      }
    }
    let returnPeriods = Set(rows.map(\.returnPeriod)).sorted()
    let durations = Set(rows.map(\.duration)).sorted()
    var depths: [[Double?]] = Array(
      repeating: Array(repeating: nil, count: durations.count), count: returnPeriods.count)
    for (number, row) in rows.enumerated() {
      guard let i = returnPeriods.firstIndex(of: row.returnPeriod), let j = durations.firstIndex(of: row.duration)
      else { continue }
      if depths[i][j] != nil { throw .double(row, number: number + 1) }
      depths[i][j] = row.unit.millimetres(row.value, minutes: row.duration)
    }
    self.returnPeriods = returnPeriods
    self.durations = durations
    var complete: [[Double]] = []
    for (i, line) in depths.enumerated() {
      complete.append([])
      for (j, depth) in line.enumerated() {
        guard let depth else { throw .missing(returnPeriod: returnPeriods[i], duration: durations[j]) }
        complete[i].append(depth)
      }
    }
    self.depths = complete
    let problems = self.problems()
    if !problems.isEmpty { throw .implausible(problems) }
  }

  /// Where the figures do not rise and fall as they must, but for the rounding of the conversion of units.
  private func problems() -> [String] {
    var problems: [String] = []
    let rounding = 1 + 1e-9
    for i in returnPeriods.indices {
      for j in durations.indices.dropFirst() {
        let (shorter, longer) = (depths[i][j - 1], depths[i][j])
        if longer * rounding < shorter {
          problems.append(
            "\(returnPeriods[i]) years: depth falls from \(shorter) mm in \(durations[j - 1]) min to \(longer) mm in "
              + "\(durations[j]) min")
        }
        if longer / durations[j] > shorter / durations[j - 1] * rounding {
          problems.append(
            "\(returnPeriods[i]) years: intensity rises from \(shorter * 60 / durations[j - 1]) mm/h over "
              + "\(durations[j - 1]) min to \(longer * 60 / durations[j]) mm/h over \(durations[j]) min")
        }
      }
    }
    for i in returnPeriods.indices.dropFirst() {
      for j in durations.indices where depths[i][j] <= depths[i - 1][j] {
        problems.append(
          "\(durations[j]) min: depth does not rise from \(depths[i - 1][j]) mm at \(returnPeriods[i - 1]) years to "
            + "\(depths[i][j]) mm at \(returnPeriods[i]) years")
      }
    }
    return problems
  }
}

/// An intensity–duration–frequency table that is no such table, or a question beyond it.
public enum IntensityDurationFrequencyError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The table is empty.
  case noRows
  /// A return period, duration or figure that is not above 0; the number counts rows from 1.
  case impossible(IntensityDurationFrequency.Row, number: Int)
  /// A return period and duration that occur twice.
  case double(IntensityDurationFrequency.Row, number: Int)
  /// A return period without a figure for a duration.
  case missing(returnPeriod: Double, duration: Double)
  /// Depths or intensities that do not rise and fall as rain does.
  case implausible([String])
  /// A return period or duration beyond the table.
  case outside(String, Double, range: ClosedRange<Double>)

  /// What was found, where, and the way out.
  public var description: String {
    switch self {
    case .noRows:
      "the intensity table has no rows; give one for each return period and duration"
    case .impossible(let row, let number):
      "intensity table, row \(number): return period \(row.returnPeriod), duration \(row.duration), value \(row.value) "
        + "\(row.unit.rawValue); give numbers above 0 and return periods above 1 year"
    case .double(let row, let number):
      "intensity table, row \(number): return period \(row.returnPeriod) years and duration \(row.duration) min occur "
        + "twice; keep one of the rows"
    case .missing(let returnPeriod, let duration):
      "intensity table: no row for return period \(returnPeriod) years and duration \(duration) min; give every duration "
        + "for every return period"
    case .implausible(let problems):
      "intensity table: " + problems.joined(separator: "; ") + "; check figures and units"
    case .outside(let quantity, let value, let range):
      "\(quantity) \(value) lies outside the intensity table (\(range.lowerBound)…\(range.upperBound)); nothing is "
        + "extrapolated unless asked for; give rows that reach it"
    }
  }
}
