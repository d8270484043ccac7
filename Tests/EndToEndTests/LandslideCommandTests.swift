import Foundation
import Geodata
import Grids
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Landslide commands")
  struct LandslideCommands {
    let folder = TemporaryFolder()

    private static let dtm = fixtures.appendingPathComponent("dtm.tif").path
    private static let deposits = fixtures.appendingPathComponent("deposits.tif").path
    private static let table =
      packageRoot.appendingPathComponent("fixtures/tables/slope_parameters.csv").path

    private func run(_ arguments: [String]) throws -> [String: Any] {
      let result = try BuiltProgram.run(["landslide"] + arguments + ["--json"])
      #expect(result.status == 0, "\(arguments): \(result.errors)")
      return try jsonObject(Data(result.output.utf8))
    }

    private func slope(_ command: String, out: String, _ more: [String]) -> [String] {
      [
        command, Self.dtm, "--soil", Self.deposits, "--table", Self.table, "--nodata", "outlet", "--out",
        folder.path(out),
      ] + more
    }

    private func raster(_ path: String) throws -> [Float] { try readRaster(folder.path(path)).grid.cells }

    @Test("stability: wetter is weaker, and slopes fail where the recharge is critical")
    func stability() throws {
      let thresholds = folder.write(
        "region_code,slope_from_deg,slope_to_deg,plan_curvature_1_m,upslope_area_m2,source,date\n"
          + "1,25,45,-0.01,100,test,2026-01-01\n", to: "thresholds.csv")
      let report = try run(
        slope("stability", out: "s", ["--recharge", "20 mm/d", "--release-table", thresholds]))
      let release = try readClasses(folder.path("s/release.tif")).grid.cells
      #expect(release.count { $0 > 0 } > 100)
      #expect(Double(release.count { $0 > 0 }) == report["release_m2"] as? Double)
      // Runout takes the raster as it is: flows start on release areas alone.
      let areas = Int(try #require(release.max()))
      #expect(areas == report["release_areas"] as? Int && areas > 1)
      let runout = try run([
        "runout", Self.dtm, "--release", folder.path("s/release.tif"), "--out", folder.path("r"), "--nodata", "outlet",
      ])
      let skipped = try #require(runout["release_cells_skipped"] as? Int)
      #expect(runout["release_areas"] as? Int == areas)
      #expect(runout["release_cells"] as? Int == release.count { $0 > 0 } - skipped)
      #expect(report["transmissivity"] as? String == "normal")
      let (dry, half, full) = (
        try raster("s/safety_dry.tif"), try raster("s/safety_half.tif"), try raster("s/safety_full.tif")
      )
      let (critical, safety) = (try raster("s/critical_recharge.tif"), try raster("s/safety.tif"))
      let classes = try readClasses(folder.path("s/recharge_classes.tif")).grid
      var failing = 0
      for cell in dry.indices {
        #expect(dry[cell].isNaN == critical[cell].isNaN && dry[cell].isNaN == (classes[cell] == noClass))
        guard !dry[cell].isNaN else { continue }
        if !(dry[cell] >= half[cell] && half[cell] >= full[cell]) { Issue.record("cell \(cell)") }
        // At the bound rounding may decide either way.
        if abs(critical[cell] - 20) > 1e-3 && (safety[cell] < 1) != (critical[cell] < 20) {
          Issue.record("cell \(cell): \(safety[cell]), \(critical[cell])")
        }
        if safety[cell] < 1 { failing += 1 }
      }
      #expect(failing > 1000 && Double(failing) == report["unstable_m2"] as? Double)
      // The surfaces of the unstable class cover its cells, of 1 m², and know their least factor of safety.
      let surfaces = try readLayer(
        folder.path("s/slopes.gpkg"), reprojectedTo: nil, VectorReading(shapeType: .polygons)
      ).layer
      func place(_ name: String) throws -> Int { try #require(surfaces.fields.firstIndex { $0.name == name }) }
      let (slideClass, area, least) = (try place("slide_class"), try place("area_m2"), try place("fs_min"))
      let unstable = surfaces.features.filter { $0.values[slideClass] == .integer(1) }
      let unstableArea = unstable.reduce(0.0) { sum, feature in
        if case .real(let area) = feature.values[area] { sum + area } else { sum }
      }
      #expect(unstableArea == Double(failing))
      #expect(
        unstable.allSatisfy { feature in if case .real(let factor) = feature.values[least] { factor < 1 } else { false }
        }
      )
      let written = try jsonObject(FileManager.default.contents(atPath: folder.path("s/report.json")))
      let soils = try #require(written["soils"] as? [[String: Any]])
      let figures = try #require(soils.first?["figures"] as? [[String: Any]])
      #expect(figures.allSatisfy { ["parameter", "value", "unit", "source", "date"].allSatisfy($0.keys.contains) })
    }

    @Test("index and probability: complements where both know the same")
    func indexAndProbability() throws {
      // The same ranges for both; the index spreads the tangent of the friction angle evenly.
      func parameters(_ friction: String, _ unit: String) -> String {
        """
        deposit_code,parameter,value,unit,source,date
        1,dimensionless_cohesion,0,1,test,2026-01-01
        1,cohesion,0,kPa,test,2026-01-01
        1,\(friction),\(unit),test,2026-01-01
        1,unit_weight,19.62,kN/m3,test,2026-01-01
        1,depth,1,m,test,2026-01-01
        1,transmissivity,20,m2/d,test,2026-01-01

        """
      }
      let angles = folder.write(parameters("friction_angle,uniform 30 40", "deg"), to: "angles.csv")
      let tangents = folder.write(
        parameters("friction_tangent,uniform 0.5773502691896 0.8390996311773", "1"), to: "tangents.csv")
      let soil = folder.path("one.tif")
      let geometry = try readRaster(Self.dtm).grid.geometry
      try writeClassGeoTIFF(Grid<UInt8>(geometry, repeating: 1), to: soil)
      let common = [Self.dtm, "--soil", soil, "--nodata", "outlet", "--table"]
      _ = try run(["index"] + common + [angles, "--recharge", "30 mm/d", "--out", folder.path("i")])
      for threads in ["1", "2"] {
        _ = try run(
          ["probability"] + common + [
            tangents, "--recharge", "30", "--draws", "1000", "--out", folder.path("p\(threads)"), "--threads", threads,
          ])
      }
      #expect(try raster("p1/probability.tif").map(\.bitPattern) == raster("p2/probability.tif").map(\.bitPattern))
      let (index, probability) = (try raster("i/stability_index.tif"), try raster("p1/probability.tif"))
      let (lower, upper) = (try raster("p1/probability_lower.tif"), try raster("p1/probability_upper.tif"))
      var (between, outside) = (0, 0)
      for cell in index.indices where !index[cell].isNaN {
        #expect(lower[cell] <= probability[cell] && probability[cell] <= upper[cell])
        guard index[cell] > 0.05, index[cell] < 0.95 else { continue }
        between += 1
        if index[cell] < 1 - upper[cell] || index[cell] > 1 - lower[cell] { outside += 1 }
      }
      // One in twenty is expected.
      #expect(between > 1000 && abs(Double(outside) / Double(between) - 0.05) < 0.015, "\(outside) of \(between)")
    }

    @Test("transient: rain weakens, the books close, and more rain fails earlier")
    func transient() throws {
      func rain(_ out: String, _ rate: String, _ more: [String] = []) throws -> [String: Any] {
        try run(
          slope("transient", out: out, ["--rain", "24h=\(rate)", "--rain", "6h=\(rate)", "--water-table", "1m"] + more))
      }
      let report = try rain("t1", "2mm/h")
      _ = try rain("t2", "6mm/h", ["--times", "30h", "--run-on", "none"])
      for step in try #require(report["water_balance_m"] as? [[String: Double]]) {
        #expect(abs(try #require(step["error"])) < 1e-6 * (try #require(step["rain"])))
      }
      let (first, second) = (try raster("t1/safety_24h.tif"), try raster("t1/safety_30h.tif"))
      let (least, time) = (try raster("t1/safety.tif"), try raster("t1/failure_time.tif"))
      var fell = 0
      for cell in least.indices where !least[cell].isNaN {
        if least[cell] != min(first[cell], second[cell]) { Issue.record("cell \(cell)") }
        if (least[cell] < 1) != (time[cell] < 1_000_000) { Issue.record("cell \(cell): \(time[cell])") }
        if least[cell] < 1 && time[cell] > 0 { fell += 1 }
      }
      #expect(fell > 0)
      #expect(FileManager.default.fileExists(atPath: folder.path("t2/pressure_head_30h.tif")))
    }

    @Test("threshold: curves and tables, step by step")
    func threshold() throws {
      let geometry = try readRaster(Self.dtm).grid.geometry.window(columns: 0..<4, rows: 0..<1)
      let rain = folder.path("rain.tif")
      // 24 h at the threshold is 4.2911 mm/h; here days of 24 h.
      try writeGeoTIFF(Grid(geometry, cells: [50, 103, 206, .nan]), to: rain)
      _ = try run([
        "threshold", "--curve", "caine1980", "--series", rain, "--step", "24h", "--series-unit", "mm", "--levels",
        "0.5,1,2", "--ratios",
        "--out", folder.path("c"),
      ])
      let levels = try readClasses(folder.path("c/level_001.tif")).grid
      #expect(levels.cells == [1, 3, 4, noClass])
      #expect(abs(try raster("c/ratio_001.tif")[1] - 103 / 102.986) < 1e-4)
      let text = String(
        decoding: try #require(FileManager.default.contents(atPath: folder.path("c/levels.csv"))), as: UTF8.self)
      #expect(text == "step,end_h,level,cells\n1,24,no data,1\n1,24,1,1\n1,24,3,1\n1,24,4,1\n")
      let table = folder.write("saturation,0,100,150\n0,1,1,2\n60,1,2,3\n80,2,3,4\n", to: "levels.csv")
      let (wet, supply) = (folder.path("wet.tif"), folder.path("supply.tif"))
      try writeGeoTIFF(Grid(geometry, cells: [10, 60, 90, 90]), to: wet)
      try writeGeoTIFF(Grid(geometry, cells: [149, 150, 20, 900]), to: supply)
      _ = try run([
        "threshold", "--table", table, "--rows", wet, "--columns", supply, "--out", folder.path("w"),
      ])
      #expect(try readClasses(folder.path("w/largest_level.tif")).grid.cells == [1, 3, 2, 4])
    }

    @Test("A pipeline writes them by scenario, only when configured")
    func pipeline() throws {
      let text = try shortSandvikaText()
        .replacing(
          required: "tables:\n", with: "tables:\n  slope_parameters: \(Self.table)\n"
        )
        .replacing(
          required: "    recharge: {from: infiltration",
          with: """
                index: {table: slope_parameters}
                probability: {table: slope_parameters, draws: 100, seed: 3, recharge_factor: "uniform 0.5 1.5"}
                transmissivity: vertical
                recharge: {from: infiltration
            """
        )
        .replacing(
          required: "cog: [depth, runoff, stability, hazard_class, ground, filled, flow_accumulation]",
          with: "cog: [stability, critical_recharge, stability_index, probability]")
      let pipeline = folder.write(text, to: "slopes.yaml")
      let result = try BuiltProgram.run(["run", pipeline, "--out", folder.path("slopes"), "--quiet"])
      #expect(result.status == 0, "\(result.errors)")
      let files = folderContents(URL(fileURLWithPath: folder.path("slopes")))
      #expect(
        Set(files.keys.filter { $0.hasPrefix("rasters/") }) == [
          "rasters/critical_recharge.tif", "rasters/even/stability.tif", "rasters/even/stability_index.tif",
          "rasters/even/probability.tif", "rasters/even/probability_lower.tif", "rasters/even/probability_upper.tif",
          "rasters/even/saturation_probability.tif", "rasters/even/stability_index_saturation.tif",
          "rasters/recharge_classes.tif",
        ])
      let (safety, probability) = (
        try raster("slopes/rasters/even/stability.tif"), try raster("slopes/rasters/even/probability.tif")
      )
      #expect(zip(safety, probability).allSatisfy { $0.isNaN == $1.isNaN && !($1 < 0) && !($1 > 1) })
      // What fails with the means fails more often than not.
      let failing = zip(safety, probability).filter { $0.0 < 0.8 }
      #expect(failing.count > 100 && failing.reduce(0) { $0 + $1.1 } > 0.5 * Float(failing.count))
      let missing = folder.write(
        try text.replacing(required: "    index: {table: slope_parameters}\n", with: ""), to: "missing.yaml")
      let refused = try BuiltProgram.run(["validate", missing])
      #expect(refused.status == 2 && refused.errors.contains("stability_index is not computed"), "\(refused.errors)")
    }

    @Test("What cannot be computed is refused with the way out")
    func refusals() throws {
      let bad = folder.write(
        "deposit_code,parameter,value,unit,source,date\n12,cohesion,2,psi,book,2020\n", to: "unit.csv")
      let unknown = folder.write(
        "deposit_code,parameter,value,unit,source,date\n12,cohesin,2,kPa,book,2020\n", to: "unknown.csv")
      let unsourced = folder.write(
        "deposit_code,parameter,value,unit,source,date\n12,cohesion,2,kPa,,2020\n", to: "unsourced.csv")
      let thin = folder.write(
        "deposit_code,parameter,value,unit,source,date\n12,cohesion,2,kPa,book,2020\n", to: "thin.csv")
      let levels = folder.write("saturation,0,100\n0,2,1\n", to: "falling.csv")
      func stability(_ table: String) -> [String] {
        [
          "stability", Self.dtm, "--soil", Self.deposits, "--table", table, "--nodata", "outlet", "--out",
          folder.path("r"),
        ]
      }
      let cases: [(arguments: [String], status: Int32, words: [String])] = [
        (stability(bad), 2, ["\"psi\" is no unit of cohesion", "kPa"]),
        (stability(unknown), 2, ["no parameter \"cohesin\"", "cohesion"]),
        (stability(unsourced), 2, ["source", "where the figure comes from"]),
        (stability(thin), 2, ["deposit 12 has no friction_angle"]),
        (stability(folder.path("none.csv")), 2, ["there is no such file"]),
        (slope("stability", out: "r", ["--transmissivity", "wide"]), 2, ["wide"]),
        (slope("index", out: "none/r", ["--recharge", "3 mm/d"]), 5, ["does not exist"]),
        (slope("probability", out: "r", ["--recharge", "uniform 5"]), 2, ["no number or distribution"]),
        (slope("probability", out: "r", ["--recharge", "uniform 5 2"]), 2, ["lower must be below"]),
        (slope("transient", out: "r", ["--water-table", "1m"]), 2, ["--rain or --series"]),
        (slope("transient", out: "r", ["--water-table", "1m", "--rain", "3=4mm/h"]), 2, ["no step of rain"]),
        (["threshold", "--curve", "nobody2000", "--series", Self.dtm, "--out", folder.path("r")], 2, ["caine1980"]),
        (
          ["threshold", "--table", levels, "--rows", Self.dtm, "--columns", Self.dtm, "--out", folder.path("r")], 2,
          ["below one with less water"]
        ),
      ]
      for (arguments, status, words) in cases {
        let result = try BuiltProgram.run(["landslide"] + arguments + ["--threads", "2"])
        #expect(result.status == status, "\(arguments): \(result.errors)")
        for word in words { #expect(result.errors.contains(word), "\(arguments): \(result.errors)") }
        #expect(result.output.isEmpty, "\(arguments)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder.path("r")))
    }
  }
}
