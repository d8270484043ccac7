import Flood
import Geodata
import Grids
import Terrain

/// What buildings are to the water.
public enum FlowBuildings: String, Sendable, CaseIterable {
  /// Their cells are raised: water flows around them and off their roofs.
  case raised
  /// Their cells are taken out of the terrain; rain on a roof falls on the cells beside it.
  case blocks
  /// Water flows through them as over any ground.
  case open
}

/// Terrain with its buildings, and where the rain of the roofs falls.
struct FlowGround {
  /// Terrain for the water, metres; NaN is outside.
  let terrain: Grid<Float>
  /// Roofs that are taken out; nil where none is.
  let roofs: RoofRain?

  /// - Parameters:
  ///   - terrain: Terrain without buildings.
  ///   - isBuilt: Whether each cell lies in a building.
  ///   - height: Metres by which buildings are raised.
  init(_ terrain: Grid<Float>, isBuilt: [Bool], as buildings: FlowBuildings, height: Float) {
    var ground = terrain
    switch buildings {
    case .open: roofs = nil
    case .raised:
      for index in 0..<ground.count where isBuilt[index] { ground[index] += height }
      roofs = nil
    case .blocks:
      for index in 0..<ground.count where isBuilt[index] { ground[index] = .nan }
      roofs = RoofRain(isBuilt.indices.filter { isBuilt[$0] && !terrain[$0].isNaN }, on: ground)
    }
    self.terrain = ground
  }
}

/// Manning's n by land cover: from a table, else one number.
struct FlowRoughness {
  /// n of deep water.
  let full: CellValues
  /// n of thin water, where the table tells it.
  let sheet: CellValues?

  /// - Parameters:
  ///   - table: `land_cover_code`, `manning` and, for thin water, `manning_sheet`.
  ///   - otherwise: n where the land cover is not known; nil leaves it unknown, and the case is refused.
  init(
    _ table: CSVTable, cover: Grid<Int32>, ground: Grid<Float>, otherwise: Double?, isDepthDependent: Bool
  ) throws(CSVTableError) {
    let codes = try table.keys("land_cover_code", in: Int(Int32.min)...Int(Int32.max)).map { Int32($0) }
    func grid(_ column: String) throws(CSVTableError) -> CellValues {
      let numbers = try table.numbers(column, in: 0.001...2)
      let manning = Dictionary(uniqueKeysWithValues: zip(codes, numbers.map { Float($0) }))
      var n = Grid<Float>(ground.geometry, repeating: otherwise.map { Float($0) } ?? .nan)
      for index in 0..<cover.count {
        if let value = manning[cover[index]] { n[index] = value }
      }
      return .grid(n)
    }
    full = try grid("manning")
    sheet = isDepthDependent ? try grid("manning_sheet") : nil
  }
}
