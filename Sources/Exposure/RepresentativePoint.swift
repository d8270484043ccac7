public import Grids

/// A point inside a polygon, well away from its rim: the middle of the widest stretch halfway up.
///
/// Never the centroid, which may lie in a hole or a bay. The same point whatever the direction and the start of the
/// rings. Where the polygon has no inside, its first point.
/// - Returns: nil where the polygon has no point.
public func representativePoint(of polygon: Polygon) -> Coordinate? {
  guard let start = polygon.rings.first?.first else { return nil }
  let heights = polygon.rings[0].map(\.y)
  let low = heights.min() ?? start.y
  let high = heights.max() ?? start.y
  let middle = low + (high - low) / 2
  // Between two corners' heights, so that the line meets no corner.
  var below = low
  var above = high
  for ring in polygon.rings {
    for point in ring {
      if point.y <= middle { below = max(below, point.y) } else { above = min(above, point.y) }
    }
  }
  let y = below + (above - below) / 2
  var crossings: [Double] = []
  for ring in polygon.rings {
    forEachEdge(of: ring) { a, b in
      if let x = crossing(of: a, b, at: y) { crossings.append(x) }
    }
  }
  crossings.sort()
  var best: (width: Double, x: Double)?
  for index in stride(from: 0, to: crossings.count - 1, by: 2) {
    let width = crossings[index + 1] - crossings[index]
    if width > best?.width ?? 0 { best = (width, crossings[index] + width / 2) }
  }
  return best.map { Coordinate(x: $0.x, y: y) } ?? start
}

/// The point that stands for a shape: a point itself, the middle of the longest line, a point inside the largest part.
/// - Returns: nil where the shape has no point.
public func representativePoint(of shape: Shape) -> Coordinate? {
  switch shape {
  case .point(let point): return point
  case .lines(let lines):
    let longest = lines.map { ($0, length(of: $0)) }.filter { !$0.0.isEmpty }.reduce(nil as ([Coordinate], Double)?) {
      guard let best = $0 else { return $1 }
      return $1.1 > best.1 ? $1 : best
    }
    return longest.map { middle(of: $0.0, length: $0.1) }
  case .polygons(let polygons):
    let largest = polygons.filter { !($0.rings.first ?? []).isEmpty }.map { ($0, $0.area) }.reduce(
      nil as (Polygon, Double)?
    ) {
      guard let best = $0 else { return $1 }
      return $1.1 > best.1 ? $1 : best
    }
    return largest.flatMap { representativePoint(of: $0.0) }
  }
}

private func length(of line: [Coordinate]) -> Double {
  zip(line, line.dropFirst()).reduce(0) { sum, ends in
    let dx = ends.1.x - ends.0.x
    let dy = ends.1.y - ends.0.y
    return sum + (dx * dx + dy * dy).squareRoot()
  }
}

/// The point halfway along a line with at least one point.
private func middle(of line: [Coordinate], length whole: Double) -> Coordinate {
  var rest = whole / 2
  for (a, b) in zip(line, line.dropFirst()) {
    let piece = length(of: [a, b])
    if piece >= rest, piece > 0 {
      let t = rest / piece
      return Coordinate(x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y))
    }
    rest -= piece
  }
  return line[line.count - 1]
}
