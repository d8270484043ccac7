public import Grids

/// The parts of a terrain that drain by steepest descent to one pit each, or straight outside.
///
/// Basins are numbered from 1 in the order of their pits' cell indices; 0 is the outside, −1 no data.
public struct DrainageBasins: Sendable {
  /// Direction of every cell by ``FlowDirection``; pits are ``FlowDirection/pit``.
  public let directions: Grid<UInt8>
  /// Basin of every cell.
  public let labels: Grid<Int32>
  /// The pit of basin *i* at position *i* − 1.
  public let pits: [CellIndex]

  /// Number of basins without the outside.
  public var count: Int { pits.count }

  init(_ terrain: PreparedTerrain, threads: Int) {
    var directions = terrain.steepestDescent(threads: threads)
    pits = terrain.resolveFlats(&directions, threads: threads)
    labels = Self.label(directions, pits, threads: threads)
    self.directions = directions
  }

  /// Gives every cell the number of the pit it drains to.
  ///
  /// Strips of rows are traced on their own; a path that leaves its strip is looked up once all strips are done.
  private static func label(_ directions: Grid<UInt8>, _ pits: [CellIndex], threads: Int) -> Grid<Int32> {
    let columns = directions.columns
    let strips = Strips(rows: directions.rows, threads: threads)
    let steps = NeighbourSteps(columns: columns)
    let unlabelled = Int32.min
    /// Per strip, the cells in other strips to which paths lead out of it.
    var crossings = [[CellIndex]](repeating: [], count: strips.count)
    return Grid<Int32>(directions.geometry) { cells in
      nonisolated(unsafe) let label = cells
      directions.withUnsafeCells { codes in
        nonisolated(unsafe) let direction = codes
        crossings.withUnsafeMutableBufferPointer { crossings in
          nonisolated(unsafe) let crossings = crossings
          strips.forEach(threads: threads) { strip, rows in
            let cells = (rows.lowerBound * columns)..<(rows.upperBound * columns)
            for index in cells {
              let code = direction[index]
              label[index] = code < 8 ? unlabelled : code == FlowDirection.outlet ? 0 : -1
            }
            for number in pits.partitioned(before: cells.lowerBound)..<pits.partitioned(before: cells.upperBound) {
              label[Int(pits[number])] = Int32(number + 1)
            }
            var leaving: [CellIndex] = []
            for start in cells where label[start] == unlabelled {
              var index = start
              while cells.contains(index), label[index] == unlabelled { index &+= steps[Int(direction[index])] }
              var found = Int32(-3 - leaving.count)
              if cells.contains(index) { found = label[index] } else { leaving.append(CellIndex(index)) }
              index = start
              while cells.contains(index), label[index] == unlabelled {
                label[index] = found
                index &+= steps[Int(direction[index])]
              }
            }
            crossings[strip] = leaving
          }
        }
        let resolved = resolve(crossings, label, strips, columns: columns)
        strips.forEach(threads: threads) { strip, rows in
          resolved[strip].withUnsafeBufferPointer { found in
            if found.isEmpty { return }
            for index in (rows.lowerBound * columns)..<(rows.upperBound * columns) where label[index] < -2 {
              label[index] = found[Int(-3 - label[index])]
            }
          }
        }
      }
    }
  }

  /// Follows the paths between strips to their ends: the label of each crossing.
  private static func resolve(
    _ crossings: [[CellIndex]], _ label: UnsafePointer<Int32>, _ strips: Strips, columns: Int
  ) -> [[Int32]] {
    let unknown = Int32.min
    var resolved = crossings.map { [Int32](repeating: unknown, count: $0.count) }
    var way: [(strip: Int, number: Int)] = []
    for strip in crossings.indices {
      for number in crossings[strip].indices where resolved[strip][number] == unknown {
        var here = (strip: strip, number: number)
        var found: Int32
        while true {
          found = resolved[here.strip][here.number]
          if found != unknown { break }
          way.append(here)
          let cell = Int(crossings[here.strip][here.number])
          found = label[cell]
          if found >= -2 { break }
          here = (strips.strip(ofRow: cell / columns), Int(-3 - found))
        }
        for step in way { resolved[step.strip][step.number] = found }
        way.removeAll(keepingCapacity: true)
      }
    }
    return resolved
  }
}

extension [CellIndex] {
  /// How many of the sorted indices lie before a cell.
  fileprivate func partitioned(before cell: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if Int(self[middle]) < cell { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
