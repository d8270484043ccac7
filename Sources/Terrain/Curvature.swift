public import Grids

/// Curvature of every cell along its contour, per metre: positive where flow spreads, as on a spur, negative where it
/// gathers, as in a hollow.
///
/// The second derivative of height across the slope, with its sign turned, at the middle of the surface through the
/// nine heights of the window: −2 (*DH*² + *EG*² − *FGH*) / (*G*² + *H*²). It is exact on every quadratic surface, on
/// oblong cells too. Level ground has no direction across: there it is the mean over all directions, −(*D* + *E*),
/// which on a plane is 0. Missing neighbours are made up as in ``slopeTangent(_:threads:)``.
/// Method: Zevenbergen and Thorne (1987), Earth Surface Processes and Landforms 12, 47–56.
/// - Returns: Curvature in 1/m for heights and cells in metres; NaN where the ground is. 4 bytes a cell.
public func planCurvature(_ ground: Grid<Float>, threads: Int = 1) -> Grid<Float> {
  let cell = QuadraticSurface.Cell(ground.geometry)
  return mapWindows(of: ground, threads: threads) { window in
    Float(QuadraticSurface(window, cell).planCurvature)
  }
}

/// Curvature of every cell along its steepest descent, per metre: positive where the slope steepens downhill, as on a
/// brow, negative where it eases, as at its foot.
///
/// The second derivative of height along the slope, with its sign turned: −2 (*DG*² + *EH*² + *FGH*) / (*G*² + *H*²).
/// All else is as in ``planCurvature(_:threads:)``.
/// Method: Zevenbergen and Thorne (1987), Earth Surface Processes and Landforms 12, 47–56.
/// - Returns: Curvature in 1/m for heights and cells in metres; NaN where the ground is. 4 bytes a cell.
public func profileCurvature(_ ground: Grid<Float>, threads: Int = 1) -> Grid<Float> {
  let cell = QuadraticSurface.Cell(ground.geometry)
  return mapWindows(of: ground, threads: threads) { window in
    Float(QuadraticSurface(window, cell).profileCurvature)
  }
}

/// The terms up to the second order of the surface through the nine heights of a window.
///
/// *z* = *Dx*² + *Ey*² + *Fxy* + *Gx* + *Hy* + …, *x* to the east and *y* to the north; the higher terms have no
/// second derivative in the middle.
private struct QuadraticSurface {
  let d: Double
  let e: Double
  let f: Double
  let g: Double
  let h: Double

  /// What the size of a cell makes of differences of heights.
  struct Cell: Sendable {
    let perWidth: Double
    let perHeight: Double

    init(_ geometry: GridGeometry) {
      perWidth = 1 / geometry.cellWidth
      perHeight = 1 / geometry.cellHeight
    }
  }

  @inline(__always)
  init(_ z: TerrainWindow, _ cell: Cell) {
    // Differences from the middle, of which those between close heights are exact.
    let c = Double(z.centre)
    let north = Double(z.north) - c
    let south = Double(z.south) - c
    let east = Double(z.east) - c
    let west = Double(z.west) - c
    let corners = (Double(z.northEast) - Double(z.northWest)) - (Double(z.southEast) - Double(z.southWest))
    d = (east + west) * 0.5 * (cell.perWidth * cell.perWidth)
    e = (north + south) * 0.5 * (cell.perHeight * cell.perHeight)
    f = corners * 0.25 * (cell.perWidth * cell.perHeight)
    g = (east - west) * 0.5 * cell.perWidth
    h = (north - south) * 0.5 * cell.perHeight
  }

  @inline(__always)
  var planCurvature: Double {
    let squared = g * g + h * h
    return squared > 0 ? -2 * (d * h * h + e * g * g - f * g * h) / squared : -(d + e)
  }

  @inline(__always)
  var profileCurvature: Double {
    let squared = g * g + h * h
    return squared > 0 ? -2 * (d * g * g + e * h * h + f * g * h) / squared : -(d + e)
  }
}
