/// Where the water of a simulation came from and went: volumes since the start, m³, exact to the quantum.
public struct FlowLedger: Sendable, Hashable {
  /// Time, seconds.
  public var time: Double
  /// Water in the cells at the start.
  public var initial: Double
  /// Rain.
  public var rain: Double
  /// Infiltrated.
  public var infiltration: Double
  /// Taken by drains.
  public var drainage: Double
  /// Through each inflow, in the order of the case.
  public var inflows: [Double]
  /// In through each boundary less out, in the order of the case.
  public var boundaries: [Double]
  /// Water in the cells now.
  public var stored: Double
  /// What came in and is neither stored nor gone; 0, for the sums are exact.
  public var error: Double
}
