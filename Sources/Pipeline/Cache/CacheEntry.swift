import Foundation
import Grids
import Report

/// Head of an entry: 64 bytes, then the key's text, then the body.
private enum EntryHead {
  static let magic: UInt64 = 0x3170_6574_7372_766F  // "ovrstep1"
  static let size = 64
}

/// An entry of the cache, mapped into memory and checked.
final class CacheEntry {
  private let file: MappedFile
  private let body: UnsafeRawBufferPointer

  /// Opens an entry.
  /// - Returns: Nil where there is none.
  /// - Throws: `ArchiveError` where it is damaged.
  init?(_ url: URL, key: String) throws(ArchiveError) {
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    do throws(ReportError) {
      file = try MappedFile(url.path)
    } catch {
      throw ArchiveError("the entry cannot be read")
    }
    let bytes = file.bytes
    guard bytes.count >= EntryHead.size, bytes.loadUnaligned(as: UInt64.self) == EntryHead.magic else {
      throw ArchiveError("the entry is damaged: its beginning is not that of a step")
    }
    let length = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    let checksum = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
    guard length == UInt64(bytes.count - EntryHead.size) else {
      throw ArchiveError("the entry is damaged: \(bytes.count - EntryHead.size) bytes where \(length) were written")
    }
    body = UnsafeRawBufferPointer(rebasing: bytes[EntryHead.size...])
    var sum = Checksum()
    sum.update(body)
    guard sum.value == checksum else { throw ArchiveError("the entry is damaged: its checksum is wrong") }
    var archive = ArchiveReader(body)
    let found: String = try archive.read()
    guard found == key else { throw ArchiveError("the entry is of another step") }
    reader = archive
  }

  /// Reads what was written, as long as the entry lives.
  let reader: ArchiveReader
}

/// Writes an entry under a temporary name, and puts it in place.
final class CacheEntryWriter {
  private let url: URL
  private let temporary: String
  private let sink: Sink
  private var isFinished = false
  /// Takes what the entry holds.
  var archive: ArchiveWriter

  /// The file that pieces go to, with the first failure.
  private final class Sink {
    let descriptor: Int32
    var checksum = Checksum()
    var length: UInt64 = 0
    var failure: Int32 = 0

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    func take(_ bytes: UnsafeRawBufferPointer) {
      if failure != 0 { return }
      checksum.update(bytes)
      length += UInt64(bytes.count)
      failure = writeAll(bytes, to: descriptor)
    }
  }

  init(_ url: URL, key: String) throws(ReportError) {
    self.url = url
    let folder = url.deletingLastPathComponent()
    try makeFolders(folder.path)
    temporary = CacheFolder.temporaryName(in: folder)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw fileError("open for writing", temporary) }
    UnfinishedPaths.begin(temporary)
    // For as long as it is written: on other machines the number of this process says nothing.
    flock(descriptor, LOCK_EX | LOCK_NB)
    let sink = Sink(descriptor)
    self.sink = sink
    archive = ArchiveWriter { sink.take($0) }
    let head = [UInt8](repeating: 0, count: EntryHead.size)
    sink.failure = head.withUnsafeBytes { writeAll($0, to: descriptor) }
    archive.write(key)
  }

  deinit {
    close(sink.descriptor)
    if !isFinished { unlink(temporary) }
    UnfinishedPaths.end(temporary)
  }

  /// Completes the entry and puts it in place.
  func finish() throws(ReportError) {
    archive.finish()
    let head: [UInt64] = [EntryHead.magic, sink.length, sink.checksum.value]
    let written = head.withUnsafeBytes { pwrite(sink.descriptor, $0.baseAddress, $0.count, 0) }
    if sink.failure == 0, written != 24 { sink.failure = errno }
    guard sink.failure == 0 else { throw fileError("write", temporary, number: sink.failure) }
    guard rename(temporary, url.path) == 0 else { throw fileError("move into place", url.path) }
    isFinished = true
  }
}

/// A sum over bytes that tells a damaged file from a whole one; it is no protection against forgery.
///
/// Four lanes of 64 bits, mixed by multiplication: as fast as memory is read.
struct Checksum {
  private var lanes: SIMD4<UInt64> = [1, 2, 3, 4]
  private var rest: [UInt8] = []
  private var length: UInt64 = 0

  /// Adds bytes; pieces may be cut anywhere.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var start = 0
    if !rest.isEmpty {
      start = min(32 - rest.count, bytes.count)
      rest.append(contentsOf: bytes[..<start])
      if rest.count < 32 { return }
      rest.withUnsafeBytes { lanes = checksumBlocks($0, lanes) }
      rest.removeAll(keepingCapacity: true)
    }
    let whole = start + (bytes.count - start) / 32 * 32
    if whole > start { lanes = checksumBlocks(UnsafeRawBufferPointer(rebasing: bytes[start..<whole]), lanes) }
    if whole < bytes.count { rest.append(contentsOf: bytes[whole...]) }
  }

  /// The sum of everything so far.
  var value: UInt64 {
    var result = length
    let last = rest + [UInt8](repeating: 0, count: 32 - rest.count)
    let lanes = last.withUnsafeBytes { checksumBlocks($0, self.lanes) }
    for lane in 0..<4 {
      result = (result ^ lanes[lane]) &* 0x9E37_79B9_7F4A_7C15
      result ^= result >> 29
    }
    return result
  }
}
