import Foundation
import Geodata
import Grids
import TestSupport
import Testing

@Suite struct ConservativeRegriddingTests {
  let folder = TemporaryFolder()

  private func random(_ geometry: GridGeometry, seed: UInt64) -> Grid<Float> {
    var generator = SeededGenerator(seed: seed)
    return Grid(geometry, cells: (0..<geometry.count).map { _ in Float(generator.unit() * 80) })
  }

  private func volume(_ grid: Grid<Float>) -> Double {
    grid.cells.reduce(0.0) { $0 + Double($1) } * grid.geometry.cellArea
  }

  @Test(arguments: [7.3, 25, 100, 317]) func volumeStaysTheSame(cell: Double) throws {
    let source = random(sandvika(columns: 40, rows: 30, cell: 100), seed: 5)
    // A grid that covers exactly the same rectangle, by cells of another size.
    let (columns, rows) = (Int((4000 / cell).rounded()), Int((3000 / cell).rounded()))
    let target = GridGeometry(
      columns: columns, rows: rows, west: 583_000, north: 6_640_000, cellWidth: 4000 / Double(columns),
      cellHeight: 3000 / Double(rows), crs: utm32)
    let (result, alignment) = try align(source, to: target, resampling: .conservative, threads: 2)
    #expect(result.cells.allSatisfy { !$0.isNaN })
    #expect(abs(volume(result) - volume(source)) < 1e-6 * volume(source))
    #expect(alignment.kind == (cell == 100 ? .identical : .resampled))
    #expect(try align(source, to: target, resampling: .conservative, threads: 1).grid.cells == result.cells)
  }

  @Test func sameSystemAgainstExactOverlaps() throws {
    let source = random(sandvika(columns: 9, rows: 8, cell: 100), seed: 6)
    let target = sandvika(columns: 17, rows: 13, cell: 41, west: 583_033, north: 6_639_955)
    let result = try align(source, to: target, resampling: .conservative).grid
    func share(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> Double { max(0, min(b, d) - max(a, c)) }
    for row in 0..<target.rows {
      for column in 0..<target.columns {
        let (west, north) = (target.west + Double(column) * 41, target.north - Double(row) * 41)
        var (sum, area) = (0.0, 0.0)
        for r in 0..<8 {
          for c in 0..<9 {
            let (sw, sn) = (583_000 + Double(c) * 100, 6_640_000 - Double(r) * 100)
            let overlap = share(west, west + 41, sw, sw + 100) * share(north - 41, north, sn - 100, sn)
            sum += overlap * Double(source[c, r])
            area += overlap
          }
        }
        #expect(abs(Double(result[column, row]) - sum / area) < 1e-4)
      }
    }
  }

  @Test(arguments: [30.0, 1200]) func reprojectedVolumeStaysTheSame(cell: Double) throws {
    // Coarse cells of zone 33 on a grid of zone 32: a patch of rain that lies wholly within the grid.
    let source = GridGeometry(
      columns: 12, rows: 10, west: 243_000, north: 6_660_000, cellWidth: 1000, cellHeight: 1000, crs: utm33)
    var rain = Grid<Float>(source, repeating: 0)
    var generator = SeededGenerator(seed: 7)
    for row in 3..<7 { for column in 4..<8 { rain[column, row] = Float(10 + generator.unit() * 50) } }
    let middle = try Transformation(from: utm33, to: utm32).transform([Coordinate(x: 249_000, y: 6_655_000)])[0]
    let target = GridGeometry(
      columns: Int(9600 / cell), rows: Int(7200 / cell), west: middle.x - 4800, north: middle.y + 3600, cellWidth: cell,
      cellHeight: cell, crs: utm32)
    let result = try align(rain, to: target, resampling: .conservative).grid
    #expect(result.cells.allSatisfy { !$0.isNaN })
    // The volume of the source in the plane of the target: areas of the transformed cells.
    let corners = try Transformation(from: utm33, to: utm32)
    var expected = 0.0
    for row in 0..<10 {
      for column in 0..<12 where rain[column, row] > 0 {
        let (w, n) = (source.west + Double(column) * 1000, source.north - Double(row) * 1000)
        let ring = try corners.transform([
          Coordinate(x: w, y: n), Coordinate(x: w + 1000, y: n), Coordinate(x: w + 1000, y: n - 1000),
          Coordinate(x: w, y: n - 1000),
        ])
        var doubled = 0.0
        for i in 0..<4 {
          let (a, b) = (ring[i], ring[(i + 1) % 4])
          doubled += (a.x - w) * (b.y - n) - (a.y - n) * (b.x - w)
        }
        expected += abs(doubled) / 2 * Double(rain[column, row])
      }
    }
    #expect(abs(volume(result) - expected) < 1e-6 * expected)
    // Bilinear values on coarser cells do not keep it.
    let bilinear = try align(rain, to: target, resampling: .bilinear).grid
    if cell > 1000 { #expect(abs(volume(bilinear) - expected) > 1e-3 * expected) }
  }

  @Test func halfCoveredCellsCount() throws {
    let source = grid([[4, .nan], [8, 2]] as [[Float]], cell: 10)
    let moved = Grid(sandvika(columns: 2, rows: 2, cell: 10), cells: source.cells)
    // One cell over the first row: half of it has no data. One that lies to three quarters beyond.
    let target = sandvika(columns: 1, rows: 1, cell: 20)
    #expect(try align(moved, to: target, resampling: .conservative).grid[0] == Float(14.0 / 3))
    let beyond = sandvika(columns: 1, rows: 1, cell: 20, west: 583_010, north: 6_640_010)
    #expect(try align(moved, to: beyond, resampling: .conservative).grid[0].isNaN)
  }

  /// Rain on a curvilinear grid: arrays of coordinates that bend, with rain that tells its own latitude.
  private func curvilinear(_ columns: Int, _ rows: Int) -> (String, [Double], [Double]) {
    var file = RawNetCDF()
    file.dimension("time", 1)
    file.dimension("y", rows)
    file.dimension("x", columns)
    var (longitudes, latitudes): ([Double], [Double]) = ([], [])
    for row in 0..<rows {
      for column in 0..<columns {
        let (u, v) = (Double(column) * 0.02, Double(row) * 0.01)
        longitudes.append(10.2 + u + 0.1 * v)
        latitudes.append(60.0 - v + 0.15 * u * u)
      }
    }
    file.variable("time", over: ["time"], [("units", .text("hours since 2026-01-01"))], .doubles([3]))
    file.variable(
      "lon", over: ["y", "x"], [("units", .text("degrees_east")), ("standard_name", .text("longitude"))],
      .doubles(longitudes))
    file.variable(
      "lat", over: ["y", "x"], [("units", .text("degrees_north")), ("standard_name", .text("latitude"))],
      .doubles(latitudes))
    file.variable(
      "rr", over: ["time", "y", "x"],
      [("units", .text("kg m-2")), ("coordinates", .text("lon lat")), ("_FillValue", .floats([-99]))],
      .floats(latitudes.map { Float($0 - 59) * 100 }))
    return (folder.write(file.data, to: "curved.nc"), longitudes, latitudes)
  }

  @Test func curvilinearCellsLieWhereTheArraysSay() throws {
    let (path, _, _) = curvilinear(25, 30)
    let series = try RasterSeries([path], variable: "rr")
    #expect(series.information.geolocation != nil && series.steps[0].time?.description == "2026-01-01T03:00:00Z")
    let centre = try Transformation(from: wgs84, to: utm32).transform([Coordinate(x: 10.45, y: 59.86)])[0]
    let target = GridGeometry(
      columns: 80, rows: 60, west: centre.x - 8000, north: centre.y + 6000, cellWidth: 200, cellHeight: 200, crs: utm32)
    let back = try Transformation(from: utm32, to: wgs84)
    for resampling in Resampling.allCases {
      let reader = try RasterSeriesReader(series, onto: target, resampling: resampling, RasterReading(threads: 2))
      let result = try #require(try reader.read(0))
      var worst = 0.0
      for row in 0..<target.rows {
        for column in 0..<target.columns {
          let latitude = try back.transform([target.centre(column: column, row: row)])[0].y
          worst = max(worst, abs(Double(result[column, row]) - (latitude - 59) * 100))
        }
      }
      // Rain changes by 1 from row to row; a cell of the target is a fifth of a source cell.
      #expect(worst < (resampling == .bilinear ? 0.01 : 0.75), "\(resampling): \(worst)")
    }
    let refusal = #expect(throws: GeodataError.self) {
      try RasterSeriesReader(series, onto: nil, resampling: .bilinear, RasterReading())
    }
    #expect(refusal?.message.contains("curvilinear") == true)
    let far = sandvika(columns: 3, rows: 3, west: 900_000)
    #expect(throws: GeodataError.self) {
      try RasterSeriesReader(series, onto: far, resampling: .conservative, RasterReading())
    }
  }

  @Test func curvilinearVolumeStaysTheSame() throws {
    let (path, _, _) = curvilinear(6, 8)
    let series = try RasterSeries([path], variable: "rr")
    let centre = try Transformation(from: wgs84, to: utm32).transform([Coordinate(x: 10.25, y: 59.965)])[0]
    // Fine and coarse cells over the whole of it agree in their volume.
    var volumes: [Double] = []
    for cell in [60.0, 150] {
      let target = GridGeometry(
        columns: Int(18_000 / cell), rows: Int(18_000 / cell), west: centre.x - 9000, north: centre.y + 9000,
        cellWidth: cell, cellHeight: cell, crs: utm32)
      let reader = try RasterSeriesReader(series, onto: target, resampling: .conservative, RasterReading())
      let grid = try #require(try reader.read(0))
      volumes.append(grid.cells.reduce(0.0) { $1.isNaN ? $0 : $0 + Double($1) } * cell * cell)
    }
    // Cells at the rim count when half covered: their rest decides the difference.
    #expect(abs(volumes[0] - volumes[1]) < 2e-3 * volumes[0])
  }
}
