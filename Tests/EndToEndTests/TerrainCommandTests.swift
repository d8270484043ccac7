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
            "fill", shared("malstroem/dtm.tif"), output, "--engine", engine, "--json", "--depth",
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

    @Test("fill: a culvert through a dam, told by its own name")
    func culvert() throws {
      // A valley that falls east, and a dam over it.
      let geometry = GridGeometry(
        columns: 12, rows: 5, west: 590_000, north: 6_640_000, cellWidth: 1, cellHeight: 1,
        crs: try coordinateReferenceSystem("EPSG:25832"))
      var ground = Grid<Float>(geometry, repeating: 0)
      for row in 0..<5 {
        for column in 0..<12 { ground[column, row] = (column == 6 ? 20 : 10 - Float(column) / 2) + Float(abs(row - 2)) }
      }
      try writeGeoTIFF(ground, to: folder.path("dam.tif"), unit: "m")
      let line = [4, 8].map { geometry.centre(column: $0, row: 2) }
      try writeLayer(
        FeatureLayer(
          name: "pipes", summary: "Culverts", crs: geometry.crs, shapeType: .lines,
          fields: [Field("nr", .text, "Name")],
          features: [Feature(shape: .lines([line]), values: [.text("K 7")])]), to: folder.path("pipes.gpkg"))
      let report = try json(
        BuiltProgram.run([
          "fill", folder.path("dam.tif"), folder.path("filled.tif"), "--culverts", folder.path("pipes.gpkg"),
          "--culvert-id", "nr", "--changes", folder.path("changes.csv"), "--json",
        ]))
      #expect(report["filled_cells"] as? Int == 0)
      let rows = try TextTable(FileManager.default.contents(atPath: folder.path("changes.csv"))).rows
      #expect(!rows.isEmpty && rows.allSatisfy { $0["change_id"] == "K 7" && $0["origin"] == "culvert" })
      #expect(try rows.contains { try $0.number("column") == 6 && $0.number("z_before_m") == 20 })
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

    @Test("flow: every raster and layer, which agree with each other", .enabled(if: runsWithSharedData("malstroem")))
    func flowProducts() throws {
      let terrain = try shared("malstroem/dtm.tif")
      let grid = try readRaster(terrain).grid
      let geometry = grid.geometry
      let inlets = [
        Coordinate(x: geometry.west + 900, y: geometry.north - 900),
        Coordinate(x: geometry.west + 2100, y: geometry.north - 1500),
      ]
      try writeLayer(
        FeatureLayer(
          name: "inlets", summary: "Inlets", crs: geometry.crs, shapeType: .point, fields: [Field("id", .text, "Name")],
          features: zip(["north", "south"], inlets).map { Feature(shape: .point($1), values: [.text($0)]) }),
        to: folder.path("inlets.gpkg"))
      let products = [
        "directions", "angles", "accumulation", "filled", "ground", "wetness-index", "upslope-length", "hand",
        "drainage-distance", "strahler",
      ]
      var arguments = [
        "flow", terrain, "--json", "--stream-area", "200000", "--points", folder.path("inlets.gpkg"), "--snap", "40",
      ]
      for product in products { arguments += ["--\(product)", folder.path("\(product).tif")] }
      for layer in ["streams", "nodes", "watersheds", "traces"] {
        arguments += ["--\(layer)", folder.path("\(layer).\(layer == "nodes" ? "fgb" : "gpkg")")]
      }
      arguments += ["--breach-length", "50", "--breach-depth", "1", "--changes", folder.path("changes.csv")]
      let report = try json(BuiltProgram.run(arguments))
      var rasters: [String: Grid<Float>] = [:]
      for product in products where product != "directions" && product != "strahler" {
        rasters[product] = try readRaster(folder.path("\(product).tif")).grid
      }
      let strahler = try readClasses(folder.path("strahler.tif")).grid
      let area = try #require(rasters["accumulation"])
      // Exactly the cells of streams lie at height 0 and distance 0, and drain at least the least area.
      let least = Float(200_000)
      let (hand, distance) = (try #require(rasters["hand"]), try #require(rasters["drainage-distance"]))
      for index in 0..<area.count {
        #expect((strahler[index] > 0) == (area[index] >= least))
        #expect((strahler[index] > 0) == (distance[index] == 0))
        #expect(hand[index].isNaN == distance[index].isNaN && !(hand[index] < 0))
      }
      // The table tells every change: taken back, it gives the terrain that went in.
      var ground = try #require(rasters["ground"])
      let changes = try TextTable(FileManager.default.contents(atPath: folder.path("changes.csv"))).rows
      #expect(changes.count == report["breached_cells"] as? Int && !changes.isEmpty)
      for change in changes {
        let (column, row) = (Int(try change.number("column")), Int(try change.number("row")))
        #expect(ground[column, row] == Float(try change.number("z_after_m")))
        ground[column, row] = Float(try change.number("z_before_m"))
      }
      #expect(ground.cells == grid.cells)
      let watersheds = try readLayer(folder.path("watersheds.gpkg"), reprojectedTo: nil).layer
      #expect(watersheds.features.count == 2)
      let place = try #require(watersheds.fields.firstIndex { $0.name == "area_m2" })
      for feature in watersheds.features {
        guard case .polygons(let parts)? = feature.shape, case .real(let size) = feature.values[place] else {
          Issue.record("no shape or area")
          continue
        }
        #expect(abs(parts.reduce(0) { $0 + $1.area } - size) < 1e-3)
      }
      let streams = try readLayer(folder.path("streams.gpkg"), reprojectedTo: nil, VectorReading(shapeType: .lines))
        .layer
      #expect(streams.features.count > 3 && streams.features.count <= report["streams"] as? Int ?? 0)
      let traces = try readLayer(folder.path("traces.gpkg"), reprojectedTo: nil, VectorReading(shapeType: .lines)).layer
      #expect(traces.features.count == 2)
    }

    @Test("surface: a plane has one slope and one aspect")
    func surface() throws {
      let geometry = testGeometry(columns: 30, rows: 20, cell: 2)
      // One metre in ten to the south-west.
      let plane = Grid<Float>(
        geometry, cells: (0..<600).map { Float($0 % 30) * 0.2 * 0.70710678 - Float($0 / 30) * 0.2 * 0.70710678 })
      try writeGeoTIFF(plane, to: folder.path("plane.tif"))
      let result = try BuiltProgram.run([
        "surface", folder.path("plane.tif"), "--slope", folder.path("s.tif"), "--slope-unit", "percent", "--aspect",
        folder.path("a.tif"), "--plan-curvature", folder.path("p.tif"), "--profile-curvature", folder.path("q.tif"),
      ])
      #expect(result.status == 0, "\(result.errors)")
      let slope = try readRaster(folder.path("s.tif"))
      #expect(slope.grid.cells.allSatisfy { abs($0 - 10) < 1e-3 } && slope.information.unit == "%")
      #expect(try readRaster(folder.path("a.tif")).grid.cells.allSatisfy { abs($0 - 225) < 1e-2 })
      #expect(try readRaster(folder.path("p.tif")).grid.cells.allSatisfy { abs($0) < 1e-4 })
      #expect(try readRaster(folder.path("q.tif")).grid.cells.allSatisfy { abs($0) < 1e-4 })
    }

    @Test("bluespots: a run from options", .enabled(if: runsWithSharedData("malstroem")))
    func bluespots() throws {
      let result = try BuiltProgram.run([
        "bluespots", shared("malstroem/dtm.tif"), "--rain", "20a=30mm", "--rain", "100 mm", "--min-volume", "1000 m3",
        "--min-area", "2000 m2", "--min-depth", "0.2 m", "--infiltration", "10 mm", "--out", folder.path("results"),
        "--quiet",
      ])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output == folder.path("results") + "\n")
      let files = folderContents(URL(fileURLWithPath: folder.path("results")))
      let balance = try TextTable(files["tables/water_balance.csv"]).rows
      let rain = balance.filter { $0["item"] == "rain" }.compactMap { try? $0.number("m3") }
      let area = 250 * 188 * 16 * 15.957446808510639
      #expect(rain.count == 2 && abs(rain[0] - area * 0.03) < 1 && abs(rain[1] - area * 0.1) < 1, "\(rain)")
      #expect(files["layers/bluespots.geojson"] != nil && files["layers/overvann.gpkg"] != nil)
      let bluespots = try TextTable(files["tables/bluespots.csv"]).rows
      #expect(bluespots.count > 20 && bluespots.contains { $0["infilv"] ?? "" > "0.0" })
      for row in bluespots {
        #expect(try row.number("bspot_vol") >= 1000 && row.number("bspot_area") >= 2000)
        #expect(try row.number("bspot_dmax") >= 0.2)
      }
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
        (["flow", terrain, "--accumulation", output, "--weights", terrain], 2, ["--weighted"]),
        (["flow", terrain, "--streams", folder.path("s.shp")], 2, [".shp", ".gpkg"]),
        (["flow", terrain, "--watersheds", folder.path("w.gpkg")], 2, ["--points"]),
        (["flow", terrain, "--accumulation", output, "--exponent=-1"], 2, ["above 0"]),
        (["surface", terrain], 2, ["nothing is asked for"]),
        (["surface", try shared("pysheds/dem.tif"), "--slope", output], 3, ["degrees"]),
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
      #expect(refused.status == 3 && refused.errors.contains("--nodata outlet or --nodata wall"), "\(refused.errors)")
      let accepted = try BuiltProgram.run(["fill", path, folder.path("f.tif"), "--nodata", "outlet"])
      #expect(accepted.status == 0, "\(accepted.errors)")
      let (before, after) = (try readRaster(path).grid, try readRaster(folder.path("f.tif")).grid)
      #expect(zip(before.cells, after.cells).allSatisfy { $0.isNaN == $1.isNaN && !($1 < $0) })
    }
  }
}
