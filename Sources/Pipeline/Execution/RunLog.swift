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
    /// Seconds that steps took when they were last computed.
    var steps: [String: Double]
  }

  private static let current = Mutex<Entry?>(nil)

  static func begin(_ pipeline: PipelineFile, target: URL, cache: URL?) {
    guard let cache else { return }
    let file = CacheFolder.log(of: pipeline, in: cache)
    let entry = Entry(
      file: file, pipeline: pipeline.name, target: target.path, start: .now, steps: seconds(in: file))
    current.withLock { $0 = entry }
    write("running", nil, nil, nil)
  }

  /// Seconds that the steps of a pipeline took when they were last computed, by name; empty where nothing is known.
  public static func expectedSeconds(of pipeline: PipelineFile, _ options: RunOptions) -> [String: Double] {
    guard let cache = options.cacheFolder(of: pipeline) else { return [:] }
    return seconds(in: CacheFolder.log(of: pipeline, in: cache))
  }

  private static func seconds(in file: URL) -> [String: Double] {
    guard let data = FileManager.default.contents(atPath: file.path),
      let log = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return [:] }
    return (log["steps"] as? [String: Double] ?? [:]).filter { $0.value.isFinite && $0.value >= 0 }
  }

  /// Remembers what steps took.
  static func note(_ timings: [TimingRecord]) {
    current.withLock { entry in
      for timing in timings where !timing.isCached {
        entry?.steps[timing.step] = (timing.seconds * 1e4).rounded() / 1e4
      }
    }
  }

  static func end(_ status: String, exitCode: Int32, runID: String? = nil, message: String? = nil) {
    write(status, exitCode, runID, message)
    current.withLock { $0 = nil }
  }

  /// Notes that the program ends because of a signal, where a run is going on.
  public static func noteInterruption(exitCode: Int32, message: String) {
    end("interrupted", exitCode: exitCode, message: message)
  }

  private static func write(_ status: String, _ exitCode: Int32?, _ runID: String?, _ message: String?) {
    guard let entry = current.withLock({ $0 }) else { return }
    let value: JSONValue = [
      "pipeline": .string(entry.pipeline), "status": .string(status), "exit_code": JSONValue(exitCode.map { Int($0) }),
      "run_id": JSONValue(runID), "output": .string(entry.target), "process": JSONValue(Int(getpid())),
      "started": .string(entry.start.ISO8601Format()),
      "ended": JSONValue(exitCode == nil ? nil : Date.now.ISO8601Format()), "message": JSONValue(message),
      "steps": .object(JSONObject(entry.steps.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })),
    ]
    // A log that cannot be written must not stop what it tells of.
    try? CacheFolder.write(value, to: entry.file)
  }
}
