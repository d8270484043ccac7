import Exposure
import Grids
import TestSupport
import Testing

/// Point in polygon by counting the crossings of a ray upwards: slow, and along the other axis.
private func isInside(_ point: Coordinate, _ polygon: Polygon) -> Bool {
  var inside = false
  for ring in polygon.rings {
    for (a, b) in zip(ring, ring.dropFirst()) where (a.x <= point.x) != (b.x <= point.x) {
      if a.y + (point.x - a.x) / (b.x - a.x) * (b.y - a.y) > point.y { inside.toggle() }
    }
  }
  return inside
}

@Suite struct AttributionTests {
  @Test func pointsFindTheirFirstArea() {
    let index = AreaIndex([
      [rectangle(0...4, 0...4)], [rectangle(2...6, 0...4)], [rectangle(10...11, 10...11), rectangle(20...21, 0...1)],
      [],
      [Polygon(rings: [ring([(30, 0), (40, 0), (40, 10), (30, 10)]), ring([(33, 3), (33, 6), (36, 6), (36, 3)])])],
    ])
    #expect(index.firstArea(containing: Coordinate(x: 1, y: 1)) == 0)
    #expect(index.firstArea(containing: Coordinate(x: 3, y: 1)) == 0)
    #expect(index.areas(containing: Coordinate(x: 3, y: 1)) == [0, 1])
    #expect(index.firstArea(containing: Coordinate(x: 5, y: 1)) == 1)
    #expect(index.firstArea(containing: Coordinate(x: 20.5, y: 0.5)) == 2)
    #expect(index.firstArea(containing: Coordinate(x: 10.5, y: 10.5)) == 2)
    #expect(index.firstArea(containing: Coordinate(x: 8, y: 1)) == nil)
    #expect(index.firstArea(containing: Coordinate(x: -100, y: 1)) == nil)
    #expect(index.firstArea(containing: Coordinate(x: .nan, y: 1)) == nil)
    #expect(index.firstArea(containing: Coordinate(x: 34, y: 4)) == nil)
    #expect(index.firstArea(containing: Coordinate(x: 32, y: 4)) == 4)
    #expect(AreaIndex([]).firstArea(containing: Coordinate(x: 0, y: 0)) == nil)
    // A ring drawn twice still holds its inside.
    let twice = [(0.0, 0.0), (2, 0), (2, 2), (0, 2)]
    #expect(AreaIndex([[polygon(twice + twice)]]).firstArea(containing: Coordinate(x: 1, y: 1)) == 0)
  }

  @Test func agreesWithCountingCrossings() {
    var random = SeededGenerator(seed: 51)
    let areas = (0..<60).map { _ -> Polygon in
      let centre = (x: random.unit() * 100, y: random.unit() * 100)
      let size = 2 + random.unit() * 15
      return Polygon(rings: [
        ring(star(around: centre, corners: 40, radius: size...1.6 * size, using: &random)),
        ring(star(around: centre, corners: 9, radius: 0.2 * size...0.9 * size, using: &random).reversed()),
      ])
    }
    let index = AreaIndex(areas.map { [$0] })
    for _ in 0..<3000 {
      let point = Coordinate(x: random.unit() * 120 - 10, y: random.unit() * 120 - 10)
      #expect(index.areas(containing: point) == areas.indices.filter { isInside(point, areas[$0]) })
    }
  }

  @Test func borderPointsBelongToExactlyOneArea() {
    // Squares of a board, points on their edges and corners, and slanted shares of the whole.
    var squares: [[Polygon]] = []
    for row in 0..<4 {
      for column in 0..<4 {
        squares.append([rectangle(Double(column)...Double(column + 1), Double(row)...Double(row + 1))])
      }
    }
    let board = AreaIndex(squares)
    for y in stride(from: 0.5, to: 3.6, by: 0.5) {
      for x in stride(from: 0.5, to: 3.6, by: 0.5) {
        #expect(board.areas(containing: Coordinate(x: x, y: y)).count == 1)
      }
    }
    let fan = AreaIndex([
      [polygon([(0, 0), (3, 0), (3, 1)])], [polygon([(0, 0), (3, 1), (2, 3)])], [polygon([(0, 0), (2, 3), (0, 3)])],
    ])
    for step in 1..<300 {
      let t = Double(step) / 300
      #expect(fan.areas(containing: Coordinate(x: 3 * t, y: t)).count == 1)
      #expect(fan.areas(containing: Coordinate(x: 2 * t, y: 3 * t)).count == 1)
    }
  }

  @Test func totalsAddUp() {
    var random = SeededGenerator(seed: 52)
    // Areas that leave a gap in the south, and buildings of which some stand in the gap and some across borders.
    let areas = (0..<5).map { [rectangle(Double($0) * 20...Double($0 + 1) * 20, 10...100)] }
    let buildings = (0..<2000).map { _ -> Polygon in
      let (x, y) = (random.unit() * 100, random.unit() * 100)
      return rectangle(x...x + 1 + random.unit() * 10, y...y + 1 + random.unit() * 10)
    }
    let index = AreaIndex(areas)
    let owners = index.attribute(buildings.map { representativePoint(of: $0) }, threads: 2)
    #expect(owners == index.attribute(buildings.map { representativePoint(of: $0) }, threads: 1))
    let people = buildings.map { _ in Int(random.next() % 9) }
    let perArea = areas.indices.map { area in zip(owners, people).reduce(0) { $0 + ($1.0 == area ? $1.1 : 0) } }
    let unassigned = zip(owners, people).reduce(0) { $0 + ($1.0 == nil ? $1.1 : 0) }
    #expect(unassigned > 0)
    #expect(perArea.allSatisfy { $0 > 0 })
    #expect(perArea.reduce(0, +) + unassigned == people.reduce(0, +))
  }

  @Test func representativePointsLieInside() {
    var random = SeededGenerator(seed: 53)
    for _ in 0..<500 {
      let shell = star(around: (5, 5), corners: 4 + Int(random.next() % 30), radius: 0.1...8, using: &random)
      let hole = star(around: (5, 5), corners: 5, radius: 0.01...0.04, using: &random)
      let polygon = Polygon(rings: [ring(shell), ring(hole)])
      let point = representativePoint(of: polygon)!
      #expect(isInside(point, polygon))
      let turned = Polygon(rings: [ring(Array(shell[2...] + shell[..<2]).reversed()), ring(hole.reversed())])
      #expect(representativePoint(of: turned) == point)
    }
    // A horseshoe, whose centroid lies outside, and a frame.
    let horseshoe = polygon([(0, 0), (10, 0), (10, 10), (9, 10), (9, 1), (1, 1), (1, 10), (0, 10)])
    #expect(isInside(representativePoint(of: horseshoe)!, horseshoe))
    let frame = Polygon(rings: [ring([(0, 0), (10, 0), (10, 10), (0, 10)]), ring([(1, 1), (8, 1), (8, 9), (1, 9)])])
    #expect(representativePoint(of: frame) == Coordinate(x: 9, y: 5))
  }

  @Test func representativePointsOfOtherShapes() {
    let line = [(0.0, 0.0), (10, 0), (10, 2)].map { Coordinate(x: $0.0, y: $0.1) }
    #expect(representativePoint(of: .lines([[line[1], line[2]], line])) == Coordinate(x: 6, y: 0))
    #expect(representativePoint(of: .lines([[line[0], line[0]]])) == line[0])
    #expect(representativePoint(of: .lines([[]])) == nil)
    #expect(representativePoint(of: .point(line[2])) == line[2])
    #expect(
      representativePoint(of: .polygons([rectangle(0...1, 0...1), rectangle(4...8, 0...2)])) == Coordinate(x: 6, y: 1))
    #expect(representativePoint(of: .polygons([Polygon(rings: [])])) == nil)
    // No inside: the first point.
    #expect(representativePoint(of: polygon([(1, 2), (3, 2), (1, 2)])) == Coordinate(x: 1, y: 2))
  }

  @Test func classesAreHalfOpen() {
    let classes = ValueClasses.stormwaterDepth
    let expected: [(Float, Int?)] = [
      (0, 0), (0.049, 0), (0.05, 1), (0.1, 2), (0.29, 2), (0.3, 3), (0.5, 4), (1, 5), (1.99, 5), (2, 6), (9, 6),
      (.nan, nil), (.infinity, nil),
    ]
    for (value, number) in expected { #expect(classes.classNumber(of: value) == number) }
  }
}
