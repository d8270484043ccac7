import Foundation
import Pipeline
import Report
import Synchronization

/// What is written to the error stream: log, progress and errors.
///
/// Results go to standard output.
enum Console {
  private static let isClosed = Atomic<Bool>(false)

  /// Writes a line of results to standard output; ends the program where it cannot be written.
  ///
  /// Whoever closed the pipe has read enough: the rest is left out, and the program ends as it would otherwise.
  static func result(_ line: String) {
    if isClosed.load(ordering: .relaxed) { return }
    let number = Array((line + "\n").utf8).withUnsafeBytes { writeAll($0, to: STDOUT_FILENO) }
    if number == 0 { return }
    if number == EPIPE { return isClosed.store(true, ordering: .relaxed) }
    let text = "standard output cannot be written: \(String(cString: strerror(number)))"
    tell([Diagnostic(.closedOutput, at: SourcePosition(file: "overvann"), text)])
    exit(ExitCode.output.rawValue)
  }

  /// Writes a line to the error stream.
  static func error(_ line: String) {
    errorPart(line + "\n")
  }

  /// Writes text to the error stream without ending the line.
  static func errorPart(_ text: String) {
    // Nobody is left to be told where this cannot be written, and the results matter more than the log.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Writes diagnostics, one a line.
  static func tell(_ diagnostics: [Diagnostic], asJSON: Bool = false) {
    for diagnostic in diagnostics { error(asJSON ? diagnostic.json() : diagnostic.description) }
  }

  /// Whether the error stream is a terminal that a bar may be drawn on.
  static var isTerminal: Bool {
    let environment = ProcessInfo.processInfo.environment
    return isatty(STDERR_FILENO) == 1 && environment["CI"] == nil && environment["NO_COLOR"] == nil
      && environment["TERM"] != "dumb"
  }

  /// Columns of the terminal that the error stream is; 80 where it does not tell.
  static var terminalWidth: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }
}
