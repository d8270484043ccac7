public import ArgumentParser
public import Pipeline

extension FillAnalysis.Engine: ExpressibleByArgument {}

/// `overvann fill`: the terrain with every depression filled.
struct FillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fill", abstract: "Fill the depressions of an elevation raster to their lowest outlets.",
    discussion: """
      The result is the exact surface: every cell is as low as water could stand there before it finds its way out, \
      8-connected, without any small slopes added. Water leaves over the border of the raster and, with \
      --nodata outlet, where cells have no elevation.

      With --memory or --tile the raster need not fit into memory: the filled terrain and --depth are worked out tile by \
      tile and have the same bits. Culverts and breaching are not done by tiles.

      EXAMPLES
        overvann fill dtm.tif filled.tif
        overvann fill dtm.tif filled.tif --culverts culverts.gpkg \\
          --culvert-id culvert_id --breach-length 20 --changes changes.csv
        overvann fill coast.tif filled.tif --nodata outlet --depth fill_depth.tif
        overvann fill country.tif filled.tif --memory 2G
      """)

  @OptionGroup var elevation: ElevationOptions
  @OptionGroup(title: "Changes of the terrain") var changes: TerrainChangeOptions

  @Argument(help: "GeoTIFF to write.", completion: .file(extensions: ["tif"]))
  var output: String

  @Option(help: "GeoTIFF of the depth of the fill.", completion: .file(extensions: ["tif"]))
  var depth: String?

  @Flag(inversion: .prefixedNo, help: "Prove that the result is the exact surface, and say so.")
  var certify = true

  @Option(help: "Engine: basins (parallel) or priority-flood; both give the same bits.")
  var engine = FillAnalysis.Engine.basins

  @OptionGroup var tiling: TilingOptions

  @OptionGroup var options: AnalysisOptions

  func run() throws {
    var analysis = FillAnalysis(elevation.input, output: output)
    analysis.changes = changes.all
    analysis.depth = depth
    analysis.certifies = certify
    analysis.engine = engine
    analysis.files = options.files
    analysis.threads = options.threads
    try options.run("fill") { progress throws(RunFailure) in
      if let tiling = tiling.tiling { return try analysis.run(over: tiling, progress: progress) }
      return try analysis.run(progress: progress)
    }
  }
}
