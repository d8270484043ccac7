import Foundation
import Geodata
import Report

extension PipelineRun {
  /// What changed since the run that the link of the last results leads to; nil where the pipeline has no link.
  ///
  /// Changes beyond the thresholds of `overvann diff` are written to `changes.csv`.
  func compareWithBefore(_ directory: RunDirectory) throws -> JSONObject? {
    guard let link = pipeline.outputs.current, pipeline.outputs.tables.csv, pipeline.exposure != nil else { return nil }
    let before = target.deletingLastPathComponent().appendingPathComponent(link).path
    guard FileManager.default.fileExists(atPath: before + "/" + RunDirectory.manifestName)
    else { return nil }
    var comparison = RunComparison(before, directory.url.path)
    comparison.isAfterComplete = false
    let found: RunChanges
    do throws(RunFailure) {
      found = try comparison.run()
    } catch {
      // An older run may hold other tables; that is no reason to lose this one.
      recorder.note(
        .noComparison, at: "outputs.current",
        "not compared with \(before): \(error.diagnostics.first?.message ?? "")")
      return nil
    }
    try writeCSV(
      Schemas.changes.table(found.changes.map { try $0.row() }), to: directory.url(for: "changes.csv"))
    var summary: JSONObject = [
      "since": JSONValue(RunSummary.identity(ofRun: before)), "changes": JSONValue(found.changes.count),
    ]
    for count in found.counts.members { summary[count.name] = count.value }
    return summary
  }

  /// Tells of inputs that are not what they were in the run before: the one that `outputs.current` leads to, or that is
  /// about to be replaced.
  ///
  /// It is told to the log alone, for results must not depend on earlier runs. That a forecast of the same name is a new
  /// one is to be expected; that content changes while length and time of change stay is not.
  func tellChangedInputs() {
    let link = pipeline.outputs.current.map { target.deletingLastPathComponent().appendingPathComponent($0) }
    for folder in [link, target].compactMap(\.self) {
      let path = folder.appendingPathComponent(RunDirectory.manifestName).path
      guard let data = FileManager.default.contents(atPath: path),
        let manifest = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
        let records = manifest["inputs"] as? [[String: Any]]
      else { continue }
      let before = Dictionary(records.compactMap { record in (record["path"] as? String).map { ($0, record) } }) { $1 }
      let run = manifest["run_id"] as? String ?? folder.lastPathComponent
      var told: Set<String> = []
      for input in recorder.inputs {
        guard let old = before[input.path], let hash = old["sha256"] as? String, hash != input.sha256,
          told.insert(input.path).inserted
        else { continue }
        if old["size"] as? Int == input.bytes, old["mtime"] as? String == input.modified {
          recorder.tell(
            .alteredInput,
            "\(input.path) (\(input.name)): input changed since run \(run), though its length and time of change did not",
            hint: "the file or its disk may be damaged: compare it with its source")
        } else {
          recorder.tell(.newInput, "\(input.path) (\(input.name)): input changed since run \(run)")
        }
      }
      return
    }
  }

  /// Throws where an input is no longer what was read: results of two states would be mixed.
  func requireUnchangedInputs() throws(RunFailure) {
    let changes = hashes.changes()
    guard let first = changes.first else { return }
    let isGone = changes.contains { !$0.isThere }
    throw RunFailure(
      isGone ? .input : .processing,
      [
        Diagnostic(
          .changedInput, at: SourcePosition(file: pipeline.file),
          "\(first.path) \(first.isThere ? "changed" : "vanished") during the run"
            + (changes.count > 1 ? ", and \(changes.count - 1) more" : "") + "; nothing was published",
          hint: "run again once the inputs are complete; put new files in place by rename")
      ])
  }
}

extension RunOptions {
  /// Folder of the results of a run that begins now.
  func target(of pipeline: PipelineFile) -> URL {
    let date = Date.now.ISO8601Format(.iso8601.year().month().day())
    return URL(fileURLWithPath: output ?? pipeline.outputDirectory(date: date))
  }

  /// Folder of the cache, beside the results unless given; nil for none.
  ///
  /// Where a folder of the results' path holds the date, it lies beside that: the next day's run finds it again.
  func cacheFolder(of pipeline: PipelineFile) -> URL? {
    guard usesCache else { return nil }
    if let cache { return URL(fileURLWithPath: cache) }
    let mark = "{date}"
    let results = URL(fileURLWithPath: output ?? pipeline.outputDirectory(date: mark)).standardizedFileURL
    var folder = results.deletingLastPathComponent()
    while output == nil, folder.path.contains(mark) { folder.deleteLastPathComponent() }
    return folder.appendingPathComponent(".overvann-cache")
  }
}

extension DiagnosticCode {
  static let waitsForLock: Self = "I-RUN-107"
  static let clearedLeftovers: Self = "I-RUN-106"
  static let changedInput: Self = "E-RUN-004"
  static let alteredInput: Self = "W-RUN-105"
  static let newInput: Self = "I-RUN-105"
}

/// Largest memory that this process has held, in bytes; nil where the system does not tell.
func peakMemory() -> Int? {
  #if canImport(Darwin)
    var usage = rusage()
    return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : nil
  #else
    // Not getrusage: its figure starts from what the process held that started this one.
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  #endif
}
