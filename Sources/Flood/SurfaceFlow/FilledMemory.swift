extension UnsafeMutablePointer {
  /// Memory of so many elements, all of one value; whoever asks for it gives it back with `deallocate()`.
  static func filled(_ count: Int, with value: Pointee) -> UnsafeMutablePointer where Pointee: BitwiseCopyable {
    let base = allocate(capacity: count)
    base.initialize(repeating: value, count: count)
    return base
  }
}
