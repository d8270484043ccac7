import Foundation
import Geodata
import Grids
import TestSupport
import Testing

/// Every rain file of the real data: read right, or refused with the reason and the way out.
@Suite struct SharedRainTests {
  private func path(_ relative: String) throws -> String { try #require(sharedData(relative)).path }

  private func error<R>(_ body: () throws -> R) -> GeodataError? {
    do { _ = try body() } catch { return error as? GeodataError }
    return nil
  }

  private let arome = "arome/arome_metcoop_red_default2_5km_20150824_00.nc"

  @Test(.enabled(if: runsWithSharedData("arome"))) func aromeByItsVariable() throws {
    let container = try #require(error { try RasterSeries([try path(arome)]) })
    #expect(container.code == "E-RAS-002" && container.hint.contains("precipitation_amount"))
    let wrong = try #require(error { try RasterSeries([try path(arome)], variable: "rain") })
    #expect(wrong.hint.contains("precipitation_amount"))
    let series = try RasterSeries([try path(arome)], variable: "precipitation_amount")
    #expect(series.steps.count == 67 && series.interval == 3600 && series.information.unit == "kg/m^2")
    #expect(series.steps.first?.time?.description == "2015-08-24T00:00:00Z")
    #expect(series.steps.last?.time?.description == "2015-08-26T18:00:00Z")
    let reader = try RasterSeriesReader(series, onto: nil, resampling: .bilinear, RasterReading())
    // The first step holds the fill value alone: there is no rain at the time of the analysis.
    #expect(try reader.read(0).map(\.cells) == nil)
    // The sum of the others is the file of totals that was made from it.
    let total = try readRaster(try path("jotunheimen/arome_20150824_00_total67h_mm_lcc.tif")).grid
    var sums = [Double](repeating: 0, count: total.count)
    for step in 1..<67 {
      let grid = try #require(try reader.read(step))
      for cell in 0..<total.count { sums[cell] += Double(grid[cell]) }
    }
    for cell in 0..<total.count { #expect(abs(sums[cell] - Double(total[cell])) < 1e-3) }
    // A height dimension of length 1 does no harm.
    #expect(try RasterSeries([try path(arome)], variable: "air_temperature_2m").steps.count == 67)
  }

  @Test(.enabled(if: runsWithSharedData("jotunheimen"))) func jotunheimenTotals() throws {
    let series = try RasterSeries([try path("jotunheimen/arome_20150824_00_total67h_mm_lcc.tif")])
    #expect(series.steps.count == 1 && series.steps[0].time == nil && series.interval == nil)
    let terrain = try readRaster(try path("jotunheimen/jotunheimen512_dtm_117m_utm32.tif")).grid.geometry
    var volumes: [Double] = []
    for resampling in [Resampling.bilinear, .conservative] {
      let reader = try RasterSeriesReader(series, onto: terrain, resampling: resampling, RasterReading(threads: 2))
      let grid = try #require(try reader.read(0))
      volumes.append(grid.cells.reduce(0.0) { $1.isNaN ? $0 : $0 + Double($1) })
      #expect(reader.alignment?.note.contains("datum") == true)
    }
    // Two ways to read the same rain: within a few per cent of each other over such an area.
    #expect(abs(volumes[0] - volumes[1]) < 0.03 * volumes[1])
  }

  @Test(.enabled(if: runsWithSharedData("radar-rain"))) func finnishReflectivity() throws {
    let names = ["201609281445", "201609281450", "201609281455"].map { "radar-rain/\($0)_FINUTM.tif" }
    let series = try RasterSeries(try names.map(path))
    #expect(series.steps.count == 3 && series.interval == nil && series.information.crs?.code == "EPSG:3067")
    #expect(series.information.metadata["GDAL_METADATA"]?.contains("dBZ") == true)
    // 255 is not declared: seen in the part over Helsinki or not, the corner of the map is full of it.
    let corner = GridGeometry(
      columns: 50, rows: 50, west: -190_000, north: 8_080_000, cellWidth: 250, cellHeight: 250,
      crs: try coordinateReferenceSystem("EPSG:3067"))
    let reader = try RasterSeriesReader(series, onto: corner, resampling: .nearest, RasterReading())
    #expect(error { try reader.read(0) }?.code == "E-RAS-004")
    let declared = try RasterSeriesReader(
      series, onto: corner, resampling: .nearest, RasterReading(nodata: .value(255)))
    #expect(try declared.read(0).map(\.cells) == nil)
  }

  @Test(.enabled(if: runsWithSharedData("radar-rain"))) func americanRatesInGRIB() throws {
    let series = try RasterSeries([try path("radar-rain/PrecipRate_00.00_20190610-000000.grib2")])
    #expect(series.steps.map { $0.time?.description } == ["2019-06-10T00:00:00Z"])
    #expect(series.information.unit == nil && series.information.bandMetadata["GRIB_UNIT"] == "[mm/hr]")
    let atlantic = GridGeometry(
      columns: 60, rows: 40, west: -62, north: 54, cellWidth: 0.02, cellHeight: 0.02,
      crs: try #require(series.information.crs))
    let reader = try RasterSeriesReader(series, onto: atlantic, resampling: .nearest, RasterReading())
    let refusal = try #require(error { try reader.read(0) })
    #expect(refusal.code == "E-RAS-004" && refusal.hint.contains("-3"))
    let plain = GridGeometry(
      columns: 40, rows: 30, west: -93.04, north: 37.65, cellWidth: 0.03, cellHeight: 0.03, crs: wgs84)
    let rain = try #require(
      try RasterSeriesReader(series, onto: plain, resampling: .conservative, RasterReading(nodata: .value(-3))).read(0))
    let values = rain.cells.filter { !$0.isNaN }
    #expect(values.count == 1200 && values.allSatisfy { $0 >= 0 && $0 < 150 } && values.contains { $0 > 5 })
  }

  @Test(.enabled(if: runsWithSharedData("radar-rain"))) func dutchCompositesInHDF5() throws {
    let names = ["0045", "0050", "0055"].map { "radar-rain/RAD_NL25_RAP_5min_20100826\($0).h5" }
    let series = try RasterSeries(try names.reversed().map(path))
    #expect(series.interval == 300 && series.steps[0].time?.description == "2010-08-26T00:45:00Z")
    #expect(series.information.unit == "mm" && series.information.scale == 0.01 && series.information.nodata == 65_535)
    let crs = try #require(series.information.crs)
    // The corners that the file states: the upper left at 0° E, 55.974° N, the lower right at 9.0089998° E, 48.895° N.
    let corners = try Transformation(from: wgs84, to: crs).transform([
      Coordinate(x: 0, y: 55.973999), Coordinate(x: 9.0089998, y: 48.895),
    ])
    let reader = try RasterSeriesReader(series, onto: nil, resampling: .nearest, RasterReading())
    let extent = reader.target.extent
    #expect(abs(corners[0].x - extent.west) < 100 && abs(corners[0].y - extent.north) < 100)
    #expect(abs(corners[1].x - extent.east) < 500 && abs(corners[1].y - extent.south) < 500)
    let rain = try #require(try reader.read(2))
    let values = rain.cells.filter { !$0.isNaN }
    // Five minutes of rain over the Netherlands.
    #expect(values.count > 100_000 && values.allSatisfy { $0 >= 0 && $0 < 30 } && values.contains { $0 > 0.5 })
  }

  @Test(.enabled(if: runsWithSharedData("stage-iv-rain"))) func stageFourIsCurvilinear() throws {
    let series = try RasterSeries(
      [try path("stage-iv-rain/test_stageiv_xyt.nc")], variable: "Total_precipitation_surface_1_Hour_Accumulation")
    #expect(series.steps.count == 23 && series.interval == 3600 && series.information.unit == "kg m^-2")
    #expect(series.steps[0].time?.description == "2018-09-13T19:00:00Z")
    #expect(
      error { try readRaster(series.steps[0].path, RasterReading(band: 1)) }?.message.contains("curvilinear") == true)
    #expect(
      error { try RasterSeriesReader(series, onto: nil, resampling: .bilinear, RasterReading()) }?.message
        .contains("curvilinear") == true)
    let target = GridGeometry(
      columns: 90, rows: 90, west: 400_000, north: 3_980_000, cellWidth: 4000, cellHeight: 4000,
      crs: try coordinateReferenceSystem("EPSG:32617"))
    var totals: [Double] = []
    for resampling in [Resampling.bilinear, .conservative, .nearest] {
      let reader = try RasterSeriesReader(series, onto: target, resampling: resampling, RasterReading())
      var total = 0.0
      for step in [5, 12, 20] {
        guard let grid = try reader.read(step) else { continue }
        total += grid.cells.reduce(0.0) { $1.isNaN ? $0 : $0 + Double($1) }
      }
      totals.append(total)
    }
    #expect(
      totals[1] > 1000 && abs(totals[0] - totals[1]) < 0.05 * totals[1] && abs(totals[2] - totals[1]) < 0.05 * totals[1]
    )
  }

  @Test(.enabled(if: runsWithSharedData("senorge"))) func seNorgeWithoutPositionAndGauges() throws {
    let file = try path("senorge/fennodem_utm33.nc")
    let refusal = try #require(
      error { try RasterSeriesReader(try RasterSeries([file]), onto: nil, resampling: .nearest, RasterReading()) })
    #expect(refusal.code == "E-RAS-006" && refusal.hint.contains("georeference"))
    // The way out that the message names.
    let reading = RasterReading(
      crs: utm33, georeference: Georeference(west: -75_000, north: 7_900_000, cellWidth: 5000, cellHeight: 5000))
    let reader = try RasterSeriesReader(try RasterSeries([file]), onto: nil, resampling: .nearest, reading)
    #expect(try #require(try reader.read(0)).columns == 295)
    for name in ["observed_data.csv", "station_data.csv"] {
      let refusal = try #require(error { try RasterSeries([try path("senorge/\(name)")]) })
      #expect(refusal.code == "E-RAS-001" && refusal.description.contains(name))
    }
  }
}
