import Grids
import TestSupport
import Testing

@testable import Geodata

@Suite("Polygons with their corners cut")
struct SmoothedPolygonTests {
  /// A step of half a cell, straight or slanting, in half cells.
  private struct Step: Hashable {
    var from: [Int]
    var to: [Int]
  }

  /// The rings as steps of half a cell; fails where a side is neither straight nor at 45°.
  private func steps(_ polygons: [Polygon], rows: Int) throws -> [Step] {
    try polygons.flatMap { try $0.rings.flatMap { ring in try zip(ring, ring.dropFirst()).flatMap(steps) } }
  }

  private func steps(_ a: Coordinate, _ b: Coordinate) throws -> [Step] {
    let (start, end) = ([Int(a.x * 2), Int(a.y * 2)], [Int(b.x * 2), Int(b.y * 2)])
    let count = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    let (dx, dy) = ((end[0] - start[0]).signum(), (end[1] - start[1]).signum())
    try #require(start[0] + dx * count == end[0] && start[1] + dy * count == end[1], "a side at another angle")
    return (0..<count).map { step in
      Step(
        from: [start[0] + dx * step, start[1] + dy * step],
        to: [start[0] + dx * (step + 1), start[1] + dy * (step + 1)])
    }
  }

  @Test("A tessellation stays one: every inner border is followed once each way, and the areas add up")
  func sharedBorders() throws {
    var generator = SeededGenerator(seed: 11)
    for size in [3, 8, 25] {
      for classes in [2, 3, 5] {
        let labels = Grid(
          testGeometry(columns: size, rows: size),
          cells: (0..<(size * size)).map { _ in Int32.random(in: 1...Int32(classes), using: &generator) })
        let shapes = polygonize(labels, ignoring: 0, smooth: true)
        let all = shapes.values.flatMap { $0 }
        let followed = try Set(steps(all, rows: size))
        #expect(try followed.count == steps(all, rows: size).count, "no side is followed twice")
        let (low, high) = (0, size * 2)
        for step in followed {
          let isRim = step.from.indices.contains {
            (step.from[$0] == low && step.to[$0] == low) || (step.from[$0] == high && step.to[$0] == high)
          }
          // The four corners of the whole are cut too, and nothing lies beyond them.
          let corners = [step.from, step.to].allSatisfy { $0.contains(low) || $0.contains(high) }
          if !isRim && !corners { #expect(followed.contains(Step(from: step.to, to: step.from))) }
        }
        let area = all.reduce(0) { $0 + $1.area }
        #expect(abs(area - (Double(size * size) - 4 * 0.125)) < 1e-9)
        for polygons in shapes.values { #expect(isValid(polygons)) }
      }
    }
  }

  @Test("Stairs become a slope, a cell a diamond, and where three meet nothing moves")
  func cases() {
    let stairs = polygonize(grid([[1, 0, 0], [1, 1, 0], [1, 1, 1]] as [[Int32]]), ignoring: 0, smooth: true)[1]
    // One straight slope, and the three corners of the grid cut.
    #expect(stairs?[0].rings[0].count == 7)
    let cell = polygonize(
      grid([[0, 0, 0], [0, 1, 0], [0, 0, 0]] as [[Int32]]), ignoring: 0, smooth: true)[1]
    #expect(cell?[0].area == 0.5)
    let plain = polygonize(grid([[0, 0, 0], [0, 1, 0], [0, 0, 0]] as [[Int32]]), ignoring: 0)[1]
    #expect(plain?[0].area == 1)
    let three = polygonize(grid([[1, 2], [3, 3]] as [[Int32]]), ignoring: 0, smooth: true)
    for label in 1...3 {
      #expect(three[Int32(label)]?[0].rings[0].contains(Coordinate(x: 1, y: 1)) == (label != 3))
    }
  }
}
