public import ArgumentParser
public import Landslide
import Pipeline

extension RunoutProcess: ExpressibleByArgument {}

/// `overvann landslide runout`: where mass flows run out to.
struct LandslideRunoutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runout", abstract: "Runout of debris flows, rockfall and avalanches from release areas (Flow-Py).",
    discussion: """
      From every cell of the release areas the flow is followed down to the angle of reach, spreading by terrain and \
      persistence. Written are rasters of energy height, speed, energy, flux, deposition, travel length and angle, the \
      runout as a layer, and, with --objects, which release area reaches which object.

      The angle of reach belongs to the process and the region; the default 25 degrees is that of com4FlowPy.

      EXAMPLES
        overvann landslide runout dtm.tif --release release.gpkg --out runout
        overvann landslide runout dtm.tif --release unstable.tif \\
          --process debris_flow --angle 18 --exponent 8 --objects buildings.gpkg \\
          --objects roads.gpkg --out runout
        overvann landslide runout dtm.tif --release release.tif --forest forest.tif \\
          --process rockfall --angle 35 --exponent 75 --out rockfall
      """)

  @OptionGroup var elevation: ElevationOptions

  @Option(help: "A height that stands for no data besides the file's own, such as 0 for voids.")
  var void: Double?

  @Option(help: "Raster of release areas (each class above 0 is one) or layer of surfaces.", completion: .file())
  var release: String

  @Option(help: "Raster or layer of what may be hit; may be given several times.", completion: .file())
  var objects: [String] = []

  @Option(help: "Angle of reach in degrees.")
  var angle = 25.0

  @Option(help: "Exponent of the terrain factor: 1 spreads widely, 75 follows the steepest way.")
  var exponent = 8

  @Option(help: "Share of a release cell below which no part flows on by itself.")
  var fluxThreshold = 3e-4

  @Option(help: "Limit of the speed that is typical of a process: debris_flow, rockfall or snow_avalanche.")
  var process: RunoutProcess?

  @Option(help: "Limit of the speed in m/s.")
  var speedLimit: Double?

  @OptionGroup(title: "Forest") var forest: ForestOptions

  @Option(help: "Area in m² from which a zone is drawn in the layer.")
  var minArea = 0.0

  @Option(help: "Folder of the results.", completion: .directory)
  var out: String

  @OptionGroup var options: AnalysisOptions

  func validate() throws {
    if process != nil, speedLimit != nil {
      throw ValidationError("--process and --speed-limit both limit the speed: give one of them")
    }
    if let speedLimit, !(speedLimit > 0) { throw ValidationError("--speed-limit \(speedLimit): above 0") }
    guard minArea >= 0 else { throw ValidationError("--min-area \(minArea): at least 0") }
    _ = try parameters()
    _ = try forest.friction()
  }

  private func parameters() throws -> RunoutParameters {
    let height = speedLimit.map { $0 * $0 / (2 * 9.81) } ?? process?.greatestEnergyHeight
    do {
      return try RunoutParameters(
        angle: angle, exponent: exponent, fluxThreshold: fluxThreshold,
        greatestEnergyHeight: height ?? RunoutParameters.unlimitedEnergyHeight)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  func run() throws {
    var analysis = RunoutAnalysis(
      elevation.input, releases: release, output: out, parameters: try parameters(), friction: try forest.friction())
    analysis.void = void
    analysis.objects = objects
    analysis.forest = forest.forest
    analysis.leastArea = minArea
    analysis.files = options.files
    analysis.threads = options.threads
    try options.run("landslide runout") { progress throws(RunFailure) in try analysis.run(progress: progress) }
  }
}

/// Forest that brakes a flow.
struct ForestOptions: ParsableArguments {
  @Option(help: "Raster of the forest structure index, 0 (none) to 1 (dense).", completion: .file())
  var forest: String?

  @Option(help: "Degrees that dense forest adds to the angle of a flow at rest.")
  var forestAngle = 10.0

  @Option(help: "Degrees that forest adds to the angle of a fast flow.")
  var forestLeastAngle = 2.0

  @Option(help: "Speed in m/s from which forest adds only the least.")
  var forestSpeed = 30.0

  @Option(help: "Way in metres from the release on which forest does not brake.")
  var forestSkip = 0.0

  func friction() throws -> ForestFriction {
    do {
      return try ForestFriction(
        greatestAngle: forestAngle, smallestAngle: forestLeastAngle, velocity: forestSpeed, skippedLength: forestSkip)
    } catch {
      throw ValidationError("\(error)")
    }
  }
}
