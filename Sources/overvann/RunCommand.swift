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

  @Option(help: "How far inputs are looked at before computing: full (every block and feature) or headers.")
  var verify = Verification.full

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
      options.memory = memory?.bytes
      var log = LogOptions()
      (log.logFormat, log.quiet) = (logFormat, quiet)
      return try PlanCommand.show(pipeline, set, options, why: true, .text, log)
    }
    Signals.listen(progress, logFormat)
    var options = RunOptions()
    options.output = out
    options.replaces = replace
    options.threads = threads
    options.cache = cache
    options.usesCache = !noCache
    options.memory = memory?.bytes
    options.verification = verify
    options.lockWait = .seconds(waitLock?.seconds ?? 0)
    options.arguments = CommandLine.arguments
    let file: PipelineFile
    do throws(PipelineFileError) {
      file = try PipelineFile.load(path: pipeline, overrides: set)
    } catch {
      ProgressDisplay(progress, logFormat: logFormat, isQuiet: quiet)
        .end(failure: RunFailure(.configuration, error.diagnostics))
    }
    let display = ProgressDisplay(
      progress, logFormat: logFormat, isQuiet: quiet, expected: RunLog.expectedSeconds(of: file, options))
    do throws(RunFailure) {
      let outcome = try Pipeline.run(file, options, observer: display.show) { Signals.stop }
      display.end(outcome)
    } catch {
      display.end(failure: error)
    }
  }
}

extension ProgressDisplay {
  /// Tells what a run found and where its results are, and ends the program.
  func end(_ outcome: RunOutcome) -> Never {
    clearBar()
    if showsTables { RunTable(outcome).show() }
    let counts = ["areas", "areas_without_values", "buildings", "bluespots"].compactMap { name -> (String, Int)? in
      guard case .integer(let count)? = outcome.summary.counts[name] else { return nil }
      return (name, Int(count))
    }
    end(outcome.exitCode, runID: outcome.summary.runID, counts: counts)
    Console.result(outcome.directory.path)
    Foundation.exit(outcome.exitCode.rawValue)
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
