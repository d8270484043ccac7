/// Rain over time in steps of equal length.
public struct Hyetograph: Sendable, Hashable {
  /// Length of a step in minutes, > 0.
  public let stepMinutes: Double
  /// Rain of each step in millimetres.
  public let depths: [Double]

  /// Takes the steps.
  public init(stepMinutes: Double, depths: [Double]) {
    precondition(stepMinutes > 0 && stepMinutes.isFinite, "a step has a length")
    precondition(depths.allSatisfy { $0 >= 0 && $0.isFinite }, "rain is not negative")
    self.stepMinutes = stepMinutes
    self.depths = depths
  }

  /// Number of steps that make up a duration; the last may be only partly filled.
  static func steps(minutes: Double, stepMinutes: Double) -> Int {
    precondition(minutes > 0 && stepMinutes > 0, "times are positive")
    // A hair of rounding is no further step.
    return max(1, Int((minutes / stepMinutes - 1e-9).rounded(.up)))
  }

  /// Length in minutes.
  public var minutes: Double { Double(depths.count) * stepMinutes }
  /// Rain of all steps in mm.
  public var total: Double { depths.reduce(0, +) }
  /// Intensities in mm/h.
  public var intensities: [Double] { depths.map { $0 * 60 / stepMinutes } }

  /// The largest depth in mm of consecutive steps that last some minutes, a whole number of steps.
  public func maximum(minutes: Double) -> Double {
    let count = max(1, Int((minutes / stepMinutes).rounded()))
    guard count < depths.count else { return total }
    return (0...(depths.count - count)).map { depths[$0..<($0 + count)].reduce(0, +) }.max() ?? 0
  }

  /// The storm with every step multiplied, as by a climate factor or an areal reduction.
  public func scaled(by factor: Double) -> Hyetograph {
    Hyetograph(stepMinutes: stepMinutes, depths: depths.map { $0 * factor })
  }
}
