import Flood
import Geodata
import Grids
import Report
import Terrain

/// Shapes of the bluespots at their brim and what never changes between scenarios.
struct BluespotShapes {
  let model: TerrainModel
  let shapes: [Shape]
  /// Bluespot (position in the list) that takes the spill of each, nil where it leaves the terrain.
  let receivers: [Int?]
  private let place: [Int32]
  private let range: [Range<Int32>]

  init(_ model: TerrainModel) {
    self.model = model
    let hierarchy = model.hierarchy
    (place, range) = hierarchy.leafRanges()
    let place = place
    let range = range
    shapes = model.bluespots.items.map { item in
      let box = model.hypsometry.boxes[item.node]
      let columns = box.firstColumn..<(box.lastColumn + 1)
      let window = model.ground.geometry.window(columns: columns, rows: box.firstRow..<(box.lastRow + 1))
      var mask = Grid<Int32>(window, repeating: 0)
      Self.forEachCell(of: item.node, model, place, range) { column, row, _ in
        mask[column - box.firstColumn, row - box.firstRow] = 1
      }
      return .polygons(polygonize(mask, ignoring: 0)[1] ?? [])
    }
    var listed = [Int?](repeating: nil, count: hierarchy.nodeCount)
    for (index, item) in model.bluespots.items.enumerated() { listed[item.node] = index }
    receivers = model.bluespots.items.enumerated().map { index, item in
      var node = item.node
      while true {
        let leaf = Int(hierarchy.spillInto[node])
        if leaf == 0 { return nil }
        // Up from the leaf to the nearest bluespot that is listed, or to the top of a nest without any.
        var above = leaf
        while listed[above] == nil, hierarchy.parent[above] != 0, range[Int(hierarchy.parent[above])] != range[node],
          !range[Int(hierarchy.parent[above])].contains(range[node].lowerBound)
        {
          above = Int(hierarchy.parent[above])
        }
        if let found = listed[above] { return found == index ? nil : found }
        if hierarchy.parent[above] != 0 { return nil }
        node = above
      }
    }
  }

  /// Calls `body` with every cell of a node below its spill.
  private static func forEachCell(
    of node: Int, _ model: TerrainModel, _ place: [Int32], _ range: [Range<Int32>],
    _ body: (_ column: Int, _ row: Int, _ index: Int) -> Void
  ) {
    let box = model.hypsometry.boxes[node]
    guard box.lastColumn >= 0 else { return }
    let spill = model.hierarchy.spillElevation[node]
    let columns = model.ground.columns
    model.hierarchy.basins.labels.withUnsafeCells { label in
      model.ground.withUnsafeCells { z in
        for row in box.firstRow...box.lastRow {
          for column in box.firstColumn...box.lastColumn {
            let index = row &* columns &+ column
            if label[index] > 0, z[index] < spill, range[node].contains(place[Int(label[index])]) {
              body(column, row, index)
            }
          }
        }
      }
    }
  }

  /// One feature for each bluespot in a scenario.
  ///
  /// Where too little of its own watershed has known runoff, a bluespot's water is not known.
  func features(_ grids: ScenarioGrids, leastCovered: Double) throws -> [Feature] {
    var unknown = grids.unknownCells + [Int](repeating: 0, count: model.hierarchy.nodeCount - grids.unknownCells.count)
    for node in stride(from: 1, to: unknown.count, by: 1) where model.hierarchy.parent[node] != 0 {
      unknown[Int(model.hierarchy.parent[node])] += unknown[node]
    }
    let hierarchy = model.hierarchy
    let hypsometry = model.hypsometry
    let water = grids.water
    let cellArea = hypsometry.cellArea
    return try model.bluespots.items.enumerated().map { index, item in
      let node = item.node
      let capacity = WaterVolume.cubicMetres(hypsometry.capacity[node])
      let stored = WaterVolume.cubicMetres(water.stored[node])
      let watershed = Double(hypsometry.watershedCells[node]) * cellArea
      var wetCells = 0
      var deepest: Float = 0
      if water.stored[node] > 0 {
        Self.forEachCell(of: node, model, place, range) { _, _, cell in
          let label = Int(hierarchy.basins.labels[cell])
          let depth = water.level[label] - Double(model.ground[cell])
          if depth > 0 {
            wetCells += 1
            deepest = max(deepest, Float(depth))
          }
        }
      }
      var row = RowBuilder(Schemas.bluespots)
      row.set(Fields.id, index + 1)
      row.set(Fields.parentID, item.parent.map { $0 + 1 })
      row.set(Fields.depthLevel, item.depthLevel)
      row.set(Fields.bluespotArea, Double(hypsometry.cells[node]) * cellArea)
      row.set(Fields.bluespotVolume, capacity)
      row.set(Fields.bluespotDepth, single: hierarchy.spillElevation[node] - hypsometry.lowest[node])
      row.set(Fields.spillLevel, single: hierarchy.spillElevation[node])
      row.set(Fields.spillsInto, receivers[index].map { $0 + 1 })
      row.set(Fields.catchmentArea, watershed)
      row.set(Fields.localFillRain, watershed > 0 ? capacity / watershed * 1000 : nil)
      let covered =
        hypsometry.watershedCells[node] > 0
        ? 1 - Double(unknown[node]) / Double(hypsometry.watershedCells[node]) : 0
      row.set(Fields.scenario, grids.scenario.id)
      row.set(Fields.coveredShare, covered)
      row.set(Fields.flags, covered < leastCovered ? "coverage" : "")
      if covered < leastCovered {
        row.setRestToNull()
        return try row.feature(shapes[index])
      }
      row.set(Fields.inflow, WaterVolume.cubicMetres(water.local[node]))
      row.set(Fields.upstreamInflow, WaterVolume.cubicMetres(water.upstream[node]))
      row.set(Fields.bluespotWater, stored)
      row.set(Fields.filling, capacity > 0 ? stored / capacity * 100 : 0)
      row.set(Fields.spill, WaterVolume.cubicMetres(water.spilled[node]))
      row.set(Fields.waterLevel, water.level[node].isNaN ? nil : water.level[node])
      row.set(Fields.waterDepth, single: deepest)
      row.set(Fields.wetArea, Double(wetCells) * cellArea)
      return try row.feature(shapes[index])
    }
  }
}
