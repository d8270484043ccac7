import Foundation
import Report
import Synchronization

/// How the last run of a pipeline ended, in a small file of the cache folder that operators may watch.
///
/// It says `running` from the start of a run to its end: where the process of that number is gone, the run was killed.
public enum RunLog {
  private struct Entry {
    let file: URL
    let pipeline: String
    let target: String
    let start: Date
  }

  private static let current = Mutex<Entry?>(nil)

  static func begin(_ pipeline: PipelineFile, target: URL, cache: URL?) {
    guard let cache else { return }
    let entry = Entry(
      file: CacheFolder.log(of: pipeline, in: cache), pipeline: pipeline.name, target: target.path, start: .now)
    current.withLock { $0 = entry }
    write("running", nil, nil, nil)
  }

  static func end(_ status: String, exitCode: Int32, runID: String? = nil, message: String? = nil) {
    write(status, exitCode, runID, message)
    current.withLock { $0 = nil }
  }

  /// Notes that the program ends because of a signal, where a run is going on.
  public static func noteInterruption(exitCode: Int32) { end("interrupted", exitCode: exitCode) }

  private static func write(_ status: String, _ exitCode: Int32?, _ runID: String?, _ message: String?) {
    guard let entry = current.withLock({ $0 }) else { return }
    let value: JSONValue = [
      "pipeline": .string(entry.pipeline), "status": .string(status), "exit_code": JSONValue(exitCode.map { Int($0) }),
      "run_id": JSONValue(runID), "output": .string(entry.target), "process": JSONValue(Int(getpid())),
      "started": .string(entry.start.ISO8601Format()),
      "ended": JSONValue(exitCode == nil ? nil : Date.now.ISO8601Format()), "message": JSONValue(message),
    ]
    // A log that cannot be written must not stop what it tells of.
    try? CacheFolder.write(value, to: entry.file)
  }
}
