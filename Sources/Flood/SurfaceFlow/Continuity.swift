/// The exchange of water between cells through their faces, exact to the quantum of ``DepthQuantum``.
///
/// What passes a face in a step is rounded once, and the same number is taken from one cell and given to the other.
/// A cell that would give more than it holds is found here and set right by ``scaleOutflow(tiles:)``: sums of whole
/// quanta can be undone without a trace.
final class Continuity: @unchecked Sendable {
  private let state: FlowState
  private let layout: FlowLayout
  private let width: Float
  private let height: Float
  /// Depth that one second of discharge takes through an eastern and a southern face, times the base step.
  private var perEast: Float = 0
  private var perSouth: Float = 0
  /// For each row and tile, whether a cell of it may give more than it holds.
  private let isSuspect: UnsafeMutablePointer<Bool>
  /// Whether a strip has any such cell.
  private let hasSuspects: UnsafeMutablePointer<Bool>
  /// A row of depths for each thread.
  private let scratch: UnsafeMutablePointer<Double>
  private var overdrawn: [Overdrawn] = []

  /// Depth that one second of discharge takes through each face of a cell, times the step in which it passes.
  private struct Steps {
    let east: Float
    let west: Float
    let south: Float
    let north: Float
  }

  /// A cell that gives more than it holds, and the share that it can give.
  private struct Overdrawn {
    let position: Int
    let steps: Steps
    let share: Double
  }

  init(_ state: FlowState, width: Float, height: Float, threads: Int) {
    self.state = state
    layout = state.layout
    self.width = width
    self.height = height
    isSuspect = .filled(layout.rows * layout.tilesAcross, with: false)
    hasSuspects = .filled(layout.strips, with: false)
    scratch = .filled(threads * layout.stride, with: 0)
  }

  deinit {
    isSuspect.deallocate()
    hasSuspects.deallocate()
    scratch.deallocate()
  }

  /// Sets the length of the base steps that follow, seconds.
  func begin(timeStep: Float) {
    perEast = timeStep / width
    perSouth = timeStep / height
  }

  /// Moves water through the faces of the due tiles of one strip and finds the deepest water of each tile.
  ///
  /// What passes a face in a step of the tile that it belongs to passes at once, whenever the cell on its other side
  /// takes a step: a tile that is not due gives and takes through the faces of its neighbours to the west and the
  /// north.
  func update(strip: Int, worker: Int, tiles: ActiveTiles) {
    let deep = scratch + worker * layout.stride
    let rows = layout.rows(ofStrip: strip)
    let firstTile = strip * layout.tilesAcross
    var found = false
    for number in 0..<tiles.runCount(ofStrip: strip) {
      let run = tiles.run(number, ofStrip: strip)
      let start = run.columns.lowerBound
      let (east, south) = (perEast * run.weight, perSouth * run.weight)
      let west = perEast * westWeight(of: firstTile + run.tiles.lowerBound, tiles)
      deep.update(repeating: 0, count: run.columns.count)
      for row in rows {
        let first = layout.start(ofRow: row) &+ start
        let isTop = row == rows.lowerBound
        for tile in run.tiles {
          let position = layout.start(ofRow: row) &+ tile &* FlowLayout.tileWidth
          let north = isTop ? perSouth * northWeight(of: firstTile &+ tile, tiles) : south
          if mayOverdraw(position, east: east, south: south, north: north) {
            isSuspect[row &* layout.tilesAcross &+ tile] = true
            found = true
          }
        }
        let north = isTop ? perSouth * northWeight(of: firstTile &+ run.tiles.lowerBound, tiles) : south
        if west != east, passWest(first, west: west, east: east, south: south, north: north) {
          isSuspect[row &* layout.tilesAcross &+ run.tiles.lowerBound] = true
          found = true
        }
        if isTop {
          for tile in run.tiles {
            let offset = tile &* FlowLayout.tileWidth &- start
            exchange(
              first &+ offset, FlowLayout.tileWidth, deep + offset, east: east, south: south,
              north: perSouth * northWeight(of: firstTile &+ tile, tiles))
          }
        } else {
          exchange(first, run.columns.count, deep, east: east, south: south, north: south)
        }
      }
      for tile in run.tiles {
        var deepest = 0.0
        let first = tile * FlowLayout.tileWidth - start
        for column in first..<first + FlowLayout.tileWidth { deepest = max(deepest, deep[column]) }
        tiles.deepest[firstTile + tile] = Float(deepest)
      }
    }
    for tile in 0..<layout.tilesAcross where !tiles.isDue(firstTile + tile) {
      if passEdges(strip: strip, tile: tile, tiles) { found = true }
    }
    hasSuspects[strip] = found
  }

  /// Weight of the step in which water passes the western faces of a tile now.
  private func westWeight(of tile: Int, _ tiles: ActiveTiles) -> Float {
    tile % layout.tilesAcross == 0 ? tiles.weight(of: tile) : tiles.weight(of: tile - 1)
  }

  /// Weight of the step in which water passes the northern faces of a tile now.
  private func northWeight(of tile: Int, _ tiles: ActiveTiles) -> Float {
    tile < layout.tilesAcross ? tiles.weight(of: tile) : tiles.weight(of: tile - layout.tilesAcross)
  }

  /// Sets right what ``exchange(_:_:_:east:south:north:)`` is to take for a western face whose step has another length.
  /// - Returns: Whether the cell may give more than it holds.
  private func passWest(_ position: Int, west: Float, east: Float, south: Float, north: Float) -> Bool {
    let q = state.qx[position - 1]
    if q == 0 { return false }
    let isOver = isOverdrawn(position, east: east, west: west, south: south, north: north)
    state.depth[position] += passing(q, west) - passing(q, east)
    return isOver
  }

  /// Moves water through the western and northern faces of a tile that is not due, where their owners are.
  /// - Returns: Whether a cell may give more than it holds.
  private func passEdges(strip: Int, tile column: Int, _ tiles: ActiveTiles) -> Bool {
    let rows = layout.rows(ofStrip: strip)
    let tile = strip * layout.tilesAcross + column
    let west = column == 0 ? 0 : perEast * tiles.weight(of: tile - 1)
    let north = strip == 0 ? 0 : perSouth * tiles.weight(of: tile - layout.tilesAcross)
    if west == 0, north == 0 { return false }
    var found = false
    var deepest = Double(tiles.deepest[tile])
    func pass(_ position: Int, row: Int, west: Float, north: Float) {
      let (x, y) = (state.qx[position - 1], state.qy[position - layout.stride])
      if (x == 0 || west == 0) && (y == 0 || north == 0) { return }
      if isOverdrawn(position, east: 0, west: west, south: 0, north: north) {
        isSuspect[row * layout.tilesAcross + column] = true
        found = true
      }
      state.depth[position] += passing(x, west) + passing(y, north)
      deepest = max(deepest, state.depth[position])
    }
    for row in rows {
      let first = layout.start(ofRow: row) + column * FlowLayout.tileWidth
      pass(first, row: row, west: west, north: row == rows.lowerBound ? north : 0)
      if row == rows.lowerBound, north != 0 {
        for position in first + 1..<first + FlowLayout.tileWidth { pass(position, row: row, west: 0, north: north) }
      }
    }
    tiles.deepest[tile] = Float(deepest)
    return found
  }

  /// Whether a cell gives more than it holds, or nearly so; what each side's discharge is multiplied with tells the
  /// length of its step.
  private func isOverdrawn(_ position: Int, east: Float, west: Float, south: Float, north: Float) -> Bool {
    let along = larger(state.qx[position], 0) * east - smaller(state.qx[position - 1], 0) * west
    let down = larger(state.qy[position], 0) * south - smaller(state.qy[position - layout.stride], 0) * north
    return Float(state.depth[position]) - (along + down) * (1 + 0x1p-20) < 0
  }

  /// Whether a cell in a row of a tile gives more than it holds, or nearly so.
  @inline(__always)
  private func mayOverdraw(_ first: Int, east: Float, south: Float, north: Float) -> Bool {
    let (qx, qy) = (state.qx + first, state.qy + first)
    let above = qy - layout.stride
    let depth = state.depth + first
    // The first bit is set in negative numbers. Whole numbers, unlike floats, the compiler may gather in any order.
    var signs: UInt32 = 0
    for column in 0..<FlowLayout.tileWidth {
      let along = larger(qx[column], 0) - smaller(qx[column &- 1], 0)
      let down = larger(qy[column], 0) * south - smaller(above[column], 0) * north
      // A little too careful, so that no cell is missed for rounding.
      let rest = Float(depth[column]) - (along * east + down) * (1 + 0x1p-20)
      signs |= rest.bitPattern
    }
    return signs & 0x8000_0000 != 0
  }

  /// Moves water through the faces of a part of a row, and keeps the deepest in each column.
  @inline(__always)
  private func exchange(
    _ first: Int, _ count: Int, _ deep: UnsafeMutablePointer<Double>, east: Float, south: Float, north: Float
  ) {
    let (qx, qy) = (state.qx + first, state.qy + first)
    let above = qy - layout.stride
    let depth = state.depth + first
    let rounding = DepthQuantum.rounding
    for column in 0..<count {
      // Near `rounding` doubles are one quantum apart: these sums are rounded, their differences exact.
      let across = (Double(qx[column &- 1] * east) + rounding) - (Double(qx[column] * east) + rounding)
      let along = (Double(above[column] * north) + rounding) - (Double(qy[column] * south) + rounding)
      let new = depth[column] + (across + along)
      depth[column] = new
      deep[column] = deep[column] < new ? new : deep[column]
    }
  }

  /// Scales what overdrawn cells give to what they hold.
  ///
  /// All outflows of such a cell are scaled alike; its inflow is not counted, so that the order of cells is of no
  /// importance. No depth is negative afterwards, and none was clipped.
  func scaleOutflow(tiles: ActiveTiles) {
    overdrawn.removeAll(keepingCapacity: true)
    for strip in 0..<layout.strips where hasSuspects[strip] {
      hasSuspects[strip] = false
      let rows = layout.rows(ofStrip: strip)
      for row in rows {
        for column in 0..<layout.tilesAcross where isSuspect[row * layout.tilesAcross + column] {
          isSuspect[row * layout.tilesAcross + column] = false
          let tile = strip * layout.tilesAcross + column
          let own = tiles.weight(of: tile)
          let north = row == rows.lowerBound ? northWeight(of: tile, tiles) : own
          for index in 0..<FlowLayout.tileWidth {
            find(
              layout.start(ofRow: row) + column * FlowLayout.tileWidth + index,
              Steps(
                east: perEast * own, west: perEast * (index == 0 ? westWeight(of: tile, tiles) : own),
                south: perSouth * own, north: perSouth * north))
          }
        }
      }
    }
    for cell in overdrawn { scale(cell) }
  }

  @inline(__always)
  private func passing(_ q: Float, _ factor: Float) -> Double { DepthQuantum.round(Double(q * factor)) }

  private func passing(_ position: Int, _ steps: Steps) -> (east: Double, west: Double, south: Double, north: Double) {
    (
      passing(state.qx[position], steps.east), passing(state.qx[position - 1], steps.west),
      passing(state.qy[position], steps.south), passing(state.qy[position - layout.stride], steps.north)
    )
  }

  private func find(_ position: Int, _ steps: Steps) {
    let (east, west, south, north) = passing(position, steps)
    let out = (max(east, 0) - min(west, 0)) + (max(south, 0) - min(north, 0))
    let held = state.depth[position] - ((west - east) + (north - south))
    if out > held { overdrawn.append(Overdrawn(position: position, steps: steps, share: held / out)) }
  }

  private func scale(_ cell: Overdrawn) {
    let position = cell.position
    let share = Float(cell.share)
    func giveBack(_ passing: Double, to other: Int, _ q: inout Float) {
      let given = abs(passing)
      // Rounded down: together they never exceed what the cell holds.
      let possible = (given * cell.share * DepthQuantum.perMetre).rounded(.down) / DepthQuantum.perMetre
      state.depth[position] += given - possible
      state.depth[other] -= given - possible
      q *= share
    }
    let (east, west, south, north) = passing(position, cell.steps)
    if east > 0 { giveBack(east, to: position + 1, &state.qx[position]) }
    if west < 0 { giveBack(west, to: position - 1, &state.qx[position - 1]) }
    if south > 0 { giveBack(south, to: position + layout.stride, &state.qy[position]) }
    if north < 0 { giveBack(north, to: position - layout.stride, &state.qy[position - layout.stride]) }
  }
}
