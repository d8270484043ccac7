import ArgumentParser
import Foundation
import Pipeline
import Report

/// How a plan is printed.
enum PlanFormat: String, ExpressibleByArgument, CaseIterable {
  /// A line for each step.
  case text
  /// One JSON object.
  case json
  /// A graph for Graphviz.
  case dot
}

/// `overvann plan`: what a run would compute, and why.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Tell which steps a run would take from the cache and which it would compute, and why.",
    discussion: """
      Reads the inputs' contents where they are not remembered, and writes nothing at all.

      A step is cached where its result is there under the hash of everything that it depends on: its parameters, the \
      contents of its inputs, the steps before it, and the versions of the program and of its libraries.

      Where a run would be refused before its first step, the plan is told as far as it goes, and the command ends as \
      validate --verify headers does: with 3 where an input is missing or rejected.

      EXAMPLES
        overvann plan my.yaml --why
        overvann plan my.yaml --out results/today --format json
        overvann plan my.yaml --format dot | dot -Tsvg > plan.svg
      """)

  @Argument(help: "Pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var pipeline: String

  @Option(name: .long, help: "Replace a value of the pipeline file; may be repeated.")
  var set: [String] = []

  @Option(help: "Folder of the results, instead of outputs.dir.", completion: .directory)
  var out: String?

  @Option(help: "Folder of the cache; .overvann-cache beside the results unless given.", completion: .directory)
  var cache: String?

  @Flag(help: "Every reason, and not the first alone.")
  var why = false

  @Option(help: "text, json or dot.")
  var format = PlanFormat.text

  @OptionGroup var log: LogOptions

  func run() throws {
    var options = RunOptions()
    options.output = out
    options.cache = cache
    try Self.show(pipeline, set, options, why: why, format, log)
  }

  /// Prints the plan of a run.
  static func show(
    _ pipeline: String, _ overrides: [String], _ options: RunOptions, why: Bool, _ format: PlanFormat,
    _ log: LogOptions
  ) throws {
    try log.run { display in
      let file = try display.load(pipeline, overrides: overrides)
      let plan = try RunPlan(file, options)
      switch format {
      case .text: for line in plan.text(why: why) { Console.result(line) }
      case .json: Console.result(plan.json.description)
      case .dot: Console.result(plan.dot)
      }
      let cached = plan.steps.count { $0.isCached }
      // What would stop the run before the first step; a run reads cells and features besides.
      var headers = options
      headers.verification = .headers
      let refusal = preflight(file, headers)
      return .init(
        code: refusal.exitCode, causes: refusal.findings.filter { $0.severity == .error },
        counts: [("steps_cached", cached), ("steps_to_run", plan.steps.count - cached)])
    }
  }
}

/// `overvann clean`: clears the cache.
struct CleanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean", abstract: "Clear the cache of what is old, and what killed runs left behind.",
    discussion: """
      Without --older-than and --max-size only the leftovers of processes that are gone are cleared. What a run needs \
      again it computes again: clearing the cache never changes a result.

      EXAMPLES
        overvann clean results/.overvann-cache --older-than 30d --max-size 10GB
        overvann clean results/.overvann-cache --max-size 10GB --dry-run
      """)

  @Argument(help: "Folder of the cache; its folder is searched for abandoned temporary folders of results.")
  var cache: String

  @Option(help: "Clear results of steps that were last used longer ago, such as 30d.")
  var olderThan: TimeSpan?

  @Option(help: "Clear the results used longest ago until the rest takes no more, such as 10GB.")
  var maxSize: ByteCount?

  @Flag(help: "Only tell what would be cleared.")
  var dryRun = false

  @OptionGroup var log: LogOptions

  func run() throws {
    let folder = URL(fileURLWithPath: cache)
    var cleaning = CacheCleaning(folder)
    cleaning.results = folder.deletingLastPathComponent()
    cleaning.olderThan = olderThan?.seconds
    cleaning.maximumSize = maxSize?.bytes
    cleaning.isDryRun = dryRun
    try log.run { _ in
      let items = try cleaning.run()
      for item in items { Console.result("\(item.path): \(item.bytes) bytes, \(item.reason)") }
      let bytes = items.reduce(0) { $0 + $1.bytes }
      return .init(counts: [(dryRun ? "items_to_clear" : "items_cleared", items.count), ("bytes", bytes)])
    }
  }
}
