public import Grids

/// Proves a filled surface tile by tile, as ``FillCertificate`` does for a whole raster.
///
/// Conditions (a) and (b) need a cell and its neighbours. Condition (c), that every cell drains without rising,
/// holds if and only if every plateau of the surface (connected cells of one level) has an outlet or a lower
/// neighbour: from there the argument repeats further down. Plateaus that leave a tile are joined over the seams.
public enum TiledFillCertificate {
  /// Checks a tile and tells of the plateaus that leave it.
  /// - Parameters:
  ///   - surface: Water surface of the tile and its ring, metres, as ``TiledFill/finish(_:levels:nodata:)`` gives it.
  ///   - ground: Elevation of the tile and its ring, metres.
  ///   - tile: Where the tile lies.
  ///   - nodata: What cells without elevation are to the water.
  /// - Complexity: O(*n*), one byte a cell and the cells of plateaus that drain nowhere within the tile.
  public static func map(
    _ surface: Grid<Float>, over ground: Grid<Float>, of tile: Tile, nodata: NodataPolicy
  ) -> PlateauSeams {
    precondition(surface.geometry == ground.geometry, "surface and ground do not lie on each other")
    let terrain = TileTerrain(ground, of: tile, nodata: nodata)
    let steps = NeighbourSteps(columns: surface.columns)
    let perimeter = tile.perimeter
    var seams = PlateauSeams(tile)
    var state = Grid<UInt8>(surface.geometry, repeating: settled)
    var draining: [CellIndex] = []
    ground.withUnsafeCells { z in
      surface.withUnsafeCells { water in
        state.withUnsafeMutableCells { state in
          terrain.forEachCell { column, row, index in
            let level = water[index]
            if z[index].isNaN {
              if !level.isNaN { seams.unbalanced += 1 }
              return
            }
            seams.cells += 1
            if !(level >= z[index]) {
              seams.belowGround += 1
              return
            }
            var lowest = Float.infinity
            var isLevel = false
            for code in 0..<8 {
              let neighbour = water[index &+ steps[code]]
              if neighbour < lowest { lowest = neighbour }
              if neighbour == level { isLevel = true }
            }
            let isSeed = terrain.isSeed(z + index, column: column, row: row)
            if isSeed {
              if level != z[index] { seams.belowGround += 1 }
            } else if level != max(z[index], lowest) {
              seams.unbalanced += 1
            }
            if isSeed || lowest < level {
              if isLevel { draining.append(CellIndex(index)) }
            } else {
              state[index] = waiting
            }
          }
          spread(from: &draining, water, state, steps) { _ in }

          // What waits on the perimeter may drain through another tile.
          for cell in 0..<perimeter.count {
            let (column, row) = perimeter.position(cell)
            let start = (row + 1) * surface.columns + column + 1
            seams.surface[cell] = water[start]
            guard state[start] == waiting else { continue }
            state[start] = settled
            seams.plateauCells.append(0)
            let plateau = Int32(seams.plateauCells.count)
            var cells = [CellIndex(start)]
            var size: Int64 = 0
            spread(from: &cells, water, state, steps) { index in
              size += 1
              let (column, row) = (index % surface.columns - 1, index / surface.columns - 1)
              if perimeter.contains(column: column, row: row) {
                seams.plateau[perimeter.index(column: column, row: row)] = plateau
              }
            }
            seams.plateauCells[Int(plateau) - 1] = size
          }
          terrain.forEachCell { _, _, index in if state[index] == waiting { seams.undrained += 1 } }
          let ring = tile.ring
          for cell in 0..<ring.count {
            let (column, row) = ring.position(cell)
            seams.ring[cell] = water[row * surface.columns + column]
          }
        }
      }
    }
    return seams
  }

  private static let settled: UInt8 = 0
  private static let waiting: UInt8 = 1

  /// Settles all waiting cells that are connected with the given ones on their level.
  private static func spread(
    from cells: inout [CellIndex], _ water: UnsafePointer<Float>, _ state: UnsafeMutablePointer<UInt8>,
    _ steps: NeighbourSteps, _ visit: (_ index: Int) -> Void
  ) {
    while let cell = cells.popLast() {
      let index = Int(cell)
      visit(index)
      for code in 0..<8 {
        let neighbour = index &+ steps[code]
        if state[neighbour] == waiting, water[neighbour] == water[index] {
          state[neighbour] = settled
          cells.append(CellIndex(neighbour))
        }
      }
    }
  }

  /// Joins the plateaus over the seams and adds up what breaks the conditions.
  /// - Parameters:
  ///   - seams: What ``map(_:over:of:nodata:)`` told of each tile, in the order of their numbers.
  ///   - layout: How the raster is cut.
  /// - Returns: The certificate of the whole surface. Its undrained cells are those of plateaus without a way out; a
  ///   perimeter cell that its neighbours know with another level counts as unbalanced.
  /// - Throws: ``TerrainError`` where a record is missing or of another layout.
  public static func reduce(_ seams: [PlateauSeams], layout: TileLayout) throws(TerrainError) -> FillCertificate {
    try layout.check(seams)
    let places = TileSeams(layout)
    // Node 0 drains; the plateaus of all tiles follow.
    var offsets: [Int] = [1]
    for record in seams { offsets.append(offsets[offsets.count - 1] + record.plateauCells.count) }
    var representative = Array(0..<offsets[layout.count])
    func find(_ node: Int) -> Int {
      var node = node
      while representative[node] != node {
        representative[node] = representative[representative[node]]
        node = representative[node]
      }
      return node
    }
    func node(_ tile: Int, _ cell: Int) -> Int {
      let plateau = Int(seams[tile].plateau[cell])
      return plateau == 0 ? 0 : offsets[tile] + plateau - 1
    }
    var unbalanced = 0
    for (number, record) in seams.enumerated() {
      unbalanced += Int(record.unbalanced)
      for cell in record.surface.indices where record.plateau[cell] != 0 {
        places.forEachNeighbour(of: cell, in: record.tile) { tile, other in
          guard seams[tile].surface[other] == record.surface[cell] else { return }
          let (a, b) = (find(node(number, cell)), find(node(tile, other)))
          representative[max(a, b)] = min(a, b)
        }
      }
      let told = places.ring(around: record.tile, outside: Float.nan) { seams[$0].surface[$1] }
      for (own, other) in zip(record.ring, told) where own != other && !(own.isNaN && other.isNaN) { unbalanced += 1 }
    }
    var undrained = 0
    for (number, record) in seams.enumerated() {
      undrained += Int(record.undrained)
      for (plateau, size) in record.plateauCells.enumerated() where find(offsets[number] + plateau) != 0 {
        undrained += Int(size)
      }
    }
    return FillCertificate(
      belowGround: seams.reduce(0) { $0 + Int($1.belowGround) }, unbalanced: unbalanced, undrained: undrained,
      cells: seams.reduce(0) { $0 + Int($1.cells) })
  }
}

extension FillCertificate {
  init(belowGround: Int, unbalanced: Int, undrained: Int, cells: Int) {
    self.belowGround = belowGround
    self.unbalanced = unbalanced
    self.undrained = undrained
    self.cells = cells
  }
}

/// What the certificate of a tile leaves open: the plateaus that leave it.
public struct PlateauSeams: TileRecord {
  /// The tile that was checked.
  public let tile: Tile
  /// Cells with an elevation.
  public internal(set) var cells: Int64 = 0
  /// Cells that break condition (a) of ``FillCertificate``.
  public internal(set) var belowGround: Int64 = 0
  /// Cells that break condition (b).
  public internal(set) var unbalanced: Int64 = 0
  /// Cells of plateaus without a way out that lie wholly within the tile.
  public internal(set) var undrained: Int64 = 0
  /// Water surface at every perimeter cell, metres.
  public internal(set) var surface: [Float]
  /// Water surface at every cell of the ring as it was given, metres.
  public internal(set) var ring: [Float]
  /// The plateau of every perimeter cell, from 1; 0 for cells that drain within the tile or have no elevation.
  public internal(set) var plateau: [Int32]
  /// Number of cells of each plateau.
  public internal(set) var plateauCells: [Int64] = []

  init(_ tile: Tile) {
    self.tile = tile
    surface = Array(repeating: .nan, count: tile.perimeter.count)
    ring = Array(repeating: .nan, count: tile.ring.count)
    plateau = Array(repeating: 0, count: surface.count)
  }

  /// Equal in every bit, so that no data equals no data.
  public static func == (a: Self, b: Self) -> Bool { a.bytes() == b.bytes() }

  /// Kind and version of the binary form.
  public static let signature = "OVPLATE1"

  /// Writes all but the tile.
  public func writeContent(to writer: inout TileRecordWriter) {
    for number in [cells, belowGround, unbalanced, undrained] { writer.write(number) }
    writer.write(surface)
    writer.write(ring)
    writer.write(plateau)
    writer.write(plateauCells)
  }

  /// Reads all but the tile.
  public init(_ tile: Tile, from reader: inout TileRecordReader) throws(TerrainError) {
    self.init(tile)
    cells = try reader.read(Int64.self)
    belowGround = try reader.read(Int64.self)
    unbalanced = try reader.read(Int64.self)
    undrained = try reader.read(Int64.self)
    surface = try reader.readFloats(count: surface.count)
    ring = try reader.readFloats(count: ring.count)
    plateau = try reader.read(arrayOf: Int32.self, count: plateau.count)
    plateauCells = try reader.read(arrayOf: Int64.self)
    let all = Int64(tile.width) * Int64(tile.height)
    let counts = [cells, belowGround, unbalanced, undrained] + plateauCells
    guard counts.allSatisfy({ (0...all).contains($0) }),
      plateau.allSatisfy({ (0...Int32(clamping: plateauCells.count)).contains($0) })
    else { throw reader.damage("it counts cells or plateaus that the tile does not have") }
  }
}
