import Foundation
import Geodata
import Grids
import Report

/// Hashes of files' contents, remembered by what the file system tells of a file.
///
/// A file whose path, length, times of change in nanoseconds and inode are those of a remembered one is not read again:
/// the time that its content was changed, and that of its inode, which nobody can set back. A file that was changed within the last two seconds is not remembered: it could change again within one tick of the
/// clock. Paths are opened for reading alone.
final class ContentHashes {
  /// What the file system tells of a file.
  struct Identity: Hashable {
    var bytes: Int64
    var modified: Int64
    /// When content, name, links or rights were last changed.
    var changed: Int64
    var inode: UInt64

    /// Nil where there is no file or folder.
    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      bytes = Int64(status.st_size)
      #if canImport(Darwin)
        let (content, node) = (status.st_mtimespec, status.st_ctimespec)
      #else
        let (content, node) = (status.st_mtim, status.st_ctim)
      #endif
      modified = Int64(content.tv_sec) &* 1_000_000_000 &+ Int64(content.tv_nsec)
      changed = Int64(node.tv_sec) &* 1_000_000_000 &+ Int64(node.tv_nsec)
      inode = UInt64(status.st_ino)
    }

    fileprivate init(bytes: Int64, modified: Int64, changed: Int64, inode: UInt64) {
      (self.bytes, self.modified, self.changed, self.inode) = (bytes, modified, changed, inode)
    }
  }

  private struct Entry {
    var identity: Identity
    var sha256: String
  }

  /// Where hashes are remembered; nil for nowhere.
  private let memory: URL?
  private var remembered: [String: Entry] = [:]
  /// Files that were asked for, as they were then.
  private var seen: [String: Entry] = [:]
  private var datasets: [String: [String]] = [:]
  private var hasNews = false

  /// - Parameter memory: File that hashes are remembered in.
  init(memory: URL?) {
    self.memory = memory
    guard let memory, let data = FileManager.default.contents(atPath: memory.path) else { return }
    // Lines that are no entries are passed over: the file is nothing but a memory.
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: "\t", maxSplits: 5).map(String.init)
      guard parts.count == 6, parts[0].count == 64, let bytes = Int64(parts[1]), let modified = Int64(parts[2]),
        let changed = Int64(parts[3]), let inode = UInt64(parts[4])
      else { continue }
      remembered[parts[5]] = Entry(
        identity: Identity(bytes: bytes, modified: modified, changed: changed, inode: inode), sha256: parts[0])
    }
  }

  /// The hash of a file as it was when it was first asked for in this run; nil where it cannot be read.
  /// - Parameter isInput: Whether the run must fail where the file changes meanwhile.
  func hash(of path: String, isInput: Bool = true) -> String? {
    if let entry = seen[path] { return entry.sha256 }
    guard let identity = Identity(path) else { return nil }
    if let entry = remembered[path], entry.identity == identity {
      if isInput { seen[path] = entry }
      return entry.sha256
    }
    guard let digest = try? SHA256.hexDigest(ofFile: URL(fileURLWithPath: path)), Identity(path) == identity else {
      return nil
    }
    let entry = Entry(identity: identity, sha256: digest.sha256)
    if isInput { seen[path] = entry }
    let now = Int64(Date.now.timeIntervalSince1970 * 1e9)
    // Times in the future are not trusted either.
    if now - max(identity.modified, identity.changed) > 2_000_000_000 {
      remembered[path] = entry
      hasNews = true
    }
    return entry.sha256
  }

  /// Length and time of change of a file whose hash was asked for.
  func identity(of path: String) -> Identity? { seen[path]?.identity }

  /// Every file of a dataset with its hash; nil where one cannot be read or there is none.
  func dataset(_ path: String) -> [(path: String, sha256: String)]? {
    let files = datasets[path] ?? datasetFiles(of: path)
    datasets[path] = files
    guard !files.isEmpty else { return nil }
    var found: [(String, String)] = []
    for file in files {
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), isFolder.boolValue { continue }
      guard let sha256 = hash(of: file) else { return nil }
      found.append((file, sha256))
    }
    return found
  }

  /// Whether files are still what they were when their hashes were asked for.
  func areUnchanged(_ paths: [String]) -> Bool {
    paths.allSatisfy { path in seen[path].map { isUnchanged(path, $0, Identity(path)) } ?? false }
  }

  /// Whether a file is still what it was; one that was linked or whose rights were changed is.
  private func isUnchanged(_ path: String, _ entry: Entry, _ now: Identity?) -> Bool {
    guard var now, now != entry.identity else { return now != nil }
    now.changed = entry.identity.changed
    guard now == entry.identity else { return false }
    return (try? SHA256.hexDigest(ofFile: URL(fileURLWithPath: path)).sha256) == entry.sha256
  }

  /// The files among those asked for that are no longer what they were, with whether they are still there.
  func changes() -> [(path: String, isThere: Bool)] {
    var found: [(path: String, isThere: Bool)] = []
    for (path, entry) in seen {
      let now = Identity(path)
      if !isUnchanged(path, entry, now) { found.append((path, now != nil)) }
    }
    for (path, files) in datasets {
      let now = Set(datasetFiles(of: path))
      for file in now.symmetricDifference(files) where !found.contains(where: { $0.path == file }) {
        found.append((file, now.contains(file)))
      }
    }
    return found.sorted { $0.path < $1.path }
  }

  /// Remembers hashes for other runs; without a word where that is not possible, for it only saves time.
  func save() {
    guard hasNews, let memory else { return }
    let lines = remembered.sorted { $0.key < $1.key }.filter { !$0.key.contains("\n") }.map { path, entry in
      "\(entry.sha256)\t\(entry.identity.bytes)\t\(entry.identity.modified)\t\(entry.identity.changed)\t\(entry.identity.inode)\t\(path)\n"
    }
    try? FileManager.default.createDirectory(
      at: memory.deletingLastPathComponent(), withIntermediateDirectories: true)
    let temporary = memory.deletingLastPathComponent().appendingPathComponent("tmp-\(getpid())-hashes")
    guard (try? Data(lines.joined().utf8).write(to: temporary)) != nil, rename(temporary.path, memory.path) == 0 else {
      unlink(temporary.path)
      return
    }
    hasNews = false
  }
}
