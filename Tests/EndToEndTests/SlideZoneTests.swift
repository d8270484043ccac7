import Foundation
import Geodata
import Grids
import TestSupport
import Testing

/// Keys of the layers of runout and quick clay.
let slideLayerKeys = ["runout": ["id", "scenario"], "quick_clay": ["id"]]

extension EndToEnd {
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

    @Test("A pipeline of slides: zones, exposure and a union that counts once")
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
    }
  }
}
