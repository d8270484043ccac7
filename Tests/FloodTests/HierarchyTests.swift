import Flood
import Grids
import Terrain
import TestSupport
import Testing

@Suite struct HierarchyTests {
  @Test(arguments: TerrainKind.allCases) func theTreeIsBinaryAndNested(kind: TerrainKind) throws {
    for seed in 0..<20 as Range<UInt64> {
      let flood = try FloodCase(kind, seed: seed, hasLosses: false)
      let tree = flood.hierarchy
      var timesChild = [Int](repeating: 0, count: tree.nodeCount)
      for node in flood.nodes {
        let (left, right) = (Int(tree.left[node]), Int(tree.right[node]))
        if node <= tree.leafCount {
          #expect(left == 0 && right == 0)
          continue
        }
        #expect(left > 0 && right > 0 && left != right && left < node && right < node)
        for (child, sibling) in [(left, right), (right, left)] {
          timesChild[child] += 1
          #expect(Int(tree.parent[child]) == node)
          #expect(tree.spillElevation[child] <= tree.spillElevation[node])
          #expect(tree.spillElevation[child] == tree.spillElevation[sibling])
          #expect(tree.spillCell[child] == tree.spillCell[sibling])
          // The leaf beyond the saddle is a part of the sibling.
          var above = Int(tree.spillInto[child])
          while above != sibling, above != 0 { above = Int(tree.parent[above]) }
          #expect(above == sibling, "\(kind) \(seed) node \(child)")
        }
      }
      for node in flood.nodes {
        #expect(timesChild[node] == (tree.parent[node] == 0 ? 0 : 1))
        // Up from any node is an end, and over the spills of the topmost ones another: the outside is the one root.
        var above = node
        var steps = 0
        while above != 0, steps <= tree.nodeCount * 2 {
          above = tree.parent[above] != 0 ? Int(tree.parent[above]) : Int(tree.spillInto[above])
          steps += 1
        }
        #expect(above == 0)
      }
    }
  }

  @Test(arguments: TerrainKind.allCases) func capacityIsTheVolumeBelowTheSpill(kind: TerrainKind) throws {
    for seed in 0..<8 as Range<UInt64> {
      let flood = try FloodCase(kind, seed: seed, hasLosses: false)
      let tree = flood.hierarchy
      var brute = [Double](repeating: 0, count: tree.nodeCount)
      var cells = [Int](repeating: 0, count: tree.nodeCount)
      for index in 0..<flood.z.count where tree.basins.labels[index] > 0 {
        var node = Int(tree.basins.labels[index])
        while node != 0 {
          let depth = Double(tree.spillElevation[node]) - Double(flood.z[index])
          if depth > 0 {
            brute[node] += depth * 6
            cells[node] += 1
          }
          node = Int(tree.parent[node])
        }
      }
      for node in flood.nodes {
        let capacity = WaterVolume.cubicMetres(flood.hypsometry.capacity[node])
        // Half a quantum for each node inside.
        #expect(abs(capacity - brute[node]) <= 0x1p-21 * Double(tree.nodeCount) + 1e-12 * brute[node])
        #expect(flood.hypsometry.cells[node] == cells[node])
        if node > tree.leafCount {
          let children = [Int(tree.left[node]), Int(tree.right[node])]
          #expect(flood.hypsometry.capacity[node] >= children.reduce(0) { $0 + flood.hypsometry.capacity[$1] })
        }
      }
      // Together the top-level depressions are what filling adds to the terrain.
      let filled = try priorityFlood(flood.z, nodata: .outlet)
      #expect(zip(filled.cells, tree.filled(flood.z).cells).allSatisfy { $0 == $1 || $0.isNaN })
      let added = (0..<flood.z.count).reduce(0.0) {
        $0 + (flood.z[$1].isNaN ? 0 : (Double(filled[$1]) - Double(flood.z[$1])) * 6)
      }
      let tops = flood.nodes.filter { tree.parent[$0] == 0 }.reduce(0 as Int64) { $0 + flood.hypsometry.capacity[$1] }
      #expect(abs(WaterVolume.cubicMetres(tops) - added) <= 0x1p-21 * Double(tree.nodeCount) + 1e-12 * added)
    }
  }

  @Test(arguments: TerrainKind.allCases) func basinsAreConnectedAndDrainToTheirPits(kind: TerrainKind) throws {
    for seed in 0..<10 as Range<UInt64> {
      let flood = try FloodCase(kind, seed: seed, hasLosses: false)
      let basins = flood.hierarchy.basins
      var reached = [Bool](repeating: false, count: flood.z.count)
      for (number, pit) in basins.pits.enumerated() {
        var open = [Int(pit)]
        reached[Int(pit)] = true
        while let cell = open.popLast() {
          for code in 0..<8 {
            let column = cell % flood.z.columns + FlowDirection.columnStep[code]
            let row = cell / flood.z.columns + FlowDirection.rowStep[code]
            guard column >= 0, row >= 0, column < flood.z.columns, row < flood.z.rows else { continue }
            let other = row * flood.z.columns + column
            if !reached[other], basins.labels[other] == Int32(number + 1) {
              reached[other] = true
              open.append(other)
            }
          }
        }
      }
      for index in 0..<flood.z.count where basins.labels[index] > 0 {
        #expect(reached[index], "\(kind) \(seed) cell \(index) is cut off")
        var cell = index
        while basins.directions[cell] < 8 {
          let code = Int(basins.directions[cell])
          let next = cell + FlowDirection.rowStep[code] * flood.z.columns + FlowDirection.columnStep[code]
          #expect(flood.z[next] <= flood.z[cell])
          cell = next
        }
        #expect(cell == Int(basins.pits[Int(basins.labels[index]) - 1]))
      }
    }
  }

  @Test(arguments: [2, 3, 7]) func threadsChangeNothing(threads: Int) throws {
    for kind in TerrainKind.allCases {
      let z = randomTerrain(kind, columns: 61, rows: 47, seed: 9)
      let one = try DepressionHierarchy(of: z, nodata: .outlet)
      let many = try DepressionHierarchy(of: z, nodata: .outlet, threads: threads)
      #expect(one.parent == many.parent && one.left == many.left && one.right == many.right)
      #expect(one.spillElevation == many.spillElevation && one.spillCell == many.spillCell)
      #expect(one.spillInto == many.spillInto && one.basins.labels.cells == many.basins.labels.cells)
      let first = Hypsometry(one, ground: z)
      let second = Hypsometry(many, ground: z, threads: threads)
      #expect(first.capacity == second.capacity && first.marginalCapacity == second.marginalCapacity)
      #expect(first.cells == second.cells && first.boxes == second.boxes && first.lowest == second.lowest)
      let inflow = one.basins.pits.reduce(into: [0 as Int64]) { inflow, pit in inflow.append(Int64(pit) << 14) }
      let (a, b) = (StandingWater(inflow: inflow, in: first), StandingWater(inflow: inflow, in: second))
      #expect(a.stored == b.stored && a.spilled == b.spilled && a.upstream == b.upstream)
      let depths = (a.depth(over: z), b.depth(over: z, threads: threads))
      #expect(zip(depths.0.cells, depths.1.cells).allSatisfy { $0.bitPattern == $1.bitPattern })
    }
  }

  @Test(arguments: [TerrainKind.noise, .fractal, .centimetres, .terraced])
  func levelAndVolumeAreInverse(kind: TerrainKind) throws {
    for seed in 0..<10 as Range<UInt64> {
      let flood = try FloodCase(kind, seed: seed, columns: 30, rows: 30, hasLosses: false)
      for node in flood.nodes {
        let capacity = WaterVolume.cubicMetres(flood.hypsometry.marginalCapacity[node])
        let area = Double(flood.hypsometry.cells[node]) * 6
        var last = -Double.infinity
        for share in [0.001, 0.1, 0.37, 0.5, 0.9, 0.999] where capacity > 1e-3 {
          let volume = share * capacity
          let level = flood.hypsometry.level(of: node, marginalVolume: volume)
          #expect(level > last)
          last = level
          // A level is no finer than its last digit.
          let back = flood.hypsometry.marginalVolume(of: node, level: level)
          #expect(abs(back - volume) <= 1e-12 * volume + 4 * level.ulp * area)
        }
      }
    }
  }
}
