public import ArgumentParser
public import Pipeline

extension SurfaceAnalysis.SlopeUnit: ExpressibleByArgument {}

/// `overvann surface`: slope, aspect and curvature.
struct SurfaceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "surface", abstract: "Slope, aspect and curvature of an elevation raster.",
    discussion: """
      Slope and aspect after Horn (1981), curvature after Zevenbergen and Thorne (1987), with the real width and \
      height of the cells.

      EXAMPLES
        overvann surface dtm.tif --slope slope.tif
        overvann surface dtm.tif --slope slope.tif --slope-unit percent \\
          --aspect aspect.tif --plan-curvature plan.tif
      """)

  @OptionGroup var elevation: ElevationOptions

  @Option(help: "GeoTIFF of the slope.", completion: .file(extensions: ["tif"]))
  var slope: String?

  @Option(help: "Unit of the slope: degrees, percent or tangent.")
  var slopeUnit = SurfaceAnalysis.SlopeUnit.degrees

  @Option(help: "GeoTIFF of the aspect, degrees clockwise from north.", completion: .file(extensions: ["tif"]))
  var aspect: String?

  @Option(help: "GeoTIFF of the curvature across the slope, 1/m.", completion: .file(extensions: ["tif"]))
  var planCurvature: String?

  @Option(help: "GeoTIFF of the curvature along the slope, 1/m.", completion: .file(extensions: ["tif"]))
  var profileCurvature: String?

  @OptionGroup var options: AnalysisOptions

  private var paths: [SurfaceAnalysis.Product: String] {
    let all: [SurfaceAnalysis.Product: String?] = [
      .slope: slope, .aspect: aspect, .planCurvature: planCurvature, .profileCurvature: profileCurvature,
    ]
    return all.compactMapValues { $0 }
  }

  func validate() throws {
    if paths.isEmpty {
      throw ValidationError("nothing is asked for: name --slope, --aspect, --plan-curvature or --profile-curvature")
    }
  }

  func run() throws {
    var analysis = SurfaceAnalysis(elevation.input)
    analysis.slopeUnit = slopeUnit
    analysis.rasters = paths
    analysis.files = options.files
    analysis.threads = options.threads
    try options.run("surface") { progress throws(RunFailure) in try analysis.run(progress: progress) }
  }
}
