import Foundation
import TestSupport
import Testing

extension LongEndToEnd {
  @Suite("Nights of a forecast")
  struct NightlyTests {
    let folder = TemporaryFolder()

    /// A forecast in which some hours hold the rain of others.
    private func forecast(_ name: String, hours: [Int]) throws -> String {
      let place = folder.path(name)
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      for (index, hour) in hours.enumerated() {
        try FileManager.default.copyItem(
          at: fixtures.appendingPathComponent("forecast_h\(hour).tif"),
          to: URL(fileURLWithPath: "\(place)/forecast_h\(index + 1).tif"))
      }
      return place
    }

    private func arguments(_ name: String, cached: Bool = true) -> [String] {
      ["run", pipelinePath("nightly"), "--out", folder.path(name)]
        + (cached ? ["--cache", folder.path("cache")] : ["--no-cache"])
    }

    private func summary(_ name: String) throws -> [String: Any] {
      try jsonObject(FileManager.default.contents(atPath: folder.path(name) + "/summary.json"))
    }

    private func files(_ name: String) -> [String: Data] { folderContents(URL(fileURLWithPath: folder.path(name))) }

    @Test("Three nights: the second computes the weather alone, the third is killed and goes on where it was")
    func threeNights() throws {
      let nights = [
        try forecast("rain1", hours: [1, 2, 3, 5, 6, 6]), try forecast("rain2", hours: [1, 2, 4, 4, 5, 6]),
        try forecast("rain3", hours: [2, 3, 4, 4, 4, 5]),
      ]
      let first = try BuiltProgram.run(
        arguments("night1") + ["--progress", "json"], environment: ["FORECAST": nights[0]])
      #expect([0, 4].contains(first.status), "\(first.errors)")
      // Every step was counted beforehand.
      let steps = try first.errors.split(separator: "\n").filter { $0.contains(#""event":"step""#) }
        .map { try jsonObject(Data($0.utf8)) }
      // A result that the same run takes from the cache again has no number of its own.
      let numbers = Set(steps.compactMap { $0["number"] as? Int })
      #expect(numbers == Set(0..<numbers.count) && steps.allSatisfy { $0["of"] as? Int == numbers.count }, "\(numbers)")
      #expect(try summary("night1")["changes"] is NSNull)

      let second = try BuiltProgram.run(arguments("night2"), environment: ["FORECAST": nights[1]])
      #expect(second.status == 4, "\(second.errors)")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("current")) == "night2")
      let alerts = try #require(try summary("night2")["alerts"] as? [[String: Any]])
      #expect(!alerts.isEmpty && second.errors.contains("W-ALERT-001"))
      for alert in alerts {
        let value = try #require(alert["value"] as? Double)
        #expect(alert["field"] as? String == "flood_area_m2" ? value >= 3000 : value >= 25)
      }
      // What changed since the night before, as the command tells it.
      let changes = try #require(try summary("night2")["changes"] as? [String: Any])
      #expect(changes["since"] as? String == (try summary("night1")["run_id"] as? String))
      let diff = try BuiltProgram.run(["diff", folder.path("night1"), folder.path("night2"), "--quiet", "--json"])
      let told = try #require(try jsonObject(Data(diff.output.utf8))["changes"] as? [Any])
      #expect(changes["changes"] as? Int == told.count && !told.isEmpty)
      // Nothing was computed but what the weather changes.
      let manifest = try jsonObject(files("night2")["manifest.json"])
      let timings = try #require(manifest["timings"] as? [[String: Any]])
      let cached = Set(timings.filter { $0["cached"] as? Bool == true }.compactMap { $0["step"] as? String })
      #expect(
        cached.isSuperset(of: [
          "terrain", "quick clay", "release areas", "runout", "bluespots", "terrain rasters", "buildings buildings",
        ]))
      let computed = Set(timings.filter { $0["cached"] as? Bool == false }.compactMap { $0["step"] as? String })
      #expect(computed.isDisjoint(with: ["depressions", "fill certificate", "hypsometry", "breaching"]))
      // Hashes of files that came from the cache are those of the files.
      let list = try #require(manifest["outputs"] as? [[String: Any]]).map { output in
        "\(output["sha256"] ?? "")  \(folder.path("night2"))/\(output["path"] ?? "")\n"
      }
      if let sums = runProgram("sha256sum", ["--check", "--strict", folder.write(list.joined(), to: "sums")]) {
        #expect(sums.status == 0 && list.count > 10, "\(sums.output)\(sums.errors)")
      }

      // Killed in the middle of its scenario, or at the latest at its end, then run again.
      let process = BuiltProgram.process(
        arguments("night3") + ["--progress", "json"], environment: ["FORECAST": nights[2]])
      let errors = Pipe()
      process.standardError = errors
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      var text = ""
      while !text.contains("event flow tonight"), process.isRunning {
        text += String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
      }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal)
      #expect(!FileManager.default.fileExists(atPath: folder.path("night3")))
      let log = try jsonObject(FileManager.default.contents(atPath: folder.path("cache/log/night3.json")))
      #expect(log["status"] as? String == "running" && log["process"] as? Int == Int(process.processIdentifier))
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("current")) == "night2")
      let third = try BuiltProgram.run(arguments("night3"), environment: ["FORECAST": nights[2]])
      #expect(third.status == 4, "\(third.errors)")
      #expect(!folder.contents.contains { $0.contains(".tmp-") })

      // Without a cache, after the same night, everything is the same bytes.
      for (name, rain) in [("night2", nights[1]), ("night3", nights[2])] {
        let before = name == "night2" ? "night1" : "night2"
        try FileManager.default.removeItem(atPath: folder.path("current"))
        try FileManager.default.createSymbolicLink(atPath: folder.path("current"), withDestinationPath: before)
        let whole = try BuiltProgram.run(arguments("whole_\(name)", cached: false), environment: ["FORECAST": rain])
        #expect(whole.status == 4)
        #expect(files(name).count > 10)
        #expect(differences(files(name), files("whole_\(name)"), without: ["manifest.json"]).isEmpty)
      }
    }

    @Test("The command is started with an alert alone, and its failure is not hidden")
    func command() throws {
      let script = folder.write("#!/bin/sh\ncat $OVERVANN_RUN/alerts.json > \"$1\"\nexit ${CODE:-0}\n", to: "tell.sh")
      chmod(script, 0o755)
      func run(_ condition: String, to name: String, code: String = "0") throws -> ProgramResult {
        let text = try shortSandvikaText()
        let pipeline = folder.write(
          text
            + "alerts: {areas: [\"\(condition)\", \"bld_ge_10cm_n >= 1000\"], command: [\(script), \(folder.path(name)).told], exit_code: 0}\n",
          to: "alert.yaml")
        return try BuiltProgram.run(
          ["run", pipeline, "--out", folder.path(name), "--quiet"], environment: ["CODE": code])
      }
      #expect(try run("pop_exposed >= 1000000", to: "calm").status == 0)
      #expect(!folder.contents.contains("calm.told"))
      #expect(try run("pop_exposed >= 1", to: "wet").status == 0)
      let told = try jsonObject(FileManager.default.contents(atPath: folder.path("wet.told")))
      #expect((told["alerts"] as? [Any])?.isEmpty == false)
      #expect(try run("rail_exposed_m > 0", to: "rail").status == 0)
      let lines = try jsonObject(FileManager.default.contents(atPath: folder.path("rail") + "/alerts.json"))
      let fields = try #require(lines["alerts"] as? [[String: Any]]).compactMap { $0["field"] as? String }
      #expect(!fields.isEmpty && fields.allSatisfy { $0 == "rail_exposed_m" })
      let failed = try run("pop_exposed >= 1", to: "unheard", code: "3")
      #expect(failed.status == 4)
      let wrong = try run("pop_expose >= 1", to: "wrong")
      #expect(wrong.status == 2 && wrong.errors.contains("did you mean \"pop_exposed\"?"))
    }

    @Test("Alerts look at what the pipeline counts: its own assets and thresholds, and nothing that it lacks")
    func fields() throws {
      func validate(_ condition: String) throws -> ProgramResult {
        let pipeline = folder.write(
          try shortSandvikaText() + "alerts: {areas: [\"\(condition)\"]}\n", to: "fields.yaml")
        return try BuiltProgram.run(["validate", pipeline])
      }
      for field in ["rail_exposed_m", "crit_exposed_n", "bld_ge_30cm_n", "pop_ge_10cm", "land_damage_nok", "fs_min"] {
        let result = try validate("\(field) >= 1")
        #expect(result.status == 0, "\(field): \(result.errors)")
      }
      for field in ["bld_ge_20cm_n", "dv_max_m2_s", "pop_unplaced", "tram_exposed_m", "area_name"] {
        let result = try validate("\(field) >= 1")
        let said = result.errors + result.output
        #expect(result.status == 2 && said.contains("areas have no field \"\(field)\" of numbers"), "\(said)")
      }
    }
  }
}
