import Flood
import Foundation
import Grids
import TestSupport
import Testing

/// The full shallow water equations against closed solutions.
@Suite struct SurfaceFlowShallowTests {
  static let methods: [FlowMethod] = [.shallowWaterFirstOrder, .shallowWater]

  private func simulate(_ flow: SurfaceFlowCase, threads: Int = 1) throws -> SurfaceFlowSimulation {
    let simulation = try SurfaceFlowSimulation(flow, threads: threads)
    try simulation.run()
    #expect(simulation.ledger.allSatisfy { $0.error == 0 })
    return simulation
  }

  /// Frictionless, for all that a roughness must be positive.
  private let smooth = CellValues.uniform(1e-6)

  // MARK: - Dam breaks

  /// A dam break on a flat bed: ten metres of water against `low` metres.
  struct DamBreak {
    let low: Double
    let high = 10.0
    let g = 9.81

    /// Depth between the waves, and the speed of the front; by bisection of Stoker's equation.
    var middle: (depth: Double, speed: Double, shock: Double) {
      if low == 0 { return (0, 0, 2 * (g * high).squareRoot()) }
      func gap(_ h: Double) -> Double {
        let rarefaction = 2 * ((g * high).squareRoot() - (g * h).squareRoot())
        return rarefaction - (h - low) * (g * (h + low) / (2 * h * low)).squareRoot()
      }
      var (a, b) = (low, high)
      for _ in 0..<80 {
        let h = (a + b) / 2
        if gap(h) > 0 { a = h } else { b = h }
      }
      let speed = 2 * ((g * high).squareRoot() - (g * a).squareRoot())
      return (a, speed, a * speed / (a - low))
    }

    /// Depth and speed at a distance from the dam.
    func state(_ x: Double, _ time: Double) -> (depth: Double, speed: Double) {
      let c = (g * high).squareRoot()
      let (depth, speed, shock) = middle
      if x < -c * time { return (high, 0) }
      let tail = low == 0 ? 2 * c : speed - (g * depth).squareRoot()
      if x < tail * time {
        let root = (2 * c - x / time) / 3
        return (root * root / g, 2.0 / 3 * (x / time + c))
      }
      return x < shock * time ? (depth, speed) : (low, 0)
    }
  }

  /// Mean absolute error of depth on a kilometre, m, after 25 s.
  func damBreak(_ dam: DamBreak, cells: Int, _ method: FlowMethod) throws -> (depth: Double, discharge: Double) {
    let cell = 1000.0 / Double(cells)
    let geometry = testGeometry(columns: cells, rows: 1, cell: cell)
    var flow = SurfaceFlowCase(terrain: Grid(geometry, repeating: 0), roughness: smooth, duration: 25)
    flow.initialDepth = Grid(geometry, cells: (0..<cells).map { $0 < cells / 2 ? Float(dam.high) : Float(dam.low) })
    flow.settings.method = method
    let simulation = try simulate(flow)
    let (depth, discharge) = (simulation.depth, simulation.discharge.east)
    var (error, discharged) = (0.0, 0.0)
    for column in 0..<cells {
      let x = (Double(column) + 0.5) * cell - 500
      let exact = dam.state(x, 25)
      error += abs(Double(depth[column, 0]) - exact.depth) / Double(cells)
      discharged += abs(Double(discharge[column, 0]) - exact.depth * exact.speed) / Double(cells)
    }
    return (error, discharged)
  }

  @Test func stokerStatesAreTheKnownOnes() {
    let middle = DamBreak(low: 1).middle
    #expect(abs(middle.depth - 3.96175) < 1e-5 && abs(middle.speed - 7.34077) < 1e-5)
    #expect(abs(middle.shock - 9.81929) < 1e-5)
  }

  @Test(arguments: [1.0, 0], methods) func damBreakConverges(low: Double, _ method: FlowMethod) throws {
    let errors = try [50, 100, 400].map { try damBreak(DamBreak(low: low), cells: $0, method) }
    let order = log2(errors[1].depth / errors[2].depth) / 2
    print("dam break onto", low, "m", method, errors.map(\.depth), errors.map(\.discharge), "order", order)
    #expect(order >= (method == .shallowWater ? 0.85 : 0.7))
    #expect(errors[2].depth < (method == .shallowWater ? 0.022 : 0.075))
  }

  // MARK: - Water that sways in a bowl

  /// Thacker's planar surface in a parabola: error of depth after a period, everywhere and where it is never dry.
  func planar(cells: Int, _ method: FlowMethod) throws -> (error: Double, inside: Double) {
    let (h0, a, length) = (0.5, 1.0, 4.0)
    let g = 9.81
    let cell = length / Double(cells)
    let geometry = testGeometry(columns: cells, rows: 1, cell: cell)
    func bed(_ x: Double) -> Double { h0 * ((x - length / 2) * (x - length / 2) / (a * a) - 1) }
    func level(_ x: Double, _ t: Double) -> Double {
      let omega = (2 * g * h0).squareRoot() / a
      let p = x - length / 2
      return -h0 * (pow((p + 0.5 * cos(omega * t)) / a, 2) - 1)
    }
    let period = 2 * Double.pi / ((2 * g * h0).squareRoot() / a)
    let xs = (0..<cells).map { (Double($0) + 0.5) * cell }
    var flow = SurfaceFlowCase(
      terrain: Grid(geometry, cells: xs.map { Float(bed($0)) }), roughness: smooth, duration: period)
    flow.initialDepth = Grid(geometry, cells: xs.map { Float(max(0, level($0, 0))) })
    flow.settings.method = method
    let depth = try simulate(flow).depth
    let errors = xs.indices.map { abs(Double(depth[$0, 0]) - max(0, level(xs[$0], period))) }
    // The shores move between 0.5 m and 1.5 m from the middle.
    let inside = xs.indices.filter { abs(xs[$0] - length / 2) < 0.5 }
    return (
      errors.reduce(0, +) / Double(cells), inside.reduce(0) { $0 + errors[$1] } / Double(inside.count)
    )
  }

  @Test(arguments: methods) func planarSurfaceInAParabola(_ method: FlowMethod) throws {
    let errors = try [50, 100, 200].map { try planar(cells: $0, method).error }
    let order = log2(errors[0] / errors[2]) / 2
    print("Thacker planar", method, errors, "order", order)
    #expect(order >= (method == .shallowWater ? 1.2 : 0.6))
  }

  /// Thacker's round bowl, in which water rises and falls: error of depth after a period, as a share of the water,
  /// everywhere and where it is never dry.
  func radial(cells: Int, _ method: FlowMethod) throws -> (error: Double, inside: Double) {
    let (h0, a, r0, length) = (0.1, 1.0, 0.8, 4.0)
    let omega = (8 * 9.81 * h0).squareRoot() / a
    let ratio = (a * a - r0 * r0) / (a * a + r0 * r0)
    let cell = length / Double(cells)
    let geometry = testGeometry(columns: cells, rows: cells, cell: cell)
    func bed(_ r2: Double) -> Double { -h0 * (1 - r2 / (a * a)) }
    func depth(_ r2: Double, _ t: Double) -> Double {
      let c = 1 - ratio * cos(omega * t)
      let level = h0 * ((1 - ratio * ratio).squareRoot() / c - 1 - r2 / (a * a) * ((1 - ratio * ratio) / (c * c) - 1))
      return max(0, level - bed(r2))
    }
    func grid(_ value: (Double) -> Double) -> Grid<Float> {
      Grid(
        geometry,
        cells: (0..<cells * cells).map { index in
          let x = (Double(index % cells) + 0.5) * cell - length / 2
          let y = (Double(index / cells) + 0.5) * cell - length / 2
          return Float(value(x * x + y * y))
        })
    }
    let period = 2 * Double.pi / omega
    var flow = SurfaceFlowCase(terrain: grid(bed), roughness: smooth, duration: period)
    flow.initialDepth = grid { depth($0, 0) }
    flow.settings.method = method
    let found = try simulate(flow, threads: 2).depth
    let exact = grid { depth($0, period) }
    #expect((0..<cells).allSatisfy { found[$0, 3 * cells / 8] == found[cells - 1 - $0, 5 * cells / 8 - 1] })
    // The shore is nearest to the middle at the start.
    let always = grid { $0 < r0 * r0 ? 1 : 0 }
    func share(_ cells: [Int]) -> Double {
      let error = cells.reduce(0.0) { $0 + Double(abs(found[$1] - exact[$1])) }
      return error / cells.reduce(0.0) { $0 + Double(exact[$1]) }
    }
    let all = Array(0..<found.count)
    return (share(all), share(all.filter { always[$0] > 0 }))
  }

  @Test(arguments: methods) func roundBowl(_ method: FlowMethod) throws {
    let errors = try [32, 64, 128].map { try radial(cells: $0, method).error }
    let order = log2(errors[0] / errors[2]) / 2
    print("Thacker radial", method, errors, "order", order)
    #expect(order >= (method == .shallowWater ? 1.2 : 0.6))
  }

  /// A smooth wave runs over a hilly bed, without a shock: the error against a fine run falls with the square of the
  /// cell.
  @Test func secondOrderWhereSmooth() throws {
    func run(_ cells: Int) throws -> [Double] {
      let cell = 100.0 / Double(cells)
      let geometry = testGeometry(columns: cells, rows: 1, cell: cell)
      let xs = (0..<cells).map { (Double($0) + 0.5) * cell }
      // Means over the cells, so that cells of all sizes start with the same water.
      func mean(_ f: (Double) -> Double, _ x: Double) -> Float {
        Float((0..<8).reduce(0) { $0 + f(x + (Double($1) - 3.5) / 8 * cell) / 8 })
      }
      func bed(_ x: Double) -> Double { 0.3 * sin(x * 2 * .pi / 50) }
      func wave(_ x: Double) -> Double { 2 + 0.2 * exp(-(x - 50) * (x - 50) / 50) - bed(x) }
      var flow = SurfaceFlowCase(
        terrain: Grid(geometry, cells: xs.map { mean(bed, $0) }), roughness: smooth, duration: 4)
      flow.initialDepth = Grid(geometry, cells: xs.map { mean(wave, $0) })
      flow.settings.method = .shallowWater
      return try simulate(flow).depth.cells.map(Double.init)
    }
    let reference = try run(1600)
    let errors = try [50, 100, 200].map { cells in
      let depth = try run(cells)
      let group = 1600 / cells
      return depth.indices.reduce(0.0) { sum, index in
        let mean = reference[index * group..<(index + 1) * group].reduce(0, +) / Double(group)
        return sum + abs(depth[index] - mean) / Double(cells)
      }
    }
    let order = log2(errors[0] / errors[2]) / 2
    print("smooth wave", errors, "order", order)
    #expect(order >= 1.8)
  }

  /// A standing wave in a closed basin of 20 m, over a level bed or one that meets the walls at a slope: errors of
  /// depth against a fine run, metres.
  static func standingWave(cells: [Int], finest: Int, slope: Double, _ method: FlowMethod) throws -> [Double] {
    func run(_ cells: Int) throws -> [Double] {
      let cell = 20 / Double(cells)
      let geometry = testGeometry(columns: cells, rows: 1, cell: cell)
      // Means over the cells, so that cells of all sizes start with the same water.
      func mean(_ f: (Double) -> Double) -> Grid<Float> {
        var grid = Grid<Float>(geometry, repeating: 0)
        for column in 0..<cells {
          var sum = 0.0
          for part in 0..<8 {
            let place: Double = Double(column) + (Double(part) + 0.5) / 8
            sum += f(place * cell)
          }
          grid[column, 0] = Float(sum / 8)
        }
        return grid
      }
      var flow = SurfaceFlowCase(terrain: mean { slope * $0 }, roughness: .uniform(1e-6), duration: 6)
      flow.initialDepth = mean { 2 + 0.05 * cos(.pi * $0 / 20) - slope * $0 }
      flow.settings.method = method
      let simulation = try SurfaceFlowSimulation(flow)
      try simulation.run()
      return simulation.depth.cells.map(Double.init)
    }
    let reference = try run(finest)
    return try cells.map { cells in
      let (depth, group) = (try run(cells), finest / cells)
      return depth.indices.reduce(0.0) { sum, index in
        let mean = reference[index * group..<(index + 1) * group].reduce(0, +) / Double(group)
        return sum + abs(depth[index] - mean) / Double(cells)
      }
    }
  }

  /// Walls and beds that meet them at a slope cost no order.
  @Test(arguments: [0, 0.03]) func standingWaveIsOfSecondOrderUpToTheWalls(_ slope: Double) throws {
    let errors = try Self.standingWave(cells: [20, 40, 80], finest: 640, slope: slope, .shallowWater)
    print("standing wave", slope, errors)
    #expect(log2(errors[0] / errors[2]) / 2 >= 1.9)
  }

  /// Rain on a slope that falls towards a closed wall: what gathers there runs along the wall, not into it.
  @Test func sheetsDoNotRunIntoWalls() throws {
    let (columns, rows, cell) = (12, 40, 5.0)
    let geometry = testGeometry(columns: columns, rows: rows, cell: cell)
    var terrain = Grid<Float>(geometry, repeating: 0)
    for row in 0..<rows {
      for column in 0..<columns {
        let (up, aside): (Double, Double) = (Double(rows - row) * cell, Double(columns - column) * cell)
        terrain[column, row] = Float(0.05 * up + 0.1 * aside)
      }
    }
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 900)
    flow.rain = [RainInterval(from: 0, to: 900, .uniform(100))]
    flow.boundaries = [FlowBoundary("foot", CellFace.edge(.south, of: geometry), .normal(slope: 0.05))]
    var stored: [Double] = []
    var last = terrain
    for method in FlowMethod.allCases {
      flow.settings.method = method
      let simulation = try simulate(flow)
      stored.append(try #require(simulation.ledger.last).stored)
      let (depth, q) = (simulation.depth, simulation.discharge)
      last = depth
      for row in 10..<30 {
        let across = q.east[columns - 1, row] / depth[columns - 1, row]
        let along = q.south[columns - 1, row] / depth[columns - 1, row]
        #expect(abs(across) < 0.15 * along)
      }
    }
    print("water on the slope", stored)
    // Local inertial, first order, which knows no slopes within cells, and second order.
    #expect(stored[2] <= stored[1] && stored[1] <= stored[0])
    // Two cells from the wall on the sheet is as deep as the kinematic wave from the edges above makes it.
    var (sheet, kinematic) = (0.0, 0.0)
    let slope = (0.1 * 0.1 + 0.05 * 0.05).squareRoot()
    for row in 0..<rows {
      for column in 0..<columns - 2 {
        sheet += Double(last[column, row])
        let (east, south) = ((Double(column) + 0.5) * cell, (Double(row) + 0.5) * cell)
        let length = min(east * slope / 0.1, south * slope / 0.05)
        kinematic += pow(100 / 3.6e6 * length * 0.03 / slope.squareRoot(), 0.6)
      }
    }
    #expect(abs(sheet - kinematic) < 0.03 * kinematic, "\(sheet * cell * cell) \(kinematic * cell * cell)")
  }

  // MARK: - Lake at rest

  @Test(arguments: methods) func lakeStaysAtRestToTheBit(_ method: FlowMethod) throws {
    let rough = randomTerrain(.noise, columns: 70, rows: 40, seed: 5)
    let smooth = randomTerrain(.fractal, columns: 70, rows: 40, seed: 2)
    let humps = asciiGrid("three-humps/humps.dem")
    for (terrain, level): (Grid<Float>?, Float) in [(rough, 6), (smooth, 8), (humps, 0.875), (humps, 2)] {
      guard let terrain = terrain?.map(threads: 1, { ($0 * 4096).rounded() / 4096 }) else { continue }
      var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 60)
      flow.initialDepth = terrain.map(threads: 1) { max(0, level - $0) }
      flow.settings.method = method
      let simulation = try SurfaceFlowSimulation(flow)
      let before = simulation.depth.cells
      try simulation.run()
      #expect(simulation.depth.cells == before)
      #expect(simulation.discharge.east.cells.allSatisfy { $0 == 0 })
      #expect(simulation.discharge.south.cells.allSatisfy { $0 == 0 })
    }
  }

  // MARK: - A wave that runs over a dry flat

  /// Water of speed u = 1 m/s everywhere over a dry flat of n = 0.03, an hour after it entered: mean absolute error
  /// where it is wet, metres, and place of the front.
  ///
  /// By the full equations h = (7/3 n² u² (u t − x))^(3/7) (Hunter and others 2005). Without advection
  /// (3/7) g h^(7/3) − (3/4) u² h^(4/3) = g n² u² (u t − x), of which the branch h > u² / g counts.
  static func runningWave(
    _ method: FlowMethod
  ) throws -> (error: Double, front: Double, profile: [(x: Double, y: Double)], exact: [(x: Double, y: Double)]) {
    let (n, duration, cell, columns) = (0.03, 3600.0, 25.0, 200)
    func exact(_ x: Double, _ time: Double) -> Double {
      let right = n * n * (time - x)
      if right <= 0 { return 0 }
      if method != .localInertial { return pow(7.0 / 3 * right, 3.0 / 7) }
      var (low, high) = (1 / 9.81, 20.0)
      for _ in 0..<60 {
        let h = (low + high) / 2
        if 3.0 / 7 * pow(h, 7.0 / 3) - 0.75 / 9.81 * pow(h, 4.0 / 3) < right { low = h } else { high = h }
      }
      return (low + high) / 2
    }
    if method != .localInertial { #expect(abs(exact(0, 3600) - 2.3796) < 1e-4) }
    let geometry = testGeometry(columns: columns, rows: 1, cell: cell)
    var flow = SurfaceFlowCase(
      terrain: Grid(geometry, repeating: 0), roughness: .uniform(Float(n)), duration: duration)
    let times = (0...360).map { Double($0) * 10 }
    // The local inertial scheme meets the level half a cell outside, at the cell that it stands for.
    let place = method == .localInertial ? -cell / 2 : 0
    flow.boundaries = [
      FlowBoundary(
        "sea", CellFace.edge(.west, of: geometry),
        .level(FlowSeries(times: times, values: times.map { exact(place, $0) })))
    ]
    flow.settings.method = method
    let simulation = try SurfaceFlowSimulation(flow)
    try simulation.run()
    let depth = simulation.depth
    let xs = (0..<columns).map { (Double($0) + 0.5) * cell }
    let wet = xs.indices.filter { exact(xs[$0], duration) > 0 }
    let error = wet.reduce(0.0) { $0 + abs(Double(depth[$1, 0]) - exact(xs[$1], duration)) / Double(wet.count) }
    let front = xs.indices.last { depth[$0, 0] > 0.05 } ?? 0
    return (
      error, xs[front] + cell / 2, xs.indices.map { (xs[$0], Double(depth[$0, 0])) },
      xs.map { ($0, exact($0, duration)) }
    )
  }

  @Test(arguments: methods) func nonBreakingWave(_ method: FlowMethod) throws {
    let found = try Self.runningWave(method)
    print("non-breaking wave", method, "mean absolute error", found.error, "m, front at", found.front)
    #expect(found.error < 0.03)
    #expect(abs(found.front - 3600) < 150)
  }

  // MARK: - Uniform flow on a slope

  struct Slope: Sendable, CustomTestStringConvertible {
    let slope: Double
    let n: Double
    /// Discharge, m²/s.
    let q: Double
    let cell: Double
    var depth: Double { pow(q * n / slope.squareRoot(), 0.6) }
    var speed: Double { q / depth }
    var froude: Double { speed / (9.81 * depth).squareRoot() }
    var testDescription: String { "S \(slope) n \(n) q \(q)" }

    func flow(columns: Int, duration: Double, _ method: FlowMethod) -> SurfaceFlowCase {
      let geometry = testGeometry(columns: columns, rows: 1, cell: cell)
      let terrain = Grid<Float>(geometry, cells: (0..<columns).map { Float(slope * Double(columns - $0) * cell) })
      var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(Float(n)), duration: duration)
      flow.initialDepth = Grid(geometry, repeating: Float(depth))
      flow.boundaries = [FlowBoundary("foot", CellFace.edge(.east, of: geometry), .normal(slope: slope))]
      flow.settings.method = method
      return flow
    }
  }

  static let slopes = [
    Slope(slope: 0.1, n: 0.03, q: 0.2, cell: 1), Slope(slope: 0.05, n: 0.015, q: 0.0024, cell: 2),
    Slope(slope: 0.01, n: 0.03, q: 1, cell: 5), Slope(slope: 0.1, n: 0.02, q: 0.5, cell: 5),
  ]

  /// Sheets and deep flow on slopes, fed at the head, keep Manning's depth.
  ///
  /// Beyond a Froude number of 1.5 uniform flow is unstable, and second order shows the roll waves that grow on it.
  @Test(arguments: slopes, methods) func uniformFlowKeepsManningsDepth(_ slope: Slope, _ method: FlowMethod) throws {
    if method == .shallowWater && slope.froude > 1.5 { return }
    var flow = slope.flow(columns: 100, duration: 500 * slope.cell / slope.speed, method)
    flow.inflows = [FlowInflow("head", cells: [(0, 0)], discharge: FlowSeries(constant: slope.q * slope.cell))]
    let depth = try simulate(flow).depth
    let worst = (20..<95).reduce(0.0) { max($0, abs(Double(depth[$1, 0]) / slope.depth - 1)) }
    let end = abs(Double(depth[99, 0]) / slope.depth - 1)
    print("normal flow", method, slope, "Fr", slope.froude, "worst", worst, "at the foot", end)
    #expect(worst < 0.005)
    // Where the bed falls by more than the depth in a cell, the last one lacks the step that would follow.
    #expect(end < (method == .shallowWater ? 0.06 : 0.02) || slope.slope * slope.cell > slope.depth)
  }

  /// Water that starts from rest on a slope has the speed u = U tanh(g S t / U), U Manning's, until waves come from
  /// the head.
  @Test(arguments: slopes, methods) func waterOnASlopeGathersSpeed(_ slope: Slope, _ method: FlowMethod) throws {
    for share in [0.5, 1, 4] {
      let time = share * slope.speed / (9.81 * slope.slope)
      var flow = slope.flow(columns: 160, duration: time, method)
      flow.settings.longestStep = time / 100
      let simulation = try simulate(flow)
      let exact = slope.speed * tanh(share)
      let reach = Int((slope.speed + (9.81 * slope.depth).squareRoot()) * time / slope.cell) + 3
      #expect(reach * 3 / 2 + 10 < 140)
      for column in min(140, reach * 3 / 2 + 10)..<140 {
        #expect(abs(Double(simulation.depth[column, 0]) / slope.depth - 1) < 1e-4)
        let speed = Double(simulation.discharge.east[column, 0] / simulation.depth[column, 0])
        #expect(abs(speed / exact - 1) < 0.01)
      }
    }
  }

  /// Water passes a crooked gap of one cell between raised houses in a steady flow that falls all the way; their walls
  /// throw it back as those of houses that are taken out do.
  @Test(arguments: [FlowMethod.shallowWater, .shallowWaterFirstOrder]) func gapsBetweenHousesAreSteady(
    _ method: FlowMethod
  ) throws {
    let geometry = testGeometry(columns: 22, rows: 20)
    func depths(raised: Bool) throws -> (lowest: [Float], highest: [Float]) {
      var terrain = Grid<Float>(geometry, repeating: 0)
      for row in 0..<20 {
        for column in 0..<22 {
          let isGap = row <= 7 && column == 10 || row >= 7 && column == 11
          let ground = 5 - 0.02 * Float(row)
          terrain[column, row] = !(4..<11).contains(row) || isGap ? ground : raised ? ground + 3 : .nan
        }
      }
      var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.04), duration: 700)
      flow.settings.method = method
      flow.inflows = [FlowInflow("rain", cells: (0..<22).map { ($0, 0) }, discharge: FlowSeries(constant: 1))]
      flow.boundaries = [FlowBoundary("out", CellFace.edge(.south, of: geometry), .normal(slope: 0.02))]
      flow.recording.interval = 100
      let simulation = try SurfaceFlowSimulation(flow)
      // Before, within and behind the gap, at its turn and past it.
      let places = [(10, 2), (10, 6), (10, 7), (11, 7), (11, 9), (11, 13)]
      var lowest = [Float](repeating: .infinity, count: places.count)
      var highest = [Float](repeating: 0, count: places.count)
      while simulation.time < 700 {
        try simulation.step()
        if simulation.time < 600 || simulation.stepCount % 8 != 0 { continue }
        let depth = simulation.depth
        for (number, place) in places.enumerated() {
          lowest[number] = min(lowest[number], depth[place.0, place.1])
          highest[number] = max(highest[number], depth[place.0, place.1])
        }
      }
      return (lowest, highest)
    }
    let (lowest, highest) = try depths(raised: true)
    for (low, high) in zip(lowest, highest) { #expect(high - low < 0.02 * high, "\(lowest) \(highest)") }
    #expect(lowest[0] > highest[3] && lowest[3] > highest[4] && lowest[4] > highest[5], "\(lowest)")
    let blocks = try depths(raised: false).highest
    for (raised, block) in zip(highest, blocks) { #expect(abs(raised - block) < 0.01 * block, "\(highest) \(blocks)") }
  }
}
