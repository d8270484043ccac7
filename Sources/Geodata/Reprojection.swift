import CGDAL
import Grids

/// Carries whole shapes to another reference system without bending their edges visibly.
///
/// A straight edge is a curve in another projection. Edges are first cut into pieces of at most 10 km (0.1°), then
/// halved until the middle of every piece lies within a centimetre (1e-7°) of the transformed middle. Both cuts
/// depend on the edge's end points alone and not on its direction, so that neighbours stay neighbours.
struct Reprojection {
  let transformation: Transformation
  /// Longest edge that is taken without a look at more than its middle, in source units.
  private let longestEdge: Double
  /// Largest deviation of an edge's middle, in target units.
  private let tolerance: Double

  init(_ transformation: Transformation) throws(GeodataError) {
    self.transformation = transformation
    let source = try transformation.source.properties()
    let target = try transformation.target.properties()
    longestEdge = source.linearUnitInMetres.map { 10_000 / $0 } ?? 0.1
    tolerance = target.linearUnitInMetres.map { 0.01 / $0 } ?? 1e-7
  }

  /// The shape in the other system; nil where a point has no place there.
  func apply(to shape: Shape) -> Shape? {
    switch shape {
    case .point(let point):
      let moved = transformation.transformWhereDefined([point])[0]
      return moved.x.isFinite ? .point(moved) : nil
    case .lines(let lines):
      var result: [[Coordinate]] = []
      for line in lines {
        guard let moved = apply(to: line) else { return nil }
        result.append(moved)
      }
      return .lines(result)
    case .polygons(let polygons):
      var result: [Polygon] = []
      for polygon in polygons {
        var rings: [[Coordinate]] = []
        for ring in polygon.rings {
          guard let moved = apply(to: ring) else { return nil }
          rings.append(moved)
        }
        result.append(Polygon(rings: rings))
      }
      return .polygons(result)
    }
  }

  private func apply(to chain: [Coordinate]) -> [Coordinate]? {
    var points = cut(chain)
    var moved = transformation.transformWhereDefined(points)
    if moved.contains(where: { !$0.x.isFinite }) { return nil }
    // Pieces to look at, by the number of their first point.
    var open = Array(points.indices.dropLast())
    // Twelve halvings: a 10 km edge would be down to 2.5 m, and be hopeless.
    for _ in 0..<12 where !open.isEmpty {
      let middles = open.map { middle(points[$0], points[$0 + 1]) }
      let movedMiddles = transformation.transformWhereDefined(middles)
      if movedMiddles.contains(where: { !$0.x.isFinite }) { return nil }
      var insertions: [Int: (Coordinate, Coordinate)] = [:]
      for (index, start) in open.enumerated() {
        let straight = middle(moved[start], moved[start + 1])
        let (dx, dy) = (movedMiddles[index].x - straight.x, movedMiddles[index].y - straight.y)
        if dx * dx + dy * dy > tolerance * tolerance { insertions[start] = (middles[index], movedMiddles[index]) }
      }
      if insertions.isEmpty { break }
      var newPoints: [Coordinate] = []
      var newMoved: [Coordinate] = []
      open = []
      for index in points.indices {
        newPoints.append(points[index])
        newMoved.append(moved[index])
        if let (point, place) = insertions[index] {
          open += [newPoints.count - 1, newPoints.count]
          newPoints.append(point)
          newMoved.append(place)
        }
      }
      (points, moved) = (newPoints, newMoved)
    }
    return moved
  }

  /// The chain with long edges cut into equal pieces.
  private func cut(_ chain: [Coordinate]) -> [Coordinate] {
    guard var last = chain.first else { return [] }
    var result = [last]
    for point in chain.dropFirst() {
      let (dx, dy) = (point.x - last.x, point.y - last.y)
      let length = (dx * dx + dy * dy).squareRoot()
      let pieces = min(10_000, Int((length / longestEdge).rounded(.up)))
      if pieces > 1 {
        for piece in 1..<pieces {
          // Weights on both ends, so that the reverse edge has the same points to the last bit.
          let (near, far) = (Double(pieces - piece), Double(piece))
          result.append(
            Coordinate(
              x: (last.x * near + point.x * far) / Double(pieces), y: (last.y * near + point.y * far) / Double(pieces)))
        }
      }
      result.append(point)
      last = point
    }
    return result
  }

  private func middle(_ a: Coordinate, _ b: Coordinate) -> Coordinate {
    Coordinate(x: (a.x + b.x) / 2, y: (a.y + b.y) / 2)
  }
}
