import Foundation
import Geodata
import Grids
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Simulation of surface flow")
  struct SimulateCommands {
    let folder = TemporaryFolder()

    /// A bowl of 40 × 30 cells of 2 m in EPSG:25832.
    private func bowl() throws -> String {
      let geometry = GridGeometry(
        columns: 40, rows: 30, west: 583_000, north: 6_640_060, cellWidth: 2, cellHeight: 2,
        crs: try coordinateReferenceSystem("EPSG:25832"))
      let path = folder.path("bowl.tif")
      let cells = (0..<1200).map { index in
        let (x, y) = (Float(index % 40) - 19.5, Float(index / 40) - 14.5)
        return 0.004 * (x * x + y * y)
      }
      try writeGeoTIFF(Grid<Float>(geometry, cells: cells), to: path, unit: "m")
      return path
    }

    private func write(_ text: String, _ name: String) throws -> String {
      try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
      return folder.path(name)
    }

    private func json(_ result: ProgramResult) throws -> [String: Any] {
      #expect(result.status == 0, "\(result.errors)")
      return try jsonObject(Data(result.output.utf8))
    }

    /// A layer of points or lines, with coordinates from the bowl's south-western corner.
    private func layer(_ rows: [(id: String, wkt: String)], _ name: String) throws -> String {
      let path = folder.path(name + ".gpkg")
      let isPoint = rows.allSatisfy { $0.wkt.hasPrefix("POINT") }
      let features = rows.map { row in
        let numbers = row.wkt.split { !"0123456789.-".contains($0) }.compactMap { Double($0) }
        let points = stride(from: 0, to: numbers.count, by: 2).map {
          Coordinate(x: 583_000 + numbers[$0], y: 6_640_000 + numbers[$0 + 1])
        }
        return Feature(shape: isPoint ? .point(points[0]) : .lines([points]), values: [.text(row.id)])
      }
      try writeLayer(
        FeatureLayer(
          name: name, summary: "Test", crs: try coordinateReferenceSystem("EPSG:25832"),
          shapeType: isPoint ? .point : .lines,
          fields: [Field("id", .text, "Identifier")], features: features), to: path)
      return path
    }

    @Test("rain, an inflow, gauges, sections and frames by all schemes")
    func results() throws {
      let terrain = try bowl()
      let gauges = try layer([("middle", "POINT (40 30)"), ("side", "POINT (60 30)")], "gauges")
      let sections = try layer([("west", "LINESTRING (20 4, 20 56)")], "sections")
      let inflows = try layer([("spring", "POINT (10 30)")], "inflows")
      let table = try write("time_s,spring\n0,0\n60,0.2\n120,0\n", "inflow.csv")
      for scheme in ["local_inertial", "shallow_water", "shallow_water_first_order"] {
        let out = folder.path(scheme)
        let report = try json(
          BuiltProgram.run([
            "simulate", terrain, "--rain", "30mm", "--rain-duration", "5min", "--runoff-coefficient", "0.5",
            "--duration", "5min", "--manning", "0.03", "--inflows", inflows, "--inflow-table", table, "--gauges",
            gauges,
            "--sections", sections, "--scheme", scheme, "--out", out, "--json", "--frame-every", "2min",
          ]))
        #expect(report["error_m3"] as? Double == 0)
        // 15 mm on 4800 m², and 12 m³ from the spring.
        #expect(abs((report["stored_m3"] as? Double ?? 0) - 84) < 1e-6)
        let depth = try readRaster(out + "/depth_final.tif").grid
        #expect(abs(depth.cells.reduce(0) { $0 + Double($1) } * 4 - 84) < 1e-3)
        let maximum = try readRaster(out + "/depth_max.tif").grid
        #expect(zip(depth.cells, maximum.cells).allSatisfy { $0 <= $1 })
        let classes = try readClasses(out + "/hazard_class_aidr.tif").grid
        #expect(classes.cells.allSatisfy { (0...6).contains($0) } && classes.cells.contains { $0 > 0 })
        let names = try FileManager.default.contentsOfDirectory(atPath: out + "/frames").sorted()
        #expect(names.count == 3 && names[0] == "depth_0000000.tif")
        let gauge = try String(contentsOfFile: out + "/gauges.csv", encoding: .utf8).split(separator: "\n")
        #expect(gauge[0] == "time_s,middle_depth_m,side_depth_m,middle_speed_m_s,side_speed_m_s")
        #expect(gauge.count == 7)
        #expect(try String(contentsOfFile: out + "/sections.svg", encoding: .utf8).contains("<polyline"))
        #expect(!FileManager.default.fileExists(atPath: out + "/restart.bin"))
      }
    }

    @Test("a stopped run leaves a restart, and goes on with the same bits")
    func restart() throws {
      let terrain = try bowl()
      let arguments = [
        "simulate", terrain, "--rain", "60mm", "--duration", "3h", "--manning", "0.03", "--record-every", "1min",
        "--row-every", "10min", "--longest-step", "0.1s", "--threads", "1",
      ]
      // Stopped later and later until the simulation has begun; its hundred thousand steps take some seconds.
      var status: Int32 = 143
      for seconds in [0.5, 1, 2, 4, 8, 16] where status == 143 {
        let process = Process()
        process.executableURL = BuiltProgram.url
        process.arguments = arguments + ["--out", folder.path("stopped"), "--replace"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        Thread.sleep(forTimeInterval: seconds)
        process.terminate()
        process.waitUntilExit()
        status = process.terminationStatus
        if FileManager.default.fileExists(atPath: folder.path("stopped/restart.bin")) { break }
      }
      try #require(status == 143, "stopped before the end")
      #expect(!FileManager.default.fileExists(atPath: folder.path("stopped/depth_max.tif")))
      let resumed = try BuiltProgram.run(
        arguments + ["--resume", folder.path("stopped/restart.bin"), "--out", folder.path("stopped")])
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.path("stopped/restart.bin")))
      let straight = try BuiltProgram.run(arguments + ["--out", folder.path("straight")])
      #expect(straight.status == 0, "\(straight.errors)")
      for name in ["depth_max.tif", "speed_max.tif", "depth_final.tif", "ledger.csv"] {
        let files = ["stopped", "straight"].map { FileManager.default.contents(atPath: folder.path("\($0)/\(name)")) }
        #expect(files[0] != nil && files[0] == files[1], "\(name)")
      }
    }

    @Test("open sides, frames within seconds, files in the way, what is no number and no file")
    func oddSettings() throws {
      let terrain = try bowl()
      let base = ["simulate", terrain, "--rain", "60mm", "--rain-duration", "10min", "--duration", "10min", "--json"]
      func left(_ sides: String?) throws -> Double {
        let report = try json(
          BuiltProgram.run(
            base + ["--manning", "0.03", "--edge", "critical", "--out", folder.path("sides"), "--replace"]
              + (sides.map { ["--edge-sides", $0] } ?? [])))
        return -(try #require(report["boundary_m3"] as? Double))
      }
      let sides = try ["north", "east", "south", "west"].map(left)
      #expect(sides.allSatisfy { $0 > 0 })
      let (all, three) = (try left(nil), try left("north,east,south"))
      #expect(three < all && three > 0.95 * (all - sides[3]))
      let unknown = try BuiltProgram.run(base + ["--manning", "0.03", "--edge-sides", "up", "--out", folder.path("x")])
      #expect(unknown.status == 2 && unknown.errors.contains("--edge-sides up: of north, east, south and west"))

      // A drawing that is there is not written over, and a restart of another run is left alone.
      let more = ["--manning", "0.03", "--duration", "3s", "--frame-every", "0.25s", "--longest-step", "0.1s"]
      let frames = ["simulate", terrain, "--rain", "60mm", "--rain-duration", "10min"] + more
      try FileManager.default.createDirectory(atPath: folder.path("frames"), withIntermediateDirectories: true)
      let drawing = folder.path("frames/outflow.svg")
      try Data("mine".utf8).write(to: URL(fileURLWithPath: drawing))
      let inTheWay = try BuiltProgram.run(frames + ["--edge", "free", "--out", folder.path("frames")])
      #expect(inTheWay.status == 5 && inTheWay.errors.contains("outflow.svg"))
      #expect(FileManager.default.contents(atPath: drawing) == Data("mine".utf8))
      try FileManager.default.removeItem(atPath: drawing)
      try Data("kept".utf8).write(to: URL(fileURLWithPath: folder.path("frames/restart.bin")))
      let framed = try BuiltProgram.run(frames + ["--edge", "free", "--out", folder.path("frames")])
      #expect(framed.status == 0, "\(framed.errors)")
      #expect(FileManager.default.contents(atPath: folder.path("frames/restart.bin")) == Data("kept".utf8))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("frames/frames")).sorted()
      #expect(names.count == 13 && names.first == "depth_0000000.000.tif" && names.last == "depth_0000003.000.tif")

      for option in ["--manning", "--runoff-coefficient"] {
        let typed = try BuiltProgram.run(
          base + (option == "--manning" ? [] : ["--manning", "0.03"]) + [option, "0.o3", "--out", folder.path("x")])
        #expect(typed.status == 3 && typed.errors.contains("E-RAS-001") && typed.errors.contains("no number"))
        #expect(typed.errors.contains("0.o3"))
      }
    }

    @Test("culverts, ground that fills, buildings as blocks, rough thin water")
    func groundAndPipes() throws {
      let terrain = try bowl()
      let culverts = try layer([("k1", "LINESTRING (20 30, 34 30)")], "culverts")
      let sizes = try write(
        "culvert_id,shape,width_m,height_m,inlet_invert_m,outlet_invert_m\nk1,box,2,1,0.3,0.1\n", "sizes.csv")
      let square = Polygon(
        rings: [
          [(36.0, 26.0), (46, 26), (46, 36), (36, 36), (36, 26)].map {
            Coordinate(x: 583_000 + $0.0, y: 6_640_000 + $0.1)
          }
        ])
      let buildings = folder.path("buildings.gpkg")
      try writeLayer(
        FeatureLayer(
          name: "buildings", summary: "Test", crs: try coordinateReferenceSystem("EPSG:25832"), shapeType: .polygons,
          fields: [Field("id", .text, "Identifier")],
          features: [Feature(shape: .polygons([square]), values: [.text("b")])]), to: buildings)
      let geometry = try readRaster(terrain).grid.geometry
      let soil = folder.path("soil.tif")
      try writeGeoTIFF(Grid<Float>(geometry, repeating: 52), to: soil)
      let table = packageRoot.appendingPathComponent("fixtures/tables/infiltration.csv").path
      let base = [
        "simulate", terrain, "--rain", "30mm", "--rain-duration", "10min", "--duration", "15min", "--manning", "0.03",
        "--buildings", buildings, "--json",
      ]
      var reports: [String: [String: Any]] = [:]
      for kind in ["raised", "blocks", "open"] {
        var arguments = base + ["--buildings-as", kind, "--out", folder.path(kind)]
        if kind == "blocks" {
          arguments += [
            "--culverts", culverts, "--culvert-table", sizes, "--soil-loss", "green_ampt", "--soil", soil,
            "--soil-table", table, "--sheet-manning", "0.2",
          ]
        }
        reports[kind] = try json(BuiltProgram.run(arguments))
        // Rain of the roof falls in any case.
        #expect(abs((reports[kind]?["rain_m3"] as? Double ?? 0) - 144) < 1e-4)
        #expect(reports[kind]?["error_m3"] as? Double == 0)
      }
      func depth(_ kind: String) throws -> Float {
        // In the middle of the building.
        try readRaster(folder.path("\(kind)/depth_max.tif")).grid[20, 15]
      }
      #expect(try depth("blocks").isNaN)
      // A wall is no edge at which a level could stand.
      let wall = try layer([("sea", "LINESTRING (35 27, 35 35)")], "wall")
      let series = try write("time_s,sea\n0,9\n", "levels.csv")
      let stopped = try BuiltProgram.run(
        base + ["--buildings-as", "blocks", "--levels", wall, "--level-table", series, "--out", folder.path("wall")])
      #expect(stopped.status == 2 && stopped.errors.contains("level sea touches no cell at the edge of the terrain"))
      #expect(try depth("raised") < 0.02)
      #expect(try depth("open") > 0.05)
      #expect((reports["blocks"]?["infiltration_m3"] as? Double ?? 0) > 20)
      let infiltrated = try readRaster(folder.path("blocks/infiltrated.tif")).grid
      let volume = infiltrated.cells.reduce(0.0) { $0 + ($1.isNaN ? 0 : Double($1)) } * 4e-3
      #expect(abs(volume - (reports["blocks"]?["infiltration_m3"] as? Double ?? 0)) < 1e-3)
      let passed = try TextTable(FileManager.default.contents(atPath: folder.path("blocks/culverts.csv"))).rows
      #expect(try #require(passed.last).number("k1_volume_m3") > 0)
    }

    @Test("bad set-ups say what is wrong")
    func failures() throws {
      let terrain = try bowl()
      let base = ["simulate", terrain, "--rain", "10mm", "--duration", "1min", "--out", folder.path("x")]
      func errors(_ more: [String], _ status: Int32) throws -> String {
        let result = try BuiltProgram.run(base + more)
        #expect(result.status == status, "\(more) \(result.errors)")
        return result.errors
      }
      #expect(try errors([], 2).contains("how rough"))
      #expect(try errors(["--manning", "0"], 2).contains("0.01 to 0.2"))
      #expect(try errors(["--manning", "0.03", "--rain-duration", "1s"], 2).contains("unit"))
      let outside = try layer([("spring", "POINT (-10 30)")], "outside")
      let table = try write("time_s,spring\n0,1\n", "one.csv")
      #expect(
        try errors(["--manning", "0.03", "--inflows", outside, "--inflow-table", table], 2)
          .contains("outside the terrain"))
      let other = try write("time_s,brook\n0,1\n", "other.csv")
      let inside = try layer([("spring", "POINT (10 30)")], "inside")
      #expect(
        try errors(["--manning", "0.03", "--inflows", inside, "--inflow-table", other], 2).contains("no column spring"))
      #expect(try errors(["--manning", "0.03", "--resume", table], 2).contains("not whole"))
      let flood = try write("time_s,spring\n0,1e9\n", "flood.csv")
      let absurd = try errors(["--manning", "0.03", "--inflows", inside, "--inflow-table", flood], 1)
      #expect(absurd.contains("E-SIM-002") && absurd.contains("column 5, row 15") && absurd.contains("unit"))
      let hole = try write("time_s,spring\n0,nan\n", "nan.csv")
      #expect(try errors(["--manning", "0.03", "--inflows", inside, "--inflow-table", hole], 2).contains("nan"))
      let lines = try layer([("k1", "LINESTRING (10 30, 30 30)")], "lines")
      let none = try write("culvert_id,shape\nk2,circle\n", "none.csv")
      #expect(
        try errors(["--manning", "0.03", "--culverts", lines, "--culvert-table", none], 2).contains("k1"))
      #expect(!folder.contents.contains("x"), "no empty folder is left behind")
      for (rain, reason) in [("40", "write 40mm"), ("40mn", "unknown unit"), ("4.tif", "no such file")] {
        for command in [
          ["simulate", terrain, "--duration", "1min", "--manning", "0.03", "--out", folder.path("x")],
          ["runoff", "--value", "80", "--like", terrain, folder.path("x.tif")],
        ] {
          let result = try BuiltProgram.run(command + ["--rain", rain])
          #expect(result.status == (rain == "4.tif" ? 3 : 2), "\(command) \(result.errors)")
          #expect(result.errors.contains(reason), "\(command) \(result.errors)")
        }
      }
    }
  }
}
