import Foundation

/// Path, length and hash of a file that was written.
public struct WrittenFile: Sendable, Hashable {
  /// Path as given to the writer.
  public var path: String
  /// Length in bytes.
  public var bytes: Int
  /// SHA-256 of the content, in hexadecimal.
  public var sha256: String

  /// Describes a file.
  public init(path: String, bytes: Int, sha256: String) {
    self.path = path
    self.bytes = bytes
    self.sha256 = sha256
  }
}

/// A file being written: buffered, hashed on the way, and in place only when it is complete.
///
/// Regular files are written under a temporary name and renamed by `finish`; without it they vanish. Devices and pipes
/// are written directly.
final class OutputFile {
  private let path: String
  private let writtenPath: String
  private let isDirect: Bool
  private var descriptor: Int32
  private var hash = SHA256()
  private var bytes = 0
  /// Bytes not yet written; the caller appends here and calls `flushIfLarge` now and then.
  var buffer: [UInt8] = []

  /// Bytes gathered before they are handed to the system.
  private static let blockSize = 1 << 20

  /// Opens a file for writing.
  init(_ url: URL) throws(ReportError) {
    path = url.path
    isDirect = FileSystem.kind(of: path) == .other
    writtenPath = isDirect ? path : "\(path).tmp-\(getpid())"
    let flags = isDirect ? O_WRONLY : O_WRONLY | O_CREAT | O_TRUNC
    descriptor = open(writtenPath, flags | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileSystem.error("open for writing", path) }
    buffer.reserveCapacity(Self.blockSize + (1 << 16))
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    if !isDirect { unlink(writtenPath) }
  }

  /// Hands the buffer to the system once it is large enough.
  func flushIfLarge() throws(ReportError) {
    if buffer.count >= Self.blockSize { try flush() }
  }

  /// Flushes, closes and moves the file into place.
  func finish() throws(ReportError) -> WrittenFile {
    try flush()
    if !isDirect && fsync(descriptor) != 0 { throw FileSystem.error("flush to disk", path) }
    let open = descriptor
    descriptor = -1
    if close(open) != 0 {
      let number = errno
      if !isDirect { unlink(writtenPath) }
      throw FileSystem.error("close", path, number: number)
    }
    if !isDirect && rename(writtenPath, path) != 0 {
      let number = errno
      unlink(writtenPath)
      throw FileSystem.error("move into place", path, number: number)
    }
    return WrittenFile(path: path, bytes: bytes, sha256: hash.hexDigest())
  }

  private func flush() throws(ReportError) {
    hash.update(buffer)
    bytes += buffer.count
    var done = 0
    while done < buffer.count {
      let count = buffer.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done) }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileSystem.error("write", path)
      }
      done += count
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
