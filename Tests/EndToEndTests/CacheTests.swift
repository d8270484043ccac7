import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Cache and plan")
  struct CacheTests {
    let folder = TemporaryFolder()
    var cache: String { folder.path("cache") }

    private func run(_ pipeline: String, to name: String, _ arguments: String...) throws -> ProgramResult {
      try BuiltProgram.run(
        ["run", pipeline, "--out", folder.path(name), "--cache", cache, "--quiet"] + arguments)
    }

    /// Status of each step by the plan.
    private func plan(_ pipeline: String, _ arguments: String...) throws -> [String: (
      isCached: Bool, reasons: [String]
    )] {
      let result = try BuiltProgram.run(
        ["plan", pipeline, "--cache", cache, "--out", folder.path("planned"), "--format", "json"] + arguments)
      #expect(result.status == 0, "\(result.errors)")
      let steps = try #require(try jsonObject(Data(result.output.utf8))["steps"] as? [[String: Any]])
      return try Dictionary(
        uniqueKeysWithValues: steps.map { step in
          let name = try #require(step["step"] as? String)
          return (name, (step["status"] as? String == "cached", try #require(step["reasons"] as? [String])))
        })
    }

    private func contents(_ name: String) -> [String: Data] { folderContents(URL(fileURLWithPath: folder.path(name))) }

    /// The manifest without what time and place alone decide.
    private func manifest(_ name: String) throws -> NSDictionary {
      var manifest = try jsonObject(contents(name)["manifest.json"])
      for key in ["timings", "arguments", "peak_memory_bytes", "estimated_memory_bytes"] { manifest[key] = nil }
      return manifest as NSDictionary
    }

    /// Path, inode, length and time of change of everything below a folder.
    private func census(_ path: String) -> [String] {
      let below = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
      return ([""] + below).sorted().map { name in
        var status = stat()
        stat(path + "/" + name, &status)
        return "\(name) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
      }
    }

    @Test("Results from the cache, half from the cache, and without one are the same bytes")
    func sameBytes() throws {
      let short = folder.write(try shortSandvikaText(), to: "short.yaml")
      let none = try BuiltProgram.run(["run", short, "--out", folder.path("none"), "--no-cache", "--quiet"])
      #expect(none.status == 0, "\(none.errors)")
      #expect(try plan(short).values.allSatisfy { !$0.isCached && $0.reasons == ["never computed here"] })
      #expect(try run(short, to: "first").status == 0)
      #expect(try plan(short).values.allSatisfy(\.isCached))
      #expect(try run(short, to: "second", "--threads", "1").status == 0)
      // A changed condition: the terrain stays, the scenario is computed anew.
      let changed = folder.write(
        try shortSandvikaText().replacing(required: "min_depth: 0.05 m", with: "min_depth: 0.07 m"), to: "changed.yaml")
      let steps = try plan(changed)
      #expect(steps["terrain"]?.isCached == true)
      #expect(
        steps["scenario even"]?.reasons == [
          "parameter hazards.flood.min_depth: 0.05 m → 0.07 m", "step bluespots runs",
        ])
      #expect(try run(changed, to: "changed").status == 0)
      let whole = try BuiltProgram.run(["run", changed, "--out", folder.path("changed_none"), "--no-cache", "--quiet"])
      #expect(whole.status == 0)
      for (left, right) in [("none", "first"), ("none", "second"), ("changed", "changed_none")] {
        #expect(contents(left).count > 20)
        #expect(differences(contents(left), contents(right), without: ["manifest.json"]).isEmpty, "\(left) \(right)")
        #expect(try manifest(left) == manifest(right), "\(left) \(right)")
      }
      #expect(!differences(contents("none"), contents("changed"), without: ["manifest.json"]).isEmpty)
    }

    @Test("A plan and a dry run write nothing, and name what changed")
    func planWritesNothing() throws {
      let dtm = folder.path("dtm.tif")
      try FileManager.default.copyItem(at: fixtures.appendingPathComponent("dtm.tif"), to: URL(fileURLWithPath: dtm))
      let text = try shortSandvikaText().replacing(
        required: fixtures.appendingPathComponent("dtm.tif").path, with: dtm)
      let short = folder.write(text, to: "short.yaml")
      #expect(try run(short, to: "first").status == 0)
      let before = census(folder.url.path)
      for arguments in [
        ["plan", short, "--cache", cache, "--why"], ["plan", short, "--cache", cache, "--format", "dot"],
        ["plan", short, "--cache", folder.path("other"), "--out", folder.path("elsewhere")],
        ["run", short, "--dry-run", "--cache", cache, "--out", folder.path("elsewhere")],
      ] {
        let result = try BuiltProgram.run(arguments)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("terrain"))
        #expect(census(folder.url.path) == before, "\(arguments)")
      }
      // The same content with another time of change is the same input.
      let data = try #require(FileManager.default.contents(atPath: dtm))
      #expect(FileManager.default.createFile(atPath: dtm, contents: data))
      #expect(try plan(short)["terrain"]?.isCached == true)
      // A side file that the raster's driver reads is part of the input.
      _ = folder.write("<PAMDataset></PAMDataset>", to: "dtm.tif.aux.xml")
      let withSidecar = try #require(try plan(short)["terrain"])
      #expect(!withSidecar.isCached && withSidecar.reasons.contains { $0.contains("dtm.tif.aux.xml is new") })
      try FileManager.default.removeItem(atPath: dtm + ".aux.xml")
      let other = try #require(
        FileManager.default.contents(atPath: fixtures.appendingPathComponent("marine_limit.tif").path))
      #expect(FileManager.default.createFile(atPath: dtm, contents: other))
      let changed = try #require(try plan(short)["terrain"])
      #expect(!changed.isCached && changed.reasons.contains { $0.hasPrefix("input \(dtm) changed since ") })
      let roads = fixtures.appendingPathComponent("roads.gpkg").path
      let lost = folder.write(try text.replacing(required: roads, with: folder.path("none.gpkg")), to: "lost.yaml")
      try refuses(lost, missing: folder.path("none.gpkg"))
      // Where the grid cannot be told there is nothing to plan.
      func refused(_ arguments: String..., status: Int32) throws {
        let result = try BuiltProgram.run(arguments + ["--cache", cache])
        #expect(result.status == status && result.output.isEmpty, "\(arguments): \(result.errors)")
        #expect(result.errors.contains("error[E-"), "\(arguments): \(result.errors)")
      }
      try refused("plan", short, "--set", "grid.crs=EPSG:1", status: 2)
      try FileManager.default.removeItem(atPath: dtm)
      try refused("plan", short, status: 3)
      try refused("run", short, "--dry-run", status: 3)
    }

    /// A plan of a run that a missing input of a scenario would stop: told as far as it goes, and refused as the run is.
    private func refuses(_ pipeline: String, missing path: String) throws {
      let arguments = [pipeline, "--out", folder.path("elsewhere")]
      let run = try BuiltProgram.run(["run"] + arguments + ["--cache", cache])
      func errors(_ result: ProgramResult) -> [Substring] {
        result.errors.split(separator: "\n").filter { $0.contains("error[E-") }
      }
      #expect(run.status == 3 && errors(run).count == 1 && errors(run)[0].contains(path), "\(run.errors)")
      for planning in [["plan"], ["run", "--dry-run"], ["plan", "--format", "json"]] {
        let plan = try BuiltProgram.run(planning + arguments + ["--cache", cache])
        #expect(plan.status == 3 && errors(plan) == errors(run), "\(plan.errors)")
        #expect(plan.errors.contains("(exit code 3): E-"), "\(plan.errors)")
        #expect(plan.output.contains("\(path) cannot be read") && plan.output.contains("terrain"))
      }
      let validation = try BuiltProgram.run(["validate"] + arguments)
      #expect(validation.status == 3 && errors(validation) == errors(run), "\(validation.errors)")
    }

    @Test("Damaged entries are told of and computed anew; a cache that cannot be written is done without")
    func damagedEntries() throws {
      let short = folder.write(try shortSandvikaText(), to: "short.yaml")
      #expect(try run(short, to: "first").status == 0)
      let steps = cache + "/steps"
      let names = try FileManager.default.contentsOfDirectory(atPath: steps).sorted()
      #expect(names.count > 5)
      for (number, name) in names.enumerated() {
        var bytes = try #require(FileManager.default.contents(atPath: "\(steps)/\(name)"))
        switch number % 4 {
        case 0: bytes[bytes.count / 2] ^= 1
        case 1: bytes.removeLast()
        case 2: bytes = Data()
        default: bytes.replaceSubrange(8..<16, with: repeatElement(0xFF, count: 8))
        }
        try bytes.write(to: URL(fileURLWithPath: "\(steps)/\(name)"))
      }
      let again = try BuiltProgram.run(["run", short, "--out", folder.path("again"), "--cache", cache])
      #expect(again.status == 0)
      #expect(again.errors.components(separatedBy: "W-CACHE-001").count > names.count)
      #expect(differences(contents("first"), contents("again"), without: ["manifest.json"]).isEmpty)
      #expect(try plan(short).values.allSatisfy(\.isCached))
      _ = folder.write("", to: "file")
      let without = try BuiltProgram.run(
        ["run", short, "--out", folder.path("without"), "--cache", folder.path("file") + "/below"])
      #expect(without.status == 0)
      #expect(without.errors.contains("W-CACHE-002"))
      #expect(differences(contents("first"), contents("without"), without: ["manifest.json"]).isEmpty)
    }

    @Test("The cache lies beside the results; clean clears by age, by size, and leftovers")
    func cleaning() throws {
      let short = folder.write(try shortSandvikaText(), to: "short.yaml")
      let result = try BuiltProgram.run(
        ["run", short, "--out", folder.path("out/first"), "--quiet"], usesDefaultCache: true)
      #expect(result.status == 0)
      let cache = folder.path("out/.overvann-cache")
      func entries() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: cache + "/steps").sorted()
      }
      let all = try entries()
      #expect(all.count > 5)
      // A process that has ended.
      let gone = Process()
      gone.executableURL = URL(fileURLWithPath: "/bin/true")
      try gone.run()
      gone.waitUntilExit()
      let old = [FileAttributeKey.modificationDate: Date.now.addingTimeInterval(-40 * 86_400)]
      let left = folder.write("x", to: "out/.overvann-cache/steps/tmp-\(gone.processIdentifier)-1f")
      let results = folder.path("out/first.tmp-\(gone.processIdentifier)-1f")
      try FileManager.default.createDirectory(atPath: results, withIntermediateDirectories: false)
      let mine = folder.write("x", to: "out/.overvann-cache/steps/tmp-\(getpid())-1f")
      for path in [left, results, mine, "\(cache)/steps/\(all[0])"] {
        try FileManager.default.setAttributes(old, ofItemAtPath: path)
      }
      let dry = try BuiltProgram.run(["clean", cache, "--older-than", "30d", "--dry-run"])
      #expect(dry.status == 0 && dry.output.split(separator: "\n").count == 3, "\(dry.output)")
      #expect(try entries().count == all.count + 2)
      #expect(try BuiltProgram.run(["clean", cache, "--older-than", "30d"]).output == dry.output)
      #expect(try entries() == (all.dropFirst() + ["tmp-\(getpid())-1f"]).sorted())
      #expect(!FileManager.default.fileExists(atPath: results))
      #expect(FileManager.default.fileExists(atPath: folder.path("out/first/manifest.json")))
      #expect(try BuiltProgram.run(["clean", folder.path("out")]).status == 2)
      #expect(try BuiltProgram.run(["clean", cache, "--max-size", "1K"]).status == 0)
      #expect(try entries() == ["tmp-\(getpid())-1f"])
    }
  }
}
