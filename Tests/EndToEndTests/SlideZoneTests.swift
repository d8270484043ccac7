import Foundation
import Geodata
import Grids
import TestSupport
import Testing

/// Keys of the layers of runout and quick clay.
let slideLayerKeys = ["runout": ["id", "scenario"], "quick_clay": ["id"]]

extension LongEndToEnd {
  @Suite("Runout and quick clay")
  struct SlideZones {
    let folder = TemporaryFolder()

    private func run(_ arguments: [String]) throws -> [String: Any] {
      let result = try BuiltProgram.run(["landslide"] + arguments + ["--json", "--progress", "none"])
      #expect(result.status == 0, "\(arguments): \(result.errors)")
      return try jsonObject(Data(result.output.utf8))
    }

    @Test("runout: figures of the peer on its own example", .enabled(if: runsWithSharedData("avaflow-inputs")))
    func runout() throws {
      let data = try #require(sharedData("avaflow-inputs"))
      let arguments = [
        "runout", data.appendingPathComponent("dem.tif").path, "--release",
        data.appendingPathComponent("REL/rel.shp").path, "--objects",
        data.appendingPathComponent("INFRA/infra.tif").path,
      ]
      let report = try run(arguments + ["--out", folder.path("one"), "--threads", "1"])
      // com4FlowPy 2.1 reaches 4420 cells from the same 230.
      #expect(report["release_cells"] as? Int == 230 && report["cells_reached"] as? Int == 4420)
      #expect(try abs(#require(report["z_delta_max_m"] as? Double) - 222.714) < 1e-3)
      #expect(report["deposited_release_cells"] as? Double == 230 && report["lost_release_cells"] as? Double == 0)
      let threats = try TextTable(FileManager.default.contents(atPath: folder.path("one/threats.csv"))).rows
      #expect(threats.map { $0["object_id"] } == ["1", "2"])
      _ = try run(arguments + ["--out", folder.path("two"), "--threads", "2"])
      let (one, two) = (
        folderContents(URL(fileURLWithPath: folder.path("one"))),
        folderContents(URL(fileURLWithPath: folder.path("two")))
      )
      // A GeoPackage holds the time of writing.
      #expect(differences(one, two, without: ["runout.gpkg"]).isEmpty)
      let zones = try readLayer(folder.path("one/runout.gpkg"), reprojectedTo: nil, VectorReading(shapeType: .polygons))
        .layer
      let area = zones.features.reduce(0.0) { sum, feature in
        if case .polygons(let polygons)? = feature.shape { sum + polygons.reduce(0) { $0 + $1.area } } else { sum }
      }
      #expect(area == 4420 * 100)
      let energy = try readRaster(folder.path("one/energy_height.tif")).grid
      let velocity = try readRaster(folder.path("one/velocity.tif")).grid
      let releases = try readClasses(folder.path("one/releases.tif")).grid
      for cell in 0..<energy.count {
        #expect(energy[cell].isNaN == (releases[cell] <= 0))
        #expect(energy[cell].isNaN || velocity[cell] == Float((19.62 * Double(energy[cell])).squareRoot()))
      }
      // A limit of the speed, and forest, keep flows back.
      let limited = try run(
        arguments + [
          "--out", folder.path("three"), "--process", "debris_flow", "--forest",
          data.appendingPathComponent("RES/forest.tif").path,
        ])
      #expect(limited["z_delta_max_m"] as? Double == 12)
      #expect(try #require(limited["cells_reached"] as? Int) < 4420)
    }

    @Test("quick clay: the slide area of Gjerdrum from its stream", .enabled(if: runsWithSharedData("gjerdrum")))
    func quickClay() throws {
      let data = try #require(sharedData("gjerdrum"))
      let dem = data.appendingPathComponent("gjerdrum_dem.tif").path
      let feet = [
        "--void", "0", "--feet", data.appendingPathComponent("release.shp").path, "--foot-depth", "0.5",
      ]
      let report = try run(["quick-clay", dem, "--out", folder.path("clay")] + feet)
      let zones = try readClasses(folder.path("clay/zones.tif")).grid
      let run = try readRaster(folder.path("clay/run.tif")).grid
      let terrain = try readRaster(dem).grid
      var counts = (known: 0, near: 0, reach: 0, release: 0)
      for cell in 0..<zones.count {
        let flags = zones[cell] == noClass ? 0 : zones[cell]
        #expect((flags & 1 == 1) == (terrain[cell] != 0))
        counts.known += Int(flags & 1)
        counts.near += Int(flags >> 1 & 1)
        counts.reach += Int(flags >> 2 & 1)
        counts.release += Int(flags >> 3 & 1)
        #expect((flags & 4 != 0) == (run[cell] <= 20))
        #expect(flags & 4 == 0 || flags & 2 != 0)
      }
      #expect(counts.known == terrain.count - 5)
      #expect(counts.release > 5000 && counts.release < counts.reach && counts.reach < counts.near)
      #expect(report["release_m2"] as? Double == Double(counts.release) * 25)
      let written = try jsonObject(FileManager.default.contents(atPath: folder.path("clay/report.json")))
      let figures = try #require(written["figures"] as? [[String: Any]])
      #expect(figures.count == 9 && figures.allSatisfy { ($0["source"] as? String)?.isEmpty == false })
      // A figure of the user's own takes less.
      let steep = try self.run(["quick-clay", dem, "--out", folder.path("steep"), "--slide-length", "10"] + feet)
      let steepArea = try #require(steep["release_m2"] as? Double)
      #expect(steepArea < Double(counts.release) * 25)
    }

    @Test("What goes wrong is said")
    func errors() throws {
      let dtm = fixtures.appendingPathComponent("dtm.tif").path
      for (arguments, code, text) in [
        (
          ["runout", dtm, "--release", dtm, "--angle", "95", "--out", folder.path("a")], 2 as Int32, "between 0 and 90"
        ),
        (["runout", dtm, "--release", folder.path("none.gpkg"), "--out", folder.path("a")], 3, "none.gpkg"),
        (["quick-clay", dtm, "--deposits", dtm, "--out", folder.path("a")], 2, "--deposit-table"),
        (["quick-clay", dtm, "--min-height", "0", "--out", folder.path("a")], 2, "--min-height"),
        (["quick-clay", dtm, "--foot-depth", "1", "--out", folder.path("a")], 2, "--feet"),
      ] {
        let result = try BuiltProgram.run(["landslide"] + arguments)
        #expect(
          result.status == code && result.errors.contains(text), "\(arguments): \(result.status) \(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("a")))
      }
    }

    @Test("A pipeline of slides: every model, zones, exposure and a union that counts once")
    func pipeline() throws {
      let result = try BuiltProgram.run(["run", pipelinePath("slides"), "--out", folder.path("run"), "--quiet"])
      #expect(result.status == 0, "\(result.errors)")
      let files = folderContents(URL(fileURLWithPath: folder.path("run")))
      for (layer, key) in slideLayerKeys {
        let check = try GeoJSONCheck(try #require(files["layers/\(layer).geojson"]), key: key)
        #expect(check.findings.isEmpty, "\(layer): \(check.findings.prefix(5))")
      }
      let table = try TextTable(files["tables/hazard_exposure.csv"])
      let areas = try TextTable(files["tables/areas.csv"]).rows
      let hazards = ["flood", "slide", "runout", "quick_clay_release", "quick_clay_runout", "any"]
      #expect(table.rows.count == areas.count * hazards.count)
      var shared = 0
      for area in areas {
        let rows = table.rows.filter { $0["area_id"] == area["area_id"] }
        #expect(rows.map { $0["hazard"] } == hazards)
        guard area["flags"] == "" else {
          #expect(rows.allSatisfy { $0["flags"] != "" && $0["hazard_area_m2"] == "" })
          continue
        }
        // Water and failing slopes as the table of areas has them.
        #expect(try abs(rows[0].number("hazard_area_m2") - area.number("flood_area_m2")) < 1e-6)
        #expect(try abs(rows[1].number("hazard_area_m2") - area.number("slide_area_m2")) < 1e-6)
        #expect(rows[0]["bld_hazard_n"] == area["bld_exposed_n"] && rows[0]["pop_hazard"] == area["pop_exposed"])
        #expect(try abs(rows[0].number("road_hazard_m") - area.number("road_exposed_m")) < 1e-6)
        #expect(rows[1]["bld_hazard_n"] == area["bld_slide_n"])
        for column in ["hazard_area_m2", "bld_hazard_n", "pop_hazard", "road_hazard_m"] {
          let parts = try rows.dropLast().map { try $0.number(column) }
          let union = try rows[5].number(column)
          let sum = parts.reduce(0, +)
          #expect(union >= (parts.max() ?? 0) - 1e-6 && union <= sum + 1e-6, "\(area["area_id"] ?? "") \(column)")
          if union < sum - 1 { shared += 1 }
        }
        #expect(try rows[5].number("hazard_frac") <= 1)
      }
      #expect(shared > 5)
      // Runout holds the failing slopes from which it comes.
      let speed = try readRaster(folder.path("run/rasters/wet_day/runout_velocity.tif")).grid
      let safety = try readRaster(folder.path("run/rasters/wet_day/stability.tif")).grid
      #expect((0..<speed.count).count { safety[$0] < 1 && speed[$0].isNaN } < 10)
      #expect((0..<speed.count).count { !speed[$0].isNaN } > (0..<speed.count).count { safety[$0] < 1 })
      let manifest = try jsonObject(files["manifest.json"])
      let rules = try #require(manifest["rules"] as? [[String: Any]])
      #expect(rules.count { ($0["name"] as? String)?.hasPrefix("quick_clay.") == true } == 9)
      try checkModels()
    }

    /// Every slide model by scenario, with the bits of the commands.
    private func checkModels() throws {
      let files = folderContents(URL(fileURLWithPath: folder.path("run")))
      func values(_ path: String) throws -> [Float] {
        try readRaster(folder.path("run/rasters/\(path).tif")).grid.cells
      }
      func classes(_ path: String) throws -> [Int32] {
        try readClasses(folder.path("run/rasters/\(path).tif")).grid.cells
      }
      func bits(_ values: [Float]) -> [UInt32] { values.map { $0.isNaN ? 0 : $0.bitPattern } }
      let tables = packageRoot.appendingPathComponent("fixtures/tables")
      func table(_ name: String) -> String { tables.appendingPathComponent(name).path }
      let slope = [
        fixtures.appendingPathComponent("dtm.tif").path, "--soil", fixtures.appendingPathComponent("deposits.tif").path,
        "--nodata", "outlet",
      ]
      _ = try run(
        ["stability"] + slope + [
          "--table", table("soil_strength.csv"), "--release-table", table("release_thresholds.csv"), "--out",
          folder.path("stability"),
        ])
      // 60 mm in 24 h.
      _ = try run(
        ["transient"] + slope + [
          "--table", table("slope_parameters.csv"), "--water-table", "1.5 m", "--rain", "24h=2.5mm/h", "--times", "12h",
          "--times", "24h", "--times", "36h", "--out", folder.path("transient"),
        ])
      for (pipeline, command) in [
        ("stability_dry", "stability/safety_dry"), ("stability_half", "stability/safety_half"),
        ("stability_full", "stability/safety_full"), ("critical_recharge", "stability/critical_recharge"),
        ("wet_day/transient_safety", "transient/safety"), ("wet_day/transient_depth", "transient/depth"),
        ("wet_day/failure_time", "transient/failure_time"),
      ] {
        let own = try readRaster(folder.path("\(command).tif")).grid.cells
        #expect(bits(try values(pipeline)) == bits(own), "\(pipeline)")
      }
      #expect(
        try classes("release_areas").map { $0 == noClass ? -1 : $0 }
          == readClasses(folder.path("stability/release.tif")).grid.cells.map { $0 == noClass ? -1 : min($0, 1) })
      #expect(try classes("recharge_classes") == readClasses(folder.path("stability/recharge_classes.tif")).grid.cells)
      // What a flow comes to, and which.
      let (threat, energy) = (try classes("wet_day/runout_threat"), try values("wet_day/runout_energy_height"))
      #expect(zip(threat, energy).allSatisfy { ($0 == noClass) == $1.isNaN })
      #expect(threat.contains(1) && threat.contains(2))
      let (kinetic, length) = (try values("wet_day/runout_energy"), try values("wet_day/runout_length"))
      #expect(zip(kinetic, energy).allSatisfy { $1.isNaN ? $0.isNaN : abs($0 - 9.81 * $1) <= 1e-4 * $0 })
      #expect(zip(length, energy).allSatisfy { $0.isNaN == $1.isNaN })
      let deposited = try values("wet_day/runout_deposition").reduce(0.0) { $0 + ($1.isNaN ? 0 : Double($1)) }
      #expect(deposited > 100)
      let threats = try TextTable(files["tables/threats.csv"]).rows
      let zones = try readLayer(
        folder.path("run/layers/overvann.gpkg"), reprojectedTo: nil,
        VectorReading(shapeType: .polygons, layer: "runout")
      ).layer
      let place = try #require(zones.fields.firstIndex { $0.name == "release_id" })
      let drawn = Set(
        zones.features.compactMap { feature in
          if case .text(let text) = feature.values[place] { text } else { nil as String? }
        })
      #expect(threats.count > 5 && threats.contains { $0["layer"] == "roads" })
      #expect(threats.contains { drawn.contains($0["release_id"] ?? "") })
      #expect(try threats.allSatisfy { try $0.number("velocity_max_m_s") >= 0 && $0["scenario"] == "wet_day" })
      // 60 mm are 7.5 % of 800 mm, on soil of 85 %: level 3 in the made-up table.
      let levels = try TextTable(files["tables/warning_levels.csv"]).rows
      #expect(levels.map { $0["level"] } == ["3"])
      for name in ["warning_level", "warning_level_001"] {
        #expect(Set(try classes("wet_day/\(name)")) == [3])
      }
      // Every table says in the manifest where its figures come from, and that nobody has checked them.
      let manifest = try jsonObject(files["manifest.json"])
      let rules = try #require(manifest["rules"] as? [[String: Any]])
      for name in ["release_thresholds", "forest_index", "slope_parameters", "soil_strength"] {
        let rule = try #require(rules.first { $0["name"] as? String == name })
        #expect((rule["status"] as? String)?.contains("unverified") == true, "\(name)")
      }
    }

    @Test("A pipeline whose flows start on release areas of the terrain")
    func releaseAreas() throws {
      let shared = packageRoot.appendingPathComponent("fixtures")
      let text = """
        version: 1
        name: starts
        grid: {like: dtm}
        inputs:
          dtm: {kind: elevation, path: \(shared.path)/sandvika/dtm.tif, unit: m, vertical: NN2000}
          soil: {kind: class, value: 11}
          rain: {kind: rain, value: 60 mm, duration: 24 h}
        tables:
          soils: \(shared.path)/tables/soil_strength.csv
          thresholds: \(shared.path)/tables/release_thresholds.csv
        scenarios: [{id: day, climate_factor: 1}]
        hazards:
          runoff: {use: curve_number, value: 80}
          flood: {use: fill_spill, dtm: dtm, nodata: outlet}
          slide: {use: infinite_slope, dtm: dtm, soil: soil, table: soils, release: {table: thresholds}}
          warning: {use: intensity_duration, curve: sandersen1996, mean_annual: 800 mm, levels: [0.5, 1]}
          runout: {use: flow_py, start: release_areas}
        outputs: {dir: \(folder.path("starts")), geojson: {layers: [runout]}, cog: [release_areas, runout_threat, runout_energy_height]}

        """
      let result = try BuiltProgram.run(["run", folder.write(text, to: "starts.yaml"), "--quiet"])
      #expect(result.status == 0, "\(result.errors)")
      let starts = try readClasses(folder.path("starts/rasters/release_areas.tif")).grid.cells
      let reached = try readRaster(folder.path("starts/rasters/day/runout_energy_height.tif")).grid.cells
      let count = starts.count { $0 == 1 }
      #expect(count > 500 && zip(starts, reached).count { $0 == 1 && $1.isNaN } < count / 10)
      // 60 mm in 24 h are 7.5 % of 800 mm; the threshold is 0.012 * 24^0.6, 8.08 %.
      let levels = try TextTable(FileManager.default.contents(atPath: folder.path("starts/tables/warning_levels.csv")))
      #expect(levels.rows.map { $0["level"] } == ["2"])
      // What is not known is told before anything is computed.
      for (before, after, words) in [
        (", release: {table: thresholds}", "", "hazards.slide.release"),
        ("mean_annual: 800 mm, ", "", "mean_annual"),
        ("start: release_areas", "start: everywhere", "failing"),
        ("curve: sandersen1996", "curve: caine1981", "caine1980"),
      ] {
        let wrong = folder.write(try text.replacing(required: before, with: after), to: "wrong.yaml")
        let refused = try BuiltProgram.run(["validate", wrong])
        #expect(refused.status == 2 && refused.errors.contains(words), "\(refused.errors)")
      }
    }

    @Test("threshold: levels of every step of a real forecast", .enabled(if: runsWithSharedData("arome")))
    func forecast() throws {
      let data = try #require(sharedData("arome"))
      let file = data.appendingPathComponent("arome_metcoop_red_default2_5km_20150824_00.nc").path
      let arguments = [
        "threshold", "--series", file, "--variable", "precipitation_amount", "--per-step", "--ratios", "--out",
      ]
      let names = [
        "caine1980", "guzzetti2008", "cadses2007", "sandersen1996", "guzzetti2008-normalised", "0,14.82,0.39",
      ]
      var largest: [String: [Float]] = [:]
      for (number, name) in names.enumerated() {
        let report = try run(
          arguments + [folder.path("l\(number)"), "--curve", name, "--mean-annual", "900mm", "--levels", "0.1,0.5,1"])
        // The first of 67 steps holds nothing.
        #expect(report["steps"] as? Int == 66, "\(name)")
        largest[name] = try readRaster(folder.path("l\(number)/ratio_066.tif")).grid.cells
        let rows = try TextTable(FileManager.default.contents(atPath: folder.path("l\(number)/levels.csv"))).rows
        for step in [1, 30, 66] {
          let level = try readClasses(folder.path("l\(number)/level_\(step < 10 ? "00" : "0")\(step).tif")).grid.cells
          let counted = rows.filter { $0["step"] == "\(step)" }
          let all = try counted.reduce(0) { $0 + Int(try $1.number("cells")) }
          #expect(all == level.count)
          for row in counted where row["level"] != "no data" {
            let cells = Int(try row.number("cells"))
            #expect(level.count { "\($0)" == row["level"] } == cells, "\(name) \(step)")
          }
        }
      }
      #expect(largest["caine1980"] == largest["0,14.82,0.39"])
      #expect(zip(largest["caine1980"] ?? [], largest["guzzetti2008"] ?? []).allSatisfy { $0 <= $1 })
      let unsaid = try BuiltProgram.run(
        ["landslide"] + arguments.filter { $0 != "--per-step" } + [folder.path("u"), "--curve", "caine1980"])
      #expect(unsaid.status == 3 && unsaid.errors.contains("accumulated"), "\(unsaid.errors)")
    }
  }
}
