import Grids
import TestSupport

@testable import Terrain

/// A record as another machine would get it.
func throughBytes<Record: TileRecord>(_ record: Record) throws -> Record {
  let copy = try Record(bytes: record.bytes())
  guard copy == record else { throw TerrainError("\(Record.self) has changed on its way through bytes") }
  return copy
}

/// Layouts of all sorts: squares of a side, and ragged ones with tiles one cell wide.
func layouts(columns: Int, rows: Int, seed: UInt64) -> [TileLayout] {
  var random = SeededGenerator(seed: seed)
  func ragged(_ size: Int) -> [Int] {
    [0] + (1..<max(1, size)).filter { _ in random.unit() < 0.3 } + [size]
  }
  let side = 1 + Int(random.next() % 9)
  return [
    TileLayout(columns: columns, rows: rows, side: side),
    TileLayout(columnEdges: ragged(columns), rowEdges: ragged(rows)),
  ]
}

/// Fills a terrain over tiles, every intermediate result through bytes; tiles of the second map in reverse order.
func tiledFill(
  _ z: Grid<Float>, _ layout: TileLayout, nodata: NodataPolicy
) throws -> (surface: Grid<Float>, certificate: FillCertificate) {
  let graphs = try (0..<layout.count).map {
    try throughBytes(TiledFill.map(z.withHalo(layout[$0], outside: .nan), of: layout[$0], nodata: nodata))
  }
  let levels = try TiledFill.reduce(graphs, layout: layout, nodata: nodata)
  var surface = Grid<Float>(z.geometry, repeating: -1)
  var seams: [PlateauSeams] = []
  for number in (0..<layout.count).reversed() {
    let ground = z.withHalo(layout[number], outside: .nan)
    let tile = try TiledFill.finish(ground, levels: try throughBytes(levels[number]), nodata: nodata)
    seams.append(try throughBytes(TiledFillCertificate.map(tile, over: ground, of: layout[number], nodata: nodata)))
    surface.paste(tile.withoutHalo(), at: layout[number])
  }
  return (surface, try TiledFillCertificate.reduce(seams.reversed(), layout: layout))
}

/// Equal cells, bit for bit; any two NaN are equal.
func identicalBits(_ a: Grid<Float>, _ b: Grid<Float>) -> Bool {
  a.geometry == b.geometry
    && zip(a.cells, b.cells).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
}
