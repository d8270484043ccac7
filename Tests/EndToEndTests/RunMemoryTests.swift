import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// What a run leaves in the cache's folder for the next one and for operators.
  @Suite("Memory of runs")
  struct RunMemory {
    @Test("What a layer's features said is remembered; each folder of results has its own log")
    func layersAndLogs() throws {
      let bench = try Workbench()
      bench.layer("areas.geojson", [bench.square(3, 3, 5), bench.square(5, 5, 5)], "area_id", names: true)
      let pipeline = bench.write(bench.text, "bench.yaml")
      func run(_ name: String) throws -> ProgramResult {
        try BuiltProgram.run(["run", pipeline, "--out", name, "--cache", bench.path("cache")], in: bench.folder.url)
      }
      let first = try run("first")
      #expect(first.status == 0 && first.errors.contains("1 pairs of areas overlap"), "\(first.errors)")

      // Another number in the memory tells that the layer is not looked at again.
      let scans = URL(fileURLWithPath: bench.path("cache/scans"))
      let files = try FileManager.default.contentsOfDirectory(at: scans, includingPropertiesForKeys: nil)
      let remembered = try files.filter { try jsonObject(Data(contentsOf: $0))["pairs"] as? Int == 1 }
      let file = try #require(remembered.first)
      #expect(remembered.count == 1)
      try Data(#"{"pairs": 7, "first": 1, "second": 2}"#.utf8).write(to: file)
      let second = try run("second")
      #expect(second.status == 0 && second.errors.contains("7 pairs of areas overlap"), "\(second.errors)")

      for name in ["first", "second"] {
        let log = try jsonObject(FileManager.default.contents(atPath: bench.path("cache/log/\(name).json")))
        #expect(log["exit_code"] as? Int == 0 && log["pipeline"] as? String == "bench")
      }

      // A layer that has changed is looked at.
      bench.layer("areas.geojson", [bench.square(2, 2, 5), bench.square(9, 9, 5)], "area_id", names: true)
      let third = try run("third")
      #expect(third.status == 0 && !third.errors.contains("areas overlap"), "\(third.errors)")
    }
  }
}
