import Foundation
import Geodata
import Grids
import TestSupport
import Testing

@Suite struct AlignmentTests {
  let folder = TemporaryFolder()

  /// A plane over the map: bilinear interpolation reproduces it exactly wherever four centres surround the point.
  private func plane(_ geometry: GridGeometry) -> Grid<Float> {
    Grid(
      geometry,
      cells: (0..<geometry.count).map { index in
        let centre = geometry.centre(column: index % geometry.columns, row: index / geometry.columns)
        return Float((centre.x - 583_000) * 0.25 + (centre.y - 6_639_000) * 0.5)
      })
  }

  @Test func gridsOnEachOtherAreCopied() throws {
    let source = plane(sandvika(columns: 20, rows: 12))
    let (same, first) = try align(source, to: source.geometry, resampling: .bilinear)
    #expect(same.cells == source.cells)
    #expect(first.kind == .identical && first.resampling == nil && first.cellsCovered == 240)
    // Three columns west and two rows north of the source, reaching beyond it.
    let target = sandvika(columns: 8, rows: 6, west: 582_970, north: 6_640_020)
    let (shifted, second) = try align(source, to: target, resampling: .bilinear)
    #expect(second.kind == .shifted && second.cellsInside == 20 && second.cellsCovered == 20)
    for row in 0..<6 {
      for column in 0..<8 {
        let expected: Float = column >= 3 && row >= 2 ? source[column - 3, row - 2] : .nan
        #expect(same32(shifted[column, row], expected))
      }
    }
  }

  private func same32(_ a: Float, _ b: Float) -> Bool { a == b || (a.isNaN && b.isNaN) }

  @Test(arguments: [1, 2, 3]) func halfACellOfShiftIsExactOnAPlane(threads: Int) throws {
    let source = plane(sandvika(columns: 40, rows: 30))
    let target = sandvika(columns: 39, rows: 29, west: 583_005, north: 6_639_995)
    let (grid, alignment) = try align(source, to: target, resampling: .bilinear, threads: threads)
    #expect(grid.cells == plane(target).cells)
    #expect(alignment.kind == .resampled && alignment.resampling == .bilinear)
    #expect(alignment.note == "resampled bilinear from 10 m EPSG:25832")
  }

  @Test func finerCellsOnAPlaneAreExactButForTheRim() throws {
    let source = plane(sandvika(columns: 10, rows: 10, cell: 40))
    let target = sandvika(columns: 80, rows: 80, cell: 5)
    let (grid, alignment) = try align(source, to: target, resampling: .bilinear)
    #expect(alignment.cellsCovered == 6400 && alignment.cellsInside == 6400)
    let exact = plane(target)
    for row in 0..<80 {
      for column in 0..<80 {
        // Within half a source cell of the edge the edge's values hold.
        let inside = (4..<76).contains(row) && (4..<76).contains(column)
        if inside { #expect(abs(grid[column, row] - exact[column, row]) < 1e-4) }
      }
    }
    #expect(grid[0, 0] == source[0, 0] && grid[79, 79] == source[9, 9])
    #expect(grid[40, 0] == grid[40, 3])
  }

  /// The obvious way: one cell at a time, straight from the definition.
  private func slowBilinear(_ source: Grid<Float>, _ x: Double, _ y: Double) -> Float {
    let g = source.geometry
    guard let cell = g.cell(at: Coordinate(x: x, y: y)), !source[cell.column, cell.row].isNaN else { return .nan }
    var sum = 0.0
    var weights = 0.0
    let u = (x - g.west) / g.cellWidth - 0.5
    let v = (g.north - y) / g.cellHeight - 0.5
    for row in [Int(floor(v)), Int(floor(v)) + 1] {
      for column in [Int(floor(u)), Int(floor(u)) + 1] {
        let weight = (1 - abs(u - Double(column))) * (1 - abs(v - Double(row)))
        let value = source[min(max(column, 0), g.columns - 1), min(max(row, 0), g.rows - 1)]
        if weight > 0, !value.isNaN {
          sum += weight * Double(value)
          weights += weight
        }
      }
    }
    return Float(sum / weights)
  }

  @Test func bilinearAgreesWithTheObviousWayAlsoAmongVoids() throws {
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<20 {
      let geometry = sandvika(columns: 12, rows: 9)
      let source = Grid<Float>(
        geometry, cells: (0..<108).map { _ in generator.unit() < 0.2 ? .nan : Float(generator.unit() * 100) })
      let target = GridGeometry(
        columns: 17, rows: 14, west: 582_985 + generator.unit() * 40, north: 6_640_015 - generator.unit() * 40,
        cellWidth: 3 + generator.unit() * 9, cellHeight: 3 + generator.unit() * 9, crs: utm32)
      let (grid, alignment) = try align(source, to: target, resampling: .bilinear)
      var covered = 0
      for row in 0..<14 {
        for column in 0..<17 {
          let centre = target.centre(column: column, row: row)
          let expected = slowBilinear(source, centre.x, centre.y)
          #expect(grid[column, row].isNaN == expected.isNaN)
          if !expected.isNaN {
            covered += 1
            #expect(abs(grid[column, row] - expected) < 1e-4)
          }
        }
      }
      #expect(alignment.cellsCovered == covered)
    }
  }

  @Test func nearestTakesTheCellThatHoldsThePoint() throws {
    let source = Grid<Int32>(sandvika(columns: 3, rows: 2), cells: [1, 2, 3, 4, noClass, 6])
    let target = sandvika(columns: 8, rows: 5, cell: 5, west: 582_995)
    let (grid, alignment) = try alignClasses(source, to: target)
    let n = noClass
    #expect(
      grid.cells == [
        n, 1, 1, 2, 2, 3, 3, n, n, 1, 1, 2, 2, 3, 3, n, n, 4, 4, n, n, 6, 6, n, n, 4, 4, n, n, 6, 6, n, n, n, n, n, n,
        n,
        n, n,
      ])
    #expect(alignment.cellsInside == 24 && alignment.cellsCovered == 20)
  }

  @Test func noOverlapIsAnErrorWithBothRectangles() throws {
    let source = plane(sandvika(columns: 10, rows: 10))
    for target in [sandvika(columns: 5, rows: 5, west: 600_000), sandvika(columns: 5, rows: 5, cell: 7, west: 600_000)]
    {
      let thrown = try #require(error { try align(source, to: target, resampling: .bilinear) })
      #expect(thrown.code == "E-RAS-009")
      #expect(thrown.message.contains("583000") && thrown.message.contains("600000"))
    }
  }

  @Test func muchFinerRastersAreWarnedOf() throws {
    let source = plane(sandvika(columns: 100, rows: 100, cell: 1))
    let target = sandvika(columns: 10, rows: 10, cell: 10)
    let coarse = try align(source, to: target, resampling: .bilinear).alignment
    #expect(coarse.warnings.count == 1 && coarse.warnings[0].contains("10.0 times finer"))
    #expect(try align(source, to: target, resampling: .nearest).alignment.warnings.isEmpty)
  }

  /// Every cell's exact position by PROJ against the lattice that ``align(_:to:resampling:threads:)`` uses.
  @Test func positionsInAnotherSystemErrByLessThanAHundredthOfACell() throws {
    // The value of a cell is its easting in the source system, so a value is a position.
    let source = GridGeometry(
      columns: 400, rows: 400, west: 200_000, north: 6_800_000, cellWidth: 500, cellHeight: 500, crs: utm33)
    let eastings = Grid<Float>(source, cells: (0..<source.count).map { Float(Double($0 % 400) + 0.5) })
    let target = sandvika(columns: 201, rows: 133, cell: 317, west: 560_000, north: 6_700_000)
    let (grid, alignment) = try align(eastings, to: target, resampling: .bilinear, threads: 2)
    let exact = try Transformation(from: utm32, to: utm33)
    #expect(alignment.cellsCovered == target.count)
    var worst = 0.0
    for row in stride(from: 0, to: 133, by: 3) {
      let points = try exact.transform((0..<201).map { target.centre(column: $0, row: row) })
      for column in 0..<201 {
        worst = max(worst, abs(Double(grid[column, row]) - (points[column].x - source.west) / source.cellWidth))
      }
    }
    #expect(worst < 0.01 && worst > 0, "\(worst)")
    #expect(alignment.note.contains("500 m EPSG:25833"))
    #expect(same(try align(eastings, to: target, resampling: .bilinear, threads: 1).grid.cells, grid.cells))
  }

  @Test func readingAlignedIsReadingAndAligning() throws {
    let source = plane(sandvika(columns: 300, rows: 200))
    let path = folder.path("plane.tif")
    try writeGeoTIFF(source, to: path)
    for target in [
      sandvika(columns: 50, rows: 40, west: 583_500, north: 6_639_500),
      sandvika(columns: 50, rows: 40, cell: 7, west: 585_900, north: 6_638_300),
    ] {
      let direct = try align(source, to: target, resampling: .bilinear)
      let (grid, information, alignment) = try readRaster(path, alignedTo: target, resampling: .bilinear)
      #expect(same(grid.cells, direct.grid.cells))
      #expect(alignment == direct.alignment)
      // Only the part that is needed was read.
      #expect((information.counts?.cells ?? 0) < 5000)
    }
    let classes = Grid<Int32>(source.geometry, cells: (0..<source.count).map { Int32($0 % 97) })
    try writeClassGeoTIFF(classes, to: folder.path("c.tif"))
    let target = sandvika(columns: 50, rows: 40, cell: 7, west: 585_900, north: 6_638_300)
    #expect(
      try readClasses(folder.path("c.tif"), alignedTo: target).grid.cells
        == alignClasses(classes, to: target).grid.cells)
    let far = sandvika(columns: 4, rows: 4, west: 100_000)
    #expect(error { try readRaster(path, alignedTo: far, resampling: .bilinear) }?.code == "E-RAS-009")
  }

  /// Cells so large that positions between lattice nodes would be wrong: every one is transformed by itself.
  @Test func coarseGridsAcrossSystemsArePlacedExactly() throws {
    let source = GridGeometry(
      columns: 160, rows: 220, west: -300_000, north: 7_900_000, cellWidth: 10_000, cellHeight: 10_000, crs: utm33)
    let cells = (0..<source.count).map { (index: Int) -> Float in
      let number: Int = index % 160 + 3 * (index / 160) + index * 7 % 5
      return Float(number)
    }
    let values = Grid<Float>(source, cells: cells)
    let target = GridGeometry(columns: 12, rows: 9, west: 2, north: 73, cellWidth: 2, cellHeight: 2, crs: wgs84)
    let (grid, alignment) = try align(values, to: target, resampling: .bilinear)
    let exact = try Transformation(from: wgs84, to: utm33)
    var covered = 0
    for row in 0..<9 {
      for column in 0..<12 {
        let point = try exact.transform([target.centre(column: column, row: row)])[0]
        let expected = slowBilinear(values, point.x, point.y)
        #expect(grid[column, row].isNaN == expected.isNaN)
        if !expected.isNaN { #expect(abs(grid[column, row] - expected) < 1e-3) }
        if !expected.isNaN { covered += 1 }
      }
    }
    #expect(covered > 50 && alignment.cellsCovered == covered)
    #expect(alignment.note == "resampled bilinear from 10000 m EPSG:25833")
  }

  @Test func heightsInTheReferenceSystemDoNotMatterForPlace() throws {
    let compound = try coordinateReferenceSystem("EPSG:5972")
    let source = GridGeometry(
      columns: 2, rows: 2, west: 583_000, north: 6_640_000, cellWidth: 10, cellHeight: 10, crs: compound)
    let grid = Grid<Float>(source, cells: [1, 2, 3, 4])
    #expect(try align(grid, to: sandvika(columns: 2, rows: 2), resampling: .bilinear).alignment.kind == .identical)
    let path = folder.path("heights.tif")
    try writeGeoTIFF(grid, to: path)
    let (back, information) = try readRaster(path)
    #expect(back.geometry == sandvika(columns: 2, rows: 2) && information.verticalName == "NN2000 height")
  }
}
