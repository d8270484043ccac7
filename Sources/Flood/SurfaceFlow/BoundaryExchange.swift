import Grids

/// Water that passes the edge of the terrain.
///
/// Faces are taken one by one, in their order, after the cells have exchanged water among themselves. None takes more
/// than there is, whatever the time step.
final class BoundaryExchange {
  private let state: FlowState
  private let boundaries: [FlowBoundary]
  private var faces: [Face] = []
  /// Water that came in through each boundary, less what left, in quanta of depth.
  private(set) var gained: [Int128]
  /// n of each number of roughness.
  private let roughness: [Float]

  private struct Face {
    let boundary: Int
    let cell: Int
    let tile: Int
    /// Where the discharge of the face is kept, in `qx` or `qy`.
    let position: Int
    let isEastWest: Bool
    /// +1 where a positive discharge leaves the terrain.
    let outward: Float
    /// Distance between cell centres across the face.
    let length: Double
    /// Discharge out of the terrain, m²/s.
    var discharge = 0.0
  }

  init(_ state: FlowState, _ boundaries: [FlowBoundary], geometry: GridGeometry, roughness: [Float]) {
    self.state = state
    self.boundaries = boundaries
    self.roughness = roughness
    gained = Array(repeating: 0, count: boundaries.count)
    let layout = state.layout
    for (number, boundary) in boundaries.enumerated() {
      for face in boundary.faces {
        let cell = layout.position(column: face.column, row: face.row)
        let isEastWest = face.side == .east || face.side == .west
        let position =
          switch face.side {
          case .east, .south: cell
          case .west: cell - 1
          case .north: cell - layout.stride
          }
        faces.append(
          Face(
            boundary: number, cell: cell, tile: layout.tile(column: face.column, row: face.row), position: position,
            isEastWest: isEastWest, outward: face.side == .east || face.side == .south ? 1 : -1,
            length: isEastWest ? geometry.cellWidth : geometry.cellHeight))
      }
    }
  }

  /// Keeps tiles awake into which water may come from outside.
  func pin(_ tiles: ActiveTiles) {
    for face in faces {
      if case .level = boundaries[face.boundary].condition { tiles.isPinned[face.tile] = true }
    }
  }

  /// Closes the faces while cells exchange water among themselves.
  func close() {
    for face in faces { setDischarge(0, at: face) }
  }

  private func setDischarge(_ discharge: Float, at face: Face) {
    if face.isEastWest {
      state.qx[face.position] = discharge * face.outward
    } else {
      state.qy[face.position] = discharge * face.outward
    }
  }

  /// Finds the discharge through faces with a level outside, from the depths at the start of a step.
  ///
  /// They follow the local inertial scheme, with a cell outside as deep as the level is above the cell's own ground.
  /// - Returns: Largest (|u| + √(g h)) / Δx there, 1/s.
  func prepare(from start: Double, timeStep: Double, film: Float) -> Float {
    var fastest = 0.0
    for number in faces.indices {
      let face = faces[number]
      guard case .level(let series) = boundaries[face.boundary].condition else { continue }
      let depth = state.depth[face.cell]
      let outside = max(0, series.value(at: start + timeStep) - Double(state.ground[face.cell]))
      let flow = max(depth, outside)
      if flow > Double(film) {
        let n = Double(roughness[Int(state.roughness[face.cell])])
        let drive = face.discharge + Gravity.double * flow * (depth - outside) * timeStep / face.length
        let resistance = 4 * Gravity.double * timeStep * n * n / (flow * flow * cubeRoot(flow))
        let discharge = 2 * drive / (1 + (1 + resistance * abs(drive)).squareRoot())
        faces[number].discharge = discharge
        fastest = max(fastest, (abs(discharge) / flow + (Gravity.double * flow).squareRoot()) / face.length)
      } else {
        faces[number].discharge = 0
      }
    }
    return Float(fastest)
  }

  /// Passes the water of one step, after the cells have exchanged theirs.
  ///
  /// Outflow at normal and at critical depth is that of the depth which it leaves behind.
  func exchange(timeStep: Double, tiles: ActiveTiles) {
    for number in faces.indices {
      let face = faces[number]
      let depth = state.depth[face.cell]
      let ratio = timeStep / face.length
      var out =
        switch boundaries[face.boundary].condition {
        case .normal(let slope):
          depth
            - remainingDepth(
              depth, ratio * slope.squareRoot() / Double(roughness[Int(state.roughness[face.cell])]),
              exponent: .normal)
        case .critical:
          depth - remainingDepth(depth, ratio * Gravity.double.squareRoot(), exponent: .critical)
        case .level: face.discharge * ratio
        }
      out = min(DepthQuantum.round(out), depth)
      state.depth[face.cell] = depth - out
      gained[face.boundary] -= Int128(DepthQuantum.count(out))
      faces[number].discharge = out / ratio
      setDischarge(Float(out / ratio), at: face)
      if out < 0 {
        tiles.deepest[face.tile] = max(tiles.deepest[face.tile], Float(state.depth[face.cell]))
      }
    }
  }

  private enum Exponent {
    /// Outflow ∝ h^(5/3).
    case normal
    /// Outflow ∝ h^(3/2).
    case critical
  }

  /// The depth h with h + c h^p = `depth`, by Newton's method from above on a root of h, in which it is a polynomial.
  private func remainingDepth(_ depth: Double, _ c: Double, exponent: Exponent) -> Double {
    if depth <= 0 { return 0 }
    switch exponent {
    case .normal:
      var s = cubeRoot(depth)
      for _ in 0..<60 {
        let s2 = s * s
        let next = s - (s * s2 + c * s2 * s2 * s - depth) / (3 * s2 + 5 * c * s2 * s2)
        if !(next < s) { break }
        s = next
      }
      return min(s * s * s, depth)
    case .critical:
      var s = depth.squareRoot()
      for _ in 0..<60 {
        let next = s - (s * s + c * s * s * s - depth) / (2 * s + 3 * c * s * s)
        if !(next < s) { break }
        s = next
      }
      return min(s * s, depth)
    }
  }

  /// The discharges that the next step starts from.
  var discharges: [Double] {
    get { faces.map(\.discharge) }
    set { for number in faces.indices { faces[number].discharge = newValue[number] } }
  }
}
