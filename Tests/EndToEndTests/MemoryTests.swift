import Foundation
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
  }
}
