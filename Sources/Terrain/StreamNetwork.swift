public import Grids

/// The lines along which streams run, cut where lines meet.
public struct StreamNetwork: Sendable {
  /// One line between a head or confluence and the next confluence, or where the stream ends.
  public struct Reach: Sendable, Hashable {
    /// Cells from upstream to downstream; the last one belongs to the next reach, where there is one.
    public let cells: [CellIndex]
    /// The reach that this one flows into, nil where there is none.
    public let downstream: Int?
    /// Strahler order: 1 for heads, one more where two of the highest order meet.
    public let strahlerOrder: Int
    /// Last cell of the reach itself: where its upslope area is largest.
    public let lowestCell: CellIndex
    /// Cells that drain through ``lowestCell``, itself included.
    public let upslopeCells: Int
    /// Length through the centres of ``cells``, in units of the reference system.
    public let length: Double
    /// Position in ``StreamNetwork/nodes`` of the first of ``cells``: that of the reach itself.
    public let node: Int
    /// Position in ``StreamNetwork/nodes`` of the last of ``cells``.
    public let downstreamNode: Int
  }

  /// A place where reaches begin or end.
  public struct Node: Sendable, Hashable {
    /// What a node is to the streams.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
      /// A stream begins.
      case head
      /// Streams meet.
      case confluence
      /// A stream leaves the terrain.
      case outlet
      /// A stream ends on the terrain, as where a given stream cell drains to a cell that is none.
      case end
    }

    /// Place of the node.
    public let cell: CellIndex
    /// What the node is.
    public let kind: Kind
    /// The node that the reach from here leads to; nil where no reach begins.
    public let downstream: Int?
  }

  /// Reaches, upstream before downstream.
  public let reaches: [Reach]
  /// Where the reaches begin, in their order, then where the last ones end.
  public let nodes: [Node]

  /// Finds the reaches along which water from at least a given area flows.
  /// - Parameters:
  ///   - directions: D8 codes that drain every cell (``DepressionHierarchy/routedDirections()``).
  ///   - upslope: Cells that drain through each cell (``upslopeCells(_:)``).
  ///   - threshold: Least number of upslope cells of a line, > 0.
  public init(_ directions: Grid<UInt8>, upslope: Grid<Int32>, threshold: Int) {
    precondition(threshold > 0, "a line needs an upslope area")
    let least = Int32(clamping: threshold)
    self.init(directions, upslope: upslope, streams: upslope.map(threads: 1) { $0 >= least })
  }

  /// Finds the reaches of given stream cells.
  /// - Parameters:
  ///   - directions: D8 codes that drain every cell (``DepressionHierarchy/routedDirections()``).
  ///   - upslope: Cells that drain through each cell (``upslopeCells(_:)``).
  ///   - streams: Whether a cell belongs to a stream; cells without a direction never do.
  /// - Complexity: O(*n* + *m* log *m*) for *m* heads and confluences.
  public init(_ directions: Grid<UInt8>, upslope: Grid<Int32>, streams: Grid<Bool>) {
    precondition(
      directions.geometry == upslope.geometry && directions.geometry == streams.geometry,
      "directions, upslope cells and streams do not lie on each other")
    let steps = NeighbourSteps(columns: directions.columns)
    let distances = FlowDirection.distances(directions.geometry)
    var starts = Self.starts(directions, streams: streams)
    // Upslope numbers grow downstream, so this order puts every reach after those that feed it.
    starts.sort { (upslope[Int($0.cell)], $0.cell) < (upslope[Int($1.cell)], $1.cell) }
    let reachAt = Dictionary(uniqueKeysWithValues: starts.enumerated().map { ($1.cell, $0) })
    // Highest order that arrives at each start, and whether it does so twice.
    var arriving = [(order: Int, isDouble: Bool)](repeating: (0, false), count: starts.count)
    var reaches: [Reach] = []
    reaches.reserveCapacity(starts.count)
    var ends: [Node] = []
    for (number, start) in starts.enumerated() {
      var cells = [start.cell]
      var lowest = start.cell
      var downstream: Int?
      // Steps are counted and multiplied once, so that rounding does not add up.
      var taken = InlineArray<8, Int>(repeating: 0)
      while directions[Int(lowest)] < 8 {
        let code = Int(directions[Int(lowest)])
        let next = CellIndex(Int(lowest) + steps[code])
        if !streams[Int(next)] { break }
        taken[code] += 1
        cells.append(next)
        downstream = reachAt[next]
        if downstream != nil { break }
        lowest = next
      }
      let order = arriving[number].order + (arriving[number].isDouble || start.isHead ? 1 : 0)
      if let downstream {
        let highest = arriving[downstream].order
        if order >= highest { arriving[downstream] = (order, order == highest) }
      } else {
        let kind: Node.Kind = directions[Int(lowest)] == FlowDirection.outlet ? .outlet : .end
        ends.append(Node(cell: lowest, kind: kind, downstream: nil))
      }
      reaches.append(
        Reach(
          cells: cells, downstream: downstream, strahlerOrder: order, lowestCell: lowest,
          upslopeCells: Int(upslope[Int(lowest)]),
          length: (0..<8).reduce(0) { $0 + Double(taken[$1]) * distances[$1] },
          node: number, downstreamNode: downstream ?? starts.count + ends.count - 1))
    }
    self.reaches = reaches
    nodes =
      zip(starts, reaches).map { start, reach in
        Node(cell: start.cell, kind: start.isHead ? .head : .confluence, downstream: reach.downstreamNode)
      } + ends
  }

  /// Stream cells that begin a reach: those with no stream cell draining to them, or with several.
  private static func starts(
    _ directions: Grid<UInt8>, streams: Grid<Bool>
  ) -> [(cell: CellIndex, isHead: Bool)] {
    let steps = NeighbourSteps(columns: directions.columns)
    let count = directions.count
    let inner = FlowTrees.inner(directions)
    var starts: [(cell: CellIndex, isHead: Bool)] = []
    directions.withUnsafeCells { direction in
      streams.withUnsafeCells { stream in
        for index in 0..<count where stream[index] && direction[index] != FlowDirection.nodata {
          var left = FlowTrees.donors(of: index, direction, steps, inner, count: count)
          var feeders = 0
          while left != 0 {
            if stream[index &+ steps[left.trailingZeroBitCount]] { feeders += 1 }
            left &= left &- 1
          }
          if feeders != 1 { starts.append((CellIndex(index), feeders == 0)) }
        }
      }
    }
    return starts
  }
}

extension StreamNetwork {
  /// The line of a reach through the centres of its cells, without points in the middle of straight runs.
  ///
  /// A reach of one cell is one point, which is no line.
  public func line(of reach: Reach, in geometry: GridGeometry) -> [Coordinate] {
    Self.line(through: reach.cells[...], in: geometry)
  }

  /// The line through the centres of cells, each a neighbour of the one before, without points in the middle of
  /// straight runs.
  public static func line(through cells: ArraySlice<CellIndex>, in geometry: GridGeometry) -> [Coordinate] {
    cells.indices.filter { position in
      guard position > cells.startIndex, position < cells.endIndex - 1 else { return true }
      return cells[position] - cells[position - 1] != cells[position + 1] - cells[position]
    }.map { position in
      let cell = Int(cells[position])
      return geometry.centre(column: cell % geometry.columns, row: cell / geometry.columns)
    }
  }

  /// Heights of a surface at the first and the last cell of a reach's line.
  public func elevations(of reach: Reach, on surface: Grid<Float>) -> (upper: Float, lower: Float) {
    (surface[Int(nodes[reach.node].cell)], surface[Int(nodes[reach.downstreamNode].cell)])
  }
}
