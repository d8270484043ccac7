import Geodata
import Grids

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Footprints of buildings that overlap neither each other nor roads and water.
struct Buildings {
  private struct Building {
    let x: Double
    let y: Double
    let length: Double
    let width: Double
    let angle: Double
    let isBent: Bool
    let type: String
    let storeys: Int
    let residents: Int

    /// Radius of a circle around it.
    var reach: Double { (length * length + width * width).squareRoot() / 2 }

    /// The outline, closed; L-shaped where it is bent.
    var outline: [(x: Double, y: Double)] {
      let (a, b) = (length / 2, width / 2)
      let corners: [(Double, Double)] =
        isBent
        ? [(-a, -b), (a, -b), (a, 0), (0, 0), (0, b), (-a, b), (-a, -b)]
        : [(-a, -b), (a, -b), (a, b), (-a, b), (-a, -b)]
      let (c, s) = (cos(angle), sin(angle))
      return corners.map { (x + c * $0.0 - s * $0.1, y + s * $0.0 + c * $0.1) }
    }

    var footprint: Double { isBent ? length * width * 0.75 : length * width }
  }

  private let buildings: [Building]
  private let crs: CoordinateReferenceSystem

  init(_ place: Place) {
    crs = place.geometry.crs
    var random = RandomNumbers(seed: 2024)
    var buildings: [Building] = []
    let landscape = place.landscape
    var tries = 0
    while buildings.count < 250, tries < 20_000 {
      tries += 1
      let x = random.between(12, 1188)
      let y = random.between(12, 988)
      let isCentre = Town.centre(x, y)
      guard isCentre || Town.homes(x, y) || random.unit() < 0.012 else { continue }
      let building = Self.building(x, y, isCentre: isCentre, landscape, &random)
      if Self.isFree(building, place, buildings) { buildings.append(building) }
    }
    self.buildings = buildings
  }

  private static func building(
    _ x: Double, _ y: Double, isCentre: Bool, _ landscape: Landscape, _ random: inout RandomNumbers
  ) -> Building {
    // Along the nearest road, more or less.
    let road =
      [landscape.mainRoad, landscape.terraceRoad, landscape.shoppingStreet, landscape.underpassRoad]
      .min { $0.nearest(x, y).distance < $1.nearest(x, y).distance } ?? landscape.mainRoad
    let index = road.chainage.firstIndex { $0 >= road.nearest(x, y).chainage } ?? 0
    let (a, b) = (road.points[max(0, index - 1)], road.points[min(road.points.count - 1, index + 1)])
    let angle = atan2(b.y - a.y, b.x - a.x) + random.between(-0.12, 0.12)
    if isCentre {
      let type = ["146", "161", "311", "321", "322", "613", "719"][Int(random.unit() * 7)]
      let isHome = type == "146"
      let storeys = Int(random.between(2, 6))
      let (length, width) = (random.between(18, 34), random.between(12, 18))
      let residents = isHome ? Int(length * width * Double(storeys) / 45) : 0
      return Building(
        x: x, y: y, length: length, width: width, angle: angle, isBent: random.unit() < 0.3, type: type,
        storeys: storeys, residents: residents)
    }
    if random.unit() < 0.16 {
      return Building(
        x: x, y: y, length: random.between(5, 8), width: random.between(4, 6.5), angle: angle, isBent: false,
        type: "181", storeys: 1, residents: 0)
    }
    let type = ["111", "111", "112", "121", "131"][Int(random.unit() * 5)]
    return Building(
      x: x, y: y, length: random.between(10, 15), width: random.between(8, 10.5), angle: angle,
      isBent: random.unit() < 0.15, type: type, storeys: 2, residents: 1 + Int(random.unit() * 4.8))
  }

  private static func isFree(_ building: Building, _ place: Place, _ others: [Building]) -> Bool {
    for other in others
    where Path.distance((building.x, building.y), (other.x, other.y)) < building.reach + other.reach + 2.5 {
      return false
    }
    let landscape = place.landscape
    let keepsClear =
      landscape.river.nearest(building.x, building.y).distance > building.reach + 14
      && landscape.railway.nearest(building.x, building.y).distance > building.reach + 9
      && landscape.stream.nearest(building.x, building.y).distance > building.reach + 8
      && Path.distance((building.x, building.y), landscape.underpass) > building.reach + 14
      && [landscape.mainRoad, landscape.terraceRoad, landscape.shoppingStreet, landscape.underpassRoad]
        .allSatisfy { $0.nearest(building.x, building.y).distance > building.reach * 0.8 + 5 }
    guard keepsClear else { return false }
    // Dry, known and not too steep ground below the whole footprint.
    let heights = building.outline.map { point -> Float in
      guard point.x > 4, point.y > 4, point.x < Double(Landscape.columns) - 4, point.y < Double(Landscape.rows) - 4
      else { return .nan }
      return place.ground[Int(point.x), Int(point.y)]
    }
    guard !heights.contains(where: \.isNaN), let low = heights.min(), let high = heights.max() else { return false }
    return low > 0.6 && high - low < 4
  }

  /// The layer of footprints.
  func layer(_ map: ((x: Double, y: Double)) -> Coordinate) -> FeatureLayer {
    FeatureLayer(
      name: "buildings", summary: "Buildings of a made-up place", crs: crs, shapeType: .polygons,
      fields: [
        Field("building_id", .text, "Identifier"), Field("bygningstype", .text, "Code of the building type"),
        Field("floor_area_m2", .real, unit: "m2", "Floor area of all storeys"),
        Field("residents", .integer, "Number of residents"),
      ],
      features: buildings.enumerated().map { number, building in
        let id = String(repeating: "0", count: 4 - String(number + 1).count) + String(number + 1)
        return Feature(
          shape: .polygons([Polygon(rings: [building.outline.map(map)])]),
          values: [
            .text(id), .text(building.type), .real((building.footprint * Double(building.storeys)).rounded()),
            .integer(Int64(building.residents)),
          ])
      })
  }
}
