import Grids

/// What maxima, gauges and results see of a simulation: depths and discharges on the grid of the terrain.
protocol FlowView: AnyObject, Sendable {
  /// Where the cells of the terrain lie.
  var layout: FlowLayout { get }
  /// Depths, metres, and sizes of the discharges, m²/s, in a row of a tile, of which the first cell is given.
  func read(column: Int, row: Int, depths: UnsafeMutablePointer<Float>, flows: UnsafeMutablePointer<Float>)
  /// Whether a cell is part of the terrain.
  func isCell(column: Int, row: Int) -> Bool
  /// Depth of a cell, metres.
  func depth(column: Int, row: Int) -> Float
  /// Discharge per metre of width in a cell, eastwards and southwards, m²/s.
  func discharge(column: Int, row: Int) -> (x: Float, y: Float)
  /// Whether the last step may have changed a tile, by a test of the tiles that are computed.
  func isChanged(tile: Int, _ test: (Int) -> Bool) -> Bool
}

/// The view of a simulation that computes on the terrain's own cells.
final class CellView: FlowView, @unchecked Sendable {
  private let state: FlowState
  private let scheme: any CellScheme

  init(_ state: FlowState, _ scheme: any CellScheme) {
    self.state = state
    self.scheme = scheme
  }

  var layout: FlowLayout { state.layout }

  func read(column: Int, row: Int, depths: UnsafeMutablePointer<Float>, flows: UnsafeMutablePointer<Float>) {
    let start = layout.position(column: column, row: row)
    let water = state.depth + start
    for x in 0..<FlowLayout.tileWidth { depths[x] = Float(water[x]) }
    scheme.readDischarges(start, into: flows)
  }

  func isCell(column: Int, row: Int) -> Bool { state.isCell(layout.position(column: column, row: row)) }

  func depth(column: Int, row: Int) -> Float { Float(state.depth[layout.position(column: column, row: row)]) }

  func discharge(column: Int, row: Int) -> (x: Float, y: Float) {
    scheme.cellDischarge(layout.position(column: column, row: row))
  }

  func isChanged(tile: Int, _ test: (Int) -> Bool) -> Bool { test(tile) }
}

/// The view of a simulation on coarse cells: their levels over the fine terrain, and one speed in each.
///
/// The speed is the mean of those through the coarse cell's faces.
final class SubgridView: FlowView, @unchecked Sendable {
  let layout: FlowLayout
  private let state: FlowState
  private let sweep: SubgridSweep
  private let fine: Grid<Float>
  private let factor: Int

  init(_ terrain: Grid<Float>, _ subgrid: SubgridTerrain, _ state: FlowState, _ sweep: SubgridSweep) {
    layout = FlowLayout(columns: terrain.columns, rows: terrain.rows)
    fine = terrain
    factor = subgrid.factor
    self.state = state
    self.sweep = sweep
  }

  /// The water of a coarse cell: level above its lowest ground, that ground, and the speeds.
  private struct Coarse {
    let level: Float
    let lowest: Float
    let x: Float
    let y: Float
  }

  private func coarse(_ column: Int, _ row: Int) -> Coarse {
    let position = state.layout.position(column: column, row: row)
    let depth = Float(state.depth[position])
    if depth <= 0 { return Coarse(level: 0, lowest: state.ground[position], x: 0, y: 0) }
    let water = sweep.water(column: column, row: row)
    let velocity = sweep.cellVelocity(position, depth: depth / water.wet)
    return Coarse(level: water.level, lowest: state.ground[position], x: velocity.x, y: velocity.y)
  }

  private func depth(level: Float, lowest: Float, _ ground: Float) -> Float {
    // Ground that is NaN holds nothing.
    let depth = level - (ground - lowest)
    return depth > 0 ? depth : 0
  }

  func read(column: Int, row: Int, depths: UnsafeMutablePointer<Float>, flows: UnsafeMutablePointer<Float>) {
    let end = min(column + FlowLayout.tileWidth, layout.columns)
    for x in 0..<FlowLayout.tileWidth { (depths[x], flows[x]) = (0, 0) }
    var x = column
    fine.withUnsafeCells { cells in
      let ground = cells + row * layout.columns
      while x < end {
        let water = coarse(x / factor, row / factor)
        let next = min(end, (x / factor + 1) * factor)
        if water.level > 0 {
          let speed = squareRoot(water.x * water.x + water.y * water.y)
          for place in x..<next {
            let here = depth(level: water.level, lowest: water.lowest, ground[place])
            depths[place - column] = here
            flows[place - column] = here * speed
          }
        }
        x = next
      }
    }
  }

  func isCell(column: Int, row: Int) -> Bool { !fine[column, row].isNaN }

  func depth(column: Int, row: Int) -> Float {
    let position = state.layout.position(column: column / factor, row: row / factor)
    if state.depth[position] <= 0 { return 0 }
    let level = sweep.water(column: column / factor, row: row / factor).level
    return depth(level: level, lowest: state.ground[position], fine[column, row])
  }

  func discharge(column: Int, row: Int) -> (x: Float, y: Float) {
    let water = coarse(column / factor, row / factor)
    let here = depth(level: water.level, lowest: water.lowest, fine[column, row])
    return (here * water.x, here * water.y)
  }

  func isChanged(tile: Int, _ test: (Int) -> Bool) -> Bool {
    let (strip, across) = tile.quotientAndRemainder(dividingBy: layout.tilesAcross)
    let columns = across * FlowLayout.tileWidth..<min(layout.columns, (across + 1) * FlowLayout.tileWidth)
    let rows = layout.rows(ofStrip: strip)
    for row in [rows.lowerBound, rows.upperBound - 1] {
      for column in [columns.lowerBound, columns.upperBound - 1]
      where test(state.layout.tile(column: column / factor, row: row / factor)) { return true }
    }
    return false
  }
}
