import Grids

/// Streams, ravines and the river, cut into the ground so that all of them run downhill to the fjord.
struct Watercourses {
  let plan: SitePlan
  let natural: NaturalGround
  private let banks = Noise(seed: 21)

  init(_ natural: NaturalGround) {
    self.natural = natural
    plan = natural.plan
  }

  /// Cuts all streams, then the river.
  func cut(into ground: inout Grid<Double>) {
    for stream in plan.streams { cut(stream, into: &ground) }
    cutRiver(into: &ground)
  }

  /// Levels of a stream's bed at the points of its path: never rising on the way.
  private func bed(of stream: Stream, in ground: Grid<Double>) -> [Double] {
    let path = stream.path
    let heights = path.points.map { ground.value(at: $0) }
    let end = max(0.05, (heights.last ?? 0) - (stream.depths.last?.1 ?? 0))
    var levels: [Double] = []
    var lowest = Double.infinity
    for index in path.points.indices {
      let depth = interpolate(stream.depths, at: path.chainage[index] / path.length)
      lowest = min(lowest, heights[index] - depth)
      // Never below what it runs into, and always some fall left.
      let least = end + 0.004 * (path.length - path.chainage[index])
      levels.append(max(lowest, least))
      lowest -= 0.004 * 2
    }
    // Without steps, which would show as stripes in the sides. What never rises does not rise when evened out.
    return levels.indices.map { index in
      let reach = min(11, index, levels.count - 1 - index)
      return levels[index - reach...index + reach].reduce(0, +) / Double(2 * reach + 1)
    }
  }

  private func cut(_ stream: Stream, into ground: inout Grid<Double>) {
    let levels = bed(of: stream, in: ground)
    Corridor(stream.path, reach: 80).forEachCell { column, row, distance, chainage in
      let point = Frame.centre(column, row)
      if natural.inland(point) <= 0 { return }
      let level = stream.path.interpolate(levels, at: chainage)
      // Spurs and hollows in the valley's sides, none at the stream itself.
      let wander = banks.fractal(point.x, point.y, size: 34, octaves: 3, roughness: 0.45)
      let away = max(0, distance - 1.2) * (1 + 0.18 * wander) + 3 * wander * smoothStep(distance, from: 3, to: 16)
      let side = level + stream.sideSlope * max(0, away)
      ground[column, row] = max(0.02, smoothMinimum(ground[column, row], side, rounding: 1.5))
    }
  }

  private func cutRiver(into ground: inout Grid<Double>) {
    Corridor(plan.river, reach: 40).forEachCell { column, row, distance, _ in
      let point = Frame.centre(column, row)
      if natural.inland(point) <= 0 { return }
      let level = natural.riverLevel(point)
      let half = natural.riverHalfWidth(point)
      if distance <= half {
        ground[column, row] = level
      } else {
        let bank = level + 0.1 + 0.4 * (distance - half)
        ground[column, row] = max(level + 0.05, smoothMinimum(ground[column, row], bank, rounding: 0.5))
      }
    }
  }
}
