import Grids

/// The local inertial scheme between coarse cells, whose water, flow areas and conveyances are those of fine terrain.
///
/// The depths of ``FlowState`` are mean depths, the discharges are per metre of the coarse face. With the flow area A and
/// the conveyance K of a face, both per width, at the higher of the two levels, the momentum is
/// q_t + g A ∂η/∂x + g A |q| q / K² = 0, solved as in ``InertialFaces``; for one fine cell in a coarse one the equations
/// are the same.
final class SubgridSweep: FlowScheme, @unchecked Sendable {
  private let state: FlowState
  private let layout: FlowLayout
  private let terrain: SubgridTerrain
  private let settings: FlowSettings
  private let width: Float
  private let height: Float
  private var timeStep: Float = 0
  private let newX: UnsafeMutablePointer<Float>
  private let newY: UnsafeMutablePointer<Float>
  /// Flow area per width with which each face was last solved, metres.
  private let areaX: UnsafeMutablePointer<Float>
  private let areaY: UnsafeMutablePointer<Float>
  /// Level and wet share of two rows of cells, for each thread.
  private let scratch: UnsafeMutablePointer<SubgridTerrain.Water>

  init(_ state: FlowState, _ terrain: SubgridTerrain, settings: FlowSettings, threads: Int) {
    self.state = state
    self.terrain = terrain
    self.settings = settings
    layout = state.layout
    width = Float(terrain.geometry.cellWidth)
    height = Float(terrain.geometry.cellHeight)
    newX = .filled(layout.count, with: 0)
    newY = .filled(layout.count, with: 0)
    areaX = .filled(layout.count, with: 0)
    areaY = .filled(layout.count, with: 0)
    scratch = .filled(2 * layout.stride * threads, with: .init(level: 0, wet: 1))
  }

  deinit {
    newX.deallocate()
    newY.deallocate()
    areaX.deallocate()
    areaY.deallocate()
    scratch.deallocate()
  }

  func begin(timeStep: Float) { self.timeStep = timeStep }

  var perCell: Double { 1 / Double(min(width, height)) }

  func cellDischarge(_ position: Int) -> (x: Float, y: Float) {
    (
      0.5 * (state.qx[position &- 1] + state.qx[position]),
      0.5 * (state.qy[position &- layout.stride] + state.qy[position])
    )
  }

  /// The mean of the velocities through a cell's opposite faces, m/s: discharge over the flow area of the face, which
  /// in a channel narrower than the cell is far from the mean depth.
  /// - Parameter depth: Mean depth of the cell's water where it is wet, for faces at the edge, which have no area.
  @inline(__always)
  func cellVelocity(_ position: Int, depth: Float) -> (x: Float, y: Float) {
    @inline(__always)
    func speed(_ q: Float, _ area: Float, _ other: Float) -> Float {
      if q == 0 { return 0 }
      return q / (area > 0 ? area : other > 0 ? other : depth)
    }
    let (west, north) = (position &- 1, position &- layout.stride)
    return (
      0.5
        * (speed(state.qx[west], areaX[west], areaX[position]) + speed(state.qx[position], areaX[position], areaX[west])),
      0.5
        * (speed(state.qy[north], areaY[north], areaY[position])
          + speed(state.qy[position], areaY[position], areaY[north]))
    )
  }

  /// Level and wet share of a cell.
  @inline(__always)
  func water(column: Int, row: Int) -> SubgridTerrain.Water {
    let isInside = column >= 0 && row >= 0 && column < layout.columns && row < layout.rows
    if !isInside { return .init(level: 0, wet: 1) }
    return terrain.water(
      row &* layout.columns &+ column, depth: state.depth[layout.position(column: column, row: row)])
  }

  func update(strip: Int, worker: Int, tiles: ActiveTiles) {
    let rows = layout.rows(ofStrip: strip)
    let lines = scratch + worker * 2 * layout.stride
    let fastest = tiles.fastest + strip * layout.tilesAcross
    for due in tiles.flowRuns(ofStrip: strip) {
      let (run, runTiles) = (due.columns, due.tiles)
      for tile in runTiles { fastest[tile] = 0 }
      for column in run.lowerBound..<run.upperBound + 1 {
        lines[rows.lowerBound % 2 * layout.stride + column] = water(column: column, row: rows.lowerBound)
      }
      for row in rows {
        let (here, below) = (lines + row % 2 * layout.stride, lines + (row + 1) % 2 * layout.stride)
        for column in run.lowerBound..<run.upperBound + 1 { below[column] = water(column: column, row: row + 1) }
        for column in run.lowerBound..<min(run.upperBound, layout.columns) {
          let position = layout.position(column: column, row: row)
          let cell = row &* layout.columns &+ column
          let (qx, qy) = (state.qx + position, state.qy + position)
          let stride = layout.stride
          let east = solve(
            cell, isSouth: false, position, position &+ 1, here[column], here[column &+ 1], length: width, q: qx[0],
            before: qx[-1], after: qx[1], across: (qy[-stride] + qy[1 &- stride]) + (qy[0] + qy[1]))
          let south = solve(
            cell, isSouth: true, position, position &+ stride, here[column], below[column], length: height, q: qy[0],
            before: qy[-stride], after: qy[stride], across: (qx[-1] + qx[stride &- 1]) + (qx[0] + qx[stride]))
          (newX[position], newY[position]) = (east.q, south.q)
          (areaX[position], areaY[position]) = (east.area, south.area)
          let tile = column / FlowLayout.tileWidth
          fastest[tile] = larger(fastest[tile], larger(east.speed, south.speed))
        }
      }
    }
  }

  /// By how much waves are reckoned faster than they are: the wet share of a cell, and with it their speed, changes
  /// within a step, and a round lake would start to ring where a step is as long as still water allows.
  private static var margin: Float { 1.2 }

  /// The new discharge through a face between cell 0 and cell 1, m²/s, its flow area per width, m, and how many cells
  /// its water and waves cross in a second.
  @inline(__always)
  private func solve(
    _ cell: Int, isSouth: Bool, _ position0: Int, _ position1: Int, _ water0: SubgridTerrain.Water,
    _ water1: SubgridTerrain.Water, length: Float, q: Float, before: Float, after: Float, across: Float
  ) -> (q: Float, area: Float, speed: Float) {
    let step = state.ground[position0] - state.ground[position1]
    if magnitude(step) >= FlowState.wall / 2 { return (0, 0, 0) }
    let drop = (water0.level - water1.level) + step
    let (level, source) = drop > 0 ? (water0.level, position0) : (water1.level - step, position1)
    if state.depth[source] <= Double(settings.film) { return (0, 0, 0) }
    let section = terrain.section(cell, isSouth: isSouth, level: level)
    if section.area <= settings.film { return (0, 0, 0) }
    // Waves run on the water that the higher cell holds, which may be narrower or wider than the face.
    let wet = (drop > 0 ? water0 : water1).wet
    let wave2 = Gravity.float * section.area / section.wet
    let wave = squareRoot(larger(wave2, Gravity.float * section.area / wet))
    let speed = 1 / section.area
    let lightness = PartialInertia.reciprocal(speed: magnitude(q) * speed, inverseDepth: section.wet * speed)
    let weight = lightness * Gravity.float * timeStep * section.area
    let push = weight * drop / length
    let smooth = InertialSmoothing.discharge(
      q, before: InertialSmoothing.change(from: before, to: q), after: InertialSmoothing.change(from: q, to: after),
      weight: InertialSmoothing.weight(theta: settings.theta, step: timeStep, length: length)
        * (magnitude(q) * speed + wave))
    // Where the neighbours would turn the flow uphill, they have no say.
    let b = (smooth + push) * drop < 0 ? q + push : smooth + push
    let size = InertialFriction.discharge(
      drive: magnitude(b), across: magnitude(0.25 * across),
      resistance: weight / (section.conveyance * section.conveyance))
    let free = withSign(size, of: b)
    let normal = section.conveyance * squareRoot(magnitude(drop) / length)
    let isCapped = normal * speed > squareRoot(wave2) && normal < magnitude(free)
    let new = isCapped ? withSign(normal, of: free) : free
    return (new, section.area, Self.margin * (magnitude(new) * speed + wave) / length)
  }

  func commit(strip: Int, tiles: ActiveTiles) {
    for run in tiles.flowRuns(ofStrip: strip).lazy.map(\.columns) {
      for row in layout.rows(ofStrip: strip) {
        let start = layout.start(ofRow: row) + run.lowerBound
        (state.qx + start).update(from: newX + start, count: run.count)
        (state.qy + start).update(from: newY + start, count: run.count)
      }
    }
  }
}
