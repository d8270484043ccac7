import Foundation
import Geodata
import Grids
import TestSupport
import Testing

@Suite struct ReadRasterTests {
  let folder = TemporaryFolder()

  @Test func southUpRasterIsFlipped() throws {
    var raw = RawRaster("Float32", columns: 3, [1, 2, 3, 4, 5, 6] as [Float])
    raw.geotransform = "583000, 10, 0, 6639980, 0, 10"
    let path = raw.write(folder)
    let (grid, information) = try readRaster(path)
    #expect(grid.cells == [4, 5, 6, 1, 2, 3])
    #expect(information.isSouthUp)
    #expect(grid.geometry == sandvika(columns: 3, rows: 2))
    #expect(try inspectRaster(path).geometry == grid.geometry)
    var whole = RawRaster("Int32", columns: 3, [1, 2, 3, 4, 5, 6] as [Int32])
    whole.geotransform = raw.geotransform
    #expect(try readRaster(whole.write(folder, "int.vrt")).grid.cells == [4, 5, 6, 1, 2, 3])
    #expect(try readClasses(whole.write(folder, "int.vrt")).grid.cells == [4, 5, 6, 1, 2, 3])
  }

  @Test func negativeZeroInfinityAndNaNAreCanonical() throws {
    let cells: [Float] = [-0.0, .infinity, -.infinity, .nan, 0x1p-140, 7]
    let raw = RawRaster("Float32", columns: 3, cells)
    let (grid, information) = try readRaster(raw.write(folder))
    #expect(grid[0, 0].bitPattern == 0)
    #expect(same(grid.cells, [0, .nan, .nan, .nan, 0x1p-140, 7]))
    let counts = try #require(information.counts)
    #expect(counts.infinite == 2 && counts.nodata == 1 && counts.valid == 3 && counts.cells == 6)
    #expect(counts.minimum == 0 && counts.maximum == 7)
    // The path of all other types.
    let doubles = RawRaster("Float64", columns: 3, cells.map(Double.init))
    let again = try readRaster(doubles.write(folder, "d.vrt"))
    #expect(same(again.grid.cells, grid.cells))
    #expect(again.information.counts == counts)
    #expect(again.grid[0, 0].bitPattern == 0)
  }

  @Test func scaleAndOffsetAreAppliedToStoredValues() throws {
    var raw = RawRaster("Int16", columns: 2, [100, -32_768, 250, 0] as [Int16])
    raw.bandElements = "<NoDataValue>-32768</NoDataValue><Scale>0.01</Scale><Offset>5</Offset><UnitType>m</UnitType>"
    let path = raw.write(folder)
    let (grid, information) = try readRaster(path)
    #expect(same(grid.cells, [6, .nan, 7.5, 5]))
    #expect(information.scale == 0.01 && information.offset == 5 && information.unit == "m")
    #expect(information.counts?.minimum == 5 && information.counts?.maximum == 7.5)
    let stored = try readRaster(path, RasterReading(appliesScale: false)).grid
    #expect(same(stored.cells, [100, .nan, 250, 0]))
  }

  @Test func nodataIsComparedInTheBandsOwnType() throws {
    // The text is not a number of single precision; the cell holds the nearest one.
    var raw = RawRaster("Float32", columns: 2, [-99.99, 1, 2, -3.4028235e38] as [Float])
    raw.bandElements = "<NoDataValue>-99.99</NoDataValue>"
    #expect(error { try readRaster(raw.write(folder)) }?.code == "E-RAS-004")
    raw.bands = [([-99.99, 1, 2, 3] as [Float]).withUnsafeBytes { Data($0) }]
    #expect(same(try readRaster(raw.write(folder)).grid.cells, [.nan, 1, 2, 3]))
    raw.bands = [([-3.4028235e38, 1, 2, 3] as [Float]).withUnsafeBytes { Data($0) }]
    raw.bandElements = "<NoDataValue>-3.40282347e+38</NoDataValue>"
    #expect(same(try readRaster(raw.write(folder)).grid.cells, [.nan, 1, 2, 3]))
  }

  @Test func nodataOutsideTheTypeIsIgnoredWithAWarning() throws {
    var raw = RawRaster("Int16", columns: 2, [1, 2, 3, 4] as [Int16])
    raw.bandElements = "<NoDataValue>-3.4e38</NoDataValue>"
    let (grid, information) = try readRaster(raw.write(folder))
    #expect(grid.cells == [1, 2, 3, 4])
    #expect(information.warnings.contains { $0.contains("does not fit") })
    // And then the sentinels are undeclared.
    raw.bands = [([1, 2, 3, -32_768] as [Int16]).withUnsafeBytes { Data($0) }]
    #expect(error { try readRaster(raw.write(folder)) }?.code == "E-RAS-004")
  }

  @Test(arguments: [
    ("Float32", -9999.0), ("Float32", -32_767), ("Float32", -32_768), ("Float32", -3.4e38), ("Float32", 1e30),
    ("Float32", 9.96921e36), ("Float32", -3), ("Float32", -999.99), ("Float64", -9999), ("Int16", -9999),
    ("Int16", 32_767), ("Byte", 255), ("Byte", 128),
  ])
  func undeclaredSentinelIsRefused(type: String, value: Double) throws {
    let values = [10.0, 20, value, 30]
    let raw =
      switch type {
      case "Float32": RawRaster(type, columns: 2, values.map { Float($0) })
      case "Float64": RawRaster(type, columns: 2, values)
      case "Int16": RawRaster(type, columns: 2, values.map { Int16($0) })
      default: RawRaster(type, columns: 2, values.map { UInt8($0) })
      }
    let path = raw.write(folder)
    let thrown = try #require(error { try readRaster(path) })
    #expect(thrown.code == "E-RAS-004")
    #expect(thrown.hint.contains("nodata:") && thrown.path == path)
    // Both ways out.
    #expect(same(try readRaster(path, RasterReading(nodata: .value(value))).grid.cells, [10, 20, .nan, 30]))
    #expect(same(try readRaster(path, RasterReading(nodata: .none)).grid.cells, values.map { Float($0) }))
  }

  /// A conversion has declared another value than the cells were filled with.
  @Test(arguments: ["nan", "-32768"]) func aSentinelBesideTheDeclaredValueIsRefused(declared: String) throws {
    var raw = RawRaster("Float32", columns: 2, [10, -32_768, -9999, 30] as [Float])
    raw.bandElements = "<NoDataValue>\(declared)</NoDataValue>"
    let path = raw.write(folder)
    let thrown = try #require(error { try readRaster(path) })
    #expect(thrown.code == "E-RAS-004" && thrown.message.contains("-9999 in 1 cells"), "\(thrown)")
    #expect(error { try scanRaster(path) }?.code == "E-RAS-004")
    // Who names a value knows the file; what it declares counts as well.
    let named = try readRaster(path, RasterReading(nodata: .value(-9999))).grid.cells
    #expect(same(named, [10, declared == "nan" ? -32_768 : .nan, .nan, 30]))
    #expect(same(try readRaster(path, RasterReading(nodata: .none)).grid.cells, [10, -32_768, -9999, 30]))
    // What marks no data in other types, or may be real, stays: the file says what it uses.
    raw.bands = [([-3, 128, -998, 30] as [Float]).withUnsafeBytes { Data($0) }]
    #expect(same(try readRaster(raw.write(folder)).grid.cells, [-3, 128, -998, 30]))
  }

  @Test func ordinaryValuesAreNotTakenForSentinels() throws {
    // Terrain at the sea: −3 m among other depths, 128 m and 255 m.
    let cells: [Float] = [-3, -2.5, 128, 255, -998.9, 32_767]
    #expect(try readRaster(RawRaster("Float32", columns: 3, cells).write(folder)).grid.cells == cells)
    let bytes: [UInt8] = [100, 127, 128, 129, 0, 254]
    #expect(
      try readRaster(RawRaster("Byte", columns: 3, bytes).write(folder, "b.vrt")).grid.cells == bytes.map(Float.init))
  }

  @Test func severalBandsNeedANumber() throws {
    let raw = RawRaster("Float32", columns: 2, [1, 2, 3, 4] as [Float], [5, 6, 7, 8] as [Float])
    let path = raw.write(folder)
    #expect(error { try readRaster(path) }?.code == "E-RAS-003")
    #expect(error { try readRaster(path, RasterReading(band: 3)) }?.code == "E-RAS-003")
    #expect(error { try readRaster(path, RasterReading(band: 0)) }?.code == "E-RAS-003")
    #expect(try readRaster(path, RasterReading(band: 2)).grid.cells == [5, 6, 7, 8])
    #expect(try inspectRaster(path).bandCount == 2)
  }

  @Test func coloursAreRefused() throws {
    var raw = RawRaster("Byte", columns: 2, [1, 2, 3, 4] as [UInt8])
    raw.bandElements =
      "<ColorInterp>Palette</ColorInterp><ColorTable><Entry c1=\"0\" c2=\"0\" c3=\"0\" c4=\"255\"/></ColorTable>"
    #expect(error { try readRaster(raw.write(folder)) }?.code == "E-RAS-007")
    #expect(try readClasses(raw.write(folder)).grid.cells == [1, 2, 3, 4])
    raw.bandElements = "<ColorInterp>Red</ColorInterp>"
    #expect(error { try readRaster(raw.write(folder)) }?.code == "E-RAS-007")
    #expect(error { try readClasses(raw.write(folder)) }?.code == "E-RAS-007")
  }

  @Test func positionAndReferenceSystemAreNeverAssumed() throws {
    var raw = RawRaster("Float32", columns: 2, [1, 2, 3, 4] as [Float])
    raw.crs = nil
    let path = raw.write(folder)
    #expect(error { try readRaster(path) }?.code == "E-CRS-001")
    #expect(try readRaster(path, RasterReading(crs: utm33)).grid.geometry.crs == utm33)
    raw.geotransform = nil
    let bare = raw.write(folder, "bare.vrt")
    #expect(error { try readRaster(bare, RasterReading(crs: utm32)) }?.code == "E-RAS-006")
    let place = Georeference(west: 583_000, north: 6_640_000, cellWidth: 10, cellHeight: 10)
    let declared = RasterReading(crs: utm32, georeference: place)
    #expect(try readRaster(bare, declared).grid.geometry == sandvika(columns: 2, rows: 2))
    var flipped = declared
    flipped.georeference?.isSouthUp = true
    #expect(try readRaster(bare, flipped).grid.cells == [3, 4, 1, 2])
    raw.geotransform = "583000, 10, 1, 6640000, 1, -10"
    #expect(error { try readRaster(raw.write(folder, "r.vrt"), declared) } == nil)
    #expect(error { try readRaster(raw.write(folder, "r.vrt")) }?.code == "E-RAS-005")
    raw.geotransform = "583020, -10, 0, 6640000, 0, -10"
    #expect(error { try readRaster(raw.write(folder, "m.vrt")) }?.code == "E-RAS-005")
  }

  @Test func allNodataIsRefusedUnlessAccepted() throws {
    let raw = RawRaster("Float32", columns: 2, [Float](repeating: .nan, count: 4))
    let path = raw.write(folder)
    #expect(error { try readRaster(path) }?.code == "E-RAS-012")
    #expect(try readRaster(path, RasterReading(acceptsAllNodata: true)).information.counts?.valid == 0)
  }

  @Test func classesMustBeWholeNumbers() throws {
    let raw = RawRaster("Float32", columns: 2, [1, 2, 2.5, 4] as [Float])
    let thrown = try #require(error { try readClasses(raw.write(folder)) })
    #expect(thrown.code == "E-RAS-010" && thrown.message.contains("2.5"))
    let whole = RawRaster("Float32", columns: 2, [1, .nan, -2, 40_000] as [Float])
    #expect(try readClasses(whole.write(folder)).grid.cells == [1, noClass, -2, 40_000])
  }

  @Test func complexNumbersAreRefused() throws {
    let raw = RawRaster("CFloat32", columns: 2, [Double](repeating: 0, count: 4))
    #expect(error { try readRaster(raw.write(folder)) }?.code == "E-RAS-014")
  }

  @Test func contradictoryWorldFileIsRefused() throws {
    let path = folder.path("a.tif")
    try writeGeoTIFF(Grid<Float>(sandvika(columns: 4, rows: 4), repeating: 1), to: path)
    // The same place: first cell's centre.
    _ = folder.write("10\n0\n0\n-10\n583005\n6639995\n", to: "a.tfw")
    #expect(error { try readRaster(path) } == nil)
    #expect(try inspectRaster(path).sidecars == [folder.path("a.tfw")])
    _ = folder.write("10\n0\n0\n-10\n583000\n6640000\n", to: "a.tfw")
    #expect(error { try readRaster(path) }?.code == "E-RAS-011")
  }

  @Test func filesThatAreNoRastersAreNamedForWhatTheyAre() throws {
    let cases: [(String, String)] = [
      (folder.path("missing.tif"), "no such file"), (folder.url.path, "folder"),
      (folder.write("", to: "empty.tif"), "empty"),
      (folder.write("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n", to: "lfs.tif"), "Git LFS"),
      (folder.write("<!DOCTYPE html><html><body>Log in</body></html>", to: "login.tif"), "HTML"),
      (folder.write("hello", to: "text.tif"), "text file"), ("/dev/zero", "neither a file"),
      ("/vsicurl/http://localhost/x.tif", "not read"),
    ]
    for (path, words) in cases {
      let thrown = try #require(error { try readRaster(path) })
      #expect(thrown.code == "E-RAS-001" && thrown.message.contains(words), "\(thrown)")
    }
    // Shapes named as a raster, and a raster named as shapes.
    let shapes = folder.path("shapes.gpkg")
    try writeLayer(
      FeatureLayer(
        name: "shapes", summary: "Shapes", crs: sandvika(columns: 1, rows: 1).crs, shapeType: .point,
        fields: [Field("id", .text, "Name")],
        features: [Feature(shape: .point(Coordinate(x: 583_000, y: 6_640_000)), values: [.text("a")])]), to: shapes)
    let thrown = try #require(error { try readRaster(shapes) })
    #expect(thrown.code == "E-RAS-001" && thrown.message.contains("shapes or tables, no raster"), "\(thrown)")
    let raster = folder.path("raster.tif")
    try writeGeoTIFF(Grid<Float>(sandvika(columns: 4, rows: 4), repeating: 1), to: raster)
    let other = try #require(error { try readLayer(raster, reprojectedTo: nil) })
    #expect(other.message.contains("a raster, no layer of shapes"), "\(other)")
  }

  @Test(arguments: [true, false], [1, 2]) func truncatedFileIsRefusedWithItsBlock(compressed: Bool, threads: Int) throws
  {
    let path = folder.path("whole.tif")
    var generator = SeededGenerator(seed: 5)
    let cells = (0..<(600 * 600)).map { _ in Float(generator.unit()) }
    try writeGeoTIFF(Grid(sandvika(columns: 600, rows: 600), cells: cells), to: path, compressed: compressed)
    #expect(try readRaster(path, RasterReading(threads: threads)).grid.cells == cells)
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let cut = folder.write(data.prefix(data.count * 6 / 10), to: "cut.tif")
    let thrown = try #require(error { try readRaster(cut, RasterReading(threads: threads)) })
    #expect(thrown.code == "E-RAS-008" && thrown.path == cut, "\(thrown)")
    #expect(thrown.message.contains("band 1, block ("), "\(thrown)")
    // Tiles of 512 cells: two tile rows, and a part of the first is there.
    #expect(thrown.message.contains("512×512"))
  }

  @Test func pathsWithSpacesAndNorwegianLettersWork() throws {
    let path = folder.path("dyp og bløtt på Æåsen.tif")
    try writeGeoTIFF(Grid<Float>(sandvika(columns: 2, rows: 2), repeating: 3), to: path)
    #expect(try readRaster(path).grid.cells == [3, 3, 3, 3])
    // Nothing is left beside the input.
    #expect(folder.contents == ["dyp og bløtt på Æåsen.tif"])
  }
}
