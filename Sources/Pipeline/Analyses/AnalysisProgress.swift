/// Tells an observer of the steps of an analysis, and stops between them when asked.
public struct AnalysisProgress {
  private let name: String
  private let observer: (RunEvent) -> Void
  private let stopSignal: () -> StopSignal?

  /// Progress of the analysis of this name.
  public init(
    _ name: String, observer: @escaping (RunEvent) -> Void = { _ in },
    stopSignal: @escaping () -> StopSignal? = { nil }
  ) {
    self.name = name
    self.observer = observer
    self.stopSignal = stopSignal
  }

  /// Runs a step of an analysis of steps whose number is not known beforehand.
  func step<R>(_ step: String, _ body: () throws(RunFailure) -> R) throws(RunFailure) -> R {
    try tell(step, number: 0, of: 1)
    return try body()
  }

  /// Tells of the work done so far.
  /// - Throws: ``RunFailure`` where the analysis was asked to stop.
  func tell(_ step: String, number: Int, of count: Int) throws(RunFailure) {
    if let signal = stopSignal() { throw .stopped(by: signal, at: name, "stopped before \(step)") }
    observer(.step(step, number: number, of: count))
  }

  /// Passes a message on.
  func note(_ diagnostic: Diagnostic) { observer(.message(diagnostic)) }
}
