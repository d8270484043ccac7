import Grids

/// What lies on a cell where people have built.
enum Use: UInt8, Sendable {
  case none
  case road
  case railway
}

/// Roads and the railway laid into the ground: level along their lines, with cuttings and embankments at their sides.
struct Earthworks {
  let plan: SitePlan
  let natural: NaturalGround
  /// Roads and tracks.
  private(set) var use: Grid<UInt8>
  /// The ground before anything was built.
  let before: Grid<Double>

  init(_ natural: NaturalGround, on ground: Grid<Double>) {
    self.natural = natural
    plan = natural.plan
    before = ground
    use = Grid(ground.geometry, repeating: Use.none.rawValue)
  }

  /// Builds everything.
  mutating func build(on ground: inout Grid<Double>) {
    for road in plan.roads {
      lay(
        road.path, levels: Earthworks.evened(road.path, ground, over: road.kind.evenedOver),
        halfWidth: road.kind.halfWidth, use: .road, on: &ground)
    }
    // The street under the railway follows the ground as it was before the railway.
    let street = plan.underpass
    let streetLevels = underpassLevels(ground)
    let track = plan.railway.chainage.map { interpolate(plan.railwayLevels, at: $0) }
    lay(plan.railway, levels: track, halfWidth: 5, use: .railway, on: &ground)
    lay(street.path, levels: streetLevels, halfWidth: street.kind.halfWidth + 1, sides: 2.5, use: .road, on: &ground)
  }

  /// Level of a road: the ground under it, evened out; it begins and ends on the ground.
  private static func evened(_ path: Path, _ ground: Grid<Double>, over length: Double) -> [Double] {
    var levels = path.points.map { ground.value(at: $0) }
    for _ in 0..<3 {
      var sums = [0.0]
      for level in levels { sums.append(sums[sums.count - 1] + level) }
      levels = levels.indices.map { index in
        let reach = min(Int(length / 4), index, levels.count - 1 - index)
        return (sums[index + reach + 1] - sums[index - reach]) / Double(2 * reach + 1)
      }
    }
    return levels
  }

  /// Level of the street that dives under the railway.
  private func underpassLevels(_ ground: Grid<Double>) -> [Double] {
    let path = plan.underpass.path
    let levels = Earthworks.evened(path, ground, over: plan.underpass.kind.evenedOver)
    let crossing = path.points.indices.min {
      plan.railway.nearest(to: path.points[$0]).distance < plan.railway.nearest(to: path.points[$1]).distance
    }
    guard let crossing else { return levels }
    return levels.indices.map { index in
      let away = abs(path.chainage[index] - path.chainage[crossing])
      return min(levels[index], levels[crossing] - 1.9 + 0.055 * max(0, away - 9))
    }
  }

  /// Lays a line at its levels.
  /// - Parameter sides: Rise over run of the cutting's sides.
  private mutating func lay(
    _ path: Path, levels: [Double], halfWidth: Double, sides: Double = 0.7, use kind: Use, on ground: inout Grid<Double>
  ) {
    var use = use
    Corridor(path, reach: halfWidth + 60).forEachCell { column, row, distance, chainage in
      let point = Frame.centre(column, row)
      // Bridges are not part of the ground.
      if natural.inland(point) <= 0 { return }
      if plan.river.nearest(to: point).distance < natural.riverHalfWidth(point) + 4 { return }
      // A little lower at the edges, so that rain leaves the road.
      let level = path.interpolate(levels, at: chainage) - 0.025 * min(distance, halfWidth)
      let beside = max(0, distance - halfWidth)
      // A tunnel's portal is a wall.
      if kind == .railway, chainage > path.length - 0.1 { return }
      let height = ground[column, row]
      ground[column, row] = max(level - 0.62 * beside, min(level + sides * beside, height))
      if distance <= halfWidth { use[column, row] = kind.rawValue }
    }
    self.use = use
  }

  /// Pipes where works have dammed a stream: each from where its bed is free above to where it is free below.
  func culverts(_ ground: Grid<Double>) -> [(path: [Coordinate], stream: Stream, over: String)] {
    plan.streams.flatMap { stream in
      let points = stream.path.points
      let raised = points.map { ground.value(at: $0) - before.value(at: $0) }
      var found: [(path: [Coordinate], stream: Stream, over: String)] = []
      var index = 0
      while index < points.count {
        guard raised[index] > 0.3, Earthworks.isInside(points[index]) else {
          index += 1
          continue
        }
        var last = index
        // Two lanes side by side share one pipe.
        while last + 1 < points.count, raised[last + 1...min(points.count - 1, last + 4)].contains(where: { $0 > 0.08 })
        {
          last += 1
        }
        let first =
          index
          - (raised[..<index].reversed().firstIndex { $0 < 0.08 }.map { raised.distance(from: $0.base, to: index) } ?? 0)
        let range = max(0, first - 3)...min(points.count - 1, last + 3)
        found.append((Array(points[range]), stream, crossed(points[(index + last) / 2])))
        index = last + 1
      }
      return found
    }
  }

  /// Name of the road or railway at a point.
  private func crossed(_ point: Coordinate) -> String {
    var lines = (plan.roads + [plan.underpass]).map { (name: $0.name, path: $0.path) }
    lines.append(("jernbanen", plan.railway))
    return lines.min { $0.path.nearest(to: point).distance < $1.path.nearest(to: point).distance }?.name ?? ""
  }

  private static func isInside(_ point: Coordinate) -> Bool {
    point.x > 0 && point.y > 0 && point.x < Frame.width && point.y < Frame.height
  }
}
