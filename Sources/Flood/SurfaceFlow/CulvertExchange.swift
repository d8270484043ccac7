/// Water that passes culverts, exact to the quantum: what is taken at one end is given at the other.
///
/// Culverts are taken one by one, in their order, after cells and boundaries. The level at an end is that in the lowest
/// of its cells. None takes more than stands above the bottom of its mouth, nor so much that the levels at its ends
/// would change places.
final class CulvertExchange {
  /// Water that passed each culvert from its inlet to its outlet, less what ran back, in quanta of depth.
  private(set) var passed: [Int128]
  private let state: FlowState
  private let links: [Link]
  private let momentum: CellMomentum?
  private let cellArea: Double

  private struct Link {
    /// From the inlet to the outlet, and back where water may run back.
    let forward: Way
    let backward: Way?
  }

  private struct Way {
    let mouth: End
    let end: End
    let discharge: @Sendable (_ headwater: Double, _ tailwater: Double) -> Double
  }

  private struct End {
    /// Positions of the cells, the lowest first.
    let cells: [Int]
    let tiles: [Int]
    let invert: Double
  }

  init(_ state: FlowState, _ culverts: [FlowCulvert], momentum: CellMomentum?, cellArea: Double) {
    self.state = state
    self.momentum = momentum
    self.cellArea = cellArea
    passed = culverts.map { _ in 0 }
    let layout = state.layout
    links = culverts.map { culvert in
      func end(_ cells: [FlowCulvert.Cell], invert: Double) -> End {
        func height(_ cell: FlowCulvert.Cell) -> Float {
          state.ground[layout.position(column: cell.column, row: cell.row)]
        }
        let sorted = cells.sorted {
          (height($0), $0.row, $0.column) < (height($1), $1.row, $1.column)
        }
        return End(
          cells: sorted.map { layout.position(column: $0.column, row: $0.row) },
          tiles: sorted.map { layout.tile(column: $0.column, row: $0.row) }, invert: invert)
      }
      switch culvert.capacity {
      case .barrel(let barrel):
        let (inlet, outlet) = (
          end(culvert.inlet, invert: barrel.inletInvert), end(culvert.outlet, invert: barrel.outletInvert)
        )
        let (forward, backward) = (CulvertRating(barrel), CulvertRating(barrel, isReversed: true))
        return Link(
          forward: Way(mouth: inlet, end: outlet) { forward.discharge(headwater: $0, tailwater: $1) },
          backward: culvert.hasFlap
            ? nil : Way(mouth: outlet, end: inlet) { backward.discharge(headwater: $0, tailwater: $1) })
      case .table(let invert, let heads, let discharges):
        let series = FlowSeries(times: heads, values: discharges)
        return Link(
          forward: Way(
            mouth: end(culvert.inlet, invert: invert), end: end(culvert.outlet, invert: -.infinity)
          ) { headwater, tailwater in
            headwater > tailwater && headwater - invert >= heads[0] ? series.value(at: headwater - invert) : 0
          }, backward: nil)
      }
    }
  }

  /// Keeps the tiles at the ends awake.
  func pin(_ tiles: ActiveTiles) {
    for link in links {
      for tile in link.forward.mouth.tiles + link.forward.end.tiles { tiles.isPinned[tile] = true }
    }
  }

  /// Passes the water of a step.
  func exchange(timeStep: Double, tiles: ActiveTiles) {
    for (number, link) in links.enumerated() {
      let quanta = pass(link.forward, timeStep, tiles)
      if quanta > 0 {
        passed[number] += Int128(quanta)
      } else if let backward = link.backward {
        passed[number] -= Int128(pass(backward, timeStep, tiles))
      }
    }
  }

  private func level(_ end: End) -> Double { Double(state.ground[end.cells[0]]) + state.depth[end.cells[0]] }

  /// The water in a cell that stands above the bottom of the mouth, in quanta.
  private func available(_ position: Int, above invert: Double) -> Int64 {
    let below = max(0, invert - Double(state.ground[position]))
    return max(0, DepthQuantum.count(DepthQuantum.round(state.depth[position] - below)))
  }

  /// - Returns: The water that passed, in quanta of depth.
  private func pass(_ way: Way, _ timeStep: Double, _ tiles: ActiveTiles) -> Int64 {
    let (mouth, end) = (way.mouth, way.end)
    let held = mouth.cells.map { min(available($0, above: mouth.invert), DepthQuantum.count(state.depth[$0])) }
    let total = held.reduce(0, +)
    if total == 0 { return 0 }
    let (headwater, tailwater) = (level(mouth), level(end))
    let (inside, outside) = (Double(mouth.cells.count), Double(end.cells.count))
    let levelling = (headwater - tailwater) * inside * outside / (inside + outside)
    let wanted = min(way.discharge(headwater, tailwater) * timeStep / cellArea, levelling, DepthQuantum.limit)
    if !(wanted > 0) { return 0 }
    let share = min(1, wanted * DepthQuantum.perMetre / Double(total))
    var taken: Int64 = 0
    for (position, held) in zip(mouth.cells, held) where held > 0 {
      let given = min(held, Int64(Double(held) * share))
      let before = state.depth[position]
      state.depth[position] = before - Double(given) / DepthQuantum.perMetre
      // The water leaves at the speed that it has.
      if let momentum {
        let kept = Float(state.depth[position] / before)
        momentum.east[position] *= kept
        momentum.south[position] *= kept
      }
      taken += given
    }
    let (each, rest) = taken.quotientAndRemainder(dividingBy: Int64(end.cells.count))
    for (index, position) in end.cells.enumerated() {
      state.depth[position] += Double(each + (index == 0 ? rest : 0)) / DepthQuantum.perMetre
      let tile = end.tiles[index]
      tiles.deepest[tile] = max(tiles.deepest[tile], Float(state.depth[position]))
    }
    return taken
  }

  /// Passes what the next step starts from.
  func code(_ coder: FlowStateCoder) {
    for number in passed.indices { coder.value(&passed[number]) }
  }
}
