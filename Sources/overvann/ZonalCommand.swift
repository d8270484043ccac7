public import ArgumentParser
public import Geodata
import Pipeline

extension Geodata.InvalidGeometryPolicy: ExpressibleByArgument {}

/// `overvann zonal`: statistics of rasters in zones.
struct ZonalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "zonal", abstract: "Statistics of rasters in polygons, along lines or at points, with exact coverage.",
    discussion: """
      A cell counts with the exact fraction of it that a polygon covers, or with the length of a line within it; a point \
      takes the value of its cell. Zones may overlap, be smaller than a cell and lie partly outside. Zones in another \
      reference system are carried to the raster's, with points added to their edges. Rasters and zones are read piece \
      by piece, so that neither has to fit into memory.

      Beside the statistics every row tells which share of its zone has data (covered_frac) and lies on cells without \
      (nodata_frac). Where covered_frac is below --min-covered-frac, statistics are empty and flags says coverage.

      STATISTICS
        \(ZonalStatistic.names)
        Quantiles are values of the raster, never interpolated. Shares are of the zone's area or length; with --weights \
      of the weight. size is in square metres or metres.

      EXAMPLES
        overvann zonal depth.tif buildings.gpkg --stats mean,max,ge:0.1 \\
          --out buildings_depth.gpkg
        overvann zonal dtm.tif slope.tif tracts.geojson \\
          --stats mean,min,max,stdev,p95 --keep id,name --out tracts.csv
        overvann zonal landcover.tif areas.gpkg --stats frac,mode,variety \\
          --out landcover.geojson
        overvann zonal depth.tif areas.gpkg --weights population.tif \\
          --stats mean,ge:0.3 --out people.csv
        overvann zonal depth.tif roads.gpkg --stats max,ge:0.1,ge:0.3,size \\
          --out roads.gpkg
      """)

  @Argument(help: "One or more rasters, then the layer of zones; any formats that GDAL reads.", completion: .file())
  var inputs: [String]

  @Option(help: "Statistics, separated by commas.")
  var stats = "mean"

  @Option(
    help: "File to write: .csv, .gpkg, .geojson or .fgb (which has no room for zones without a shape).",
    completion: .file())
  var out: String

  @Option(help: "Band of the rasters, from 1; several give columns for each of them.")
  var band: [Int] = []

  @Option(help: "Name before the columns of a raster, once for each; the file's name unless given. \"\" for none.")
  var name: [String] = []

  @Option(help: "Value that means no data: file, none or a number.")
  var nodata = "file"

  @Option(help: "Reference system in place of the rasters', such as EPSG:25832.")
  var crs: String?

  @Option(help: "Raster of what each cell counts, such as people, on the same grid.", completion: .file())
  var weights: String?

  @Option(help: "Least value that counts, such as the depth from which a cell is wet.")
  var countedFrom: Double?

  @Option(help: "Layer of the zones; needed where their file has several.")
  var layer: String?

  @Option(help: "Reference system in place of the zones'.")
  var zonesCRS: String?

  @Option(help: "Fields of the zones to keep, separated by commas; all, or none.")
  var keep = "all"

  @Option(help: "What to do with invalid shapes: repair, skip (empty columns) or fail.")
  var invalid = Geodata.InvalidGeometryPolicy.repair

  @Option(help: "Least share of a zone that must have data.")
  var minCoveredFrac = 0.98

  @OptionGroup var options: AnalysisOptions

  func validate() throws {
    guard inputs.count >= 2 else { throw ValidationError("name at least one raster and the layer of zones") }
    guard name.isEmpty || name.count == inputs.count - 1 else {
      throw ValidationError("--name is given \(name.count) times for \(inputs.count - 1) rasters")
    }
    guard (0...1).contains(minCoveredFrac) else {
      throw ValidationError("--min-covered-frac \(minCoveredFrac): from 0 to 1")
    }
    if let number = band.first(where: { $0 < 1 }) { throw ValidationError("--band \(number): from 1") }
    _ = try statistics
    _ = try nodataRule
  }

  private var statistics: [ZonalStatistic] {
    get throws {
      try stats.split(separator: ",").map { part in
        let text = part.trimmingPrefix(" ")
        guard let statistic = ZonalStatistic(String(text)) else {
          throw ValidationError("--stats \(text): one of \(ZonalStatistic.names)")
        }
        return statistic
      }
    }
  }

  private var nodataRule: Geodata.NodataRule {
    get throws {
      switch nodata {
      case "file": return .file
      case "none": return .none
      default:
        guard let value = Double(nodata) else { throw ValidationError("--nodata \(nodata): file, none or a number") }
        return .value(value)
      }
    }
  }

  func run() throws {
    var rasters: [ZonalRaster] = []
    for (number, path) in inputs.dropLast().enumerated() {
      var raster = ZonalRaster(path)
      if !name.isEmpty { raster.name = name[number] }
      raster.nodata = try nodataRule
      raster.crs = crs
      if band.isEmpty { rasters.append(raster) }
      for chosen in band {
        var one = raster
        one.band = chosen
        if band.count > 1 { one.name += one.name.isEmpty ? "b\(chosen)" : "_b\(chosen)" }
        rasters.append(one)
      }
    }
    var analysis = ZonalAnalysis(rasters, zones: inputs[inputs.count - 1], output: out)
    analysis.statistics = try statistics
    analysis.weights = weights.map { path in
      var raster = ZonalRaster(path)
      raster.crs = crs
      return raster
    }
    analysis.countedFrom = countedFrom
    analysis.layer = layer
    analysis.zonesCRS = zonesCRS
    switch keep {
    case "all": analysis.fields = nil
    case "none": analysis.fields = []
    default: analysis.fields = keep.split(separator: ",").map(String.init)
    }
    analysis.invalid = invalid
    analysis.minCoveredFraction = minCoveredFrac
    analysis.files = options.files
    analysis.threads = options.threads
    try options.run("zonal") { progress throws(RunFailure) in try analysis.run(progress: progress) }
  }
}
