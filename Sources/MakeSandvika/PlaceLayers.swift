import Geodata
import Grids

/// The vector layers of the place, in map coordinates.
struct PlaceLayers {
  let place: Place
  private let geometry: GridGeometry

  init(_ place: Place) {
    self.place = place
    geometry = place.geometry
  }

  func all() throws -> [FeatureLayer] { [areas, buildings, roads, culverts, rail, try facilities()] }

  private var areas: FeatureLayer {
    layer(
      "areas", "Areas like basic statistical units", .polygons,
      [Field("area_id", .text, "Identifier"), Field("name", .text, "Name")],
      Areas().all.map { area in
        Feature(
          shape: .polygons([Polygon(rings: [area.ring.map(map)])]), values: [.text(area.id), .text(area.name)])
      })
  }

  private var buildings: FeatureLayer {
    layer(
      "buildings", "Footprints of buildings", .polygons,
      [
        Field("building_id", .text, "Identifier"), Field("bygningstype", .text, "Code of the building type"),
        Field("floor_area_m2", .real, unit: "m2", "Floor area of all storeys"),
        Field("residents", .integer, "Number of residents"),
      ],
      place.buildings.all.enumerated().map { number, building in
        Feature(
          shape: .polygons([Polygon(rings: [building.outline.map(map)])]),
          values: [
            .text(padded(number + 1)), .text(building.type),
            .real((building.footprint * Double(building.storeys) * 10).rounded() / 10),
            .integer(Int64(building.residents)),
          ])
      })
  }

  private var roads: FeatureLayer {
    layer(
      "roads", "Centre lines of roads", .lines,
      [Field("road_id", .text, "Identifier"), Field("name", .text, "Name"), Field("class", .text, "Class of road")],
      (place.plan.roads + [place.plan.underpass]).map { road in
        // Every tenth metre is enough for a map.
        let points = road.path.points.enumerated().filter {
          $0.offset % 5 == 0 || $0.offset == road.path.points.count - 1
        }
        return Feature(
          shape: .lines([points.map { map($0.element) }]),
          values: [.text(road.id), .text(road.name), .text(road.kind.rawValue)])
      })
  }

  private var rail: FeatureLayer {
    layer(
      "rail", "Centre line of the railway", .lines, [Field("rail_id", .text, "Identifier")],
      [
        Feature(
          shape: .lines([
            place.plan.railway.points.enumerated().filter { $0.offset % 5 == 0 && $0.element.x >= 0 }.map {
              map($0.element)
            }
          ]),
          values: [.text("j01")])
      ])
  }

  /// Schools and the like, as points.
  private func facilities() throws -> FeatureLayer {
    let kinds = ["612": "kindergarten", "613": "school", "719": "nursing home"]
    return layer(
      "facilities", "Schools, kindergartens and nursing homes", .point,
      [Field("facility_id", .text, "Identifier"), Field("kind", .text, "What it is")],
      try place.buildings.all.filter { kinds[$0.type] != nil }.enumerated().map { number, building in
        let point = try representativePoint(of: [Polygon(rings: [building.outline])])
        return Feature(
          shape: .point(map(point)),
          values: [.text("f\(padded(number + 1).suffix(2))"), .text(kinds[building.type] ?? "")])
      })
  }

  private var culverts: FeatureLayer {
    layer(
      "culverts", "Pipes that lead streams under embankments", .lines,
      [Field("culvert_id", .text, "Identifier"), Field("name", .text, "Name")],
      place.culverts.enumerated().map { number, culvert in
        Feature(
          shape: .lines([culvert.path.map(map)]),
          values: [.text("k\(padded(number + 1).suffix(2))"), .text("\(culvert.stream.name) under \(culvert.over)")])
      })
  }

  private func layer(
    _ name: String, _ summary: String, _ type: ShapeType, _ fields: [Field], _ features: [Feature]
  ) -> FeatureLayer {
    FeatureLayer(
      name: name, summary: "\(summary) of a made-up place; no real data", crs: geometry.crs, shapeType: type,
      fields: fields, features: features)
  }

  /// From the plan to map coordinates, to the centimetre.
  private func map(_ point: Coordinate) -> Coordinate {
    Coordinate(
      x: ((geometry.west + point.x) * 100).rounded() / 100, y: ((geometry.south + point.y) * 100).rounded() / 100)
  }

  /// Four digits with leading zeros.
  private func padded(_ number: Int) -> String {
    String(repeating: "0", count: 4 - String(number).count) + String(number)
  }
}
