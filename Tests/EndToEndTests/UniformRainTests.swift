import Foundation
import Geodata
import Grids
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Uniform rain")
  struct UniformRain {
    /// The example with one scenario of 40 mm.
    private func pipeline(rain: String) throws -> String {
      var text = try shortSandvikaText()
      let start = try #require(text.range(of: "  rain:\n"))
      let end = try #require(text.range(of: "  areas:"))
      text.replaceSubrange(start.lowerBound..<end.lowerBound, with: "  rain: \(rain)\n")
      return try text.replacing(required: "cog: [depth,", with: "cog: [rain, depth,")
    }

    @Test("A raster of 40 mm everywhere gives the same bytes as the value 40 mm")
    func rasterAndValue() throws {
      let folder = TemporaryFolder()
      // Coarser than the terrain, with other corners, and beyond it on all sides.
      let geometry = GridGeometry(
        columns: 16, rows: 16, west: 583_310, north: 6_641_270, cellWidth: 100, cellHeight: 100,
        crs: try coordinateReferenceSystem("EPSG:25832"))
      try writeGeoTIFF(Grid<Float>(geometry, repeating: 40), to: folder.path("rain.tif"), unit: "mm")
      let value = folder.write(
        try pipeline(rain: "{kind: rain, value: 40 mm, duration: 60 min}"), to: "value.yaml")
      let raster = folder.write(
        try pipeline(
          rain: "{kind: rain, path: \(folder.path("rain.tif")), unit: mm, duration: 60 min, resample: bilinear}"),
        to: "raster.yaml")
      var results: [[String: Data]] = []
      for (name, pipeline) in [("value", value), ("raster", raster)] {
        let result = try BuiltProgram.run(["run", pipeline, "--out", folder.path(name), "--quiet"])
        #expect(result.status == 0, "\(result.errors)")
        var files = folderContents(URL(fileURLWithPath: folder.path(name)))
        // The identity of a run tells its inputs apart; everything else is the same.
        for (path, data) in geoJSONFiles(files) {
          let lines = String(decoding: data, as: UTF8.self).components(separatedBy: "\n")
          let rest = lines.filter { !$0.hasPrefix("\"metadata\":") }
          #expect(rest.count == lines.count - 1)
          files[path] = Data(rest.joined(separator: "\n").utf8)
        }
        results.append(files)
      }
      #expect(results[0].count >= 15)
      // The package of tables has their hashes, so that it is the same too. The summary, the report and the GeoPackage's
      // metadata name the run; what else they hold stands in the layers and tables.
      let differing = differences(
        results[0], results[1], without: ["manifest.json", "summary.json", "report.html", "layers/overvann.gpkg"])
      #expect(differing.isEmpty)
      let rain = try TextTable(results[0]["tables/areas.csv"]).rows.filter { $0["flags"] == "" }
      #expect(rain.count >= 10)
      for row in rain { #expect(try abs(row.number("rain_mm") - 40) < 1e-9) }
    }
  }
}
