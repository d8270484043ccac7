import Grids

/// Classes of the ground: land cover, superficial deposits, and where marine clay is possible.
struct GroundCover {
  /// AR5 `artype`.
  let landCover: Grid<Int32>
  /// NGU superficial deposits.
  let deposits: Grid<Int32>
  /// 1 below the marine limit where continuous marine clay is possible.
  let marineClay: Grid<Int32>

  init(
    _ natural: NaturalGround, _ landforms: Grid<Landform>, _ earthworks: Earthworks, _ heights: Grid<Double>,
    _ buildings: Buildings
  ) {
    let geometry = heights.geometry
    let plots = buildings.plots(geometry)
    let patches = Noise(seed: 41)
    let bedrock = Noise(seed: 42)
    var landCover = Grid<Int32>(geometry, repeating: 0)
    landCover.forEachRow(threads: 2) { row, cells in
      for column in 0..<cells.count {
        let point = Frame.centre(column, row)
        let patch = patches.fractal(point.x, point.y, size: 120, octaves: 3, roughness: 0.5)
        let ground = Ground(
          point: point, landform: landforms[column, row], slope: GroundCover.slope(heights, column, row),
          patch: patch)
        if ground.landform == .fjord {
          cells[column] = 82
        } else if ground.landform == .river {
          cells[column] = 81
        } else if earthworks.use[column, row] != Use.none.rawValue {
          cells[column] = 12
        } else if plots[column, row] != 0 {
          cells[column] = 11
        } else {
          cells[column] = GroundCover.openLand(ground)
        }
      }
    }
    let covers = landCover
    var deposits = Grid<Int32>(geometry, repeating: 0)
    deposits.forEachRow(threads: 2) { row, cells in
      for column in 0..<cells.count {
        let point = Frame.centre(column, row)
        let filled = heights[column, row] - earthworks.before[column, row]
        let ground = Ground(
          point: point, landform: landforms[column, row], slope: GroundCover.slope(heights, column, row),
          patch: bedrock.fractal(point.x, point.y, size: 90, octaves: 4, roughness: 0.55))
        cells[column] = filled > 1.2 ? 120 : GroundCover.deposit(ground, natural, cover: covers[column, row])
      }
    }
    self.landCover = landCover
    self.deposits = deposits
    // Fill lies on what was there before it, so clay is possible below it as well.
    let marine: Set<Int32> = [41, 42, 43, 50]
    let limits = deposits
    marineClay = Grid(
      geometry,
      cells: (0..<geometry.count).map { index in
        let isFill = limits[index] == 120 && landforms[index] != .hillside
        return marine.contains(limits[index]) || isFill ? 1 : 0
      })
  }

  /// What decides about the classes of a cell.
  private struct Ground {
    let point: Coordinate
    let landform: Landform
    /// Rise over run.
    let slope: Double
    /// Noise for patches of something else.
    let patch: Double
  }

  /// AR5 class of land without buildings and roads.
  private static func openLand(_ ground: Ground) -> Int32 {
    if isMire(ground) { return 60 }
    switch ground.landform {
    case .fjord: return 82
    case .river: return 81
    case .beach: return 50
    case .plain: return ground.patch > 0.25 ? 30 : ground.patch > -0.25 ? 23 : 50
    case .shelf: return ground.patch > 0.2 ? 30 : ground.patch < -0.5 ? 22 : ground.patch < -0.2 ? 23 : 50
    case .terrace:
      if ground.slope > 0.22 { return 30 }
      return ground.patch > 0.55 ? 30 : ground.patch < -0.5 ? 22 : 21
    case .scarp: return ground.slope > 0.25 ? 30 : 23
    case .hillside: return ground.slope > 0.75 || ground.patch > 0.75 ? 50 : 30
    }
  }

  /// NGU code of a cell without fill.
  private static func deposit(_ ground: Ground, _ natural: NaturalGround, cover: Int32) -> Int32 {
    if cover == 60 { return 90 }
    switch ground.landform {
    case .fjord: return 41
    case .beach: return 42
    case .river, .plain: return 50
    case .shelf: return natural.plan.river.nearest(to: ground.point).distance < 260 ? 41 : 43
    case .terrace, .scarp: return 41
    case .hillside:
      let height = natural.ground(ground.point).height
      if ground.slope > 0.68 || ground.patch > 0.62 { return 130 }
      let isDelta = ground.point.distance(to: Coordinate(x: 985, y: 905)) < 75 + 40 * ground.patch
      if isDelta { return 20 }
      if height < 24 + 8 * ground.patch { return 43 }
      return ground.slope > 0.36 || ground.patch > 0.1 ? 12 : 11
    }
  }

  private static func isMire(_ ground: Ground) -> Bool {
    ground.point.distance(to: Hollows.mire) < 44 + 14 * ground.patch && ground.slope < 0.3
  }

  /// Slope over a few metres, as rise over run.
  private static func slope(_ heights: Grid<Double>, _ column: Int, _ row: Int) -> Double {
    let (west, east) = (max(0, column - 3), min(heights.columns - 1, column + 3))
    let (north, south) = (max(0, row - 3), min(heights.rows - 1, row + 3))
    let dx = (heights[east, row] - heights[west, row]) / Double(east - west)
    let dy = (heights[column, south] - heights[column, north]) / Double(south - north)
    return (dx * dx + dy * dy).squareRoot()
  }
}
