public import Grids
public import Terrain

/// Height, area and volume of every depression of a hierarchy: level ↔ volume, exact between any two heights.
///
/// A cell belongs to the margin of the lowest node in whose depression it lies: above the spill of the node's
/// children, below its own. Each margin is sorted by height with running sums, so a volume for a level or a level for
/// a volume takes O(log *m*).
public struct Hypsometry: Sendable {
  /// The tree whose nodes are measured.
  public let hierarchy: DepressionHierarchy
  /// Area of one cell, m².
  public let cellArea: Double
  /// Cells of each node's depression below its spill, children included.
  public let cells: [Int]
  /// Cells of each node's watershed: of all its basins, wet or dry.
  public let watershedCells: [Int]
  /// Ground at the deepest point of each node, metres.
  public let lowest: [Float]
  /// Volume between the children's spill and the node's own, in quanta of ``WaterVolume``, rounded once per node.
  public let marginalCapacity: [Int64]
  /// Volume of the whole depression at its brim, children included, in quanta.
  public let capacity: [Int64]
  /// Columns and rows around the cells below the spill, children included.
  public let boxes: [CellBox]
  /// Start of each node's margin in `heights`; one more entry than nodes.
  let offsets: [Int]
  /// Heights of the margins' cells, ascending within a node.
  let heights: [Float]
  /// Running sums of (height − first height of the node) before each cell of a margin.
  let sums: [Double]

  /// Measures a hierarchy over the ground it was made from.
  /// - Complexity: O(*n* + *m* log *m*) for *n* cells, *m* of them below a spill; 20 bytes for each of those.
  public init(_ hierarchy: DepressionHierarchy, ground: Grid<Float>, threads: Int = 1) {
    let nodes = hierarchy.nodeCount
    let spill = hierarchy.spillElevation
    let labels = hierarchy.basins.labels
    precondition(ground.geometry == labels.geometry, "the hierarchy is of another terrain")
    let columns = ground.columns
    var counts = [Int](repeating: 0, count: nodes + 1)
    var watershed = [Int](repeating: 0, count: nodes)
    var boxes = [CellBox](repeating: .empty, count: nodes)

    var margins: [(node: Int32, height: Float)] = []
    labels.withUnsafeCells { label in
      for index in 0..<labels.count where label[index] > 0 { watershed[Int(label[index])] += 1 }
    }
    hierarchy.forEachMarginCell(over: ground) { node, height, index in
      margins.append((Int32(node), height))
      counts[node + 1] += 1
      boxes[node].include(column: index % columns, row: index / columns)
    }
    for node in 0..<nodes { counts[node + 1] += counts[node] }
    let offsets = counts
    var heights = [Float](repeating: 0, count: offsets[nodes])
    for (node, height) in margins {
      heights[counts[Int(node)]] = height
      counts[Int(node)] += 1
    }
    margins = []
    var sums = [Double](repeating: 0, count: heights.count)
    heights.withUnsafeMutableBufferPointer { heights in
      sums.withUnsafeMutableBufferPointer { sums in
        nonisolated(unsafe) let heights = heights
        nonisolated(unsafe) let sums = sums
        parallelBlocks(of: nodes, threads: threads) { block in
          for node in block {
            let range = offsets[node]..<offsets[node + 1]
            if range.isEmpty { continue }
            var margin = UnsafeMutableBufferPointer(rebasing: heights[range])
            margin.sort()
            let first = Double(heights[range.lowerBound])
            var sum = 0.0
            for cell in range {
              sums[cell] = sum
              sum += Double(heights[cell]) - first
            }
          }
        }
      }
    }

    var cells = [Int](repeating: 0, count: nodes)
    var lowest = [Float](repeating: .infinity, count: nodes)
    var marginal = [Int64](repeating: 0, count: nodes)
    var capacity = [Int64](repeating: 0, count: nodes)
    let area = ground.geometry.cellArea
    for node in stride(from: 1, to: nodes, by: 1) {
      let left = Int(hierarchy.left[node])
      let right = Int(hierarchy.right[node])
      var below = 0
      var childSpill = 0.0
      if left > 0 {
        below = cells[left] + cells[right]
        childSpill = Double(spill[left])
        lowest[node] = min(lowest[left], lowest[right])
        watershed[node] = watershed[left] + watershed[right]
        boxes[node].include(boxes[left])
        boxes[node].include(boxes[right])
      } else {
        lowest[node] = ground[Int(hierarchy.basins.pits[node - 1])]
      }
      let range = offsets[node]..<offsets[node + 1]
      cells[node] = below + range.count
      let brim = Double(spill[node])
      var volume = left > 0 ? Double(below) * (brim - childSpill) : 0
      if let last = range.last {
        let first = Double(heights[range.lowerBound])
        let sum = sums[last] + (Double(heights[last]) - first)
        volume += Double(range.count) * (brim - first) - sum
      }
      marginal[node] = WaterVolume.quanta(fromCubicMetres: max(0, volume) * area)
      capacity[node] = marginal[node] + (left > 0 ? capacity[left] + capacity[right] : 0)
    }
    self.hierarchy = hierarchy
    cellArea = area
    self.cells = cells
    watershedCells = watershed
    self.lowest = lowest
    marginalCapacity = marginal
    self.capacity = capacity
    self.boxes = boxes
    self.offsets = offsets
    self.heights = heights
    self.sums = sums
  }

  /// Volume that a node's margin holds when its water stands at a level, in m³.
  public func marginalVolume(of node: Int, level: Double) -> Double {
    let (below, childSpill) = base(of: node)
    let range = offsets[node]..<offsets[node + 1]
    let wet = firstIndex(in: range) { Double(heights[$0]) >= level } - range.lowerBound
    return area(of: node, below: below, childSpill: childSpill, wet: wet, level: level) * cellArea
  }

  /// Level at which a node's margin holds a volume, in metres; the spill elevation where it holds no more.
  /// - Parameter volume: m³ above the children's spill, from 0 to the marginal capacity.
  public func level(of node: Int, marginalVolume volume: Double) -> Double {
    level(of: node, marginalVolume: volume, losses: nil)
  }

  /// Level of a node's water after its margin has taken a volume, part of which soaked away.
  ///
  /// Where the volume ends while the cells at one height take up theirs, the level is that height.
  func level(of node: Int, marginalVolume volume: Double, losses: BluespotLosses?) -> Double {
    let (below, childSpill) = base(of: node)
    let range = offsets[node]..<offsets[node + 1]
    let target = volume / cellArea
    // The first cell of the margin that stays dry: up to its height the margin would take more.
    let dry = firstIndex(in: range) { index in
      let wet = index - range.lowerBound
      let held = area(of: node, below: below, childSpill: childSpill, wet: wet, level: Double(heights[index]))
      return held + (losses?.metres(firstCell: range.lowerBound, count: wet) ?? 0) >= target
    }
    let wet = dry - range.lowerBound
    let count = Double(below + wet)
    let brim = Double(hierarchy.spillElevation[node])
    if count == 0 { return min(brim, Double(heights[range.lowerBound])) }
    // count · level − below · childSpill − Σ heights = held, relative to one height for precision.
    let origin = below > 0 ? childSpill : Double(heights[range.lowerBound])
    if wet == 0 { return min(brim, origin + target / count) }
    let held = target - (losses?.metres(firstCell: range.lowerBound, count: wet) ?? 0)
    let first = Double(heights[range.lowerBound])
    let last = Double(heights[dry - 1])
    let excess = sums[dry - 1] + (last - first) + Double(wet) * (first - origin)
    return min(brim, max(last, origin + (held + excess) / count))
  }

  /// Cells of a node's own margin that lie below a level.
  func marginCells(of node: Int, below level: Double) -> Int {
    let range = offsets[node]..<offsets[node + 1]
    return firstIndex(in: range) { Double(heights[$0]) >= level } - range.lowerBound
  }

  /// Volume in quanta that a node's own margin takes until its water stands above a level: the least whole number of
  /// quanta with which the level is higher, what soaks away and what drains take included.
  func marginalDemand(of node: Int, above level: Double, losses: BluespotLosses) -> Int64 {
    let range = offsets[node]..<offsets[node + 1]
    let soaked = firstIndex(in: range) { Double(heights[$0]) > level } - range.lowerBound
    let taken =
      marginalVolume(of: node, level: level)
      + losses.metres(firstCell: range.lowerBound, count: soaked) * cellArea
    let full = marginalCapacity[node] + losses.marginalInfiltration[node]
    return losses.drainCapacity[node] + min(full, WaterVolume.quanta(fromCubicMetres: taken) + 1)
  }

  private func base(of node: Int) -> (below: Int, childSpill: Double) {
    let left = Int(hierarchy.left[node])
    if left == 0 { return (0, 0) }
    return (cells[left] + cells[Int(hierarchy.right[node])], Double(hierarchy.spillElevation[left]))
  }

  /// Volume over unit cells: children below, `wet` cells of the margin, at a level.
  private func area(of node: Int, below: Int, childSpill: Double, wet: Int, level: Double) -> Double {
    var volume = below > 0 ? Double(below) * (level - childSpill) : 0
    if wet > 0 {
      let start = offsets[node]
      let first = Double(heights[start])
      let last = start + wet - 1
      volume += Double(wet) * (level - first) - (sums[last] + (Double(heights[last]) - first))
    }
    return volume
  }

  /// The first position of a sorted range for which the condition holds.
  private func firstIndex(in range: Range<Int>, where condition: (Int) -> Bool) -> Int {
    var low = range.lowerBound
    var high = range.upperBound
    while low < high {
      let middle = (low + high) / 2
      if condition(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// A rectangle of columns and rows, both ends included; empty when no cell has been included.
public struct CellBox: Sendable, Hashable {
  /// First column.
  public private(set) var firstColumn: Int
  /// First row.
  public private(set) var firstRow: Int
  /// Last column.
  public private(set) var lastColumn: Int
  /// Last row.
  public private(set) var lastRow: Int

  /// The box around no cell.
  public static let empty = CellBox(firstColumn: .max, firstRow: .max, lastColumn: -1, lastRow: -1)

  mutating func include(column: Int, row: Int) {
    firstColumn = min(firstColumn, column)
    firstRow = min(firstRow, row)
    lastColumn = max(lastColumn, column)
    lastRow = max(lastRow, row)
  }

  mutating func include(_ other: CellBox) {
    firstColumn = min(firstColumn, other.firstColumn)
    firstRow = min(firstRow, other.firstRow)
    lastColumn = max(lastColumn, other.lastColumn)
    lastRow = max(lastRow, other.lastRow)
  }
}
