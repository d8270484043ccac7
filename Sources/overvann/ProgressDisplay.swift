import ArgumentParser
import Foundation
import Pipeline

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

/// Shows steps and messages of a run on the error stream.
final class ProgressDisplay {
  private let style: ProgressStyle
  private let logFormat: LogFormat
  private let isQuiet: Bool
  private var hasBar = false
  private var lastTenth = -1

  init(_ style: ProgressStyle, logFormat: LogFormat, isQuiet: Bool) {
    let suitable: ProgressStyle = logFormat == .json ? .json : Console.isTerminal ? .bar : .plain
    self.style = style == .auto ? suitable : style
    self.logFormat = logFormat
    self.isQuiet = isQuiet
  }

  /// Takes an event of the run.
  func show(_ event: RunEvent) {
    switch event {
    case .message(let diagnostic):
      if isQuiet, diagnostic.severity != .error { return }
      clearBar()
      Console.tell([diagnostic], asJSON: logFormat == .json)
    case .step(let name, let number, let count): step(name, number, count)
    }
  }

  private func step(_ name: String, _ number: Int, _ count: Int) {
    if isQuiet { return }
    let share = Double(number) / Double(max(1, count))
    switch style {
    case .bar:
      let width = 30
      let done = Int(share * Double(width))
      let bar = String(repeating: "█", count: done) + String(repeating: "·", count: width - done)
      Console.errorPart("\r\u{1B}[K\(bar) \(Int(share * 100)) % \(name)")
      hasBar = true
    case .plain:
      let tenth = Int(share * 10)
      if tenth > lastTenth {
        lastTenth = tenth
        Console.error("\(tenth * 10) % \(name)")
      }
    case .json:
      Console.error(
        "{\"event\":\"step\",\"step\":\"\(name)\",\"number\":\(number),\"of\":\(count),\"share\":\(share)}")
    case .auto, .none: break
    }
  }

  /// Takes the bar away before other lines are written.
  func clearBar() {
    if hasBar {
      Console.errorPart("\r\u{1B}[K")
      hasBar = false
    }
  }
}
