public import Dispatch
public import Synchronization

/// Calls `body` for blocks of consecutive numbers that together make up `0..<count`, from `threads` threads.
///
/// Which thread gets which block is left to chance, so `body` must not depend on it: it writes only to what its
/// block owns. One thread runs without any dispatch.
/// - Parameter block: Length of a block; one sixteenth of a thread's share where nothing is given.
@inlinable
public func parallelBlocks(
  of count: Int, threads: Int, block: Int? = nil, _ body: @Sendable (_ block: Range<Int>) -> Void
) {
  precondition(threads > 0, "at least one thread")
  guard count > 0 else { return }
  let size = max(1, block ?? (count / (threads * 16)))
  if threads == 1 || count <= size {
    var start = 0
    while start < count {
      body(start..<min(start + size, count))
      start += size
    }
    return
  }
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: threads) { _ in
    while true {
      let start = next.wrappingAdd(size, ordering: .relaxed).oldValue
      if start >= count { return }
      body(start..<min(start + size, count))
    }
  }
}

/// The results of `transform` for `0..<count`, in that order, computed from `threads` threads.
///
/// Suits work of unequal size: threads take a few numbers at a time.
@inlinable
public func parallelMap<Value: Sendable>(
  of count: Int, threads: Int, _ transform: @Sendable (Int) -> Value
) -> [Value] {
  Array(unsafeUninitializedCapacity: count) { buffer, initialized in
    nonisolated(unsafe) let values = buffer
    parallelBlocks(of: count, threads: threads, block: max(1, count / (threads * 64))) { block in
      for number in block { values.initializeElement(at: number, to: transform(number)) }
    }
    initialized = count
  }
}
