/// What a simulation keeps of its course, and how often it looks.
public struct FlowRecording: Sendable, Hashable {
  /// Seconds between looks at the maxima; 0 looks after every round of steps.
  ///
  /// A round, of up to ``FlowSettings/stepRatio`` steps, is never shortened for it: the look is after the first one that
  /// ends later.
  public var interval: Double
  /// Shallowest water whose speed counts, metres: in thinner water at the edge of a flood speed means little.
  public var speedDepth: Float
  /// Depth at which water has arrived, metres.
  public var arrivalDepth: Float
  /// Depths above which the duration is kept, metres.
  public var durationDepths: [Float]
  /// Seconds between rows of the ledger, gauges and cross-sections.
  public var seriesInterval: Double

  /// The default: every second; speed from 2 cm on; arrival and duration at 10 cm; rows each minute.
  public init(
    interval: Double = 1, speedDepth: Float = 0.02, arrivalDepth: Float = 0.1, durationDepths: [Float] = [0.1],
    seriesInterval: Double = 60
  ) {
    self.interval = interval
    self.speedDepth = speedDepth
    self.arrivalDepth = arrivalDepth
    self.durationDepths = durationDepths
    self.seriesInterval = seriesInterval
  }
}
