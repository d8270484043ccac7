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
  /// For each thread a row of the deepest water of each column, and what is left of the water of each cell.
  private let deepestInColumns: UnsafeMutablePointer<Double>
  private let rests: UnsafeMutablePointer<Float>
  /// The overdrawn cells of the row that is looked through, and of the one before.
  private var overdrawn: [Overdrawn] = []
  private var overdrawnBefore: [Overdrawn] = []

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
    deepestInColumns = .filled(threads * layout.stride, with: 0)
    rests = .filled(threads * layout.stride, with: 0)
  }

  deinit {
    isSuspect.deallocate()
    hasSuspects.deallocate()
    deepestInColumns.deallocate()
    rests.deallocate()
  }

  /// Sets the length of the base steps that follow, seconds.
  func begin(timeStep: Float) {
    perEast = timeStep / width
    perSouth = timeStep / height
  }

  /// Moves water through the faces of one strip and finds the deepest water of each tile.
  ///
  /// Between tiles whose water takes steps of different length it passes in the shorter ones: a tile that is not due
  /// gives and takes through its sides, in equal parts of its own longer step.
  func update(strip: Int, worker: Int, tiles: ActiveTiles) {
    let deep = deepestInColumns + worker * layout.stride
    let rest = rests + worker * layout.stride
    let rows = layout.rows(ofStrip: strip)
    let firstTile = strip * layout.tilesAcross
    var found = false
    for run in tiles.waterRuns(ofStrip: strip) {
      let start = run.columns.lowerBound
      let (east, south) = (perEast * run.weight, perSouth * run.weight)
      let (westSide, eastSide) = (
        sides(of: firstTile + run.tiles.lowerBound, tiles).west,
        sides(of: firstTile + run.tiles.upperBound - 1, tiles).east
      )
      deep.update(repeating: 0, count: run.columns.count)
      for row in rows {
        let first = layout.start(ofRow: row) &+ start
        // What passes a side in a shorter step is put right beforehand, so that all may be moved in the tile's own; a cell
        // may be suspected in vain, but none is missed.
        if westSide != east {
          state.depth[first] += passing(state.qx[first - 1], westSide) - passing(state.qx[first - 1], east)
        }
        let last = first + run.columns.count - 1
        if eastSide != east {
          state.depth[last] += passing(state.qx[last], east) - passing(state.qx[last], eastSide)
        }
        var isOverdrawn = false
        if row > rows.lowerBound, row < rows.upperBound - 1 {
          isOverdrawn = exchange(
            first, tiles: run.tiles.count, deep, rest, east: east, south: south, north: south)
        } else {
          for tile in run.tiles {
            let offset = tile &* FlowLayout.tileWidth &- start
            let sides = sides(of: firstTile &+ tile, tiles)
            let isTileOverdrawn = exchange(
              first &+ offset, tiles: 1, deep + offset, rest + offset, east: east,
              south: row == rows.upperBound - 1 ? sides.south : south,
              north: row == rows.lowerBound ? sides.north : south)
            isOverdrawn = isOverdrawn || isTileOverdrawn
          }
        }
        if isOverdrawn {
          found = true
          for tile in run.tiles where hasNegative(rest + (tile &* FlowLayout.tileWidth &- start)) {
            isSuspect[row &* layout.tilesAcross &+ tile] = true
          }
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
      if passSides(strip: strip, tile: tile, tiles) { found = true }
    }
    hasSuspects[strip] = found
  }

  /// What discharges through the sides of a tile are to be multiplied with now; 0 where nothing passes.
  ///
  /// Outside the terrain there is nothing that could: a tile's own step will do.
  private func sides(of tile: Int, _ tiles: ActiveTiles) -> Steps {
    let (strip, column) = tile.quotientAndRemainder(dividingBy: layout.tilesAcross)
    func weight(_ isInside: Bool, _ other: Int) -> Float {
      isInside ? tiles.weight(between: tile, and: other) : tiles.weight(of: tile)
    }
    return Steps(
      east: perEast * weight(column + 1 < layout.tilesAcross, tile + 1),
      west: perEast * weight(column > 0, tile - 1),
      south: perSouth * weight(strip + 1 < layout.strips, tile + layout.tilesAcross),
      north: perSouth * weight(strip > 0, tile - layout.tilesAcross))
  }

  /// Moves water through the sides of a tile that is not due, where its neighbours are.
  /// - Returns: Whether a cell may give more than it holds.
  private func passSides(strip: Int, tile column: Int, _ tiles: ActiveTiles) -> Bool {
    let rows = layout.rows(ofStrip: strip)
    let tile = strip * layout.tilesAcross + column
    let sides = sides(of: tile, tiles)
    if sides.east == 0, sides.west == 0, sides.south == 0, sides.north == 0 { return false }
    var found = false
    var deepest = Double(tiles.deepest[tile])
    let lastColumn = FlowLayout.tileWidth - 1
    for row in rows {
      let first = layout.start(ofRow: row) + column * FlowLayout.tileWidth
      let north = row == rows.lowerBound ? sides.north : 0
      let south = row == rows.upperBound - 1 ? sides.south : 0
      for index in stride(from: 0, through: lastColumn, by: north == 0 && south == 0 ? lastColumn : 1) {
        let position = first + index
        let steps = Steps(
          east: index == lastColumn ? sides.east : 0, west: index == 0 ? sides.west : 0, south: south, north: north)
        let (east, west, below, above) = passing(position, steps)
        if east == 0, west == 0, below == 0, above == 0 { continue }
        // What comes in does not count: another cell may have to give less.
        if given(east: east, west: west, south: below, north: above) > state.depth[position] {
          isSuspect[row * layout.tilesAcross + column] = true
          found = true
        }
        state.depth[position] += (west - east) + (above - below)
        deepest = max(deepest, state.depth[position])
      }
    }
    tiles.deepest[tile] = Float(deepest)
    return found
  }

  /// Moves water through the faces of a row of tiles, and keeps the deepest in each column.
  /// - Parameter rest: What each cell has left of the water that it held, inflow not counted; negative where it may give
  ///   more.
  /// - Returns: Whether any may.
  @inline(__always)
  private func exchange(
    _ first: Int, tiles: Int, _ deep: UnsafeMutablePointer<Double>, _ rest: UnsafeMutablePointer<Float>,
    east perEast: Float, south perSouth: Float, north perNorth: Float
  ) -> Bool {
    let (qx, qy) = (state.qx + first, state.qy + first)
    let above = qy - layout.stride
    let depth = state.depth + first
    let rounding = DepthQuantum.rounding
    // The first bit is set in negative numbers. Whole numbers, unlike floats, the compiler may gather in any order.
    var signs: UInt32 = 0
    for column in 0..<tiles &* FlowLayout.tileWidth {
      let (west, east) = (qx[column &- 1] * perEast, qx[column] * perEast)
      let (north, south) = (above[column] * perNorth, qy[column] * perSouth)
      let held = depth[column]
      // A little too careful, so that no cell is missed for the rounding of floats, and of what passes to whole quanta.
      let out = (positivePart(east) - negativePart(west)) + (positivePart(south) - negativePart(north))
      let left = Float(held) - (out * (1 + 0x1p-20) + smaller(out, 2 / Float(DepthQuantum.perMetre)))
      rest[column] = left
      signs |= left.bitPattern
      // Near `rounding` doubles are one quantum apart: these sums are rounded, their differences exact.
      let across = (Double(west) + rounding) - (Double(east) + rounding)
      let along = (Double(north) + rounding) - (Double(south) + rounding)
      let new = held + (across + along)
      depth[column] = new
      deep[column] = deep[column] < new ? new : deep[column]
    }
    return signs & 0x8000_0000 != 0
  }

  /// Whether any cell of a row of a tile has a negative rest.
  private func hasNegative(_ rest: UnsafePointer<Float>) -> Bool {
    var signs: UInt32 = 0
    for column in 0..<FlowLayout.tileWidth { signs |= rest[column].bitPattern }
    return signs & 0x8000_0000 != 0
  }

  /// Scales what overdrawn cells give to what they hold.
  ///
  /// All outflows of such a cell are scaled alike; its inflow is not counted, so that the order of cells is of no
  /// importance. No depth is negative afterwards, and none was clipped.
  func scaleOutflow(tiles: ActiveTiles) {
    // What a cell held is read from what it holds now and what passed. So a row is scaled when the row after it has been
    // looked through, and never are more than two rows of cells kept, however many of the terrain are overdrawn.
    for strip in 0..<layout.strips where hasSuspects[strip] {
      hasSuspects[strip] = false
      let rows = layout.rows(ofStrip: strip)
      for row in rows {
        for column in 0..<layout.tilesAcross where isSuspect[row * layout.tilesAcross + column] {
          isSuspect[row * layout.tilesAcross + column] = false
          let tile = strip * layout.tilesAcross + column
          let own = tiles.weight(of: tile)
          let sides = sides(of: tile, tiles)
          for index in 0..<FlowLayout.tileWidth {
            find(
              layout.start(ofRow: row) + column * FlowLayout.tileWidth + index,
              Steps(
                east: index == FlowLayout.tileWidth - 1 ? sides.east : perEast * own,
                west: index == 0 ? sides.west : perEast * own,
                south: row == rows.upperBound - 1 ? sides.south : perSouth * own,
                north: row == rows.lowerBound ? sides.north : perSouth * own))
          }
        }
        scaleRowBefore(tiles)
      }
    }
    scaleRowBefore(tiles)
  }

  /// Scales what the overdrawn cells of the row before give, and puts those just found in their place.
  private func scaleRowBefore(_ tiles: ActiveTiles) {
    for cell in overdrawnBefore {
      scale(cell)
      let place = layout.cell(at: cell.position)
      let tile = layout.tile(column: place.column, row: place.row)
      tiles.deepest[tile] = max(tiles.deepest[tile], Float(state.depth[cell.position]))
    }
    swap(&overdrawn, &overdrawnBefore)
    overdrawn.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  private func passing(_ q: Float, _ factor: Float) -> Double { DepthQuantum.round(Double(q * factor)) }

  private func passing(_ position: Int, _ steps: Steps) -> (east: Double, west: Double, south: Double, north: Double) {
    (
      passing(state.qx[position], steps.east), passing(state.qx[position - 1], steps.west),
      passing(state.qy[position], steps.south), passing(state.qy[position - layout.stride], steps.north)
    )
  }

  /// What a cell gives of that which passes its faces.
  private func given(east: Double, west: Double, south: Double, north: Double) -> Double {
    (max(east, 0) - min(west, 0)) + (max(south, 0) - min(north, 0))
  }

  private func find(_ position: Int, _ steps: Steps) {
    let (east, west, south, north) = passing(position, steps)
    let out = given(east: east, west: west, south: south, north: north)
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
