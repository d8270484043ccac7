import ArgumentParser
import Foundation
import Pipeline

/// How commands that have no progress to show write their log.
struct LogOptions: ParsableArguments {
  @Option(help: "How messages are written: text or json.")
  var logFormat = LogFormat.text

  @Flag(help: "Only errors.")
  var quiet = false

  /// How a command ended that did not fail.
  struct Outcome {
    var code = Pipeline.ExitCode.success
    /// Why it did not end with success.
    var causes: [Diagnostic] = []
    /// What was counted, in the order in which it is told.
    var counts: [(String, Int)] = []
  }

  /// Runs a command's work and ends its log with the summary.
  func run(_ work: (ProgressDisplay) throws -> Outcome) throws {
    let display = ProgressDisplay(.none, logFormat: logFormat, isQuiet: quiet)
    do {
      let outcome = try work(display)
      display.end(outcome.code, causes: outcome.causes, counts: outcome.counts)
      if outcome.code != .success { Foundation.exit(outcome.code.rawValue) }
    } catch let failure as RunFailure {
      display.end(failure: failure)
    }
  }
}
