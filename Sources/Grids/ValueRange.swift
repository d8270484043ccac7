/// A grid holds values that its quantity cannot take.
public struct ValuesOutOfRange: Error, Sendable, Hashable, CustomStringConvertible {
  /// The quantity and its unit.
  public let quantity: String
  /// Smallest value allowed.
  public let lowest: Float
  /// Largest value allowed.
  public let highest: Float
  /// Number of cells outside.
  public let cells: Int
  /// Column of the first of them, row by row from the north.
  public let column: Int
  /// Row of the first of them.
  public let row: Int
  /// Value of the first of them.
  public let value: Float

  /// Names the quantity, the range, the first cell and its value.
  public var description: String {
    "\(quantity): \(cells) cells lie outside \(lowest)…\(highest), the first at column \(column), row \(row) with "
      + "\(value); correct the input, or mark these cells as no data"
  }
}

extension Grid where Element == Float {
  /// Throws where a value with data lies outside a range; infinities always do.
  /// - Parameters:
  ///   - range: Values that the quantity can take.
  ///   - quantity: Name and unit for the message, such as `rain in mm`.
  ///   - threads: Number of threads.
  public func require(
    _ range: ClosedRange<Float>, of quantity: String, threads: Int
  ) throws(ValuesOutOfRange) {
    var counts = Array(repeating: 0, count: rows)
    counts.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let counts = buffer
      parallelBlocks(of: rows, threads: threads) { block in
        for row in block {
          let cells = self.row(row)
          var outside = 0
          for column in 0..<cells.count where cells[column] < range.lowerBound || cells[column] > range.upperBound {
            outside += 1
          }
          counts[row] = outside
        }
      }
    }
    guard let row = counts.firstIndex(where: { $0 > 0 }) else { return }
    let cells = self.row(row)
    for column in 0..<cells.count where cells[column] < range.lowerBound || cells[column] > range.upperBound {
      throw ValuesOutOfRange(
        quantity: quantity, lowest: range.lowerBound, highest: range.upperBound, cells: counts.reduce(0, +),
        column: column, row: row, value: cells[column])
    }
  }
}
