public import Foundation

/// Keeps other runs away from an output: an advisory lock on a file that the kernel lets go when the process ends.
public final class RunLock {
  private let path: String
  private let descriptor: Int32

  /// Takes the lock, waiting for it at most as long as told.
  ///
  /// The lock file tells the process and its start of work to whoever finds it taken.
  /// - Parameters:
  ///   - url: The lock file; made where it is missing.
  ///   - waiting: How long to wait.
  ///   - told: Is told once who is waited for.
  /// - Throws: `ReportError` with code `locked` and the number of the other process, or a failure of the file system.
  public init(
    file url: URL, waiting: Duration = .zero, told: (String) -> Void = { _ in }
  ) throws(ReportError) {
    let path = url.path
    var isTold = false
    let deadline = ContinuousClock.now + waiting
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { throw FileSystem.error("open the lock file", path) }
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
        let number = errno
        let holder = Self.text(of: descriptor)
        close(descriptor)
        if number == EINTR { continue }
        guard number == EWOULDBLOCK else { throw FileSystem.error("lock", path, number: number) }
        let text = "locked by another run (\(holder.isEmpty ? "unknown" : holder))"
        guard ContinuousClock.now < deadline else {
          throw ReportError(.locked, path: path, message: text, hint: "wait for it to end")
        }
        if !isTold { told(text) }
        isTold = true
        usleep(100_000)
        continue
      }
      if Self.isStill(descriptor, at: path) {
        self.path = path
        self.descriptor = descriptor
        break
      }
      // The last holder deleted the file between our opening and locking it: try the new one.
      close(descriptor)
    }
    UnfinishedPaths.begin(path)
    let text = "pid \(getpid()) on \(ProcessInfo.processInfo.hostName), since \(Date().ISO8601Format())\n"
    ftruncate(descriptor, 0)
    let written = text.utf8.withContiguousStorageIfAvailable { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    // The lock holds without the text; only the message to others is poorer.
    _ = written
  }

  deinit {
    unlink(path)
    UnfinishedPaths.end(path)
    close(descriptor)
  }

  private static func text(of descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 200)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    return String(text.prefix { $0 != "\n" })
  }

  private static func isStill(_ descriptor: Int32, at path: String) -> Bool {
    var opened = stat()
    var named = stat()
    guard fstat(descriptor, &opened) == 0, stat(path, &named) == 0 else { return false }
    return opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
  }
}
