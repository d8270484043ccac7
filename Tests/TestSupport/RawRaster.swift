public import Foundation

/// A raster of raw bytes with a description in GDAL's virtual format: every pixel type and every oddity can be made.
public struct RawRaster {
  /// Type of the cells as GDAL names it.
  public var type: String
  /// Width.
  public var columns: Int
  /// Height.
  public var rows: Int
  /// Cells, band by band.
  public var bands: [Data]
  /// Affine transformation; nil for none.
  public var geotransform: String? = "583000, 10, 0, 6640000, 0, -10"
  /// Reference system; nil for none.
  public var crs: String? = "EPSG:25832"
  /// Further elements of the raster, such as metadata.
  public var elements = ""
  /// Further elements of every band, such as `<NoDataValue>-1</NoDataValue>`.
  public var bandElements = ""

  /// A raster of some bands of cells, north first, of a type that GDAL names.
  public init<Element: BitwiseCopyable>(_ type: String, columns: Int, _ bands: [Element]...) {
    self.type = type
    self.columns = columns
    rows = bands[0].count / columns
    self.bands = bands.map { cells in cells.withUnsafeBytes { Data($0) } }
  }

  /// Writes the raster and returns its path.
  public func write(_ folder: TemporaryFolder, _ name: String = "raw.vrt") -> String {
    var text = "<VRTDataset rasterXSize=\"\(columns)\" rasterYSize=\"\(rows)\">\n"
    if let crs { text += "<SRS>\(crs)</SRS>\n" }
    text += elements
    if let geotransform { text += "<GeoTransform>\(geotransform)</GeoTransform>\n" }
    for (index, data) in bands.enumerated() {
      let file = "\(name).\(index + 1).bin"
      _ = folder.write(data, to: file)
      let size = data.count / (columns * rows)
      text += """
        <VRTRasterBand dataType="\(type)" band="\(index + 1)" subClass="VRTRawRasterBand">
        <SourceFilename relativetoVRT="1">\(file)</SourceFilename><ImageOffset>0</ImageOffset>
        <PixelOffset>\(size)</PixelOffset><LineOffset>\(size * columns)</LineOffset><ByteOrder>LSB</ByteOrder>
        \(bandElements)</VRTRasterBand>

        """
    }
    return folder.write(text + "</VRTDataset>\n", to: name)
  }
}
