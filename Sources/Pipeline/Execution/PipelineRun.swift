import Exposure
import Flood
public import Foundation
import Geodata
import Grids
import Landslide
public import Report
import Terrain

/// How a pipeline is run.
public struct RunOptions: Sendable {
  /// Folder of the results instead of the one in the file.
  public var output: String?
  /// Whether an older run may be replaced.
  public var replaces = false
  /// Number of threads; results do not depend on it.
  public var threads = ProcessInfo.processInfo.activeProcessorCount
  /// Command line, for the manifest.
  public var arguments: [String] = []
  /// Folder of the cache; nil for the one beside the results.
  public var cache: String?
  /// Whether results of steps are kept between runs.
  public var usesCache = true
  /// Memory in bytes that the run may need; nil for no limit.
  public var memory: Int?
  /// How far inputs are looked at before anything is computed.
  public var verification = Verification.full
  /// How long to wait for another run on the same output.
  public var lockWait: Duration = .zero

  /// Everything at its default.
  public init() {}
}

/// What a run that published its results tells.
public struct RunOutcome: Sendable {
  /// Success; partial where more areas failed than the policy allows, where alerts are to be told by it, or where their
  /// command failed; that of a signal which came when the results were published already.
  public let exitCode: ExitCode
  /// Where the results are.
  public let directory: URL
  /// Key figures.
  public let summary: RunSummary
  /// Wall time of each step.
  public let timings: [TimingRecord]
}

/// Runs a pipeline from its inputs to the published folder.
/// - Parameters:
///   - pipeline: The pipeline file as it was read.
///   - options: Output, threads and the like.
///   - observer: Is told of steps and messages.
///   - stopSignal: Asked before each step; the run ends when it names a signal.
/// - Throws: ``RunFailure``; then nothing has been published.
public func run(
  _ pipeline: PipelineFile, _ options: RunOptions = RunOptions(), observer: @escaping (RunEvent) -> Void = { _ in },
  stopSignal: @escaping () -> StopSignal? = { nil }
) throws(RunFailure) -> RunOutcome {
  let failure: RunFailure
  do {
    let outcome = try PipelineRun(pipeline, options, observer, stopSignal).outcome()
    RunLog.note(outcome.timings)
    RunLog.end(
      outcome.summary.status.rawValue, exitCode: outcome.exitCode.rawValue, runID: outcome.summary.runID)
    return outcome
  } catch let error as RunFailure {
    failure = error
  } catch let error as ReportError {
    failure = RunFailure(outputError: error, pipeline, output: options.output)
  } catch {
    failure = RunFailure(.processing, [Diagnostic(.unforeseen, at: SourcePosition(file: pipeline.file), "\(error)")])
  }
  RunLog.end(
    failure.isStop ? "interrupted" : "failed", exitCode: failure.exitCode.rawValue,
    message: failure.diagnostics.first?.description)
  throw failure
}

/// The version that outputs carry.
public let toolVersion = "0.1.0"

struct PipelineRun {
  let pipeline: PipelineFile
  let options: RunOptions
  let recorder: RunRecorder
  let hashes: ContentHashes
  /// Where the results will be.
  let target: URL
  /// Folder of the cache; nil for none.
  let cacheFolder: URL?

  init(
    _ pipeline: PipelineFile, _ options: RunOptions, _ observer: @escaping (RunEvent) -> Void,
    _ stopSignal: @escaping () -> StopSignal?
  ) {
    self.pipeline = pipeline
    self.options = options
    target = options.target(of: pipeline)
    cacheFolder = options.cacheFolder(of: pipeline)
    hashes = ContentHashes(memory: cacheFolder.map { CacheFolder.hashes(in: $0) })
    recorder = RunRecorder(
      pipeline, stepCount: Self.stepCount(of: pipeline), hashes: hashes, observer: observer, stopSignal: stopSignal)
    for diagnostic in pipeline.diagnostics where diagnostic.severity != .error { observer(.message(diagnostic)) }
  }

  /// The number of steps that a run tells of.
  private static func stepCount(of pipeline: PipelineFile) -> Int {
    func count(_ parts: Bool?...) -> Int { parts.count { $0 == true } }
    let (hazards, exposure) = (pipeline.hazards, pipeline.exposure)
    // Preflight, land cover, terrain, depressions, fill certificate, flow, hypsometry, bluespots; in the end terrain
    // rasters, layers and tables, report, publishing.
    let always =
      12 + count(hazards.flood?.breaches, hazards.quickClay != nil, hazards.peakRunoff != nil)
    // Runoff, flood, event flow, shapes, rasters.
    let perScenario =
      5
      + count(
        hazards.surfaceFlow != nil, hazards.slide != nil, hazards.warning != nil, hazards.massFlow != nil,
        exposure != nil)
    let assets = exposure.map { 1 + $0.assets.count + count($0.population != nil, $0.drainage != nil) } ?? 0
    return always + assets + perScenario * pipeline.scenarios.count
  }

  func outcome() throws -> RunOutcome {
    let directory = try RunDirectory(target: target, replace: options.replaces, waiting: options.lockWait) {
      recorder.tell(.waitsForLock, "\(target.path): \($0); waiting for it to end")
    }
    if !directory.clearedLeftovers.isEmpty {
      recorder.tell(
        .clearedLeftovers,
        "cleared what killed runs left beside \(target.path): \(Suggestion.list(directory.clearedLeftovers, limit: 5))")
    }
    for file in cacheFolder.map({ CacheFolder.abandonedTemporaries(in: $0) }) ?? [] { unlink(file.path) }
    if let link = pipeline.outputs.current { try RunDirectory.requireLink(link, beside: target) }
    RunLog.begin(pipeline, target: target, cache: cacheFolder)
    GDALLibrary.start()
    let geometry = try checkedGrid()
    let cache = StepCache(
      folder: cacheFolder, graph: StepGraph(pipeline, hashes), recorder: recorder, directory: directory)
    hashes.save()
    let loader = InputLoader(
      pipeline: pipeline, geometry: geometry, recorder: recorder, cache: cache, threads: options.threads)
    guard let flood = pipeline.hazards.flood else { preconditionFailure("checked to be there") }
    var losses = try RunoffStep(loader)
    let model = try TerrainModel(loader, flood: flood)
    try losses.adjust(to: model)
    try MemoryEstimate.requireOutlines(model.bluespots, in: model.hypsometry, limit: options.memory, pipeline)
    let slide = try pipeline.hazards.slide.map { try SlideStep($0, loader, model) }
    let warning = try pipeline.hazards.warning.map { try WarningStep($0, loader) }
    let flows = try pipeline.hazards.massFlow.map { try RunoutStep($0, loader) }
    let clay = try pipeline.hazards.quickClay.map { section in
      try cache.value("quick clay") { try QuickClayStep(section, loader, model) }
    }
    let peaks = try pipeline.hazards.peakRunoff.map { section in
      try recorder.step("catchments of outlets") { try PeakRunoffStep(section, loader, model, losses) }
    }
    let exposure = try pipeline.exposure.map { try ExposureModel($0, loader) }
    let bluespots = try recorder.step("bluespots") {
      try BluespotLayers(model, cache, threads: options.threads, smooth: pipeline.outputs.smooth)
    }
    var moments = FillMoments(model, exposure, minDepth: flood.minDepth.metres)
    let paths = FlowPaths(model, leastArea: flood.flowPathArea.squareMetres, threads: options.threads)

    let configuration = JSONValue(PipelineFile.specification.write(pipeline))
    var writer = ResultWriter(pipeline, directory: directory, threads: options.threads)
    var collected = CollectedRows(pipeline, exposure)
    collected.quickClay = clay?.features ?? []
    for scenario in try pipeline.scenarios.map({ try loader.withClimate($0) }) {
      let rows = try cache.value("scenario \(scenario.id)") { () throws -> ScenarioRows in
        var part = CollectedRows(pipeline, exposure)
        var isKnown: [Bool] = []
        let flow = try recorder.step("runoff \(scenario.id)") { try losses.runoff(of: scenario, model) }
        let (rain, runoff, infiltrated, ledger) = (flow.rain, flow.runoff, flow.infiltrated, flow.ledger)
        try writer.hyetograph(flow.course, of: scenario)
        let (basins, water, standing) = try recorder.step("flood \(scenario.id)") {
          let basins = BasinRunoff(runoff, in: model.hierarchy.basins)
          let water = StandingWater(inflow: basins.quanta, in: model.hypsometry, losses: model.losses)
          try WaterLedger(scenario, ledger, basins, water, model).record(recorder, pipeline)
          let depth = water.depth(over: model.ground, threads: options.threads).masked(by: runoff)
          return (basins, water, depth)
        }
        let passing = try recorder.step("event flow \(scenario.id)") {
          EventFlow(water, runoff: runoff, routed: model.directions, threads: options.threads)
        }
        let slopes = try slide.map { slide in
          try recorder.step("slide \(scenario.id)") {
            let recharge = slide.recharge(infiltrated: infiltrated, model)
            return (
              stability: try slide.stability(recharge: recharge, model, pipeline),
              index: try slide.stabilityIndex(recharge: recharge, model, pipeline),
              probability: try slide.failureProbability(recharge: recharge, model, pipeline),
              transient: try slide.transientStability(of: scenario, model)
            )
          }
        }
        let levels = try warning.map { warning in
          try recorder.step("warning \(scenario.id)") { try warning.levels(of: scenario) }
        }
        let runout = try flows.map { flows in
          try recorder.step("runout \(scenario.id)") {
            try flows.runout(
              slideClasses: slopes?.stability.classes, releaseAreas: slide?.releaseAreas, exposure, model,
              scenario: scenario, recorder)
          }
        }
        let surface = try pipeline.hazards.surfaceFlow.map { section in
          try loader.surfaceFlow(section, of: scenario, losses, model).masked(by: runoff)
        }
        try surface?.write(scenario.id, to: directory)
        let depth = surface?.depth ?? standing
        let moving =
          try flood.velocity.map { id in
            MovingWater(depth: depth, speed: try loader.velocity(id, for: scenario), threads: options.threads)
          } ?? surface.map { MovingWater($0, threads: options.threads) }
        let classes = try exposure?.hazardClasses?.classes(
          depth: depth, moving: moving, safety: slopes?.stability.safety, runout: runout, clay: clay,
          threads: options.threads)
        let grids = ScenarioGrids(
          scenario: scenario, rain: rain, runoff: runoff, water: water, flow: passing,
          unknownCells: basins.unknownCells, depth: depth, standing: standing, surfaceFlow: surface, moving: moving,
          safety: slopes?.stability.safety,
          slideClasses: slopes?.stability.classes, stabilityIndex: slopes?.index,
          failureProbability: slopes?.probability, transient: slopes?.transient, warning: levels, runout: runout,
          hazardClasses: classes)
        try recorder.step("shapes \(scenario.id)") {
          let least = pipeline.policy.minCoveredFraction
          let features = try bluespots.features(grids, leastCovered: least)
          isKnown = features.isKnown
          try part.add(features, bluespots, grids)
          part.flowPaths += try paths.features(grids, leastCovered: least)
          if let peaks { part.peakRunoff += try peaks.features(of: scenario) }
          if let runout {
            part.runout += try runout.features(scenario: scenario.id)
            part.threats += try runout.threatRows(scenario: scenario.id)
          }
          if let levels { part.warningLevels += try WarningStep.rows(levels, scenario: scenario.id) }
          if let section = pipeline.hazards.slide, let safety = grids.safety, let classes = grids.slideClasses {
            part.landslide += try landslideFeatures(
              safety: safety, classes: classes, stableClass: Int(StabilityClass.stable.rawValue),
              leastArea: section.minArea.squareMetres, scenario: scenario.id, smooth: pipeline.outputs.smooth)
          }
        }
        if let exposure {
          try recorder.step("exposure \(scenario.id)") {
            try part.add(grids, exposure, pipeline, recorder, clay: clay, threads: options.threads)
          }
        }
        try recorder.step("rasters \(scenario.id)") { try writer.rasters(of: grids, model) }
        var rows = part.contribution
        rows.inflow = basins.quanta
        rows.isKnown = isKnown
        return rows
      }
      collected.append(rows)
      moments.add(scenario, rows.inflow, isKnown: rows.isKnown)
    }
    try collected.add(moments, bluespots, recorder)
    // Only now has every input been read, rain of the last scenario included.
    let runID = Manifest.runIdentity(
      toolVersion: toolVersion, configuration: configuration, inputs: recorder.inputs)
    writer.metadata = [
      "generator": .string("overvann \(toolVersion)"), "pipeline": .string(pipeline.name), "run_id": .string(runID),
      "crs_source": .string(geometry.crs.description), "manifest": "../manifest.json",
    ]
    return try publish(
      collected, exposure, model, slide, clay, geometry, cache, directory, &writer, runID: runID,
      configuration: configuration)
  }

  /// Checks everything before anything is computed.
  private func checkedGrid() throws -> GridGeometry {
    let scans = ScanMemory(cacheFolder, keeps: true)
    let preflight = Preflight(
      pipeline, options, target: target, hashes: hashes, scans: scans, observer: { _ in },
      stopSignal: recorder.stopSignal)
    try recorder.step("preflight") { preflight.run() }
    let report = preflight.report
    guard report.exitCode == .success, let geometry = report.geometry else {
      throw RunFailure(report.exitCode, report.findings.filter { $0.severity == .error })
    }
    for finding in report.findings where Preflight.toldNowhereElse.contains(finding.code) {
      recorder.note(finding.code, at: finding.keyPath ?? "", finding.message, hint: finding.hint)
    }
    return geometry
  }

  private func writeTerrainRasters(
    _ model: TerrainModel, _ slide: SlideStep?, _ clay: QuickClayStep?, _ writer: inout ResultWriter
  ) throws {
    try writer.rasters(of: model)
    if pipeline.outputs.rasters.contains(.criticalRecharge),
      let found = try slide?.criticalRecharge(model, pipeline)
    {
      try writer.raster(
        found.recharge, "critical_recharge", unit: "mm/d",
        "Recharge at which the slope fails; 0 fails dry, 1000000 stands when full", overviews: .average)
      try writer.raster(
        found.classes.noData255(threads: options.threads), "recharge_classes", SlopeStabilityAnalysis.classLegend)
    }
    for (name, safety) in try slide?.limits(model, pipeline) ?? [] {
      try writer.raster(
        safety, "stability_\(name)", unit: "1", "Factor of safety, \(name)", overviews: .average)
    }
    if pipeline.outputs.rasters.contains(.releaseAreas), let areas = slide?.releaseAreas {
      try writer.raster(
        areas.map(threads: options.threads) { $0 < 0 ? 255 : $0 > 0 ? 1 : 0 }, "release_areas",
        "1 where slides may start by slope, plan curvature and upslope area")
    }
    if pipeline.outputs.rasters.contains(.quickClay), let clay {
      try writer.raster(
        clay.zones.map(threads: options.threads) { $0 == 0 ? 255 : $0 }, "quick_clay",
        "Flags: 1 known, 2 near a slope, 4 on the line of reach, 8 release, 16 runout")
    }
  }

  private func publish(
    _ collected: CollectedRows, _ exposure: ExposureModel?, _ model: TerrainModel, _ slide: SlideStep?,
    _ clay: QuickClayStep?, _ geometry: GridGeometry, _ cache: StepCache, _ directory: RunDirectory,
    _ writer: inout ResultWriter, runID: String, configuration: JSONValue
  ) throws -> RunOutcome {
    _ = try cache.value("terrain rasters") { () throws -> Bool in
      try recorder.step("terrain rasters") { try writeTerrainRasters(model, slide, clay, &writer) }
      return true
    }
    let results = try recorder.step("layers and tables") {
      let results = try collected.results(
        exposure, model, crs: geometry.crs, balance: recorder.balance, recorder: recorder)
      try writer.layersAndTables(results)
      return results
    }
    let failed = collected.failedAreas.count
    let isPartial = failed > pipeline.policy.maxFailedAreas
    if failed > 0 {
      recorder.note(
        .areasWithoutData, at: "exposure.areas",
        "\(failed) areas have no values in some scenario: "
          + "\(Suggestion.list(collected.failedAreas, limit: 5)); their flags say why", count: failed)
    }
    let alerts = pipeline.alerts.map { collected.alerts($0) } ?? []
    if !alerts.isEmpty {
      let areas = Set(alerts.map(\.area)).sorted()
      recorder.note(
        .alert, at: "alerts.areas",
        "\(areas.count) areas pass a threshold: \(Suggestion.list(areas, limit: 5))", count: alerts.count)
    }
    if pipeline.alerts != nil {
      try writeJSON(["alerts": .array(alerts.map(\.json))], to: directory.url(for: "alerts.json"))
    }
    let changes = try compareWithBefore(directory)
    let status: Manifest.Status = isPartial ? .partial : alerts.isEmpty ? .ok : .alert
    let isTold = !alerts.isEmpty && pipeline.alerts?.exitCode == 4
    let exitCode: ExitCode = isPartial || isTold ? .partial : .success
    var counts = recorder.counters
    counts["areas"] = exposure.map { JSONValue($0.areas.count) } ?? .null
    counts["areas_without_values"] = JSONValue(failed)
    counts["buildings"] = exposure?.buildings.map { JSONValue($0.features.count) } ?? .null
    var summary = RunSummary(
      runID: runID, status: status, exitCode: Int(exitCode.rawValue), counts: counts, scenarios: collected.figures,
      warnings: recorder.warnings, waterBalance: recorder.balance)
    summary.alerts = alerts.map(\.json)
    summary.changes = changes
    try writeJSON(.object(summary.json), to: directory.url(for: "summary.json"))
    try recorder.step("report") { try writer.report(results, summary, model, recorder) }
    var manifest = Manifest(
      runID: runID, status: status, exitCode: Int(exitCode.rawValue), toolVersion: toolVersion,
      operatingSystem: ProcessInfo.processInfo.operatingSystemVersionString, configuration: configuration)
    manifest.libraries = [
      LibraryRecord(name: "GDAL", version: GDALLibrary.version),
      LibraryRecord(name: "PROJ", version: GDALLibrary.projVersion),
      LibraryRecord(name: "GEOS", version: GDALLibrary.geosVersion ?? "none"),
    ]
    manifest.arguments = options.arguments
    manifest.inputs = recorder.inputs
    manifest.rules = recorder.rules
    manifest.citations = recorder.citations
    manifest.warnings = recorder.warnings
    manifest.waterBalance = recorder.balance
    manifest.certificates = recorder.certificates
    manifest.counters = counts
    try recorder.step("publish") {
      manifest.outputs = try directory.files(known: writer.written)
      try writer.describe(results, &manifest, geometry)
    }
    manifest.timings = recorder.timings
    manifest.peakMemory = peakMemory()
    manifest.estimatedMemory =
      MemoryEstimate(pipeline, cells: geometry.count, threads: options.threads).bytes
    let afterthoughts = try directory.publish(manifest) {
      try recorder.requireRunning(before: "publishing")
      try requireUnchangedInputs()
      try writer.publishToDatabase(results, runID: runID)
    }
    for error in afterthoughts { recorder.note(error, at: "outputs.dir") }
    if let link = pipeline.outputs.current {
      do throws(ReportError) {
        try directory.link(link)
      } catch {
        recorder.note(error, at: "outputs.current")
      }
    }
    var told = exitCode
    if !alerts.isEmpty, let failure = pipeline.alerts?.runCommand(directory.target, recorder.stopSignal) {
      recorder.tell(.failedAlertCommand, failure, hint: "check alerts.command")
      // Nobody was told: the exit code must.
      told = recorder.stopSignal()?.exitCode ?? .partial
    }
    return RunOutcome(exitCode: told, directory: directory.target, summary: summary, timings: recorder.timings)
  }
}

extension Grid<Float> {
  /// The same with no data wherever the other grid has none.
  func masked(by other: Grid<Float>) -> Grid<Float> {
    var result = self
    other.withUnsafeCells { mask in
      result.withUnsafeMutableCells { cells in
        for index in 0..<count where mask[index].isNaN { cells[index] = .nan }
      }
    }
    return result
  }
}
