import Flood
import Grids
import Terrain
import TestSupport

/// A terrain with losses of every kind, for tests that go through many.
struct FloodCase {
  let z: Grid<Float>
  let hierarchy: DepressionHierarchy
  let hypsometry: Hypsometry
  let losses: BluespotLosses
  var random: SeededGenerator

  init(_ kind: TerrainKind, seed: UInt64, columns: Int = 19, rows: Int = 17, hasLosses: Bool) throws {
    // Streams of neighbouring seeds overlap; far ones do not.
    var random = SeededGenerator(seed: seed &* 1_000_003 &+ 500_009)
    z = randomTerrain(kind, columns: columns, rows: rows, seed: seed &* 1_000_003, cell: 2, cellHeight: 3)
    hierarchy = try DepressionHierarchy(of: z, nodata: .outlet)
    hypsometry = Hypsometry(hierarchy, ground: z)
    let drains = (0..<3).map { _ in
      BluespotDrain(
        column: Int(random.unit() * Double(columns)), row: Int(random.unit() * Double(rows)),
        volume: Int64(random.unit() * 0x1p24))
    }
    if !hasLosses {
      losses = .none(in: hypsometry)
    } else if seed % 2 == 0 {
      losses = BluespotLosses(hypsometry, infiltration: 200 * random.unit(), drains: drains)
    } else {
      let depths = z.cells.map { _ in random.unit() < 0.1 ? Float.nan : Float(300 * random.unit()) }
      losses = BluespotLosses(
        hypsometry, infiltration: Grid(z.geometry, cells: depths), ground: z, drains: drains)
    }
    self.random = random
  }

  var leaves: Int { hierarchy.leafCount }
  var nodes: Range<Int> { 1..<max(1, hierarchy.nodeCount) }

  func water(_ inflow: [Int64]) -> StandingWater { StandingWater(inflow: inflow, in: hypsometry, losses: losses) }

  /// Volume that each node and all nodes below it can keep.
  var demand: [Int64] {
    var demand = (0..<hierarchy.nodeCount).map {
      hypsometry.marginalCapacity[$0] + losses.marginalInfiltration[$0] + losses.drainCapacity[$0]
    }
    for node in nodes where hierarchy.parent[node] != 0 { demand[Int(hierarchy.parent[node])] += demand[node] }
    return demand
  }

  /// Whether each node keeps all it can.
  func fullNodes(_ inflow: [Int64]) -> [Bool] {
    let water = water(inflow)
    let demand = demand
    return demand.indices.map { node in
      let kept: Int64 = water.stored[node] + water.infiltrated[node] + water.drained[node]
      return node > 0 && kept == demand[node]
    }
  }
}
