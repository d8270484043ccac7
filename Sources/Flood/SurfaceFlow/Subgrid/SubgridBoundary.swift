import Grids

/// What the open faces of coarse cells let through, by the fine cells along them.
final class SubgridBoundary {
  private let subgrid: SubgridTerrain
  /// In the order of the faces of all boundaries.
  private let cells: [Int]
  private let edges: [SubgridEdge]

  /// - Parameters:
  ///   - flow: The case on the fine terrain.
  ///   - boundaries: The boundaries on the coarse cells.
  init(_ flow: SurfaceFlowCase, _ subgrid: SubgridTerrain, _ boundaries: [FlowBoundary], _ layout: FlowLayout) {
    self.subgrid = subgrid
    let faces = boundaries.flatMap(\.faces)
    cells = faces.map { $0.row * layout.columns + $0.column }
    edges = faces.map {
      SubgridEdge(flow.terrain, flow.roughness, subgrid, column: $0.column, row: $0.row, side: $0.side)
    }
  }

  /// Mean depth of a face's cell whose water stands at a level above its lowest ground.
  func depth(_ face: Int, level: Double) -> Double { subgrid.depth(cells[face], level: level) }

  /// K h^(−5/3): what stands for 1 / n when the mean depth h passes for the depth of a flow that fills the face.
  func normal(_ face: Int, depth: Double) -> Double {
    if depth <= 0 { return 0 }
    let level = subgrid.water(cells[face], depth: depth).level
    return edges[face].conveyance(level: level) * cubeRoot(depth) / (depth * depth)
  }

  /// Σ h^(3/2) at the face over that of the mean depth.
  func critical(_ face: Int, depth: Double) -> Double {
    if depth <= 0 { return 0 }
    let level = subgrid.water(cells[face], depth: depth).level
    return edges[face].criticalFlow(level: level) / (depth * depth.squareRoot())
  }
}
