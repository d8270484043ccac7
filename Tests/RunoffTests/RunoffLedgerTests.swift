import Grids
import Runoff
import TestSupport
import Testing

@Suite struct DrainageCapacityTests {
  @Test func pipesTakeUpToTheirCapacity() throws {
    let runoff = grid([[0, 5, 20, .nan]] as [[Float]])
    let result = try drain(runoff: runoff, capacity: 8, threads: 2)
    #expect(Array(result.remaining.cells[0..<3]) == [0, 0, 12])
    #expect(Array(result.drained.cells[0..<3]) == [0, 5, 8])
    #expect(result.remaining[3].isNaN && result.drained[3].isNaN)
    let various = try drain(runoff: runoff, capacity: grid([[0, .infinity, .nan, 1]]), threads: 1)
    #expect(various.remaining[1] == 0 && various.drained[1] == 5)
    #expect(various.remaining[2].isNaN && various.drained[2].isNaN)
    #expect(throws: ValuesOutOfRange.self) { try drain(runoff: runoff, capacity: -1, threads: 1) }
  }

  @Test func nothingIsLostToRounding() throws {
    var random = SeededGenerator(seed: 73)
    let geometry = testGeometry(columns: 200, rows: 100)
    var runoff = Grid<Float>(geometry, repeating: 0)
    var capacity = runoff
    for cell in 0..<geometry.count {
      runoff[cell] = Float(random.unit() * 200)
      capacity[cell] = Float(random.unit() * random.unit() * random.unit() * 200)
    }
    let result = try drain(runoff: runoff, capacity: capacity, threads: 2)
    for cell in 0..<geometry.count {
      #expect(Double(result.remaining[cell]) + Double(result.drained[cell]) == Double(runoff[cell]))
      #expect(result.drained[cell] <= capacity[cell] && result.drained[cell] >= 0 && result.remaining[cell] >= 0)
      #expect(abs(result.drained[cell] - min(capacity[cell], runoff[cell])) <= runoff[cell].ulp)
    }
  }
}

@Suite struct RunoffLedgerTests {
  @Test func theBalanceClosesToTheUnit() throws {
    var random = SeededGenerator(seed: 74)
    let geometry = testGeometry(columns: 61, rows: 47)
    var rain = Grid<Float>(geometry, repeating: 0)
    var number = rain
    for cell in 0..<geometry.count {
      rain[cell] = random.next() % 20 == 0 ? .nan : Float(random.unit() * 120)
      number[cell] = random.next() % 20 == 0 ? .nan : Float(random.unit() * 100)
    }
    let runoff = try curveNumberRunoff(rain: rain, curveNumber: number, threads: 2)
    let drained = try drain(runoff: runoff, capacity: 7.3, threads: 2)
    let ledger = try runoffLedger(rain: rain, runoff: runoff, remaining: drained.remaining, threads: 3)
    #expect(ledger.rain == ledger.losses + ledger.drained + ledger.runoff)
    #expect(try runoffLedger(rain: rain, runoff: runoff, remaining: drained.remaining, threads: 1) == ledger)
    // The same by single steps, backwards.
    var sums: (rain: Int128, losses: Int128, left: Int128, unknown: Int128) = (0, 0, 0, 0)
    var cells = 0
    for cell in (0..<geometry.count).reversed() where !rain[cell].isNaN {
      let units = Int128(WaterDepth.units(rain[cell]))
      if number[cell].isNaN {
        sums.unknown += units
        continue
      }
      cells += 1
      sums.rain += units
      sums.losses += units - Int128(WaterDepth.units(runoff[cell]))
      sums.left += Int128(WaterDepth.units(drained.remaining[cell]))
      #expect(WaterDepth.units(runoff[cell]) <= WaterDepth.units(rain[cell]))
    }
    #expect(ledger.rain == sums.rain && ledger.losses == sums.losses && ledger.runoff == sums.left)
    #expect(ledger.rainWithoutRunoff == sums.unknown && ledger.cells == cells && ledger.cellsWithoutRunoff > 0)
  }

  @Test func volumesAndUniformRain() throws {
    let rain = grid([[10, 10], [10, 10]] as [[Float]], cell: 5)
    let ledger = try runoffLedger(rain: rain, runoff: rain, threads: 1)
    #expect(ledger.cubicMetres(ledger.rain, cellArea: 25) == 1)
    #expect(ledger.losses == 0 && ledger.drained == 0 && ledger.runoff == ledger.rain)
    #expect(throws: GeometryMismatch.self) { try runoffLedger(rain: rain, runoff: grid([[1]]), threads: 1) }
  }

  @Test func negativeRunoffIsRefused() {
    let rain = grid([[1, 2]] as [[Float]])
    #expect(throws: ValuesOutOfRange.self) { try runoffLedger(rain: rain, runoff: grid([[-1, 0]]), threads: 1) }
    #expect(throws: ValuesOutOfRange.self) {
      try runoffLedger(rain: rain, runoff: rain, remaining: grid([[-1, 0]]), threads: 1)
    }
  }
}
