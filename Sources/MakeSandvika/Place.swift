import Grids

/// The rasters of the place, and what was needed to make them.
struct Place {
  let natural: NaturalGround
  let earthworks: Earthworks
  /// Elevation in metres, whole centimetres; NaN where the survey has gaps.
  let ground: Grid<Float>
  let buildings: Buildings
  let cover: GroundCover
  /// Pipes under embankments.
  let culverts: [(path: [Coordinate], stream: Stream, over: String)]

  var geometry: GridGeometry { ground.geometry }
  var plan: SitePlan { natural.plan }

  init(crs: CoordinateReferenceSystem) {
    let natural = NaturalGround(SitePlan())
    let geometry = Frame.geometry(crs: crs)
    var samples = Grid(geometry, repeating: GroundSample(height: 0, landform: .fjord))
    samples.forEachRow(threads: 2) { row, cells in
      for column in 0..<cells.count { cells[column] = natural.ground(Frame.centre(column, row)) }
    }
    let landforms = samples.map(threads: 2) { $0.landform }
    var heights = samples.map(threads: 2) { $0.height }
    Watercourses(natural).cut(into: &heights)
    var earthworks = Earthworks(natural, on: heights)
    earthworks.build(on: &heights)
    let culverts = earthworks.culverts(heights)
    Hollows().dig(into: &heights, avoiding: earthworks.use, natural)
    let buildings = Buildings(natural, earthworks, heights)
    buildings.level(&heights)

    self.natural = natural
    self.earthworks = earthworks
    self.culverts = culverts
    self.buildings = buildings
    ground = Place.surveyed(heights, natural, landforms, earthworks.use)
    cover = GroundCover(natural, landforms, earthworks, heights, buildings)
  }

  /// The ground as a survey shows it: rough, in whole centimetres, and with gaps.
  private static func surveyed(
    _ heights: Grid<Double>, _ natural: NaturalGround, _ landforms: Grid<Landform>, _ use: Grid<UInt8>
  ) -> Grid<Float> {
    let roughness = Noise(seed: 5)
    let gaps = Noise(seed: 6)
    var ground = Grid<Float>(heights.geometry, repeating: 0)
    ground.forEachRow(threads: 2) { row, cells in
      for column in 0..<cells.count {
        let point = Frame.centre(column, row)
        var height = heights[column, row]
        let landform = landforms[column, row]
        if landform != .fjord, landform != .river {
          let amplitude = use[column, row] != Use.none.rawValue ? 0.012 : landform == .hillside ? 0.11 : 0.04
          height += amplitude * roughness.fractal(point.x, point.y, size: 11, octaves: 4, roughness: 0.6)
          height = max(natural.riverLevel(point), max(0.02, height))
        }
        // Beyond the survey in the south-eastern corner, and under a quay at the shore.
        let ragged = 9 * gaps.fractal(point.x, point.y, size: 18, octaves: 3, roughness: 0.6)
        let isBeyond = point.distance(to: Coordinate(x: 1200, y: 0)) + ragged < 34
        let isQuay = Place.isUnderQuay(point, ragged)
        cells[column] = isBeyond || isQuay ? .nan : Float((height * 100).rounded() / 100)
      }
    }
    return ground
  }

  /// Whether a point lies under the deck of the quay, where no survey reaches the ground.
  private static func isUnderQuay(_ point: Coordinate, _ ragged: Double) -> Bool {
    let (dx, dy) = (point.x - 203, point.y - 272)
    let (along, across) = (0.84 * dx - 0.54 * dy, 0.54 * dx + 0.84 * dy)
    return abs(along) < 17 + 0.3 * ragged && abs(across) < 4 + 0.2 * ragged
  }
}
