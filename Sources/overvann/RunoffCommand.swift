public import ArgumentParser
import Foundation
public import Pipeline
public import Runoff

extension RunoffMethod: ExpressibleByArgument {}
extension AntecedentCondition: ExpressibleByArgument {}
extension SlopeAdjustment: ExpressibleByArgument {}

/// `overvann runoff`: how much of the rain runs off, cell by cell or at an outlet.
struct RunoffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runoff", abstract: "How much of the rain runs off: on a grid, or the peak at an outlet.",
    subcommands: [OnGrid.self, Peak.self], defaultSubcommand: OnGrid.self)

  /// `overvann runoff grid`.
  struct OnGrid: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "grid", abstract: "Runoff of rain on a grid, with the books closed in every cell.",
      discussion: """
        Rain is a depth (60mm), the steps that overvann storm --csv writes, or rasters. Methods: curve_number, \
        coefficient, initial_constant, horton, green_ampt; each works for single events and for series, with the state \
        of the ground kept in every cell. With --snow, rain and melted snow are taken together.

        EXAMPLES
          overvann runoff --rain 60mm --land-cover cover.tif --soil deposits.tif \\
            --table curve_numbers.csv --soil-groups soil_groups.csv runoff.tif
          overvann runoff --rain storm.csv --method green_ampt --soil deposits.tif \\
            --table infiltration.csv runoff.tif
          overvann runoff --rain total.tif --unit mm --duration 24h --value 80 \\
            --drainage 12mm/h --like dtm.tif runoff.tif
        """)

    @Argument(help: "GeoTIFF of the runoff to write.", completion: .file(extensions: ["tif"])) var output: String

    @Option(help: "Depth such as 60mm, CSV of steps, or a raster; may be repeated for the files of a series.")
    var rain: [String]

    @Option(help: "Time in which a depth or a single raster falls.") var duration = "60min"

    @Option(help: "Method: curve_number, coefficient, initial_constant, horton or green_ampt.")
    var method = RunoffMethod.curveNumber

    @Option(help: "Curve number or coefficient everywhere, instead of a table.") var value: Double?

    @Option(help: "Raster of land cover.", completion: .file()) var landCover: String?

    @Option(help: "Raster of soil classes.", completion: .file()) var soil: String?

    @Option(help: "Table of curve numbers, coefficients or numbers of infiltration.", completion: .file())
    var table: String?

    @Option(help: "Table of the soil group by class of soil.", completion: .file()) var soilGroups: String?

    @Option(help: "Table of sealed shares by land cover.", completion: .file()) var impervious: String?

    @Option(help: "Raster of slopes (rise over run) that curve numbers are adjusted to.", completion: .file())
    var slope: String?

    @Option(help: "How curve numbers change with it: sharpley_williams or huang.")
    var slopeAdjustment = SlopeAdjustment.sharpleyWilliams

    @Option(help: "Initial abstraction as a share of the storage.") var lambda = 0.2

    @Flag(help: "Convert curve numbers made for lambda 0.2 to 0.05.") var convertLambda = false

    @Option(help: "Antecedent condition: I, II or III.") var condition = AntecedentCondition.average

    @Option(help: "Depth that leaves and roofs hold.") var interception = "0mm"

    @Option(help: "Rate that the drains carry.") var drainage = "0mm/h"

    @Option(help: "Raster of blue-green measures.", completion: .file()) var measures: String?

    @Option(help: "Table of what measures change.", completion: .file()) var measureTable: String?

    @Option(help: "Water in the snow at the beginning, such as 40mm; it melts and adds to the rain.") var snow: String?

    @Option(help: "Melt in mm for each degree and day; 2 to 6 is usual.") var meltFactor: Double?

    @Option(
      parsing: .unconditional,
      help: "Temperature of the air in degrees Celsius, or a table of temperature_c by time or hours.")
    var temperature: String?

    @Option(help: "Station to take where that table holds several.") var temperatureStation: String?

    @Option(help: "Raster whose grid the result has.", completion: .file()) var like: String?

    @Option(help: "GeoTIFF of what the ground takes.", completion: .file(extensions: ["tif"])) var infiltrated: String?

    @Option(help: "GeoTIFF of what the drains take.", completion: .file(extensions: ["tif"])) var drained: String?

    @OptionGroup var field: RainFieldOptions

    @OptionGroup var options: AnalysisOptions

    func validate() throws {
      if (measures == nil) != (measureTable == nil) {
        throw ValidationError("--measures and --measure-table go together")
      }
      if (value == nil) == (table == nil) { throw ValidationError("give --value or --table") }
      if convertLambda, lambda != 0.05 { throw ValidationError("--convert-lambda is known for --lambda 0.05 alone") }
      if value != nil, method.isInfiltration {
        throw ValidationError("--method \(method.rawValue) needs --table and --soil")
      }
      if let value, method == .curveNumber ? !(0...100).contains(value) : !(0...1).contains(value) {
        throw ValidationError("--value \(value): a curve number is from 0 to 100, a coefficient from 0 to 1")
      }
      if table != nil {
        let missing =
          method.isInfiltration
          ? (soil == nil ? "--soil" : nil)
          : landCover == nil ? "--land-cover" : method == .curveNumber && soil == nil ? "--soil" : nil
        if let missing { throw ValidationError("--table needs \(missing) with --method \(method.rawValue)") }
      }
      if impervious != nil, landCover == nil { throw ValidationError("--impervious needs --land-cover") }
      guard (0...1).contains(lambda) else { throw ValidationError("--lambda \(lambda): from 0 to 1") }
      guard try quantity(duration, .time, "--duration").value > 0 else {
        throw ValidationError("--duration \(duration): more than 0")
      }
      _ = try quantity(interception, .length, "--interception")
      _ = try quantity(drainage, .rate, "--drainage")
      _ = try melting()
    }

    func run() throws {
      var analysis = RunoffAnalysis(try rainSource(), output: output)
      analysis.hours = try quantity(duration, .time, "--duration").seconds / 3600
      analysis.method = method
      analysis.value = value
      analysis.landCover = landCover
      analysis.soil = soil
      analysis.table = table
      analysis.soilGroups = soilGroups
      analysis.impervious = impervious
      analysis.slope = slope
      analysis.slopeAdjustment = slopeAdjustment
      analysis.snow = try melting()
      analysis.lambda = lambda
      analysis.convertsLambda = convertLambda
      analysis.condition = condition
      analysis.interception = try quantity(interception, .length, "--interception").millimetres
      analysis.drainage = try quantity(drainage, .rate, "--drainage").millimetresPerDay / 24
      analysis.measures = measures
      analysis.measureTable = measureTable
      analysis.like = like
      analysis.infiltrated = infiltrated
      analysis.drained = drained
      analysis.files = options.files
      analysis.threads = options.threads
      try options.run("runoff") { progress throws(RunFailure) in try analysis.run(progress: progress) }
    }

    private func melting() throws -> RunoffAnalysis.Snow? {
      guard let snow else {
        if meltFactor != nil || temperature != nil || temperatureStation != nil {
          throw ValidationError("--melt-factor and --temperature need --snow; 0mm for none at the beginning")
        }
        return nil
      }
      guard let meltFactor, let temperature else {
        throw ValidationError("--snow needs --melt-factor and --temperature")
      }
      guard (0...50).contains(meltFactor) else { throw ValidationError("--melt-factor \(meltFactor): from 0 to 50") }
      var result = RunoffAnalysis.Snow(
        factor: meltFactor, waterEquivalent: try quantity(snow, .length, "--snow").millimetres)
      if let celsius = Double(temperature) {
        guard (-60...60).contains(celsius) else {
          throw ValidationError("--temperature \(temperature): from -60 to 60 degrees Celsius")
        }
        result.temperature = celsius
      } else {
        result.table = temperature
      }
      result.station = temperatureStation
      return result
    }

    private func rainSource() throws -> RunoffAnalysis.Rain {
      if rain.count == 1, let depth = try rainDepth(rain[0]) { return .depth(depth) }
      if rain.count == 1, rain[0].lowercased().hasSuffix(".csv") { return .hyetograph(rain[0]) }
      return .field(try field.source(rain))
    }
  }
}
