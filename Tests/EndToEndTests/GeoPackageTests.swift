import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("GeoPackage")
  struct GeoPackage {
    let run: SandvikaRun
    var path: String { run.target.path + "/layers/overvann.gpkg" }

    init() throws { run = try SandvikaRun.shared.get() }

    @Test("ogrinfo opens every layer and counts the rows of the tables")
    func ogrinfo() throws {
      // A copy, for reading a GeoPackage may leave files beside it.
      let folder = TemporaryFolder()
      let copy = folder.write(try #require(run.files["layers/overvann.gpkg"]), to: "overvann.gpkg")
      guard let program = runProgram("ogrinfo", ["-ro", "-so", "-al", copy]) else {
        print("skipped: ogrinfo is not installed")
        return
      }
      #expect(program.status == 0)
      #expect(program.errors.isEmpty, "\(program.errors)")
      var counts: [String: Int] = [:]
      var name = ""
      for line in program.output.split(separator: "\n") {
        if line.hasPrefix("Layer name: ") { name = String(line.dropFirst(12)) }
        if line.hasPrefix("Feature Count: ") { counts[name] = Int(line.dropFirst(15)) }
      }
      var expected: [String: Int] = [:]
      for (file, data) in run.files where file.hasPrefix("tables/") {
        expected[String(file.dropFirst(7).dropLast(4))] = try TextTable(data).rows.count
      }
      for (file, data) in geoJSONFiles(run.files) {
        let features = try jsonObject(data)["features"] as? [Any]
        expected[String(file.dropFirst(7).dropLast(8))] = features?.count
      }
      #expect(expected.count == 22)
      expected["layer_styles"] = counts["layer_styles"]
      #expect(counts == expected)
      #expect(counts["layer_styles"] ?? 0 >= 4)

      let contents = runProgram(
        "ogrinfo", ["-ro", "-q", copy, "-sql", "SELECT table_name, data_type FROM gpkg_contents"])
      #expect(contents?.output.contains("layer_styles") == true)
      let check = runProgram("ogrinfo", ["-ro", "-q", copy, "-sql", "PRAGMA integrity_check"])
      #expect(check?.output.contains("= ok") == true)
      let keys = runProgram("ogrinfo", ["-ro", "-q", copy, "-sql", "PRAGMA foreign_key_check"])
      #expect(keys?.output.contains("OGRFeature") == false, "\(keys?.output ?? "")")
    }

    @Test("QGIS draws the layers with their own styles")
    func qgis() throws {
      guard runProgram("env", ["QT_QPA_PLATFORM=offscreen", "/usr/bin/python3", "-c", "import qgis.core"])?.status == 0
      else {
        print("skipped: QGIS is not installed for /usr/bin/python3")
        return
      }
      let script = """
        import sys
        from qgis.core import QgsApplication, QgsVectorLayer
        application = QgsApplication([], False)
        application.initQgis()
        for name in sys.argv[2:]:
            layer = QgsVectorLayer(f"{sys.argv[1]}|layername={name}", name, "ogr")
            legend = len(layer.renderer().legendSymbolItems()) if layer.isValid() else 0
            print("layer", name, layer.isValid(), layer.renderer().type() if layer.isValid() else "none",
                  layer.crs().authid(), layer.featureCount(), legend)
        application.exitQgis()
        """
      let folder = TemporaryFolder()
      let copy = folder.write(try #require(run.files["layers/overvann.gpkg"]), to: "overvann.gpkg")
      let names = [
        "areas", "buildings", "bluespots", "landslide", "flow_paths", "roads", "bluespot_water", "pour_points",
        "bluespot_nodes", "bluespot_watersheds",
      ]
      let program = try #require(
        runProgram(
          "env",
          ["QT_QPA_PLATFORM=offscreen", "HOME=\(folder.url.path)", "/usr/bin/python3", "-c", script, copy] + names))
      let lines = program.output.split(separator: "\n").filter { $0.hasPrefix("layer ") }
      #expect(lines.count == names.count, "\(program.output) \(program.errors)")
      for (line, name) in zip(lines, names) {
        let words = line.split(separator: " ").map(String.init)
        try #require(words.count == 7, "\(line)")
        #expect(words[1] == name && words[2] == "True" && words[4] == "EPSG:25832", "\(line)")
        if !["flow_paths", "roads"].contains(name) {
          #expect(words[3] != "singleSymbol" && Int(words[6]) ?? 0 > 1, "\(line)")
        }
      }
    }

    @Test("Rasters are cloud-optimised, in the grid's place, with unit and no data")
    func rasters() throws {
      for (file, _) in run.files where file.hasSuffix(".tif") {
        let place = run.target.path + "/" + file
        guard let program = runProgram("gdalinfo", ["-json", "--config", "GDAL_PAM_ENABLED", "NO", place]) else {
          print("skipped: gdalinfo is not installed")
          return
        }
        let description = try jsonObject(Data(program.output.utf8))
        #expect(description["size"] as? [Int] == [1200, 1000], "\(file)")
        #expect(description["geoTransform"] as? [Double] == [583_400, 1, 0, 6_641_000, 0, -1], "\(file)")
        let metadata = description["metadata"] as? [String: [String: String]]
        #expect(metadata?["IMAGE_STRUCTURE"]?["LAYOUT"] == "COG", "\(file)")
        let bands = try #require(description["bands"] as? [[String: Any]])
        #expect(bands.count == 1 && bands[0]["noDataValue"] != nil && bands[0]["overviews"] != nil, "\(file)")
        #expect(bands[0]["unit"] as? String != nil, "\(file)")
      }
    }
  }
}
