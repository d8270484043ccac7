public import Foundation

/// The folder of one run's results: it appears complete or not at all.
///
/// Everything is written into a temporary folder beside the target, on the same file system. `publish` flushes it,
/// writes the manifest last and puts the folder in place by one rename. Without it the temporary folder is deleted.
/// A lock beside the target keeps other runs away, and what runs that were killed left behind is cleared first.
public final class RunDirectory {
  /// Where the results will be.
  public let target: URL
  /// Where they are written until then.
  public let url: URL
  /// Names of folders that killed runs had left beside the target; they were deleted, or put back.
  public let clearedLeftovers: [String]
  private let replaces: Bool
  private let lock: RunLock
  private var isOpen = true

  /// Name of the file that is written last and marks a folder as a run directory.
  public static let manifestName = "manifest.json"

  /// Locks the target and makes the temporary folder.
  /// - Parameters:
  ///   - target: Folder to publish; the folders above it are made where they are missing.
  ///   - replace: Whether an older run directory may be replaced; anything else is never replaced.
  ///   - waiting: How long to wait for another run on the same target.
  ///   - told: Is told once who is waited for.
  /// - Throws: `ReportError` with code `exists`, `notARunDirectory`, `locked` or a failure of the file system.
  public init(
    target: URL, replace: Bool = false, waiting: Duration = .zero, told: (String) -> Void = { _ in }
  ) throws(ReportError) {
    let path = Self.plainPath(target)
    let name = (path as NSString).lastPathComponent
    let parent = (path as NSString).deletingLastPathComponent
    guard !name.isEmpty, name != "/" else {
      throw ReportError(.notWritable, path: path, message: "is not a folder that can be made", hint: "name another")
    }
    try FileSystem.makeFolders(parent)
    lock = try RunLock(file: Self.lockFile(of: URL(fileURLWithPath: path)), waiting: waiting, told: told)
    // Whoever holds the lock is the only one to have such folders.
    clearedLeftovers = try Self.clearLeftovers(of: name, in: parent)
    try Self.requireFree(path, replace: replace)
    let token = String(UInt32.random(in: .min ... .max), radix: 16)
    let temporary = "\(parent)/\(name).tmp-\(getpid())-\(token)"
    guard mkdir(temporary, 0o777) == 0 else { throw FileSystem.error("make the folder", temporary) }
    UnfinishedPaths.begin(temporary)
    self.target = URL(fileURLWithPath: path, isDirectory: true)
    url = URL(fileURLWithPath: temporary, isDirectory: true)
    replaces = replace
  }

  deinit { discard() }

  /// The file beside a target whose lock keeps other runs away.
  public static func lockFile(of target: URL) -> URL {
    target.deletingLastPathComponent().appendingPathComponent(".\(target.lastPathComponent).lock")
  }

  /// The place of a file in the temporary folder; the folders on the way are made.
  public func url(for relativePath: String) throws(ReportError) -> URL {
    precondition(!relativePath.hasPrefix("/") && !relativePath.split(separator: "/").contains(".."))
    let file = url.appendingPathComponent(relativePath)
    try FileSystem.makeFolders((file.path as NSString).deletingLastPathComponent)
    return file
  }

  /// Writes a file whose bytes are known.
  public func write(_ bytes: UnsafeRawBufferPointer, to relativePath: String) throws(ReportError) {
    let path = try url(for: relativePath).path
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileSystem.error("open for writing", path) }
    let number = writeAll(bytes, to: descriptor)
    guard number == 0 else {
      close(descriptor)
      throw FileSystem.error("write", path, number: number)
    }
    guard close(descriptor) == 0 else { throw FileSystem.error("close", path) }
  }

  /// The files written so far, as paths relative to the run directory.
  public func paths() throws(ReportError) -> [String] { try FileSystem.files(below: url.path) }

  /// Every file written so far: path relative to the run directory, length and hash, sorted by path.
  /// - Parameter known: Files whose hash the writers already told, under their full path.
  public func files(known: [WrittenFile] = []) throws(ReportError) -> [WrittenFile] {
    let known = Dictionary(known.map { ($0.path, $0) }) { _, last in last }
    var files: [WrittenFile] = []
    for relative in try FileSystem.files(below: url.path) {
      let path = url.path + "/" + relative
      if let file = known[path] {
        files.append(WrittenFile(path: relative, bytes: file.bytes, sha256: file.sha256))
      } else {
        let (sha256, bytes) = try SHA256.hexDigest(ofFile: URL(fileURLWithPath: path))
        files.append(WrittenFile(path: relative, bytes: bytes, sha256: sha256))
      }
    }
    return files
  }

  /// Flushes everything, writes the manifest and puts the folder in place.
  /// - Parameters:
  ///   - manifest: Is written last.
  ///   - last: Done when nothing is left but to put the folder in place, for what cannot be taken back.
  /// - Returns: What went wrong after the results were in place, such as an old run that could not be deleted.
  /// - Throws: `ReportError` or the error of `last`; then nothing has changed at the target.
  @discardableResult
  public func publish(_ manifest: Manifest, last: () throws -> Void = {}) throws -> [ReportError] {
    precondition(isOpen, "a run is published once")
    try FileSystem.synchroniseTree(url.path)
    try writeJSON(.object(manifest.json), to: url.appendingPathComponent(Self.manifestName))
    try FileSystem.synchronise(url.path)
    try Self.requireFree(target.path, replace: replaces)
    try last()
    guard UnfinishedPaths.beginPublishing() else {
      throw ReportError(.failed, path: target.path, message: "the program was told to end")
    }
    let old: String?
    do throws(ReportError) {
      old = try moveIntoPlace()
    } catch {
      UnfinishedPaths.endPublishing(at: nil)
      throw error
    }
    isOpen = false
    // An old run takes long to delete where it is large: whoever stops the program meanwhile is told of the new one.
    UnfinishedPaths.end(url.path)
    UnfinishedPaths.endPublishing(at: target.path)
    var afterthoughts: [ReportError] = []
    do throws(ReportError) {
      try FileSystem.synchronise(target.deletingLastPathComponent().path)
      if let old { try FileSystem.remove(old) }
    } catch {
      afterthoughts.append(error)
    }
    return afterthoughts
  }

  /// Deletes the temporary folder and everything in it; the target stays as it is.
  public func discard() {
    guard isOpen else { return }
    isOpen = false
    try? FileSystem.remove(url.path)
    UnfinishedPaths.end(url.path)
  }

  /// Lets a symbolic link beside the target lead to it, in place of where it led before.
  /// - Throws: `ReportError` with code `exists` where something else has the name.
  public func link(_ name: String) throws(ReportError) {
    let path = try Self.requireLink(name, beside: target)
    let temporary = "\(path).tmp-\(getpid())"
    unlink(temporary)
    guard symlink(target.lastPathComponent, temporary) == 0 else { throw FileSystem.error("make the link", temporary) }
    guard rename(temporary, path) == 0 else {
      let number = errno
      unlink(temporary)
      throw FileSystem.error("move into place", path, number: number)
    }
  }

  /// The path of a link beside a run directory.
  /// - Throws: `ReportError` with code `exists` where something other than a link has the name, or the target itself.
  @discardableResult
  public static func requireLink(_ name: String, beside target: URL) throws(ReportError) -> String {
    let path = target.deletingLastPathComponent().appendingPathComponent(name).path
    if name == target.lastPathComponent {
      throw ReportError(
        .exists, path: path, message: "is the output itself, and cannot be a link to it", hint: "choose another name")
    }
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFLNK {
      throw ReportError(
        .exists, path: path, message: "is no symbolic link, so it is not replaced by one", hint: "choose another name")
    }
    return path
  }

  /// Renames the temporary folder to the target; returns where an older run directory is now.
  private func moveIntoPlace() throws(ReportError) -> String? {
    let isThere = FileSystem.kind(of: target.path) != .nothing
    let mode: FileSystem.RenameMode = isThere ? .exchange : .mustBeNew
    if try FileSystem.rename(url.path, target.path, mode) { return isThere ? url.path : nil }
    var aside: String?
    if isThere {
      let old = url.path.replacingOccurrences(of: ".tmp-", with: ".old-", options: .backwards)
      guard rename(target.path, old) == 0 else { throw FileSystem.error("move the old run aside", target.path) }
      aside = old
    }
    guard rename(url.path, target.path) == 0 else {
      let number = errno
      if let aside { rename(aside, target.path) }
      throw FileSystem.error("move into place", target.path, number: number)
    }
    return aside
  }

  private static func requireFree(_ path: String, replace: Bool) throws(ReportError) {
    let kind = FileSystem.kind(of: path)
    if kind == .nothing { return }
    guard replace else {
      throw ReportError(
        .exists, path: path, message: "the output exists", hint: "choose another output or allow replacing it")
    }
    guard kind == .folder else {
      throw ReportError(
        .notARunDirectory, path: path, message: "the output exists and is not a folder", hint: "choose another output")
    }
    let names = try FileSystem.names(in: path)
    guard names.isEmpty || names.contains(manifestName) else {
      throw ReportError(
        .notARunDirectory, path: path, message: "the folder holds no \(manifestName), so it is not replaced",
        hint: "choose another output or empty the folder")
    }
  }

  /// Deletes the temporary folders of killed runs; an old run moved aside comes back where the target is missing.
  private static func clearLeftovers(of name: String, in parent: String) throws(ReportError) -> [String] {
    var cleared: [String] = []
    for candidate in try FileSystem.names(in: parent) {
      for (mark, isOld) in [(".tmp-", false), (".old-", true)] {
        guard candidate.hasPrefix(name + mark) else { continue }
        let parts = candidate.dropFirst(name.utf8.count + mark.utf8.count).split(separator: "-")
        guard parts.count == 2, UInt32(parts[0]) != nil, UInt32(parts[1], radix: 16) != nil else { continue }
        let path = parent + "/" + candidate
        guard FileSystem.kind(of: path) == .folder else { continue }
        if isOld && FileSystem.kind(of: parent + "/" + name) == .nothing {
          guard rename(path, parent + "/" + name) == 0 else { throw FileSystem.error("put back", path) }
        } else {
          try FileSystem.remove(path)
        }
        cleared.append(candidate)
      }
    }
    return cleared
  }

  private static func plainPath(_ url: URL) -> String {
    let path = url.standardizedFileURL.path
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}
