import Flood
import Grids
import Terrain
import TestSupport
import Testing

@Suite struct WaterInvariantTests {
  /// Every wet cell of a lake has the lake's level, and every cell of its depression below the level is wet.
  @Test(arguments: TerrainKind.allCases, [false, true])
  func aLakeHasOneLevel(kind: TerrainKind, hasLosses: Bool) throws {
    for seed in 0..<10 as Range<UInt64> {
      let flood = try FloodCase(kind, seed: seed, hasLosses: hasLosses)
      let tree = flood.hierarchy
      let mm = Grid<Float>(flood.z.geometry, repeating: [5, 80, 600][Int(seed % 3)])
      let water = flood.water(BasinRunoff(mm, in: tree.basins).quanta)
      let depth = water.depth(over: flood.z)
      let (cells, greatest) = water.extents()
      var wet = [Int](repeating: 0, count: tree.nodeCount)
      var deepest = [Double](repeating: 0, count: tree.nodeCount)
      for index in 0..<flood.z.count where tree.basins.labels[index] > 0 {
        let leaf = Int(tree.basins.labels[index])
        let z = Double(flood.z[index])
        #expect(depth[index] == (water.level[leaf] > z ? Float(water.level[leaf] - z) : 0))
        var node = leaf
        while node != 0 {
          if water.level[leaf] > z, z < Double(tree.spillElevation[node]) {
            wet[node] += 1
            deepest[node] = max(deepest[node], water.level[leaf] - z)
          }
          // Over a node with water in its own rise stands one level only.
          if !water.level[node].isNaN { #expect(water.level[leaf] == water.level[node]) }
          node = Int(tree.parent[node])
        }
      }
      for node in flood.nodes {
        // A full node of no volume has a level and no depth worth a digit.
        #expect(cells[node] == wet[node], "\(kind) \(seed) node \(node)")
        #expect(abs(greatest[node] - deepest[node]) <= 1e-12)
        let (left, right) = (Int(tree.left[node]), Int(tree.right[node]))
        let below: Int64 = left == 0 ? 0 : water.stored[left] + water.stored[right]
        if left > 0, water.stored[node] > below { #expect(water.level[left] == water.level[right]) }
      }
    }
  }

  /// Of two siblings one at most gives to the other, and only what that one lacks; every volume that comes to a node
  /// is one that another gave.
  @Test(arguments: TerrainKind.allCases, [false, true])
  func volumesBetweenNeighboursAreNet(kind: TerrainKind, hasLosses: Bool) throws {
    for seed in 0..<10 as Range<UInt64> {
      var flood = try FloodCase(kind, seed: seed, hasLosses: hasLosses)
      let tree = flood.hierarchy
      let scale = [0x1p20, 0x1p22, 0x1p24][Int(seed % 3)]
      let water = flood.water((0...flood.leaves).map { _ in Int64(flood.random.unit() * scale) })
      func holds(_ node: Int, _ inner: Int) -> Bool {
        var above = inner
        while above != 0, above != node { above = Int(tree.parent[above]) }
        return above == node
      }
      // What each node gave over its saddle, to its sibling or, from the top, to another tree or outside.
      var gave = [Int64](repeating: 0, count: tree.nodeCount)
      for node in flood.nodes {
        if tree.parent[node] == 0 { gave[node] = water.spilled[node] }
        let (left, right) = (Int(tree.left[node]), Int(tree.right[node]))
        if left == 0 { continue }
        let exchanged = water.upstream[left] + water.upstream[right] - water.upstream[node]
        #expect(exchanged >= 0)
        if exchanged == 0 { continue }
        let (giver, taker) = water.spilled[left] > 0 ? (left, right) : (right, left)
        #expect(water.spilled[taker] == 0 && water.spilled[giver] >= exchanged, "\(kind) \(seed) node \(node)")
        gave[giver] = exchanged
      }
      var left: Int64 = 0
      for node in flood.nodes {
        if tree.spillInto[node] == 0 { left += gave[node] }
        let came = flood.nodes.reduce(0 as Int64) { sum, giver in
          let leaf = Int(tree.spillInto[giver])
          return gave[giver] > 0 && leaf > 0 && holds(node, leaf) && !holds(node, giver) ? sum + gave[giver] : sum
        }
        #expect(water.upstream[node] == came, "\(kind) \(seed) node \(node)")
      }
      #expect(left + water.local[0] == water.outflow)
    }
  }

  /// Water that has come to rest stays where it is when it is poured out again where it stands.
  @Test(arguments: TerrainKind.allCases) func standingWaterStays(kind: TerrainKind) throws {
    for seed in 0..<12 as Range<UInt64> {
      var flood = try FloodCase(kind, seed: seed, hasLosses: false)
      let tree = flood.hierarchy
      let inflow = (0...flood.leaves).map { _ in Int64(flood.random.unit() * [0x1p18, 0x1p22, 0x1p24][Int(seed % 3)]) }
      let water = flood.water(inflow)
      var again = [Int64](repeating: 0, count: flood.leaves + 1)
      for node in flood.nodes {
        let (left, right) = (Int(tree.left[node]), Int(tree.right[node]))
        let margin = left == 0 ? water.stored[node] : water.stored[node] - water.stored[left] - water.stored[right]
        // Any leaf inside will do.
        var leaf = node
        while tree.left[leaf] != 0 { leaf = Int(flood.random.unit() < 0.5 ? tree.left[leaf] : tree.right[leaf]) }
        again[leaf] += margin
      }
      let rested = flood.water(again)
      #expect(rested.stored == water.stored && rested.outflow == 0)
      for node in flood.nodes where flood.hypsometry.capacity[node] > 0 {
        #expect(rested.level[node].bitPattern == water.level[node].bitPattern, "\(kind) \(seed) node \(node)")
      }
    }
  }

  /// Many small increments come to the same as one: the last of a growing series is the whole.
  @Test(arguments: [false, true]) func incrementsAddUp(hasLosses: Bool) throws {
    for seed in 0..<10 as Range<UInt64> {
      var flood = try FloodCase(.noise, seed: seed, hasLosses: hasLosses)
      let whole = (0...flood.leaves).map { _ in Int64(flood.random.unit() * 0x1p23) }
      var parts = [[Int64](repeating: 0, count: whole.count)]
      var before = flood.water(parts[0])
      for part in 1...9 as ClosedRange<Int64> {
        parts.append(part == 9 ? whole : whole.map { $0 / 9 * part })
        let now = flood.water(parts[Int(part)])
        for node in flood.nodes {
          #expect(now.stored[node] >= before.stored[node] && now.infiltrated[node] >= before.infiltrated[node])
          #expect(now.drained[node] >= before.drained[node])
          #expect(before.level[node].isNaN || now.level[node] >= before.level[node])
        }
        before = now
      }
      let sweep = try EventSweep(flood.hypsometry, losses: flood.losses, inflows: parts)
      let full = flood.fullNodes(whole)
      for node in flood.nodes { #expect(full[node] == (sweep.fills[node] != .never)) }
      let direct = try EventSweep(flood.hypsometry, losses: flood.losses, inflows: [parts[0], whole])
      for node in flood.nodes { #expect((direct.fills[node] == .never) == (sweep.fills[node] == .never)) }
    }
  }

  @Test func aRasterOfRainIsTheSameRain() throws {
    for seed in 0..<10 as Range<UInt64> {
      var flood = try FloodCase(.fractal, seed: seed, hasLosses: false)
      let tree = flood.hierarchy
      let mm = 37.5
      let raster = BasinRunoff(Grid(flood.z.geometry, repeating: Float(mm)), in: tree.basins)
      // Millimetres over a watershed, cubic metres and litres of it.
      for leaf in stride(from: 1, through: flood.leaves, by: 1) {
        let area = Double(flood.hypsometry.watershedCells[leaf]) * 6
        #expect(raster.quanta[leaf] == WaterVolume.quanta(fromCubicMetres: area * mm / 1000))
        let litres = area * mm
        #expect(raster.quanta[leaf] == WaterVolume.quanta(fromCubicMetres: litres / 1000))
      }
      // Rain that moves within its watershed changes nothing.
      var moved = Grid<Float>(flood.z.geometry, repeating: Float(mm))
      for _ in 0..<200 {
        let from = Int(flood.random.unit() * Double(moved.count))
        let to = Int(flood.random.unit() * Double(moved.count))
        let depth = (moved[from] / 2 * 8).rounded(.down) / 8
        if tree.basins.labels[from] == tree.basins.labels[to] {
          moved[from] -= depth
          moved[to] += depth
        }
      }
      #expect(moved.cells != Array(repeating: Float(mm), count: moved.count))
      let other = BasinRunoff(moved, in: tree.basins)
      #expect(other.quanta == raster.quanta && other.depthUnits == raster.depthUnits)
    }
  }

  @Test func infiltrationAndDrainsTakeWhatTheyCan() throws {
    // A bowl of two steps: 2 cells at 4 m, 1 at 4.5 m, brim 5 m; capacity 2.5 m³.
    let z = grid([[9, 9, 9, 9, 9, 9], [9, 4, 4, 4.5, 5, 3], [9, 9, 9, 9, 9, 9]] as [[Float]])
    let hypsometry = Hypsometry(try DepressionHierarchy(of: z), ground: z)
    func water(_ inflow: Double, _ infiltration: Double, drain: Double = 0) -> [Double] {
      let losses = BluespotLosses(
        hypsometry, infiltration: infiltration,
        drains: [
          BluespotDrain(column: 1, row: 1, capacity: drain / 600, duration: 600),
          BluespotDrain(column: 5, row: 1, capacity: 1, duration: 3600),
        ])
      #expect(losses.unusedDrains == [1])
      let water = StandingWater(
        inflow: [0, WaterVolume.quanta(fromCubicMetres: inflow)], in: hypsometry, losses: losses)
      return [water.stored[1], water.infiltrated[1], water.drained[1], water.spilled[1]].map {
        WaterVolume.cubicMetres($0)
      } + [water.level[1].isNaN ? 0 : water.level[1]]
    }
    // 125 mm in each wet cell: the two lowest take 0.25 m³ before water stands.
    #expect(water(0.1875, 125) == [0, 0.1875, 0, 0, 0])
    #expect(water(0.75, 125) == [0.5, 0.25, 0, 0, 4.25])
    // At 4.5 m the third cell takes its own before the level goes on rising.
    #expect(water(1.25, 125) == [1, 0.25, 0, 0, 4.5])
    #expect(water(1.3125, 125) == [1, 0.3125, 0, 0, 4.5])
    #expect(water(2.125, 125) == [1.75, 0.375, 0, 0, 4.75])
    #expect(water(3, 125) == [2.5, 0.375, 0, 0.125, 5])
    // A drain takes first.
    #expect(water(0.5, 125, drain: 1) == [0, 0, 0.5, 0, 0])
    #expect(water(1.75, 125, drain: 1) == [0.5, 0.25, 1, 0, 4.25])
    #expect(water(9, 0, drain: 1) == [2.5, 0, 1, 5.5, 5])
  }
}
