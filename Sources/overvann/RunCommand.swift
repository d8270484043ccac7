import ArgumentParser
import Foundation
import Pipeline
import Report

/// `overvann run`: from a pipeline file to the published results.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a pipeline and publish its results.",
    discussion: """
      Everything is computed into a temporary folder beside the output, which then appears by one rename: after an \
      error or a signal there is either the old result or none.

      EXAMPLES
        overvann run pipelines/sandvika.yaml
        overvann run my.yaml --out results/2026-11 --replace --progress json
        overvann run my.yaml --set hazards.flood.min_depth="0.1 m" \\
          --set 'scenarios[0].climate_factor=1.3'
      """)

  @Argument(help: "Pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var pipeline: String

  @Option(name: .long, help: "Replace a value of the pipeline file; may be repeated.")
  var set: [String] = []

  @Option(help: "Folder of the results, instead of outputs.dir.", completion: .directory)
  var out: String?

  @Flag(help: "Replace the results of an older run.")
  var replace = false

  @Option(help: "Folder of the cache; .overvann-cache beside the results unless given.", completion: .directory)
  var cache: String?

  @Flag(name: .customLong("no-cache"), help: "Compute everything, and keep nothing for later runs.")
  var noCache = false

  @Option(help: "Refuse before computing what would need more memory, such as 4GB.")
  var memory: ByteCount?

  @Option(help: "Wait so long for another run on the same output, such as 10m; not at all unless given.")
  var waitLock: TimeSpan?

  @Option(help: "Number of threads; the results do not depend on it.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "How progress is shown: auto, bar, plain, json or none.")
  var progress = ProgressStyle.auto

  @Option(help: "How messages are written: text or json.")
  var logFormat = LogFormat.text

  @Flag(help: "Only errors.")
  var quiet = false

  @Flag(help: "Only tell what would be computed and why, as plan --why does.")
  var dryRun = false

  func validate() throws {
    guard threads > 0 else { throw ValidationError("--threads \(threads): at least 1") }
    guard out?.isEmpty != true else { throw ValidationError("--out is empty: name a folder") }
    guard cache?.isEmpty != true else { throw ValidationError("--cache is empty: name a folder") }
    guard cache == nil || !noCache else { throw ValidationError("--cache and --no-cache exclude each other") }
  }

  func run() throws {
    if dryRun {
      var options = RunOptions()
      (options.output, options.cache, options.usesCache) = (out, cache, !noCache)
      return try PlanCommand.show(pipeline, set, options, why: true, .text)
    }
    let display = ProgressDisplay(progress, logFormat: logFormat, isQuiet: quiet)
    Signals.listen()
    let clock = ContinuousClock()
    let start = clock.now
    do {
      let file = try PipelineFile.load(path: pipeline, overrides: set)
      var options = RunOptions()
      options.output = out
      options.replaces = replace
      options.threads = threads
      options.cache = cache
      options.usesCache = !noCache
      options.memory = memory?.bytes
      options.lockWait = .seconds(waitLock?.seconds ?? 0)
      options.arguments = CommandLine.arguments
      let outcome = try Pipeline.run(file, options, observer: display.show) {
        Signals.received != 0
      }
      display.clearBar()
      if !quiet, logFormat == .text { RunTable(outcome).show() }
      finish(outcome.exitCode, outcome.summary.runID, warnings: outcome.summary.warnings.reduce(0) { $0 + $1.count })
      Console.result(outcome.directory.path)
      let elapsed = (clock.now - start).components
      if !quiet, logFormat == .text {
        let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
        Console.error("\(outcome.summary.status.rawValue) in \((seconds * 100).rounded() / 100) s")
      }
      Foundation.exit(outcome.exitCode.rawValue)
    } catch let error as PipelineFileError {
      display.clearBar()
      Console.tell(error.diagnostics, asJSON: logFormat == .json)
      end(.configuration)
    } catch let failure as RunFailure {
      display.clearBar()
      Console.tell(failure.diagnostics, asJSON: logFormat == .json)
      let isTerminated = failure.exitCode == .interrupted && Signals.received == SIGTERM
      end(isTerminated ? .terminated : failure.exitCode)
    }
  }

  private func end(_ code: Pipeline.ExitCode) -> Never {
    finish(code, nil, warnings: 0)
    Foundation.exit(code.rawValue)
  }

  /// The last line for a scheduler that reads JSON.
  private func finish(_ code: Pipeline.ExitCode, _ runID: String?, warnings: Int) {
    guard logFormat == .json || progress == .json else { return }
    let line: JSONValue = [
      "status": .string("\(code)"), "exit": .integer(Int64(code.rawValue)), "run_id": JSONValue(runID),
      "warnings": JSONValue(warnings),
    ]
    Console.error(line.description)
  }
}

/// The summary that a run ends with, for people.
struct RunTable {
  let outcome: RunOutcome

  init(_ outcome: RunOutcome) { self.outcome = outcome }

  func show() {
    let summary = outcome.summary
    for scenario in summary.scenarios {
      let figures = scenario.figures.members.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
      Console.error("scenario \(scenario.id): \(figures)")
    }
    var last = ""
    for item in summary.waterBalance {
      if item.scenario != last { Console.error("water balance \(item.scenario):") }
      last = item.scenario
      let volume = String(format: "%.3f", item.volume)
      Console.error(
        "  \(item.item)\(String(repeating: " ", count: max(1, 46 - item.item.count - volume.count)))\(volume) m³")
    }
    for alert in summary.alerts { Console.error("alert: \(alert)") }
    if let changes = summary.changes {
      let text = changes.members.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
      Console.error("compared with the run before: \(text)")
    }
    for warning in summary.warnings { Console.error("\(warning.code) ×\(warning.count): \(warning.message)") }
    let slowest = outcome.timings.sorted { $0.seconds > $1.seconds }.prefix(5)
    Console.error(
      "slowest steps: " + slowest.map { "\($0.step) \(String(format: "%.2f", $0.seconds)) s" }.joined(separator: ", "))
  }
}
