import Grids

/// The made-up place: where its river, roads and hollows lie, and how high the ground is.
///
/// Coordinates are metres east and south of the north-western corner.
struct Landscape {
  static let columns = 1200
  static let rows = 1000

  let river = Path([
    (880, -30), (830, 90), (845, 190), (760, 290), (735, 380), (640, 450), (610, 560), (520, 640), (470, 740),
    (360, 800),
    (310, 900), (240, 960), (200, 1040),
  ])
  /// The stream that the main road dams.
  let stream = Path([(30, 330), (130, 380), (230, 395), (330, 440), (430, 465), (520, 520), (600, 545)])
  let mainRoad = Path([
    (330, -20), (365, 120), (400, 260), (405, 400), (395, 540), (330, 660), (300, 760), (150, 820), (-20, 845),
  ])
  let terraceRoad = Path([
    (1220, 260), (1090, 300), (1000, 400), (930, 520), (880, 640), (800, 760), (760, 880), (770, 1020),
  ])
  let shoppingStreet = Path([(330, 660), (400, 690), (450, 660), (530, 590)])
  let railway = Path([(1220, 560), (1100, 640), (1010, 760), (930, 900), (900, 1020)])
  /// The road that dives under the railway.
  let underpassRoad = Path([(880, 640), (940, 690), (1045, 712), (1120, 745), (1220, 790)])
  let ravines = [
    Path([(905, 330), (860, 350), (800, 345), (748, 345)]), Path([(860, 470), (800, 470), (730, 462), (660, 452)]),
    Path([(760, 620), (700, 610), (650, 590), (612, 568)]), Path([(660, 760), (600, 730), (540, 690), (500, 672)]),
  ]
  /// Where the main road crosses the stream.
  let crossing = (x: 403.0, y: 459.0)
  /// Where the underpass road crosses the railway.
  let underpass = (x: 1043.0, y: 711.0)
  let hollows: [Hollow]
  private let noise = Noise(seed: 11)
  /// Height of the track every ten metres along the railway.
  private var railLevels: [Double] = []

  /// A closed depression: a bowl of a radius and depth.
  struct Hollow {
    let x: Double
    let y: Double
    let radius: Double
    let depth: Double
  }

  init() {
    var random = RandomNumbers(seed: 4)
    // Three large hollows with smaller ones inside, on the terrace and on the plateau in the north-west.
    var hollows: [Hollow] = []
    for (x, y) in [(965.0, 640.0), (1010, 520), (150, 120)] {
      hollows.append(Hollow(x: x, y: y, radius: 46, depth: 1.3))
      for (dx, dy) in [(-17.0, -9.0), (16, -4), (1, 19)] {
        hollows.append(Hollow(x: x + dx, y: y + dy, radius: random.between(8, 11), depth: random.between(0.5, 0.9)))
      }
    }
    // The bowl of the shopping street.
    hollows.append(Hollow(x: 446, y: 674, radius: 46, depth: 1.5))
    for _ in 0..<70 {
      let radius = 2 + 24 * random.unit() * random.unit()
      hollows.append(
        Hollow(
          x: random.between(30, 1170), y: random.between(30, 970), radius: radius,
          depth: 0.25 + radius * random.between(0.03, 0.07)))
    }
    self.hollows = hollows
    // The track follows the ground, evened out over two hundred metres, six metres below it.
    let ground = stride(from: 0, through: railway.length, by: 10).map { chainage in
      let point = railway.point(at: chainage)
      return natural(point.x, point.y)
    }
    railLevels = ground.indices.map { index in
      let near = ground[max(0, index - 10)...min(ground.count - 1, index + 10)]
      return near.reduce(0, +) / Double(near.count) - 6
    }
  }

  /// Height of the track along the railway.
  private func railLevel(_ chainage: Double) -> Double {
    let place = min(Double(railLevels.count - 1), max(0, chainage / 10))
    let low = Int(place)
    let high = min(railLevels.count - 1, low + 1)
    return railLevels[low] + (place - Double(low)) * (railLevels[high] - railLevels[low])
  }

  /// Distance inland from the shore of the fjord; negative in the fjord.
  func inland(_ x: Double, _ y: Double) -> Double {
    let bay = Path.distance((x, y), (150, 1130)) - 262
    return bay + 14 * noise.fractal(x, y, size: 90, octaves: 3, roughness: 0.5)
  }

  /// Height of the river's bed along its way to the fjord.
  func riverBed(_ chainage: Double) -> Double {
    let share = min(1, max(0, 1 - chainage / (river.length - 90)))
    return 13 * share * (0.6 + 0.4 * share) - 0.4
  }

  /// Whether the ground is in the river.
  func isRiver(_ x: Double, _ y: Double) -> Bool { river.nearest(x, y).distance < riverHalfWidth(y) }

  private func riverHalfWidth(_ y: Double) -> Double { 5 + 4 * min(1, max(0, y / 1000)) }

  /// Height of the valley's floor without the river's bends.
  private func evenFall(_ y: Double) -> Double { 12.4 * min(1, max(0, 1 - y / 930)) }

  /// Height before streams, roads and small forms.
  private func natural(_ x: Double, _ y: Double) -> Double {
    let toRiver = river.nearest(x, y)
    let detail = noise.fractal(x + 500, y, size: 130, octaves: 4, roughness: 0.5)
    // Far from the river the nearest point of its bends jumps, so there the valley's even fall counts.
    let far = smooth(toRiver.distance, from: 25, to: 85)
    let floor = riverBed(toRiver.chainage) * (1 - far) + evenFall(y) * far
    let away = smooth(toRiver.distance, from: 40, to: 220)
    return floor + valley(toRiver.distance, east: toRiver.side > 0, detail) + away * 2.6 * detail
  }

  /// Height of the ground, metres above the sea.
  func height(_ x: Double, _ y: Double) -> Double {
    let toRiver = river.nearest(x, y)
    let bed = riverBed(toRiver.chainage)
    let micro = noise.fractal(x - 300, y + 200, size: 14, octaves: 4, roughness: 0.55)
    // Rougher in the hills than on the plain.
    var z = natural(x, y) + (0.07 + 0.2 * smooth(toRiver.distance, from: 40, to: 220)) * micro
    // Ravines and the stream end on the plain, not below it.
    z = max(carved(z, x, y), min(z, evenFall(y) + 2.3))
    z = builtUp(z, x, y)
    for hollow in hollows {
      let (dx, dy) = (x - hollow.x, y - hollow.y)
      let square = (dx * dx + dy * dy) / (hollow.radius * hollow.radius)
      if square < 1 { z -= hollow.depth * (1 - square) * (1 - square) }
    }
    // The river cuts through everything.
    let half = riverHalfWidth(y)
    if toRiver.distance < half + 6 {
      let bank = smooth(toRiver.distance, from: half - 2, to: half + 6)
      z = min(z, bed + bank * max(0.5, z - bed))
    }
    return atShore(z, x, y, micro)
  }

  /// Height above the river's bed by distance from the river.
  private func valley(_ distance: Double, east: Bool, _ detail: Double) -> Double {
    let plain = 1.4 + 0.9 * smooth(distance, from: 8, to: 60)
    if east {
      // A clay terrace: its slope up from the plain, its flat, and the hillside behind it.
      let edge = 62 + 22 * detail
      return plain + 24 * smooth(distance, from: edge, to: edge + 78) + 0.012 * max(0, distance - edge - 78)
        + rise(distance - 330 - 40 * detail, slope: 0.42)
    }
    let foot = 92 + 26 * detail
    return plain + rise(distance - foot, slope: 0.56) * 0.82
  }

  /// A slope that begins gently and flattens towards the top.
  private func rise(_ distance: Double, slope: Double) -> Double {
    if distance <= 0 { return 0 }
    let begun = distance * distance / (distance + 26)
    let top = 112.0
    return top * (1 - 1 / (1 + slope * begun / top + (slope * begun / top) * (slope * begun / top)))
  }

  /// Cuts ravines and the valley of the stream.
  private func carved(_ z: Double, _ x: Double, _ y: Double) -> Double {
    var z = z
    for ravine in ravines {
      let near = ravine.nearest(x, y)
      if near.distance < 26 {
        let share = near.chainage / ravine.length
        let depth = 8.5 * smooth(share, from: 0, to: 0.45) * (1 - 0.75 * smooth(share, from: 0.6, to: 1))
        z -= depth * (1 - smooth(near.distance, from: 1, to: 26))
      }
    }
    let near = stream.nearest(x, y)
    if near.distance < 34 {
      let depth = 7 * smooth(near.chainage, from: 0, to: 160) * (1 - smooth(near.chainage, from: 470, to: 600) * 0.85)
      z -= depth * (1 - smooth(near.distance, from: 2, to: 34))
    }
    return z
  }

  /// Lays roads, the embankment, the railway cutting and the underpass.
  private func builtUp(_ z: Double, _ x: Double, _ y: Double) -> Double {
    var z = z
    // The embankment: the road keeps its height where it crosses the stream's valley.
    let road = mainRoad.nearest(x, y)
    let fromCrossing = Path.distance((x, y), crossing)
    if fromCrossing < 95, road.distance < 26 {
      let along = mainRoad.point(at: road.chainage)
      let crown = natural(along.x, along.y) - 0.3
      z = max(z, crown - 0.55 * max(0, road.distance - 5.5))
    }
    let rail = railway.nearest(x, y)
    if rail.distance < 40 {
      let level = railLevel(rail.chainage)
      // Steep sides down to the track; where the ground is low the track lies on it.
      z = min(z, level + 0.62 * max(0, rail.distance - 5))
    }
    let under = underpassRoad.nearest(x, y)
    let toUnderpass = Path.distance((x, y), underpass)
    if toUnderpass < 70, under.distance < 16 {
      let track = railLevel(railway.nearest(underpass.x, underpass.y).chainage)
      let level = track - 4.8 + 10 * smooth(toUnderpass, from: 8, to: 68)
      z = min(z, level + 0.8 * max(0, under.distance - 4.5))
    }
    return z
  }

  /// Lets the land meet the sea, which is at exactly zero.
  private func atShore(_ z: Double, _ x: Double, _ y: Double, _ micro: Double) -> Double {
    let inland = inland(x, y)
    if inland <= 0 { return 0 }
    let beach = 0.35 + 0.075 * inland + 0.0009 * inland * inland + micro * min(0.3, 0.01 * inland)
    let land = min(z, beach)
    let toRiver = river.nearest(x, y)
    if toRiver.distance < riverHalfWidth(y), toRiver.chainage > river.length - 230 { return max(0, min(land, z)) }
    return max(0.05, land)
  }

  /// 0 below `from`, 1 above `to`, and a smooth step between.
  func smooth(_ value: Double, from: Double, to: Double) -> Double {
    let t = min(1, max(0, (value - from) / (to - from)))
    return t * t * (3 - 2 * t)
  }
}
