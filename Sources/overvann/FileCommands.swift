public import ArgumentParser
import Foundation
import Geodata
public import Pipeline
import Report

/// `overvann validate`: the pipeline file and what it names, without computing.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Check a pipeline file and its inputs without computing.",
    discussion: """
      Looks at everything that a run would reject: all faults of the configuration, files to the last block, reference \
      systems, units, heights, overlap, undeclared no data, implausible values, ids, codes, tables, memory and disk. \
      --verify headers leaves cells and features to the run.

      Ends with 2 when the file is invalid, 3 when an input is rejected, 5 when the results would not fit, 0 when a run \
      can begin.

      EXAMPLES
        overvann validate my.yaml
        overvann validate my.yaml --json --verify headers
      """)

  @Argument(help: "Pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var pipeline: String

  @Option(name: .long, help: "Replace a value of the pipeline file; may be repeated.")
  var set: [String] = []

  @Option(help: "How far inputs are looked at: full (every block and feature) or headers.")
  var verify = Verification.full

  @Option(help: "Folder of the results, instead of outputs.dir.", completion: .directory)
  var out: String?

  @Option(help: "Memory that the run may need, such as 4GB.")
  var memory: ByteCount?

  @Option(help: "How progress is shown: auto, bar, plain, json or none.")
  var progress = ProgressStyle.auto

  @Flag(help: "Only errors.")
  var quiet = false

  @Flag(help: "Findings as JSON, one object a line on standard output.")
  var json = false

  func run() throws {
    // Findings as JSON are the result; a log beside them would tell them twice.
    // It takes seconds at most: lines of progress are for those who ask for them.
    let style: ProgressStyle = json || progress == .auto && !Console.isTerminal ? .none : progress
    let display = ProgressDisplay(style, logFormat: .text, isQuiet: quiet || json)
    Signals.listen(progress, .text)
    let file: PipelineFile
    do throws(PipelineFileError) {
      file = try PipelineFile.load(path: pipeline, overrides: set)
    } catch {
      if json { end(error.diagnostics, .configuration) }
      display.end(failure: RunFailure(.configuration, error.diagnostics))
    }
    var options = RunOptions()
    options.output = out
    options.memory = memory?.bytes
    options.verification = verify
    let report = preflight(file, options, observer: display.show) { Signals.stop }
    let findings = file.diagnostics + report.findings
    if json { end(findings, report.exitCode) }
    for finding in findings where finding.severity != .error { display.show(.message(finding)) }
    if report.exitCode != .success {
      display.end(failure: RunFailure(report.exitCode, findings.filter { $0.severity == .error }))
    }
    display.clearBar()
    Console.result("\(pipeline): valid")
    if let needs = report.needs, !quiet {
      Console.error(
        "\(needs.cells) cells; about \(gigabytes(needs.memory)) of memory and \(gigabytes(needs.disk)) of disk")
    }
    display.end(.success)
  }

  /// Prints findings as JSON and ends the program.
  private func end(_ findings: [Diagnostic], _ code: Pipeline.ExitCode) -> Never {
    for finding in findings { Console.result(finding.json()) }
    Foundation.exit(code.rawValue)
  }

  private func gigabytes(_ bytes: Int) -> String { String(format: "%.2f GB", Double(bytes) / 1e9) }
}

extension Verification: ExpressibleByArgument {}

/// `overvann schema`: the JSON Schema of the pipeline file.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema (draft-07) of the pipeline file.",
    discussion: """
      EXAMPLE
        overvann schema > pipeline.schema.json
      """)

  func run() { Console.result(PipelineFile.jsonSchema()) }
}

/// `overvann config`: the pipeline file with every default.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Print a pipeline file with every default filled in.",
    discussion: """
      EXAMPLE
        overvann config my.yaml --set 'grid.resolution=2 m'
      """)

  @Argument(help: "Pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var pipeline: String

  @Option(name: .long, help: "Replace a value of the pipeline file; may be repeated.")
  var set: [String] = []

  func run() throws {
    do {
      Console.result(String(try PipelineFile.load(path: pipeline, overrides: set).resolvedYAML().dropLast()))
    } catch {
      throw RunFailure(.configuration, error.diagnostics)
    }
  }
}
