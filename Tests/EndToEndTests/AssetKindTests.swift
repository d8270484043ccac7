import Flood
import Foundation
import Geodata
import Grids
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Kinds of assets: shares of buildings, points, rail, damage to ground, moving water")
  struct AssetKinds {
    let folder = TemporaryFolder()

    /// Squares of 100 m that cover the example without gaps, as areas.
    private func squares() -> String {
      var features: [String] = []
      for column in 0..<12 {
        for row in 0..<10 {
          let (x, y) = (583_400 + column * 100, 6_640_000 + row * 100)
          let ring = [(x, y), (x + 100, y), (x + 100, y + 100), (x, y + 100), (x, y)].map { "[\($0.0),\($0.1)]" }
          features.append(
            "{\"type\":\"Feature\",\"properties\":{\"id\":\"\(column)-\(row)\"},\"geometry\":{\"type\":\"Polygon\","
              + "\"coordinates\":[[\(ring.joined(separator: ","))]]}}")
        }
      }
      return "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
        + "\"urn:ogc:def:crs:EPSG::25832\"}},\"features\":[\(features.joined(separator: ","))]}"
    }

    /// The part of a ring within a square, by clipping at one side after the other (Sutherland and Hodgman 1974).
    private func clipped(_ ring: [Coordinate], west: Double, south: Double) -> Double {
      var points = ring
      if points.first == points.last { points.removeLast() }
      let sides: [(Coordinate) -> Double] = [
        { $0.x - west }, { west + 100 - $0.x }, { $0.y - south }, { south + 100 - $0.y },
      ]
      for side in sides {
        var kept: [Coordinate] = []
        for (index, point) in points.enumerated() {
          let next = points[(index + 1) % points.count]
          let (a, b) = (side(point), side(next))
          if a >= 0 { kept.append(point) }
          if (a < 0) != (b < 0) {
            let t = a / (a - b)
            kept.append(Coordinate(x: point.x + t * (next.x - point.x), y: point.y + t * (next.y - point.y)))
          }
        }
        points = kept
        if points.isEmpty { return 0 }
      }
      var twice = 0.0
      for (index, point) in points.enumerated() {
        let next = points[(index + 1) % points.count]
        twice += (point.x - west) * (next.y - south) - (next.x - west) * (point.y - south)
      }
      return abs(twice) / 2
    }

    @Test("Shares of buildings, damage to ground and speeds: areas follow from rasters, footprints and the whole")
    func sharesAndGround() throws {
      let dtm = try readRaster(fixtures.appendingPathComponent("dtm.tif").path)
        .grid
      // Faster to the east: 0 to 3 m/s.
      var speed = Grid<Float>(dtm.geometry, repeating: 0)
      for row in 0..<dtm.rows { for column in 0..<dtm.columns { speed[column, row] = Float(column) * 0.0025 } }
      for years in [20, 100, 200, 1000] {
        try writeGeoTIFF(speed, to: folder.path("speed_\(years).tif"), unit: "m/s", description: "speed")
      }
      let text =
        try sandvikaText
        .replacing(
          required: "  areas: {kind: area, path: \(fixtures.path)/areas.gpkg, id: area_id, name: name}",
          with: "  areas: {kind: area, path: \(folder.write(squares(), to: "squares.geojson")), id: id}\n"
            + "  speed: {kind: velocity, path: \"\(folder.path("speed_{T}.tif"))\", unit: m/s}"
        )
        .replacing(required: "attribute_to: representative_point", with: "attribute_to: area_share")
        .replacing(required: "    watersheds: true\n", with: "    velocity: speed\n")
        .replacing(required: "bluespot_watersheds, ", with: "")
        .replacing(required: "max_failed_areas: 2", with: "max_failed_areas: 40")
        .replacing(
          required: "cog: [depth,", with: "cog: [depth, depth_velocity, flood_hazard_rating, flood_hazard_class,")
      let target = folder.path("shares")
      let result = try BuiltProgram.run(["run", folder.write(text, to: "shares.yaml"), "--out", target])
      #expect(result.status == 0, "\(result.errors)")
      let files = folderContents(URL(fileURLWithPath: target))
      let areas = try TextTable(files["tables/areas.csv"]).rows.filter { $0["scenario"] == "t200" }
      #expect(areas.count == 120)

      // Every building counts once in all, whatever borders run through it.
      let buildings = try TextTable(files["tables/buildings.csv"]).rows.filter { $0["scenario"] == "t200" }
      #expect(try abs(areas.reduce(0) { try $0 + $1.number("bld_total_n") } - 250) < 1e-8)
      let residents = try buildings.reduce(0) { try $0 + $1.number("residents") }
      #expect(try abs(areas.reduce(0) { try $0 + $1.number("pop_total") } - residents) < 1e-8)
      let footprints = try readLayer(
        fixtures.appendingPathComponent("buildings.gpkg").path,
        reprojectedTo: nil, VectorReading(shapeType: .polygons)
      ).layer
      var shared = 0
      for area in areas where area["flags"] == "" {
        let numbers = try #require(area["area_id"]).split(separator: "-").compactMap { Double($0) }
        let (west, south) = (583_400 + numbers[0] * 100, 6_640_000 + numbers[1] * 100)
        var (exposed, damage, people) = (0.0, 0.0, 0.0)
        for (feature, row) in zip(footprints.features, buildings) {
          guard case .polygons(let polygons) = feature.shape else { continue }
          let ring = polygons[0].rings[0]
          let share = clipped(ring, west: west, south: south) / polygons[0].area
          if share > 1e-9, share < 1 - 1e-9 { shared += 1 }
          if share > 0 {
            damage += try row.number("damage_nok") * share
            if row["exposed"] == "true" {
              exposed += share
              people += try row.number("residents") * share
            }
          }
        }
        #expect(try abs(area.number("bld_exposed_n") - exposed) < 1e-6)
        #expect(try abs(area.number("pop_exposed") - people) < 1e-5)
        #expect(try abs(area.number("damage_nok") - damage) < 1e-6 * max(1, damage))
      }
      #expect(shared > 60, "\(shared) parts of buildings on both sides of borders")

      // Ground: the curve of each cell's depth, read and summed anew.
      func raster(_ name: String) throws -> Grid<Float> { try readRaster("\(target)/rasters/t200/\(name).tif").grid }
      let depth = try raster("depth")
      let cover = try readClasses(
        fixtures.appendingPathComponent("land_cover.tif").path,
        alignedTo: depth.geometry, RasterReading()
      ).grid
      let knots: [Int32: (value: Double, shares: [Double])] = [
        11: (20, [0, 0.25, 0.42, 0.55, 0.65]), 12: (300, [0, 0.25, 0.42, 0.55, 0.65]),
        21: (4, [0, 0.3, 0.55, 0.65, 0.75]), 22: (2, [0, 0.3, 0.55, 0.65, 0.75]), 23: (1, [0, 0.3, 0.55, 0.65, 0.75]),
      ]
      func share(_ shares: [Double], _ depth: Double) -> Double {
        let place = min(depth / 0.5, 3.999)
        let low = Int(place)
        return shares[low] + (place - Double(low)) * (shares[low + 1] - shares[low])
      }
      var compared = 0
      for area in areas where area["flags"] == "" {
        let numbers = try #require(area["area_id"]).split(separator: "-").compactMap { Int($0) }
        var (damage, deepest, product) = (0.0, Float(0), Float(0))
        for row in (900 - numbers[1] * 100)..<(1000 - numbers[1] * 100) {
          for column in (numbers[0] * 100)..<(numbers[0] * 100 + 100) {
            let water = depth[column, row]
            guard water > 0, water < 2 else { continue }
            deepest = max(deepest, water)
            product = max(product, water * speed[column, row])
            if let known = knots[cover[column, row]] { damage += known.value * share(known.shares, Double(water)) }
          }
        }
        if try area.number("depth_max_m") >= 2 { continue }
        compared += deepest > 0.3 ? 1 : 0
        #expect(try abs(area.number("land_damage_nok") - damage) < 1e-4 * max(1, damage), "\(area["area_id"] ?? "")")
        #expect(try abs(area.number("dv_max_m2_s") - Double(product)) < 1e-6)
      }
      #expect(compared > 10)
      let ead = try TextTable(files["tables/areas_ead.csv"])
      #expect(
        ead.names.contains("eadland_nok_a") && ead.names.contains("earail_m_a") && ead.names.contains("eacrit_n_a"))

      // Rasters of moving water follow from depth and speed, cell by cell.
      let (velocityProduct, rating, classes) = (
        try raster("depth_velocity"), try raster("flood_hazard_rating"), try raster("flood_hazard_class")
      )
      var found: Set<Float> = []
      for cell in 0..<depth.count {
        let (water, flow) = (depth[cell], speed[cell])
        if water.isNaN {
          #expect(velocityProduct[cell].isNaN && classes[cell].isNaN)
          continue
        }
        let hazard = Float(FloodHazard.aidrClass(depth: water, speed: flow))
        found.insert(hazard)
        if velocityProduct[cell] != water * flow || classes[cell] != hazard
          || rating[cell] != FloodHazard.ukRating(depth: water, speed: flow)
        {
          Issue.record("cell \(cell): depth \(water), speed \(flow)")
          break
        }
      }
      #expect(found.isSuperset(of: [0, 1, 2, 3, 4]))
    }

    @Test("Rail and facilities are counted apart, and areas add up to their layers")
    func railAndFacilities() throws {
      let files = try SandvikaRun.shared.get().files
      let areas = try TextTable(files["tables/areas.csv"]).rows
      let rail = try TextTable(files["tables/rail.csv"]).rows
      let facilities = try TextTable(files["tables/facilities.csv"]).rows
      #expect(rail.count == 4 && facilities.count == 16)
      for scenario in ["t20", "t100", "t200", "t1000"] {
        let own = areas.filter { $0["scenario"] == scenario && $0["flags"] == "" }
        let length = try own.reduce(0) { try $0 + $1.number("rail_exposed_m") }
        let line = try #require(rail.first { $0["scenario"] == scenario })
        #expect(try abs(length - line.number("rail_exposed_m")) < 1e-3 && length > 10)
        let exposed = try own.reduce(0) { try $0 + $1.number("crit_exposed_n") }
        #expect(exposed == Double(facilities.count { $0["scenario"] == scenario && $0["exposed"] == "true" }))
        #expect(try own.reduce(0) { try $0 + $1.number("crit_total_n") } == 4)
        // Facilities add nothing to the buildings.
        #expect(try areas.filter { $0["scenario"] == scenario }.reduce(0) { try $0 + $1.number("bld_total_n") } <= 250)
      }
      let check = try GeoJSONCheck(
        try #require(files["layers/facilities.geojson"]), key: ["building_id", "scenario"])
      #expect(check.findings.isEmpty && check.featureCount == 16)
    }

    @Test("What assets cannot be is refused with the way out")
    func refused() throws {
      let cases: [(part: String, other: String, words: String)] = [
        ("input: rail, prefix: rail,", "input: rail,", "road is the prefix of roads already"),
        ("input: facilities, prefix: crit,", "input: facilities, prefix: road,", "road is the prefix of roads already"),
        ("input: facilities, prefix: crit,", "input: facilities, prefix: Crit,", "a prefix: lower-case letters"),
        (
          "prefix: crit, sample: {where: ring, width: 15 m}", "prefix: crit, sample: {where: footprint}",
          "points have no footprint"
        ),
        (
          "prefix: crit, sample: {where: ring, width: 15 m}", "prefix: crit, attribute_to: area_share",
          "points have no footprint to share out"
        ),
        ("input: rail, prefix: rail,", "input: rail, prefix: aveeerylongprefixofall,", "longer than 16 letters"),
      ]
      for (part, other, words) in cases {
        let text = try shortSandvikaText().replacing(required: part, with: other)
        let result = try BuiltProgram.run(["validate", folder.write(text, to: "refused.yaml")])
        #expect(
          result.status == 2 && (result.errors + result.output).contains(words), "\(result.errors)\(result.output)")
      }
    }
  }
}
