import CGDAL
public import Grids

/// Value that marks no data in rasters of measured values.
public let rasterNodata: Float = -9999

/// Pixel type of a raster of classes.
public enum ClassPixelType: String, Sendable, Hashable, CaseIterable {
  /// 0 to 254; 255 marks no data.
  case byte
  /// −32 767 to 32 767; −32 768 marks no data.
  case int16
  /// All but −2³¹, which marks no data.
  case int32

  /// Value that marks no data.
  public var nodata: Int32 {
    switch self {
    case .byte: 255
    case .int16: -32_768
    case .int32: noClass
    }
  }

  var gdalType: GDALDataType {
    switch self {
    case .byte: cgdal_byte
    case .int16: GDT_Int16
    case .int32: GDT_Int32
    }
  }

  /// Values that a cell can hold.
  var range: ClosedRange<Int32> {
    switch self {
    case .byte: 0...255
    case .int16: -32_768...32_767
    case .int32: Int32.min...Int32.max
    }
  }
}

/// Writes measured values as a GeoTIFF of single precision.
///
/// The file appears under its name only when it is complete. The same grid gives the same bytes for any number of
/// threads.
/// - Parameters:
///   - nodata: Value that marks no data; nil leaves NaN, and declares it.
///   - compressed: Whether to compress without loss (DEFLATE).
///   - unit: Unit of the values, such as `m`.
///   - description: What the values are.
///   - threads: Threads for compression.
/// - Throws: ``GeodataError`` where the file cannot be written, or a cell holds the value that marks no data.
public func writeGeoTIFF(
  _ grid: Grid<Float>, to path: String, nodata: Float? = rasterNodata, compressed: Bool = true, unit: String? = nil,
  description: String? = nil, threads: Int = 1
) throws(GeodataError) {
  let output = RasterOutput(
    path: path, geometry: grid.geometry, type: GDT_Float32, nodata: nodata.map { Double($0) } ?? .nan, unit: unit,
    description: description, compressed: compressed, predictor: 3, threads: threads)
  try output.write { (row, cells: UnsafeMutablePointer<Float>) throws(GeodataError) in
    try encode(grid, row, into: cells, nodata: nodata, path: path)
  }
}

/// Writes classes as a GeoTIFF of whole numbers; ``noClass`` becomes the type's mark for no data.
/// - Throws: ``GeodataError`` where the file cannot be written or a class does not fit the type.
public func writeClassGeoTIFF(
  _ grid: Grid<Int32>, to path: String, as type: ClassPixelType = .byte, compressed: Bool = true,
  unit: String? = nil, description: String? = nil, threads: Int = 1
) throws(GeodataError) {
  let output = RasterOutput(
    path: path, geometry: grid.geometry, type: type.gdalType, nodata: Double(type.nodata), unit: unit,
    description: description, compressed: compressed, predictor: 2, threads: threads)
  func write<Cell: PixelType & FixedWidthInteger>(_: Cell.Type) throws(GeodataError) {
    try output.write { (row, cells: UnsafeMutablePointer<Cell>) throws(GeodataError) in
      try encode(grid, row, into: cells, as: type, path: path)
    }
  }
  switch type {
  case .byte: try write(UInt8.self)
  case .int16: try write(Int16.self)
  case .int32: try write(Int32.self)
  }
}

/// Writes classes of one byte; 255 marks no data.
/// - Throws: ``GeodataError`` where the file cannot be written.
public func writeClassGeoTIFF(
  _ grid: Grid<UInt8>, to path: String, compressed: Bool = true, unit: String? = nil, description: String? = nil,
  threads: Int = 1
) throws(GeodataError) {
  let output = RasterOutput(
    path: path, geometry: grid.geometry, type: cgdal_byte, nodata: 255, unit: unit, description: description,
    compressed: compressed, predictor: 2, threads: threads)
  try output.write { (row, cells: UnsafeMutablePointer<UInt8>) in
    grid.withUnsafeCells { cells.update(from: $0 + row * grid.columns, count: grid.columns) }
  }
}

/// Copies one row with NaN replaced by the value that marks no data.
func encode(
  _ grid: Grid<Float>, _ row: Int, into cells: UnsafeMutablePointer<Float>, nodata: Float?, path: String
) throws(GeodataError) {
  let columns = grid.columns
  grid.withUnsafeCells { cells.update(from: $0 + row * columns, count: columns) }
  try encode(cells, columns, row: row, nodata: nodata, path: path)
}

/// Replaces NaN in one row by the value that marks no data.
func encode(
  _ cells: UnsafeMutablePointer<Float>, _ columns: Int, row: Int, nodata: Float?, path: String
) throws(GeodataError) {
  guard let nodata else { return }
  var clashes = 0
  for column in 0..<columns {
    let value = cells[column]
    clashes &+= value == nodata ? 1 : 0
    cells[column] = value.isNaN ? nodata : value
  }
  if clashes > 0 {
    throw GeodataError(
      .valueNotRepresentable, operation: "write raster", path: path,
      message: "\(clashes) cells of row \(row) hold \(nodata), which marks no data", hint: "choose another nodata value"
    )
  }
}

/// Copies one row of classes with ``noClass`` replaced by the type's mark for no data.
func encode<Cell: FixedWidthInteger>(
  _ grid: Grid<Int32>, _ row: Int, into cells: UnsafeMutablePointer<Cell>, as type: ClassPixelType, path: String
) throws(GeodataError) {
  let columns = grid.columns
  let range = type.range
  let unfit = grid.withUnsafeCells { base -> Int32? in
    let source = base + row * columns
    for column in 0..<columns {
      let value = source[column]
      if value == noClass {
        cells[column] = Cell(truncatingIfNeeded: type.nodata)
      } else if value != type.nodata, range.contains(value) {
        cells[column] = Cell(truncatingIfNeeded: value)
      } else {
        return value
      }
    }
    return nil
  }
  if let unfit {
    throw GeodataError(
      .valueNotRepresentable, operation: "write raster", path: path,
      message:
        "the class \(unfit) in row \(row) does not fit \(type.rawValue) cells, in which \(type.nodata) marks no data",
      hint: "write a wider type")
  }
}

/// Cells that GDAL can take as they are.
protocol PixelType: BitwiseCopyable, Sendable {
  /// GDAL's name of the type.
  static var gdalType: GDALDataType { get }
}

extension Float: PixelType { static var gdalType: GDALDataType { GDT_Float32 } }
extension Int32: PixelType { static var gdalType: GDALDataType { GDT_Int32 } }
extension Int16: PixelType { static var gdalType: GDALDataType { GDT_Int16 } }
extension UInt8: PixelType { static var gdalType: GDALDataType { cgdal_byte } }

/// A plain GeoTIFF to be written.
struct RasterOutput {
  let path: String
  let geometry: GridGeometry
  let type: GDALDataType
  let nodata: Double
  let unit: String?
  let description: String?
  let compressed: Bool
  let predictor: Int
  let threads: Int

  /// Writes the file; `fill` gives one row at a time, in cells of the file's type.
  func write<Element: PixelType>(
    _ fill: (_ row: Int, _ cells: UnsafeMutablePointer<Element>) throws(GeodataError) -> Void
  ) throws(GeodataError) {
    precondition(Element.gdalType == type, "cells of the file's type")
    let operation = "write raster"
    let driver = try driver("GTiff", operation: operation, path: path)
    let crs = try SpatialReference.of(geometry.crs, operation: operation, path: path)
    try writeAtomically(to: path, operation: operation) { (temporary) throws(GeodataError) in
      let create = CallSite(code: .notCreated, operation: operation, path: path)
      let handle = try create.call("the file cannot be created", hint: "check folder and free space") {
        withStringList(options) {
          GDALCreate(driver, temporary, Int32(geometry.columns), Int32(geometry.rows), 1, type, $0)
        }
      }
      let dataset = Dataset(owning: handle)
      let band = try describe(dataset, crs, geometry, nodata: nodata, unit: unit, description, path: path)
      try writeRows(band, fill)
      try dataset.close(operation: operation, path: path)
    }
  }

  private func writeRows<Element: PixelType>(
    _ band: GDALRasterBandH, _ fill: (_ row: Int, _ cells: UnsafeMutablePointer<Element>) throws(GeodataError) -> Void
  ) throws(GeodataError) {
    let site = CallSite(code: .notWritten, operation: "write raster", path: path)
    let (columns, rows) = (geometry.columns, geometry.rows)
    var (blockWidth, blockHeight) = (Int32(1), Int32(1))
    GDALGetBlockSize(band, &blockWidth, &blockHeight)
    let (width, height) = (Int(blockWidth), Int(blockHeight))
    // Blocks are put together here and written at once: the way through GDAL's cache takes twice as long.
    let lines = UnsafeMutablePointer<Element>.allocate(capacity: columns * height)
    let block = UnsafeMutablePointer<Element>.allocate(capacity: width * height)
    defer {
      lines.deallocate()
      block.deallocate()
    }
    UnsafeMutableRawPointer(block).initializeMemory(
      as: UInt8.self, repeating: 0, count: width * height * MemoryLayout<Element>.stride)
    for blockRow in 0..<((rows + height - 1) / height) {
      let top = blockRow * height
      let filled = min(height, rows - top)
      for row in 0..<filled { try fill(top + row, lines + row * columns) }
      for blockColumn in 0..<((columns + width - 1) / width) {
        let left = blockColumn * width
        let run = min(width, columns - left)
        for row in 0..<filled {
          (block + row * width).update(from: lines + row * columns + left, count: run)
        }
        try site.check("block (\(blockColumn), \(blockRow)) cannot be written", hint: "check the free space") {
          GDALWriteBlock(band, Int32(blockColumn), Int32(blockRow), block)
        }
      }
    }
  }

  private var options: [String] {
    var list = ["BIGTIFF=IF_SAFER"]
    // Small rasters would mostly consist of the tiles' margins.
    if geometry.columns > 512, geometry.rows > 512 { list += ["TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512"] }
    if compressed { list += ["COMPRESS=DEFLATE", "PREDICTOR=\(predictor)"] }
    if threads > 1 { list.append("NUM_THREADS=\(threads)") }
    return list
  }
}

/// Says where a new raster lies and what its only band holds.
func describe(
  _ dataset: borrowing Dataset, _ crs: SpatialReference, _ geometry: GridGeometry, nodata: Double, unit: String?,
  _ description: String?, path: String
) throws(GeodataError) -> GDALRasterBandH {
  let site = CallSite(code: .notWritten, operation: "write raster", path: path)
  let handle = dataset.handle
  var transform = [geometry.west, geometry.cellWidth, 0, geometry.north, 0, -geometry.cellHeight]
  try site.check("the position cannot be written") { GDALSetGeoTransform(handle, &transform) }
  try site.check("the reference system cannot be written") { GDALSetSpatialRef(handle, crs.handle) }
  let band = try site.call("there is no band") { GDALGetRasterBand(handle, 1) }
  try site.check("the nodata value cannot be written") { GDALSetRasterNoDataValue(band, nodata) }
  if let unit { try site.check("the unit cannot be written") { GDALSetRasterUnitType(band, unit) } }
  if let description { reporting { GDALSetDescription(band, description) } }
  return band
}
