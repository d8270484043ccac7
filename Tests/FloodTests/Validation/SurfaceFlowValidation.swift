import Flood
import Foundation
import Grids
import TestSupport
import Testing

/// All cases of the validation, some minutes long; they run, and the page is written, where the environment variable
/// `OVERVANN_VALIDATION` names the folder of the page (`make validation`).
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["OVERVANN_VALIDATION"] != nil))
struct SurfaceFlowValidation {
  private let threads = 2
  private let full: [FlowMethod] = [.shallowWaterFirstOrder, .shallowWater]

  @Test func allCases() throws {
    let name = try #require(ProcessInfo.processInfo.environment["OVERVANN_VALIDATION"])
    let page = try ValidationPage(URL(fileURLWithPath: name))
    try planes(page)
    try catchment(page)
    try channel(page)
    try damBreaks(page)
    try bowls(page)
    try waves(page)
    try lakes(page)
    try valley(page)
    try basin(page)
    try newcastle(page)
    try merewether(page)
    try page.write()
  }

  private func run(_ flow: SurfaceFlowCase) throws -> (simulation: SurfaceFlowSimulation, seconds: Double) {
    let simulation = try SurfaceFlowSimulation(flow, threads: threads)
    let start = ContinuousClock.now
    try simulation.run()
    #expect(simulation.ledger.allSatisfy { $0.error == 0 })
    return (simulation, (ContinuousClock.now - start) / .seconds(1))
  }

  private func order(_ errors: [Double]) -> String {
    zip(errors, errors.dropFirst()).map { digits(log2($0 / $1), 2) }.joined(separator: ", ")
  }

  private func convergence(_ title: String, _ cells: [Double], _ curves: [(String, [Double])]) -> ValidationPlot {
    ValidationPlot(
      title: title, x: "cell, m", y: "error", isLogarithmic: true,
      series: curves.map { name, errors in .init(name: name, points: zip(cells, errors).map { (x: $0, y: $1) }) })
  }

  // MARK: - Rain

  private func planes(_ page: ValidationPage) throws {
    try page.heading(
      "Rain on planes",
      "Kinematic wave on three planes (P1 800 m, 5 %, n 0.015, 10.8 mm/h; P2 100 m, 5 %, 0.02, 100 mm/h; P3 100 m, 1 %, 0.03, 60 mm/h), local inertial: root mean square error of the hydrograph and peak as shares of the equilibrium."
    )
    let tests = SurfaceFlowAnalyticTests()
    var rows: [[String]] = []
    var curves: [(String, [Double])] = []
    for plane in SurfaceFlowAnalyticTests.planes {
      let found = try [8.0, 4, 2].map { try tests.run(plane, cell: plane.length == 100 && $0 == 8 ? 10 : $0) }
      #expect(found[2].error <= 0.02 && abs(found[2].peak - 1) <= 0.01)
      rows.append([plane.name] + found.map { digits($0.error) } + [digits(found[2].peak, 4)])
      curves.append((plane.name, found.map(\.error)))
    }
    page.table(["plane", "8 m (P2, P3: 10 m)", "4 m", "2 m", "peak at 2 m"], rows)
    try page.plot("planes", convergence("Rain on planes: error of the hydrograph", [8, 4, 2], curves))
  }

  private func catchment(_ page: ValidationPage) throws {
    try page.heading(
      "V-shaped catchment",
      "Two planes of 800 m and a channel (after Di Giammarco and others 1996), 10.8 mm/h for 90 min, cells of 20 m. Equilibrium 4.86 m³/s; the plateau must not exceed it by more than 0.5 %."
    )
    var rows: [[String]] = []
    var series: [ValidationPlot.Series] = []
    for method in FlowMethod.allCases {
      var flow = SurfaceFlowAnalyticTests.vCatchment()
      flow.settings.method = method
      let ledger = try run(flow).simulation.ledger
      let discharge = zip(ledger, ledger.dropFirst()).map { ($0.boundaries[0] - $1.boundaries[0]) / 300 }
      let peak = discharge.max() ?? 0
      #expect(peak <= 1.005 * 4.86)
      rows.append([method.rawValue, digits(peak / 4.86, 4), digits(discharge[17] / 4.86, 4)])
      series.append(.init(name: method.rawValue, points: discharge.enumerated().map { (Double($0) * 5 + 2.5, $1) }))
    }
    page.table(["scheme", "peak / equilibrium", "after 90 min"], rows)
    try page.plot(
      "catchment", ValidationPlot(title: "V-shaped catchment: outflow", x: "minutes", y: "m³/s", series: series))
  }

  private func channel(_ page: ValidationPage) throws {
    try page.heading(
      "MacDonald's channel",
      "A kilometre with a known steady surface, n 0.033, 2 m²/s, without and with rain of 1 mm/s, cells of 5 m. The local inertial equations have no advection and a steady surface of their own, which the scheme meets within some 2 mm."
    )
    var rows: [[String]] = []
    for channel in SurfaceFlowAnalyticTests.channels {
      let case0 = try SurfaceFlowAnalyticTests.macDonald(channel)
      var series = [
        ValidationPlot.Series(name: "bed", points: case0.bed.enumerated().map { (Double($0) * 5 + 2.5, $1) })
      ]
      series.append(.init(name: "exact", points: case0.surface.enumerated().map { (Double($0) * 5 + 2.5, $1) }))
      for method in FlowMethod.allCases {
        var flow = case0.flow
        flow.settings.method = method
        let depth = try run(flow).simulation.depth
        let found = case0.bed.indices.map { Double(depth[$0, 1]) + case0.bed[$0] }
        let error = zip(found, case0.surface).reduce(0.0) { $0 + abs($1.0 - $1.1) } / Double(found.count)
        #expect(error <= (method == .localInertial ? channel.tolerance : 0.03))
        rows.append([channel.rain > 0 ? "rain" : "no rain", method.rawValue, digits(error)])
        series.append(
          .init(name: method.rawValue, points: found.enumerated().map { (Double($0) * 5 + 2.5, $1) }, isDotted: true))
      }
      try page.plot(
        channel.rain > 0 ? "macdonald-rain" : "macdonald",
        ValidationPlot(
          title: "MacDonald's channel, \(channel.rain > 0 ? "rain" : "no rain")", x: "m", y: "m", series: series))
    }
    page.table(["channel", "scheme", "error, m"], rows)
  }

  // MARK: - Closed solutions of the full equations

  private func damBreaks(_ page: ValidationPage) throws {
    try page.heading(
      "Dam breaks",
      "Ten metres of water against one metre (Stoker) and against nothing (Ritter) on a kilometre, after 25 s. With a shock no scheme exceeds the first order."
    )
    let tests = SurfaceFlowShallowTests()
    var rows: [[String]] = []
    var curves: [(String, [Double])] = []
    let cells = [100, 200, 400, 800, 1600]
    for low in [1.0, 0] {
      for method in full {
        let errors = try cells.map { try tests.damBreak(.init(low: low), cells: $0, method).depth }
        let name = (low == 0 ? "Ritter, " : "Stoker, ") + method.rawValue
        #expect(errors[4] < (method == .shallowWater ? 0.008 : 0.03))
        rows.append([name] + errors.map { digits($0) } + [order(errors)])
        curves.append((name, errors))
      }
    }
    page.table(["case"] + cells.map { "\(digits(1000 / Double($0))) m" } + ["orders"], rows)
    try page.plot("dam-breaks", convergence("Dam breaks: error of depth, m", cells.map { 1000 / Double($0) }, curves))
  }

  private func bowls(_ page: ValidationPage) throws {
    try page.heading(
      "Thacker's bowls",
      "A planar surface in a parabola (error in m) and a round bowl (share of the water), after a period; both have shores that move."
    )
    let tests = SurfaceFlowShallowTests()
    var rows: [[String]] = []
    var curves: [(String, [Double])] = []
    for method in full {
      let planar = try [50, 100, 200, 400].map { try tests.planar(cells: $0, method) }
      let radial = try [32, 64, 128, 256].map { try tests.radial(cells: $0, method) }
      rows.append(["planar, " + method.rawValue] + planar.map { digits($0) } + [order(planar)])
      rows.append(["round, " + method.rawValue] + radial.map { digits($0) } + [order(radial)])
      curves.append(("planar, " + method.rawValue, planar))
      curves.append(("round, " + method.rawValue, radial))
    }
    page.table(["case", "50 or 32 cells", "100 or 64", "200 or 128", "400 or 256", "orders"], rows.map { $0 })
    try page.plot("bowls", convergence("Thacker's bowls: error of depth", [0.08, 0.04, 0.02, 0.01], curves))
  }

  private func waves(_ page: ValidationPage) throws {
    try page.heading(
      "Smooth waves",
      "A standing wave of 5 cm in a closed basin of 20 m, level and with a bed that meets the walls at 3 %: error of depth against cells of 1.6 cm. And a wave that runs over a dry flat (Hunter and others 2005), u 1 m/s, n 0.03, cells of 25 m, each scheme against the solution of its own equations."
    )
    var rows: [[String]] = []
    var curves: [(String, [Double])] = []
    for slope in [0, 0.03] {
      for method in full {
        let errors = try SurfaceFlowShallowTests.standingWave(
          cells: [20, 40, 80, 160], finest: 1280, slope: slope, method)
        let name = (slope == 0 ? "level, " : "sloping, ") + method.rawValue
        #expect(method == .shallowWaterFirstOrder || log2(errors[0] / errors[3]) / 3 >= 1.9)
        rows.append([name] + errors.map { digits($0) } + [order(errors)])
        curves.append((name, errors))
      }
    }
    page.table(["standing wave", "1 m", "0.5 m", "0.25 m", "0.125 m", "orders"], rows)
    try page.plot("standing-wave", convergence("Standing wave: error of depth, m", [1, 0.5, 0.25, 0.125], curves))
    rows = []
    var series: [ValidationPlot.Series] = []
    for method in FlowMethod.allCases {
      let found = try SurfaceFlowShallowTests.runningWave(method)
      #expect(found.error < 0.03)
      rows.append([method.rawValue, digits(found.error)])
      series.append(.init(name: method.rawValue, points: found.profile, isDotted: true))
      if method != .shallowWaterFirstOrder {
        series.append(.init(name: "exact" + (method == .localInertial ? ", no advection" : ""), points: found.exact))
      }
    }
    page.table(["running wave", "error, m"], rows)
    try page.plot(
      "running-wave", ValidationPlot(title: "Wave over a dry flat after an hour", x: "m", y: "depth, m", series: series)
    )
  }

  private func lakes(_ page: ValidationPage) throws {
    try page.heading(
      "Lakes at rest",
      "Water among three humps, levels of 0.875 and 2 m, heights in whole 2⁻¹² m, 60 s: bits that changed.")
    let humps = try #require(asciiGrid("three-humps/humps.dem"), "the three humps are missing").map(threads: 1) {
      ($0 * 4096).rounded() / 4096
    }
    var rows: [[String]] = []
    for method in FlowMethod.allCases {
      for level: Float in [0.875, 2] {
        var flow = SurfaceFlowCase(terrain: humps, roughness: .uniform(0.03), duration: 60)
        flow.initialDepth = humps.map(threads: 1) { max(0, level - $0) }
        flow.settings.method = method
        let before = try SurfaceFlowSimulation(flow).depth.cells
        let simulation = try run(flow).simulation
        let changed = zip(before, simulation.depth.cells).count { $0 != $1 }
        #expect(changed == 0 && simulation.discharge.east.cells.allSatisfy { $0 == 0 })
        rows.append([method.rawValue, "\(level)", "\(simulation.stepCount)", "\(changed)"])
      }
    }
    page.table(["scheme", "level, m", "steps", "cells that changed"], rows)
  }

  // MARK: - Laboratory and field

  private func valley(_ page: ValidationPage) throws {
    let (valley, _) = try RealCases.valley()
    try page.heading(
      "Dam break in a valley (Environment Agency, test 5)",
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

  private func basin(_ page: ValidationPage) throws {
    var (flow, measured) = try RealCases.basin()
    let geometry = flow.terrain.geometry
    try page.heading(
      "Rain on a laboratory basin (Cea and others 2008, case C1)",
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

  private func newcastle(_ page: ValidationPage) throws {
    let newcastle = try RealCases.newcastle()
    try page.heading(
      "Rain on a city (Newcastle upon Tyne)",
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

  private func merewether(_ page: ValidationPage) throws {
    var flow = try RealCases.merewether()
    let geometry = flow.terrain.geometry
    try page.heading(
      "Street flood among houses (Merewether, NSW, 2007)",
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
