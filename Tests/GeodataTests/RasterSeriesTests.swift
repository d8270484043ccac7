import Foundation
import Geodata
import Grids
import TestSupport
import Testing

/// The attributes of UTM zone 32 in the CF conventions, with the false easting in the unit of the axes.
private func utm32Mapping(falseEasting: Double) -> [(String, RawNetCDF.Attribute)] {
  [
    ("grid_mapping_name", .text("transverse_mercator")), ("latitude_of_projection_origin", .doubles([0])),
    ("longitude_of_central_meridian", .doubles([9])), ("scale_factor_at_central_meridian", .doubles([0.9996])),
    ("false_easting", .doubles([falseEasting])), ("false_northing", .doubles([0])),
    ("semi_major_axis", .doubles([6_378_137])), ("inverse_flattening", .doubles([298.257222101])),
  ]
}

/// Packed rain over time on a plane: value of step t, row r from the south and column c is 10 t + 3 r + c tenths.
private func packedRain(
  xs: [Double], ys: [Double], unit: String, falseEasting: Double?, times: [Double] = [0, 1, 2],
  timeUnits: String = "hours since 2026-01-01 06:00:00"
) -> RawNetCDF {
  var file = RawNetCDF()
  file.dimension("time", times.count)
  file.dimension("y", ys.count)
  file.dimension("x", xs.count)
  file.variable(
    "time", over: ["time"], [("units", .text(timeUnits)), ("standard_name", .text("time"))], .doubles(times))
  file.variable(
    "x", over: ["x"], [("units", .text(unit)), ("standard_name", .text("projection_x_coordinate"))], .doubles(xs))
  file.variable(
    "y", over: ["y"], [("units", .text(unit)), ("standard_name", .text("projection_y_coordinate"))], .doubles(ys))
  var attributes: [(String, RawNetCDF.Attribute)] = [
    ("units", .text("mm")), ("scale_factor", .doubles([0.1])), ("_FillValue", .shorts([-1])),
  ]
  if let falseEasting {
    file.variable("utm", over: [], utm32Mapping(falseEasting: falseEasting), .integer)
    attributes.append(("grid_mapping", .text("utm")))
  }
  let southUp = ys.first ?? 0 < ys.last ?? 0
  let cells = times.indices.flatMap { t in
    ys.indices.flatMap { row in
      xs.indices.map { Int16(10 * t + 3 * (southUp ? row : ys.count - 1 - row) + $0) }
    }
  }
  file.variable("rr", over: ["time", "y", "x"], attributes, .shorts(cells))
  return file
}

@Suite struct RasterSeriesTests {
  let folder = TemporaryFolder()

  private func error<R>(_ body: () throws -> R) -> GeodataError? {
    do { _ = try body() } catch { return error as? GeodataError }
    return nil
  }

  @Test(arguments: [[500.0, 1500, 2500], [2500, 1500, 500]])
  func timeScaleAndOrientationAreRead(ys: [Double]) throws {
    let file = packedRain(
      xs: [583_500, 584_500], ys: ys.map { 6_640_000 + $0 }, unit: "m", falseEasting: 500_000)
    let path = folder.write(file.data, to: "rain.nc")
    let series = try RasterSeries([path])
    #expect(series.interval == 3600)
    #expect(series.steps.map { "\($0.time?.description ?? "")" } == (6...8).map { "2026-01-01T0\($0):00:00Z" })
    #expect(series.information.unit == "mm")
    let reader = try RasterSeriesReader(series, onto: nil, resampling: .nearest, RasterReading())
    #expect(reader.target.north == 6_643_000 && reader.target.west == 583_000 && reader.target.cellHeight == 1000)
    let grid = try #require(try reader.read(1))
    // North first: row 0 is the third from the south.
    for (cell, tenths) in [16, 17, 13, 14, 10, 11].enumerated() { #expect(abs(grid[cell] - Float(tenths) / 10) < 1e-6) }
  }

  @Test func kilometreAxes() throws {
    let (xs, ys) = ([583.5, 584.5], [6640.5, 6641.5, 6642.5])
    let target = GridGeometry(
      columns: 20, rows: 30, west: 583_000, north: 6_643_000, cellWidth: 100, cellHeight: 100, crs: utm32)
    // With a grid mapping in kilometres, and without one but with a declared system.
    let mapped = folder.write(packedRain(xs: xs, ys: ys, unit: "km", falseEasting: 500).data, to: "mapped.nc")
    let bare = folder.write(packedRain(xs: xs, ys: ys, unit: "km", falseEasting: nil).data, to: "bare.nc")
    for (path, reading) in [(mapped, RasterReading()), (bare, RasterReading(crs: utm32))] {
      let reader = try RasterSeriesReader(try RasterSeries([path]), onto: target, resampling: .nearest, reading)
      let grid = try #require(try reader.read(0))
      #expect(abs(grid[0, 0] - 0.6) < 1e-6 && abs(grid[19, 0] - 0.7) < 1e-6 && abs(grid[0, 29] - 0) < 1e-6)
      #expect(grid.cells.allSatisfy { !$0.isNaN })
    }
    #expect(
      error { try RasterSeriesReader(try RasterSeries([bare]), onto: target, resampling: .nearest, .init()) }?.code
        == "E-CRS-001")
  }

  @Test func timesOfTheConventions() {
    func seconds(_ value: Double, _ units: String, _ calendar: String? = nil) -> Double? {
      RasterTime(value, units: units, calendar: calendar)?.secondsSince1970
    }
    #expect(seconds(1_440_374_400, "seconds since 1970-01-01 00:00:00 +00:00") == 1_440_374_400)
    #expect(seconds(146_396, "Hour since 2001-12-31T23:00:00Z", "proleptic_gregorian") == 1_536_865_200.0)
    #expect(seconds(5760, "minutes since 2010-02-01") == 1_265_328_000.0)
    #expect(seconds(0.5, "days since 2000-03-01 00:00 +02:00") == 951_904_800.0)
    #expect(seconds(0, "days since 1900-1-1") == -2_208_988_800.0)
    #expect(seconds(1, "months since 2000-01-01") == nil && seconds(1, "days since 2000-01-01", "noleap") == nil)
    #expect(seconds(1, "days since yesterday") == nil && seconds(1, "days") == nil)
    #expect(RasterTime(secondsSince1970: 1_440_378_000).description == "2015-08-24T01:00:00Z")
  }

  @Test func seriesThatDoNotBelongTogetherAreRefused() throws {
    func path(_ name: String, _ file: RawNetCDF) -> String { folder.write(file.data, to: name) }
    let (xs, ys) = ([583_500.0, 584_500], [6_640_500.0, 6_641_500])
    func rain(_ xs: [Double], _ times: [Double], _ units: String = "hours since 2026-01-01") -> RawNetCDF {
      packedRain(xs: xs, ys: ys, unit: "m", falseEasting: 500_000, times: times, timeUnits: units)
    }
    let one = path("1.nc", rain(xs, [3, 4]))
    let earlier = path("2.nc", rain(xs, [1, 2]))
    let series = try RasterSeries([one, earlier])
    #expect(series.interval == 3600 && series.steps.map(\.path) == [earlier, earlier, one, one])
    #expect(try RasterSeries([one, path("3.nc", rain(xs, [7, 8]))]).interval == nil)
    #expect(
      error { try RasterSeries([one, path("4.nc", rain(xs, [4, 5]))]) }?.message.contains("a step already") == true)
    let wide = path("5.nc", rain(xs + [585_500], [5]))
    #expect(error { try RasterSeries([one, wide]) }?.message.contains("size is 3×2") == true)
    let months = path("6.nc", rain(xs, [5, 6], "months since 2026-01-01"))
    #expect(error { try RasterSeries([months]) }?.message.contains("months since") == true)
    #expect(error { try RasterSeries([one], bands: 2...3) }?.code == "E-RAS-003")
    #expect(
      error { try RasterSeries([one], variable: "snow") }?.hint.contains("rr") == true
        || error { try RasterSeries([one], variable: "snow") }?.code == "E-RAS-002")
    #expect(try RasterSeries([one], variable: "rr").steps.count == 2)
  }

  @Test func aStepWithoutValuesIsTold() throws {
    var raster = RawRaster("Float32", columns: 2, [-1, -1] as [Float], [1, -1] as [Float])
    raster.bandElements = "<NoDataValue>-1</NoDataValue>"
    let series = try RasterSeries([raster.write(folder)])
    #expect(series.interval == nil && series.steps.map(\.band) == [1, 2])
    let reader = try RasterSeriesReader(series, onto: nil, resampling: .nearest, RasterReading())
    #expect(try reader.read(0).map(\.cells) == nil)
    let grid = try #require(try reader.read(1) { $0.map(threads: 1) { $0 * 25 } })
    #expect(grid[0] == 25 && grid[1].isNaN)
  }
}
