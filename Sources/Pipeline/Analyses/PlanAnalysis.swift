public import Foundation
import Geodata
public import Report

/// What a run of a pipeline would compute, and why; nothing is written.
public struct RunPlan: Sendable {
  /// A step of the run.
  public struct Step: Sendable {
    /// Name.
    public let name: String
    /// Steps whose results it uses.
    public let after: [String]
    /// Hash of everything that it depends on; nil where an input cannot be read.
    public let key: String?
    /// Whether its result is in the cache.
    public let isCached: Bool
    /// Why it would be computed, one reason each; empty where it is cached.
    public let reasons: [String]

    /// What is printed of the step.
    public var json: JSONValue {
      [
        "step": .string(name), "status": .string(isCached ? "cached" : "run"), "key": JSONValue(key),
        "after": JSONValue(after), "reasons": JSONValue(reasons),
      ]
    }
  }

  /// The steps that are kept between runs, in the order of the run.
  public let steps: [Step]
  /// Folder of the cache; nil for none.
  public let cache: URL?

  /// Plans a run: reads the inputs' hashes and the names in the cache.
  /// - Throws: ``RunFailure`` where the analysis grid cannot be told, as the run would.
  public init(_ pipeline: PipelineFile, _ options: RunOptions = RunOptions()) throws(RunFailure) {
    GDALLibrary.start()
    try pipeline.reading("grid") { _ = try pipeline.analysisGrid() }
    let cache = options.cacheFolder(of: pipeline)
    self.cache = cache
    let graph = StepGraph(pipeline, ContentHashes(memory: cache.map { CacheFolder.hashes(in: $0) }))
    var running: Set<String> = []
    steps = graph.steps.map { step in
      let isCached = Self.isThere(step, cache)
      if !isCached { running.insert(step.id) }
      let reasons = isCached ? [] : Self.reasons(step, pipeline, cache, running)
      return Step(name: step.id, after: step.upstream, key: step.key, isCached: isCached, reasons: reasons)
    }
  }

  private static func isThere(_ step: PlannedStep, _ cache: URL?) -> Bool {
    guard let cache, let key = step.key else { return false }
    // What is damaged is found when it is read.
    return FileManager.default.fileExists(atPath: CacheFolder.entry(key, in: cache).path)
  }

  /// What differs from the last time that the step was computed.
  private static func reasons(
    _ step: PlannedStep, _ pipeline: PipelineFile, _ cache: URL?, _ running: Set<String>
  ) -> [String] {
    guard let cache else { return ["no cache is used"] }
    let missing = step.components.filter { $0.value == "missing" && $0.name.hasPrefix("file ") }
    if !missing.isEmpty { return missing.map { "\($0.name.dropFirst(5)) cannot be read" } }
    guard let data = FileManager.default.contents(atPath: CacheFolder.last(step.id, of: pipeline, in: cache).path),
      let last = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      let before = last["components"] as? [String: String]
    else { return ["never computed here"] }
    let time = last["time"] as? String ?? "before"
    if last["key"] as? String == step.key { return ["its result of \(time) is no longer in the cache"] }
    let now = Dictionary(uniqueKeysWithValues: step.components.map { ($0.name, $0.value) })
    var reasons: [String] = []
    for name in Set(before.keys).union(now.keys).sorted() where before[name] != now[name] {
      let what = name.split(separator: " ", maxSplits: 1).map(String.init)
      let (kind, rest) = (what[0], what.count > 1 ? what[1] : "")
      switch kind {
      case "file" where before[name] == nil: reasons.append("input \(rest) is new")
      case "file" where now[name] == nil: reasons.append("input \(rest) is no longer used")
      case "file": reasons.append("input \(rest) changed since \(time)")
      case "step": reasons.append("step \(rest) \(running.contains(rest) ? "runs" : "changed")")
      case "version": reasons.append("version of \(rest) changed: \(short(before[name])) → \(short(now[name]))")
      case "parameter": reasons.append("parameter \(rest): \(before[name] ?? "none") → \(now[name] ?? "none")")
      default: reasons.append("\(kind) of \(rest) changed: \(before[name] ?? "none") → \(now[name] ?? "none")")
      }
    }
    return reasons
  }

  private static func short(_ text: String?) -> String {
    guard let text else { return "none" }
    return text.count == 64 ? "\(text.prefix(8))…" : text
  }

  /// The plan as JSON.
  public var json: JSONValue {
    [
      "cache": JSONValue(cache?.path), "steps": .array(steps.map(\.json)),
      "cached": JSONValue(steps.count { $0.isCached }), "run": JSONValue(steps.count { !$0.isCached }),
    ]
  }

  /// The plan as a graph in the language of Graphviz.
  public var dot: String {
    func quoted(_ text: String) -> String { JSONValue.string(text).description }
    var lines = ["digraph plan {", "  rankdir=LR;", "  node [shape=box, style=filled];"]
    for step in steps {
      lines.append("  \(quoted(step.name)) [fillcolor=\(step.isCached ? "lightgrey" : "white")];")
      for before in step.after { lines.append("  \(quoted(before)) -> \(quoted(step.name));") }
    }
    return (lines + ["}"]).joined(separator: "\n")
  }

  /// The plan for people.
  /// - Parameter why: Whether every reason is told, and not the first alone.
  public func text(why: Bool) -> [String] {
    steps.map { step in
      guard !step.isCached else { return "\(step.name): cached" }
      let shown = why ? step.reasons : Array(step.reasons.prefix(1))
      let more = step.reasons.count - shown.count
      return "\(step.name): run, because \(shown.joined(separator: "; "))" + (more > 0 ? "; and \(more) more" : "")
    }
  }
}
