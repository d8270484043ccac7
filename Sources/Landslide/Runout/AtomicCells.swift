import Grids
import Synchronization

/// A grid's worth of numbers that many threads raise, lower or add to.
///
/// Largest, smallest and sum of whole numbers do not depend on the order, so the result is the same for any number of
/// threads.
final class AtomicCells<Value: AtomicRepresentable & Sendable>: @unchecked Sendable {
  private let cells: UnsafeMutablePointer<Atomic<Value>>
  private let count: Int

  init(count: Int, repeating value: sending Value) {
    self.count = count
    cells = .allocate(capacity: count)
    for cell in 0..<count { (cells + cell).initialize(to: Atomic(value)) }
  }

  deinit {
    cells.deinitialize(count: count)
    cells.deallocate()
  }
}

extension AtomicCells where Value == UInt32 {
  /// The value of a cell.
  @inline(__always)
  func value(_ cell: Int) -> UInt32 { cells[cell].load(ordering: .relaxed) }

  /// Raises the value of a cell to at least `value`.
  @inline(__always)
  func raise(_ cell: Int, to value: UInt32) {
    if self.value(cell) < value { cells[cell].max(value, ordering: .relaxed) }
  }

  /// Lowers the value of a cell to at most `value`.
  @inline(__always)
  func lower(_ cell: Int, to value: UInt32) {
    if self.value(cell) > value { cells[cell].min(value, ordering: .relaxed) }
  }

  /// Counts one more.
  @inline(__always)
  func increment(_ cell: Int) { cells[cell].wrappingAdd(1, ordering: .relaxed) }
}

extension AtomicCells where Value == UInt64 {
  /// The value of a cell.
  @inline(__always)
  func value(_ cell: Int) -> UInt64 { cells[cell].load(ordering: .relaxed) }

  /// Adds to the value of a cell.
  @inline(__always)
  func add(_ value: UInt64, to cell: Int) { cells[cell].wrappingAdd(value, ordering: .relaxed) }
}
