import Flood
import Grids
import Terrain
import TestSupport
import Testing

/// Moves water parcel by parcel over the cells, knowing nothing of basins that merge.
///
/// It runs down to a pit, raises the flat water there cell by cell, and runs on where that overflows. Obvious and slow.
private struct WaterMover {
  let z: Grid<Float>
  let directions: Grid<UInt8>
  /// Height of the water or of the dry ground.
  var surface: [Double]
  /// What each cell will still take up once it is wet, m³.
  var thirst: [Double]
  /// What the drains of each basin, found by its pit, will still take, m³.
  var drains: [Int: Double]
  var outflow = 0.0
  var infiltrated = 0.0
  var drained = 0.0

  init(_ flood: FloodCase, thirst: [Double], drains: [Int: Double]) {
    z = flood.z
    directions = flood.hierarchy.basins.directions
    surface = flood.z.cells.map(Double.init)
    self.thirst = thirst
    self.drains = drains
  }

  func neighbours(_ cell: Int) -> [Int] {
    (0..<8).compactMap { code in
      let column = cell % z.columns + FlowDirection.columnStep[code]
      let row = cell / z.columns + FlowDirection.rowStep[code]
      return column >= 0 && row >= 0 && column < z.columns && row < z.rows ? row * z.columns + column : nil
    }
  }

  mutating func pour(_ parcel: Double, at start: Int) {
    var volume = parcel
    var cell = start
    while volume > 0 {
      while directions[cell] < 8 {
        let code = Int(directions[cell])
        cell += FlowDirection.rowStep[code] * z.columns + FlowDirection.columnStep[code]
      }
      if directions[cell] == FlowDirection.outlet {
        outflow += volume
        return
      }
      let taken = min(volume, drains[cell] ?? 0)
      drains[cell] = (drains[cell] ?? 0) - taken
      drained += taken
      volume -= taken
      // Raise the water around the pit until it is used up or overflows.
      var next: Int?
      while volume > 0, next == nil {
        let level = surface[cell]
        var lake: Set<Int> = [cell]
        var open = [cell]
        var above = Double.infinity
        var overflow: [(pass: (Int, Int), to: Int)] = []
        while let inner = open.popLast() {
          for other in neighbours(inner) where !lake.contains(other) {
            if surface[other] == level {
              lake.insert(other)
              open.append(other)
            } else if surface[other] > level {
              above = min(above, surface[other])
            } else {
              overflow.append(((min(inner, other), max(inner, other)), other))
            }
          }
        }
        let leaves = lake.contains { $0 % z.columns % (z.columns - 1) == 0 || $0 / z.columns % (z.rows - 1) == 0 }
        if leaves {
          outflow += volume
          return
        }
        if let first = overflow.min(by: { $0.pass < $1.pass }) {
          next = first.to
          break
        }
        for wet in lake where volume > 0 && thirst[wet] > 0 {
          let taken = min(volume, thirst[wet])
          thirst[wet] -= taken
          infiltrated += taken
          volume -= taken
        }
        let area = Double(lake.count) * z.geometry.cellArea
        let rise = min(volume / area, above - level)
        for wet in lake { surface[wet] = rise == above - level ? above : level + rise }
        volume -= rise * area
        if volume < 1e-12 { volume = 0 }
      }
      cell = next ?? cell
    }
  }
}

@Suite struct WaterMoverTests {
  @Test(arguments: [false, true]) func lakesAreWhereParcelsOfWaterComeToRest(hasLosses: Bool) throws {
    for seed in 0..<16 as Range<UInt64> {
      var flood = try FloodCase(.noise, seed: seed, columns: 10, rows: 9, hasLosses: false)
      let (columns, count) = (flood.z.columns, flood.z.count)
      var mm = [Float](repeating: 0, count: count)
      var pumps: [BluespotDrain] = []
      var capacity: [Int: Double] = [:]
      if hasLosses {
        mm = mm.map { _ in Float(400 * flood.random.unit()) }
        for number in 0..<3 {
          let cell = Int(flood.random.unit() * Double(count))
          let leaf = Int(flood.hierarchy.basins.labels[cell])
          let volume = Double(number + 1) * 2
          pumps.append(BluespotDrain(column: cell % columns, row: cell / columns, capacity: volume / 60, duration: 60))
          if leaf > 0 { capacity[Int(flood.hierarchy.basins.pits[leaf - 1]), default: 0] += volume }
        }
      }
      let losses = BluespotLosses(
        flood.hypsometry, infiltration: Grid(flood.z.geometry, cells: mm), ground: flood.z, drains: pumps)
      let scale = [300.0, 1500, 5000, 20_000][Int(seed % 4)]
      let runoff = Grid<Float>(flood.z.geometry, cells: mm.map { _ in Float(scale * flood.random.unit()) })
      let inflow = BasinRunoff(runoff, in: flood.hierarchy.basins)
      let water = StandingWater(inflow: inflow.quanta, in: flood.hypsometry, losses: losses)

      let area = flood.z.geometry.cellArea
      var mover = WaterMover(flood, thirst: mm.map { Double($0) * 1e-3 * area }, drains: capacity)
      for round in 0..<3 {
        for cell in (0..<count).shuffled(using: &flood.random) {
          let share = [0.2, 0.3, 0.5][round]
          mover.pour(share * Double(runoff[cell]) * 1e-3 * area, at: cell)
        }
      }
      #expect(abs(WaterVolume.cubicMetres(water.outflow) - mover.outflow) < 1e-4)
      #expect(abs(WaterVolume.cubicMetres(water.totalInfiltrated) - mover.infiltrated) < 1e-4)
      #expect(abs(WaterVolume.cubicMetres(water.totalDrained) - mover.drained) < 1e-4)
      let depth = water.depth(over: flood.z)
      for cell in 0..<count {
        #expect(abs(Double(depth[cell]) - (mover.surface[cell] - Double(flood.z[cell]))) < 1e-5, "\(seed) \(cell)")
      }
    }
  }
}
