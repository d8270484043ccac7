public import Foundation

/// The bytes of a file, mapped into memory for reading.
public final class MappedFile {
  /// The bytes, as long as this lives.
  public let bytes: UnsafeRawBufferPointer

  /// Maps a file.
  /// - Throws: `ReportError` where it cannot be read.
  public init(_ path: String) throws(ReportError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileSystem.error("open", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileSystem.error("look at", path) }
    let count = Int(status.st_size)
    if count == 0 {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
      throw FileSystem.error("map into memory", path)
    }
    madvise(address, count, MADV_SEQUENTIAL)
    bytes = UnsafeRawBufferPointer(start: address, count: count)
  }

  deinit {
    if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
  }
}

/// The error of a failed call of the file system, from the number that it left.
public func fileError(_ operation: String, _ path: String, number: Int32 = errno) -> ReportError {
  FileSystem.error(operation, path, number: number)
}

/// Makes a folder and the folders above it where they are missing.
public func makeFolders(_ path: String) throws(ReportError) { try FileSystem.makeFolders(path) }

/// Writes all bytes to a descriptor, however many calls that takes.
/// - Returns: The number of the system's error; 0 where there was none.
public func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
  var done = 0
  while done < bytes.count {
    let count = write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
    if count < 0 {
      if errno == EINTR { continue }
      return errno
    }
    done += count
  }
  return 0
}
