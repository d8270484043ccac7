import Grids

/// The shapes of a layer in longitude and latitude, as whole units of a decimal place, cleaned after rounding.
///
/// Rounding may make neighbouring points equal, so repeated points and zero-width spikes are dropped, shells run
/// counter-clockwise and holes clockwise (RFC 7946, section 3.1.6), and what has collapsed is tried again with two more
/// decimals. All coordinates lie in one array: a layer may have millions.
struct RoundedShapes {
  /// One feature's place in the arrays.
  struct Entry {
    /// Number of decimals of its coordinates.
    var decimals: Int
    /// Its parts (points, lines, polygons): where their rings end in `ringEnds`.
    var parts: Range<Int>
    /// Whether it had a shape that came to nothing.
    var collapsed: Bool
  }

  /// Ordinary number of decimals.
  let decimals: Int
  /// Number of decimals of features that collapse otherwise.
  var fineDecimals: Int { decimals + 2 }
  /// Longitudes and latitudes in turn, in units of the feature's last decimal.
  private(set) var coordinates: [Int64] = []
  /// End of each ring or line in `coordinates`.
  private(set) var ringEnds: [Int] = []
  /// End of each part in `ringEnds`.
  private(set) var partEnds: [Int] = []
  /// One per feature, in the order of the layer.
  private(set) var entries: [Entry] = []
  /// Least and greatest longitude and latitude in units of the finest decimal, or nil where there is no point.
  private(set) var bounds: (west: Int64, south: Int64, east: Int64, north: Int64)?
  /// Features written with more decimals.
  private(set) var finerFeatures = 0
  /// Polygons and lines of several that vanished at every precision.
  private(set) var droppedParts = 0
  /// Holes that vanished.
  private(set) var droppedHoles = 0

  private var ring: [Int64] = []

  init(decimals: Int) { self.decimals = decimals }

  /// Adds a feature: its shape's structure and all its points in longitude and latitude, in order.
  mutating func append(_ shape: Shape?, points: [Coordinate]) {
    let start = partEnds.count
    guard let shape else {
      entries.append(Entry(decimals: decimals, parts: start..<start, collapsed: false))
      return
    }
    let before = (coordinates.count, ringEnds.count, droppedHoles)
    var used = decimals
    if appendParts(shape, points, decimals) > 0 {
      coordinates.removeSubrange(before.0...)
      ringEnds.removeSubrange(before.1...)
      droppedHoles = before.2
      partEnds.removeSubrange(start...)
      used = fineDecimals
      let lost = appendParts(shape, points, fineDecimals)
      if partEnds.count > start {
        finerFeatures += 1
        droppedParts += lost
      }
    }
    let isEmpty = partEnds.count == start
    entries.append(Entry(decimals: used, parts: start..<partEnds.count, collapsed: isEmpty))
    let factor: Int64 = used == decimals ? 100 : 1
    for index in stride(from: before.0, to: coordinates.count, by: 2) {
      let x = coordinates[index] * factor
      let y = coordinates[index + 1] * factor
      if let box = bounds {
        bounds = (min(box.west, x), min(box.south, y), max(box.east, x), max(box.north, y))
      } else {
        bounds = (x, y, x, y)
      }
    }
  }

  /// Appends the parts that survive rounding; returns how many did not.
  private mutating func appendParts(_ shape: Shape, _ points: [Coordinate], _ decimals: Int) -> Int {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    var lost = 0
    var next = 0
    switch shape {
    case .point:
      coordinates.append(Int64((points[0].x * scale).rounded()))
      coordinates.append(Int64((points[0].y * scale).rounded()))
      ringEnds.append(coordinates.count)
      partEnds.append(ringEnds.count)
    case .lines(let lines):
      for line in lines {
        gather(points, next..<next + line.count, scale, asRing: false)
        next += line.count
        if ring.count >= 4 {
          coordinates.append(contentsOf: ring)
          ringEnds.append(coordinates.count)
          partEnds.append(ringEnds.count)
        } else {
          lost += 1
        }
      }
    case .polygons(let polygons):
      for polygon in polygons {
        var shellIsGone = polygon.rings.isEmpty
        for (number, original) in polygon.rings.enumerated() {
          let range = next..<next + original.count
          next += original.count
          if shellIsGone { continue }
          gather(points, range, scale, asRing: true)
          let area = twiceArea
          if ring.count >= 6 && area != 0 {
            appendRing(reversed: (area > 0) != (number == 0))
          } else if number == 0 {
            shellIsGone = true
          } else {
            droppedHoles += 1
          }
        }
        if shellIsGone { lost += 1 } else { partEnds.append(ringEnds.count) }
      }
    }
    return lost
  }

  /// Rounds points into `ring`, without repeated points and, for rings, without spikes and the closing point.
  private mutating func gather(_ points: [Coordinate], _ range: Range<Int>, _ scale: Double, asRing: Bool) {
    ring.removeAll(keepingCapacity: true)
    for index in range {
      let x = Int64((points[index].x * scale).rounded())
      let y = Int64((points[index].y * scale).rounded())
      let count = ring.count
      if count >= 2 && ring[count - 2] == x && ring[count - 1] == y { continue }
      if asRing && count >= 4 && ring[count - 4] == x && ring[count - 3] == y {
        ring.removeLast(2)
        continue
      }
      ring.append(x)
      ring.append(y)
    }
    guard asRing else { return }
    // The same rules across the place where the ring closes.
    while ring.count >= 4 {
      let count = ring.count
      let lastIsFirst = ring[count - 2] == ring[0] && ring[count - 1] == ring[1]
      let lastIsSpike = ring[count - 4] == ring[0] && ring[count - 3] == ring[1]
      if lastIsFirst || lastIsSpike {
        ring.removeLast(2)
      } else if ring[count - 2] == ring[2] && ring[count - 1] == ring[3] {
        ring.removeFirst(2)
      } else {
        break
      }
    }
  }

  /// Twice the signed area of `ring`, exact; positive when it runs counter-clockwise.
  private var twiceArea: Int128 {
    guard ring.count >= 6 else { return 0 }
    var sum: Int128 = 0
    for index in stride(from: 2, to: ring.count - 2, by: 2) {
      let ax = Int128(ring[index] - ring[0])
      let ay = Int128(ring[index + 1] - ring[1])
      let bx = Int128(ring[index + 2] - ring[0])
      let by = Int128(ring[index + 3] - ring[1])
      sum += ax * by - bx * ay
    }
    return sum
  }

  /// Appends `ring` with its first point again at the end.
  private mutating func appendRing(reversed: Bool) {
    coordinates.append(ring[0])
    coordinates.append(ring[1])
    let count = ring.count
    for step in stride(from: 2, to: count, by: 2) {
      let index = reversed ? count - step : step
      coordinates.append(ring[index])
      coordinates.append(ring[index + 1])
    }
    coordinates.append(ring[0])
    coordinates.append(ring[1])
    ringEnds.append(coordinates.count)
  }
}
