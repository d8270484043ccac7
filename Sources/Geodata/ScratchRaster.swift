import Foundation
public import Grids

/// Cells of a raster on disk instead of in memory: a nameless file that windows are written to and read from.
///
/// The file has no name from the start, so nothing stays behind however the program ends. Any number of threads may
/// use it at once as long as none reads what another is writing. Cells that were never written are zero.
public final class ScratchRaster<Element: BitwiseCopyable & Sendable>: Sendable {
  /// Number of columns.
  public let columns: Int
  /// Number of rows.
  public let rows: Int
  private let folder: String
  private let descriptor: Int32

  /// Makes room for the cells in a folder.
  /// - Throws: ``GeodataError`` where the folder cannot be written to or has too little room.
  public init(columns: Int, rows: Int, in folder: String) throws(GeodataError) {
    precondition(columns > 0 && rows > 0, "a raster has at least one cell")
    self.columns = columns
    self.rows = rows
    self.folder = folder
    let byteCount = columns * rows * MemoryLayout<Element>.stride
    func failure(_ what: String, hint: String) -> GeodataError {
      GeodataError(.notCreated, operation: "keep cells on disk", path: folder, message: what, hint: hint)
    }
    var name = Array("\(folder)/.scratch-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else {
      throw failure(
        "no file can be made here: \(String(cString: strerror(errno)))", hint: "name another folder for scratch files")
    }
    self.descriptor = descriptor
    unlink(name)
    var room = statvfs()
    if fstatvfs(descriptor, &room) == 0 {
      let free = Int(room.f_bavail) * Int(room.f_frsize)
      if free < byteCount {
        throw failure(
          "cells on disk need \(byteCount) bytes and there are \(free)", hint: "name another folder for scratch files")
      }
    }
    guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
      throw failure("no room can be made: \(String(cString: strerror(errno)))", hint: "check the free space")
    }
  }

  deinit { close(descriptor) }

  /// Reads a window.
  /// - Parameters:
  ///   - columns: Columns of the window.
  ///   - rows: Rows of the window.
  ///   - cells: Where the first cell goes.
  ///   - stride: Distance from row to row in `cells`.
  public func read(
    columns: Range<Int>, rows: Range<Int>, into cells: UnsafeMutablePointer<Element>, stride: Int
  ) throws(GeodataError) {
    try forEachRun(columns, rows, stride) { (start, count, offset) throws(GeodataError) in
      try transfer(count, offset, "read") { done in
        pread(descriptor, UnsafeMutableRawPointer(cells + start) + done, count - done, off_t(offset + done))
      }
    }
  }

  /// Writes a window.
  /// - Parameters:
  ///   - columns: Columns of the window.
  ///   - rows: Rows of the window.
  ///   - cells: The first cell.
  ///   - stride: Distance from row to row in `cells`.
  public func write(
    columns: Range<Int>, rows: Range<Int>, from cells: UnsafePointer<Element>, stride: Int
  ) throws(GeodataError) {
    try forEachRun(columns, rows, stride) { (start, count, offset) throws(GeodataError) in
      try transfer(count, offset, "written") { done in
        pwrite(descriptor, UnsafeRawPointer(cells + start) + done, count - done, off_t(offset + done))
      }
    }
  }

  /// Writes a window from a grid of its size.
  public func write(_ grid: Grid<Element>, columns: Range<Int>, rows: Range<Int>) throws(GeodataError) {
    precondition(grid.columns == columns.count && grid.rows == rows.count, "the grid has the size of the window")
    try grid.withUnsafeCells { (cells) throws(GeodataError) in
      try write(columns: columns, rows: rows, from: cells, stride: grid.columns)
    }
  }

  /// Calls `body` with the start in memory and the bytes on disk of each contiguous run of a window.
  private func forEachRun(
    _ columns: Range<Int>, _ rows: Range<Int>, _ stride: Int,
    _ body: (_ start: Int, _ byteCount: Int, _ offset: Int) throws(GeodataError) -> Void
  ) throws(GeodataError) {
    precondition(columns.lowerBound >= 0 && columns.upperBound <= self.columns, "columns of the raster")
    precondition(rows.lowerBound >= 0 && rows.upperBound <= self.rows, "rows of the raster")
    let size = MemoryLayout<Element>.stride
    if columns.count == self.columns, stride == self.columns {
      try body(0, rows.count * self.columns * size, rows.lowerBound * self.columns * size)
      return
    }
    for row in rows {
      try body(
        (row - rows.lowerBound) * stride, columns.count * size, (row * self.columns + columns.lowerBound) * size)
    }
  }

  /// Repeats a call until all bytes are through.
  private func transfer(
    _ byteCount: Int, _ offset: Int, _ what: String, _ call: (_ done: Int) -> Int
  ) throws(GeodataError) {
    var done = 0
    while done < byteCount {
      let moved = call(done)
      if moved > 0 {
        done += moved
      } else if moved == 0 || errno != EINTR {
        let reason = moved == 0 ? "the file ends too soon" : String(cString: strerror(errno))
        throw GeodataError(
          .notWritten, operation: "keep cells on disk", path: folder,
          message: "\(byteCount) bytes of a scratch file cannot be \(what): \(reason)",
          hint: "check the free space, or name another folder for scratch files")
      }
    }
  }
}
