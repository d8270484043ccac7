/// Writes values one after another as bytes, for results that are kept between runs.
///
/// Arrays go out as they lie in memory, in large pieces; the receiver sees each piece once.
public struct ArchiveWriter {
  private let sink: (UnsafeRawBufferPointer) -> Void
  private var buffer: [UInt8] = []

  /// Bytes gathered before they are handed on.
  private static let blockSize = 1 << 16

  /// Writes to `sink`, which is called with one piece after another until ``finish()``.
  public init(_ sink: @escaping (UnsafeRawBufferPointer) -> Void) {
    self.sink = sink
    buffer.reserveCapacity(Self.blockSize + 256)
  }

  /// Writes values in their order.
  public mutating func write<each Value: Archivable>(_ values: repeat each Value) {
    repeat (each values).write(to: &self)
  }

  /// Writes bytes without their number.
  public mutating func write(bytes: UnsafeRawBufferPointer) {
    if bytes.count >= Self.blockSize {
      flush()
      sink(bytes)
      return
    }
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.blockSize { flush() }
  }

  /// Hands on what is still held back.
  public mutating func finish() { flush() }

  private mutating func flush() {
    if buffer.isEmpty { return }
    buffer.withUnsafeBytes { sink($0) }
    buffer.removeAll(keepingCapacity: true)
  }
}
