/// The bytes of an archive do not hold what was expected of them.
public struct ArchiveError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public let description: String

  /// Makes an error.
  public init(_ description: String) { self.description = description }
}

/// Reads values in the order in which an ``ArchiveWriter`` wrote them.
public struct ArchiveReader {
  private var rest: UnsafeRawBufferPointer

  /// Reads from bytes that stay where they are while the reader is used.
  public init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  /// Whether everything has been read.
  public var isAtEnd: Bool { rest.isEmpty }

  /// The next value.
  /// - Throws: `ArchiveError` where the bytes end or do not make sense.
  public mutating func read<Value: Archivable>(_ type: Value.Type = Value.self) throws(ArchiveError) -> Value {
    try Value(from: &self)
  }

  /// The next bytes.
  /// - Throws: `ArchiveError` where there are fewer.
  public mutating func bytes(_ count: Int) throws(ArchiveError) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= rest.count else {
      throw ArchiveError("\(count) bytes are wanted where \(rest.count) are left")
    }
    defer { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
    return UnsafeRawBufferPointer(rebasing: rest[..<count])
  }

  /// The next number of elements, each of at least a number of bytes.
  public mutating func count(elementSize: Int = 1) throws(ArchiveError) -> Int {
    let count: Int = try read()
    guard count >= 0, count <= rest.count / max(1, elementSize) else {
      throw ArchiveError("\(count) elements are wanted where \(rest.count) bytes are left")
    }
    return count
  }
}
