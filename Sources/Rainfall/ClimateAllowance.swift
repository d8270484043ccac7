public import Grids

/// The factor by which present rain is raised for the climate to come, with where it comes from.
///
/// It is applied to rain before losses, and once only.
public struct ClimateAllowance: Sendable, Hashable {
  /// Rain of the future over rain of the present; 1.4 stands for an allowance of 40 %.
  public let factor: Double
  /// Who recommends it, for which period.
  public let source: String

  /// Takes a factor from 0.5 to 3.
  /// - Throws: ``InvalidClimateFactor``, for example where a percentage is given.
  public init(factor: Double, source: String) throws(InvalidClimateFactor) {
    guard factor >= 0.5, factor <= 3 else { throw InvalidClimateFactor(factor: factor) }
    self.factor = factor
    self.source = source
  }

  /// Rain in millimetres with the allowance: the product in `Double`, rounded once to `Float`.
  @inlinable
  public func apply(to millimetres: Float) -> Float { Float(Double(millimetres) * factor) }

  /// What a reader should know where the published recommendations disagree; nil where they do not.
  ///
  /// For rain of at most one hour and 50 years or more, the general recommendation is 1.4 and the detailed one 1.5.
  public func notice(returnPeriod: Double, minutes: Double) -> String? {
    guard returnPeriod >= 50, minutes <= 60, factor == 1.4 else { return nil }
    return "climate factor 1.4: for rain of one hour or less and return periods from 50 years, the detailed Norwegian "
      + "recommendation is 1.5 while the general one is 1.4"
  }
}

/// A climate factor that cannot be meant.
public struct InvalidClimateFactor: Error, Sendable, Hashable, CustomStringConvertible {
  /// The value found.
  public let factor: Double

  /// The value found and how an allowance is written.
  public var description: String {
    "climate factor \(factor); give a factor from 0.5 to 3, such as 1.4 for an allowance of 40 %"
  }
}

/// Rain on a grid, present and with the allowance that was applied to it.
public struct RainDepth: Sendable {
  /// Rain of the present climate, mm; NaN is no data.
  public let present: Grid<Float>
  /// Rain to reckon with, mm: the present one as long as no allowance is applied.
  public let millimetres: Grid<Float>
  /// The allowance in `millimetres`; nil where none is applied.
  public let allowance: ClimateAllowance?

  /// Takes rain of the present climate.
  /// - Throws: ``ValuesOutOfRange`` where rain is negative, infinite or above 100 m.
  public init(present: Grid<Float>, threads: Int) throws(ValuesOutOfRange) {
    try present.require(0...100_000, of: "rain in mm", threads: threads)
    self.present = present
    millimetres = present
    allowance = nil
  }

  private init(present: Grid<Float>, millimetres: Grid<Float>, allowance: ClimateAllowance) {
    self.present = present
    self.millimetres = millimetres
    self.allowance = allowance
  }

  /// The rain with an allowance.
  /// - Throws: ``AllowanceAlreadyApplied`` where there is one already.
  public func applying(_ allowance: ClimateAllowance, threads: Int) throws(AllowanceAlreadyApplied) -> RainDepth {
    if let earlier = self.allowance { throw AllowanceAlreadyApplied(factor: earlier.factor) }
    let raised = present.map(threads: threads) { allowance.apply(to: $0) }
    return RainDepth(present: present, millimetres: raised, allowance: allowance)
  }
}

/// Rain that carries a climate allowance was to get one more.
public struct AllowanceAlreadyApplied: Error, Sendable, Hashable, CustomStringConvertible {
  /// Factor of the allowance that the rain carries.
  public let factor: Double

  /// The factor that the rain carries and the way out.
  public var description: String {
    "the rain carries the climate factor \(factor) already; apply an allowance to rain of the present climate, once"
  }
}
