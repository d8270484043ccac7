import Foundation
import Geodata
import Grids
import TestSupport

/// UTM zone 32 on ETRS89.
let utm32: CoordinateReferenceSystem = try! coordinateReferenceSystem("EPSG:25832")
/// UTM zone 33 on ETRS89.
let utm33: CoordinateReferenceSystem = try! coordinateReferenceSystem("EPSG:25833")
/// Longitude and latitude.
let wgs84: CoordinateReferenceSystem = try! coordinateReferenceSystem("EPSG:4326")

/// A small grid near Sandvika in UTM 32.
func sandvika(columns: Int, rows: Int, cell: Double = 10, west: Double = 583_000, north: Double = 6_640_000)
  -> GridGeometry
{
  GridGeometry(
    columns: columns, rows: rows, west: west, north: north, cellWidth: cell, cellHeight: cell, crs: utm32)
}

/// A raster of raw bytes with a description in GDAL's virtual format: every pixel type and every oddity can be made.
struct RawRaster {
  var type: String
  var columns: Int
  var rows: Int
  var bands: [Data]
  var geotransform: String? = "583000, 10, 0, 6640000, 0, -10"
  var crs: String? = "EPSG:25832"
  /// Further elements of every band, such as `<NoDataValue>-1</NoDataValue>`.
  var bandElements = ""

  init<Element: BitwiseCopyable>(_ type: String, columns: Int, _ bands: [Element]...) {
    self.type = type
    self.columns = columns
    rows = bands[0].count / columns
    self.bands = bands.map { cells in cells.withUnsafeBytes { Data($0) } }
  }

  /// Writes the raster and returns its path.
  func write(_ folder: TemporaryFolder, _ name: String = "raw.vrt") -> String {
    var text = "<VRTDataset rasterXSize=\"\(columns)\" rasterYSize=\"\(rows)\">\n"
    if let crs { text += "<SRS>\(crs)</SRS>\n" }
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

/// The error that a call throws, if it does.
func error<R>(_ body: () throws -> R) -> GeodataError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? GeodataError
  }
}

/// Whether two grids hold the same values, NaN where NaN.
func same(_ a: [Float], _ b: [Float]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
}

/// A closed ring from pairs of numbers.
func ring(_ points: (Double, Double)...) -> [Coordinate] {
  let ring = points.map { Coordinate(x: $0.0, y: $0.1) }
  return ring + [ring[0]]
}

/// A square with its lower left corner at a place.
func square(_ x: Double, _ y: Double, _ side: Double) -> Polygon {
  Polygon(rings: [ring((x, y), (x + side, y), (x + side, y + side), (x, y + side))])
}

/// A layer of squares in a row near Sandvika, one of them without a shape where there are more than three.
func squares(_ count: Int, in crs: CoordinateReferenceSystem) -> FeatureLayer {
  let fields = [
    Field("area_id", .text, "Number of the area."), Field("people", .integer, "People who live there."),
    Field("depth_max_m", .real, unit: "m", "Greatest depth."), Field("is_exposed", .boolean, "Whether water is there."),
  ]
  let features = (0..<count).map { index in
    let shape = Shape.polygons([square(583_000 + Double(index) * 20, 6_640_000, 10)])
    return Feature(
      shape: index == 3 ? nil : shape,
      values: [
        .text("0\(index)-Bærum"), index % 2 == 0 ? .integer(Int64(index)) : .null, .real(Double(index) / 3),
        .boolean(index % 3 == 0),
      ])
  }
  return FeatureLayer(
    name: "areas", summary: "Areas with people", crs: crs, shapeType: .polygons, fields: fields, features: features)
}
