import ArgumentParser
import Pipeline

/// `overvann landslide`: slopes that may fail.
struct LandslideCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "landslide",
    abstract: "Slopes that may fail: safety, probability, time and warning levels; runout and quick clay.",
    discussion: """
      The models of stability read an elevation raster, a raster of deposits and a table of their figures with source \
      and date. Screening only: results do not replace an assessment on the ground.
      """,
    subcommands: [
      LandslideStabilityCommand.self, LandslideIndexCommand.self, LandslideProbabilityCommand.self,
      LandslideTransientCommand.self, LandslideThresholdCommand.self,
      LandslideRunoutCommand.self, LandslideQuickClayCommand.self,
    ])
}

/// What the slope models read and where they write.
struct SlopeOptions: ParsableArguments {
  @OptionGroup var elevation: ElevationOptions

  @Option(help: "A height that stands for no data besides the file's own, such as 0 for voids.")
  var void: Double?

  @Option(help: "Raster of the deposits' codes.", completion: .file())
  var soil: String

  @Option(
    help: "Table of the deposits' figures: deposit_code, parameter, value, unit, source, date; or one row a deposit.",
    completion: .file(extensions: ["csv"]))
  var table: String

  @Option(help: "Folder of the results.", completion: .directory)
  var out: String

  func inputs(depth: String? = nil, threads: Int) -> SlopeInputs {
    var inputs = SlopeInputs(elevation.input, soil: soil, table: table)
    inputs.depth = depth
    inputs.void = void
    inputs.threads = threads
    return inputs
  }
}
