extension UnsafeMutablePointer {
  /// Memory of so many elements, all of one value; whoever asks for it gives it back with `deallocate()`.
  ///
  /// It begins at a multiple of 64 bytes, so that no vector that a kernel reads lies across two lines of the cache: with
  /// those of 512 bits, every one would.
  static func filled(_ count: Int, with value: Pointee) -> UnsafeMutablePointer where Pointee: BitwiseCopyable {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Pointee>.stride, alignment: 64)
    return bytes.initializeMemory(as: Pointee.self, repeating: value, count: count)
  }
}
