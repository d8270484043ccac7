import Flood
import Foundation
import Grids
import TestSupport
import Testing

/// Rain on planes, channels, dam breaks, bowls, waves and lakes, whose solutions are known.
extension SurfaceFlowValidation {
  // MARK: - Rain

  func planes(_ page: ValidationSection) throws {
    page.text(
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

  func catchment(_ page: ValidationSection) throws {
    page.text(
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

  func channel(_ page: ValidationSection) throws {
    page.text(
      "A kilometre with a known steady surface, n 0.033, 2 m²/s at the foot, without and with rain of 1 mm/s, cells of 5 m. Two oracles: the surface of the full shallow water equations, which the file of the case holds, and the steady surface of the local inertial equations, which lack advection, integrated upstream from the foot. The local inertial scheme meets its own to 2 mm; with rain its own lies 33 mm from the full one, beyond the 30 mm asked of a scheme of the full equations: that is the equations' difference, where the flow is nearly critical, and no error of the scheme."
    )
    var rows: [[String]] = []
    for channel in SurfaceFlowAnalyticTests.channels {
      let case0 = try SurfaceFlowAnalyticTests.macDonald(channel)
      let count = case0.bed.count
      func points(_ values: [Double]) -> [(x: Double, y: Double)] {
        values.enumerated().map { (Double($0) * 5 + 2.5, $1) }
      }
      func gap(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0.0) { $0 + abs($1.0 - $1.1) } / Double(count)
      }
      let name = channel.rain > 0 ? "rain" : "no rain"
      // Drawn is how far surfaces lie above that of the full equations: all are within a line's width of each other.
      func curve(_ name: String, _ surface: [Double], isDotted: Bool = false) -> ValidationPlot.Series {
        .init(
          name: name, points: points(zip(surface, case0.surface).map { ($0 - $1) * 1000 }).dropFirst().map { $0 },
          isDotted: isDotted)
      }
      var series: [ValidationPlot.Series] = []
      for method in FlowMethod.allCases {
        var flow = case0.flow
        flow.settings.method = method
        let depth = try run(flow).simulation.depth
        let found = case0.bed.indices.map { Double(depth[$0, 1]) + case0.bed[$0] }
        let error = gap(found, case0.surface)
        var own = error
        if method == .localInertial {
          let depths = SurfaceFlowAnalyticTests.inertialDepths(
            channel, bed: case0.bed, last: Double(depth[count - 1, 1]))
          let surface = zip(depths, case0.bed).map { $0 + $1 }
          own = gap(found, surface)
          series.append(curve("exact, local inertial equations", surface))
          #expect(own < 0.004)
        }
        #expect(error <= (method == .localInertial ? channel.tolerance : 0.03))
        rows.append([name, method.rawValue, digits(error * 1000), digits(own * 1000)])
        series.append(curve(method.rawValue, found, isDotted: true))
      }
      try page.plot(
        channel.rain > 0 ? "macdonald-rain" : "macdonald",
        ValidationPlot(
          title: "MacDonald's channel, \(name): above the exact surface of the full equations", x: "m", y: "mm",
          series: series))
    }
    page.table(["channel", "scheme", "error against the full equations, mm", "against its own equations, mm"], rows)
  }

  // MARK: - Closed solutions of the full equations

  func damBreaks(_ page: ValidationSection) throws {
    page.text(
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

  func bowls(_ page: ValidationSection) throws {
    page.text(
      "A planar surface in a parabola (error in m) and a round bowl (share of the water), frictionless, after a period; both have shores that move, where the depth has a kink. Errors everywhere, and inside, where it is never dry."
    )
    let tests = SurfaceFlowShallowTests()
    var rows: [[String]] = []
    var curves: [(String, [Double])] = []
    for method in full {
      let planar = try [50, 100, 200, 400].map { try tests.planar(cells: $0, method) }
      let radial = try [32, 64, 128, 256].map { try tests.radial(cells: $0, method) }
      for (name, errors) in [
        ("planar, ", planar.map(\.error)), ("planar inside, ", planar.map(\.inside)),
        ("round, ", radial.map(\.error)), ("round inside, ", radial.map(\.inside)),
      ] {
        rows.append([name + method.rawValue] + errors.map { digits($0) } + [order(errors)])
        curves.append((name + method.rawValue, errors))
      }
    }
    page.table(["case", "50 or 32 cells", "100 or 64", "200 or 128", "400 or 256", "orders"], rows)
    try page.plot("bowls", convergence("Thacker's bowls: error of depth", [0.08, 0.04, 0.02, 0.01], curves))
  }

  func waves(_ page: ValidationSection) throws {
    page.text(
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

  func lakes(_ page: ValidationSection) throws {
    page.text(
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
}
