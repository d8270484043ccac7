import Foundation

/// The few file system calls that need exact results; each throws with the path and the system's own words.
enum FileSystem {
  /// The error of a failed call, from the error number that the system left.
  static func error(_ operation: String, _ path: String, number: Int32 = errno) -> ReportError {
    let words = String(cString: strerror(number))
    switch number {
    case ENOSPC, EDQUOT, EFBIG:
      return ReportError(
        .diskFull, path: path, message: "\(operation): \(words)",
        hint: "free some space or choose another output folder; nothing was published")
    case EACCES, EPERM, EROFS, ENOENT, ENOTDIR, EISDIR:
      return ReportError(
        .notWritable, path: path, message: "\(operation): \(words)", hint: "check the folder and its permissions")
    case EEXIST, ENOTEMPTY:
      return ReportError(
        .exists, path: path, message: "\(operation): \(words)", hint: "choose another output or allow replacing it")
    default:
      return ReportError(.failed, path: path, message: "\(operation): \(words) (\(number))")
    }
  }

  /// What a path leads to, without following a last symbolic link.
  enum Kind {
    case nothing
    case file
    case folder
    case other
  }

  /// What stands at a path.
  static func kind(of path: String) -> Kind {
    var status = stat()
    guard lstat(path, &status) == 0 else { return .nothing }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .other
    }
  }

  /// Flushes a file or folder to the disk.
  static func synchronise(_ path: String) throws(ReportError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw error("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw error("flush to disk", path) }
  }

  /// The names in a folder in byte order, without `.` and `..`.
  static func names(in folder: String) throws(ReportError) -> [String] {
    guard let stream = opendir(folder) else { throw error("list the folder", folder) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// All files below a folder, as paths relative to it, sorted; symbolic links are not followed.
  static func files(below folder: String) throws(ReportError) -> [String] {
    var found: [String] = []
    for name in try names(in: folder) {
      let path = folder + "/" + name
      if kind(of: path) == .folder {
        for inner in try files(below: path) { found.append(name + "/" + inner) }
      } else {
        found.append(name)
      }
    }
    return found
  }

  /// Flushes everything below a folder, then the folder itself.
  static func synchroniseTree(_ folder: String) throws(ReportError) {
    for name in try names(in: folder) {
      let path = folder + "/" + name
      switch kind(of: path) {
      case .folder: try synchroniseTree(path)
      case .file: try synchronise(path)
      case .other, .nothing: break
      }
    }
    try synchronise(folder)
  }

  /// Deletes a file or a folder with all that is in it; symbolic links are deleted, not followed.
  static func remove(_ path: String) throws(ReportError) {
    switch kind(of: path) {
    case .nothing: return
    case .folder:
      for name in try names(in: path) { try remove(path + "/" + name) }
      guard rmdir(path) == 0 else { throw error("delete", path) }
    case .file, .other:
      guard unlink(path) == 0 else { throw error("delete", path) }
    }
  }

  /// Makes a folder and the folders above it where they are missing.
  static func makeFolders(_ path: String) throws(ReportError) {
    if path.isEmpty || kind(of: path) == .folder { return }
    if let slash = path.lastIndex(of: "/"), slash > path.startIndex { try makeFolders(String(path[..<slash])) }
    if mkdir(path, 0o777) != 0 {
      let number = errno
      var status = stat()
      // A symbolic link to a folder, or another program that was faster, is as good.
      guard number == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw error("make the folder", path, number: number)
      }
    }
  }

  /// What a rename does about a target that exists; the raw values are Linux' RENAME_NOREPLACE and RENAME_EXCHANGE.
  enum RenameMode: UInt32 {
    case mustBeNew = 1
    case exchange = 2
  }

  /// Renames in one step, so that there is no moment without the target.
  /// - Returns: false where the system or the file system does not know this kind of rename; nothing has happened then.
  static func rename(_ source: String, _ target: String, _ mode: RenameMode) throws(ReportError) -> Bool {
    #if os(Linux)
      // The headers declare renameat2 for GNU sources only, so it is looked up by name.
      typealias Rename = @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
      guard let symbol = dlsym(nil, "renameat2") else { return false }
      if unsafeBitCast(symbol, to: Rename.self)(AT_FDCWD, source, AT_FDCWD, target, mode.rawValue) == 0 { return true }
      let number = errno
      if number == EINVAL || number == ENOSYS || number == ENOTSUP { return false }
      throw error("move into place", target, number: number)
    #else
      return false
    #endif
  }
}
