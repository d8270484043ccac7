public import Grids

/// What a raster file says of itself, as understood.
public struct RasterInformation: Sendable {
  /// Path as it was given.
  public var path: String
  /// Short name of GDAL's driver, such as `GTiff`.
  public var driver: String
  /// Number of columns.
  public var columns: Int
  /// Number of rows.
  public var rows: Int
  /// The six numbers of the affine transformation as read: x of the corner, width, row rotation, y of the corner,
  /// column rotation, height (negative when north is up).
  ///
  /// Nil where the file has none.
  public var geotransform: [Double]?
  /// Whether the axes are rotated or sheared.
  public var isRotated: Bool
  /// Whether the first row is the southernmost; readers flip such rasters.
  public var isSouthUp: Bool
  /// Reference system; nil where the file names none.
  public var crs: CoordinateReferenceSystem?
  /// Name of the vertical reference system; nil where the file names none.
  public var verticalName: String?
  /// Number of bands; 0 for a container of several rasters.
  public var bandCount: Int
  /// The band that the following describe; 0 where there is none.
  public var band: Int
  /// Pixel type, such as `Float32`.
  public var pixelType: String
  /// Value that marks no data, as declared in the file; nil where none is, or where it does not fit the type.
  public var nodata: Double?
  /// Factor that turns stored into real values.
  public var scale: Double
  /// Number added after scaling.
  public var offset: Double
  /// Unit of the values; nil where the file names none.
  public var unit: String?
  /// Description of the band; nil where there is none.
  public var bandDescription: String?
  /// The band's other statements, such as `NETCDF_DIM_time`.
  public var bandMetadata: [String: String]
  /// Names of the rasters in a container, to be used as paths.
  public var subdatasets: [String]
  /// Whether the band's values are numbers of a palette's colours.
  public var isPalette: Bool
  /// Whether the band is the red, green, blue or transparency of an image.
  public var isColour: Bool
  /// Compression, such as `DEFLATE`; nil for none.
  public var compression: String?
  /// Files beside the raster that say something of it, such as world files.
  public var sidecars: [String]
  /// Position of the cells, north-up; nil where the raster is rotated or has no position or reference system.
  public var geometry: GridGeometry?
  /// What was counted while reading; nil when only inspected.
  public var counts: RasterCounts?
  /// What should be told to the user.
  public var warnings: [String]
  /// Statements about the whole file, such as `time#units`.
  public var metadata: [String: String] = [:]
  /// Where every cell lies by arrays of coordinates; nil where the file has none.
  public var geolocation: GeolocationArrays?

  /// The rectangle that the raster covers; nil where it has no position.
  public var extent: Extent? {
    guard let t = geotransform else { return nil }
    let corners = [(0, 0), (columns, 0), (0, rows), (columns, rows)].map { column, row in
      Coordinate(
        x: t[0] + Double(column) * t[1] + Double(row) * t[2], y: t[3] + Double(column) * t[4] + Double(row) * t[5])
    }
    return Shape.lines([corners]).extent
  }
}

/// Arrays that hold the longitude and latitude of every cell's centre, as files of curvilinear grids have them.
public struct GeolocationArrays: Sendable, Hashable {
  /// Raster of the longitudes (or x), to be used as a path.
  public var x: String
  /// Raster of the latitudes (or y), to be used as a path.
  public var y: String
  /// Band of `x`.
  public var xBand: Int
  /// Band of `y`.
  public var yBand: Int
  /// Reference system of the coordinates.
  public var crs: CoordinateReferenceSystem
}

/// What was counted while a raster was read.
public struct RasterCounts: Sendable, Hashable {
  /// Cells read.
  public var cells = 0
  /// Cells marked as no data (by the declared value, NaN or a mask).
  public var nodata = 0
  /// Infinite cells, read as no data.
  public var infinite = 0
  /// Least value; nil where there is none.
  public var minimum: Float?
  /// Greatest value; nil where there is none.
  public var maximum: Float?

  /// Nothing counted yet.
  public init() {}

  /// Cells that hold a value.
  public var valid: Int { cells - nodata - infinite }
}

/// What marks no data.
public enum NodataRule: Sendable, Hashable {
  /// What the file declares.
  case file
  /// Nothing: every finite value counts, also what the file declares as no data.
  case none
  /// This value beside what the file declares.
  case value(Double)
}

/// Where a raster lies whose file does not say it: the upper left corner and the size of its cells.
public struct Georeference: Sendable, Hashable {
  /// Western edge of the first column.
  public var west: Double
  /// Northern edge of the northernmost row.
  public var north: Double
  /// Width of a cell, > 0.
  public var cellWidth: Double
  /// Height of a cell, > 0.
  public var cellHeight: Double
  /// Whether the file's first row is the southernmost.
  public var isSouthUp: Bool

  /// Describes a position.
  public init(west: Double, north: Double, cellWidth: Double, cellHeight: Double, isSouthUp: Bool = false) {
    precondition(cellWidth > 0 && cellHeight > 0, "cells have a positive size")
    self.west = west
    self.north = north
    self.cellWidth = cellWidth
    self.cellHeight = cellHeight
    self.isSouthUp = isSouthUp
  }
}

/// How a raster is to be read.
public struct RasterReading: Sendable {
  /// Band, from 1; needed where there are several.
  public var band: Int?
  /// What marks no data.
  public var nodata: NodataRule
  /// Whether cells are searched for values that usually mark no data where the file declares none.
  public var scansForSentinels: Bool
  /// Reference system that replaces the file's.
  public var crs: CoordinateReferenceSystem?
  /// Position that replaces the file's.
  public var georeference: Georeference?
  /// Whether the band's scale and offset are applied.
  public var appliesScale: Bool
  /// Factor that replaces the band's scale; nil for the file's.
  public var scale: Double?
  /// Number that replaces the band's offset; nil for the file's.
  public var offset: Double?
  /// Whether a raster without a single value is accepted.
  public var acceptsAllNodata: Bool
  /// Threads for decompression and resampling; the result does not depend on it.
  public var threads: Int

  /// Describes how to read; everything has a default.
  public init(
    band: Int? = nil, nodata: NodataRule = .file, scansForSentinels: Bool = true,
    crs: CoordinateReferenceSystem? = nil, georeference: Georeference? = nil, appliesScale: Bool = true,
    scale: Double? = nil, offset: Double? = nil, acceptsAllNodata: Bool = false, threads: Int = 1
  ) {
    self.band = band
    self.nodata = nodata
    self.scansForSentinels = scansForSentinels
    self.crs = crs
    self.georeference = georeference
    self.appliesScale = appliesScale
    self.scale = scale
    self.offset = offset
    self.acceptsAllNodata = acceptsAllNodata
    self.threads = threads
  }
}
