import ArgumentParser
import Pipeline

/// `overvann landslide index`: the stability index.
struct LandslideIndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index", abstract: "Stability index (SINMAP), in closed form.",
    discussion: """
      From ranges of dimensionless_cohesion, friction_angle and transmissivity in the table (uniform LOWER UPPER, or a \
      number): the factor of safety where it is at least 1 in the worst case, else the probability of standing.

      EXAMPLES
        overvann landslide index dtm.tif --soil deposits.tif --table ranges.csv \\
          --recharge "20 mm/d" --out index
      """)

  @OptionGroup var slope: SlopeOptions

  @Option(help: "Recharge, such as \"20 mm/d\", or a raster in mm/d.")
  var recharge: String

  @OptionGroup var options: AnalysisOptions

  func run() throws {
    var analysis = StabilityIndexAnalysis(
      slope.inputs(threads: options.threads), recharge: recharge, output: slope.out)
    analysis.files = options.files
    try options.run("landslide index") { progress throws(RunFailure) in try analysis.run(progress: progress) }
  }
}
