public import Grids

/// Rain that falls at a constant rate for a while.
public struct RainInterval: Sendable {
  /// How hard it rains.
  public enum Intensity: Sendable {
    /// The same everywhere, mm/h.
    case uniform(Double)
    /// By place, mm/h, in the terrain's reference system.
    ///
    /// The cells may be coarser than the terrain's, as radar rain is, or the same; each cell of the terrain takes the
    /// value of the rain cell in which its centre lies.
    case grid(Grid<Float>)
  }

  /// Start, seconds.
  public var start: Double
  /// End, seconds.
  public var end: Double
  /// Intensity between the two.
  public var intensity: Intensity

  /// Rain between two times.
  public init(from start: Double, to end: Double, _ intensity: Intensity) {
    self.start = start
    self.end = end
    self.intensity = intensity
  }
}
