import Foundation
import Grids
import Runoff
import TestSupport
import Testing

@Suite struct RunoffSimulationTests {
  private let geometry = testGeometry(columns: 23, rows: 17)

  private func random(_ seed: UInt64, _ range: ClosedRange<Double>, gaps: Bool = false) -> Grid<Float> {
    var generator = SeededGenerator(seed: seed)
    return Grid(
      geometry,
      cells: (0..<geometry.count).map { _ in
        gaps && generator.next() % 30 == 0
          ? .nan : Float(range.lowerBound + generator.unit() * (range.upperBound - range.lowerBound))
      })
  }

  private func losses() -> [GroundLoss] {
    [
      .curveNumber(random(1, 30...100, gaps: true), initialAbstractionRatio: 0.2),
      .coefficient(random(2, 0...1, gaps: true)),
      .initialConstant(initial: random(3, 0...20), rate: random(4, 0...15, gaps: true)),
      .horton(initialRate: random(5, 20...90), finalRate: random(6, 1...20), decay: random(7, 0...6, gaps: true)),
      .greenAmpt(conductivity: random(8, 0...20, gaps: true), suction: random(9, 0...80)),
    ]
  }

  @Test func theBooksCloseInEveryCellAfterEveryStep() throws {
    for loss in losses() {
      var one = try RunoffSimulation(
        loss: loss, interception: random(11, 0...4), drainage: random(12, 0...12, gaps: true), threads: 2)
      var many = one
      for step in 0..<12 {
        let rain = random(UInt64(20 + step), 0...(step == 5 ? 0 : 14), gaps: step == 7)
        try one.add(rain: rain, hours: 0.25, threads: 1)
        try many.add(rain: rain, hours: 0.25, threads: 3)
        for row in 0..<geometry.rows {
          for column in 0..<geometry.columns {
            let parts = RunoffSimulation.Part.allCases.map { one.units($0, column: column, row: row) }
            #expect(parts == RunoffSimulation.Part.allCases.map { many.units($0, column: column, row: row) })
            guard let fallen = parts[0] else { continue }
            let rest = parts.dropFirst().map { $0 ?? -1 }
            #expect(rest.allSatisfy { $0 >= 0 } && fallen == rest.reduce(0, +))
          }
        }
      }
      let balance = one.balance(threads: 2)
      #expect(balance.closes && balance.runoff > 0 && balance.infiltrated > 0 && balance.drained > 0)
      #expect(balance.intercepted > 0 && balance.cells + balance.unknownCells == geometry.count)
      #expect(balance.unknownCells > geometry.count / 30 && balance.unknownCells < geometry.count / 5)
      #expect(one.hours == 3)
    }
  }

  @Test func stepsOfTheCurveNumberAddUpToTheClosedForm() throws {
    let numbers = random(1, 0...100)
    var simulation = try RunoffSimulation(loss: .curveNumber(numbers, initialAbstractionRatio: 0.2), threads: 1)
    var total = Grid<Float>(geometry, repeating: 0)
    for step in 0..<9 {
      let rain = random(UInt64(40 + step), 0...12).map(threads: 1) { ($0 * 64).rounded() / 64 }
      try simulation.add(rain: rain, hours: 1, threads: 1)
      for cell in 0..<geometry.count { total[cell] += rain[cell] }
    }
    let whole = try curveNumberRunoff(rain: total, curveNumber: numbers, threads: 1)
    let runoff = simulation.millimetres(.runoff, threads: 2)
    // The unit is 2⁻²⁷ mm; depths below 1/16 mm are rounded to it.
    for cell in 0..<geometry.count { #expect(abs(runoff[cell] - whole[cell]) <= 1e-8) }
    // One step is the method for events, to the last bit from 1/16 mm up.
    var event = try RunoffSimulation(loss: .curveNumber(numbers, initialAbstractionRatio: 0.2), threads: 1)
    try event.add(rain: total, hours: 3, threads: 1)
    let once = event.millimetres(.runoff, threads: 1)
    for cell in 0..<geometry.count where whole[cell] >= 0.0625 { #expect(once[cell] == whole[cell]) }
  }

  @Test func oneCellByHand() throws {
    func run(_ loss: GroundLoss, _ interception: Float, _ drainage: Float) throws -> [Float] {
      var simulation = try RunoffSimulation(
        loss: loss, interception: grid([[interception]]), drainage: grid([[drainage]]), threads: 1)
      try simulation.add(rain: grid([[8]]), hours: 0.5, threads: 1)
      try simulation.add(rain: grid([[12]]), hours: 0.5, threads: 1)
      return RunoffSimulation.Part.allCases.map { simulation.millimetres($0, threads: 1)[0] }
    }
    // 2 mm held; half of 6 and of 12 runs off; drains take 4 mm/h: 2 mm in each half hour.
    #expect(try run(.coefficient(grid([[0.5]])), 2, 4) == [20, 2, 9, 4, 5])
    // 5 mm first, then 6 mm/h: of the first 8 mm 5 and 3/16 · 6 … the drains are idle.
    let parts = try run(.initialConstant(initial: grid([[5]]), rate: grid([[6]])), 0, 0)
    #expect(parts[3] == 0 && abs(parts[2] - (5 + 6 * 0.5 * 3 / 8 + 3)) < 1e-6)
    // Drains never take more than there is.
    #expect(try run(.coefficient(grid([[0.5]])), 2, 400) == [20, 2, 9, 9, 0])
  }

  @Test func agreesWithThePointMethodsOverASeries() throws {
    let (k, s) = (random(8, 1...20), random(9, 1...80))
    var simulation = try RunoffSimulation(loss: .greenAmpt(conductivity: k, suction: s), threads: 2)
    var depths = Array(repeating: 0.0, count: geometry.count)
    for step in 0..<10 {
      let rain = random(UInt64(60 + step), 0...20)
      try simulation.add(rain: rain, hours: 0.5, threads: 2)
      for cell in 0..<geometry.count {
        depths[cell] += Infiltration.greenAmpt(
          infiltrated: depths[cell], rain: Double(rain[cell]), hours: 0.5, conductivity: Double(k[cell]),
          suction: Double(s[cell]))
      }
    }
    let infiltrated = simulation.millimetres(.infiltrated, threads: 1)
    for cell in 0..<geometry.count { #expect(abs(Double(infiltrated[cell]) - depths[cell]) < 1e-5) }
  }

  @Test func impossibleInputIsRefused() throws {
    #expect(throws: ValuesOutOfRange.self) {
      try RunoffSimulation(loss: .coefficient(grid([[1.1]])), threads: 1)
    }
    #expect(throws: ValuesOutOfRange.self) {
      try RunoffSimulation(loss: .coefficient(grid([[1]])), drainage: grid([[-1]]), threads: 1)
    }
    #expect(throws: GeometryMismatch.self) {
      try RunoffSimulation(loss: .greenAmpt(conductivity: grid([[1]]), suction: grid([[1, 2]])), threads: 1)
    }
    var simulation = try RunoffSimulation(loss: .coefficient(grid([[1]])), threads: 1)
    #expect(throws: ValuesOutOfRange.self) { try simulation.add(rain: grid([[-1]]), hours: 1, threads: 1) }
  }
}

@Suite struct DegreeDaySnowTests {
  @Test func snowFallsLiesAndMelts() throws {
    var snow = try DegreeDaySnow(
      .init(factor: 3), waterEquivalent: grid([[10, 0, .nan]]), threads: 1)
    func add(_ precipitation: Float, _ temperature: Float, _ hours: Double = 24) throws -> Grid<Float> {
      try snow.add(
        precipitation: grid([[precipitation, precipitation, 1]]), temperature: grid([[temperature, temperature, 1]]),
        hours: hours, threads: 1)
    }
    // Cold: all of it stays.
    #expect(try add(5, -3).cells.prefix(2) == [0, 0])
    #expect(snow.waterEquivalent(threads: 1).cells.prefix(2) == [15, 5])
    // 2 °C for a day: 6 mm melt, or what there is; 4 mm of rain.
    let supply = try add(4, 2)
    #expect(supply[0] == 10 && supply[1] == 9 && supply[2].isNaN)
    // Half a day at 2 °C: 3 mm.
    #expect(try add(0, 2, 12)[0] == 3)
    // At the threshold for snowfall it snows, and melts too where that is warmer than the base.
    #expect(try add(7, 0.5)[1] == 1.5)
  }

  @Test func nothingIsLost() throws {
    var random = SeededGenerator(seed: 93)
    let geometry = testGeometry(columns: 19, rows: 3)
    func cells(_ low: Double, _ high: Double) -> Grid<Float> {
      Grid(geometry, cells: (0..<geometry.count).map { _ in Float(low + random.unit() * (high - low)) })
    }
    let start = cells(0, 40)
    var snow = try DegreeDaySnow(.init(factor: 4.3), waterEquivalent: start, threads: 2)
    var (fallen, given) = (Array(repeating: Int64(0), count: 57), Array(repeating: Int64(0), count: 57))
    for _ in 0..<50 {
      let precipitation = cells(0, 6)
      let supply = try snow.add(precipitation: precipitation, temperature: cells(-6, 6), hours: 3, threads: 2)
      for cell in 0..<57 {
        fallen[cell] += WaterDepth.units(precipitation[cell])
        given[cell] += WaterDepth.units(supply[cell])
      }
    }
    let rest = snow.waterEquivalent(threads: 1)
    for cell in 0..<57 {
      let lying = WaterDepth.units(start[cell]) + fallen[cell] - given[cell]
      #expect(lying >= 0 && rest[cell] == Float(WaterDepth.millimetres(lying)))
    }
  }
}
