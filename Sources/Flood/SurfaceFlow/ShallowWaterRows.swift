/// The work of ``ShallowWaterSweep`` on the rows of a piece of a strip, in short loops over columns.
struct ShallowWaterRows {
  private typealias Faces = ShallowWaterFaces
  private let state: FlowState
  private let cells: CellMomentum
  private let rows: UnsafeMutablePointer<Float>
  private let first: Int
  private let count: Int
  private let film: Float
  private let timeStep: Float
  private let perWidth: Float
  private let perHeight: Float
  private let isSecondOrder: Bool
  private let roughness: FlowFriction

  init(
    _ state: FlowState, _ cells: CellMomentum, _ rows: UnsafeMutablePointer<Float>, first: Int, count: Int, film: Float,
    timeStep: Float, perWidth: Float, perHeight: Float, isSecondOrder: Bool, roughness: FlowFriction
  ) {
    self.state = state
    self.cells = cells
    self.rows = rows
    self.first = first
    self.count = count
    self.film = film
    self.timeStep = timeStep
    self.perWidth = perWidth
    self.perHeight = perHeight
    self.isSecondOrder = isSecondOrder
    self.roughness = roughness
  }

  /// Position of the first cell of the piece in a row of the layout.
  @inline(__always)
  private func start(_ row: Int) -> Int { state.layout.start(ofRow: row) &+ first }

  @inline(__always)
  private func primitive(_ number: Int, _ row: Int) -> UnsafeMutablePointer<Float> {
    rows + Faces.primitive(number, slot: (row &+ 3) % 3)
  }

  @inline(__always)
  private func cell(_ kind: Faces.CellRow, _ row: Int) -> UnsafeMutablePointer<Float> {
    rows + Faces.position(kind, half: row & 1)
  }

  @inline(__always)
  private func face(_ kind: Faces.FaceRow, set: Int) -> UnsafeMutablePointer<Float> {
    rows + Faces.position(kind, set: set)
  }

  /// Reads depth and speeds of a row, two cells further than the piece; films stand still.
  func read(_ row: Int) {
    let start = start(row) &- 2
    let (depth, east, south) = (state.depth + start, cells.east + start, cells.south + start)
    let (h, u, v) = (primitive(0, row) - 2, primitive(1, row) - 2, primitive(2, row) - 2)
    let film = film
    for x in 0..<count &+ 4 {
      let water = Float(depth[x])
      let inverse = water > film ? 1 / larger(water, film) : 0
      h[x] = water
      u[x] = east[x] * inverse
      v[x] = south[x] * inverse
    }
  }

  /// Finds how depth, bed and speeds vary across the cells of a row, and their values in the middle of the step.
  func reconstruct(_ row: Int) {
    for kind in Faces.CellRow.allCases { (cell(kind, row) - 1).update(repeating: 0, count: count + 2) }
    if row < 0 || row >= state.layout.rows { return }
    let (h, u, v) = (primitive(0, row), primitive(1, row), primitive(2, row))
    (cell(.depth, row) - 1).update(from: h - 1, count: count + 2)
    (cell(.eastSpeed, row) - 1).update(from: u - 1, count: count + 2)
    (cell(.southSpeed, row) - 1).update(from: v - 1, count: count + 2)
    if isSecondOrder {
      slopes(row)
      foretell(row)
    }
  }

  /// Half of the changes across a cell in one direction; 0 where they cannot be told.
  private struct Slope {
    var depth: Float
    var bed: Float
    /// Of the speed in the direction, and across it.
    var along: Float
    var across: Float
    var isGood: Bool
  }

  /// The slope in one direction from a cell and its two neighbours.
  ///
  /// A closed wall is a mirror: level water stands at it, whatever the bed does, and the speed across vanishes there. So
  /// is dry ground above the water that rises by more than two widths of a cell, such as a raised building in small cells.
  /// With the surface going on through it, sheets on a slope would run into walls that cut the slope. At an open edge
  /// everything goes on as before.
  /// - Parameters:
  ///   - h: Depths, metres.
  ///   - z: Heights of the ground, metres.
  ///   - u: Speeds in the direction, m/s.
  ///   - v: Speeds across it, m/s.
  ///   - width: Width of a cell in the direction, metres.
  @inline(__always)
  private func slope(
    _ h: (Float, Float, Float), _ z: (Float, Float, Float), _ u: (Float, Float, Float), _ v: (Float, Float, Float),
    width: Float
  ) -> Slope {
    let isWall0 = z.0 >= FlowState.wall
    let isWall2 = z.2 >= FlowState.wall
    let isMirror0 = z.0 < FlowState.openWall && isWall((z.1, z.0), (h.1, h.0), width: width)
    let isMirror2 = z.2 < FlowState.openWall && isWall((z.1, z.2), (h.1, h.2), width: width)
    let isMirror = isMirror0 || isMirror2
    // Of dry neighbours nothing is known: the water goes on as on the other side.
    let isBlind0 = isWall0 || h.0 <= film
    let isBlind2 = isWall2 || h.2 <= film
    @inline(__always)
    func half(_ first: Float, _ second: Float) -> Float {
      let d1 = isBlind0 ? (isBlind2 ? 0 : second) : first
      let d2 = isBlind2 ? (isBlind0 ? 0 : first) : second
      return Faces.halfSlope(d1, d2)
    }
    let (rise0, rise2) = (z.1 - z.0, z.2 - z.1)
    let level = half((h.1 - h.0) + rise0, (h.2 - h.1) + rise2)
    let surface = isMirror ? 0 : level
    let free = isMirror ? -half(rise0, rise2) : half(h.1 - h.0, h.2 - h.1)
    // The depth must not fall below nothing.
    let depth = magnitude(free) > h.1 ? withSign(h.1, of: free) : free
    let (du0, du2) = (u.1 - u.0, u.2 - u.1)
    let along = Faces.halfSlope(
      isMirror0 ? 2 * u.1 : isBlind0 ? (isBlind2 ? 0 : du2) : du0,
      isMirror2 ? -2 * u.1 : isBlind2 ? (isBlind0 ? 0 : du0) : du2)
    let across = half(v.1 - v.0, v.2 - v.1)
    let isGood = h.1 > film
    return Slope(
      depth: depth, bed: surface - depth, along: along, across: isMirror ? 0 : across, isGood: isGood)
  }

  private func slopes(_ row: Int) {
    let stride = state.layout.stride
    let z = state.ground + start(row)
    let (above, below) = (z - stride, z + stride)
    let (h, u, v) = (primitive(0, row), primitive(1, row), primitive(2, row))
    let (hN, uN, vN) = (primitive(0, row - 1), primitive(1, row - 1), primitive(2, row - 1))
    let (hS, uS, vS) = (primitive(0, row + 1), primitive(1, row + 1), primitive(2, row + 1))
    let (depthEast, depthSouth) = (cell(.depthEast, row), cell(.depthSouth, row))
    let (bedEast, bedSouth) = (cell(.bedEast, row), cell(.bedSouth, row))
    let (uEast, uSouth) = (cell(.eastSpeedEast, row), cell(.eastSpeedSouth, row))
    let (vEast, vSouth) = (cell(.southSpeedEast, row), cell(.southSpeedSouth, row))
    let (width, height) = (1 / perWidth, 1 / perHeight)
    for x in -1..<count &+ 1 {
      let across = slope(
        (h[x &- 1], h[x], h[x &+ 1]), (z[x &- 1], z[x], z[x &+ 1]), (u[x &- 1], u[x], u[x &+ 1]),
        (v[x &- 1], v[x], v[x &+ 1]), width: width)
      let along = slope(
        (hN[x], h[x], hS[x]), (above[x], z[x], below[x]), (vN[x], v[x], vS[x]), (uN[x], u[x], uS[x]),
        width: height)
      let isGood = across.isGood && along.isGood
      depthEast[x] = isGood ? across.depth : 0
      depthSouth[x] = isGood ? along.depth : 0
      bedEast[x] = isGood ? across.bed : 0
      bedSouth[x] = isGood ? along.bed : 0
      uEast[x] = isGood ? across.along : 0
      uSouth[x] = isGood ? along.across : 0
      vEast[x] = isGood ? across.across : 0
      vSouth[x] = isGood ? along.along : 0
    }
  }

  /// Half a step of the equations within each cell, with friction.
  private func foretell(_ row: Int) {
    let (h, u, v) = (primitive(0, row), primitive(1, row), primitive(2, row))
    let (depthEast, depthSouth) = (cell(.depthEast, row), cell(.depthSouth, row))
    let (bedEast, bedSouth) = (cell(.bedEast, row), cell(.bedSouth, row))
    let (uEast, uSouth) = (cell(.eastSpeedEast, row), cell(.eastSpeedSouth, row))
    let (vEast, vSouth) = (cell(.southSpeedEast, row), cell(.southSpeedSouth, row))
    let (depth, eastSpeed, southSpeed) = (cell(.depth, row), cell(.eastSpeed, row), cell(.southSpeed, row))
    let friction = rows + ShallowWaterFaces.friction
    let numbers = state.roughness + start(row)
    if roughness.isVarying {
      roughness.read(numbers - 1, depth: h - 1, into: friction - 1, count &+ 2)
    } else {
      let squares = roughness.squares
      for x in -1..<count &+ 1 { friction[x] = squares[Int(numbers[x])] }
    }
    let g = Gravity.float
    // Twice the half changes over half the step.
    let (across, along) = (timeStep * perWidth, timeStep * perHeight)
    let factor = 2 * g * timeStep
    let film = film
    for x in -1..<count &+ 1 {
      let (hX, hY, zX, zY) = (depthEast[x], depthSouth[x], bedEast[x], bedSouth[x])
      let (uX, uY, vX, vY) = (uEast[x], uSouth[x], vEast[x], vSouth[x])
      // The same as 0 slopes everywhere: there the cell was not reconstructed, or is at rest and level.
      let change = across * (h[x] * uX + u[x] * hX) + along * (h[x] * vY + v[x] * hY)
      let freeU = u[x] - (across * (u[x] * uX + g * (hX + zX)) + along * (v[x] * uY))
      let freeV = v[x] - (along * (v[x] * vY + g * (hY + zY)) + across * (u[x] * vX))
      let isPlain = ((hX == 0) && (hY == 0)) && ((zX == 0) && (zY == 0))
      let y = reciprocalCubeRoot(larger(h[x], film))
      let y2 = y * y
      let size = squareRoot(freeU * freeU + freeV * freeV)
      let kept = shareAfterFriction(factor * friction[x] * (y2 * y2) * size)
      depth[x] = larger(h[x] - change, 0)
      eastSpeed[x] = isPlain ? freeU : freeU * kept
      southSpeed[x] = isPlain ? freeV : freeV * kept
    }
  }

  /// What passes the eastern faces of a row, from that of the cell before the piece.
  func crossEast(_ row: Int) {
    let start = start(row)
    let ground = state.ground + start
    let (h, hX, zX) = (cell(.depth, row), cell(.depthEast, row), cell(.bedEast, row))
    let (u, uX) = (cell(.eastSpeed, row), cell(.eastSpeedEast, row))
    let (v, vX) = (cell(.southSpeed, row), cell(.southSpeedEast, row))
    let (mass, before) = (face(.mass, set: 0), face(.before, set: 0))
    let (behind, along) = (face(.behind, set: 0), face(.along, set: 0))
    let film = film
    for x in -1..<count {
      let next = x &+ 1
      let flux = Faces.solve(
        h0: larger(h[x] + hX[x], 0), u0: u[x] + uX[x], v0: v[x] + vX[x], h1: larger(h[next] - hX[next], 0),
        u1: u[next] - uX[next], v1: v[next] - vX[next], step: (ground[x] - ground[next]) + (zX[x] + zX[next]),
        film: film)
      mass[x] = flux.mass
      before[x] = flux.before
      behind[x] = flux.behind
      along[x] = flux.along
    }
    let (water, speed) = (primitive(0, row), primitive(1, row))
    let width = 1 / perWidth
    for x in -1..<count {
      let next = x &+ 1
      let ahead = push(
        (ground[x], ground[next]), (water[x], water[next]), h[x] + hX[x], u[x] + uX[x], cellSpeed: speed[x],
        width: width)
      let back = push(
        (ground[next], ground[x]), (water[next], water[x]), h[next] - hX[next], uX[next] - u[next],
        cellSpeed: -speed[next], width: width)
      before[x] += ahead
      behind[x] += back
    }
    (state.qx + start).update(from: mass, count: count)
  }

  /// What passes the southern faces of a row.
  func crossSouth(_ row: Int) {
    let start = start(row)
    let ground = state.ground + start
    let groundBelow = ground + state.layout.stride
    let (h, hY, zY) = (cell(.depth, row), cell(.depthSouth, row), cell(.bedSouth, row))
    let (u, uY) = (cell(.eastSpeed, row), cell(.eastSpeedSouth, row))
    let (v, vY) = (cell(.southSpeed, row), cell(.southSpeedSouth, row))
    let below = row + 1
    let (hB, hYB, zYB) = (cell(.depth, below), cell(.depthSouth, below), cell(.bedSouth, below))
    let (uB, uYB) = (cell(.eastSpeed, below), cell(.eastSpeedSouth, below))
    let (vB, vYB) = (cell(.southSpeed, below), cell(.southSpeedSouth, below))
    let set = 1 + (row & 1)
    let (mass, before) = (face(.mass, set: set), face(.before, set: set))
    let (behind, along) = (face(.behind, set: set), face(.along, set: set))
    let film = film
    for x in 0..<count {
      let flux = Faces.solve(
        h0: larger(h[x] + hY[x], 0), u0: v[x] + vY[x], v0: u[x] + uY[x], h1: larger(hB[x] - hYB[x], 0),
        u1: vB[x] - vYB[x], v1: uB[x] - uYB[x], step: (ground[x] - groundBelow[x]) + (zY[x] + zYB[x]), film: film)
      mass[x] = flux.mass
      before[x] = flux.before
      behind[x] = flux.behind
      along[x] = flux.along
    }
    let (water, speed) = (primitive(0, row), primitive(2, row))
    let (waterBelow, speedBelow) = (primitive(0, below), primitive(2, below))
    let height = 1 / perHeight
    for x in 0..<count {
      let ahead = push(
        (ground[x], groundBelow[x]), (water[x], waterBelow[x]), h[x] + hY[x], v[x] + vY[x], cellSpeed: speed[x],
        width: height)
      let back = push(
        (groundBelow[x], ground[x]), (waterBelow[x], water[x]), hB[x] - hYB[x], vYB[x] - vB[x],
        cellSpeed: -speedBelow[x], width: height)
      before[x] += ahead
      behind[x] += back
    }
  }

  /// Whether dry ground beside a cell is a wall to its water: above it, and rising by more than two widths of a cell.
  ///
  /// On gentler shores water runs up: Thacker's are as steep as 45°. Closed cells and open edges are walls of great height.
  @inline(__always)
  private func isWall(
    _ ground: (here: Float, beyond: Float), _ depth: (here: Float, beyond: Float), width: Float
  ) -> Bool {
    depth.beyond <= film && ground.beyond - ground.here > larger(depth.here, 2 * width)
  }

  /// What a wall pushes back, m³/s²: 0 where the ground behind the face is none.
  ///
  /// At a wall depth and speed are those at the face; at an open edge they are those of the cell at the start of the
  /// step, which ``BoundaryExchange`` then replaces.
  /// - Parameters:
  ///   - ground: Heights of the cell and of what is behind the face, metres.
  ///   - water: Depths there, metres.
  ///   - depth: Depth at the face, metres.
  ///   - speed: Speed at the face towards it, m/s; `cellSpeed` that of the cell.
  @inline(__always)
  private func push(
    _ ground: (here: Float, beyond: Float), _ water: (here: Float, beyond: Float), _ depth: Float, _ speed: Float,
    cellSpeed: Float, width: Float
  ) -> Float {
    let isOpen = ground.beyond >= FlowState.openWall
    let h = isOpen ? water.here : larger(depth, 0)
    let u = isOpen ? cellSpeed : speed
    let push = CellMomentum.wallPush(depth: h, discharge: h * u, film: film)
    return isWall(ground, water, width: width) ? push : 0
  }

  /// Writes the discharges through the southern faces of a row and what its cells gain in momentum.
  func gather(_ row: Int) {
    let start = start(row)
    let (east, south) = (cells.eastGain + start, cells.southGain + start)
    let (beforeE, behindE, alongE) = (face(.before, set: 0), face(.behind, set: 0), face(.along, set: 0))
    let below = 1 + (row & 1)
    let above = 3 - below
    let (beforeS, alongS) = (face(.before, set: below), face(.along, set: below))
    let (behindN, alongN) = (face(.behind, set: above), face(.along, set: above))
    let (h, hX, hY) = (cell(.depth, row), cell(.depthEast, row), cell(.depthSouth, row))
    let (zX, zY) = (cell(.bedEast, row), cell(.bedSouth, row))
    let (perWidth, perHeight) = (perWidth, perHeight)
    for x in 0..<count {
      let x0 = weight(h[x], hX[x], zX[x])
      let y0 = weight(h[x], hY[x], zY[x])
      east[x] =
        ((behindE[x &- 1] - beforeE[x]) - x0) * perWidth + (alongN[x] - alongS[x]) * perHeight
      south[x] =
        ((behindN[x] - beforeS[x]) - y0) * perHeight + (alongE[x &- 1] - alongE[x]) * perWidth
    }
    (state.qy + start).update(from: face(.mass, set: below), count: count)
  }

  /// The fall of the surface across a cell times the weight of its water, ½ g (h₀ + h₁) ((h₁ − h₀) + (z₁ − z₀)), m³/s².
  @inline(__always)
  private func weight(_ h: Float, _ halfDepth: Float, _ halfBed: Float) -> Float {
    let h1 = larger(h + halfDepth, 0)
    let h0 = larger(h - halfDepth, 0)
    return (0.5 * Gravity.float) * ((h0 + h1) * ((h1 - h0) + 2 * halfBed))
  }
}
