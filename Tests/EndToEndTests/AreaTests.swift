import Foundation
import TestSupport
import Testing

extension LongEndToEnd {
  @Suite("Areas and buildings")
  struct Areas {
    let areas: TextTable
    let buildings: TextTable
    static let scenarios = ["t20", "t100", "t200", "t1000"]
    /// What is told of an area whether or not the water is known.
    static let always: Set = [
      "area_id", "area_name", "scenario", "return_period_a", "climate_factor", "flags", "area_m2", "covered_frac",
      "nodata_frac", "bld_total_n", "pop_total", "crit_total_n",
    ]

    init() throws {
      let files = try SandvikaRun.shared.get().files
      areas = try TextTable(files["tables/areas.csv"])
      buildings = try TextTable(files["tables/buildings.csv"])
    }

    private func words(_ row: [String: String]) -> Set<String> {
      Set((row["flags"] ?? "").split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) })
    }

    @Test("Every area has a row in every scenario")
    func rows() {
      #expect(areas.rows.count == 17 * 4)
      #expect(Set(areas.rows.map { [$0["area_id"] ?? "", $0["scenario"] ?? ""] }).count == 17 * 4)
    }

    @Test("An area outside the terrain keeps its row, without values")
    func outside() throws {
      let rows = areas.rows.filter { $0["area_id"] == "09990201" }
      #expect(rows.count == 4)
      for row in rows {
        #expect(words(row).contains("outside"))
        #expect(try row.number("covered_frac") == 0)
        #expect(try row.number("area_m2") > 0)
        #expect(areas.names.allSatisfy { Self.always.contains($0) || row[$0] == "" })
      }
    }

    @Test("An area partly outside the terrain has its share and no values")
    func partlyOutside() throws {
      let rows = areas.rows.filter { $0["area_id"] == "09990104" }
      #expect(rows.count == 4)
      for row in rows {
        #expect(words(row) == ["coverage"])
        #expect(try (0.5...0.8).contains(row.number("covered_frac")))
        #expect(areas.names.allSatisfy { Self.always.contains($0) || row[$0] == "" })
      }
    }

    @Test("Every other area has all values, and they agree with each other")
    func inside() throws {
      for row in areas.rows where !["09990104", "09990201"].contains(row["area_id"]) {
        let name = "\(row["area_id"] ?? "") \(row["scenario"] ?? "")"
        #expect(words(row).isDisjoint(with: ["outside", "coverage"]), "\(name)")
        for column in areas.names where column != "flags" { #expect(row[column] != "", "\(name) \(column)") }
        let area = try row.number("area_m2")
        #expect(try abs(row.number("flood_frac") - row.number("flood_area_m2") / area) < 1e-12, "\(name)")
        #expect(try abs(row.number("slide_frac") - row.number("slide_area_m2") / area) < 1e-12, "\(name)")
        #expect(try (0...1).contains(row.number("flood_frac")), "\(name)")
        #expect(try (0.98...1.0000001).contains(row.number("covered_frac")), "\(name)")
        #expect(try row.number("runoff_mm") <= row.number("rain_mm"), "\(name)")
        #expect(try row.number("depth_p95_m") <= row.number("depth_max_m"), "\(name)")
        #expect(try row.number("bld_exposed_n") <= row.number("bld_total_n"), "\(name)")
        #expect(try row.number("bld_ge_30cm_n") <= row.number("bld_ge_10cm_n"), "\(name)")
        #expect(try row.number("bld_ge_50cm_n") <= row.number("bld_ge_30cm_n"), "\(name)")
        #expect(try row.number("bld_ge_10cm_n") == row.number("bld_exposed_n"), "\(name)")
        #expect(try row.number("pop_exposed") <= row.number("pop_total"), "\(name)")
        #expect(try row.number("road_exposed_m") <= row.number("road_total_m"), "\(name)")
      }
    }

    @Test("Rarer rain never floods less")
    func monotone() throws {
      for id in Set(areas.rows.compactMap { $0["area_id"] }).subtracting(["09990104", "09990201"]) {
        let rows = Self.scenarios.compactMap { scenario in
          areas.rows.first { $0["area_id"] == id && $0["scenario"] == scenario }
        }
        for column in ["rain_mm", "runoff_m3", "flood_area_m2", "volume_m3", "depth_max_m", "bld_exposed_n"] {
          let values = try rows.map { try $0.number(column) }
          #expect(values.count == 4 && values == values.sorted(), "\(id) \(column) \(values)")
        }
      }
    }

    @Test("Every building is counted once: in its area, or in none", arguments: scenarios)
    func buildingsAreCountedOnce(scenario: String) throws {
      let inScenario = buildings.rows.filter { $0["scenario"] == scenario }
      #expect(inScenario.count == 250)
      #expect(Set(inScenario.compactMap { $0["building_id"] }).count == 250)
      let byArea = Dictionary(grouping: inScenario) { $0["area_id"] ?? "" }
      var counted = byArea[""]?.count ?? 0
      for row in areas.rows where row["scenario"] == scenario {
        let own = byArea[row["area_id"] ?? ""] ?? []
        counted += Int(try row.number("bld_total_n"))
        #expect(try Int(row.number("bld_total_n")) == own.count)
        let isKnown = !words(row).contains("coverage")
        #expect(isKnown == (row["bld_exposed_n"] != ""))
        if !isKnown { continue }
        #expect(try Int(row.number("bld_exposed_n")) == own.count { $0["exposed"] == "true" })
        let residents = try own.reduce(0) { try $0 + ($1["residents"] == "" ? 0 : $1.number("residents")) }
        #expect(try row.number("pop_total") == residents)
      }
      #expect(counted == 250)
    }

    @Test("A building is exposed from the depth of the condition on")
    func condition() throws {
      for row in buildings.rows where row["exposed"] != "" {
        #expect(try (row["exposed"] == "true") == (row.number("depth_p95_m") >= 0.1), "\(row["building_id"] ?? "")")
      }
      #expect(
        buildings.rows.contains { $0["exposed"] == "true" } && buildings.rows.contains { $0["exposed"] == "false" })
    }

    @Test("GeoJSON and table tell the same of the areas")
    func sameAsGeoJSON() throws {
      let data = try #require(SandvikaRun.shared.get().files["layers/areas.geojson"])
      let features = try JSONDecoder().decode(FeatureAttributes.self, from: data).features
      #expect(features.count == areas.rows.count)
      for (feature, row) in zip(features, areas.rows) {
        for name in areas.names {
          switch try #require(feature.properties[name], "\(name)") {
          case .text(let text): #expect(text == row[name])
          case .number(let number): #expect(try number == row.number(name))
          case .boolean(let value): #expect("\(value)" == row[name])
          case .null: #expect(row[name] == "", "\(name)")
          }
        }
      }
    }
  }
}
