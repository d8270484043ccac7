public import Grids

/// Rain on cells that are taken out of the terrain, roofs, and where it reaches the ground.
///
/// Each cell passes its rain, evenly, to those of its four neighbours that are one step nearer to the ground; the
/// outermost pass it to the ground. No rain is lost where ground can be reached at all, and no single cell gets that of
/// a whole roof.
public struct RoofRain: Sendable {
  /// Cells of roofs, from the walls inwards.
  private let cells: [Int]
  /// Where in ``receivers`` those of each cell begin; one more at the end.
  private let starts: [Int]
  private let receivers: [Int]

  /// Roofs on terrain.
  /// - Parameters:
  ///   - roofs: Indices of cells of roofs; those that reach no ground by way of others are left out.
  ///   - terrain: Elevation; NaN is no ground.
  public init(_ roofs: [Int], on terrain: Grid<Float>) {
    let (columns, rows) = (terrain.columns, terrain.rows)
    func neighbours(_ cell: Int) -> [Int] {
      let (row, column) = cell.quotientAndRemainder(dividingBy: columns)
      return [
        row > 0 ? cell - columns : nil, column > 0 ? cell - 1 : nil, column + 1 < columns ? cell + 1 : nil,
        row + 1 < rows ? cell + columns : nil,
      ].compactMap { $0 }
    }
    var waiting = Set(roofs.filter { terrain[$0].isNaN })
    var ring = waiting.sorted().map { cell in (cell, neighbours(cell).filter { !terrain[$0].isNaN }) }
      .filter { !$0.1.isEmpty }
    var (cells, starts, receivers): ([Int], [Int], [Int]) = ([], [0], [])
    while !ring.isEmpty {
      for (cell, outwards) in ring {
        cells.append(cell)
        receivers += outwards
        starts.append(receivers.count)
        waiting.remove(cell)
      }
      // The next ring: cells beside this one, each with its neighbours in it.
      var next: [Int: [Int]] = [:]
      for (cell, _) in ring {
        for other in neighbours(cell) where waiting.contains(other) { next[other, default: []].append(cell) }
      }
      ring = next.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
    (self.cells, self.starts, self.receivers) = (cells, starts, receivers)
  }

  /// Brings the rain of the roofs to the ground; the cells of roofs have none left.
  public func drain(_ rates: inout Grid<Float>) {
    for place in cells.indices.reversed() {
      let rate = rates[cells[place]]
      rates[cells[place]] = 0
      if !(rate > 0) { continue }
      let outwards = receivers[starts[place]..<starts[place + 1]]
      for receiver in outwards { rates[receiver] += rate / Float(outwards.count) }
    }
  }

  /// Adds what tells these roofs from others.
  func code(_ print: inout FlowFingerprint) { for number in cells + starts + receivers { print.add(number) } }
}
