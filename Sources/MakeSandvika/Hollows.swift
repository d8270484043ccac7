import Grids

/// Closed depressions of all sizes, some of them inside others.
struct Hollows {
  /// A bowl of an irregular outline.
  struct Hollow {
    let centre: Coordinate
    /// Radius along its long axis, metres.
    let radius: Double
    let depth: Double
    /// Width by length.
    var slimness = 1.0
    /// Direction of its long axis.
    var axis = (x: 1.0, y: 0.0)
    /// Whether the ground around is made level first, so that the whole depth holds water.
    var isLevelled = true
  }

  /// The bowl in which the shopping street lies.
  static let shoppingStreet = Hollow(
    centre: Coordinate(x: 378, y: 355), radius: 52, depth: 0.65, slimness: 0.5, axis: (0.89, -0.45))
  /// The mire on the western hill, with two pools.
  static let mire = Coordinate(x: 58, y: 934)

  private let outlines = Noise(seed: 31)

  /// The hollows that are placed by hand: the shopping street, quarters in the town and on the terrace, and three
  /// large ones with smaller ones inside.
  private static var placed: [Hollow] {
    var hollows = [shoppingStreet]
    for (x, y, radius, depth) in [
      (185.0, 420.0, 34.0, 0.55), (442, 585, 34, 0.6), (528, 868, 30, 0.5), (238, 588, 30, 0.5), (800, 405, 30, 0.5),
      (962, 738, 24, 0.5), (500, 200, 26, 0.45),
    ] {
      hollows.append(Hollow(centre: Coordinate(x: x, y: y), radius: radius, depth: depth, slimness: 0.75))
    }
    for (x, y, radius, depth, inner) in [
      (898.0, 668.0, 40.0, 1.1, [(-15.0, -8.0, 8.0, 0.5), (15, -10, 7, 0.35), (3, 17, 10, 0.6)]),
      (mire.x, mire.y, 34, 0.8, [(-12, 6, 8, 0.45), (12, -6, 9, 0.5)]),
      (742, 420, 24, 0.8, [(-8, 4, 5, 0.35), (8, -3, 6, 0.4)]),
    ] {
      hollows.append(Hollow(centre: Coordinate(x: x, y: y), radius: radius, depth: depth, slimness: 0.8))
      for (dx, dy, small, deep) in inner {
        hollows.append(
          Hollow(centre: Coordinate(x: x + dx, y: y + dy), radius: small, depth: deep, isLevelled: false))
      }
    }
    return hollows
  }

  /// Digs all hollows; the small ones where there is room on gentle ground.
  func dig(into ground: inout Grid<Double>, avoiding use: Grid<UInt8>, _ natural: NaturalGround) {
    for hollow in Hollows.placed { dig(hollow, into: &ground) }
    var random = RandomNumbers(seed: 32)
    var taken = Hollows.placed
    // Many small ones, few large ones.
    let radii =
      [26, 22, 19, 17] + (0..<8).map { _ in random.between(9, 15) } + (0..<18).map { _ in random.between(4, 9) }
      + (0..<26).map { _ in random.between(1.2, 4) }
    for radius in radii {
      for _ in 0..<400 {
        let centre = Coordinate(x: random.between(25, 1175), y: random.between(25, 975))
        let turn = random.between(-1, 1)
        let length = (1 + turn * turn).squareRoot()
        let hollow = Hollow(
          centre: centre, radius: radius, depth: 0.12 + radius * random.between(0.02, 0.06),
          slimness: random.between(0.55, 1), axis: (1 / length, turn / length))
        let isFree = taken.allSatisfy { $0.centre.distance(to: centre) > 1.5 * ($0.radius + radius) }
        guard isFree, isSuitable(hollow, ground, use, natural) else { continue }
        dig(hollow, into: &ground)
        taken.append(hollow)
        break
      }
    }
  }

  /// Whether a hollow would lie on gentle dry ground without works.
  private func isSuitable(
    _ hollow: Hollow, _ ground: Grid<Double>, _ use: Grid<UInt8>, _ natural: NaturalGround
  ) -> Bool {
    let reach = 1.5 * hollow.radius
    var lowest = Double.infinity
    var highest = -Double.infinity
    for (dx, dy) in [(-1.0, 0.0), (1, 0), (0, -1), (0, 1), (0.7, 0.7), (-0.7, 0.7), (0.7, -0.7), (-0.7, -0.7), (0, 0)] {
      for share in [0.5, 1] {
        let point = Coordinate(x: hollow.centre.x + dx * reach * share, y: hollow.centre.y + dy * reach * share)
        let height = ground.value(at: point)
        lowest = min(lowest, height)
        highest = max(highest, height)
        if use.value(at: point) != Use.none.rawValue || natural.inland(point) < 6 { return false }
        if natural.plan.river.nearest(to: point).distance < 22 { return false }
        if natural.plan.streams.contains(where: { $0.path.nearest(to: point).distance < 14 }) { return false }
      }
    }
    return highest - lowest < 0.35 + 0.1 * hollow.radius
  }

  private func dig(_ hollow: Hollow, into ground: inout Grid<Double>) {
    let level = rim(hollow, ground)
    let reach = Int(hollow.radius * 1.9) + 1
    let middle = Frame.cell(at: hollow.centre)
    for row in max(0, middle.row - reach)...min(Frame.rows - 1, middle.row + reach) {
      for column in max(0, middle.column - reach)...min(Frame.columns - 1, middle.column + reach) {
        let point = Frame.centre(column, row)
        let (dx, dy) = (point.x - hollow.centre.x, point.y - hollow.centre.y)
        let along = dx * hollow.axis.x + dy * hollow.axis.y
        let across = (dy * hollow.axis.x - dx * hollow.axis.y) / hollow.slimness
        let wander =
          1 + 0.22 * outlines.fractal(point.x, point.y, size: 0.9 * hollow.radius, octaves: 2, roughness: 0.5)
        let away = (along * along + across * across).squareRoot() / hollow.radius * wander
        if hollow.isLevelled {
          let share = 1 - smoothStep(away, from: 0.95, to: 1.7)
          ground[column, row] += (level - ground[column, row]) * share
        }
        if away < 1 { ground[column, row] -= hollow.depth * (1 - away * away) }
      }
    }
  }

  /// Mean height around a hollow.
  private func rim(_ hollow: Hollow, _ ground: Grid<Double>) -> Double {
    let directions = [(1.0, 0.0), (0.7, 0.7), (0, 1), (-0.7, 0.7), (-1, 0), (-0.7, -0.7), (0, -1), (0.7, -0.7)]
    let heights = directions.map { u, v in
      let along = u * hollow.radius
      let across = v * hollow.radius * hollow.slimness
      return ground.value(
        at: Coordinate(
          x: hollow.centre.x + along * hollow.axis.x - across * hollow.axis.y,
          y: hollow.centre.y + along * hollow.axis.y + across * hollow.axis.x))
    }
    return heights.reduce(0, +) / Double(heights.count)
  }
}
