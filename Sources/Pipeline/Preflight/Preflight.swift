import Foundation
import Geodata
import Grids
import Rainfall
import Report

/// How far inputs are looked at before anything is computed.
public enum Verification: String, Sendable, CaseIterable {
  /// Every block of every raster, every feature, every code.
  case full
  /// What files say of themselves; cells and features are left to the run.
  case headers
}

/// What a run takes from the machine.
public struct RunNeeds: Sendable, Hashable {
  /// Cells of the analysis grid.
  public let cells: Int
  /// Bytes of memory, the most that is held at one time.
  public let memory: Int
  /// Bytes on the disk of the results, the cache included.
  public let disk: Int
}

/// What was found before anything is computed.
public struct PreflightReport: Sendable {
  /// Everything that is worth knowing, each finding once, in the order of the checks.
  public internal(set) var findings: [Diagnostic] = []
  /// What a run would end with because of it; success where it can begin.
  public internal(set) var exitCode = ExitCode.success
  /// What the run needs; nil where the grid is not known.
  public internal(set) var needs: RunNeeds?
  var geometry: GridGeometry?
}

/// Checks everything that can be checked before computing: inputs, tables, and what the machine has to offer.
///
/// Every fault is told, not only the first. Nothing is written but the memory of what was read, and that only where a
/// cache is used.
public func preflight(
  _ pipeline: PipelineFile, _ options: RunOptions = RunOptions(), observer: @escaping (RunEvent) -> Void = { _ in },
  stopSignal: @escaping () -> StopSignal? = { nil }
) -> PreflightReport {
  // What was read is looked up, but a check leaves nothing behind.
  let cache = options.cacheFolder(of: pipeline)
  let check = Preflight(
    pipeline, options, target: options.target(of: pipeline),
    hashes: ContentHashes(memory: cache.map { CacheFolder.hashes(in: $0) }),
    scans: ScanMemory(cache), observer: observer, stopSignal: stopSignal)
  check.run()
  return check.report
}

final class Preflight {
  let pipeline: PipelineFile
  let options: RunOptions
  let target: URL
  let hashes: ContentHashes
  let scans: ScanMemory
  private let observer: (RunEvent) -> Void
  let stopSignal: () -> StopSignal?
  var report = PreflightReport()
  private var seen: Set<String> = []

  init(
    _ pipeline: PipelineFile, _ options: RunOptions, target: URL, hashes: ContentHashes, scans: ScanMemory,
    observer: @escaping (RunEvent) -> Void, stopSignal: @escaping () -> StopSignal?
  ) {
    self.pipeline = pipeline
    self.options = options
    self.target = target
    self.hashes = hashes
    self.scans = scans
    self.observer = observer
    self.stopSignal = stopSignal
  }

  /// Warnings that no later step gives.
  ///
  /// That memory is scarce is left out: results must not depend on it.
  static let toldNowhereElse: Set<DiagnosticCode> = [.implausibleHeights, .overlappingAreas]

  /// Whether cells and features of the input at hand are read.
  private(set) var readsValues = true

  func run() {
    check { report.geometry = try pipeline.analysisGrid() }
    let count = pipeline.inputs.count
    let unused = Set(pipeline.diagnostics.filter { $0.code == .unusedInput }.compactMap(\.keyPath))
    for (number, element) in pipeline.inputs.enumerated() {
      if let signal = stopSignal() {
        note(.stopped(by: signal, at: pipeline.file, "stopped while checking"))
        return
      }
      observer(.step("check \(element.id)", number: number, of: count))
      // What nothing uses cannot spoil a result; that it is unused has been told.
      readsValues = options.verification == .full && !unused.contains("inputs.\(element.id)")
      checkInput(element.id, element.value)
    }
    checkTables()
    checkMachine()
  }

  // MARK: - Findings

  /// Notes everything that a check throws.
  func check(_ keyPath: String = "grid", _ body: () throws -> Void) {
    do throws(RunFailure) {
      try pipeline.reading(keyPath, body)
    } catch {
      note(error)
    }
  }

  private func note(_ failure: RunFailure) {
    for finding in failure.diagnostics { add(finding) }
    // A fault of the configuration outweighs one of the data: it is to be mended first.
    if report.exitCode == .success || failure.exitCode == .configuration { report.exitCode = failure.exitCode }
  }

  /// Notes something that does not stop a run.
  func note(
    _ code: DiagnosticCode, at keyPath: String, _ message: String, hint: String? = nil
  ) {
    add(Diagnostic(code, at: pipeline.position(of: keyPath), keyPath: keyPath, message, hint: hint))
  }

  private func add(_ finding: Diagnostic) {
    // Faults of a file that scenarios share are told once.
    if seen.insert(finding.description).inserted { report.findings.append(finding) }
  }

  // MARK: - Inputs

  private func checkInput(_ id: String, _ input: Input) {
    let keyPath = "inputs.\(id)"
    switch input {
    case .elevation(let elevation): checkElevation(id, elevation)
    case .class(let classes): checkClasses(id, classes)
    case .rate(let rate):
      checkRates(id, pipeline.resolve(rate.path), rate.nodata, rate.band, rate.crs, unit: rate.unit.rawValue)
    case .depth(let depth):
      checkRates(id, pipeline.resolve(depth.path), depth.nodata, depth.band, depth.crs, unit: depth.unit.rawValue)
    case .velocity(let velocity):
      for scenario in pipeline.scenarios {
        checkRates(
          id, pipeline.resolve(velocity.path, for: scenario), velocity.nodata, velocity.band, velocity.crs, unit: "m/s")
      }
    case .rain(let rain): checkRain(id, rain)
    case .temperature(let temperature):
      check(keyPath) {
        _ = try RasterSeries(temperature.files.map { pipeline.resolve($0) }, variable: temperature.variable)
      }
    case .area(let area):
      let fields = [area.name].compactMap { $0 } + area.keep
      checkLayer(id, area.path, area.layer, area.crs, .polygons, id: area.id, fields, isAreas: true)
    case .building(let building):
      checkLayer(
        id, building.path, building.layer, building.crs, building.shape == .points ? .point : .polygons,
        id: building.id, [building.type, building.floorArea, building.residents].compactMap { $0 })
    case .line(let line):
      checkLayer(
        id, line.path, line.layer, line.crs, .lines, id: line.id, [line.monitored].compactMap { $0 })
    case .drain(let drain):
      checkLayer(id, drain.path, drain.layer, drain.crs, .point, id: drain.id, [drain.capacity])
    case .outlet(let outlet):
      checkLayer(
        id, outlet.path, outlet.layer, outlet.crs, nil, id: outlet.id, [outlet.capacity].compactMap { $0 })
    case .population(let people):
      checkLayer(id, people.path, people.layer, people.crs, nil, id: people.id, [people.value])
    }
  }
}
