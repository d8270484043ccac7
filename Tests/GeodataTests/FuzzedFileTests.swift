import Foundation
import Geodata
import Grids
import TestSupport
import Testing

/// Thousands of spoilt files: each is read as it was, or refused with an error that names it; none ends the program.
@Suite struct FuzzedFileTests {
  let folder = TemporaryFolder()

  @Test(.timeLimit(.minutes(15))) func mutatedGeoJSONNeverCrashes() throws {
    let began = ContinuousClock.now
    defer { #expect(ContinuousClock.now - began < .seconds(300)) }
    let sample = Array(
      """
      {"type": "FeatureCollection", "name": "areas", "crs": {"type": "name", "properties": {"name":
      "urn:ogc:def:crs:EPSG::25832"}}, "features": [
      {"type": "Feature", "properties": {"id": "a", "n": 1.5, "æ": null}, "geometry": {"type": "Polygon", "coordinates":
      [[[583000, 6640000], [583010, 6640000], [583010, 6640010], [583000, 6640000]]]}},
      {"type": "Feature", "properties": {"id": "b", "n": -2, "æ": [1, {}]}, "geometry": {"type": "MultiPolygon", "coordinates":
      [[[[583020, 6640000], [583030, 6640000], [583030, 6640010], [583020, 6640000]]]]}}]}
      """.utf8)
    let snippets = [
      "{", "}", "[", "]", ",", ":", "\"", "null", "1e999", "-", "\\u0000", "\\uD800", "[[[[[[[[[[", "\"type\": ",
      "\"Point\"", "\"GeometryCollection\", \"geometries\": [", "6640000", "\u{0}", "EPSG::4326", "9999999999999999999",
    ]
    var generator = SeededGenerator(seed: 4)
    let path = folder.path("areas.geojson")
    var (accepted, refused) = (0, 0)
    for round in 0..<2000 {
      let bytes = generator.mutated(sample, snippets: snippets)
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      do throws(GeodataError) {
        let (layer, report) = try readLayer(path, reprojectedTo: utm32)
        accepted += 1
        #expect(layer.features.count == report.features, "round \(round)")
        // What is read is whole: as many values as fields, and places that are numbers.
        for feature in layer.features {
          #expect(feature.values.count == layer.fields.count, "round \(round)")
          let extent = feature.shape?.extent
          #expect(extent.map { $0.west.isFinite && $0.north.isFinite } ?? true, "round \(round)")
        }
      } catch {
        refused += 1
        #expect(!error.message.isEmpty && (error.path == path || error.path.isEmpty), "round \(round): \(error)")
      }
    }
    // A mutator that spoils all, or nothing, would test little.
    #expect(accepted > 200 && refused > 200, "\(accepted) accepted, \(refused) refused")
  }

  private func noise(_ columns: Int, _ rows: Int) -> Grid<Float> {
    var generator = SeededGenerator(seed: 8)
    return Grid(
      sandvika(columns: columns, rows: rows), cells: (0..<(columns * rows)).map { _ in Float(generator.unit()) })
  }

  /// Damage within the blocks of a compressed raster never passes for data.
  @Test(.timeLimit(.minutes(15))) func everyBlockOfACompressedRasterIsGuarded() throws {
    let began = ContinuousClock.now
    defer { #expect(ContinuousClock.now - began < .seconds(300)) }
    let path = folder.path("whole.tif")
    let grid = noise(200, 150)
    try writeGeoTIFF(grid, to: path)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    let scan = try scanRaster(path)
    var generator = SeededGenerator(seed: 5)
    var found = 0
    // One change in every 1.5 kB: blocks are larger, so that each is hit.
    for start in stride(from: 0, to: whole.count, by: 1500) {
      var data = whole
      let place = min(whole.count - 1, start + Int.random(in: 0..<1500, using: &generator))
      data[place] ^= UInt8(1 << Int.random(in: 0...7, using: &generator))
      let damaged = folder.write(data, to: "damaged.tif")
      do throws(GeodataError) {
        #expect(try scanRaster(damaged) == scan, "byte \(place)")
        #expect(try readRaster(damaged).grid.cells == grid.cells, "byte \(place)")
      } catch {
        found += 1
        #expect(error.path == damaged)
      }
    }
    #expect(found > whole.count / 1500 / 2, "\(found)")
  }

  @Test(.timeLimit(.minutes(15))) func cutFilesAreRefused() throws {
    let began = ContinuousClock.now
    defer { #expect(ContinuousClock.now - began < .seconds(300)) }
    let grid = noise(60, 50)
    let (plain, layered, table) = (folder.path("plain.tif"), folder.path("layered.tif"), folder.path("areas.gpkg"))
    try writeGeoTIFF(grid, to: plain)
    try writeCloudOptimisedGeoTIFF(grid, to: layered)
    try writeGeoPackage(to: table, layers: [squares(40, in: utm32)])
    for path in [plain, layered] {
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      for length in stride(from: 0, to: data.count, by: 211) {
        let cut = folder.write(data.prefix(length), to: "cut.tif")
        if error({ try scanRaster(cut) }) == nil {
          #expect(try readRaster(cut).grid.cells == grid.cells, "\(path) cut to \(length) of \(data.count) bytes")
        }
      }
    }
    let features = try readLayer(table, reprojectedTo: nil).layer.features
    let data = try Data(contentsOf: URL(fileURLWithPath: table))
    for length in stride(from: 0, to: data.count, by: 1024) {
      let cut = folder.write(data.prefix(length), to: "cut.gpkg")
      if let found = try? readLayer(cut, reprojectedTo: nil).layer.features {
        #expect(found == features, "cut to \(length) of \(data.count) bytes")
      }
    }
  }

  /// A byte of the header may turn a file into another one that is sound; it never ends the program.
  @Test(.timeLimit(.minutes(15))) func changedHeadersNeverCrash() throws {
    let began = ContinuousClock.now
    defer { #expect(ContinuousClock.now - began < .seconds(300)) }
    let (raster, table) = (folder.path("a.tif"), folder.path("a.gpkg"))
    try writeGeoTIFF(noise(30, 20), to: raster)
    try writeGeoPackage(to: table, layers: [squares(5, in: utm32)])
    var generator = SeededGenerator(seed: 6)
    let tiff = try Data(contentsOf: URL(fileURLWithPath: raster))
    var (accepted, refused) = (0, 0)
    for place in 0..<min(tiff.count, 700) {
      var data = tiff
      data[place] = UInt8.random(in: 0...255, using: &generator)
      let path = folder.write(data, to: "header.tif")
      if error({ try scanRaster(path) }) == nil { accepted += 1 } else { refused += 1 }
    }
    #expect(accepted > 10 && refused > 10, "\(accepted) accepted, \(refused) refused")
    let package = try Data(contentsOf: URL(fileURLWithPath: table))
    for _ in 0..<300 {
      var data = package
      data[Int.random(in: 0..<package.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      let path = folder.write(data, to: "page.gpkg")
      do throws(GeodataError) {
        let layers = try inspectLayers(path)
        for layer in layers { _ = try readLayer(path, reprojectedTo: nil, VectorReading(layer: layer.name)) }
      } catch {
        #expect(!error.message.isEmpty)
      }
    }
  }
}
