import Foundation
import Geodata
import Grids
import TestSupport
import Testing

@Suite struct RasterWindowTests {
  let folder = TemporaryFolder()

  /// Reads a raster by windows and puts them together.
  private func pieced(
    _ path: String, _ reading: RasterReading = RasterReading(), cells: Int
  ) throws -> (grid: Grid<Float>, information: RasterInformation) {
    let reader = try RasterWindowReader(path, reading)
    var grid = Grid<Float>(reader.geometry, repeating: 12345)
    var hits = Grid<UInt8>(reader.geometry, repeating: 0)
    var tally = RasterTally()
    for window in reader.windows(ofAbout: cells) {
      let (part, counted) = try reader.read(window)
      #expect(part.geometry == reader.geometry.window(columns: window.columns, rows: window.rows))
      for row in 0..<part.rows {
        for column in 0..<part.columns {
          grid[window.columns.lowerBound + column, window.rows.lowerBound + row] = part[column, row]
          hits[window.columns.lowerBound + column, window.rows.lowerBound + row] += 1
        }
      }
      tally.add(counted)
    }
    #expect(hits.cells.allSatisfy { $0 == 1 })
    return (grid, try reader.concluded(tally))
  }

  private func same(_ a: Grid<Float>, _ b: Grid<Float>) -> Bool {
    a.geometry == b.geometry
      && zip(a.cells, b.cells).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
  }

  private func terrain(_ columns: Int, _ rows: Int) -> Grid<Float> {
    var random = SeededGenerator(seed: 5)
    let geometry = sandvika(columns: columns, rows: rows)
    return Grid(
      geometry, cells: (0..<geometry.count).map { _ in random.unit() < 0.1 ? .nan : Float(random.unit() * 90) })
  }

  @Test(arguments: [1, 1000, 300_000, 10_000_000]) func windowsGiveTheCellsOfTheWhole(cells: Int) throws {
    for (columns, rows) in [(700, 600), (90, 40)] {
      let path = folder.path("t\(columns).tif")
      try writeGeoTIFF(terrain(columns, rows), to: path)
      let whole = try readRaster(path)
      let parts = try pieced(path, cells: cells)
      #expect(same(parts.grid, whole.grid))
      #expect(parts.information.counts == whole.information.counts)
    }
  }

  /// South-up, whole numbers with scale and offset.
  @Test func windowsDecodeAsTheWhole() throws {
    var raw = RawRaster("Int16", columns: 7, (0..<35).map { Int16($0 % 9 - 1) })
    raw.geotransform = "583000, 10, 0, 6640000, 0, 10"
    raw.bandElements = "<NoDataValue>-1</NoDataValue><Scale>0.5</Scale><Offset>10</Offset>"
    let path = raw.write(folder)
    let whole = try readRaster(path)
    for cells in [1, 10, 100] {
      let parts = try pieced(path, cells: cells)
      #expect(same(parts.grid, whole.grid))
      #expect(parts.information.counts == whole.information.counts)
    }
  }

  @Test func suspiciousCellsAreFoundOverAllWindows() throws {
    let raw = RawRaster("Float32", columns: 4, [1, 2, 3, -9999, 5, 6, 7, 8, 9, 10, -9999, 12] as [Float])
    let path = raw.write(folder)
    do {
      _ = try pieced(path, cells: 1)
      Issue.record("undeclared nodata was accepted")
    } catch let error as GeodataError {
      #expect(error.code == "E-RAS-004" && error.message.contains("-9999 in 2 cells"), "\(error)")
    }
  }

  @Test(arguments: [false, true]) func rowsGiveTheBytesOfTheGrid(compressed: Bool) throws {
    let grid = terrain(530, 520)
    try writeGeoTIFF(grid, to: folder.path("a.tif"), compressed: compressed, unit: "m", description: "depth")
    try writeGeoTIFF(
      rowsOf: grid.geometry, to: folder.path("b.tif"), compressed: compressed, unit: "m", description: "depth"
    ) { row, cells in for column in 0..<grid.columns { cells[column] = grid[column, row] } }
    let codes = Grid<UInt8>(grid.geometry, cells: grid.cells.map { $0.isNaN ? 255 : UInt8($0) })
    try writeClassGeoTIFF(codes, to: folder.path("c.tif"), compressed: compressed, description: "codes")
    try writeClassGeoTIFF(
      rowsOf: grid.geometry, to: folder.path("d.tif"), compressed: compressed, description: "codes"
    ) { row, cells in for column in 0..<grid.columns { cells[column] = codes[column, row] } }
    func bytes(_ name: String) throws -> Data {
      try #require(FileManager.default.contents(atPath: folder.path(name)))
    }
    #expect(try bytes("a.tif") == bytes("b.tif"))
    #expect(try bytes("c.tif") == bytes("d.tif"))
  }

  @Test func anErrorWhileRowsAreMadeLeavesNoFile() throws {
    let geometry = sandvika(columns: 20, rows: 20)
    let thrown = error {
      try writeGeoTIFF(rowsOf: geometry, to: folder.path("x.tif")) { row, cells throws(GeodataError) in
        for column in 0..<20 { cells[column] = row == 13 ? -9999 : 1 }
      }
    }
    #expect(thrown?.code == "E-OUT-104" && thrown?.message.contains("row 13") == true)
    #expect(folder.contents.isEmpty)
  }
}

@Suite struct ScratchRasterTests {
  let folder = TemporaryFolder()

  @Test func windowsComeBackAsTheyWere() throws {
    let (columns, rows) = (61, 47)
    let scratch = try ScratchRaster<Int64>(columns: columns, rows: rows, in: folder.url.path)
    #expect(folder.contents.isEmpty, "the file has no name")
    var expected = [Int64](repeating: 0, count: columns * rows)
    var random = SeededGenerator(seed: 9)
    for number in 0..<200 as Range<Int64> {
      func range(_ size: Int) -> Range<Int> {
        let first = Int(random.unit() * Double(size))
        return first..<(first + 1 + Int(random.unit() * Double(size - first)))
      }
      let (xs, ys) = (range(columns), range(rows))
      let part = Grid<Int64>(testGeometry(columns: xs.count, rows: ys.count), repeating: number)
      try scratch.write(part, columns: xs, rows: ys)
      for row in ys { for column in xs { expected[row * columns + column] = number } }
    }
    var whole = Grid<Int64>(testGeometry(columns: columns, rows: rows), repeating: -1)
    try whole.withUnsafeMutableCells { cells in
      try scratch.read(columns: 0..<columns, rows: 0..<rows, into: cells, stride: columns)
    }
    #expect(whole.cells == expected)
    // A window into the middle of a wider grid.
    var wide = Grid<Int64>(testGeometry(columns: 12, rows: 6), repeating: -1)
    try wide.withUnsafeMutableCells { cells in
      try scratch.read(columns: 20..<30, rows: 10..<14, into: cells + 13, stride: 12)
    }
    for row in 0..<6 {
      for column in 0..<12 {
        let isInside = (1...10).contains(column) && (1...4).contains(row)
        #expect(wide[column, row] == (isInside ? expected[(9 + row) * columns + 19 + column] : -1))
      }
    }
  }

  @Test func placesWithoutRoomAreRefused() {
    let missing = folder.path("none")
    #expect(error { _ = try ScratchRaster<Float>(columns: 2, rows: 2, in: missing) }?.code == "E-OUT-101")
    let huge = error { _ = try ScratchRaster<Float>(columns: 1_000_000_000, rows: 1_000_000, in: folder.url.path) }
    #expect(huge?.message.contains("need 4000000000000000 bytes") == true, "\(String(describing: huge))")
    #expect(folder.contents.isEmpty)
  }
}
