import Flood
import Foundation
import Grids
import Terrain
import TestSupport
import Testing

@Suite struct SurfaceFlowAnalyticTests {
  // MARK: - Rain on a plane

  /// A plane with rain, for which the kinematic wave has a closed solution.
  struct Plane: Sendable, CustomTestStringConvertible {
    let name: String
    let length: Double
    let slope: Double
    let roughness: Double
    /// mm/h.
    let rain: Double
    let rainTime: Double
    var testDescription: String { name }

    var alpha: Double { slope.squareRoot() / roughness }
    /// m/s.
    var intensity: Double { rain / 3.6e6 }
    var equilibrium: Double { intensity * length }

    /// Discharge per metre at the foot, q = α h^(5/3).
    func discharge(_ time: Double) -> Double {
      let m = 5.0 / 3
      if time < rainTime { return min(equilibrium, alpha * pow(intensity * time, m)) }
      // Recession: L = q / i + m α^(1/m) q^((m−1)/m) (t − D), by bisection.
      var (low, high) = (0.0, equilibrium)
      for _ in 0..<60 {
        let q = (low + high) / 2
        let x = q / intensity + m * pow(alpha, 1 / m) * pow(q, (m - 1) / m) * (time - rainTime)
        if x < length { low = q } else { high = q }
      }
      return (low + high) / 2
    }
  }

  static let planes = [
    Plane(name: "P1", length: 800, slope: 0.05, roughness: 0.015, rain: 10.8, rainTime: 5400),
    Plane(name: "P2", length: 100, slope: 0.05, roughness: 0.02, rain: 100, rainTime: 900),
    Plane(name: "P3", length: 100, slope: 0.01, roughness: 0.03, rain: 60, rainTime: 1800),
  ]

  /// Root mean square error of the hydrograph and its peak, both as shares of the equilibrium discharge.
  func run(_ plane: Plane, cell: Double) throws -> (error: Double, peak: Double) {
    let columns = Int(plane.length / cell)
    let geometry = testGeometry(columns: columns, rows: 1, cell: cell)
    let terrain = Grid<Float>(
      geometry, cells: (0..<columns).map { Float(plane.slope * (plane.length - (Double($0) + 0.5) * cell)) })
    var flow = SurfaceFlowCase(
      terrain: terrain, roughness: .uniform(Float(plane.roughness)), duration: plane.rainTime * 1.5)
    flow.rain = [RainInterval(from: 0, to: plane.rainTime, .uniform(plane.rain))]
    flow.boundaries = [
      FlowBoundary("foot", CellFace.edge(.east, of: geometry), .normal(slope: plane.slope))
    ]
    flow.recording.seriesInterval = 10
    let simulation = try SurfaceFlowSimulation(flow)
    try simulation.run()
    var (sum, count, peak) = (0.0, 0.0, 0.0)
    for (before, after) in zip(simulation.ledger, simulation.ledger.dropFirst()) {
      let mean = (before.boundaries[0] - after.boundaries[0]) / (after.time - before.time) / cell
      let exact = (1...10).reduce(0) {
        $0 + plane.discharge(before.time + (Double($1) - 0.5) * (after.time - before.time) / 10) / 10
      }
      sum += (mean - exact) * (mean - exact)
      count += 1
      peak = max(peak, mean)
    }
    #expect(simulation.ledger.allSatisfy { $0.error == 0 })
    return ((sum / count).squareRoot() / plane.equilibrium, peak / plane.equilibrium)
  }

  @Test(arguments: planes) func kinematicWave(_ plane: Plane) throws {
    let coarse = try run(plane, cell: 4)
    let fine = try run(plane, cell: 2)
    print(plane.name, "NRMSE at 4 m", coarse.error, "at 2 m", fine.error, "peak", fine.peak)
    #expect(fine.error <= 0.02)
    #expect(fine.peak >= 0.99 && fine.peak <= 1.01)
    #expect(coarse.peak >= 0.99 && coarse.peak <= 1.01)
    #expect(fine.error < coarse.error)
  }

  // MARK: - Lake at rest

  /// Cells of three humps in a lake, elevations rounded to 2⁻¹² m so that depth and elevation add up exactly.
  @Test(.enabled(if: runsWithSharedData("three-humps/humps.dem"))) func lakeAmongHumpsStaysAtRest() throws {
    let humps = try #require(asciiGrid("three-humps/humps.dem"))
    for level: Float in [0.875, 2] {
      let terrain = humps.map(threads: 1) { ($0 * 4096).rounded() / 4096 }
      try expectRest(terrain, level: level)
    }
  }

  @Test func lakeOnRoughBedStaysAtRest() throws {
    let terrain = randomTerrain(.noise, columns: 70, rows: 40, seed: 5).map(threads: 1) {
      ($0 * 4096).rounded() / 4096
    }
    try expectRest(terrain, level: 6)
  }

  private func expectRest(_ terrain: Grid<Float>, level: Float) throws {
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.03), duration: 200)
    flow.initialDepth = terrain.map(threads: 1) { max(0, level - $0) }
    let simulation = try SurfaceFlowSimulation(flow)
    let before = simulation.depth.cells
    try simulation.run()
    #expect(simulation.stepCount > 50)
    #expect(simulation.depth.cells == before)
    #expect(simulation.discharge.east.cells.allSatisfy { $0 == 0 })
    #expect(simulation.discharge.south.cells.allSatisfy { $0 == 0 })
  }

  // MARK: - Steady flow in a channel

  struct Channel: Sendable, CustomTestStringConvertible {
    let file: String
    /// m²/s.
    let inflow: Double
    /// m/s.
    let rain: Double
    /// Largest mean error against the water surface of the full equations, metres.
    let tolerance: Double
    var testDescription: String { file }
  }

  static let channels = [
    Channel(file: "mcdo_norain.csv", inflow: 2, rain: 0, tolerance: 0.03),
    Channel(file: "mcdo_rain.csv", inflow: 1, rain: 0.001, tolerance: 0.035),
  ]

  /// The case, the bed and the exact surface, metres.
  static func macDonald(_ channel: Channel) throws -> (flow: SurfaceFlowCase, bed: [Double], surface: [Double]) {
    let url = try #require(sharedData("macdonald/" + channel.file))
    let table = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").dropFirst().map {
      $0.split(separator: ",").map { Double($0.trimmingCharacters(in: .whitespaces)) ?? .nan }
    }
    let bed = table.map { $0[1] }
    let surface = table.map { $0[2] }
    let count = bed.count
    let geometry = testGeometry(columns: count, rows: 3, cell: 5)
    let terrain = Grid<Float>(geometry, cells: (0..<3).flatMap { _ in bed.map(Float.init) })
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .uniform(0.033), duration: 4800)
    flow.inflows = [
      FlowInflow("head", cells: (0..<3).map { (0, $0) }, discharge: FlowSeries(constant: channel.inflow * 15))
    ]
    if channel.rain > 0 { flow.rain = [RainInterval(from: 0, to: 4800, .uniform(channel.rain * 3.6e6))] }
    flow.boundaries = [
      FlowBoundary("foot", CellFace.edge(.east, of: geometry), .level(FlowSeries(constant: surface[count - 1])))
    ]
    return (flow, bed, surface)
  }

  /// MacDonald's channel: a bed for which the steady surface is known by the full equations, with and without rain.
  ///
  /// The flow is nearly critical at both ends, where advection, which this scheme has not, is felt most: with rain its
  /// own exact solution is 33 mm off. It is held to that solution closely.
  @Test(
    .enabled(if: runsWithSharedData("macdonald/mcdo_norain.csv")),
    arguments: channels) func macDonaldChannel(_ channel: Channel) throws
  {
    var (flow, bed, surface) = try Self.macDonald(channel)
    let count = bed.count
    for method in [FlowMethod.shallowWaterFirstOrder, .shallowWater] {
      flow.settings.method = method
      let simulation = try SurfaceFlowSimulation(flow)
      try simulation.run()
      let error = (0..<count).reduce(0.0) {
        $0 + abs(Double(simulation.depth[$1, 1]) + bed[$1] - surface[$1]) / Double(count)
      }
      print(channel.file, method, "mean absolute error", error, "m")
      #expect(error <= 0.03)
    }
    flow.settings.method = .localInertial
    let simulation = try SurfaceFlowSimulation(flow)
    try simulation.run()
    let depth = simulation.depth
    #expect((0..<count).allSatisfy { depth[$0, 0] == depth[$0, 2] })
    let error = (0..<count).reduce(0.0) { $0 + abs(Double(depth[$1, 1]) + bed[$1] - surface[$1]) / Double(count) }

    let own = Self.inertialDepths(channel, bed: bed, last: Double(depth[count - 1, 1]))
    let ownError = (0..<count).reduce(0.0) { $0 + abs(Double(depth[$1, 1]) - own[$1]) / Double(count) }
    print(channel.file, "mean absolute error", error, "m; against its own equations", ownError, "m")
    #expect(error <= channel.tolerance)
    #expect(ownError < 0.004)
  }

  /// Steady depths by the local inertial equations, (h + z)' = −n² q² / h^(10/3), upstream in steps of a centimetre.
  static func inertialDepths(_ channel: Channel, bed: [Double], last: Double) -> [Double] {
    let cell = 5.0
    var depths = bed
    depths[bed.count - 1] = last
    for column in stride(from: bed.count - 2, through: 0, by: -1) {
      let slope = (bed[column + 1] - bed[column]) / cell
      var h = depths[column + 1]
      for step in 0..<500 {
        let x = (Double(column) + 1.5) * cell - (Double(step) + 0.5) * 0.01
        let q = channel.inflow + channel.rain * x
        h += 0.01 * (slope + 0.033 * 0.033 * q * q / pow(h, 10.0 / 3))
      }
      depths[column] = h
    }
    return depths
  }

  // MARK: - A wave that runs over a dry flat

  @Test func nonBreakingWave() throws {
    let found = try SurfaceFlowShallowTests.runningWave(.localInertial)
    print("non-breaking wave: mean absolute error", found.error, "m, front at", found.front)
    #expect(found.error < 0.03)
    #expect(abs(found.front - 3600) < 100)
  }

  // MARK: - V-shaped catchment

  /// Two planes and a channel under steady rain (after Di Giammarco and others, 1996).
  static func vCatchment() -> SurfaceFlowCase {
    let cell = 20.0
    let geometry = testGeometry(columns: 81, rows: 50, cell: cell)
    var terrain = Grid<Float>(geometry, repeating: 0)
    var roughness = Grid<Float>(geometry, repeating: 0.015)
    for row in 0..<50 {
      for column in 0..<81 {
        let down = (Double(row) + 0.5) * cell
        let across = abs((Double(column) - 40) * cell)
        terrain[column, row] = Float(0.02 * (1000 - down) + 0.05 * max(across - 10, 0))
        if column == 40 { roughness[column, row] = 0.15 }
      }
    }
    var flow = SurfaceFlowCase(terrain: terrain, roughness: .grid(roughness), duration: 10_800)
    flow.rain = [RainInterval(from: 0, to: 5400, .uniform(10.8))]
    flow.boundaries = [
      FlowBoundary("outlet", [CellFace(column: 40, row: 49, side: .south)], .normal(slope: 0.02))
    ]
    flow.recording.seriesInterval = 300
    return flow
  }

  @Test func vCatchmentReachesItsPlateau() throws {
    let simulation = try SurfaceFlowSimulation(Self.vCatchment())
    try simulation.run()
    let rows = simulation.ledger
    #expect(rows.map(\.time) == (0...36).map { Double($0) * 300 })
    let discharge = zip(rows, rows.dropFirst()).map { ($0.boundaries[0] - $1.boundaries[0]) / 300 }
    let equilibrium = 4.86
    print("V-catchment", discharge.map { ($0 * 1000).rounded() / 1000 })
    #expect(discharge.allSatisfy { $0 <= 1.005 * equilibrium })
    #expect(discharge[12...17].allSatisfy { $0 >= 0.98 * equilibrium })
    #expect(discharge[17] >= 0.998 * equilibrium)
    #expect(zip(discharge[..<18], discharge[1..<18]).allSatisfy { $0 <= $1 + 1e-3 })
    #expect(zip(discharge[18...], discharge[19...]).allSatisfy { $0 >= $1 - 1e-3 })
    #expect(rows.allSatisfy { $0.error == 0 })
    let rain = rows[rows.count - 1].rain
    #expect(abs(rain - 26_244) < 0.01)
  }
}

/// A text raster of the shared data; nil where it is not there.
func asciiGrid(_ path: String) -> Grid<Float>? {
  guard let url = sharedData(path), let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
  var header: [String: Double] = [:]
  var cells: [Float] = []
  for line in text.split(separator: "\n") {
    let words = line.split(whereSeparator: \.isWhitespace)
    if words.count == 2, let first = words.first, Double(first) == nil {
      header[first.lowercased()] = Double(words[1])
    } else {
      cells += words.map { Float($0) ?? .nan }
    }
  }
  guard let columns = header["ncols"], let rows = header["nrows"], let cell = header["cellsize"] else { return nil }
  let noData = Float(header["nodata_value"] ?? .nan)
  return Grid(
    testGeometry(columns: Int(columns), rows: Int(rows), cell: cell), cells: cells.map { $0 == noData ? .nan : $0 })
}
