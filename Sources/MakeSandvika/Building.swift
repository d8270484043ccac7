import Grids

/// A building: a rectangle turned anyhow, or an L.
struct Building {
  let centre: Coordinate
  /// Along the front, metres.
  let length: Double
  /// Across it, metres.
  let width: Double
  /// Unit vector along the front.
  let front: (x: Double, y: Double)
  let isBent: Bool
  /// Three digits of the Norwegian register's building types.
  let type: String
  let storeys: Int
  let residents: Int

  /// Area of the footprint, square metres.
  var footprint: Double { length * width * (isBent ? 0.75 : 1) }

  /// The outline, closed.
  var outline: [Coordinate] {
    let (a, b) = (length / 2, width / 2)
    let corners: [(Double, Double)] =
      isBent
      ? [(-a, -b), (a, -b), (a, 0), (0, 0), (0, b), (-a, b), (-a, -b)]
      : [(-a, -b), (a, -b), (a, b), (-a, b), (-a, -b)]
    return corners.map(place)
  }

  /// Points over the whole rectangle, no farther apart than about three metres.
  var samples: [Coordinate] {
    let (columns, rows) = (max(2, Int(length / 3)), max(2, Int(width / 3)))
    return (0...rows).flatMap { row in
      (0...columns).map { column in
        place(
          ((Double(column) / Double(columns) - 0.5) * length, (Double(row) / Double(rows) - 0.5) * width))
      }
    }
  }

  /// Distance of a point from the rectangle; 0 inside.
  func distance(to point: Coordinate) -> Double {
    let (dx, dy) = (point.x - centre.x, point.y - centre.y)
    let along = max(0, abs(dx * front.x + dy * front.y) - length / 2)
    let across = max(0, abs(dy * front.x - dx * front.y) - width / 2)
    return (along * along + across * across).squareRoot()
  }

  /// Whether the rectangles come closer to each other than `gap`, by the separating-axis theorem.
  func isNear(_ other: Building, gap: Double) -> Bool {
    let (dx, dy) = (other.centre.x - centre.x, other.centre.y - centre.y)
    for axis in [front, (-front.y, front.x), other.front, (-other.front.y, other.front.x)] {
      let between = abs(dx * axis.0 + dy * axis.1)
      if between > extent(along: axis) + other.extent(along: axis) + gap { return false }
    }
    return true
  }

  private func extent(along axis: (Double, Double)) -> Double {
    let (u, v) = (axis.0 * front.x + axis.1 * front.y, axis.1 * front.x - axis.0 * front.y)
    return abs(u) * length / 2 + abs(v) * width / 2
  }

  private func place(_ corner: (Double, Double)) -> Coordinate {
    Coordinate(
      x: centre.x + front.x * corner.0 - front.y * corner.1, y: centre.y + front.y * corner.0 + front.x * corner.1)
  }
}
