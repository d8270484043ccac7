import ArgumentParser
import Landslide
import Pipeline

/// `overvann landslide probability`: how likely slopes are to fail.
struct LandslideProbabilityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probability", abstract: "Probability of failure by random draws, with its confidence interval.",
    discussion: """
      Cohesion, friction, depth, transmissivity or conductivity and recharge are drawn from the distributions in the \
      table: a number, or uniform LOWER UPPER, triangular LOWER MODE UPPER, normal MEAN SD, lognormal MEAN SD. A draw \
      depends on seed, row, column and its number alone, so that results do not depend on threads.

      EXAMPLES
        overvann landslide probability dtm.tif --soil deposits.tif \\
          --table soils.csv --recharge "uniform 5 60" --out p
        overvann landslide probability dtm.tif --soil deposits.tif \\
          --table soils.csv --recharge "normal 1 0.2" \\
          --recharge-raster recharge.tif --draws 4000 --seed 7 --out p
      """)

  @OptionGroup var slope: SlopeOptions

  @Option(help: "Recharge in mm/d, a number or a distribution; with --recharge-raster the factor on it.")
  var recharge: String

  @Option(help: "Raster of the recharge, mm/d.", completion: .file())
  var rechargeRaster: String?

  @Option(help: "Raster of the soil's depth in metres; the depths of the table are then factors on it.")
  var depth: String?

  @Option(help: "Transmissivity from conductivity: normal (K z cos of the slope) or vertical (K z).")
  var transmissivity = TransmissivityConvention.normalThickness

  @Option(help: "Draws a cell.")
  var draws = 1000

  @Option(help: "Number of the random sequence.")
  var seed: UInt64 = 1

  @OptionGroup var options: AnalysisOptions

  func validate() throws {
    guard draws > 0, draws <= 1 << 30 else { throw ValidationError("--draws \(draws): from 1 to 1073741824") }
  }

  func run() throws {
    var analysis = FailureProbabilityAnalysis(
      slope.inputs(depth: depth, threads: options.threads), recharge: recharge, output: slope.out)
    analysis.rechargeRaster = rechargeRaster
    analysis.transmissivity = transmissivity
    analysis.draws = draws
    analysis.seed = seed
    analysis.files = options.files
    try options.run("landslide probability") { progress throws(RunFailure) in try analysis.run(progress: progress) }
  }
}
