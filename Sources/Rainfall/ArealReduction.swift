import Foundation

/// Mean rain over an area as a share of rain at a point, for the same duration and return period.
public struct ArealReduction: Sendable, Hashable {
  private enum Rule: Hashable, Sendable {
    case table(areas: [Double], durations: [Double], factors: [[Double]])
    case weatherBureau
  }

  private let rule: Rule
  /// Where the factors come from.
  public let source: String

  /// Factors by area and duration, linear between the rows in ln(area) and ln(duration).
  ///
  /// Areas below the smallest of the table take a factor between its first and 1 (linear in area, 1 at a point).
  /// - Parameters:
  ///   - rows: Area in km² (> 0), duration in minutes (> 0), factor over 0 to 1; one for each pair.
  ///   - source: Where the factors come from.
  /// - Throws: ``ArealReductionError`` where a pair is missing or double, or factors rise with area or fall with duration.
  public init(
    rows: [(area: Double, duration: Double, factor: Double)], source: String
  ) throws(ArealReductionError) {
    let areas = Set(rows.map(\.area)).sorted()
    let durations = Set(rows.map(\.duration)).sorted()
    var factors: [[Double]] = []
    for (number, row) in rows.enumerated() {
      guard row.area > 0, row.duration > 0, row.area.isFinite, row.duration.isFinite, row.factor > 0, row.factor <= 1
      else { throw ArealReductionError("row \(number + 1): give an area and a duration above 0, a factor from 0 to 1") }
    }
    guard !rows.isEmpty else { throw ArealReductionError("the table has no rows") }
    for area in areas {
      var line: [Double] = []
      for duration in durations {
        let found = rows.filter { $0.area == area && $0.duration == duration }
        guard found.count == 1 else {
          throw ArealReductionError(
            "\(found.count) rows for \(area) km² and \(duration) min; give one for each pair")
        }
        line.append(found[0].factor)
      }
      factors.append(line)
    }
    for i in areas.indices {
      for j in durations.indices {
        if i > 0, factors[i][j] > factors[i - 1][j] {
          throw ArealReductionError("\(durations[j]) min: the factor rises from \(areas[i - 1]) to \(areas[i]) km²")
        }
        if j > 0, factors[i][j] < factors[i][j - 1] {
          throw ArealReductionError("\(areas[i]) km²: the factor falls from \(durations[j - 1]) to \(durations[j]) min")
        }
      }
    }
    rule = .table(areas: areas, durations: durations, factors: factors)
    self.source = source
  }

  private init(_ rule: Rule, source: String) {
    self.rule = rule
    self.source = source
  }

  /// The curves of the US Weather Bureau's Technical Paper 29 as Leclerc and Schaake put them in a formula.
  ///
  /// 1 − exp(−1.1 t^¼) + exp(−1.1 t^¼ − 0.01 A), t in hours and A in square miles (G. Leclerc and J. C. Schaake 1972,
  /// MIT Department of Civil Engineering, report 142). Made from American rain; check it before use elsewhere.
  public static let weatherBureau = ArealReduction(
    .weatherBureau,
    source: "US Weather Bureau TP 29 (1958), formula of Leclerc and Schaake (1972); unverified for Norway")

  /// The factor for an area in km² and a duration in minutes.
  /// - Throws: ``ArealReductionError`` for areas and durations beyond a table.
  public func factor(area: Double, duration: Double) throws(ArealReductionError) -> Double {
    guard area >= 0, area.isFinite, duration > 0, duration.isFinite else {
      throw ArealReductionError("area \(area) km², duration \(duration) min; give an area and a duration")
    }
    switch rule {
    case .weatherBureau:
      let decay = -1.1 * (duration / 60).squareRoot().squareRoot()
      return 1 - exp(decay) + exp(decay - 0.01 * area / 2.589988110336)
    case .table(let areas, let durations, let factors):
      guard let (j, time) = Self.position(of: duration, in: durations) else {
        throw ArealReductionError(
          "\(duration) min lie beyond the table (\(durations[0])…\(durations[durations.count - 1]))")
      }
      func along(_ line: [Double]) -> Double {
        time == 0 ? line[j] : line[j] * (1 - time) + line[j + 1] * time
      }
      if area < areas[0] { return 1 + (along(factors[0]) - 1) * area / areas[0] }
      guard let (i, size) = Self.position(of: area, in: areas) else {
        throw ArealReductionError("\(area) km² lie beyond the table (up to \(areas[areas.count - 1]))")
      }
      return size == 0 ? along(factors[i]) : along(factors[i]) * (1 - size) + along(factors[i + 1]) * size
    }
  }

  private static func position(of value: Double, in knots: [Double]) -> (Int, Double)? {
    guard let below = knots.lastIndex(where: { $0 <= value }) else { return nil }
    if knots[below] == value { return (below, 0) }
    guard below + 1 < knots.count else { return nil }
    return (below, log(value / knots[below]) / log(knots[below + 1] / knots[below]))
  }
}

/// Areal reduction factors that cannot be used, or a question beyond them.
public struct ArealReductionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and the way out.
  public let description: String

  init(_ what: String) { description = "areal reduction: \(what)" }
}
