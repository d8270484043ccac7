import Exposure
import Grids
import TestSupport
import Testing

/// Coverage of a whole small grid, row by row from the north.
private func coverage(of polygons: [Polygon], columns: Int, rows: Int) -> [[Double]] {
  let result = cellCoverage(of: polygons, on: testGeometry(columns: columns, rows: rows))
  return (0..<rows).map { row in (0..<columns).map { result[$0, row] } }
}

private func square(_ x: Double, _ y: Double, _ size: Double) -> Polygon { rectangle(x...x + size, y...y + size) }

@Suite struct CellCoverageTests {
  @Test func writtenOutCases() {
    #expect(
      coverage(of: [rectangle(0.5...2.5, 0.5...2.5)], columns: 3, rows: 3)
        == [[0.25, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 0.25]])
    #expect(
      coverage(of: [polygon([(1.5, 0.5), (2.5, 1.5), (1.5, 2.5), (0.5, 1.5)])], columns: 3, rows: 3)
        == [[0, 0.25, 0], [0.25, 1, 0.25], [0, 0.25, 0]])
    #expect(
      coverage(of: [polygon([(0.5, 1.5), (0.5, 0.5), (0.5, 0), (1.5, 0.5), (1.5, 1.5)])], columns: 2, rows: 2)
        == [[0.25, 0.25], [0.4375, 0.3125]])
    #expect(
      coverage(of: [polygon([(0, 0), (3, 0), (0, 3)])], columns: 3, rows: 3)
        == [[0.5, 0, 0], [1, 0.5, 0], [1, 1, 0.5]])
    // y from the top as from the bottom: the rectangle lies in the middle.
    #expect(
      coverage(of: [rectangle(-2...1.5, 0.5...2.5)], columns: 3, rows: 3)
        == [[0.5, 0.25, 0], [1, 0.5, 0], [0.5, 0.25, 0]])
    #expect(
      coverage(of: [rectangle(-7...9, -1...20)], columns: 3, rows: 2) == [[1, 1, 1], [1, 1, 1]])
    #expect(
      coverage(of: [rectangle(1...2, 1...2)], columns: 3, rows: 3) == [[0, 0, 0], [0, 1, 0], [0, 0, 0]])
  }

  @Test func nothingAndNextToNothing() {
    let geometry = testGeometry(columns: 3, rows: 3)
    for empty in [[], [Polygon(rings: [])], [Polygon(rings: [[]])], [polygon([(1.2, 1), (1.4, 2), (1.2, 1)])]] {
      let result = cellCoverage(of: empty, on: geometry)
      #expect(result.total == 0)
      #expect(result.check.isSound)
      #expect(result.check.polygonArea == 0)
    }
    // On a grid line, on a cell's corner, beside the grid.
    #expect(cellCoverage(of: [polygon([(1, 0), (1, 3), (1, 1)])], on: geometry).total == 0)
    #expect(cellCoverage(of: [polygon([(2, 2), (2, 2), (2, 2)])], on: geometry).total == 0)
    let beside = cellCoverage(of: [rectangle(3...5, 0...3)], on: geometry)
    #expect(beside.total == 0 && beside.columns.isEmpty && !beside.check.liesWithinGrid && beside.check.isSound)
    #expect(cellCoverage(of: [rectangle(-5...0, 0...3)], on: geometry).total == 0)
    // A tiny triangle keeps its area although it is far below the tolerance.
    let tiny = cellCoverage(of: [polygon([(1.5, 1.5), (1.5 + 0x1p-30, 1.5), (1.5, 1.5 + 0x1p-30)])], on: geometry)
    #expect(tiny[1, 1] == 0x1p-61)
    #expect(abs(cellCoverage(of: [square(1.3, 1.4, 0.2)], on: geometry)[1, 1] - 0.04) < 1e-15)
  }

  @Test func nonFiniteCoordinatesCoverNothing() {
    for bad in [Double.nan, .infinity, -.infinity] {
      let result = cellCoverage(of: [polygon([(0, 0), (2, 0), (bad, 2)])], on: testGeometry(columns: 3, rows: 3))
      #expect(result.total == 0)
      #expect(!result.check.hasFiniteCoordinates && !result.check.isSound)
    }
  }

  @Test func holesAndPartsWhateverTheirDirection() {
    let shell = ring([(0, 0), (4, 0), (4, 4), (0, 4)])
    let hole = ring([(1, 1), (2.5, 1), (2.5, 2), (1, 2)])
    let expected: [[Double]] = [[1, 1, 1, 1], [1, 1, 1, 1], [1, 0, 0.5, 1], [1, 1, 1, 1]]
    for shell in [shell, shell.reversed()] {
      for hole in [hole, hole.reversed()] {
        #expect(coverage(of: [Polygon(rings: [shell, hole])], columns: 4, rows: 4) == expected)
        let island = polygon([(1.5, 1), (1.5, 2), (2, 2), (2, 1)])
        let both = coverage(of: [Polygon(rings: [shell, hole]), island], columns: 4, rows: 4)
        #expect(both[2] == [1, 0.5, 0.5, 1])
      }
    }
    // An open ring is closed.
    #expect(
      coverage(of: [Polygon(rings: [Array(shell.dropLast())])], columns: 4, rows: 4)
        == Array(repeating: [1, 1, 1, 1], count: 4))
  }

  @Test func windingProblemsAreFound() {
    let geometry = testGeometry(columns: 12, rows: 12)
    let bowTie = cellCoverage(of: [polygon([(2, 2), (8, 8), (8, 2), (2, 8)])], on: geometry)
    #expect(bowTie.check.lowest == -1 && bowTie.check.highest == 1)
    #expect(bowTie.check.coveredArea == 0)
    #expect(!bowTie.check.isSound)

    let once = [(3.0, 3.0), (8, 3), (8, 8), (3, 8)]
    let twice = cellCoverage(of: [polygon(once + once)], on: geometry)
    #expect(twice.check.highest == 2 && twice.check.coveredArea == 50 && twice.check.cellsOutOfRange == 25)
    #expect(twice.total == 25)

    let parts = cellCoverage(of: [polygon(once), polygon(once)], on: geometry)
    #expect(parts.check.highest == 2 && parts.check.coveredArea == 50 && !parts.check.isSound)

    let strayHole = Polygon(rings: [
      ring([(1, 1), (7, 1), (7, 7), (1, 7)]), ring([(9, 9), (10, 9), (10, 9.5), (9, 9.5)]),
    ])
    let stray = cellCoverage(of: [strayHole], on: geometry)
    #expect(stray.check.lowest == -0.5 && stray.check.coveredArea == 35.5 && !stray.check.isSound)
    #expect(stray.total == 36)

    #expect(cellCoverage(of: [polygon(once.reversed())], on: geometry).check.isSound)
  }

  @Test func randomPolygonsAgreeWithClipping() {
    var random = SeededGenerator(seed: 11)
    let geometry = GridGeometry(
      columns: 13, rows: 9, west: 598_000, north: 6_641_000, cellWidth: 2, cellHeight: 2.5, crs: testCRS)
    for _ in 0..<300 {
      // Some reach beyond the grid; some are smaller than a cell; some have corners on grid lines.
      let centre = (x: 598_000 + random.unit() * 26, y: 6_641_000 - random.unit() * 22.5)
      let size = 0.3 + random.unit() * 9
      let count = 3 + Int(random.next() % 12)
      var shell = star(around: centre, corners: count, radius: size...2 * size, using: &random)
      if random.next() % 3 == 0 {
        shell = shell.map { (($0.0 * 2).rounded() / 2, ($0.1 * 2).rounded() / 2) }
      }
      let hole = star(around: centre, corners: 5, radius: 0.2 * size...0.9 * size, using: &random)
      let part = Polygon(rings: [ring(shell), ring(hole)])
      let result = cellCoverage(of: [part], on: geometry)
      for row in 0..<geometry.rows {
        for column in 0..<geometry.columns {
          let box = geometry.window(columns: column..<column + 1, rows: row..<row + 1).extent
          let turn = signedArea(of: part.rings[0]) < 0 ? -1.0 : 1.0
          let holeTurn = signedArea(of: part.rings[1]) < 0 ? -1.0 : 1.0
          let slow = (turn * clippedArea(part.rings[0], to: box) - holeTurn * clippedArea(part.rings[1], to: box)) / 5
          // Rounding to half metres can make a star touch or cross its hole; coverage is limited to 0…1 then.
          #expect(abs(result[column, row] - min(max(slow, 0), 1)) < 1e-9)
        }
      }
    }
  }

  @Test func smallCoordinatesAgreeWithClippingToTheLastDigits() {
    // Near the origin neither way loses digits to the coordinates.
    var random = SeededGenerator(seed: 15)
    let geometry = testGeometry(columns: 11, rows: 10)
    for _ in 0..<400 {
      let size = 0.1 + random.unit() * 6
      let shell = ring(
        star(
          around: (random.unit() * 11, random.unit() * 10), corners: 3 + Int(random.next() % 20),
          radius: size...2 * size,
          using: &random))
      let result = cellCoverage(of: [Polygon(rings: [shell])], on: geometry)
      for row in 0..<10 {
        for column in 0..<11 {
          let box = geometry.window(columns: column..<column + 1, rows: row..<row + 1).extent
          #expect(abs(result[column, row] - abs(clippedArea(shell, to: box))) < 1e-12)
        }
      }
    }
  }

  @Test func everyStartOfARingIsTheSame() {
    let corners = [(0.5, 1.5), (0.5, 0.5), (0.5, 0), (1.5, 0.5), (1.5, 1.5)]
    for start in corners.indices {
      let turned = Array(corners[start...] + corners[..<start])
      for corners in [turned, turned.reversed()] {
        #expect(coverage(of: [polygon(corners)], columns: 2, rows: 2) == [[0.25, 0.25], [0.4375, 0.3125]])
      }
    }
  }

  @Test func holesOutsideTheirShellAreFound() {
    // A square of 36 cells with a hole of half a cell beside it.
    let geometry = testGeometry(columns: 12, rows: 12)
    let shell = rectangle(2...8, 2...8).rings[0]
    for hole in [rectangle(9.25...9.75, 4...5).rings[0], rectangle(9.25...9.75, 4...5).rings[0].reversed()] {
      let result = cellCoverage(of: [Polygon(rings: [shell, hole])], on: geometry)
      #expect(result.total == 36 && result.check.coveredArea == 35.5)
      #expect(result.check.lowest == -0.5 && result.check.cellsOutOfRange == 1 && !result.check.isSound)
    }
  }

  @Test func areaIsKept() {
    var random = SeededGenerator(seed: 12)
    let geometry = GridGeometry(
      columns: 60, rows: 50, west: 598_000, north: 6_641_000, cellWidth: 2, cellHeight: 3, crs: testCRS)
    for _ in 0..<500 {
      let shell = star(
        around: (598_060, 6_640_925), corners: 3 + Int(random.next() % 60), radius: 0.5...50, using: &random)
      let check = cellCoverage(of: [polygon(shell)], on: geometry).check
      #expect(check.liesWithinGrid && check.isSound)
      #expect(check.relativeAreaError! < 1e-12)
      #expect(check.lowest > -1e-12 && check.highest < 1 + 1e-12)
    }
  }

  @Test func startDirectionAndExtraPointsDoNotMatter() {
    var random = SeededGenerator(seed: 13)
    let geometry = testGeometry(columns: 20, rows: 20)
    for _ in 0..<50 {
      let corners = star(around: (10, 10), corners: 9, radius: 1...12, using: &random)
      let reference = cellCoverage(of: [polygon(corners)], on: geometry)
      let shifted = Array(corners[4...] + corners[..<4])
      let withMiddles = corners.indices.flatMap { index -> [(Double, Double)] in
        let (a, b) = (corners[index], corners[(index + 1) % corners.count])
        return [a, ((a.0 + b.0) / 2, (a.1 + b.1) / 2), b]
      }
      for variant in [shifted, corners.reversed(), withMiddles] {
        let result = cellCoverage(of: [polygon(variant)], on: geometry)
        for row in 0..<20 {
          for column in 0..<20 { #expect(abs(result[column, row] - reference[column, row]) < 1e-12) }
        }
      }
    }
  }

  @Test func tessellationCoversEveryCellOnce() {
    // A warped net of triangles over the grid and beyond it.
    var random = SeededGenerator(seed: 14)
    let n = 12
    var nodes: [[(Double, Double)]] = []
    for j in 0...n {
      nodes.append(
        (0...n).map { i in
          let inner = i > 0 && i < n && j > 0 && j < n
          return (
            -2 + Double(i) * 2 + (inner ? random.unit() * 1.2 - 0.6 : 0),
            -2 + Double(j) * 2 + (inner ? random.unit() * 1.2 - 0.6 : 0)
          )
        })
    }
    let geometry = testGeometry(columns: 19, rows: 20)
    var sum = Array(repeating: 0.0, count: geometry.count)
    for j in 0..<n {
      for i in 0..<n {
        let (a, b, c, d) = (nodes[j][i], nodes[j][i + 1], nodes[j + 1][i + 1], nodes[j + 1][i])
        for triangle in [polygon([a, b, c]), polygon([a, c, d])] {
          forEachCoveredRow(of: [triangle], on: geometry) { row, first, coverage in
            for (offset, share) in coverage.enumerated() { sum[row * 19 + first + offset] += share }
          }
        }
      }
    }
    for total in sum { #expect(abs(total - 1) < 1e-12) }
  }

  @Test func millionCornersKeepTheArea() {
    // A saw-toothed rim along a square of 900 × 900 cells.
    var corners: [(Double, Double)] = []
    let teeth = 250_000
    for side in 0..<4 {
      for tooth in 0..<teeth {
        let along = Double(tooth) / Double(teeth) * 900
        let depth = tooth % 2 == 0 ? 0 : 0.8
        switch side {
        case 0: corners.append((50 + along, 50 - depth))
        case 1: corners.append((950 + depth, 50 + along))
        case 2: corners.append((950 - along, 950 + depth))
        default: corners.append((50 - depth, 950 - along))
        }
      }
    }
    let geometry = testGeometry(columns: 1000, rows: 1000)
    let check = forEachCoveredRow(of: [polygon(corners)], on: geometry) { _, _, _ in }
    #expect(corners.count == 1_000_000)
    #expect(check.isSound)
    #expect(abs(check.coveredArea - 811_440) < 0.01)
    #expect(check.relativeAreaError! < 1e-12)
  }
}
