import Foundation
import Geodata
import TestSupport
import Testing

extension BadInput {
  private static func polygon(_ rings: String) -> String { #"{"type": "Polygon", "coordinates": \#(rings)}"# }

  /// Shapes.
  static let geometries: [BadInput] = [
    .run("P01", "a bow-tie", 0, "W-VEC-101", "1 were repaired") { bench in
      bench.layer("areas.geojson", [bench.ring([(4, 4), (16, 16), (16, 4), (4, 16)])], "area_id", names: true)
    } look: { bench in
      bench.check(abs(try bench.number("area_m2") - 72) < 1e-6)
    },
    .run("P02", "a hole outside its shell", 0, "W-VEC-101") { bench in
      let rings =
        "[\(bench.closed([(3, 3), (9, 3), (9, 9), (3, 9)])), \(bench.closed([(12, 12), (15, 12), (15, 15), (12, 15)]))]"
      bench.geometries("areas.geojson", [polygon(rings)], "area_id", names: true)
    } look: { bench in
      // Whether what was drawn outside is ground or a hole, it is not taken away from elsewhere.
      bench.check([36, 45].contains { abs(Double($0) - ((try? bench.number("area_m2")) ?? 0)) < 1e-6 })
    },
    .run("P03", "a ring drawn twice", 0, "W-VEC-101") { bench in
      bench.layer(
        "areas.geojson",
        [bench.ring([(3, 3), (8, 3), (8, 8), (3, 8), (3, 3), (8, 3), (8, 8), (3, 8)])], "area_id", names: true)
    } look: { bench in
      bench.check(abs(try bench.number("area_m2") - 25) < 1e-6)
    },
    .run("P04", "two parts on the same ground", 0, "W-VEC-101") { bench in
      let part = bench.square(3, 3, 5)
      bench.geometries(
        "areas.geojson", [#"{"type": "MultiPolygon", "coordinates": [\#(part), \#(part)]}"#], "area_id", names: true)
    } look: { bench in
      bench.check(abs(try bench.number("area_m2") - 25) < 1e-6)
    },
    .run("P05", "a ring clockwise, points twice, a spike (P14)") { bench in
      bench.layer(
        "areas.geojson", [bench.ring([(3, 3), (3, 8), (3, 8), (8, 8), (8, 3), (8, 3), (12, 3), (8, 3)])], "area_id",
        names: true)
    } look: { bench in
      bench.check(abs(try bench.number("area_m2") - 25) < 1e-6)
    },
    .run("P06", "an area without a shape, another that is empty", 4, "2 are empty") { bench in
      bench.geometries(
        "areas.geojson",
        [polygon(bench.square(3, 3, 5)), "null", #"{"type": "Polygon", "coordinates": []}"#], "area_id", names: true)
    } look: { bench in
      bench.check(try bench.number("area_m2") == 25)
      for row in [1, 2] { bench.check(try bench.area(row)["flags"]?.contains("geometry") == true) }
    },
    .run("P07", "coordinates that are no numbers", 4, "no numbers") { bench in
      let wrong = bench.square(3, 3, 5).replacingOccurrences(of: "590003.0", with: "1e999")
      bench.layer("areas.geojson", [bench.square(3, 3, 5), wrong], "area_id", names: true)
    } look: { bench in
      bench.check(try bench.area(1)["flags"]?.contains("geometry") == true)
    },
    .check("P08", "points as areas", 3, "E-VEC-003", "polygons are needed") { bench in
      bench.geometries(
        "areas.geojson", [#"{"type": "Point", "coordinates": [590005, 6639995]}"#], "area_id", names: true)
    },
    .run("P09", "an area smaller than a cell") { bench in
      bench.layer("areas.geojson", [bench.square(5.3, 5.3, 0.2)], "area_id", names: true)
    } look: { bench in
      bench.check(abs(try bench.number("area_m2") - 0.04) < 1e-6)
      bench.check(try bench.number("covered_frac") == 1)
    },
    .check("P10", "areas that overlap", 0, "W-VEC-104", "not additive") { bench in
      bench.layer("areas.geojson", [bench.square(3, 3, 5), bench.square(5, 5, 5)], "area_id", names: true)
    },
    .run("P11", "an area of fifty thousand points") { bench in
      let points = (0..<50_000).map { index in
        let angle = Double(index) / 50_000 * 2 * Double.pi
        return (10 + 5 * Foundation.cos(angle), 10 + 5 * Foundation.sin(angle))
      }
      bench.layer("areas.geojson", [bench.ring(points)], "area_id", names: true)
    } look: { bench in
      bench.check(abs(try bench.number("area_m2") - 25 * Double.pi) < 1e-4)
    },
    .check("P12", "a collection of shapes", 3, "E-VEC-003", "split collections") { bench in
      bench.geometries(
        "areas.geojson",
        [
          #"{"type": "GeometryCollection", "geometries": [\#(polygon(bench.square(3, 3, 5))), {"type": "Point", "coordinates": [590005, 6639995]}]}"#
        ], "area_id", names: true)
    },
    .run("P12b", "heights in coordinates, and parts") { bench in
      let ring =
        "[[590003, 6639997, 5], [590008, 6639997, 5], [590008, 6639992, 5], [590003, 6639992, 5], [590003, 6639997, 5]]"
      bench.geometries(
        "areas.geojson", [#"{"type": "MultiPolygon", "coordinates": [[\#(ring)]]}"#], "area_id", names: true)
    } look: { bench in
      bench.check(try bench.number("area_m2") == 25)
    },
    .run("P15", "more areas than sixteen bits count") { bench in
      let side = 0.07
      let squares = (0..<66_000).map { bench.square(Double($0 % 265) * side, Double($0 / 265) * side, side) }
      bench.layer("areas.geojson", squares, "area_id", names: true)
      try bench.replace("  geojson: {layers: [areas]}\n", "")
    } look: { bench in
      for number in [65_535, 65_999] {
        let row = try bench.area(number)
        bench.check(row["area_id"] == "a\(number + 1)" && row["flags"] == "")
        bench.check(abs((Double(row["area_m2"] ?? "") ?? 0) - 0.0049) < 1e-6)
      }
    },
    .check("P13", "areas at the antimeridian", 3) { bench in
      bench.layer(
        "areas.geojson", ["[[[179, 60], [180, 60], [180, 61], [179, 61], [179, 60]]]"], "area_id", names: true, crs: nil
      )
    },
  ]

  /// Attributes and layers.
  static let attributes: [BadInput] = [
    .check("A01", "an id twice, and one missing", 3, "E-VEC-102", "\"x\" twice", "none in feature 3") { bench in
      bench.geometries(
        "areas.geojson", (0..<3).map { polygon(bench.square(Double($0) * 6, 3, 5)) }, "area_id",
        ids: [#""x""#, #""x""#, "null"], names: true)
    },
    .check("A01b", "the same in a layer that nothing uses", 0, "W-CFG-001") { bench in
      bench.geometries(
        "more.geojson", (0..<3).map { polygon(bench.square(Double($0) * 6, 3, 5)) }, "area_id",
        ids: [#""x""#, #""x""#, "null"])
      try bench.replace("inputs:\n", "inputs:\n  more: {kind: area, path: more.geojson, id: area_id}\n")
    },
    .run("A02", "ids with leading zeros, large, and as text") { bench in
      bench.geometries(
        "areas.geojson", (0..<3).map { polygon(bench.square(Double($0) * 6, 3, 5)) }, "area_id",
        ids: [#""0301""#, #""10000000000000000""#, #""1e3""#], names: true)
    } look: { bench in
      bench.check(try (0..<3).map { try bench.area($0)["area_id"] } == ["0301", "10000000000000000", "1e3"])
    },
    .check("A03", "a layer without features", 3, "E-VEC-104", "no features") { bench in
      bench.write(
        #"{"type": "FeatureCollection", "name": "areas", "features": []}"#, "areas.geojson")
      try bench.replace("id: area_id, name: name", "id: area_id")
    },
    .check("A04", "two layers and none named", 2, "several layers", "two") { bench in
      for (number, name) in ["one", "two"].enumerated() {
        let arguments = (number == 0 ? ["-f", "GPKG"] : ["-update"]) + ["-nln", name]
        let result = try #require(
          runProgram("ogr2ogr", arguments + [bench.path("both.gpkg"), bench.path("areas.geojson")]))
        try #require(result.status == 0, "\(result.errors)")
      }
      try bench.replace("areas.geojson", "both.gpkg")
    },
    .run("A05", "fields of the layer's own named as ours") { bench in
      bench.write(
        String(decoding: bench.data("areas.geojson"), as: UTF8.self)
          .replacingOccurrences(of: #""name": "Area 1""#, with: #""name": "Area 1", "id": 5, "fid": 9, "geom": "x""#),
        "areas.geojson")
    },
    .run("A06", "names with letters beyond ASCII") { bench in
      bench.write(
        String(decoding: bench.data("areas.geojson"), as: UTF8.self)
          .replacingOccurrences(of: "Area 1", with: "Åsgård æøå 漢 e\u{301}"), "areas.geojson")
    } look: { bench in
      bench.check(try bench.area()["area_name"] == "Åsgård æøå 漢 e\u{301}")
    },
    .check("A07", "a shapefile in Latin-1 that does not say so", 3, "E-VEC-006", "UTF-8", "save it as UTF-8") { bench in
      try bench.shapefile("ÆØÅ", latin1: true)
    },
    .check("A08", "a shapefile without .shx", 3, "E-VEC-009", ".shx") { bench in
      try bench.shapefile("A")
      bench.remove("shape.shx")
    },
    .check("A08b", "a shapefile without .dbf", 3, "E-VEC-009", ".dbf") { bench in
      try bench.shapefile("A")
      bench.remove("shape.dbf")
    },
    .check("A08c", "a shapefile without .prj", 3, "E-CRS-001") { bench in
      try bench.shapefile("A")
      bench.remove("shape.prj")
    },
    .run("A09", "names that a spreadsheet would compute, or a browser run (A10)") { bench in
      bench.write(
        String(decoding: bench.data("areas.geojson"), as: UTF8.self)
          .replacingOccurrences(of: "Area 1", with: "=1+1<script>alert(1)</script>"), "areas.geojson")
      try bench.replace("tables: {csv: true}", "tables: {csv: true, excel: true}\n  report: {html: true}")
    } look: { bench in
      let table = String(decoding: bench.data("out/tables/areas.csv"), as: UTF8.self)
      bench.check(!table.contains(";=1+1") && table.contains("=1+1"))
      bench.check(!String(decoding: bench.data("out/report.html"), as: UTF8.self).contains("<script>alert(1)"))
    },
    .run("A11", "a type of building that the tables lack", 0, "W-TAB-102", "lack: a1", "not known") { bench in
      try bench.addDamage()
    } look: { bench in
      let row = try bench.area()
      bench.check(row["damage_nok"] == "" && row["flags"]?.contains("damage") == true)
      bench.check(row["bld_total_n"] == "1")
    },
  ]

  /// Files.
  static let files: [BadInput] = [
    .run("F01", "a raster cut at 60 %", 3, "E-RAS-008", "block (", "dtm.tif") { bench in
      // GDAL's own program writes the header first.
      try bench.translate("dtm.tif", "-co", "BLOCKYSIZE=1")
      let data = bench.data("dtm.tif")
      bench.write(data.prefix(data.count * 6 / 10), "dtm.tif")
    },
    .check("F01b", "a raster of another scenario cut at 60 %, before anything is computed", 3, "rain.tif") { bench in
      let data = bench.data("rain.tif")
      bench.write(data.prefix(data.count * 6 / 10), "rain.tif")
    },
    .check("F02", "a bit flipped in a compressed block", 3, "E-RAS-008", "block (") { bench in
      try bench.translate("dtm.tif", "-co", "COMPRESS=DEFLATE")
      var data = bench.data("dtm.tif")
      let start = try #require(
        data.range(of: Data([0x78, 0x9C]))?.lowerBound ?? data.range(of: Data([0x78]))?.lowerBound)
      data[start + 20] ^= 0x10
      bench.write(data, "dtm.tif")
    },
    .run("F03", "a bit of a cell, and neither length nor time of the file", 0, "W-RUN-105", "dtm.tif", "input changed")
    {
      bench in
      // Without compression.
      try bench.translate("dtm.tif")
      let pipeline = bench.write(bench.text, "bench.yaml")
      let first = try BuiltProgram.run(["run", pipeline, "--quiet", "--threads", "1"], in: bench.folder.url)
      try #require(first.status == 0, "\(first.errors)")
      let path = bench.path("dtm.tif")
      let time = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as Any
      var data = bench.data("dtm.tif")
      // The first height, 20 m.
      let cell = try #require(data.range(of: Data([0, 0, 0xA0, 0x41]))?.lowerBound)
      data[cell] ^= 1
      bench.write(data, "dtm.tif")
      try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path)
      bench.arguments = ["--replace"]
    },
    .run("F03b", "an input that is a new one", 0, "I-RUN-105", "rain.tif", "input changed since run") { bench in
      let pipeline = bench.write(bench.text, "bench.yaml")
      let first = try BuiltProgram.run(["run", pipeline, "--quiet", "--threads", "1"], in: bench.folder.url)
      try #require(first.status == 0, "\(first.errors)")
      try bench.raster("rain.tif", [Float](repeating: 50, count: 400))
      try FileManager.default.setAttributes(
        [.modificationDate: Date.now.addingTimeInterval(60)], ofItemAtPath: bench.path("rain.tif"))
      bench.arguments = ["--replace"]
    } look: { bench in
      // Results do not depend on the run before.
      bench.check(!(try bench.warnings().contains("RUN-105")))
    },
    .check("F04", "an empty file", 3, "E-RAS-001", "0 bytes") { bench in bench.write("", "dtm.tif") },
    .check("F04b", "a text", 3, "E-RAS-001", "text file") { bench in bench.write("not a raster\n", "dtm.tif") },
    .check("F04c", "a page of a login", 3, "E-RAS-001", "HTML page") { bench in
      bench.write("<!DOCTYPE html><html><body>Log in</body></html>", "dtm.tif")
    },
    .check("F04d", "a pointer of Git LFS", 3, "E-RAS-001", "git lfs pull") { bench in
      bench.write("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "dtm.tif")
    },
    .check("F04e", "a folder", 3, "E-RAS-001", "this is a folder") { bench in
      bench.remove("dtm.tif")
      try FileManager.default.createDirectory(atPath: bench.path("dtm.tif"), withIntermediateDirectories: false)
    },
    .check("F04f", "no file", 3, "bench.yaml:5:", "E-RAS-001", "no such file", "cover.tif", "areas.geojson") { bench in
      // All of them are told, not only the first.
      for name in ["dtm.tif", "cover.tif", "areas.geojson"] { bench.remove(name) }
    },
    .check("F04g", "a layer that is a text", 3, "E-VEC-001") { bench in bench.write("not a layer\n", "areas.geojson") },
    .run("F06", "inputs in a folder that nobody may write to") { bench in
      try FileManager.default.createDirectory(atPath: bench.path("inputs"), withIntermediateDirectories: false)
      for name in ["dtm.tif", "cover.tif", "rain.tif", "areas.geojson", "buildings.geojson"] {
        try FileManager.default.moveItem(atPath: bench.path(name), toPath: bench.path("inputs/\(name)"))
        try bench.replace("path: \(name)", "path: inputs/\(name)")
      }
      // Root may write all the same: then what is compared afterwards tells.
      try #require(chmod(bench.path("inputs"), 0o555) == 0)
    } look: { bench in
      try #require(chmod(bench.path("inputs"), 0o755) == 0)
      bench.check(try bench.number("covered_frac") == 1)
    },
    .run("F07", "a path with blanks, letters beyond ASCII, a line break and a leading dash") { bench in
      let name = "-a b æøå\nc '" + String(repeating: "x", count: 150) + ".tif"
      try FileManager.default.moveItem(atPath: bench.path("dtm.tif"), toPath: bench.path(name))
      try bench.replace("path: dtm.tif", "path: \"\(name.replacingOccurrences(of: "\n", with: "\\n"))\"")
    } look: { bench in
      bench.check(try bench.number("covered_frac") == 1)
    },
    .check("F08", "a link to itself", 3, "E-RAS-001") { bench in
      bench.remove("dtm.tif")
      try FileManager.default.createSymbolicLink(atPath: bench.path("dtm.tif"), withDestinationPath: "dtm.tif")
    },
    .check("F08b", "a pipe", 3, "E-RAS-001", "neither a file nor a folder") { bench in
      bench.remove("dtm.tif")
      try #require(mkfifo(bench.path("dtm.tif"), 0o600) == 0)
    },
    .check("F08c", "a device without an end", 3, "neither a file nor a folder") { bench in
      try bench.replace("path: dtm.tif", "path: /dev/zero")
    },
    .check("F09", "a file in an archive", 3, "E-RAS-001", "copy the file") { bench in
      try bench.replace("path: dtm.tif", "path: /vsizip/data.zip/dtm.tif")
    },
  ]

  /// The output side and what is around the program.
  ///
  /// A network's file system (O08) cannot be had in a test: that GeoPackages are written on the machine's own and then
  /// copied is tested in `NetworkFileSystemTests` and `WriteLayerTests`. Full disks (O02), two runs at once (O04), signals
  /// (O05) and kills (O06) have tests of their own, as have inputs that change during a run (F05).
  static let surroundings: [BadInput] = [
    .run("O01", "an output below a file", 5, "E-OUT-00") { bench in
      try bench.replace("dir: out", "dir: dtm.tif/out")
    },
    .run("O03", "an output that is there", 5, "E-OUT-00") { bench in
      bench.write("mine", "mine.txt")
      try bench.replace("dir: out", "dir: mine.txt")
    },
    .run("O07", "inputs of tomorrow") { bench in
      for name in ["dtm.tif", "rain.tif"] {
        try FileManager.default.setAttributes(
          [.modificationDate: Date.now.addingTimeInterval(86_400 * 400)], ofItemAtPath: bench.path(name))
      }
    },
    .check("O09", "less memory than is needed", 3, "E-RUN-005", "allow --memory") { bench in
      bench.arguments = ["--memory", "100MB"]
    },
    .check("O09b", "less disk than is needed", 5, "E-OUT-003", "make room") { bench in
      // A file system of the kernel has no room at all.
      bench.arguments = ["--out", "/proc/overvann"]
    },
    .check("O10", "no database of reference systems", 3, "E-CRS") { bench in
      bench.environment = ["PROJ_LIB": bench.path("nowhere"), "PROJ_DATA": bench.path("nowhere")]
    },
    .run("O11", "a decimal comma, another clock, no home") { bench in
      bench.environment = ["LC_ALL": "nb_NO.UTF-8", "LC_NUMERIC": "de_DE.UTF-8", "TZ": "Pacific/Apia", "HOME": ""]
    } look: { bench in
      bench.check(try bench.number("area_m2") == 225)
    },
  ]
}

extension Workbench {
  /// The areas as a shapefile.
  func shapefile(_ name: String, latin1: Bool = false) throws {
    write(
      String(decoding: data("areas.geojson"), as: UTF8.self).replacingOccurrences(of: "Area 1", with: name),
      "areas.geojson")
    let result = try #require(
      runProgram(
        "ogr2ogr", ["-f", "ESRI Shapefile", "-lco", "ENCODING=UTF-8", path("shape.shp"), path("areas.geojson")]))
    try #require(result.status == 0, "\(result.errors)")
    if latin1 {
      // The letters as Latin-1 has them, in a file that says nothing of it.
      remove("shape.cpg")
      var table = data("shape.dbf")
      let place = try #require(table.range(of: Data(name.utf8)))
      let letters = Data(name.unicodeScalars.map { UInt8($0.value) })
      table.replaceSubrange(place, with: letters + Data(repeating: 0x20, count: place.count - letters.count))
      table[29] = 0
      write(table, "shape.dbf")
    }
    try replace("areas.geojson", "shape.shp")
  }
}
