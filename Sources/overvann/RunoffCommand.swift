public import ArgumentParser
import Foundation
public import Pipeline
public import Runoff

extension RunoffMethod: ExpressibleByArgument {}
extension AntecedentCondition: ExpressibleByArgument {}

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
          of the ground kept in every cell.

          EXAMPLES
            overvann runoff --rain 60mm --land-cover cover.tif --soil deposits.tif --table curve_numbers.csv \
              --soil-groups soil_groups.csv runoff.tif
            overvann runoff --rain storm.csv --method green_ampt --soil deposits.tif --table infiltration.csv runoff.tif
            overvann runoff --rain total.tif --rain-unit mm --duration 24h --value 80 --drainage 12mm/h --like dtm.tif runoff.tif
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

    @Option(help: "Initial abstraction as a share of the storage.") var lambda = 0.2

    @Flag(help: "Convert curve numbers made for lambda 0.2 to 0.05.") var convertLambda = false

    @Option(help: "Antecedent condition: I, II or III.") var condition = AntecedentCondition.average

    @Option(help: "Depth that leaves and roofs hold.") var interception = "0mm"

    @Option(help: "Rate that the drains carry.") var drainage = "0mm/h"

    @Option(help: "Raster of blue-green measures.", completion: .file()) var measures: String?

    @Option(help: "Table of what measures change.", completion: .file()) var measureTable: String?

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

    private func rainSource() throws -> RunoffAnalysis.Rain {
      if rain.count == 1, let depth = try? Quantity(rain[0], .length) { return .depth(depth.millimetres) }
      if rain.count == 1, rain[0].lowercased().hasSuffix(".csv") { return .hyetograph(rain[0]) }
      return .field(try field.source(rain))
    }
  }

  /// `overvann runoff peak`.
  struct Peak: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "peak", abstract: "Peak discharge by the rational method, for checking pipes and culverts.",
      discussion: """
          Q = C · i · A with the intensity of the time of concentration: given, by Kirpich, or by the lag of the US Soil \
          Conservation Service.

          EXAMPLES
            overvann runoff peak --area 3.5ha --coefficient 0.6 --time 10min --table idf.csv --return-period 20
            overvann runoff peak --area 12ha --coefficient 0.35 --length 620 --slope 0.04 --table idf.csv --return-period 20 \
              --return-period 200 --climate-factor 1.4 --increase coefficient_increase.csv
        """)

    @Option(help: "Area, such as 3.5ha.") var area: String

    @Option(help: "Runoff coefficient, 0 to 1.") var coefficient: Double

    @Option(help: "Time of concentration, such as 10min.") var time: String?

    @Option(help: "Longest flow path in metres.") var length: Double?

    @Option(help: "Slope, rise over run.") var slope: Double?

    @Option(help: "Curve number: the lag of the US Soil Conservation Service instead of Kirpich.") var curveNumber:
      Double?

    @Option(help: "Return period in years; may be repeated.") var returnPeriod: [Double]

    @Option(help: "Table by which coefficients rise with the return period.", completion: .file()) var increase: String?

    @OptionGroup var table: RainTableOptions

    @OptionGroup var climate: ClimateOptions

    @OptionGroup var options: AnalysisOptions

    func validate() throws {
      guard (0...1).contains(coefficient) else { throw ValidationError("--coefficient \(coefficient): from 0 to 1") }
      guard !returnPeriod.isEmpty, returnPeriod.allSatisfy({ $0 > 1 }) else {
        throw ValidationError("--return-period: one or more, longer than a year")
      }
      guard try quantity(area, .area, "--area").value > 0 else { throw ValidationError("--area \(area): more than 0") }
      _ = try timing()
    }

    func run() throws {
      var analysis = PeakRunoffAnalysis(
        hectares: try quantity(area, .area, "--area").squareMetres / 10_000, coefficient: coefficient,
        time: try timing(), table: table.table, returnPeriods: returnPeriod)
      analysis.increase = increase
      analysis.unit = table.tableUnit
      analysis.station = table.station
      analysis.climate = climate.choice
      try options.run("runoff peak") { progress throws(RunFailure) in try analysis.run(progress: progress) }
    }

    private func timing() throws -> PeakRunoffAnalysis.Time {
      if let time {
        guard length == nil, slope == nil, curveNumber == nil else {
          throw ValidationError("--time excludes --length, --slope and --curve-number")
        }
        let minutes = try quantity(time, .time, "--time").minutes
        guard minutes > 0 else { throw ValidationError("--time \(time): more than 0") }
        return .given(minutes)
      }
      guard let length, let slope else { throw ValidationError("give --time, or --length and --slope") }
      guard length > 0, slope > 0, slope < 10 else {
        throw ValidationError("--length \(length), --slope \(slope): a length in metres, a slope as rise over run")
      }
      guard let curveNumber else { return .kirpich(length: length, slope: slope) }
      guard curveNumber > 0, curveNumber <= 100 else {
        throw ValidationError("--curve-number \(curveNumber): over 0 to 100")
      }
      return .lag(length: length, slope: slope, curveNumber: curveNumber)
    }
  }
}
