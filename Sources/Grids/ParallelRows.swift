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
