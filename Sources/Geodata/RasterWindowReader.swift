import CGDAL
public import Grids

/// A rectangle of cells of a raster.
public struct RasterWindow: Sendable, Hashable {
  /// Columns of the north-up raster.
  public let columns: Range<Int>
  /// Rows of the north-up raster.
  public let rows: Range<Int>

  /// Describes a window.
  public init(columns: Range<Int>, rows: Range<Int>) {
    self.columns = columns
    self.rows = rows
  }
}

/// What was counted while some windows of a raster were read.
public struct RasterTally: Sendable {
  var cells: CellTally

  /// Nothing counted yet.
  public init() { cells = CellTally() }

  init(cells: CellTally) { self.cells = cells }

  /// Adds what was counted in other windows.
  public mutating func add(_ other: RasterTally) { cells.add(other.cells) }
}

/// One band of a raster, read window by window and never as a whole; for one thread.
///
/// Cells become what ``readRaster(_:_:)`` makes of them. The raster may have any number of cells.
public final class RasterWindowReader {
  private let source: RasterSource

  /// Opens a raster.
  /// - Parameter acceptsPalette: Whether numbers of a palette's colours, such as land cover, are welcome.
  /// - Throws: ``GeodataError`` as ``readRaster(_:_:)`` does.
  public init(
    _ path: String, _ reading: RasterReading = RasterReading(), acceptsPalette: Bool = false
  ) throws(GeodataError) {
    source = try RasterSource(path, reading, forClasses: acceptsPalette, inWindows: true)
  }

  /// What the file says of itself; nothing is counted in it.
  public var information: RasterInformation { source.information }

  /// Whether cells hold more than single precision keeps: then ``readDouble(_:)`` is the way to read them.
  public var needsDoublePrecision: Bool {
    let narrow = ["Byte", "UInt8", "Int8", "UInt16", "Int16", "Float32"]
    return !narrow.contains(source.information.pixelType) || source.decoder.scale != 1 || source.decoder.offset != 0
  }

  /// Width and height of the blocks in which the file stores its cells.
  public var blockSize: (width: Int, height: Int) { source.blockSize }

  /// Position of the whole raster.
  public var geometry: GridGeometry { source.geometry }

  /// Whether several readers, one for each thread, read faster than one.
  public var allowsParallelReaders: Bool { source.information.driver == "GTiff" }

  /// Windows that together cover the raster once, made of whole blocks, so that every block is decoded once.
  /// - Parameter cells: About how many cells a window may have; a single block may have more.
  public func windows(ofAbout cells: Int) -> [RasterWindow] {
    let geometry = source.geometry
    let rows = source.chunks(of: 0..<geometry.rows, cells: max(1, cells / 4))
    let (blockWidth, _) = source.blockSize
    return rows.flatMap { rows in
      let step = max(1, cells / (rows.count * blockWidth)) * blockWidth
      return stride(from: 0, to: geometry.columns, by: step).map {
        RasterWindow(columns: $0..<min($0 + step, geometry.columns), rows: rows)
      }
    }
  }

  /// Reads a window and counts its cells.
  public func read(_ window: RasterWindow) throws(GeodataError) -> (grid: Grid<Float>, tally: RasterTally) {
    let (grid, counted) = try source.readFloat(columns: window.columns, rows: window.rows)
    return (grid, RasterTally(cells: counted))
  }

  /// Reads a window in double precision and counts its cells.
  public func readDouble(_ window: RasterWindow) throws(GeodataError) -> (grid: Grid<Double>, tally: RasterTally) {
    let (grid, counted) = try source.readDouble(columns: window.columns, rows: window.rows)
    return (grid, RasterTally(cells: counted))
  }

  /// What the file says of itself with what was counted in some windows; a raster without any value passes.
  /// - Throws: ``GeodataError`` where cells look like undeclared no data.
  public func checked(_ tally: RasterTally) throws(GeodataError) -> RasterInformation {
    try source.concluded(tally.cells, isWhole: false)
  }

  /// What the file says of itself with what was counted in all windows, also by other readers.
  /// - Throws: ``GeodataError`` where cells look like undeclared no data, or none holds a value.
  public func concluded(_ tally: RasterTally) throws(GeodataError) -> RasterInformation {
    try source.concluded(tally.cells, isWhole: true)
  }
}

extension RasterSource {
  /// Width and height of the blocks in which the file stores its cells.
  var blockSize: (width: Int, height: Int) {
    var (width, height) = (Int32(1), Int32(1))
    GDALGetBlockSize(band, &width, &height)
    return (max(1, Int(width)), max(1, Int(height)))
  }
}

extension GDALLibrary {
  /// Runs `body` with GDAL's cache of blocks limited to some bytes, for the whole process.
  ///
  /// By itself GDAL takes a twentieth of the machine's memory, which no budget of a run allows for.
  public static func withBlockCache<Result, Failure: Error>(
    of byteCount: Int, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    start()
    let before = GDALGetCacheMax64()
    GDALSetCacheMax64(Int64(byteCount))
    defer { GDALSetCacheMax64(before) }
    return try body()
  }
}
