public import ArgumentParser
import Foundation
public import Pipeline
import Rainfall

extension StormShapeName: ExpressibleByArgument {}

/// How commands name a return-period table.
struct RainTableOptions: ParsableArguments {
  @Option(help: "Return-period table: CSV, or JSON of the Frost API.", completion: .file())
  var table: String

  @Option(help: "Unit of its figures where the file names none: mm, mm/h or l/(s*ha).")
  var tableUnit: String?

  @Option(help: "Source to take where the file holds several.")
  var station: String?

  func validate() throws {
    if let tableUnit, RainUnit(text: tableUnit) == nil {
      throw ValidationError("--table-unit \(tableUnit): one of mm, mm/h, l/(s*ha)")
    }
  }
}

/// How commands name the climate.
struct ClimateOptions: ParsableArguments {
  @Option(help: "Factor that rain is multiplied by, once; 1 for the present climate.")
  var climateFactor: Double?

  @Option(help: "Who recommends the factor; it is recorded.")
  var climateSource: String?

  @Option(help: "Table of climate factors by duration, return period and horizon.", completion: .file())
  var climateTable: String?

  @Option(help: "Year that the climate is meant for, with --climate-table.")
  var climateHorizon: Int?

  func validate() throws {
    if climateFactor != nil, climateTable != nil {
      throw ValidationError("--climate-factor and --climate-table exclude each other")
    }
    if (climateTable == nil) != (climateHorizon == nil) {
      throw ValidationError("--climate-table and --climate-horizon go together")
    }
  }

  var choice: ClimateChoice {
    var choice = ClimateChoice()
    choice.factor = climateFactor
    choice.source = climateSource
    choice.table = climateTable
    choice.horizon = climateHorizon
    return choice
  }
}

/// Reads a quantity that the command line gives, such as `60min`.
func quantity(_ text: String, _ dimension: Pipeline.Dimension, _ option: String) throws -> Quantity {
  do {
    let quantity = try Quantity(text, dimension)
    guard quantity.value >= 0 else { throw ValidationError("\(option) \(text): not negative") }
    return quantity
  } catch let error as QuantityError {
    throw ValidationError("\(option) \(text): \(error); \(error.hint)")
  }
}

/// The depth of rain in millimetres that `--rain` names; nil where it names a file.
///
/// Throws where it is a number without a unit, or with one that no length has.
func rainDepth(_ text: String) throws -> Double? {
  if let depth = try? Quantity(text, .length), depth.value >= 0 { return depth.millimetres }
  if FileManager.default.fileExists(atPath: text) { return nil }
  if Double(text) != nil { throw ValidationError("--rain \(text): a depth has a unit; write \(text)mm") }
  let isQuantity = text.wholeMatch(of: #/-?[0-9]+(\.[0-9]+)? ?[A-Za-z]+/#) != nil
  return isQuantity ? try quantity(text, .length, "--rain").millimetres : nil
}

/// `overvann storm`: a design storm from a return-period table.
struct StormCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "storm", abstract: "A design storm from a return-period table: steps, totals, drawing.",
    discussion: """
      Between the durations of the table ln(depth) is linear in ln(duration), between its return periods depth is \
      linear in Gumbel's variate. Nothing is extrapolated unless --extrapolate says so, and then it is told. The \
      climate factor is applied once.

      EXAMPLES
        overvann storm --table idf.csv --return-period 200 --duration 60min \\
          --climate-factor 1.4
        overvann storm --table idf.csv --return-period 20 --duration 2h \\
          --shape chicago --peak 0.4 --step 5min --csv storm.csv
        overvann storm --table frost.json --station SN18701 --return-period 100 \\
          --duration 30min --area 12km2 --svg storm.svg
      """)

  @OptionGroup var rain: RainTableOptions

  @Option(help: "Return period in years.")
  var returnPeriod: Double

  @Option(help: "Duration, such as 60min.")
  var duration: String

  @Option(help: "How the depth is spread: block, chicago, alternating_block or profile.")
  var shape = StormShapeName.block

  @Option(help: "Share of the time before the peak, 0 to 1.")
  var peak = 0.5

  @Option(help: "Table of the mass curve (time, share), for --shape profile.", completion: .file())
  var profile: String?

  @Option(help: "Length of a step.")
  var step = "5min"

  @Option(help: "Area that the storm covers, such as 4km2, for the reduction from point to area.")
  var area: String?

  @Option(help: "Table of areal reduction factors; the formula of TP 29 unless given.", completion: .file())
  var arealTable: String?

  @Flag(help: "Allow return periods and durations beyond the table.")
  var extrapolate = false

  @OptionGroup var climate: ClimateOptions

  @Option(help: "CSV of the steps to write.", completion: .file(extensions: ["csv"]))
  var csv: String?

  @Option(help: "Drawing (SVG) to write.", completion: .file(extensions: ["svg"]))
  var svg: String?

  @OptionGroup var options: AnalysisOptions

  func validate() throws {
    guard returnPeriod > 1, returnPeriod.isFinite else {
      throw ValidationError("--return-period \(returnPeriod): longer than a year")
    }
    guard (0...1).contains(peak) else { throw ValidationError("--peak \(peak): from 0 to 1") }
    guard try quantity(duration, .time, "--duration").value > 0 else {
      throw ValidationError("--duration \(duration): more than 0")
    }
    guard try quantity(step, .time, "--step").value > 0 else { throw ValidationError("--step \(step): more than 0") }
    if (shape == .profile) != (profile != nil) { throw ValidationError("--shape profile and --profile go together") }
    if arealTable != nil, area == nil { throw ValidationError("--areal-table needs --area") }
    if let area { _ = try quantity(area, .area, "--area") }
  }

  func run() throws {
    var source = DesignStormSource(table: rain.table)
    source.unit = rain.tableUnit.flatMap { RainUnit(text: $0) }
    source.station = rain.station
    source.shape = shape
    source.peak = peak
    source.profile = profile
    source.stepMinutes = try quantity(step, .time, "--step").minutes
    source.area = try area.map { try quantity($0, .area, "--area").squareMetres / 1e6 }
    source.arealTable = arealTable
    source.extrapolates = extrapolate
    var analysis = StormAnalysis(
      source, returnPeriod: returnPeriod, duration: try quantity(duration, .time, "--duration").minutes)
    analysis.climate = climate.choice
    analysis.csv = csv
    analysis.svg = svg
    analysis.files = options.files
    try options.run("storm") { progress throws(RunFailure) in try analysis.run(progress: progress) }
  }
}
