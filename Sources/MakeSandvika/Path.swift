import Grids

/// A smooth line through given points of the plan.
struct Path {
  /// Points every two metres or so.
  let points: [Coordinate]
  /// Distance along the line at each point.
  let chainage: [Double]

  /// Length in metres.
  var length: Double { chainage.last ?? 0 }

  /// Draws a Catmull–Rom curve through the knots.
  /// - Parameter wander: How far, in metres, the line strays from the curve, as water does. Lines that meet still meet.
  init(_ knots: [(Double, Double)], wander: Double = 0) {
    var points: [Coordinate] = []
    for index in 0..<(knots.count - 1) {
      let p1 = knots[index]
      let p2 = knots[index + 1]
      let p0 = index > 0 ? knots[index - 1] : (2 * p1.0 - p2.0, 2 * p1.1 - p2.1)
      let p3 = index + 2 < knots.count ? knots[index + 2] : (2 * p2.0 - p1.0, 2 * p2.1 - p1.1)
      let span = Coordinate(x: p1.0, y: p1.1).distance(to: Coordinate(x: p2.0, y: p2.1))
      let steps = max(2, Int(span / 2))
      for step in 0..<steps {
        let t = Double(step) / Double(steps)
        points.append(
          Coordinate(x: Path.spline(p0.0, p1.0, p2.0, p3.0, t), y: Path.spline(p0.1, p1.1, p2.1, p3.1, t)))
      }
    }
    if let last = knots.last { points.append(Coordinate(x: last.0, y: last.1)) }
    if wander > 0 {
      let noise = Noise(seed: 14)
      points = points.map { point in
        Coordinate(
          x: point.x + wander * noise.fractal(point.x, point.y, size: 48, octaves: 2, roughness: 0.5),
          y: point.y + wander * noise.fractal(point.x - 500, point.y, size: 48, octaves: 2, roughness: 0.5))
      }
    }
    var chainage = [0.0]
    for index in 1..<points.count {
      chainage.append(chainage[index - 1] + points[index - 1].distance(to: points[index]))
    }
    self.points = points
    self.chainage = chainage
  }

  private static func spline(_ a: Double, _ b: Double, _ c: Double, _ d: Double, _ t: Double) -> Double {
    let slope1 = (c - a) / 2
    let slope2 = (d - b) / 2
    let t2 = t * t
    let t3 = t2 * t
    return (2 * t3 - 3 * t2 + 1) * b + (t3 - 2 * t2 + t) * slope1 + (3 * t2 - 2 * t3) * c + (t3 - t2) * slope2
  }

  /// Distance to the line, and on which side: positive to the left of its direction.
  func nearest(to point: Coordinate) -> (distance: Double, side: Double) {
    // A coarse look first, then the neighbourhood: the lines are long and every cell asks.
    var coarse = 0
    var least = Double.infinity
    for index in stride(from: 0, to: points.count, by: 8) {
      let square = points[index].squaredDistance(to: point)
      if square < least { (coarse, least) = (index, square) }
    }
    var result = (distance: Double.infinity, side: 1.0)
    for index in max(0, coarse - 12)..<min(points.count - 1, coarse + 12) {
      let found = Path.nearest(to: point, on: points[index], points[index + 1])
      if found.distance < result.distance { result = (found.distance, found.side) }
    }
    return result
  }

  /// Distance to a segment, the share of it before the nearest point, and the side on which the point lies.
  static func nearest(
    to point: Coordinate, on a: Coordinate, _ b: Coordinate
  ) -> (distance: Double, share: Double, side: Double) {
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    let share = min(1, max(0, ((point.x - a.x) * dx + (point.y - a.y) * dy) / (dx * dx + dy * dy)))
    let foot = Coordinate(x: a.x + share * dx, y: a.y + share * dy)
    return (point.distance(to: foot), share, dx * (point.y - a.y) - dy * (point.x - a.x) >= 0 ? 1 : -1)
  }

  /// Number of the first point at or beyond a distance along the line.
  func index(at distance: Double) -> Int { chainage.firstIndex { $0 >= distance } ?? points.count - 1 }

  /// The value at a distance along the line, from the values at its points.
  func interpolate(_ values: [Double], at distance: Double) -> Double {
    var (low, high) = (0, chainage.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if chainage[middle] <= distance { low = middle } else { high = middle }
    }
    let share = (distance - chainage[low]) / (chainage[high] - chainage[low])
    return values[low] + (values[high] - values[low]) * min(1, max(0, share))
  }

  /// Unit vector along the line at one of its points.
  func direction(at index: Int) -> (x: Double, y: Double) {
    let (a, b) = (points[max(0, index - 1)], points[min(points.count - 1, index + 1)])
    let length = a.distance(to: b)
    return ((b.x - a.x) / length, (b.y - a.y) / length)
  }
}

extension Coordinate {
  func squaredDistance(to other: Coordinate) -> Double {
    (x - other.x) * (x - other.x) + (y - other.y) * (y - other.y)
  }

  func distance(to other: Coordinate) -> Double { squaredDistance(to: other).squareRoot() }
}
