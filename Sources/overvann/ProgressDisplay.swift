import ArgumentParser
import Foundation
import Pipeline
import Report
import Synchronization

/// How progress is shown.
enum ProgressStyle: String, ExpressibleByArgument, CaseIterable {
  /// A bar on a terminal, else plain lines.
  case auto
  /// A bar that is drawn over itself.
  case bar
  /// A line for each tenth of the work.
  case plain
  /// One JSON object a line.
  case json
  /// Nothing.
  case none
}

/// How the log is written.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
  /// One line of text for each message.
  case text
  /// One JSON object for each message.
  case json
}

/// Shows steps and messages of a command on the error stream, and ends it with one line that tells how it went.
final class ProgressDisplay {
  private let style: ProgressStyle
  private let logFormat: LogFormat
  private let isQuiet: Bool
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var estimate: ProgressEstimate
  private var hasBar = false
  private var lastTenth = -1
  private var lastStep = ""
  /// Warnings of the whole process, so that whoever ends it knows them.
  private static let warningCount = Atomic<Int>(0)

  /// - Parameter expected: Seconds that steps took in an earlier run, by name.
  init(_ style: ProgressStyle, logFormat: LogFormat, isQuiet: Bool, expected: [String: Double] = [:]) {
    let suitable: ProgressStyle = logFormat == .json ? .json : Console.isTerminal ? .bar : .plain
    self.style = style == .auto ? suitable : style
    self.logFormat = logFormat
    self.isQuiet = isQuiet
    start = clock.now
    estimate = ProgressEstimate(expected: expected)
  }

  /// Whether tables for people may be written between the messages.
  var showsTables: Bool { !isQuiet && logFormat == .text && style != .json }

  private var seconds: Double {
    let elapsed = start.duration(to: clock.now).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
  }

  /// Takes an event of the run.
  func show(_ event: RunEvent) {
    switch event {
    case .message(let diagnostic): tell(diagnostic)
    case .step(let name, let number, let count): step(name, number, count)
    }
  }

  private func tell(_ diagnostic: Diagnostic) {
    if diagnostic.severity == .warning { Self.warningCount.wrappingAdd(1, ordering: .relaxed) }
    if isQuiet, diagnostic.severity != .error { return }
    clearBar()
    Console.tell([diagnostic], asJSON: logFormat == .json)
  }

  private func step(_ name: String, _ number: Int, _ count: Int) {
    if isQuiet { return }
    let share = estimate.begin(name, number: number, of: count)
    let left = share.flatMap { estimate.secondsLeft(share: $0, elapsed: seconds) }
    switch style {
    case .bar: drawBar(name, share, left)
    case .plain:
      guard let share else {
        // How many steps there will be is not known: each is told once.
        if name != lastStep { Console.error(name) }
        lastStep = name
        return
      }
      let tenth = Int(share * 10)
      if tenth > lastTenth {
        lastTenth = tenth
        Console.error("\(tenth * 10) % \(name)\(left.map { ", \(Self.time($0)) left" } ?? "")")
      }
    case .json:
      let event: JSONValue = [
        "event": "step", "step": .string(name), "number": JSONValue(number), "of": JSONValue(count),
        "share": JSONValue(share), "seconds": .number(rounded(seconds)), "seconds_left": JSONValue(left.map(rounded)),
      ]
      Console.error(event.description)
    case .auto, .none: break
    }
  }

  private func drawBar(_ name: String, _ share: Double?, _ left: Double?) {
    var text = name
    if let share {
      let width = 30
      let done = Int(share * Double(width))
      let bar = String(repeating: "█", count: done) + String(repeating: "·", count: width - done)
      text = "\(bar) \(Int(share * 100)) % \(left.map { "\(Self.time($0)) left, " } ?? "")\(name)"
    }
    // A line that wraps would not be drawn over.
    Console.errorPart("\r\u{1B}[K" + text.prefix(max(20, Console.terminalWidth - 1)))
    hasBar = true
  }

  /// Takes the bar away before other lines are written.
  func clearBar() {
    if hasBar {
      Console.errorPart("\r\u{1B}[K")
      hasBar = false
    }
  }

  /// Writes the last line: how it ended, how long it took, what was counted, and how many warnings there were.
  ///
  /// A quiet command that ends well says nothing.
  /// - Parameters:
  ///   - causes: Why it failed; they are told before.
  ///   - runID: The run's identity, where there is one.
  ///   - counts: What was counted, in the order in which it is told.
  func end(
    _ code: Pipeline.ExitCode, causes: [Diagnostic] = [], runID: String? = nil, counts: [(String, Int)] = []
  ) {
    clearBar()
    Console.tell(causes, asJSON: logFormat == .json)
    let errors = causes.filter { $0.severity == .error }
    let warnings = Self.warningCount.load(ordering: .relaxed)
    if isQuiet, code == .success { return }
    if logFormat == .json || style == .json {
      let line: JSONValue = [
        "event": "summary", "status": .string("\(code)"), "exit": .integer(Int64(code.rawValue)),
        "run_id": JSONValue(runID), "seconds": .number(rounded(seconds)),
        "counts": .object(JSONObject(counts.map { ($0.0, JSONValue($0.1)) })), "errors": JSONValue(errors.count),
        "warnings": JSONValue(warnings), "causes": JSONValue(uniqueCodes(errors)),
      ]
      Console.error(line.description)
      return
    }
    var text = "\(code.summary) in \(Self.time(seconds))"
    if code != .success { text += " (exit code \(code.rawValue))" }
    if !errors.isEmpty { text += ": \(uniqueCodes(errors).joined(separator: ", "))" }
    var figures = counts.map { "\($0.1) \($0.0.replacing("_", with: " "))" }
    if !errors.isEmpty { figures.append("\(errors.count) error\(errors.count == 1 ? "" : "s")") }
    figures.append("\(warnings) warning\(warnings == 1 ? "" : "s")")
    Console.error("\(text); \(figures.joined(separator: ", "))")
  }

  private func uniqueCodes(_ diagnostics: [Diagnostic]) -> [String] {
    var seen: Set<String> = []
    return diagnostics.map(\.code.rawValue).filter { seen.insert($0).inserted }
  }

  private func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }

  /// `0.42 s`, `37 s`, `4 min 5 s`, `2 h 7 min`.
  static func time(_ seconds: Double) -> String {
    if seconds < 9.995 { return String(format: "%.2f s", seconds) }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}

/// How far a command is, from the number of its steps or, better, from what they took the last time.
struct ProgressEstimate {
  /// Seconds that steps took in an earlier run, by name.
  let expected: [String: Double]
  private var done = 0.0
  private var running: String?
  private var furthest = 0.0

  init(expected: [String: Double]) { self.expected = expected }

  /// The share that is done when a step begins; nil where the number of steps is not known.
  mutating func begin(_ name: String, number: Int, of count: Int) -> Double? {
    let total = expected.values.reduce(0, +)
    if total > 0 {
      done += running.flatMap { expected[$0] } ?? 0
      running = name
      furthest = max(furthest, min(0.99, done / total))
      return furthest
    }
    guard count > 1 else { return nil }
    return Double(number) / Double(count)
  }

  /// Seconds that are left, once there is something to tell them from.
  func secondsLeft(share: Double, elapsed: Double) -> Double? {
    guard share >= 0.05, elapsed >= 1 else { return nil }
    return elapsed / share * (1 - share)
  }
}
