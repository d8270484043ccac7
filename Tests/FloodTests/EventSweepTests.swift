import Flood
import Grids
import Terrain
import TestSupport
import Testing

@Suite struct EventSweepTests {
  /// At a whole number of quanta per cell the runoff is exact, and so is the moment: one quantum less does not fill.
  @Test(arguments: TerrainKind.allCases, [false, true])
  func fillRainIsTheLeastThatFills(kind: TerrainKind, hasLosses: Bool) throws {
    for seed in 0..<6 as Range<UInt64> {
      let flood = try FloodCase(kind, seed: seed, columns: 13, rows: 12, hasLosses: hasLosses)
      let cells = (0...flood.leaves).map { $0 == 0 ? 0 : Int64(flood.hypsometry.watershedCells[$0]) }
      let dry = cells.map { _ in 0 as Int64 }
      let sweep = try EventSweep(flood.hypsometry, losses: flood.losses, inflows: [dry, cells], continues: true)
      let rain = FillRain(flood.hypsometry, losses: flood.losses)
      for node in flood.nodes {
        let moment = sweep.fills[node]
        #expect(moment.interval == 0)
        let (quotient, remainder) = moment.numerator.quotientAndRemainder(dividingBy: moment.denominator)
        let least = remainder > 0 ? quotient + 1 : quotient
        #expect(flood.fullNodes(cells.map { $0 * least })[node], "\(kind) \(seed) node \(node)")
        if least > 0 { #expect(!flood.fullNodes(cells.map { $0 * (least - 1) })[node], "\(kind) \(seed) node \(node)") }
        #expect(rain.local[node] >= rain.network[node] * (1 - 1e-15))
        // Fifty digits would not tell more: quanta per cell as millimetres on 6 m².
        #expect(abs(rain.network[node] - moment.fraction / (6 * 1.048576e3)) <= 1e-12 * rain.network[node])
      }
      #expect(sweep.fills.first == .never)
    }
  }

  /// Along a series of inflows, the nodes that are full at any point are those whose moment has passed.
  @Test(arguments: [TerrainKind.noise, .fractal, .terraced], [false, true])
  func nodesThatAreFullAreThoseWhoseMomentHasPassed(kind: TerrainKind, hasLosses: Bool) throws {
    for seed in 0..<8 as Range<UInt64> {
      var flood = try FloodCase(kind, seed: seed, hasLosses: hasLosses)
      // Differences are multiples of 8, so that every eighth of the way is a whole number of quanta.
      var series: [[Int64]] = [(0...flood.leaves).map { _ in Int64(flood.random.unit() * 0x1p22) }]
      for _ in 0..<4 {
        let growth = [0, 0x1p14, 0x1p20, 0x1p22][Int(flood.random.unit() * 4)]
        series.append(series[series.count - 1].map { $0 + 8 * Int64(flood.random.unit() * growth) })
      }
      let sweep = try EventSweep(flood.hypsometry, losses: flood.losses, inflows: series)
      for interval in 0..<4 {
        for eighth in 0...8 as ClosedRange<Int64> {
          let inflow = zip(series[interval], series[interval + 1]).map { $0 + ($1 - $0) / 8 * eighth }
          let full = flood.fullNodes(inflow)
          let now = SweepMoment(interval: Int32(interval), numerator: eighth, denominator: 8)
          for node in flood.nodes {
            #expect(full[node] == (sweep.fills[node] <= now), "\(kind) \(seed) node \(node) at \(interval) \(eighth)")
          }
        }
      }
    }
  }

  @Test(arguments: [false, true]) func marksAreReachedWhenTheirCellsGetWet(hasLosses: Bool) throws {
    for seed in 0..<12 as Range<UInt64> {
      var flood = try FloodCase([.noise, .fractal, .holes][Int(seed % 3)], seed: seed, hasLosses: hasLosses)
      let depth = [0, 0.25][Int(seed / 3 % 2)]
      let sets = (0..<30).map { _ in
        (0..<3).map { _ in CellIndex(flood.random.unit() * Double(flood.z.count)) }
      }
      let marks = WaterMarks(sets, depth: depth, ground: flood.z, in: flood.hypsometry, losses: flood.losses)
      let cells = (0...flood.leaves).map { $0 == 0 ? 0 : Int64(flood.hypsometry.watershedCells[$0]) }
      let sweep = try EventSweep(
        flood.hypsometry, losses: flood.losses, inflows: [cells.map { _ in 0 }, cells], continues: true, marks: marks)
      let rain = FillRain(flood.hypsometry, losses: flood.losses, marks: marks)
      func isWet(_ set: Int, _ quanta: Double) -> Bool {
        let water = flood.water(cells.map { Int64((Double($0) * max(0, quanta)).rounded()) })
        return sets[set].contains { cell in
          let leaf = Int(flood.hierarchy.basins.labels[Int(cell)])
          return leaf > 0 && water.level[leaf] > Double(flood.z[Int(cell)]) + depth
        }
      }
      for set in sets.indices {
        if sweep.reaches[set] == .never {
          #expect(!isWet(set, 0x1p40) && rain.marks[set] == .infinity, "seed \(seed) set \(set)")
        } else {
          let moment = sweep.reaches[set].fraction
          #expect(isWet(set, moment * (1 + 1e-6) + 64), "seed \(seed) set \(set)")
          #expect(!isWet(set, moment * (1 - 1e-6) - 64), "seed \(seed) set \(set)")
          #expect(abs(rain.marks[set] * 6 * 1.048576e3 - moment) <= 1e-12 * moment)
        }
      }
    }
  }

  @Test func watchingMarksChangesNoMoment() throws {
    let flood = try FloodCase(.fractal, seed: 3, columns: 40, rows: 40, hasLosses: true)
    let sets = (0..<flood.z.count).map { [CellIndex($0)] }
    let marks = WaterMarks(sets, ground: flood.z, in: flood.hypsometry, losses: flood.losses)
    let watched = FillRain(flood.hypsometry, losses: flood.losses, marks: marks)
    #expect(watched.network == FillRain(flood.hypsometry, losses: flood.losses).network)
    // No cell of a depression is reached after it is full.
    for (cell, rain) in watched.marks.enumerated() where rain < .infinity {
      var node = Int(flood.hierarchy.basins.labels[cell])
      while flood.hierarchy.spillElevation[node] <= flood.z[cell] { node = Int(flood.hierarchy.parent[node]) }
      #expect(rain <= watched.network[node])
    }
  }

  @Test func moreCapacityNeverHastensAnotherNode() throws {
    for seed in 0..<15 as Range<UInt64> {
      var flood = try FloodCase(.noise, seed: seed, hasLosses: false)
      let before = FillRain(flood.hypsometry)
      let leaf = 1 + Int(flood.random.unit() * Double(flood.leaves))
      let pit = Int(flood.hierarchy.basins.pits[leaf - 1])
      let drain = BluespotDrain(
        column: pit % flood.z.columns, row: pit / flood.z.columns, capacity: 0.004, duration: 3600)
      let after = FillRain(flood.hypsometry, losses: BluespotLosses(flood.hypsometry, drains: [drain]))
      for node in flood.nodes { #expect(after.network[node] >= before.network[node]) }
      #expect(after.network[leaf] > before.network[leaf])
    }
  }

  @Test func returnPeriodsAreInterpolatedInTheirLogarithm() throws {
    // One bowl of 2 m³ on one column of cells.
    let z = grid([[9, 9, 9, 9], [9, 4, 4, 5], [9, 9, 9, 9]] as [[Float]])
    let hypsometry = Hypsometry(try DepressionHierarchy(of: z), ground: z)
    func period(_ cubicMetres: [Double]) throws -> FillReturnPeriod {
      let inflows = cubicMetres.map { [0, WaterVolume.quanta(fromCubicMetres: $0)] }
      return FillReturnPeriod(try EventSweep(hypsometry, inflows: inflows).fills[1], among: [2, 8, 128])
    }
    #expect(try period([1, 2, 3]) == .years(8))
    #expect(abs(try period([1, 3, 9]).years! - 4) < 1e-14)
    #expect(abs(try period([1, 1, 5]).years! - 16) < 1e-14)
    #expect(try period([2, 3, 4]) == .years(2))
    #expect(try period([2.5, 3, 4]) == .below(2))
    #expect(try period([0, 1, 1.9]) == .above(128))
    #expect(try period([0, 1, 2]) == .years(128))
    #expect(FillReturnPeriod.below(2).bound == "< 2" && FillReturnPeriod.above(2.5).bound == "> 2.5")
    #expect(FillReturnPeriod.years(128).bound == nil && FillReturnPeriod.below(2).years == nil)
    let error = #expect(throws: FloodError.self) { try period([0, 2, 1]) }
    #expect(error?.description.contains("column 1, row 1") == true)
  }
}
