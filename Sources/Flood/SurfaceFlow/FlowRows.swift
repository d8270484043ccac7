extension SurfaceFlowSimulation {
  /// Depth and speed at the gauges at one time.
  public struct GaugeRow: Sendable, Hashable {
    /// Time, seconds.
    public var time: Double
    /// Depth at each gauge, metres.
    public var depth: [Float]
    /// Speed at each gauge, m/s.
    public var speed: [Float]
  }

  /// Discharge through the cross-sections over a span of time.
  public struct SectionRow: Sendable, Hashable {
    /// End of the span, seconds.
    public var time: Double
    /// Mean discharge over the span, m³/s.
    public var discharge: [Double]
    /// Volume since the start, m³.
    public var volume: [Double]
  }
}
