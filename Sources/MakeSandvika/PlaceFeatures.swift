import Geodata
import Grids

/// The vector layers of the place.
struct PlaceFeatures {
  let areas: FeatureLayer
  let buildings: FeatureLayer
  let roads: FeatureLayer
  let culverts: FeatureLayer

  init(_ place: Place) {
    let geometry = place.geometry
    /// From metres east and south of the corner to map coordinates, to the centimetre.
    func map(_ point: (x: Double, y: Double)) -> Coordinate {
      Coordinate(
        x: ((geometry.west + point.x) * 100).rounded() / 100, y: ((geometry.north - point.y) * 100).rounded() / 100)
    }
    areas = Self.areas(geometry, map)
    buildings = Buildings(place).layer(map)
    let landscape = place.landscape
    roads = FeatureLayer(
      name: "roads", summary: "Roads of a made-up place", crs: geometry.crs, shapeType: .lines,
      fields: [
        Field("road_id", .text, "Identifier"), Field("name", .text, "Name"), Field("class", .text, "Class of road"),
      ],
      features: [
        ("v1", "Kystveien", "main", landscape.mainRoad), ("v2", "Terrasseveien", "collector", landscape.terraceRoad),
        ("v3", "Storgata", "street", landscape.shoppingStreet),
        ("v4", "Undergangen", "collector", landscape.underpassRoad),
      ].map { id, name, kind, path in
        // Every tenth metre is enough for a map.
        let points = path.points.enumerated().filter { $0.offset % 5 == 0 || $0.offset == path.points.count - 1 }
        return Feature(
          shape: .lines([points.map { map($0.element) }]), values: [.text(id), .text(name), .text(kind)])
      })
    culverts = FeatureLayer(
      name: "culverts", summary: "Culverts of a made-up place", crs: geometry.crs, shapeType: .lines,
      fields: [Field("culvert_id", .text, "Identifier"), Field("name", .text, "Name")],
      features: [
        Feature(
          shape: .lines([Self.culvert(landscape, map)]), values: [.text("k1"), .text("Bekken under Kystveien")])
      ])
  }

  /// The stream's own way under the embankment, from toe to toe.
  private static func culvert(
    _ landscape: Landscape, _ map: ((x: Double, y: Double)) -> Coordinate
  ) -> [Coordinate] {
    let middle = landscape.stream.nearest(landscape.crossing.x, landscape.crossing.y).chainage
    return landscape.stream.points.indices.filter { abs(landscape.stream.chainage[$0] - middle) < 34 }
      .map { map(landscape.stream.points[$0]) }
  }

  /// Sixteen areas that share their borders exactly, one of them partly outside the terrain, and one far outside.
  private static func areas(
    _ geometry: GridGeometry, _ map: ((x: Double, y: Double)) -> Coordinate
  ) -> FeatureLayer {
    var random = RandomNumbers(seed: 77)
    let (width, height) = (Double(geometry.columns), Double(geometry.rows))
    let side = 4
    /// Corners and the points between them on a shaken lattice, made once and used by both neighbours.
    var points: [[(x: Double, y: Double)]] = []
    let fine = side * 4
    for row in 0...fine {
      points.append(
        (0...fine).map { column in
          let isBorder = row == 0 || column == 0 || row == fine || column == fine
          let shake = isBorder ? 0.0 : 17.0
          return (
            Double(column) / Double(fine) * width + random.between(-shake, shake),
            Double(row) / Double(fine) * height + random.between(-shake, shake)
          )
        })
    }
    // The north-eastern area reaches beyond the terrain.
    for step in 0...4 {
      points[0][fine - 4 + step].y -= step == 0 ? 0 : 70
      points[step][fine].x += step == 4 ? 0 : 90
    }
    let names = [
      "Løkkeåsen", "Bjørkelia", "Nordre Åmot", "Tårnhøyden", "Kråkehaugen", "Elvesletta", "Sletteløkka", "Østerlia",
      "Bekkedalen", "Storgata vest", "Terrassen sør", "Jernbaneskjæringen", "Sjøvika", "Brygga", "Æsvika",
      "Søndre Høgda",
    ]
    var features: [Feature] = []
    for row in 0..<side {
      for column in 0..<side {
        let (r, c) = (row * 4, column * 4)
        let ring =
          (0..<4).map { points[r][c + $0] } + (0..<4).map { points[r + $0][c + 4] }
          + (0..<4).map { points[r + 4][c + 4 - $0] } + (0...4).map { points[r + 4 - $0][c] }
        let number = row * side + column
        features.append(
          Feature(
            shape: .polygons([Polygon(rings: [ring.map(map)])]),
            values: [.text("0999" + (number < 9 ? "010\(number + 1)" : "01\(number + 1)")), .text(names[number])]))
      }
    }
    let far = [(2000.0, 300.0), (2250, 320), (2230, 560), (1990, 540), (2000, 300)].map { map(($0.0, $0.1)) }
    features.append(
      Feature(shape: .polygons([Polygon(rings: [far])]), values: [.text("09990201"), .text("Øya utenfor")]))
    return FeatureLayer(
      name: "areas", summary: "Areas of a made-up place, like basic statistical units", crs: geometry.crs,
      shapeType: .polygons,
      fields: [Field("area_id", .text, "Identifier"), Field("name", .text, "Name")], features: features)
  }
}
