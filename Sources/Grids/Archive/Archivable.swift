/// A value that an ``ArchiveWriter`` writes and an ``ArchiveReader`` reads back equal, bit for bit.
///
/// Archives are read by the program that wrote them, on the same kind of machine: they are no format for exchange.
public protocol Archivable {
  /// Reads a value.
  /// - Throws: `ArchiveError` where the bytes are no such value.
  init(from archive: inout ArchiveReader) throws(ArchiveError)
  /// Writes the value.
  func write(to archive: inout ArchiveWriter)
  /// Writes values of an array, without their number.
  static func write(_ values: [Self], to archive: inout ArchiveWriter)
  /// Reads values of an array.
  static func read(_ count: Int, from archive: inout ArchiveReader) throws(ArchiveError) -> [Self]
}

extension Archivable {
  /// Writes the values one by one.
  public static func write(_ values: [Self], to archive: inout ArchiveWriter) {
    for value in values { value.write(to: &archive) }
  }

  /// Reads the values one by one.
  public static func read(_ count: Int, from archive: inout ArchiveReader) throws(ArchiveError) -> [Self] {
    var values: [Self] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try Self(from: &archive)) }
    return values
  }
}

extension Archivable where Self: BitwiseCopyable {
  /// Reads the bytes of the value.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    self = try archive.bytes(MemoryLayout<Self>.stride).loadUnaligned(as: Self.self)
  }

  /// Writes the bytes of the value.
  public func write(to archive: inout ArchiveWriter) { Self.write([self], to: &archive) }

  /// Writes all bytes at once.
  public static func write(_ values: [Self], to archive: inout ArchiveWriter) {
    values.withUnsafeBytes { archive.write(bytes: $0) }
  }

  /// Reads all bytes at once.
  public static func read(_ count: Int, from archive: inout ArchiveReader) throws(ArchiveError) -> [Self] {
    let (size, isTooLarge) = count.multipliedReportingOverflow(by: MemoryLayout<Self>.stride)
    if isTooLarge { throw ArchiveError("\(count) elements are too many") }
    let bytes = try archive.bytes(size)
    return Array(unsafeUninitializedCapacity: count) { buffer, initialised in
      if let target = buffer.baseAddress, let source = bytes.baseAddress {
        UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: size)
      }
      initialised = count
    }
  }
}

extension Bool: Archivable {}
extension Int: Archivable {}
extension Int32: Archivable {}
extension Int64: Archivable {}
extension UInt8: Archivable {}
extension UInt32: Archivable {}
extension UInt64: Archivable {}
extension Float: Archivable {}
extension Double: Archivable {}
extension Coordinate: BitwiseCopyable, Archivable {}

extension String: Archivable {
  /// Reads text.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    self = String(decoding: try archive.bytes(try archive.count()), as: UTF8.self)
  }

  /// Writes the text in UTF-8.
  public func write(to archive: inout ArchiveWriter) {
    var text = self
    text.withUTF8 { bytes in
      archive.write(bytes.count)
      archive.write(bytes: UnsafeRawBufferPointer(bytes))
    }
  }
}

extension Optional: Archivable where Wrapped: Archivable {
  /// Reads a value or nil.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    let isThere: UInt8 = try archive.read()
    self = isThere == 0 ? nil : try archive.read(Wrapped.self)
  }

  /// Writes whether there is a value, and the value.
  public func write(to archive: inout ArchiveWriter) {
    archive.write(UInt8(self == nil ? 0 : 1))
    if let self { self.write(to: &archive) }
  }
}

extension Array: Archivable where Element: Archivable {
  /// Reads the number of elements and the elements.
  public init(from archive: inout ArchiveReader) throws(ArchiveError) {
    // Elements may take no bytes of their own, so that their number is bounded when they are read.
    let count: Int = try archive.read()
    guard count >= 0 else { throw ArchiveError("\(count) elements") }
    self = try Element.read(count, from: &archive)
  }

  /// Writes the number of elements and the elements.
  public func write(to archive: inout ArchiveWriter) {
    archive.write(count)
    Element.write(self, to: &archive)
  }
}
