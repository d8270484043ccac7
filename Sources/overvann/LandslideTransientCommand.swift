public import ArgumentParser
public import Landslide
public import Pipeline

extension GroundWaterFlow: ExpressibleByArgument {}
extension SoilBase: ExpressibleByArgument {}
extension RunOn: ExpressibleByArgument {}

/// `overvann landslide transient`: safety while it rains.
struct LandslideTransientCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transient", abstract: "Factor of safety while it rains, its depth, and when it falls below 1.",
    discussion: """
      Pressure heads by Iverson (2000) and over an impermeable base by the series of TRIGRS; rain that does not \
      infiltrate runs on downslope. The table needs conductivity and diffusivity, and for an unsaturated start alpha, \
      saturated_content and residual_content.

      EXAMPLES
        overvann landslide transient dtm.tif --soil deposits.tif --table soils.csv \\
          --water-table 1.5m --rain 48h=1mm/h --rain 6h=12mm/h --out transient
        overvann landslide transient dtm.tif --soil deposits.tif --table soils.csv \\
          --water-table table.tif --series forecast.nc \\
          --variable precipitation_amount --per-step --times 24h --times 66h \\
          --out forecast
      """)

  @OptionGroup var slope: SlopeOptions

  @Option(help: "A step of rain: a time and a rate, or a raster in mm/h, such as 6h=12mm/h. May be repeated.")
  var rain: [String] = []

  @OptionGroup var series: RainSeriesOptions

  @Option(help: "Depth of the water table before the rain, or a raster in metres.")
  var waterTable: String

  @Option(help: "Steady flux into the ground before the rain, or a raster in mm/h (negative where water comes out).")
  var initialFlux = "0 mm/h"

  @Option(help: "Depth of the soil, or a raster in metres, instead of the table's.")
  var depth: String?

  @Option(help: "Time of a set of rasters, such as 48h; the ends of the steps by default. May be repeated.")
  var times: [String] = []

  @Option(help: "Where rain goes that does not infiltrate: d8 (to the cell below) or none (away at once).")
  var runOn = RunOn.d8

  @Option(help: "Ground water before the rain: steady_infiltration, slope_parallel or hydrostatic.")
  var flow = GroundWaterFlow.steadyInfiltration

  @Option(help: "Below the soil: impermeable or infinitely_deep.")
  var base = SoilBase.impermeable

  @Option(help: "Layers of equal thickness at whose bounds the factor of safety is found.")
  var layers = 10

  @Flag(help: "The soil above the water table is unsaturated (Srivastava and Yeh 1991).")
  var unsaturated = false

  @Flag(help: "Negative heads hold the slope.")
  var suction = false

  @OptionGroup var options: AnalysisOptions

  func validate() throws {
    guard rain.isEmpty != series.series.isEmpty else { throw ValidationError("give either --rain or --series") }
    guard layers > 0, layers <= 1000 else { throw ValidationError("--layers \(layers): from 1 to 1000") }
  }

  func run() throws {
    let steps =
      series.series.isEmpty ? try RainSeries(steps: rain) : RainSeries(try series.source())
    var analysis = TransientStabilityAnalysis(
      slope.inputs(depth: depth, threads: options.threads), rain: steps, waterTable: waterTable, output: slope.out)
    analysis.times = times
    analysis.initialFlux = initialFlux
    analysis.runOn = runOn
    analysis.isUnsaturated = unsaturated
    analysis.options.flow = flow
    analysis.options.base = base
    analysis.options.layers = layers
    analysis.options.countsSuction = suction
    analysis.files = options.files
    try options.run("landslide transient") { progress throws(RunFailure) in try analysis.run(progress: progress) }
  }
}
