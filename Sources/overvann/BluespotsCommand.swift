import ArgumentParser
import Foundation
import Pipeline
import Report

/// `overvann bluespots`: where rain stands on a terrain.
struct BluespotsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bluespots", abstract: "Where rain stands: nested bluespots, how full they get and where they spill.",
    discussion: """
      Depressions fill, spill into the next and merge; volumes are exact. Results are those of a pipeline run: layers \
      (GeoJSON and a styled GeoPackage), tables, the depth of the water and a manifest in one folder.

      EXAMPLES
        overvann bluespots dtm.tif --rain 60mm --out results
        overvann bluespots dtm.tif --rain 20a=38mm --rain 200a=60mm \\
          --curve-number 80 --out results
        overvann bluespots dtm.tif --rain 60mm --infiltration 20mm \\
          --drains pumps.gpkg --drain-unit m3/s --out results
        overvann bluespots dtm.tif --rain rain.tif --rain-unit mm/h \\
          --duration 30min --culverts culverts.gpkg --out results
      """)

  @OptionGroup var elevation: ElevationOptions

  @Option(help: "Depth such as 60mm, or a raster; with its return period such as 20a=45mm. May be repeated.")
  var rain: [String]

  @Option(help: "Unit of rain rasters: mm, mm/h and the like.")
  var rainUnit = "mm"

  @Option(help: "Time in which the rain falls.")
  var duration = "60 min"

  @Option(help: "Curve number of the whole ground; by default all rain runs off.")
  var curveNumber: Double?

  @Option(help: "Share of the rain that runs off, 0 to 1.")
  var runoffCoefficient: Double = 1

  @Option(help: "Depth that the drains take from the runoff.")
  var drainage = "0 mm"

  @Option(help: "Layer of culverts' lines, burned into the terrain.", completion: .file())
  var culverts: String?

  @Option(help: "Field of the culverts' identifiers.")
  var culvertID = "id"

  @Option(help: "Depth that ground under standing water takes up over the event.")
  var infiltration = "0 mm"

  @Option(help: "Layer of points with drains and pumps, which take water from bluespots.", completion: .file())
  var drains: String?

  @Option(help: "Field of the drains' identifiers.")
  var drainID = "id"

  @Option(help: "Field with what a drain can take.")
  var drainCapacity = "capacity"

  @Option(help: "Unit of that field: l/s, m3/s or m3/h.")
  var drainUnit = "l/s"

  @Option(help: "Time that drains and pumps run; the duration of the rain unless given.")
  var drainTime: String?

  @Option(help: "Volume from which a bluespot is listed; the smaller ones are counted.")
  var minVolume = "1 m3"

  @Option(help: "Area from which a bluespot is listed.")
  var minArea = "0 m2"

  @Option(help: "Greatest depth from which a bluespot is listed.")
  var minDepth = "0 m"

  @Option(help: "Upslope area from which a flow path is drawn.")
  var flowPathArea = "5000 m2"

  @Flag(help: "Write the watersheds of the outermost bluespots too.")
  var watersheds = false

  @Option(help: "Folder of the results.", completion: .directory)
  var out: String

  @Flag(help: "Replace the results of an older run.")
  var replace = false

  @Option(help: "Number of threads; the results do not depend on it.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "How progress is shown: auto, bar, plain, json or none.")
  var progress = ProgressStyle.auto

  @Option(help: "How messages are written: text or json.")
  var logFormat = LogFormat.text

  @Flag(help: "Only errors.")
  var quiet = false

  func validate() throws {
    guard threads > 0 else { throw ValidationError("--threads \(threads): at least 1") }
    if curveNumber != nil, runoffCoefficient != 1 {
      throw ValidationError("--curve-number and --runoff-coefficient exclude each other")
    }
  }

  func run() throws {
    let display = ProgressDisplay(progress, logFormat: logFormat, isQuiet: quiet)
    Signals.listen(progress, logFormat)
    var analysis = BluespotAnalysis(elevation.input, rains: rain.map { .init($0) }, output: out)
    analysis.rainUnit = rainUnit
    analysis.duration = duration
    analysis.curveNumber = curveNumber
    analysis.coefficient = runoffCoefficient
    analysis.drainage = drainage
    analysis.culverts = culverts
    analysis.culvertID = culvertID
    analysis.infiltration = infiltration
    analysis.drains = drains.map {
      .init(path: $0, id: drainID, capacity: drainCapacity, unit: drainUnit, time: drainTime ?? duration)
    }
    analysis.leastVolume = minVolume
    analysis.leastArea = minArea
    analysis.leastDepth = minDepth
    analysis.flowPathArea = flowPathArea
    analysis.watersheds = watersheds
    analysis.options.replaces = replace
    analysis.options.threads = threads
    analysis.options.arguments = CommandLine.arguments
    do throws(RunFailure) {
      let outcome = try analysis.run(observer: display.show) { Signals.stop }
      display.end(outcome)
    } catch {
      display.end(failure: error)
    }
  }
}
