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

  /// Everything at its default.
  public init() {}
}

/// What a run that published its results tells.
public struct RunOutcome: Sendable {
  /// Success, or partial where more areas failed than the policy allows.
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
///   - isStopped: Asked before each step; the run ends when it says so.
/// - Throws: ``RunFailure``; then nothing has been published.
public func run(
  _ pipeline: PipelineFile, _ options: RunOptions = RunOptions(), observer: @escaping (RunEvent) -> Void = { _ in },
  isStopped: @escaping () -> Bool = { false }
) throws(RunFailure) -> RunOutcome {
  do {
    return try PipelineRun(pipeline, options, observer, isStopped).outcome()
  } catch let failure as RunFailure {
    throw failure
  } catch let error as ReportError {
    throw RunFailure(outputError: error, pipeline, output: options.output)
  } catch {
    throw RunFailure(.processing, [Diagnostic("E-RUN-000", at: SourcePosition(file: pipeline.file), "\(error)")])
  }
}

/// The version that outputs carry.
public let toolVersion = "0.1.0"

private struct PipelineRun {
  let pipeline: PipelineFile
  let options: RunOptions
  let recorder: RunRecorder

  init(
    _ pipeline: PipelineFile, _ options: RunOptions, _ observer: @escaping (RunEvent) -> Void,
    _ isStopped: @escaping () -> Bool
  ) {
    self.pipeline = pipeline
    self.options = options
    let hazards = pipeline.hazards
    let perScenario =
      5 + (hazards.slide == nil ? 0 : 1) + (hazards.warning == nil ? 0 : 1) + (hazards.massFlow == nil ? 0 : 1)
      + (pipeline.exposure == nil ? 0 : 1)
    let assets =
      pipeline.exposure.map { 1 + $0.assets.count + ($0.population == nil ? 0 : 1) + ($0.drainage == nil ? 0 : 1) } ?? 0
    recorder = RunRecorder(
      pipeline,
      stepCount: 7 + (hazards.quickClay == nil ? 0 : 1) + (hazards.peakRunoff == nil ? 0 : 1) + assets + perScenario
        * pipeline.scenarios.count + 4,
      observer: observer,
      isStopped: isStopped)
    for diagnostic in pipeline.diagnostics where diagnostic.severity != .error { observer(.message(diagnostic)) }
  }

  func outcome() throws -> RunOutcome {
    let date = Date.now.ISO8601Format(.iso8601.year().month().day())
    let target = URL(fileURLWithPath: options.output ?? pipeline.outputDirectory(date: date))
    let directory = try RunDirectory(target: target, replace: options.replaces)
    GDALLibrary.start()
    let geometry = try pipeline.analysisGrid()
    let loader = InputLoader(pipeline: pipeline, geometry: geometry, recorder: recorder, threads: options.threads)
    guard let flood = pipeline.hazards.flood else { preconditionFailure("checked to be there") }
    var losses = try RunoffStep(loader)
    let model = try TerrainModel(loader, flood: flood)
    try losses.adjust(to: model)
    let slide = try pipeline.hazards.slide.map { try SlideStep($0, loader, model) }
    let warning = try pipeline.hazards.warning.map { try WarningStep($0, loader) }
    let flows = try pipeline.hazards.massFlow.map { try RunoutStep($0, loader) }
    let clay = try pipeline.hazards.quickClay.map { try QuickClayStep($0, loader, model) }
    let peaks = try pipeline.hazards.peakRunoff.map { section in
      try recorder.step("catchments of outlets") { try PeakRunoffStep(section, loader, model, losses) }
    }
    let exposure = try pipeline.exposure.map { try ExposureModel($0, loader) }
    let bluespots = try recorder.step("bluespots") {
      BluespotLayers(model, threads: options.threads, smooth: pipeline.outputs.smooth)
    }
    var moments = FillMoments(model, exposure, minDepth: flood.minDepth.metres)
    let paths = FlowPaths(model, leastArea: flood.flowPathArea.squareMetres, threads: options.threads)

    let configuration = JSONValue(PipelineFile.specification.write(pipeline))
    var writer = ResultWriter(pipeline, directory: directory, threads: options.threads)
    var collected = CollectedRows(pipeline, exposure)
    collected.quickClay = clay?.features ?? []
    for scenario in try pipeline.scenarios.map({ try loader.withClimate($0) }) {
      let flow = try recorder.step("runoff \(scenario.id)") { try losses.runoff(of: scenario, model) }
      let (rain, runoff, infiltrated, ledger) = (flow.rain, flow.runoff, flow.infiltrated, flow.ledger)
      try writer.hyetograph(flow.course, of: scenario)
      let (basins, water, depth) = try recorder.step("flood \(scenario.id)") {
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
      let moving = try flood.velocity.map { id in
        MovingWater(depth: depth, speed: try loader.velocity(id, for: scenario), threads: options.threads)
      }
      let classes = try exposure?.hazardClasses?.classes(
        depth: depth, moving: moving, safety: slopes?.stability.safety, runout: runout, clay: clay,
        threads: options.threads)
      let grids = ScenarioGrids(
        scenario: scenario, rain: rain, runoff: runoff, water: water, flow: passing,
        unknownCells: basins.unknownCells, depth: depth, moving: moving, safety: slopes?.stability.safety,
        slideClasses: slopes?.stability.classes, stabilityIndex: slopes?.index,
        failureProbability: slopes?.probability, transient: slopes?.transient, warning: levels, runout: runout,
        hazardClasses: classes)
      try recorder.step("shapes \(scenario.id)") {
        let least = pipeline.policy.minCoveredFraction
        let features = try bluespots.features(grids, leastCovered: least)
        moments.add(scenario, basins.quanta, isKnown: features.isKnown)
        try collected.add(features, bluespots, grids)
        collected.flowPaths += try paths.features(grids, leastCovered: least)
        if let peaks { collected.peakRunoff += try peaks.features(of: scenario) }
        if let runout {
          collected.runout += try runout.features(scenario: scenario.id)
          collected.threats += try runout.threatRows(scenario: scenario.id)
        }
        if let levels { collected.warningLevels += try WarningStep.rows(levels, scenario: scenario.id) }
        if let section = pipeline.hazards.slide, let safety = grids.safety, let classes = grids.slideClasses {
          collected.landslide += try landslideFeatures(
            safety: safety, classes: classes, stableClass: Int(StabilityClass.stable.rawValue),
            leastArea: section.minArea.squareMetres, scenario: scenario.id, smooth: pipeline.outputs.smooth)
        }
      }
      if let exposure {
        try recorder.step("exposure \(scenario.id)") {
          try collected.add(grids, exposure, pipeline, recorder, clay: clay, threads: options.threads)
        }
      }
      try recorder.step("rasters \(scenario.id)") { try write(grids, model, &writer) }
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
      collected, exposure, model, slide, clay, geometry, directory, &writer, runID: runID,
      configuration: configuration)
  }

  private func write(_ grids: ScenarioGrids, _ model: TerrainModel, _ writer: inout ResultWriter) throws {
    let folder = grids.scenario.id
    for product in pipeline.outputs.rasters {
      switch product {
      case .rain:
        try writer.raster(
          grids.rain, "\(folder)/rain", unit: "mm", "Rain with the climate factor", overviews: .average)
      case .runoff:
        try writer.raster(grids.runoff, "\(folder)/runoff", unit: "mm", "Rain that runs off", overviews: .average)
      case .depth:
        try writer.raster(grids.depth, "\(folder)/depth", unit: "m", "Depth of standing water", overviews: .maximum)
      case .eventFlow:
        let volumes = grids.flow.passing.map(threads: options.threads) { Float(WaterVolume.cubicMetres($0)) }
        try writer.raster(
          volumes.masked(by: model.ground), "\(folder)/event_flow", unit: "m3",
          "Water that passes the cell in the event", overviews: .maximum)
      case .stability:
        if let safety = grids.safety {
          try writer.raster(safety, "\(folder)/stability", unit: "1", "Factor of safety", overviews: .average)
        }
      case .stabilityIndex:
        if let found = grids.stabilityIndex {
          try writer.raster(
            found.index, "\(folder)/stability_index", unit: "1",
            "Stability index: factor of safety from 1 up, below it the probability of standing", overviews: .average)
          try writer.raster(
            found.saturation, "\(folder)/stability_index_saturation", unit: "1",
            "Wetness at the upper end of the recharge; 2 where only that fills the soil, 3 where it is full throughout",
            overviews: .nearest)
        }
      case .probability:
        guard let found = grids.failureProbability else { continue }
        for (name, grid, description) in [
          ("probability", found.probability, "Probability of failure, \(found.draws) draws a cell"),
          ("probability_lower", found.lower, "Lower bound of its 95 % Wilson interval"),
          ("probability_upper", found.upper, "Upper bound of its 95 % Wilson interval"),
          ("saturation_probability", found.saturation, "Probability that the soil is full of water"),
        ] {
          try writer.raster(grid, "\(folder)/\(name)", unit: "1", description, overviews: .average)
        }
      case .transient:
        guard let found = grids.transient else { continue }
        for (name, grid, unit, description) in [
          ("transient_safety", found.factorOfSafety, "1", "Least factor of safety over depth and times"),
          ("transient_depth", found.depth, "m", "Depth of the least factor of safety"),
          (
            "failure_time", found.failureHours(threads: options.threads), "h",
            "Time at which the factor of safety falls below 1; 1000000 where it does not"
          ),
        ] {
          try writer.raster(grid, "\(folder)/\(name)", unit: unit, description, overviews: .nearest)
        }
      case .warningLevels:
        guard let found = grids.warning else { continue }
        for (number, level) in found.steps.enumerated() {
          let digits = String(number + 1)
          let name = "warning_level_" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
          try writer.raster(
            level.noData255(threads: options.threads), "\(folder)/\(name)",
            "Level of warning after \(JSONTree.text(of: found.ends[number])) h")
        }
        try writer.raster(
          found.largest.noData255(threads: options.threads), "\(folder)/warning_level", "Largest level of all steps")
      case .depthVelocity:
        if let moving = grids.moving {
          try writer.raster(
            moving.depthVelocity, "\(folder)/depth_velocity", unit: "m2/s", "Depth of standing water × largest speed",
            overviews: .maximum)
        }
      case .floodHazardRating:
        if let moving = grids.moving {
          try writer.raster(
            moving.rating, "\(folder)/flood_hazard_rating", unit: "1",
            "Hazard rating d (v + 0.5) + debris factor: 0.75 caution, 1.25 danger for most, 2 danger for all",
            overviews: .maximum)
        }
      case .floodHazardClass:
        if let moving = grids.moving {
          try writer.raster(
            moving.hazardClass, "\(folder)/flood_hazard_class", "Hazard class H1 to H6 of AIDR guideline 7-3; 0 dry")
        }
      case .hazardClass:
        if let classes = grids.hazardClasses {
          try writer.raster(classes, "\(folder)/hazard_class", "Worst hazard class by the table of rules; 0 is none")
        }
      case .runoutEnergyHeight:
        if let flows = grids.runout?.flows {
          try writer.raster(
            flows.energyHeight, "\(folder)/runout_energy_height", unit: "m",
            "Largest height of the energy line above the ground", overviews: .maximum)
        }
      case .runoutVelocity:
        if let flows = grids.runout?.flows {
          try writer.raster(
            flows.velocity(threads: options.threads), "\(folder)/runout_velocity", unit: "m/s",
            "Largest speed of mass flows", overviews: .maximum)
        }
      case .runoutEnergy:
        if let flows = grids.runout?.flows {
          try writer.raster(
            flows.energy(threads: options.threads), "\(folder)/runout_energy", unit: "J/kg",
            "Largest kinetic energy of each kilogram", overviews: .maximum)
        }
      case .runoutLength:
        if let flows = grids.runout?.flows {
          try writer.raster(
            flows.shortestLength, "\(folder)/runout_length", unit: "m", "Shortest way from a release cell",
            overviews: .nearest)
        }
      case .runoutAngle:
        if let flows = grids.runout?.flows {
          try writer.raster(
            flows.wayAngle, "\(folder)/runout_angle", unit: "degree", "Largest travel angle along the shortest way",
            overviews: .maximum)
        }
      case .runoutDeposition:
        if let flows = grids.runout?.flows {
          try writer.raster(
            flows.deposition, "\(folder)/runout_deposition", unit: "1",
            "Flux that comes to rest, in release cells", overviews: .average)
        }
      case .runoutThreat:
        if let ranks = grids.runout?.flows.rankDownstream {
          try writer.raster(
            ranks.map(threads: options.threads) { $0 < 0 ? 255 : UInt8($0) }, "\(folder)/runout_threat",
            "What flows over the cell come to: 0 nothing, 1 a road, 2 a building; 255 no flow")
        }
      default: break
      }
    }
  }

  private func publish(
    _ collected: CollectedRows, _ exposure: ExposureModel?, _ model: TerrainModel, _ slide: SlideStep?,
    _ clay: QuickClayStep?, _ geometry: GridGeometry, _ directory: RunDirectory, _ writer: inout ResultWriter,
    runID: String,
    configuration: JSONValue
  ) throws -> RunOutcome {
    try recorder.step("terrain rasters") {
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
          clay.screening.zones.map(threads: options.threads) { $0 == 0 ? 255 : $0 }, "quick_clay",
          "Flags: 1 known, 2 near a slope, 4 on the line of reach, 8 release, 16 runout")
      }
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
        "\(failed) areas have no values in some scenario: \(collected.failedAreas.prefix(5).joined(separator: ", "))"
          + (failed > 5 ? " and \(failed - 5) more" : "") + "; their flags say why", count: failed)
    }
    let status: Manifest.Status = isPartial ? .partial : .ok
    let exitCode: ExitCode = isPartial ? .partial : .success
    var counts = recorder.counters
    counts["areas"] = exposure.map { JSONValue($0.areas.count) } ?? .null
    counts["areas_without_values"] = JSONValue(failed)
    counts["buildings"] = exposure?.buildings.map { JSONValue($0.features.count) } ?? .null
    let summary = RunSummary(
      runID: runID, status: status, exitCode: Int(exitCode.rawValue), counts: counts, scenarios: collected.figures,
      warnings: recorder.warnings, waterBalance: recorder.balance)
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
      try writer.publishToDatabase(results, runID: runID)
    }
    manifest.timings = recorder.timings
    for afterthought in try directory.publish(manifest) {
      recorder.note("W-OUT-001", at: "outputs.dir", "\(afterthought)")
    }
    return RunOutcome(
      exitCode: exitCode, directory: directory.target, summary: summary, timings: recorder.timings)
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

extension Grid<UInt8> {
  /// The same with 255 instead of 0 for no data.
  fileprivate func noData255(threads: Int) -> Grid<UInt8> { map(threads: threads) { $0 == 0 ? 255 : $0 } }
}
