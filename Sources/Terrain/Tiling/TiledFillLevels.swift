import Grids

extension TiledFill {
  /// Finds the water level of every perimeter cell of all tiles.
  ///
  /// The level of a cell is the least, over all ways outside, of the highest pass on the way: Dijkstra's algorithm
  /// with the maximum in place of the sum, over the passes within the tiles and the seams between them.
  /// - Parameters:
  ///   - graphs: What ``map(_:of:nodata:)`` told of each tile, in the order of their numbers.
  ///   - layout: How the raster is cut.
  ///   - nodata: What cells without elevation are to the water.
  /// - Returns: The levels of each tile, in the order of their numbers.
  /// - Throws: ``TerrainError`` where a graph is missing or of another layout, where the policy forbids no data, where
  ///   there is no elevation at all, or where walls enclose a region without any outlet.
  /// - Complexity: O(*p*) for *p* perimeter cells, but for the redistribution of the heap.
  public static func reduce(
    _ graphs: [SpillGraph], layout: TileLayout, nodata: NodataPolicy
  ) throws(TerrainError) -> [TileLevels] {
    try layout.check(graphs)
    try checkTerrain(graphs, layout, nodata)

    // Nodes are the perimeter cells of all tiles, one after the other.
    let seams = TileSeams(layout)
    var offsets: [Int] = [0]
    for graph in graphs { offsets.append(offsets[offsets.count - 1] + graph.heights.count) }
    let nodes = offsets[layout.count]
    guard nodes <= Int(CellIndex.max) else {
      throw TerrainError("the tiles have \(nodes) perimeter cells, more than 2³¹; use larger tiles")
    }
    let edges = SpillEdges(graphs, offsets: offsets)
    let unreached = UInt32.max
    var level = [UInt32](repeating: unreached, count: nodes)
    var heap = RadixHeap()
    func offer(_ node: Int, _ key: UInt32) {
      if key < level[node] {
        level[node] = key
        heap.push(key: key, cell: CellIndex(node))
      }
    }
    for (number, graph) in graphs.enumerated() {
      for cell in graph.heights.indices where graph.isOutlet[cell] != 0 {
        offer(offsets[number] + cell, orderedBits(graph.heights[cell]))
      }
      for pass in graph.passes where pass.low == SpillGraph.outside {
        offer(offsets[number] + Int(pass.high) - 1, orderedBits(pass.elevation))
      }
    }
    while let (key, cell) = heap.pop() {
      let node = Int(cell)
      // An older, higher offer to a node that has been settled since.
      if key != level[node] { continue }
      let number = edges.tile(of: node, offsets)
      edges.forEachEdge(of: node) { offer(offsets[number] + $0, max(key, $1)) }
      seams.forEachNeighbour(of: node - offsets[number], in: graphs[number].tile) { tile, cell in
        let height = graphs[tile].heights[cell]
        if !height.isNaN { offer(offsets[tile] + cell, max(key, orderedBits(height))) }
      }
    }

    func surface(_ tile: Int, _ cell: Int) -> Float {
      let height = graphs[tile].heights[cell]
      if height.isNaN { return .nan }
      let raised = number(orderedBits: level[offsets[tile] + cell])
      return raised > height ? raised : height
    }
    for (number, graph) in graphs.enumerated() {
      for cell in graph.heights.indices where !graph.heights[cell].isNaN {
        guard level[offsets[number] + cell] != unreached else {
          let place = graph.tile.perimeter.position(cell)
          throw enclosedError(graph.tile, column: place.column, row: place.row)
        }
      }
    }
    return graphs.map { graph in
      TileLevels(
        graph.tile, perimeter: graph.heights.indices.map { surface(graph.tile.number, $0) },
        ring: seams.ring(around: graph.tile, outside: .nan) { surface($0, $1) })
    }
  }

  private static func checkTerrain(
    _ graphs: [SpillGraph], _ layout: TileLayout, _ nodata: NodataPolicy
  ) throws(TerrainError) {
    let missing = graphs.reduce(0) { $0 + Int($1.missing) }
    let cells = layout.columns * layout.rows
    if missing == cells { throw TerrainError("the terrain holds no elevation at all: every cell is no data") }
    if missing > 0, nodata == .error {
      let places = graphs.filter { $0.missing > 0 }.map { graph in
        (
          row: graph.tile.rows.lowerBound + Int(graph.firstMissing) / graph.tile.width,
          column: graph.tile.columns.lowerBound + Int(graph.firstMissing) % graph.tile.width
        )
      }
      guard let first = places.min(by: <) else { preconditionFailure("some tile lacks elevation") }
      throw TerrainError(
        "\(missing) of \(cells) cells have no elevation, the first at column \(first.column), row \(first.row); "
          + "say with nodata: outlet | wall what they are to the water")
    }
    for graph in graphs where graph.enclosed > 0 {
      let first = Int(graph.firstEnclosed)
      throw enclosedError(graph.tile, column: first % graph.tile.width, row: first / graph.tile.width)
    }
  }

  private static func enclosedError(_ tile: Tile, column: Int, row: Int) -> TerrainError {
    TerrainError(
      "the depression around column \(tile.columns.lowerBound + column), row \(tile.rows.lowerBound + row) is "
        + "enclosed by cells without elevation and has no outlet; use nodata: outlet, or give the missing cells an "
        + "elevation")
  }
}

extension TileLayout {
  /// Throws unless there is one record for each tile, in the order of their numbers.
  func check(_ records: [some TileRecord]) throws(TerrainError) {
    guard records.count == count else {
      throw TerrainError("there are records of \(records.count) tiles where the raster is cut into \(count)")
    }
    for (number, record) in records.enumerated() where record.tile != self[number] {
      throw TerrainError(
        "record \(number) is of tile \(record.tile.number) with columns \(record.tile.columns) and rows "
          + "\(record.tile.rows), not of the tile that the layout has there; order the records by tile and use one "
          + "layout throughout")
    }
  }
}

/// The passes within all tiles by their perimeter cells, in compressed rows.
private struct SpillEdges {
  /// First edge of each node, then the number of edges.
  private var starts: [Int32]
  /// The perimeter cell at the far end, within the same tile.
  private var ends: [Int32]
  /// Level of the pass, as ordered bits.
  private var levels: [UInt32]

  init(_ graphs: [SpillGraph], offsets: [Int]) {
    starts = Array(repeating: 0, count: offsets[graphs.count] + 1)
    for (number, graph) in graphs.enumerated() {
      for pass in graph.passes where pass.low != SpillGraph.outside {
        starts[offsets[number] + Int(pass.low)] += 1
        starts[offsets[number] + Int(pass.high)] += 1
      }
    }
    for node in starts.indices.dropFirst() { starts[node] += starts[node - 1] }
    ends = Array(repeating: 0, count: Int(starts[starts.count - 1]))
    levels = Array(repeating: 0, count: ends.count)
    var slots = starts
    for (number, graph) in graphs.enumerated() {
      for pass in graph.passes where pass.low != SpillGraph.outside {
        for (from, to) in [(pass.low - 1, pass.high - 1), (pass.high - 1, pass.low - 1)] {
          let node = offsets[number] + Int(from)
          ends[Int(slots[node])] = to
          levels[Int(slots[node])] = orderedBits(pass.elevation)
          slots[node] += 1
        }
      }
    }
  }

  @inline(__always)
  func forEachEdge(of node: Int, _ body: (_ end: Int, _ level: UInt32) -> Void) {
    for edge in Int(starts[node])..<Int(starts[node + 1]) { body(Int(ends[edge]), levels[edge]) }
  }

  /// The tile that a node lies in, by bisection.
  func tile(of node: Int, _ offsets: [Int]) -> Int {
    var (low, high) = (0, offsets.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if offsets[middle] <= node { low = middle } else { high = middle }
    }
    return low
  }
}
