/// Climate factors by duration, return period and horizon, each with its source and the day it was read.
public struct ClimateAllowanceTable: Sendable, Hashable {
  /// One rule of the table.
  public struct Rule: Sendable, Hashable {
    /// Minutes that the rule reaches from, itself excluded; 0 for all short rain.
    public let durationAbove: Double
    /// Minutes that the rule reaches to, itself included; infinite for all long rain.
    public let durationTo: Double
    /// Years that the rule reaches from, itself included; 0 for all frequent rain.
    public let returnPeriodFrom: Double
    /// Years that the rule reaches to, itself excluded; infinite for all rare rain.
    public let returnPeriodBelow: Double
    /// Year that the climate is meant for.
    public let horizon: Int
    /// Rain of the horizon over rain of the present.
    public let factor: Double
    /// Who recommends it.
    public let source: String
    /// Day on which the source was read, `YYYY-MM-DD`.
    public let asOf: String
    /// How sure the rule is, such as `confirmed`, `excerpt` or `unverified`.
    public let status: String

    /// Takes one rule.
    public init(
      durationAbove: Double = 0, durationTo: Double = .infinity, returnPeriodFrom: Double = 0,
      returnPeriodBelow: Double = .infinity, horizon: Int, factor: Double, source: String, asOf: String, status: String
    ) {
      self.durationAbove = durationAbove
      self.durationTo = durationTo
      self.returnPeriodFrom = returnPeriodFrom
      self.returnPeriodBelow = returnPeriodBelow
      self.horizon = horizon
      self.factor = factor
      self.source = source
      self.asOf = asOf
      self.status = status
    }

    func covers(duration: Double, returnPeriod: Double) -> Bool {
      duration > durationAbove && duration <= durationTo && returnPeriod >= returnPeriodFrom
        && returnPeriod < returnPeriodBelow
    }

    fileprivate func overlaps(_ other: Rule) -> Bool {
      horizon == other.horizon && durationAbove < other.durationTo && other.durationAbove < durationTo
        && returnPeriodFrom < other.returnPeriodBelow && other.returnPeriodFrom < returnPeriodBelow
    }
  }

  /// The rules in the order of the table.
  public let rules: [Rule]

  /// Takes the rules of a table.
  /// - Throws: ``ClimateAllowanceTableError`` where a rule is impossible, undated, or contradicts another.
  public init(_ rules: [Rule]) throws(ClimateAllowanceTableError) {
    for (index, rule) in rules.enumerated() {
      guard rule.durationAbove < rule.durationTo, rule.returnPeriodFrom < rule.returnPeriodBelow else {
        throw ClimateAllowanceTableError("row \(index + 1): the range of durations or return periods is empty")
      }
      guard rule.factor >= 0.5, rule.factor <= 3 else {
        throw ClimateAllowanceTableError("row \(index + 1): \(InvalidClimateFactor(factor: rule.factor))")
      }
      guard Self.isDate(rule.asOf) else {
        throw ClimateAllowanceTableError(
          "row \(index + 1): as_of is “\(rule.asOf)”; give the day on which the source was read as YYYY-MM-DD")
      }
      guard !rule.source.isEmpty else { throw ClimateAllowanceTableError("row \(index + 1): names no source") }
      if let earlier = rules[..<index].firstIndex(where: { $0.overlaps(rule) }) {
        throw ClimateAllowanceTableError(
          "rows \(earlier + 1) and \(index + 1) both hold for some rain of horizon \(rule.horizon); part their ranges")
      }
    }
    self.rules = rules
  }

  /// The rule for a rain, or an error that says what the table has.
  public func rule(
    duration: Double, returnPeriod: Double, horizon: Int
  ) throws(ClimateAllowanceTableError) -> Rule {
    let years = Set(rules.map(\.horizon)).sorted()
    guard years.contains(horizon) else {
      throw ClimateAllowanceTableError(
        "no row for horizon \(horizon); there is \(years.map(String.init).joined(separator: ", "))")
    }
    guard
      let rule = rules.first(where: {
        $0.horizon == horizon && $0.covers(duration: duration, returnPeriod: returnPeriod)
      })
    else {
      throw ClimateAllowanceTableError(
        "no row for rain of \(duration) min and \(returnPeriod) years at horizon \(horizon); add one")
    }
    return rule
  }

  /// The allowance for a rain.
  public func allowance(
    duration: Double, returnPeriod: Double, horizon: Int
  ) throws(ClimateAllowanceTableError) -> ClimateAllowance {
    let rule = try rule(duration: duration, returnPeriod: returnPeriod, horizon: horizon)
    do throws(InvalidClimateFactor) {
      return try ClimateAllowance(
        factor: rule.factor, source: "\(rule.source) (horizon \(horizon), read \(rule.asOf), \(rule.status))")
    } catch {
      throw ClimateAllowanceTableError("\(error)")
    }
  }

  /// Whether a text is a day of the calendar's form; the placeholder `YYYY-MM-DD` is none.
  private static func isDate(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
    else { return false }
    return year >= 1900 && (1...12).contains(month) && (1...31).contains(day)
  }
}

/// A table of climate factors that cannot be used, or a question that it does not answer.
public struct ClimateAllowanceTableError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and the way out.
  public let description: String

  init(_ what: String) { description = "climate allowances: \(what)" }
}
