import Foundation
import Geodata
import Grids
import TestSupport
import Testing

extension EndToEnd {
  /// Small places with known answers, run as pipelines and commands.
  @Suite("Rain and runoff on small places")
  struct RainPipelines {
    let folder = TemporaryFolder()
    /// A plane of 40 × 60 cells of 10 m that falls to the south by 5 %.
    private let geometry: GridGeometry
    private let dem: String

    init() throws {
      geometry = GridGeometry(
        columns: 40, rows: 60, west: 590_000, north: 6_640_600, cellWidth: 10, cellHeight: 10,
        crs: try coordinateReferenceSystem("EPSG:25832"))
      dem = folder.path("plane.tif")
      let cells = (0..<2400).map { cell -> Float in 100 - Float(cell / 40) * 0.5 }
      try writeGeoTIFF(Grid(geometry, cells: cells), to: dem, unit: "m")
    }

    /// Depth in mm of the table that ``idf()`` writes: a power of the duration, which interpolation in logarithms keeps.
    private func depth(_ years: Double, _ minutes: Double) -> Double { (6 + 4 * log(years)) * pow(minutes / 60, 0.45) }

    private func idf() -> String {
      var text = "return_period_a,duration_min,depth,unit\n"
      for years in [20.0, 100] {
        for minutes in [1.0, 5, 10, 30, 60, 120] { text += "\(years),\(minutes),\(depth(years, minutes)),mm\n" }
      }
      return folder.write(text, to: "idf.csv")
    }

    private func json(_ arguments: [String]) throws -> [String: Any] {
      let result = try BuiltProgram.run(arguments + ["--json", "--quiet"])
      #expect(result.status == 0, "\(result.errors)")
      return try jsonObject(Data(result.output.utf8))
    }

    /// A pipeline on the plane.
    private func pipeline(
      inputs: [String], tables: [String] = [], scenario: String, runoff: String, hazards: [String] = [],
      rasters: String = "rain, runoff", dem: String? = nil
    ) throws -> String {
      let text = """
        version: 1
        name: plane
        grid: {like: dtm}
        inputs:
          dtm: {kind: elevation, path: \(dem ?? self.dem), unit: m, vertical: NN2000}
        \(inputs.map { "  \($0)" }.joined(separator: "\n"))
        tables:
        \(tables.isEmpty ? "  {}" : tables.map { "  \($0)" }.joined(separator: "\n"))
        scenarios: [\(scenario)]
        hazards:
          runoff: \(runoff)
          flood: {use: fill_spill, dtm: dtm, nodata: outlet}
        \(hazards.map { "  \($0)" }.joined(separator: "\n"))
        outputs: {dir: out, geojson: {}, cog: [\(rasters)]}
        """
      return folder.write(text, to: "plane_\(UInt32.random(in: 0...UInt32.max)).yaml")
    }

    private func run(_ pipeline: String, status: Int32 = 0) throws -> (files: [String: Data], errors: String) {
      let out = pipeline + ".out"
      let result = try BuiltProgram.run(["run", pipeline, "--out", out, "--quiet"])
      #expect(result.status == status, "\(result.errors)")
      return (folderContents(URL(fileURLWithPath: out)), result.errors)
    }

    private func raster(_ pipeline: String, _ name: String) throws -> Grid<Float> {
      try readRaster("\(pipeline).out/rasters/\(name).tif").grid
    }

    // MARK: - Peaks

    /// Kirpich in metres and SI slope.
    private func kirpich(_ length: Double, _ slope: Double) -> Double {
      0.0195 * pow(length, 0.77) * pow(slope, -0.385)
    }

    @Test("runoff peak on a terrain: a plane's closed form, outlets in each other, areas by themselves")
    func peaksOnATerrain() throws {
      let table = idf()
      func peaks(_ arguments: [String]) throws -> [[String: Any]] {
        let report = try json(
          ["runoff", "peak", "--dem", dem, "--nodata", "outlet", "--table", table, "--return-period", "20"] + arguments)
        return try #require(report["peaks"] as? [[String: Any]])
      }
      // Row 39 and row 59 of a column: 40 and 60 cells drain there, along 390 and 590 m at 5 %.
      let two = try peaks([
        "--outlet", "590205,6640205", "--outlet", "590205,6640005", "--coefficient", "0.4", "--climate-factor", "1.5",
      ])
      #expect(two.count == 2)
      for (peak, cells) in zip(two, [40.0, 60]) {
        let length = (cells - 1) * 10
        #expect(peak["catchment_m2"] as? Double == cells * 100 && peak["flow_length_m"] as? Double == length)
        let minutes = kirpich(length, 0.05)
        #expect(abs((peak["conc_time_min"] as? Double ?? 0) - minutes) < 1e-5 * minutes)
        let intensity = depth(20, minutes) * 60 / minutes * 1.5
        let litres = 0.4 * intensity * cells / 100 * 10_000 / 3600
        #expect(abs((peak["peak_l_s"] as? Double ?? 0) - litres) < 1e-4 * litres)
        // The uppermost row is the border of the terrain: more may drain here.
        #expect(peak["flags"] as? String == "edge")
      }
      let lag = try peaks(["--outlet", "590205,6640205", "--coefficient", "0.4", "--curve-number", "80"])
      // Length in feet, retention in inches, slope in percent.
      let hours = pow(390 / 0.3048, 0.8) * pow(3.5, 0.7) / (1900 * 5.0.squareRoot())
      #expect(abs((lag[0]["conc_time_min"] as? Double ?? 0) - hours / 0.6 * 60) < 1e-3)
      // Columns 5 to 9 of rows 10 to 29: 100 cells, 190 m.
      let plots = folder.write(
        """
        {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}},
         "features": [{"type": "Feature", "properties": {"plot": "A"}, "geometry": {"type": "Polygon", "coordinates":
          [[[590050, 6640300], [590100, 6640300], [590100, 6640500], [590050, 6640500], [590050, 6640300]]]}}]}
        """, to: "plots.geojson")
      let area = try peaks([
        "--areas", plots, "--id", "plot", "--coefficient", "0.4", "--out", folder.path("peaks.csv"),
      ])
      #expect(area[0]["outlet_id"] as? String == "A" && area[0]["catchment_m2"] as? Double == 10_000)
      #expect(area[0]["flow_length_m"] as? Double == 190 && area[0]["flow_drop_m"] as? Double == 9.5)
      #expect(area[0]["flags"] as? String == "")
      let row = try #require(try TextTable(FileManager.default.contents(atPath: folder.path("peaks.csv"))).rows.first)
      #expect(try row.number("peak_l_s") == area[0]["peak_l_s"] as? Double)
      for (arguments, words) in [
        (["--outlet", "590205"], "east,north"), (["--area", "1ha"], "found on the terrain"), ([], "one of --outlets"),
        (["--outlet", "1,1"], "outside the terrain"),
      ] {
        let result = try BuiltProgram.run(
          ["runoff", "peak", "--dem", dem, "--table", table, "--return-period", "20", "--coefficient", "0.4"]
            + arguments)
        #expect(result.status != 0 && result.errors.contains(words), "\(result.errors)")
      }
    }

    @Test("peak_runoff in a pipeline: pipes with and without a capacity, culverts, the climate table at the time found")
    func peaksInAPipeline() throws {
      let pipes = folder.write(
        """
        {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}},
         "features": [
          {"type": "Feature", "properties": {"pipe": "P1", "full": 100}, "geometry":
            {"type": "Point", "coordinates": [590205, 6640205]}},
          {"type": "Feature", "properties": {"pipe": "P2", "full": null}, "geometry":
            {"type": "Point", "coordinates": [590213, 6640025]}},
          {"type": "Feature", "properties": {"pipe": "P3", "full": 1}, "geometry":
            {"type": "Point", "coordinates": [1, 1]}}]}
        """, to: "pipes.geojson")
      let climate = folder.write(
        "duration_above_min,duration_to_min,horizon,factor,source,as_of,status\n,30,2100,1.5,us,2026-01-01,confirmed\n30,,2100,1.2,us,2026-01-01,confirmed\n",
        to: "climate.csv")
      func path(_ outlets: String) throws -> String {
        try pipeline(
          inputs: [
            "rain: {kind: rain, value: 40 mm, duration: 60 min}",
            "pipes: {kind: outlet, path: \(pipes), id: pipe, capacity: full, unit: l/s}",
          ], tables: ["idf: \(idf())", "climate: \(climate)"],
          scenario: "{id: t20, return_period: 20 a, climate_table: climate, climate_horizon: 2100}",
          runoff: "{use: curve_number, value: 80}",
          hazards: ["peak_runoff: {outlets: \(outlets), snap: 5 m, table: idf, coefficient: 0.4}"])
      }
      let files = try run(try path("pipes")).files
      let rows = try TextTable(files["tables/peak_runoff.csv"]).rows
      #expect(rows.map { $0["outlet_id"] } == ["P1", "P2", "P3"])
      #expect(rows[2]["flags"] == "outside" && rows[2]["peak_l_s"] == "" && rows[2]["catchment_m2"] == "")
      let minutes = kirpich(390, 0.05)
      // The rain lasts 60 minutes, the water needs less than 30: the factor is that of short rain.
      let intensity = depth(20, minutes) * 60 / minutes * 1.5
      let litres = 0.4 * intensity * 0.4 * 10_000 / 3600
      #expect(abs(try rows[0].number("peak_l_s") - litres) < 1e-4 * litres)
      #expect(try rows[0].number("climate_factor") == 1.5)
      #expect(abs(try rows[0].number("capacity_pct") - litres) < 1e-3 * litres && rows[1]["capacity_pct"] == "")
      #expect(try rows[1].number("moved_m") == 2)
      let manifest = String(decoding: files["manifest.json"] ?? Data(), as: UTF8.self)
      #expect(manifest.contains("Kirpich") && manifest.contains("1 of 3 outlets lie outside"))
      #expect(files["layers/peak_runoff.geojson"] != nil)
      let wrong = try run(try path("dtm"), status: 2).errors
      #expect(wrong.contains("outlet or line"))
    }

    // MARK: - Losses

    @Test("slope_adjustment: every cell by the published formula")
    func slopes() throws {
      // A bowl that steepens to the south, from level ground to 1 : 1.
      let bowl = folder.path("bowl.tif")
      let cells = (0..<2400).map { cell -> Float in
        let (column, row) = (Float(cell % 40), Float(cell / 40))
        return 500 - row * row * 0.085 + column * 0.1
      }
      try writeGeoTIFF(Grid(geometry, cells: cells), to: bowl, unit: "m")
      func expected(_ number: Double, _ slope: Double, _ method: String) -> Double {
        let adjusted: Double
        if method == "huang" {
          adjusted = number * (322.79 + 15.63 * slope) / (slope + 323.52)
        } else {
          let wet = number * exp(0.00673 * (100 - number))
          adjusted = (wet - number) / 3 * (1 - 2 * exp(-13.86 * slope)) + number
        }
        let storage = 25_400 / min(100, adjusted) - 254
        let excess = 60 - 0.2 * storage
        return excess > 0 ? excess * excess / (60 + 0.8 * storage) : 0
      }
      for method in ["sharpley_williams", "huang"] {
        let path = try pipeline(
          inputs: ["rain: {kind: rain, value: 60 mm, duration: 60 min}"], scenario: "{id: even, climate_factor: 1}",
          runoff: "{use: curve_number, value: 70, slope_adjustment: \(method)}", rasters: "runoff, slope", dem: bowl)
        let files = try run(path).files
        let (runoff, slope) = (try raster(path, "even/runoff"), try raster(path, "slope"))
        for cell in 0..<runoff.count {
          let tangent = tan(Double(slope[cell]) * .pi / 180)
          #expect(abs(Double(runoff[cell]) - expected(70, tangent, method)) < 1e-3)
        }
        #expect(slope[20, 0] < 5 && slope[20, 57] > 40)
        let manifest = String(decoding: files["manifest.json"] ?? Data(), as: UTF8.self)
        #expect(manifest.contains(method == "huang" ? "Huang, M." : "Sharpley, A. N."))
      }
      let wrong = try pipeline(
        inputs: ["rain: {kind: rain, value: 60 mm, duration: 60 min}"], scenario: "{id: even, climate_factor: 1}",
        runoff: "{use: coefficient, value: 0.7, slope_adjustment: huang}")
      #expect(try run(wrong, status: 2).errors.contains("slope_adjustment"))
    }

    @Test("Drains by land cover take their rate, capped by what is there, and are accounted apart")
    func drains() throws {
      let cover = folder.path("cover.tif")
      let codes = (0..<2400).map { cell -> UInt8 in cell % 40 < 20 ? 1 : cell % 40 < 30 ? 2 : 3 }
      try writeClassGeoTIFF(Grid(geometry, cells: codes), to: cover)
      let rates = folder.write("land_cover_code,drainage_mm_h\n1,0\n2,5\n3,50\n", to: "rates.csv")
      let path = try pipeline(
        inputs: [
          "rain: {kind: rain, value: 40 mm, duration: 2 h}", "cover: {kind: class, path: \(cover), nodata: none}",
        ], tables: ["rates: \(rates)"], scenario: "{id: even, climate_factor: 1}",
        runoff: "{use: coefficient, value: 0.5, land_cover: cover, drainage_table: rates}", rasters: "runoff")
      let files = try run(path).files
      let runoff = try raster(path, "even/runoff")
      // 20 mm run off in two hours: nothing, 10 mm and all of it are taken.
      for (column, left) in [(3, 20.0), (25, 10), (35, 0)] {
        #expect(abs(Double(runoff[column, 30]) - left) < 1e-5)
      }
      let items = try TextTable(files["tables/water_balance.csv"]).rows
      let drained = try #require(items.first { $0["item"] == "drained" })
      #expect(abs(try drained.number("m3") - (10 * 600 + 20 * 600) / 1000 * 100) < 1e-3)
    }

    @Test("Drains by raster do what the same rates by land cover do; no data is no drain, and no rate is negative")
    func drainsByRaster() throws {
      let rates = (0..<2400).map { cell -> Float in cell % 40 < 20 ? .nan : cell % 40 < 30 ? 5 : 50 }
      let file = folder.path("rates.tif")
      try writeGeoTIFF(Grid(geometry, cells: rates), to: file, nodata: -1)
      func text(_ file: String, _ unit: String) throws -> String {
        try pipeline(
          inputs: [
            "rain: {kind: rain, value: 40 mm, duration: 2 h}", "rates: {kind: rate, path: \(file), unit: \(unit)}",
          ], tables: [], scenario: "{id: even, climate_factor: 1}",
          runoff: "{use: coefficient, value: 0.5, drainage_input: rates}", rasters: "runoff")
      }
      let path = try text(file, "mm/h")
      _ = try run(path)
      let runoff = try raster(path, "even/runoff")
      for (column, left) in [(3, 20.0), (25, 10), (35, 0)] {
        #expect(abs(Double(runoff[column, 30]) - left) < 1e-5)
      }
      // 1 l/(s ha) is 0.36 mm/h.
      let small = try text(file, "l/(s ha)")
      _ = try run(small)
      #expect(abs(Double(try raster(small, "even/runoff")[25, 30]) - 16.4) < 1e-5)
      let wrong = folder.path("wrong.tif")
      try writeGeoTIFF(Grid(geometry, cells: rates.map { $0 == 5 ? -5 : $0 }), to: wrong, nodata: -1)
      #expect(try run(try text(wrong, "mm/h"), status: 3).errors.contains("-5"))
    }

    @Test("Snow: one temperature, a station's over time, with its height")
    func snow() throws {
      let out = folder.path("melt.tif")
      let like = ["--like", dem, "--method", "coefficient", "--value", "1", "--duration", "12h"]
      func runoff(_ temperature: String) throws -> Double {
        let report = try json(
          [
            "runoff", out, "--replace", "--rain", "10mm", "--snow", "40mm", "--melt-factor", "4", "--temperature",
            temperature,
          ]
            + like)
        return (report["runoff_m3"] as? Double ?? 0) / 240
      }
      // 4 mm · 6 degrees · half a day melt, and the rain.
      #expect(abs(try runoff("6") - 22) < 1e-5)
      let ramp = folder.write("hours,temperature_c\n0,0\n12,12\n", to: "ramp.csv")
      #expect(abs(try runoff(ramp) - 22) < 1e-4)
      // Snow falls and lies.
      #expect(try runoff("-2") == 0)
      let short = folder.write("hours,temperature_c\n0,0\n6,12\n", to: "short.csv")
      let refused = try BuiltProgram.run(
        ["runoff", out, "--replace", "--rain", "10mm", "--snow", "40mm", "--melt-factor", "4", "--temperature", short]
          + like)
      #expect(refused.status == 3 && refused.errors.contains("hour 12") && refused.errors.contains("whole rain"))
      let stations = folder.write(
        "station;hours;temperature_c\nlow;0;6,0\nlow;24;6,0\nhigh;0;1\nhigh;24;1\n", to: "stations.csv")
      func pipeline(_ temperature: String) throws -> String {
        try self.pipeline(
          inputs: ["rain: {kind: rain, value: 10 mm, duration: 12 h}"], tables: ["stations: \(stations)"],
          scenario: "{id: even, climate_factor: 1}",
          runoff:
            "{use: coefficient, value: 1, snowmelt: {factor: 4, water_equivalent: 40 mm, temperature_table: stations, \(temperature)}}",
          rasters: "rain")
      }
      let flat = try pipeline("station: low")
      _ = try run(flat)
      #expect(try raster(flat, "even/rain").cells.allSatisfy { abs($0 - 22) < 1e-4 })
      // 6 degrees at 100 m, a degree less for every ten metres above: at 90 m, row 20, 7 degrees.
      let high = try pipeline("station: low, elevation: 100 m, lapse_rate: 100")
      // A lapse rate of 100 degrees a kilometre is refused; 20 is the most.
      #expect(try run(high, status: 2).errors.contains("lapse_rate"))
      let lapse = try pipeline("station: low, elevation: 100 m, lapse_rate: 20")
      _ = try run(lapse)
      let water = try raster(lapse, "even/rain")
      for row in [0, 20, 59] {
        let celsius = 6 + Double(row) * 0.5 * 20 / 1000
        #expect(abs(Double(water[7, row]) - (10 + 4 * celsius / 2)) < 1e-4)
      }
      let unnamed = try pipeline("base: 0")
      #expect(try run(unnamed, status: 2).errors.contains("2 stations and none is named"))
    }

    // MARK: - Rain

    @Test("A set of rasters by return period and duration: every cell has its own storm")
    func rasterSets() throws {
      // East of the middle half as much again; far enough from it nothing is interpolated.
      var text = "return_period_a,duration_min,path,unit\n"
      for years in [20.0, 100] {
        for minutes in [10.0, 30, 60, 120] {
          let name = "set_\(Int(years))_\(Int(minutes)).tif"
          let millimetres = Float(depth(years, minutes))
          let cells = (0..<2400).map { cell -> Float in cell % 40 < 20 ? millimetres : millimetres * 1.5 }
          try writeGeoTIFF(Grid(geometry, cells: cells), to: folder.path(name))
          text += "\(years),\(minutes),\(name),mm\n"
        }
      }
      let set = folder.write(text, to: "set.csv")
      func path(_ storm: String, _ scenario: String) throws -> String {
        try pipeline(
          inputs: ["rain: {kind: rain, duration: 60 min, storm: {table: idf, \(storm)}}"], tables: ["idf: \(set)"],
          scenario: scenario, runoff: "{use: coefficient, value: 0.5, interception: 3 mm}")
      }
      for shape in ["block", "chicago", "alternating_block"] {
        let pipeline = try path(
          "shape: \(shape), step: 7 min", "{id: t50, return_period: 50 a, climate_factor: 1.2}")
        let files = try run(pipeline).files
        let (rain, runoff) = (try raster(pipeline, "t50/rain"), try raster(pipeline, "t50/runoff"))
        // Depth between return periods is linear in Gumbel's variate.
        func variate(_ years: Double) -> Double { -log(-log(1 - 1 / years)) }
        let share = (variate(50) - variate(20)) / (variate(100) - variate(20))
        let wanted = (depth(20, 60) * (1 - share) + depth(100, 60) * share) * 1.2
        for (column, factor) in [(3, 1.0), (36, 1.5)] {
          #expect(abs(Double(rain[column, 30]) - wanted * factor) < 1e-4)
          #expect(abs(Double(runoff[column, 30]) - (wanted * factor - 3) / 2) < 1e-4)
        }
        let drawing = String(decoding: files["plots/t50_hyetograph.svg"] ?? Data(), as: UTF8.self)
        #expect(drawing.contains("mean over the grid") && drawing.contains("T = 50 a"))
        #expect(drawing.components(separatedBy: "#3182bd").count == 10, "nine steps of 7 minutes make an hour")
        let manifest = String(decoding: files["manifest.json"] ?? Data(), as: UTF8.self)
        #expect(manifest.contains("table idf: 20.0 a, 60.0 min"))
      }
      let beyond = try path("shape: block", "{id: t500, return_period: 500 a, climate_factor: 1}")
      #expect(try run(beyond, status: 2).errors.contains("20.0"))
    }

    @Test("A series' hyetograph is drawn from the mean of every step, in hours or days")
    func series() throws {
      // Thirty steps of 6 h: rain of the step's number in the west, nothing in the east.
      let file = folder.path("series.nc")
      try writeSeries(file, steps: 30)
      let path = try pipeline(
        inputs: [
          "rain: {kind: rain, paths: [\((0..<30).map { "\(file)_\($0).tif" }.joined(separator: ", "))], unit: mm, "
            + "accumulated: false, step: 6 h, duration: 180 h}"
        ], scenario: "{id: wet, climate_factor: 1}", runoff: "{use: coefficient, value: 0.5}")
      let files = try run(path).files
      let drawing = String(decoding: files["plots/wet_hyetograph.svg"] ?? Data(), as: UTF8.self)
      // 0 + 1 + … + 29 mm over half of the cells.
      #expect(drawing.contains("10800.0 min, 217.5 mm, mean over the grid") && drawing.contains(">days<"))
      #expect(drawing.components(separatedBy: "#3182bd").count == 30, "the first step is dry")
    }

    private func writeSeries(_ path: String, steps: Int) throws {
      for step in 0..<steps {
        let cells = (0..<2400).map { cell -> Float in cell % 40 < 20 ? Float(step) : 0 }
        try writeGeoTIFF(Grid(geometry, cells: cells), to: "\(path)_\(step).tif", unit: "mm")
      }
    }

    @Test("AROME's rain and temperature, step by step", .enabled(if: runsWithSharedData("jotunheimen")))
    func arome() throws {
      let arome = try #require(sharedData("arome/arome_metcoop_red_default2_5km_20150824_00.nc")).path
      var text = String(
        decoding: FileManager.default.contents(atPath: pipelinePath("jotunheimen")) ?? Data(), as: UTF8.self
      ).replacingOccurrences(of: "../fixtures", with: packageRoot.appendingPathComponent("fixtures").path)
      text = try text.replacing(
        required: "    path: ${OVERVANN_SHARED_DATA}/jotunheimen/arome_20150824_00_total67h_mm_lcc.tif\n    unit: mm\n",
        with: "    path: \(arome)\n    variable: precipitation_amount\n    unit: kg/m2\n    accumulated: false\n"
          + "    bands: [38, 50]\n")
      text = try text.replacing(
        required: "  deposits:",
        with: "  air: {kind: temperature, path: \(arome), variable: air_temperature_2m, unit: K}\n  deposits:")
      let start = try #require(text.range(of: "  slide:\n"))
      let end = try #require(text.range(of: "outputs:\n"))
      text.removeSubrange(start.lowerBound..<end.lowerBound)
      text = try text.replacing(
        required: "cog: [depth, runoff, rain, stability, filled, flow_accumulation]", with: "cog: [rain]")
      let plain = folder.write(text, to: "plain.yaml")
      let snowy = folder.write(
        try text.replacing(
          required: "{use: coefficient, value: 0.6}",
          with:
            "{use: coefficient, value: 0.6, snowmelt: {factor: 4, water_equivalent: 100 mm, temperature_input: air}}"),
        to: "snowy.yaml")
      for (path, name) in [(plain, "plain"), (snowy, "snowy")] {
        let result = try BuiltProgram.run(["run", path, "--out", folder.path(name), "--quiet"])
        #expect(result.status == 0, "\(result.errors)")
      }
      let rain = try readRaster(folder.path("plain/rasters/forecast/rain.tif")).grid
      let water = try readRaster(folder.path("snowy/rasters/forecast/rain.tif")).grid
      // By hand at one cell: the temperature of every hour, melt of 4 mm a degree and day while there is snow.
      let (column, row) = (256, 200)
      let target = rain.geometry
      func reader(_ variable: String) throws -> RasterSeriesReader {
        try RasterSeriesReader(
          try RasterSeries([arome], variable: variable), onto: target.window(columns: 250..<262, rows: 195..<207),
          resampling: .bilinear, RasterReading())
      }
      let (rains, airs) = (try reader("precipitation_amount"), try reader("air_temperature_2m"))
      var (snow, supply, total) = (100.0, 0.0, 0.0)
      for step in 37..<50 {
        let celsius = Double(try #require(try airs.read(step))[column - 250, row - 195]) - 273.15
        let fallen = Double(try #require(try rains.read(step))[column - 250, row - 195])
        total += fallen
        if celsius <= 0.5 { snow += fallen } else { supply += fallen }
        let melt = min(snow, 4 * max(0, celsius) / 24)
        snow -= melt
        supply += melt
      }
      #expect(abs(Double(rain[column, row]) - total) < 1e-2 && total > 1)
      #expect(abs(Double(water[column, row]) - supply) < 2e-2 && abs(supply - total) > 1)
    }
  }
}
