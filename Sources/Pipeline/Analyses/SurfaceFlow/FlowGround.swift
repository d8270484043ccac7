import Flood
import Geodata
import Grids
import Terrain

/// What buildings are to the water.
public enum FlowBuildings: String, Sendable, CaseIterable {
  /// Their cells are raised: water flows around them and off their roofs.
  case raised
  /// Their cells are taken out of the terrain; rain on a roof falls on the nearest cell outside.
  case blocks
  /// Water flows through them as over any ground.
  case open
}

/// Terrain with its buildings, and where the rain of the roofs falls.
struct FlowGround {
  /// Terrain for the water, metres; NaN is outside.
  let terrain: Grid<Float>
  /// Cells of roofs that are taken out, and the cell outside that catches the rain of each.
  private let roofs: [(cell: Int, outside: Int)]

  /// - Parameters:
  ///   - terrain: Terrain without buildings.
  ///   - isBuilt: Whether each cell lies in a building.
  ///   - height: Metres by which buildings are raised.
  init(_ terrain: Grid<Float>, isBuilt: [Bool], as buildings: FlowBuildings, height: Float) {
    var ground = terrain
    switch buildings {
    case .open: roofs = []
    case .raised:
      for index in 0..<ground.count where isBuilt[index] { ground[index] += height }
      roofs = []
    case .blocks:
      for index in 0..<ground.count where isBuilt[index] { ground[index] = .nan }
      roofs = Self.roofs(ground, isBuilt.indices.filter { isBuilt[$0] && !terrain[$0].isNaN })
    }
    self.terrain = ground
  }

  /// Gives each roof cell to the nearest cell outside, by steps between neighbours; the first in order where several are.
  private static func roofs(_ ground: Grid<Float>, _ cells: [Int]) -> [(cell: Int, outside: Int)] {
    let (columns, rows) = (ground.columns, ground.rows)
    func neighbours(_ cell: Int) -> [Int] {
      let (row, column) = cell.quotientAndRemainder(dividingBy: columns)
      return [
        row > 0 ? cell - columns : nil, column > 0 ? cell - 1 : nil, column + 1 < columns ? cell + 1 : nil,
        row + 1 < rows ? cell + columns : nil,
      ].compactMap { $0 }
    }
    var outside: [Int: Int] = [:]
    var roofs: [(cell: Int, outside: Int)] = []
    var waiting = cells
    // Ring by ring from the walls inwards; roofs that touch no terrain at all are left.
    while !waiting.isEmpty {
      let ring = waiting.compactMap { cell -> (cell: Int, outside: Int)? in
        let next = neighbours(cell)
        return (next.first { !ground[$0].isNaN } ?? next.compactMap { outside[$0] }.first).map { (cell, $0) }
      }
      if ring.isEmpty { break }
      for (cell, place) in ring { outside[cell] = place }
      roofs += ring
      waiting.removeAll { outside[$0] != nil }
    }
    return roofs
  }

  /// Rain with that of roofs where it falls.
  func caught(_ rain: [RainInterval]) -> [RainInterval] {
    if roofs.isEmpty { return rain }
    return rain.map { interval in
      var rates =
        switch interval.intensity {
        case .uniform(let rate): Grid(terrain.geometry, repeating: Float(rate))
        case .grid(let grid): grid
        }
      for (cell, outside) in roofs where !rates[cell].isNaN { rates[outside] += rates[cell] }
      return RainInterval(from: interval.start, to: interval.end, .grid(rates))
    }
  }
}

/// A table of Manning's n: `land_cover_code`, `manning` and, for thin water, `manning_sheet`.
struct FlowRoughnessTable {
  /// n of deep water.
  let full: ClassLookup<Float>
  /// n of thin water, where the table tells it.
  let sheet: ClassLookup<Float>?

  init(_ table: CSVTable, isDepthDependent: Bool) throws(CSVTableError) {
    let codes = try table.keys("land_cover_code", in: 0...Int(Int32.max)).map { Int32($0) }
    func lookup(_ column: String) throws(CSVTableError) -> ClassLookup<Float> {
      let numbers = try table.numbers(column, in: 0.001...2)
      return ClassLookup(Dictionary(uniqueKeysWithValues: zip(codes, numbers.map { Float($0) })))
    }
    full = try lookup("manning")
    sheet = isDepthDependent ? try lookup("manning_sheet") : nil
  }
}

/// Manning's n of every cell by its land cover, else one number.
struct FlowRoughness {
  /// n of deep water.
  let full: CellValues
  /// n of thin water, where the table tells it.
  let sheet: CellValues?

  /// - Parameter otherwise: n where the land cover is not known or the table lacks it; nil refuses what it lacks, and
  ///   leaves n unknown where there is no land cover.
  init(
    _ table: FlowRoughnessTable, cover: Grid<Int32>, otherwise: Double?, threads: Int
  ) throws(UnmappedClasses) {
    if otherwise == nil { try table.full.require(codesOf: cover, as: "land cover", threads: threads) }
    let fallback = otherwise.map { Float($0) } ?? .nan
    func values(_ lookup: ClassLookup<Float>) -> CellValues {
      .grid(cover.map(threads: threads) { code in lookup.position(of: code).map { lookup.entries[$0] } ?? fallback })
    }
    full = values(table.full)
    sheet = table.sheet.map(values)
  }
}
