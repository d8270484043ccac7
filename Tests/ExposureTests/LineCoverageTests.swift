import Exposure
import Grids
import TestSupport
import Testing

private func line(_ points: [(Double, Double)]) -> [Coordinate] { points.map { Coordinate(x: $0.0, y: $0.1) } }

private func lengths(of lines: [[Coordinate]], on geometry: GridGeometry) -> [Double] {
  var result = Array(repeating: 0.0, count: geometry.count)
  forEachCrossedCell(of: lines, on: geometry) { cell, length in result[cell] += length }
  return result
}

@Suite struct LineCoverageTests {
  @Test func writtenOutCases() {
    let geometry = testGeometry(columns: 3, rows: 2)
    #expect(lengths(of: [line([(0.5, 1.5), (2.5, 1.5)])], on: geometry) == [0.5, 1, 0.5, 0, 0, 0])
    #expect(lengths(of: [line([(2.5, 1.5), (0.5, 1.5)])], on: geometry) == [0.5, 1, 0.5, 0, 0, 0])
    #expect(lengths(of: [line([(1.5, -3), (1.5, 5)])], on: geometry) == [0, 1, 0, 0, 1, 0])
    let diagonal = lengths(of: [line([(0, 0), (2, 2)])], on: geometry)
    #expect(diagonal[3] == 2.0.squareRoot() && diagonal[1] == 2.0.squareRoot())
    #expect(diagonal[0] == 0 && diagonal[4] == 0)
    // A 3-4-5 segment: the rise of 3 is cut at 1, the run of 4 at 1, 2 and 3 (outside).
    let slanted = lengths(of: [line([(0, 0), (4, 3)])], on: geometry)
    #expect(abs(slanted.reduce(0, +) - 10.0 / 3) < 1e-15)
    #expect(abs(slanted[3] - 1.25) < 1e-15)
    #expect(abs(slanted[4] - (5.0 / 3 - 1.25)) < 1e-15)
  }

  @Test func edgesBelongToSouthAndEast() {
    let geometry = testGeometry(columns: 2, rows: 2)
    #expect(lengths(of: [line([(0, 1), (2, 1)])], on: geometry) == [0, 0, 1, 1])
    #expect(lengths(of: [line([(1, 0), (1, 2)])], on: geometry) == [0, 1, 0, 1])
    #expect(lengths(of: [line([(0, 2), (2, 2)])], on: geometry) == [1, 1, 0, 0])
    #expect(lengths(of: [line([(0, 0), (2, 0)])], on: geometry) == [0, 0, 0, 0])
    #expect(lengths(of: [line([(2, 0), (2, 2)])], on: geometry) == [0, 0, 0, 0])
  }

  @Test func oddLines() {
    let geometry = testGeometry(columns: 2, rows: 2)
    let nothing = forEachCrossedCell(of: [[], line([(1, 1)]), line([(1, 1), (1, 1)])], on: geometry) { _, _ in
      Issue.record("a line without length crosses no cell")
    }
    #expect(nothing.length == 0 && nothing.lengthOnGrid == 0 && nothing.hasFiniteCoordinates)
    let check = forEachCrossedCell(of: [line([(0, 0), (.nan, 1), (1, 1), (1, 2)])], on: geometry) { _, _ in }
    #expect(!check.hasFiniteCoordinates && check.length == 1 && check.lengthOnGrid == 1)
  }

  @Test func randomLinesAgreeWithClippingPerCell() {
    var random = SeededGenerator(seed: 21)
    let geometry = GridGeometry(
      columns: 9, rows: 7, west: 598_000, north: 6_641_000, cellWidth: 2, cellHeight: 3, crs: testCRS)
    for _ in 0..<300 {
      let points = (0..<4).map { _ in
        Coordinate(x: 597_990 + random.unit() * 38, y: 6_640_970 + random.unit() * 40)
      }
      let result = lengths(of: [points], on: geometry)
      for cell in 0..<geometry.count {
        let (row, column) = cell.quotientAndRemainder(dividingBy: 9)
        let box = geometry.window(columns: column..<column + 1, rows: row..<row + 1).extent
        let slow = zip(points, points.dropFirst()).reduce(0) { $0 + clippedLength($1.0, $1.1, box) }
        #expect(abs(result[cell] - slow) < 1e-8)
      }
      let check = forEachCrossedCell(of: [points], on: geometry) { _, _ in }
      #expect(abs(check.lengthOnGrid - result.reduce(0, +)) < 1e-10)
      let backwards = lengths(of: [points.reversed()], on: geometry)
      for cell in 0..<geometry.count { #expect(abs(result[cell] - backwards[cell]) < 1e-8) }
    }
  }

  @Test func linesKeepTheirLengthInside() {
    var random = SeededGenerator(seed: 22)
    let geometry = testGeometry(columns: 50, rows: 40)
    for _ in 0..<200 {
      let points = (0..<20).map { _ in Coordinate(x: random.unit() * 50, y: random.unit() * 40) }
      let check = forEachCrossedCell(of: [points], on: geometry) { _, _ in }
      #expect(abs(check.lengthOnGrid - check.length) < 1e-11 * check.length)
    }
  }

  @Test func exposedMetresOfRoad() {
    let depth = grid([[0.05, 0.1, 0.3, .nan], [0, 0, 0, 2]] as [[Float]], cell: 10)
    // 80 m, so that every cut is an exact eighth of the line.
    let road = line([(-10, 15), (70, 15)])
    let exposure = lineExposure(of: [road], on: depth, thresholds: [0.1, 0.3])
    #expect(exposure.length == 80)
    #expect(exposure.lengthsAtOrAbove == [20, 10])
    #expect(exposure.lengthWithoutData == 10)
    #expect(exposure.lengthOutside == 40)
  }
}

/// Length of a segment inside a rectangle (Liang and Barsky).
private func clippedLength(_ a: Coordinate, _ b: Coordinate, _ box: Extent) -> Double {
  var (t0, t1) = (0.0, 1.0)
  let (dx, dy) = (b.x - a.x, b.y - a.y)
  for (p, q) in [(-dx, a.x - box.west), (dx, box.east - a.x), (-dy, a.y - box.south), (dy, box.north - a.y)] {
    if p == 0 {
      if q < 0 { return 0 }
    } else if p < 0 {
      t0 = max(t0, q / p)
    } else {
      t1 = min(t1, q / p)
    }
  }
  return max(0, t1 - t0) * (dx * dx + dy * dy).squareRoot()
}
