import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Damage, expected annual values, ranks and safety classes")
  struct DamageAndSafety {
    let folder = TemporaryFolder()
    let areas: TextTable
    let areasExpected: TextTable
    let buildings: TextTable
    let buildingsExpected: TextTable
    let safety: TextTable
    static let years = ["t20": 20.0, "t100": 100, "t200": 200, "t1000": 1000]

    init() throws {
      let files = try SandvikaRun.shared.get().files
      areas = try TextTable(files["tables/areas.csv"])
      areasExpected = try TextTable(files["tables/areas_ead.csv"])
      buildings = try TextTable(files["tables/buildings.csv"])
      buildingsExpected = try TextTable(files["tables/buildings_ead.csv"])
      safety = try TextTable(files["tables/buildings_tek17.csv"])
    }

    /// Expected annual value, log-linear with constant tail, written anew: the sum of slabs of equal value.
    private func expected(_ values: [String: Double]) -> Double {
      let points = values.map { (Self.years[$0.key] ?? 0, $0.value) }.sorted { $0.0 < $1.0 }
      var sum = points[0].1 / points[0].0
      for (a, b) in zip(points, points.dropFirst()) {
        sum += (b.1 - a.1) * (1 / a.0 - 1 / b.0) / log(b.0 / a.0)
      }
      return sum
    }

    @Test("The damage to a house follows from its depth, footprint, and the tables")
    func damage() throws {
      let knots = [(0.0, 0.0), (0.5, 0.25), (1, 0.4), (1.5, 0.5), (2, 0.6)]
      var checked = 0
      for row in buildings.rows where ["111", "121", "131", "146", "161"].contains(row["bygningstype"]) {
        let depth = try row.number("depth_p95_m") - 0.15
        var share = 0.0
        for (a, b) in zip(knots, knots.dropFirst()) where depth > a.0 && depth <= b.0 {
          share = a.1 + (b.1 - a.1) * (depth - a.0) / (b.0 - a.0)
        }
        let damage = try row.number("footprint_m2") * 12_000 * share
        #expect(try abs(row.number("damage_nok") - damage) <= 1e-9 * damage, "\(row["building_id"] ?? "")")
        if damage > 0 { checked += 1 }
      }
      #expect(checked > 10)
    }

    @Test("Expected annual values of areas are those of their buildings, and of their own columns")
    func expectedAnnualValues() throws {
      var positive = 0
      for row in areasExpected.rows where row["flags"] == "" {
        let id = row["area_id"]
        let own = try buildingsExpected.rows.filter { $0["area_id"] == id }.reduce(0) {
          try $0 + $1.number("ead_nok_a")
        }
        let value = try row.number("ead_nok_a")
        #expect(abs(own - value) <= 1e-12 * value)
        #expect(try row.number("ead_low_nok_a") <= value && value <= row.number("ead_high_nok_a"))
        if value > 0 { positive += 1 }
        let inScenario = areas.rows.filter { $0["area_id"] == id }
        for (field, column) in [
          ("eapop_n_a", "pop_exposed"), ("ead_nok_a", "damage_nok"), ("eabld_n_a", "bld_exposed_n"),
          ("earoad_m_a", "road_exposed_m"), ("eaflood_frac_a", "flood_frac"),
        ] {
          let values = try Dictionary(
            uniqueKeysWithValues: inScenario.map { try ($0["scenario"] ?? "", $0.number(column)) })
          #expect(try abs(row.number(field) - expected(values)) <= 1e-12 * expected(values), "\(id ?? "") \(field)")
        }
        #expect(row["ead_method"] == "log_linear" && row["ead_n_rp"] == "4")
      }
      #expect(positive > 3)
      let unknown = areasExpected.rows.filter { $0["flags"] != "" }
      #expect(unknown.count == 2)
      for row in unknown { #expect(row["ead_nok_a"] == "" && row["rank"] == "" && row["eaflood_method"] == "") }
    }

    @Test("Areas are ranked by the share of others that have less")
    func ranks() throws {
      let ranked = areasExpected.rows.filter { $0["rank"] != "" }
      #expect(ranked.count == 15)
      for row in ranked {
        var less = 0
        for field in ["eapop_n_a", "ead_nok_a", "eaflood_frac_a"] {
          less += try ranked.count { try $0.number(field) < row.number(field) }
        }
        #expect(try abs(row.number("priority_score") - Double(less) / 42) < 1e-12)
        let before = try ranked.count { try $0.number("priority_score") > row.number("priority_score") }
        #expect(try Int(row.number("rank")) == before + 1)
      }
    }

    @Test("Each building is set against its flood class, its landslide class and the stormwater")
    func safetyClasses() throws {
      #expect(safety.rows.count == 750)
      let exposed = Set(
        buildings.rows.filter { $0["exposed"] == "true" }.map { "\($0["building_id"]!) \($0["scenario"]!)" })
      let scenarios = ["20.0": "t20", "100.0": "t100", "200.0": "t200", "1000.0": "t1000"]
      var conflicts = 0
      for row in safety.rows {
        let name = "\(row["building_id"] ?? "") \(row["rule"] ?? "")"
        if row["rule"] == "landslide" {
          #expect(row["result_status"] != "HIT-RED", "\(name): susceptibility is no probability")
          #expect(["S1", "S2", "S3"].contains(row["safety_class"]))
          continue
        }
        let period =
          row["rule"] == "stormwater" ? "100.0" : ["F1": "20.0", "F2": "200.0", "F3": "1000.0"][row["safety_class"]]
        #expect(row["class_return_period_a"] == period)
        let isExposed = exposed.contains("\(row["building_id"] ?? "") \(scenarios[period ?? ""] ?? "")")
        #expect(row["result_status"] == (isExposed ? "HIT-RED" : "NO-HIT-GREEN"), "\(name)")
        if isExposed {
          conflicts += 1
          #expect(try row.number("hit_area_m2") > 0.05 * row.number("input_area_m2") - 1e-6, "\(name)")
          #expect(try row.number("distance_to_object_m") <= 1.5, "\(name)")
        } else if row["distance_to_object_m"] != "" {
          #expect(try row.number("distance_to_object_m") <= 50)
        }
      }
      #expect(conflicts > 20)
      #expect(safety.rows.contains { $0["distance_to_object_m"] == "" })
    }

    @Test("A building type that no table knows has neither damage nor class, and is told")
    func unknownType() throws {
      let table = folder.path("types.csv")
      let lines = try String(
        contentsOf: packageRoot.appendingPathComponent("fixtures/tables/building_types.csv"), encoding: .utf8
      )
      .split(separator: "\n").filter { !$0.hasPrefix("3*") }
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: table))
      let text = try shortSandvikaText().replacing(
        required: "\(packageRoot.appendingPathComponent("fixtures").path)/tables/building_types.csv", with: table
      )
      .replacingOccurrences(of: "floor_height: 0.15 m", with: "floor_height: 0.15 m, basement_from: 0.1 m")
      let result = try BuiltProgram.run(["run", folder.write(text, to: "types.yaml"), "--out", folder.path("types")])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("W-TAB-102") && result.errors.contains("311, 321, 322, 329"))
      let files = folderContents(URL(fileURLWithPath: folder.path("types")))
      for row in try TextTable(files["tables/buildings.csv"]).rows {
        let isKnown = !(row["bygningstype"] ?? "").hasPrefix("3")
        #expect((row["damage_nok"] != "") == isKnown)
        #expect((row["flags"] ?? "").contains("damage") != isKnown)
        // With its basement a flooded house loses at least that.
        if row["bygningstype"] == "111", try row.number("depth_p95_m") >= 0.1 {
          #expect(try row.number("damage_nok") >= 2000 * row.number("footprint_m2") - 1e-6)
        }
      }
      for row in try TextTable(files["tables/buildings_tek17.csv"]).rows where row["rule"] == "flood" {
        let isKnown = !(row["bygningstype"] ?? "").hasPrefix("3")
        #expect((row["result_status"] != "") == isKnown)
        #expect((row["flags"] == "building_type") != isKnown)
        // Twenty years alone tell of F1 what they do, and of others that they are hit, not that they are not.
        if row["safety_class"] == "F2" {
          #expect(["HIT-RED", "NO-HIT-YELLOW"].contains(row["result_status"]))
          #expect((row["result_status"] == "NO-HIT-YELLOW") == (row["flags"] ?? "").contains("return_period"))
        }
      }
    }

    @Test("ead: the figures of the reference from a file and from standard input, and what it refuses")
    func expectedAnnualCommand() throws {
      let table = folder.write(
        "return_period_a,damage,people\n1,5,0\n2,10,0\n5,50,0\n25,300,0\n50,1200,0\n100,3000,2\n", to: "t.csv")
      let result = try BuiltProgram.run(["ead", table])
      #expect(result.status == 0)
      #expect(result.errors.contains("damage: the value at the smallest return period"))
      #expect(!result.errors.contains("people"))
      let rows = try TextTable(Data(result.output.utf8)).rows
      #expect(rows.map { $0["name"] } == ["damage", "people"])
      #expect(try abs(rows[0].number("ea") - 98.493436) < 5e-7)
      #expect(try rows[0].number("ea_low") == 61.5 && rows[0].number("ea_high") == 152)
      #expect(try abs(rows[0].number("ea_tail_share") - 30 / 98.493436) < 1e-8)
      let trapezoid = try BuiltProgram.run([
        "ead", table, "--method", "trapezoid", "--tail", "none", "--json", "--quiet",
      ])
      #expect(trapezoid.errors.isEmpty)
      let list = try JSONSerialization.jsonObject(with: Data(trapezoid.output.utf8)) as? [[String: Any]]
      #expect(list?[0]["ea"] as? Double == 76.75 && (list?[0]["warnings"] as? [String])?.count == 1)
      let piped = runProgram(
        "sh", ["-c", "printf 'T;D\\n20;0\\n200;1e6\\n1000;2e6\\n' | \(BuiltProgram.url.path) ead --periods T"])
      let output = try #require(piped).output
      let row = try #require(TextTable(Data(output.utf8)).rows.first)
      #expect(try abs(row.number("ea") - 22_028.591) < 5e-4 && row["ea_n_rp"] == "3")
      for (text, message) in [
        ("return_period_a,x\n20,1\n20,2\n", "occurs twice"), ("return_period_a,x\n0,1\n20,2\n", "give years above 0"),
        ("return_period_a,x\n20,1\n", "two or more"), ("return_period_a,x\n20,\n50,1\n", "every row needs a number"),
        ("years,x\n20,1\n50,2\n", "no column \"return_period_a\""), ("return_period_a\n20\n50\n", "no column besides"),
        ("return_period_a,x\n20,-1\n50,2\n", "0 or more"),
      ] {
        let refused = try BuiltProgram.run(["ead", folder.write(text, to: "wrong.csv")])
        #expect(
          refused.status == 2 && refused.errors.contains(message) && refused.output.isEmpty, "\(text) \(refused.errors)"
        )
      }
    }
  }
}
