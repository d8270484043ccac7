import Foundation
import Geodata
import Grids
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Memory")
  struct Memory {
    @Test("What a run held at most is in the manifest, and the estimate lies above it, but not by half")
    func estimate() throws {
      let manifest = try jsonObject(SandvikaRun.shared.get().files["manifest.json"])
      let peak = try #require(manifest["peak_memory_bytes"] as? Int)
      let estimate = try #require(manifest["estimated_memory_bytes"] as? Int)
      #expect(peak > 50_000_000)
      #expect(estimate > peak && Double(estimate) < 1.5 * Double(peak), "\(estimate) estimated, \(peak) held")
    }

    @Test("Refused before anything is computed: 3, with the figure that is enough; with it the run is let through")
    func refusal() throws {
      let folder = TemporaryFolder()
      let refused = try BuiltProgram.run(
        ["run", pipelinePath("sandvika"), "--out", folder.path("out"), "--memory", "300MB"])
      #expect(refused.status == 3 && refused.errors.contains("E-RUN-005"))
      #expect(!refused.errors.contains("% terrain"), "nothing is computed: \(refused.errors)")
      #expect(folder.contents.isEmpty)
      let figure = try #require(refused.errors.firstMatch(of: #/allow --memory ([0-9.]+[MG])/#)).1
      for (memory, status) in [(String(figure), Int32(0)), ("300MB", 3)] {
        let checked = try BuiltProgram.run(
          ["validate", pipelinePath("sandvika"), "--memory", memory, "--verify", "headers"])
        #expect(checked.status == status, "\(memory): \(checked.errors)")
      }
    }

    // The burst makes nearly every second cell of this terrain give all it holds at once.
    @Test(
      "A simulation holds less than 48 bytes a cell, results written included",
      arguments: [("10mm", "5s", "1"), ("30mm", "5min", "2")])
    func simulation(rain: String, in duration: String, threads: String) throws {
      let folder = TemporaryFolder()
      let crs = try coordinateReferenceSystem("EPSG:25832")
      func peak(_ size: Int) throws -> Int {
        let geometry = GridGeometry(
          columns: size, rows: size, west: 583_000, north: 6_650_000, cellWidth: 2, cellHeight: 2, crs: crs)
        let path = folder.path("\(size).tif")
        try writeGeoTIFF(
          Grid<Float>(geometry) { out in for cell in 0..<size * size { out[cell] = Float(cell % 7) } }, to: path)
        let result = try BuiltProgram.run([
          "simulate", path, "--rain", rain, "--rain-duration", duration, "--duration", "5s", "--manning", "0.05",
          "--threads", threads, "--out", folder.path("out\(size)"),
        ])
        #expect(result.status == 0, "\(result.errors)")
        let report = try jsonObject(FileManager.default.contents(atPath: folder.path("out\(size)/report.json")))
        return try #require(report["peak_memory_bytes"] as? Int)
      }
      // The difference of two sizes is free of what the program holds whatever it does.
      let perCell = Double(try peak(1800) - peak(600)) / Double(1800 * 1800 - 600 * 600)
      #expect(perCell > 30 && perCell < 48, "\(perCell) bytes a cell")
    }
  }
}
