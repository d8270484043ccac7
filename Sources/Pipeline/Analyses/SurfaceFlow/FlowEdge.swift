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

  /// The faces through which water may enter or leave: those of the terrain's outline, without walls of buildings.
  /// - Parameters:
  ///   - ground: Terrain with its buildings taken out.
  ///   - terrain: Terrain without buildings.
  static func outline(of ground: Grid<Float>, around terrain: Grid<Float>) -> [CellFace] {
    CellFace.outline(of: ground).filter { face in
      guard let (column, row) = face.beyond(in: terrain.geometry) else { return true }
      return terrain[column, row].isNaN
    }
  }

  /// The boundaries at faces that nothing else has taken.
  /// - Parameters:
  ///   - faces: Faces of the terrain's outline.
  ///   - terrain: Terrain without buildings.
  ///   - sides: Sides of the grid that are not closed.
  ///   - slope: Slope beyond a free edge.
  ///   - opensHoles: Whether water leaves into cells without data, at critical depth.
  func boundaries(
    _ faces: [CellFace], around terrain: Grid<Float>, on sides: [CellSide], slope: Double, opensHoles: Bool
  ) -> [FlowBoundary] {
    var border: [CellFace] = []
    var holes: [CellFace] = []
    for face in faces {
      if face.beyond(in: terrain.geometry) != nil {
        holes.append(face)
      } else if sides.contains(face.side) {
        border.append(face)
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
