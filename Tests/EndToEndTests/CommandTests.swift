import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Commands")
  struct Commands {
    let folder = TemporaryFolder()

    @Test(
      "Every command helps with an example",
      arguments: [
        "", "run", "validate", "inspect", "schema", "config", "explain", "fill", "flow", "bluespots", "surface",
      ])
    func help(command: String) throws {
      let result = try BuiltProgram.run((command.isEmpty ? [] : [command]) + ["--help"])
      #expect(result.status == 0)
      #expect(result.output.contains("EXAMPLE") && result.output.contains("overvann \(command)"))
      #expect(result.errors.isEmpty)
    }

    @Test("Misuse of the command line: 2")
    func misuse() throws {
      let misuses = [
        ["run", pipelinePath("sandvika"), "--bogus"], ["run"], ["walk"],
        ["run", pipelinePath("sandvika"), "--threads", "0"],
        ["run", pipelinePath("sandvika"), "--progress", "dance"], ["inspect"], ["schema", "more"],
      ]
      for arguments in misuses {
        let result = try BuiltProgram.run(arguments, in: folder.url)
        #expect(result.status == 2, "\(arguments)")
        #expect(result.errors.contains("Usage:"), "\(arguments)")
        #expect(result.output.isEmpty, "\(arguments)")
      }
    }

    @Test("validate: the pipelines that come with the program are valid", arguments: ["sandvika"])
    func validate(name: String) throws {
      let result = try BuiltProgram.run(["validate", pipelinePath(name)])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output == "\(pipelinePath(name)): valid\n")
    }

    @Test("validate --json: one finding a line")
    func validateJSON() throws {
      let text = try sandvikaText.replacing(required: "    resample: bil", with: "    resampel: bil")
      let result = try BuiltProgram.run(["validate", "--json", folder.write(text, to: "changed.yaml")])
      #expect(result.status == 2)
      let findings = try result.output.split(separator: "\n").map { try jsonObject(Data($0.utf8)) }
      #expect(findings.count == 1)
      #expect(findings.first?["severity"] as? String == "error")
      #expect(findings.first?["code"] as? String == "E-CFG-004")
      #expect(findings.first?["line"] as? Int ?? 0 > 0)
    }

    @Test("config: what it prints is valid, means the same, and prints itself again")
    func config() throws {
      let source = folder.write(sandvikaText, to: "source.yaml")
      let first = try BuiltProgram.run(["config", source])
      #expect(first.status == 0, "\(first.errors)")
      let resolved = folder.write(first.output, to: "resolved.yaml")
      #expect(try BuiltProgram.run(["validate", resolved]).status == 0)
      #expect(try BuiltProgram.run(["config", resolved]).output == first.output)
      let changed = try BuiltProgram.run(["config", source, "--set", "hazards.flood.min_depth=0.1 m"])
      let pairs = zip(first.output.split(separator: "\n"), changed.output.split(separator: "\n"))
      #expect(pairs.count { $0 != $1 } == 1)
    }

    @Test("schema: a JSON Schema, the same as the one that comes with the pipelines")
    func schema() throws {
      let result = try BuiltProgram.run(["schema"])
      #expect(result.status == 0)
      let schema = try jsonObject(Data(result.output.utf8))
      #expect((schema["$schema"] as? String)?.contains("draft-07") == true)
      #expect(
        Set((schema["properties"] as? [String: Any] ?? [:]).keys).isSuperset(of: ["inputs", "scenarios", "hazards"]))
      let kept = packageRoot.appendingPathComponent("pipelines/pipeline.schema.json")
      guard let data = FileManager.default.contents(atPath: kept.path) else {
        print("skipped: pipelines/pipeline.schema.json is not there")
        return
      }
      #expect(data == Data(result.output.utf8))
    }

    @Test("inspect: sizes and reference systems of rasters and layers")
    func inspect() throws {
      let files = ["dtm.tif", "areas.gpkg"].map { fixtures.appendingPathComponent($0).path }
      let result = try BuiltProgram.run(["inspect"] + files)
      #expect(result.status == 0)
      for line in [
        "columns: 1200", "rows: 1000", "crs: EPSG:25832", "nodata: -9999.0", "features: 17", "area_id: String",
      ] {
        #expect(result.output.contains(line), "\(line)")
      }
      let asJSON = try BuiltProgram.run(["inspect", "--json"] + files)
      let objects = try asJSON.output.split(separator: "\n").map { try jsonObject(Data($0.utf8)) }
      #expect(objects.map { $0["kind"] as? String } == ["raster", "layers"])
      #expect(objects.first?["columns"] as? Int == 1200)
      let missing = try BuiltProgram.run(["inspect", folder.path("missing.tif"), files[0]])
      #expect(missing.status == 3)
      #expect(missing.output.contains("columns: 1200"), "one bad file hides the others")
    }
  }
}
