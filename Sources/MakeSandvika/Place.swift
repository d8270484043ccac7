import Grids

/// The rasters of the place.
struct Place {
  let landscape = Landscape()
  let geometry: GridGeometry
  /// Elevation, metres, whole centimetres; NaN where the survey has gaps.
  let ground: Grid<Float>
  /// AR5 land cover.
  let landCover: Grid<Int32>
  /// NGU superficial deposits.
  let deposits: Grid<Int32>
  /// 1 where marine clay is possible.
  let marineClay: Grid<Int32>

  init(crs: CoordinateReferenceSystem) {
    let geometry = GridGeometry(
      columns: Landscape.columns, rows: Landscape.rows, west: 583_400, north: 6_641_000, cellWidth: 1, cellHeight: 1,
      crs: crs)
    let landscape = landscape
    let gaps = Noise(seed: 5)
    var ground = Grid<Float>(geometry, repeating: 0)
    ground.forEachRow(threads: 2) { row, cells in
      for column in 0..<cells.count {
        let x = Double(column) + 0.5
        let y = Double(row) + 0.5
        // Ragged gaps: beyond the survey in the south-eastern corner, and under a quay at the shore.
        let ragged = 9 * gaps.fractal(x, y, size: 18, octaves: 3, roughness: 0.6)
        let corner = Path.distance((x, y), (1200, 1000)) + ragged < 28
        let quay = abs(x - 352) < 15 + 0.3 * ragged && abs(y - 951) < 4 + 0.2 * ragged
        let centimetres = (landscape.height(x, y) * 100).rounded()
        cells[column] = corner || quay ? .nan : Float(centimetres / 100)
      }
    }
    let surveyed = ground
    var landCover = Grid<Int32>(geometry, repeating: 0)
    landCover.forEachRow(threads: 2) { row, cells in
      for column in 0..<cells.count {
        cells[column] = Place.landCover(landscape, Double(column) + 0.5, Double(row) + 0.5)
      }
    }
    let covers = landCover
    var deposits = Grid<Int32>(geometry, repeating: 0)
    deposits.forEachRow(threads: 2) { row, cells in
      for column in 0..<cells.count {
        let slope = Place.slope(surveyed, column, row)
        cells[column] = Place.deposit(
          landscape, covers[column, row], slope, Double(column) + 0.5, Double(row) + 0.5)
      }
    }
    self.geometry = geometry
    self.ground = ground
    self.landCover = landCover
    self.deposits = deposits
    marineClay = Grid(
      geometry,
      cells: (0..<geometry.count).map { index in
        // The limit is the highest level that the sea has reached since the ice.
        [41, 43, 50, 42].contains(deposits[index]) && (ground[index].isNaN || ground[index] < 60) ? 1 : 0
      })
  }

  /// Slope over a few metres, as rise over run.
  private static func slope(_ ground: Grid<Float>, _ column: Int, _ row: Int) -> Double {
    let west = ground[max(0, column - 3), row]
    let east = ground[min(ground.columns - 1, column + 3), row]
    let north = ground[column, max(0, row - 3)]
    let south = ground[column, min(ground.rows - 1, row + 3)]
    let (dx, dy) = (Double(east - west) / 6, Double(south - north) / 6)
    return dx.isNaN || dy.isNaN ? 0 : (dx * dx + dy * dy).squareRoot()
  }

  private static func landCover(_ landscape: Landscape, _ x: Double, _ y: Double) -> Int32 {
    if landscape.inland(x, y) <= 0 { return 82 }
    if landscape.isRiver(x, y) { return 81 }
    let roads = [landscape.mainRoad, landscape.terraceRoad, landscape.shoppingStreet, landscape.underpassRoad]
    if roads.contains(where: { $0.nearest(x, y).distance < 4 }) { return 12 }
    if landscape.railway.nearest(x, y).distance < 5 { return 12 }
    if Town.isBuiltUp(x, y) { return 11 }
    let patches = Noise(seed: 21).fractal(x, y, size: 160, octaves: 3, roughness: 0.5)
    let river = landscape.river.nearest(x, y)
    if river.side > 0, river.distance > 120, river.distance < 330, patches > -0.25 { return patches > 0.2 ? 21 : 23 }
    if Path.distance((x, y), (150, 120)) < 70 + 25 * patches { return 60 }
    if river.distance < 90 { return 50 }
    return patches > 0.55 ? 50 : 30
  }

  private static func deposit(
    _ landscape: Landscape, _ cover: Int32, _ slope: Double, _ x: Double, _ y: Double
  ) -> Int32 {
    if cover == 82 { return 41 }
    if cover == 60 { return 90 }
    if Path.distance((x, y), landscape.crossing) < 60, landscape.mainRoad.nearest(x, y).distance < 16 { return 120 }
    let river = landscape.river.nearest(x, y)
    let patches = Noise(seed: 33).fractal(x, y, size: 120, octaves: 3, roughness: 0.5)
    if landscape.inland(x, y) < 22 { return 42 }
    if river.distance < 70 { return 50 }
    if river.side > 0, river.distance < 340 + 25 * patches { return river.distance < 290 ? 41 : 43 }
    if slope > 0.72 || patches > 0.75 { return 130 }
    if patches < -0.75, river.distance < 260 { return 20 }
    return slope > 0.38 ? 12 : 11
  }
}

/// Where people live.
enum Town {
  /// Whether the ground is in one of the quarters.
  static func isBuiltUp(_ x: Double, _ y: Double) -> Bool {
    centre(x, y) || homes(x, y)
  }

  /// The centre around the shopping street.
  static func centre(_ x: Double, _ y: Double) -> Bool {
    let (dx, dy) = ((x - 435) / 105, (y - 680) / 80)
    return dx * dx + dy * dy < ragged(x, y)
  }

  /// The quarters of houses: on the terrace, under the hillside, and on the shelf in the west.
  static func homes(_ x: Double, _ y: Double) -> Bool {
    for (cx, cy, rx, ry) in [
      (965.0, 420.0, 105.0, 110.0), (900, 700, 130, 75), (860, 880, 90, 90), (470, 330, 65, 90), (250, 700, 80, 75),
    ] {
      let (dx, dy) = ((x - cx) / rx, (y - cy) / ry)
      if dx * dx + dy * dy < ragged(x, y) { return true }
    }
    return false
  }

  /// Quarters end where plots end, not on an ellipse.
  private static func ragged(_ x: Double, _ y: Double) -> Double {
    1 + 0.45 * Noise(seed: 8).fractal(x, y, size: 70, octaves: 2, roughness: 0.6)
  }
}
