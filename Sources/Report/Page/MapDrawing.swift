import Grids

/// Turns shapes into paths of a drawing with whole-number coordinates.
///
/// Neighbours that share corners still share them: each corner is rounded by itself. `tolerance` thins the outlines of
/// what has no neighbours (Douglas & Peucker 1973).
struct MapDrawing {
  /// What is drawn.
  let extent: Extent
  /// Width of the drawing in its own units.
  let width: Int
  /// Height of the drawing in its own units.
  let height: Int
  /// Metres of a unit.
  let unit: Double

  private struct Point: Hashable {
    var x: Int
    var y: Int
  }

  /// A drawing whose longer side has `size` units.
  init(_ extent: Extent, size: Int = 4000) {
    self.extent = extent
    let (east, north) = (max(extent.east - extent.west, 1e-9), max(extent.north - extent.south, 1e-9))
    unit = max(east, north) / Double(size)
    width = max(1, Int((east / unit).rounded(.up)))
    height = max(1, Int((north / unit).rounded(.up)))
  }

  /// Place of a coordinate, kept within reach of the drawing so that numbers stay short.
  private func place(_ coordinate: Coordinate, step: Int) -> Point {
    func rounded(_ value: Double) -> Int { Int((max(-9e6, min(9e6, value)) / Double(step)).rounded()) * step }
    return Point(x: rounded((coordinate.x - extent.west) / unit), y: rounded((extent.north - coordinate.y) / unit))
  }

  /// The paths of many shapes, thinned until all together have no more than `budget` corners.
  /// - Parameters:
  ///   - sharesBorders: Whether neighbours meet; then corners are only rounded, more coarsely the more there are.
  /// - Returns: One path for each shape, nil where nothing of it is large enough, and the units to which all was
  ///   rounded or thinned.
  func paths(of shapes: [Shape?], sharesBorders: Bool, budget: Int) -> (paths: [String?], tolerance: Int) {
    var tolerance = 1
    while true {
      var corners = 0
      var paths: [String?] = []
      paths.reserveCapacity(shapes.count)
      for shape in shapes {
        guard let shape, corners <= budget || tolerance >= 256 else {
          paths.append(nil)
          continue
        }
        let (path, count) = path(of: shape, sharesBorders: sharesBorders, tolerance: tolerance)
        corners += count
        paths.append(path)
      }
      if corners <= budget || tolerance >= 256 { return (paths, tolerance) }
      tolerance *= 2
    }
  }

  private func path(of shape: Shape, sharesBorders: Bool, tolerance: Int) -> (path: String?, corners: Int) {
    var path = ""
    var corners = 0
    func append(_ line: [Coordinate], closed: Bool) {
      var points: [Point] = []
      points.reserveCapacity(line.count)
      for coordinate in line {
        let point = place(coordinate, step: sharesBorders ? tolerance : 1)
        if points.last != point { points.append(point) }
      }
      if closed, points.count > 1, points.first == points.last { points.removeLast() }
      if !sharesBorders {
        // What is smaller than a unit each way would be a dot.
        let (xs, ys) = (points.map(\.x), points.map(\.y))
        let reach = max((xs.max() ?? 0) - (xs.min() ?? 0), (ys.max() ?? 0) - (ys.min() ?? 0))
        guard reach > tolerance else { return }
        points = Self.thinned(points, closed: closed, tolerance: Double(tolerance))
      }
      guard points.count > (closed ? 2 : 1) else { return }
      corners += points.count
      path += "M\(points[0].x) \(points[0].y)"
      var separator = "l"
      for (last, next) in zip(points, points.dropFirst()) {
        path += "\(separator)\(next.x - last.x) \(next.y - last.y)"
        separator = " "
      }
      if closed { path += "z" }
    }
    switch shape {
    case .point: break
    case .lines(let lines): for line in lines { append(line, closed: false) }
    case .polygons(let polygons): for polygon in polygons { for ring in polygon.rings { append(ring, closed: true) } }
    }
    return (path.isEmpty ? nil : path, corners)
  }

  /// The line with the corners that matter: none left out lies farther than `tolerance` from it.
  private static func thinned(_ points: [Point], closed: Bool, tolerance: Double) -> [Point] {
    guard points.count > 3 else { return points }
    var line = points
    if closed { line.append(points[0]) }
    var keep = [Bool](repeating: false, count: line.count)
    keep[0] = true
    keep[line.count - 1] = true
    var spans = [(0, line.count - 1)]
    if closed {
      // The corner farthest from the first splits the ring into two lines.
      let far = line.indices.max { distance(line[0], line[$0]) < distance(line[0], line[$1]) } ?? 0
      keep[far] = true
      spans = [(0, far), (far, line.count - 1)]
    }
    while let (first, last) = spans.popLast() {
      guard last - first > 1 else { continue }
      var (worst, place) = (tolerance, -1)
      for index in (first + 1)..<last {
        let offset = offset(of: line[index], from: line[first], line[last])
        if offset > worst { (worst, place) = (offset, index) }
      }
      guard place >= 0 else { continue }
      keep[place] = true
      spans.append((first, place))
      spans.append((place, last))
    }
    var result = line.indices.filter { keep[$0] }.map { line[$0] }
    if closed { result.removeLast() }
    return result
  }

  private static func distance(_ a: Point, _ b: Point) -> Double {
    let (x, y) = (Double(a.x - b.x), Double(a.y - b.y))
    return (x * x + y * y).squareRoot()
  }

  /// Distance of a point from a line through two others, or from the one point that they are.
  private static func offset(of point: Point, from first: Point, _ last: Point) -> Double {
    let length = distance(first, last)
    if length == 0 { return distance(point, first) }
    let cross = (last.x - first.x) * (point.y - first.y) - (last.y - first.y) * (point.x - first.x)
    return abs(Double(cross)) / length
  }

  /// A round length in metres of about a fifth of the drawing, for its scale bar.
  var scaleBar: Double {
    let target = Double(width) * unit / 5
    var power = 1e-3
    while power * 10 <= target { power *= 10 }
    return [5.0, 2, 1].map { $0 * power }.first { $0 <= target } ?? power
  }
}
