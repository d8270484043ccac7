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
  private let roughness: FlowFriction
  /// Momentum in the cells, where the scheme carries it.
  private let momentum: CellMomentum?
  private let film: Float
  /// What the faces let through where the cells are coarse.
  var subgrid: SubgridBoundary?
  /// Whether the scheme that carries momentum is of second order.
  var isSecondOrder = false

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
    /// Where the scheme carries momentum: depth of the cell and speed out of the terrain at the start of the step,
    /// metres and m/s, and whether it is faster than waves.
    var water: Float = 0
    var speed = 0.0
    var isSupercritical = false
    /// Flux of momentum through the face less the pressure of the cell's depth, m³/s², where a level is outside.
    var flux = 0.0
  }

  init(
    _ state: FlowState, _ boundaries: [FlowBoundary], geometry: GridGeometry, roughness: FlowFriction,
    momentum: CellMomentum?, film: Float
  ) {
    self.state = state
    self.boundaries = boundaries
    self.roughness = roughness
    self.momentum = momentum
    self.film = film
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
        let outside =
          switch face.side {
          case .east: cell + 1
          case .west: cell - 1
          case .south: cell + layout.stride
          case .north: cell - layout.stride
          }
        state.ground[outside] = FlowState.openWall
      }
    }
  }

  /// Keeps tiles awake into which water may come from outside.
  func pin(_ tiles: ActiveTiles) {
    for face in faces {
      if case .level = boundaries[face.boundary].condition { tiles.isPinned[face.tile] = true }
    }
  }

  /// When the levels outside turn, seconds.
  var knots: [Double] {
    boundaries.flatMap { boundary in
      if case .level(let series) = boundary.condition { return series.times }
      return []
    }
  }

  /// How many cells the waves on the water outside cross in a second while its levels go from one knot to the next, 1/s.
  func outsideSpeed(from start: Double, to end: Double) -> Double {
    var fastest = 0.0
    for (number, face) in faces.enumerated() {
      guard case .level(let series) = boundaries[face.boundary].condition else { continue }
      for time in [start, end] {
        let above = max(0, series.value(at: time) - Double(state.ground[face.cell]))
        let depth = subgrid?.depth(number, level: above) ?? above
        fastest = max(fastest, (Gravity.double * depth).squareRoot() / face.length)
      }
    }
    return fastest
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
  /// They follow the scheme, with a cell outside as deep as the level is above the cell's own ground: the local
  /// inertial one, or a Riemann problem against water that moves as fast as that in the cell, or in second order as the
  /// waves from within tell.
  /// - Returns: Largest number of cells that water and waves there cross in a second, 1/s.
  func prepare(from start: Double, timeStep: Double) -> Float {
    var fastest = 0.0
    for number in faces.indices {
      let face = faces[number]
      let depth = state.depth[face.cell]
      var level: Double?
      if case .level(let series) = boundaries[face.boundary].condition {
        let above = series.value(at: start + timeStep) - Double(state.ground[face.cell])
        level = subgrid?.depth(number, level: max(0, above)) ?? max(0, above)
      }
      if let momentum {
        prepare(&faces[number], momentum, depth: Float(depth), outside: level.map { Float($0) })
        if let level {
          let wave = (Gravity.double * max(depth, level)).squareRoot()
          fastest = max(fastest, (abs(faces[number].speed) + wave) / face.length)
        }
        continue
      }
      guard let outside = level else { continue }
      let flow = max(depth, outside)
      if flow > Double(film) {
        let n = Double(roughness.n(state.roughness[face.cell], depth: Float(flow)))
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

  /// Takes the speed in a face's cell, and the flux through it where a level is outside.
  private func prepare(_ face: inout Face, _ momentum: CellMomentum, depth: Float, outside: Float?) {
    let across = face.outward * (face.isEastWest ? momentum.east : momentum.south)[face.cell]
    let speed = depth > film ? across / depth : 0
    face.water = depth
    face.speed = Double(speed)
    face.isSupercritical = depth > film && speed > (Gravity.float * depth).squareRoot()
    if let outside {
      var beyond = speed
      if isSecondOrder {
        // Water outside moves as the waves that leave make it, u + 2 √(g h) being theirs: the level holds at the face, and
        // waves that come back are no larger. (First order damps them by itself.) What runs in is no faster than waves.
        let (wave, waveOutside) = ((Gravity.float * depth).squareRoot(), (Gravity.float * outside).squareRoot())
        beyond = larger(speed + 2 * (wave - waveOutside), -waveOutside)
      }
      let flux = ShallowWaterFaces.solve(
        h0: depth, u0: speed, v0: 0, h1: outside, u1: beyond, v1: 0, step: 0, film: film)
      face.discharge = Double(flux.mass)
      face.flux = Double(flux.before)
    }
  }

  /// Passes the water of one step, after the cells have exchanged theirs.
  ///
  /// Outflow at normal and at critical depth is that of the depth which it leaves behind; where the scheme carries
  /// momentum, water that runs out faster than waves is not held back. Faces of tiles that are due take part, each in
  /// the step of its tile.
  func exchange(timeStep: Double, tiles: ActiveTiles) {
    for number in faces.indices {
      let face = faces[number]
      let weight = Double(tiles.weight(of: face.tile))
      if weight == 0 {
        setDischarge(Float(face.discharge), at: face)
        continue
      }
      let depth = state.depth[face.cell]
      let ratio = timeStep * weight / face.length
      var out =
        switch boundaries[face.boundary].condition {
        case .level: face.discharge * ratio
        case _ where face.isSupercritical: depth * (face.speed * ratio) / (1 + face.speed * ratio)
        case .normal(let slope):
          depth
            - remainingDepth(
              depth,
              ratio * slope.squareRoot()
                * (subgrid?.normal(number, depth: depth)
                  ?? 1 / Double(roughness.n(state.roughness[face.cell], depth: Float(depth)))),
              exponent: .normal)
        case .critical:
          depth
            - remainingDepth(
              depth, ratio * Gravity.double.squareRoot() * (subgrid?.critical(number, depth: depth) ?? 1),
              exponent: .critical)
        }
      out = min(DepthQuantum.round(out), depth)
      state.depth[face.cell] = depth - out
      gained[face.boundary] -= Int128(DepthQuantum.count(out))
      faces[number].discharge = out / ratio
      setDischarge(Float(out / ratio), at: face)
      if let momentum { pass(momentum, faces[number], left: depth - out, discharge: out / ratio) }
      if out < 0 {
        tiles.deepest[face.tile] = max(tiles.deepest[face.tile], Float(state.depth[face.cell]))
      }
    }
  }

  /// Sets right the momentum of a face's cell, which the sweep took for one at a wall.
  private func pass(_ momentum: CellMomentum, _ face: Face, left: Double, discharge: Double) {
    let (east, south) = (momentum.east[face.cell], momentum.south[face.cell])
    let (across, along) = face.isEastWest ? (east, south) : (south, east)
    let wall = CellMomentum.wallPush(depth: face.water, discharge: face.outward * across, film: film)
    let isWet = face.water > film
    let flux =
      switch boundaries[face.boundary].condition {
      case .level: face.flux
      case .normal, .critical:
        // At the depth that stays in the cell, with the speed that the discharge then has.
        isWet ? discharge * (face.isSupercritical ? face.speed : discharge / max(left, Double(film))) : 0
      }
    let sideways = discharge > 0 && isWet ? discharge * Double(along / face.water) : 0
    let gain = Float((Double(wall) - flux) / face.length) * face.outward
    let loss = Float(sideways / face.length)
    if face.isEastWest {
      momentum.eastGain[face.cell] += gain
      momentum.southGain[face.cell] -= loss
    } else {
      momentum.southGain[face.cell] += gain
      momentum.eastGain[face.cell] -= loss
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

  /// Passes what the next step starts from.
  func code(_ coder: FlowStateCoder) {
    for number in faces.indices { coder.value(&faces[number].discharge) }
    for number in gained.indices { coder.value(&gained[number]) }
  }
}
