import Foundation
import Geodata
import Grids
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Network of bluespots")
  struct BluespotNetwork {
    let run: SandvikaRun

    init() throws { run = try SandvikaRun.shared.get() }

    private static let volumes = ["inputv", "upstream_inputv", "v", "infilv", "drainv", "spillv"]

    /// What came to a row and did not go.
    private func rest(_ row: [String: String]) throws -> Double {
      let volume = try Self.volumes.map { try row.number($0) }
      return volume[0] + volume[1] - volume[2] - volume[3] - volume[4] - volume[5]
    }

    @Test("The books of every bluespot close, and all of them together are the water balance")
    func ledger() throws {
      let bluespots = try TextTable(run.files["tables/bluespots.csv"]).rows.filter { $0["flags"] == "" }
      #expect(bluespots.count > 500)
      for row in bluespots { #expect(try abs(rest(row)) < 1e-9, "\(row["id"] ?? "")") }
      let ledger = try TextTable(run.files["tables/bluespot_balance.csv"]).rows
      let balance = try TextTable(run.files["tables/water_balance.csv"]).rows
      for scenario in ["t20", "t100", "t200", "t1000"] {
        let rows = ledger.filter { $0["scenario"] == scenario }
        #expect(rows.count { $0["id"] == "0" } == 1)
        for row in rows { #expect(try abs(rest(row)) < 1e-9) }
        func item(_ name: String) throws -> Double {
          let row = try #require(balance.first { $0["scenario"] == scenario && $0["item"] == name })
          return try row.number("m3")
        }
        let stored = try rows.reduce(0) { try $0 + $1.number("v") }
        let inBalance = try item("stored_in_bluespots") + item("stored_in_small_depressions")
        #expect(abs(stored - inBalance) < 1e-6)
        // The small ones are the first of each scenario.
        #expect(try abs(rows[0].number("v") - item("stored_in_small_depressions")) < 1e-9)
        let outlets = try TextTable(run.files["tables/outlets.csv"]).rows.filter { $0["scenario"] == scenario }
        let left = try outlets.map { try $0.number("event_flow_m3") }
        let outflow = try item("left_the_grid")
        #expect(left == left.sorted(by: >) && left.count <= 1000)
        #expect(left.reduce(0, +) <= outflow + 1e-6 && left.reduce(0, +) > 0.9 * outflow)
      }
    }

    @Test("A bluespot is full in the scenarios from its fill return period on")
    func fillReturnPeriods() throws {
      let rows = try TextTable(run.files["tables/bluespots.csv"]).rows.filter { $0["flags"] == "" }
      var told = 0
      for row in rows {
        let scenario = try #require(row["scenario"])
        let years = try #require(Double(scenario.dropFirst()))
        let isFull = try row.number("pctv") == 100
        #expect(try row.number("fill_mm_local") >= row.number("fill_mm_network") * (1 - 1e-12))
        switch row["fill_return_bound"] {
        case "< 20": #expect(isFull)
        case "> 1000": #expect(!isFull)
        default:
          told += 1
          let period = try row.number("fill_return_period")
          #expect(period >= 20 && period <= 1000)
          #expect(isFull == (years >= period), "\(row["id"] ?? "") \(scenario)")
        }
      }
      #expect(told > 0)
    }

    @Test("Water stands by a building in the scenarios from its return period on")
    func wetReturnPeriods() throws {
      let rows = try TextTable(run.files["tables/buildings.csv"]).rows.filter { $0["exposed"] != "" }
      var bounds: [String: Int] = [:]
      for row in rows {
        let scenario = try #require(row["scenario"])
        let years = try #require(Double(scenario.dropFirst()))
        // Depths are single precision.
        let depth = try row.number("depth_max_m")
        if abs(depth - 0.05) < 1e-5 { continue }
        let bound = row["wet_return_bound"] ?? ""
        bounds[bound, default: 0] += 1
        let from = bound == "< 20" ? 0 : bound == "> 1000" ? Double.infinity : try row.number("wet_return_period")
        #expect((depth > 0.05) == (years >= from), "\(row["building_id"] ?? "") \(years)")
        if row["wet_mm_network"] == "" { #expect(bound == "> 1000") }
      }
      #expect(bounds.count == 3)
    }

    @Test("Nodes follow the spill, and pour points lie at the brim's height")
    func network() throws {
      let nodes = try jsonObject(run.files["layers/bluespot_nodes.geojson"])["features"] as? [[String: Any]] ?? []
      let points = try jsonObject(run.files["layers/pour_points.geojson"])["features"] as? [[String: Any]] ?? []
      #expect(points.count > 100 && nodes.count == 4 * points.count)
      var next: [Int: Int] = [:]
      for point in points {
        let properties = try #require(point["properties"] as? [String: Any])
        next[try #require(properties["id"] as? Int)] = properties["spill_into"] as? Int
      }
      for node in nodes {
        let properties = try #require(node["properties"] as? [String: Any])
        #expect(next[try #require(properties["nodeid"] as? Int)] == properties["dstrnodeid"] as? Int)
      }
      let table = try TextTable(run.files["tables/bluespot_hypsometry.csv"]).rows
      #expect(table.count == 21 * points.count)
      let full = try TextTable(run.files["tables/bluespots.csv"]).rows.filter { $0["scenario"] == "t20" }
      for row in full {
        let brim = try #require(table.last { $0["id"] == row["id"] })
        #expect(try brim.number("hyps_area") == row.number("bspot_area"))
        #expect(try brim.number("hyps_z") == row.number("spill_z"))
        #expect(try abs(brim.number("hyps_vol") - row.number("bspot_vol")) < 1e-3)
      }
    }

    @Test("Watersheds cover what the bluespots say and do not overlap")
    func watersheds() throws {
      let package = run.target.appendingPathComponent("layers/overvann.gpkg").path
      let layer = try readLayer(
        package, reprojectedTo: nil, VectorReading(shapeType: .polygons, layer: "bluespot_watersheds")
      )
      .layer
      let ids = try #require(layer.fields.firstIndex { $0.name == "id" })
      let areas = try #require(layer.fields.firstIndex { $0.name == "wshed_area" })
      let outermost = try TextTable(run.files["tables/bluespots.csv"]).rows.filter {
        $0["scenario"] == "t20" && $0["parent_id"] == ""
      }
      #expect(layer.features.count == outermost.count && outermost.count > 100)
      let ground = try readRaster(run.target.appendingPathComponent("rasters/ground.tif").path).grid
      let geometry = ground.geometry
      // Sides of cells with a surface to the east count 1 on the way south, those with one to the west −1 on the way north.
      var steps = [Int](repeating: 0, count: (geometry.columns + 1) * geometry.rows)
      for (feature, row) in zip(layer.features, outermost) {
        guard case .polygons(let polygons) = feature.shape, case .real(let told) = feature.values[areas] else {
          Issue.record("a watershed without a shape or an area")
          continue
        }
        #expect(feature.values[ids] == .integer(Int64(row["id"] ?? "") ?? 0))
        #expect(abs(polygons.reduce(0) { $0 + $1.area } - told) < 1e-6 * told)
        #expect(try abs(row.number("wshed_area") - told) < 1e-9 * told)
        for ring in polygons.flatMap(\.rings) {
          for (from, to) in zip(ring, ring.dropFirst()) where from.x == to.x {
            let column = Int(((from.x - geometry.west) / geometry.cellWidth).rounded())
            let first = Int(((geometry.north - max(from.y, to.y)) / geometry.cellHeight).rounded())
            let end = Int(((geometry.north - min(from.y, to.y)) / geometry.cellHeight).rounded())
            for row in first..<end { steps[row * (geometry.columns + 1) + column] += from.y > to.y ? 1 : -1 }
          }
        }
      }
      var covered = 0
      for row in 0..<geometry.rows {
        var surfaces = 0
        for column in 0...geometry.columns {
          surfaces += steps[row * (geometry.columns + 1) + column]
          #expect(surfaces == 0 || surfaces == 1)
          covered += surfaces
        }
      }
      let total = try outermost.reduce(0) { try $0 + $1.number("wshed_area") }
      #expect(abs(Double(covered) * geometry.cellArea - total) < 1e-6 * total)
    }

    @Test("Flow paths are cut where they enter and leave the water, and hang together")
    func cutPaths() throws {
      let package = run.target.appendingPathComponent("layers/overvann.gpkg").path
      let layer = try readLayer(package, reprojectedTo: nil, VectorReading(shapeType: .lines, layer: "flow_paths"))
        .layer
      func place(_ name: String) throws -> Int { try #require(layer.fields.firstIndex { $0.name == name }) }
      let (scenario, id, next, water) = (
        try place("scenario"), try place("id"), try place("downstream_id"), try place("under_water")
      )
      var isInWater = 0
      for name in ["t20", "t1000"] {
        let depth = try readRaster(run.target.appendingPathComponent("rasters/\(name)/depth.tif").path).grid
        let features = layer.features.filter { $0.values[scenario] == .text(name) }
        var first: [FieldValue: Coordinate] = [:]
        var last: [(FieldValue, Coordinate)] = []
        for feature in features {
          guard case .lines(let lines) = feature.shape, let line = lines.first, let end = line.last else { continue }
          #expect(lines.count == 1 && line.count > 1)
          first[feature.values[id]] = line[0]
          if feature.values[next] != .null { last.append((feature.values[next], end)) }
          // Straight runs of cells have only their ends in the line.
          let cells = line.compactMap { depth.geometry.cell(at: $0) }
          var wet = [depth[cells[0].column, cells[0].row] > 0]
          for (from, to) in zip(cells, cells.dropFirst()) {
            let (across, down) = (to.column - from.column, to.row - from.row)
            let steps = max(abs(across), abs(down))
            for step in 1...steps {
              wet.append(depth[from.column + across / steps * step, from.row + down / steps * step] > 0)
            }
          }
          let isUnderWater = feature.values[water] == .boolean(true) || feature.values[water] == .integer(1)
          if isUnderWater { isInWater += 1 }
          // A path in the open may touch the water with single cells, never with two in a row.
          #expect(isUnderWater ? wet.allSatisfy { $0 } : !zip(wet, wet.dropFirst()).contains { $0 && $1 })
        }
        for (next, end) in last { #expect(first[next] == end) }
      }
      #expect(isInWater > 20)
    }

    @Test("Drains, pumps and infiltration leave less water, and say how much they took")
    func losses() throws {
      let folder = TemporaryFolder()
      let rows = try TextTable(run.files["tables/bluespots.csv"]).rows.filter {
        $0["scenario"] == "t20" && $0["parent_id"] == ""
      }
      let largest = try #require(try rows.max { try $0.number("v") < $1.number("v") })
      let bluespots = try jsonObject(run.files["layers/bluespots.geojson"])["features"] as? [[String: Any]] ?? []
      #expect(!bluespots.isEmpty)
      // A pump at the deepest cell of the largest bluespot, found by its outline's first corner in the grid.
      let ground = try readRaster(run.target.appendingPathComponent("rasters/ground.tif").path).grid
      let depth = try readRaster(run.target.appendingPathComponent("rasters/t20/depth.tif").path).grid
      let level = try largest.number("level_z")
      let deepest = try largest.number("dmax")
      let cell = try #require(
        (0..<ground.count).first {
          depth[$0] > 0 && abs(Double(ground[$0]) + deepest - level) < 1e-4 && abs(Double(depth[$0]) - deepest) < 1e-4
        })
      let geometry = ground.geometry
      let point = geometry.centre(column: cell % geometry.columns, row: cell / geometry.columns)
      let outside = Coordinate(x: geometry.west - 100, y: geometry.north)
      let layer = FeatureLayer(
        name: "pumps", summary: "Pumps", crs: geometry.crs, shapeType: .point,
        fields: [Field("id", .text, "Identifier"), Field("litres", .real, "Capacity")],
        features: [
          Feature(shape: .point(point), values: [.text("a"), .real(10)]),
          Feature(shape: .point(outside), values: [.text("b"), .real(10)]),
        ])
      try writeGeoPackage(to: folder.path("pumps.gpkg"), layers: [layer])

      func table(_ name: String, _ flood: String) throws -> ([String: Double], [[String: String]], String) {
        var text = try shortSandvikaText().replacing(required: "climate_factor: 1}", with: "climate_factor: 1.4}")
        text = try text.replacing(
          required: "inputs:\n",
          with:
            "inputs:\n  pumps: {kind: drain, path: \(folder.path("pumps.gpkg")), id: id, capacity: litres, unit: l/s}\n"
        )
        text = try text.replacing(required: "    min_depth: 0.05 m\n", with: "    min_depth: 0.05 m\n\(flood)")
        let pipeline = folder.write(text, to: "\(name).yaml")
        let result = try BuiltProgram.run(["run", pipeline, "--out", folder.path(name)])
        #expect(result.status == 0, "\(result.errors)")
        let files = folderContents(URL(fileURLWithPath: folder.path(name)))
        var balance: [String: Double] = [:]
        for row in try TextTable(files["tables/water_balance.csv"]).rows {
          balance[row["item"] ?? ""] = try row.number("m3")
        }
        return (balance, try TextTable(files["tables/bluespots.csv"]).rows, result.errors)
      }
      let (dry, _, messages) = try table(
        "losses", "    infiltration: 30 mm\n    drains: pumps\n    drain_time: 30 min\n")
      #expect(messages.contains("1 of 2 drains lie outside the grid"))
      let (pumped, rowsPumped, _) = try table("pumped", "    drains: pumps\n    drain_time: 30 min\n")
      // 10 l/s in half an hour.
      #expect(abs((pumped["drained_from_depressions"] ?? 0) - 18) < 1e-6)
      #expect(pumped["infiltrated_in_depressions"] == 0)
      let pump = try #require(rowsPumped.first { $0["id"] == largest["id"] })
      #expect(try abs(pump.number("drainv") - 18) < 1e-6 && abs(rest(pump)) < 1e-9)
      #expect(dry["infiltrated_in_depressions"] ?? 0 > 100)
      #expect(dry["left_the_grid"] ?? .infinity < pumped["left_the_grid"] ?? 0)
    }
  }
}
