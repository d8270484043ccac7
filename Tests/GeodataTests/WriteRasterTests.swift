import Foundation
import Geodata
import Grids
import TestSupport
import Testing

@Suite struct WriteRasterTests {
  let folder = TemporaryFolder()

  private func terrain(_ columns: Int, _ rows: Int) -> Grid<Float> {
    var generator = SeededGenerator(seed: 11)
    let geometry = sandvika(columns: columns, rows: rows)
    return Grid(
      geometry,
      cells: (0..<geometry.count).map { index in
        generator.unit() < 0.05 ? .nan : Float(index % columns) * 0.25 + Float(generator.unit())
      })
  }

  @Test(arguments: [true, false], [nil, -9999, 1e6] as [Float?])
  func plainGeoTIFFComesBackAsItWas(compressed: Bool, nodata: Float?) throws {
    let grid = terrain(530, 520)
    let path = folder.path("a.tif")
    try writeGeoTIFF(grid, to: path, nodata: nodata, compressed: compressed, unit: "m", description: "depth")
    let (back, information) = try readRaster(path)
    #expect(same(back.cells, grid.cells))
    #expect(back.geometry == grid.geometry)
    #expect(information.unit == "m" && information.bandDescription == "depth")
    #expect(information.nodata.map { Float($0) }?.isNaN == nodata.map { _ in false } ?? true)
    #expect(folder.contents == ["a.tif"])
  }

  @Test(arguments: ClassPixelType.allCases) func classesComeBackAsTheyWere(type: ClassPixelType) throws {
    let geometry = sandvika(columns: 4, rows: 2)
    let grid = Grid<Int32>(geometry, cells: [0, 1, noClass, 3, 100, 99, 98, 254])
    for name in ["plain.tif", "cloud.tif"] {
      let path = folder.path(name)
      if name == "plain.tif" {
        try writeClassGeoTIFF(grid, to: path, as: type)
      } else {
        try writeCloudOptimisedGeoTIFF(grid, to: path, as: type)
      }
      let (back, information) = try readClasses(path)
      #expect(back.cells == grid.cells)
      #expect(information.nodata == Double(type.nodata))
    }
    let tooLarge = Grid<Int32>(geometry, repeating: type == .int32 ? 5 : 70_000)
    let thrown = error { try writeClassGeoTIFF(tooLarge, to: folder.path("x.tif"), as: type) }
    #expect(thrown?.code == (type == .int32 ? nil : "E-OUT-104"))
    let bytes = Grid<UInt8>(geometry, cells: [0, 1, 255, 3, 100, 99, 98, 254])
    try writeClassGeoTIFF(bytes, to: folder.path("b.tif"))
    try writeCloudOptimisedGeoTIFF(bytes, to: folder.path("c.tif"))
    #expect(try readClasses(folder.path("b.tif")).grid.cells == grid.cells)
    #expect(try readClasses(folder.path("c.tif")).grid.cells == grid.cells)
  }

  @Test func cloudOptimisedFileHasItsStructure() throws {
    let grid = terrain(1300, 900)
    let path = folder.path("depth.tif")
    try writeCloudOptimisedGeoTIFF(grid, to: path, CloudOptimisedOptions(unit: "m", description: "depth"))
    let (back, information) = try readRaster(path)
    #expect(same(back.cells, grid.cells))
    #expect(information.unit == "m" && information.nodata == -9999 && information.bandDescription == "depth")
    #expect(information.compression == "DEFLATE")
    let counts = try #require(information.counts)
    #expect(Float(information.bandMetadata["STATISTICS_MINIMUM"] ?? "") == counts.minimum)
    #expect(Float(information.bandMetadata["STATISTICS_MAXIMUM"] ?? "") == counts.maximum)
    if let result = runProgram("gdalinfo", [path]) {
      #expect(result.output.contains("LAYOUT=COG"))
      #expect(result.output.contains("Overviews: 650x450, 325x225"))
      #expect(result.output.contains("Block=512x512"))
    }
    #expect(folder.contents == ["depth.tif"])
  }

  @Test(arguments: [OverviewResampling.average, .maximum])
  func coarserViewsFollowTheirRule(resampling: OverviewResampling) throws {
    let grid = terrain(1201, 1201)
    let path = folder.path("o.tif")
    try writeCloudOptimisedGeoTIFF(grid, to: path, CloudOptimisedOptions(overviews: resampling))
    // Read through GDAL's own access to coarser views, each against the next finer one.
    var finer = grid
    for (level, size) in [601, 301].enumerated() {
      let view = folder.path("view\(level).tif")
      let arguments = ["-q", "-oo", "OVERVIEW_LEVEL=\(level)", path, view]
      guard let result = runProgram("gdal_translate", arguments) else { return }
      #expect(result.status == 0)
      let coarse = try readRaster(view).grid
      #expect(coarse.columns == size && coarse.rows == size)
      for (column, row) in [(0, 0), (17, 200), (300, 5), (size - 1, size - 1)] {
        var values: [Float] = []
        for y in (row * 2)..<min(row * 2 + 2, finer.rows) {
          for x in (column * 2)..<min(column * 2 + 2, finer.columns) where !finer[x, y].isNaN {
            values.append(finer[x, y])
          }
        }
        let expected =
          resampling == .maximum
          ? values.max() ?? .nan : Float(values.reduce(0.0) { $0 + Double($1) } / Double(values.count))
        #expect(same([coarse[column, row]], [expected]))
      }
      finer = coarse
    }
  }

  @Test func theSameGridGivesTheSameBytes() throws {
    let grid = terrain(1100, 1100)
    var files: [Data] = []
    for threads in [1, 2, 3, 2] {
      let path = folder.path("t\(threads).tif")
      try writeCloudOptimisedGeoTIFF(grid, to: path, CloudOptimisedOptions(threads: threads))
      files.append(try Data(contentsOf: URL(fileURLWithPath: path)))
      try writeGeoTIFF(grid, to: path, threads: threads)
      files.append(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    for index in 2..<files.count { #expect(files[index] == files[index % 2]) }
  }

  @Test func aFailedWriteLeavesNothing() throws {
    let geometry = sandvika(columns: 3, rows: 1)
    var grid = Grid<Float>(geometry, cells: [1, 2, 3])
    let path = folder.path("a.tif")
    try writeGeoTIFF(grid, to: path)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    grid[2, 0] = -9999
    // The file exists and has been begun anew when the clash is found.
    #expect(error { try writeGeoTIFF(grid, to: path) }?.code == "E-OUT-104")
    #expect(error { try writeCloudOptimisedGeoTIFF(grid, to: path) }?.code == "E-OUT-104")
    #expect(folder.contents == ["a.tif"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    grid[2, 0] = 3
    let missing = try #require(error { try writeGeoTIFF(grid, to: folder.path("no/such/folder.tif")) })
    #expect(missing.code == "E-OUT-101" && missing.message.contains("does not exist"))
    try FileManager.default.createDirectory(atPath: folder.path("taken.tif"), withIntermediateDirectories: true)
    #expect(error { try writeGeoTIFF(grid, to: folder.path("taken.tif")) }?.code == "E-OUT-101")
    #expect(folder.contents == ["a.tif", "taken.tif"])
  }

  @Test func aFullDiskIsAnErrorAndLeavesNothing() async {
    // In a process of its own: a limit on the size of files stands for the full disk, and holds for all its threads.
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      var generator = SeededGenerator(seed: 3)
      let grid = Grid<Float>(
        sandvika(columns: 600, rows: 600), cells: (0..<360_000).map { _ in Float(generator.unit()) })
      let classes = Grid<Int32>(grid.geometry, cells: grid.cells.map { Int32($0 * 1e6) })
      let layer = squares(3000, in: utm32)
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 200_000, rlim_max: rlim_t.max)
      #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      let failures = [
        error { try writeGeoTIFF(grid, to: folder.path("a.tif"), compressed: false) },
        error { try writeGeoTIFF(grid, to: folder.path("b.tif")) },
        error { try writeCloudOptimisedGeoTIFF(grid, to: folder.path("c.tif")) },
        error { try writeCloudOptimisedGeoTIFF(classes, to: folder.path("d.tif"), as: .int32) },
        error { try writeGeoPackage(to: folder.path("e.gpkg"), layers: [layer]) },
        error { try writeLayer(layer, to: folder.path("f.fgb"), driver: "FlatGeobuf") },
      ]
      for failure in failures {
        #expect(failure?.code.hasPrefix("E-OUT") == true, "\(String(describing: failure))")
      }
      #expect(folder.contents.isEmpty, "\(folder.contents)")
    }
  }
}
