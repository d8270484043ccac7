import Exposure
public import Geodata
import Grids
public import Report

/// Statistics of rasters in zones, with exact coverage of cells: `overvann zonal`.
public struct ZonalAnalysis: Sendable {
  /// The rasters; those of one grid share the work.
  public var rasters: [ZonalRaster]
  /// Layer of surfaces, lines or points.
  public var zones: String
  /// Name of the layer; needed where the file has several.
  public var layer: String?
  /// Reference system in place of the layer's.
  public var zonesCRS: String?
  /// Fields of the zones to keep; nil for all.
  public var fields: [String]?
  /// What to do with invalid shapes.
  public var invalid = Geodata.InvalidGeometryPolicy.repair
  /// The statistics of each raster.
  public var statistics: [ZonalStatistic] = [.mean]
  /// Raster of what each cell counts, on the grid of every raster; nil counts all alike.
  public var weights: ZonalRaster?
  /// Least value that counts; smaller ones are covered, but in no statistic.
  public var countedFrom: Double?
  /// Least share of a zone with data below which its statistics are null.
  public var minCoveredFraction = 0.98
  /// File to write: `.csv`, `.gpkg`, `.geojson` or `.fgb`.
  public var output: String
  /// How files are written.
  public var files = OutputFiles()
  /// Number of threads; the result does not depend on it.
  public var threads = 1

  /// Features and points that are held at a time.
  static let pieceFeatures = 1 << 18
  static let piecePoints = 1 << 22
  /// Bytes that GDAL may keep of decoded blocks; each is needed once.
  static let blockCache = 16 << 20

  /// An analysis with every option at its default.
  public init(_ rasters: [ZonalRaster], zones: String, output: String) {
    self.rasters = rasters
    self.zones = zones
    self.output = output
  }

  /// Reads, computes and writes, piece by piece.
  /// - Returns: What was found, for people and programs.
  /// - Throws: ``RunFailure``; then no file has been written or replaced.
  public func run(progress: AnalysisProgress) throws(RunFailure) -> JSONObject {
    try files.check([output], inputs: rasters.map(\.path) + [zones] + [weights?.path].compactMap { $0 })
    try ZonalOutput.check(output)
    let position = SourcePosition(file: zones)
    return try RunFailure.locating(at: position) {
      try GDALLibrary.withBlockCache(of: Self.blockCache) { try ZonalRun(self, progress).result() }
    }
  }
}
