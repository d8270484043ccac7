public import ArgumentParser
import Foundation
public import Geodata
import Pipeline
public import Rainfall

extension RainFieldUnit: ExpressibleByArgument {}
extension Resampling: ExpressibleByArgument {}

/// How commands read rain rasters, besides their files.
struct RainFieldOptions: ParsableArguments {
  @Option(help: "Raster in containers such as NetCDF.")
  var variable: String?

  @Option(help: "Bands to take, such as 2-25 or 3; all unless given.")
  var bands: String?

  @Option(help: "Unit: mm, m, cm, kg/m2, 0.1 mm, mm/h or kg/m2/s; the file's own must agree with it.")
  var unit: RainFieldUnit?

  @Flag(help: "Each step holds the rain since the beginning.")
  var accumulated = false

  @Flag(help: "Each step holds its own rain.")
  var perStep = false

  @Option(help: "Length of a step such as 5min, where the files do not tell it.")
  var step: String?

  @Option(parsing: .unconditional, help: "Value that means no data: file, none or a number.")
  var nodata = "file"

  @Option(help: "Reference system in place of the files', such as EPSG:25833.")
  var crs: String?

  @Option(parsing: .unconditional, help: "Position in place of the files': west,north,cell size.")
  var georeference: String?

  @Option(help: "Factor in place of the files' own scale.")
  var scale: Double?

  @Option(parsing: .unconditional, help: "Summand in place of the files' own offset.")
  var offset: Double?

  @Option(help: "How rain is brought onto another grid: bilinear, conservative (keeps the volume) or nearest.")
  var resample = Resampling.bilinear

  func validate() throws {
    if accumulated, perStep { throw ValidationError("--accumulated and --per-step exclude each other") }
    _ = try source([])
  }

  func source(_ paths: [String]) throws -> RainFieldSource {
    var source = RainFieldSource(paths)
    source.variable = variable
    source.unit = unit
    source.accumulated = accumulated ? true : perStep ? false : nil
    source.stepHours = try step.map { try quantity($0, .time, "--step").seconds / 3600 }
    source.crs = crs
    source.scale = scale
    source.offset = offset
    source.resampling = resample
    if let bands {
      let numbers = bands.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(numbers.count), let first = numbers[0], let last = numbers[numbers.count - 1], first >= 1,
        first <= last
      else { throw ValidationError("--bands \(bands): first and last band, such as 2-25") }
      source.bands = first...last
    }
    switch nodata {
    case "file": source.nodata = .file
    case "none": source.nodata = .none
    default:
      guard let value = Double(nodata) else { throw ValidationError("--nodata \(nodata): file, none or a number") }
      source.nodata = .value(value)
    }
    if let georeference {
      let numbers = georeference.split(separator: ",").compactMap { Double($0) }
      guard numbers.count == 3, numbers[2] > 0 else {
        throw ValidationError("--georeference \(georeference): west,north,cell size, such as -75000,7900000,1000")
      }
      source.georeference = Georeference(
        west: numbers[0], north: numbers[1], cellWidth: numbers[2], cellHeight: numbers[2])
    }
    return source
  }
}

/// Windows that maxima are taken over.
private func rainWindows(_ text: String) throws -> [Double] {
  try text.split(separator: ",").map { try quantity(String($0), .time, "--windows").seconds / 3600 }
}

/// `overvann rain`: what rain rasters hold, their sums and maxima.
struct RainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rain", abstract: "Rain rasters over time: what they hold, sums, maxima, return periods.",
    discussion: """
      NetCDF with a CF time axis, GRIB2, HDF5, GeoTIFF of one or many bands or files; amounts or rates, per step or \
      accumulated; north or south up, curvilinear, axes in kilometres. Units are read from the file and must agree with \
      what is declared. One step is read at a time.
      """,
    subcommands: [Inspect.self, Total.self, Maxima.self, ReturnPeriod.self])

  /// `overvann rain inspect`.
  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "inspect", abstract: "Tell what is understood of rain rasters.",
      discussion: """
        EXAMPLES
          overvann rain inspect forecast.nc --variable precipitation_amount \\
            --per-step
          overvann rain inspect radar/*.h5 --per-step --values
        """)

    @Argument(help: "Rain rasters.", completion: .file()) var files: [String]

    @Flag(help: "Read every step and tell its least and greatest value.") var values = false

    @Option(help: "Raster whose grid is used, needed for curvilinear files.", completion: .file()) var like: String?

    @OptionGroup var field: RainFieldOptions

    @OptionGroup var options: AnalysisOptions

    func run() throws {
      var analysis = RainAnalysis(try field.source(files), .inspection(values: values))
      analysis.like = like
      analysis.threads = options.threads
      try options.run("rain inspect") { progress throws(RunFailure) in try analysis.run(progress: progress) }
    }
  }

  /// `overvann rain total`.
  struct Total: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "total", abstract: "The sum of all steps.",
      discussion: """
        EXAMPLES
          overvann rain total forecast.nc --variable precipitation_amount --per-step \\
            --out total.tif
          overvann rain total radar/*.h5 --per-step --like dtm.tif \\
            --resample conservative --out total.tif
        """)

    @Argument(help: "Rain rasters.", completion: .file()) var files: [String]

    @Option(help: "GeoTIFF to write.", completion: .file(extensions: ["tif"])) var out: String

    @Option(help: "Raster whose grid the result has; that of the files unless given.", completion: .file())
    var like: String?

    @OptionGroup var field: RainFieldOptions

    @OptionGroup var options: AnalysisOptions

    func run() throws {
      var analysis = RainAnalysis(try field.source(files), .total)
      analysis.like = like
      analysis.output = out
      analysis.files = options.files
      analysis.threads = options.threads
      try options.run("rain total") { progress throws(RunFailure) in try analysis.run(progress: progress) }
    }
  }

  /// `overvann rain maxima`.
  struct Maxima: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "maxima", abstract: "The largest rain within windows of time, cell by cell.",
      discussion: """
        Memory does not grow with the series: 4 bytes a cell for each step of the longest window, 8 for each window.

        EXAMPLES
          overvann rain maxima forecast.nc --variable precipitation_amount --per-step \\
            --windows 1h,3h,6h,12h,24h --out maxima
        """)

    @Argument(help: "Rain rasters.", completion: .file()) var files: [String]

    @Option(help: "Windows, such as 1h,3h,24h.") var windows = "1h,3h,6h,12h,24h"

    @Option(help: "Folder of the results.", completion: .directory) var out: String

    @Option(help: "Raster whose grid the results have; that of the files unless given.", completion: .file())
    var like: String?

    @OptionGroup var field: RainFieldOptions

    @OptionGroup var options: AnalysisOptions

    func run() throws {
      var analysis = RainAnalysis(
        try field.source(files), .maxima(windows: try rainWindows(windows)))
      analysis.like = like
      analysis.output = out
      analysis.files = options.files
      analysis.threads = options.threads
      try options.run("rain maxima") { progress throws(RunFailure) in try analysis.run(progress: progress) }
    }
  }

  /// `overvann rain return-period`.
  struct ReturnPeriod: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "return-period", abstract: "The return period that the largest rain within windows reaches.",
      discussion: """
        The table is one for all cells (CSV, Frost JSON), or a CSV that names a raster for each return period and \
        duration. Beyond the table its first or last return period stands; the rasters named standing tell where.

        EXAMPLES
          overvann rain return-period forecast.nc --variable precipitation_amount \\
            --per-step --table idf.csv --out event
          overvann rain return-period event.tif --unit mm --step 60min \\
            --windows 60min --table idf_rasters.csv --out event
        """)

    @Argument(help: "Rain rasters.", completion: .file()) var files: [String]

    @Option(help: "Windows, such as 1h,3h,24h.") var windows = "1h,3h,6h,12h,24h"

    @Option(help: "Folder of the results.", completion: .directory) var out: String

    @Option(help: "Raster whose grid the results have; that of the files unless given.", completion: .file())
    var like: String?

    @OptionGroup var table: RainTableOptions

    @OptionGroup var field: RainFieldOptions

    @OptionGroup var options: AnalysisOptions

    func run() throws {
      var analysis = RainAnalysis(
        try field.source(files),
        .returnPeriods(
          windows: try rainWindows(windows), table: table.table, unit: table.tableUnit, station: table.station))
      analysis.like = like
      analysis.output = out
      analysis.files = options.files
      analysis.threads = options.threads
      try options.run("rain return-period") { progress throws(RunFailure) in try analysis.run(progress: progress) }
    }
  }
}
