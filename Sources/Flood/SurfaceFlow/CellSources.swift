import Grids

/// Rain that reaches every cell, and what infiltration and drains take from it.
///
/// Each step adds the rain of its span of time and then takes at most the capacities, infiltration first. The rain of
/// an interval adds up to rate × time to the quantum, however it is cut into steps. In a coarse cell of a subgrid the
/// capacities are those of its wet part, and what falls on the dry part is taken there.
final class CellSources: @unchecked Sendable {
  /// What the cells got and lost, in quanta of depth.
  struct Sums: Sendable, Equatable, BitwiseCopyable {
    var rain: Int128 = 0
    var infiltration: Int128 = 0
    var drainage: Int128 = 0

    static func += (a: inout Sums, b: Sums) {
      a.rain += b.rain
      a.infiltration += b.infiltration
      a.drainage += b.drainage
    }
  }

  private let state: FlowState
  private let layout: FlowLayout
  private let flowCase: SurfaceFlowCase
  private let geometry: GridGeometry
  private let infiltration: LossRate
  /// Ground whose capacity falls as it fills; nil where it does not.
  let uptake: GroundUptake?
  /// The memory of ``uptake``, reached without its reference: counting that in every row, on a count that all threads
  /// share, would take longer than the rows.
  private let uptakeCells: (rate: UnsafeMutablePointer<Float>, taken: UnsafeMutablePointer<Double>)?
  private let drainage: LossRate
  private let subgrid: SubgridTerrain?
  private let sums: UnsafeMutablePointer<Sums>
  private let scratch: UnsafeMutablePointer<Float>
  /// The due tiles of a strip, for each thread.
  private let dueTiles: UnsafeMutablePointer<DueTile>

  // The step at hand.
  /// Rain that is the same everywhere, mm/h.
  private var uniformRain = 0.0
  /// Rain by place; nil where there is none or it is the same everywhere.
  private var griddedRain: GriddedRain?
  /// By the level of the tile.
  private var spans: [Span] = []

  /// The span of time of a tile's step.
  private struct Span {
    /// Since the start of the interval of rain, seconds.
    let start: Double
    let end: Double
    /// Seconds.
    let length: Double
  }

  /// A tile of a strip that rain or losses change.
  private struct DueTile {
    var tile = 0
    var level = 0
    var isActive = false
    /// The deepest water so far where it is not active, as the bits of a float.
    var deepest: Int32 = 0
  }

  /// A grid of rain, and which of its columns and rows lie over those of the terrain.
  private struct GriddedRain {
    /// mm/h.
    let rates: Grid<Float>
    let columns: [Int32]
    let rows: [Int32]

    init(_ rates: Grid<Float>, over terrain: GridGeometry) {
      self.rates = rates
      let rain = rates.geometry
      columns = (0..<terrain.columns).map { column in
        let x = terrain.centre(column: column, row: 0).x
        return Int32(((x - rain.west) / rain.cellWidth).rounded(.down))
      }
      rows = (0..<terrain.rows).map { row in
        let y = terrain.centre(column: 0, row: row).y
        return Int32(((rain.north - y) / rain.cellHeight).rounded(.down))
      }
    }

    /// Passes the memory, so that rows read it without counting references.
    @inline(__always)
    func withCells(_ body: (GriddedRainCells) -> Void) {
      rates.withUnsafeCells { cells in
        columns.withUnsafeBufferPointer { columns in
          rows.withUnsafeBufferPointer { rows in
            body(GriddedRainCells(rates: cells, width: rates.columns, columns: columns, rows: rows))
          }
        }
      }
    }
  }

  /// The memory of ``GriddedRain``.
  private struct GriddedRainCells {
    let rates: UnsafePointer<Float>
    let width: Int
    let columns: UnsafeBufferPointer<Int32>
    let rows: UnsafeBufferPointer<Int32>
  }

  /// A capacity in m/s.
  private enum LossRate {
    case none
    case uniform(Double)
    case cells(UnsafeMutablePointer<Float>)
  }

  /// mm/h in m/s.
  static let metresPerSecond = 1 / 3.6e6

  /// - Parameters:
  ///   - flowCase: The case on the cells of `state`.
  ///   - subgrid: The fine terrain of coarse cells; nil where the cells are those of the terrain.
  init(_ state: FlowState, _ flowCase: SurfaceFlowCase, subgrid: SubgridTerrain?, threads: Int) {
    self.state = state
    self.subgrid = subgrid
    self.flowCase = flowCase.withoutStateGrids
    geometry = flowCase.terrain.geometry
    let layout = state.layout
    self.layout = layout
    func rate(_ values: CellValues?) -> LossRate {
      switch values {
      case nil: return .none
      case .uniform(let value): return value > 0 ? .uniform(Double(value) * Self.metresPerSecond) : .none
      case .grid(let grid):
        let cells = UnsafeMutablePointer<Float>.filled(layout.count, with: 0)
        for row in 0..<layout.rows {
          for column in 0..<layout.columns where !grid[column, row].isNaN {
            cells[layout.position(column: column, row: row)] =
              Float(Double(grid[column, row]) * Self.metresPerSecond)
          }
        }
        return .cells(cells)
      }
    }
    infiltration = rate(flowCase.infiltration)
    uptake = flowCase.groundLoss.map { GroundUptake(state, $0, interval: flowCase.settings.infiltrationInterval) }
    uptakeCells = uptake.map { ($0.rate, $0.taken) }
    drainage = rate(flowCase.drainage)
    sums = .filled(layout.strips, with: Sums())
    scratch = .filled(layout.stride * threads, with: 0)
    dueTiles = .filled(layout.tilesAcross * threads, with: DueTile())
  }

  deinit {
    if case .cells(let cells) = infiltration { cells.deallocate() }
    if case .cells(let cells) = drainage { cells.deallocate() }
    sums.deallocate()
    scratch.deallocate()
    dueTiles.deallocate()
  }

  /// Times at which the rain changes.
  var breakpoints: [Double] { flowCase.rain.flatMap { [$0.start, $0.end] } }

  private var hasLosses: Bool {
    if case .none = infiltration, case .none = drainage { return uptake != nil }
    return true
  }

  private var interval: Int?

  /// Prepares a base step of a round, which lies within one interval of rain or outside all of them.
  /// - Parameters:
  ///   - number: Number of the base step.
  ///   - levels: Number of levels of tiles.
  func begin(_ round: FlowRound, step number: Int, levels: Int) {
    let start = round.time(number)
    uptake?.begin(from: start)
    let middle = (round.start + round.end) / 2
    let rain = flowCase.rain
    let found = rain.firstIndex { $0.start <= middle && middle < $0.end }
    let origin = found.map { rain[$0].start } ?? 0
    spans = (0..<levels).map { level in
      let end = round.time(min(round.count, number + 1 << level))
      return Span(start: start - origin, end: end - origin, length: end - start)
    }
    if found == interval { return }
    interval = found
    (uniformRain, griddedRain) = (0, nil)
    switch found.map({ flowCase.reaching(rain[$0].intensity, on: geometry) }) {
    case nil: break
    case .uniform(let rate): uniformRain = max(0, rate)
    case .grid(let grid): griddedRain = GriddedRain(grid, over: geometry)
    }
  }

  private var hasRain: Bool { uniformRain > 0 || griddedRain != nil }

  /// Whether the step changes a tile whose deepest water is so deep.
  @inline(__always)
  func concerns(deepest: Float) -> Bool {
    hasRain || (hasLosses && deepest > 0)
  }

  /// Whether the step can change anything at all.
  var isIdle: Bool { !hasRain && !hasLosses }

  /// Adds rain and takes losses in the due tiles of one strip, each for its own step.
  ///
  /// The deepest water is found in tiles that are not active; in those that are ``Continuity`` does it, which follows.
  func update(strip: Int, worker: Int, tiles: ActiveTiles) {
    if let griddedRain {
      griddedRain.withCells { update(strip, worker, tiles, rain: $0) }
    } else {
      update(strip, worker, tiles, rain: nil)
    }
  }

  private func update(_ strip: Int, _ worker: Int, _ tiles: ActiveTiles, rain: GriddedRainCells?) {
    var total = Sums()
    let first = strip * layout.tilesAcross
    if let uptake, uptake.isDue { uptake.update(strip: strip) }
    let hasTaken = uptake?.hasTaken
    let due = dueTiles + worker * layout.tilesAcross
    var count = 0
    for tile in 0..<layout.tilesAcross
    where tiles.isDue(first + tile) && concerns(deepest: tiles.deepest[first + tile]) {
      due[count] = DueTile(tile: tile, level: tiles.level(of: first + tile), isActive: tiles.isActive[first + tile])
      count += 1
    }
    // Row by row, as the processor reads ahead.
    for row in layout.rows(ofStrip: strip) {
      for index in 0..<count {
        let (tile, span) = (due[index].tile, spans[due[index].level])
        let columns = tile * FlowLayout.tileWidth..<(tile + 1) * FlowLayout.tileWidth
        let rates = rain.map { fillRates($0, row: row, columns, scratch + worker * layout.stride) }
        let start = layout.start(ofRow: row) + columns.lowerBound
        let sums =
          subgrid == nil || !hasLosses
          ? add(start, span, rates: rates) : addToCoarse(start, span, row: row, columns, rates: rates)
        if sums.infiltration > 0, let hasTaken { hasTaken[first + tile] = true }
        if !due[index].isActive { due[index].deepest = max(due[index].deepest, deepest(start)) }
        total += sums
      }
    }
    for index in 0..<count where !due[index].isActive {
      tiles.deepest[first + due[index].tile] = Float(bitPattern: UInt32(bitPattern: due[index].deepest))
    }
    sums[strip] = total
  }

  /// What the strips got and lost in the step.
  func collect() -> Sums {
    var total = Sums()
    for strip in 0..<layout.strips {
      total += sums[strip]
      sums[strip] = Sums()
    }
    return total
  }

  /// Rain in mm/h for the cells of a row of a tile.
  @inline(__always)
  private func fillRates(
    _ rain: GriddedRainCells, row: Int, _ columns: Range<Int>, _ out: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    let line = rain.rates + Int(rain.rows[row]) * rain.width
    for column in columns {
      // What has no rain here is a wall: the case was checked.
      let rate = column < layout.columns ? line[Int(rain.columns[column])] : 0
      out[column - columns.lowerBound] = rate > 0 ? rate : 0
    }
    return out
  }

  /// Adds rain to a row of a tile and takes losses from it.
  @inline(__always)
  private func add(_ first: Int, _ span: Span, rates: UnsafeMutablePointer<Float>?) -> Sums {
    let rain = addRain(first, span, rates)
    let infiltrated = take(infiltration, first, span) &+ takeIntoGround(first, span)
    let drained = take(drainage, first, span)
    return Sums(rain: Int128(rain), infiltration: Int128(infiltrated), drainage: Int128(drained))
  }

  /// The deepest water in a row of a tile, as the bits of a float: those of floats that are not negative compare alike.
  @inline(__always)
  private func deepest(_ first: Int) -> Int32 {
    let depth = state.depth + first
    var deepest: Int32 = 0
    for column in 0..<FlowLayout.tileWidth {
      deepest = max(deepest, Int32(bitPattern: Float(depth[column]).bitPattern))
    }
    return deepest
  }

  /// Adds rain to a row of a tile of coarse cells and takes losses from their wet parts, and from what falls beside.
  private func addToCoarse(
    _ first: Int, _ span: Span, row: Int, _ columns: Range<Int>, rates: UnsafeMutablePointer<Float>?
  ) -> Sums {
    guard let subgrid else { preconditionFailure("there is a subgrid") }
    let depth = state.depth + first
    let columns = columns.lowerBound..<min(columns.upperBound, layout.columns)
    // Depths before the rain; a tile is 32 cells wide.
    var before = InlineArray<32, Double>(repeating: 0)
    for index in 0..<columns.count { before[index] = depth[index] }
    var sums = Sums(rain: Int128(addRain(first, span, rates)))
    for (index, column) in columns.enumerated() where depth[index] > 0 {
      let wet = subgrid.wetShare(row &* layout.columns &+ column, depth: before[index])
      // What falls on the dry part and is still there.
      var falling = depth[index] - before[index]
      func take(_ rate: LossRate) -> Int128 {
        let capacity: Double
        switch rate {
        case .none: return 0
        case .uniform(let value): capacity = value * span.length
        case .cells(let cells): capacity = Double(cells[first &+ index]) * span.length
        }
        let beside = min(capacity, falling)
        falling -= beside
        let taken = min(depth[index], DepthQuantum.round(wet * capacity + (1 - wet) * beside))
        depth[index] -= taken
        return Int128(DepthQuantum.count(taken))
      }
      sums.infiltration += take(infiltration)
      sums.drainage += take(drainage)
    }
    return sums
  }

  /// Adds rain to a row of a tile.
  /// - Returns: The quanta that were added.
  @inline(__always)
  private func addRain(_ first: Int, _ span: Span, _ rates: UnsafeMutablePointer<Float>?) -> Int64 {
    let depth = state.depth + first
    let ground = state.ground + first
    let (start, end) = (span.start * Self.metresPerSecond, span.end * Self.metresPerSecond)
    let rounding = DepthQuantum.rounding
    var quanta: Int64 = 0
    if let rates {
      for column in 0..<FlowLayout.tileWidth {
        let rate = Double(rates[column])
        let gain = (rate * end + rounding) - (rate * start + rounding)
        let here = ground[column] < FlowState.wall ? gain : 0
        depth[column] += here
        quanta &+= DepthQuantum.number(here)
      }
    } else if uniformRain > 0 {
      let gain = (uniformRain * end + rounding) - (uniformRain * start + rounding)
      for column in 0..<FlowLayout.tileWidth {
        let here = ground[column] < FlowState.wall ? gain : 0
        depth[column] += here
        quanta &+= DepthQuantum.number(here)
      }
    }
    return quanta
  }

  /// Takes water from a row of a tile at a rate.
  /// - Returns: The quanta that were taken.
  @inline(__always)
  private func take(_ rate: LossRate, _ first: Int, _ span: Span) -> Int64 {
    let depth = state.depth + first
    var quanta: Int64 = 0
    switch rate {
    case .none: return 0
    case .uniform(let value):
      let capacity = DepthQuantum.round(value * span.length)
      for column in 0..<FlowLayout.tileWidth {
        let taken = depth[column] < capacity ? depth[column] : capacity
        depth[column] -= taken
        quanta &+= DepthQuantum.number(taken)
      }
    case .cells(let cells):
      let capacities = cells + first
      for column in 0..<FlowLayout.tileWidth {
        let capacity = DepthQuantum.round(Double(capacities[column]) * span.length)
        let taken = depth[column] < capacity ? depth[column] : capacity
        depth[column] -= taken
        quanta &+= DepthQuantum.number(taken)
      }
    }
    return quanta
  }

  /// Takes what ground that fills can take, and remembers it.
  /// - Returns: The quanta that were taken.
  @inline(__always)
  private func takeIntoGround(_ first: Int, _ span: Span) -> Int64 {
    guard let uptakeCells else { return 0 }
    let depth = state.depth + first
    let (rates, taken) = (uptakeCells.rate + first, uptakeCells.taken + first)
    var quanta: Int64 = 0
    for column in 0..<FlowLayout.tileWidth {
      let capacity = DepthQuantum.round(Double(rates[column]) * span.length)
      let here = depth[column] < capacity ? depth[column] : capacity
      depth[column] -= here
      taken[column] += here
      quanta &+= DepthQuantum.number(here)
    }
    return quanta
  }
}
