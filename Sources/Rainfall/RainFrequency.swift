import Foundation

/// Where a question to a return-period table lies.
public struct TableReach: OptionSet, Sendable, Hashable, CustomStringConvertible {
  /// The flags as bits.
  public let rawValue: UInt8
  /// Makes a set of flags.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Shorter than the shortest duration of the table.
  public static let belowDurations = TableReach(rawValue: 1)
  /// Longer than the longest duration of the table.
  public static let beyondDurations = TableReach(rawValue: 2)
  /// More frequent than the table's shortest return period.
  public static let belowReturnPeriods = TableReach(rawValue: 4)
  /// Rarer than the table's longest return period.
  public static let beyondReturnPeriods = TableReach(rawValue: 8)

  /// The flags in words; empty within the table.
  public var description: String {
    let words: [(TableReach, String)] = [
      (.belowDurations, "shorter than the table's durations"), (.beyondDurations, "longer than the table's durations"),
      (.belowReturnPeriods, "more frequent than the table"), (.beyondReturnPeriods, "rarer than the table"),
    ]
    return words.filter { contains($0.0) }.map(\.1).joined(separator: ", ")
  }
}

/// A depth of rain read from a return-period table, with the flags of what had to be extrapolated.
public struct TableDepth: Sendable, Hashable {
  /// Millimetres.
  public let millimetres: Double
  /// Empty where the question lay within the table.
  public let reach: TableReach
}

/// The return period of a depth, or the end of the table that it lies beyond.
public struct TableReturnPeriod: Sendable, Hashable {
  /// Years; the first or last return period of the table where the depth lies beyond it.
  public let years: Double
  /// Empty where the depth lies within the table.
  public let reach: TableReach
}

extension IntensityDurationFrequency {
  /// Depth in mm for a return period in years and a duration in minutes.
  /// - Throws: ``IntensityDurationFrequencyError/outside(_:_:range:)`` beyond the table.
  public func depth(
    returnPeriod: Double, duration: Double
  ) throws(IntensityDurationFrequencyError) -> Double {
    guard returnPeriods[0] <= returnPeriod, returnPeriod <= returnPeriods[returnPeriods.count - 1] else {
      throw .outside("return period in years", returnPeriod, range: Self.range(of: returnPeriods))
    }
    guard durations[0] <= duration, duration <= durations[durations.count - 1] else {
      throw .outside("duration in minutes", duration, range: Self.range(of: durations))
    }
    return extrapolatedDepth(returnPeriod: returnPeriod, duration: duration).millimetres
  }

  /// Depth in mm within and beyond the table, with flags where it lies beyond.
  ///
  /// Below the shortest duration the intensity of that duration holds; beyond the longest, and beyond the return
  /// periods, the last two figures are continued in the coordinates of the interpolation. Depth never falls with
  /// duration or return period.
  /// - Parameters:
  ///   - returnPeriod: Years, > 1.
  ///   - duration: Minutes, ≥ 0.
  public func extrapolatedDepth(returnPeriod: Double, duration: Double) -> TableDepth {
    precondition(returnPeriod > 1 && returnPeriod.isFinite, "a return period is longer than a year")
    precondition(duration >= 0 && duration.isFinite, "a duration is not negative")
    var reach: TableReach = []
    if returnPeriod < returnPeriods[0] { reach.insert(.belowReturnPeriods) }
    if returnPeriod > returnPeriods[returnPeriods.count - 1] { reach.insert(.beyondReturnPeriods) }
    if duration < durations[0] { reach.insert(.belowDurations) }
    if duration > durations[durations.count - 1] { reach.insert(.beyondDurations) }
    guard returnPeriods.count > 1 else {
      return TableDepth(millimetres: depth(ofLine: 0, duration), reach: reach)
    }
    if let exact = returnPeriods.firstIndex(of: returnPeriod) {
      return TableDepth(millimetres: depth(ofLine: exact, duration), reach: reach)
    }
    let upper = min(
      max(returnPeriods.firstIndex { $0 > returnPeriod } ?? returnPeriods.count, 1), returnPeriods.count - 1)
    let share = Self.share(of: returnPeriod, returnPeriods[upper - 1], returnPeriods[upper])
    let (less, more) = (depth(ofLine: upper - 1, duration), depth(ofLine: upper, duration))
    // Far below the table the line may cross zero.
    return TableDepth(millimetres: max(0, less * (1 - share) + more * share), reach: reach)
  }

  /// The return period in years that a depth of rain within a duration reaches.
  /// - Parameters:
  ///   - depth: mm, ≥ 0.
  ///   - duration: Minutes, within the table.
  /// - Throws: ``IntensityDurationFrequencyError/outside(_:_:range:)`` for durations beyond the table.
  public func returnPeriod(
    ofDepth depth: Double, duration: Double
  ) throws(IntensityDurationFrequencyError) -> TableReturnPeriod {
    guard durations[0] <= duration, duration <= durations[durations.count - 1] else {
      throw .outside("duration in minutes", duration, range: Self.range(of: durations))
    }
    return Self.returnPeriod(
      of: depth, among: returnPeriods, depths: returnPeriods.indices.map { self.depth(ofLine: $0, duration) })
  }

  /// The return period of a depth between rising depths.
  static func returnPeriod(of depth: Double, among returnPeriods: [Double], depths: [Double]) -> TableReturnPeriod {
    let last = depths.count - 1
    guard depth >= depths[0] else { return TableReturnPeriod(years: returnPeriods[0], reach: .belowReturnPeriods) }
    guard depth <= depths[last] else {
      return TableReturnPeriod(years: returnPeriods[last], reach: .beyondReturnPeriods)
    }
    let below = depths.lastIndex { $0 <= depth } ?? 0
    if depths[below] == depth { return TableReturnPeriod(years: returnPeriods[below], reach: []) }
    let share = (depth - depths[below]) / (depths[below + 1] - depths[below])
    let variate =
      GumbelVariate.ofReturnPeriod(returnPeriods[below]) * (1 - share)
      + GumbelVariate.ofReturnPeriod(returnPeriods[below + 1]) * share
    return TableReturnPeriod(years: GumbelVariate.returnPeriod(variate), reach: [])
  }

  /// How far a return period lies from one to another, in Gumbel's variate.
  static func share(of returnPeriod: Double, _ lower: Double, _ upper: Double) -> Double {
    let start = GumbelVariate.ofReturnPeriod(lower)
    return (GumbelVariate.ofReturnPeriod(returnPeriod) - start) / (GumbelVariate.ofReturnPeriod(upper) - start)
  }

  /// Depth of one return period of the table, within and beyond its durations.
  func depth(ofLine line: Int, _ duration: Double) -> Double {
    Self.depth(duration, durations: durations, depths: depths[line])
  }

  /// Depth between the durations of one return period: ln(depth) linear in ln(duration).
  static func depth(_ duration: Double, durations: [Double], depths: [Double]) -> Double {
    if duration <= durations[0] { return depths[0] * (duration / durations[0]) }
    let below = min(durations.lastIndex { $0 <= duration } ?? 0, max(0, durations.count - 2))
    if durations[below] == duration { return depths[below] }
    guard durations.count > 1 else { return depths[0] }
    if durations[below + 1] == duration { return depths[below + 1] }
    let share = log(duration / durations[below]) / log(durations[below + 1] / durations[below])
    return depths[below] * exp(share * log(depths[below + 1] / depths[below]))
  }

  private static func range(of values: [Double]) -> ClosedRange<Double> { values[0]...values[values.count - 1] }
}
