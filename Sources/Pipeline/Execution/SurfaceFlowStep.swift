import Flood
import Foundation
import Geodata
import Grids
import Report
import Terrain

/// What a simulation of the flow in a scenario leaves behind.
struct SurfaceFlowOutcome {
  /// Greatest depth, metres; NaN outside the terrain, 0 in buildings that are taken out.
  var depth: Grid<Float>
  /// Greatest speed, m/s.
  var speed: Grid<Float>
  /// Greatest depth × speed, m²/s.
  var depthSpeed: Grid<Float>
  /// Greatest hazard rating of the United Kingdom.
  var rating: Grid<Float>
  /// Greatest hazard class of Australia.
  var hazardClass: Grid<Float>
  /// When the water arrived, seconds; NaN where it never did.
  var arrival: Grid<Float>
  /// When it was deepest, seconds; NaN where there was none.
  var peakTime: Grid<Float>
  /// How long it was deeper than each of the depths asked for, seconds.
  var durations: [Grid<Float>]
  /// Depth at the end, metres.
  var finalDepth: Grid<Float>
  /// Tables and drawings by the ends of their names.
  var files: [[String]]
}

extension SurfaceFlowOutcome: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    depth = try archive.read()
    speed = try archive.read()
    depthSpeed = try archive.read()
    rating = try archive.read()
    hazardClass = try archive.read()
    arrival = try archive.read()
    peakTime = try archive.read()
    durations = try archive.read()
    finalDepth = try archive.read()
    files = try archive.read()
  }

  func write(to archive: inout ArchiveWriter) {
    archive.write(depth, speed, depthSpeed, rating, hazardClass, arrival, peakTime, durations, finalDepth, files)
  }
}

extension SurfaceFlowOutcome {
  /// The same with no data wherever the runoff is not known.
  func masked(by runoff: Grid<Float>) -> SurfaceFlowOutcome {
    var result = self
    for grid in [
      \SurfaceFlowOutcome.depth, \.speed, \.depthSpeed, \.rating, \.hazardClass, \.arrival, \.peakTime, \.finalDepth,
    ] {
      result[keyPath: grid] = self[keyPath: grid].masked(by: runoff)
    }
    result.durations = durations.map { $0.masked(by: runoff) }
    return result
  }

  /// Writes the tables and the drawings of a scenario.
  func write(_ scenario: String, to directory: RunDirectory) throws {
    for file in files {
      let folder = file[0].hasSuffix(".svg") ? "plots" : "flow"
      try Data(file[1].utf8).write(to: directory.url(for: "\(folder)/\(scenario)_\(file[0])"))
    }
  }
}

extension InputLoader {
  /// The flow of the water of a scenario, from the cache where it is there.
  func surfaceFlow(
    _ section: SurfaceFlowSection, of scenario: Scenario, _ losses: RunoffStep, _ model: TerrainModel
  ) throws -> SurfaceFlowOutcome {
    try cache.value("surface flow \(scenario.id)") {
      try recorder.step("surface flow \(scenario.id)") {
        try SurfaceFlowStep(section, self, model).outcome(of: scenario, losses)
      }
    }
  }
}

/// Simulates the flow of the water of a scenario.
private struct SurfaceFlowStep {
  private static let keyPath = "hazards.surface_flow"

  let section: SurfaceFlowSection
  let loader: InputLoader
  let model: TerrainModel

  init(_ section: SurfaceFlowSection, _ loader: InputLoader, _ model: TerrainModel) {
    self.section = section
    self.loader = loader
    self.model = model
  }

  private var pipeline: PipelineFile { loader.pipeline }

  func outcome(of scenario: Scenario, _ losses: RunoffStep) throws -> SurfaceFlowOutcome {
    let flow = try flowCase(of: scenario, losses)
    let simulation = try locating { () throws(SurfaceFlowError) in
      try SurfaceFlowSimulation(flow, threads: loader.threads)
    }
    try simulate(simulation, scenario)
    try record(simulation, scenario)
    let result = simulation.result
    var depth = result.maximumDepth
    for index in 0..<depth.count where depth[index].isNaN && !model.ground[index].isNaN { depth[index] = 0 }
    let known = depth
    func filled(_ grid: Grid<Float>) -> Grid<Float> {
      var grid = grid
      for index in 0..<grid.count where grid[index].isNaN && !known[index].isNaN { grid[index] = 0 }
      return grid
    }
    return SurfaceFlowOutcome(
      depth: depth, speed: filled(result.maximumSpeed), depthSpeed: filled(result.maximumDepthSpeed),
      rating: filled(result.hazardRating), hazardClass: filled(result.hazardClass), arrival: result.arrivalTime,
      peakTime: result.timeOfMaximum, durations: result.durations.map(filled), finalDepth: filled(result.finalDepth),
      files: SurfaceFlowTables(simulation).files.map { [$0.name, $0.text] })
  }

  // MARK: - The case

  private func flowCase(of scenario: Scenario, _ losses: RunoffStep) throws -> SurfaceFlowCase {
    let threads = loader.threads
    let geometry = loader.geometry
    // Pipes need the embankments that burned lines cut through.
    var terrain = model.original
    if section.culverts == nil {
      let opened = openingCorners(
        of: model.ground, directions: model.directions, lowered: model.changedCells.map { ($0.column, $0.row) })
      terrain = opened.ground
      loader.recorder.count("flow_corners_opened", .integer(Int64(opened.count)))
    }
    let ground = try section.buildings.map { id in
      FlowGround(
        terrain, isBuilt: try places(id).covered(on: geometry), as: section.buildingsAs,
        height: Float(section.buildingHeight.metres))
    }
    let (full, sheet) = try roughness()
    var flow = SurfaceFlowCase(
      terrain: ground?.terrain ?? terrain, roughness: full, duration: section.duration.seconds)
    flow.sheetRoughness = sheet
    flow.settings.method = section.scheme
    flow.settings.courant = section.courant
    flow.recording.arrivalDepth = Float(section.arrivalDepth.metres)
    flow.recording.durationDepths = section.durationDepths.map { Float($0.metres) }
    flow.recording.seriesInterval = section.rowInterval.seconds
    let rain = try losses.flowRain(of: scenario, model, lossStep: section.lossStep.seconds / 3600)
    flow.rain = ground?.caught(rain.intervals) ?? rain.intervals
    flow.groundLoss = rain.ground
    flow.drainage = rain.drainage.map { .grid($0.map(threads: threads) { $0.isNaN ? 0 : $0 }) }
    try addPlaces(&flow, around: terrain)
    return flow
  }

  private func roughness() throws -> (full: CellValues, sheet: CellValues?) {
    guard let reading = section.roughnessTable, let cover = section.landCover else {
      return (.uniform(Float(section.manning ?? 0)), nil)
    }
    let (classes, table) = (try loader.classes(cover), try loader.read(reading))
    let n = try pipeline.reading("tables.\(reading.id)") {
      try FlowRoughness(table, cover: classes, otherwise: section.manning, threads: loader.threads)
    }
    return (n.full, n.sheet)
  }

  private func addPlaces(_ flow: inout SurfaceFlowCase, around terrain: Grid<Float>) throws {
    let geometry = loader.geometry
    var free = CellFace.outline(of: flow.terrain)
    if let levels = section.levels {
      flow.boundaries = try places(levels.input).levels(try series(levels.table), &free, on: geometry)
    }
    flow.boundaries += section.edge.boundaries(
      free, around: terrain, slope: section.edgeSlope, opensHoles: pipeline.hazards.flood?.nodata == .outlet)
    if let inflows = section.inflows {
      flow.inflows = try places(inflows.input).inflows(try series(inflows.table), on: geometry)
    }
    if let table = section.culverts, let id = pipeline.hazards.flood?.culverts {
      let lines = try places(id)
      let ground = flow.terrain
      let path = try tablePath(table)
      flow.culverts = try pipeline.reading("tables.\(table)") { try CulvertTable(path).culverts(lines, on: ground) }
      // A row of the table that no line needs may name a file that is not there.
      for file in PipelineFile.files(namedBy: path) where FileManager.default.fileExists(atPath: file) {
        let name = "table \(table): \((file as NSString).lastPathComponent)"
        loader.recorder.record(try loader.recorder.inputRecord(name, file))
      }
    }
    if let gauges = section.gauges { flow.gauges = try places(gauges).gauges(on: geometry) }
    if let sections = section.sections { flow.crossSections = try places(sections).sections() }
  }

  private func tablePath(_ id: String) throws -> String {
    guard let path = pipeline.tables[id].map({ pipeline.resolve($0) }) else {
      preconditionFailure("\(id) was checked to be a table")
    }
    loader.recorder.record(try loader.recorder.inputRecord("table \(id)", path))
    return path
  }

  private func series(_ id: String) throws -> FlowSeriesTable { try FlowSeriesTable(try tablePath(id)) }

  /// The features of an input.
  private func places(_ id: String) throws -> FlowPlaces {
    let features: LoadedFeatures
    let path: PathText
    switch pipeline.inputs[id] {
    case .line(let input):
      path = input.path
      features = try loader.features(
        id, path: path, layer: input.layer, crs: input.crs, shapeType: .lines, idField: input.id, fields: [])
    case .outlet(let input):
      path = input.path
      features = try loader.features(
        id, path: path, layer: input.layer, crs: input.crs, shapeType: .point, idField: input.id, fields: [])
    case .building(let input):
      path = input.path
      features = try loader.features(
        id, path: path, layer: input.layer, crs: input.crs, shapeType: .polygons, idField: input.id, fields: [])
    default: preconditionFailure("\(id) was checked to be lines, points or buildings")
    }
    return FlowPlaces(features, path: pipeline.resolve(path))
  }

  // MARK: - The run

  private func locating<R>(_ body: () throws(SurfaceFlowError) -> R) throws(RunFailure) -> R {
    do throws(SurfaceFlowError) {
      return try body()
    } catch {
      let isRunning = error.code == .timeStep || error.code == .state
      throw pipeline.failure(
        isRunning ? .processing : .input, isRunning ? "E-SIM-002" : "E-SIM-001", at: Self.keyPath, error.description,
        hint: "the analysis grid's column and row count from 0 in its north-western corner")
    }
  }

  private func simulate(_ simulation: SurfaceFlowSimulation, _ scenario: Scenario) throws {
    let recorder = loader.recorder
    let clock = ContinuousClock()
    let start = clock.now
    var (asked, told) = (start, start)
    while simulation.time < section.duration.seconds {
      try locating { () throws(SurfaceFlowError) in try simulation.step() }
      let now = clock.now
      if now - asked < .milliseconds(250) { continue }
      asked = now
      if let signal = recorder.stopSignal() {
        throw RunFailure.stopped(
          by: signal, at: pipeline.file,
          "stopped in surface flow \(scenario.id) after \(Int(simulation.time)) s of \(section.duration)")
      }
      if now - told > .seconds(20) {
        told = now
        recorder.tell(
          .simulationProgress,
          "surface flow \(scenario.id): \(simulation.progressText)"
            + (simulation.timeLeft(elapsed: (now - start) / .seconds(1)).map { ", \($0)" } ?? ""))
      }
    }
  }

  /// Books the water, proves that none is lost, and tells the sources.
  private func record(_ simulation: SurfaceFlowSimulation, _ scenario: Scenario) throws {
    let recorder = loader.recorder
    guard let last = simulation.ledger.last else { preconditionFailure("a simulation that has ended has a ledger") }
    let flow = simulation.flowCase
    var items = [
      ("flow_rain", last.rain), ("flow_infiltrated", last.infiltration), ("flow_drained", last.drainage),
      ("flow_stored_at_end", last.stored),
    ]
    items += zip(flow.inflows, last.inflows).map { ("flow_in_\($0.name)", $1) }
    items += zip(flow.boundaries, last.boundaries).map { ("flow_left_at_\($0.name)", -$1) }
    for (item, volume) in items {
      recorder.record(WaterBalanceRecord(scenario: scenario.id, item: item, volume: volume))
    }
    recorder.record(
      CertificateRecord(
        name: "surface flow mass balance", scenario: scenario.id, isProved: last.error == 0,
        detail: "rain + inflow − infiltrated − drained − left − stored = \(last.error) m3, in quanta of 2^-40 m in "
          + "every cell; \(simulation.stepCount) steps of \(flow.settings.method.rawValue)"))
    guard last.error == 0 else {
      throw pipeline.failure(
        .processing, .failedProof, at: Self.keyPath, "the water balance of \(scenario.id) does not close",
        hint: "this is a defect of the program; report it with the inputs")
    }
    switch flow.settings.method {
    case .localInertial:
      recorder.cite("Bates, Horritt & Fewtrell (2010), J. Hydrol. 387, 33–45: local inertial equations")
      recorder.cite("de Almeida, Bates, Freer & Souvignet (2012), Water Resour. Res. 48, W05528: their θ-scheme")
    case .shallowWater, .shallowWaterFirstOrder:
      recorder.cite("Audusse et al. (2004), SIAM J. Sci. Comput. 25, 2050–2065: hydrostatic reconstruction")
      recorder.cite("Toro (2001), Shock-capturing methods for free-surface shallow flows: HLLC")
    }
    if !flow.culverts.isEmpty { recorder.cite("Schall et al. (2012), FHWA HDS-5: hydraulic design of culverts") }
  }
}

extension ResultWriter {
  /// Writes a raster of a simulated flow.
  mutating func rasters(of flow: SurfaceFlowOutcome, _ product: RasterProduct, _ folder: String) throws(RunFailure) {
    switch product {
    case .flowSpeed:
      try raster(flow.speed, "\(folder)/flow_speed", unit: "m/s", "Greatest speed of the flow", overviews: .maximum)
    case .flowArrival:
      let depth = pipeline.hazards.surfaceFlow?.arrivalDepth ?? "0.1 m"
      try raster(
        flow.arrival, "\(folder)/flow_arrival", unit: "s", "When the flow was first deeper than \(depth)",
        overviews: .average)
    case .flowPeakTime:
      try raster(
        flow.peakTime, "\(folder)/flow_peak_time", unit: "s", "When the flow was deepest", overviews: .average)
    case .flowDuration:
      for (grid, depth) in zip(flow.durations, pipeline.hazards.surfaceFlow?.durationDepths ?? []) {
        let centimetres = Int((depth.metres * 100).rounded())
        try raster(
          grid, "\(folder)/flow_duration_ge_\(centimetres)cm", unit: "s", "How long the flow was deeper than \(depth)",
          overviews: .maximum)
      }
    case .flowFinalDepth:
      try raster(
        flow.finalDepth, "\(folder)/flow_final_depth", unit: "m", "Depth at the end of the simulation",
        overviews: .maximum)
    default: break
    }
  }
}
