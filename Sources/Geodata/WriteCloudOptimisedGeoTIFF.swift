import CGDAL
import Foundation
public import Grids

/// How the coarser views inside a cloud-optimised GeoTIFF are made from 2×2 cells.
public enum OverviewResampling: String, Sendable, Hashable {
  /// Mean of the cells that hold a value.
  case average
  /// Greatest value, so that narrow deep water does not vanish.
  case maximum
  /// The first of the cells that holds a value, for directions, which have no mean.
  case nearest
}

/// What a cloud-optimised GeoTIFF says of itself and how it is made.
public struct CloudOptimisedOptions: Sendable {
  /// Unit of the values, such as `m`.
  public var unit: String?
  /// What the values are.
  public var description: String?
  /// How coarser views are made from values.
  public var overviews: OverviewResampling
  /// Threads for compression; the bytes do not depend on it.
  public var threads: Int

  /// Describes a file.
  public init(
    unit: String? = nil, description: String? = nil, overviews: OverviewResampling = .average, threads: Int = 1
  ) {
    self.unit = unit
    self.description = description
    self.overviews = overviews
    self.threads = threads
  }
}

/// Writes measured values as a cloud-optimised GeoTIFF: single precision, −9999 for no data, DEFLATE, tiles of 512
/// cells, coarser views, statistics of the values.
///
/// The file appears under its name only when it is complete, and the same grid gives the same bytes.
/// - Throws: ``GeodataError`` where the file cannot be written, or a cell holds −9999.
public func writeCloudOptimisedGeoTIFF(
  _ grid: consuming Grid<Float>, to path: String, _ options: CloudOptimisedOptions = CloudOptimisedOptions()
) throws(GeodataError) {
  let output = CloudOptimisedOutput(
    path: path, geometry: grid.geometry, type: GDT_Float32, nodata: Double(rasterNodata),
    statistics: statistics(of: grid), options: options)
  let geometry = grid.geometry
  // A grid that the caller does not keep is encoded where it lies.
  try grid.withUnsafeMutableCells { cells throws(GeodataError) in
    for row in 0..<geometry.rows {
      try encode(cells + row * geometry.columns, geometry.columns, row: row, nodata: rasterNodata, path: path)
    }
    var views: [[Float]] = []
    var size = (geometry.columns, geometry.rows)
    while max(size.0, size.1) > 512 {
      let finer = UnsafeBufferPointer(start: cells, count: geometry.count)
      views.append(
        views.last?.withUnsafeBufferPointer { halved($0, columns: size.0, rows: size.1, options.overviews) }
          ?? halved(finer, columns: size.0, rows: size.1, options.overviews))
      size = ((size.0 + 1) / 2, (size.1 + 1) / 2)
    }
    try output.write(cells, coarser: views)
  }
}

/// Writes classes as a cloud-optimised GeoTIFF; ``noClass`` becomes the type's mark for no data.
///
/// Coarser views take the most frequent class.
/// - Throws: ``GeodataError`` where the file cannot be written or a class does not fit the type.
public func writeCloudOptimisedGeoTIFF(
  _ grid: Grid<Int32>, to path: String, as type: ClassPixelType = .byte,
  _ options: CloudOptimisedOptions = CloudOptimisedOptions()
) throws(GeodataError) {
  let output = CloudOptimisedOutput(
    path: path, geometry: grid.geometry, type: type.gdalType, nodata: Double(type.nodata), statistics: [],
    options: options)
  func write<Cell: PixelType & FixedWidthInteger>(_: Cell.Type) throws(GeodataError) {
    let cells = UnsafeMutablePointer<Cell>.allocate(capacity: grid.count)
    defer { cells.deallocate() }
    for row in 0..<grid.rows { try encode(grid, row, into: cells + row * grid.columns, as: type, path: path) }
    try output.write(cells)
  }
  switch type {
  case .byte: try write(UInt8.self)
  case .int16: try write(Int16.self)
  case .int32: try write(Int32.self)
  }
}

/// Writes classes of one byte, 255 for no data, as a cloud-optimised GeoTIFF.
///
/// Coarser views take the most frequent class.
/// - Throws: ``GeodataError`` where the file cannot be written.
public func writeCloudOptimisedGeoTIFF(
  _ grid: consuming Grid<UInt8>, to path: String, _ options: CloudOptimisedOptions = CloudOptimisedOptions()
) throws(GeodataError) {
  let output = CloudOptimisedOutput(
    path: path, geometry: grid.geometry, type: cgdal_byte, nodata: 255, statistics: [], options: options)
  try grid.withUnsafeMutableCells { cells throws(GeodataError) in try output.write(cells) }
}

/// The next coarser view: every cell from 2×2 cells, fewer at the eastern and southern edge.
func halved(
  _ source: UnsafeBufferPointer<Float>, columns: Int, rows: Int, _ resampling: OverviewResampling
) -> [Float] {
  let (width, height) = ((columns + 1) / 2, (rows + 1) / 2)
  return [Float](unsafeUninitializedCapacity: width * height) { result, count in
    for row in 0..<height {
      for column in 0..<width {
        var sum = 0.0
        var number = 0.0
        var greatest = -Float.infinity
        var first: Float = rasterNodata
        for y in (row * 2)..<min(row * 2 + 2, rows) {
          for x in (column * 2)..<min(column * 2 + 2, columns) where source[y * columns + x] != rasterNodata {
            let value = source[y * columns + x]
            if number == 0 { first = value }
            sum += Double(value)
            number += 1
            greatest = max(greatest, value)
          }
        }
        let value =
          switch resampling {
          case .average: Float(sum / number)
          case .maximum: greatest
          case .nearest: first
          }
        result[row * width + column] = number > 0 ? value : rasterNodata
      }
    }
    count = width * height
  }
}

/// The statistics tags that GIS programs read for their default colours.
func statistics(of grid: Grid<Float>) -> [String] {
  var (least, greatest) = (Float.infinity, -Float.infinity)
  var (sum, squares, count) = (0.0, 0.0, 0)
  grid.withUnsafeCells { cells in
    for index in 0..<grid.count where !cells[index].isNaN {
      least = min(least, cells[index])
      greatest = max(greatest, cells[index])
      sum += Double(cells[index])
      count += 1
    }
    let mean = sum / Double(max(count, 1))
    for index in 0..<grid.count where !cells[index].isNaN {
      squares += (Double(cells[index]) - mean) * (Double(cells[index]) - mean)
    }
  }
  guard count > 0 else { return [] }
  let percent = (Double(count) / Double(grid.count) * 10_000).rounded() / 100
  return [
    "STATISTICS_MINIMUM=\(least)", "STATISTICS_MAXIMUM=\(greatest)", "STATISTICS_MEAN=\(sum / Double(count))",
    "STATISTICS_STDDEV=\((squares / Double(count)).squareRoot())", "STATISTICS_VALID_PERCENT=\(percent)",
  ]
}

/// A cloud-optimised GeoTIFF to be written.
struct CloudOptimisedOutput {
  let path: String
  let geometry: GridGeometry
  let type: GDALDataType
  let nodata: Double
  /// `NAME=value` tags of the band.
  let statistics: [String]
  let options: CloudOptimisedOptions

  /// Writes the file.
  /// - Parameters:
  ///   - cells: The raster, which GDAL reads where it lies.
  ///   - views: Its coarser views; where there are none, GDAL makes them by the most frequent value.
  func write<Element: PixelType>(
    _ cells: UnsafeMutablePointer<Element>, coarser views: consuming [[Element]] = []
  ) throws(GeodataError) {
    let operation = "write raster"
    let memory = try driver("MEM", operation: operation, path: path)
    let optimised = try driver("COG", operation: operation, path: path)
    let crs = try SpatialReference.of(geometry.crs, operation: operation, path: path)
    let site = CallSite(code: .notWritten, operation: operation, path: path)
    let address = UInt(bitPattern: cells)
    let handle = try site.call("there is not enough memory for the raster") {
      GDALCreate(memory, "", Int32(geometry.columns), Int32(geometry.rows), 0, type, nil)
    }
    let dataset = Dataset(owning: handle)
    try site.check("the cells cannot be lent to GDAL") {
      withStringList(["DATAPOINTER=0x" + String(address, radix: 16)]) { GDALAddBand(handle, type, $0) }
    }
    let band = try describe(
      dataset, crs, geometry, nodata: nodata, unit: options.unit, options.description, path: path)
    for tag in statistics {
      let parts = tag.split(separator: "=", maxSplits: 1).map(String.init)
      try site.check("the statistics cannot be written") { GDALSetMetadataItem(band, parts[0], parts[1], nil) }
    }
    try addOverviews(handle, band, views, site)
    views = []
    try writeAtomically(to: path, operation: operation) { (temporary) throws(GeodataError) in
      let copy = try site.call("the file cannot be written", hint: "check folder and free space") {
        withStringList(creationOptions) { GDALCreateCopy(optimised, temporary, handle, 0, $0, nil, nil) }
      }
      try Dataset(owning: copy).close(operation: operation, path: path)
    }
  }

  private func addOverviews<Element: PixelType>(
    _ handle: GDALDatasetH, _ band: GDALRasterBandH, _ views: [[Element]], _ site: CallSite
  ) throws(GeodataError) {
    var factors = views.indices.map { Int32(1) << Int32($0 + 1) }
    guard !factors.isEmpty else { return }
    // Made by GDAL in whatever way, then overwritten: its own choice lacks the maximum and may change.
    try site.check("the coarser views cannot be made") {
      GDALBuildOverviews(handle, "NEAREST", Int32(factors.count), &factors, 0, nil, nil, nil)
    }
    for (index, view) in views.enumerated() {
      let overview = try site.call("coarser view \(index) is missing") { GDALGetOverview(band, Int32(index)) }
      let size = (GDALGetRasterBandXSize(overview), GDALGetRasterBandYSize(overview))
      precondition(Int(size.0) * Int(size.1) == view.count, "GDAL halves sizes as this module does")
      try view.withUnsafeBufferPointer { cells throws(GeodataError) in
        try site.check("coarser view \(index) cannot be written") {
          // GDAL's one function to read and write takes memory that may change, and only reads it here.
          GDALRasterIO(
            overview, GF_Write, 0, 0, size.0, size.1, UnsafeMutableRawPointer(mutating: cells.baseAddress), size.0,
            size.1, Element.gdalType, 0, 0)
        }
      }
    }
  }

  private var creationOptions: [String] {
    var list = [
      "COMPRESS=DEFLATE", "PREDICTOR=YES", "BLOCKSIZE=512", "BIGTIFF=IF_SAFER", "OVERVIEWS=AUTO",
      "OVERVIEW_RESAMPLING=MODE", "WARP_RESAMPLING=NEAREST",
    ]
    list.append("NUM_THREADS=\(max(1, options.threads))")
    return list
  }
}
