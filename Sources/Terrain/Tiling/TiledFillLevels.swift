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

    // Nodes are the basins of all tiles, one after the other; what drains outside is no node.
    let seams = TileSeams(layout)
    var offsets: [Int] = [0]
    for graph in graphs { offsets.append(offsets[offsets.count - 1] + graph.basinCount) }
    let nodes = offsets[layout.count]
    guard nodes <= Int(CellIndex.max) else {
      throw TerrainError("the tiles have \(nodes) basins on their perimeters, more than 2³¹; use larger tiles")
    }
    func node(_ tile: Int, _ basin: Int32) -> Int { offsets[tile] + Int(basin) - 1 }
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
    /// Offers what reaches a perimeter cell at a level to the basins beside it in other tiles.
    func cross(_ tile: Int, _ cell: Int, _ key: UInt32) {
      let key = max(key, orderedBits(graphs[tile].heights[cell]))
      seams.forEachNeighbour(of: cell, in: graphs[tile].tile) { other, neighbour in
        let basin = graphs[other].basins[neighbour]
        if basin > 0 { offer(node(other, basin), max(key, orderedBits(graphs[other].heights[neighbour]))) }
      }
    }
    for (number, graph) in graphs.enumerated() {
      for cell in graph.basins.indices where graph.basins[cell] == 0 { cross(number, cell, 0) }
      for pass in graph.passes where pass.low == 0 { offer(node(number, pass.high), orderedBits(pass.elevation)) }
    }
    while let (key, cell) = heap.pop() {
      // Else an older, higher offer to a node that has been settled since.
      guard key == level[Int(cell)] else { continue }
      let tile = edges.tile(of: Int(cell), offsets)
      edges.forEachPass(of: Int(cell)) { offer(offsets[tile] + $0, max(key, $1)) }
      edges.forEachPerimeterCell(of: Int(cell)) { cross(tile, $0, key) }
    }

    func surface(_ tile: Int, _ cell: Int) -> Float {
      let (height, basin) = (graphs[tile].heights[cell], graphs[tile].basins[cell])
      if basin <= 0 { return height }
      let raised = number(orderedBits: level[node(tile, basin)])
      return raised > height ? raised : height
    }
    for (number, graph) in graphs.enumerated() {
      for cell in graph.basins.indices
      where graph.basins[cell] > 0 && level[node(number, graph.basins[cell])] == unreached {
        let place = graph.tile.perimeter.position(cell)
        throw enclosedError(graph.tile, column: place.column, row: place.row)
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
        "\(missing) of \(cells) cells have no elevation, the first at column \(first.column), row \(first.row)",
        isMendedByPolicy: true)
    }
    for graph in graphs where graph.firstEnclosed >= 0 {
      let first = Int(graph.firstEnclosed)
      throw enclosedError(graph.tile, column: first % graph.tile.width, row: first / graph.tile.width)
    }
  }

  private static func enclosedError(_ tile: Tile, column: Int, row: Int) -> TerrainError {
    TerrainError(
      "the depression around column \(tile.columns.lowerBound + column), row \(tile.rows.lowerBound + row) is "
        + "enclosed by cells without elevation and has no outlet", isMendedByPolicy: true)
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

/// What leads away from the basins of all tiles, in compressed rows.
private struct SpillEdges {
  /// First pass of each basin, then the number of passes; every pass from both ends.
  private var firstPass: [Int32]
  /// The basin at the far end of each pass, within the same tile and from 0.
  private var ends: [Int32]
  /// Height of each pass, as ordered bits.
  private var heights: [UInt32]
  /// First perimeter cell of each basin, then the number of cells.
  private var firstCell: [Int32]
  /// The perimeter cells of the basins.
  private var cells: [Int32]

  init(_ graphs: [SpillGraph], offsets: [Int]) {
    firstPass = Array(repeating: 0, count: offsets[graphs.count] + 1)
    firstCell = firstPass
    for (number, graph) in graphs.enumerated() {
      for pass in graph.passes where pass.low > 0 {
        firstPass[offsets[number] + Int(pass.low)] += 1
        firstPass[offsets[number] + Int(pass.high)] += 1
      }
      for basin in graph.basins where basin > 0 { firstCell[offsets[number] + Int(basin)] += 1 }
    }
    for node in firstPass.indices.dropFirst() {
      firstPass[node] += firstPass[node - 1]
      firstCell[node] += firstCell[node - 1]
    }
    ends = Array(repeating: 0, count: Int(firstPass[firstPass.count - 1]))
    heights = Array(repeating: 0, count: ends.count)
    cells = Array(repeating: 0, count: Int(firstCell[firstCell.count - 1]))
    var (nextPass, nextCell) = (firstPass, firstCell)
    for (number, graph) in graphs.enumerated() {
      for pass in graph.passes where pass.low > 0 {
        for (from, to) in [(pass.low - 1, pass.high - 1), (pass.high - 1, pass.low - 1)] {
          let node = offsets[number] + Int(from)
          ends[Int(nextPass[node])] = to
          heights[Int(nextPass[node])] = orderedBits(pass.elevation)
          nextPass[node] += 1
        }
      }
      for (cell, basin) in graph.basins.enumerated() where basin > 0 {
        let node = offsets[number] + Int(basin) - 1
        cells[Int(nextCell[node])] = Int32(cell)
        nextCell[node] += 1
      }
    }
  }

  @inline(__always)
  func forEachPass(of node: Int, _ body: (_ end: Int, _ height: UInt32) -> Void) {
    for pass in Int(firstPass[node])..<Int(firstPass[node + 1]) { body(Int(ends[pass]), heights[pass]) }
  }

  @inline(__always)
  func forEachPerimeterCell(of node: Int, _ body: (_ cell: Int) -> Void) {
    for place in Int(firstCell[node])..<Int(firstCell[node + 1]) { body(Int(cells[place])) }
  }

  /// The tile that a basin lies in, by bisection.
  func tile(of node: Int, _ offsets: [Int]) -> Int {
    var (low, high) = (0, offsets.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if offsets[middle] <= node { low = middle } else { high = middle }
    }
    return low
  }
}
