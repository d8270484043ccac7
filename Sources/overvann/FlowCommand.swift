public import ArgumentParser
public import Pipeline

extension FlowAnalysis.AccumulationUnit: ExpressibleByArgument {}
extension FlowAnalysis.DirectionCoding: ExpressibleByArgument {}
extension FlowAnalysis.LakeRouting: ExpressibleByArgument {}

/// `overvann flow`: where the water runs, and how much passes.
struct FlowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flow", abstract: "Flow directions and accumulation of an elevation raster.",
    discussion: """
      Every cell drains to an outlet: over the border of the raster or, with --nodata outlet, into cells without \
      elevation. Water takes the steepest descent; through a depression it runs along the valley to the bottom and \
      from there to the lowest outlet.

      EXAMPLES
        overvann flow dtm.tif --directions directions.tif --accumulation area.tif
        overvann flow coast.tif --nodata outlet --accumulation cells.tif --accumulation-unit cells --filled filled.tif
        overvann flow country.tif --lakes flats --memory 2G --accumulation area.tif
      """)

  @OptionGroup var elevation: ElevationOptions

  @Option(help: "How water is led through depressions: carve (along the bed) or flats (over the filled surface).")
  var lakes = FlowAnalysis.LakeRouting.carve

  @Option(help: "GeoTIFF of the D8 directions to write.", completion: .file(extensions: ["tif"]))
  var directions: String?

  @Option(help: "Coding of directions: clockwise (0 east to 7 north-east) or esri (1 east to 128 north-east).")
  var coding = FlowAnalysis.DirectionCoding.clockwise

  @Option(help: "GeoTIFF of what drains through each cell.", completion: .file(extensions: ["tif"]))
  var accumulation: String?

  @Option(help: "What the accumulation counts: area (square metres) or cells.")
  var accumulationUnit = FlowAnalysis.AccumulationUnit.area

  @Option(help: "GeoTIFF of the filled terrain.", completion: .file(extensions: ["tif"]))
  var filled: String?

  @OptionGroup var tiling: TilingOptions

  @OptionGroup var options: AnalysisOptions

  func validate() throws {
    if directions == nil, accumulation == nil, filled == nil {
      throw ValidationError("nothing is asked for: name --directions, --accumulation or --filled")
    }
  }

  func run() throws {
    var analysis = FlowAnalysis(elevation.input)
    analysis.lakes = lakes
    analysis.directions = directions
    analysis.coding = coding
    analysis.accumulation = accumulation
    analysis.accumulationUnit = accumulationUnit
    analysis.filled = filled
    analysis.files = options.files
    analysis.threads = options.threads
    try options.run("flow") { progress throws(RunFailure) in
      if let tiling = tiling.tiling { return try analysis.run(over: tiling, progress: progress) }
      return try analysis.run(progress: progress)
    }
  }
}
