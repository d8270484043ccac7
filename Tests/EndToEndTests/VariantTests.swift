import Foundation
import Geodata
import Grids
import TestSupport
import Testing

extension EndToEnd {
  /// Pipelines that leave things out, and data that do.
  @Suite("Variants of the example")
  struct Variants {
    private let folder = TemporaryFolder()

    /// The example with one scenario, without the parts of a section that begin with one of the given texts.
    private func run(
      _ name: String, _ edit: (inout String) throws -> Void = { _ in }, arguments: [String] = []
    ) throws -> (result: ProgramResult, files: [String: Data]) {
      var text = try shortSandvikaText()
      try edit(&text)
      let pipeline = folder.write(text, to: "\(name).yaml")
      let out = folder.path(name)
      let result = try BuiltProgram.run(["run", pipeline, "--out", out, "--quiet"] + arguments)
      return (result, folderContents(URL(fileURLWithPath: out)))
    }

    /// Removes a block of the file: the line that begins with the text and all deeper ones below it.
    private func remove(_ start: String, from text: inout String) throws {
      var lines = text.components(separatedBy: "\n")
      let first = try #require(lines.firstIndex { $0.hasPrefix(start) })
      let depth = start.prefix { $0 == " " }.count
      var end = first + 1
      while end < lines.count, lines[end].isEmpty || lines[end].prefix(while: { $0 == " " }).count > depth { end += 1 }
      lines.removeSubrange(first..<end)
      text = lines.joined(separator: "\n")
    }

    @Test(
      "Without slides, roads or buildings a run ends well, and their columns are not there", arguments: [1, 2, 4, 7])
    func partsLeftOut(parts: Int) throws {
      let (result, files) = try run("parts\(parts)") { text in
        if parts & 1 != 0 {
          try remove("  slide:", from: &text)
          text = text.replacingOccurrences(of: ", landslide]", with: "]")
            .replacingOccurrences(of: "stability, ", with: "")
        }
        if parts & 2 != 0 {
          try remove("    roads:", from: &text)
          try remove("    rail:", from: &text)
          text = text.replacingOccurrences(of: " roads, rail,", with: "")
        }
        if parts & 4 != 0 {
          try remove("    buildings:", from: &text)
          try remove("    facilities:", from: &text)
          try remove("  damage:", from: &text)
          try remove("  tek17:", from: &text)
          text = text.replacingOccurrences(of: " buildings, buildings_tek17,", with: "").replacingOccurrences(
            of: " facilities,", with: "")
        }
        if parts & 6 == 6 { text = text.replacingOccurrences(of: "  assets:\n", with: "  assets: {}\n") }
      }
      #expect(result.status == 0, "\(result.errors)")
      let columns = try TextTable(files["tables/areas.csv"]).names
      #expect(columns.contains("slide_area_m2") == (parts & 1 == 0))
      #expect(columns.contains("road_total_m") == (parts & 2 == 0))
      #expect(columns.contains("bld_total_n") == (parts & 4 == 0))
      #expect(columns.contains("bld_slide_n") == (parts & 5 == 0))
    }

    @Test("Residents that are not known are not zero")
    func unknownResidents() throws {
      let (result, files) = try run("residents") { text in
        text = text.replacingOccurrences(of: "    residents: residents\n", with: "")
      }
      #expect(result.status == 0, "\(result.errors)")
      let exposed = try TextTable(files["tables/areas.csv"]).rows.filter { ($0["bld_exposed_n"] ?? "0") > "0" }
      #expect(!exposed.isEmpty)
      for row in exposed { #expect(row["pop_total"] == "" && row["pop_exposed"] == "" && row["pop_ge_10cm"] == "") }
    }

    @Test("Where deposits are not known slopes are not stable but unknown")
    func unknownDeposits() throws {
      let crs = try coordinateReferenceSystem("EPSG:25832")
      let west = GridGeometry(
        columns: 60, rows: 100, west: 583_400, north: 6_641_000, cellWidth: 10, cellHeight: 10, crs: crs)
      try writeClassGeoTIFF(Grid<Int32>(west, repeating: 11), to: folder.path("west.tif"), as: .byte)
      let (result, files) = try run("deposits") { text in
        text = text.replacingOccurrences(
          of: "    soil: deposits\n", with: "    soil: western\n"
        ).replacingOccurrences(
          of: "\ntables:", with: "\n  western: {kind: class, path: \(folder.path("west.tif"))}\ntables:")
      }
      #expect(result.status == 0, "\(result.errors)")
      let east = try TextTable(files["tables/areas.csv"]).rows.filter { $0["area_id"] == "09990112" }
      #expect(!east.isEmpty)
      for row in east {
        #expect(row["flags"] == "slide_coverage" && row["slide_area_m2"] == "" && row["bld_slide_n"] == "")
        #expect(row["flood_area_m2"] != "")
      }
    }

    @Test("Another rain of the same name is another run")
    func runIdentity() throws {
      let crs = try coordinateReferenceSystem("EPSG:25832")
      let geometry = GridGeometry(
        columns: 16, rows: 16, west: 583_310, north: 6_641_270, cellWidth: 100, cellHeight: 100, crs: crs)
      var identities: Set<String> = []
      for depth in [30, 50] as [Float] {
        try writeGeoTIFF(Grid<Float>(geometry, repeating: depth), to: folder.path("rain.tif"), unit: "mm")
        let (result, files) = try run("identity", arguments: ["--replace"], edit: folder.path("rain.tif"))
        #expect(result.status == 0, "\(result.errors)")
        identities.insert(try #require(jsonObject(files["summary.json"])["run_id"] as? String))
      }
      #expect(identities.count == 2)
    }

    private func run(_ name: String, arguments: [String], edit rain: String) throws -> (
      result: ProgramResult, files: [String: Data]
    ) {
      try run(
        name,
        { text in
          let start = try #require(text.range(of: "  rain:\n"))
          let end = try #require(text.range(of: "  areas:"))
          text.replaceSubrange(
            start.lowerBound..<end.lowerBound,
            with: "  rain: {kind: rain, path: \(rain), unit: mm, duration: 60 min}\n")
        }, arguments: arguments)
    }

    @Test("A second asset of a kind, or one with a table's name, is refused")
    func assetNames() throws {
      for (name, other) in [("second", "huts"), ("table", "water_balance")] {
        let (result, files) = try run(name) { text in
          if name == "table" { try remove("    buildings:", from: &text) }
          text = text.replacingOccurrences(
            of: "    roads: {input",
            with: "    \(other): {input: buildings, exposed_if: \"depth >= 0.1 m\"}\n    roads: {input")
        }
        #expect(result.status == 2, "\(result.errors)")
        #expect(result.errors.contains("exposure.assets.\(other)"))
        #expect(files.isEmpty)
      }
    }

    @Test("A log that cannot be written does not stop a run")
    func fullLog() throws {
      let process = BuiltProgram.process(["run", pipelinePath("sandvika"), "--out", folder.path("log")])
      process.standardOutput = FileHandle.nullDevice
      process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/full"))
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 0)
      #expect(FileManager.default.fileExists(atPath: folder.path("log/manifest.json")))
    }
  }
}
