import Grids
import TestSupport

/// A closed ring from its corners.
func ring(_ corners: [(Double, Double)]) -> [Coordinate] {
  (corners + corners.prefix(1)).map { Coordinate(x: $0.0, y: $0.1) }
}

/// A polygon without holes from its corners.
func polygon(_ corners: [(Double, Double)]) -> Polygon { Polygon(rings: [ring(corners)]) }

/// An axis-parallel rectangle.
func rectangle(_ x: ClosedRange<Double>, _ y: ClosedRange<Double>) -> Polygon {
  polygon([
    (x.lowerBound, y.lowerBound), (x.upperBound, y.lowerBound), (x.upperBound, y.upperBound),
    (x.lowerBound, y.upperBound),
  ])
}

/// A simple polygon around a centre: corners at random distances, at rising angles.
func star(
  around centre: (x: Double, y: Double), corners: Int, radius: ClosedRange<Double>,
  using random: inout SeededGenerator
) -> [(Double, Double)] {
  // Directions of a square's rim, rising counter-clockwise: no need of a sine.
  (0..<corners).map { corner in
    let along = (Double(corner) + 0.9 * random.unit()) / Double(corners) * 4
    let (side, rest) = (Int(along), 2 * (along - along.rounded(.down)) - 1)
    let direction = [(1, rest), (-rest, 1), (-1, -rest), (rest, -1)][side]
    let distance = radius.lowerBound + random.unit() * (radius.upperBound - radius.lowerBound)
    return (centre.x + distance * direction.0, centre.y + distance * direction.1)
  }
}

/// Signed area of a ring inside a rectangle by clipping it against each side in turn (Sutherland and Hodgman).
func clippedArea(_ corners: [Coordinate], to box: Extent) -> Double {
  func clip(_ points: [Coordinate], _ inside: (Coordinate) -> Double) -> [Coordinate] {
    var result: [Coordinate] = []
    for (index, b) in points.enumerated() {
      let a = points[(index + points.count - 1) % points.count]
      let (da, db) = (inside(a), inside(b))
      if (da >= 0) != (db >= 0) {
        let t = da / (da - db)
        result.append(Coordinate(x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y)))
      }
      if db >= 0 { result.append(b) }
    }
    return result
  }
  var points = Array(corners.dropLast())
  points = clip(points) { $0.x - box.west }
  points = clip(points) { box.east - $0.x }
  points = clip(points) { $0.y - box.south }
  points = clip(points) { box.north - $0.y }
  return points.isEmpty ? 0 : signedArea(of: points + [points[0]])
}
