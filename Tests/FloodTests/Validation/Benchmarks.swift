import Flood
import Foundation
import Grids
import TestSupport
import Testing

/// Benchmarks that others have run, a laboratory, and floods of streets.
extension SurfaceFlowValidation {
  /// Terrain after the description of the Environment Agency's test 3, and how long its cells are.
  ///
  /// 1 : 200 down to a depression at 150 m, an obstruction at 200 m, a depression as deep at 250 m. The crest is as high
  /// as lets the first depression hold the whole inflow.
  private func obstruction(cell: Double, volume: Double) -> Grid<Float> {
    let columns = Int(300 / cell)
    func bed(_ height: Double, _ column: Int) -> Double {
      let x = (Double(column) + 0.5) * cell
      return x < 150 ? 10 - x / 200 : 9.25 + height * (x < 250 ? 1 - abs(x - 200) / 50 : (x - 250) / 50)
    }
    var (low, high) = (0.05, 0.6)
    for _ in 0..<60 {
      let height = (low + high) / 2
      let crest = bed(height, Int(200 / cell))
      let held = (0..<Int(200 / cell)).reduce(0.0) { $0 + max(0, crest - bed(height, $1)) * cell * 100 }
      if held < volume { low = height } else { high = height }
    }
    let geometry = testGeometry(columns: columns, rows: Int(100 / cell), cell: cell)
    return Grid(geometry, cells: (0..<geometry.rows * columns).map { Float(bed(low, $0 % columns)) })
  }

  func momentum(_ page: ValidationSection) throws {
    page.text(
      "Terrain made after the description of the test (Néelz and Pender 2013, SC120002), not the original: 300 m by 100 m falling 1 : 200 into a depression at 150 m, an obstruction, a second depression at 250 m, n 0.01. Inflow along the western end, 65.5 m³/s after 15 s and nothing after 30 s; the crest is as high as lets the first depression hold all of it. Whatever stands in the second at the end of 900 s has come over by its momentum. No claim is made for the local inertial scheme, which has no advection. Levels in m."
    )
    let discharge = FlowSeries(times: [0, 15, 30, 900], values: [0, 65.5, 0, 0])
    let volume = 65.5 * 15
    var rows: [[String]] = []
    var series: [ValidationPlot.Series] = []
    var second: [String: Double] = [:]
    let cases: [(FlowMethod, Double)] = [
      (.localInertial, 5), (.shallowWaterFirstOrder, 5), (.shallowWater, 5), (.shallowWater, 2.5), (.shallowWater, 1.25),
    ]
    for (method, cell) in cases {
      let terrain = obstruction(cell: cell, volume: volume)
      var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.01), duration: 900)
      flow.settings.method = method
      flow.inflows = [FlowInflow("west", cells: (0..<terrain.rows).map { (0, $0) }, discharge: discharge)]
      flow.recording.seriesInterval = 5
      let middle = terrain.rows / 2
      flow.gauges = [
        FlowGauge("1", column: Int(150 / cell), row: middle), FlowGauge("2", column: Int(250 / cell), row: middle),
      ]
      let simulation = try run(flow).simulation
      let depth = simulation.depth
      // Cells of a column are alike: the case is one of a channel.
      #expect((0..<terrain.columns).allSatisfy { depth[$0, 0] == depth[$0, middle] })
      let crest = Int(200 / cell)
      let over = (crest..<terrain.columns).reduce(0.0) { $0 + Double(depth[$1, middle]) * cell * 100 }
      let ground = flow.gauges.map { Double(terrain[$0.column, $0.row]) }
      func level(_ gauge: Int, _ value: Float) -> String { digits(Double(value) + ground[gauge], 4) }
      let name = "\(method.rawValue), \(digits(cell)) m"
      let highest = (0..<2).map { gauge in simulation.gaugeRows.map { $0.depth[gauge] }.max() ?? 0 }
      rows.append([
        name, level(0, highest[0]), level(0, simulation.gaugeRows.last?.depth[0] ?? 0), level(1, highest[1]),
        level(1, simulation.gaugeRows.last?.depth[1] ?? 0), digits(over),
      ])
      second[name] = over
      if method != .localInertial { #expect(over > 0.1 * volume) }
      for gauge in 0..<2 where cell == 5 || cell == 1.25 {
        series.append(
          .init(
            name: "point \(gauge + 1), \(name)",
            points: simulation.gaugeRows.filter { $0.time <= 300 }.map {
              ($0.time, Double($0.depth[gauge]) + ground[gauge])
            }))
      }
    }
    page.table(
      [
        "scheme", "point 1 (150 m): highest", "after 900 s", "point 2 (250 m): highest", "after 900 s",
        "over the crest, m³ of \(digits(volume))",
      ], rows)
    try page.plot("momentum", ValidationPlot(title: "Over an obstruction: level", x: "s", y: "m", series: series))
  }

  func valley(_ page: ValidationSection) throws {
    let (valley, _) = try RealCases.valley()
    page.text(
      "Néelz and Pender (2013), SC120002: 9.45 million m³ in 100 min into a valley, cells of 50 m, n 0.04, 30 h. In brackets LISFLOOD-FP 8.1 on the same cells, its acceleration solver for the local inertial scheme and its finite volumes for the full one. Depths in m, arrivals above 5 cm in s."
    )
    for method in [FlowMethod.localInertial, .shallowWater] {
      var flow = valley
      flow.settings.method = method
      flow.recording.arrivalDepth = 0.05
      let (simulation, seconds) = try run(flow)
      let result = simulation.result
      var rows: [[String]] = []
      for (number, gauge) in flow.gauges.enumerated() {
        let peers = RealCases.valleyPeers[number]
        let peer = method == .localInertial ? peers.acceleration : peers.finiteVolume
        let depth = Double(result.maximumDepth[gauge.column, gauge.row])
        let arrival = Double(result.arrivalTime[gauge.column, gauge.row])
        let final = Double(result.finalDepth[gauge.column, gauge.row])
        #expect(abs(depth - peers.finiteVolume.0) <= 0.25, "point \(number + 1)")
        #expect(abs(arrival - peers.finiteVolume.1) <= 600, "point \(number + 1)")
        rows.append([
          gauge.name, "\(digits(depth)) (\(digits(peer.0)))", "\(digits(arrival, 4)) (\(digits(peer.1, 5)))",
          "\(digits(final)) (\(digits(peer.2)))", digits(Double(result.maximumSpeed[gauge.column, gauge.row])),
        ])
      }
      page.table(
        [
          "\(method.rawValue), \(digits(seconds)) s: point", "greatest depth", "arrival", "final depth",
          "greatest speed, m/s",
        ], rows)
      let times = simulation.gaugeRows.filter { $0.time <= 36_000 }
      try page.plot(
        "valley-\(method == .localInertial ? "inertial" : "full")",
        ValidationPlot(
          title: "Valley: depth at the points, \(method.rawValue)", x: "hours", y: "m",
          series: flow.gauges.indices.map { index in
            .init(name: flow.gauges[index].name, points: times.map { ($0.time / 3600, Double($0.depth[index])) })
          }))
    }
  }

  func basin(_ page: ValidationSection) throws {
    var (flow, measured) = try RealCases.basin()
    let geometry = flow.terrain.geometry
    page.text(
      "A steel basin of 2 m by 2.5 m with two walls, 317 mm/h for 45 s, cells of 1 cm, n 0.009: discharge over a line 0.1 m before the outlet against that measured. NSE is the efficiency of Nash and Sutcliffe."
    )
    flow.boundaries = [
      FlowBoundary(
        "outlet", CellFace.edge(.south, of: geometry).filter { !flow.terrain[$0.column, $0.row].isNaN }, .critical)
    ]
    flow.crossSections = [
      FlowCrossSection(
        "outlet",
        line: [
          Coordinate(x: geometry.east, y: geometry.south + 0.1), Coordinate(x: geometry.west, y: geometry.south + 0.1),
        ])
    ]
    flow.recording.seriesInterval = 1
    flow.recording.interval = 1
    var rows: [[String]] = []
    var series = [
      ValidationPlot.Series(name: "measured", points: measured.map { ($0.time, $0.discharge * 1000) }, isDotted: true)
    ]
    for method in [FlowMethod.localInertial, .shallowWater] {
      flow.settings.method = method
      let (simulation, seconds) = try run(flow)
      let curve = simulation.sectionRows.dropFirst().map { (time: $0.time - 0.5, discharge: abs($0.discharge[0])) }
      func at(_ time: Double) -> Double {
        guard let next = curve.firstIndex(where: { $0.time >= time }), next > 0 else {
          return curve.first?.discharge ?? 0
        }
        let (a, b) = (curve[next - 1], curve[next])
        let share: Double = (time - a.time) / (b.time - a.time)
        return a.discharge + (b.discharge - a.discharge) * share
      }
      let inside = measured.filter { $0.time < 119 }
      let mean = inside.reduce(0.0) { $0 + $1.discharge } / Double(inside.count)
      var (gap, spread) = (0.0, 0.0)
      for point in inside {
        gap += pow(at(point.time) - point.discharge, 2)
        spread += pow(point.discharge - mean, 2)
      }
      let peak = curve.map(\.discharge).max() ?? 0
      let known = inside.map(\.discharge).max() ?? 1
      #expect(1 - gap / spread >= 0.9)
      rows.append([method.rawValue, digits(1 - gap / spread), digits(peak / known), digits(seconds)])
      series.append(.init(name: method.rawValue, points: curve.map { ($0.time, $0.discharge * 1000) }))
    }
    page.table(["scheme", "NSE", "peak / measured", "s"], rows)
    try page.plot("basin", ValidationPlot(title: "Laboratory basin: discharge", x: "s", y: "l/s", series: series))
  }

  func newcastle(_ page: ValidationSection) throws {
    let newcastle = try RealCases.newcastle()
    page.text(
      "342 × 195 cells of 2 m, 70 mm/h for an hour, drains of 12 mm/h, n 0.03, closed edges, 2 h. No measurements: the balance, and the schemes against each other where water is deeper than 10 cm."
    )
    var rows: [[String]] = []
    var reference: Grid<Float>?
    for method in [FlowMethod.localInertial, .shallowWaterFirstOrder, .shallowWater] {
      var flow = newcastle
      flow.settings.method = method
      flow.recording.interval = 10
      let (simulation, seconds) = try run(flow)
      let last = try #require(simulation.ledger.last)
      let depth = simulation.result.maximumDepth
      var gap = "0"
      if let reference {
        let wet = depth.cells.indices.filter { !(depth[$0].isNaN) && max(depth[$0], reference[$0]) > 0.1 }
        let error = wet.reduce(0.0) { $0 + Double(abs(depth[$1] - reference[$1])) } / Double(wet.count)
        gap = digits(error)
        #expect(error < 0.05)
      } else {
        reference = depth
      }
      #expect(last.error == 0)
      rows.append([
        method.rawValue, digits(last.rain, 7), digits(last.drainage, 7), digits(last.stored, 7), digits(last.error),
        gap,
        digits(seconds),
      ])
    }
    page.table(
      ["scheme", "rain, m³", "drained, m³", "stored, m³", "error, m³", "difference from the first, m", "s"], rows)
  }

  func merewether(_ page: ValidationSection) throws {
    var flow = try RealCases.merewether()
    let geometry = flow.terrain.geometry
    page.text(
      "19.7 m³/s for 1000 s onto 320 × 415 cells of 1 m, houses as blocks of 3 m, n 0.02 on the road and 0.04 elsewhere (Smith and Wasko 2012). Levels at the deepest cell in 3 m around five places along the street."
    )
    // Along the road, from the inflow downstream: where water stands at the walls of houses.
    let places = [
      (382_272.0, 6_354_312.0), (382_300, 6_354_350), (382_340, 6_354_400), (382_380, 6_354_460), (382_420, 6_354_520),
    ]
    var levels: [[String]] = places.map { ["\(Int($0.0)), \(Int($0.1))"] }
    for method in [FlowMethod.localInertial, .shallowWater] {
      flow.settings.method = method
      let (simulation, seconds) = try run(flow)
      let last = try #require(simulation.ledger.last)
      #expect(abs(last.inflows[0] - 19_700) < 0.02 && last.error == 0)
      print("Merewether", method, seconds, "s")
      let depth = simulation.result.maximumDepth
      for (number, place) in places.enumerated() {
        let cell = try #require(geometry.cell(at: Coordinate(x: place.0, y: place.1)))
        var (deepest, level): (Float, Float) = (0, .nan)
        for row in cell.row - 3...cell.row + 3 {
          for column in cell.column - 3...cell.column + 3 where depth[column, row] > deepest {
            (deepest, level) = (depth[column, row], depth[column, row] + flow.terrain[column, row])
          }
        }
        levels[number].append("\(digits(Double(level), 4)) (\(digits(Double(deepest), 2)))")
      }
    }
    page.table(["place (EPSG:32756)", "local_inertial: level, m (depth, m)", "shallow_water"], levels)
  }
}
