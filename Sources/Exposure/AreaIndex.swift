public import Grids

/// Finds the areas that hold a point, fast for many points.
///
/// A point on the border that two areas share belongs to exactly one of them, so that areas without gaps and overlaps
/// take each asset once. Rings count by winding: a ring drawn twice still holds its inside.
public struct AreaIndex: Sendable {
  private let areas: [BandedArea]
  private let extent: Extent?
  private let side: Int
  /// Numbers of the areas whose box meets each square of the index, ascending.
  private let squares: [[Int32]]

  /// Prepares areas, each given by its parts.
  public init(_ areas: [[Polygon]]) {
    self.areas = areas.map(BandedArea.init)
    let boxes = self.areas.map(\.extent)
    let extent = boxes.reduce(nil as Extent?) { whole, box in
      guard let box else { return whole }
      return whole?.union(box) ?? box
    }
    let side = max(1, min(512, Int(Double(areas.count).squareRoot() * 2)))
    var squares: [[Int32]] = Array(repeating: [], count: side * side)
    if let extent {
      for (number, box) in boxes.enumerated() {
        guard let box else { continue }
        let columns =
          Self.square(
            box.west, extent.west, extent.east, side)...Self.square(
            box.east, extent.west, extent.east, side)
        let rows =
          Self.square(
            box.south, extent.south, extent.north, side)...Self.square(
            box.north, extent.south, extent.north, side)
        for row in rows {
          for column in columns { squares[row * side + column].append(Int32(number)) }
        }
      }
    }
    self.extent = extent
    self.side = side
    self.squares = squares
  }

  /// The first area, in the order given, that holds a point; nil where none does.
  public func firstArea(containing point: Coordinate) -> Int? {
    candidates(for: point).first { areas[Int($0)].contains(point) }.map(Int.init)
  }

  /// All areas that hold a point, in the order given.
  public func areas(containing point: Coordinate) -> [Int] {
    candidates(for: point).filter { areas[Int($0)].contains(point) }.map(Int.init)
  }

  /// The first area that holds each point; nil where none does, also for missing points.
  public func attribute(_ points: [Coordinate?], threads: Int) -> [Int?] {
    var result: [Int?] = Array(repeating: nil, count: points.count)
    result.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let result = buffer
      parallelBlocks(of: points.count, threads: threads) { block in
        for index in block { result[index] = points[index].flatMap { firstArea(containing: $0) } }
      }
    }
    return result
  }

  private func candidates(for point: Coordinate) -> [Int32] {
    guard let extent, point.x >= extent.west, point.x <= extent.east, point.y >= extent.south, point.y <= extent.north
    else { return [] }
    let column = Self.square(point.x, extent.west, extent.east, side)
    let row = Self.square(point.y, extent.south, extent.north, side)
    return squares[row * side + column]
  }

  private static func square(_ position: Double, _ low: Double, _ high: Double, _ side: Int) -> Int {
    guard high > low else { return 0 }
    return max(0, min(side - 1, Int((position - low) / (high - low) * Double(side))))
  }
}

/// The edges of an area in bands of equal height, so that a point meets only those at its own height.
private struct BandedArea: Sendable {
  let extent: Extent?
  private var bands: [[Edge]] = []

  private struct Edge: Sendable {
    var a: Coordinate
    var b: Coordinate
    /// Part times two; one more for a hole.
    var ring: Int32
  }

  init(_ parts: [Polygon]) {
    extent = Shape.polygons(parts).extent.flatMap { box in
      box.west.isFinite && box.east.isFinite && box.south.isFinite && box.north.isFinite ? box : nil
    }
    guard let extent else { return }
    let corners = parts.reduce(0) { $0 + $1.rings.reduce(0) { $0 + $1.count } }
    bands = Array(repeating: [], count: max(1, min(4096, corners / 8)))
    for (part, polygon) in parts.enumerated() {
      for (number, ring) in polygon.rings.enumerated() {
        forEachEdge(of: ring) { a, b in
          if a.y == b.y { return }
          let edge = Edge(a: a, b: b, ring: Int32(part * 2 + (number == 0 ? 0 : 1)))
          for band in band(of: min(a.y, b.y), extent)...band(of: max(a.y, b.y), extent) { bands[band].append(edge) }
        }
      }
    }
  }

  private func band(of y: Double, _ extent: Extent) -> Int {
    guard extent.north > extent.south else { return 0 }
    let position = (y - extent.south) / (extent.north - extent.south) * Double(bands.count)
    return max(0, min(bands.count - 1, Int(position)))
  }

  /// Whether a part has the point inside its shell and outside its holes.
  func contains(_ point: Coordinate) -> Bool {
    guard let extent, point.x >= extent.west, point.x <= extent.east, point.y >= extent.south, point.y <= extent.north
    else { return false }
    // Edges of a band come part by part, and in each part the shell first.
    var part: Int32 = -1
    var shell = 0
    var holes = 0
    for edge in bands[band(of: point.y, extent)] {
      if edge.ring >> 1 != part {
        if shell != 0 && holes == 0 { return true }
        part = edge.ring >> 1
        shell = 0
        holes = 0
      }
      guard let x = crossing(of: edge.a, edge.b, at: point.y), x > point.x else { continue }
      let turn = edge.b.y > edge.a.y ? 1 : -1
      if edge.ring & 1 == 0 { shell += turn } else { holes += turn }
    }
    return shell != 0 && holes == 0
  }
}

/// Calls `body` for each edge of a ring, which need not be closed.
func forEachEdge(of ring: [Coordinate], _ body: (Coordinate, Coordinate) -> Void) {
  guard var a = ring.last else { return }
  for b in ring {
    body(a, b)
    a = b
  }
}

/// Where an edge meets a height; its lower end counts as met, its upper end does not.
///
/// The arithmetic starts at the lower end whatever the edge's direction, so that neighbours that share an edge agree.
func crossing(of a: Coordinate, _ b: Coordinate, at y: Double) -> Double? {
  guard (a.y <= y) != (b.y <= y) else { return nil }
  let (low, high) = a.y < b.y ? (a, b) : (b, a)
  return low.x + (y - low.y) / (high.y - low.y) * (high.x - low.x)
}
