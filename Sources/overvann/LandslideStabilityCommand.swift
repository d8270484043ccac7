public import ArgumentParser
public import Landslide
import Pipeline

extension TransmissivityConvention: ExpressibleByArgument {}

/// `overvann landslide stability`: factor of safety and critical recharge.
struct LandslideStabilityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stability", abstract: "Factor of safety dry, half full and full; critical recharge (SHALSTAB).",
    discussion: """
      Infinite slope with root cohesion and surcharge. The critical recharge is the steady recharge at which a slope \
      begins to fail: 0 where it fails dry, 1000000 where it stands when full. Distributions in the table count with \
      their means.

      EXAMPLES
        overvann landslide stability dtm.tif --soil deposits.tif --table soils.csv \\
          --out stability
        overvann landslide stability dtm.tif --soil deposits.tif --table soils.csv \\
          --recharge "30 mm/d" --out wet
        overvann landslide stability dtm.tif --soil deposits.tif --table soils.csv \\
          --release-table thresholds.csv --out r
      """)

  @OptionGroup var slope: SlopeOptions

  @Option(help: "Depth of the soil, or a raster in metres, instead of the table's.")
  var depth: String?

  @Option(
    help:
      "Recharge, such as \"30 mm/d\", or a raster in mm/d: adds wetness, safety and classes at it, and slopes.gpkg with the classes as surfaces."
  )
  var recharge: String?

  @Option(help: "Transmissivity: normal (K z cos of the slope) or vertical (K z).")
  var transmissivity = TransmissivityConvention.normalThickness

  @Option(
    help:
      "Table of thresholds of release areas: region_code, slope_from_deg, slope_to_deg, plan_curvature_1_m, and so on.",
    completion: .file(extensions: ["csv"]))
  var releaseTable: String?

  @Option(help: "Raster of the regions' codes, where the table of thresholds has several.", completion: .file())
  var regions: String?

  @Option(help: "Least area, in m², of a surface of equal class in slopes.gpkg.")
  var minArea = 0.0

  @OptionGroup var options: AnalysisOptions

  func validate() throws {
    guard minArea >= 0 else { throw ValidationError("--min-area \(minArea): at least 0") }
    if regions != nil, releaseTable == nil { throw ValidationError("--regions needs --release-table") }
  }

  func run() throws {
    var analysis = SlopeStabilityAnalysis(slope.inputs(depth: depth, threads: options.threads), output: slope.out)
    analysis.recharge = recharge
    analysis.transmissivity = transmissivity
    analysis.releaseTable = releaseTable
    analysis.regions = regions
    analysis.leastArea = minArea
    analysis.files = options.files
    try options.run("landslide stability") { progress throws(RunFailure) in try analysis.run(progress: progress) }
  }
}
