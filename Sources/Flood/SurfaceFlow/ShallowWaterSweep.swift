/// The sweep of the full shallow water equations: finite volumes, first or second order, strip by strip.
///
/// First order takes the cells as they are. Second order is MUSCL–Hancock (van Leer 1984; Toro 2001): depth, surface and
/// speeds vary across a cell with limited slopes, the middle of the step is foretold from them, friction included, and
/// one Riemann problem a face follows. Cells next to dry ones are taken as they are.
///
/// ``update(strip:worker:tiles:)`` reads cells only and writes discharges and gains of momentum, so that strips do not
/// disturb each other; ``finish(strip:worker:tiles:)`` brings the momentum to the new time once the water has moved.
/// Friction is solved for: with A = g Δt n² h^(−7/3), q = 2 q* / (1 + √(1 + 4 A |q*|)), in steady flow Manning's.
final class ShallowWaterSweep: CellScheme, @unchecked Sendable {
  private let cells: CellMomentum
  private let state: FlowState
  private let layout: FlowLayout
  private let film: Float
  private let isSecondOrder: Bool
  private let perWidth: Float
  private let perHeight: Float
  private var timeStep: Float = 0
  private let roughness: FlowFriction
  /// The rows of ``ShallowWaterFaces`` for each thread.
  private let scratch: UnsafeMutablePointer<Float>

  init(
    _ state: FlowState, roughness: FlowFriction, film: Float, isSecondOrder: Bool, width: Float, height: Float,
    threads: Int
  ) {
    self.state = state
    self.film = film
    self.isSecondOrder = isSecondOrder
    layout = state.layout
    cells = CellMomentum(state.layout)
    perWidth = 1 / width
    perHeight = 1 / height
    self.roughness = roughness
    scratch = .filled(ShallowWaterFaces.total * threads, with: 0)
  }

  deinit {
    scratch.deallocate()
  }

  var momentum: CellMomentum? { cells }

  var perCell: Double { Double(perWidth + perHeight) }

  func begin(timeStep: Float) { self.timeStep = timeStep }

  func commit(strip: Int, tiles: ActiveTiles) {}

  @inline(__always)
  func cellDischarge(_ position: Int) -> (x: Float, y: Float) { (cells.east[position], cells.south[position]) }

  func readDischarges(_ start: Int, into sizes: UnsafeMutablePointer<Float>) {
    let (east, south) = (cells.east + start, cells.south + start)
    for column in 0..<FlowLayout.tileWidth {
      let (x, y) = (east[column], south[column])
      sizes[column] = squareRoot(x * x + y * y)
    }
  }

  func update(strip: Int, worker: Int, tiles: ActiveTiles) {
    let rows = scratch + worker * ShallowWaterFaces.total
    for run in tiles.flowRuns(ofStrip: strip).lazy.map(\.columns) {
      var column = run.lowerBound
      while column < run.upperBound {
        let end = min(run.upperBound, column + ShallowWaterFaces.columns)
        update(strip: strip, column..<end, rows)
        column = end
      }
    }
  }

  /// Discharges and gains of momentum in a piece of a strip.
  private func update(strip: Int, _ piece: Range<Int>, _ rows: UnsafeMutablePointer<Float>) {
    let lines = layout.rows(ofStrip: strip)
    let work = ShallowWaterRows(
      state, cells, rows, first: piece.lowerBound, count: piece.count, film: film, timeStep: timeStep,
      perWidth: perWidth, perHeight: perHeight, isSecondOrder: isSecondOrder, roughness: roughness)
    let top = lines.lowerBound
    // Three rows are at hand at a time: one is reconstructed between its neighbours.
    for row in max(-1, top - 2)...top { work.read(row) }
    work.reconstruct(top - 1)
    work.read(top + 1)
    work.reconstruct(top)
    work.crossSouth(top - 1)
    for row in lines {
      work.crossEast(row)
      if row + 2 <= layout.rows { work.read(row + 2) }
      work.reconstruct(row + 1)
      work.crossSouth(row)
      work.gather(row)
    }
  }

  func finish(strip: Int, worker: Int, tiles: ActiveTiles) {
    let rows = scratch + worker * ShallowWaterFaces.total
    for run in tiles.flowRuns(ofStrip: strip).lazy.map(\.columns) {
      var column = run.lowerBound
      while column < run.upperBound {
        let count = min(run.upperBound - column, ShallowWaterFaces.columns)
        (rows + ShallowWaterFaces.fastest).update(repeating: 0, count: count)
        for row in layout.rows(ofStrip: strip) { finish(layout.start(ofRow: row) + column, count, rows) }
        for first in stride(from: 0, to: count, by: FlowLayout.tileWidth) {
          var worst: Float = 0
          for x in first..<first + FlowLayout.tileWidth { worst = larger(worst, rows[ShallowWaterFaces.fastest &+ x]) }
          tiles.fastest[strip * layout.tilesAcross + (column + first) / FlowLayout.tileWidth] = worst
        }
        column += count
      }
    }
  }

  /// Adds the gains to the momentum of a part of a row and takes friction at the new depth.
  @inline(__always)
  private func finish(_ start: Int, _ count: Int, _ rows: UnsafeMutablePointer<Float>) {
    let (depth, numbers) = (state.depth + start, state.roughness + start)
    let (east, south) = (cells.east + start, cells.south + start)
    let (eastGain, southGain) = (cells.eastGain + start, cells.southGain + start)
    let (step, film, perWidth, perHeight) = (timeStep, film, perWidth, perHeight)
    let (squares, factor) = (roughness.squares, 4 * Gravity.float * timeStep)
    let friction = rows + ShallowWaterFaces.friction
    if roughness.isVarying {
      for x in 0..<count { friction[x] = Float(depth[x]) }
      roughness.read(numbers, depth: friction, into: friction, count)
    } else {
      for x in 0..<count { friction[x] = squares[Int(numbers[x])] }
    }
    for x in 0..<count {
      let water = Float(depth[x])
      let h = larger(water, film)
      let y = reciprocalCubeRoot(h)
      let y2 = y * y
      let inverse = y2 * y
      let freeEast = east[x] + step * eastGain[x]
      let freeSouth = south[x] + step * southGain[x]
      let size = squareRoot(freeEast * freeEast + freeSouth * freeSouth)
      let resistance = factor * rows[x &+ ShallowWaterFaces.friction] * (y2 * y2 * inverse)
      let kept = water > film ? shareAfterFriction(resistance * size) : 0
      let newEast = freeEast * kept
      let newSouth = freeSouth * kept
      east[x] = newEast
      south[x] = newSouth
      let wave = water > film ? squareRoot(Gravity.float * h) : 0
      let speed =
        (magnitude(newEast) * inverse + wave) * perWidth + (magnitude(newSouth) * inverse + wave) * perHeight
      rows[x &+ ShallowWaterFaces.fastest] = larger(rows[x &+ ShallowWaterFaces.fastest], speed)
    }
  }
}
