import Grids

/// Strips of rows that threads work on one by one where cells depend on cells far away.
///
/// Few and large, since what leads from one strip to another is settled afterwards.
struct Strips: Sendable {
  private let rows: Int
  private let height: Int

  init(rows: Int, threads: Int) {
    self.rows = rows
    height = threads == 1 ? rows : max(64, (rows + 4 * threads - 1) / (4 * threads))
  }

  /// Number of strips.
  var count: Int { (rows + height - 1) / height }

  /// The rows of a strip.
  subscript(strip: Int) -> Range<Int> { (strip * height)..<min(rows, (strip + 1) * height) }

  /// The strip that holds a row.
  func strip(ofRow row: Int) -> Int { row / height }

  /// Calls `body` once for each strip, from `threads` threads.
  func forEach(threads: Int, _ body: @Sendable (_ strip: Int, _ rows: Range<Int>) -> Void) {
    parallelBlocks(of: count, threads: threads, block: 1) { block in
      for strip in block { body(strip, self[strip]) }
    }
  }
}
