import Foundation
import Report

/// What a run tells while it works.
public enum RunEvent: Sendable {
  /// A step has begun: its name, its number from 0, and how many there are.
  case step(String, number: Int, of: Int)
  /// Something worth a line in the log.
  case message(Diagnostic)
}

/// Collects what the manifest and the summary tell about a run.
final class RunRecorder {
  let pipeline: PipelineFile
  private(set) var timings: [TimingRecord] = []
  private(set) var inputs: [InputRecord] = []
  private(set) var rules: [RuleRecord] = []
  private(set) var certificates: [CertificateRecord] = []
  private(set) var balance: [WaterBalanceRecord] = []
  private(set) var citations: [String] = []
  private var warningCounts: [(code: String, message: String, count: Int)] = []
  private let observer: (RunEvent) -> Void
  /// The signal that asked the run to stop; nil while none did.
  let stopSignal: () -> StopSignal?
  private let stepCount: Int
  private var stepNumber = 0
  private(set) var counters: JSONObject = [:]
  /// Hashes of inputs, each taken once.
  let hashes: ContentHashes
  /// What the steps that are being computed have told so far, the innermost last.
  private var captured: [[StepEffect]] = []

  init(
    _ pipeline: PipelineFile, stepCount: Int, hashes: ContentHashes, observer: @escaping (RunEvent) -> Void,
    stopSignal: @escaping () -> StopSignal?
  ) {
    self.pipeline = pipeline
    self.stepCount = stepCount
    self.hashes = hashes
    self.observer = observer
    self.stopSignal = stopSignal
  }

  /// Times a step, tells the observer, and stops before it when the run was asked to stop.
  func step<R>(_ name: String, _ body: () throws -> R) throws -> R {
    try requireRunning(before: name)
    observer(.step(name, number: stepNumber, of: stepCount))
    stepNumber += 1
    append(.step)
    let clock = ContinuousClock()
    let start = clock.now
    let result = try body()
    timings.append(TimingRecord(step: name, seconds: start.duration(to: clock.now).seconds))
    return result
  }

  /// Notes that the result of a step was taken from the cache, and how long that took.
  func tellCached(_ name: String, seconds: Double) {
    observer(.step(name, number: min(stepNumber, stepCount), of: stepCount))
    timings.append(TimingRecord(step: name, seconds: seconds, isCached: true))
  }

  /// Throws where the run was asked to stop.
  func requireRunning(before name: String) throws(RunFailure) {
    if let signal = stopSignal() { throw .stopped(by: signal, at: pipeline.file, "stopped before \(name)") }
  }

  /// Computes something and gathers what it tells the run meanwhile.
  func capturing<R>(_ body: () throws -> R) rethrows -> (result: R, effects: [StepEffect]) {
    captured.append([])
    let depth = captured.count
    do {
      let result = try body()
      precondition(captured.count == depth, "every step takes away what it told")
      return (result, captured.removeLast())
    } catch {
      captured.removeLast(captured.count - depth + 1)
      throw error
    }
  }

  /// Tells the run again what a step told when it was computed.
  func replay(_ effects: [StepEffect]) throws {
    for effect in effects {
      switch effect {
      case .note(let code, let keyPath, let message, let hint, let count):
        note(code, at: keyPath, message, hint: hint, count: count)
      case .input(let old):
        // Length and time are those of now.
        var input = try inputRecord(old.name, old.path)
        (input.driver, input.layer, input.crs, input.geotransform) = (old.driver, old.layer, old.crs, old.geotransform)
        (input.noData, input.unit, input.minimum, input.maximum) = (old.noData, old.unit, old.minimum, old.maximum)
        record(input)
      case .rule(let rule): record(rule)
      case .certificate(let certificate): record(certificate)
      case .balance(let item): record(item)
      case .citation(let text): cite(text)
      case .counter(let name, let value): count(name, value)
      case .file(let path): record(file: path)
      case .step:
        stepNumber += 1
        append(.step)
      }
    }
  }

  /// Passes on what a step within a step told, which belongs to the outer one too.
  func pass(_ effects: [StepEffect]) {
    if !captured.isEmpty { captured[captured.count - 1] += effects }
  }

  private func append(_ effect: StepEffect) { pass([effect]) }

  /// The record of a file that is read, with its hash.
  func inputRecord(_ name: String, _ path: String) throws(ReportError) -> InputRecord {
    try InputRecord(name: name, file: URL(fileURLWithPath: path), sha256: hashes.hash(of: path))
  }

  /// Tells the observer of something that is no matter of the results.
  func tell(_ code: DiagnosticCode, _ message: String, hint: String? = nil) {
    observer(.message(Diagnostic(code, at: SourcePosition(file: pipeline.file), message, hint: hint)))
  }

  /// Notes a warning or an information and tells the observer.
  func note(_ code: DiagnosticCode, at keyPath: String, _ message: String, hint: String? = nil, count: Int = 1) {
    let diagnostic = Diagnostic(
      code, at: pipeline.position(of: keyPath), keyPath: keyPath, message, hint: hint)
    observer(.message(diagnostic))
    append(.note(code, keyPath: keyPath, message: message, hint: hint, count: count))
    if diagnostic.severity == .information { return }
    let text = "\(keyPath): \(message)"
    if let index = warningCounts.firstIndex(where: { $0.code == code.rawValue && $0.message == text }) {
      warningCounts[index].count += count
    } else {
      warningCounts.append((code.rawValue, text, count))
    }
  }

  /// Notes what went wrong once the results were published.
  func note(_ afterthought: ReportError, at keyPath: String) {
    note(.afterthought, at: keyPath, "\(afterthought.path): \(afterthought.message)", hint: afterthought.hint)
  }

  /// Warnings by code and message, in the order in which they came up.
  var warnings: [WarningRecord] {
    warningCounts.map { WarningRecord(code: $0.code, message: $0.message, count: $0.count) }
  }

  func record(_ input: InputRecord) {
    append(.input(input))
    // An input that scenarios share is read once for each of them.
    if !inputs.contains(where: { $0.name == input.name && $0.path == input.path }) { inputs.append(input) }
  }

  func record(_ rule: RuleRecord) {
    append(.rule(rule))
    // A table may serve several steps.
    if !rules.contains(rule) { rules.append(rule) }
  }

  func record(_ certificate: CertificateRecord) {
    append(.certificate(certificate))
    certificates.append(certificate)
  }

  func record(_ item: WaterBalanceRecord) {
    append(.balance(item))
    balance.append(item)
  }

  /// Notes a file of the results, by its path relative to the folder of the run.
  func record(file path: String) { append(.file(path)) }

  /// Notes a count for the summary.
  func count(_ name: String, _ value: JSONValue) {
    append(.counter(name, value))
    counters[name] = value
  }

  func cite(_ citation: String) {
    append(.citation(citation))
    if !citations.contains(citation) { citations.append(citation) }
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
