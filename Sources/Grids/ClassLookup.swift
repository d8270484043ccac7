/// A table by class code, made fast to look up for every cell of a grid.
public struct ClassLookup<Entry: Sendable>: Sendable {
  /// The codes of the table, rising.
  public let codes: [Int32]
  /// What the table holds for each of `codes`.
  public let entries: [Entry]
  /// Position by code minus the smallest code, where the codes lie close together; −1 for no entry.
  @usableFromInline let positions: [Int32]

  /// The code of a cell without a class.
  public static var noClass: Int32 { .min }

  /// Prepares a table.
  public init(_ table: [Int32: Entry]) {
    let rows = table.sorted { $0.key < $1.key }
    codes = rows.map(\.key)
    entries = rows.map(\.value)
    if let first = codes.first, let last = codes.last, Int(last) - Int(first) < 1 << 16 {
      var positions = Array(repeating: -1 as Int32, count: Int(last) - Int(first) + 1)
      for (position, code) in codes.enumerated() { positions[Int(code) - Int(first)] = Int32(position) }
      self.positions = positions
    } else {
      positions = []
    }
  }

  /// Position of a code in `entries`; nil where the table lacks it.
  @inlinable
  public func position(of code: Int32) -> Int? {
    guard let first = codes.first else { return nil }
    if !positions.isEmpty {
      let offset = Int(code) - Int(first)
      guard offset >= 0, offset < positions.count else { return nil }
      let position = positions[offset]
      return position < 0 ? nil : Int(position)
    }
    var low = 0
    var high = codes.count
    while low < high {
      let middle = (low + high) / 2
      if codes[middle] < code { low = middle + 1 } else { high = middle }
    }
    return low < codes.count && codes[low] == code ? low : nil
  }

  /// The entry of a code; nil where the table lacks it.
  @inlinable
  public subscript(code: Int32) -> Entry? { position(of: code).map { entries[$0] } }

  /// Throws where the grid holds a code that the table lacks; cells without a class are passed over.
  /// - Parameters:
  ///   - grid: Class codes.
  ///   - name: What the codes stand for, such as `land cover`; for the message.
  ///   - threads: Number of threads.
  public func require(
    codesOf grid: Grid<Int32>, as name: String, threads: Int
  ) throws(UnmappedClasses) {
    var rows: [[Int32: Int]] = Array(repeating: [:], count: grid.rows)
    var classified = Array(repeating: 0, count: grid.rows)
    rows.withUnsafeMutableBufferPointer { rows in
      classified.withUnsafeMutableBufferPointer { classified in
        nonisolated(unsafe) let rows = rows
        nonisolated(unsafe) let classified = classified
        parallelBlocks(of: grid.rows, threads: threads) { block in
          for row in block {
            let cells = grid.row(row)
            for column in 0..<cells.count where cells[column] != Self.noClass {
              classified[row] += 1
              if position(of: cells[column]) == nil { rows[row][cells[column], default: 0] += 1 }
            }
          }
        }
      }
    }
    var missing: [Int32: Int] = [:]
    for row in rows { missing.merge(row) { $0 + $1 } }
    if missing.isEmpty { return }
    let total = classified.reduce(0, +)
    throw UnmappedClasses(
      name: name,
      classes: missing.map { .init(code: $0.key, cells: $0.value, share: Double($0.value) / Double(total)) }.sorted {
        $0.cells != $1.cells ? $0.cells > $1.cells : $0.code < $1.code
      })
  }
}

/// A grid holds class codes that a table lacks.
public struct UnmappedClasses: Error, Sendable, Hashable, CustomStringConvertible {
  /// A code that the table lacks.
  public struct Class: Sendable, Hashable {
    /// The code.
    public let code: Int32
    /// Number of cells that hold it.
    public let cells: Int
    /// Share of the cells with a class.
    public let share: Double

    /// Describes a missing code.
    public init(code: Int32, cells: Int, share: Double) {
      self.code = code
      self.cells = cells
      self.share = share
    }
  }

  /// What the codes stand for.
  public let name: String
  /// All missing codes, the most frequent first.
  public let classes: [Class]

  /// Describes what is missing.
  public init(name: String, classes: [Class]) {
    self.name = name
    self.classes = classes
  }

  /// All missing codes with their cells and shares, and the way out.
  public var description: String {
    let list = classes.map { "\($0.code) (\($0.cells) cells, \(percent($0.share)) %)" }.joined(separator: ", ")
    return "\(name): the table has no row for code \(list); add the rows to the table"
  }
}

/// A share in percent with two decimals; `<0.01` for the smallest.
private func percent(_ share: Double) -> String {
  let hundredths = Int((share * 10_000).rounded())
  if hundredths == 0 { return "<0.01" }
  return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
}
