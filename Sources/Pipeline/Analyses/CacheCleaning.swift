public import Foundation
import Report

/// Clears a cache of what has not been used for long, and of what runs that were killed left behind.
public struct CacheCleaning: Sendable {
  /// A file or folder that is cleared.
  public struct Item: Sendable {
    /// Path.
    public let path: String
    /// Bytes that it takes.
    public let bytes: Int
    /// Why it is cleared.
    public let reason: String
  }

  /// Folder of the cache.
  public var cache: URL
  /// Folder of the results whose abandoned temporary folders are cleared; nil for none.
  public var results: URL?
  /// Entries that were last used longer ago than so many seconds are cleared; nil for none.
  public var olderThan: Double?
  /// The entries used longest ago are cleared until the rest takes no more bytes; nil for no limit.
  public var maximumSize: Int?
  /// Whether nothing is cleared in earnest.
  public var isDryRun = false

  /// A cache to clear.
  public init(_ cache: URL) { self.cache = cache }

  /// Clears the cache.
  /// - Returns: What was cleared, or would be.
  /// - Throws: ``RunFailure`` with the code for outputs where something cannot be deleted.
  public func run() throws(RunFailure) -> [Item] {
    let items = temporaries() + entries() + abandonedFolders()
    if isDryRun { return items }
    for item in items {
      do {
        try FileManager.default.removeItem(atPath: item.path)
      } catch {
        // Another one may have been faster.
        guard FileManager.default.fileExists(atPath: item.path) else { continue }
        throw RunFailure(
          .output,
          [
            Diagnostic(
              .fileInTheWay, at: SourcePosition(file: item.path), "cannot be deleted: \(error.localizedDescription)")
          ])
      }
    }
    return items
  }

  private struct Entry {
    let path: String
    let bytes: Int
    let used: Date
  }

  private func entries() -> [Item] {
    let files = [("steps", ".step"), ("scans", ".json"), ("unfinished", ".restart")].flatMap { folder, ending in
      Self.names(in: cache.appendingPathComponent(folder)).filter { $0.hasSuffix(ending) }.map { "\(folder)/\($0)" }
    }
    var entries = files.compactMap { name -> Entry? in
      let path = cache.appendingPathComponent(name).path
      guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
        let bytes = attributes[.size] as? Int, let used = attributes[.modificationDate] as? Date
      else { return nil }
      return Entry(path: path, bytes: bytes, used: used)
    }
    // The longest unused first; of equal times by name, so that a dry run says what happens.
    entries.sort { ($0.used, $0.path) < ($1.used, $1.path) }
    var items: [Item] = []
    if let olderThan {
      let limit = Date.now.addingTimeInterval(-olderThan)
      items += entries.filter { $0.used < limit }.map {
        Item(path: $0.path, bytes: $0.bytes, reason: "last used \($0.used.ISO8601Format())")
      }
      entries.removeAll { $0.used < limit }
    }
    if let maximumSize {
      var total = entries.reduce(0) { $0 + $1.bytes }
      for entry in entries where total > maximumSize {
        items.append(Item(path: entry.path, bytes: entry.bytes, reason: "the cache is larger than allowed"))
        total -= entry.bytes
      }
    }
    return items
  }

  /// Files that nobody writes any more: their process is gone, and for an hour nothing was added.
  private func temporaries() -> [Item] {
    ["", "steps", "scans", "last", "log"].flatMap { part in
      let folder = part.isEmpty ? cache : cache.appendingPathComponent(part)
      return Self.names(in: folder).compactMap { name -> Item? in
        guard let process = CacheFolder.process(ofTemporary: name) else { return nil }
        return Self.abandoned(folder.appendingPathComponent(name).path, process)
      }
    }
  }

  /// Temporary folders of runs that were killed.
  private func abandonedFolders() -> [Item] {
    guard let results else { return [] }
    return Self.names(in: results).compactMap { name -> Item? in
      guard let mark = name.range(of: ".tmp-", options: .backwards) else { return nil }
      let parts = name[mark.upperBound...].split(separator: "-")
      guard parts.count == 2, let process = Int32(parts[0]), UInt32(parts[1], radix: 16) != nil else { return nil }
      return Self.abandoned(results.appendingPathComponent(name).path, process)
    }
  }

  private static func abandoned(_ path: String, _ process: Int32) -> Item? {
    // A process of another machine may be writing: its number tells nothing here, but its file grows.
    guard kill(process, 0) != 0, errno == ESRCH,
      let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      let changed = attributes[.modificationDate] as? Date, changed < Date.now.addingTimeInterval(-3600)
    else { return nil }
    return Item(path: path, bytes: attributes[.size] as? Int ?? 0, reason: "left behind by process \(process)")
  }

  private static func names(in folder: URL) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }
}
