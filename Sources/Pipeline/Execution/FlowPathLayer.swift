import Flood
import Foundation
import Geodata
import Grids
import Report
import Terrain

/// The lines along which the surface water runs, as features.
struct FlowPaths {
  let model: TerrainModel
  let network: StreamNetwork
  private let threads: Int

  init(_ model: TerrainModel, leastArea: Double, threads: Int) {
    let geometry = model.ground.geometry
    self.model = model
    self.threads = threads
    network = StreamNetwork(
      model.directions, upslope: model.upslope, threshold: max(1, Int((leastArea / geometry.cellArea).rounded(.up))))
  }

  /// A part of a reach, all of it in the open or all of it under water.
  private struct Part {
    let reach: Int
    /// Positions of its first and last cell in the reach; parts share the cell where they meet.
    let cells: ClosedRange<Int>
    let isUnderWater: Bool
  }

  /// The reaches cut where they enter and leave standing water; a step is under water where both its cells are.
  private func parts(_ depth: Grid<Float>) -> [Part] {
    var parts: [Part] = []
    for (number, reach) in network.reaches.enumerated() {
      var first = 0
      while first < reach.cells.count - 1 {
        func isUnderWater(_ step: Int) -> Bool {
          depth[Int(reach.cells[step])] > 0 && depth[Int(reach.cells[step + 1])] > 0
        }
        let state = isUnderWater(first)
        var last = first + 1
        while last < reach.cells.count - 1, isUnderWater(last) == state { last += 1 }
        parts.append(Part(reach: number, cells: first...last, isUnderWater: state))
        first = last
      }
    }
    return parts
  }

  /// One feature for each part of a path in a scenario; paths of a single cell have no line and are left out.
  ///
  /// The runoff of a path is not known where that of too much of its upslope area is not.
  func features(_ grids: ScenarioGrids, leastCovered: Double) throws -> [Feature] {
    let weights = grids.runoff.map(threads: threads) { $0.isNaN ? 0 : WaterDepth.units($0) as Int64 }
    let passing = flowAccumulation(model.directions, weights: weights, threads: threads)
    let known =
      grids.unknownCells.allSatisfy { $0 == 0 }
      ? model.upslope
      : flowAccumulation(
        model.directions, weights: grids.runoff.map(threads: threads) { $0.isNaN ? 0 : 1 as Int32 }, threads: threads)
    let geometry = grids.runoff.geometry
    let parts = parts(grids.depth)
    // Reaches of a single cell have no part: what flows into them flows into the next.
    var firstPart = [Int?](repeating: nil, count: network.reaches.count)
    for (index, part) in parts.enumerated().reversed() { firstPart[part.reach] = index }
    for reach in network.reaches.indices.reversed() where firstPart[reach] == nil {
      firstPart[reach] = network.reaches[reach].downstream.flatMap { firstPart[$0] }
    }
    return try parts.enumerated().map { index, part in
      let reach = network.reaches[part.reach]
      let isLast = part.cells.upperBound == reach.cells.count - 1
      let lowest = Int(isLast ? reach.lowestCell : reach.cells[part.cells.upperBound])
      let line = StreamNetwork.line(through: reach.cells[part.cells], in: geometry)
      var row = RowBuilder(Schemas.flowPaths)
      row.set(Fields.id, index + 1)
      row.set(Fields.downstreamID, (isLast ? reach.downstream.flatMap { firstPart[$0] } : index + 1).map { $0 + 1 })
      row.set(Fields.reachID, part.reach + 1)
      row.set(Fields.scenario, grids.scenario.id)
      row.set(Fields.isUnderWater, part.isUnderWater)
      row.set(Fields.upstreamArea, Double(model.upslope[lowest]) * geometry.cellArea)
      let covered = Double(known[lowest]) / Double(model.upslope[lowest])
      row.set(Fields.coveredShare, covered)
      row.set(
        Fields.passingRunoff,
        covered < leastCovered ? nil : WaterDepth.millimetres(passing[lowest]) * 1e-3 * geometry.cellArea)
      row.set(
        Fields.eventFlow,
        covered < leastCovered ? nil : WaterVolume.cubicMetres(grids.flow.passing[lowest]))
      row.set(Fields.strahler, reach.strahlerOrder)
      row.set(Fields.length, zip(line, line.dropFirst()).reduce(0) { $0 + hypot($1.1.x - $1.0.x, $1.1.y - $1.0.y) })
      return try row.feature(.lines([line]))
    }
  }
}
