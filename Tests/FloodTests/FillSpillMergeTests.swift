import Flood
import Grids
import Terrain
import TestSupport
import Testing

/// Lakes that grow, spill and merge, one at a time and from scratch at every step: obvious and slow.
struct SlowLakes {
  let z: Grid<Float>
  let labels: Grid<Int32>
  let pits: [CellIndex]
  /// Lake of each basin (index 0 unused) and volume of each lake in m³.
  var lakeOf: [Int]
  var volume: [Double]
  var outflow = 0.0

  init(_ z: Grid<Float>, basins: DrainageBasins, inflow: [Double]) {
    self.z = z
    labels = basins.labels
    pits = basins.pits
    lakeOf = Array(0...basins.count)
    volume = inflow
    outflow = inflow[0]
    volume[0] = 0
    while step() {}
  }

  /// Height at which a lake spills, and the basin beyond.
  func spill(_ lake: Int) -> (height: Float, into: Int) {
    var reached = Set([Int(pits[lakeOf.indices.first { $0 > 0 && lakeOf[$0] == lake }! - 1])])
    var frontier = reached
    var height = -Float.infinity
    while let cell = frontier.min(by: { z[$0] < z[$1] }) {
      frontier.remove(cell)
      height = max(height, z[cell])
      let label = Int(labels[cell])
      if label == 0 || lakeOf[label] != lake { return (height, label) }
      let column = cell % z.columns
      let row = cell / z.columns
      if column == 0 || row == 0 || column == z.columns - 1 || row == z.rows - 1 {
        // The border itself is a way out at this height, unless a lower way is left.
        if !frontier.contains(where: { z[$0] < z[cell] }) { return (height, 0) }
      }
      for k in 0..<8 {
        let x = column + FlowDirection.columnStep[k]
        let y = row + FlowDirection.rowStep[k]
        guard x >= 0, y >= 0, x < z.columns, y < z.rows else { continue }
        if reached.insert(y * z.columns + x).inserted { frontier.insert(y * z.columns + x) }
      }
    }
    fatalError("a lake always has a way out")
  }

  func cells(of lake: Int) -> [Int] {
    (0..<z.count).filter { labels[$0] > 0 && lakeOf[Int(labels[$0])] == lake }
  }

  func capacity(_ lake: Int, _ height: Float) -> Double {
    cells(of: lake).reduce(0) { $0 + max(0, Double(height) - Double(z[$1])) * z.geometry.cellArea }
  }

  mutating func step() -> Bool {
    for lake in Set(lakeOf.dropFirst()).sorted() {
      let (height, into) = spill(lake)
      let excess = volume[lake] - capacity(lake, height)
      if excess <= 1e-9 { continue }
      if into == 0 {
        outflow += excess
        volume[lake] -= excess
        return true
      }
      let other = lakeOf[into]
      let (otherHeight, otherInto) = spill(other)
      let otherIsFull = volume[other] >= capacity(other, otherHeight) - 1e-9
      if otherIsFull, otherHeight == height, otherInto > 0, lakeOf[otherInto] == lake {
        volume[lake] += volume[other]
        volume[other] = 0
        for basin in lakeOf.indices where lakeOf[basin] == other { lakeOf[basin] = lake }
      } else {
        volume[other] += excess
        volume[lake] -= excess
      }
      return true
    }
    return false
  }
}

private func inflow(_ runoff: Grid<Float>, _ hierarchy: DepressionHierarchy) -> BasinRunoff {
  BasinRunoff(runoff, in: hierarchy.basins)
}

@Suite struct FillSpillMergeTests {
  @Test(arguments: [TerrainKind.noise, .fractal]) func lakesAgreeWithTheSlowOnes(kind: TerrainKind) throws {
    for seed in 0..<30 as Range<UInt64> {
      let z = randomTerrain(kind, columns: 13, rows: 11, seed: seed, cell: 2, cellHeight: 3)
      let hierarchy = try DepressionHierarchy(of: z)
      let hypsometry = Hypsometry(hierarchy, ground: z)
      var random = SeededGenerator(seed: seed + 100)
      let scale = [5.0, 100, 800, 4000][Int(seed % 4)]
      let runoff = z.map(threads: 1) { _ in Float(1) }
      let mm = Grid<Float>(z.geometry, cells: runoff.cells.map { _ in Float(scale * random.unit()) })
      let basinRunoff = inflow(mm, hierarchy)
      let water = StandingWater(inflow: basinRunoff.quanta, in: hypsometry)
      let slow = SlowLakes(
        z, basins: hierarchy.basins, inflow: basinRunoff.quanta.map { WaterVolume.cubicMetres($0) })
      #expect(abs(WaterVolume.cubicMetres(water.outflow) - slow.outflow) < 1e-4, "\(kind) \(seed)")
      let depth = water.depth(over: z)
      for lake in Set(slow.lakeOf.dropFirst()) {
        let stored = slow.cells(of: lake).reduce(0.0) { $0 + Double(depth[$1]) * z.geometry.cellArea }
        #expect(abs(stored - slow.volume[lake]) < 1e-3, "\(kind) \(seed) lake \(lake)")
      }
    }
  }

  @Test(arguments: TerrainKind.allCases, [false, true])
  func waterIsConservedPerNodeAndInTotal(kind: TerrainKind, hasLosses: Bool) throws {
    for seed in 0..<40 as Range<UInt64> {
      let flood = try FloodCase(kind, seed: seed, columns: 24, rows: 19, hasLosses: hasLosses)
      let (z, hierarchy, hypsometry, losses) = (flood.z, flood.hierarchy, flood.hypsometry, flood.losses)
      let mm = z.map(threads: 1) { $0.isNaN ? .nan : Float(pow2(Int(seed % 14))) }
      let runoff = inflow(mm, hierarchy)
      let water = flood.water(runoff.quanta)
      #expect(runoff.total == water.totalStored + water.totalInfiltrated + water.totalDrained + water.outflow)
      for node in stride(from: 1, to: hierarchy.nodeCount, by: 1) {
        let came = water.local[node] + water.upstream[node]
        let lost = water.infiltrated[node] + water.drained[node]
        #expect(came == water.stored[node] + lost + water.spilled[node])
        #expect(water.stored[node] >= 0 && water.stored[node] <= hypsometry.capacity[node])
        #expect(water.infiltrated[node] >= 0 && water.drained[node] >= 0)
        if node <= hierarchy.leafCount {
          #expect(water.infiltrated[node] <= losses.marginalInfiltration[node])
          #expect(water.drained[node] <= losses.drainCapacity[node])
          // Drains come first, then the ground.
          #expect(water.drained[node] == min(came, losses.drainCapacity[node]))
        }
        #expect(water.upstream[node] >= 0 && water.spilled[node] >= 0)
        let left = Int(hierarchy.left[node])
        let right = Int(hierarchy.right[node])
        if left > 0, water.stored[node] > water.stored[left] + water.stored[right] {
          #expect(water.stored[left] == hypsometry.capacity[left])
          #expect(water.stored[right] == hypsometry.capacity[right])
        }
      }
      // The depth raster holds what the nodes store: a quantum per node, and the rounding of single-precision depths.
      let volume = water.depth(over: z).cells.reduce(0.0) { $0 + ($1.isNaN ? 0 : Double($1)) } * z.geometry.cellArea
      let stored = WaterVolume.cubicMetres(water.totalStored)
      #expect(abs(volume - stored) <= 1e-6 * Double(hierarchy.nodeCount) + 1e-6 * stored, "\(kind) \(seed)")
    }
  }

  private func pow2(_ exponent: Int) -> Double { Double(1 << exponent) }

  @Test(arguments: TerrainKind.allCases) func muchRainFillsEverythingAndNoneNothing(kind: TerrainKind) throws {
    for seed in 0..<20 as Range<UInt64> {
      let z = randomTerrain(kind, columns: 16, rows: 21, seed: seed)
      let hierarchy = try DepressionHierarchy(of: z, nodata: .outlet)
      let hypsometry = Hypsometry(hierarchy, ground: z)
      let flood = StandingWater(
        inflow: inflow(z.map(threads: 1) { $0.isNaN ? .nan : 1e7 }, hierarchy).quanta, in: hypsometry)
      let filled = hierarchy.filled(z)
      let depth = flood.depth(over: z)
      for index in 0..<z.count where !z[index].isNaN {
        #expect(depth[index] == Float(Double(filled[index]) - Double(z[index])))
      }
      let dry = StandingWater(inflow: [Int64](repeating: 0, count: hierarchy.leafCount + 1), in: hypsometry)
      #expect(dry.outflow == 0 && dry.totalStored == 0)
      #expect(dry.depth(over: z).cells.allSatisfy { $0.isNaN || $0 == 0 })
    }
  }

  @Test func moreRainMeansNoLessWaterAnywhere() throws {
    for seed in 0..<20 as Range<UInt64> {
      let z = randomTerrain(.noise, columns: 20, rows: 20, seed: seed)
      let hierarchy = try DepressionHierarchy(of: z)
      let hypsometry = Hypsometry(hierarchy, ground: z)
      var before: [Float] = z.cells.map { _ in 0 }
      for mm in [1, 3, 10, 40, 200, 1000, 5000] as [Float] {
        let water = StandingWater(
          inflow: inflow(z.map(threads: 1) { _ in mm }, hierarchy).quanta, in: hypsometry)
        let depth = water.depth(over: z).cells
        #expect(zip(depth, before).allSatisfy { $0 >= $1 - 1e-5 })
        before = depth
      }
    }
  }

  @Test func nestedBowlsFillInnerFirst() throws {
    // Two hollows (1 and 2 m deep) that merge at 5 and spill at 6.
    let z = grid(
      [
        [9, 9, 9, 9, 9, 9, 9],
        [9, 4, 4, 5, 3, 3, 6],
        [9, 9, 9, 9, 9, 9, 9],
      ] as [[Float]])
    let hierarchy = try DepressionHierarchy(of: z)
    let hypsometry = Hypsometry(hierarchy, ground: z)
    let top = hierarchy.nodeCount - 1
    #expect(hierarchy.leafCount == 2 && hierarchy.parent[top] == 0)
    #expect(hierarchy.spillElevation[1] == 5 && hierarchy.spillElevation[2] == 5 && hierarchy.spillElevation[top] == 6)
    #expect([1, 2, top].map { WaterVolume.cubicMetres(hypsometry.capacity[$0]) } == [2, 4, 11])
    #expect(hypsometry.boxes[top].firstColumn == 1 && hypsometry.boxes[top].lastColumn == 5)
    func levels(_ left: Double, _ right: Double) -> [Double] {
      let water = StandingWater(
        inflow: [0, WaterVolume.quanta(fromCubicMetres: left), WaterVolume.quanta(fromCubicMetres: right)],
        in: hypsometry)
      return [1, 2, top].map { water.level[$0] }
    }
    #expect(levels(1, 1)[0] == 4.5 && levels(1, 1)[1] == 3.5 && levels(1, 1)[2].isNaN)
    // The left hollow spills 2 m³ into the right one.
    #expect(levels(4, 1)[0] == 5 && levels(4, 1)[1] == 4.5 && levels(4, 1)[2].isNaN)
    #expect(levels(4, 4.5) == [5.5, 5.5, 5.5])
    #expect(levels(100, 0) == [6, 6, 6])
  }
}
