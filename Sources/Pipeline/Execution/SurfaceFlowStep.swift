import Flood
import Foundation
import Geodata
import Grids
import Report
import Terrain

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

/// Where a simulation was stopped.
private struct StoppedFlow {
  /// What was kept until then.
  var frames: [SurfaceFlowFrame]
  /// The state of the simulation.
  var restart: [UInt8]
}

extension StoppedFlow: Archivable {
  init(from archive: inout ArchiveReader) throws(ArchiveError) {
    frames = try archive.read()
    restart = try archive.read()
  }

  func write(to archive: inout ArchiveWriter) { archive.write(frames, restart) }
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
    let unfinished = loader.cache.unfinished("surface flow \(scenario.id)")
    var (simulation, frames) = try begin(flow, unfinished, scenario)
    try simulate(simulation, &frames, scenario, unfinished)
    try record(simulation, scenario)
    unfinished?.remove()
    simulation.discardFlow()
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
      frames: frames.map { SurfaceFlowFrame(time: $0.time, depth: filled($0.depth)) },
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
    flow.settings.stepRatio = section.stepRatio
    flow.settings.longestStep = section.longestStep.seconds
    flow.settings.subgrid = section.subgrid
    flow.settings.sheetDepths = Float(section.sheetDepths.thin)...Float(section.sheetDepths.full)
    flow.initialDepth = try section.initialDepth.map { try loader.depth($0) }
    flow.recording.interval = section.recordInterval.seconds
    flow.recording.arrivalDepth = Float(section.arrivalDepth.metres)
    flow.recording.durationDepths = section.durationDepths.map { Float($0.metres) }
    flow.recording.seriesInterval = section.rowInterval.seconds
    let rain = try losses.flowRain(of: scenario, model, lossStep: section.lossStep.seconds / 3600)
    flow.rain = rain.intervals
    flow.roofs = ground?.roofs
    flow.groundLoss = rain.ground
    flow.drainage = rain.drainage.map { .grid($0.map(threads: threads) { $0.isNaN ? 0 : $0 }) }
    try addPlaces(&flow, around: terrain)
    return flow
  }

  private func roughness() throws -> (full: CellValues, sheet: CellValues?) {
    guard let reading = section.roughnessTable, let cover = section.landCover else {
      return (.uniform(Float(section.manning ?? 0)), section.sheetManning.map { .uniform(Float($0)) })
    }
    let (classes, table) = (try loader.classes(cover), try loader.read(reading))
    let n = try pipeline.reading("tables.\(reading.id)") {
      try FlowRoughness(table, cover: classes, otherwise: section.manning, threads: loader.threads)
    }
    return (n.full, n.sheet)
  }

  private func addPlaces(_ flow: inout SurfaceFlowCase, around terrain: Grid<Float>) throws {
    let geometry = loader.geometry
    var free = FlowEdge.outline(of: flow.terrain, around: terrain)
    if let levels = section.levels {
      flow.boundaries = try places(levels.input).levels(try series(levels.table), &free, on: geometry)
    }
    flow.boundaries += section.edge.boundaries(
      free, around: terrain, on: section.edgeSides, slope: section.edgeSlope,
      opensHoles: pipeline.hazards.flood?.nodata == .outlet)
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
        isRunning ? .processing : .configuration, isRunning ? .failedSimulation : .incompleteCase, at: Self.keyPath,
        error.description,
        hint: "the analysis grid's column and row count from 0 in its north-western corner")
    }
  }

  /// A simulation at its start, or where a run before was stopped; its steps, and so its results, are the same.
  private func begin(
    _ flow: SurfaceFlowCase, _ unfinished: UnfinishedStep?, _ scenario: Scenario
  ) throws(RunFailure) -> (simulation: SurfaceFlowSimulation, frames: [SurfaceFlowFrame]) {
    let recorder = loader.recorder
    do {
      if let stopped = try unfinished?.state(StoppedFlow.self) {
        let simulation = try SurfaceFlowSimulation(flow, resuming: stopped.restart, threads: loader.threads)
        recorder.tell(
          .simulationProgress,
          "surface flow \(scenario.id) goes on after \(Int(simulation.time)) s, where it was stopped")
        return (simulation, stopped.frames)
      }
    } catch {
      recorder.tell(.damagedCache, "\(error); surface flow \(scenario.id) begins anew")
    }
    let simulation = try locating { () throws(SurfaceFlowError) in
      try SurfaceFlowSimulation(flow, threads: loader.threads)
    }
    return (simulation, [])
  }

  private func simulate(
    _ simulation: SurfaceFlowSimulation, _ frames: inout [SurfaceFlowFrame], _ scenario: Scenario,
    _ unfinished: UnfinishedStep?
  ) throws {
    let recorder = loader.recorder
    let clock = ContinuousClock()
    let start = clock.now
    var (asked, told) = (start, start)
    let interval = section.frameInterval?.seconds ?? .infinity
    func next(after time: Double) -> Double { ((time / interval).rounded(.down) + 1) * interval }
    var nextFrame = frames.last.map { next(after: $0.time) } ?? (interval.isFinite ? 0 : .infinity)
    func addFrame() {
      guard simulation.time >= nextFrame else { return }
      frames.append(SurfaceFlowFrame(time: simulation.time, depth: simulation.depth))
      nextFrame = next(after: simulation.time)
    }
    addFrame()
    while simulation.time < section.duration.seconds {
      try locating { () throws(SurfaceFlowError) in try simulation.step() }
      addFrame()
      let now = clock.now
      if now - asked < .milliseconds(250) { continue }
      asked = now
      if let signal = recorder.stopSignal() {
        let stopped = RunFailure.stopped(
          by: signal, at: pipeline.file,
          "stopped in surface flow \(scenario.id) after \(Int(simulation.time)) s of \(section.duration)")
        throw RunFailure(
          stopped.exitCode,
          stopped.diagnostics + keep(StoppedFlow(frames: frames, restart: simulation.restart), unfinished))
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

  /// Keeps the state of a simulation that is stopped, and says so.
  private func keep(_ state: StoppedFlow, _ unfinished: UnfinishedStep?) -> [Diagnostic] {
    guard let unfinished else { return [] }
    let position = SourcePosition(file: unfinished.file.path)
    do {
      try unfinished.keep(state)
      return [Diagnostic(.restartWritten, at: position, "the next run with this cache goes on from here")]
    } catch {
      return [Diagnostic(.unwritableCache, at: position, "the state cannot be kept: \(error.message)")]
    }
  }

  /// Books the water, proves that none is lost, and tells the sources.
  private func record(_ simulation: SurfaceFlowSimulation, _ scenario: Scenario) throws {
    let recorder = loader.recorder
    guard let last = simulation.ledger.last else { preconditionFailure("a simulation that has ended has a ledger") }
    var items = [
      ("flow_rain", last.rain), ("flow_infiltrated", last.infiltration), ("flow_drained", last.drainage),
      ("flow_stored_at_end", last.stored),
    ]
    if section.initialDepth != nil { items.append(("flow_stored_at_start", last.initial)) }
    items += zip(simulation.inflows, last.inflows).map { ("flow_in_\($0.name)", $1) }
    items += zip(simulation.boundaries, last.boundaries).map { ("flow_left_at_\($0.name)", -$1) }
    for (item, volume) in items {
      recorder.record(WaterBalanceRecord(scenario: scenario.id, item: item, volume: volume))
    }
    recorder.record(
      CertificateRecord(
        name: "surface flow mass balance", scenario: scenario.id, isProved: last.error == 0,
        detail: "stored at the start + rain + inflow − infiltrated − drained − left − stored = \(last.error) m3, in "
          + "quanta of 2^-40 m in every cell; \(simulation.stepCount) steps of \(simulation.settings.method.rawValue)"))
    guard last.error == 0 else {
      throw pipeline.failure(
        .processing, .failedProof, at: Self.keyPath, "the water balance of \(scenario.id) does not close",
        hint: "this is a defect of the program; report it with the inputs")
    }
    switch simulation.settings.method {
    case .localInertial:
      recorder.cite("Bates, Horritt & Fewtrell (2010), J. Hydrol. 387, 33–45: local inertial equations")
      recorder.cite("de Almeida, Bates, Freer & Souvignet (2012), Water Resour. Res. 48, W05528: their θ-scheme")
    case .shallowWater, .shallowWaterFirstOrder:
      recorder.cite("Audusse et al. (2004), SIAM J. Sci. Comput. 25, 2050–2065: hydrostatic reconstruction")
      recorder.cite("Toro (2001), Shock-capturing methods for free-surface shallow flows: HLLC")
    }
    if !simulation.culverts.isEmpty { recorder.cite("Schall et al. (2012), FHWA HDS-5: hydraulic design of culverts") }
  }
}
