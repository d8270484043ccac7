import Foundation
public import Geodata
import Grids

/// A raster of which zones are told statistics, as a command is given it.
public struct ZonalRaster: Sendable {
  /// File.
  public var path: String
  /// Name before the statistics' names in columns; empty for none.
  public var name: String
  /// Band, from 1; needed where there are several.
  public var band: Int?
  /// What marks no data.
  public var nodata = Geodata.NodataRule.file
  /// Reference system in place of the file's.
  public var crs: String?

  /// A raster whose columns are named by its file.
  public init(_ path: String) {
    self.path = path
    name = Self.name(of: path)
  }

  /// The file's name without its extension, in lower case, with underscores for what column names may not have.
  static func name(of path: String) -> String {
    let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent.lowercased()
    let letters = stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    return String(letters.first?.isNumber == true ? ["r", "_"] + letters : letters)
  }

  func reading() throws(GeodataError) -> RasterReading {
    var reading = RasterReading(band: band, nodata: nodata, acceptsAllNodata: true)
    reading.crs = try crs.map { text throws(GeodataError) in try coordinateReferenceSystem(text) }
    return reading
  }
}
