public import Grids

/// The lines along which water from at least a given area flows, cut where lines meet.
public struct StreamNetwork: Sendable {
  /// One line between a head or confluence and the next confluence or outlet.
  public struct Reach: Sendable, Hashable {
    /// Cells from upstream to downstream; the last one belongs to the next reach, where there is one.
    public let cells: [CellIndex]
    /// The reach that this one flows into, nil at an outlet.
    public let downstream: Int?
    /// Strahler order: 1 for heads, one more where two of the highest order meet.
    public let strahlerOrder: Int
    /// Last cell of the reach itself: where its upslope area is largest.
    public let lowestCell: CellIndex
  }

  /// Reaches, upstream before downstream.
  public let reaches: [Reach]

  /// Finds the reaches of routed directions.
  /// - Parameters:
  ///   - directions: D8 codes that drain every cell (``DepressionHierarchy/routedDirections()``).
  ///   - upslope: Cells that drain through each cell (``upslopeCells(_:)``).
  ///   - threshold: Least number of upslope cells of a line, > 0.
  public init(_ directions: Grid<UInt8>, upslope: Grid<Int32>, threshold: Int) {
    precondition(directions.geometry == upslope.geometry, "directions and upslope cells do not lie on each other")
    precondition(threshold > 0, "a line needs an upslope area")
    let columns = directions.columns
    let steps = NeighbourSteps(columns: columns)
    let least = Int32(clamping: threshold)
    var inflows: [CellIndex: UInt8] = [:]
    var stream: [CellIndex] = []
    for index in 0..<upslope.count where upslope[index] >= least && directions[index] != FlowDirection.nodata {
      stream.append(CellIndex(index))
    }
    for cell in stream where directions[Int(cell)] < 8 {
      inflows[CellIndex(Int(cell) + steps[Int(directions[Int(cell)])]), default: 0] += 1
    }
    // Upslope numbers grow downstream, so this order puts every reach after those that feed it.
    let starts = stream.filter { inflows[$0, default: 0] != 1 }
      .sorted { (upslope[Int($0)], $0) < (upslope[Int($1)], $1) }
    let reachAt = Dictionary(uniqueKeysWithValues: starts.enumerated().map { ($1, $0) })
    var arriving: [[Int]] = Array(repeating: [], count: starts.count)
    var reaches: [Reach] = []
    for (number, start) in starts.enumerated() {
      var cells = [start]
      var lowest = start
      var downstream: Int?
      while directions[Int(lowest)] < 8 {
        let next = CellIndex(Int(lowest) + steps[Int(directions[Int(lowest)])])
        cells.append(next)
        if let reach = reachAt[next] {
          downstream = reach
          break
        }
        lowest = next
      }
      let orders = arriving[number]
      let highest = orders.max() ?? 1
      let order = orders.isEmpty ? 1 : orders.count(where: { $0 == highest }) > 1 ? highest + 1 : highest
      if let downstream { arriving[downstream].append(order) }
      reaches.append(
        Reach(cells: cells, downstream: downstream, strahlerOrder: order, lowestCell: lowest))
    }
    self.reaches = reaches
  }
}
