import Grids

/// Areas like basic statistical units: they share their winding borders and cover the whole frame.
struct Areas {
  /// Identifier, name and closed outline of each area.
  let all: [(id: String, name: String, ring: [Coordinate])]

  /// Name and middle of the areas that cover the frame.
  private static let seeds: [(String, Coordinate)] = [
    ("Løkkeåsen", at(110, 890)), ("Løkkeåsen sør", at(170, 690)), ("Åsgata", at(400, 850)),
    ("Nordre Mæle", at(1080, 930)), ("Elvebredden", at(500, 640)), ("Mælumjordet", at(900, 690)),
    ("Østre Mælum", at(1105, 650)), ("Ravinene", at(730, 770)), ("Stasjonsområdet", at(190, 510)),
    ("Torget", at(375, 385)), ("Bryggene", at(190, 330)), ("Mælumsletta", at(700, 460)),
    ("Sjøholmen vest", at(620, 90)), ("Sjøholmen øst", at(880, 120)), ("Bekkedalen", at(960, 370)),
    ("Ytre fjord", at(230, 110)),
  ]

  private let bends = Noise(seed: 77)

  init() {
    let bends = bends
    var known: [Coordinate] = []
    /// The same corner, computed from two sides, is the same to the last bit.
    func shared(_ point: Coordinate) -> Coordinate {
      if let twin = known.first(where: { $0.distance(to: point) < 0.01 }) { return twin }
      known.append(point)
      return point
    }
    all =
      Areas.seeds.indices.map { index in
        let corners = Areas.cell(of: index).map(shared)
        var ring: [Coordinate] = []
        for (a, b) in zip(corners, corners.dropFirst() + corners.prefix(1)) {
          ring += Areas.bent(a, b, bends).dropLast()
        }
        // The north-eastern area reaches beyond the frame.
        if index == 3 { ring = ring.map(Areas.pushedOut) }
        if let first = ring.first { ring.append(first) }
        return (Areas.id(100 + index + 1), Areas.seeds[index].0, ring)
      } + [(Areas.id(201), "Øya utenfor", Areas.island)]
  }

  /// Eight digits, the first of them a zero, so that nobody takes identifiers for numbers.
  private static func id(_ number: Int) -> String { "09990\(number)" }

  private static func at(_ x: Double, _ y: Double) -> Coordinate { Coordinate(x: x, y: y) }

  /// An area that lies outside the frame altogether.
  private static let island = [at(2000, 700), at(1990, 460), at(2230, 440), at(2250, 680), at(2000, 700)]

  /// The part of the frame that is nearer to one seed than to all others, as a convex ring that is not closed.
  private static func cell(of index: Int) -> [Coordinate] {
    var ring = [at(0, 0), at(Frame.width, 0), at(Frame.width, Frame.height), at(0, Frame.height)]
    let own = seeds[index].1
    for (other, seed) in seeds.enumerated() where other != index {
      let (dx, dy) = (seed.1.x - own.x, seed.1.y - own.y)
      let middle = at((seed.1.x + own.x) / 2, (seed.1.y + own.y) / 2)
      /// Positive on the other seed's side of the line between the two.
      func beyond(_ point: Coordinate) -> Double { (point.x - middle.x) * dx + (point.y - middle.y) * dy }
      var kept: [Coordinate] = []
      for (a, b) in zip(ring, ring.dropFirst() + ring.prefix(1)) {
        let (u, v) = (beyond(a), beyond(b))
        if u <= 0 { kept.append(a) }
        if (u < 0 && v > 0) || (u > 0 && v < 0) {
          let share = u / (u - v)
          kept.append(at(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share))
        }
      }
      ring = kept
    }
    return ring
  }

  /// The border from one corner to another, bent where it does not lie on the frame.
  private static func bent(_ a: Coordinate, _ b: Coordinate, _ bends: Noise) -> [Coordinate] {
    // Both neighbours must find the same points, so the border is always walked the same way.
    let isForward = (a.x, a.y) < (b.x, b.y)
    let (from, to) = isForward ? (a, b) : (b, a)
    let pieces = max(1, Int(from.distance(to: to) / 24))
    let points = (0...pieces).map { piece in
      let share = Double(piece) / Double(pieces)
      let point = at(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share)
      let inside = min(min(point.x, Frame.width - point.x), min(point.y, Frame.height - point.y))
      let freedom = 24 * smoothStep(inside, from: 0, to: 60)
      return at(
        point.x + freedom * bends.fractal(point.x, point.y, size: 75, octaves: 3, roughness: 0.55),
        point.y + freedom * bends.fractal(point.x + 600, point.y, size: 75, octaves: 3, roughness: 0.55))
    }
    return isForward ? points : points.reversed()
  }

  /// Points on the frame's edge near its north-eastern corner, moved outwards; its neighbours' points stay.
  private static func pushedOut(_ point: Coordinate) -> Coordinate {
    let onEast = point.x >= Frame.width - 0.01
    let onNorth = point.y >= Frame.height - 0.01
    let east = onEast ? 95 * smoothStep(point.y, from: 820, to: 900) : 0
    let north = onNorth ? 75 * smoothStep(point.x, from: 900, to: 1000) : 0
    return at(point.x + east, point.y + north)
  }
}
