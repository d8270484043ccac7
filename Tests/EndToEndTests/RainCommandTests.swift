import Foundation
import Geodata
import Grids
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Rain commands")
  struct RainCommands {
    let folder = TemporaryFolder()
    private let table = packageRoot.appendingPathComponent("fixtures/sandvika/idf.csv").path

    private func tables(_ name: String) -> String {
      packageRoot.appendingPathComponent("fixtures/tables/\(name).csv").path
    }

    private func shared(_ path: String) throws -> String { try #require(sharedData(path)).path }

    private func json(_ arguments: [String]) throws -> [String: Any] {
      let result = try BuiltProgram.run(arguments + ["--json", "--quiet"])
      #expect(result.status == 0, "\(result.errors)")
      return try jsonObject(Data(result.output.utf8))
    }

    @Test("storm: the table's depth, the factor once, steps and drawing")
    func storm() throws {
      let (csv, svg) = (folder.path("storm.csv"), folder.path("storm.svg"))
      let storm = try json([
        "storm", "--table", table, "--return-period", "20", "--duration", "60min", "--shape", "chicago", "--peak",
        "0.4",
        "--climate-factor", "1.4", "--csv", csv, "--svg", svg,
      ])
      let depth = try #require(storm["table_depth_mm"] as? Double)
      #expect(abs((storm["depth_mm"] as? Double ?? 0) - depth * 1.4) < 1e-9)
      let steps = try TextTable(FileManager.default.contents(atPath: csv)).rows
      #expect(steps.count == 12)
      #expect(abs(try steps[11].number("cumulative_mm") - depth * 1.4) < 1e-9)
      // Thirty minutes around the peak: from minute 12 to 42 the table's depth for that duration. In steps of 2 min.
      let fine = try json([
        "storm", "--table", table, "--return-period", "20", "--duration", "60min", "--shape", "chicago", "--peak",
        "0.4",
        "--step", "2min",
      ])
      let half = try json(["storm", "--table", table, "--return-period", "20", "--duration", "30min"])
      let depths = try #require(fine["steps_mm"] as? [Double])
      #expect(abs(depths[6..<21].reduce(0, +) - (half["depth_mm"] as? Double ?? 0)) < 1e-9)
      let drawing = String(decoding: FileManager.default.contents(atPath: svg) ?? Data(), as: UTF8.self)
      #expect(drawing.hasPrefix("<svg") && drawing.hasSuffix("</svg>\n") && drawing.contains("climate factor 1.4"))
      // Every element is closed.
      #expect(drawing.components(separatedBy: "<text").count == drawing.components(separatedBy: "</text>").count)
      // A factor from the table, the areal factor and figures beyond the table.
      let wide = try json([
        "storm", "--table", table, "--return-period", "100", "--duration", "60min", "--climate-table",
        tables("climate_allowances"), "--climate-horizon", "2100", "--area", "10km2", "--areal-table",
        tables("areal_reduction_example"),
      ])
      #expect(wide["climate_factor"] as? Double == 1.5 && wide["areal_factor"] as? Double == 0.95)
      let beyond = ["storm", "--table", table, "--return-period", "100", "--duration", "3d"]
      #expect(try BuiltProgram.run(beyond).status == 2)
      #expect(try json(beyond + ["--extrapolate"])["extrapolated"] as? String == "longer than the table's durations")
    }

    @Test("Tables in every form: Norwegian spreadsheet, wide, Frost JSON")
    func forms() throws {
      let wide = "\u{FEFF}return_period_a;10;60 min;2 t\r\n2;60,5;25;16\r\n\r\n20;120;50,25;30\r\n"
      let latin =
        Data(
          "# St\u{e5}lverket, m\u{e5}lt 1970\u{2013}".replacingOccurrences(of: "\u{2013}", with: "-").unicodeScalars.map
          { UInt8($0.value) })
        + Data("\nreturn_period_a,duration_min,depth,unit\n2,10,10,mm\n2,60,20,mm\n20,10,20,mm\n20,60,40,mm\n".utf8)
      let frost =
        "{\"data\":[{\"sourceId\":\"SN1\",\"unit\":\"mm\",\"values\":[{\"frequency\":20,\"duration\":60,\"intensity\":33}]}]}"
      for (path, unit, depth) in [
        (folder.write(wide, to: "wide.csv"), ["--table-unit", "l/(s*ha)"], 50.25 * 0.36),
        (folder.write(latin, to: "latin.csv"), [], 40), (folder.write(frost, to: "frost.json"), [], 33),
      ] {
        let storm = try json(["storm", "--table", path, "--return-period", "20", "--duration", "60min"] + unit)
        #expect(abs((storm["depth_mm"] as? Double ?? 0) - depth) < 1e-9, "\(path)")
      }
    }

    @Test("runoff peak: the worked example of practice")
    func peak() throws {
      let csv = folder.write(
        "return_period_a,duration_min,intensity,unit\n20,5,300,l/(s*ha)\n20,10,200,l/(s*ha)\n200,5,450,l/(s*ha)\n200,10,300,l/(s*ha)\n",
        to: "idf.csv")
      // 0.8 · 200 l/(s·ha) · 1 ha · 1.5 = 240 l/s.
      let peak = try json([
        "runoff", "peak", "--area", "1ha", "--coefficient", "0.8", "--time", "10min", "--table", csv, "--return-period",
        "20", "--climate-factor", "1.5",
      ])
      #expect(abs((peak["peak_l_s"] as? Double ?? 0) - 240) < 1e-6)
      let two = try json([
        "runoff", "peak", "--area", "1ha", "--coefficient", "0.8", "--length", "150", "--slope", "0.02", "--table", csv,
        "--return-period", "20", "--return-period", "200", "--increase", tables("coefficient_increase"),
      ])
      let peaks = try #require(two["peaks"] as? [[String: Any]])
      #expect(peaks.count == 2 && peaks[1]["coefficient"] as? Double == 1)
      #expect(
        abs((two["time_of_concentration_min"] as? Double ?? 0) - 0.0195 * pow(150, 0.77) * pow(0.02, -0.385)) < 1e-9)
    }

    @Test("runoff: every method on the example's ground, the books closed")
    func runoff() throws {
      let place = fixtures.path
      // Cells of 10 m: every class of the example, a hundredth of its cells.
      let whole = try #require(try inspectRaster("\(place)/land_cover.tif").geometry)
      let coarse = GridGeometry(
        columns: whole.columns / 10, rows: whole.rows / 10, west: whole.west, north: whole.north, cellWidth: 10,
        cellHeight: 10, crs: whole.crs)
      let like = folder.path("coarse.tif")
      try writeGeoTIFF(Grid<Float>(coarse, repeating: 1), to: like)
      let ground = ["--land-cover", "\(place)/land_cover.tif", "--soil", "\(place)/deposits.tif", "--like", like]
      func run(_ name: String, _ arguments: [String]) throws -> (report: [String: Any], runoff: Double) {
        let report = try json(["runoff", folder.path("\(name).tif"), "--rain", "60mm"] + arguments)
        let parts = ["interception_m3", "infiltration_m3", "drained_m3", "runoff_m3"].compactMap {
          report[$0] as? Double
        }
        let rain = try #require(report["rain_m3"] as? Double)
        #expect(parts.count == 4 && abs(parts.reduce(0, +) - rain) < 1e-9 * rain)
        return (report, parts[3])
      }
      let curve = ["--table", tables("curve_numbers"), "--soil-groups", tables("soil_groups")]
      let average = try run("average", ground + curve)
      let wet = try run("wet", ground + curve + ["--condition", "III"])
      let dry = try run("dry", ground + curve + ["--condition", "I", "--lambda", "0.05", "--convert-lambda"])
      #expect(dry.runoff < average.runoff && average.runoff < wet.runoff)
      let drained = try run("drained", ground + curve + ["--drainage", "12mm/h", "--interception", "2mm"])
      #expect(drained.runoff < average.runoff && (drained.report["drained_m3"] as? Double ?? 0) > 0)
      let coefficient = try run(
        "coefficient", ["--method", "coefficient", "--table", tables("runoff_coefficients")] + ground)
      #expect(coefficient.runoff > 0)
      let storm = folder.path("storm.csv")
      _ = try json([
        "storm", "--table", table, "--return-period", "200", "--duration", "60min", "--shape", "chicago", "--csv",
        storm,
      ])
      var block: [String: Double] = [:]
      for method in ["green_ampt", "horton", "initial_constant"] {
        let numbers = ["--method", method, "--table", tables("infiltration"), "--impervious", tables("impervious")]
        block[method] = try run(method, ground + numbers).runoff
        #expect(block[method] ?? 0 > 0)
        let peaked = try json(
          ["runoff", folder.path("\(method)_storm.tif"), "--rain", storm] + ground + numbers)
        #expect((peaked["runoff_m3"] as? Double ?? 0) > 0)
      }
      let grid = try readRaster(folder.path("green_ampt.tif"))
      #expect(grid.information.unit == "mm" && grid.grid.cells.allSatisfy { $0.isNaN || ($0 >= 0 && $0 <= 60) })
    }

    @Test("rain: AROME, total, maxima, return period", .enabled(if: runsWithSharedData("arome")))
    func arome() throws {
      let file = try shared("arome/arome_metcoop_red_default2_5km_20150824_00.nc")
      let rain = [file, "--variable", "precipitation_amount", "--per-step"]
      let inspection = try json(["rain", "inspect"] + rain + ["--values"])
      #expect(inspection["steps"] as? Int == 67 && inspection["step_hours"] as? Double == 1)
      #expect(inspection["leading_steps_without_values"] as? Int == 1)
      #expect(inspection["last"] as? String == "2015-08-26T18:00:00Z")
      let total = folder.path("total.tif")
      _ = try json(["rain", "total"] + rain + ["--out", total])
      let expected = try readRaster(try shared("jotunheimen/arome_20150824_00_total67h_mm_lcc.tif")).grid
      let found = try readRaster(total).grid
      #expect(zip(found.cells, expected.cells).allSatisfy { abs($0 - $1) < 2e-3 })
      let maxima = try json(
        [
          "rain", "return-period",
        ] + rain + ["--table", table, "--windows", "1h,24h", "--out", folder.path("event")])
      let (hour, day) = (
        try readRaster(folder.path("event/maximum_1h.tif")).grid,
        try readRaster(folder.path("event/maximum_24h.tif")).grid
      )
      #expect(zip(hour.cells, day.cells).allSatisfy { $0 <= $1 })
      #expect(maxima["return_period_24h_a"] as? Double ?? 0 >= 2)
      let standing = try readClasses(folder.path("event/standing_24h.tif"), .init(scansForSentinels: false)).grid
      #expect(standing.cells.allSatisfy { (1...3).contains($0) })
    }

    @Test("rain: what cannot be meant is refused with the way out", .enabled(if: runsWithSharedData("arome")))
    func refusals() throws {
      let arome = try shared("arome/arome_metcoop_red_default2_5km_20150824_00.nc")
      let radar = try shared("radar-rain/201609281445_FINUTM.tif")
      let out = ["--out", folder.path("out.tif")]
      // A part of the American mosaic off the coast: the whole has 25 million cells, of which a third are such.
      let atlantic = folder.path("atlantic.tif")
      try writeGeoTIFF(
        Grid<Float>(
          GridGeometry(
            columns: 60, rows: 40, west: -62, north: 54, cellWidth: 0.02, cellHeight: 0.02,
            crs: try coordinateReferenceSystem("EPSG:4326")), repeating: 0), to: atlantic)
      let falling = folder.write(
        "return_period_a,duration_min,intensity,unit\n2,10,20,mm\n2,60,10,mm\n", to: "falling.csv")
      let cases: [(arguments: [String], status: Int32, words: [String])] = [
        (["rain", "total", arome] + out, 3, ["precipitation_amount"]),
        (["rain", "total", arome, "--variable", "precipitation_amount"] + out, 3, ["accumulated: false or true"]),
        (
          ["rain", "total", arome, "--variable", "precipitation_amount", "--per-step", "--unit", "mm/h"] + out, 3,
          ["kg/m^2", "mm/h"]
        ),
        (["rain", "total", arome, "--variable", "air_temperature_2m", "--per-step"] + out, 3, ["no unit of rain"]),
        (
          ["rain", "total", arome, "--variable", "precipitation_amount", "--accumulated"] + out, 3,
          ["falls from", "column"]
        ),
        (["rain", "inspect", radar, "--unit", "mm"], 3, ["dBZ", "Z–R"]),
        (
          [
            "rain", "total", try shared("radar-rain/PrecipRate_00.00_20190610-000000.grib2"), "--step", "2min",
            "--bands", "1", "--like", atlantic,
          ] + out, 3, ["nodata: -3"]
        ),
        (["rain", "inspect", try shared("senorge/fennodem_utm33.nc"), "--unit", "mm"], 3, ["georeference"]),
        (["rain", "inspect", try shared("senorge/observed_data.csv")], 3, ["observed_data.csv"]),
        (["rain", "inspect", try shared("stage-iv-rain/test_stageiv_xyt.nc"), "--per-step"], 3, ["curvilinear"]),
        (
          ["rain", "maxima", arome, "--variable", "precipitation_amount", "--per-step", "--windows", "90min"] + out, 2,
          ["whole number"]
        ),
        (
          ["storm", "--table", falling, "--return-period", "2", "--duration", "20min"], 2,
          ["depth falls", "falling.csv"]
        ),
        (["storm", "--table", table, "--return-period", "1", "--duration", "20min"], 2, ["longer than a year"]),
        (["runoff", folder.path("r.tif"), "--rain", "60mm", "--value", "80"], 2, ["--like"]),
        (["runoff", folder.path("r.tif"), "--rain", "60mm", "--method", "horton", "--value", "1"], 2, ["--table"]),
      ]
      for (arguments, status, words) in cases {
        let result = try BuiltProgram.run(arguments)
        #expect(result.status == status, "\(arguments): \(result.errors)")
        for word in words { #expect(result.errors.contains(word), "\(arguments): \(result.errors)") }
      }
      #expect(!FileManager.default.fileExists(atPath: folder.path("out.tif")))
    }

    @Test("A pipeline with a storm from a table, a climate table, Green–Ampt, measures and drains")
    func pipeline() throws {
      func run(_ name: String, _ runoff: String) throws -> [String: Data] {
        var text = try shortSandvikaText()
        let rain = try #require(text.range(of: "  rain:\n"))
        let areas = try #require(text.range(of: "  areas: {kind: area"))
        text.replaceSubrange(
          rain.lowerBound..<areas.lowerBound,
          with: """
              rain:
                kind: rain
                duration: 60 min
                storm: {table: idf, shape: chicago, peak: 0.4, step: 5 min}

            """)
        text = try text.replacing(
          required: "tables:\n",
          with: """
            tables:
              idf: \(table)
              climate: \(tables("climate_allowances"))
              infiltration: \(tables("infiltration"))
              impervious: \(tables("impervious"))

            """)
        text = try text.replacing(
          required: "T: 20, climate_factor: 1}", with: "climate_table: climate, climate_horizon: 2100}")
        let start = try #require(text.range(of: "  runoff: {use: curve_number"))
        let end = try #require(text[start.lowerBound...].firstIndex(of: "\n"))
        text.replaceSubrange(start.lowerBound..<end, with: "  runoff: \(runoff)")
        let path = folder.write(text, to: "\(name).yaml")
        let result = try BuiltProgram.run(["run", path, "--out", folder.path(name), "--quiet"])
        #expect(result.status == 0, "\(result.errors)")
        return folderContents(URL(fileURLWithPath: folder.path(name)))
      }
      func balance(_ files: [String: Data]) throws -> [String: Double] {
        try TextTable(files["tables/water_balance.csv"]).rows.reduce(into: [:]) {
          $0[$1["item"] ?? ""] = try $1.number("m3")
        }
      }
      let ground =
        "use: green_ampt, land_cover: land_cover, soil: deposits, table: infiltration, impervious: impervious"
      let files = try run("plain", "{\(ground)}")
      let plain = try balance(files)
      let drained = try balance(try run("drained", "{\(ground), drainage_rate: 12 mm/h, interception: 1 mm}"))
      #expect(plain["drained"] == 0 && drained["drained"] ?? 0 > 0)
      #expect((drained["runoff"] ?? 0) < (plain["runoff"] ?? 0) && drained["rain"] == plain["rain"])
      let drawing = String(decoding: files["plots/even_hyetograph.svg"] ?? Data(), as: UTF8.self)
      #expect(drawing.contains("climate factor 1.4"))
      let manifest = String(decoding: files["manifest.json"] ?? Data(), as: UTF8.self)
      #expect(manifest.contains("climate factor even") && manifest.contains("Green, W. H."))
    }
  }
}
