import Grids

/// Whether a small polygon without holes is valid beyond doubt, found by looking at every pair of edges.
///
/// Most buildings are such polygons, for which GEOS takes twenty times as long. Where two edges touch but at the corner
/// they share, or nearly do, the answer is no, and GEOS decides.
func isPlainlyValid(_ polygon: Polygon) -> Bool {
  guard polygon.rings.count == 1 else { return false }
  return polygon.rings[0].withUnsafeBufferPointer { ring in
    let count = ring.count - 1
    guard (3...32).contains(count), ring[0] == ring[count] else { return false }
    for a in 0..<count {
      // The next edge must not fold back onto this one.
      let next = a + 1 == count ? 0 : a + 1
      if !isSurelyTurn(ring[a], ring[a + 1], ring[next + 1]) { return false }
      var b = a + 2
      let end = a == 0 ? count - 1 : count
      while b < end {
        if !areSurelyApart(ring[a], ring[a + 1], ring[b], ring[b + 1]) { return false }
        b += 1
      }
    }
    return true
  }
}

/// On which side of the line through two points a third lies: 1 or −1, or 0 where rounding leaves doubt.
@inline(__always)
private func side(_ a: Coordinate, _ b: Coordinate, _ c: Coordinate) -> Int {
  let left = (b.x - a.x) * (c.y - a.y)
  let right = (b.y - a.y) * (c.x - a.x)
  let value = left - right
  // Shewchuk (1997), section 3: the error is below 3.4e-16 of the terms' magnitudes; a hundred times that is kept off.
  let doubt = 4e-14 * (left.magnitude + right.magnitude)
  return value > doubt ? 1 : value < -doubt ? -1 : 0
}

/// Whether two edges that share a corner share nothing else.
private func isSurelyTurn(_ a: Coordinate, _ b: Coordinate, _ c: Coordinate) -> Bool {
  if side(a, b, c) != 0 { return true }
  // Straight on is fine, back is not.
  let along = (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y)
  return along > 0
}

/// Whether two edges surely have no point in common.
@inline(__always)
private func areSurelyApart(_ a: Coordinate, _ b: Coordinate, _ c: Coordinate, _ d: Coordinate) -> Bool {
  if max(a.x, b.x) < min(c.x, d.x) || max(c.x, d.x) < min(a.x, b.x) { return true }
  if max(a.y, b.y) < min(c.y, d.y) || max(c.y, d.y) < min(a.y, b.y) { return true }
  let (c1, d1) = (side(a, b, c), side(a, b, d))
  if c1 != 0, c1 == d1 { return true }
  let (a1, b1) = (side(c, d, a), side(c, d, b))
  return a1 != 0 && a1 == b1
}
