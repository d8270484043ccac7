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

  /// Makes the steps of a storm from its mass curve, so that their sum is the curve's end whatever their length.
  /// - Parameter mass: Millimetres fallen by a time in minutes; it does not fall.
  init(minutes: Double, stepMinutes: Double, mass: (Double) -> Double) {
    let steps = Hyetograph.steps(minutes: minutes, stepMinutes: stepMinutes)
    let marks = (0...steps).map { mass(min(minutes, Double($0) * stepMinutes)) }
    self.init(stepMinutes: stepMinutes, depths: (0..<steps).map { max(0, marks[$0 + 1] - marks[$0]) })
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
