import Foundation
import Grids
import Report

/// Results of steps that are kept between runs, each under the hash of everything that it depends on.
///
/// An entry is written under a temporary name and renamed, and checked by length and checksum when it is read: a damaged
/// one is computed anew. The cache only saves time: where it cannot be written, the run goes on without.
final class StepCache {
  /// Folder of the entries; nil for no cache.
  private let folder: URL?
  private let graph: StepGraph
  private let recorder: RunRecorder
  /// Where the files of steps are.
  private let directory: RunDirectory
  private var canWrite = true
  /// Temporary files that are being written, which a stopped run removes.
  private var temporary: String?

  init(folder: URL?, graph: StepGraph, recorder: RunRecorder, directory: RunDirectory) {
    self.folder = folder
    self.graph = graph
    self.recorder = recorder
    self.directory = directory
  }

  /// The result of a step: from the cache where it is there, else computed and kept.
  /// - Parameters:
  ///   - id: Name of the step in the graph of the run; a step that is not in it is never kept.
  ///   - compute: Makes the result; it depends on nothing but what the graph says.
  func value<Value: Archivable>(_ id: String, _ compute: () throws -> Value) throws -> Value {
    guard let folder, let step = graph[id], let key = step.key else { return try compute() }
    try recorder.requireRunning(before: id)
    let clock = ContinuousClock()
    let start = clock.now
    let file = CacheFolder.entry(key, in: folder)
    do {
      if let found = try CacheEntry(file, key: key) {
        var archive = found.reader
        let effects: [StepEffect] = try archive.read()
        var files: [(path: String, bytes: UnsafeRawBufferPointer, sha256: String)] = []
        for case .file(let path) in effects {
          files.append((path, try archive.bytes(try archive.count()), try archive.read()))
        }
        let value: Value = try archive.read()
        guard archive.isAtEnd else { throw ArchiveError("more bytes than the step has written") }
        for file in files { try directory.write(file.bytes, to: file.path, sha256: file.sha256) }
        try recorder.replay(effects)
        withExtendedLifetime(found) {}
        CacheFolder.noteUse(of: file)
        recorder.tellCached(id, seconds: start.duration(to: clock.now).seconds)
        return value
      }
    } catch let error as ArchiveError {
      recorder.tell(.damagedCache, "\(file.path): \(error); \(id) is computed anew")
    }
    let before = Set(try directory.paths())
    let (value, told) = try recorder.capturing(compute)
    // Whatever the step wrote belongs to its result.
    let known = Set(told.compactMap { if case .file(let path) = $0 { path } else { nil } })
    let written = try directory.paths().filter { !before.contains($0) && !known.contains($0) }
    let effects = told + written.map { StepEffect.file($0) }
    recorder.pass(effects)
    // A stopped run keeps what it has finished; only then does it stop.
    if canWrite, recorder.hashes.areUnchanged(step.files) { store(value, effects, step, key, folder) }
    return value
  }

  /// Where the state of a step is kept that is stopped before its end, by all that it depends on; nil without a cache.
  func unfinished(_ id: String) -> UnfinishedStep? {
    guard let folder, canWrite, let key = graph[id]?.key else { return nil }
    return UnfinishedStep(file: CacheFolder.unfinished(key, in: folder), key: key)
  }

  private func store<Value: Archivable>(
    _ value: Value, _ effects: [StepEffect], _ step: PlannedStep, _ key: String, _ folder: URL
  ) {
    do throws(ReportError) {
      let entry = try CacheEntryWriter(CacheFolder.entry(key, in: folder), key: key)
      entry.archive.write(effects)
      for case .file(let path) in effects {
        let mapped = try MappedFile(directory.url(for: path).path)
        entry.archive.write(mapped.bytes.count)
        entry.archive.write(bytes: mapped.bytes)
        withExtendedLifetime(mapped) {}
        entry.archive.write(try directory.hash(of: path))
      }
      entry.archive.write(value)
      try entry.finish()
      try CacheFolder.remember(step, of: graph.pipeline, in: folder)
    } catch {
      canWrite = false
      recorder.tell(
        .unwritableCache, "\(error.path): \(error.message); the run goes on without keeping its steps",
        hint: "name another folder with --cache, or none with --no-cache")
    }
  }
}

/// The state of a step that was stopped before its end, in a file of the cache.
struct UnfinishedStep {
  let file: URL
  let key: String

  /// The state that a run before left; nil where there is none.
  /// - Throws: `ArchiveError` where it is damaged.
  func state<State: Archivable>(_: State.Type = State.self) throws(ArchiveError) -> State? {
    guard let entry = try CacheEntry(file, key: key) else { return nil }
    var archive = entry.reader
    let state: State = try archive.read()
    withExtendedLifetime(entry) {}
    return state
  }

  /// Keeps the state for the next run.
  func keep(_ state: some Archivable) throws(ReportError) {
    let entry = try CacheEntryWriter(file, key: key)
    entry.archive.write(state)
    try entry.finish()
  }

  /// Forgets the state, once the step is finished.
  func remove() { try? FileManager.default.removeItem(at: file) }
}

extension DiagnosticCode {
  static let damagedCache: Self = "W-CACHE-001"
  static let unwritableCache: Self = "W-CACHE-002"
}
