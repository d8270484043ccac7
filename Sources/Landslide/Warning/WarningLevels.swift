public import Grids

/// Levels of warning by two quantities, such as soil saturation and water supply over normal: a table that the user gives.
///
/// The project ships no numbers of a warning service.
public struct WarningTable: Sendable, Hashable {
  /// Rising bounds between the rows, such as soil saturation in percent; a bound belongs to the row above.
  public let rowBounds: [Double]
  /// Rising bounds between the columns, such as water supply in percent of normal.
  public let columnBounds: [Double]
  /// Level by row and column, 1 or more; it falls along neither.
  public let levels: [[UInt8]]

  /// Makes a table: one row more than bounds between rows, one column more than bounds between columns.
  /// - Throws: ``InvalidWarningTable``.
  public init(rowBounds: [Double], columnBounds: [Double], levels: [[UInt8]]) throws(InvalidWarningTable) {
    // The first row and the first column begin where the table does.
    if let place = Self.firstNotRising(rowBounds) {
      throw InvalidWarningTable(problem: "the bound \(rowBounds[place]) of a row does not rise", row: place + 1)
    }
    if let place = Self.firstNotRising(columnBounds) {
      throw InvalidWarningTable(
        problem: "the bound \(columnBounds[place]) of a column does not rise", column: place + 1)
    }
    if levels.count != rowBounds.count + 1 || levels.contains(where: { $0.count != columnBounds.count + 1 }) {
      throw InvalidWarningTable(
        problem: "\(rowBounds.count) bounds of rows and \(columnBounds.count) of columns need "
          + "\(rowBounds.count + 1) rows of \(columnBounds.count + 1) levels")
    }
    for row in levels.indices {
      for column in levels[row].indices {
        let level = levels[row][column]
        if level == 0 {
          throw InvalidWarningTable(problem: "level 0 stands for no data", row: row, column: column)
        }
        if row > 0 && level < levels[row - 1][column] || column > 0 && level < levels[row][column - 1] {
          throw InvalidWarningTable(
            problem: "level \(level) is below one with less water", row: row, column: column)
        }
      }
    }
    self.rowBounds = rowBounds
    self.columnBounds = columnBounds
    self.levels = levels
  }

  private static func firstNotRising(_ bounds: [Double]) -> Int? {
    bounds.indices.first { !bounds[$0].isFinite || $0 > 0 && bounds[$0] <= bounds[$0 - 1] }
  }

  /// The level of two values; 0 where either is NaN.
  public func level(_ rowValue: Double, _ columnValue: Double) -> UInt8 {
    if rowValue.isNaN || columnValue.isNaN { return 0 }
    return levels[rowBounds.count { $0 <= rowValue }][columnBounds.count { $0 <= columnValue }]
  }
}

/// A table of levels that cannot be.
public struct InvalidWarningTable: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public let problem: String
  /// The row of the levels or of a bound that is wrong, from 0; nil where it is no matter of one row.
  public var row: Int?
  /// The column of the levels or of a bound that is wrong, from 0; nil where it is no matter of one column.
  public var column: Int?

  /// What is wrong.
  public var description: String { "table of warning levels: \(problem)" }
}

/// Levels of every cell; 0 is no data.
/// - Parameters:
///   - rows: The quantity of the table's rows, such as soil saturation in percent; NaN is no data.
///   - columns: The quantity of the table's columns, such as water supply in percent of normal; NaN is no data.
///   - table: Levels by both.
///   - threads: Number of threads.
/// - Throws: ``GeometryMismatch``.
public func warningLevels(
  rows: Grid<Float>, columns: Grid<Float>, table: WarningTable, threads: Int
) throws(GeometryMismatch) -> Grid<UInt8> {
  try rows.geometry.require(columns.geometry, for: "warning levels")
  var result = Grid<UInt8>(rows.geometry, repeating: 0)
  result.forEachRow(threads: threads) { row, cells in
    let first = rows.row(row)
    let second = columns.row(row)
    for column in 0..<cells.count { cells[column] = table.level(Double(first[column]), Double(second[column])) }
  }
  return result
}

/// Levels by how far rain is above a threshold: one more than the number of bounds that are reached; 0 is no data.
/// - Parameters:
///   - ratios: Intensity over threshold, as from
///     ``rainfallThresholdRatios(_:stepHours:threshold:meanAnnual:threads:)``; NaN is no data.
///   - bounds: Rising ratios at which a level begins, such as 0.5, 1 and 2.
///   - threads: Number of threads.
public func warningLevels(ratios: Grid<Float>, bounds: [Double], threads: Int) -> Grid<UInt8> {
  precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 } && bounds.count < 255, "rising bounds")
  return ratios.map(threads: threads) { ratio in
    ratio.isNaN ? 0 : UInt8(1 + bounds.count { $0 <= Double(ratio) })
  }
}

/// Number of cells of each level, from 0 (no data) to the highest that occurs.
public func levelCounts(_ levels: Grid<UInt8>) -> [Int] {
  var counts = [Int](repeating: 0, count: 256)
  levels.withUnsafeCells { cells in
    for cell in 0..<levels.count { counts[Int(cells[cell])] += 1 }
  }
  return Array(counts[0...(counts.lastIndex { $0 > 0 } ?? 0)])
}
