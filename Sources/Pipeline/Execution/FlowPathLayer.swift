import Flood
import Geodata
import Grids
import Report
import Terrain

/// The lines along which the surface water runs, as features.
struct FlowPaths {
  let model: TerrainModel
  let network: StreamNetwork
  private let threads: Int
  private let shapes: [Shape]
  private let lengths: [Double]

  init(_ model: TerrainModel, leastArea: Double, threads: Int) {
    let geometry = model.ground.geometry
    let network = StreamNetwork(
      model.directions, upslope: model.upslope, threshold: max(1, Int((leastArea / geometry.cellArea).rounded(.up))))
    var shapes: [Shape] = []
    var lengths: [Double] = []
    for reach in network.reaches {
      var line = reach.cells.map {
        geometry.centre(column: Int($0) % geometry.columns, row: Int($0) / geometry.columns)
      }
      lengths.append(
        zip(line, line.dropFirst()).reduce(0) { sum, step in
          let dx = step.1.x - step.0.x
          let dy = step.1.y - step.0.y
          return sum + (dx * dx + dy * dy).squareRoot()
        })
      // Points in the middle of a straight run say nothing.
      line = line.indices.filter { index in
        guard index > 0, index < line.count - 1 else { return true }
        let (a, b, c) = (line[index - 1], line[index], line[index + 1])
        return (b.x - a.x) * (c.y - b.y) != (b.y - a.y) * (c.x - b.x)
      }.map { line[$0] }
      shapes.append(.lines(line.count > 1 ? [line] : []))
    }
    self.model = model
    self.threads = threads
    self.network = network
    self.shapes = shapes
    self.lengths = lengths
  }

  /// One feature for each path in a scenario; paths of a single cell have no line and are left out.
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
    let cellArea = grids.runoff.geometry.cellArea
    return try network.reaches.enumerated().compactMap { index, reach in
      guard lengths[index] > 0 else { return nil }
      let lowest = Int(reach.lowestCell)
      var row = RowBuilder(Schemas.flowPaths)
      row.set(Fields.id, index + 1)
      row.set(Fields.downstreamID, reach.downstream.map { $0 + 1 })
      row.set(Fields.scenario, grids.scenario.id)
      row.set(Fields.upstreamArea, Double(model.upslope[lowest]) * cellArea)
      let covered = Double(known[lowest]) / Double(model.upslope[lowest])
      row.set(Fields.coveredShare, covered)
      row.set(
        Fields.passingRunoff,
        covered < leastCovered ? nil : WaterDepth.millimetres(passing[lowest]) * 1e-3 * cellArea)
      row.set(
        Fields.eventFlow,
        covered < leastCovered ? nil : WaterVolume.cubicMetres(grids.flow.passing[lowest]))
      row.set(Fields.strahler, reach.strahlerOrder)
      row.set(Fields.length, lengths[index])
      return try row.feature(shapes[index])
    }
  }
}
