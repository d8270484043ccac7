import Foundation
import Report

/// Names in the folder of the cache.
///
/// `steps/KEY.step` are entries, whose time of change is that of their last use; `unfinished/KEY.restart` is the state of
/// a step that was stopped, to go on from; `last/*.json` tell what each step of a
/// pipeline depended on when it was last computed; `hashes.tsv` remembers inputs, `scans/*.json` what
/// their cells said; `log/*.json` how runs ended, by the folder of their results; `times/*.json` what steps took, by pipeline.
enum CacheFolder {
  /// Raised whenever entries of older versions cannot be read any more.
  static let formatVersion = 2

  static func entry(_ key: String, in folder: URL) -> URL {
    folder.appendingPathComponent("steps").appendingPathComponent("\(key).step")
  }

  static func unfinished(_ key: String, in folder: URL) -> URL {
    folder.appendingPathComponent("unfinished").appendingPathComponent("\(key).restart")
  }

  static func hashes(in folder: URL) -> URL { folder.appendingPathComponent("hashes.tsv") }

  static func last(_ step: String, of pipeline: PipelineFile, in folder: URL) -> URL {
    let name = SHA256.hexDigest(of: Array("\(pipeline.name)\n\(step)".utf8)).prefix(24)
    return folder.appendingPathComponent("last").appendingPathComponent("\(name).json")
  }

  /// - Parameter target: Folder of the results.
  static func log(of target: URL, in folder: URL) -> URL {
    folder.appendingPathComponent("log").appendingPathComponent("\(target.lastPathComponent).json")
  }

  static func times(of pipeline: PipelineFile, in folder: URL) -> URL {
    folder.appendingPathComponent("times").appendingPathComponent("\(pipeline.name).json")
  }

  /// A name that nobody else uses.
  static func temporaryName(in folder: URL) -> String {
    "\(folder.path)/tmp-\(getpid())-\(String(UInt32.random(in: .min ... .max), radix: 16))"
  }

  /// The process of a temporary file; nil for other names.
  static func process(ofTemporary name: String) -> Int32? {
    let parts = name.split(separator: "-")
    return parts.count == 3 && parts[0] == "tmp" ? Int32(parts[1]) : nil
  }

  /// Folders of the cache that hold temporary files, by their names.
  private static let parts = ["", "steps", "unfinished", "scans", "last", "log", "times"]

  /// Temporary files that nobody writes any more: their process is gone, and no other machine holds their lock.
  static func abandonedTemporaries(in folder: URL) -> [(path: String, process: Int32)] {
    parts.flatMap { part in
      let place = part.isEmpty ? folder.path : "\(folder.path)/\(part)"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
      return names.sorted().compactMap { name -> (path: String, process: Int32)? in
        guard let process = process(ofTemporary: name), isGone(process), !isLocked("\(place)/\(name)") else {
          return nil
        }
        return ("\(place)/\(name)", process)
      }
    }
  }

  /// Whether this machine has no process of a number.
  static func isGone(_ process: Int32) -> Bool { kill(process, 0) != 0 && errno == ESRCH }

  /// Whether a process of any machine holds the lock on a file; a file that is not there has none.
  static func isLocked(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { return errno != ENOENT }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0
  }

  /// Whether a folder is a cache, to judge by what it holds.
  static func isCache(_ folder: URL) -> Bool {
    (parts.dropFirst() + [hashes(in: folder).lastPathComponent]).contains {
      FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
    }
  }

  /// Sets the time of change of an entry to now.
  static func noteUse(of file: URL) { utimensat(AT_FDCWD, file.path, nil, 0) }

  /// Remembers what a step depends on, to tell later why it is computed again.
  static func remember(_ step: PlannedStep, of pipeline: PipelineFile, in folder: URL) throws(ReportError) {
    guard let key = step.key else { return }
    let text: JSONValue = [
      "step": .string(step.id), "key": .string(key), "time": .string(Date.now.ISO8601Format()),
      "components": .object(JSONObject(step.components.map { ($0.name, .string($0.value)) })),
    ]
    try write(text, to: last(step.id, of: pipeline, in: folder))
  }

  /// Writes a small file by rename.
  static func write(_ value: JSONValue, to file: URL) throws(ReportError) {
    try makeFolders(file.deletingLastPathComponent().path)
    let temporary = temporaryName(in: file.deletingLastPathComponent())
    do {
      try Data(value.encoded(pretty: true)).write(to: URL(fileURLWithPath: temporary))
    } catch {
      unlink(temporary)
      throw fileError("write", file.path)
    }
    guard rename(temporary, file.path) == 0 else {
      let number = errno
      unlink(temporary)
      throw fileError("move into place", file.path, number: number)
    }
  }
}
