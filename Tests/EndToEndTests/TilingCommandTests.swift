import Foundation
import Geodata
import Grids
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Terrain commands tile by tile")
  struct TilingCommands {
    let folder = TemporaryFolder()
    let terrain = fixtures.appendingPathComponent("dtm.tif").path

    private func run(_ arguments: [String]) throws -> String {
      let result = try BuiltProgram.run(
        arguments + ["--nodata", "outlet", "--json", "--progress", "none", "--replace"])
      #expect(result.status == 0, "\(arguments): \(result.errors)")
      return result.output
    }

    private func bytes(_ name: String) throws -> Data {
      try #require(FileManager.default.contents(atPath: folder.path(name)))
    }

    @Test("fill: the bytes of the run in memory, whatever the tiles and threads")
    func fill() throws {
      let whole = try jsonObject(
        Data(run(["fill", terrain, folder.path("a.tif"), "--depth", folder.path("ad.tif")]).utf8))
      for tiling in [["--tile", "37", "--threads", "3"], ["--tile", "5000"], ["--memory", "1G", "--threads", "1"]] {
        let parts = try jsonObject(
          Data(run(["fill", terrain, folder.path("b.tif"), "--depth", folder.path("bd.tif")] + tiling).utf8))
        #expect(try bytes("a.tif") == bytes("b.tif"))
        #expect(try bytes("ad.tif") == bytes("bd.tif"))
        for key in ["cells", "certificate", "filled_cells", "filled_volume_m3", "deepest_m"] {
          #expect(parts[key] as? NSObject == whole[key] as? NSObject, "\(key)")
        }
      }
      #expect(folder.contents.sorted() == ["a.tif", "ad.tif", "b.tif", "bd.tif"])
    }

    @Test("flow: the bytes of the run in memory, whatever the tiles and threads")
    func flow() throws {
      func files(_ name: String) -> [String] {
        [
          "--directions", folder.path("\(name)d.tif"), "--accumulation", folder.path("\(name)a.tif"), "--filled",
          folder.path("\(name)f.tif"), "--lakes", "flats", "--coding", name == "esri" ? "esri" : "clockwise",
        ]
      }
      let whole = try jsonObject(Data(run(["flow", terrain] + files("a")).utf8))
      for tiling in [["--tile", "41", "--threads", "3"], ["--tile", "5000"], ["--memory", "1G", "--threads", "1"]] {
        let parts = try jsonObject(Data(run(["flow", terrain] + files("b") + tiling).utf8))
        for kind in ["d", "a", "f"] { #expect(try bytes("a\(kind).tif") == bytes("b\(kind).tif"), "\(kind) \(tiling)") }
        for key in ["cells", "filled_cells", "largest_upslope_area_m2"] {
          #expect(parts[key] as? NSObject == whole[key] as? NSObject, "\(key)")
        }
      }
    }

    @Test("What tiles cannot do is refused with the way out")
    func refusals() throws {
      let output = folder.path("out.tif")
      let cases: [(arguments: [String], words: [String])] = [
        (["flow", terrain, "--accumulation", output, "--tile", "50"], ["carve", "--lakes flats"]),
        (["fill", terrain, output, "--memory", "20M"], ["E-RUN-006", "the budget is 20 MB"]),
        (["fill", terrain, output, "--memory", "much"], ["much"]),
        (["fill", terrain, output, "--tile", "0"], ["--tile 0"]),
        (["fill", terrain, output, "--scratch", folder.path("s")], ["--memory or --tile"]),
      ]
      for (arguments, words) in cases {
        let result = try BuiltProgram.run(arguments)
        #expect(result.status == 2, "\(arguments): \(result.errors)")
        for word in words { #expect(result.errors.contains(word), "\(arguments): \(result.errors)") }
      }
      let noFolder = try BuiltProgram.run(["fill", terrain, output, "--tile", "50", "--scratch", folder.path("none")])
      #expect(noFolder.status == 5 && noFolder.errors.contains("name another folder"), "\(noFolder.errors)")
      #expect(folder.contents.isEmpty)
    }
  }
}
