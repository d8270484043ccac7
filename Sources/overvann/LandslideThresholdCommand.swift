import ArgumentParser
import Landslide
import Pipeline

/// `overvann landslide threshold`: levels of warning from rain.
struct LandslideThresholdCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "threshold", abstract: "Levels of warning step by step, from rain thresholds or a table of your own.",
    discussion: """
      With --curve, rain over every span of steps is compared with an intensity–duration curve: caine1980, \
      guzzetti2008, cadses2007, or as a share of the mean annual precipitation guzzetti2008-normalised and \
      sandersen1996; or C,A,B for I = C + A D^-B in mm/h. With --table, levels follow from two rasters: the header of \
      the table holds a name and the lower bounds of the columns, each row its lower bound and its levels. No numbers of \
      a warning service are shipped.

      EXAMPLES
        overvann landslide threshold --curve caine1980 --series forecast.nc \\
          --variable precipitation_amount --per-step --levels 0.5,1 --out levels
        overvann landslide threshold --curve sandersen1996 --mean-annual normal.tif \\
          --series daily.tif --step 1d --series-unit mm --per-step --out l
        overvann landslide threshold --table levels.csv --rows saturation.nc \\
          --columns supply.nc --out levels
      """)

  @Option(help: "Curve by name, or C,A,B.")
  var curve: String?

  @OptionGroup var series: RainSeriesOptions

  @Option(help: "Raster whose grid the results have; that of the series unless given.", completion: .file())
  var like: String?

  @Option(help: "Mean annual precipitation such as 1200mm, or a raster in mm.")
  var meanAnnual: String?

  @Option(help: "Ratios of rain to threshold at which levels begin, rising.")
  var levels = "1"

  @Flag(help: "Write the ratios too.")
  var ratios = false

  @Option(help: "Table of levels.", completion: .file(extensions: ["csv"]))
  var table: String?

  @Option(help: "Rasters of the quantity of the table's rows, such as soil saturation. May be repeated.")
  var rows: [String] = []

  @Option(help: "Rasters of the quantity of the table's columns, such as relative water supply. May be repeated.")
  var columns: [String] = []

  @Option(help: "Folder of the results.", completion: .directory)
  var out: String

  @OptionGroup var options: AnalysisOptions

  func validate() throws {
    guard (curve == nil) != (table == nil) else { throw ValidationError("give either --curve or --table") }
    if curve != nil {
      _ = try threshold()
      _ = try bounds()
      if series.series.isEmpty { throw ValidationError("--curve needs --series") }
    } else if rows.isEmpty || columns.isEmpty {
      throw ValidationError("--table needs --rows and --columns")
    }
  }

  private func threshold() throws -> IntensityDurationThreshold {
    let text = curve ?? ""
    if let known = ThresholdCurve(rawValue: text) { return known.threshold }
    let numbers = text.split(separator: ",").compactMap { Double($0) }
    guard numbers.count == 3, numbers[0] >= 0, numbers[1] > 0, numbers.allSatisfy(\.isFinite) else {
      throw ValidationError(
        "--curve \(text): one of \(ThresholdCurve.allCases.map(\.rawValue).joined(separator: ", ")), or C,A,B such as 0,14.82,0.39"
      )
    }
    return IntensityDurationThreshold(
      name: text, offset: numbers[0], coefficient: numbers[1], exponent: numbers[2], durations: 1e-3...1e6,
      source: "command line")
  }

  private func bounds() throws -> [Double] {
    let numbers = levels.split(separator: ",").compactMap { Double($0) }
    guard numbers.count == levels.split(separator: ",").count, !numbers.isEmpty, numbers.count < 254,
      zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }), numbers.allSatisfy({ $0 > 0 && $0.isFinite })
    else { throw ValidationError("--levels \(levels): rising numbers above 0, such as 0.5,1,2") }
    return numbers
  }

  func run() throws {
    let rule: RainfallThresholdAnalysis.Rule =
      try table.map { .table(path: $0, rows: rows, columns: columns) }
      ?? .curve(
        threshold(), rain: series.source(), like: like, ratios: bounds())
    var analysis = RainfallThresholdAnalysis(rule, output: out)
    analysis.meanAnnual = meanAnnual
    analysis.writesRatios = ratios
    analysis.files = options.files
    analysis.threads = options.threads
    try options.run("landslide threshold") { progress throws(RunFailure) in try analysis.run(progress: progress) }
  }
}
