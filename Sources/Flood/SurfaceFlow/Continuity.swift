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
  /// Depth that one second of discharge takes through an eastern and a southern face, times the time step.
  private var perEast: Float = 0
  private var perSouth: Float = 0
  /// For each row and tile, whether a cell of it may give more than it holds.
  private let isSuspect: UnsafeMutablePointer<Bool>
  /// Whether a strip has any such cell.
  private let hasSuspects: UnsafeMutablePointer<Bool>
  /// A row of depths for each thread.
  private let scratch: UnsafeMutablePointer<Double>
  private var overdrawn: [Overdrawn] = []

  /// A cell that gives more than it holds, and the share that it can give.
  private struct Overdrawn {
    let position: Int
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

  /// Sets the time step of the exchanges that follow, seconds.
  func begin(timeStep: Float) {
    perEast = timeStep / width
    perSouth = timeStep / height
  }

  /// Moves water through the faces of one strip and finds the deepest water of each tile.
  func update(strip: Int, worker: Int, tiles: ActiveTiles) {
    let deep = scratch + worker * layout.stride
    var found = false
    for number in 0..<tiles.runCount(ofStrip: strip) {
      let run = tiles.run(number, ofStrip: strip)
      let runTiles = run.lowerBound / FlowLayout.tileWidth..<run.upperBound / FlowLayout.tileWidth
      deep.update(repeating: 0, count: run.count)
      for row in layout.rows(ofStrip: strip) {
        let start = layout.start(ofRow: row)
        for tile in runTiles {
          let isOver = mayOverdraw(start &+ tile &* FlowLayout.tileWidth)
          isSuspect[row &* layout.tilesAcross &+ tile] = isOver
          if isOver { found = true }
        }
        exchange(start &+ run.lowerBound, run.count, deep)
      }
      for tile in runTiles {
        var deepest = 0.0
        let first = tile * FlowLayout.tileWidth - run.lowerBound
        for column in first..<first + FlowLayout.tileWidth { deepest = max(deepest, deep[column]) }
        tiles.deepest[strip * layout.tilesAcross + tile] = Float(deepest)
      }
    }
    hasSuspects[strip] = found
  }

  /// Whether a cell in a row of a tile gives more than it holds, or nearly so.
  @inline(__always)
  private func mayOverdraw(_ first: Int) -> Bool {
    let (qx, qy) = (state.qx + first, state.qy + first)
    let north = qy - layout.stride
    let depth = state.depth + first
    let (perEast, perSouth) = (perEast, perSouth)
    // The first bit is set in negative numbers. Whole numbers, unlike floats, the compiler may gather in any order.
    var signs: UInt32 = 0
    for column in 0..<FlowLayout.tileWidth {
      let along = larger(qx[column], 0) - smaller(qx[column &- 1], 0)
      let down = larger(qy[column], 0) - smaller(north[column], 0)
      // A little too careful, so that no cell is missed for rounding.
      let rest = Float(depth[column]) - (along * perEast + down * perSouth) * (1 + 0x1p-20)
      signs |= rest.bitPattern
    }
    return signs & 0x8000_0000 != 0
  }

  /// Moves water through the faces of a part of a row, and keeps the deepest in each column.
  @inline(__always)
  private func exchange(_ first: Int, _ count: Int, _ deep: UnsafeMutablePointer<Double>) {
    let (qx, qy) = (state.qx + first, state.qy + first)
    let north = qy - layout.stride
    let depth = state.depth + first
    let (perEast, perSouth) = (perEast, perSouth)
    let rounding = DepthQuantum.rounding
    for column in 0..<count {
      // Near `rounding` doubles are one quantum apart: these sums are rounded, their differences exact.
      let across = (Double(qx[column &- 1] * perEast) + rounding) - (Double(qx[column] * perEast) + rounding)
      let along = (Double(north[column] * perSouth) + rounding) - (Double(qy[column] * perSouth) + rounding)
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
      for row in layout.rows(ofStrip: strip) {
        for number in 0..<tiles.runCount(ofStrip: strip) {
          let run = tiles.run(number, ofStrip: strip)
          for tile in run.lowerBound / FlowLayout.tileWidth..<run.upperBound / FlowLayout.tileWidth
          where isSuspect[row * layout.tilesAcross + tile] {
            find(layout.start(ofRow: row) + tile * FlowLayout.tileWidth)
          }
        }
      }
    }
    for cell in overdrawn { scale(cell) }
  }

  @inline(__always)
  private func passing(_ q: Float, _ factor: Float) -> Double { DepthQuantum.round(Double(q * factor)) }

  private func find(_ first: Int) {
    for position in first..<first + FlowLayout.tileWidth {
      let east = passing(state.qx[position], perEast)
      let west = passing(state.qx[position - 1], perEast)
      let south = passing(state.qy[position], perSouth)
      let north = passing(state.qy[position - layout.stride], perSouth)
      let out = (max(east, 0) - min(west, 0)) + (max(south, 0) - min(north, 0))
      let held = state.depth[position] - ((west - east) + (north - south))
      if out > held { overdrawn.append(Overdrawn(position: position, share: held / out)) }
    }
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
    let east = passing(state.qx[position], perEast)
    let west = passing(state.qx[position - 1], perEast)
    let south = passing(state.qy[position], perSouth)
    let north = passing(state.qy[position - layout.stride], perSouth)
    if east > 0 { giveBack(east, to: position + 1, &state.qx[position]) }
    if west < 0 { giveBack(west, to: position - 1, &state.qx[position - 1]) }
    if south > 0 { giveBack(south, to: position + layout.stride, &state.qy[position]) }
    if north < 0 { giveBack(north, to: position - layout.stride, &state.qy[position - layout.stride]) }
  }
}
