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

extension SurfaceFlowCase {
  /// The rain that reaches the ground of a grid: its share, with that of the roofs.
  func reaching(_ intensity: RainInterval.Intensity, on geometry: GridGeometry) -> RainInterval.Intensity {
    if rainShare == nil, roofs == nil { return intensity }
    var rates: Grid<Float>
    switch intensity {
    case .uniform(let rate): rates = Grid(geometry, repeating: Float(rate))
    case .grid(let grid) where grid.geometry == geometry: rates = grid
    case .grid(let grid):
      rates = Grid(geometry, repeating: 0)
      for row in 0..<geometry.rows {
        for column in 0..<geometry.columns {
          let cell = grid.geometry.cell(at: geometry.centre(column: column, row: row))
          rates[column, row] = cell.map { grid[$0.column, $0.row] } ?? 0
        }
      }
    }
    if let rainShare { for index in 0..<rates.count { rates[index] *= rainShare[index] } }
    roofs?.drain(&rates)
    return .grid(rates)
  }
}
