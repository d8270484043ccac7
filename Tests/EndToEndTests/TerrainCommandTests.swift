import Foundation
import Geodata
import Grids
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Terrain commands")
  struct TerrainCommands {
    let folder = TemporaryFolder()

    private func shared(_ path: String) throws -> String { try #require(sharedData(path)).path }

    private func json(_ result: ProgramResult) throws -> [String: Any] {
      #expect(result.status == 0, "\(result.errors)")
      return try jsonObject(Data(result.output.utf8))
    }

    @Test("fill: a published surface, bit for bit, by both engines", .enabled(if: runsWithSharedData("malstroem")))
    func publishedFill() throws {
      let expected = try readRaster(try shared("malstroem/filled.tif")).grid
      for engine in ["basins", "priority-flood"] {
        let output = folder.path("\(engine).tif")
        let report = try json(
          BuiltProgram.run([
            "fill", shared("malstroem/dtm.tif"), output, "--engine", engine, "--certify", "--json", "--depth",
            folder.path("\(engine)_depth.tif"),
          ]))
        #expect(report["certificate"] as? String == "holds for 47000 cells")
        let filled = try readRaster(output)
        #expect(filled.grid.cells == expected.cells)
        #expect(filled.information.unit == "m")
        let depth = try readRaster(folder.path("\(engine)_depth.tif")).grid
        #expect(depth.cells.count { $0 > 0 } == report["filled_cells"] as? Int)
      }
    }

    @Test("flow: cells, areas and ESRI codes of the same water", .enabled(if: runsWithSharedData("malstroem")))
    func flow() throws {
      let terrain = try shared("malstroem/dtm.tif")
      for lakes in ["carve", "flats"] {
        _ = try json(
          BuiltProgram.run([
            "flow", terrain, "--directions", folder.path("d.tif"), "--accumulation", folder.path("a.tif"), "--lakes",
            lakes, "--json", "--replace", "--threads", "2",
          ]))
        _ = try json(
          BuiltProgram.run([
            "flow", terrain, "--directions", folder.path("e.tif"), "--coding", "esri", "--accumulation",
            folder.path("c.tif"), "--accumulation-unit", "cells", "--lakes", lakes, "--json", "--replace", "--threads",
            "1", "--compress",
          ]))
        let codes = try readClasses(folder.path("d.tif")).grid
        let esri = try readClasses(folder.path("e.tif")).grid
        #expect(zip(codes.cells, esri.cells).allSatisfy { $1 == ($0 < 8 ? 1 << $0 : 0) })
        let area = try readRaster(folder.path("a.tif"))
        let cells = try readRaster(folder.path("c.tif")).grid
        let cellArea = Float(area.grid.geometry.cellArea)
        #expect(zip(area.grid.cells, cells.cells).allSatisfy { $0 == $1 * cellArea })
        #expect(area.information.unit == "m2")
        // Everything leaves the terrain.
        #expect(zip(codes.cells, cells.cells).reduce(0) { $0 + ($1.0 == 8 ? $1.1 : 0) } == Float(codes.count))
      }
    }

    @Test("bluespots: a run from options", .enabled(if: runsWithSharedData("malstroem")))
    func bluespots() throws {
      let result = try BuiltProgram.run([
        "bluespots", shared("malstroem/dtm.tif"), "--rain", "20a=30mm", "--rain", "100 mm", "--min-volume", "1000 m3",
        "--out", folder.path("results"), "--quiet",
      ])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output == folder.path("results") + "\n")
      let files = folderContents(URL(fileURLWithPath: folder.path("results")))
      let balance = try TextTable(files["tables/water_balance.csv"]).rows
      let rain = balance.filter { $0["item"] == "rain" }.compactMap { try? $0.number("m3") }
      let area = 250 * 188 * 16 * 15.957446808510639
      #expect(rain.count == 2 && abs(rain[0] - area * 0.03) < 1 && abs(rain[1] - area * 0.1) < 1, "\(rain)")
      #expect(files["layers/bluespots.geojson"] != nil && files["layers/overvann.gpkg"] != nil)
      let again = try BuiltProgram.run([
        "bluespots", shared("malstroem/dtm.tif"), "--rain", "30mm", "--out", folder.path("results"), "--quiet",
      ])
      #expect(again.status == 5, "\(again.errors)")
    }

    @Test("What cannot be computed is refused with the way out", .enabled(if: runsWithSharedData("malstroem")))
    func refusals() throws {
      let terrain = try shared("malstroem/dtm.tif")
      let output = folder.path("out.tif")
      let inTheWay = folder.write("mine", to: "mine.tif")
      let text = folder.write("heights", to: "heights.txt")
      let cases: [(arguments: [String], status: Int32, words: [String])] = [
        (["fill", try shared("pysheds/dem.tif"), output], 3, ["E-CRS-006", "degrees", "reproject"]),
        (["fill", try shared("rotated-raster/dep.tif"), output], 3, ["rotated"]),
        (["fill", folder.path("none.tif"), output], 3, ["no such file"]),
        (["fill", text, output], 3, ["text file"]),
        (["fill", terrain, inTheWay], 5, ["exists", "--replace"]),
        (["fill", terrain, terrain, "--replace"], 5, ["this is an input"]),
        (["fill", terrain, output, "--depth", output], 5, ["two results"]),
        (["fill", terrain, folder.path("none/out.tif")], 5, ["does not exist"]),
        (["fill", terrain, output, "--nodata", "sea"], 2, ["sea"]),
        (["fill", terrain, output, "--band", "2"], 3, ["no band 2"]),
        (["flow", terrain], 2, ["nothing is asked for"]),
        (["flow", try shared("pysheds/dem.tif"), "--accumulation", output], 3, ["degrees"]),
        (["bluespots", terrain, "--rain", "60 furlongs", "--out", folder.path("b")], 3, ["no such file"]),
        (["bluespots", terrain, "--rain", "60mm", "--min-volume", "3 mm", "--out", folder.path("b")], 2, ["volume"]),
        (["bluespots", try shared("pysheds/dem.tif"), "--rain", "60mm", "--out", folder.path("b")], 3, ["degrees"]),
      ]
      for (arguments, status, words) in cases {
        let result = try BuiltProgram.run(arguments + ["--threads", "2"])
        #expect(result.status == status, "\(arguments): \(result.errors)")
        for word in words { #expect(result.errors.contains(word), "\(arguments): \(result.errors)") }
        #expect(result.output.isEmpty, "\(arguments)")
      }
      #expect(FileManager.default.contents(atPath: inTheWay) == Data("mine".utf8))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
      #expect(left.filter { !$0.hasSuffix(".lock") } == ["heights.txt", "mine.tif"], "\(left)")
    }

    @Test("Cells without elevation: an error until their meaning is said")
    func missingElevation() throws {
      let path = folder.path("holes.tif")
      try writeGeoTIFF(randomTerrain(.holes, columns: 40, rows: 30, seed: 3), to: path)
      let refused = try BuiltProgram.run(["fill", path, folder.path("f.tif")])
      #expect(refused.status == 3 && refused.errors.contains("nodata: outlet | wall"), "\(refused.errors)")
      let accepted = try BuiltProgram.run(["fill", path, folder.path("f.tif"), "--nodata", "outlet", "--certify"])
      #expect(accepted.status == 0, "\(accepted.errors)")
      let (before, after) = (try readRaster(path).grid, try readRaster(folder.path("f.tif")).grid)
      #expect(zip(before.cells, after.cells).allSatisfy { $0.isNaN == $1.isNaN && !($1 < $0) })
    }
  }
}
