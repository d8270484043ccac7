import Dispatch
import Synchronization

/// Calls `body` for the strips of a layout from `threads` threads, and tells it which of them is at work.
///
/// Which thread gets which strip is left to chance; the number is for scratch memory only.
func forEachStrip(
  _ count: Int, threads: Int, _ body: @Sendable (_ strip: Int, _ worker: Int) -> Void
) {
  if threads == 1 || count == 1 {
    for strip in 0..<count { body(strip, 0) }
    return
  }
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: threads) { worker in
    while true {
      let strip = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if strip >= count { return }
      body(strip, worker)
    }
  }
}
