/// A point in the plane.
public struct Coordinate: Sendable, Hashable {
  /// Easting (or longitude).
  public var x: Double
  /// Northing (or latitude).
  public var y: Double

  /// Makes a point.
  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// A surface with holes: the first ring is the shell.
///
/// Rings are closed: the first point stands again at the end.
public struct Polygon: Sendable, Hashable {
  /// Shell, then holes.
  public var rings: [[Coordinate]]

  /// Makes a polygon from closed rings.
  public init(rings: [[Coordinate]]) { self.rings = rings }

  /// Area by the shoelace formula: shell minus holes, whatever the rings' directions.
  public var area: Double {
    guard let shell = rings.first else { return 0 }
    return rings.dropFirst().reduce(abs(signedArea(of: shell))) { $0 - abs(signedArea(of: $1)) }
  }
}

/// Twice-halved shoelace sum of a closed ring, positive when it runs counter-clockwise.
public func signedArea(of ring: [Coordinate]) -> Double {
  guard let origin = ring.first else { return 0 }
  var sum = 0.0
  for (a, b) in zip(ring, ring.dropFirst()) {
    // Relative to the first point: easting and northing have seven digits before the point.
    sum += (a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y)
  }
  return sum / 2
}

/// What a feature looks like.
public enum Shape: Sendable, Hashable {
  /// One point.
  case point(Coordinate)
  /// One or more lines.
  case lines([[Coordinate]])
  /// One or more surfaces.
  case polygons([Polygon])

  /// The rectangle around the shape, or nil where it has no point.
  public var extent: Extent? {
    var points: [Coordinate]
    switch self {
    case .point(let point): points = [point]
    case .lines(let lines): points = lines.flatMap { $0 }
    case .polygons(let polygons): points = polygons.flatMap { $0.rings.flatMap { $0 } }
    }
    guard let first = points.popLast() else { return nil }
    var box = Extent(west: first.x, south: first.y, east: first.x, north: first.y)
    for point in points {
      box.west = min(box.west, point.x)
      box.east = max(box.east, point.x)
      box.south = min(box.south, point.y)
      box.north = max(box.north, point.y)
    }
    return box
  }
}
