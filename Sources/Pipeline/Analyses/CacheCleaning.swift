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
  /// - Throws: ``RunFailure`` with the code for the command line where the folder is no cache, and for outputs where
  ///   something cannot be deleted.
  public func run() throws(RunFailure) -> [Item] {
    guard CacheFolder.isCache(cache) else {
      let isThere = FileManager.default.fileExists(atPath: cache.path)
      throw RunFailure(
        .configuration,
        [
          Diagnostic(
            .misuse, at: SourcePosition(file: cache.path), isThere ? "is no cache" : "there is no such folder",
            hint: "name the folder that runs keep their steps in, such as results/.overvann-cache")
        ])
    }
    var items = temporaries() + entries()
    let folders = abandonedFolders()
    if isDryRun { return items + folders.map(\.item) }
    try delete(items)
    for (item, lock) in folders {
      // Whoever begins a run meanwhile waits or is refused, and nobody's folder is deleted under his feet.
      guard let held = try? RunLock(file: lock) else { continue }
      try delete([item])
      items.append(item)
      withExtendedLifetime(held) {}
    }
    return items
  }

  private func delete(_ items: [Item]) throws(RunFailure) {
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
  }

  private struct Entry {
    let path: String
    let bytes: Int
    let used: Date
  }

  private func entries() -> [Item] {
    let files = [("steps", ".step"), ("scans", ".json")].flatMap { folder, ending in
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

  private func temporaries() -> [Item] {
    CacheFolder.abandonedTemporaries(in: cache).map {
      Item(path: $0.path, bytes: Self.contents(of: $0.path).bytes, reason: "left behind by process \($0.process)")
    }
  }

  /// Temporary folders of runs that were killed, each with the lock of its results: nobody holds it, the process is gone,
  /// and for an hour nothing was added anywhere in them.
  private func abandonedFolders() -> [(item: Item, lock: URL)] {
    guard let results else { return [] }
    return Self.names(in: results).compactMap { name -> (item: Item, lock: URL)? in
      guard let mark = name.range(of: ".tmp-", options: .backwards) else { return nil }
      let parts = name[mark.upperBound...].split(separator: "-")
      guard parts.count == 2, let process = Int32(parts[0]), UInt32(parts[1], radix: 16) != nil else { return nil }
      let lock = RunDirectory.lockFile(of: results.appendingPathComponent(String(name[..<mark.lowerBound])))
      let path = results.appendingPathComponent(name).path
      let (bytes, changed) = Self.contents(of: path)
      guard CacheFolder.isGone(process), !CacheFolder.isLocked(lock.path), changed < Date.now.addingTimeInterval(-3600)
      else { return nil }
      return (Item(path: path, bytes: bytes, reason: "left behind by process \(process)"), lock)
    }
  }

  /// Bytes of a file, or of all files below a folder, and the time of the last change of any of them.
  private static func contents(of path: String) -> (bytes: Int, changed: Date) {
    let below = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
    var (bytes, changed) = (0, Date.distantPast)
    for file in [path] + below.map({ path + "/" + $0 }) {
      guard let attributes = try? FileManager.default.attributesOfItem(atPath: file) else { continue }
      if attributes[.type] as? FileAttributeType == .typeRegular { bytes += attributes[.size] as? Int ?? 0 }
      changed = max(changed, attributes[.modificationDate] as? Date ?? .distantPast)
    }
    return (bytes, changed)
  }

  private static func names(in folder: URL) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }
}
