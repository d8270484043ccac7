/// How the depth of a design storm is spread over its duration.
public enum StormShape: Sendable, Hashable {
  /// The same intensity throughout.
  case block
  /// Every duration around the peak has the table's depth for it (Keifer and Chu 1957).
  ///
  /// `peak` is the share of the time before the peak, from 0 to 1.
  case chicago(peak: Double)
  /// Blocks of the table's depths, the heaviest at the peak and the others by turns after and before it.
  case alternatingBlock(peak: Double)
  /// A given shape: shares of the depth by shares of the time, both from 0 to 1.
  case profile(StormProfile)
}

/// A dimensionless mass curve: the share of a storm's depth that has fallen by a share of its time.
public struct StormProfile: Sendable, Hashable {
  /// Shares of the time, from 0 to 1, rising.
  public let times: [Double]
  /// Shares of the depth, from 0 to 1, not falling.
  public let shares: [Double]

  /// Takes the corners of the curve, which is straight between them.
  /// - Throws: ``InvalidStormProfile`` unless the curve runs from (0, 0) to (1, 1) and never falls.
  public init(times: [Double], shares: [Double]) throws(InvalidStormProfile) {
    guard times.count == shares.count, times.count >= 2 else {
      throw InvalidStormProfile("\(times.count) times and \(shares.count) shares; give at least two of each")
    }
    guard times.first == 0, shares.first == 0, times.last == 1, shares.last == 1 else {
      throw InvalidStormProfile("the curve must run from (0, 0) to (1, 1)")
    }
    for index in times.indices.dropFirst() {
      guard times[index] > times[index - 1], shares[index] >= shares[index - 1] else {
        throw InvalidStormProfile(
          "corner \(index + 1) (\(times[index]), \(shares[index])) lies before or below corner \(index)")
      }
    }
    self.times = times
    self.shares = shares
  }

  /// Share of the depth at a share of the time.
  func share(at time: Double) -> Double {
    if time >= 1 { return 1 }
    guard time > 0, let above = times.firstIndex(where: { $0 > time }) else { return 0 }
    let part = (time - times[above - 1]) / (times[above] - times[above - 1])
    return shares[above - 1] * (1 - part) + shares[above] * part
  }
}

/// A profile that is no mass curve.
public struct InvalidStormProfile: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public let description: String

  init(_ what: String) { description = "storm profile: \(what)" }
}

/// A storm made from a return-period table, with all that was done to it.
public struct DesignStorm: Sendable, Hashable {
  /// Years.
  public let returnPeriod: Double
  /// Minutes.
  public let duration: Double
  /// How the depth is spread.
  public let shape: StormShape
  /// Depth of the table in mm: at a point, in the present climate.
  public let tableDepth: Double
  /// Flags of what had to be extrapolated for the depth; empty within the table.
  public let reach: TableReach
  /// The allowance in the hyetograph; nil where none is applied.
  public let allowance: ClimateAllowance?
  /// The factor from point to area in the hyetograph; 1 at a point.
  public let arealFactor: Double
  /// The storm.
  public let hyetograph: Hyetograph

  /// Builds a storm.
  ///
  /// In a Chicago storm with the peak at the share r, the rain of any duration d that begins r·d before the peak and
  /// ends (1 − r)·d after it is the table's depth for d: the mass curve is r·D(t/r) before and (1 − r)·D(t/(1 − r))
  /// after, where t is the time from the peak and D the table's depth (C. J. Keifer and H. H. Chu 1957, Synthetic storm
  /// pattern for drainage design, Journal of the Hydraulics Division 83(4)). Below the table's shortest duration its
  /// intensity holds, so the peak is finite.
  /// - Parameters:
  ///   - table: Depths by return period and duration.
  ///   - returnPeriod: Years.
  ///   - duration: Minutes.
  ///   - shape: How the depth is spread.
  ///   - stepMinutes: Length of a step.
  ///   - allowance: Climate allowance, applied once.
  ///   - arealFactor: Factor from point to area, over 0 to 1.
  ///   - extrapolates: Whether the return period and the duration may lie beyond the table.
  /// - Throws: ``IntensityDurationFrequencyError/outside(_:_:range:)`` beyond the table.
  public init(
    table: IntensityDurationFrequency, returnPeriod: Double, duration: Double, shape: StormShape, stepMinutes: Double,
    allowance: ClimateAllowance? = nil, arealFactor: Double = 1, extrapolates: Bool = false
  ) throws(IntensityDurationFrequencyError) {
    precondition(arealFactor > 0 && arealFactor <= 1, "rain over an area is not more than at a point")
    precondition(duration > 0 && stepMinutes > 0, "times are positive")
    let depth = extrapolates ? nil : try table.depth(returnPeriod: returnPeriod, duration: duration)
    let read = table.extrapolatedDepth(returnPeriod: returnPeriod, duration: duration)
    func depthWithin(_ minutes: Double) -> Double {
      table.extrapolatedDepth(returnPeriod: returnPeriod, duration: minutes).millimetres
    }
    let total = depth ?? read.millimetres
    let steps = shape.steps(minutes: duration, stepMinutes: stepMinutes).map { step in
      max(0, step.reduce(0) { $0 + $1.weight * ($1.minutes == duration ? total : depthWithin($1.minutes)) })
    }
    self.returnPeriod = returnPeriod
    self.duration = duration
    self.shape = shape
    tableDepth = total
    reach = read.reach
    self.allowance = allowance
    self.arealFactor = arealFactor
    hyetograph = Hyetograph(stepMinutes: stepMinutes, depths: steps)
      .scaled(by: (allowance?.factor ?? 1) * arealFactor)
  }
}
