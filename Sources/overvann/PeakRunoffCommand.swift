import ArgumentParser
import Pipeline
import Terrain

extension RunoffCommand {
  /// `overvann runoff peak`.
  struct Peak: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "peak", abstract: "Peak discharge by the rational method, for checking pipes and culverts.",
      discussion: """
        Q = C · i · A with the intensity of the time of concentration: given, by Kirpich, or by the lag of the US Soil \
        Conservation Service where curve numbers are given. With --dem, the catchment of every outlet, or every area \
        by itself, is found on the terrain: its size, its longest flow path with its fall, its slope, and its mean \
        coefficient and curve number. Flags tell where a peak is missing or may be too small: edge (the edge of the \
        terrain or cells without elevation cut the catchment), no_fall, coverage, beyond_table, outside.

        EXAMPLES
          overvann runoff peak --area 3.5ha --coefficient 0.6 --time 10min \\
            --table idf.csv --return-period 20
          overvann runoff peak --area 12ha --coefficient 0.35 --length 620 \\
            --slope 0.04 --table idf.csv --return-period 20 --return-period 200 \\
            --climate-factor 1.4 --increase coefficient_increase.csv
          overvann runoff peak --dem dtm.tif --outlets inlets.gpkg --id pipe_id \\
            --snap 5m --coefficients coefficients.csv --land-cover cover.tif \\
            --table idf.csv --return-period 20 --out peaks.gpkg
          overvann runoff peak --dem dtm.tif --outlet 590120,6639480 \\
            --coefficient 0.4 --curve-number 80 --table idf.csv --return-period 100
          overvann runoff peak --dem dtm.tif --areas plots.gpkg --coefficient 0.5 \\
            --table idf.csv --return-period 20
        """)

    @Option(help: "Area, such as 3.5ha.") var area: String?

    @Option(help: "Runoff coefficient, 0 to 1.") var coefficient: Double?

    @Option(help: "Time of concentration, such as 10min.") var time: String?

    @Option(help: "Longest flow path in metres.") var length: Double?

    @Option(help: "Slope, rise over run.") var slope: Double?

    @Option(help: "Curve number: the lag of the US Soil Conservation Service instead of Kirpich.") var curveNumber:
      Double?

    @Option(help: "Elevation raster, for outlets or areas instead of --area.", completion: .file()) var dem: String?

    @Option(help: "What cells without elevation are to the water: outlet (as the sea), wall, or error.")
    var nodata = NodataPolicy.error

    @Option(help: "Layer of culverts' lines, burnt into the terrain.", completion: .file()) var culverts: String?

    @Option(help: "Field of their identifiers.") var culvertID = "id"

    @Option(help: "Layer of points.", completion: .file()) var outlets: String?

    @Option(parsing: .unconditionalSingleValue, help: "A point as east,north; may be repeated.") var outlet: [String] =
      []

    @Option(help: "Layer of areas, each by itself.", completion: .file()) var areas: String?

    @Option(help: "Layer of the file; needed where it has several.") var layer: String?

    @Option(help: "Field that identifies outlets or areas; else they are numbered.") var id: String?

    @Option(help: "Greatest distance by which an outlet is moved to where most water passes.") var snap = "0m"

    @Option(help: "Table of runoff coefficients by land cover.", completion: .file()) var coefficients: String?

    @Option(help: "Table of curve numbers by land cover and soil.", completion: .file()) var curveNumbers: String?

    @Option(help: "Raster of land cover.", completion: .file()) var landCover: String?

    @Option(help: "Raster of soil classes.", completion: .file()) var soil: String?

    @Option(help: "Table of the soil group by class of soil.", completion: .file()) var soilGroups: String?

    @Option(help: "Return period in years; may be repeated.") var returnPeriod: [Double]

    @Option(help: "Table by which coefficients rise with the return period.", completion: .file()) var increase: String?

    @Option(help: "Table (CSV) or layer (.gpkg, .geojson, .fgb) of the peaks to write.", completion: .file())
    var out: String?

    @OptionGroup var table: RainTableOptions

    @OptionGroup var climate: ClimateOptions

    @OptionGroup var options: AnalysisOptions

    func validate() throws {
      if let coefficient, !(0...1).contains(coefficient) {
        throw ValidationError("--coefficient \(coefficient): from 0 to 1")
      }
      if (coefficient == nil) == (coefficients == nil) {
        throw ValidationError("give --coefficient, or --coefficients with --dem and --land-cover")
      }
      guard !returnPeriod.isEmpty, returnPeriod.allSatisfy({ $0 > 1 && $0.isFinite }) else {
        throw ValidationError("--return-period: one or more, longer than a year")
      }
      if let curveNumber, !(curveNumber > 0 && curveNumber <= 100) {
        throw ValidationError("--curve-number \(curveNumber): over 0 to 100")
      }
      if dem == nil {
        _ = try figures()
        let names: [(String, Bool)] = [
          ("--outlets", outlets != nil), ("--outlet", !outlet.isEmpty), ("--areas", areas != nil),
          ("--coefficients", coefficients != nil), ("--curve-numbers", curveNumbers != nil), ("--out", out != nil),
          ("--culverts", culverts != nil),
        ]
        if let name = names.first(where: \.1)?.0 { throw ValidationError("\(name) needs --dem") }
      } else {
        for (name, isGiven) in [
          ("--area", area != nil), ("--time", time != nil), ("--length", length != nil), ("--slope", slope != nil),
        ] where isGiven {
          throw ValidationError("\(name) is found on the terrain; leave it or --dem out")
        }
        _ = try places()
        _ = try quantity(snap, .length, "--snap")
        if curveNumber != nil, curveNumbers != nil {
          throw ValidationError("--curve-number and --curve-numbers exclude each other")
        }
        if coefficients != nil || curveNumbers != nil, landCover == nil {
          throw ValidationError("--coefficients and --curve-numbers need --land-cover")
        }
        if curveNumbers != nil, soil == nil { throw ValidationError("--curve-numbers needs --soil") }
      }
    }

    func run() throws {
      if let dem { return try runOnTerrain(dem) }
      var analysis = try figures()
      analysis.increase = increase
      analysis.unit = table.tableUnit
      analysis.station = table.station
      analysis.climate = climate.choice
      try options.run("runoff peak") { progress throws(RunFailure) in try analysis.run(progress: progress) }
    }

    private func runOnTerrain(_ dem: String) throws {
      var elevation = ElevationRaster(dem)
      elevation.nodata = nodata
      var analysis = OutletPeaksAnalysis(
        elevation, try places(),
        coefficient: coefficients.map { .table($0) } ?? .value(coefficient ?? 0), table: table.table,
        returnPeriods: returnPeriod)
      analysis.changes.culverts = culverts
      analysis.changes.culvertID = culvertID
      analysis.snapDistance = try quantity(snap, .length, "--snap").metres
      analysis.curveNumber = curveNumbers.map { .table($0) } ?? curveNumber.map { .value($0) }
      analysis.landCover = landCover
      analysis.soil = soil
      analysis.soilGroups = soilGroups
      analysis.increase = increase
      analysis.unit = table.tableUnit
      analysis.station = table.station
      analysis.climate = climate.choice
      analysis.output = out
      analysis.files = options.files
      analysis.threads = options.threads
      try options.run("runoff peak") { progress throws(RunFailure) in try analysis.run(progress: progress) }
    }

    private func places() throws -> OutletPeaksAnalysis.Places {
      switch (outlets, outlet.isEmpty, areas) {
      case (let path?, true, nil): return .outlets(path, layer: layer, id: id)
      case (nil, true, let path?): return .areas(path, layer: layer, id: id)
      case (nil, false, nil):
        return .points(
          try outlet.map { text in
            let numbers = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
            guard numbers.count == 2, numbers.allSatisfy(\.isFinite) else {
              throw ValidationError("--outlet \(text): east,north in the reference system of the terrain")
            }
            return SIMD2(numbers[0], numbers[1])
          })
      default: throw ValidationError("give one of --outlets, --outlet and --areas with --dem")
      }
    }

    private func figures() throws -> PeakRunoffAnalysis {
      guard let area else { throw ValidationError("give --area, or --dem with --outlets, --outlet or --areas") }
      guard let coefficient else { throw ValidationError("give --coefficient with --area") }
      let size = try quantity(area, .area, "--area")
      guard size.value > 0 else { throw ValidationError("--area \(area): more than 0") }
      return PeakRunoffAnalysis(
        hectares: size.squareMetres / 10_000, coefficient: coefficient, time: try timing(), table: table.table,
        returnPeriods: returnPeriod)
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
      return curveNumber.map { .lag(length: length, slope: slope, curveNumber: $0) }
        ?? .kirpich(length: length, slope: slope)
    }
  }
}
