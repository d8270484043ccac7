import Foundation
import Geodata
import Grids
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Flow of the water in a pipeline")
  struct SurfaceFlowPipeline {
    private let folder = TemporaryFolder()

    /// The example of simulated flow on coarse cells, one scenario.
    private func text(_ edit: (inout String) throws -> Void = { _ in }) throws -> String {
      let data = FileManager.default.contents(atPath: pipelinePath("surface_flow")) ?? Data()
      var text = String(decoding: data, as: UTF8.self)
        .replacingOccurrences(of: "../fixtures", with: packageRoot.appendingPathComponent("fixtures").path)
      text = try text.replacing(required: "resolution: 4 m", with: "resolution: 8 m")
        .replacing(required: "duration: 2 h", with: "duration: 70 min")
        .replacing(
          required:
            "  - {id: t20, return_period: 20 a, climate_factor: 1.4, climate_source: \"Norwegian Climate Service Centre, "
            + "+40 % to 2100 (≤ 1 h, < 50 years); unverified\"}\n",
          with: ""
        )
        .replacing(required: "  expected_annual: {method: log_linear, tail: constant}\n", with: "")
      try edit(&text)
      return text
    }

    private func run(
      _ name: String, _ text: String, _ more: [String] = []
    ) throws -> (result: ProgramResult, files: [String: Data]) {
      let pipeline = folder.write(text, to: "\(name).yaml")
      let out = folder.path(name)
      let result = try BuiltProgram.run(
        ["run", pipeline, "--out", out, "--quiet"] + (more.isEmpty ? ["--cache", folder.path("cache")] : more))
      return (result, folderContents(URL(fileURLWithPath: out)))
    }

    /// Starts a run and ends it by TERM while it simulates; how long it reads before is not known, so that it is tried
    /// again later where it had not begun.
    private func stop(_ text: String, after delay: UInt32 = 200_000) throws {
      let pipeline = folder.write(text, to: "stopped.yaml")
      let process = BuiltProgram.process(
        ["run", pipeline, "--out", folder.path("stopped"), "--cache", folder.path("cache"), "--progress", "json"])
      let errors = Pipe()
      process.standardError = errors
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      var told = ""
      while !told.contains("surface flow t200") {
        let more = errors.fileHandleForReading.availableData
        if more.isEmpty { break }
        told += String(decoding: more, as: UTF8.self)
      }
      usleep(delay)
      kill(process.processIdentifier, SIGTERM)
      told += String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 143)
      if told.contains("stopped before"), delay < 3_000_000 { return try stop(text, after: delay * 2) }
      #expect(told.contains("stopped in surface flow t200") && told.contains("I-SIM-001"), "\(told)")
    }

    private func balance(_ files: [String: Data]) throws -> [String: Double] {
      let manifest = try jsonObject(files["manifest.json"])
      let rows = try #require(manifest["water_balance"] as? [[String: Any]])
      return Dictionary(
        rows.compactMap { row in
          (row["item"] as? String).flatMap { item in (row["m3"] as? Double).map { (item, $0) } }
        }, uniquingKeysWith: +)
    }

    @Test("depth and speed of the flow are what is exposed, and the books close")
    func flowFeedsExposure() throws {
      let framed = try text {
        $0 = try $0.replacing(required: "    edge: free\n", with: "    edge: free\n    frame_every: 5 min\n")
          .replacing(required: "cog: [depth,", with: "cog: [flow_frames, flow_final_depth, depth,")
      }
      // A run that is stopped goes on where it was, and ends with the same bits as one that is not.
      let unfinished = URL(fileURLWithPath: folder.path("cache/unfinished"))
      try stop(framed)
      #expect(folderContents(unfinished).count == 1)
      let (result, files) = try run("flow", framed)
      #expect(result.status == 0, "\(result.errors)")
      #expect(folderContents(unfinished).isEmpty)
      let straight = try run("straight", framed, ["--no-cache"])
      #expect(straight.result.status == 0, "\(straight.result.errors)")
      #expect(differences(files, straight.files, without: ["manifest.json"]).isEmpty)
      let items = try balance(files)
      let rain = try #require(items["flow_rain"])
      // All the rain of the runoff step falls, that of roofs beside the buildings.
      #expect(abs(rain - (items["rain"] ?? 0)) < 1e-5 * rain)
      let left = items.filter { $0.key.hasPrefix("flow_left_at") }.values.reduce(0, +)
      let gone = (items["flow_infiltrated"] ?? 0) + (items["flow_drained"] ?? 0) + left
      #expect(abs(rain - gone - (items["flow_stored_at_end"] ?? 0)) < 1e-9 * rain)
      #expect(left > 0 && (items["flow_drained"] ?? 0) > 0)
      // Water that stands and flows infiltrates too.
      #expect((items["flow_infiltrated"] ?? 0) > (items["losses"] ?? 0))

      func raster(_ name: String) throws -> [Float] {
        try readRaster(folder.path("flow/rasters/t200/\(name).tif")).grid.cells
      }
      let (depth, speed, product) = (try raster("depth"), try raster("flow_speed"), try raster("depth_velocity"))
      let (arrival, duration) = (try raster("flow_arrival"), try raster("flow_duration_ge_10cm"))
      #expect(depth.contains { $0 > 0.3 } && speed.contains { $0 > 1 } && product.contains { $0 > 0.2 })
      for cell in depth.indices where !depth[cell].isNaN {
        // The greatest product is no product of greatest values.
        #expect(product[cell] <= depth[cell] * speed[cell] * 1.0001 + 1e-6)
        #expect((depth[cell] > 0.1) == !arrival[cell].isNaN && (duration[cell] > 0 || depth[cell] < 0.11))
      }
      // Frames from the dry beginning to the end, each no deeper than the water ever was.
      let names = (0...14).map { String(repeating: "0", count: $0 == 0 ? 6 : $0 < 4 ? 4 : 3) + "\($0 * 300)" }
      #expect(files.keys.count { $0.contains("flow_frame_") } == names.count)
      let frames = try names.map { try raster("flow_frame_\($0)") }
      #expect(frames[0].allSatisfy { $0.isNaN || $0 == 0 } && frames[6].contains { $0 > 0.3 })
      #expect(zip(frames[14], try raster("flow_final_depth")).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
      for frame in frames { #expect(zip(frame, depth).allSatisfy { !($0 > $1) && $0.isNaN == $1.isNaN }) }
      let standing = try raster("standing_depth")
      #expect(zip(depth, standing).allSatisfy { $0.isNaN == $1.isNaN } && depth != standing)
      let areas = try TextTable(files["tables/areas.csv"]).rows
      let deepest = areas.compactMap { Double($0["depth_max_m"] ?? "") }.max()
      #expect(deepest.map { Float($0) } == depth.reduce(0) { $1 > $0 ? $1 : $0 })
      let buildings = try TextTable(files["tables/buildings.csv"])
      #expect(buildings.names.contains("dv_max_m2_s"))
      let ledger = try TextTable(files["flow/t200_ledger.csv"])
      #expect(ledger.rows.count == 71 && ledger.rows.allSatisfy { $0["error_m3"] == "0.0" })
      let manifest = try jsonObject(files["manifest.json"])
      let proofs = try #require(manifest["certificates"] as? [[String: Any]])
      #expect(proofs.contains { ($0["name"] as? String) == "surface flow mass balance" })

      // Another threshold does not simulate again, and more rain does.
      let other = try framed.replacing(
        required: "depth_thresholds: [0.1 m, 0.3 m, 0.5 m]", with: "depth_thresholds: [0.2 m]")
      let plan = try BuiltProgram.run(
        ["plan", folder.write(other, to: "other.yaml"), "--cache", folder.path("cache"), "--format", "json"])
      let steps = try #require(try jsonObject(Data(plan.output.utf8))["steps"] as? [[String: Any]])
      func state(_ id: String) -> String? {
        steps.first { $0["step"] as? String == id }?["status"] as? String
      }
      #expect(state("surface flow t200") == "cached" && state("scenario t200") == "run")
      let again = try run("again", other)
      #expect(again.result.status == 0, "\(again.result.errors)")
      #expect(again.files["rasters/t200/depth.tif"] == files["rasters/t200/depth.tif"])
      #expect(again.files["flow/t200_ledger.csv"] == files["flow/t200_ledger.csv"])
    }

    @Test("a subgrid, and an edge that is open on some sides")
    func subgridAndSides() throws {
      func volumes(_ settings: String) throws -> [String: Double] {
        let edited = try text {
          $0 = try $0.replacing(required: "duration: 70 min", with: "duration: 20 min")
            .replacing(required: "    edge: free\n", with: "    edge: free\n" + settings)
            .replacing(
              required:
                "{use: horton, soil: deposits, table: infiltration, land_cover: land_cover, impervious: impervious,",
              with: "{use: coefficient, value: 0.6,")
        }
        let (result, files) = try run("sides\(settings.count)", edited)
        #expect(result.status == 0, "\(result.errors)")
        return try balance(files)
      }
      let fine = try volumes("")
      let coarse = try volumes("    subgrid: 2\n    longest_step: 5 s\n    record_every: 10 s\n")
      let closed = try volumes("    edge_sides: [north]\n")
      func left(_ items: [String: Double]) -> Double {
        (items["flow_left_at_edge"] ?? 0) + (items["flow_left_at_nodata"] ?? 0)
      }
      #expect(abs((coarse["flow_rain"] ?? 0) / (fine["flow_rain"] ?? 1) - 1) < 1e-4)
      // Little has left after so short a time; of the rain, no more than a hundredth differs.
      let rain = try #require(fine["flow_rain"])
      #expect(left(fine) > 0 && abs(left(coarse) - left(fine)) < 0.01 * rain, "\(left(coarse)) \(left(fine)) \(rain)")
      #expect(left(closed) < 0.6 * left(fine))
    }

    @Test("the full equations, pipes instead of burned lines, gauges, and roughness by depth")
    func otherWays() throws {
      let table = folder.write(
        "culvert_id,shape,diameter_m,inlet\n" + (1...9).map { "k0\($0),circle,1.2,\n" }.joined(), to: "sizes.csv")
      let edited = try text {
        $0 = try $0.replacing(required: "use: local_inertial", with: "use: shallow_water_first_order")
          .replacing(required: "duration: 70 min", with: "duration: 15 min")
          .replacing(
            required: "    edge: free\n", with: "    edge: free\n    depth_dependent: true\n    culverts: sizes\n"
          )
          .replacing(required: "tables:\n", with: "tables:\n  sizes: \(table)\n")
          .replacing(required: "buildings_as: blocks", with: "buildings_as: raised")
      }
      let (result, files) = try run("pipes", edited)
      #expect(result.status == 0, "\(result.errors)")
      let culverts = try TextTable(files["flow/t200_culverts.csv"])
      let volumes = try culverts.names.filter { $0.hasSuffix("_volume_m3") }.map {
        try #require(culverts.rows.last).number($0)
      }
      #expect(volumes.count == 9 && volumes.contains { $0 > 1 })
      #expect(files["plots/t200_culverts.svg"] != nil)
    }

    @Test("water that stands at the start, and thin water that flows slowly")
    func startAndSheet() throws {
      // Half a metre in a square of 200 m, told in centimetres on cells of its own; no data is dry.
      let geometry = GridGeometry(
        columns: 20, rows: 20, west: 583_800, north: 6_640_600, cellWidth: 10, cellHeight: 10,
        crs: try coordinateReferenceSystem("EPSG:25832"))
      let water = folder.path("water.tif")
      try writeGeoTIFF(
        Grid<Float>(geometry, cells: (0..<400).map { $0 % 20 < 10 ? 50 : .nan }), to: water, nodata: -1)
      func results(_ name: String, _ settings: String) throws -> (items: [String: Double], files: [String: Data]) {
        let edited = try text {
          $0 = try $0.replacing(required: "duration: 70 min", with: "duration: 15 min")
            .replacing(
              required: "    roughness: roughness\n    land_cover: land_cover\n", with: "    manning: 0.03\n" + settings
            )
            .replacing(required: "    buildings: buildings\n    buildings_as: blocks\n", with: "")
            .replacing(
              required: "  roads: {kind", with: "  water: {kind: depth, path: \(water), unit: cm}\n  roads: {kind"
            )
            .replacing(required: "cog: [depth,", with: "cog: [flow_final_depth, depth,")
        }
        let (result, files) = try run(name, edited)
        #expect(result.status == 0, "\(result.errors)")
        return (try balance(files), files)
      }
      let dry = try results("dry", "").items
      let (items, files) = try results("wet", "    initial_depth: water\n")
      #expect(dry["flow_stored_at_start"] == nil)
      let start = try #require(items["flow_stored_at_start"])
      let ledger = try TextTable(files["flow/t200_ledger.csv"])
      #expect(try #require(ledger.rows.first).number("stored_m3") == ledger.rows.first?.number("initial_m3"))
      // Half the square is 20 000 m²; its eastern rim falls between the cells.
      #expect(abs(start - 10_000) < 1000 && items["flow_rain"] == dry["flow_rain"], "\(start)")
      func stored(_ items: [String: Double]) -> Double { items["flow_stored_at_end"] ?? 0 }
      func left(_ items: [String: Double]) -> Double { items["flow_left_at_edge"] ?? 0 }
      #expect(stored(items) > stored(dry) + 0.2 * start && left(items) >= left(dry))
      // All water here is thin up to half a metre and leaves slowly; up to a tenth of a millimetre hardly any is.
      let sheet = try results("sheet", "    sheet_manning: 0.3\n    sheet_depth: 0.5 m\n    full_depth: 1 m\n").items
      let film = try results("film", "    sheet_manning: 0.3\n    sheet_depth: 0 m\n    full_depth: 0.1 mm\n").items
      #expect(
        left(sheet) < 0.4 * left(dry) && abs(left(film) / left(dry) - 1) < 0.05,
        "\(left(sheet)) \(left(film)) \(left(dry))")
      // Levels, or a mark that is not declared, are no depths.
      try writeGeoTIFF(Grid<Float>(geometry, repeating: -5), to: water)
      let wrong = try text {
        $0 = try $0.replacing(required: "    edge: free\n", with: "    edge: free\n    initial_depth: water\n")
          .replacing(
            required: "  roads: {kind", with: "  water: {kind: depth, path: \(water), unit: cm}\n  roads: {kind")
      }
      let refused = try run("wrong", wrong).result
      #expect(refused.status == 3 && refused.errors.contains("E-RAS-020") && refused.errors.contains("-5"))
    }

    @Test("contradictions are found before anything is computed")
    func contradictions() throws {
      func errors(_ edit: (inout String) throws -> Void) throws -> String {
        let result = try BuiltProgram.run(["validate", folder.write(try text(edit), to: "bad.yaml")])
        #expect(result.status == 2)
        return result.errors + result.output
      }
      #expect(
        try errors { $0 = try $0.replacing(required: "    roughness: roughness\n", with: "") }.contains("manning"))
      #expect(
        try errors { $0 = try $0.replacing(required: "min_depth: 0.1 m", with: "min_depth: 0.1 m, drainage: 5 mm") }
          .contains("rate of the drains"))
      let settings = try errors {
        $0 = try $0.replacing(
          required: "    edge: free\n",
          with: "    edge: free\n    sheet_manning: 0.2\n    sheet_depth: 0.2 m\n    frame_every: 5 min\n"
            + "    initial_depth: deposits\n    subgrid: 2\n")
      }
      for finding in [
        "hazards.surface_flow.sheet_manning", "thin water of up to 0.2 m", "no raster shows the depths",
        "hazards.surface_flow.initial_depth", "a subgrid does not go with roughness that depends on the depth",
      ] {
        #expect(settings.contains(finding), "\(finding): \(settings)")
      }
      let others = try errors {
        $0 = try $0.replacing(required: "    edge: free\n", with: "    edge: free\n    full_depth: 0.2 m\n")
          .replacing(required: "cog: [depth,", with: "cog: [flow_frames, depth,")
      }
      #expect(others.contains("rough the ground is to thin water") && others.contains("flow_frames are not kept"))
    }
  }
}
