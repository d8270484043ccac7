import Grids

/// The buildings of the place: a few large ones placed by hand, and rows of others along the roads.
struct Buildings {
  private(set) var all: [Building] = []
  private let natural: NaturalGround
  private let earthworks: Earthworks
  private let heights: Grid<Double>

  /// Number of buildings after which nothing more is built.
  private static let limit = 250

  init(_ natural: NaturalGround, _ earthworks: Earthworks, _ heights: Grid<Double>) {
    self.natural = natural
    self.earthworks = earthworks
    self.heights = heights
    for building in Buildings.landmarks where isFree(building) { all.append(building) }
    var random = RandomNumbers(seed: 2024)
    // The centre first, then the rest along all roads in turn, so that no quarter is left out.
    let plan = natural.plan
    let roads = plan.roads + [plan.underpass]
    for frontage in [Road.Frontage.centre, .blocks, .homes] {
      for row in 0..<2 {
        for road in roads where road.frontage == frontage { line(road, row: row, &random) }
      }
    }
  }

  /// Schools, offices, shops and works: place, size, direction of the front, type, storeys, residents.
  private static let landmarks: [Building] = [
    landmark(300, 340, 46, 26, (0.55, 0.84), bent: false, "322", 3, 0),
    landmark(395, 320, 30, 14, (0.89, -0.45), bent: false, "321", 3, 0),
    landmark(312, 452, 34, 15, (0.96, -0.28), bent: false, "311", 5, 0),
    landmark(268, 462, 24, 14, (0.96, -0.28), bent: true, "311", 4, 0),
    landmark(395, 492, 44, 16, (0.96, -0.27), bent: true, "613", 2, 0),
    landmark(783, 648, 34, 22, (1, 0), bent: true, "719", 3, 64),
    landmark(752, 456, 34, 14, (1, 0), bent: true, "613", 2, 0),
    landmark(130, 468, 52, 22, (0.95, -0.3), bent: false, "219", 1, 0),
    landmark(60, 490, 40, 20, (0.95, -0.3), bent: true, "219", 2, 0),
    landmark(480, 205, 30, 14, (0.79, -0.61), bent: false, "146", 6, 52),
    landmark(440, 158, 28, 13, (0.85, -0.53), bent: false, "146", 5, 44),
    landmark(870, 838, 24, 13, (1, 0), bent: false, "612", 1, 0),
    landmark(985, 455, 9, 7, (0.8, 0.6), bent: false, "161", 1, 0),
  ]

  private static func landmark(
    _ x: Double, _ y: Double, _ length: Double, _ width: Double, _ front: (x: Double, y: Double), bent: Bool,
    _ type: String, _ storeys: Int, _ residents: Int
  ) -> Building {
    let size = (front.x * front.x + front.y * front.y).squareRoot()
    return Building(
      centre: Coordinate(x: x, y: y), length: length, width: width, front: (front.x / size, front.y / size),
      isBent: bent, type: type, storeys: storeys, residents: residents)
  }

  /// Builds on both sides of a road, in the first or second row.
  private mutating func line(_ road: Road, row: Int, _ random: inout RandomNumbers) {
    var chainage = 14.0
    while chainage < road.path.length - 10, all.count < Buildings.limit {
      let index = road.path.index(at: chainage)
      let direction = road.path.direction(at: index)
      let turn = random.between(-0.08, 0.08)
      let size = (1 + turn * turn).squareRoot()
      let front = ((direction.x - turn * direction.y) / size, (direction.y + turn * direction.x) / size)
      for side in [-1.0, 1] where random.unit() < (row == 0 ? 0.85 : 0.4) {
        let kind = BuildingKind.typical(of: road.frontage, &random)
        let away =
          road.kind.halfWidth + kind.width / 2 + random.between(kind.setback, kind.setback + 3)
          + Double(row) * (kind.width + random.between(9, 13))
        let point = road.path.points[index]
        let centre = Coordinate(x: point.x - side * direction.y * away, y: point.y + side * direction.x * away)
        add(kind.building(at: centre, front: front), garageWith: &random)
      }
      chainage += road.frontage == .homes ? random.between(25, 36) : random.between(30, 44)
    }
  }

  /// Builds where there is room; many a house gets a garage beside it.
  private mutating func add(_ building: Building, garageWith random: inout RandomNumbers) {
    let hasGarage = random.unit() < 0.3
    guard all.count < Buildings.limit, isFree(building) else { return }
    all.append(building)
    guard hasGarage, ["111", "121"].contains(building.type), all.count < Buildings.limit else { return }
    let away = building.length / 2 + 6
    let garage = Building(
      centre: Coordinate(
        x: building.centre.x + building.front.x * away, y: building.centre.y + building.front.y * away),
      length: 6.2, width: random.between(3.8, 6.4), front: building.front, isBent: false, type: "181", storeys: 1,
      residents: 0)
    if isFree(garage) { all.append(garage) }
  }

  /// Whether there is dry ground that is not too steep, and nothing else.
  private func isFree(_ building: Building) -> Bool {
    if all.contains(where: { $0.isNear(building, gap: 2) }) { return false }
    let plan = natural.plan
    var lowest = Double.infinity
    var highest = -Double.infinity
    for point in building.samples {
      guard point.x > 8, point.y > 8, point.x < Frame.width - 8, point.y < Frame.height - 8 else { return false }
      if natural.inland(point) < 8 || plan.river.nearest(to: point).distance < natural.riverHalfWidth(point) + 9 {
        return false
      }
      if plan.streams.contains(where: { $0.path.nearest(to: point).distance < 7 }) { return false }
      for (dx, dy) in [(-2.5, 0.0), (2.5, 0), (0, -2.5), (0, 2.5)]
      where earthworks.use.value(at: Coordinate(x: point.x + dx, y: point.y + dy)) != Use.none.rawValue {
        return false
      }
      if point.distance(to: Hollows.mire) < 50 { return false }
      lowest = min(lowest, heights.value(at: point))
      highest = max(highest, heights.value(at: point))
    }
    return highest - lowest < 1.4 + 0.13 * building.length
  }

  /// Levels the ground under the buildings and a little around them.
  func level(_ heights: inout Grid<Double>) {
    for building in all {
      let under = building.samples.map { heights.value(at: $0) }
      let floor = under.reduce(0, +) / Double(under.count)
      Buildings.forEachCell(around: building, within: 4) { column, row, distance in
        let share = 0.6 * (1 - smoothStep(distance, from: 0.5, to: 4))
        heights[column, row] += (floor - heights[column, row]) * share
      }
    }
  }

  /// 1 on the plots around the buildings.
  func plots(_ geometry: GridGeometry) -> Grid<UInt8> {
    let fences = Noise(seed: 8)
    var plots = Grid<UInt8>(geometry, repeating: 0)
    for building in all {
      Buildings.forEachCell(around: building, within: 26) { column, row, distance in
        let point = Frame.centre(column, row)
        let reach = 17 + 7 * fences.fractal(point.x, point.y, size: 40, octaves: 2, roughness: 0.5)
        if distance < reach { plots[column, row] = 1 }
      }
    }
    return plots
  }

  private static func forEachCell(
    around building: Building, within reach: Double, _ body: (_ column: Int, _ row: Int, _ distance: Double) -> Void
  ) {
    let radius = (building.length + building.width) / 2 + reach
    let middle = building.centre
    let low = Frame.cell(at: Coordinate(x: middle.x - radius, y: middle.y + radius))
    let high = Frame.cell(at: Coordinate(x: middle.x + radius, y: middle.y - radius))
    for row in low.row...high.row {
      for column in low.column...high.column {
        let distance = building.distance(to: Frame.centre(column, row))
        if distance < reach { body(column, row, distance) }
      }
    }
  }
}

/// A typical building of a quarter.
struct BuildingKind {
  let type: String
  let length: Double
  let width: Double
  let storeys: Int
  let residents: Int
  let isBent: Bool
  /// Least distance from the road, metres.
  let setback: Double

  /// What one finds along such a road.
  static func typical(of frontage: Road.Frontage, _ random: inout RandomNumbers) -> BuildingKind {
    switch frontage {
    case .centre:
      let type = random.pick(["146", "311", "321", "322", "146", "329"])
      let (length, width) = (random.between(15, 26), random.between(11, 14.5))
      let storeys = Int(random.between(2, 5.9))
      let residents = type == "146" ? Int(length * width * Double(storeys) / 48) : 0
      return BuildingKind(
        type: type, length: length, width: width, storeys: storeys, residents: residents,
        isBent: random.unit() < 0.25, setback: 2.8)
    case .blocks where random.unit() < 0.45:
      let (length, width) = (random.between(20, 32), random.between(11, 13))
      let storeys = Int(random.between(3, 5.9))
      return BuildingKind(
        type: "146", length: length, width: width, storeys: storeys,
        residents: Int(length * width * Double(storeys) / 52), isBent: random.unit() < 0.15, setback: 6)
    case .blocks, .homes:
      let type = random.pick(["111", "111", "111", "121", "131"])
      let isRow = type == "131"
      return BuildingKind(
        type: type, length: isRow ? random.between(20, 28) : random.between(9.5, 14),
        width: random.between(7.5, 10), storeys: 2,
        residents: isRow ? 6 + Int(random.unit() * 8) : 1 + Int(random.unit() * 4.8), isBent: random.unit() < 0.18,
        setback: 5)
    }
  }

  /// A building of this kind; sizes to the decimetre.
  func building(at centre: Coordinate, front: (x: Double, y: Double)) -> Building {
    Building(
      centre: centre, length: (length * 10).rounded() / 10, width: (width * 10).rounded() / 10, front: front,
      isBent: isBent, type: type, storeys: storeys, residents: residents)
  }
}
