import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Formats of layers and tables")
  struct OutputFormats {
    @Test("Every format is written and listed; all but what tells of the command line is repeatable to the byte")
    func formats() throws {
      let folder = TemporaryFolder()
      func run(_ name: String, threads: String) throws -> [String: Data] {
        let program = try BuiltProgram.run(
          [
            "run", pipelinePath("sandvika"), "--out", folder.path(name), "--quiet", "--threads", threads,
            "--set", "outputs.tables={csv: true, excel: true, xlsx: true}",
            "--set", "outputs.geojsonseq={layers: [areas, bluespot_water]}",
            "--set", "outputs.flatgeobuf={layers: [areas, roads]}", "--set", "outputs.metadata=[ro_crate, rdls]",
            "--set",
            "outputs.publication={publisher: {name: Sandvika, url: \"https://example.org\"}, contact: "
              + "{name: GIS, email: gis@example.org}, url: \"https://example.org/runs/1/\", license: CC-BY-4.0, "
              + "countries: [NOR]}",
            "--set", "outputs.smooth=true", "--set", "outputs.report={language: nb, top: 3}",
          ], environment: ["SOURCE_DATE_EPOCH": "1700000000"])
        #expect(program.status == 0, "\(program.errors)")
        return folderContents(URL(fileURLWithPath: folder.path(name)))
      }
      let files = try run("one", threads: "1")
      let again = try run("two", threads: "2")
      #expect(differences(files, again, without: ["manifest.json", "ro-crate-metadata.json"]).isEmpty)
      let manifest = try jsonObject(files["manifest.json"])
      let outputs = try #require(manifest["outputs"] as? [[String: Any]]).compactMap { $0["path"] as? String }
      let added = [
        "layers/areas.geojsons", "layers/bluespot_water.geojsons", "layers/areas.fgb", "layers/roads.fgb",
        "tables/overvann.xlsx", "report.html", "ro-crate-metadata.json",
        "rdls.json",
      ]
      for path in added { #expect(outputs.contains(path) && files[path] != nil, "\(path)") }
      #expect(!outputs.contains("layers/roads.geojsons") && outputs == outputs.sorted())

      // A feature a line, each behind a record separator, equal to GeoJSON's.
      let sequence = String(decoding: try #require(files["layers/areas.geojsons"]), as: UTF8.self)
      let lines = sequence.split(separator: "\n")
      #expect(lines.allSatisfy { $0.first == "\u{1E}" })
      let collection = String(decoding: try #require(files["layers/areas.geojson"]), as: UTF8.self)
      #expect(lines.allSatisfy { collection.contains($0.dropFirst()) })
      let features = try jsonObject(files["layers/areas.geojson"])["features"] as? [Any]
      #expect(features?.count == lines.count)

      // For a Norwegian spreadsheet.
      let table = try #require(files["tables/areas.csv"])
      #expect(table.starts(with: [0xEF, 0xBB, 0xBF]))
      #expect(String(decoding: table, as: UTF8.self).contains(";\"t20\";20,0;1,4;"))

      // What was smoothed says so; the fields keep the areas of the cells.
      let water = try jsonObject(files["layers/bluespot_water.geojson"])
      #expect((water["metadata"] as? [String: Any])?["smoothed"] as? Bool == true)
      #expect((try jsonObject(files["layers/areas.geojson"])["metadata"] as? [String: Any])?["smoothed"] == nil)

      let page = String(decoding: try #require(files["report.html"]), as: UTF8.self)
      #expect(page.contains("<html lang=\"nb\">") && page.components(separatedBy: "class=\"area-button\"").count == 4)
      let crate = try jsonObject(files["ro-crate-metadata.json"])
      let entities = try #require(crate["@graph"] as? [[String: Any]])
      let action = try #require(entities.first { $0["@type"] as? String == "CreateAction" })
      #expect(action["endTime"] as? String == "2023-11-14T22:13:20Z")
      let described = Set(entities.compactMap { $0["@id"] as? String })
      for path in outputs where path != "ro-crate-metadata.json" { #expect(described.contains(path), "\(path)") }
      let root = try #require(entities.first { $0["@id"] as? String == "./" })
      #expect(root["license"] as? String == "CC-BY-4.0" && described.contains("#publisher"))

      // Hazard, exposure and loss for catalogues of risk data; `make check-outputs` holds it against the standard.
      let datasets = try #require(try jsonObject(files["rdls.json"])["datasets"] as? [[String: Any]])
      let dataset = try #require(datasets.first)
      #expect(datasets.count == 1 && dataset["risk_data_type"] as? [String] == ["hazard", "exposure", "loss"])
      #expect(dataset["version"] as? String == manifest["run_id"] as? String)
      let roles = try #require(dataset["attributions"] as? [[String: Any]])
      #expect(roles.compactMap { $0["role"] as? String } == ["publisher", "creator", "contact_point"])
      #expect((roles[2]["entity"] as? [String: String]) == ["name": "GIS", "email": "gis@example.org"])
      let bounds = try #require((dataset["spatial"] as? [String: Any])?["bbox"] as? [Double])
      #expect(bounds[0] > 10.48 && bounds[1] > 59.88 && bounds[2] < 10.52 && bounds[3] < 59.91 && bounds[0] < bounds[2])
      let resources = try #require(dataset["resources"] as? [[String: Any]])
      let addresses = Set(resources.compactMap { $0["download_url"] as? String })
      for path in outputs where path.hasPrefix("rasters/") || path.hasSuffix(".csv") && path.hasPrefix("tables/") {
        #expect(addresses.contains("https://example.org/runs/1/" + path), "\(path)")
      }
      let sets = try #require((dataset["hazard"] as? [String: Any])?["event_sets"] as? [[String: Any]])
      #expect(sets.compactMap { $0["analysis_type"] as? String } == ["probabilistic", "deterministic"])
      let events = try #require(sets[0]["events"] as? [[String: Any]])
      let periods = events.compactMap {
        (($0["occurrence"] as? [String: Any])?["probabilistic"] as? [String: Double])?["return_period"]
      }
      #expect(periods == [20, 100, 200, 1000])
    }

    @Test("A description for catalogues of risk data needs to be told who publishes")
    func publication() throws {
      let cases = [
        ("", "outputs.publication: missing"),
        ("publisher: {name: A}, url: \"https://a.no\", license: CC0-1.0", "outputs.publication.publisher.url: missing"),
        (
          "publisher: {name: A, email: a}, url: \"https://a.no\", license: CC0-1.0",
          "no address such as gis@example.org"
        ),
        (
          "publisher: {name: A, email: a@b.no}, url: data, license: CC0-1.0",
          "no address such as https://data.example.org"
        ),
        (
          "publisher: {name: A, email: a@b.no}, url: \"https://a.no\", license: Custom",
          "outputs.publication.license_url: missing"
        ),
        (
          "publisher: {name: A, email: a@b.no}, url: \"https://a.no\", license: CC0-1.0, countries: [Norge]",
          "is not a country of three capitals"
        ),
      ]
      for (section, words) in cases {
        let program = try BuiltProgram.run(
          ["validate", pipelinePath("sandvika"), "--set", "outputs.metadata=[rdls]"]
            + (section.isEmpty ? [] : ["--set", "outputs.publication={\(section)}"]))
        #expect(program.status == 2 && (program.errors + program.output).contains(words), "\(words): \(program.errors)")
      }
    }

    @Test("Smoothing changes outlines and nothing else")
    func smoothing() throws {
      let folder = TemporaryFolder()
      let plain = try SandvikaRun.shared.get()
      let program = try BuiltProgram.run([
        "run", pipelinePath("sandvika"), "--out", folder.path("smooth"), "--quiet", "--set", "outputs.smooth=true",
      ])
      #expect(program.status == 0, "\(program.errors)")
      let files = folderContents(URL(fileURLWithPath: folder.path("smooth")))
      for (path, content) in plain.files where path.hasPrefix("tables/") { #expect(files[path] == content, "\(path)") }
      for layer in ["bluespots", "landslide"] {
        func features(_ data: Data?) throws -> [[String: Any]] {
          try #require(try jsonObject(data)["features"] as? [[String: Any]])
        }
        let (smooth, cells) = (
          try features(files["layers/\(layer).geojson"]), try features(plain.files["layers/\(layer).geojson"])
        )
        #expect(smooth.count == cells.count)
        for (a, b) in zip(smooth, cells) {
          #expect(a["properties"] as? NSDictionary == b["properties"] as? NSDictionary)
        }
        #expect(files["layers/\(layer).geojson"] != plain.files["layers/\(layer).geojson"])
      }
    }

    @Test("A password in the connection is refused, and no message repeats it")
    func password() throws {
      for connection in ["PG:dbname=gis password=hemmelig", "PG:postgresql://gis:hemmelig@db/gis"] {
        let program = try BuiltProgram.run([
          "validate", pipelinePath("sandvika"), "--set", "outputs.postgis.connection=\(connection)",
        ])
        #expect(program.status == 2)
        let said = program.errors + program.output
        #expect(said.contains("PGPASSFILE") && !said.contains("hemmelig"), "\(said)")
      }
    }

    @Test("A database out of reach ends the run with 5 and leaves nothing")
    func noDatabase() throws {
      let folder = TemporaryFolder()
      let program = try BuiltProgram.run([
        "run", pipelinePath("sandvika"), "--out", folder.path("run"), "--quiet",
        "--set", "outputs.postgis={connection: \"PG:host=/nonexistent dbname=none\"}",
      ])
      #expect(program.status == 5)
      #expect(program.errors.contains("E-OUT-105") && program.errors.contains("cannot be reached"))
      #expect(folder.contents.isEmpty)
    }
  }
}
