import Flood
import Geodata
import Grids
import Report
import Terrain

/// The bluespots as features of layers and rows of tables.
struct BluespotLayers {
  let model: TerrainModel
  private let threads: Int
  /// Whether outlines have their corners cut.
  private let smooth: Bool
  /// Shapes of the bluespots at their brim.
  private let shapes: [Shape]
  private let place: [Int32]
  private let range: [Range<Int32>]

  init(_ model: TerrainModel, _ cache: StepCache, threads: Int, smooth: Bool = false) throws {
    self.model = model
    self.threads = threads
    self.smooth = smooth
    let (place, range) = model.hierarchy.leafRanges()
    shapes = try cache.value("bluespots") {
      parallelMap(of: model.bluespots.items.count, threads: threads) { index in
        Self.shape(of: model.bluespots.items[index].node, model, place, range, smooth: smooth) { _, _ in true }
      }
    }
    self.place = place
    self.range = range
  }

  /// Outlines of the cells of a depression below its spill that meet a condition of their index and basin.
  private static func shape(
    of node: Int, _ model: TerrainModel, _ place: [Int32], _ range: [Range<Int32>], smooth: Bool,
    where condition: (_ index: Int, _ basin: Int) -> Bool
  ) -> Shape {
    let box = model.hypsometry.boxes[node]
    guard box.lastColumn >= 0 else { return .polygons([]) }
    let spill = model.hierarchy.spillElevation[node]
    let columns = model.ground.columns
    let window = model.ground.geometry.window(
      columns: box.firstColumn..<(box.lastColumn + 1), rows: box.firstRow..<(box.lastRow + 1))
    var mask = Grid<Int32>(window, repeating: 0)
    model.hierarchy.basins.labels.withUnsafeCells { label in
      model.ground.withUnsafeCells { z in
        mask.withUnsafeMutableCells { out in
          for row in 0..<window.rows {
            for column in 0..<window.columns {
              let index = (row + box.firstRow) &* columns &+ column &+ box.firstColumn
              let basin = Int(label[index])
              if basin > 0, z[index] < spill, range[node].contains(place[basin]), condition(index, basin) {
                out[row &* window.columns &+ column] = 1
              }
            }
          }
        }
      }
    }
    return .polygons(polygonize(mask, ignoring: 0, smooth: smooth)[1] ?? [])
  }

  /// Share of the watershed of each bluespot whose runoff is known.
  func coveredShares(_ unknownCells: [Int]) -> [Double] {
    let hypsometry = model.hypsometry
    var unknown = unknownCells + [Int](repeating: 0, count: model.hierarchy.nodeCount - unknownCells.count)
    for node in stride(from: 1, to: unknown.count, by: 1) where model.hierarchy.parent[node] != 0 {
      unknown[Int(model.hierarchy.parent[node])] += unknown[node]
    }
    return model.bluespots.items.map { item in
      let cells = hypsometry.watershedCells[item.node]
      return cells > 0 ? 1 - Double(unknown[item.node]) / Double(cells) : 0
    }
  }

  /// What a scenario means for the bluespots.
  ///
  /// Where too little of its own watershed has known runoff, a bluespot's water is not known.
  func features(_ grids: ScenarioGrids, leastCovered: Double) throws -> ScenarioBluespots {
    let covered = coveredShares(grids.unknownCells)
    let waters = model.bluespots.water(grids.water)
    var result = ScenarioBluespots()
    for (index, properties) in model.properties.enumerated() {
      let isKnown = covered[index] >= leastCovered
      let water = waters[index]
      var row = RowBuilder(Schemas.bluespots)
      set(&row, properties)
      row.set(Fields.id, index + 1)
      row.set(Fields.scenario, grids.scenario.id)
      row.set(Fields.coveredShare, covered[index])
      row.set(Fields.flags, isKnown ? "" : "coverage")
      if isKnown {
        set(&row, water)
        row.set(Fields.waterLevel, water.level.map(height))
        row.set(Fields.waterDepth, single: Float(water.depth))
        row.set(Fields.wetArea, water.wetArea)
      }
      row.setRestToNull()
      result.bluespots.append(try row.feature(shapes[index]))

      var node = RowBuilder(Schemas.bluespotNodes)
      node.set(Fields.nodeID, index + 1)
      node.set(Fields.downstreamNodeID, properties.spillInto.map { $0 + 1 })
      node.set(Fields.parentID, properties.parent.map { $0 + 1 })
      node.set(Fields.scenario, grids.scenario.id)
      node.set(Fields.bluespotVolume, properties.volume)
      node.set(Fields.flags, isKnown ? "" : "coverage")
      if isKnown { set(&node, water) }
      node.setRestToNull()
      result.nodes.append(try node.feature(.point(saddle(of: properties))))

      if isKnown, properties.parent == nil, water.stored > 0, water.depth > 0 {
        result.water.append(try waterFeature(index, water, grids))
      }
    }
    result.isKnown = covered.map { $0 >= leastCovered }
    return result
  }

  /// The water of an outermost bluespot.
  private func waterFeature(_ index: Int, _ water: BluespotWater, _ grids: ScenarioGrids) throws -> Feature {
    let level = grids.water.level
    let shape = Self.shape(of: model.properties[index].node, model, place, range, smooth: smooth) { cell, basin in
      // False for NaN: a dry part.
      level[basin] > Double(model.ground[cell])
    }
    var row = RowBuilder(Schemas.bluespotWater)
    row.set(Fields.id, index + 1)
    row.set(Fields.scenario, grids.scenario.id)
    row.set(Fields.bluespotWater, WaterVolume.cubicMetres(water.stored))
    row.set(Fields.filling, water.filledPercent)
    row.set(Fields.waterLevel, water.level.map(height))
    row.set(Fields.waterDepth, single: Float(water.depth))
    row.set(Fields.wetArea, water.wetArea)
    return try row.feature(shape)
  }

  /// What drains to each of the outermost bluespots without passing another depression; they share their borders.
  func watersheds() throws -> [Feature] {
    var leaves = [Int](repeating: 0, count: place.count)
    for leaf in 1..<place.count { leaves[Int(place[leaf])] = leaf }
    var bluespotOf = [Int32](repeating: 0, count: place.count)
    let outermost = model.bluespots.items.indices.filter { model.bluespots.items[$0].parent == nil }
    for index in outermost {
      for position in range[model.bluespots.items[index].node] { bluespotOf[leaves[Int(position)]] = Int32(index + 1) }
    }
    let labels = model.hierarchy.basins.labels.map(threads: threads) { [bluespotOf] in $0 > 0 ? bluespotOf[Int($0)] : 0
    }
    let shapes = polygonize(labels, ignoring: 0, smooth: smooth)
    let edge = edgeContamination(model.directions)
    var (cells, cut) = ([Int](repeating: 0, count: model.bluespots.items.count + 1), [Int32: Int]())
    for index in 0..<labels.count where labels[index] > 0 {
      cells[Int(labels[index])] += 1
      if edge[index] == 1 { cut[labels[index], default: 0] += 1 }
    }
    return try outermost.map { index in
      let properties = model.properties[index]
      var row = RowBuilder(Schemas.bluespotWatersheds)
      row.set(Fields.id, index + 1)
      row.set(Fields.catchmentArea, properties.watershedArea)
      row.set(Fields.edgeShare, Double(cut[Int32(index + 1)] ?? 0) / Double(max(1, cells[index + 1])))
      row.set(Fields.bluespotVolume, properties.volume)
      row.set(Fields.localFillRain, properties.localFillRain)
      row.set(Fields.networkFillRain, properties.networkFillRain)
      return try row.feature(.polygons(shapes[Int32(index + 1)] ?? []))
    }
  }

  /// The saddle of each bluespot, with the moments at which they fill where those are known.
  func pourPoints(_ moments: [FillReturnPeriod?]) throws -> [Feature] {
    let columns = model.ground.columns
    return try model.properties.enumerated().map { index, properties in
      var row = RowBuilder(Schemas.pourPoints)
      set(&row, properties)
      row.set(Fields.id, index + 1)
      row.set(Fields.fillReturnPeriod, moments[index]?.years)
      row.set(Fields.fillReturnBound, moments[index]?.bound)
      row.set(Fields.column, Int(properties.saddle) % columns)
      row.set(Fields.row, Int(properties.saddle) / columns)
      return try row.feature(.point(saddle(of: properties)))
    }
  }

  /// Area and volume of each bluespot at equally spaced levels.
  func hypsometry() throws -> [[FieldValue]] {
    let tables = parallelMap(of: model.properties.count, threads: threads) { index in
      Result {
        try model.hypsometry.table(of: model.properties[index].node, steps: 20).enumerated().map { step, entry in
          var row = RowBuilder(Schemas.bluespotHypsometry)
          row.set(Fields.id, index + 1)
          row.set(Fields.hypsometryStep, step)
          row.set(Fields.hypsometryLevel, height(entry.level))
          row.set(Fields.hypsometryArea, entry.area)
          row.set(Fields.hypsometryVolume, entry.volume)
          return try row.row()
        }
      }
    }
    return try tables.flatMap { try $0.get() }
  }

  /// The ledger of the outermost bluespots, and of all other depressions together as 0.
  func balance(_ grids: ScenarioGrids) throws -> [[FieldValue]] {
    let water = grids.water
    let tree = model.hierarchy
    let columns: [(FieldKey<Double>, [Int64])] = [
      (Fields.inflow, water.local), (Fields.upstreamInflow, water.upstream), (Fields.bluespotWater, water.stored),
      (Fields.infiltratedWater, water.infiltrated), (Fields.drainedWater, water.drained),
      (Fields.spill, water.spilled),
    ]
    func row(_ id: Int, _ volume: ([Int64]) -> Int64) throws -> [FieldValue] {
      var row = RowBuilder(Schemas.bluespotBalance)
      row.set(Fields.id, id)
      row.set(Fields.scenario, grids.scenario.id)
      for (field, volumes) in columns { row.set(field, WaterVolume.cubicMetres(volume(volumes))) }
      return try row.row()
    }
    let outermost = try model.bluespots.items.enumerated().filter { $0.element.parent == nil }.map { index, item in
      try row(index + 1) { $0[item.node] }
    }
    return [try row(0) { model.bluespots.notShown($0, in: tree) }] + outermost
  }

  /// Where the most water leaves the terrain.
  func outlets(_ grids: ScenarioGrids) throws -> [[FieldValue]] {
    let geometry = model.ground.geometry
    return try grids.flow.outlets().prefix(1000).map { outlet in
      let (column, line) = (Int(outlet.cell) % geometry.columns, Int(outlet.cell) / geometry.columns)
      let centre = geometry.centre(column: column, row: line)
      var row = RowBuilder(Schemas.outlets)
      row.set(Fields.scenario, grids.scenario.id)
      row.set(Fields.column, column)
      row.set(Fields.row, line)
      row.set(Fields.x, centre.x)
      row.set(Fields.y, centre.y)
      row.set(Fields.eventFlow, WaterVolume.cubicMetres(outlet.volume))
      return try row.row()
    }
  }

  /// A height as the terrain's own numbers read where it is one of them, such as 12.41 and not 12.40999984741211.
  private func height(_ metres: Double) -> Double {
    Double(Float(metres)) == metres ? Double(shortest: Float(metres)) : metres
  }

  private func saddle(of properties: BluespotProperties) -> Coordinate {
    let columns = model.ground.columns
    return model.ground.geometry.centre(
      column: Int(properties.saddle) % columns, row: Int(properties.saddle) / columns)
  }

  /// Sets what a bluespot is.
  private func set(_ row: inout RowBuilder, _ properties: BluespotProperties) {
    row.set(Fields.parentID, properties.parent.map { $0 + 1 })
    row.set(Fields.depthLevel, properties.depthLevel)
    row.set(Fields.bluespotArea, properties.area)
    row.set(Fields.bluespotVolume, properties.volume)
    row.set(Fields.bluespotDepth, single: Float(properties.depth))
    row.set(Fields.spillLevel, single: Float(properties.spillLevel))
    row.set(Fields.spillsInto, properties.spillInto.map { $0 + 1 })
    row.set(Fields.catchmentArea, properties.watershedArea)
    row.set(Fields.localFillRain, properties.localFillRain)
    row.set(Fields.networkFillRain, properties.networkFillRain)
  }

  /// Sets what a bluespot got and did.
  private func set(_ row: inout RowBuilder, _ water: BluespotWater) {
    row.set(Fields.inflow, WaterVolume.cubicMetres(water.local))
    row.set(Fields.upstreamInflow, WaterVolume.cubicMetres(water.upstream))
    row.set(Fields.infiltratedWater, WaterVolume.cubicMetres(water.infiltrated))
    row.set(Fields.drainedWater, WaterVolume.cubicMetres(water.drained))
    row.set(Fields.bluespotWater, WaterVolume.cubicMetres(water.stored))
    row.set(Fields.filling, water.filledPercent)
    row.set(Fields.spill, WaterVolume.cubicMetres(water.spilled))
  }
}

/// The features of the bluespots in one scenario.
struct ScenarioBluespots {
  var bluespots: [Feature] = []
  var nodes: [Feature] = []
  var water: [Feature] = []
  /// Whether the runoff of each bluespot's watershed is known well enough.
  var isKnown: [Bool] = []
}
