import Foundation

/// What the C library's heap does with the memory that grids give back.
enum Heap {
  // Parameters of `mallopt`; the header that names them is in no module of Swift's.
  private static let trimThreshold: Int32 = -1
  private static let mapThreshold: Int32 = -3

  /// Lets the heap keep it.
  ///
  /// Steps make and drop grids of some megabytes by the hundred. By default the C library returns them to the system
  /// each time, which clears every page again before it is used: a fifth of the time of a run on a cache.
  static func keep() {
    set(trimThreshold, 128 << 20)
    // The most that it grows to by itself, which setting the other stops; larger grids are mapped.
    set(mapThreshold, 32 << 20)
  }

  /// Returns what is larger than a megabyte to the system at once.
  ///
  /// A simulation holds its grids from beginning to end; what is dropped between them leaves holes that fit nothing, 6
  /// to 9 bytes a cell.
  static func giveBack() {
    set(mapThreshold, 1 << 20)
  }

  /// Sets a parameter of the heap; C libraries other than glibc have none.
  private static func set(_ parameter: Int32, _ value: Int32) {
    guard let symbol = dlsym(nil, "mallopt") else { return }
    _ = unsafeBitCast(symbol, to: (@convention(c) (Int32, Int32) -> Int32).self)(parameter, value)
  }
}
