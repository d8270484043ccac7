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
  /// Whether the run was asked to stop.
  let isStopped: () -> Bool
  private let stepCount: Int
  private var stepNumber = 0
  var counters: JSONObject = [:]

  init(
    _ pipeline: PipelineFile, stepCount: Int, observer: @escaping (RunEvent) -> Void,
    isStopped: @escaping () -> Bool
  ) {
    self.pipeline = pipeline
    self.stepCount = stepCount
    self.observer = observer
    self.isStopped = isStopped
  }

  /// Times a step, tells the observer, and stops before it when the run was asked to stop.
  func step<R>(_ name: String, _ body: () throws -> R) throws -> R {
    if isStopped() {
      throw RunFailure(
        .interrupted, [Diagnostic(.stopped, at: SourcePosition(file: pipeline.file), "stopped before \(name)")])
    }
    observer(.step(name, number: stepNumber, of: stepCount))
    stepNumber += 1
    let clock = ContinuousClock()
    let start = clock.now
    let result = try body()
    let elapsed = (clock.now - start).components
    timings.append(
      TimingRecord(step: name, seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18))
    return result
  }

  /// Notes a warning or an information and tells the observer.
  func note(_ code: DiagnosticCode, at keyPath: String, _ message: String, hint: String? = nil, count: Int = 1) {
    let diagnostic = Diagnostic(
      code, at: pipeline.position(of: keyPath), keyPath: keyPath, message, hint: hint)
    observer(.message(diagnostic))
    if diagnostic.severity == .information { return }
    let text = "\(keyPath): \(message)"
    if let index = warningCounts.firstIndex(where: { $0.code == code.rawValue && $0.message == text }) {
      warningCounts[index].count += count
    } else {
      warningCounts.append((code.rawValue, text, count))
    }
  }

  /// Warnings by code and message, in the order in which they came up.
  var warnings: [WarningRecord] {
    warningCounts.map { WarningRecord(code: $0.code, message: $0.message, count: $0.count) }
  }

  func record(_ input: InputRecord) {
    // An input that scenarios share is read once for each of them.
    if !inputs.contains(where: { $0.name == input.name && $0.path == input.path }) { inputs.append(input) }
  }

  func record(_ rule: RuleRecord) {
    // A table may serve several steps.
    if !rules.contains(rule) { rules.append(rule) }
  }

  func record(_ certificate: CertificateRecord) { certificates.append(certificate) }

  func record(_ item: WaterBalanceRecord) { balance.append(item) }

  func cite(_ citation: String) {
    if !citations.contains(citation) { citations.append(citation) }
  }
}
