import Foundation

/// A rectangle of cells: one contiguous block, row by row from the north, with value semantics.
///
/// No data is NaN in `Grid<Float>`; grids of integers carry their own documented code for it.
/// Copies share the block until one of them is changed.
public struct Grid<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  /// Size, position and reference system.
  public let geometry: GridGeometry
  @usableFromInline var storage: GridStorage<Element>
  @usableFromInline var base: UnsafeMutablePointer<Element>

  /// A grid with the same value everywhere.
  @inlinable
  public init(_ geometry: GridGeometry, repeating value: Element) {
    self.init(uninitialised: geometry)
    base.initialize(repeating: value, count: geometry.count)
  }

  /// A grid from its cells, row by row from the north.
  @inlinable
  public init(_ geometry: GridGeometry, cells: [Element]) {
    precondition(cells.count == geometry.count, "as many values as cells")
    self.init(uninitialised: geometry)
    cells.withUnsafeBufferPointer { source in
      if let address = source.baseAddress { base.initialize(from: address, count: cells.count) }
    }
  }

  /// A grid whose cells are written by `body` before it is read; what `body` leaves out is undefined.
  @inlinable
  public init(_ geometry: GridGeometry, initialisingWith body: (UnsafeMutablePointer<Element>) throws -> Void) rethrows
  {
    self.init(uninitialised: geometry)
    try body(base)
  }

  @usableFromInline
  init(uninitialised geometry: GridGeometry) {
    self.geometry = geometry
    storage = GridStorage(count: geometry.count)
    base = storage.base
  }

  /// Number of columns.
  @inlinable public var columns: Int { geometry.columns }
  /// Number of rows.
  @inlinable public var rows: Int { geometry.rows }
  /// Number of cells.
  @inlinable public var count: Int { geometry.columns * geometry.rows }

  /// The value of one cell.
  @inlinable
  public subscript(column: Int, row: Int) -> Element {
    get {
      precondition(column >= 0 && column < columns && row >= 0 && row < rows)
      return base[row &* columns &+ column]
    }
    set {
      precondition(column >= 0 && column < columns && row >= 0 && row < rows)
      makeUnique()
      base[row &* columns &+ column] = newValue
    }
  }

  /// The value of one cell by its index, row by row from the north.
  @inlinable
  public subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count)
      return base[index]
    }
    set {
      precondition(index >= 0 && index < count)
      makeUnique()
      base[index] = newValue
    }
  }

  /// One row, read-only.
  @inlinable @_lifetime(borrow self)
  public func row(_ row: Int) -> Span<Element> {
    precondition(row >= 0 && row < rows)
    return _overrideLifetime(Span(_unsafeStart: base + row &* columns, count: columns), borrowing: self)
  }

  /// All cells as an array.
  @inlinable public var cells: [Element] {
    withExtendedLifetime(storage) { Array(UnsafeBufferPointer(start: base, count: count)) }
  }

  /// Lends the cells to a kernel that reads.
  @inlinable
  public func withUnsafeCells<R, E: Error>(_ body: (UnsafePointer<Element>) throws(E) -> R) throws(E) -> R {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafePointer(base))
  }

  /// Lends the cells to a kernel that writes.
  @inlinable
  public mutating func withUnsafeMutableCells<R, E: Error>(
    _ body: (UnsafeMutablePointer<Element>) throws(E) -> R
  ) throws(E) -> R {
    makeUnique()
    defer { withExtendedLifetime(storage) {} }
    return try body(base)
  }

  @inlinable
  mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&storage) {
      let copy = GridStorage<Element>(count: count)
      copy.base.initialize(from: base, count: count)
      storage = copy
      base = copy.base
    }
  }
}

@usableFromInline
final class GridStorage<Element: BitwiseCopyable> {
  @usableFromInline let base: UnsafeMutablePointer<Element>

  @usableFromInline
  init(count: Int) {
    base = allocateCells(byteCount: count * MemoryLayout<Element>.stride).bindMemory(to: Element.self, capacity: count)
  }

  deinit { free(base) }
}

/// Memory for cells; large blocks lie on huge pages, since otherwise the first touch of every page takes as long as
/// many a kernel.
///
/// They are not aligned to huge pages: asked for aligned blocks the C library takes more than a block, and finds no place
/// for the next one where the last was, so that every grid would begin on pages that the system has yet to clear.
@usableFromInline
func allocateCells(byteCount: Int) -> UnsafeMutableRawPointer {
  guard let address = malloc(max(1, byteCount)) else { fatalError("out of memory: \(byteCount) bytes for a grid") }
  #if os(Linux)
    if byteCount >= 1 << 22 {
      // From the beginning of the page, so that neighbours have pages in common. Only advice: where the kernel has no
      // huge pages, small ones serve.
      let lead = Int(bitPattern: address) & (Int(getpagesize()) - 1)
      madvise(address - lead, byteCount + lead, MADV_HUGEPAGE)
    }
  #endif
  return address
}

extension Grid {
  /// The grid with `transform` applied to every cell, rows in parallel.
  @inlinable
  public func map<Result>(
    threads: Int, _ transform: @Sendable (Element) -> Result
  ) -> Grid<Result> where Result: BitwiseCopyable & Sendable {
    var result = Grid<Result>(uninitialised: geometry)
    nonisolated(unsafe) let source = base
    result.forEachRow(threads: threads) { row, out in
      let line = source + row &* out.count
      for column in 0..<out.count { out[column] = transform(line[column]) }
    }
    withExtendedLifetime(storage) {}
    return result
  }

  /// Calls `body` once per row from `threads` threads; each call owns its row.
  @inlinable
  public mutating func forEachRow(
    threads: Int, _ body: @Sendable (_ row: Int, _ cells: inout MutableSpan<Element>) -> Void
  ) {
    makeUnique()
    nonisolated(unsafe) let base = base
    let columns = columns
    parallelBlocks(of: rows, threads: threads) { block in
      for row in block {
        var line = MutableSpan(_unsafeStart: base + row &* columns, count: columns)
        body(row, &line)
      }
    }
  }
}

/// The number of a cell, row by row from the north: 32 bits are enough for 2³¹ cells in memory.
public typealias CellIndex = Int32
