import Flood
import Grids

/// What the edge of the grid is to the water.
public enum FlowEdge: String, Sendable, CaseIterable {
  /// Nothing passes.
  case closed
  /// Water leaves at normal depth on a slope.
  case free
  /// Water leaves at critical depth, as over a fall.
  case critical

  /// The boundaries at faces that nothing else has taken.
  /// - Parameters:
  ///   - faces: Faces of the terrain with its buildings; those at walls of buildings stay closed.
  ///   - terrain: Terrain without buildings.
  ///   - slope: Slope beyond a free edge.
  ///   - opensHoles: Whether water leaves into cells without data, at critical depth.
  func boundaries(
    _ faces: [CellFace], around terrain: Grid<Float>, slope: Double, opensHoles: Bool
  ) -> [FlowBoundary] {
    var border: [CellFace] = []
    var holes: [CellFace] = []
    for face in faces {
      let (column, row) =
        switch face.side {
        case .north: (face.column, face.row - 1)
        case .south: (face.column, face.row + 1)
        case .west: (face.column - 1, face.row)
        case .east: (face.column + 1, face.row)
        }
      if column < 0 || row < 0 || column >= terrain.columns || row >= terrain.rows {
        border.append(face)
      } else if terrain[column, row].isNaN {
        holes.append(face)
      }
    }
    var boundaries: [FlowBoundary] = []
    switch self {
    case .closed: break
    case .free: boundaries.append(FlowBoundary("edge", border, .normal(slope: slope)))
    case .critical: boundaries.append(FlowBoundary("edge", border, .critical))
    }
    if opensHoles, !holes.isEmpty { boundaries.append(FlowBoundary("nodata", holes, .critical)) }
    return boundaries
  }
}
