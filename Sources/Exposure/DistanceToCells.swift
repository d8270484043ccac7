public import Grids

/// The distance from a surface to the nearest cell that meets a condition; 0 where one touches the surface.
///
/// Exact between the outline and the square of the cell. Cells are looked at ring by ring around the surface, so that
/// only those no farther than the nearest are.
/// - Parameters:
///   - polygons: Parts of the surface, in the reference system of the grid.
///   - geometry: The grid.
///   - radius: How far is looked, in units of the reference system.
///   - isMet: Whether the cell of a column and a row counts.
/// - Returns: nil where there is none within `radius`, or where the surface has no point.
public func distance(
  from polygons: [Polygon], toCellsOf geometry: GridGeometry, within radius: Double,
  where isMet: (_ column: Int, _ row: Int) -> Bool
) -> Double? {
  precondition(radius >= 0, "a radius is not negative")
  var touched: Double?
  var segments: [(a: Coordinate, b: Coordinate)] = []
  for polygon in polygons {
    for ring in polygon.rings { forEachEdge(of: ring) { segments.append(($0, $1)) } }
  }
  guard let first = segments.first?.a else { return nil }
  forEachCoveredRow(of: polygons, on: geometry) { row, start, coverage in
    guard touched == nil else { return }
    for (offset, weight) in coverage.enumerated() where weight > 0 && isMet(start + offset, row) {
      touched = 0
    }
  }
  if let touched { return touched }
  var (west, east, south, north) = (first.x, first.x, first.y, first.y)
  for segment in segments {
    (west, east) = (min(west, segment.a.x), max(east, segment.a.x))
    (south, north) = (min(south, segment.a.y), max(north, segment.a.y))
  }
  let size = min(geometry.cellWidth, geometry.cellHeight)
  func column(_ x: Double) -> Int { Int(((x - geometry.west) / geometry.cellWidth).rounded(.down)) }
  func row(_ y: Double) -> Int { Int(((geometry.north - y) / geometry.cellHeight).rounded(.down)) }
  let (left, right, top, bottom) = (column(west), column(east), row(north), row(south))
  var best = Double.infinity
  var ring = 0
  // A cell of ring k lies at least k − 1 cells off.
  while Double(ring - 1) * size <= min(best, radius) {
    func look(_ column: Int, _ row: Int) {
      guard column >= 0, column < geometry.columns, row >= 0, row < geometry.rows,
        isMet(column, row)
      else { return }
      let x = geometry.west + Double(column) * geometry.cellWidth
      let y = geometry.north - Double(row) * geometry.cellHeight
      let box = (west: x, south: y - geometry.cellHeight, east: x + geometry.cellWidth, north: y)
      for segment in segments { best = min(best, squaredDistance(segment, box).squareRoot()) }
    }
    if ring == 0 {
      for row in max(0, top)...max(0, top, min(bottom, geometry.rows - 1)) {
        for column in max(0, left)...max(0, left, min(right, geometry.columns - 1)) {
          look(column, row)
        }
      }
    } else {
      let (a, b) = (max(0, left - ring), min(geometry.columns - 1, right + ring))
      for row in [top - ring, bottom + ring] where a <= b {
        for column in a...b { look(column, row) }
      }
      let (c, d) = (max(0, top - ring + 1), min(geometry.rows - 1, bottom + ring - 1))
      for column in [left - ring, right + ring] where c <= d {
        for row in c...d { look(column, row) }
      }
    }
    ring += 1
  }
  return best <= radius ? best : nil
}

/// Squared distance between a segment and a box.
private func squaredDistance(
  _ segment: (a: Coordinate, b: Coordinate),
  _ box: (west: Double, south: Double, east: Double, north: Double)
) -> Double {
  let (dx, dy) = (segment.b.x - segment.a.x, segment.b.y - segment.a.y)
  // Where the segment is inside the box along each axis.
  var (enters, leaves) = (0.0, 1.0)
  for (from, length, low, high) in [
    (segment.a.x, dx, box.west, box.east), (segment.a.y, dy, box.south, box.north),
  ] {
    if length == 0 {
      if from < low || from > high { leaves = -1 }
    } else {
      let (s, t) = ((low - from) / length, (high - from) / length)
      enters = max(enters, min(s, t))
      leaves = min(leaves, max(s, t))
    }
  }
  if enters <= leaves { return 0 }
  // Apart, the shortest way begins at an end of the segment or at a corner of the box.
  func square(_ x: Double, _ y: Double) -> Double { x * x + y * y }
  var best = Double.infinity
  for end in [segment.a, segment.b] {
    best = min(
      best,
      square(
        max(box.west - end.x, 0, end.x - box.east), max(box.south - end.y, 0, end.y - box.north)))
  }
  let length = square(dx, dy)
  guard length > 0 else { return best }
  for (x, y) in [
    (box.west, box.south), (box.west, box.north), (box.east, box.south), (box.east, box.north),
  ] {
    let t = min(1, max(0, ((x - segment.a.x) * dx + (y - segment.a.y) * dy) / length))
    best = min(best, square(segment.a.x + t * dx - x, segment.a.y + t * dy - y))
  }
  return best
}

/// The distance from each surface to the nearest cell that holds a value, as ``distance(from:toCellsOf:within:where:)``.
/// - Parameters:
///   - surfaces: Surfaces by their parts; those without a part have no distance.
///   - mask: The grid.
///   - value: Value of the cells that count.
///   - radius: How far is looked, in units of the reference system.
///   - threads: Number of threads.
public func distances(
  from surfaces: [[Polygon]], to mask: Grid<UInt8>, equalTo value: UInt8, within radius: Double, threads: Int
) -> [Double?] {
  var distances: [Double?] = Array(repeating: nil, count: surfaces.count)
  distances.withUnsafeMutableBufferPointer { buffer in
    nonisolated(unsafe) let out = buffer
    parallelBlocks(of: surfaces.count, threads: threads, block: 32) { block in
      for index in block {
        out[index] = distance(from: surfaces[index], toCellsOf: mask.geometry, within: radius) { mask[$0, $1] == value }
      }
    }
  }
  return distances
}
