import CGDAL
import Foundation
import Grids

/// A band of an open raster together with how it is to be read.
struct RasterSource: ~Copyable {
  let dataset: Dataset
  let band: GDALRasterBandH
  let reading: RasterReading
  var information: RasterInformation
  let decoder: CellDecoder
  let hasMask: Bool
  let site: CallSite

  /// Opens a raster and checks everything that can be known without reading cells.
  /// - Parameters:
  ///   - forClasses: Whether numbers of a palette are welcome.
  ///   - inWindows: Whether the raster is never held as a whole, so that it may have any number of cells.
  init(
    _ path: String, _ reading: RasterReading, forClasses: Bool = false, inWindows: Bool = false
  ) throws(GeodataError) {
    let operation = "read raster"
    let opened = try openRaster(path, operation: operation, threads: reading.threads)
    var information = opened.information
    func site(_ code: GeodataErrorCode) -> CallSite { CallSite(code: code, operation: operation, path: path) }

    if information.bandCount == 0 {
      let names = information.subdatasets
      throw site(.rasterContainer).error(
        names.isEmpty ? "the file holds no raster band" : "the file holds \(names.count) rasters and none is named",
        hint: names.isEmpty ? "check that it is the file you meant" : "name one of \(names.joined(separator: ", "))")
    }
    let number = reading.band ?? (information.bandCount == 1 ? 1 : 0)
    guard (1...information.bandCount).contains(number) else {
      throw site(.bandNeeded).error(
        reading.band.map { "there is no band \($0); the raster has \(information.bandCount)" }
          ?? "the raster has \(information.bandCount) bands and none is named",
        hint: "set band to a number from 1 to \(information.bandCount)")
    }
    let band = try site(.bandNeeded).call("band \(number) cannot be opened") { [handle = opened.dataset.handle] in
      GDALGetRasterBand(handle, Int32(number))
    }
    describeBand(band, number: number, in: &information)
    adoptProductAttributes(&information)
    try Self.checkColours(information, site(.colourRaster), forClasses: forClasses)
    try checkSidecars(information, site(.contradictorySidecar))
    information.geometry = try Self.geometry(of: information, reading, operation, inWindows: inWindows)

    let type = GDALGetRasterDataType(band)
    if GDALDataTypeIsComplex(type) != 0 {
      throw site(.unsupportedPixelType).error("band \(number) holds complex numbers (\(information.pixelType))")
    }
    let decoder = CellDecoder(information, reading)
    if let unfit = decoder.unfitNodata {
      information.warnings.append("nodata \(unfit) does not fit \(information.pixelType) and is ignored")
    }
    try Self.checkCoverage(band, information, reading, site(.undeclaredNodata))
    let flags = GDALGetMaskFlags(band)
    dataset = opened.dataset
    self.decoder = decoder
    hasMask = flags & GMF_PER_DATASET != 0 && flags & (GMF_ALPHA | GMF_NODATA | GMF_ALL_VALID) == 0
    self.band = band
    self.reading = reading
    self.information = information
    self.site = site(.unreadableBlock)
  }

  /// Position of the whole raster; known, or opening had failed.
  var geometry: GridGeometry {
    guard let geometry = information.geometry else { preconditionFailure("checked when opened") }
    return geometry
  }

  private static func checkColours(
    _ information: RasterInformation, _ site: CallSite, forClasses: Bool
  ) throws(GeodataError) {
    if information.isColour {
      throw site.error(
        "band \(information.band) is the colour of an image, not a measured value",
        hint: "deliver the raster the image was drawn from")
    }
    if information.isPalette, !forClasses {
      throw site.error(
        "band \(information.band) holds numbers of a palette's colours, not measured values",
        hint: "deliver the raster the image was drawn from, or read it as classes")
    }
  }

  private static func geometry(
    of information: RasterInformation, _ reading: RasterReading, _ operation: String, inWindows: Bool
  ) throws(GeodataError) -> GridGeometry {
    func site(_ code: GeodataErrorCode) -> CallSite {
      CallSite(code: code, operation: operation, path: information.path)
    }
    let cells = information.columns.multipliedReportingOverflow(by: information.rows)
    if cells.overflow || !inWindows && cells.partialValue > Int(Int32.max) {
      throw site(.rasterTooLarge).error(
        "\(information.columns)×\(information.rows) cells are more than 2³¹", hint: "cut it into tiles")
    }
    var georeference: Georeference
    if let declared = reading.georeference {
      georeference = declared
    } else {
      guard let t = information.geotransform else {
        throw site(.missingGeoreference).error(
          "the raster does not say where it lies" + (information.crs == nil ? ", nor in which reference system" : "")
            + (information.geolocation == nil ? "" : " but by arrays of coordinates: it is curvilinear"),
          hint: information.geolocation == nil
            ? "declare georeference (west, north, cell size) and crs, or georeference the file"
            : "regrid it, as rain inputs and overvann rain do with --like")
      }
      if information.isRotated || t[1] <= 0 {
        let values = t.map { "\($0)" }.joined(separator: ", ")
        throw site(.rotatedRaster).error(
          "the raster's axes are rotated or mirrored (geotransform \(values))",
          hint: "regrid it north-up, with gdalwarp")
      }
      georeference = Georeference(
        west: t[0], north: information.isSouthUp ? t[3] + Double(information.rows) * t[5] : t[3], cellWidth: t[1],
        cellHeight: abs(t[5]), isSouthUp: information.isSouthUp)
    }
    if reading.crs != nil, reading.georeference == nil, information.hasKilometreAxes {
      // The declared system is in metres, the file's axes are not.
      georeference = Georeference(
        west: georeference.west * 1000, north: georeference.north * 1000, cellWidth: georeference.cellWidth * 1000,
        cellHeight: georeference.cellHeight * 1000, isSouthUp: georeference.isSouthUp)
    }
    guard let crs = try reading.crs?.horizontal() ?? information.crs else {
      throw site(.missingReferenceSystem).error(
        "the raster names no coordinate reference system", hint: "declare crs, for instance EPSG:25832")
    }
    return GridGeometry(
      columns: information.columns, rows: information.rows, west: georeference.west, north: georeference.north,
      cellWidth: georeference.cellWidth, cellHeight: georeference.cellHeight, crs: crs)
  }

  /// Refuses a raster with missing blocks that would be read as zeros.
  private static func checkCoverage(
    _ band: GDALRasterBandH, _ information: RasterInformation, _ reading: RasterReading, _ site: CallSite
  ) throws(GeodataError) {
    guard information.nodata == nil, reading.nodata == .file, reading.scansForSentinels else { return }
    var percent = 100.0
    let status = quietly {
      GDALGetDataCoverageStatus(band, 0, 0, Int32(information.columns), Int32(information.rows), 0, &percent)
    }
    guard status & GDAL_DATA_COVERAGE_STATUS_UNIMPLEMENTED == 0, status & GDAL_DATA_COVERAGE_STATUS_EMPTY != 0 else {
      return
    }
    if information.driver == "GTiff" {
      // GDAL counts blocks that the file system keeps as a hole among the empty ones. They are in the file, as zeros.
      let missing = missingBlocks(band, information)
      guard missing.count > 0 else { return }
      percent = 100 * Double(missing.of - missing.count) / Double(missing.of)
    }
    throw site.error(
      "only \(Int(percent)) % of the raster holds data, the rest is empty, but no nodata value is declared",
      hint: "declare nodata in the file, or set nodata: none if empty means 0")
  }

  /// Number of blocks that a GeoTIFF leaves out, of all.
  private static func missingBlocks(_ band: GDALRasterBandH, _ information: RasterInformation) -> (count: Int, of: Int)
  {
    var (width, height): (Int32, Int32) = (0, 0)
    GDALGetBlockSize(band, &width, &height)
    let across = (information.columns + Int(width) - 1) / Int(width)
    let down = (information.rows + Int(height) - 1) / Int(height)
    var count = 0
    for row in 0..<down {
      for column in 0..<across
      where metadataItem(band, "BLOCK_OFFSET_\(column)_\(row)", "TIFF") == nil {
        count += 1
      }
    }
    return (count, across * down)
  }

  /// Whether the first row of the file is the southernmost.
  var isSouthUp: Bool { reading.georeference?.isSouthUp ?? information.isSouthUp }
}

/// An open raster and what it says of itself, the band aside.
struct OpenedRaster: ~Copyable {
  let dataset: Dataset
  let information: RasterInformation
}

/// Opens a raster and describes all of it but the band.
func openRaster(
  _ path: String, operation: String, threads: Int
) throws(GeodataError) -> OpenedRaster {
  let site = CallSite(code: .rasterNotOpened, operation: operation, path: path)
  try InputFile.check(path, site)
  try checkMosaicSources(path, site)
  let lower = path.lowercased()
  let isTIFF = lower.hasSuffix(".tif") || lower.hasSuffix(".tiff")
  let options = threads > 1 && isTIFF ? ["NUM_THREADS=\(threads)"] : []
  silenceHDF5()
  let outcome = listening {
    withStringList(options) { list in
      GDALOpenEx(path, UInt32(GDAL_OF_RASTER | GDAL_OF_READONLY), nil, readOnly(list), nil)
    }
  }
  guard let handle = outcome.result else {
    let (what, hint) = InputFile.guess(path, wanted: .raster)
    throw site.error(what, hint: hint, outcome.messages)
  }
  let dataset = Dataset(owning: handle)
  GDALLibrary.report(outcome.messages)
  var information = reporting { describeRaster(handle, path: path, driver: dataset.driverName) }
  information.warnings += outcome.messages.filter { $0.severity == .warning }.map(\.text)
  return OpenedRaster(dataset: dataset, information: information)
}

/// Describes everything about a raster but its band.
private func describeRaster(_ handle: GDALDatasetH, path: String, driver: String) -> RasterInformation {
  var transform = [Double](repeating: 0, count: 6)
  let hasTransform = GDALGetGeoTransform(handle, &transform) == CE_None && transform != [0, 1, 0, 0, 0, 1]
  let columns = Int(GDALGetRasterXSize(handle))
  let rows = Int(GDALGetRasterYSize(handle))
  // Rotation that moves no corner by a thousandth of a cell is rounding.
  let isRotated =
    hasTransform
    && (abs(transform[2]) * Double(rows) > 1e-3 * abs(transform[1])
      || abs(transform[4]) * Double(columns) > 1e-3 * abs(transform[5]))
  let reference = SpatialReference(copying: GDALGetSpatialRef(handle))
  let list = strings(in: GDALGetMetadata(handle, "SUBDATASETS"))
  let compression = metadataItem(handle, "COMPRESSION", "IMAGE_STRUCTURE")
  var information = RasterInformation(
    path: path, driver: driver, columns: columns, rows: rows, geotransform: hasTransform ? transform : nil,
    isRotated: isRotated, isSouthUp: hasTransform && !isRotated && transform[5] > 0,
    crs: reference?.horizontal()?.described(), verticalName: reference?.properties.verticalName,
    bandCount: Int(GDALGetRasterCount(handle)), band: 0, pixelType: "", nodata: nil, scale: 1, offset: 0, unit: nil,
    bandDescription: nil, bandMetadata: [:],
    subdatasets: list.compactMap { entry in
      guard let equals = entry.firstIndex(of: "="), entry[..<equals].hasSuffix("_NAME") else { return nil }
      return String(entry[entry.index(after: equals)...])
    }, isPalette: false, isColour: false, compression: compression, sidecars: sidecars(of: path), geometry: nil,
    counts: nil, warnings: lossyWarning(handle, compression).map { [$0] } ?? [])
  information.metadata = statements(GDALGetMetadata(handle, nil))
  if information.geotransform == nil { information.geolocation = geolocation(handle) }
  return information
}

/// Statements of the form `NAME=VALUE`.
private func statements(_ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String: String] {
  var result: [String: String] = [:]
  for entry in strings(in: list) {
    guard let equals = entry.firstIndex(of: "=") else { continue }
    result[String(entry[..<equals])] = String(entry[entry.index(after: equals)...])
  }
  return result
}

/// The arrays of coordinates that GDAL found, one value for each cell's centre.
private func geolocation(_ handle: GDALDatasetH) -> GeolocationArrays? {
  let found = statements(GDALGetMetadata(handle, "GEOLOCATION"))
  guard let x = found["X_DATASET"], let y = found["Y_DATASET"], let text = found["SRS"],
    let crs = SpatialReference(text: text)?.horizontal()?.described(),
    [found["PIXEL_OFFSET"], found["LINE_OFFSET"]].allSatisfy({ $0.flatMap { Double($0) } ?? 0 == 0 }),
    [found["PIXEL_STEP"], found["LINE_STEP"]].allSatisfy({ $0.flatMap { Double($0) } ?? 1 == 1 })
  else { return nil }
  return GeolocationArrays(
    x: x, y: y, xBand: found["X_BAND"].flatMap { Int($0) } ?? 1, yBand: found["Y_BAND"].flatMap { Int($0) } ?? 1,
    crs: crs)
}

private func lossyWarning(_ handle: GDALDatasetH, _ compression: String?) -> String? {
  guard let compression else { return nil }
  let error = metadataItem(handle, "MAX_Z_ERROR", "IMAGE_STRUCTURE").flatMap(Double.init) ?? 0
  let isLossy = compression.contains("JPEG") || compression == "WEBP" || compression.contains("LERC") && error > 0
  return isLossy ? "the raster is compressed with loss (\(compression)): its values are not the measured ones" : nil
}

/// Describes one band.
func describeBand(_ band: GDALRasterBandH, number: Int, in information: inout RasterInformation) {
  let type = GDALGetRasterDataType(band)
  information.band = number
  information.pixelType = GDALGetDataTypeName(type).map { String(cString: $0) } ?? "unknown"
  if metadataItem(band, "PIXELTYPE", "IMAGE_STRUCTURE") == "SIGNEDBYTE" { information.pixelType = "Int8" }
  var hasNodata = Int32(0)
  switch information.pixelType {
  case "Int64":
    let value = GDALGetRasterNoDataValueAsInt64(band, &hasNodata)
    information.nodata = hasNodata != 0 ? Double(value) : nil
  case "UInt64":
    let value = GDALGetRasterNoDataValueAsUInt64(band, &hasNodata)
    information.nodata = hasNodata != 0 ? Double(value) : nil
  default:
    let value = GDALGetRasterNoDataValue(band, &hasNodata)
    information.nodata = hasNodata != 0 ? value : nil
  }
  information.scale = GDALGetRasterScale(band, nil)
  information.offset = GDALGetRasterOffset(band, nil)
  information.unit = text(GDALGetRasterUnitType(band))
  information.bandDescription = text(GDALGetDescription(band))
  information.bandMetadata = statements(GDALGetMetadata(band, nil))
  let colour = GDALGetRasterColorInterpretation(band)
  information.isPalette = colour == GCI_PaletteIndex || GDALGetRasterColorTable(band) != nil
  information.isColour = colour.rawValue >= GCI_RedBand.rawValue && colour.rawValue <= GCI_YCbCr_CrBand.rawValue
}

private func text(_ pointer: UnsafePointer<CChar>?) -> String? {
  guard let pointer, pointer.pointee != 0 else { return nil }
  return String(cString: pointer)
}

/// One statement of a dataset or a band.
func metadataItem(_ object: UnsafeMutableRawPointer, _ name: String, _ domain: String) -> String? {
  text(GDALGetMetadataItem(object, name, domain))
}

/// What a raster file says of itself, without reading its cells.
///
/// A container of several rasters is described by its ``RasterInformation/subdatasets``; the band is the first.
/// - Throws: ``GeodataError`` where the file cannot be opened, with what it seems to be.
public func inspectRaster(_ path: String) throws(GeodataError) -> RasterInformation {
  try inspectRaster(path, band: 1)
}

/// What a raster file says of itself and of one of its bands, without reading its cells.
public func inspectRaster(_ path: String, band number: Int) throws(GeodataError) -> RasterInformation {
  let opened = try openRaster(path, operation: "inspect raster", threads: 1)
  var information = opened.information
  guard information.bandCount > 0 else { return information }
  let site = CallSite(code: .bandNeeded, operation: "inspect raster", path: path)
  let band = try site.call(
    "there is no band \(number); the raster has \(information.bandCount)",
    hint: "set band to a number from 1 to \(information.bandCount)"
  ) { [handle = opened.dataset.handle] in GDALGetRasterBand(handle, Int32(number)) }
  reporting { describeBand(band, number: number, in: &information) }
  adoptProductAttributes(&information)
  if let t = information.geotransform, let crs = information.crs, !information.isRotated, t[1] > 0 {
    let south = information.isSouthUp
    information.geometry = GridGeometry(
      columns: information.columns, rows: information.rows, west: t[0],
      north: south ? t[3] + Double(information.rows) * t[5] : t[3], cellWidth: t[1], cellHeight: abs(t[5]), crs: crs)
  }
  _ = consume opened
  return information
}
