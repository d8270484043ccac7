import Foundation
import Geodata
import Grids
import Terrain

/// An elevation raster that is worked through tile by tile; its cells lie on disk, and each step reads what the step
/// before it wrote.
struct TiledTerrain {
  let elevation: ElevationRaster
  let geometry: GridGeometry
  let layout: TileLayout
  private let reading: RasterReading
  private let windows: [RasterWindow]
  private let readers: Int
  private let threads: Int
  private let folder: String

  /// Opens an elevation raster and cuts it into tiles.
  /// - Parameter output: A file beside which cells may be kept on disk.
  init(_ elevation: ElevationRaster, _ tiling: Tiling, output: String, threads: Int) throws(RunFailure) {
    let position = SourcePosition(file: elevation.path)
    let (reading, reader) = try RunFailure.locating(at: position) {
      let system = try elevation.crs.map { try coordinateReferenceSystem($0) }
      let reading = RasterReading(band: elevation.band, crs: system)
      let reader = try RasterWindowReader(elevation.path, reading)
      try reader.geometry.crs.requireMetricPlane(path: elevation.path)
      return (reading, reader)
    }
    self.elevation = elevation
    self.threads = threads
    self.reading = reading
    geometry = reader.geometry
    windows = reader.windows(ofAbout: Tiling.windowCells)
    readers = reader.allowsParallelReaders ? threads : 1
    folder = tiling.scratchFolder ?? URL(fileURLWithPath: output).deletingLastPathComponent().path
    layout = try tiling.layout(columns: geometry.columns, rows: geometry.rows, threads: threads, at: position)
  }

  /// Reads the elevation in metres, every block of the file once; NaN is no data.
  func ground(_ progress: AnalysisProgress) throws(RunFailure) -> ScratchRaster<Float> {
    let position = SourcePosition(file: elevation.path)
    let (path, reading, windows) = (elevation.path, reading, windows)
    return try RunFailure.locating(at: position) {
      let information = try inspectRaster(path, band: elevation.band ?? 1)
      let factor = Float(try elevation.unit(of: information, at: position).metres)
      let cells = try scratch(Float.self)
      let tallies = try inParallel(
        windows.count, threads: readers, "read", progress, state: { try RasterWindowReader(path, reading) }
      ) { reader, number in
        let window = windows[number]
        let (grid, tally) = try reader.read(window)
        try cells.write(
          factor == 1 ? grid : grid.map(threads: 1) { $0 * factor }, columns: window.columns, rows: window.rows)
        return tally
      }
      var tally = RasterTally()
      for part in tallies { tally.add(part) }
      _ = try RasterWindowReader(path, reading).concluded(tally)
      return cells
    }
  }

  /// Room on disk for cells of the raster.
  func scratch<Element>(_: Element.Type) throws -> ScratchRaster<Element> {
    try ScratchRaster(columns: geometry.columns, rows: geometry.rows, in: folder)
  }

  /// Fills the terrain and proves the result.
  /// - Returns: The filled surface, its certificate and the number of cells that were raised.
  /// - Throws: ``RunFailure`` as a run in memory does.
  func fill(
    _ ground: ScratchRaster<Float>, _ progress: AnalysisProgress
  ) throws(RunFailure) -> (surface: ScratchRaster<Float>, certificate: FillCertificate, filledCells: Int) {
    let position = SourcePosition(file: elevation.path)
    let (layout, geometry, nodata) = (layout, geometry, elevation.nodata)
    return try RunFailure.locating(at: position) {
      let graphs = try inParallel(layout.count, threads: threads, "basins of tiles", progress) { number in
        TiledFill.map(
          try ground.withHalo(layout[number], in: geometry, outside: .nan), of: layout[number], nodata: nodata)
      }
      try progress.tell("levels", number: 0, of: 1)
      let levels = try TiledFill.reduce(graphs, layout: layout, nodata: nodata)
      let surface = try scratch(Float.self)
      let told = try inParallel(layout.count, threads: threads, "fill tiles", progress) { number in
        let tile = layout[number]
        let z = try ground.withHalo(tile, in: geometry, outside: .nan)
        let water = try TiledFill.finish(z, levels: levels[number], nodata: nodata)
        try surface.write(innerOf: water, tile)
        let seams = TiledFillCertificate.map(water, over: z, of: tile, nodata: nodata)
        return (seams: seams, filled: water.countHigher(than: z, in: tile))
      }
      let certificate = try TiledFillCertificate.reduce(told.map(\.seams), layout: layout)
      guard certificate.holds else {
        throw RunFailure(
          .processing,
          [
            Diagnostic(
              .failedProof, at: position,
              "the filled terrain is not the exact surface: \(certificate.belowGround) cells below ground, "
                + "\(certificate.unbalanced) unbalanced, \(certificate.undrained) undrained",
              hint: "this is a defect of the program; report it with the terrain")
          ])
      }
      return (surface, certificate, told.reduce(0) { $0 + $1.filled })
    }
  }

  /// D8 directions of a filled surface, lakes routed as flats.
  func directions(
    of surface: ScratchRaster<Float>, _ progress: AnalysisProgress
  ) throws(RunFailure) -> ScratchRaster<UInt8> {
    let (layout, geometry, nodata) = (layout, geometry, elevation.nodata)
    return try RunFailure.locating(at: SourcePosition(file: elevation.path)) {
      let directions = try scratch(UInt8.self)
      var seams = try inParallel(layout.count, threads: threads, "direct tiles", progress) { number in
        let tile = layout[number]
        let water = try surface.withHalo(tile, in: geometry, outside: .nan)
        let visit = TiledDirections.map(water, of: tile, nodata: nodata)
        try directions.write(visit.directions, columns: tile.columns, rows: tile.rows)
        return visit.seams
      }
      var rings = (0..<layout.count).map { FlatRing(layout[$0]) }
      while true {
        let waiting = try TiledDirections.reduce(seams, rings: rings, layout: layout)
        if waiting.isEmpty { break }
        let known = seams
        let told = try inParallel(waiting.count, threads: threads, "direct lakes over tiles", progress) { number in
          let ring = waiting[number]
          let tile = ring.tile
          let visit = TiledDirections.revisit(
            try surface.withHalo(tile, in: geometry, outside: .nan),
            directions: try directions.inner(tile, in: geometry),
            ring: ring, seams: known[tile.number], nodata: nodata)
          try directions.write(visit.directions, columns: tile.columns, rows: tile.rows)
          return visit.seams
        }
        for (ring, record) in zip(waiting, told) {
          rings[ring.tile.number] = ring
          seams[ring.tile.number] = record
        }
      }
      _ = try inParallel(layout.count, threads: threads, "finish directions", progress) { number in
        let tile = layout[number]
        var codes = try directions.inner(tile, in: geometry)
        TiledDirections.finish(&codes)
        try directions.write(codes, columns: tile.columns, rows: tile.rows)
      }
      return directions
    }
  }

  /// The number of cells that drain through each cell times a factor, NaN for cells without elevation, and the largest
  /// number.
  func upslopeCells(
    _ directions: ScratchRaster<UInt8>, factor: Float, _ progress: AnalysisProgress
  ) throws(RunFailure) -> (amounts: ScratchRaster<Float>, largest: Int64) {
    let (layout, geometry) = (layout, geometry)
    return try RunFailure.locating(at: SourcePosition(file: elevation.path)) {
      let links = try inParallel(layout.count, threads: threads, "link tiles", progress) { number in
        let codes = try directions.inner(layout[number], in: geometry)
        return try TiledAccumulation.map(codes, weights: codes.ones(), of: layout[number])
      }
      let inflows = try TiledAccumulation.reduce(links, layout: layout)
      let amounts = try scratch(Float.self)
      let largest = try inParallel(layout.count, threads: threads, "accumulate tiles", progress) { number in
        let codes = try directions.inner(layout[number], in: geometry)
        let sums = TiledAccumulation.finish(codes, weights: codes.ones(), inflow: inflows[number])
        try amounts.write(
          sums.map(threads: 1) { $0 == 0 ? .nan : Float($0) * factor }, columns: layout[number].columns,
          rows: layout[number].rows)
        return sums.withUnsafeCells { sums in (0..<codes.count).reduce(0) { max($0, sums[$1]) } }
      }
      return (amounts, largest.max() ?? 0)
    }
  }
}

extension Grid<UInt8> {
  /// The weight of each cell by its direction where cells are counted.
  fileprivate func ones() -> Grid<Int64> { map(threads: 1) { $0 == FlowDirection.nodata ? 0 : 1 } }
}

extension Grid<Float> {
  /// The number of cells of a tile that lie higher than in another grid; both hold the tile with its ring.
  fileprivate func countHigher(than other: Grid<Float>, in tile: Tile) -> Int {
    var result = 0
    withUnsafeCells { a in
      other.withUnsafeCells { b in
        for row in 1...tile.height {
          for index in (row * columns + 1)...(row * columns + tile.width) where a[index] > b[index] { result += 1 }
        }
      }
    }
    return result
  }
}

extension ScratchRaster {
  /// A tile with the ring of cells around it; `outside` fills what lies beyond the raster.
  func withHalo(_ tile: Tile, in raster: GridGeometry, outside: Element) throws(GeodataError) -> Grid<Element> {
    var result = Grid(tile.haloGeometry(in: raster), repeating: outside)
    let stride = result.columns
    let (columns, rows) = (tile.haloColumns, tile.haloRows)
    let start =
      (rows.lowerBound - tile.rows.lowerBound + 1) * stride + columns.lowerBound - tile.columns.lowerBound + 1
    try result.withUnsafeMutableCells { (cells) throws(GeodataError) in
      try read(columns: columns, rows: rows, into: cells + start, stride: stride)
    }
    return result
  }

  /// A tile without its ring.
  func inner(_ tile: Tile, in raster: GridGeometry) throws(GeodataError) -> Grid<Element> {
    var result = Grid<Element>(tile.geometry(in: raster)) { _ in }
    try result.withUnsafeMutableCells { (cells) throws(GeodataError) in
      try read(columns: tile.columns, rows: tile.rows, into: cells, stride: tile.width)
    }
    return result
  }

  /// Writes the tile of a grid that holds it with its ring.
  func write(innerOf grid: Grid<Element>, _ tile: Tile) throws(GeodataError) {
    precondition(grid.columns == tile.width + 2 && grid.rows == tile.height + 2, "a tile with its ring")
    try grid.withUnsafeCells { (cells) throws(GeodataError) in
      try write(columns: tile.columns, rows: tile.rows, from: cells + grid.columns + 1, stride: grid.columns)
    }
  }
}
