import Foundation
import Geodata
import Grids
import TestSupport
import Testing

/// Files that are damaged, incomplete or made in unusual ways.
@Suite struct DamagedRasterTests {
  let folder = TemporaryFolder()

  private func noise(_ columns: Int, _ rows: Int) -> Grid<Float> {
    var generator = SeededGenerator(seed: 8)
    return Grid(
      sandvika(columns: columns, rows: rows), cells: (0..<(columns * rows)).map { _ in Float(generator.unit()) })
  }

  @Test(arguments: [0.2, 0.5, 0.9]) func flippedBitsInCompressedBlocksAreFound(place: Double) throws {
    let path = folder.path("a.tif")
    try writeGeoTIFF(noise(600, 600), to: path)
    try verifyRaster(path)
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    data[Int(Double(data.count) * place)] ^= 0x04
    let damaged = folder.write(data, to: "b.tif")
    let thrown = try #require(error { try verifyRaster(damaged) })
    #expect(thrown.code == "E-RAS-008" && thrown.message.contains("block ("), "\(thrown)")
  }

  @Test func verificationReadsEveryBand() throws {
    let (first, second) = (folder.path("1.tif"), folder.path("2.tif"))
    try writeGeoTIFF(noise(60, 60), to: first)
    try writeGeoTIFF(noise(60, 60), to: second)
    let stack = folder.path("stack.vrt")
    if let built = runProgram("gdalbuildvrt", ["-q", "-separate", stack, first, second]), built.status == 0 {
      try verifyRaster(stack)
      let data = try Data(contentsOf: URL(fileURLWithPath: second))
      _ = folder.write(data.prefix(data.count / 2), to: "2.tif")
      let thrown = try #require(error { try verifyRaster(stack) })
      #expect(thrown.code == "E-RAS-008" && thrown.message.contains("band 2"), "\(thrown)")
    }
    let layered = folder.path("c.tif")
    try writeCloudOptimisedGeoTIFF(noise(1100, 700), to: layered)
    try verifyRaster(layered)
  }

  /// Cut anywhere, a file is either read as it was (nothing of it missing) or refused: never read as something else.
  @Test func everyCutIsRefused() throws {
    let path = folder.path("a.tif")
    let grid = noise(40, 30)
    try writeGeoTIFF(grid, to: path)
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    for length in stride(from: 0, to: data.count, by: 97) {
      let cut = folder.write(data.prefix(length), to: "cut.tif")
      if error({ try readRaster(cut) }) == nil {
        #expect(try readRaster(cut).grid.cells == grid.cells, "cut to \(length) of \(data.count) bytes")
      }
    }
  }

  @Test func mosaicsWithMissingOrRemoteSourcesAreRefused() throws {
    for source in ["missing.tif", "/vsicurl/http://localhost:1/a.tif", "http://localhost:1/a.tif"] {
      let path = folder.write(
        """
        <VRTDataset rasterXSize="4" rasterYSize="4"><SRS>EPSG:25832</SRS>
        <GeoTransform>583000, 10, 0, 6640000, 0, -10</GeoTransform>
        <VRTRasterBand dataType="Float32" band="1"><SimpleSource><SourceFilename>\(source)</SourceFilename>
        <SourceBand>1</SourceBand><SourceProperties RasterXSize="4" RasterYSize="4" DataType="Float32"/>
        <SrcRect xOff="0" yOff="0" xSize="4" ySize="4"/><DstRect xOff="0" yOff="0" xSize="4" ySize="4"/>
        </SimpleSource></VRTRasterBand></VRTDataset>
        """, to: "mosaic.vrt")
      let thrown = try #require(error { try readRaster(path) })
      #expect(thrown.code == "E-RAS-001" && thrown.message.contains(source), "\(thrown)")
      #expect(error { try inspectRaster(path) }?.code == "E-RAS-001")
    }
  }

  @Test func mosaicsWithGapsNeedADeclaredNodataValue() throws {
    let tile = folder.path("tile.tif")
    try writeGeoTIFF(noise(4, 4), to: tile)
    func mosaic(_ element: String) -> String {
      folder.write(
        """
        <VRTDataset rasterXSize="8" rasterYSize="4"><SRS>EPSG:25832</SRS>
        <GeoTransform>583000, 10, 0, 6640000, 0, -10</GeoTransform>
        <VRTRasterBand dataType="Float32" band="1">\(element)<SimpleSource><SourceFilename>\(tile)</SourceFilename>
        <SourceBand>1</SourceBand><SrcRect xOff="0" yOff="0" xSize="4" ySize="4"/>
        <DstRect xOff="0" yOff="0" xSize="4" ySize="4"/></SimpleSource></VRTRasterBand></VRTDataset>
        """, to: "gap.vrt")
    }
    let thrown = try #require(error { try readRaster(mosaic("")) })
    #expect(thrown.code == "E-RAS-004" && thrown.message.contains("50 %"), "\(thrown)")
    let declared = try readRaster(mosaic("<NoDataValue>-9999</NoDataValue>"))
    #expect(declared.information.counts?.nodata == 16)
  }

  @Test func missingBlocksNeedADeclaredNodataValue() throws {
    let path = folder.path("sparse.tif")
    let arguments = [
      "-of", "GTiff", "-outsize", "600", "600", "-bands", "1", "-ot", "Float32", "-a_srs", "EPSG:25832", "-a_ullr",
      "583000", "6640000", "589000", "6634000", "-co", "SPARSE_OK=YES", "-co", "TILED=YES",
    ]
    guard let made = runProgram("gdal_create", arguments + [path]), made.status == 0 else { return }
    #expect(error { try readRaster(path) }?.code == "E-RAS-004")
    #expect(try readRaster(path, RasterReading(nodata: .none)).grid[5, 5] == 0)
    let declared = folder.path("declared.tif")
    try #require(runProgram("gdal_create", arguments + ["-a_nodata", "-1", declared])?.status == 0)
    #expect(try readRaster(declared, RasterReading(acceptsAllNodata: true)).information.counts?.nodata == 360_000)
  }

  /// Zeros that the file system keeps as a hole are in the file all the same; a copy of it would hold them.
  @Test func holesOfTheFileSystemAreZeros() throws {
    let dense = folder.path("dense.tif")
    try writeGeoTIFF(Grid<Float>(sandvika(columns: 300, rows: 200), repeating: 0), to: dense, nodata: nil)
    let holes = folder.path("holes.tif")
    try #require(runProgram("cp", ["--sparse=always", dense, holes])?.status == 0)
    #expect(try readRaster(holes).grid.cells.allSatisfy { $0 == 0 })
  }

  @Test func shortRawFilesAreNotFilledWithZeros() throws {
    let header = "NROWS 4\nNCOLS 4\nNBANDS 1\nNBITS 32\nPIXELTYPE FLOAT\nBYTEORDER I\nULXMAP 583005\nULYMAP 6639995\n"
    _ = folder.write(header + "XDIM 10\nYDIM 10\n", to: "a.hdr")
    let cells = (1...16).map(Float.init)
    let data = cells.withUnsafeBytes { Data($0) }
    let path = folder.write(data, to: "a.bil")
    #expect(try readRaster(path, RasterReading(crs: utm32)).grid.cells == cells)
    _ = folder.write(data.prefix(24), to: "a.bil")
    #expect(error { try readRaster(path, RasterReading(crs: utm32)) }?.code.hasPrefix("E-RAS") == true)
  }

  @Test func masksHideCells() throws {
    let values = folder.path("values.tif")
    try writeGeoTIFF(
      Grid<Float>(sandvika(columns: 3, rows: 2), cells: [1, 2, 3, 4, 5, 6]), to: values, nodata: nil)
    let mask = folder.path("mask.tif")
    try writeClassGeoTIFF(Grid<Int32>(sandvika(columns: 3, rows: 2), cells: [254, 0, 254, 254, 254, 0]), to: mask)
    let stack = folder.path("stack.vrt")
    let masked = folder.path("masked.tif")
    guard let built = runProgram("gdalbuildvrt", ["-q", "-separate", stack, values, mask]), built.status == 0 else {
      return
    }
    try #require(
      runProgram(
        "gdal_translate",
        [
          "-q", "-b", "1", "-mask", "2", "-a_nodata", "none", "--config", "GDAL_TIFF_INTERNAL_MASK", "YES", stack,
          masked,
        ])?
        .status == 0)
    let (grid, information) = try readRaster(masked)
    #expect(same(grid.cells, [1, .nan, 3, 4, 5, .nan]))
    #expect(information.counts?.nodata == 2)
  }

  @Test func signedBytesAreSigned() throws {
    var raw = RawRaster("Byte", columns: 2, [1, 0xFE, 0x80, 4] as [UInt8])
    raw.bandElements =
      "<Metadata domain=\"IMAGE_STRUCTURE\"><MDI key=\"PIXELTYPE\">SIGNEDBYTE</MDI></Metadata><NoDataValue>-128</NoDataValue>"
    let (grid, information) = try readRaster(raw.write(folder))
    #expect(same(grid.cells, [1, -2, .nan, 4]) && information.pixelType == "Int8")
    raw.bandElements = raw.bandElements.replacing("-128", with: "255")
    // 255 does not fit, and −128 is then undeclared.
    let thrown = error { try readRaster(raw.write(folder)) }
    #expect(thrown?.code == "E-RAS-004" && thrown?.message.contains("-128") == true)
  }

  @Test func nothingIsWrittenBesideInputs() throws {
    let path = folder.path("a.tif")
    try writeGeoTIFF(noise(20, 20), to: path)
    let before = folder.contents
    _ = try readRaster(path)
    _ = try inspectRaster(path)
    _ = try readRaster(path, alignedTo: sandvika(columns: 5, rows: 5, cell: 7), resampling: .bilinear)
    #expect(folder.contents == before)
  }

  @Test func manyThreadsReadAtOnceAndHearOnlyTheirOwnErrors() async throws {
    let path = folder.path("a.tif")
    let grid = noise(64, 64)
    try writeGeoTIFF(grid, to: path)
    let broken = folder.write("not a raster", to: "b.tif")
    let results = await withTaskGroup(of: Bool.self) { group in
      for task in 0..<32 {
        group.addTask {
          if task % 2 == 0 { return (try? readRaster(path).grid.cells) == grid.cells }
          let thrown = error { try readRaster(broken) }
          return thrown?.code == "E-RAS-001" && thrown?.gdalMessages.allSatisfy { $0.contains("b.tif") } == true
        }
      }
      return await group.reduce(into: [Bool]()) { $0.append($1) }
    }
    #expect(results.allSatisfy { $0 } && results.count == 32)
  }
}
