import Foundation
import Geodata
import Grids
import TestSupport
import Testing

@Suite struct SharedDataTests {
  let folder = TemporaryFolder()

  private func path(_ relative: String) throws -> String { try #require(sharedData(relative)).path }

  @Test(.enabled(if: runsWithSharedData("malstroem"))) func danishTerrainHasOblongCells() throws {
    let (grid, information) = try readRaster(try path("malstroem/dtm.tif"))
    #expect(grid.columns == 250 && grid.rows == 188)
    #expect(grid.geometry.cellWidth == 16 && abs(grid.geometry.cellHeight - 15.957446808510639) < 1e-12)
    #expect(grid.geometry.crs == utm32)
    #expect(information.nodata == -9999 && information.counts?.nodata == 0)
    let labels = try readClasses(try path("malstroem/labelled.tif")).grid
    #expect(labels.geometry == grid.geometry)
  }

  @Test(.enabled(if: runsWithSharedData("jotunheimen"))) func norwegianCaseBringsThreeSystemsTogether() throws {
    let (terrain, information) = try readRaster(try path("jotunheimen/jotunheimen512_dtm_117m_utm32.tif"))
    #expect(terrain.columns == 512 && terrain.rows == 512 && terrain.geometry.crs.code == "EPSG:32632")
    #expect(information.counts?.valid == 512 * 512)
    let rainPath = try path("jotunheimen/arome_20150824_00_total67h_mm_lcc.tif")
    let (rain, rainInformation, alignment) = try readRaster(
      rainPath, alignedTo: terrain.geometry, resampling: .bilinear, RasterReading(threads: 2))
    #expect(rainInformation.crs?.code == nil)
    #expect(alignment.kind == .resampled && alignment.note.contains("datum"))
    #expect(alignment.cellsCovered == alignment.cellsInside)
    let areas = try readLayer(try path("jotunheimen/kommuner_utm32.gpkg"), reprojectedTo: terrain.geometry.crs)
    #expect(!areas.layer.features.isEmpty && areas.report.notFinite.count == 0)
    #expect(areas.layer.features.compactMap(\.shape?.extent).contains { $0.intersects(terrain.geometry.extent) })

    // GDAL's own warper as a second opinion, away from the rim, where it has other rules.
    let warped = folder.path("warped.tif")
    let extent = terrain.geometry.extent
    let arguments = [
      "-q", "-r", "bilinear", "-et", "0", "-t_srs", "EPSG:32632", "-ts", "512", "512", "-te", "\(extent.west)",
      "\(extent.south)", "\(extent.east)", "\(extent.north)", "-dstnodata", "-9999", rainPath, warped,
    ]
    guard let result = runProgram("gdalwarp", arguments) else { return }
    try #require(result.status == 0, "\(result.errors)")
    let other = try readRaster(warped).grid
    var (worst, compared) = (Float(0), 0)
    for index in 0..<rain.count where !rain[index].isNaN && !other[index].isNaN {
      worst = max(worst, abs(rain[index] - other[index]))
      compared += 1
    }
    #expect(compared > 200_000 || compared == alignment.cellsCovered, "\(compared) of \(alignment.cellsCovered)")
    // Values reach some tens of mm over 2.5 km; a hundredth of a cell is far below that.
    #expect(worst < 0.05, "\(worst)")
  }

  @Test(.enabled(if: runsWithSharedData("rotated-raster"))) func rotatedRasterIsRefused() throws {
    let thrown = try #require(error { try readRaster(try path("rotated-raster/dep.tif")) })
    #expect(thrown.code == "E-RAS-005" && thrown.message.contains("133.65"))
    #expect(try inspectRaster(try path("rotated-raster/dep.tif")).isRotated)
  }

  @Test(.enabled(if: runsWithSharedData("arome"))) func containerIsRefusedWithItsRasters() throws {
    let file = try path("arome/arome_metcoop_red_default2_5km_20150824_00.nc")
    let thrown = try #require(error { try readRaster(file) })
    #expect(thrown.code == "E-RAS-002" && thrown.hint.contains("precipitation_amount"))
    let names = try inspectRaster(file).subdatasets
    #expect(names.count == 8)
    let rain = try #require(names.first { $0.hasSuffix(":precipitation_amount") })
    #expect(error { try readRaster(rain) }?.code == "E-RAS-003")
    let (grid, information) = try readRaster(rain, RasterReading(band: 5))
    #expect(grid.columns == 95 && grid.rows == 24 && information.bandCount == 67)
    #expect(information.bandMetadata["NETCDF_DIM_time"] != nil)
  }

  @Test(.enabled(if: runsWithSharedData("senorge"))) func rasterWithoutPositionIsRefused() throws {
    let file = try path("senorge/fennodem_utm33.nc")
    let thrown = try #require(error { try readRaster(file) })
    #expect(thrown.code == "E-RAS-006" && thrown.hint.contains("georeference"))
    let place = Georeference(west: -75_000, north: 7_900_000, cellWidth: 1000, cellHeight: 1000)
    #expect(try readRaster(file, RasterReading(crs: utm33, georeference: place)).grid.columns == 295)
  }

  @Test(.enabled(if: runsWithSharedData("municipalities"))) func municipalitiesKeepNamesAndIslands() throws {
    let file = try path("municipalities/Kommuner-M.geojson")
    let (layer, report) = try readLayer(file, reprojectedTo: utm33)
    #expect(layer.features.count == 357 && report.features == 357)
    #expect(layer.features.allSatisfy { $0.shape != nil })
    #expect(report.empty.count == 0 && report.notFinite.count == 0)
    let number = try #require(layer.fields.firstIndex { $0.name == "kommunenummer" })
    let name = try #require(layer.fields.firstIndex { $0.name == "kommunenavn" })
    let numbers = Set(layer.features.map { $0.values[number] })
    #expect(numbers.count == 357 && numbers.contains(.text("0301")))
    let suburb = try #require(layer.features.first { $0.values[number] == .text("3201") })
    #expect(suburb.values[name] == .text("Bærum"))
    // Official area 192 km² with fresh water; the borders are generalised.
    guard case .polygons(let polygons)? = suburb.shape else { return }
    let area = polygons.reduce(0) { $0 + $1.area }
    #expect(area > 185e6 && area < 260e6, "\(area)")
    let parts = layer.features.map { feature -> Int in
      if case .polygons(let polygons)? = feature.shape { polygons.count } else { 0 }
    }
    #expect((parts.max() ?? 0) > 5)
    #expect(
      layer.features.allSatisfy { if case .polygons(let polygons)? = $0.shape { isValid(polygons) } else { false } })
  }

  @Test(.enabled(if: runsWithSharedData("bigtujunga"))) func inspectionOfEverythingEndsInWords() throws {
    let root = try #require(sharedData("bigtujunga")).deletingLastPathComponent()
    let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
    var count = 0
    for case let file as URL in files where ["tif", "asc", "nc", "h5", "grib2"].contains(file.pathExtension) {
      count += 1
      let thrown = error {
        // The radar images are large and say nothing that smaller files do not.
        let information = try inspectRaster(file.path)
        if information.columns * information.rows < 1_000_000 { _ = try readRaster(file.path) }
      }
      if let thrown { #expect(!thrown.message.isEmpty && thrown.path == file.path, "\(thrown)") }
    }
    #expect(count > 20)
  }
}
