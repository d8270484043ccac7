/// A smooth line through given points, in metres east and south of the north-western corner.
struct Path {
  /// Points every two metres or so.
  let points: [(x: Double, y: Double)]
  /// Distance along the line at each point.
  let chainage: [Double]

  /// Length in metres.
  var length: Double { chainage.last ?? 0 }

  /// Draws a Catmull–Rom curve through the knots.
  init(_ knots: [(Double, Double)]) {
    var points: [(x: Double, y: Double)] = []
    for index in 0..<(knots.count - 1) {
      let p1 = knots[index]
      let p2 = knots[index + 1]
      let p0 = index > 0 ? knots[index - 1] : (2 * p1.0 - p2.0, 2 * p1.1 - p2.1)
      let p3 = index + 2 < knots.count ? knots[index + 2] : (2 * p2.0 - p1.0, 2 * p2.1 - p1.1)
      let steps = max(2, Int(Path.distance(p1, p2) / 2))
      for step in 0..<steps {
        let t = Double(step) / Double(steps)
        points.append(
          (Path.spline(p0.0, p1.0, p2.0, p3.0, t), Path.spline(p0.1, p1.1, p2.1, p3.1, t)))
      }
    }
    if let last = knots.last { points.append((last.0, last.1)) }
    var chainage = [0.0]
    for index in 1..<points.count {
      chainage.append(
        chainage[index - 1]
          + Path.distance((points[index - 1].x, points[index - 1].y), (points[index].x, points[index].y)))
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

  static func distance(_ a: (Double, Double), _ b: (Double, Double)) -> Double {
    ((a.0 - b.0) * (a.0 - b.0) + (a.1 - b.1) * (a.1 - b.1)).squareRoot()
  }

  /// Distance to the line, where along it the nearest point is, and the side: positive to the left of its direction.
  func nearest(_ x: Double, _ y: Double) -> (distance: Double, chainage: Double, side: Double) {
    // A coarse look first, then the neighbourhood: the lines are long and every cell asks.
    var best = 0
    var bestSquare = Double.infinity
    for index in stride(from: 0, to: points.count, by: 8) {
      let square = squared(index, x, y)
      if square < bestSquare { (best, bestSquare) = (index, square) }
    }
    let coarse = best
    for index in max(0, coarse - 12)...min(points.count - 1, coarse + 12) {
      let square = squared(index, x, y)
      if square < bestSquare { (best, bestSquare) = (index, square) }
    }
    var result = (distance: bestSquare.squareRoot(), chainage: chainage[best], side: 1.0)
    for segment in [best - 1, best] where segment >= 0 && segment + 1 < points.count {
      let (a, b) = (points[segment], points[segment + 1])
      let (dx, dy) = (b.x - a.x, b.y - a.y)
      let along = ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy)
      let t = min(1, max(0, along))
      let gap = Path.distance((x, y), (a.x + t * dx, a.y + t * dy))
      if gap <= result.distance {
        result.distance = gap
        result.chainage = chainage[segment] + t * (chainage[segment + 1] - chainage[segment])
        // y grows southwards, so the sign is the other way round than on paper.
        result.side = dx * (y - a.y) - dy * (x - a.x) > 0 ? -1 : 1
      }
    }
    return result
  }

  /// The point at a distance along the line.
  func point(at distance: Double) -> (x: Double, y: Double) {
    let next = chainage.firstIndex { $0 >= distance } ?? points.count - 1
    return points[next]
  }

  private func squared(_ index: Int, _ x: Double, _ y: Double) -> Double {
    let (dx, dy) = (points[index].x - x, points[index].y - y)
    return dx * dx + dy * dy
  }
}
