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
  /// The cells of ``uptake``.
  ///
  /// A reference is counted at each use, and its count goes to and fro between threads.
  private let uptakeCells: (rate: UnsafeMutablePointer<Float>, taken: UnsafeMutablePointer<Double>)?
  private let drainage: LossRate
  private let subgrid: SubgridTerrain?
  private let sums: UnsafeMutablePointer<Sums>
  private let scratch: UnsafeMutablePointer<Float>

  // The step at hand.
  private var rainRate: RainRate = .none
  /// Rain that is the same everywhere, mm/h.
  private var uniformRain = 0.0
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

  private enum RainRate {
    case none
    case uniform(Double)
    case grid(Grid<Float>, columns: [Int32], rows: [Int32])
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
  }

  deinit {
    if case .cells(let cells) = infiltration { cells.deallocate() }
    if case .cells(let cells) = drainage { cells.deallocate() }
    sums.deallocate()
    scratch.deallocate()
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
    rainRate =
      found.map { Self.rate(of: flowCase.reaching(rain[$0].intensity, on: geometry), on: geometry) } ?? .none
    if case .uniform(let rate) = rainRate { uniformRain = rate } else { uniformRain = 0 }
  }

  private static func rate(of intensity: RainInterval.Intensity, on terrain: GridGeometry) -> RainRate {
    switch intensity {
    case .uniform(let rate): return rate > 0 ? .uniform(rate) : .none
    case .grid(let grid):
      let rain = grid.geometry
      return .grid(
        grid,
        columns: (0..<terrain.columns).map { column in
          let x = terrain.centre(column: column, row: 0).x
          return Int32(((x - rain.west) / rain.cellWidth).rounded(.down))
        },
        rows: (0..<terrain.rows).map { row in
          let y = terrain.centre(column: 0, row: row).y
          return Int32(((rain.north - y) / rain.cellHeight).rounded(.down))
        })
    }
  }

  /// Whether the step changes a tile whose deepest water is so deep.
  @inline(__always)
  func concerns(deepest: Float) -> Bool {
    if case .none = rainRate { return hasLosses && deepest > 0 }
    return true
  }

  /// Whether the step can change anything at all.
  var isIdle: Bool {
    if case .none = rainRate { return !hasLosses }
    return false
  }

  /// Adds rain and takes losses in the due tiles of one strip, each for its own step.
  func update(strip: Int, worker: Int, tiles: ActiveTiles) {
    var total = Sums()
    let first = strip * layout.tilesAcross
    if let uptake, uptake.isDue { uptake.update(strip: strip) }
    let hasTaken = uptake?.hasTaken
    for tile in 0..<layout.tilesAcross
    where tiles.isDue(first + tile) && concerns(deepest: tiles.deepest[first + tile]) {
      let span = spans[tiles.level(of: first + tile)]
      let columns = tile * FlowLayout.tileWidth..<(tile + 1) * FlowLayout.tileWidth
      tiles.deepest[first + tile] = 0
      for row in layout.rows(ofStrip: strip) {
        let rates = fillRates(row: row, columns, scratch + worker * layout.stride)
        let start = layout.start(ofRow: row) + columns.lowerBound
        let (deep, sums) =
          subgrid == nil || !hasLosses
          ? add(start, span, rates: rates) : addToCoarse(start, span, row: row, columns, rates: rates)
        if sums.infiltration > 0, let hasTaken { hasTaken[first + tile] = true }
        tiles.deepest[first + tile] = max(tiles.deepest[first + tile], deep)
        total += sums
      }
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

  /// Rain in mm/h for the cells of a row of a tile; nil where it is the same everywhere.
  @inline(__always)
  private func fillRates(
    row: Int, _ columns: Range<Int>, _ out: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float>? {
    guard case .grid(let grid, let columnOf, let rowOf) = rainRate else { return nil }
    grid.withUnsafeCells { cells in
      let line = cells + Int(rowOf[row]) * grid.columns
      for column in columns {
        // What has no rain here is a wall: the case was checked.
        let rate = column < layout.columns ? line[Int(columnOf[column])] : 0
        out[column - columns.lowerBound] = rate > 0 ? rate : 0
      }
    }
    return out
  }

  /// Adds rain to a row of a tile and takes losses from it.
  @inline(__always)
  private func add(
    _ first: Int, _ span: Span, rates: UnsafeMutablePointer<Float>?
  ) -> (deepest: Float, sums: Sums) {
    let rain = addRain(first, span, rates)
    let infiltrated = take(infiltration, first, span) + takeIntoGround(first, span)
    let drained = take(drainage, first, span)
    return (deepest(first), Sums(rain: rain, infiltration: infiltrated, drainage: drained))
  }

  /// The deepest water in a row of a tile.
  @inline(__always)
  private func deepest(_ first: Int) -> Float {
    let depth = state.depth + first
    var deepest: Int32 = 0
    for column in 0..<FlowLayout.tileWidth {
      deepest = max(deepest, Int32(bitPattern: Float(depth[column]).bitPattern))
    }
    return Float(bitPattern: UInt32(bitPattern: deepest))
  }

  /// Adds rain to a row of a tile of coarse cells and takes losses from their wet parts, and from what falls beside.
  private func addToCoarse(
    _ first: Int, _ span: Span, row: Int, _ columns: Range<Int>, rates: UnsafeMutablePointer<Float>?
  ) -> (deepest: Float, sums: Sums) {
    guard let subgrid else { preconditionFailure("there is a subgrid") }
    let depth = state.depth + first
    let columns = columns.lowerBound..<min(columns.upperBound, layout.columns)
    // Depths before the rain; a tile is 32 cells wide.
    var before = InlineArray<32, Double>(repeating: 0)
    for index in 0..<columns.count { before[index] = depth[index] }
    var sums = Sums(rain: addRain(first, span, rates), infiltration: 0, drainage: 0)
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
    return (deepest(first), sums)
  }

  @inline(__always)
  private func addRain(_ first: Int, _ span: Span, _ rates: UnsafeMutablePointer<Float>?) -> Int128 {
    let depth = state.depth + first
    let ground = state.ground + first
    let (start, end) = (span.start * Self.metresPerSecond, span.end * Self.metresPerSecond)
    let rounding = DepthQuantum.rounding
    // Four sums, in a fixed order, that vector instructions can hold; all are exact.
    var sums = InlineArray<4, Double>(repeating: 0)
    if let rates {
      for column in 0..<FlowLayout.tileWidth {
        let rate = Double(rates[column])
        let gain = (rate * end + rounding) - (rate * start + rounding)
        let here = ground[column] < FlowState.wall ? gain : 0
        depth[column] += here
        sums[column & 3] += here
      }
    } else if uniformRain > 0 {
      let gain = (uniformRain * end + rounding) - (uniformRain * start + rounding)
      for column in 0..<FlowLayout.tileWidth {
        let here = ground[column] < FlowState.wall ? gain : 0
        depth[column] += here
        sums[column & 3] += here
      }
    } else {
      return 0
    }
    return Self.quanta(sums)
  }

  @inline(__always)
  private func take(_ rate: LossRate, _ first: Int, _ span: Span) -> Int128 {
    let depth = state.depth + first
    var sums = InlineArray<4, Double>(repeating: 0)
    switch rate {
    case .none: return 0
    case .uniform(let value):
      let capacity = DepthQuantum.round(value * span.length)
      for column in 0..<FlowLayout.tileWidth {
        let taken = depth[column] < capacity ? depth[column] : capacity
        depth[column] -= taken
        sums[column & 3] += taken
      }
    case .cells(let cells):
      let capacities = cells + first
      for column in 0..<FlowLayout.tileWidth {
        let capacity = DepthQuantum.round(Double(capacities[column]) * span.length)
        let taken = depth[column] < capacity ? depth[column] : capacity
        depth[column] -= taken
        sums[column & 3] += taken
      }
    }
    return Self.quanta(sums)
  }

  /// Takes what ground that fills can take, and remembers it.
  @inline(__always)
  private func takeIntoGround(_ first: Int, _ span: Span) -> Int128 {
    guard let uptakeCells else { return 0 }
    let depth = state.depth + first
    let (rates, taken) = (uptakeCells.rate + first, uptakeCells.taken + first)
    var sums = InlineArray<4, Double>(repeating: 0)
    for column in 0..<FlowLayout.tileWidth {
      let capacity = DepthQuantum.round(Double(rates[column]) * span.length)
      let here = depth[column] < capacity ? depth[column] : capacity
      depth[column] -= here
      taken[column] += here
      sums[column & 3] += here
    }
    return Self.quanta(sums)
  }

  @inline(__always)
  private static func quanta(_ sums: InlineArray<4, Double>) -> Int128 {
    Int128(DepthQuantum.count((sums[0] + sums[1]) + (sums[2] + sums[3])))
  }
}
