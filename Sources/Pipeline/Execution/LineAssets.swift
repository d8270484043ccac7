import Exposure
import Geodata
import Grids
import Report

/// Lines, such as roads or rail, and their length per cell.
struct LineAssets {
  let id: String
  let asset: AssetSection
  let features: LoadedFeatures
  /// Names of the fields.
  let fields: LineFields
  /// Metres of line in each cell.
  let lengths: Grid<Float>

  init(id: String, _ asset: AssetSection, _ input: LineInput, _ loader: InputLoader) throws {
    self.id = id
    self.asset = asset
    fields = LineFields(of: asset, id: id)
    let loaded = try loader.features(
      asset.input, path: input.path, layer: input.layer, crs: input.crs, shapeType: .lines, idField: input.id,
      fields: [])
    features = loaded
    var lengths = Grid<Float>(loader.geometry, repeating: 0)
    lengths.withUnsafeMutableCells { cells in
      for index in 0..<loaded.count {
        _ = forEachCrossedCell(of: loaded.lines(index), on: loader.geometry) { cell, length in
          cells[cell] += Float(length)
        }
      }
    }
    self.lengths = lengths
  }
}

extension LineAssets {
  /// What a scenario means for each line.
  func lineFeatures(_ grids: ScenarioGrids) throws -> [Feature] {
    let threshold = Float(asset.exposedIf.threshold.metres)
    // A strict comparison is the next larger number's ≥.
    let least = asset.exposedIf.comparison == .above ? threshold.nextUp : threshold
    let schema = fields.schema
    return try (0..<features.count).map { index in
      let lines = features.lines(index)
      let exposed = lineExposure(of: lines, on: grids.depth, thresholds: [least, 0.1, 0.3])
      let known = exposed.length - exposed.lengthWithoutData - exposed.lengthOutside
      var flags = Flags()
      if features.shapes[index] == nil { flags.insert(geometryFlag) }
      var deepest: Float = -1
      _ = forEachCrossedCell(of: lines, on: grids.depth.geometry) { cell, length in
        if length > 0, grids.depth[cell] > deepest { deepest = grids.depth[cell] }
      }
      let reached = exposed.lengthsAtOrAbove[0]
      let isKnown = known >= exposed.length * (1 - 1e-9)
      if !isKnown { flags.insert("coverage") }
      var row = RowBuilder(schema)
      row.set(fields.id, features.ids[index])
      row.set(Fields.scenario, grids.scenario.id)
      row.set(Fields.length, exposed.length)
      // Water on a known part is enough to be exposed; only a line that is known all along is not.
      row.set(fields.exposed, isKnown ? reached : nil)
      row.set(fields.limited, isKnown ? exposed.lengthsAtOrAbove[1] : nil)
      row.set(fields.blocked, isKnown ? exposed.lengthsAtOrAbove[2] : nil)
      // Deep water on a known part stops vehicles; only a line that is known all along is passable.
      let isBlocked = exposed.lengthsAtOrAbove[2] > 0
      let isLimited = exposed.lengthsAtOrAbove[1] > 0
      row.set(Fields.passability, isBlocked ? "blocked" : !isKnown ? nil : isLimited ? "limited" : "passable")
      row.set(Fields.greatestDepth, single: deepest < 0 ? nil : deepest)
      row.set(Fields.isExposed, reached > 0 ? true : isKnown ? false : nil)
      row.set(Fields.flags, flags.text)
      return try row.feature(features.shapes[index])
    }
  }
}
