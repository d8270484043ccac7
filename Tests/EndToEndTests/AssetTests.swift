import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Population, drainage, indicators, hazard classes and what changed")
  struct Assets {
    let folder = TemporaryFolder()

    /// West and south of the example.
    private static let origin = (x: 583_400.0, y: 6_640_000.0)

    private func collection(_ features: [(properties: String, geometry: String)]) -> String {
      let system = "{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::25832\"}}"
      let texts = features.map { "{\"type\":\"Feature\",\"properties\":\($0.properties),\"geometry\":\($0.geometry)}" }
      return "{\"type\":\"FeatureCollection\",\"crs\":\(system),\"features\":[\(texts.joined(separator: ","))]}"
    }

    private func position(_ x: Double, _ y: Double) -> String { "[\(Self.origin.x + x),\(Self.origin.y + y)]" }

    /// Twenty cells of 250 m over the example, with whole numbers of people.
    private var cells: (text: String, people: Double) {
      var features: [(properties: String, geometry: String)] = []
      var people = 0.0
      for column in 0..<5 {
        for row in 0..<4 {
          let (x, y) = (Double(column) * 250, Double(row) * 250)
          let corners = [(x, y), (x + 250, y), (x + 250, y + 250), (x, y + 250), (x, y)].map { position($0.0, $0.1) }
          let count = (column * 7 + row * 13) % 40
          people += Double(count)
          features.append(
            (
              "{\"cell\":\"c\(column)\(row)\",\"people\":\(count)}",
              "{\"type\":\"Polygon\",\"coordinates\":[[\(corners.joined(separator: ","))]]}"
            ))
        }
      }
      return (collection(features), people)
    }

    private func pipes() -> String {
      let lines: [(Double, Double, Double, Double, String)] = [
        (377, 300, 377, 420, "yes"), (377, 355, 500, 355, "no"), (900, 100, 1000, 100, ""),
        (1100, 500, 1300, 500, "no"),
      ]
      return collection(
        lines.enumerated().map { number, line in
          (
            "{\"pipe\":\"p\(number)\",\"sensor\":\"\(line.4)\"}",
            "{\"type\":\"LineString\",\"coordinates\":[\(position(line.0, line.1)),\(position(line.2, line.3))]}"
          )
        })
    }

    @Test("Cells keep their people, pipes are ranked, and indicators follow from both")
    func populationAndDrainage() throws {
      let (grid, people) = cells
      let inputs = """
          people: {kind: population, path: \(folder.write(grid, to: "people.geojson")), id: cell, value: people}
          pipes: {kind: line, path: \(folder.write(pipes(), to: "pipes.geojson")), id: pipe, monitored: sensor}
          roads: {kind
        """
      let text = try sandvikaText.replacing(required: "    residents: residents\n", with: "")
        .replacing(required: "  roads: {kind", with: inputs)
        .replacing(
          required: "  indicators: {}\n",
          with: """
              population: {input: people, by: floor_area, types: ["11*", "12*", "13*", "14*", "15*"]}
              drainage: pipes
              indicators: {gross_product_nok: 5000000000}

            """)
      let target = folder.path("people")
      let result = try BuiltProgram.run(["run", folder.write(text, to: "people.yaml"), "--out", target])
      #expect(result.status == 0, "\(result.errors)")
      let files = folderContents(URL(fileURLWithPath: target))
      let buildings = try TextTable(files["tables/buildings.csv"]).rows.filter { $0["scenario"] == "t200" }
      let placed = try buildings.reduce(0) { try $0 + $1.number("residents") }
      let counts = try #require(try jsonObject(files["summary.json"])["counts"] as? [String: Any])
      let unplaced = try #require(counts["population_unplaced"] as? Double)
      #expect(abs(placed + unplaced - people) < 1e-9 && unplaced > 0)
      #expect(result.errors.contains("W-POP-001"))
      for row in buildings where ["181", "311", "613"].contains(row["bygningstype"]) {
        #expect(try row.number("residents") == 0)
      }
      // Areas hold those of their buildings and their part of the unplaced; no more than all.
      var inAreas = 0.0
      for row in try TextTable(files["tables/areas.csv"]).rows where row["scenario"] == "t200" {
        let own = try buildings.filter { $0["area_id"] == row["area_id"] }.reduce(0) { try $0 + $1.number("residents") }
        #expect(try abs(row.number("pop_total") - own - row.number("pop_unplaced")) < 1e-9)
        inAreas += try row.number("pop_unplaced")
      }
      #expect(inAreas > 0 && inAreas <= unplaced + 1e-3)

      let pipes = try TextTable(files["tables/drainage.csv"]).rows
      #expect(try pipes.map { try $0.number("length_m") } == [120, 123, 100, 200])
      #expect(pipes.map { $0["monitored"] } == ["true", "false", "false", "false"])
      #expect(pipes.map { $0["rank"] } == ["", "1", "2", ""])
      #expect(pipes[3]["flags"] == "coverage" && pipes[3]["flooded_m"] == "")
      #expect(try pipes[1].number("flooded_m") > 10 && pipes[2].number("flooded_m") == 0)

      let indicators = try TextTable(files["tables/indicators.csv"]).rows
      let drainage = try #require(indicators.first { $0["code"] == "EC: ICT: D: 1A" })
      #expect(try abs(drainage.number("value") - 100 * 120 / 543) < 1e-9)
      let losses = try #require(indicators.first { $0["code"] == "SC: SH: SA: 2C" })
      let expected = try TextTable(files["tables/buildings_ead.csv"]).rows.filter { $0["area_id"] != "" }
        .reduce(0) { try $0 + $1.number("ead_nok_a") }
      #expect(try abs(losses.number("value") - expected / 5e7) < 1e-12 && losses["status"] == "modelled")
    }

    @Test("People in disaster-prone areas: each hazard and the union, in which nobody counts twice")
    func indicators() throws {
      let files = try SandvikaRun.shared.get().files
      let rows = try TextTable(files["tables/indicators.csv"]).rows.filter { $0["code"] == "SC: SH: SA: 4A" }
      #expect(rows.count == 12)
      let buildings = try TextTable(files["tables/buildings.csv"]).rows.filter { $0["area_id"] != "" }
      for scenario in ["t20", "t100", "t200", "t1000"] {
        let own = rows.filter { $0["scenario"] == scenario }
        #expect(own.map { $0["hazard"] } == ["flood", "slide", "any"])
        let inScenario = buildings.filter { $0["scenario"] == scenario }
        func residents(_ isHit: ([String: String]) throws -> Bool) throws -> Double {
          try inScenario.filter(isHit).reduce(0) { try $0 + $1.number("residents") }
        }
        let all = try residents { _ in true }
        let flood = try residents { $0["exposed"] == "true" }
        let slide = try residents { try $0.number("slide_area_m2") > 0 }
        let any = try residents { try $0["exposed"] == "true" || $0.number("slide_area_m2") > 0 }
        for (row, people) in zip(own, [flood, slide, any]) {
          #expect(try row.number("numerator") == people && row.number("denominator") == all)
          #expect(try abs(row.number("value") - 100 * people / all) < 1e-9)
          #expect(try row.number("value_low") <= row.number("value") && row.number("value") <= row.number("value_high"))
        }
        #expect(any <= flood + slide && any >= max(flood, slide))
      }
    }

    @Test("Hazard classes: areas and buildings add up to the whole, and follow from depth and stability")
    func hazardClasses() throws {
      let files = try SandvikaRun.shared.get().files
      let rows = try TextTable(files["tables/hazard_classes.csv"]).rows
      #expect(rows.count == 17 * 4 * 5)
      for area in try TextTable(files["tables/areas.csv"]).rows {
        let own = rows.filter { $0["area_id"] == area["area_id"] && $0["scenario"] == area["scenario"] }
        #expect(own.map { $0["hazard_class"] } == ["0", "1", "2", "3", "4"])
        guard own[0]["flags"] == "" else {
          #expect(own.allSatisfy { $0["class_area_m2"] == "" })
          continue
        }
        let sum = try own.reduce(0) { try $0 + $1.number("class_area_m2") }
        #expect(try abs(sum - own[0].number("covered_frac") * area.number("area_m2")) < 1e-6 * sum)
        let classified = try own.dropFirst().reduce(0) { try $0 + $1.number("class_area_m2") }
        // Whatever is flooded or failing has a class.
        #expect(try classified >= max(area.number("flood_area_m2"), area.number("slide_area_m2")) - 1e-6)
        #expect(try own.reduce(0) { try $0 + $1.number("bld_class_n") } == area.number("bld_total_n"))
        #expect(try own.reduce(0) { try $0 + $1.number("pop_class") } == area.number("pop_total"))
      }
    }

    @Test("Roads are passable, limited or blocked by the water on them")
    func roads() throws {
      let rows = try TextTable(SandvikaRun.shared.get().files["tables/roads.csv"]).rows
      for row in rows where row["passability"] != "" && row["flags"] == "" {
        let depth = try row.number("depth_max_m")
        #expect(row["passability"] == (depth >= 0.3 ? "blocked" : depth >= 0.1 ? "limited" : "passable"))
        #expect(try row.number("road_ge_30cm_m") <= row.number("road_ge_10cm_m"))
        #expect(try row.number("road_ge_10cm_m") <= row.number("length_m"))
        #expect(try (row.number("road_ge_10cm_m") > 0) == (depth >= 0.1))
        #expect(row["road_ge_30cm_m"] == row["road_exposed_m"])
      }
      #expect(Set(rows.map { $0["passability"] }).isSuperset(of: ["blocked", "passable"]))
    }

    @Test("diff: nothing between a run and itself, and what more rain changes, in table, map and exit code")
    func differences() throws {
      let run = try SandvikaRun.shared.get().target.path
      let same = try BuiltProgram.run(["diff", run, run])
      #expect(same.status == 0 && same.output.split(separator: "\n").count == 1)
      #expect(same.errors.contains("0 changes"))

      let text = try sandvikaText.replacing(
        required: "{id: t20, return_period: 20 a, T: 20, climate_factor: 1.4,",
        with: "{id: t20, return_period: 20 a, T: 20, climate_factor: 2,"
      )
      .replacing(required: "  - {id: t1000,", with: "  - {id: t1000b,")
      let wetter = folder.path("wetter")
      #expect(
        try BuiltProgram.run(["run", folder.write(text, to: "wetter.yaml"), "--out", wetter, "--quiet"]).status == 0)
      let map = folder.path("changes.geojson")
      let result = try BuiltProgram.run(
        ["diff", run, wetter, "--field", "flood_area_m2=50", "--field", "exposed=0", "--out", map])
      #expect(result.status == 4, "\(result.errors)")
      let changes = try TextTable(Data(result.output.utf8)).rows
      func table(_ run: String, _ name: String) throws -> [[String: String]] {
        try TextTable(FileManager.default.contents(atPath: "\(run)/tables/\(name).csv")).rows
      }
      // Found anew from the tables of both runs.
      var expected: Set<String> = []
      let before = try table(run, "areas").filter { $0["scenario"] == "t20" }
      let after = try table(wetter, "areas").filter { $0["scenario"] == "t20" }
      for (a, b) in zip(before, after) where a["flood_area_m2"] != "" {
        if try b.number("flood_area_m2") - a.number("flood_area_m2") > 50 { expected.insert(a["area_id"] ?? "") }
      }
      let rose = changes.filter { $0["table"] == "areas" && $0["case"] == "t20" && $0["change"] == "rose" }
      #expect(Set(rose.compactMap { $0["object_id"] }) == expected && expected.count > 5)
      for row in rose { #expect(try row.number("difference") == row.number("after") - row.number("before")) }
      #expect(changes.count { $0["change"] == "disappeared" && $0["table"] == "areas" } == 17)
      #expect(changes.count { $0["change"] == "appeared" && $0["table"] == "buildings" } == 250)
      #expect(changes.allSatisfy { $0["case"] != "t100" && $0["case"] != "t200" })
      let check = try GeoJSONCheck(
        try #require(FileManager.default.contents(atPath: map)), key: ["table", "object_id", "case", "field"])
      #expect(check.findings.isEmpty, "\(check.findings.prefix(3))")
      #expect(check.featureCount == changes.count)

      let refused = try BuiltProgram.run(["diff", run, folder.path("nowhere")])
      #expect(refused.status == 3 && refused.errors.contains("no folder of a run"))
      #expect(try BuiltProgram.run(["diff", run, wetter, "--field", "nonsense=1"]).status == 2)
      #expect(try BuiltProgram.run(["diff", run, wetter, "--field", "exposed"]).status == 2)
      #expect(try BuiltProgram.run(["diff", run, wetter, "--quiet", "--out", map]).status == 5, "the file exists")
    }
  }
}
