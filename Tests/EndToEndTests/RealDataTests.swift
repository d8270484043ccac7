import Foundation
import Geodata
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Real data")
  struct RealData {
    let folder = TemporaryFolder()

    /// Runs a pipeline and checks what holds for every run.
    private func files(of name: String, as target: String, _ arguments: [String] = []) throws -> [String: Data] {
      let result = try BuiltProgram.run(
        ["run", pipelinePath(name), "--out", folder.path(target), "--quiet"] + arguments)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output == folder.path(target) + "\n")
      let files = folderContents(URL(fileURLWithPath: folder.path(target)))
      let manifest = try jsonObject(files["manifest.json"])
      let certificates = try #require(manifest["certificates"] as? [[String: Any]])
      #expect(certificates.count { $0["name"] as? String == "fill" } == 1)
      #expect(certificates.count { $0["name"] as? String == "mass balance" } == 1)
      #expect(certificates.allSatisfy { $0["proved"] as? Bool == true })
      for (path, data) in geoJSONFiles(files) {
        let layer = String(path.dropFirst("layers/".count).dropLast(".geojson".count))
        let check = try GeoJSONCheck(data, key: try #require(layerKeys[layer] ?? slideLayerKeys[layer]))
        #expect(check.findings.isEmpty, "\(path): \(check.findings.prefix(5)), \(check.findings.count) in all")
        // Mainland Norway.
        #expect(check.box[0] > 4 && check.box[1] > 57.5 && check.box[2] < 32 && check.box[3] < 72, "\(check.box)")
      }
      return files
    }

    @Test(
      "People by canton and by census tract, without buildings",
      .enabled(if: runsWithSharedData("luxembourg") && runsWithSharedData("olinda")),
      arguments: [("luxembourg", "lux.shp", "ID_2", "POP", 12), ("olinda", "olinda1.shp", "CD_GEOCODI", "V014", 470)])
    func people(name: String, layer: String, id: String, field: String, count: Int) throws {
      let target = folder.path(name)
      let result = try BuiltProgram.run(["run", pipelinePath(name), "--out", target])
      #expect(result.status == 0, "\(result.errors)")
      let files = folderContents(URL(fileURLWithPath: target))
      let rows = try TextTable(files["tables/areas.csv"]).rows
      #expect(rows.count == count)
      // The counts of the input, area by area; people of parts that overlap a neighbour count there too.
      let source = try readLayer(
        try #require(sharedData(name)).appendingPathComponent(layer).path, reprojectedTo: nil,
        VectorReading(shapeType: .polygons)
      ).layer
      let (idAt, valueAt) = (
        try #require(source.fields.firstIndex { $0.name == id }),
        try #require(source.fields.firstIndex { $0.name == field })
      )
      var people: [String: Double] = [:]
      for feature in source.features {
        let key =
          switch feature.values[idAt] {
          case .text(let text): text
          case .real(let number): String(Int(number))
          default: ""
          }
        if case .integer(let number) = feature.values[valueAt] { people[key] = Double(number) }
      }
      #expect(people.count == count)
      // The flooded share of each area, by another way: a command over the raster of depths and the layer.
      let shares = folder.path("\(name).csv")
      let depth = "\(target)/rasters/\(name == "olinda" ? "rain100" : "rain80")/depth.tif"
      let zonal = try BuiltProgram.run([
        "zonal", depth, "\(target)/layers/areas.geojson", "--keep", "area_id", "--stats", "ge:0.1",
        "--min-covered-frac", "0", "--out", shares,
      ])
      #expect(zonal.status == 0, "\(zonal.errors)")
      let table = try TextTable(FileManager.default.contents(atPath: shares))
      let column = try #require(table.names.first { $0.contains("_ge_") })
      var exposed = 0.0
      for (row, share) in zip(rows, table.rows) {
        let key = try #require(row["area_id"])
        let own = try #require(people[key])
        #expect(share["area_id"] == key)
        // Borders of the inputs overlap by slivers.
        #expect(try abs(row.number("pop_total") - own) < 1e-3 * own + 0.5, "\(key)")
        guard row["flags"] == "" else { continue }
        exposed += try row.number("pop_exposed")
        #expect(try abs(row.number("pop_exposed") - own * share.number(column)) < 2e-3 * own + 0.5, "\(key)")
      }
      #expect(exposed > 100)
      let indicators = try TextTable(files["tables/indicators.csv"]).rows
      #expect(indicators.map { $0["hazard"] } == ["flood", "any"])
      // From the same depth as in the table of areas.
      #expect(rows.allSatisfy { $0["flags"] == "" })
      for row in indicators { #expect(try abs(row.number("numerator") / exposed - 1) < 1e-9) }
    }

    @Test("Terrain of Gjerdrum", .enabled(if: runsWithSharedData("gjerdrum/gjerdrum_dem.tif")))
    func gjerdrum() throws {
      let terrain = try #require(sharedData("gjerdrum"))
      let before = folderContents(terrain)
      let files = try files(of: "gjerdrum", as: "gjerdrum")
      #expect(differences(before, folderContents(terrain)).isEmpty)
      let balance = try TextTable(files["tables/water_balance.csv"]).rows
      let rain = try #require(balance.first { $0["item"] == "rain" }).number("m3")
      // 60 mm on every cell of 5 m that has an elevation: the five voids get none.
      #expect((rain / (0.06 * 25)).truncatingRemainder(dividingBy: 1) == 0)
      #expect(try TextTable(files["tables/bluespots.csv"]).rows.count > 10)
      #expect(files["layers/landslide.geojson"] != nil && files["rasters/rain60/stability.tif"] != nil)
    }

    @Test(
      "Jotunheimen with the municipalities around it, from a local and from the national file",
      .enabled(if: runsWithSharedData("jotunheimen") && runsWithSharedData("municipalities")))
    func jotunheimen() throws {
      let inputs = [try #require(sharedData("jotunheimen")), try #require(sharedData("municipalities"))]
      let before = inputs.map(folderContents)
      let localFiles = try files(of: "jotunheimen", as: "local")
      let nationalFiles = try files(
        of: "jotunheimen", as: "national", ["--set", "exposure.areas=municipalities_geographic"])
      for (folder, old) in zip(inputs, before) { #expect(differences(old, folderContents(folder)).isEmpty) }

      // The areas do not change the water.
      for path in ["tables/water_balance.csv", "tables/bluespots.csv", "rasters/forecast/depth.tif"] {
        #expect(localFiles[path] != nil && localFiles[path] == nationalFiles[path], "\(path)")
      }

      let local = try TextTable(localFiles["tables/areas.csv"])
      let national = try TextTable(nationalFiles["tables/areas.csv"])
      #expect(local.rows.count == 7 && national.rows.count == 357)
      let outside = national.rows.filter { ($0["flags"] ?? "").contains("outside") }
      #expect(outside.count > 300)
      for row in outside {
        #expect(try row.number("covered_frac") == 0)
        #expect(row["rain_mm"] == "" && row["flood_area_m2"] == "" && row["fs_min"] == "")
      }
      let known = national.rows.filter { $0["flags"] == "" }
      #expect(!known.isEmpty)
      for row in known {
        #expect(try row.number("covered_frac") >= 0.5)
        for name in national.names where !["return_period_a", "flags"].contains(name) {
          #expect(row[name] != "", "\(row["area_name"] ?? "") \(name)")
        }
        // The coefficient of the pipeline.
        #expect(try abs(row.number("runoff_coef") - 0.6) < 1e-6)
      }

      for row in local.rows {
        let same = try #require(national.rows.first { $0["area_id"] == row["area_id"] }, "\(row)")
        #expect(same["area_name"] == row["area_name"])
        for name in ["covered_frac", "nodata_frac"] {
          #expect(try abs(row.number(name) - same.number(name)) < 0.02, "\(row["area_name"] ?? "") \(name)")
        }
        #expect(try abs(row.number("area_m2") / same.number("area_m2") - 1) < 1e-3)
        #expect(row["flags"] == same["flags"])
        guard row["rain_mm"] != "" else { continue }
        for name in ["rain_mm", "runoff_mm", "flood_area_m2", "volume_m3", "slide_area_m2"] {
          #expect(try abs(row.number(name) / same.number(name) - 1) < 0.01, "\(row["area_name"] ?? "") \(name)")
        }
      }
    }
  }
}
