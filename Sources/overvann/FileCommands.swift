import ArgumentParser
import Foundation
import Geodata
import Pipeline
import Report

/// `overvann validate`: the pipeline file and what it names, without computing.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Check a pipeline file and its inputs without computing.",
    discussion: """
      Ends with 2 when the file is invalid, 3 when an input is rejected, 0 when a run can begin.

      EXAMPLES
        overvann validate my.yaml
        overvann validate my.yaml --json
      """)

  @Argument(help: "Pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var pipeline: String

  @Option(name: .long, help: "Replace a value of the pipeline file; may be repeated.")
  var set: [String] = []

  @Flag(help: "Findings as JSON, one object a line on standard output.")
  var json = false

  func run() throws {
    var code = Pipeline.ExitCode.success
    var findings: [Diagnostic] = []
    do {
      let file = try PipelineFile.load(path: pipeline, overrides: set)
      findings = file.diagnostics
      let checked = Pipeline.checkInputs(of: file)
      findings += checked.findings
      code = checked.exitCode
    } catch {
      findings = error.diagnostics
      code = .configuration
    }
    for finding in findings { if json { Console.result(finding.json()) } else { Console.tell([finding]) } }
    if code == .success, !json { Console.result("\(pipeline): valid") }
    Foundation.exit(code.rawValue)
  }
}

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
