public import Grids

/// Writes measured values as a GeoTIFF of single precision, row by row, so that they need not be in memory.
///
/// The same bytes as ``writeGeoTIFF(_:to:nodata:compressed:unit:description:threads:)`` writes for a grid.
/// - Parameters:
///   - geometry: Size and position of the raster.
///   - nodata: Value that marks no data; nil leaves NaN, and declares it.
///   - compressed: Whether to compress without loss (DEFLATE).
///   - unit: Unit of the values, such as `m`.
///   - description: What the values are.
///   - threads: Threads for compression.
///   - fill: Writes the cells of one row, NaN for no data; called for every row from the north.
/// - Throws: ``GeodataError`` where the file cannot be written, or a cell holds the value that marks no data.
public func writeGeoTIFF(
  rowsOf geometry: GridGeometry, to path: String, nodata: Float? = rasterNodata, compressed: Bool = true,
  unit: String? = nil, description: String? = nil, threads: Int = 1,
  _ fill: (_ row: Int, _ cells: UnsafeMutablePointer<Float>) throws(GeodataError) -> Void
) throws(GeodataError) {
  let output = RasterOutput(
    path: path, geometry: geometry, type: Float.gdalType, nodata: nodata.map { Double($0) } ?? .nan, unit: unit,
    description: description, compressed: compressed, predictor: 3, threads: threads)
  try output.write { (row, cells: UnsafeMutablePointer<Float>) throws(GeodataError) in
    try fill(row, cells)
    try encode(cells, geometry.columns, row: row, nodata: nodata, path: path)
  }
}

/// Writes classes of one byte row by row, so that they need not be in memory; 255 marks no data.
///
/// The same bytes as ``writeClassGeoTIFF(_:to:compressed:unit:description:threads:)`` writes for a grid.
/// - Parameter fill: Writes the cells of one row; called for every row from the north.
/// - Throws: ``GeodataError`` where the file cannot be written.
public func writeClassGeoTIFF(
  rowsOf geometry: GridGeometry, to path: String, compressed: Bool = true, unit: String? = nil,
  description: String? = nil, threads: Int = 1,
  _ fill: (_ row: Int, _ cells: UnsafeMutablePointer<UInt8>) throws(GeodataError) -> Void
) throws(GeodataError) {
  let output = RasterOutput(
    path: path, geometry: geometry, type: UInt8.gdalType, nodata: 255, unit: unit, description: description,
    compressed: compressed, predictor: 2, threads: threads)
  try output.write(fill)
}
