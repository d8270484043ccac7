import Grids
import Runoff

/// What the ground can take, cell by cell, as it fills.
///
/// The state of a cell is the depth that it has taken so far. From it follows what ponded ground takes in the time to
/// come; that depth, evenly over the time, is the capacity until the next update. Under rain that is weaker than the
/// capacity all of it infiltrates. Water that stands or flows infiltrates as rain does.
final class GroundUptake: @unchecked Sendable {
  /// What the cells can take until the next update, m/s.
  let rate: UnsafeMutablePointer<Float>
  /// What the cells have taken since the start, metres: whole quanta of ``DepthQuantum``.
  let taken: UnsafeMutablePointer<Double>
  /// Whether cells of a tile have taken water since the last update.
  let hasTaken: UnsafeMutablePointer<Bool>
  private let layout: FlowLayout
  private let loss: GroundLoss
  /// Seconds between updates.
  private let interval: Double
  private var nextUpdate = 0.0
  /// Whether the step at hand begins with an update.
  private(set) var isDue = false

  init(_ state: FlowState, _ loss: GroundLoss, interval: Double) {
    layout = state.layout
    self.loss = loss
    self.interval = interval
    rate = .filled(layout.count, with: 0)
    taken = .filled(layout.count, with: 0)
    hasTaken = .filled(layout.strips * layout.tilesAcross, with: true)
  }

  deinit {
    rate.deallocate()
    taken.deallocate()
    hasTaken.deallocate()
  }

  /// When the capacities after a time are renewed: no step may go beyond, or the ground would take more than it can.
  func renewal(after time: Double) -> Double {
    time >= nextUpdate ? ((time / interval).rounded(.down) + 1) * interval : nextUpdate
  }

  /// Prepares a step from a time on.
  func begin(from start: Double) {
    isDue = start >= nextUpdate
    nextUpdate = renewal(after: start)
  }

  /// Brings the capacities of a strip to the present, where its ground has taken water.
  func update(strip: Int) {
    let hours = interval / 3600
    switch loss {
    case .curveNumber, .coefficient: preconditionFailure("checked to be a model of infiltration")
    case .initialConstant(let initial, let rate):
      updateCells(strip) { cell, taken in max(0, Double(initial[cell]) - taken) + Double(rate[cell]) * hours }
    case .horton(let first, let final, let decay):
      first.withUnsafeCells { first in
        final.withUnsafeCells { final in
          decay.withUnsafeCells { decay in
            update(strip) { cell, count, depths in
              Infiltration.hortonCapacities(
                infiltrated: depths, hours: hours, initialRate: first + cell, finalRate: final + cell,
                decay: decay + cell, count: count, into: depths)
            }
          }
        }
      }
    case .greenAmpt(let conductivity, let suction):
      updateCells(strip) { cell, taken in
        let (k, s) = (Double(conductivity[cell]), Double(suction[cell]))
        if !(k > 0) { return 0 }
        return s > 0
          ? Infiltration.greenAmptDepth(from: taken, hours: hours, conductivity: k, suction: s) - taken
          : k * hours
      }
    }
  }

  /// Sets the capacities of a strip from what its cells can take in an interval, mm, by what they have taken.
  private func updateCells(_ strip: Int, _ capacity: (_ cell: Int, _ taken: Double) -> Double) {
    update(strip) { cell, count, depths in
      for index in 0..<count { depths[index] = capacity(cell + index, depths[index]) }
    }
  }

  /// The same for the cells of a row of a tile together, of which the first and their number are passed: from the depths
  /// that they have taken `capacities` makes those that they can take.
  private func update(
    _ strip: Int, _ capacities: (_ first: Int, _ count: Int, _ depths: UnsafeMutablePointer<Double>) -> Void
  ) {
    let perSecond = 1e-3 / interval
    let firstTile = strip * layout.tilesAcross
    withUnsafeTemporaryAllocation(of: Double.self, capacity: FlowLayout.tileWidth) { buffer in
      guard let depths = buffer.baseAddress else { return }
      // Row by row, as the processor reads ahead.
      for row in layout.rows(ofStrip: strip) {
        for tile in 0..<layout.tilesAcross where hasTaken[firstTile + tile] {
          let column = tile * FlowLayout.tileWidth
          let count = min(layout.columns - column, FlowLayout.tileWidth)
          let start = layout.position(column: column, row: row)
          for index in 0..<count { depths[index] = taken[start + index] * 1000 }
          capacities(row * layout.columns + column, count, depths)
          for index in 0..<count {
            // Outside the terrain nothing is known.
            rate[start + index] = depths[index] > 0 ? Float(depths[index] * perSecond) : 0
          }
        }
      }
    }
    (hasTaken + firstTile).update(repeating: false, count: layout.tilesAcross)
  }

  /// Passes what the next step starts from.
  func code(_ coder: FlowStateCoder) {
    coder.cells(rate, layout.count)
    coder.cells(taken, layout.count)
    coder.cells(hasTaken, layout.strips * layout.tilesAcross)
    coder.value(&nextUpdate)
  }
}

extension SurfaceFlowCase {
  /// Throws unless the ground is described by numbers of a model of infiltration in every cell of the terrain.
  func check(_ loss: GroundLoss) throws(SurfaceFlowError) {
    let grids: [(Grid<Float>, String)]
    switch loss {
    case .curveNumber, .coefficient:
      throw SurfaceFlowError(
        .setting, "curve numbers and coefficients know no time; take them from the rain before it falls")
    case .initialConstant(let initial, let rate):
      grids = [(initial, "the initial loss"), (rate, "the loss rate")]
    case .horton(let first, let final, let decay):
      grids = [
        (first, "the first infiltration capacity"), (final, "the final infiltration capacity"),
        (decay, "the decay of the infiltration capacity"),
      ]
    case .greenAmpt(let conductivity, let suction):
      grids = [(conductivity, "the conductivity"), (suction, "suction times deficit")]
    }
    for (grid, name) in grids {
      try onTerrain(grid, name)
      try everywhere(grid, name, "give every cell of the terrain a number from 0 to 1 000 000") {
        $0 >= 0 && $0 <= 1_000_000
      }
    }
  }
}
