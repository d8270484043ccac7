import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Water balance")
  struct WaterBalance {
    let run: SandvikaRun

    init() throws { run = try SandvikaRun.shared.get() }

    @Test("The rain is lost, drained, stored or gone, to a millionth of a cubic metre")
    func closes() throws {
      let rows = try TextTable(run.files["tables/water_balance.csv"]).rows
      for scenario in ["t20", "t100", "t200", "t1000"] {
        var volume: [String: Double] = [:]
        for row in rows where row["scenario"] == scenario { volume[row["item"] ?? ""] = try row.number("m3") }
        func item(_ name: String) throws -> Double { try #require(volume[name], "\(scenario) \(name)") }
        let runoff = try item("runoff")
        let rest = try item("rain") - item("losses") - item("drained") + item("rounding_to_basins") - runoff
        #expect(abs(rest) < 1e-6, "\(scenario)")
        let stored = try item("stored_in_bluespots") + item("stored_in_small_depressions")
        let lost = try item("infiltrated_in_depressions") + item("drained_from_depressions")
        let kept = try stored + lost + item("left_the_grid")
        #expect(abs(runoff - kept) < 1e-6, "\(scenario)")
        #expect(try abs(item("rounding_to_basins")) < 1e-3, "\(scenario)")
        #expect(volume.allSatisfy { $0.key == "rounding_to_basins" || $0.value >= 0 }, "\(scenario)")
        #expect(volume.count == 10 && runoff > 1000, "\(scenario)")
      }
      #expect(rows.count == 4 * 10)
    }

    @Test("More rain for rarer rain, and the summary tells the same as the table and the manifest")
    func agrees() throws {
      let rows = try TextTable(run.files["tables/water_balance.csv"]).rows
      let rain = try rows.filter { $0["item"] == "rain" }.map { try $0.number("m3") }
      #expect(rain == rain.sorted() && Set(rain).count == 4)
      for file in ["summary.json", "manifest.json"] {
        let data = try #require(run.files[file])
        let items = try JSONDecoder().decode(BalanceReport.self, from: data).waterBalance
        #expect(items.count == rows.count)
        for (item, row) in zip(items, rows) {
          #expect(item.scenario == row["scenario"] && item.item == row["item"])
          #expect(try item.m3 == row.number("m3"))
        }
      }
    }

    @Test("Every certificate of the manifest is proved")
    func certificates() throws {
      let manifest = try jsonObject(run.files["manifest.json"])
      let certificates = try #require(manifest["certificates"] as? [[String: Any]])
      #expect(certificates.allSatisfy { $0["proved"] as? Bool == true })
      #expect(certificates.count { $0["name"] as? String == "fill" } == 1)
      #expect(certificates.count { $0["name"] as? String == "mass balance" } == 4)
    }

    @Test("What is too small to be listed is counted, with its volume and its water, and changes nothing else")
    func dropped() throws {
      let folder = TemporaryFolder()
      func run(_ name: String, least: String) throws -> (counts: [String: Any], water: [String: Double], full: [Double])
      {
        let result = try BuiltProgram.run([
          "bluespots", fixtures.appendingPathComponent("dtm.tif").path, "--rain", "60mm", "--nodata", "outlet",
          "--min-volume", least, "--out", folder.path(name), "--quiet",
        ])
        #expect(result.status == 0, "\(result.errors)")
        let files = folderContents(URL(fileURLWithPath: folder.path(name)))
        let counts = try jsonObject(files["summary.json"])["counts"] as? [String: Any]
        var water: [String: Double] = [:]
        for row in try TextTable(files["tables/water_balance.csv"]).rows {
          water[row["item"] ?? ""] = try row.number("m3")
        }
        let roots = try TextTable(files["tables/bluespots.csv"]).rows.filter { $0["parent_id"] == "" }
        return (try #require(counts), water, try roots.map { try $0.number("bspot_vol") })
      }
      let (all, large) = (try run("all", least: "0m3"), try run("large", least: "5m3"))
      let number = try #require(large.counts["bluespots_dropped"] as? Int)
      let volume = try #require(large.counts["bluespots_dropped_m3"] as? Double)
      #expect(all.counts["bluespots_dropped"] as? Int == 0 && number > 1000 && volume > 100)
      #expect(all.full.count == large.full.count + number)
      #expect(abs(all.full.reduce(0, +) - large.full.reduce(0, +) - volume) < 1e-6)
      // Small ones go on filling and spilling, listed or not.
      func item(_ run: [String: Double], _ name: String) throws -> Double { try #require(run[name], "\(name)") }
      let small = try item(large.water, "stored_in_small_depressions")
      #expect(try item(all.water, "stored_in_small_depressions") == 0 && small > 0 && small <= volume + 1e-6)
      let stored = try item(all.water, "stored_in_bluespots")
      #expect(try abs(stored - item(large.water, "stored_in_bluespots") - small) < 1e-6)
      #expect(try item(all.water, "left_the_grid") == item(large.water, "left_the_grid"))
    }

    @Test("The water in the outermost bluespots is that of the balance")
    func storedWater() throws {
      let balance = try TextTable(run.files["tables/water_balance.csv"]).rows
      let bluespots = try TextTable(run.files["tables/bluespots.csv"]).rows
      for scenario in ["t20", "t100", "t200", "t1000"] {
        let roots = bluespots.filter { $0["scenario"] == scenario && $0["parent_id"] == "" }
        let stored = try roots.reduce(0) { try $0 + $1.number("v") }
        let row = try #require(
          balance.first { $0["scenario"] == scenario && $0["item"] == "stored_in_bluespots" })
        #expect(try abs(stored - row.number("m3")) < 1e-6, "\(scenario)")
      }
    }
  }
}
