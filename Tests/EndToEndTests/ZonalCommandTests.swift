import Foundation
import Geodata
import Grids
import TestSupport
import Testing

extension EndToEnd {
  @Suite("overvann zonal")
  struct ZonalCommands {
    let folder = TemporaryFolder()
    private let utm = Result { try coordinateReferenceSystem("EPSG:25832") }

    private func shared(_ path: String) throws -> String { try #require(sharedData(path)).path }

    private func json(_ arguments: [String]) throws -> [String: Any] {
      let result = try BuiltProgram.run(["zonal"] + arguments + ["--json", "--quiet"])
      #expect(result.status == 0, "\(result.errors)")
      return try jsonObject(Data(result.output.utf8))
    }

    private func table(_ name: String) throws -> [[String: String]] {
      try TextTable(FileManager.default.contents(atPath: folder.path(name))).rows
    }

    /// Three by three cells of 10 m: 1 to 8, and none in the south-eastern corner.
    private func raster(_ name: String = "depth.tif", scale: Float = 1) throws -> String {
      let geometry = GridGeometry(
        columns: 3, rows: 3, west: 583_000, north: 6_640_030, cellWidth: 10, cellHeight: 10, crs: try utm.get())
      let grid = Grid(geometry, cells: (1...9).map { $0 == 9 ? Float.nan : Float($0) * scale })
      try writeGeoTIFF(grid, to: folder.path(name))
      return folder.path(name)
    }

    private func ring(_ corners: [(Double, Double)]) -> [Coordinate] {
      (corners + corners.prefix(1)).map { Coordinate(x: 583_000 + $0.0, y: 6_640_000 + $0.1) }
    }

    private func square(_ west: Double, _ south: Double, _ size: Double) -> [Polygon] {
      [
        Polygon(rings: [ring([(west, south), (west + size, south), (west + size, south + size), (west, south + size)])])
      ]
    }

    private func zones(
      _ shapes: [Shape?], _ type: ShapeType = .polygons, _ name: String = "zones.gpkg", field: String = "name"
    ) throws -> String {
      try writeLayer(
        FeatureLayer(
          name: "zones", summary: "", crs: try utm.get(), shapeType: type,
          fields: [Field(field, .text, ""), Field("people", .integer, "")],
          features: shapes.enumerated().map {
            Feature(shape: $1, values: [.text("zone \($0 + 1)"), .integer(Int64($0))])
          }),
        to: folder.path(name))
      return folder.path(name)
    }

    @Test("the same figures as a table and in every layer, with what was kept of the zones")
    func formats() throws {
      let (first, second) = (try raster(), try raster("Twice as deep.tif", scale: 2))
      let zones = try zones([
        .polygons(square(5, 5, 20)), nil, .polygons(square(25, 15, 10)), .polygons(square(500, 500, 10)),
      ])
      let stats = "count,sum,mean,min,max,variance,stdev,median,p90,mode,minority,variety,frac:5,ge:5,outside_frac,size"
      for ending in ["csv", "gpkg", "geojson", "fgb"] {
        let report = try json([
          first, second, zones, "--stats", stats, "--keep", "name", "--out", folder.path("out.\(ending)"),
          "--min-covered-frac", "0.5",
        ])
        #expect(report["zones"] as? Int == 4 && report["grids"] as? Int == 1)
        #expect(report["without_shape"] as? Int == 1 && report["below_min_covered_frac"] as? Int == 1)
        if ending == "csv" { continue }
        let layer = try readLayer(folder.path("out.\(ending)"), reprojectedTo: nil).layer
        let names = layer.fields.map(\.name)
        let rows = try table("out.csv")
        #expect(layer.features.count == (ending == "fgb" ? 3 : 4))
        #expect(
          names.filter { $0 != "id" }
            == (try TextTable(FileManager.default.contents(atPath: folder.path("out.csv"))).names))
        for feature in layer.features {
          let name = try #require(names.firstIndex(of: "name"))
          let row = try #require(rows.first { FieldValue.text($0["name"] ?? "") == feature.values[name] })
          for (name, value) in zip(names, feature.values) {
            switch value {
            case .real(let number): #expect(Double(row[name] ?? "") == number, "\(name)")
            case .integer(let number): #expect(Double(row[name] ?? "") == Double(number), "\(name)")
            case .null: #expect(row[name] == "", "\(name)")
            default: break
            }
          }
        }
      }
      let told = try BuiltProgram.run(["zonal", first, zones, "--out", folder.path("told.fgb")])
      #expect(told.errors.contains("1 zones have no usable shape: FlatGeobuf has no room for them"))
      let rows = try table("out.csv")
      // The square has a quarter of each corner, half of each edge and all of the middle; the south-east is missing.
      let row = rows[0]
      #expect(row["flags"] == "" && row["people"] == nil)
      #expect(try row.number("depth_covered_frac") == 0.9375 && row.number("depth_nodata_frac") == 0.0625)
      #expect(try row.number("depth_count") == 3.75)
      let sum = 0.25 * (1 + 3 + 7) + 0.5 * (2 + 4 + 6 + 8) + 5
      #expect(try row.number("depth_sum") == sum && row.number("depth_mean") == sum / 3.75)
      #expect(try row.number("depth_min") == 1 && row.number("depth_max") == 8)
      let mean = sum / 3.75
      let squares = [(1, 0.25), (2, 0.5), (3, 0.25), (4, 0.5), (5, 1), (6, 0.5), (7, 0.25), (8, 0.5)].reduce(0.0) {
        $0 + $1.1 * (Double($1.0) - mean) * (Double($1.0) - mean)
      }
      #expect(abs(try row.number("depth_variance") - squares / 3.75) < 1e-12)
      #expect(abs(try row.number("depth_stdev") - (squares / 3.75).squareRoot()) < 1e-12)
      #expect(try row.number("depth_median") == 5 && row.number("depth_p90") == 8)
      #expect(
        try row.number("depth_mode") == 5 && row.number("depth_minority") == 1 && row.number("depth_variety") == 8)
      #expect(try row.number("depth_frac_5") == 0.25 && row.number("depth_frac_ge_5") == 2.25 / 4)
      #expect(try row.number("depth_size") == 400 && row.number("depth_outside_frac") == 0)
      #expect(try row.number("twice_as_deep_mean") == 2 * sum / 3.75)
      // No shape; half outside, which is enough here; nothing covered.
      #expect(rows[1]["flags"] == "geometry" && rows[1]["depth_covered_frac"] == "")
      #expect(try rows[2]["flags"] == "" && rows[2].number("depth_mean") == 4.5)
      #expect(try rows[2].number("depth_outside_frac") == 0.5)
      #expect(rows[3]["flags"] == "coverage" && rows[3]["depth_mean"] == "" && rows[3]["depth_covered_frac"] == "0.0")
    }

    @Test("lines weigh lengths, points take their cell, cells can have weights")
    func linesPointsAndWeights() throws {
      let raster = try raster()
      let lines = try zones(
        [
          .lines([ring([(5, 25), (25, 25)]).dropLast().map { $0 }]),
          .lines([ring([(15, 15), (25, 5)]).dropLast().map { $0 }]),
        ],
        .lines, "lines.gpkg")
      _ = try json([raster, lines, "--stats", "mean,max,ge:2,size", "--out", folder.path("lines.csv"), "--name", ""])
      let rows = try table("lines.csv")
      #expect(try rows[0].number("mean") == 2 && rows[0].number("max") == 3 && rows[0].number("size") == 20)
      #expect(try rows[0].number("frac_ge_2") == 0.75)
      #expect(rows[1]["flags"] == "coverage" && rows[1]["mean"] == "")
      #expect(abs(try rows[1].number("nodata_frac") - 0.5) < 1e-12)

      let points = try zones(
        [.point(Coordinate(x: 583_015, y: 6_640_015)), .point(Coordinate(x: 583_025, y: 6_640_005))], .point,
        "points.gpkg")
      _ = try json([raster, points, "--stats", "mean,count", "--out", folder.path("points.csv"), "--name", ""])
      #expect(try table("points.csv").map { $0["mean"] } == ["5.0", ""])

      let squares = try zones([.polygons(square(0, 10, 20))])
      let weights = try self.raster("people.tif", scale: 10)
      _ = try json([
        raster, squares, "--weights", weights, "--stats", "count,sum,mean,ge:2", "--out", folder.path("w.csv"),
        "--name", "",
      ])
      let row = try table("w.csv")[0]
      // Cells 1, 2, 4 and 5 with 10, 20, 40 and 50 people.
      #expect(try row.number("count") == 120 && row.number("sum") == 460 && row.number("frac_ge_2") == 110.0 / 120)
      let negative = try self.raster("negative.tif", scale: -1)
      let refused = try BuiltProgram.run([
        "zonal", raster, squares, "--weights", negative, "--out", folder.path("n.csv"),
      ])
      #expect(refused.status == 3 && refused.errors.contains("negative"))
    }

    @Test("zones in another reference system, crossing rings, classes")
    func reprojectionAndRepair() throws {
      let raster = try raster()
      let here = square(2, 3, 24)
      let back = try Transformation(from: try utm.get(), to: try coordinateReferenceSystem("EPSG:4326"))
      let there = try here.map { polygon in Polygon(rings: try polygon.rings.map { try back.transform($0) }) }
      let text = there[0].rings[0].map { "[\($0.x),\($0.y)]" }.joined(separator: ",")
      let path = folder.write(
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"a\":1},"
          + "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[\(text)]]}}]}", to: "there.geojson")
      let bowTie = ring([(6, 6), (24, 24), (24, 6), (6, 24)])
      let doubled = ring([(5, 5), (15, 5), (15, 15), (5, 15)]).dropLast() + ring([(5, 5), (15, 5), (15, 15), (5, 15)])
      let local = try zones([
        .polygons(here), .polygons([Polygon(rings: [bowTie])]), .polygons([Polygon(rings: [Array(doubled)])]),
        .polygons(square(5, 5, 10) + square(5, 5, 10)),
      ])
      let options = ["--stats", "mean,size,frac", "--name", "", "--min-covered-frac", "0"]
      _ = try json([raster, path] + options + ["--out", folder.path("there.csv")])
      let report = try json([raster, local] + options + ["--out", folder.path("here.csv")])
      let rows = try table("here.csv")
      #expect(abs(try table("there.csv")[0].number("mean") - rows[0].number("mean")) < 1e-6)
      #expect(report["repaired"] as? Int == 3 && report["unsound"] == nil)
      // Two triangles of 81 m² each; a square twice.
      #expect(abs(try rows[1].number("size") - 162) < 1e-6)
      #expect(try rows[2].number("size") == 100 && rows[3].number("size") == 100)
      let shares = try (1...8).map { try rows[2].number("frac_\($0)") }
      #expect(shares == [0, 0, 0, 0.25, 0.25, 0, 0.25, 0.25])
      let refused = try BuiltProgram.run(["zonal", raster, local, "--invalid", "fail", "--out", folder.path("f.csv")])
      #expect(refused.status == 3 && refused.errors.contains("feature 2"))
      #expect(!folder.contents.contains("f.csv"))
    }

    @Test("bad input is refused with the way out")
    func refusals() throws {
      let raster = try raster()
      let good = try zones([.polygons(square(5, 5, 20))])
      let far = try zones([.polygons(square(5000, 5, 20))], .polygons, "far.gpkg")
      let twin = try zones([.polygons(square(5, 5, 20))], .polygons, "twin.gpkg", field: "depth_mean")
      let bare = folder.write("1,2\n3,4\n", to: "bare.csv")
      let out = folder.path("out.csv")
      let unplaced = folder.write(
        "ncols 2\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 1\n1 2\n3 4\n", to: "no_crs.asc")
      let cases: [([String], Int32, [String])] = [
        ([raster, far, "--out", out], 3, ["no zone lies on", "588000", "583000"]),
        ([raster, twin, "--out", out], 2, ["depth_mean", "--keep"]),
        ([raster, raster, good, "--out", out], 2, ["--name"]),
        ([raster, good, "--keep", "nothing", "--out", out], 3, ["nothing", "name, people"]),
        ([raster, bare, "--out", out], 3, ["points, lines or surfaces"]),
        ([unplaced, good, "--out", out], 3, ["coordinate reference system", "EPSG:25832"]),
        ([raster, good, "--out", folder.path("out.xyz")], 2, [".gpkg"]),
        ([raster, good, "--out", good], 5, ["input"]),
        ([raster, good, "--stats", "average", "--out", out], 2, ["average", "median"]),
        ([raster, good, "--band", "2", "--out", out], 3, ["there is no band 2"]),
        ([raster, "--out", out], 2, ["at least one raster"]),
      ]
      for (arguments, status, words) in cases {
        let result = try BuiltProgram.run(["zonal"] + arguments)
        #expect(result.status == status, "\(arguments): \(result.errors)")
        for word in words { #expect(result.errors.contains(word), "\(word) in \(result.errors)") }
        #expect(!folder.contents.contains("out.csv"))
      }
      _ = try json([raster, good, "--out", out])
      #expect(try BuiltProgram.run(["zonal", raster, good, "--out", out]).status == 5)
      _ = try json([raster, good, "--out", out, "--replace"])
      #expect(folder.contents.allSatisfy { !$0.hasPrefix(".") && !$0.contains("tmp") })
    }

    /// Figures of exactextract 0.3.0, whose coverage is of single precision.
    @Test("people above and below heights, by canton and census tract", .enabled(if: runsWithSharedData("luxembourg")))
    func population() throws {
      let lux = folder.path("lux.csv")
      _ = try json([
        shared("luxembourg/elev.tif"), shared("luxembourg/lux.shp"), "--stats",
        "mean,count,min,max,stdev,variety,ge:300",
        "--keep", "NAME_2,POP", "--name", "", "--min-covered-frac", "0", "--out", lux,
      ])
      let cantons = try table("lux.csv")
      #expect(cantons.count == 12)
      let vianden = try #require(cantons.first { $0["NAME_2"] == "Vianden" })
      for (name, value) in [
        ("mean", 372.249827), ("count", 129.056369), ("min", 200), ("max", 520), ("stdev", 81.722505), ("variety", 127),
      ] { #expect(abs(try vianden.number(name) - value) < 1e-6 * value, "\(name)") }
      var high = 0.0
      for canton in cantons {
        high += try canton.number("POP") * canton.number("frac_ge_300") / canton.number("covered_frac")
      }
      #expect(abs(high - 368_573.457734) < 1e-6 * high)
      #expect(try cantons.reduce(0.0) { try $0 + $1.number("POP") } == 602_005)

      // Tracts in an own reference system on an unknown datum.
      let olinda = folder.path("olinda.csv")
      _ = try json([
        shared("olinda/olinda_dem_utm25s.tif"), shared("olinda/olinda1.shp"), "--stats", "mean,count,ge:5", "--keep",
        "ID,V014", "--name", "", "--min-covered-frac", "0", "--out", olinda,
      ])
      let tracts = try table("olinda.csv")
      #expect(tracts.count == 470)
      #expect(abs(try tracts[0].number("mean") - 30.403321) < 1e-5)
      #expect(abs(try tracts[0].number("count") - 11.480594) < 1e-5)
      var low = 0.0
      for tract in tracts {
        low += try tract.number("V014") * (1 - tract.number("frac_ge_5") / tract.number("covered_frac"))
      }
      #expect(abs(low - 11_022.516623) < 1e-6 * low)
      // Shared borders: what the tracts have of the grid adds up to their area.
      let cells = try tracts.reduce(0.0) { try $0 + $1.number("count") }
      #expect(cells > 4000 && cells < 6000)
    }
  }
}
